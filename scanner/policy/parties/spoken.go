package parties

import (
	"slices"
	"strings"

	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/scanner/policy/wording"
)

// This file looks at what a mail says in its own words: whom it greets, and whose mail
// it answers or passes on.

// matter reports whether the mail's own text speaks to its reader of a citizen's
// matter.
func (it *Item) matter() bool {
	if it.own == nil {
		text := it.bodyText()
		yes := hasAny(text, wording.Matters) && it.speaksTo()
		it.own = &yes
	}
	return *it.own
}

// speaksTo reports whether the mail's own text speaks to its reader, as letters do.
func (it *Item) speaksTo() bool {
	return slices.ContainsFunc(strings.Fields(it.bodyText()), func(w string) bool { return wording.You[strings.Trim(w, ".,;:!?()")] })
}

// boxName is the name that a mailbox is known by; sure for a name written in full.
func (it *Item) boxName(address string) (name subject.Name, sure, ok bool) {
	display := it.display(address)
	local, domain, _ := strings.Cut(address, "@")
	if organisationWords(display) || role(local) {
		return subject.Name{}, false, false
	}
	if n, ok := personName(display); ok {
		return n, true, true
	}
	private := privateMailbox(local, domain)
	if n, ok := localName(local); ok && private {
		return n, true, true
	}
	if n, ok := subject.SplitName(local); ok && private {
		return n, false, true
	}
	if n, ok := subject.InitialName(local); ok && !organisationWords(local) {
		return n, false, true
	}
	if n, ok := subject.FirstName(local); ok && private {
		return n, false, true
	}
	return subject.Name{}, false, false
}

// wrongMailbox reports a mail whose salutation names another person than the only
// mailbox it goes to, as when a mail program completes an address by itself, and
// which holds something personal or speaks of the reader's own matter.
func (it *Item) wrongMailbox() (Odd, bool) {
	if len(it.External) != 1 || it.Doc.Mail == nil || it.External[0] == "" {
		return Odd{}, false
	}
	// The address is looked at first: it costs less than the text, and mostly tells nobody.
	name, sure, ok := it.boxName(it.External[0])
	if !ok && it.ownerIs(it.External[0], subject.Name{}) == unknown {
		return Odd{}, false
	}
	greeted, titled := it.greeting()
	if greeted.Empty() {
		greeted = it.headedTo()
	}
	listed := it.ownerIs(it.External[0], greeted)
	if listed == same || !ok && !greeted.Full() {
		return Odd{}, false
	}
	sure = sure || listed == unlike
	letter := false // the mail's text is a letter with an address block of its own
	if !greeted.Full() {
		for i := range it.bundle().papers {
			if p := &it.read.papers[i]; p.body && p.letter != nil && p.letter.Addressee.Full() {
				greeted = p.letter.Addressee
				top, _, _ := strings.Cut(strings.TrimSpace(it.bodyWithoutSubject()), "\n")
				letter = subject.NewName(top).Same(greeted) && it.Says(formal...)
			}
		}
	}
	local, domain, _ := strings.Cut(it.External[0], "@")
	private := privateMailbox(local, domain) || listed != unknown || sure && vanity(name, domain)
	switch {
	case greeted.Empty(), name.SameLoosely(greeted), name.Shares(greeted) && it.couple(), !it.Personal && !((private || !sure || letter) && it.matter()) && !(private && sure && greeted.Full() && it.speaksTo()):
		return Odd{}, false
	case !greeted.Full() && (!private || !titled && !greeted.Common() || !name.Common() || name.Shares(greeted) || name.Alike(greeted) || it.couple()):
		return Odd{}, false
	}
	if name.SameFirst(greeted) && it.saysName(name) {
		return Odd{}, false // it tells of the reader's two names
	}
	for i := range it.bundle().papers {
		if p := &it.read.papers[i]; p.body {
			return Odd{Where: p.name(), Who: greeted.String(), Person: -1, Weak: !sure || !greeted.Full() && !it.Personal && !(titled && private && it.matter()) || !greeted.Common() && !titled && !it.Personal && !(private && it.matter()) || name.Relative(greeted) || listed == related || it.readers().family && !name.Namesake(greeted) && !it.kinOfGreeted(name, greeted)}, true
		}
	}
	return Odd{}, false
}

// kinOfGreeted reports whether a mail to a mailbox that is known by full name greets another
// by full name, and the relatives it speaks of are the other's: nothing says that whoever
// reads it is one of them, or acts for somebody.
func (it *Item) kinOfGreeted(name, greeted subject.Name) bool {
	if !name.Full() || !greeted.Full() || name.Shares(greeted) || wording.Ties(it.bodyText(), acting) || !it.letterTo(greeted) && wording.Ties(it.bodyText(), spouses) {
		return false
	}
	text := it.bodyWithoutSubject()
	above, _, greets := strings.Cut(text, strings.ToLower(strings.TrimSpace(salutations[0])))
	if !greets || wording.Ties(above, relations) {
		return false // "Her er brevet til din mor" says whose letter follows
	}
	var t subject.Text
	t.Add(text)
	return !name.FirstIn(&t)
}

// letterTo reports whether the mail's text is a letter that begins with somebody's name.
func (it *Item) letterTo(n subject.Name) bool {
	top, _, _ := strings.Cut(strings.TrimSpace(it.bodyWithoutSubject()), "\n")
	return subject.NewName(top).Same(n)
}

// spouses are words by which the reader may be the spouse of whom a mail greets; acting
// those of a mail to somebody who acts for a citizen, or who may be the other parent.
var spouses = []string{"din kone", "din mand", "hustru", "ægtefælle", "samlever", "partner"}

var acting = []string{"barn", "børn", "søn", "datter", "elev", "værge", "pårørende", "fuldmagt", "dødsbo", "afdøde", "klient", "plejebarn", "plejefamilie", "bygherre", "myndling"}

// formal are words of a letter that an authority writes, which a mail that merely gives
// somebody's address has not.
var formal = []string{"sagsnr", "j.nr", "journalnr", "dato:", "påbud", "afgørelse", "partshøring", "klagevejledning", "varsel om"}

// couple reports whether the mail greets two people.
func (it *Item) couple() bool {
	head, _, _ := strings.Cut(strings.TrimSpace(it.bodyWithoutSubject()), "\n")
	return strings.Contains(head, " og ") || strings.Contains(head, "&") || strings.Contains(head, "/")
}

func (it *Item) bodyWithoutSubject() string {
	text := it.bodyText()
	if it.Doc.Mail != nil {
		text = strings.TrimPrefix(text, strings.ToLower(it.Doc.Mail.Subject))
	}
	return text
}

// Writer is who wrote a mail that another mail quotes.
type Writer struct {
	Name    subject.Name // empty if not given
	Address string       // lower case
}

// wrongReply reports a mail that answers one citizen's mail and goes to another
// citizen only, who has no part in what is quoted.
func (it *Item) wrongReply() (Odd, bool) {
	if len(it.External) != 1 || it.Doc.Mail == nil || it.External[0] == "" {
		return Odd{}, false
	}
	local, domain, _ := strings.Cut(it.External[0], "@")
	if !privateMailbox(local, domain) || role(local) {
		return Odd{}, false
	}
	writers := it.Writers()
	if len(writers) == 0 {
		return Odd{}, false
	}
	name, _, named := it.boxName(it.External[0])
	for _, w := range writers {
		if w.Address == it.External[0] || named && !w.Name.Empty() && (w.Name.SameLoosely(name) || w.Name.Relative(name)) {
			return Odd{}, false
		}
	}
	w := writers[0]
	if l, d, _ := strings.Cut(w.Address, "@"); !privateMailbox(l, d) || it.quoteNames(it.External[0], name) {
		return Odd{}, false
	}
	family := wording.Ties(it.bodyText(), relations)
	greeted := it.greeted()
	answers := !greeted.Empty() && !w.Name.Empty() && w.Name.SameLoosely(greeted)
	for i := range it.bundle().papers {
		if p := &it.read.papers[i]; p.body {
			return Odd{Where: p.name(), Who: w.Name.String(), Person: -1, Weak: family || !named || !answers && !it.Personal}, true
		}
	}
	return Odd{}, false
}

// quoteNames reports whether what is quoted mentions the reader.
func (it *Item) quoteNames(address string, name subject.Name) bool {
	for i := range it.Doc.Segments {
		s := &it.Doc.Segments[i]
		if s.At.Layer == document.Header {
			continue
		}
		var t subject.Text
		t.Add(s.Text)
		if strings.Contains(strings.ToLower(s.Text), address) || name.Full() && name.Among(&t) {
			return true
		}
	}
	return false
}

// Writers are those outside who wrote the mails that the mail quotes, in the order
// they stand: by a line "Fra:", or by the line that mail programs put above
// what they quote ("Den 3. maj skrev A <a@b.dk>:").
func (it *Item) Writers() []Writer {
	var out []Writer
	for i := range it.Doc.Segments {
		s := &it.Doc.Segments[i]
		if s.At.Layer == document.Header || !strings.Contains(s.Text, "@") {
			continue
		}
		broken := ""
		for line := range strings.Lines(s.Text) {
			text, ok := writerLine(broken + line)
			broken = ""
			if !ok {
				if strings.Contains(line, "skrev") && len(line) < 200 {
					broken = strings.TrimRight(line, "\r\n") + " "
				}
				continue
			}
			w := Writer{Address: addressIn(text)}
			if w.Address == "" || it.Internal != nil && it.Internal(w.Address) || slices.ContainsFunc(out, func(o Writer) bool { return o.Address == w.Address }) {
				continue
			}
			before := text[:max(0, strings.IndexAny(text, "<[("))]
			if n, ok := personName(strings.Trim(strings.TrimSpace(before), `"`)); ok {
				w.Name = n
			}
			out = append(out, w)
		}
	}
	return out
}

// writerLine gives the part of a line that says who wrote what is quoted below.
func writerLine(line string) (string, bool) {
	if len(line) > 300 || !strings.Contains(line, "@") {
		return "", false
	}
	text := strings.TrimLeft(line, "> \t*|")
	for _, mark := range []string{"Fra:", "From:", "Fra:*", "Afsender:"} {
		if rest, ok := strings.CutPrefix(text, mark); ok {
			return strings.TrimSpace(rest), true
		}
	}
	if _, rest, ok := strings.Cut(text, "skrev "); ok {
		return strings.TrimSpace(strings.TrimLeft(rest, "> ")), true
	}
	if before, _, ok := strings.Cut(text, " wrote:"); ok {
		return strings.TrimSpace(before[strings.LastIndexByte(before, ',')+1:]), true
	}
	return "", false
}

// addressIn is the first word of a text that is a mail address, lower case.
func addressIn(text string) string {
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t<>[]();,\"'\r\n", r) }) {
		w = strings.ToLower(strings.Trim(strings.TrimPrefix(strings.ToLower(w), "mailto:"), ":."))
		if at := strings.IndexByte(w, '@'); at > 0 && strings.Contains(w[at:], ".") {
			return w
		}
	}
	return ""
}

// Citizens are the mailboxes of private people that a mail shows to each other, by
// address: those outside in "To" and "Cc", without who writes and without families.
func (it *Item) Citizens() []string {
	if it.Doc.Mail == nil {
		return nil
	}
	hidden := it.blindCopies()
	var out []string
	var met []subject.Name
	for _, a := range it.Doc.Mail.To {
		address := strings.ToLower(a.Mail)
		local, domain, _ := strings.Cut(address, "@")
		if hidden[address] || !slices.Contains(it.External, address) || role(local) || organisationWords(a.Name) || !privateMailbox(local, domain) || slices.Contains(out, address) {
			continue
		}
		if name, _, ok := it.boxName(address); ok && name.Full() {
			if slices.ContainsFunc(met, name.Relative) {
				continue // of one family
			}
			met = append(met, name)
		}
		out = append(out, address)
	}
	return out
}

// GroupMatter reports whether a mail speaks to its readers as to people who have an
// illness or a trouble, or get a benefit, in common: that they read it tells each of the
// others.
func (it *Item) GroupMatter() bool {
	text := it.bodyText()
	if !hasAny(text, wording.GroupWords) && !wording.HasWordWith(text, wording.BenefitWords) && !hasAny(it.sender(), wording.GroupWords) {
		return false
	}
	if hasAny(text, wording.RelativesGroups) && it.speaksToMany() {
		return true // each is somebody else's relative
	}
	if it.readers().family || hasAny(text, ofFamily) {
		return false
	}
	return it.speaksTo() || hasAny(text, groupOpenings)
}

// sender is the name and address that a mail comes from, in small letters: who writes
// from a centre for addicts tells of all whom it writes to.
func (it *Item) sender() string {
	var b strings.Builder
	for _, a := range it.Doc.Mail.From {
		b.WriteString(strings.ToLower(a.Name + " " + a.Mail + " "))
	}
	return b.String()
}

// speaksToMany reports whether a mail speaks to its readers as to several.
func (it *Item) speaksToMany() bool {
	return hasAny(it.bodyText(), []string{"kære alle", "hej alle", "kære deltagere", "velkommen", "holdet", "gruppen", " jeres ", " i har ", "begge "}) || it.speaksTo()
}

// ofFamily are turns of a mail to a family about one of theirs, and groupOpenings those of
// a mail that begins a course for citizens.
var (
	ofFamily      = []string{"jeres mor", "jeres far", "jeres fælles", "pårørende"}
	groupOpenings = []string{"velkommen på", "velkommen til", "holdet", "hold ", "jeres ", "gruppen ", "gruppen,", "hej alle", "kære alle", "hej allesammen"}
)

// Shared is a citizen's own matter that others read as well: a mail to several unrelated
// private mailboxes that speaks to one of them of something sensitive.
func (it *Item) Shared() bool {
	if it.readers().family || hasAny(it.bodyText(), ofFamily) || !it.speaksTo() {
		return false
	}
	greeted := it.greeted()
	if greeted.Empty() || it.couple() {
		return false
	}
	others, own := 0, 0
	for _, a := range it.Citizens() {
		if n, _, ok := it.boxName(a); ok && n.SameFirst(greeted) {
			own++
		} else if ok {
			others++
		}
	}
	return own == 1 && others > 0
}

// Private reports whether an address is a citizen's own mailbox.
func Private(address string) bool {
	local, domain, _ := strings.Cut(address, "@")
	return privateMailbox(local, domain) && !role(local)
}

// CaseWords reports whether the mail's own text or the headings and first lines of its
// papers speak of citizens' cases.
func (it *Item) CaseWords() bool {
	if wording.HasWordWith(it.bodyText(), wording.CaseWords) || hasAny(it.bodyText(), wording.GroupWords) {
		return true
	}
	left := 1 << 14
	for i := range it.Doc.Segments {
		s := &it.Doc.Segments[i]
		if wording.HasWordWith(strings.ToLower(s.Label), wording.CaseWords) || wording.HasWordWith(strings.ToLower(s.Text[:min(len(s.Text), left)]), wording.CaseWords) {
			return true
		}
		if left -= len(s.Text); left <= 0 {
			break
		}
	}
	return false
}
