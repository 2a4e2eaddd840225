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

// parted is a number of six and four digits as it stands in the file's own bytes.
var parted = regexp.MustCompile(`[^0-9]([0-9]{6}-[0-9]{4})(?:[^0-9]|$)`)

// Limits of the look at the bytes.
const (
	maxParted  = 1000
	beforeText = 60 // bytes before a number that are shown with it
)

// unseen looks for what no call of the engine gives: numbers in actions, names and
// objects without a page, as far as they stand in clear, and attached files that
// are listed where the engine does not look.
func (r *reader) unseen() {
	for _, m := range parted.FindAllSubmatchIndex(r.in.Data, maxParted) {
		number := string(r.in.Data[m[2]:m[3]])
		if r.shown(number) {
			continue
		}
		from := max(0, m[2]-beforeText)
		before := r.in.Data[from:m[2]]
		if i := bytes.LastIndexFunc(before, func(c rune) bool { return c < ' ' || c == utf8.RuneError }); i >= 0 {
			before = before[i+1:]
		}
		r.text(document.Segment{Text: clean(string(before)) + number, At: document.Location{Layer: document.Hidden}})
	}
	if n := bytes.Count(r.in.Data, []byte("/EmbeddedFile")) - bytes.Count(r.in.Data, []byte("/EmbeddedFiles")); n > r.files &&
		bytes.Contains(r.in.Data, []byte("/AF")) {
		r.out.Gap(document.Gap{Why: document.Damaged, Detail: "an attached file is not listed where files are looked for"})
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
