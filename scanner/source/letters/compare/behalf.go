package compare

import (
	"strings"

	"brevvagt/detectors/subject"
	"brevvagt/document"
)

// behalves begin, in small letters, the name line of a block for those who stand for
// somebody: the letter is the child's, ward's or estate's whom the line names.
var behalves = []string{"til forældrene til ", "forældrene til ", "forældre til ", "til forældremyndighedsindehaveren til ", "til forældremyndighedsindehaver til ", "forældremyndighedsindehaveren til ", "forældremyndighedsindehaver til ", "forældremyndighedsindehaverne til ", "værge for ", "værgen for ", "til værgen for "}

// behalfWithin is in how many lines of a letter such a block is looked for.
const behalfWithin = 25

// behalf reads a block that is made out for those who stand for somebody: it names
// that person, with the street and town of the lines below.
func behalf(segments []document.Segment) (subject.LetterInfo, bool) {
	var info subject.LetterInfo
	left, below := behalfWithin, []string(nil)
	for i := range segments {
		s := &segments[i]
		if s.At.Layer != document.Visible && s.At.Layer != "" || s.At.Cell != "" {
			continue
		}
		for line := range strings.SplitSeq(s.Text, "\n") {
			line = subject.LeftOfReference(strings.TrimSpace(line))
			if line == "" {
				continue
			}
			if left--; left < 0 {
				return info, false
			}
			if !info.Addressee.Empty() {
				below = append(below, line)
				if at := subject.NewPlace(strings.Join(below, "\n")); len(below) > 1 && !at.Empty() && digits(line, 4) {
					info.Address = at
					return info, true
				}
				if len(below) == 4 {
					return info, false
				}
				continue
			}
			if name, ok := represented(line); ok {
				info.Addressee, info.Page = name, s.At.Page
			}
		}
	}
	return info, false
}

// represented is whom a line names after a word of standing for.
func represented(line string) (subject.Name, bool) {
	low := strings.ToLower(line)
	for _, b := range behalves {
		if strings.HasPrefix(low, b) && len(low) == len(line) && nameLike(line[len(b):]) {
			return subject.NewName(line[len(b):]), true
		}
	}
	return subject.Name{}, false
}

// digits reports whether a text begins with n digits and a space.
func digits(s string, n int) bool {
	return len(s) > n && s[n] == ' ' && strings.Trim(s[:n], "0123456789") == ""
}
