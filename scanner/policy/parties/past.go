package parties

import (
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
)

// Past is what is remembered of earlier mails that concerns one. The zero value says
// nothing, as after a fresh installation.
type Past struct {
	Run PastRun
	// Residue are people whom an earlier letter of the same skeleton to somebody else
	// was about; Resent are people in attachments that went to somebody else; Elsewhere
	// are people whose papers have always gone to another address than this.
	Residue, Resent, Elsewhere []Odd
	// New counts recipients outside whose domain nobody here has written to; Alike
	// those of them whose domain can be taken for one that is written to.
	New, Alike int
	// First counts recipients outside to whose domain this sender has not written.
	First int
	// Asked says that a memory was asked; without one nothing is known to be usual.
	Asked bool
	// Bulk is about how many people this sender has sent papers to one recipient
	// outside within a day.
	Bulk int
	// Settled says that enough was learned for what is new to be unusual.
	Settled bool
}

// PastRun is the run of mails that a mail belongs to, without that mail: the same
// sender, the same letter or attachment, one recipient each, close in time.
type PastRun struct {
	Sent, Held int
	Wrong      int  // held because they were for somebody else
	Own        int  // whose letter was the reader's own
	Doubtful   int  // sent though they may have been for somebody else
	Fast       bool // sent by a machine, seconds apart
	Again      bool // this recipient has had one: a correction or reminder
	Shifted    bool // letters and recipients are displaced against each other
	Odd        bool // the letter names another than the recipient, who has a name
}

// The least number of mails, this one included, that make a run of which the rest is
// stopped: three letters by hand may be three corrections.
const (
	RunByHand    = 4
	RunByMachine = 2
)

// Exception reports whether the mail is the first of a run whose letter is not its
// recipient's own.
func (r PastRun) Exception() bool {
	return r.Odd && !r.Again && r.Own > RunByHand && r.Own == r.Sent
}

// Going reports whether the mail is part of a run.
func (r PastRun) Going() bool {
	n := r.Sent + r.Held + 1
	return !r.Again && (n >= RunByHand || n >= RunByMachine && r.Fast)
}

// Own reports whether a person is one of the readers: by the number that is the
// address, by the name in it or beside it, or, where neither tells a name, by the
// mail's salutation.
func (it *Item) Own(person int) bool {
	r, s := it.readers(), &it.Subjects[person]
	if r.numbers[s.ID] {
		return true
	}
	names := r.addressed
	if len(names) == 0 {
		names = r.names
	}
	for _, n := range names {
		if !s.Name.Empty() && n.SameLoosely(s.Name) {
			return true
		}
	}
	return false
}

// OwnPaper reports whether a person is one of the readers, or stands in a letter that
// is made out to a reader by full name.
func (it *Item) OwnPaper(o Odd) bool {
	if o.Person < 0 || it.Own(o.Person) {
		return o.Person >= 0
	}
	r := it.readers()
	b := it.bundle()
	for i := range b.papers {
		p := &b.papers[i]
		if _, in := p.people[o.Person]; !in || p.path != o.At.Path || p.letter == nil || len(p.more) > 0 || !p.letter.Addressee.Full() {
			continue
		}
		for _, n := range r.names {
			if n.Full() && n.SameLoosely(p.letter.Addressee) {
				return true
			}
		}
	}
	return false
}

// Kin reports whether a person may belong to a reader without being one: a child, a
// relative by name, or somebody whom the mail says the reader acts for.
func (it *Item) Kin(person int) bool {
	r := it.readers()
	return r.family || it.Under(person, 18) || r.relative(it.Subjects[person].Name)
}

// Family reports whether the mail says that its papers are about somebody whom the
// reader is related to or acts for.
func (it *Item) Family() bool { return it.readers().family }

// Work reports whether a recipient gets papers about others as part of their work.
func (it *Item) Work(address string) bool {
	local, domain, _ := strings.Cut(address, "@")
	return role(local) || organisationWords(it.display(address)) || (it.Partner(address) || organisationDomain(domain)) && !privateMailbox(local, domain)
}

// Names are the names by which a recipient is addressed: beside the address and in it.
func (it *Item) Names(address string) []subject.Name {
	var out []subject.Name
	if n, ok := personName(it.display(address)); ok {
		out = append(out, n)
	}
	local, _, _ := strings.Cut(address, "@")
	if n, ok := localName(local); ok {
		return append(out, n)
	}
	if n, ok := subject.InitialName(local); ok && len(out) == 0 {
		return append(out, n)
	}
	if first := strings.TrimRight(local, "0123456789"); len(out) == 0 && it.OneWord(address) {
		if n, ok := subject.SplitName(local); ok {
			return append(out, n)
		}
		out = append(out, subject.NewName(first))
		if len(first) > 5 {
			out = append(out, subject.NewName(first[1:])) // an initial before it
		}
	}
	return out
}

// OneWord reports whether a recipient is known by an address of one word alone, of
// which it is not known where one name ends.
func (it *Item) OneWord(address string) bool {
	local, _, _ := strings.Cut(address, "@")
	first := strings.TrimRight(local, "0123456789")
	_, shown := personName(it.display(address))
	_, split := subject.SplitName(local)
	return !shown && !split && first != "" && !role(local) && !borgerWords[first] && !strings.ContainsAny(first, "0123456789._-+")
}

// Short is the keyed form of a recipient's address where it may be two names cut short
// ("tesmon61"), "" for others.
func (it *Item) Short(key detectors.Key, address string) string {
	local, _, _ := strings.Cut(address, "@")
	word, ok := subject.ShortBox(local)
	if !ok || !it.OneWord(address) {
		return ""
	}
	return subject.ShortKey(key, word)
}

// greeted is the name after "Kære" in the mail's own text, empty for "Kære borger".
func (it *Item) greeted() subject.Name {
	n, _ := it.greeting()
	return n
}

// greeting is the same, and tells whether it is a last name alone.
func (it *Item) greeting() (n subject.Name, titled bool) {
	for i := range it.bundle().papers {
		p := &it.read.papers[i]
		if p.body && p.letter != nil && !p.letter.Salutation.Empty() && !p.letter.Salutation.Any(nobody) {
			return p.letter.Salutation, p.letter.Titled && !p.letter.Salutation.Full()
		}
	}
	return subject.Name{}, false
}

// nobody are words after "Kære" that are no name.
var nobody = setOf("alle borger borgere kollega kolleger modtager modtagere foraeldre foraelder familie begge kunde leverandoer support team hej venner medlem medlemmer beboer beboere nabo naboer ansoeger formand kasserer vandvaerk forening grundejerforening ejerforening boligforening idraetsforening bestyrelse klub bibliotek museum menighedsraad redaktion kirke")

// Greets gives the name that the mail's own text greets, where the mail is a citizen's
// matter, and whether it is one of the readers'.
func (it *Item) Greets() (n subject.Name, own, ok bool) {
	if n = it.greeted(); n.Empty() || !it.Personal && !it.matter() {
		return n, false, false
	}
	return n, slices.ContainsFunc(it.readers().addressed, n.SameLoosely), true
}

// Citizen reports whether the mail goes to a citizen who is known by name.
func (it *Item) Citizen() bool { return it.readers().citizen() }

func (it *Item) display(address string) string {
	if it.Doc.Mail != nil {
		for _, a := range it.Doc.Mail.To {
			if strings.EqualFold(a.Mail, address) {
				return a.Name
			}
		}
	}
	return ""
}

// Met is a person at the first place in a file where they stand.
func (it *Item) Met(path string, person int) Odd {
	o := Odd{Where: lastName(path), Who: it.who(person), Person: person}
	for _, at := range it.Subjects[person].Where {
		if at.Path == path {
			o.At = at
			break
		}
	}
	for i := range it.bundle().papers {
		if p := &it.read.papers[i]; p.path == path && (p.page == 0 || p.page <= o.At.Page) {
			o.Where = p.name()
		}
	}
	return o
}

// Bare reports whether the item is mere text about nobody, as nearly all mail is.
func (it *Item) Bare() bool { return it.bare() }
