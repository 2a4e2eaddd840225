package parties

import (
	"slices"
	"strings"

	"brevvagt/detectors/subject"
	"brevvagt/internal/lower"
	"brevvagt/scanner/policy/wording"
)

// otherChild finds a child who is named in full in a mail to somebody else's parent, with
// something that is said of it: a school tells one parent of another's child. What the
// parent wrote is the parent's own.
func (it *Item) otherChild() (Odd, bool) {
	// The addresses are looked at first: they cost less than the text.
	if it.Doc.Mail == nil || !slices.ContainsFunc(it.External, it.parentAt) || !wording.OfChildren(it.bodyText()) {
		return Odd{}, false
	}
	text := it.ownWords()
	low := lower.InPlace(text)
	r := it.readers()
	if r.work && !r.private || it.couple() || it.ofBooks() {
		return Odd{}, false
	}
	var quoted subject.Text
	for _, f := range subject.PeopleIn(text) {
		whose := wording.NoChild
		if f.Name.Full() && !it.knows(f.Name, r) && !it.greeted().SameLoosely(f.Name) {
			whose = wording.OfChild(text, low, f.Start, f.End, slices.ContainsFunc(it.spokenOf().firsts, func(n subject.Name) bool { return !n.SameFirst(f.Name) }))
		}
		if whose == wording.NoChild {
			continue
		}
		quoted.Add(it.quoted())
		if f.Name.Among(&quoted) {
			return Odd{}, false
		}
		return it.somebody("", f.Name, whose == wording.Perhaps), true
	}
	return Odd{}, false
}

// ofBooks reports whether the mail's own text is about a book or a film.
func (it *Item) ofBooks() bool {
	n := 0
	for _, w := range fiction {
		if strings.Contains(it.bodyText(), w) {
			n++
		}
	}
	return n >= 2
}

// ownChild reports whether the mail calls somebody the reader's own child or foster child,
// in the words before the name.
func (it *Item) ownChild(n subject.Name) bool {
	if it.children == nil {
		text, list := it.ownWords(), []subject.Name{}
		low := lower.InPlace(text)
		for _, f := range subject.PeopleIn(text) {
			if wording.TiedBefore(low, f.Start) {
				list = append(list, f.Name)
			}
		}
		it.children = &list
	}
	return slices.ContainsFunc(*it.children, n.Same)
}

// atHome reports whether a recipient may be a citizen: nothing in the address tells an
// office, and it is no partner's.
func (it *Item) atHome(address string) bool {
	local, domain, _ := strings.Cut(address, "@")
	return Private(address) || local != "" && !role(local) && !organisationDomain(domain) && !organisationWords(it.display(address)) && !it.Partner(address)
}

// parentAt reports whether a recipient may be somebody's parent: a private mailbox, or one
// at home that is called by a person's name.
func (it *Item) parentAt(address string) bool {
	_, _, named := it.boxName(address)
	return Private(address) || named && it.atHome(address)
}

// ownWords is what the mail says itself, without its subject and signature.
func (it *Item) ownWords() string {
	var b strings.Builder
	own := it.bundle()
	for i := range it.Doc.Segments {
		s := &it.Doc.Segments[i]
		if !own.said(s) || s.Label == "Subject" {
			continue
		}
		text := s.Text[:min(len(s.Text), max(0, maxSaid-b.Len()))]
		if k := closing(text); k >= 0 {
			b.WriteString(text[:k])
			break
		}
		b.WriteString(text)
		b.WriteByte('\n')
	}
	return strings.ToValidUTF8(b.String(), "?")
}
