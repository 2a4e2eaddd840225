package parties

import (
	"slices"
	"strings"

	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/scanner/policy/wording"
)

// This file looks below a mail's own words for what was meant for another citizen: a
// letter that was pasted there, or an earlier mail of ours that is quoted.

// belowReach is how far below its salutation a letter is read, in bytes.
const belowReach = 1500

// letterBelow finds a letter to another citizen by its salutation or its line "Til:", further down in a mail
// to a reader. What the reader wrote, and what colleagues write to each other, is none.
func (it *Item) letterBelow() (Odd, bool) {
	// The address is looked at first: it costs less than the text.
	if it.Doc.Mail == nil || len(it.External) > 2 || !slices.ContainsFunc(it.External, it.citizensBox) || it.greetings() < 2 && !it.addressLines() {
		return Odd{}, false
	}
	r := it.readers()
	if r.work && !r.private {
		return Odd{}, false
	}
	own := it.bundle()
	var head correspondents
	var above subject.Text // what the mail says itself, up to its signature
	family := false        // it says there that it is to somebody of the citizen's family
	signed, mailHead := false, false
	for i := range it.Doc.Segments {
		s := &it.Doc.Segments[i]
		if !own.own(s.At.Path) || s.At.Layer == document.Header || s.At.Layer == document.Metadata {
			continue
		}
		at := 0
		for line := range strings.Lines(s.Text) {
			text := strings.TrimSpace(strings.TrimLeft(line, "> \t*|"))
			at += len(line)
			head.read(it, text)
			n, ok := salutationOf(text)
			if !ok && !mailHead {
				n, ok = addressLine(text)
			}
			if text != "" {
				_, mailHead = cutAny(text, "Fra:", "From:", "Sendt:", "Sent:", "Afsender:")
			}
			if ok && head.toCitizen && it.meantFor(n, it.textBelow(i, at), r) {
				return it.somebody("", n, !r.sure || !r.private || family || r.akin(n) || r.relative(n) || n.Among(&above)), true
			}
			signed = signed || head.quoted || closing(line) >= 0
			if !signed {
				above.Add(line)
				family = family || wording.Ties(strings.ToLower(line), relations)
			}
		}
	}
	return Odd{}, false
}

// citizensBox reports whether an address is a citizen's own mailbox, by itself or by the
// site's lists.
func (it *Item) citizensBox(address string) bool {
	return Private(address) || it.ownerIs(address, subject.Name{}) != unknown
}

// textBelow is what the mail's own text says from a place in segment i on.
func (it *Item) textBelow(i, at int) string {
	var b strings.Builder
	rest := it.Doc.Segments[i].Text[at:]
	b.WriteString(rest[:min(len(rest), belowReach)]) // no more: a mail may have thousands of salutations
	own := it.bundle()
	for k := i + 1; k < len(it.Doc.Segments) && b.Len() < belowReach; k++ {
		if s := &it.Doc.Segments[k]; own.own(s.At.Path) && s.At.Path == it.Doc.Segments[i].At.Path {
			b.WriteByte('\n')
			b.WriteString(s.Text[:min(len(s.Text), belowReach)])
		}
	}
	text := b.String()
	return text[:min(len(text), belowReach)]
}

// greetings counts the salutations of the mail's own text and of what it quotes, roughly:
// most mails have one, and need not be read line by line.
func (it *Item) greetings() (n int) {
	own := it.bundle()
	for i := range it.Doc.Segments {
		if s := &it.Doc.Segments[i]; own.own(s.At.Path) {
			for _, g := range salutations {
				n += strings.Count(s.Text, g)
			}
		}
	}
	return n
}

// addressLines reports whether the mail's own text has a line "Til: ...", roughly.
func (it *Item) addressLines() bool {
	own := it.bundle()
	return slices.ContainsFunc(it.Doc.Segments, func(s document.Segment) bool {
		return own.own(s.At.Path) && strings.Contains(s.Text, "Til: ")
	})
}

// addressLine reads the line at the head of a letter that says to whom it is: "Til:
// Testperson Eksempel, Testvej 1".
func addressLine(line string) (subject.Name, bool) {
	rest, ok := cutAny(line, "Til: ")
	if !ok || len(line) > 120 || strings.Contains(rest, "@") {
		return subject.Name{}, false
	}
	who, home, _ := strings.Cut(rest, ",")
	if home != "" && !strings.ContainsAny(home, "0123456789") {
		return subject.Name{}, false // an office: "Til: Testperson Eksempel, Ankestyrelsen"
	}
	n, ok := subject.Named(strings.TrimSpace(who))
	return n, ok && n.Full()
}

// salutations begin what is written to somebody.
var salutations = []string{"Kære ", "Hej ", "Dear ", "Goddag "}

// correspondents says of the mail that a line belongs to whether it can be a letter of
// ours to a citizen: the mail's own text, or a quoted mail of ours to somebody outside.
type correspondents struct{ toCitizen, quoted bool }

func (c *correspondents) read(it *Item, line string) {
	if !c.quoted {
		c.toCitizen = true
	}
	if _, ok := writerLine(line); ok {
		c.quoted = true
		address := addressIn(line)
		c.toCitizen = address == "" || it.Internal == nil || it.Internal(address)
		return
	}
	if rest, ok := cutAny(line, "Til:", "To:"); ok {
		if address := addressIn(rest); address != "" && (it.Internal != nil && it.Internal(address) || slices.Contains(it.External, address)) {
			c.toCitizen = false
		}
	}
}

func cutAny(s string, marks ...string) (rest string, ok bool) {
	for _, m := range marks {
		if rest, ok = strings.CutPrefix(s, m); ok {
			return rest, true
		}
	}
	return "", false
}

// salutationOf reads a line that greets somebody by full name and does nothing else.
func salutationOf(line string) (subject.Name, bool) {
	if len(line) > 80 {
		return subject.Name{}, false
	}
	rest, ok := cutAny(line, salutations...)
	if !ok {
		return subject.Name{}, false
	}
	n, ok := subject.Named(strings.TrimRight(rest, ",.!: "))
	return n, ok && n.Full()
}

// meantFor reports whether a text below a salutation is a letter to that citizen, who has
// no part in the mail.
func (it *Item) meantFor(n subject.Name, text string, r *readers) bool {
	if r.is(n) || it.staff(n) || it.addresses(n) || it.greeted().SameLoosely(n) {
		return false
	}
	low := strings.ToLower(text)
	return hasAny(low, wording.Matters) && slices.ContainsFunc(strings.Fields(low), func(w string) bool { return wording.You[strings.Trim(w, ".,;:!?()")] })
}

// besides are stems of domains of those who read of a citizen's illness with the citizen:
// who treats or represents the citizen.
var besides = []string{"advokat", "laege", "læge", "klinik", "hospital", "sygehus", "region", "kommune", "fagforening", "faglig", "forbund", "akasse", "a-kasse", "psykolog", "psykiat", "tandl", "apotek", "ankestyr", "patient", "pensionskasse", "bosted", "botilbud", "plejehjem", "krisecenter"}

// onSide are turns of a mail that says why somebody else reads of its reader's illness.
var onSide = []string{"samtykke", "fuldmagt", "repræsentant", "bisidder", "værge", "aftale med dig", "aftalt med dig", "dit ønske", "du ønske", "du har bedt", "din advokat", "din læge", "din fagforening", "din kontaktperson", "din støtte", "din mentor", "din mand", "din kone", "din mor", "din far", "din søn", "din datter", "pårørende", "din ægtefælle"}

// Overheard reports whether a mail that tells a citizen of the citizen's own illness goes
// to somebody else outside as well, as an employer or a landlord, who is neither known to
// treat or represent the citizen nor had a part in what is quoted.
func (it *Item) Overheard() bool {
	if it.Doc.Mail == nil || len(it.External) < 2 || !it.speaksTo() || it.couple() || wording.Ties(it.bodyText(), onSide) {
		return false
	}
	citizen, others := false, 0
	quoted := strings.ToLower(it.quoted())
	for _, a := range it.External {
		_, domain, _ := strings.Cut(a, "@")
		switch {
		case Private(a):
			n, _, ok := it.boxName(a)
			citizen = citizen || ok && (it.greeted().Empty() || n.Shares(it.greeted()))
		case !it.Partner(a) && !hasAny(domain, besides) && !strings.Contains(quoted, a):
			others++
		}
	}
	if !citizen || others == 0 {
		return false
	}
	own, r := it.bundle(), it.readers()
	for k := range it.Findings {
		if x := &it.Findings[k]; grave(*x) && own.own(x.At.Path) && x.At.Layer != document.Quoted && x.Segment >= 0 {
			if n, ok := it.toldOf(x); !ok || r.is(n) {
				return true
			}
		}
	}
	return false
}
