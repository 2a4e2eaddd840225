package parties

import (
	"slices"
	"strings"

	"brevvagt/detectors/subject"
	"brevvagt/internal/needle"
)

// Conflicts are the papers made out for others than the readers, in order: forms,
// or letters and case papers.
func (it *Item) Conflicts(forms bool) []Odd {
	out, known := it.wrong[forms]
	if !known {
		if it.wrong == nil {
			it.wrong = make(map[bool][]Odd)
		}
		out = it.conflicts(forms)
		if o, ok := it.anotherHouse(); ok && !forms && len(out) == 0 {
			out = []Odd{o}
		}
		it.wrong[forms] = out
	}
	return out
}

func (it *Item) conflicts(forms bool) []Odd {
	if len(it.External) == 0 {
		return nil
	}
	if it.bare() {
		return it.spokenWrong(forms)
	}
	r := it.readers()
	if !r.citizen() {
		return it.spokenWrong(forms)
	}
	var out []Odd
	if forms {
		out = it.filledIn()
	}
	b := it.bundle()
	for i := range b.papers {
		p := &b.papers[i]
		if it.forReader(p, r) {
			r.papers = append(r.papers, p)
			if !forms {
				out = append(out, it.leftInside(p, r)...)
			}
			if o, ok := it.fieldAnother(p, r); ok && forms && !p.body {
				out = append(out, o)
			} else if o, ok := it.noteAnother(p, r); ok && forms {
				out = append(out, o)
			}
			if !forms && !p.body {
				out = append(out, it.lettersBeside(p, r)...)
				out = append(out, it.copied(p, r)...)
				if o, ok := it.decidedIn(p, r); ok && len(out) == 0 {
					out = append(out, o)
				}
			}
		}
	}
	for i := range b.papers {
		p := &b.papers[i]
		if slices.Contains(r.papers, p) {
			continue
		}
		if c, ok := it.contractOfAnother(p, r); ok {
			if !forms {
				out = append(out, c)
			}
		} else if c, ok := it.madeOutFor(p, r); ok && c.Form == forms {
			out = append(out, c)
		}
	}
	if c, ok := it.wrongMailbox(); ok && !forms {
		out = append(out, c)
	}
	if c, ok := it.wrongReply(); ok && !forms {
		out = append(out, c)
	}
	if c, ok := it.leakedThread(); ok && !forms {
		out = append(out, c)
	}
	if c, ok := it.letterBelow(); ok && !forms && len(out) == 0 {
		out = append(out, c)
	}
	for _, look := range []func() (Odd, bool){it.otherChild, it.referredBelow} {
		if c, ok := look(); ok && !forms && len(out) == 0 {
			out = append(out, c)
		}
	}
	if c, ok := it.decidedOfAnother(); ok && !forms && len(out) == 0 {
		out = append(out, c)
	}
	if forms || len(out) > 0 {
		return out
	}
	if c, ok := it.fileFor(r); ok {
		return []Odd{c}
	}
	if c, ok := it.titled(r); ok {
		return []Odd{c}
	}
	if c, ok := it.titledNamesake(); ok {
		return []Odd{c}
	}
	return nil
}

// spokenWrong looks at what a mail itself says where its papers tell nothing: whom it
// greets, whose mail it answers and, in what is a citizen's matter, its subject.
func (it *Item) spokenWrong(forms bool) []Odd {
	if forms {
		return it.filledIn()
	}
	if it.Doc.Mail == nil {
		return nil
	}
	for _, look := range []func() (Odd, bool){it.otherChild, it.referredBelow} {
		if o, ok := look(); ok {
			return []Odd{o}
		}
	}
	if len(it.External) > 2 {
		return nil
	}
	var spoken []Odd
	for _, look := range []func() (Odd, bool){it.wrongMailbox, it.wrongReply, it.leakedThread} {
		if o, ok := look(); ok {
			spoken = append(spoken, o)
		}
	}
	if spoken != nil {
		return spoken
	}
	for _, look := range []func() (Odd, bool){it.letterBelow, it.decidedOfAnother} {
		if o, ok := look(); ok {
			return []Odd{o}
		}
	}
	if n, named := subject.NameIn(it.Doc.Mail.Subject); named && it.matter() && !it.saysName(n) {
		if o, ok := it.titled(it.readers()); ok {
			return []Odd{o}
		}
	}
	if o, ok := it.titledNamesake(); ok {
		return []Odd{o}
	}
	return nil
}

// saysName reports whether the mail's own text names somebody: then it speaks of them,
// as of a colleague whom the reader is to meet.
func (it *Item) saysName(n subject.Name) bool {
	var t subject.Text
	t.Add(it.bodyWithoutSubject())
	return n.Among(&t)
}

// forReader reports whether one of the readers occurs in a paper.
func (it *Item) forReader(p *paper, r *readers) bool {
	for i := range p.people {
		if s := &it.Subjects[i]; r.is(s.Name) || r.numbers[s.ID] {
			return true
		}
	}
	if slices.ContainsFunc(r.names, p.names) {
		return true
	}
	return !p.body && p.letter != nil && (r.is(p.letter.Addressee) || r.is(p.letter.Salutation) && !(p.letter.Addressee.Full() && r.saysLess(p.letter.Salutation)))
}

// lettersBeside are letters to others in a file that holds one for a reader as well.
func (it *Item) lettersBeside(p *paper, r *readers) []Odd {
	if len(p.more) == 0 || len(r.names) == 0 {
		return nil
	}
	var out []Odd
	for _, l := range append([]subject.LetterInfo{*p.letter}, p.more...) {
		to := l.Addressee
		if to.Empty() && !l.Salutation.Any(nobody) {
			to = l.Salutation // left in a box of its own
		}
		if !to.Full() || r.is(to) || len(out) > 0 {
			continue
		}
		o := Odd{Where: p.name(), Who: to.String(), Person: it.named(p.principals(it), to), Weak: r.family || r.relative(to) || !r.sure}
		if o.Person >= 0 {
			o.At = p.people[o.Person].at
		}
		out = append(out, o)
	}
	return out
}

// copied reports a personal letter to one citizen that goes to another's mailbox as
// well, where nothing says that the two belong together. It may be meant so.
func (it *Item) copied(p *paper, r *readers) []Odd {
	if len(r.boxes) < 2 || r.family || r.work || !it.Personal && !p.toCitizen() || p.letter == nil || !p.letter.Addressee.Full() {
		return nil
	}
	to := p.letter.Addressee
	for _, names := range r.boxes {
		if !slices.ContainsFunc(names, func(n subject.Name) bool { return p.names(n) || n.SameLoosely(to) || n.Relative(to) }) {
			return []Odd{{Where: p.name(), Who: to.String(), Person: -1, Weak: true}}
		}
	}
	return nil
}

// madeOutFor tells for whom a paper is made out in which no reader occurs.
func (it *Item) madeOutFor(p *paper, r *readers) (Odd, bool) {
	people := p.principals(it)
	person, numbered, form := -1, false, false
	var name subject.Name
	for _, i := range people {
		if person < 0 || it.Subjects[person].NameOnly && !it.Subjects[i].NameOnly {
			person = i
		}
		if !name.Full() {
			name = it.Subjects[i].Name
		}
		numbered = numbered || !it.Subjects[i].NameOnly
		form = form || p.people[i].field
	}
	addressee, letter := p.addressee(numbered)
	form = len(people) > 0 && (form || p.formByWords())
	if letter {
		name, form = addressee, false
		if i := it.named(people, addressee); i >= 0 {
			person = i
		}
	}
	if form && !numbered && it.staff(name) {
		return Odd{}, false // the sender's own data, as of a contact
	}
	if p.body && form || !letter && !form && (!numbered || !name.Full()) {
		return it.aboutAnother(p, r)
	}
	family := r.akin(name) || slices.ContainsFunc(people, func(i int) bool { return r.akin(it.Subjects[i].Name) })
	// A mail that says whom its papers are about may be to somebody who acts for them.
	spoken := r.family && !it.namesOthers(name) && !it.ofOtherChild(p) || it.namesInFull(name)
	switch {
	case family && slices.ContainsFunc(people, func(i int) bool { return it.Under(i, 18) || it.childNamed(p, i) }):
		return it.toOtherParent(p, name, r) // a child's letter to its parent
	case spoken && p.text.Head(headWords, toParents) && !it.namesOthers(name):
		return Odd{}, false // to the parents of the child that the mail speaks of
	case spoken && !letter && !form:
		return Odd{}, false // "papirerne om din mor"
	case letter && !numbered && !r.private && !r.sure:
		return Odd{}, false
	case len(r.names) == 0 && !numbered && r.listed == nil:
		return Odd{}, false // the reader is known by number alone
	}
	o := Odd{Where: p.name(), Who: name.String(), Person: person, Form: form}
	// Elsewhere than in a private mailbox papers about somebody else may be a firm's
	// business: a letter by name alone, unless it speaks as a municipality does to a
	// citizen, and a form, unless the mail speaks to the reader.
	o.Weak = spoken || !r.sure && !(r.private && (numbered || letter && r.owned || it.greetsUnlike(name))) || family && !numbered
	if !r.private {
		o.Weak = o.Weak || letter && !p.toCitizen() && !numbered || !letter && !r.spokenTo
	}
	if person >= 0 {
		o.Weak = o.Weak || it.besideReader(person, r)
		o.Who, o.At = it.who(person), p.people[person].at
	}
	return o, true
}

// childNamed reports whether a paper is to somebody's parents and the mail names the
// child by first name at least: "indkaldelsen til Testperson".
func (it *Item) childNamed(p *paper, person int) bool {
	return it.speaksOfName(it.Subjects[person].Name) && (it.ofChild(p.people[person].at) || p.text.Head(headWords, toParents))
}

// headWords is how far into a paper it says that it is to a child's parents, in words.
const headWords = 60

var toParents = setOf("foraeldre foraeldrene foraeldremyndighedsindehaveren foraeldremyndighedsindehaverne parents")

// besideReader reports whether a person stands in a paper of the item that is for a
// reader: then they belong together.
func (it *Item) besideReader(person int, r *readers) bool {
	return slices.ContainsFunc(r.papers, func(p *paper) bool { return p.holds(it, person) })
}

// formWords stand in the head of a form that a reader fills in.
var formWords = setOf("ansoegning ansoegningsskema blanket skema formular oplysningsskema anmodning")

// formByWords reports whether a paper without fields calls itself a form.
func (p *paper) formByWords() bool {
	return !p.body && p.text.Head(12, formWords)
}

// citizenWords are what a municipality's letters to citizens speak of.
var citizenWords = setOf("bevilget bevilling bevilges afgoerelse ydelse klagevejledning kontanthjaelp pension sygedagpenge borgerservice samtykke plejehjem hjaelp rykker restance inddrivelse inddrivelsen paabud indkaldelse indkaldes bevilger udbetalt udbetaling boligstoette friplads partshoering")

func (p *paper) toCitizen() bool {
	return p.text.Head(2000, citizenWords)
}

// addressee is whom a letter is written to: the name in its address block, else the
// full name in its salutation, else, where the letter holds a number too, the first
// name there. The mail's own text is no letter.
func (p *paper) addressee(numbered bool) (subject.Name, bool) {
	l := p.letter
	switch {
	case l == nil || p.body:
		return subject.Name{}, false
	case l.Addressee.Full():
		return l.Addressee, true
	}
	return l.Salutation, (l.Salutation.Full() || numbered && !l.Salutation.Empty()) && !l.Salutation.Any(nobody)
}

// named is the one of the people with that name, -1 if none has it.
func (it *Item) named(people []int, n subject.Name) int {
	for _, i := range people {
		if it.Subjects[i].Name.Same(n) {
			return i
		}
	}
	return -1
}

// relations are turns by which a mail says that its papers are about somebody of
// the reader's family or somebody the reader acts for.
var relations = []string{"din mor", "din far", "dine forældre", "din søn", "din datter", "dit barn", "dine børn", "jeres barn", "jeres søn", "jeres datter", "jeres børn", "din ægtefælle", "din mand", "din kone", "din hustru", "din samlever", "din partner",
	"din bror", "din søster", "er værge", "som værge", "værge for", "din værge", "værgemål", "kære værge", "pårørende", "fuldmagt", "dødsbo", "afdøde", "din klient", "plejebarn", "dit barnebarn", "din mormor", "din farmor", "din morfar", "din farfar", "dit plejebarn", "din bygherre", "din elev", "din beboer", "din myndling"}

// relating are the relations, to pass over long texts with none.
var relating = needle.New(relations)

// Under reports whether a person's number tells a birth date less than so many
// years ago. Only the two digits of the year are known, so somebody over a hundred
// is taken for a child.
func (it *Item) Under(person, years int) bool {
	s := &it.Subjects[person]
	d := s.Display
	if s.NameOnly || len(d) < 6 || it.Sent.IsZero() || strings.Trim(d[4:6], "0123456789") != "" {
		return false
	}
	year := 2000 + int(d[4]-'0')*10 + int(d[5]-'0')
	return year <= it.Sent.Year() && it.Sent.Year()-year <= years
}
