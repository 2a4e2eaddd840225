package document

import "strings"

// tabbed reads columns that are set with tabs: a paragraph a row, as people write lists
// in Word. What stands under a heading that says so is a person's number.
type tabbed struct{ heads []string }

// maxTabbed bounds a row, in fields.
const maxTabbed = 60

// add takes the next text and gives the numbers of ten digits that stand under such a
// heading of an earlier text.
func (t *tabbed) add(s Segment) (found []Segment) {
	heads := t.heads
	for line := range strings.Lines(s.Text) {
		if strings.IndexByte(line, '\t') < 0 {
			continue
		}
		fields := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if len(fields) > maxTabbed {
			continue
		}
		if tabHeading(fields) {
			t.heads, heads = fields, nil // the rows of this text are read with it
			continue
		}
		for i, f := range fields {
			if f = strings.TrimSpace(f); len(f) != numberDigits || !pieceOf(f[:6]) || !pieceOf(f[6:]) {
				continue
			}
			if label := headOf(heads, fields, i); label != "" {
				found = append(found, Segment{Text: f, Label: label, At: s.At})
			}
		}
	}
	return found
}

// tabHeading tells a row of names of columns, one of which is a person's number.
func tabHeading(fields []string) bool {
	person, words := false, 0
	for _, f := range fields {
		if strings.ContainsAny(f, "0123456789@") || len(f) > shortLabel {
			return false
		}
		if strings.TrimSpace(f) != "" {
			words++
		}
		person = person || numberLabel.MatchString(f)
	}
	return person && words > 1
}

// headOf is the heading of the i-th field, "" where none says a person's number. With
// other tabs in the row than in the heading, only the one filled place that no other
// number may stand at is sure.
func headOf(heads, fields []string, i int) string {
	if len(heads) == len(fields) || i < len(heads) && i == 0 {
		if numberLabel.MatchString(heads[i]) {
			return strings.TrimSpace(heads[i])
		}
		return ""
	}
	a, b := filledFields(heads), filledFields(fields)
	if len(a) != len(b) {
		return ""
	}
	for n, at := range b {
		if at == i && numberLabel.MatchString(heads[a[n]]) {
			return strings.TrimSpace(heads[a[n]])
		}
	}
	return ""
}

func filledFields(fields []string) (list []int) {
	for i, f := range fields {
		if strings.TrimSpace(f) != "" {
			list = append(list, i)
		}
	}
	return list
}

// underTabs adds the numbers that a row of tabs has under a heading.
func (b *Builder) underTabs(s Segment) {
	if strings.IndexByte(s.Text, '\t') < 0 {
		return
	}
	for _, n := range b.tabs.add(s) {
		b.walk.segment(n)
	}
}
