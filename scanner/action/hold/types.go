package hold

import (
	"regexp"
	"slices"

	"brevvagt/detectors"
	"brevvagt/detectors/contact"
	"brevvagt/detectors/special"
	"brevvagt/document"
	"brevvagt/quarantine/register/story"
	"brevvagt/scanner"
)

// dataTypes are the values for column 6 of the register, alphabetical as in the
// registers that municipalities publish.
func dataTypes(out *scanner.Outcome, known story.Figures) []string {
	var types []string
	for i := range out.Findings {
		f := &out.Findings[i]
		if f.Category == "national-id" && !known.OwnOnly() {
			types = append(types, "CPR-nr.")
		}
		if f.Strength.Rank() >= detectors.Medium.Rank() {
			types = append(types, special.DataTypes(f.Category)...)
		}
	}
	said := saidTypes(out)
	if known.OwnOnly() {
		said = slices.DeleteFunc(said, func(t string) bool { return t != "Økonomiske oplysninger" })
	}
	types = append(types, said...)
	for _, o := range offices() {
		if known.Letters > 0 && o.name == known.Office {
			types = append(types, o.tells)
		}
	}
	slices.Sort(types)
	return slices.Compact(types)
}

// Words by which a text about somebody tells of relatives and of money. They stop nothing
// by themselves, so they are looked for only here.
var (
	ofKin   = regexp.MustCompile(`(?i)(?:^|[^\p{L}])(?:pårørende|ægtefælle|samlever|hustru|svigerdatter|svigersøn|bedstemor|bedstefar|søskende|(?:hans|hendes|barnets|dennes) (?:kone|mand|mor|far|forældre|søn|datter|bror|søster))(?:n|en|s|ns)?(?:[^\p{L}]|$)`)
	ofMoney = regexp.MustCompile(`(?i)(?:^|[^\p{L}])(?:\d[\d.]*(?:,\d\d)? ?(?:kr\.|kr\b|kroner)|(?:kr\.|dkk) ?\d|beløb(?:et)?(?:[^\p{L}]|$)|nemkonto|kontonummer|kontonr|regning(?:en|er)?(?:[^\p{L}]|$)|faktura|husleje|udbetal|gæld(?:en)?(?:[^\p{L}]|$)|indkomst)`)
)

// saidTypes are the kinds of data in the texts about people that no rule asks for: who
// they are, how they are reached, their relatives and their money.
func saidTypes(out *scanner.Outcome) []string {
	var types []string
	about := make(map[string]bool)
	for i := range out.Findings {
		if out.Findings[i].Category == "national-id" {
			about[out.Findings[i].At.Path] = true
		}
	}
	for i := range out.Subjects {
		s := &out.Subjects[i]
		if !s.Name.Empty() {
			types = append(types, "Navn")
		}
		for _, path := range s.Paths {
			about[path] = true
		}
	}
	quoted := citizens(out) > 0
	if quoted {
		types = append(types, "E-mail", "Navn")
	}
	kinds := contact.Detectors()
	for i := range out.Document.Segments {
		s := &out.Document.Segments[i]
		if s.At.Layer == document.Header || !about[s.At.Path] && (!quoted || s.At.Layer != document.Quoted) {
			continue
		}
		for _, d := range kinds {
			if len(d.Find(*s, detectors.Env{})) > 0 {
				types = append(types, contact.DataTypes(d.Category)...)
			}
		}
		if ofKin.MatchString(s.Text) {
			types = append(types, "Pårørende")
		}
		if ofMoney.MatchString(s.Text) {
			types = append(types, "Økonomiske oplysninger")
		}
	}
	return types
}
