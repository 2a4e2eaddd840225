package hold

import (
	"slices"
	"strings"

	"brevvagt/document"
	"brevvagt/quarantine/register/story"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
)

// figures counts what the register's draft tells of an item: never a person.
func figures(out *scanner.Outcome) story.Figures {
	var f story.Figures
	files := papers(out)
	f.Papers = len(files)
	wrong := make(map[string]bool)
	paths := make(map[string]bool)
	f.ByName = true
	for i := range out.Findings {
		x := &out.Findings[i]
		if x.Category != "wrong-person" {
			continue
		}
		wrong[x.Value.Digest()], paths[x.At.Path] = true, true
		if k := slices.IndexFunc(files, func(p string) bool { return p == x.At.Path || strings.HasPrefix(p, x.At.Path+"/") }); k >= 0 && !slices.Contains(f.Marked, k+1) {
			f.Marked = append(f.Marked, k+1)
		}
		f.ByName = f.ByName && knownByName(out, x.Value.Digest())
	}
	f.Strangers, f.ByName = max(len(wrong), onlyIn(out, paths)), f.ByName && len(wrong) > 0
	f.Form = formOf(out.Document, paths)
	f.Office = office(out)
	f.Citizens = citizens(out) > 0
	f.Children = children(out)
	if out.Facts != nil {
		judged(&f, out.Facts)
	}
	if f.Country != "" && f.Strangers == 0 {
		f.Strangers = besideParty(out)
	}
	return f
}

// besideParty counts the people with a number beside the party of a case: the only one
// who stands in several papers. It is 0 where there is no such one.
func besideParty(out *scanner.Outcome) int {
	people, parties := 0, 0
	for i := range out.Subjects {
		if s := &out.Subjects[i]; !s.NameOnly {
			people++
			if len(s.Paths) > 1 {
				parties++
			}
		}
	}
	if parties != 1 {
		return 0
	}
	return people - 1
}

// judged adds what the rules knew.
func judged(f *story.Figures, facts *policy.Facts) {
	f.Members = facts.Channel.Members
	f.Country, f.Authority = abroad(facts.Channel.Foreign)
	f.Reused = len(facts.Past.Residue) > 0
	if r := facts.Past.Run; r.Going() {
		f.Sent = max(0, r.Sent-r.Own)
	}
	if people := facts.People(); people != nil {
		for _, l := range people.Letters() {
			if l.Other {
				f.Letters++
			}
		}
		if old := facts.OldLetters(); len(old) > 0 {
			f.Dated[0], f.Dated[1] = old[0].Date, old[0].Date
			for _, l := range old {
				if l.Date.Before(f.Dated[0]) {
					f.Dated[0] = l.Date
				}
				if l.Date.After(f.Dated[1]) {
					f.Dated[1] = l.Date
				}
			}
		}
	}
	if r := facts.Run; r != nil {
		f.To, f.Sums, f.UnderAge, f.Dated = r.Recipients, r.PaidChildren, policy.ChildAge, r.Dated
		f.Letters = min(r.Wrong.Total, r.Read) + len(r.Wrong.Unlisted)
	}
}

// papers are the files of a mail that hold something to read, in their order: those of
// an archive in its place, and no part of the mail's own text.
func papers(out *scanner.Outcome) []string {
	doc := out.Document
	if doc.Mail == nil || len(doc.Parts) == 0 {
		return nil
	}
	told := make(map[string]bool)
	for i := range doc.Segments {
		told[doc.Segments[i].At.Path] = true
	}
	root, _, _ := strings.Cut(doc.Parts[0].Path, "/")
	var list []string
	for _, p := range doc.Parts {
		name, inside := strings.CutPrefix(p.Path, root+"/")
		if !inside || strings.HasPrefix(name, "del-") && !strings.Contains(name, "/") {
			continue
		}
		within := slices.ContainsFunc(doc.Parts, func(o document.Part) bool { return strings.HasPrefix(o.Path, p.Path+"/") })
		if told[p.Path] && !within && !slices.Contains(list, p.Path) {
			list = append(list, p.Path)
		}
	}
	return list
}

// onlyIn counts the people with a number who stand in papers at the given paths, in no
// other paper, and are none of the readers.
func onlyIn(out *scanner.Outcome, paths map[string]bool) int {
	if out.Facts == nil || out.Facts.People() == nil {
		return 0
	}
	n := 0
	for i := range out.Subjects {
		s := &out.Subjects[i]
		elsewhere := slices.ContainsFunc(s.Paths, func(p string) bool { return !paths[p] })
		if !s.NameOnly && !elsewhere && !out.Facts.People().Own(i) {
			n++
		}
	}
	return n
}

// knownByName reports whether what was found is somebody's name and not a number.
func knownByName(out *scanner.Outcome, digest string) bool {
	for i := range out.Subjects {
		s := &out.Subjects[i]
		if s.NameOnly && s.NameID.Digest() == digest {
			return true
		}
	}
	return false
}

// headBytes is how much of a paper is looked at for what it calls itself.
const headBytes = 300

// formOf says what the papers at the given paths call themselves.
func formOf(doc *document.Document, paths map[string]bool) string {
	heads := make(map[string]string)
	for i := range doc.Segments {
		s := &doc.Segments[i]
		if paths[s.At.Path] && len(heads[s.At.Path]) < headBytes {
			heads[s.At.Path] += strings.ToLower(s.Text[:min(len(s.Text), headBytes)]) + " "
		}
	}
	form := ""
	for _, head := range heads {
		if strings.Contains(head, "samtykke") {
			return story.Consent
		}
		for _, word := range []string{"blanket", "skema", "formular", "fuldmagt", "ansøgning om"} {
			if strings.Contains(head, word) {
				form = story.Form
			}
		}
	}
	return form
}

// office is the part of a municipality whose case a letter gives away.
func office(out *scanner.Outcome) string {
	about := make(map[string]bool)
	for i := range out.Subjects {
		for _, path := range out.Subjects[i].Paths {
			about[path] = true
		}
	}
	for _, o := range offices() {
		for i := range out.Document.Segments {
			s := &out.Document.Segments[i]
			if about[s.At.Path] && strings.Contains(strings.ToLower(s.Text), o.stem) {
				return o.name
			}
		}
	}
	return ""
}

// offices are parts of a municipality of which it says something about a person to have a
// case there, and what: a value for column 6.
func offices() []struct{ stem, name, tells string } {
	return []struct{ stem, name, tells string }{
		{"socialforvaltning", "Socialforvaltningen", "Sociale forhold"}, {"familieafdeling", "Familieafdelingen", "Familiemæssige forhold"},
		{"jobcent", "Jobcentret", "Sociale forhold"}, {"misbrugscent", "Misbrugscentret", "Helbredsoplysninger"},
	}
}

// citizens counts those outside whose mails are passed on.
func citizens(out *scanner.Outcome) int {
	if out.Facts == nil || out.Facts.People() == nil || out.Document.Mail == nil {
		return 0
	}
	return len(out.Facts.People().Writers())
}

// adult is the age in years below which a person is a child (forældreansvarsloven § 1).
const adult = 18

// children reports whether an item tells of a child: a case of one, or one by birth date.
func children(out *scanner.Outcome) bool {
	for i := range out.Findings {
		if out.Findings[i].Category == "boern" {
			return true
		}
	}
	if out.Facts == nil || out.Facts.People() == nil {
		return false
	}
	for i := range out.Subjects {
		if out.Facts.People().Under(i, adult) {
			return true
		}
	}
	return false
}

// abroad is the country of recipients abroad, where it is one, and whether one is a
// public authority by its name.
func abroad(addresses []string) (code string, authority bool) {
	for i, a := range addresses {
		domain := policy.Domain(a)
		top := strings.ToUpper(domain[strings.LastIndexByte(domain, '.')+1:])
		if i > 0 && top != code {
			return "", false
		}
		code = top
		for _, word := range []string{"kommune", "kommun", "region", "gov", "politi", "polis", "stadt", "gemeinde"} {
			authority = authority || slices.ContainsFunc(strings.FieldsFunc(domain, func(r rune) bool { return r == '.' || r == '-' }), func(label string) bool { return label == word })
		}
	}
	return code, authority
}
