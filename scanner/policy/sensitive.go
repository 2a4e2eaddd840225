package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"brevvagt/detectors"
	"brevvagt/detectors/special"
	"brevvagt/document"
	"brevvagt/scanner/policy/confidence"
	"brevvagt/scanner/policy/parties"
)

// clearStems is how many different strong words of special categories make a text
// about a known person a case paper.
const clearStems = 2

// specialCategory: sensitive text about a person to somebody outside without a
// secure connection. It stops a mail only where it is clearly a case paper.
func specialCategory() Definition {
	return Definition{ID: "special-category", Title: "Følsomme oplysninger uden sikker forbindelse", Action: Hold,
		Fires: func(site Site, f *Facts) (string, string, bool) {
			if !f.outgoing() || len(f.Channel.Unprotected) == 0 {
				return "", "", false
			}
			if da, en, ok := f.untold(site); ok {
				return da, en, true
			}
			if f.sensitiveSure() == 0 && !f.private() {
				if !f.parties(site).Reports() {
					return "", "", false // no word tells anything, and no paper by what it is
				}
			} else if f.inProgrammes(site) || f.parties(site).Mourns() {
				return "", "", false
			}
			if source, ok := f.parties(site).Confided(); ok {
				da, en := place(source)
				return fmt.Sprintf("%s har udtalt sig i fortrolighed og nævnes over for en borger: %s", source.Who, da),
					fmt.Sprintf("%s spoke in confidence and is named to a citizen: %s", source.Who, en), true
			}
			if told := f.parties(site).Told(toldGroups); len(told) > 0 {
				da, en := sayTold(told, f.reader(site))
				return da, en, true
			}
			if f.parties(site).Overheard() {
				return "Følsomme oplysninger om modtageren selv" + f.reader(site) + " sendes også til andre uden for organisationen",
					"Sensitive data on the recipient" + f.reader(site) + " go to others outside the organisation as well", true
			}
			if f.sensitiveSure() == 0 && !f.parties(site).Reports() {
				return "", "", false // what is told of the reader's own life
			}
			return "Følsomme eller fortrolige oplysninger om en person til en modtager uden sikker forbindelse",
				"Sensitive or confidential data on a person to a recipient without a secure connection", true
		},
		Softer: func(site Site, f *Facts) bool {
			it := f.parties(site)
			if _, exposed := it.Exposed(meansGroups, clearMeans); exposed {
				return false
			}
			if _, source := it.Confided(); source {
				return false
			}
			if it.Overheard() || it.Reports() {
				return false
			}
			if it.Agreed() || it.Invented() {
				return true
			}
			if _, _, untold := f.untold(site); untold {
				return false
			}
			told := it.Told(toldGroups)
			outright := slices.ContainsFunc(told, func(o parties.Odd) bool { return o.Stated })
			return !f.casePaper(site, caseGroups, clearStems) && (allWeak(told) || it.Says(newsletters...) || !outright && (it.Says(committees...) || it.Teaches()))
		}}
}

// inProgrammes reports whether all that is sensitive stands in programmes of plays and
// concerts, in files of their own.
func (f *Facts) inProgrammes(site Site) bool {
	it := f.parties(site)
	return !slices.ContainsFunc(f.Findings, func(x detectors.Finding) bool {
		return (x.Detector == "special-category" || x.Detector == "protected-address") && x.Strength.Rank() >= detectors.Medium.Rank() && !it.Programme(&x)
	})
}

// sayTold says of whom sensitive words speak who is no recipient: initials, at most
// three, and where the first stands.
func sayTold(told []parties.Odd, reader string) (da, en string) {
	var who []string
	for i := range told {
		if w := told[i].Who; !slices.Contains(who, w) && len(who) < 3 {
			who = append(who, w)
		}
	}
	list, allDanish, allEnglish := strings.Join(who, ", "), "", ""
	if len(told) > len(who) {
		allDanish, allEnglish = fmt.Sprintf(" (%d i alt)", len(told)), fmt.Sprintf(" (%d in all)", len(told))
	}
	inDanish, inEnglish := place(told[0])
	return fmt.Sprintf("Følsomme oplysninger om %s, som ikke er modtageren%s, uden sikker forbindelse: %s", list+allDanish, reader, inDanish),
		fmt.Sprintf("Sensitive data on %s, not the recipient%s, without a secure connection: %s", list+allEnglish, reader, inEnglish)
}

// protectedAddress: whoever lives at a protected address is named to somebody
// outside without a secure connection, or the address or the name is told, by whatever
// way, to one from whom it is kept. Guidance on the scheme names nobody.
func protectedAddress() Definition {
	return Definition{ID: "protected-address", Title: "Beskyttet navn eller adresse", Action: Hold,
		Fires: func(site Site, f *Facts) (string, string, bool) {
			if m := f.confided(site); m != nil {
				if o, ok := m.Home(); ok {
					return sayKept(o, "En beskyttet adresse står i det, der går til en anden end den, den beskytter"+f.reader(site), "A protected address stands in what goes to another than whom it protects"+f.reader(site))
				}
				if o, ok := m.Source(); ok {
					return sayKept(o, "En, der har bedt om ikke at blive nævnt, nævnes over for en borger"+f.reader(site), "Somebody who asked not to be named is named to a citizen"+f.reader(site))
				}
			}
			if !f.outgoing() || len(f.Channel.Unprotected) == 0 || !slices.ContainsFunc(f.Findings, func(x detectors.Finding) bool {
				return x.Detector == "protected-address" && x.Strength == detectors.Strong
			}) && !f.shelterTold(site) {
				return "", "", false
			}
			return "Oplysninger om en person med beskyttet navn eller adresse til en modtager uden sikker forbindelse",
				"Data on a person with protected name or address to a recipient without a secure connection", true
		},
		Softer: func(site Site, f *Facts) bool {
			if m := f.confided(site); m != nil {
				home, told := m.Home()
				if _, named := m.Source(); named || told && !home.Weak {
					return false
				}
			}
			return !f.casePaper(site, map[string]bool{"protected-address": true}, 1) && !f.addressTold() && !f.shelterTold(site)
		}}
}

// confided is the mail as one that may tell a citizen what is kept from the citizen, or nil.
func (f *Facts) confided(site Site) *confidence.Mail {
	if !f.told(site) || f.Doc.Mail == nil {
		return nil
	}
	if f.once.mail == nil {
		f.once.mail = &confidence.Mail{Doc: f.Doc, Ties: f.parties(site).Ties, AtWork: f.parties(site).AtWork, External: f.Channel.External, Internal: site.Internal}
	}
	return f.once.mail
}

// sayKept says where somebody is named from whom it is kept, and who, where a name stands there.
func sayKept(o confidence.Told, da, en string) (string, string, bool) {
	odd := parties.Odd{}
	if name := lastName(o.Path); name != o.Path && !strings.HasPrefix(name, "del-") {
		odd.Where = detectors.RedactNumbers(name)
	}
	inDanish, inEnglish := place(odd)
	if o.Who != "" {
		inDanish, inEnglish = inDanish+": "+o.Who, inEnglish+": "+o.Who
	}
	return da + ": " + inDanish, en + ": " + inEnglish, true
}

// addressTold reports whether a private mailbox is told a protected address that is not
// its owner's.
func (f *Facts) addressTold() bool {
	return slices.ContainsFunc(f.Channel.Unprotected, parties.Private) && slices.ContainsFunc(f.Findings, func(x detectors.Finding) bool {
		return x.Detector == "protected-address" && x.Strength == detectors.Strong && x.Segment >= 0 && x.Segment < len(f.Doc.Segments) &&
			confidence.AddressBeside(f.Doc.Segments[x.Segment].Text, x.Start, x.End)
	})
}

// shelterTold reports whether a mail from a shelter tells somebody who does not work with the
// case in which street somebody else stays.
func (f *Facts) shelterTold(site Site) bool {
	if !slices.ContainsFunc(f.Findings, func(x detectors.Finding) bool { return x.Detector == "protected-address" }) || f.parties(site).AtWork() {
		return false
	}
	return slices.ContainsFunc(f.Doc.Segments, func(s document.Segment) bool {
		return s.At.Layer == document.Visible && confidence.Stays(s.Text)
	})
}

// caseGroups are the groups whose words make a case paper (GDPR articles 9 and 10,
// and children's cases); social and economic words alone stand in every letter.
var caseGroups = groups("helbred psykiatri misbrug religion etnicitet fagforening politik seksualitet genetik_biometri straf_art10 boern protected-address")

// toldGroups are those of which nobody else is told by name: a case's, and what is said of
// a life in words of which none says much by itself.
var toldGroups = groups("helbred psykiatri misbrug religion etnicitet fagforening politik seksualitet genetik_biometri straf_art10 boern protected-address " + special.Private)

// meansGroups are those of how a citizen lives and of what: clearMeans of their words
// about somebody else than the reader are a case.
var meansGroups = groups("social_oekonomi personalesag")

const clearMeans = 3

// spreadGroups are those of which colleagues are not told by name.
var spreadGroups = groups("helbred psykiatri misbrug religion etnicitet fagforening politik seksualitet genetik_biometri straf_art10 boern protected-address personalesag social_oekonomi")

// abroadGroups are those that must not leave the country in a case paper.
var abroadGroups = groups("helbred psykiatri misbrug boern social_oekonomi straf_art10 seksualitet religion etnicitet protected-address")

func groups(list string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

// namedBy are the reasons for which a sensitive word is surely about somebody known.
var namedBy = map[string]bool{"ved et CPR-nummer": true, "ved et navn": true, "i en liste under et navn": true, "i en række med et navn": true}

// casePaper reports whether one of the papers is about a known citizen and holds
// at least n different sure words of the given groups.
func (f *Facts) casePaper(site Site, groups map[string]bool, n int) bool {
	words := make(map[string]map[string]bool) // path → words
	named := make(map[string]bool)            // path → a sentence with a name or number holds one
	for i := range f.Findings {
		x := &f.Findings[i]
		if !groups[x.Category] || x.Strength.Rank() < detectors.Medium.Rank() {
			continue
		}
		if words[x.At.Path] == nil {
			words[x.At.Path] = make(map[string]bool)
		}
		words[x.At.Path][x.Value.Digest()] = true
		if slices.ContainsFunc(x.Why, func(w string) bool { return namedBy[w] }) {
			named[x.At.Path] = true
		}
	}
	for path, found := range words {
		if len(found) >= n && (named[path] || f.parties(site).Known(path)) {
			return true
		}
	}
	return false
}

// staleLetter: a letter that was written long before it is sent is an old one by
// mistake (Aarhus). It looks at letters to citizens only, and not where the mail
// says that it hands out old papers.
func staleLetter() Definition {
	return Definition{ID: "stale-letter", Title: "Gammelt brev", Action: Warn,
		Fires: func(site Site, f *Facts) (string, string, bool) {
			if f.Kind != "mail" || len(f.Channel.External) == 0 || f.Sent.IsZero() {
				return "", "", false
			}
			it := f.parties(site)
			old := f.OldLetters()
			if len(old) == 0 || it.AtWork() || it.Says(oldPapers...) {
				return "", "", false
			}
			return "Brevet er dateret mere end 60 dage før afsendelsen: " + old[0].Where, "The letter is dated more than 60 days before it is sent: " + old[0].Where, true
		}}
}

// OldLetters are the letters of an item whose people were looked at that are dated more
// than StaleDays before its sending.
func (f *Facts) OldLetters() []parties.Letter {
	if f.once.people == nil || f.Sent.IsZero() {
		return nil
	}
	return slices.DeleteFunc(f.once.people.Letters(), func(l parties.Letter) bool {
		return l.Date.IsZero() || f.Sent.Sub(l.Date) <= StaleDays*24*time.Hour
	})
}

// oldPapers are words of a mail that hands out old letters on purpose.
var oldPapers = []string{"aktindsigt", "akter", "kopi af", "kopier af", "tidligere brev", "brevet fra ", "genfremsend", "igen"}

// childRecipient: a letter about a payment to a recipient whose number is a
// child's (Gladsaxe 2025-05). One mail can tell only where the address itself is
// the number, as some gateways to Digital Post want it.
func childRecipient() Definition {
	return Definition{ID: "child-recipient", Title: "Brev om udbetaling til et barn", Action: Warn,
		Fires: func(site Site, f *Facts) (string, string, bool) {
			if f.Kind != "mail" {
				return "", "", false
			}
			it := f.parties(site)
			to, child := it.Addressed(), false
			for i := range f.Subjects {
				child = child || to[f.Subjects[i].ID] && it.Under(i, payoutAge)
			}
			if !child || !f.speaksOf(payout) {
				return "", "", false
			}
			return "Brev om en udbetaling til en modtager, der ifølge sit CPR-nummer er et barn", "A letter on a payment to a recipient who is a child by the number", true
		}}
}

const payoutAge = 15

var payout = []string{"udbetal", "udbetaling", "beløb", "kr. til din nemkonto", "nemkonto"}

// speaksOf reports whether one of the words stands in any paper.
func (f *Facts) speaksOf(words []string) bool {
	for i := range f.Doc.Segments {
		text := strings.ToLower(f.Doc.Segments[i].Text)
		if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) }) {
			return true
		}
	}
	return false
}
