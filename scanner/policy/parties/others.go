package parties

import (
	"slices"
	"strings"

	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/internal/lower"
	"brevvagt/scanner/policy/wording"
)

// This file compares papers with what the mail itself says: whom it names. A paper
// about somebody whom the mail does not name, and who is not the reader, does not
// belong to it.

// spoken are the people whom a mail's own text names.
type spoken struct {
	names  []subject.Name // full ones, without readers and staff
	firsts []subject.Name // first names by themselves, the same way
	text   *subject.Text
}

// maxSpoken bounds the people that a mail is taken to name.
const maxSpoken = 50

// spokenOf reads whom the mail's own text names, once.
func (it *Item) spokenOf() *spoken {
	if it.told != nil {
		return it.told
	}
	out := &spoken{text: new(subject.Text)}
	it.told = out
	if it.Doc.Mail == nil {
		return out
	}
	r, greeted := it.readers(), it.greeted()
	own := it.bundle()
	ended := "" // the part whose signature was reached
	for i := range it.Doc.Segments {
		s := &it.Doc.Segments[i]
		if s.At.Path == ended || !own.said(s) {
			continue
		}
		text := s.Text
		if k := closing(text); k >= 0 {
			text = text[:k]
		}
		out.text.Add(text)
		for _, f := range subject.NamesIn(text, true) {
			n := f.Name
			if s.At.Layer != document.Header && greeting(text, f) {
				continue
			}
			if r.is(n) || it.staff(n) || !greeted.Empty() && (greeted.SameFirst(n) || greeted.SameLoosely(n)) || slices.ContainsFunc(r.addressed, n.SameFirst) && !n.Full() {
				continue
			}
			switch {
			case len(out.names)+len(out.firsts) >= maxSpoken:
			case n.Full():
				out.names = append(out.names, n)
			default:
				out.firsts = append(out.firsts, n)
			}
		}
		if text != s.Text {
			ended = s.At.Path
		}
	}
	return out
}

// greeting reports whether a name fills its line, behind one word at most: "Goddag
// Testperson Eksempel" says to whom a mail speaks and not of whom.
func greeting(text string, f subject.Found) bool {
	line := text[strings.LastIndexByte(text[:f.Start], '\n')+1 : f.Start]
	rest, _, _ := strings.Cut(text[f.End:], "\n")
	return len(strings.Fields(line)) <= 1 && len(line) < 16 && strings.Trim(rest, " \t\r,.!:") == ""
}

// closing is where a mail's text ends and its signature begins, -1 for nowhere.
func closing(text string) int {
	at := -1
	low := "\n" + lower.InPlace(text)
	for _, mark := range []string{"venlig hilsen", "venlige hilsner", "\nmvh", "bedste hilsner", "\nhilsen ", "kind regards", "best regards"} {
		if k := strings.Index(low, mark); k >= 0 && k <= len(text) && (at < 0 || k-1 < at) {
			at = max(0, k-1)
		}
	}
	return at
}

// speaksOfName reports whether the mail's own text names somebody, by full name, or by
// a first name that is no reader's.
func (it *Item) speaksOfName(n subject.Name) bool {
	s := it.spokenOf()
	same := func(o subject.Name) bool { return o.SameLoosely(n) || o.Akin(n) }
	if slices.ContainsFunc(s.names, same) || slices.ContainsFunc(s.firsts, n.SameFirst) {
		return true
	}
	r, greeted := it.readers(), it.greeted()
	if slices.ContainsFunc(r.addressed, n.SameFirst) || n.SameFirst(greeted) {
		return false
	}
	return n.FirstIn(s.text)
}

// namesOthers reports whether the mail's own text names somebody in full, and not this
// one: "din mor" is then the one it names.
func (it *Item) namesOthers(n subject.Name) bool {
	return len(it.spokenOf().names) > 0 && !it.speaksOfName(n)
}

// namesInFull reports whether the mail's own text names somebody in full.
func (it *Item) namesInFull(n subject.Name) bool {
	return n.Full() && slices.ContainsFunc(it.spokenOf().names, n.SameLoosely)
}

// akin reports whether a name has a word of a family's in common with a reader's.
func (r *readers) akin(n subject.Name) bool {
	return r.relative(n) || slices.ContainsFunc(r.names, n.Akin)
}

// greetsUnlike reports whether the mail greets somebody by a common first name that has
// nothing in common with a name: the only thing that tells who reads in a mailbox that
// names nobody.
func (it *Item) greetsUnlike(n subject.Name) bool {
	g := it.greeted()
	return g.Common() && n.Full() && !g.Shares(n) && !g.Alike(n)
}

// childCues begin the lines that say which child a paper is about.
var childCues = []string{"elev", "barn", "forældre", "til forældre", "child", "pupil", "datter", "søn"}

// ofChild reports whether a paper says of a person that it is a child's.
func (it *Item) ofChild(at subject.Occurrence) bool {
	if at.Segment < 0 || at.Segment >= len(it.Doc.Segments) {
		return false
	}
	s := &it.Doc.Segments[at.Segment]
	if at.Start > at.End || at.End > len(s.Text) {
		return false
	}
	line := strings.ToLower(strings.TrimSpace(s.Label + s.Text[at.Start:at.End]))
	return slices.ContainsFunc(childCues, func(c string) bool { return strings.HasPrefix(line, c) || strings.Contains(line, c+":") })
}

// principal is the first person whom a paper says it is about, by full name.
func (it *Item) principal(p *paper) int {
	for _, i := range sortedPeople(p) {
		if role := p.people[i].role; (role == subject.About || role == subject.Addressee) && it.Subjects[i].Name.Full() {
			return i
		}
	}
	return -1
}

// belongs reports whether one of the people whom a paper is about belongs to the mail:
// a reader or a relative of one, somebody whom the mail names, somebody who stands in
// a reader's paper, or one who signs.
func (it *Item) belongs(p *paper, r *readers) bool {
	for _, i := range p.principals(it) {
		n := it.Subjects[i].Name
		if r.numbers[it.Subjects[i].ID] || !n.Empty() && (r.is(n) || r.akin(n) || it.speaksOfName(n) || it.staff(n)) || it.besideReader(i, r) {
			return true
		}
	}
	s := it.spokenOf()
	return slices.ContainsFunc(s.names, p.names) || slices.ContainsFunc(s.firsts, func(n subject.Name) bool { return n.FirstIn(p.text) })
}

// aboutAnother judges a case paper that names whom it is about, without a number and
// without being a letter or a form, and in which no reader occurs.
func (it *Item) aboutAnother(p *paper, r *readers) (Odd, bool) {
	i := it.principal(p)
	if p.body || i < 0 || it.belongs(p, r) {
		return Odd{}, false
	}
	s := it.spokenOf()
	other := len(s.names)+len(s.firsts) > 0 // the mail names somebody, and not this one
	if r.family && !other {
		return Odd{}, false
	}
	o := it.odd(p, i)
	// A child need not have its parent's name.
	o.Weak = !r.private && !it.sensitiveAt(p.path) && !it.ownAffair(p, r) || it.ofChild(o.At) && !other ||
		!r.sure && !it.greetsUnlike(it.Subjects[i].Name)
	return o, true
}

// ownAffair reports whether a mail greets the reader by name and speaks of something of the
// reader's own, "dit lån", as none does to somebody at work, and a paper is not about a house
// or land, of which owners' papers go to builders and neighbours.
func (it *Item) ownAffair(p *paper, r *readers) bool {
	if g := it.greeted(); r.work || g.Empty() || !slices.ContainsFunc(r.addressed, g.SameLoosely) || p.text.Head(headWords, ofHouses) {
		return false
	}
	words := strings.Fields(it.bodyText())
	for i, w := range words[:max(0, len(words)-1)] {
		if (w == "din" || w == "dit" || w == "dine") && slices.ContainsFunc(affairs, func(stem string) bool { return strings.HasPrefix(words[i+1], stem) }) {
			return true
		}
	}
	return false
}

// affairs are stems of what a citizen has with a municipality, and ofHouses words of papers
// about houses and land.
var (
	affairs  = []string{"lån", "konto", "ydelse", "pension", "bolig", "støtte", "ansøgning", "afgørelse", "bevilling", "gæld", "restance", "betaling", "udbetaling", "opgørelse", "regning", "ejendomsskat", "grundskyld", "indkomst", "lejekontrakt", "depositum", "indskud", "tilskud", "friplads", "sygedagpenge", "kontanthjælp", "dagpenge", "hjælp", "behandling", "undersøgelse", "journal", "attest", "beregning", "årsopgørelse", "saldo", "afdrag", "børnebidrag", "bidrag", "fleksjob", "handleplan", "genoptræning", "henvisning"}
	ofHouses = setOf("byggetilladelse byggesag byggeri nabohoering hoering landzonetilladelse dispensation arbejdsseddel opgaveseddel ledningsejer tilstandsrapport")
)

// sensitiveAt reports whether a word of a special category was found in a paper.
func (it *Item) sensitiveAt(path string) bool {
	for i := range it.Findings {
		if x := &it.Findings[i]; x.At.Path == path && (x.Detector == "special-category" || x.Detector == "protected-address") {
			return true
		}
	}
	return false
}

// unnamed finds the papers about somebody whom a mail does not name that says whom it
// is about: "akter i sagen om Testperson Eksempel" with one about another.
func (it *Item) unnamed() Strangers {
	s := it.spokenOf()
	if len(s.names)+len(s.firsts) == 0 {
		return Strangers{}
	}
	who := append(slices.Clone(s.names), s.firsts...)[0]
	r := it.readers()
	out := Strangers{Who: who.String(), Main: -1, NameOnly: true}
	b := it.bundle()
	for k := range b.papers {
		p := &b.papers[k]
		i := it.principal(p)
		if p.body || i < 0 {
			continue
		}
		out.Papers++
		if it.forReader(p, r) || it.belongs(p, r) {
			continue
		}
		o := it.odd(p, i)
		sensitive := it.sensitiveAt(p.path)
		o.Weak = len(s.names) == 0 && !sensitive || p.people[i].role != subject.About && !sensitive
		out.Odd = append(out.Odd, o)
	}
	if len(out.Odd) == 0 || len(out.Odd) > 3 {
		return Strangers{}
	}
	return out
}

// houses are stems of domains of those who want to know how a citizen stands and have no
// part in a case of their own: they get a citizen's papers by the citizen's leave only.
var houses = []string{"bank", "sparekasse", "kredit", "forsikring", "pension", "inkasso", "fagforening", "akasse", "a-kasse", "boligforening", "boligselskab", "udlejning"}

// leave are words of a mail or paper by which the citizen allows it to be sent on.
var leave = []string{"fuldmagt", "samtykke", "på vegne af", "efter aftale med", "efter ønske fra", "transporterklæring", "jeres kunde", "jeres medlem", "jeres lejer"}

// copies are words of a letter that say who else gets it.
var copies = []string{"kopi til", "kopi:", "kopi sendt", "cc:"}

// Unasked are letters to citizens that go to such a house and to nobody else, where the
// mail names no citizen and nothing speaks of the citizen's leave.
func (it *Item) Unasked() []Odd {
	if it.Doc.Mail == nil || len(it.External) == 0 || it.bare() {
		return nil
	}
	for _, a := range it.External {
		if _, domain, _ := strings.Cut(a, "@"); !hasAny(domain, houses) || it.Partner(a) || Private(a) {
			return nil
		}
	}
	var out []Odd
	letters := make(map[string]bool)
	b := it.bundle()
	for i := range b.papers {
		p := &b.papers[i]
		if p.body || p.letter == nil || !p.letter.Addressee.Full() || !p.toCitizen() || it.speaksOfName(p.letter.Addressee) {
			continue
		}
		letters[p.path] = true
		out = append(out, it.somebody(p.name(), p.letter.Addressee, false))
	}
	for i := range it.Doc.Segments {
		s := &it.Doc.Segments[i]
		words := leave
		if letters[s.At.Path] {
			words = copies // what it says of consent is guidance
		}
		if len(out) > 0 && wording.Ties(strings.ToLower(s.Text), words) {
			return nil
		}
	}
	return out
}
