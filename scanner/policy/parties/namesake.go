package parties

import (
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
)

// This file tells two people apart who are called alike, and papers about somebody by
// what they call themselves.

// titledNamesake finds the reader's namesake in the subject, or in a heading of the text,
// of a mail that tells its reader of the reader's own illness or trouble.
func (it *Item) titledNamesake() (Odd, bool) {
	if !it.Personal || it.Doc.Mail == nil || len(it.External) != 1 {
		return Odd{}, false
	}
	name, sure, ok := it.boxName(it.External[0])
	if !ok || !sure || !name.Full() {
		return Odd{}, false
	}
	own := it.bundle()
	told := slices.ContainsFunc(it.Findings, func(x detectors.Finding) bool {
		return own.own(x.At.Path) && graveGroups[x.Category] && x.Strength.Rank() >= detectors.Medium.Rank()
	})
	if !told || !it.speaksTo() || it.ownerIs(it.External[0], name) == unlike {
		return Odd{}, false
	}
	for _, title := range it.titles() {
		n, ok := subject.NameIn(title)
		if ok && n.SameFirst(name) && n.Namesake(name) && !n.SameLoosely(name) && !it.staff(n) && !ofOffice(title, n) {
			return it.somebody("", n, it.couple()), true
		}
	}
	return Odd{}, false
}

// headedTo is whom the first line of the mail's text is for, "Til Testperson Eksempel,
// Plejecenter Prøve", empty without such a line.
func (it *Item) headedTo() subject.Name {
	b := it.bundle()
	for i := range it.Doc.Segments {
		s := &it.Doc.Segments[i]
		if !b.said(s) || s.Label == "Subject" {
			continue
		}
		line, _, _ := strings.Cut(strings.TrimSpace(s.Text), "\n")
		who, _, _ := strings.Cut(strings.TrimSpace(line), ",")
		if rest, ok := strings.CutPrefix(who, "Til "); ok && len(line) < longestHead {
			if n, ok := subject.Named(rest); ok && n.Full() && n.Common() {
				return n
			}
		}
		return subject.Name{}
	}
	return subject.Name{}
}

// titleLines is how many lines of a mail's text may be its heading, and longestHead how
// long one is, in bytes.
const (
	titleLines  = 4
	longestHead = 80
)

// titles are the mail's subject and the lines at the head of its text that end without a
// full stop and greet nobody.
func (it *Item) titles() []string {
	out := []string{it.Doc.Mail.Subject}
	own := it.bundle()
	for i := range it.Doc.Segments {
		s := &it.Doc.Segments[i]
		if !own.said(s) || s.Label == "Subject" {
			continue
		}
		for line := range strings.Lines(s.Text) {
			line = strings.TrimSpace(line)
			if len(out) > titleLines {
				return out
			}
			if _, greets := cutAny(line, salutations...); line != "" && !greets && len(line) < longestHead && strings.IndexByte(".!?,", line[len(line)-1]) < 0 {
				out = append(out, line)
			}
		}
	}
	return out
}

// reportHead is how far into a paper it says what it is, in words.
const reportHead = 12

// reports are what papers of a case about a person are called.
var reports = setOf("undersoegelse erklaering laegeerklaering speciallaegeerklaering statusattest laegeattest attest epikrise journal journalnotat udredning udredningsrapport testrapport " +
	"handleplan underretning boernefaglig socialrapport rehabiliteringsplan vurdering funktionsevnevurdering visitation sagsfremstilling udskrivningsbrev afgoerelse statusudtalelse")

// graveReports are those that tell enough of somebody by what they are; one of ofMind does so
// before one of examinations.
var (
	graveReports = setOf("speciallaegeerklaering epikrise underretning")
	ofMind       = setOf("psykologisk neuropsykologisk psykiatrisk boernefaglig")
	examinations = setOf("undersoegelse vurdering udredning erklaering rapport udtalelse test")
)

// grave reports whether a paper tells enough of somebody by what it calls itself.
func (p *paper) grave() bool {
	return p.text.Head(reportHead, graveReports) || p.text.Head(reportHead, ofMind) && p.text.Head(reportHead, examinations)
}

// Reports reports whether a file calls itself a paper of somebody's case, says by a label
// or an address whose, and is grave by its name or holds a word of a special category, of
// whatever strength; and that somebody is neither a reader nor whom the mail speaks of.
func (it *Item) Reports() bool {
	if it.Doc.Mail == nil || len(it.External) == 0 || it.bare() {
		return false
	}
	b := it.bundle()
	for i := range b.papers {
		p := &b.papers[i]
		k := it.principal(p)
		if p.body || k < 0 || !p.grave() && !(it.sensitiveAt(p.path) && p.text.Head(reportHead, reports)) {
			continue
		}
		n, r := it.Subjects[k].Name, it.readers()
		if r.family || r.citizen() && it.ofChild(p.people[k].at) {
			continue // a parent has other names than the child
		}
		if !it.knows(n, r) && !it.speaksOfName(n) && !it.shows(p.path).exercises {
			return true
		}
	}
	return false
}
