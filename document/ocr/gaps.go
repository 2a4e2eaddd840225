package ocr

import (
	"regexp"
	"strings"
)

// What could not be read, as it is told to people.
const (
	unreadText   = "most of the picture's text could not be read"
	unsureNumber = "digits that could not be read surely"
	unsureLabel  = "a number is asked for, and what stands there could not be read"
)

// Confidence below which what looks like a number, or stands where a number is asked
// for, was not read.
const (
	unsureBelow = 60
	unreadBelow = 40
)

var (
	// almostNumber is ten signs in the form of a person's number, most of them digits.
	almostNumber = regexp.MustCompile(`^[^\s\d]?[\dA-Za-z&$§]{5,7}[-–—. ]?[\dA-Za-z&$§]{3,5}[^\dA-Za-z]{0,2}$`)
	// aloneNumber is a number without other digits beside it, as the sides of boxes are read.
	aloneNumber = regexp.MustCompile(`(?:^|\D)\d{6}\s?[-–—]?\s?\d{4}(?:$|\D)`)
	numberLabel = regexp.MustCompile(`(?i)\bcpr|personn(r|um)`)
)

// unreadLetters is how many letters in rows a picture must hold for it to count as text
// that could not be read.
const unreadLetters = 20

// missed notes that most letters of a picture stand in rows of which nothing was read.
func (e *reader) missed(unread, letters int) {
	if unread >= unreadLetters && unread*2 > letters {
		e.unread = unreadText
	}
}

// doubt notes what may be a number that was not read. A number that was read stands for
// what is doubtful beside it: the second look at one place often finds what the first
// took for something else.
func (e *reader) doubt(boxes bool, first pass, boxed []line) {
	switch {
	case e.unread != "" || len(boxed) > 0 || aloneNumber.MatchString(first.text()):
	case boxes:
		e.unread = unsureNumber
	default:
		e.unread = unsure(first.lines)
	}
}

// unsure tells what in the lines may be a number that was not read, "" when nothing is.
func unsure(lines []line) string {
	for i, l := range lines {
		if l.almost() {
			return unsureNumber
		}
		if !numberLabel.MatchString(l.text()) || len(digitsOf(l.text())) >= 4 || i+1 == len(lines) {
			continue
		}
		below := lines[i+1]
		near := below.up.Min.Y-l.up.Max.Y < 3*l.up.Dy() && below.up.Min.X < l.up.Max.X && l.up.Min.X < below.up.Max.X
		if near && below.confidence() < unreadBelow && !aloneNumber.MatchString(strings.ReplaceAll(below.text(), " ", "")) {
			return unsureLabel
		}
	}
	return ""
}

// almost tells that a word, or two beside each other, has the form of a number, is none
// and was read with little confidence.
func (l line) almost() bool {
	for k, w := range l.words {
		text, confidence := w.Text, w.Confidence
		if k+1 < len(l.words) && len(text) <= 7 && l.separator(k+1) == " " {
			text, confidence = text+" "+l.words[k+1].Text, min(confidence, l.words[k+1].Confidence)
		}
		d := digitsOf(text)
		if confidence < unsureBelow && len(d) >= 6 && (almostNumber.MatchString(text) || begun(text)) && !(len(d) == 10 && dated(d)) && !otherLength(text) {
			return true
		}
	}
	return false
}

// otherLength tells a run of eight or eleven digits that is the number of something else:
// an invoice, an order, an account. Only where a date begins it, or eleven of which the
// first is an edge, may it be a person's.
func otherLength(text string) bool {
	d := digitsOf(text)
	if !strings.HasSuffix(text, d) || dated(d) {
		return false
	}
	return len(d) == 8 || len(d) == 11 && !dated(d[1:])
}

// confidence is the mean one of a line's words, each counted by its length.
func (l line) confidence() int {
	sum, n := 0, 0
	for _, w := range l.words {
		sum, n = sum+len(w.Text)*w.Confidence, n+len(w.Text)
	}
	return sum / max(n, 1)
}
