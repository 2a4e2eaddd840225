package confidence

import (
	"slices"
	"strings"

	"brevvagt/detectors/subject"
	"brevvagt/internal/needle"
)

// unnamed are turns by which somebody asks not to be named.
var unnamed = []string{"at det er mig", "det kommer fra", "hvem jeg er", "hvem der har skrevet", "hvem der har ringet", "hvem der har henvendt", "hvem der har underret", "hvem underretter er", "hvem anmelder er", "nævne mit navn", "nævn ikke mit navn", "nævner mit navn", "oplyse mit navn", "oplyser mit navn", "sige mit navn", "mit navn må ikke", "mit navn ikke", "ikke mit navn", "holde mit navn", "holdt mit navn", "hold mit navn", "mit navn hemmelig", "mit navn ud af", "mit navn udenfor", "navn må ikke", "navnet må ikke", "navn ikke oplyses", "navn ikke fremgår", "navn hemmelig", "navngives", "stå ved navn", "ved det er mig", "det er mig der", "identitet må ikke", "identitet skal", "identitet holdes", "identiteten må", "i fortrolighed", "i al fortrolighed", "det kommer frem, hvem", "stay anonymous", "remain anonymous"}

// asking are these with the word that may say the same, asks words of which each has one:
// fewer, and rarer by how they begin.
var (
	asking = append([]string{"anonym"}, unnamed...)
	asks   = needle.Folded([]string{"anonym", "det er mig", "kommer fra", "hvem", "mit navn", "navn må", "navnet må", "navn ikke", "navn hemmelig", "navngives", "ved navn", "identitet", "fortrolighed"})
)

// wishes are words of a sentence in which "anonym" is what somebody asks for.
var wishes = []string{"ønske", "vil gerne", "vil være", "ville være", "beder", "bedt", "bad om", "forblive", "holdes", "lovet", "krav", "skal være", "helst"}

// withheld are words of a sentence by which the turns that may mean anything do mean it.
var withheld = []string{"må ikke", "ikke få", "ikke vide", "ikke have", "ikke ønske", "ikke at", "ikke oplys", "ikke sige", "ikke nævn", "ikke frem", "helst ikke", "uden at", "hemmelig", "fortrolig", "udenfor", "ud af", "skal holdes", "skal beskyt", "anonym", "ikke navngiv", "ikke mit", "ikke stå", "ønsker ikke", "vil ikke"}

// sourceReach is how far from such a turn the name may stand, in bytes.
const sourceReach = 900

// Source finds somebody who asked not to be named and is named to a reader.
func (m *Mail) Source() (Told, bool) {
	for _, t := range m.texts(asks, func(low string) bool { return hasAny(low, asking) }) {
		for _, k := range t.all(asking) {
			low, high := t.sentence(k)
			said := t.low[low:high]
			if strings.HasPrefix(t.low[k:], "anonym") {
				if strings.HasPrefix(t.low[k:], "anonymise") || !hasAny(said, wishes) {
					continue
				}
			} else if !hasAny(said, withheld) && !strings.Contains(said, "fortrolighed") {
				continue
			}
			if n, ok := m.whoAsked(&t, low, high, k); ok {
				return Told{Path: t.path, Who: n.String()}, true
			}
		}
	}
	return Told{}, false
}

// firstPerson are words by which a sentence is its writer's own.
var firstPerson = words("jeg mig min mit mine i me my")

// ownWish reports whether a sentence with such a turn is the asker's own: it says "mig", or
// "jeg" and of nobody else that he or she asks. A case worker says "jeg", too.
func ownWish(said, turn string) bool {
	if !strings.HasPrefix(turn, "anonym") && !strings.HasPrefix(turn, "i ") {
		return has(turn, firstPerson)
	}
	return has(said, firstPerson) && !hasAny(said, []string{"underretter", "anmelder", "som ønsker", "der ønsker", "hun ", "han ", "vedkommende", "du ", "som vil", "der vil", "som har", "der har"})
}

// sources stand before the name of whoever told something, in small letters.
var sources = []string{"underretter", "anmelder", "henvender", "henvendelse fra", "opkald fra", "opringning fra", "underretning fra", "mail fra", "brev fra", "ringet af", "skrevet af", "indgivet af", "indsendt af", "oplyst af", "oplyser", "modtaget fra", "kommer fra", "kilde", "informant", "nabo", "genbo", "overbo", "underbo", "mormor", "farmor", "morfar", "farfar", "moster", "faster", "onkel", "mostren", "bekendt"}

// authors stand at the beginning of a line before the name of whoever wrote what is around it.
var authors = []string{"fra:", "from:", "afsender:", "hilsen", "mvh", "navn:", "underskrift:", "hilsner", "vh", "kh", "med venlig hilsen"}

// whoAsked is the person whom a wish in the sentence from low to high is of, and who is no
// reader.
func (m *Mail) whoAsked(t *text, low, high, turn int) (subject.Name, bool) {
	own := ownWish(t.low[low:high], t.low[turn:min(len(t.low), turn+24)])
	begin := max(0, turn-sourceReach)
	area := t.window(begin, turn+sourceReach)
	for _, f := range subject.PeopleIn(area) {
		n := f.Name
		if m.reads(n) || m.sends(n) {
			continue
		}
		start := begin + f.Start
		lineAt := strings.LastIndexByte(t.said[:start], '\n') + 1
		before := strings.TrimLeft(t.low[lineAt:start], "> \t*")
		if own && author(before, t, start, begin+f.End, lineAt) {
			return n, true
		}
		if m.signs(n) {
			continue
		}
		if labelled(t.low[max(0, start-sourceLabel):start]) {
			return n, true
		}
		if !own && start >= low-sourceLabel && start < turn && m.asks(t, low, begin+f.End, turn) {
			return n, true
		}
	}
	return subject.Name{}, false
}

// sourceLabel is how far before a name the word may stand that calls it the source, and how
// far before a sentence the name that its pronoun means, in bytes.
const sourceLabel = 48

// links may stand between the word for a source and its name: "naboen", "underretters navn er".
var links = words("en er hedder s navn fru hr fr fra n ens e v/")

// told are words for what somebody brought to the municipality.
var told = []string{"underretning", "anmeldelse", "henvendelse", "bekymring", "opkald", "klage"}

// labelled reports whether a text ends with the word for whoever told something, or with
// whom it came from: "underretningen kom i går fra".
func labelled(before string) bool {
	if strings.HasSuffix(before, " fra ") && hasAny(before[lastStop(before):], told) {
		return true
	}
	for _, s := range sources {
		k := strings.LastIndex(before, s)
		if k < 0 || strings.ContainsAny(before[k:], ".!?") {
			continue
		}
		rest := strings.FieldsFunc(before[k+len(s):], func(r rune) bool { return strings.ContainsRune(" :,-–/\"(", r) })
		if !slices.ContainsFunc(rest, func(w string) bool { return !links[w] }) {
			return true
		}
	}
	return false
}

// lastStop is where the last sentence of a text begins; the full stop of a date ends none.
func lastStop(text string) int {
	for k := len(text) - 1; k > 0; k-- {
		if c := text[k]; c == '!' || c == '?' || c == '\n' || c == '.' && (text[k-1] < '0' || text[k-1] > '9') {
			return k + 1
		}
	}
	return 0
}

// sends reports whether a mail comes from somebody.
func (m *Mail) sends(n subject.Name) bool {
	for _, a := range m.Doc.Mail.From {
		if from, ok := subject.Named(a.Name); ok && from.SameLoosely(n) {
			return true
		}
	}
	return false
}

// author reports whether a name at a place is that of whoever wrote the text around it: in
// the line that heads a mail, behind a greeting at its end, or on a line of its own below one.
func author(before string, t *text, start, end, lineAt int) bool {
	for _, a := range authors {
		if strings.HasPrefix(before, a) && len(before) < len(a)+6 {
			return true
		}
	}
	if strings.Contains(before, "jeg hedder") || strings.HasSuffix(before, "mit navn er ") {
		return true
	}
	line, _, _ := strings.Cut(t.said[end:], "\n")
	return before == "" && len(strings.TrimLeft(line, " ,0123456789+.")) < 40 && lineAt > 0 && !strings.HasPrefix(t.low[max(0, lineAt-8):], "kære")
}

// asks reports whether a name before a turn is that of the one who asks: it stands in the
// sentence, and as nobody for or about whom, or a pronoun takes it up.
func (m *Mail) asks(t *text, low, end, turn int) bool {
	if end <= low { // in the sentence before
		first, _, _ := strings.Cut(strings.TrimSpace(t.low[low:turn]), " ")
		return first == "hun" || first == "han" || first == "vedkommende" || first == "she" || first == "he"
	}
	between := t.low[min(end, turn):turn]
	return len(between) < 120 && !hasAny(t.low[low:end], []string{" over for ", " overfor ", " om "})
}
