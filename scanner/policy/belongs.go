package policy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/document"
	"brevvagt/scanner/policy/parties"
)

// parties is the item as a question of people: whom its papers are about and who
// reads them.
func (f *Facts) parties(site Site) *parties.Item {
	if f.once.people == nil {
		f.once.people = &parties.Item{Doc: f.Doc, Findings: f.Findings, Subjects: f.Subjects, External: f.Channel.External,
			Partner: site.Partner, Owners: f.Owners, Internal: site.Internal, Personal: f.certain() > 0 || f.sensitiveSure() > 0, Sent: f.Sent}
	}
	return f.once.people
}

// leaves reports whether the item goes to somebody outside and is no run of
// letters, which is compared letter by letter elsewhere.
func (f *Facts) leaves() bool { return f.Kind == "mail" && len(f.Channel.External) > 0 }

// told reports whether the item leaves and those who get it are told what is in it, as
// who prints letters is not.
func (f *Facts) told(site Site) bool { return f.leaves() && !f.delivers(site) }

// addresseeMismatch: a letter or case paper made out for another than the citizen
// it goes to (Gladsaxe 2025-12, Aarhus). It speaks only where the citizen is known
// by name; mailboxes of a role and partners who work with the case get letters
// about others every day.
func addresseeMismatch() Definition {
	return Definition{ID: "addressee-mismatch", Title: "Brev til en anden end modtageren", Action: Hold,
		Fires: func(site Site, f *Facts) (string, string, bool) {
			if list := f.mismatches(site); len(list) > 0 {
				who := f.reader(site)
				return sayOdd(list, "Brevet er stilet til eller handler om en anden end modtageren"+who, "The letter is written to or about another than the recipient"+who)
			}
			return f.pastMismatch(site)
		},
		Softer: func(site Site, f *Facts) bool { return !f.misdirected(site) }}
}

// reader says behind "the recipient" who that is, masked, where it is known.
func (f *Facts) reader(site Site) string {
	if who := f.parties(site).Readers(); who != "" {
		return " " + who
	}
	return ""
}

func (f *Facts) mismatches(site Site) []parties.Odd {
	if !f.told(site) {
		return nil
	}
	list := f.parties(site).Conflicts(false)
	if len(list) == 0 && len(f.Channel.Unprotected) > 0 {
		list = f.parties(site).Unasked()
	}
	if m := f.confided(site); m != nil && len(list) == 0 {
		if o, ok := m.Thread(); ok {
			list = []parties.Odd{{Who: o.Who, Person: -1, Weak: o.Weak}}
		}
	}
	return list
}

// templateResidue: a form that still holds others than the citizen it goes to
// (Gladsaxe 2025-10), or a file that still hides somebody, protected or not.
func templateResidue() Definition {
	return Definition{ID: "template-residue", Title: "Rester af en anden i blanket eller fil", Action: Hold,
		Fires: func(site Site, f *Facts) (string, string, bool) {
			forms, hidden := f.residue(site)
			if len(forms) > 0 {
				who := f.reader(site)
				return sayOdd(forms, "Blanketten er udfyldt med en anden end modtageren"+who, "The form is filled in with another than the recipient"+who)
			}
			if past := f.pastResidue(site); len(past) > 0 {
				return sayOdd(past, "Skabelonen er ikke renset: en, som et tidligere brev af samme slags til en anden handlede om, står i det her", "The template was not cleaned: somebody whom an earlier letter of the kind to another was about stands in this one")
			}
			if where, ok := f.crossedOut(); ok {
				return "Filen er streget over med sort, men det overstregede kan læses: " + where, "The file is crossed out in black, and what is crossed out can be read: " + where, true
			}
			return sayOdd(hidden, "Filen gemmer oplysninger om en person, som ikke ses, når den åbnes", "The file hides data on a person that is not seen when it is opened")
		},
		Softer: func(site Site, f *Facts) bool {
			if _, ok := f.crossedOut(); ok {
				return false
			}
			forms, hidden := f.residue(site)
			return allWeak(slices.Concat(forms, hidden, f.pastResidue(site)))
		}}
}

// tells is what tells something where it is crossed out: four signs with a letter at
// either end, or six digits, as of a person's, a case's or a telephone's number.
var tells = regexp.MustCompile(`(?s)\pL.{2,}\S|\S.{2,}\pL|(?:\d\D{0,3}){6}`)

// crossedOut is the file of a mail that leaves in which text is black on black: whoever
// gets it reads it by a change of colour. Nobody does so but to keep it from the reader.
func (f *Facts) crossedOut() (where string, ok bool) {
	if !f.leaves() || f.Doc.Mail == nil {
		return "", false
	}
	for i := range f.Doc.Segments {
		s := &f.Doc.Segments[i]
		if s.At.Layer == document.Covered && tells.MatchString(s.Text) {
			return detectors.RedactNumbers(lastName(s.At.Path)), true
		}
	}
	return "", false
}

func (f *Facts) residue(site Site) (forms, hidden []parties.Odd) {
	if !f.told(site) {
		return nil, nil
	}
	return f.parties(site).Conflicts(true), f.parties(site).Hidden()
}

// foreignPerson: papers about one person with somebody else's among them,
// protected or not (Gladsaxe 2025-07 and 2025-11).
func foreignPerson() Definition {
	return Definition{ID: "foreign-person", Title: "Bilag om en anden person", Action: Hold,
		Fires: func(site Site, f *Facts) (string, string, bool) {
			s := f.strangers(site)
			if len(s.Odd) == 0 {
				return "", "", false
			}
			first := s.Odd[0]
			inDanish, inEnglish := place(first)
			if s.Papers == len(s.Odd) { // nothing but what the mail says stands against them
				return fmt.Sprintf("%s ser ud til at vedrøre %s, men mailen handler om %s", inDanish, first.Who, s.Who),
					fmt.Sprintf("%s seems to be about %s, but the mail is about %s", inEnglish, first.Who, s.Who), true
			}
			da := fmt.Sprintf("%d af %d dokumenter ser ud til at vedrøre en anden person end de øvrige: %s: om %s, de øvrige om %s", len(s.Odd), s.Papers, inDanish, first.Who, s.Who)
			en := fmt.Sprintf("%d of %d documents seem to be about another person than the rest: %s: about %s, the others about %s", len(s.Odd), s.Papers, inEnglish, first.Who, s.Who)
			if s.NameOnly {
				da, en = strings.TrimSuffix(da, ".")+". Er "+first.Who+" en del af sagen?", strings.TrimSuffix(en, ".")+". Is "+first.Who+" part of the case?"
			}
			return da, en, true
		},
		Softer: func(site Site, f *Facts) bool { return allWeak(f.strangers(site).Odd) }}
}

func (f *Facts) strangers(site Site) parties.Strangers {
	if !f.told(site) {
		return parties.Strangers{}
	}
	return f.parties(site).Strangers()
}

// sayOdd names the first of the people with file and page.
func sayOdd(list []parties.Odd, da, en string) (string, string, bool) {
	if len(list) == 0 {
		return "", "", false
	}
	inDanish, inEnglish := place(list[0])
	return fmt.Sprintf("%s: %s: %s", da, inDanish, list[0].Who), fmt.Sprintf("%s: %s: %s", en, inEnglish, list[0].Who), true
}

// place names where somebody stands: a file, or the text of the mail itself.
func place(o parties.Odd) (da, en string) {
	if o.Where == "" {
		return "mailens tekst", "the text of the mail"
	}
	return o.Where, o.Where
}

func allWeak(list []parties.Odd) bool {
	return !slices.ContainsFunc(list, func(o parties.Odd) bool { return !o.Weak })
}

// Located gives a finding for each person where another was to be expected, so that
// whoever judges the item sees where to look. Only rules that fired speak. The
// values are masked: a name's initials, or a number without its end.
func Located(site Site, f *Facts, v Verdict) []detectors.Finding {
	var out []detectors.Finding
	if len(v.Rules) == 0 {
		return nil
	}
	add := func(id, why string, list []parties.Odd) {
		if !slices.ContainsFunc(v.Rules, func(r Rule) bool { return r.ID == id }) {
			return
		}
		for i := range list {
			if x, ok := f.located(&list[i]); ok {
				x.Detector, x.Why = id, []string{why}
				out = append(out, x)
			}
		}
	}
	forms, hidden := f.residue(site)
	add("addressee-mismatch", "en anden end modtageren", f.mismatches(site))
	add("template-residue", "en anden end modtageren", forms)
	add("template-residue", "ses ikke, når filen åbnes", hidden)
	add("template-residue", "står fra et tidligere brev", f.pastResidue(site))
	add("addressee-mismatch", "hører til en anden adresse", f.elsewhere(site))
	add("resent-attachment", "sendt til en anden før", f.resent(site))
	add("foreign-person", "en anden end de øvrige dokumenter", f.strangers(site).Odd)
	detectors.Sort(out)
	return out
}

func (f *Facts) located(o *parties.Odd) (detectors.Finding, bool) {
	if o.Person < 0 || o.At.Segment < 0 || o.At.Segment >= len(f.Doc.Segments) || o.At.End > len(f.Doc.Segments[o.At.Segment].Text) {
		return detectors.Finding{}, false
	}
	x := detectors.Finding{Category: "wrong-person", Strength: detectors.Strong, At: f.Doc.Segments[o.At.Segment].At,
		Value: f.Subjects[o.Person].NameID, Segment: o.At.Segment, Start: o.At.Start, End: o.At.End}
	if o.Weak {
		x.Strength = detectors.Medium
	}
	if k := o.At.Finding; k >= 0 && k < len(f.Findings) {
		x.At, x.Value = f.Findings[k].At, f.Findings[k].Value
	}
	return x, true
}
