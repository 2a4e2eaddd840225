package compare

import (
	"strings"
	"unicode"

	"brevvagt/detectors/subject"
	"brevvagt/document"
)

// row is a line of a file with its place.
type row struct {
	at   place
	page int
	text string
}

// blocks finds where letters after the first may begin: at the name of an address
// block on a new page, or, where there are no pages, after a letter has greeted
// or closed. A page's beginning counts as the letter's: its date may stand above.
func blocks(segments []document.Segment) []place {
	var out []place
	var last []row // the lines before, at most six
	greeted, blocked := false, false
	page, pageStart := -1, place{}
	usedPage := -1
	for i := range segments {
		s := &segments[i]
		if s.At.Layer != document.Visible && s.At.Layer != "" || s.At.Cell != "" {
			continue
		}
		if s.At.Page != page {
			page, pageStart = s.At.Page, place{segment: i}
		}
		offset := 0
		for text := range strings.SplitSeq(s.Text, "\n") {
			r := row{place{i, offset}, s.At.Page, subject.LeftOfReference(strings.TrimSpace(text))}
			offset += len(text) + 1
			if r.text == "" {
				continue
			}
			greeted = greeted || greets(r.text)
			if at, ok := blockStart(last, r); ok {
				switch {
				case !blocked:
				case r.page > 0 && r.page != usedPage:
					out = append(out, pageStart)
				case r.page == 0 && greeted, r.page > 0 && greeted:
					out = append(out, at)
				default:
					at = place{-1, 0}
				}
				if at.segment >= 0 {
					blocked, greeted, usedPage = true, false, r.page
				}
			}
			if last = append(last, r); len(last) > 6 {
				last = last[1:]
			}
		}
	}
	return out
}

// greets tells the lines that every letter has once.
func greets(text string) bool {
	low := strings.ToLower(text)
	for _, w := range []string{"kære ", "hej ", "med venlig", "venlig hilsen", "til forældremyndighed", "dear "} {
		if strings.HasPrefix(low, w) {
			return true
		}
	}
	return false
}

// blockStart tells whether a line is the town of an address block, and where the
// block's name stands.
func blockStart(last []row, r row) (place, bool) {
	if n := len(last) - 1; n >= 0 && hidden(r.text) && last[n].page == r.page && nameLike(last[n].text) {
		return last[n].at, true
	}
	text := strings.TrimPrefix(strings.TrimPrefix(r.text, "DK-"), "DK ")
	if len(text) < 7 || len(text) > 45 || text[4] != ' ' || strings.Trim(text[:4], "0123456789") != "" || strings.ContainsAny(text[4:], "0123456789") {
		return place{}, false
	}
	street := false
	for i := len(last) - 1; i >= max(0, len(last)-5); i-- {
		if last[i].page != r.page {
			break
		}
		digit := strings.ContainsAny(last[i].text, "0123456789")
		switch {
		case digit:
			street = true
		case street && nameLike(last[i].text):
			return last[i].at, true
		}
	}
	return place{}, false
}

// maxNameLine is how many words a line of a name has: those of a couple are two names.
const maxNameLine = 9

// nameLike tells a line of two words or some more, two of them with capitals.
func nameLike(s string) bool {
	fields := strings.Fields(s)
	if len(fields) < 2 || len(fields) > maxNameLine || strings.ContainsAny(s, ":@") {
		return false
	}
	big := 0
	for _, w := range fields {
		if unicode.IsUpper([]rune(w)[0]) {
			big++
		}
	}
	return big >= 2
}
