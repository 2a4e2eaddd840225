package parties

import (
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/scanner/policy/wording"
)

// This file looks at what is told to those for whom it is not meant: of one child or
// client to a crowd of private people, and of a citizen's treatment to a club or a firm.

// crowd is how many private readers make a first name somebody whom all of them know.
const crowd = 4

// OneOfMany is somebody whom a mail to many private people calls by first name, and of whom
// it tells what is grave or a child's case: a pupil, a resident, a member of a group.
func (it *Item) OneOfMany() (Odd, bool) {
	if it.Doc.Mail == nil || len(it.External) < crowd || len(it.Scattered()) < crowd {
		return Odd{}, false
	}
	own := it.bundle()
	for k := range it.Findings {
		x := &it.Findings[k]
		if x.Category != "boern" && !grave(*x) || x.Strength.Rank() < detectors.Medium.Rank() || x.Segment < 0 || !own.own(x.At.Path) || x.At.Layer == document.Quoted || x.End > len(it.Doc.Segments[x.Segment].Text) {
			continue
		}
		if n, ok := it.calledBefore(x); ok {
			return it.somebody("", n, false), true
		}
	}
	return Odd{}, false
}

// calledBefore is whom the text calls by first name before what was found, and who is
// neither a reader nor there by work.
func (it *Item) calledBefore(x *detectors.Finding) (subject.Name, bool) {
	text := it.Doc.Segments[x.Segment].Text
	low, high := sentence(text, x.Start, x.End)
	from := max(0, low-nameReach)
	near := strings.ToValidUTF8(text[from:high], "?")
	found := subject.NamesIn(near, true)
	r := it.readers()
	for _, f := range slices.Backward(found) {
		if f.Start > x.End-from || f.Name.Full() || greeting(near, f) || it.startsWriter(f.Name) || slices.ContainsFunc(r.addressed, f.Name.SameFirst) || f.Name.SameFirst(it.greeted()) {
			continue
		}
		begin, end := sentence(near, f.Start, f.End)
		if near[begin:f.Start] == "" && begin > 0 && strings.Trim(near[f.End:end], " ,") == "" {
			continue // a signature
		}
		said := strings.ToLower(near[begin:end] + text[low:high])
		if wording.ByPost(near[begin:f.Start], near[f.End:]) || hasAny(said, wording.AtWork) {
			return subject.Name{}, false
		}
		return f.Name, true
	}
	return subject.Name{}, false
}

// startsWriter reports whether a first name is that of who writes.
func (it *Item) startsWriter(n subject.Name) bool {
	return slices.ContainsFunc(it.Doc.Mail.From, func(a document.Address) bool {
		from, ok := personName(a.Name)
		return ok && from.SameFirst(n)
	})
}

// Elsewhere is a citizen of whose treatment a mail tells the shared mailbox of a club or a
// firm: it speaks to the citizen, or names somebody whom the mailbox is called after.
func (it *Item) Elsewhere() bool {
	if it.Doc.Mail == nil || len(it.External) != 1 {
		return false
	}
	local, domain, _ := strings.Cut(it.External[0], "@")
	if Private(it.External[0]) || it.Partner(it.External[0]) || hasAny(domain, besides) || organisationDomain(domain) || !role(local) && !hasAny(local, sharedBoxes) {
		return false
	}
	called := ""
	for _, a := range it.Doc.Mail.To {
		if w := strings.Fields(a.Name); strings.EqualFold(a.Mail, it.External[0]) && len(w) > 2 && subject.Forename(w[0]) {
			called = strings.ToLower(w[0] + " " + w[1])
		}
	}
	for k := range it.Findings {
		x := &it.Findings[k]
		if !grave(*x) || x.Strength.Rank() < detectors.Medium.Rank() || x.Segment < 0 || x.At.Layer == document.Quoted || x.End > len(it.Doc.Segments[x.Segment].Text) || x.Start > x.End {
			continue
		}
		text := it.Doc.Segments[x.Segment].Text
		low, high := sentence(text, x.Start, x.End)
		said := " " + strings.ToLower(text[low:high])
		if hasAny(said, ofReader) || called != "" && strings.Contains(said, called) {
			return true
		}
	}
	return false
}

// sharedBoxes are stems of mailboxes that several people of a club or a firm read, and
// ofReader turns that say something of the reader's own.
var (
	sharedBoxes = []string{"staevne", "stævne", "formand", "kasserer", "klub", "hold", "tilmeld", "turnering", "booking", "butik", "bestyrelse", "sekretaer"}
	ofReader    = []string{" din ", " dit ", " dine ", " du ", " dig "}
)
