package parties

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/internal/lower"
	"brevvagt/scanner/policy/wording"
)

// This file finds a citizen who was left in the sentences of a letter to another: the
// decision is told of somebody in the third person.

// toldThere is a person of whom a letter speaks.
type toldThere struct {
	name             subject.Name
	count            int
	decided, weighed bool // of whom a decision is told, or what one is made from
	of               bool // the decision is told of this person and no other
	known            bool // by work, by kin or by what the reader has to do with them
	akin             bool // by the name to a reader
	housed           bool // lives where the one does of whom the decision is
}

// decision is what a text with a decision says, without its greeting and signature.
type decision struct {
	people   []toldThere
	toReader subject.Text // the sentences that speak to the reader
	low      string       // up to its guidance, in small letters
}

// decidedOfAnother finds somebody, neither a reader nor tied to one, of whom the mail's own
// text tells a decision.
func (it *Item) decidedOfAnother() (Odd, bool) {
	if it.Doc.Mail == nil || len(it.External) != 1 {
		return Odd{}, false
	}
	// The address is looked at first: it costs less than the text, and mostly tells nobody.
	if _, _, ok := it.boxName(it.External[0]); !ok && it.ownerIs(it.External[0], subject.Name{}) == unknown {
		return Odd{}, false
	}
	text := it.bodyText()
	if !wording.Decides(text) {
		return Odd{}, false
	}
	r := it.readers()
	if !r.citizen() || !it.speaksTo() && !strings.Contains(text, "i har ") && !strings.Contains(text, "jeres ") {
		return Odd{}, false
	}
	d := decision{low: text[:guidance(text)]}
	own := it.bundle()
	for i := range it.Doc.Segments {
		s := &it.Doc.Segments[i]
		if !own.said(s) || s.At.Layer == document.Header {
			continue
		}
		text := s.Text[:min(len(s.Text), maxSaid)]
		if k := closing(text); k >= 0 {
			text = text[:k]
		}
		it.readDecision(&d, strings.ToValidUTF8(text, "?"), r)
	}
	n, _, ok := it.concerned(&d, r)
	if !ok {
		return Odd{}, false
	}
	return it.somebody("", n, wording.Ties(d.low, relations) || !r.sure), true
}

// decidedIn finds somebody, neither the reader nor tied to the reader, of whom a letter to
// the reader tells a decision. Of what grown-up people have no case about, and of whom the
// mail itself speaks, it only warns.
func (it *Item) decidedIn(p *paper, r *readers) (Odd, bool) {
	l := p.letter
	if l == nil || p.body || p.page != 0 || len(it.External) != 1 || r.family || !r.is(l.Addressee) && !r.is(l.Salutation) || p.text.Head(headWords, ofHouses) {
		return Odd{}, false
	}
	text := it.visible(it.bundle().paths[p.path])
	if k := closing(text); k >= 0 {
		text = text[:k]
	}
	if k := strings.Index(text, salutations[0]); k >= 0 {
		text = text[k:] // the lines above name who else lives there
	}
	low := strings.ToLower(text)
	if !wording.Decides(low) {
		return Odd{}, false
	}
	if head, _, _ := strings.Cut(low, "\n"); strings.Contains(head, " og ") {
		return Odd{}, false
	}
	d := decision{low: low[:guidance(low)]}
	it.readDecision(&d, text, r)
	n, akin, ok := it.concerned(&d, r)
	if !ok || it.hasPart(p, n) && !akin || akin && (it.speaksOfName(n) || wording.ForTogether(it.bodyWithoutSubject())) {
		return Odd{}, false
	}
	return it.somebody(p.name(), n, wording.Ties(d.low, relations) || !r.sure || !wording.OfAdults(d.low) || it.speaksOfName(n)), true
}

// readDecision adds what a text says of whom.
func (it *Item) readDecision(d *decision, text string, r *readers) {
	for _, f := range subject.PeopleIn(text) {
		if greeting(text, f) || len(d.people) == maxTold || r.is(f.Name) || it.staff(f.Name) {
			continue
		}
		d.people = tellOf(d.people, text, f)
	}
	for i := range d.people {
		d.people[i].akin = r.akin(d.people[i].name)
	}
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '.' }) {
		if speaksToReader(line) {
			d.toReader.Add(line)
		}
	}
}

// concerned is whom a decision concerns who is no reader. Of a name akin to the reader's,
// a child's and a spouse's as a rule, it is said only where nothing ties the two: the matter
// is a grown-up's, and the text tells it to its reader as of a stranger.
func (it *Item) concerned(d *decision, r *readers) (n subject.Name, akin, ok bool) {
	if wording.BetweenTwo(d.low) {
		return subject.Name{}, false, false
	}
	readers := wording.OfReader(d.low)
	for _, p := range d.people {
		if p.known || p.housed && readers || !p.decided || !p.weighed && p.count < 2 || !p.name.Common() && p.count < 2 || p.name.FirstIn(&d.toReader) {
			continue
		}
		if p.akin && (!p.of || r.family || !p.name.Full() || slices.ContainsFunc(r.names, p.name.SameFirst) || !wording.OfAdults(d.low) || wording.ForTogether(d.low)) {
			continue
		}
		return p.name, p.akin, true
	}
	return subject.Name{}, false, false
}

// tellOf adds what the sentence around a name says of its bearer.
func tellOf(people []toldThere, text string, f subject.Found) []toldThere {
	i := slices.IndexFunc(people, func(p toldThere) bool { return p.name.SameLoosely(f.Name) })
	if i < 0 {
		i, people = len(people), append(people, toldThere{name: f.Name})
	}
	low, high := saidOf(text, f)
	said := lower.InPlace(text[low:high])
	p := &people[i]
	p.count++
	p.decided = p.decided || wording.Decides(said)
	p.of = p.of || wording.DecidedOf(said, f.Start-low, min(f.End-low, len(said)))
	p.weighed = p.weighed || hasAny(said, wording.Weighed) || p.of && wording.OfAdults(said)
	p.known = p.known || wording.ByPost(text[low:f.Start], text[f.End:]) || speaksToReader(said)
	p.housed = p.housed || wording.Housed(said)
	return people
}

// saidOf gives the bounds of the sentence around a name, past the full stops of abbreviations
// ("12.000 kr. om året"), and of the next where it goes on with "hun" or "han".
func saidOf(text string, f subject.Found) (low, high int) {
	low, high = sentence(text, f.Start, f.End)
	for high+2 < len(text) && text[high] == '.' && text[high+1] == ' ' && high-low < 2*maxSentence {
		word, _, _ := strings.Cut(text[high+2:], " ")
		if first, _ := utf8.DecodeRuneInString(word); !unicode.IsLower(first) && word != "Hun" && word != "Han" {
			break
		}
		_, high = sentence(text, high+1, high+2)
	}
	return low, high
}

// speaksToReader reports whether a sentence speaks to the reader, one or several.
func speaksToReader(said string) bool {
	return slices.ContainsFunc(strings.Fields(strings.ToLower(said)), func(w string) bool {
		w = strings.Trim(w, ".,;:!?()")
		return wording.You[w] || w == "jeres" || w == "jer"
	})
}

// guidance is where a letter's general guidance begins: what it says of relatives and of
// powers of attorney is said to everybody.
func guidance(text string) int {
	at := len(text)
	for _, mark := range []string{"klagevejledning", "sådan klager", "du kan klage", "sådan behandler vi", "hvis du er uenig"} {
		if k := strings.Index(text, mark); k >= 0 && k < at {
			at = k
		}
	}
	return at
}

// introduced reports whether the mail's own text says of somebody that the municipality
// employs them for the reader.
func (it *Item) introduced(n subject.Name) bool {
	if it.byWork == nil {
		list := it.findIntroduced()
		it.byWork = &list
	}
	return slices.ContainsFunc(*it.byWork, func(w subject.Name) bool { return w.SameLoosely(n) })
}

func (it *Item) findIntroduced() (list []subject.Name) {
	own := it.bundle()
	room := maxSaid
	for i := range it.Doc.Segments {
		s := &it.Doc.Segments[i]
		if !own.said(s) || s.At.Layer == document.Header || room <= 0 {
			continue
		}
		text := strings.ToValidUTF8(s.Text[:min(len(s.Text), room)], "?")
		room -= len(text)
		low := lower.InPlace(text)
		if !wording.MayIntroduce(low) {
			continue
		}
		for _, f := range subject.PeopleIn(text) {
			if len(list) < maxTold && wording.ByWork(low, f.Start, f.End) {
				list = append(list, f.Name)
			}
		}
	}
	return list
}
