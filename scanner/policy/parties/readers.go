package parties

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"brevvagt/detectors/contact"
	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/internal/lower"
	"brevvagt/scanner/policy/wording"
)

// readers are those outside whom a mail goes to, as far as it tells who they are.
type readers struct {
	// names are the citizens addressed: by the display name, the address itself
	// or the mail's own salutation. Any of them may be the right one.
	names     []subject.Name
	boxes     [][]subject.Name // of each citizen's own mailbox, the names it is known by
	addressed []subject.Name   // of names, those that stand in or beside an address
	sure      bool             // a full name was written, not read from the address alone
	owned     bool             // the only mailbox is a citizen's own by the full name in it
	// numbers are the subjects whose number is the address itself, as some gateways
	// to Digital Post want it.
	numbers map[string]bool
	// owners says that a recipient's mailbox is known to be a citizen's, whose number
	// is then among numbers.
	owners bool
	// listed compares a name with those of the owners of the mailboxes as the site's
	// lists have them; nil where none is told.
	listed func(n subject.Name) kinship
	// private says that the mail goes to a person's own mailbox or speaks of the
	// reader's own matter, so that the reader is a citizen and no professional.
	private bool
	// work says that somebody reads it as part of their work: a partner, a
	// mailbox of a role, an organisation. Letters about others are their business.
	work     bool
	spokenTo bool     // the mail says "du"
	family   bool     // the mail speaks of papers about somebody the reader is related to
	papers   []*paper // in which a reader occurs, once Conflicts has looked
}

// citizen reports whether the mail goes to a citizen who is known, by name or as the
// owner of the mailbox.
func (r *readers) citizen() bool {
	return (len(r.names) > 0 || r.owners) && (!r.work || r.private)
}

// is reports whether a name can be one of the readers'.
func (r *readers) is(n subject.Name) bool {
	return slices.ContainsFunc(r.names, n.SameLoosely) || r.listed != nil && r.listed(n) == same
}

// relative reports whether a name shares its last word with a reader's.
func (r *readers) relative(n subject.Name) bool {
	return slices.ContainsFunc(r.names, n.Relative) || r.listed != nil && r.listed(n) == related
}

// kinship is how a name stands to that of a mailbox's owner as a list has it.
type kinship int

const (
	unknown kinship = iota // no list tells the owner's name
	unlike
	related // one word in common
	same    // two words, or a first name that is all there is
)

// owner compares a name with that of the citizen whose mailbox an address is.
func (it *Item) ownerIs(address string, n subject.Name) kinship {
	if it.Owners == nil {
		return unknown
	}
	words, known := it.Owners.Shared(address, n)
	switch {
	case !known:
		return unknown
	case words >= 2 || words == 1 && !n.Full():
		return same
	case words == 1:
		return related
	}
	return unlike
}

// readers works out who reads the mail outside.
func (it *Item) readers() *readers {
	if it.known == nil {
		it.known = it.findReaders()
	}
	return it.known
}

func (it *Item) findReaders() *readers {
	r := &readers{numbers: it.Addressed()}
	display := make(map[string]string)
	if it.Doc.Mail != nil {
		for _, a := range it.Doc.Mail.To {
			display[strings.ToLower(a.Mail)] = a.Name
		}
	}
	body := it.bodyText()
	r.family = relating.In(body) && wording.Ties(body, relations) && !it.toColleague()
	r.spokenTo = wording.SaysYou(body)
	others := wording.OthersMatter(body)
	own := wording.OwnMatter(body) && !others
	greeted := it.greeted()
	for _, address := range it.External {
		name, shown := personName(display[address])
		local, domain, _ := strings.Cut(address, "@")
		private := privateMailbox(local, domain) || shown && vanity(name, domain)
		if it.Owners != nil {
			if _, ok := it.Owners.Owner(address); ok {
				r.owners, private = true, true
			}
		}
		if it.ownerIs(address, subject.Name{}) != unknown {
			r.owners, private, r.listed = true, true, it.owners
		}
		switch {
		case role(local) || organisationWords(display[address]) || hasAny(strings.ToLower(display[address]), workTitles):
			r.work = true
		case private:
			r.private = true
		case it.Partner(address) && !own, organisationDomain(domain) && !own, others:
			r.work = true
		}
		var known []subject.Name
		if shown {
			known, r.sure = append(known, name), true
		}
		if n, ok := localName(local); ok {
			known = append(known, n)
		} else if n, ok := it.joinedName(local); ok && !shown && !role(local) {
			known = append(known, n)
		} else if n, ok := subject.InitialName(local); ok && private && !shown {
			known = append(known, n)
		}
		r.names = append(r.names, known...)
		if private && len(known) > 0 {
			r.boxes = append(r.boxes, known)
		}
	}
	r.private = r.private || own
	r.owned = r.listed != nil && len(it.External) == 1
	r.addressed = r.names
	if len(r.names) == 0 && len(it.External) > 1 {
		// One salutation does not tell who the several unnamed are.
		return r
	}
	if !greeted.Empty() && !r.saysLess(greeted) && !(r.private && len(it.External) == 1 && r.sure && r.another(greeted)) {
		r.names = append(r.names, greeted)
		r.sure = r.sure || greeted.Full()
	}
	if len(it.External) == 1 && !r.sure && r.private {
		local, _, _ := strings.Cut(it.External[0], "@")
		_, dotted := localName(local)
		_, joined := it.joinedName(local)
		r.owned = r.owned || dotted || joined
		// The address holds the name that the mail greets.
		r.sure = !greeted.Empty() && greeted.In(local)
	}
	return r
}

// saysLess reports whether a greeting by first name alone is that of somebody who is
// known by full name: it must not make every letter to a namesake right.
func (r *readers) saysLess(greeted subject.Name) bool {
	return r.sure && !greeted.Full() && slices.ContainsFunc(r.addressed, func(n subject.Name) bool { return n.Full() && n.SameLoosely(greeted) })
}

// owners compares a name with those of all the mailboxes' owners: the nearest counts.
func (it *Item) owners(n subject.Name) kinship {
	best := unknown
	for _, a := range it.External {
		best = max(best, it.ownerIs(a, n))
	}
	return best
}

// another reports whether a mail greets somebody who shares no word with those whom
// it goes to: it went to the wrong mailbox, and its greeting tells nothing of who
// reads it.
func (r *readers) another(greeted subject.Name) bool {
	return !slices.ContainsFunc(r.names, func(n subject.Name) bool { return n.Shares(greeted) })
}

// Addressed are the ids of those whose number stands in the mail's "To", and of
// those whose mailbox a recipient is known to be.
func (it *Item) Addressed() map[string]bool {
	out := make(map[string]bool)
	for _, address := range it.External {
		if it.Owners != nil {
			if id, ok := it.Owners.Owner(address); ok {
				out[id] = true
			}
		}
	}
	for i := range it.Subjects {
		for _, k := range it.Subjects[i].Findings {
			if x := &it.Findings[k]; x.At.Layer == document.Header && it.Doc.Segments[x.Segment].Label == "To" {
				out[it.Subjects[i].ID] = true
			}
		}
	}
	return out
}

func setOf(list string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

// bodyText is the mail's own text with its subject, lower case.
func (it *Item) bodyText() string {
	if it.said == nil {
		text := it.ownText()
		it.said = &text
	}
	return *it.said
}

// maxSaid is how much of a mail is read for turns of speech, in bytes: people say why
// they write in their first pages.
const maxSaid = 1 << 14

func (it *Item) ownText() string {
	var b strings.Builder
	root := it.root()
	for i := range it.Doc.Segments {
		s := &it.Doc.Segments[i]
		if !saidIn(root, s) {
			continue
		}
		if room := maxSaid - b.Len(); room > 0 {
			b.WriteString(lower.InPlace(s.Text[:min(len(s.Text), room)]))
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func hasAny(text string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// personName reads a display name that is a person's full name, also "Eksempel, Testperson".
func personName(display string) (subject.Name, bool) {
	display = strings.Trim(strings.TrimSpace(display), `"'`)
	if strings.ContainsAny(display, "@()/|0123456789") {
		return subject.Name{}, false
	}
	if last, first, ok := strings.Cut(display, ","); ok {
		display = strings.TrimSpace(first) + " " + strings.TrimSpace(last)
	}
	for _, w := range strings.Fields(strings.ToLower(display)) {
		if parentWords[w] || strings.HasSuffix(w, "familien") || strings.HasSuffix(w, "familie") {
			return subject.Name{}, false // "Forældre til Testperson", "Plejefamilien Eksempel"
		}
	}
	if strings.ToLower(display) == display || strings.ToUpper(display) == display {
		display = capitals(display)
	}
	return subject.Named(withoutTitle(display))
}

// capitals writes the words of a name that has none, or nothing else, with one each.
func capitals(name string) string {
	words := strings.Fields(strings.ToLower(name))
	for i, w := range words {
		first, size := utf8.DecodeRuneInString(w)
		words[i] = string(unicode.ToUpper(first)) + w[size:]
	}
	return strings.Join(words, " ")
}

// roleWords are first words of mailboxes that belong to a role, not to a person.
var roleWords = setOf("support post info visitation sikkerpost kontakt mail kommune borgerservice hr faktura bogholderi regnskab jobcenter kundeservice kundecenter service helpdesk " +
	"admin administration sekretariat ledelse hovedpost postmaster noreply no-reply presse salg ordre kontor afdeling team vagt skole familieafdeling borger-service journal sikker digitalpost " +
	"tilsyn ekspedition bestilling redaktion modtagelse laege reception drift it webmaster socialforvaltning sundhed aktindsigt bibliotek kultur okonomi loen personale direktion henvisning")

func role(local string) bool {
	first := strings.FieldsFunc(local, func(r rune) bool { return r == '.' || r == '-' || r == '_' || r == '+' || r >= '0' && r <= '9' })
	return len(first) > 0 && roleWords[first[0]]
}

// joinedName reads a name from a mailbox of one word: one of the names in the papers
// written together, or a common first name with a rest.
func (it *Item) joinedName(local string) (subject.Name, bool) {
	for i := range it.Subjects {
		if n := it.Subjects[i].Name; n.Joined(local) {
			return n, true
		}
	}
	if hasAny(local, organisations) || hasAny(local, places) {
		return subject.Name{}, false
	}
	return subject.SplitName(local)
}

// places are ends of one-word mailboxes that begin like a first name.
var places = []string{"huset", "hjem", "gaarden", "gård", "centret", "center", "haven", "butik", "shop", "kirke", "klub", "fysio", "pleje"}

// localName reads a name from the part before the @: "testperson.eksempel".
func localName(local string) (subject.Name, bool) {
	local = strings.TrimRight(local, "0123456789")
	parts := strings.FieldsFunc(local, func(r rune) bool { return r == '.' || r == '-' || r == '_' })
	for len(parts) > 2 && ownWords[parts[len(parts)-1]] {
		parts = parts[:len(parts)-1] // "testperson.eksempel.privat"
	}
	if len(parts) < 2 || len(parts) > 4 {
		return subject.Name{}, false
	}
	long := 0
	for i, p := range parts {
		if strings.ContainsAny(p, "0123456789+") || roleWords[p] || borgerWords[p] {
			return subject.Name{}, false
		}
		if len(p) >= 3 {
			long++
		}
		parts[i] = strings.ToUpper(p[:1]) + p[1:]
	}
	return subject.NewName(strings.Join(parts, " ")), long >= 2
}

// ownWords end addresses that people have beside that of their work.
var ownWords = setOf("privat private mail hjemme home dk job")

var borgerWords = setOf("mor far til mormor farmor foraeldre familien fam familie borger privat modtager bruger kunde abonnent test min mit din ny")

// privateMailbox tells a citizen's own mailbox: at a provider of private mail, or
// one that is named so.
func privateMailbox(local, domain string) bool {
	if contact.Private(domain) || strings.HasPrefix(local, "borger") && !role(local) {
		return true
	}
	label, _, _ := strings.Cut(domain, ".")
	return hasAny(label, []string{"mail", "privat", "borger", "postkasse", "eboks", "e-boks"}) && !organisationDomain(label)
}

// organisations are stems of domains and display names of those who read letters
// about others as part of their work.
var organisations = []string{"advokat", "laege", "læge", "klinik", "hospital", "sygehus", "region", "kommune", "politi", "skole", "forsikring", "fagforening", "akasse", "a-kasse", "ministeri", "styrelse",
	"bank", "revision", "revisor", "firma", "leverand", "konsulent", "data", "system", "service", "gruppen", "tandlaege", "tandlæge", "psykolog", "plejehjem", "botilbud", "krisecenter", "naevn", "nævn", "retten", "domstol",
	"jobcenter", "forvaltning", "afdeling", "sagsbehandler", "rådgiver", "leder", "forening", "fond", "apotek", "support", "institution", "boernehus", "børnehus", "partner", "aps", "a/s", "universitet", "vuggestue", "dagtilbud", "arkitekt", "ingenioer", "ingeniør", "landinsp", "entrepren"}

func organisationDomain(domain string) bool { return hasAny(domain, organisations) }

func organisationWords(display string) bool {
	return hasAny(strings.ToLower(display), organisations)
}

// maxReaders bounds whom Readers names.
const maxReaders = 2

// Readers gives the initials of the citizens whose mailboxes a mail goes to, as far as
// the addresses tell, for sentences about whom they are not: "M. P.", "M. P., A. T.".
// It is "" where nobody is known by more than one name, and where they are many.
func (it *Item) Readers() string {
	var list []string
	for _, n := range it.readers().addressed {
		if s := n.String(); n.Full() && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	if len(list) > maxReaders {
		return ""
	}
	return strings.Join(list, ", ")
}
