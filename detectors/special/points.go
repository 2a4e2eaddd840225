package special

import (
	"strings"
	"unicode"

	"brevvagt/detectors"
	"brevvagt/detectors/special/general"
	"brevvagt/document"
)

// anchorPoint ties a point of a list to whom the line above the list names. Lines of a
// page are segments of their own, so it stands until settle has seen what is above.
const anchorPoint = "i en liste under et navn"

// Points have no full sentences and few bytes; the line above a list is a name and
// little more, or ends with a colon. One sensitive word alone may be anybody's, and so
// two different ones must stand in a list.
const (
	maxPoint    = 160
	maxHeadline = 60
	pointsAbove = 12
	enoughTold  = 2
)

// point reports whether a line is one of a list: marked, numbered, or begun like no
// sentence.
func point(line string) bool {
	line = strings.TrimSpace(line)
	if line == "" || len(line) > maxPoint {
		return false
	}
	first := firstRune(line)
	return strings.ContainsRune("-–•*·", first) || unicode.IsDigit(first) || unicode.IsLower(first)
}

// maxLine is how many bytes of a line are looked at: more than a point or the line over
// a list has.
const maxLine = 400

// lineStart is where the line that ends before a byte begins; a long one is cut.
func lineStart(text string, end int) int {
	from := max(0, end-maxLine)
	return from + strings.LastIndexByte(text[from:end], '\n') + 1
}

// lineAt gives the line of a text around a byte.
func lineAt(text string, at int) string {
	to := min(len(text), at+maxLine)
	if n := strings.IndexByte(text[at:to], '\n'); n >= 0 {
		to = at + n
	}
	return text[lineStart(text, at):to]
}

// headline is the place of a line: its segment and where it begins there.
type headline struct{ segment, start int }

// above finds the line over the list in which a finding stands, if it names somebody.
func above(doc *document.Document, f *detectors.Finding) (headline, bool) {
	own := &doc.Segments[f.Segment].At
	text, end, left, cut := doc.Segments[f.Segment].Text, f.Start, pointsAbove, 0
	for i := f.Segment; ; {
		for end = lineStart(text, end); end > 0; {
			end-- // the line's end
			begin := lineStart(text, end)
			if line := text[begin:end]; !point(line) {
				return headline{i, cut + begin}, introduces(line)
			}
			if left--; left == 0 || begin > 0 && text[begin-1] != '\n' {
				return headline{}, false
			}
			end = begin
		}
		if i--; i < 0 || doc.Segments[i].At.Path != own.Path || doc.Segments[i].At.Layer != own.Layer || doc.Segments[i].At.Cell != "" {
			return headline{}, false
		}
		text = doc.Segments[i].Text
		cut = max(0, len(text)-pointsAbove*maxLine) // no list with its headline is longer
		text = text[cut:] + "\n"                    // its last line is the next
		end = len(text)
	}
}

// introduces reports whether a line names somebody of whom a list below tells.
func introduces(line string) bool {
	line = strings.TrimSpace(line)
	lower := strings.ToLower(line)
	return (strings.HasSuffix(line, ":") || len(line) <= maxHeadline) && hasName(line) && !officeNeedles.In(lower) && !general.In(lower)
}

// told counts the different words in each list, and says of a finding whether its own
// tells enough of somebody.
func told(doc *document.Document, found []detectors.Finding) func(f *detectors.Finding) bool {
	words := make(map[headline]map[string]bool)
	for i := range found {
		if f := &found[i]; pending(f, anchorPoint) {
			if at, ok := above(doc, f); ok {
				if words[at] == nil {
					words[at] = make(map[string]bool)
				}
				words[at][f.Value.Digest()] = true
			}
		}
	}
	return func(f *detectors.Finding) bool {
		at, ok := above(doc, f)
		return ok && len(words[at]) >= enoughTold
	}
}
