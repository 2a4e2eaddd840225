package policy

import (
	"regexp"
	"strings"

	"brevvagt/detectors"
	"brevvagt/document"
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

// formHead begins what calls itself a form, in its first words.
var formHead = regexp.MustCompile(`(?i)\A.{0,60}(?:blanket|skema|formular|fuldmagt|samtykkeerklæring|loveerklæring)`)

// toFillIn are words by which a mail asks its reader to fill in what it brings.
var toFillIn = []string{"udfyld", "underskriv", "skriv under", "blanket", "send retur", "fill in"}

// meantBlank reports whether a placeholder stands in an attached form that its reader is
// to fill in: two places to write on, or a form by its head that the mail asks to be
// filled in. A merge mark and an error of Word's are left over there, too.
func (f *Facts) meantBlank(site Site, x *detectors.Finding) bool {
	if f.Doc == nil || f.Doc.Mail == nil || !strings.Contains(x.At.Path, "/") || len(x.Why) == 0 || x.Why[0] == "fejl fra et felt i Word" ||
		x.Strength == detectors.Strong && !strings.HasPrefix(x.Why[0], "anvisning i skarpe") {
		return false
	}
	blanks, head := 0, ""
	for i := range f.Doc.Segments {
		s := &f.Doc.Segments[i]
		if s.At.Path != x.At.Path || s.At.Layer != document.Visible {
			continue
		}
		if greeting.MatchString(s.Text) {
			return false
		}
		if len(head) < formHeadBytes {
			head += s.Text[:min(len(s.Text), formHeadBytes)] + " "
		}
		blanks += len(writeHere.FindAllStringIndex(s.Text, 2))
	}
	return blanks >= 2 || formHead.MatchString(strings.ToValidUTF8(head, "?")) && f.parties(site).Says(toFillIn...)
}

// formHeadBytes is how much of a paper is looked at for what it calls itself.
const formHeadBytes = 200

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
