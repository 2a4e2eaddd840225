// Package parties works out whom the papers of an item are about and who reads
// them, and where the two do not agree: somebody else's paper in a bundle, a letter
// or form made out for another than the reader, a person whom a file still hides.
//
// Glossary: a paper is a file, a letter within a merged file, or the mail's own
// text; its principals are the people it is written to or about. A reader is a
// recipient outside. Whoever is named in a result is masked.
package parties

import (
	"strings"
	"time"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
	"brevvagt/document"
)

// Item is what is known of an item. Findings, Subjects and External are as policy
// has them. It keeps what it worked out and is for one goroutine.
type Item struct {
	Doc      *document.Document
	Findings []detectors.Finding
	Subjects []subject.Subject
	External []string                  // recipients outside, lower case
	Partner  func(address string) bool // reached over proven encryption
	Owners   Owners                    // nil where nobody's mailbox is known
	Internal func(address string) bool // one of our own; may be nil
	Personal bool                      // holds a sure number or sensitive words
	Sent     time.Time                 // zero if unknown

	// What was worked out once.
	read  *bundle
	known *readers
	said  *string
	own   *bool          // matter
	wrong map[bool][]Odd // Conflicts, by forms
	apart *Strangers
	told  *spoken
	under []Odd
	dug   bool                // under is filled
	gone  map[string][]string // path → those who died long ago, see dead
	// byWork are those whom the mail introduces as there for the reader by work, children
	// those whom it calls the reader's.
	byWork, children *[]subject.Name
	bearers          map[*detectors.Finding]subject.Name // see toldOf; empty for nobody
}

// Owners knows whose mailbox an address is.
type Owners interface {
	// Owner gives the id of the owner, see subject.Subject: the keyed digest of the
	// number.
	Owner(address string) (id string, ok bool)
	// Shared is how many words a name shares with the owner's; known is false where the
	// owner's name is not known.
	Shared(address string, n subject.Name) (words int, known bool)
}

// bare reports whether the item is a mail of mere text in which no number was found
// and nothing sensitive: such a mail is made out for nobody, whatever names it
// holds, and nearly all mail is like that.
func (it *Item) bare() bool {
	if it.Personal || it.Doc.Mail == nil {
		return false
	}
	for i := range it.Subjects {
		if !it.Subjects[i].NameOnly {
			return false
		}
	}
	for i := range it.Doc.Segments {
		path := it.Doc.Segments[i].At.Path
		if root, _, inside := strings.Cut(path, "/"); inside && !ownText(root, path) {
			return false
		}
	}
	return true
}

// Odd is a person where another was to be expected.
type Odd struct {
	Where string // file and page, without numbers; empty for the mail's own text
	Who   string // masked
	// Person is an index into Item.Subjects, -1 for a name that is no subject.
	Person int
	At     subject.Occurrence // where the person stands, when Person is known
	Form   bool               // in a form, else in a letter or another paper
	Weak   bool               // worth a warning only
	Stated bool               // what is told is said of the person outright
}

// Strangers is what an item's papers say of whom they are about.
type Strangers struct {
	Odd      []Odd // papers about somebody else, sorted by place
	Who      string
	Main     int // whom the others are about, index into Item.Subjects
	Papers   int // papers that are about anybody
	NameOnly bool
}

// Known reports whether a paper at a path says whom it is about, by number or by
// name.
func (it *Item) Known(path string) bool {
	b := it.bundle()
	for i := range b.papers {
		if p := &b.papers[i]; p.path == path && len(p.principals(it)) > 0 {
			return true
		}
	}
	return false
}

// Says reports whether the mail's own text or subject holds one of the words,
// given in lower case.
func (it *Item) Says(words ...string) bool { return hasAny(it.bodyText(), words) }

// AtWork reports whether the readers get letters about others as part of their
// work.
func (it *Item) AtWork() bool {
	r := it.readers()
	return r.work && !r.private
}

// Letter is one among an item's papers, to somebody by name.
type Letter struct {
	Where string
	Date  time.Time // zero if it has none
	Other bool      // its address block names somebody who is no reader
}

// Letters are the letters among the papers, in their order.
func (it *Item) Letters() []Letter {
	if it.bare() {
		return nil
	}
	var out []Letter
	b, r := it.bundle(), it.readers()
	for i := range b.papers {
		p := &b.papers[i]
		if p.body || p.letter == nil || p.letter.Addressee.Empty() && p.letter.Salutation.Empty() {
			continue
		}
		out = append(out, Letter{p.name(), p.letter.Date, !p.letter.Addressee.Empty() && !r.is(p.letter.Addressee)})
	}
	return out
}

// Ties tells how somebody stands to the mail: a reader, of a reader's family, one who sends
// or signs it, one whom its own words name in full.
func (it *Item) Ties(n subject.Name) (reads, kin, signs, spoken bool) {
	r := it.readers()
	return r.is(n), r.akin(n), it.staff(n), it.namesInFull(n)
}
