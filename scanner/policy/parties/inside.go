package parties

import (
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
	"brevvagt/document"
)

// This file looks inside a letter that is the reader's own for what an earlier
// citizen left in it: a salutation, a page header or footer, a number in the text,
// the title of the file. That the reader's name stands in it as well proves nothing.

// leftInside are people left in a paper that is for a reader.
func (it *Item) leftInside(p *paper, r *readers) []Odd {
	if len(p.more) > 0 || r.work && !r.private {
		return nil
	}
	var out []Odd
	if o, ok := it.greetsAnother(p, r); ok {
		out = append(out, o)
	}
	if p.body {
		return out
	}
	if o, ok := it.blockAnother(p, r); ok {
		return append(out, o)
	}
	if o, ok := it.headedAnother(p, r); ok {
		return append(out, o)
	}
	if o, ok := it.slotAnother(p, r); ok && len(out) == 0 {
		return append(out, o)
	}
	if o, ok := it.toldAnother(p, r); ok && len(out) == 0 {
		out = append(out, o)
	}
	if o, ok := it.strayParagraph(p, r); ok && len(out) == 0 {
		out = append(out, o)
	}
	return out
}

// strayWords is how many sensitive things a letter must tell of somebody who has no part
// in it, until it is taken for a paragraph of another's letter.
const strayWords = 2

// strayParagraph finds somebody by full name of whom a citizen's letter tells sensitive
// things, and whom neither the mail nor the letter ties to its reader: a paragraph that
// stayed from another's letter. A letter may well tell of another, so it only warns.
func (it *Item) strayParagraph(p *paper, r *readers) (Odd, bool) {
	l := p.letter
	if l == nil || !l.Addressee.Full() || !r.is(l.Addressee) || r.family {
		return Odd{}, false
	}
	var met []subject.Name
	times := make(map[string]int)
	for k := range it.Findings {
		x := &it.Findings[k]
		if x.At.Path != p.path || x.Detector != "special-category" || x.Strength.Rank() < detectors.Medium.Rank() {
			continue
		}
		n, ok := it.toldOf(x)
		if !ok || r.is(n) || r.akin(n) || it.staff(n) || it.speaksOfName(n) || it.hasPart(p, n) {
			continue
		}
		if times[n.String()]++; times[n.String()] >= strayWords && slices.ContainsFunc(met, n.Same) {
			return it.somebody(p.name(), n, true), true
		}
		met = append(met, n)
	}
	return Odd{}, false
}

// hasPart reports whether a paper says who somebody is to those it is about: the name is
// akin to one of theirs, or a word for a relation stands beside it.
func (it *Item) hasPart(p *paper, n subject.Name) bool {
	for i := range p.people {
		if s := it.Subjects[i].Name; s.Same(n) || s.Akin(n) || s.Relative(n) {
			return true
		}
	}
	for _, i := range it.bundle().paths[p.path] {
		text := it.Doc.Segments[i].Text
		for _, f := range subject.NamesIn(text, false) {
			if f.Name.Same(n) && hasAny(strings.ToLower(text[max(0, f.Start-besideName):min(len(text), f.End+besideName)]), ties) {
				return true
			}
		}
	}
	return false
}

// besideName is how far from a name a word stands that says who somebody is, in bytes.
const besideName = 20

// greetsAnother compares a letter's salutation with its address block. A first name
// alone is weaker: people are called by many.
func (it *Item) greetsAnother(p *paper, r *readers) (Odd, bool) {
	l := p.letter
	if l == nil || p.body || !l.Addressee.Full() || l.Salutation.Empty() || l.Salutation.Any(nobody) ||
		l.Salutation.Shares(l.Addressee) || r.is(l.Salutation) {
		return Odd{}, false
	}
	if !l.Salutation.Full() && !l.Salutation.Common() {
		return Odd{}, false
	}
	return it.somebody(p.name(), l.Salutation, r.family || !l.Salutation.Full() || l.Salutation.Relative(l.Addressee)), true
}

// blockAnother finds the address block of somebody else above a salutation to the reader.
func (it *Item) blockAnother(p *paper, r *readers) (Odd, bool) {
	l := p.letter
	if l == nil || !l.Addressee.Full() || l.Salutation.Empty() || !r.is(l.Salutation) || r.is(l.Addressee) || r.akin(l.Addressee) ||
		l.Salutation.Shares(l.Addressee) || it.staff(l.Addressee) {
		return Odd{}, false
	}
	return it.somebody(p.name(), l.Addressee, r.family || !r.sure || !l.Salutation.Full() || it.speaksOfName(l.Addressee)), true
}

// somebody is a name where another was to be expected, with the place where it stands
// if it is a subject's.
func (it *Item) somebody(where string, n subject.Name, weak bool) Odd {
	o := Odd{Where: where, Who: n.String(), Person: it.any(n), Weak: weak}
	if o.Person >= 0 && len(it.Subjects[o.Person].Where) > 0 {
		o.At = it.Subjects[o.Person].Where[0]
	} else {
		o.Person = -1
	}
	return o
}

// any is the subject with a name, -1 for none.
func (it *Item) any(n subject.Name) int {
	return slices.IndexFunc(it.Subjects, func(s subject.Subject) bool { return n.Full() && s.Name.Full() && s.Name.Same(n) })
}

// headedAnother finds a number in the page header or footer of a letter that is not
// the one in the letter itself.
func (it *Item) headedAnother(p *paper, r *readers) (Odd, bool) {
	own := func(s *subject.Subject) bool { return r.numbers[s.ID] || s.Name.Full() && r.is(s.Name) }
	numbered := false // the letter's own text holds a number
	for i := range p.people {
		numbered = numbered || !it.Subjects[i].NameOnly
	}
	for i := range it.Subjects {
		s := &it.Subjects[i]
		if _, in := p.people[i]; in || s.NameOnly || own(s) || r.relative(s.Name) {
			continue
		}
		for _, o := range s.Where {
			if o.Path == p.path && o.Layer == document.Header && o.Finding >= 0 && (numbered || s.Name.Full()) &&
				it.Findings[o.Finding].Strength.Rank() >= detectors.Medium.Rank() {
				return Odd{Where: p.name(), Who: it.who(i), Person: i, At: o, Weak: r.family}, true
			}
		}
	}
	return Odd{}, false
}

// mainFields begin the labels of the fields that name whom a form is about.
var mainFields = []string{"ansøger", "borger", "patient", "elev", "klient", "skyldner", "lejer"}

// fieldAnother finds somebody in the field for whom a form is about, in a paper that is a
// reader's by what else it says.
func (it *Item) fieldAnother(p *paper, r *readers) (Odd, bool) {
	for _, i := range sortedPeople(p) {
		s, in := &it.Subjects[i], p.people[i]
		if !in.field || !s.Name.Full() || r.is(s.Name) || r.akin(s.Name) || it.staff(s.Name) || r.numbers[s.ID] || in.at.Segment < 0 || in.at.Segment >= len(it.Doc.Segments) {
			continue
		}
		label := strings.ToLower(it.Doc.Segments[in.at.Segment].Label)
		if !slices.ContainsFunc(mainFields, func(m string) bool { return strings.HasPrefix(label, m) }) {
			continue
		}
		return Odd{Where: p.name(), Who: it.who(i), Person: i, At: in.at, Form: true, Weak: r.family || it.speaksOfName(s.Name)}, true
	}
	return Odd{}, false
}

// toldAnother finds the number and full name of an adult in a letter to somebody
// else. A letter may well tell of another; so this is worth a warning only, and
// nothing where the sentence says how the two belong together.
func (it *Item) toldAnother(p *paper, r *readers) (Odd, bool) {
	l := p.letter
	if l == nil || !l.Addressee.Full() || !r.is(l.Addressee) || r.family {
		return Odd{}, false
	}
	for _, i := range sortedPeople(p) {
		s, in := &it.Subjects[i], p.people[i]
		if s.NameOnly || !s.Name.Full() || r.is(s.Name) || r.relative(s.Name) || s.Name.Shares(l.Addressee) || r.numbers[s.ID] || it.Under(i, 18) || in.field {
			continue
		}
		if in.role.Rank() > subject.Mentioned.Rank() || in.at.Layer != document.Visible && in.at.Layer != "" || it.tied(in.at) {
			continue
		}
		return Odd{Where: p.name(), Who: it.who(i), Person: i, At: in.at, Weak: true}, true
	}
	return Odd{}, false
}

func sortedPeople(p *paper) []int {
	var out []int
	for i := range p.people {
		out = append(out, i)
	}
	slices.Sort(out)
	return out
}

// tiedReach is how far around a person the words may stand that tie somebody to the
// reader, in bytes.
const tiedReach = 160

// ties are words by which a letter says who somebody is to its reader.
var ties = []string{"din ", "dine ", "dit ", "jeres ", "ægtefælle", "samlever", "partner", "mor", "far", "søn", "datter", "barn", "børn", "værge", "forælder", "forældre", "pårørende", "medansøger", "udlejer", "lejer", "ejer", "fuldmagt",
	"kontaktperson", "plejefamilie", "arving", "afdøde", "boet", "husstand", "nabo", "modpart", "klager", "læge", "sagsbehandler", "rådgiver", "behandler", "søster", "bror"}

// tied reports whether the sentence around a person ties the person to the reader.
func (it *Item) tied(at subject.Occurrence) bool {
	if at.Segment < 0 || at.Segment >= len(it.Doc.Segments) {
		return true
	}
	text := it.Doc.Segments[at.Segment].Text
	low, high := max(0, at.Start-tiedReach), min(len(text), at.End+tiedReach)
	return hasAny(strings.ToLower(text[low:high]), ties)
}

// titled finds the name of somebody else in what a mail or its files are called: its
// subject, a file's name or title. Only a common first name tells a name there.
func (it *Item) titled(r *readers) (Odd, bool) {
	if !r.sure || r.family || r.work && !r.private {
		return Odd{}, false
	}
	b := it.bundle()
	for i := range it.Doc.Segments {
		s := &it.Doc.Segments[i]
		subjectLine := s.At.Layer == document.Header && s.Label == "Subject" && s.At.Path == b.root
		inside := s.At.Layer == document.Metadata && s.At.Path != b.root && (s.Text == lastName(s.At.Path) || titleLabel(s.Label))
		headed := s.At.Layer == document.Header && s.At.Path != b.root && it.Doc.Mail != nil && !strings.HasSuffix(s.At.Path, ".eml") && !strings.HasSuffix(s.At.Path, ".msg")
		if !subjectLine && !inside && !headed {
			continue
		}
		text := s.Text
		if inside {
			text = stem(text)
		}
		n, ok := subject.NameIn(text)
		if !ok || r.is(n) || r.relative(n) || slices.ContainsFunc(r.names, n.Shares) || it.staff(n) || headed && ofOffice(text, n) {
			continue
		}
		if inside && signedBy(it.visible(b.paths[s.At.Path]), n) {
			continue
		}
		where := lastName(s.At.Path)
		if subjectLine {
			where = "emne"
		}
		return it.somebody(detectors.RedactNumbers(where), n, true), true
	}
	return Odd{}, false
}

// officeCues stand before the names of those who answer for a letter.
var officeCues = []string{"sagsbehandler", "kontaktperson", "kontakt", "rådgiver", "vejleder", "ansvarlig", "udarbejdet af", "forfatter", "skrevet af", "ref", "vores ref", "initialer", "telefon", "direkte"}

// ofOffice reports whether a page header or footer names somebody by office, as a
// director or the one that works on the case.
func ofOffice(text string, n subject.Name) bool {
	byName := func(f subject.Found) bool { return f.Name.Same(n) }
	if slices.ContainsFunc(subject.HoldersIn(text), byName) && !slices.ContainsFunc(subject.NamesIn(text, false), byName) {
		return true
	}
	for _, f := range subject.HoldersIn(text) {
		before := strings.ToLower(strings.TrimRight(text[:f.Start], " :.\t"))
		if byName(f) && slices.ContainsFunc(officeCues, func(c string) bool { return strings.HasSuffix(before, c) }) {
			return true
		}
	}
	return false
}

func titleLabel(label string) bool {
	low := strings.ToLower(label)
	return slices.Contains([]string{"title", "titel", "subject", "emne", "keywords", "nøgleord", "category", "kategori"}, low)
}

// staff reports whether a name is one who signs, or who sends the mail.
func (it *Item) staff(n subject.Name) bool {
	if it.Doc.Mail != nil && slices.ContainsFunc(it.Doc.Mail.From, func(a document.Address) bool {
		from, ok := personName(a.Name)
		return ok && from.Same(n)
	}) {
		return true
	}
	for i := range it.Subjects {
		if s := &it.Subjects[i]; s.Role == subject.Signature && s.Name.Full() && s.Name.Same(n) {
			return true
		}
	}
	return false
}
