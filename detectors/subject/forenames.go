package subject

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"brevvagt/internal/forename"
)

// forenames are common first names in Denmark, folded and in the loose form of mail
// addresses. They tell a name from other words with a capital where nothing else
// does: in a subject, a title, a file's name, or a mailbox of one word.
var forenames = looseSet(forename.List)

// looseSet writes the words of a list as mail addresses do.
func looseSet(list string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields(list) {
		m[loose.Replace(Fold(w))] = true
	}
	return m
}

// Forename reports whether a word is a common first name.
func Forename(word string) bool {
	return forenames[loose.Replace(Fold(word))]
}

// Joined reports whether a mailbox of one word is a name written together:
// "testpersoneksempel", "teksempel" is none.
func (n Name) Joined(local string) bool {
	m := n.loosely().meaning()
	return len(m) > 1 && loose.Replace(Fold(strings.TrimRight(local, "0123456789"))) == strings.Join(m, "")
}

// minSurname is the shortest last name that is read from a mailbox of one word.
const minSurname = 4

// SplitName reads a mailbox of one word that begins with a common first name of four
// letters or more, or of three before a common last name: "bodileksempel".
func SplitName(local string) (Name, bool) {
	word := strings.TrimRight(local, "0123456789")
	if strings.ContainsAny(word, "0123456789+._-") {
		return Name{}, false
	}
	for k := len(word) - minSurname; k >= 3; k-- {
		if Forename(word[:k]) && (k > 3 || surnames[loose.Replace(Fold(word[k:]))]) {
			return NewName(word[:k] + " " + word[k:]), true
		}
	}
	return Name{}, false
}

// Common reports whether a name begins with a common first name.
func (n Name) Common() bool {
	m := n.meaning()
	return len(m) > 0 && Forename(m[0])
}

// surnames are the most common last names in Denmark, folded and in the loose form of
// mail addresses: with them "kjensen" is read as an initial and a name.
var surnames = looseSet("nielsen jensen hansen andersen pedersen christensen larsen sorensen rasmussen jorgensen petersen madsen kristensen olsen thomsen christiansen poulsen johansen moller mortensen knudsen jakobsen jacobsen mikkelsen olesen frederiksen laursen henriksen lund holm schmidt eriksen clausen simonsen svendsen andreasen iversen jeppesen mogensen jespersen nissen lauridsen frandsen ostergaard jepsen nygaard vestergaard kjar bertelsen dahl winther skov bech toft berg friis bach kristiansen carlsen karlsen nygard gregersen damgaard kjeldsen johnsen lauritsen davidsen bruun juhl kruse krogh ravn munk overgaard sondergaard villadsen thorsen kofoed steffensen jessen thygesen paulsen gade brandt bang bendtsen danielsen hermansen hemmingsen kjaer kaer klausen lassen lorentzen lorenzen markussen michaelsen nikolajsen nikolaisen ottosen overby therkildsen thomassen toftegaard vinther enevoldsen dalsgaard mathiesen mathiasen mouritsen buch axelsen asmussen antonsen aagaard agard")

// InitialName reads a mailbox that holds a first name's initial and a last name:
// "b.eksempel", or, for the commonest last names, in one word.
func InitialName(local string) (Name, bool) {
	word := strings.TrimRight(local, "0123456789")
	parts := strings.FieldsFunc(word, func(r rune) bool { return r == '.' || r == '-' || r == '_' })
	if len(parts) == 1 && len(word) > minSurname && surnames[loose.Replace(Fold(word[1:]))] {
		parts = []string{word[:1], word[1:]}
	}
	if len(parts) != 2 || len(parts[0]) != 1 || len(parts[1]) < minSurname || strings.ContainsAny(parts[1], "0123456789+") {
		return Name{}, false
	}
	return NewName(strings.ToUpper(parts[0]) + " " + strings.ToUpper(parts[1][:1]) + parts[1][1:]), true
}

// FirstName is the common first name with which a name begins, or a mailbox of one
// word and figures: "testperson77".
func FirstName(local string) (Name, bool) {
	word := strings.TrimRight(local, "0123456789._-")
	if len(word) < 3 || !Forename(word) {
		return Name{}, false
	}
	return NewName(word), true
}

// Found is a name in prose and where it stands.
type Found struct {
	Name       Name
	Start, End int
}

// maxFound bounds the names read from one text.
const maxFound = 200

// NamesIn finds the names in prose that begin with a common first name: full ones, and
// with lone also first names by themselves. Those of people who are there by office,
// as "borgmester Testperson Eksempel", are left out.
func NamesIn(text string, lone bool) []Found { return namesIn(text, lone, byOffice) }

// HoldersIn finds full names, those of people who are there by office too.
func HoldersIn(text string) []Found {
	return namesIn(text, false, func(string, Found) bool { return false })
}

// namesIn is [NamesIn] without the names that skip reports.
func namesIn(text string, lone bool, skip func(text string, f Found) bool) []Found {
	var out []Found
	for i := 0; i < len(text) && len(out) < maxFound; {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsLetter(r) {
			i += size
			continue
		}
		end := wordEnd(text, i)
		if unicode.IsUpper(r) && (lone && introduced(text[:i]) || called(text[:i])) {
			if f := nameFrom(text, i); f.Name.Full() && !organisation(text[f.Start:f.End]) && !noName[Fold(text[i:end])] && !isStreet(Fold(text[i:end])) && !skip(text, f) {
				out = append(out, f)
				i = max(end, f.End)
				continue
			}
		}
		if f, ok := takenUp(text, i); ok {
			out = append(out, f)
			i = max(end, f.End)
			continue
		}
		if f, ok := initialled(text, i); ok {
			if !skip(text, f) {
				out = append(out, f)
			}
			i = f.End
			continue
		}
		if lone && unicode.IsUpper(r) && childBefore(text[:i]) && end-i > 2 {
			f := nameFrom(text, i)
			out = append(out, f)
			i = max(end, f.End)
			continue
		}
		if !unicode.IsUpper(r) || !Forename(strings.TrimSuffix(firstPart(text[i:end]), "s")) && !Forename(firstPart(text[i:end])) {
			i = end
			continue
		}
		f := nameFrom(text, i)
		if (lone || f.Name.Full()) && !f.Name.Empty() && !skip(text, f) {
			out = append(out, f)
		}
		i = max(end, f.End)
	}
	return out
}

// initialled reads "T. E. Prøvesen" and "T.E.Prøvesen": initials and a last name that is
// common in Denmark.
func initialled(text string, i int) (Found, bool) {
	end := i
	for end+2 < len(text) && end-i <= maxNameWords && text[end] >= 'A' && text[end] <= 'Z' && text[end+1] == '.' {
		if end += 2; text[end] == ' ' {
			end++
		}
	}
	stop := wordEnd(text, end)
	if end == i || stop-end < minSurname || !capital(text[end:stop]) || !danishLast(text[end:stop]) {
		return Found{}, false
	}
	return Found{Name: NewName(text[i:stop]), Start: i, End: stop}, true
}

// danishLast reports whether a word is a last name that is common in Denmark.
func danishLast(word string) bool {
	f := loose.Replace(Fold(word))
	return !forenames[f] && !noName[f] && !isStreet(f) && danish(f)
}

// introduced reports whether a text ends with a word behind which a mail names whom it
// is about, so that no common first name is needed.
func introduced(before string) bool {
	return introducing[lastWord(before)]
}

// personVerbs stand behind the name of a person; before a name that is taken up by "hun"
// or "han" they make any two words with capitals a person's.
var personVerbs = []string{" er ", " har ", " var ", " blev ", " bor ", " får ", " møder ", " kommer ", " skal ", " skrev ", " ringede ", ", der ", ", som "}

// takenUp reads a name at the beginning of a sentence that speaks of a person later on:
// "Testperson Eksempel er væk i 14 uger, da hun ...".
func takenUp(text string, i int) (Found, bool) {
	if r, _ := utf8.DecodeRuneInString(text[i:]); !unicode.IsUpper(r) {
		return Found{}, false
	}
	if before := strings.TrimRight(text[:i], " "); before != "" && strings.IndexByte("\n.!?:", before[len(before)-1]) < 0 {
		return Found{}, false
	}
	f := nameFrom(text, i)
	if !f.Name.Full() || noName[Fold(text[i:wordEnd(text, i)])] || organisation(text[f.Start:f.End]) || byOffice(text, f) {
		return Found{}, false
	}
	rest := clip(text[f.End:], takenUpReach, false)
	if slices.ContainsFunc(actions, func(v string) bool { return strings.HasPrefix(rest, v) }) &&
		slices.ContainsFunc(takingUp, func(w string) bool { return strings.Contains(rest, w) }) {
		return f, true
	}
	if !slices.ContainsFunc(personVerbs, func(v string) bool { return strings.HasPrefix(rest, v) }) {
		return Found{}, false
	}
	if k := strings.IndexAny(rest, ".!?\n"); k >= 0 {
		rest = rest[:k]
	}
	return f, strings.Contains(rest, " hun ") || strings.Contains(rest, " han ") || strings.Contains(rest, " hendes ") || strings.Contains(rest, " hans ")
}

// takingUp begin the sentence after the one that names a person, whose verb may then be
// one of actions, in the languages of the neighbours too.
var (
	takingUp = []string{". Han ", ". Hun ", ". Hon ", ". Hendes ", ". Hans ", ". Er ist", ". Er hat", ". Sie ist", ". Sie hat"}
	actions  = append([]string{" flytter ", " flyttede ", " har ", " zieht ", " lider "}, personVerbs...)
)

// takenUpReach is how far behind a name its pronoun may stand, in bytes.
const takenUpReach = 160

// called reports whether a text ends with a word for a person, behind which two words
// with capitals are a name however rare: "drengen Testperson Eksempel".
func called(before string) bool {
	return calling[strings.ToLower(lastWord(before))]
}

// longestCue is more bytes than any of the words before a name has.
const longestCue = 32

// lastWord is the word with which a text ends, of a longer one than any cue its end.
func lastWord(text string) string {
	text = strings.TrimRight(text, " ")
	text = text[max(0, len(text)-longestCue):]
	return text[strings.LastIndexAny(text, " \n\t(")+1:]
}

var calling = map[string]bool{"drengen": true, "pigen": true, "borgeren": true, "beboeren": true, "patienten": true, "eleven": true, "moderen": true, "moren": true, "faderen": true, "faren": true, "manden": true, "kvinden": true, "ejeren": true, "lejeren": true, "naboen": true, "sønnen": true, "datteren": true, "barnet": true, "familien": true, "klienten": true, "klient": true, "borger": true, "beboer": true, "patient": true, "elev": true, "ansøgeren": true}

// childBefore reports whether a text ends with the words for the reader's own child.
func childBefore(before string) bool {
	before = strings.TrimRight(before, " ")
	return strings.HasSuffix(before, " søn") || strings.HasSuffix(before, " datter") || strings.HasSuffix(before, "it barn")
}

var introducing = map[string]bool{"om": true, "for": true, "vedr.": true, "vedrørende": true, "efter": true, "borger": true, "borgeren": true, "klient": true, "patienten": true, "eleven": true, "barnet": true, "søn": true, "datter": true, "mor": true, "far": true}

func firstPart(word string) string {
	first, _, _ := strings.Cut(word, "-")
	return first
}

func wordEnd(text string, i int) int {
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsLetter(r) && r != '-' && !unicode.Is(unicode.Mn, r) {
			break
		}
		i += size
	}
	return i
}

// nameFrom reads the words of a name from where its first name begins.
func nameFrom(text string, start int) Found {
	end := wordEnd(text, start)
	last := end // behind the last word that is no particle
	for n := 1; n < maxNameWords && end+1 < len(text); n++ {
		next := end
		if text[next] == '.' && next-strings.LastIndexByte(text[:next], ' ') == 2 {
			next++ // an initial
		}
		if next+1 >= len(text) || text[next] != ' ' {
			break
		}
		wordAt := next + 1
		stop := wordEnd(text, wordAt)
		ok, particle := nameWord(text[wordAt:stop])
		if !ok || stop == wordAt || particle && text[wordAt:stop] != "von" && text[wordAt:stop] != "de" && text[wordAt:stop] != "al" {
			break
		}
		if end = stop; !particle {
			last = stop
		}
	}
	name := text[start:last]
	if n := NewName(name); !n.Full() && strings.HasSuffix(name, "s") && !Forename(name) {
		name = strings.TrimSuffix(name, "s") // "Testpersons udtalelse"
	}
	return Found{Name: NewName(name), Start: start, End: last}
}

// officeEnds end the words for those who are named because of their work or office.
var officeEnds = []string{"konsulent", "koordinator", "paedagog", "laerer", "leder", "lederen", "chef", "chefen", "laege", "laegen", "sygeplejerske", "assistent", "terapeut", "borgmester", "borgmesteren", "formand", "formanden", "raadgiver", "direktoer", "minister", "ordfoerer", "psykolog",
	"professor", "forsker", "forfatter", "journalist", "vejleder", "sekretaer", "raadsmedlem", "udvalgsmedlem", "bestyrelsesmedlem", "advokat", "maegler", "repraesentant", "behandler", "betjent", "dommer", "ingenioer", "arkitekt", "inspektoer", "foredragsholder", "instruktoer", "kandidat", "pedel", "vicevaert", "praest", "overlaege", "kunstner", "musiker", "skuespiller", "komiker", "sanger", "tv-vaert", "debattoer", "filosof", "skuespilleren", "forfatteren", "komikeren", "sangeren", "laereren", "praesten", "psykologen", "forskeren", "professoren", "journalisten", "kunstneren", "musikeren", "advokaten"}

// speaking are what somebody on a stage does, before the name.
var speaking = map[string]bool{"fortæller": true, "fortalte": true, "underviser": true, "gæster": true, "spiller": true, "synger": true, "optræder": true}

// officeReach is how far behind a name the word for an office may stand, in bytes.
const officeReach = 40

// byOffice reports whether a word for an office stands before a name, or behind its
// comma.
func byOffice(text string, f Found) bool {
	before := strings.TrimRight(text[:f.Start], " ")
	last := before[strings.LastIndexAny(before, " \n\t(:")+1:]
	if officeWord(last) || speaking[last] {
		return true
	}
	// "fortæller skuespilleren Testperson Eksempel"
	if before = strings.TrimRight(before[:len(before)-len(last)], " "); speaking[before[strings.LastIndexAny(before, " \n\t(:")+1:]] {
		return true
	}
	rest := text[f.End:]
	if !strings.HasPrefix(rest, ", ") && !strings.HasPrefix(rest, " (") {
		return false
	}
	for _, w := range strings.Fields(clip(rest[2:], officeReach, false))[:min(4, len(strings.Fields(clip(rest[2:], officeReach, false))))] {
		if officeWord(strings.TrimRight(w, ",.):")) {
			return true
		}
	}
	return false
}

func officeWord(w string) bool {
	f := Fold(w)
	for _, e := range officeEnds {
		if strings.HasSuffix(f, e) {
			return true
		}
	}
	return false
}

// FirstIn reports whether the first word of a name, or its genitive, stands in a text.
func (n Name) FirstIn(t *Text) bool {
	m := n.meaning()
	if len(m) == 0 || t == nil {
		return false
	}
	t.read()
	return len(t.at[m[0]]) > 0 || len(t.at[m[0]+"s"]) > 0
}

// SameFirst reports whether two names begin with the same word.
func (n Name) SameFirst(o Name) bool {
	a, b := n.loosely().meaning(), o.loosely().meaning()
	return len(a) > 0 && len(b) > 0 && a[0] == b[0]
}

// Akin reports whether two names have a word in common that is no first name, as those
// of a family often have, whichever place it has in them.
func (n Name) Akin(o Name) bool {
	a, b := n.loosely().meaning(), o.loosely().meaning()
	for i, t := range a {
		if i > 0 && len(t) > 1 && !forenames[t] {
			for k, u := range b {
				if k > 0 && u == t {
					return true
				}
			}
		}
	}
	return false
}
