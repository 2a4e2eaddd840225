package pdf

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"brevvagt/document"
)

// minSpaced is the number of single characters that make a line a spaced-out one.
const minSpaced = 8

// singles counts the words of one character, and takes a line with odd blanks for one
// that has many.
func singles(line string) (n int) {
	size := 0
	for i := range len(line) {
		switch c := line[i]; {
		case c == ' ' || c >= '\t' && c <= '\r':
			if size == 1 {
				n++
			}
			size = 0
		case oddBlank(c):
			return len(line)
		case c&0xc0 != 0x80:
			size++
		}
	}
	if size == 1 {
		n++
	}
	return n
}

// unspaced closes up a line whose characters all stand by themselves: programs
// that set every character alone, or letter-space a heading, leave blanks between
// them. Where letters and digits meet the blank stays.
func unspaced(line string) string {
	fields := strings.Fields(line)
	if len(fields) < minSpaced {
		return line
	}
	for _, f := range fields {
		if utf8.RuneCountInString(f) != 1 {
			return line
		}
	}
	return closed(fields)
}

// maxScattered is the length, in characters, of the longest piece of a scattered number.
const maxScattered = 6

// scattered closes up a line with ten digits that are set with wide and uneven gaps, so
// that most characters stand by themselves and some do not; "" for any other line.
func scattered(line string) string {
	fields := strings.Fields(line)
	if len(fields) < minSpaced || len(fields) > 5*minSpaced {
		return ""
	}
	figures, single := 0, 0
	for _, f := range fields {
		switch n := utf8.RuneCountInString(f); {
		case n > maxScattered:
			return ""
		case n == 1:
			single++
		}
		for _, c := range f {
			if c >= '0' && c <= '9' {
				figures++
			}
		}
	}
	if figures != 10 || single == len(fields) || 2*single < len(fields) {
		return ""
	}
	if s := closed(fields); wholeNumber.MatchString(s) {
		return s
	}
	return ""
}

var wholeNumber = regexp.MustCompile(`(?:^|\D)\d{6}-?\d{4}(?:\D|$)`)

func closed(fields []string) string {
	var b strings.Builder
	for i, f := range fields {
		if i > 0 && isLetter(fields[i-1]) != isLetter(f) {
			b.WriteByte(' ')
		}
		b.WriteString(f)
	}
	return b.String()
}

func isLetter(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}

// parted finds the next number of six and four digits in the file's own bytes, from
// the given place on; -1 when there is none.
func parted(data []byte, from int) int {
	for at := from; ; at++ {
		i := bytes.IndexByte(data[at:], '-')
		if i < 0 {
			return -1
		}
		at += i
		if start := at - 6; start > 0 && digits(data, start, at) && (!digit(data, start-1) || inName(data, start)) &&
			digits(data, at+1, at+5) && !digit(data, at+5) {
			return start
		}
	}
}

// inName tells that the two digits before belong to the escape of a blank in a name.
func inName(data []byte, start int) bool {
	return start >= 3 && string(data[start-3:start]) == "#20"
}

func digit(data []byte, i int) bool { return i < len(data) && data[i] >= '0' && data[i] <= '9' }

func digits(data []byte, from, to int) bool {
	for i := from; i < to; i++ {
		if !digit(data, i) {
			return false
		}
	}
	return true
}

// Limits of the look at the bytes.
const (
	maxParted  = 1000
	beforeText = 60 // bytes before a number that are shown with it
)

// unseen looks for what no call of the engine gives: numbers in actions, names and
// objects without a page, as far as they stand in clear, and attached files that
// are listed where the engine does not look.
func (r *reader) unseen() {
	r.leftovers()
	r.numbers(r.in.Data)
	if n := bytes.Count(r.in.Data, []byte("/EmbeddedFile")) - bytes.Count(r.in.Data, []byte("/EmbeddedFiles")); n > r.files &&
		bytes.Contains(r.in.Data, []byte("/AF")) {
		r.out.Gap(document.Gap{Why: document.Damaged, Detail: "an attached file is not listed where files are looked for"})
	}
}

// numbers hands on the numbers that stand in clear in bytes, with a little of what
// stands before them.
func (r *reader) numbers(data []byte) {
	const size = len("DDMMYY-XXXX")
	at := parted(data, 0)
	for n := 0; at >= 0 && n < maxParted; n, at = n+1, parted(data, at+size) {
		number := string(data[at : at+size])
		if r.shown(number) {
			continue
		}
		from := max(0, at-beforeText)
		before := data[from:at]
		if i := bytes.LastIndexFunc(before, func(c rune) bool { return c < ' ' || c == utf8.RuneError }); i >= 0 {
			before = before[i+1:]
		}
		r.text(document.Segment{Text: clean(strings.ReplaceAll(string(before), "#20", " ")) + number, At: document.Location{Layer: document.Hidden}})
	}
}

// shown tells that a line with this text has been handed on.
func (r *reader) shown(text string) bool {
	for l := range r.lines {
		if strings.Contains(l, text) {
			return true
		}
	}
	return false
}
