package policy

import (
	"regexp"
	"strings"

	"brevvagt/detectors"
)

// writeHere is a place to write on in a form, greeting the first line of a letter.
var (
	writeHere = regexp.MustCompile(`_{4}|\.{5}|…{2}|\[ \]|☐|□`)
	greeting  = regexp.MustCompile(`(?m)^\s*(?:Kære|Hej|Til) .{1,50}$`)
)

// formsOnly reports whether every sure placeholder is an instruction in brackets in an
// attached form: what stands there speaks to the reader who fills it in. A merge mark
// is left over wherever it stands.
func (f *Facts) formsOnly() bool {
	paths := make(map[string]bool)
	for i := range f.Findings {
		x := &f.Findings[i]
		if x.Category != "placeholder" || x.Strength != detectors.Strong {
			continue
		}
		if len(x.Why) == 0 || !strings.HasSuffix(x.Why[0], "i skarpe parenteser") || !paths[x.At.Path] && !f.form(x.At.Path) {
			return false
		}
		paths[x.At.Path] = true
	}
	return len(paths) > 0
}

// form reports whether an attachment has two places to write on and greets nobody.
func (f *Facts) form(path string) bool {
	blanks := 0
	for i := range f.Doc.Segments {
		if s := &f.Doc.Segments[i]; s.At.Path == path {
			if greeting.MatchString(s.Text) {
				return false
			}
			blanks += len(writeHere.FindAllStringIndex(s.Text, 2))
		}
	}
	for i := range f.Findings {
		if x := &f.Findings[i]; x.At.Path == path && x.Category == "placeholder" && x.Strength != detectors.Strong {
			blanks++
		}
	}
	return f.Doc.Mail != nil && strings.Contains(path, "/") && blanks >= 2
}
