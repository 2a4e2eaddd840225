// Package seam puts a CPR number together again that a narrow box or the end of a line cut
// at its hyphen: "personnr. 250668-" ends one paragraph, "9344" begins the next.
package seam

import (
	"regexp"
	"strings"
)

// Seam remembers the date that ended the text before. The zero value is ready.
type Seam struct {
	date  string // six digits, "" for none
	label string // what stands before them and calls them a person's, "" if nothing does
	dash  bool   // a hyphen stood behind them
}

const (
	dashes     = "-–\u2010\u2011\u00ad"
	labelReach = 60 // bytes before the date in which it is called what it is
)

var numberLabel = regexp.MustCompile(`(?i)cpr|person-?n(?:umme)?r|pers\.?nr`)

// Add takes the next text of a file with its label, and gives the number that it
// completes, with what calls it one. Where nothing does, the four digits must be all the
// text says.
func (s *Seam) Add(text, label string) (number, called string, ok bool) {
	before := *s
	*s = Seam{}
	if text = strings.TrimSpace(text); text == "" {
		return "", "", false
	}
	s.end(text, label)
	if before.date == "" {
		return "", "", false
	}
	four := strings.TrimLeft(text, dashes)
	dash := len(four) < len(text)
	four = strings.TrimSpace(four)
	n := 0
	for n < len(four) && digit(four[n]) {
		n++
	}
	alone := n == 4 && strings.Trim(four[n:], " .,;:)") == ""
	if n != 4 || dash == before.dash || !alone && before.label == "" {
		return "", "", false
	}
	return before.date + "-" + four[:4], before.label, true
}

// end notes the date that ends a text, behind something else.
func (s *Seam) end(text, label string) {
	if !digit(text[len(text)-1]) && !strings.ContainsAny(text[max(0, len(text)-3):], dashes) {
		return
	}
	head := strings.TrimRight(text, dashes+" ")
	n := len(head)
	for n > 0 && digit(head[n-1]) {
		n--
	}
	if n == 0 || len(head)-n != 6 {
		return // a date by itself is a piece of a form, not the end of a text
	}
	called := strings.ToValidUTF8(head[max(0, n-labelReach):n], "") + " " + label
	if !numberLabel.MatchString(called) {
		called = ""
	}
	*s = Seam{date: head[n:], label: strings.TrimSpace(called), dash: len(head) < len(text)}
}

func digit(c byte) bool { return c >= '0' && c <= '9' }
