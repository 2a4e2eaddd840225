package document

import (
	"fmt"
	"regexp"
	"strings"

	"brevvagt/internal/coded"
	"brevvagt/internal/columns"
)

// apart puts numbers together again that a file keeps one digit at a time, as forms
// do with a box a digit, or in two pieces: the six digits of the date and the four
// that follow. Only right behind a word that says so, for rows of marks and answers
// look the same.
type apart struct {
	at     Segment // of the first piece
	digits []byte
	single bool
	said   [labelReach]string // the texts before, the latest first
	whole  string             // ten digits without a label, which may follow
	born   Segment            // six digits behind a word for the day of birth
	since  int                // texts since then
}

const (
	numberDigits = 10
	labelReach   = 3  // texts that may stand between a label and its number
	labelLength  = 60 // bytes of a text that is a label
	longestDate  = 19 // bytes of a day with its time
	shortLabel   = 48 // bytes of one that labels the paragraph behind it
)

var (
	asksForNumber = regexp.MustCompile(`(?i)(?:^|\s)(?:cpr|person)[\s.-]*(?:n(?:umme)?r)?\.?\s*[?:]?\s*$`)
	valueLabel    = regexp.MustCompile(`(?i)^(?:svar|answer|response|value|val|v(?:æ|ae)rdi|data|text|tekst|indhold|content|input)$`)
	birthLabel    = regexp.MustCompile(`(?i)f(?:ø|oe?)d(?:t|sel)|f\.?(?:dato|dag)`)
	serialLabel   = regexp.MustCompile(`(?i)l(?:ø|oe?)be-?n|kontrol-?(?:cif|n|kod)|(?:sidste|de) (?:4|fire)`)
	numberLabel   = regexp.MustCompile(`(?i)cpr|person-?n(?:umme)?r|pers\.?nr`)
)

// add takes the next piece and gives the number that ended before it, if one did.
func (a *apart) add(s Segment) (whole Segment, ok bool) {
	text := strings.TrimSpace(s.Text)
	if a.serial(s, text) {
		if number := columns.Whole(a.born.Text, text); number != "" {
			return Segment{Text: number, Label: s.Label, At: a.born.At}, true
		}
	}
	if said := a.said[0]; len(text) == numberDigits && len(said) <= shortLabel && pieceOf(text[:6]) && pieceOf(text[6:]) &&
		(s.Label == "" || valueLabel.MatchString(s.Label)) && asksForNumber.MatchString(said) {
		// A form or a list has the name of a field in one paragraph or value, what was
		// filled in in the next.
		a.digits, a.whole, a.said = a.digits[:0], "", [labelReach]string{}
		return Segment{Text: text, Label: said, At: s.At}, true
	}
	if len(text) <= numberDigits && pieceOf(text) {
		return a.piece(s, strings.Trim(text, "-"))
	}
	whole, ok = a.end()
	if digits := a.whole; digits != "" {
		a.whole = ""
		if head := text[:min(len(text), labelLength)]; numberLabel.MatchString(head) {
			whole, ok = a.number(digits, head), true
		}
	}
	copy(a.said[1:], a.said[:])
	a.said[0] = text
	return whole, ok
}

// serial tells the four digits that a form has a field for, below the field with the day
// of birth: "Fødselsdato 010237", "Løbenr. 5006".
func (a *apart) serial(s Segment, text string) bool {
	a.since++
	if len(text) < 4 || len(text) > longestDate || text[0] < '0' || text[0] > '9' || len(text) == 4 && !pieceOf(text) {
		return false
	}
	names := a.said[0]
	if s.Label != "" {
		names = s.Label
	}
	if names = cutFront(names, labelLength); len(text) > 4 {
		if birthLabel.MatchString(names) && day(text) {
			a.born, a.since = s, 0
			a.born.Text = text
		}
		return false
	}
	return a.born.Text != "" && a.since <= labelReach && serialLabel.MatchString(names)
}

// day tells a text that is nothing but a date.
func day(text string) bool {
	is, _ := columns.Date(text)
	return is != ""
}

// label is what a text before says the number is, "" if none does.
func (a *apart) label() string {
	for _, s := range append([]string{a.at.Label}, a.said[:]...) {
		if s = cutFront(s, labelLength); numberLabel.MatchString(s) {
			return s
		}
	}
	return ""
}

// pieceOf tells one digit, the six of a date, the four behind it, or a dash.
func pieceOf(text string) bool {
	digits := strings.Trim(text, "-")
	switch len(digits) {
	case 0:
		return text == "-"
	case 1, 4, 6:
		return strings.Trim(digits, "0123456789") == ""
	}
	return false
}

func (a *apart) piece(s Segment, digits string) (whole Segment, ok bool) {
	single := len(digits) <= 1
	if len(a.digits) > 0 && !a.fits(s, digits, single) {
		whole, ok = a.end()
	}
	if len(a.digits) == 0 {
		if digits == "" || !single && len(digits) != 6 {
			return whole, ok
		}
		a.at, a.single = s, single
	}
	a.digits = append(a.digits, digits...)
	return whole, ok
}

// fits tells that a piece goes on from the one before. A date in one cell of a table
// and four digits in the next are not one number: those under a heading that says so
// are put together where the table is read.
func (a *apart) fits(s Segment, digits string, single bool) bool {
	if len(digits) == 0 {
		return true
	}
	if single != a.single || len(a.digits)+len(digits) > numberDigits {
		return false
	}
	return single || s.At.Cell == "" && s.Label == a.at.Label
}

// end forgets the pieces and gives the number they make.
func (a *apart) end() (whole Segment, ok bool) {
	digits := string(a.digits)
	a.digits = a.digits[:0]
	if len(digits) != numberDigits {
		return Segment{}, false
	}
	label := a.label()
	if label == "" {
		a.whole = digits
		return Segment{}, false
	}
	a.said = [labelReach]string{}
	return a.number(digits, label), true
}

func (a *apart) number(digits, label string) Segment {
	return Segment{Text: digits[:6] + "-" + digits[6:], Label: strings.ToValidUTF8(label, ""), At: a.at.At}
}

// deciphered adds the numbers that a text holds in another form than its own.
func (b *Builder) deciphered(s Segment) {
	side := &b.apart[0]
	if s.At.Layer == Hidden || s.At.Layer == Covered || s.At.Layer == Metadata {
		side = &b.apart[1]
	}
	if whole, ok := side.add(s); ok {
		b.walk.segment(whole)
	}
	b.underTabs(s)
	if s.At.OCR {
		return
	}
	if number, called, ok := b.seam.Add(s.Text, s.Label); ok {
		b.walk.segment(Segment{Text: number, Label: called, At: s.At})
	}
	if len(s.Text) <= numberDigits {
		return
	}
	views := coded.Views(s.Text)
	if len(views) == coded.MaxViews {
		b.Gap(Gap{At: s.At, Why: TooMany, Rest: true, Detail: fmt.Sprintf("more than %d numbers in some code", coded.MaxViews)})
	}
	for _, text := range views {
		at := s.At
		at.Layer = Hidden
		b.walk.segment(Segment{Text: text, Label: s.Label, At: at})
	}
}
