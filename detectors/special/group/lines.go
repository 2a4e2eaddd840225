package group

import (
	"strings"

	"brevvagt/document"
)

// lines finds names that stand below each other, each at the beginning of its line.
func lines(doc *document.Document, w Words) []list {
	var out []list
	var above recent
	var open list
	path := ""
	end := func() {
		if len(open.names) >= leastNamed {
			out = append(out, open)
		}
		open = list{}
	}
	for i := range doc.Segments {
		s := &doc.Segments[i]
		if !seen(s) || s.At.Cell != "" || s.Label != "" {
			continue
		}
		if s.At.Path != path {
			end()
			path, above = s.At.Path, recent{}
		}
		for at := 0; at < len(s.Text); {
			line, _, _ := strings.Cut(s.Text[at:], "\n")
			from, to := nameIn(line, w)
			switch {
			case to > 0:
				if len(open.names) == 0 {
					open.heading = above.text()
				}
				if len(open.names) < maxNamed {
					open.names = append(open.names, Named{Segment: i, Start: at + from, End: at + to})
				}
			case strings.TrimSpace(line) != "":
				end()
				above.add(line[:min(len(line), maxHeading)])
			}
			at += len(line) + 1
		}
	}
	end()
	return out
}

// recent keeps the last lines before a list.
type recent [linesAbove]string

func (r *recent) add(line string) {
	copy(r[:], r[1:])
	r[linesAbove-1] = line
}

func (r *recent) text() string { return strings.Join(r[:], " ") }

// seen reports whether a reader of the document sees a segment as its own text.
func seen(s *document.Segment) bool {
	return s.At.Layer == document.Visible || s.At.Layer == document.Inserted || s.At.Layer == ""
}

// greetings begin lines that go on with a name and are none of a list.
var greetings = map[string]bool{"hilsen": true, "kære": true, "hej": true, "mvh": true, "vh": true, "kh": true, "venlig": true, "venligst": true, "med": true, "fra": true, "til": true, "dear": true, "hi": true, "best": true, "kind": true, "att": true, "v/": true}

// longestName is more than the bytes of any name, mostNames how many blanks one has behind
// its second word at most.
const (
	longestName = 60
	mostNames   = 3
)

// capital reports whether a byte of a text begins a capital letter, or may.
func capital(s string, at int) bool {
	return at < len(s) && (s[at] >= 'A' && s[at] <= 'Z' || s[at] >= 0xc3)
}

// nameIn finds the name at the beginning of a line, behind bullets and numbers and before
// whatever is said of it; to is 0 for none. Most lines are told by their first bytes.
func nameIn(line string, w Words) (from, to int) {
	for from < len(line) && strings.IndexByte(" \t-*.)0123456789", line[from]) >= 0 {
		from++
	}
	if rest := line[from:]; strings.HasPrefix(rest, "•") || strings.HasPrefix(rest, "–") || strings.HasPrefix(rest, "·") {
		_, after, _ := strings.Cut(rest, " ")
		from = len(line) - len(after)
	}
	if blank := strings.IndexByte(line[from:min(len(line), from+longestName)], ' '); blank < 2 || !capital(line, from) || !capital(line, from+blank+1) {
		return 0, 0
	}
	name := line[from:min(len(line), from+longestName)]
	if n := strings.IndexAny(name, ",;:(\t0123456789"); n >= 0 {
		name = name[:n]
	}
	for _, sign := range [...]string{" – ", " - ", "  "} {
		name, _, _ = strings.Cut(name, sign)
	}
	name = strings.TrimRight(name, " \r.")
	first, last, more := strings.Cut(name, " ")
	if !more || strings.Count(last, " ") > mostNames || greetings[strings.ToLower(first)] || !w.Name(name) {
		return 0, 0
	}
	return from, from + len(name)
}

// tables finds the columns of names in sheets and tables.
func tables(doc *document.Document, w Words) []list {
	var out []list
	var above recent
	open := make(map[string]int) // path, sheet and heading of the column → its list
	path := ""
	for i := range doc.Segments {
		s := &doc.Segments[i]
		if !seen(s) {
			continue
		}
		if s.At.Path != path {
			path, above = s.At.Path, recent{}
			clear(open)
		}
		if s.Label == "" {
			if s.At.Cell == "" {
				clear(open) // another table begins
			}
			text := strings.TrimSpace(s.Text)
			if text = text[strings.LastIndexByte(text, '\n')+1:]; text != "" && len(text) <= maxHeading {
				above.add(text)
			}
			continue
		}
		if len(s.Text) > longestName || !named(s.Label) || !w.Name(strings.TrimSpace(s.Text)) {
			continue
		}
		sheet, _, _ := strings.Cut(s.At.Cell, "!")
		id := sheet + "\x00" + s.Label
		k, ok := open[id]
		if !ok {
			k = len(out)
			open[id] = k
			out = append(out, list{heading: above.text(), citizen: citizen(s.Label)})
		}
		if len(out[k].names) < maxNamed {
			out[k].names = append(out[k].names, Named{Segment: i, End: len(s.Text)})
		}
	}
	kept := out[:0]
	for _, l := range out {
		if len(l.names) >= leastNamed {
			kept = append(kept, l)
		}
	}
	return kept
}

// named reports whether a column is one of names, citizen whether of citizens'.
func named(label string) bool {
	low := strings.ToLower(strings.TrimSpace(label))
	return citizen(label) || low == "navn" || low == "navne" || low == "fulde navn" || low == "name"
}

func citizen(label string) bool {
	low := strings.ToLower(label)
	for _, c := range columns {
		if strings.HasPrefix(low, c) {
			return true
		}
	}
	return false
}
