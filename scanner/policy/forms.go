package policy

import (
	"strings"

	"brevvagt/detectors"
)

// This file tells forms that the reader is to fill in: what stands in their brackets
// is an instruction to the reader and no letter that was never finished.

// blanksOfForm is how many places to write on make a form.
const blanksOfForm = 2

// formsOnly reports whether every sure placeholder is an instruction in brackets in an
// attached form. A merge mark is left over wherever it stands.
func (f *Facts) formsOnly() bool {
	known := make(map[string]bool)
	for i := range f.Findings {
		x := &f.Findings[i]
		if x.Category != "placeholder" || x.Strength != detectors.Strong {
			continue
		}
		if len(x.Why) == 0 || !strings.HasSuffix(x.Why[0], "i skarpe parenteser") {
			return false
		}
		form, seen := known[x.At.Path]
		if !seen {
			form = f.form(x.At.Path)
			known[x.At.Path] = form
		}
		if !form {
			return false
		}
	}
	return len(known) > 0
}

// form reports whether an attachment has places to write on and greets nobody.
func (f *Facts) form(path string) bool {
	if f.Doc.Mail == nil || !strings.Contains(path, "/") {
		return false
	}
	blanks := 0
	for i := range f.Doc.Segments {
		s := &f.Doc.Segments[i]
		if s.At.Path != path {
			continue
		}
		for line := range strings.Lines(s.Text) {
			line = strings.TrimSpace(line)
			if greets(line) {
				return false
			}
			for _, mark := range []string{"____", ".....", "……", "[ ]", "☐", "□"} {
				if strings.Contains(line, mark) {
					blanks++
					break
				}
			}
		}
	}
	for i := range f.Findings {
		x := &f.Findings[i]
		if x.At.Path == path && x.Category == "placeholder" && x.Strength.Rank() < detectors.Strong.Rank() {
			blanks++
		}
	}
	return blanks >= blanksOfForm
}

// greets reports whether a line is the salutation of a letter.
func greets(line string) bool {
	return len(line) < 60 && (strings.HasPrefix(line, "Kære ") || strings.HasPrefix(line, "Hej ") || strings.HasPrefix(line, "Til "))
}
