package special

import (
	"strings"
	"unicode"

	"brevvagt/detectors"
	"brevvagt/document"
	"brevvagt/internal/needle"
)

// This file knows words that name the house somebody works in, below a mail's closing, and
// the associations that members of a council speak for: "Testperson Eksempel (Gigt)".

// Of a signature, how many lines stand between the closing or the sender's name and the
// house, and how long a line of it is, in bytes.
const (
	signLines = 6
	signLine  = 80
)

// ofWords reports whether a finding is one of this family that no number ties to somebody.
func ofWords(doc *document.Document, f *detectors.Finding) bool {
	return (f.Detector == "special-category" || f.Detector == "protected-address") && f.Segment >= 0 && f.Start <= len(doc.Segments[f.Segment].Text) && !pending(f, anchorNumber)
}

// inSign reports whether a finding stands on a line of a signature: below a closing or the
// sender's own name, and says nothing of anybody.
func inSign(doc *document.Document, f *detectors.Finding) bool {
	if doc.Mail == nil || doc.Segments[f.Segment].At.Cell != "" {
		return false
	}
	text := doc.Segments[f.Segment].Text
	line := strings.TrimSpace(lineAt(text, f.Start))
	if len(line) > signLine || tells(line) {
		return false
	}
	for n, above := range linesAbove(doc, f) {
		low := strings.ToLower(above)
		switch {
		case n == signLines || len(above) > signLine || tells(above):
			return false
		case strings.HasPrefix(low, "mvh"), strings.HasPrefix(low, "vh "), low == "vh", strings.Contains(low, "hilsen"), strings.Contains(low, "hilsner"), strings.HasSuffix(low, " regards"), strings.HasSuffix(low, " regards,"), sender(doc, above):
			return true
		}
	}
	return false
}

// sender reports whether a line is the name of who sends the mail and nothing else.
func sender(doc *document.Document, line string) bool {
	for _, a := range doc.Mail.From {
		if name := strings.TrimSpace(a.Name); strings.Contains(name, " ") && strings.EqualFold(strings.TrimRight(line, ",."), name) {
			return true
		}
	}
	return false
}

// tells reports whether a line has a verb of what somebody is or does.
func tells(line string) bool {
	for w := range strings.FieldsSeq(line) {
		if w = strings.TrimRight(w, ".,;:!?"); finite[w] || personVerbs[w] || befalls[w] || predicates[w] && !titles[w] {
			return true
		}
	}
	return false
}

// linesAbove gives the lines over the one in which a finding stands, the nearest first and
// without empty ones, of its own paper and layer.
func linesAbove(doc *document.Document, f *detectors.Finding) func(yield func(int, string) bool) {
	own := &doc.Segments[f.Segment].At
	return func(yield func(int, string) bool) {
		text := doc.Segments[f.Segment].Text
		end, n := lineStart(text, f.Start), 0
		for i := f.Segment; ; {
			for end > 0 {
				begin := lineStart(text, end-1)
				if line := strings.TrimSpace(text[begin:end]); line != "" {
					if !yield(n, line) {
						return
					}
					n++
				}
				end = begin
			}
			if i--; i < 0 || doc.Segments[i].At.Path != own.Path || doc.Segments[i].At.Layer != own.Layer || doc.Segments[i].At.Cell != "" {
				return
			}
			text = doc.Segments[i].Text
			end = len(text)
		}
	}
}

// A list of members is read so far before a finding, and councils are looked for in so much
// of a paper, in bytes; so many members speak for something, so that it is such a list.
const (
	seatsReach  = 700
	seatsHead   = 3000
	enoughSeats = 2
)

var (
	seatLabels = needle.New([]string{"deltagere", "til stede", "tilstede", "medlemmer", "afbud", "fremmødte", "mødedeltagere", "repræsentanter", "delegerede", "suppleanter", "sammensat", "består af", "består nu af", "mødt:"})
	councils   = needle.New([]string{"rådet", "råds", "-råd", "brugerråd", "udvalg", "bestyrelse", "konstituer", "repræsentantskab", "foreningernes", "paraply", "erfa", "styregruppe", "følgegruppe", "arbejdsgruppe"})
)

// seat reports whether a finding is the field that a member of a council speaks for: a word
// with a capital in brackets or behind a dash after a name, in a list of members.
func seat(doc *document.Document, f *detectors.Finding) bool {
	text := doc.Segments[f.Segment].Text
	if doc.Segments[f.Segment].At.Cell != "" || !unicode.IsUpper(firstRune(text[f.Start:])) {
		return false
	}
	before := behindName(text[lineStart(text, f.Start):f.Start])
	if before == 0 {
		return false
	}
	list := strings.Builder{}
	for n, line := range linesAbove(doc, f) {
		if n > signLines || list.Len() > seatsReach {
			break
		}
		list.WriteString(line + "\n")
	}
	list.WriteString(lineAt(text, f.Start))
	near := list.String()
	return strings.Count(near, " (")+strings.Count(near, " - ")+strings.Count(near, " – ")+strings.Count("\n"+near, "\n(") >= enoughSeats && seatLabels.In(strings.ToLower(near)) && council(doc, f)
}

// behindName is how many bytes lead from the name to what follows in its brackets or behind
// a dash, 0 where nothing does.
func behindName(before string) int {
	for _, mark := range [...]string{"(", " - ", " – "} {
		k := strings.LastIndex(before, mark)
		if k < 0 || len(before)-k > 40 {
			continue
		}
		inside := before[k+len(mark):]
		words := strings.Fields(before[:k])
		if strings.ContainsAny(inside, "(),.;:") || len(words) > 0 && !nameLike(words[len(words)-1]) {
			continue
		}
		return len(before) - k
	}
	return 0
}

// council reports whether a paper or the mail's subject speaks of a council or board.
func council(doc *document.Document, f *detectors.Finding) bool {
	if doc.Mail != nil && councils.In(strings.ToLower(doc.Mail.Subject)) {
		return true
	}
	left := seatsHead
	for i := range doc.Segments {
		s := &doc.Segments[i]
		if s.At.Path != doc.Segments[f.Segment].At.Path {
			continue
		}
		if councils.In(strings.ToLower(s.Text[:min(len(s.Text), left)])) {
			return true
		}
		if left -= len(s.Text); left <= 0 {
			break
		}
	}
	return false
}

// opining are what members do in minutes, besides what they do anywhere.
var opining = setOf("mente mener ønskede ønsker syntes synes kritiserede kritiserer savnede savner undrede undrer roste roser påpegede påpeger fremhævede fremhæver bemærkede bemærker støttede støtter")

// maxMembers bounds what a list of members yields.
const maxMembers = 200

// members are the words of the names in the list of members of a paper, nil where it has
// none or is no council's.
func members(doc *document.Document, f *detectors.Finding) map[string]bool {
	if !council(doc, f) {
		return nil
	}
	var names map[string]bool
	left := seatsHead
	for i := range doc.Segments {
		s := &doc.Segments[i]
		if s.At.Path != doc.Segments[f.Segment].At.Path {
			continue
		}
		for line := range strings.Lines(s.Text[:min(len(s.Text), left)]) {
			label, _, ok := strings.Cut(line, ":")
			if !ok || len(label) > signLine || !seatLabels.In(strings.ToLower(label)) {
				continue
			}
			for w := range strings.FieldsSeq(line[len(label)+1:]) {
				if w = strings.Trim(w, ".,;:()"); nameLike(w) && len(names) < maxMembers {
					if names == nil {
						names = make(map[string]bool)
					}
					names[w] = true
				}
			}
		}
		if left -= len(s.Text); left <= 0 {
			break
		}
	}
	return names
}

// ofMember reports whether the sentence around a finding says what a member of a council
// thinks or moves, and names nobody else.
func ofMember(doc *document.Document, f *detectors.Finding, names map[string]bool) bool {
	if len(names) == 0 || doc.Segments[f.Segment].At.Cell != "" {
		return false
	}
	text := doc.Segments[f.Segment].Text
	from, to := f.Start, f.Start
	for from > 0 && f.Start-from < lookBack && !endsSentence(text, from-1) {
		from--
	}
	for to < len(text) && to-f.Start < lookAhead && !endsSentence(text, to) {
		to++
	}
	said := strings.ToValidUTF8(text[from:to], "")
	thinks := false
	words := strings.Fields(said)
	for i, w := range words {
		w = strings.Trim(w, ".,;:()\"")
		if owning[w] || thirdWords[strings.ToLower(w)] || firstNames[w] && !names[w] {
			return false
		}
		thinks = thinks || i > 0 && names[words[i-1]] && (opining[w] || moving[w] || speaking[w])
	}
	return thinks && !befell(said)
}
