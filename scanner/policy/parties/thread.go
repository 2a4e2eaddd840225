package parties

import (
	"slices"
	"strings"

	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/internal/lower"
	"brevvagt/scanner/policy/wording"
)

// leakedThread reports an exchange between colleagues about a citizen that is passed on
// to a private mailbox: what is quoted was written by nobody outside, speaks of a case
// and names somebody who is neither the reader nor one of those who wrote.
func (it *Item) leakedThread() (Odd, bool) {
	if len(it.External) != 1 || it.Doc.Mail == nil {
		return Odd{}, false
	}
	quoted := it.quoted()
	if quoted == "" || len(it.Writers()) > 0 || it.partOfThread(quoted) || !wording.HasWordWith(strings.ToLower(quoted), threadWords) {
		return Odd{}, false
	}
	r := it.readers()
	if r.work && !r.private || len(r.addressed) == 0 {
		return Odd{}, false
	}
	heads := headLines(quoted)
	for _, f := range subject.NamesIn(quoted, false) {
		n := f.Name
		if r.is(n) || r.akin(n) || it.staff(n) || n.Among(heads) || it.addresses(n) {
			continue
		}
		return Odd{Who: n.String(), Person: -1, Weak: !r.sure || !r.private || !it.Personal && !wording.HasWordWith(strings.ToLower(quoted), graveWords)}, true
	}
	return Odd{}, false
}

// unrelated is how many private readers cannot all be one child's parents.
const unrelated = 3

// referredBelow finds a child in what colleagues wrote to each other of its referral, its
// trouble or a worry, and what a mail to several private people quotes. To two, who may be
// its parents, it only warns.
func (it *Item) referredBelow() (Odd, bool) {
	if it.Doc.Mail == nil || len(it.External) < 2 || !slices.ContainsFunc(it.External, it.parentAt) || slices.ContainsFunc(it.External, func(a string) bool { return !Private(a) && !it.atHome(a) }) {
		return Odd{}, false
	}
	quoted := it.quoted()
	low := lower.InPlace(quoted)
	if quoted == "" || !wording.OfReferrals(low) || len(it.Writers()) > 0 || it.partOfThread(quoted) {
		return Odd{}, false
	}
	r, heads := it.readers(), headLines(quoted)
	for _, f := range subject.PeopleIn(quoted) {
		n := f.Name
		if greeting(quoted, f) || r.is(n) || r.akin(n) || it.staff(n) || n.Among(heads) || it.addresses(n) || it.speaksOfName(n) || !wording.Referred(quoted, low, f.Start, f.End) {
			continue
		}
		return it.somebody("", n, len(it.External) < unrelated), true
	}
	return Odd{}, false
}

// threadWords are stems of what colleagues write to each other about a citizen, beside
// the words for cases.
var threadWords = append([]string{"bekymr", "syg ", "syg\n", "mor ", "far ", "slår", "drikker", "barn", "kender du", "målgruppe", "indlagt", "samvær"}, wording.CaseWords...)

// graveWords are those of them that nobody outside is to read.
var graveWords = []string{"bekymr", "slår", "drikker", "indlagt", "misbrug", "sygemeld", "sygefravær", "anbring", "underretning", "psykisk", "diagnose"}

// maxQuoted bounds how much quoted text is looked at, in bytes.
const maxQuoted = 1 << 15

// quoted is what the mail quotes.
func (it *Item) quoted() string {
	if !slices.ContainsFunc(it.Doc.Segments, func(s document.Segment) bool { return s.At.Layer == document.Quoted }) {
		return ""
	}
	var b strings.Builder
	own := it.bundle()
	for i := range it.Doc.Segments {
		s := &it.Doc.Segments[i]
		if s.At.Layer != document.Quoted || !own.own(s.At.Path) || b.Len() > maxQuoted {
			continue
		}
		b.WriteString(s.Text)
		b.WriteByte('\n')
	}
	return strings.ToValidUTF8(b.String(), "?")
}

// headLines are the lines above and below what is quoted that name who wrote it.
func headLines(quoted string) *subject.Text {
	t := new(subject.Text)
	for line := range strings.Lines(quoted) {
		text := strings.TrimLeft(line, "> \t*|")
		for _, mark := range []string{"Fra:", "Til:", "Cc:", "From:", "To:", "Hilsen", "Mvh"} {
			if strings.HasPrefix(text, mark) {
				t.Add(line)
			}
		}
	}
	return t
}

// addresses reports whether a mail is written to somebody by that name.
func (it *Item) addresses(n subject.Name) bool {
	for _, a := range it.Doc.Mail.To {
		if to, ok := personName(a.Name); ok && to.SameLoosely(n) {
			return true
		}
	}
	return false
}
