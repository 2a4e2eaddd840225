package confidence

import (
	"regexp"
	"strings"

	"brevvagt/detectors/subject"
	"brevvagt/internal/needle"
)

// protections are turns by which a text says that somebody's home is to be kept from others.
var protections = []string{"beskyttet adresse", "beskyttede adresse", "adressebeskyt", "navnebeskyt", "adresse er beskyttet", "adressen er beskyttet", "adresse (beskyttet", "adressen (beskyttet", "adresse, beskyttet", "adresse: beskyttet", "beskyttet bopæl", "beskyttet opholds",
	"hemmelig adresse", "hemmelige adresse", "hemmelig bopæl", "adresse er hemmelig", "adressen er hemmelig", "adresse (hemmelig", "hemmeligt opholdssted", "hemmelige opholdssted", "skjult adresse", "skjulte adresse", "fortrolig adresse", "fortrolige adresse",
	"krisecent", "må ikke oplyses", "må ikke udleveres", "må ikke videregives", "ikke oplyses til", "ikke udleveres til", "ikke videregives til", "må ikke kende", "må ikke få kendskab", "må ikke få at vide, hvor", "må ikke få at vide hvor", "må ikke vide, hvor", "må ikke vide hvor",
	"ikke skal vide, hvor", "ikke skal vide hvor", "ikke skal kende", "holdes hemmelig", "protected address", "secret address", "confidential address"}

// bare are turns that say so where the sentence tells of an address, and homes what tells of one.
var (
	bare  = []string{"er beskyttet", "er hemmelig", "(beskyttet", "(hemmelig", ", beskyttet", ", hemmelig", ": beskyttet", ": hemmelig"}
	homes = []string{"adresse", "bopæl", "opholdssted"}
)

// kept are words of which each turn has one: fewer, and rarer by how they begin.
var kept = needle.Folded([]string{"beskyt", "hemmelig", "skjult", "fortrolig", "krisecent", "oplyses", "udleveres", "videregives", "ikke kende", "kendskab", "få at vide", "ikke vide", "skal vide", "skal kende", "protected", "secret", "confidential"})

// homeReach is how far from such a turn the home may stand, in bytes.
const homeReach = 260

// home reads a street with a house number; what makes it one is asked of streetAt.
var home = regexp.MustCompile(`\p{Lu}[\p{L}.'-]+(?: \p{L}[\p{L}.]*){0,2}? \d{1,3} ?[A-Za-z]?\b`)

// postBehind reads the post code behind a street.
var postBehind = regexp.MustCompile(`^[^\n]{0,30}[,\n ]\s*\d{4} \p{Lu}`)

// Home finds a home that is protected from others in a mail to somebody who does not live there.
func (m *Mail) Home() (Told, bool) {
	for _, t := range m.texts(kept, func(low string) bool { return hasAny(low, protections) || hasAny(low, bare) && hasAny(low, homes) }) {
		at := t.all(protections)
		for _, k := range t.all(bare) {
			if low, high := t.sentence(k); hasAny(t.low[low:high], homes) {
				at = append(at, k)
			}
		}
		for _, k := range at {
			if told, ok := m.homeNear(&t, k); ok {
				return told, true
			}
		}
	}
	return Told{}, false
}

// homeNear looks for a home around the turn at k.
func (m *Mail) homeNear(t *text, k int) (Told, bool) {
	low := max(0, k-homeReach)
	for _, at := range home.FindAllStringIndex(t.said[low:min(len(t.said), k+homeReach)], maxPlaces) {
		start, end := low+at[0], low+at[1]
		if !subject.StreetIn(t.said[start:end]) && !postBehind.MatchString(t.said[end:]) || t.meeting(start) {
			continue
		}
		if told, ok := m.livesThere(t, start, end, k); ok {
			return told, true
		}
	}
	return Told{}, false
}

// Places that are no homes stand behind the first, homes behind the second.
var (
	meetings = []string{"mødes", "møde ", "mødet", "afhent", "aflever", "afhold", "foregår", "finder sted", "rådhus", "kontor", "borgerservice", "jobcenter", "familiehus", "familieretshus", "skolen", "skole,", "institution", "børnehave", "skriv til", "kontakt ", "henvend", "åbningstid", "tlf", "telefon", "advokat", "samværet ", "overvåget", "venlig hilsen", "forvaltning"}
	livings  = []string{"adresse", "bor ", "boede", "bopæl", "flytte", "ophold", "opholder", "indlogeret", "tilmeldt", "registreret", "krisecent", "c/o", "kopi", "sendes til", "sendt til"}
)

// cueReach is how far before a street the word may stand that says what it is, in bytes.
const cueReach = 70

// meeting reports whether a street is where people meet or an office is, by the words before it.
func (t *text) meeting(start int) bool {
	before := t.low[max(0, start-cueReach):start]
	return last(before, meetings) > last(before, livings)
}

// toReader are words to the reader; kinWords those by which a text speaks of an adult whom
// the reader is parted from, childWords of children, who may live with the reader.
var (
	toReader   = words("du dig din dit dine jeres you your")
	kinWords   = words("hun han ham hende hendes hans mor mors far fars moren faren moderen faderen morens farens moderens faderens mødrene ekskone eksmand ekskonen eksmanden ekskones eksmands samlever samleveren ægtefællen bopælsforælder bopælsforælderen bopælsforælderens klager anmelder søster bror klienten borgeren borgerens she he her his mother father")
	childWords = words("barn barnet barnets børn børnene børnenes datter datteren sønnen søn pigen drengen drengene pigerne child children")
)

// parted are words of a text that goes to somebody who does not live with whom it tells of.
var parted = []string{"samvær", "del i forældremyndighed", "fælles forældremyndighed", "bopælsforælder", "skilsmisse", "separation", "tilhold", "orientering", "orienteres", "høring", "aktindsigt"}

// livesThere reports whose home stands at a place, if it is another's than the reader's.
func (m *Mail) livesThere(t *text, start, end, turn int) (Told, bool) {
	if m.block(t, start) {
		return Told{}, false
	}
	low, _ := t.sentence(min(start, turn))
	low = max(low, start-homeReach)
	before, behind := t.window(low, start), t.window(end, min(len(t.said), end+90))
	named, readers := m.namedBefore(t, start)
	if readers {
		return Told{}, false
	}
	adult, child := m.speaksOf(before)
	if !adult && !child {
		if has(strings.ToLower(before), toReader) {
			return Told{}, false
		}
		adult, child = m.speaksOf(behind)
	}
	adult = adult || child && has(strings.ToLower(behind), kinWords) // "sammen med deres mor"
	if m.isParent(t) {
		return Told{}, false
	}
	// Somebody of another name is no child of the reader's, unless the text says that it is a child's home.
	other := !named.Empty() && !(child && (m.kin(named) || has(strings.ToLower(before), childWords)))
	if !adult && !child && !other {
		return Told{}, false
	}
	weak := !adult && !other && !hasAny(t.low, parted) && !m.livesElsewhere(t, start, end)
	return Told{Path: t.path, Who: named.String(), Weak: weak}, true
}

// namedBefore is the last person named before a home, and whether it is a reader, of whom the
// words between the name and the home still speak. It is empty for who signs.
func (m *Mail) namedBefore(t *text, start int) (n subject.Name, reader bool) {
	near := t.window(start-2*homeReach, start)
	named := subject.PeopleIn(near)
	for i := len(named) - 1; i >= 0; i-- {
		f := named[i]
		switch {
		case strings.Contains(near[f.Start:f.End], "\n"):
			continue // two lines
		case m.reads(f.Name):
			adult, child := m.speaksOf(near[f.End:])
			return subject.Name{}, !adult && !child
		case m.signs(f.Name):
			return subject.Name{}, false
		}
		return f.Name, false
	}
	return subject.Name{}, false
}

// speaksOf reports whether the last word for a person in a text is another's than the reader's.
func (m *Mail) speaksOf(said string) (adult, child bool) {
	fields := strings.Fields(said)
	for i := len(fields) - 1; i >= 0; i-- {
		w := strings.Trim(fields[i], trimmed)
		low := strings.ToLower(w)
		switch {
		case toReader[low]:
			return false, false
		case kinWords[low]:
			return true, false
		case childWords[low]:
			return has(strings.ToLower(said), kinWords), true
		case w != low && len(w) > 2 && subject.Forename(strings.TrimSuffix(w, "s")):
			n := subject.NewName(strings.TrimSuffix(w, "s"))
			if m.reads(n) {
				return false, false
			}
			return has(strings.ToLower(said), kinWords), true
		}
	}
	return false, false
}

// isParent reports whether a text calls the reader the child's mother or father: what it says
// of "mor" is then the reader's own.
func (m *Mail) isParent(t *text) bool {
	for _, f := range subject.PeopleIn(t.said[:min(len(t.said), maxText/4)]) {
		before := t.low[max(0, f.Start-24):f.Start]
		if m.reads(f.Name) && hasAny(before, []string{"mor ", "mor: ", "mor, ", "moder", "moren ", "far ", "far: ", "far, ", "fader", "faren "}) && !strings.Contains(before, "til") {
			return !m.sameParent(t, f)
		}
	}
	return false
}

// sameParent reports whether the reader is called one parent and the other lives there.
func (m *Mail) sameParent(t *text, f subject.Found) bool {
	before := t.low[max(0, f.Start-24):f.Start]
	father := hasAny(before, []string{"far", "fader"})
	return father && has(t.low, words("mor mors moren moderen moderens")) || !father && has(t.low, words("far fars faren faderen faderens"))
}

// block reports whether a street stands on a line of its own, as in the address block of a
// letter, and not below the name of somebody else or a label.
func (m *Mail) block(t *text, start int) bool {
	lineAt := strings.LastIndexByte(t.said[:start], '\n') + 1
	if strings.TrimSpace(t.said[lineAt:start]) != "" || lineAt == 0 {
		return lineAt == 0 && start == 0
	}
	above := strings.TrimSpace(t.said[max(0, lineAt-120):lineAt])
	above = strings.TrimSpace(above[strings.LastIndexByte(above, '\n')+1:])
	if strings.HasSuffix(above, ":") || hasAny(strings.ToLower(above), livings) || len(above) > 45 {
		return false
	}
	n, ok := subject.Named(above)
	return !ok || m.reads(n)
}

// livesElsewhere reports whether the text is a letter to a reader at another street.
func (m *Mail) livesElsewhere(t *text, start, end int) bool {
	lines := strings.Split(t.said[:min(len(t.said), 1500)], "\n")
	for i := range lines[:max(0, len(lines)-1)] {
		n, ok := subject.Named(strings.TrimSpace(lines[i]))
		if !ok || !m.reads(n) {
			continue
		}
		if at := home.FindString(lines[i+1]); at != "" {
			return at != t.said[start:end]
		}
	}
	return false
}
