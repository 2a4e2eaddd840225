package subject

import (
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"brevvagt/detectors"
)

// Name is a person's name that can be compared and counted but not printed: its
// forms for people are the initials.
type Name struct {
	tokens   []string // folded, in the order written
	initials string
}

// NewName reads a name as written. Titles and marks such as "c/o" are left out.
func NewName(s string) Name {
	var n Name
	var initials []string
	for _, w := range words(apart(s)) {
		f := Fold(w)
		if f == "" || titles[f] {
			continue
		}
		n.tokens = append(n.tokens, f)
		if !particles[f] {
			initials = append(initials, strings.ToUpper(string([]rune(w)[:1]))+".")
		}
	}
	n.initials = strings.Join(initials, " ")
	return n
}

// maxTogether is the most initials that are written as one word.
const maxTogether = 3

// apart sets blanks between initials that stand together as the first word of a name,
// "JP Eksempel". In a name all in capitals they cannot be told from a short word.
func apart(s string) string {
	if len(s) < 2 || s[0] < 'A' || s[0] > 'Z' || s[1] < 'A' || s[1] > 'Z' {
		return s
	}
	first, rest, ok := strings.Cut(s, " ")
	if !ok || len(first) > maxTogether || titles[strings.ToLower(first)] || strings.Trim(first, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || strings.ToUpper(rest) == rest {
		return s
	}
	return strings.Join(strings.Split(first, ""), " ") + " " + rest
}

// titles and the like are no part of a name.
var titles = set("hr fru frk dr prof hr/fru att co ved v til navn kaere hej mr mrs ms miss herr frau geehrte geehrter")

// particles stand inside names in lower case.
var particles = set("af al da de del den der di el la le van von zu y og")

func set(list string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

// Empty reports whether there is no name.
func (n Name) Empty() bool { return len(n.tokens) == 0 }

// Full reports whether the name has a first and a last name.
func (n Name) Full() bool {
	long := 0
	for _, t := range n.tokens {
		if len(t) > 1 && !particles[t] {
			long++
		}
	}
	return long > 0 && len(n.tokens) > 1
}

// Couple gives the two names of a salutation or line of two, "Testa og Prøve", nil for one.
func (n Name) Couple() []Name {
	i := slices.Index(n.tokens, "og")
	if i < 1 || i+1 == len(n.tokens) {
		return nil
	}
	return []Name{{tokens: n.tokens[:i], initials: n.initials}, {tokens: n.tokens[i+1:], initials: n.initials}}
}

// String is the masked form: "T. E.".
func (n Name) String() string { return n.initials }

// GoString keeps %#v from showing more than the masked form.
func (n Name) GoString() string { return "Name(" + n.initials + ")" }

// MarshalJSON writes the masked form.
func (n Name) MarshalJSON() ([]byte, error) { return json.Marshal(n.initials) }

// LogValue logs the masked form.
func (n Name) LogValue() slog.Value { return slog.StringValue(n.initials) }

// Mask gives the keyed form that a finding's value has. The order of the words
// does not count.
func (n Name) Mask(key detectors.Key) detectors.Masked {
	sorted := slices.Sorted(slices.Values(n.tokens))
	return key.Mask("navn "+strings.Join(sorted, " "), n.initials)
}

// Same reports whether two names can be the same person's: every word of the
// shorter is in the longer, in any order, an initial standing for a word, and at
// least one whole word agrees. A first name alone agrees with a full name.
func (n Name) Same(o Name) bool {
	a, b := n.meaning(), o.meaning()
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) == 0 {
		return false
	}
	left := slices.Clone(b)
	whole := 0
	var rest []string
	for _, t := range a {
		if i := slices.Index(left, t); i >= 0 {
			left = slices.Delete(left, i, i+1)
			if len(t) > 1 {
				whole++
			}
			continue
		}
		rest = append(rest, t)
	}
	for _, t := range rest {
		i := slices.IndexFunc(left, func(u string) bool {
			return (len(t) == 1 || len(u) == 1) && t[0] == u[0]
		})
		if i < 0 {
			return false
		}
		left = slices.Delete(left, i, i+1)
	}
	return whole > 0
}

func (n Name) meaning() []string {
	return slices.DeleteFunc(slices.Clone(n.tokens), func(t string) bool { return particles[t] })
}

// SameName reports whether two names as written can be the same person's. Danish
// letters are folded (å=aa, ø=oe, æ=ae), the order is free, initials stand for
// words. Variants of a name (-sen, -son) are not merged.
func SameName(a, b string) bool { return NewName(a).Same(NewName(b)) }

// Fold writes a word in lower case with å æ ø and accented letters as plain ones,
// and leaves out everything but letters, digits and the slash.
func Fold(s string) string { return string(appendFold(make([]byte, 0, len(s)+4), s)) }

// in reports whether a word of ours, folded, is what a word of a text folds to. It
// is asked for every line, and copies nothing.
func in(set map[string]bool, word string) bool {
	var room [64]byte
	return set[string(appendFold(room[:0], word))]
}

func appendFold(to []byte, s string) []byte {
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '/':
			to = append(to, byte(r))
		case r >= 'A' && r <= 'Z':
			to = append(to, byte(r)+'a'-'A')
		case r >= utf8.RuneSelf:
			to = foldRune(to, unicode.ToLower(r))
		}
	}
	return to
}

// foldRune adds the plain form of a letter that names are written with in two ways. A
// ring or two dots set apart from their letter (NFD) come out as with it.
func foldRune(to []byte, r rune) []byte {
	last := byte(0)
	if len(to) > 0 {
		last = to[len(to)-1]
	}
	switch r {
	case 0x30A, 0x308:
		switch {
		case last == 'a' && r == 0x30A:
			return append(to, 'a')
		case last == 'a' || last == 'o' || last == 'u':
			return append(to, 'e')
		}
		return to
	case 'å':
		return append(to, "aa"...)
	case 'ø', 'ö', 'ő':
		return append(to, "oe"...)
	case 'æ', 'ä':
		return append(to, "ae"...)
	case 'ü', 'ű':
		return append(to, "ue"...)
	case 'é', 'è', 'ê', 'ë', 'ę', 'ě':
		return append(to, "e"...)
	case 'á', 'à', 'â', 'ã', 'ă', 'ą':
		return append(to, "a"...)
	case 'í', 'ì', 'î', 'ï', 'ı':
		return append(to, "i"...)
	case 'ó', 'ò', 'ô', 'õ':
		return append(to, "o"...)
	case 'ú', 'ù', 'û', 'ů':
		return append(to, "u"...)
	case 'ý':
		return append(to, "y"...)
	case 'ñ', 'ń':
		return append(to, "n"...)
	case 'ç', 'ć', 'č':
		return append(to, "c"...)
	case 'ð', 'đ':
		return append(to, "d"...)
	case 'þ':
		return append(to, "th"...)
	case 'ß':
		return append(to, "ss"...)
	case 'ş', 'ș', 'ś', 'š':
		return append(to, "s"...)
	case 'ğ':
		return append(to, "g"...)
	case 'ł':
		return append(to, "l"...)
	case 'ź', 'ż', 'ž':
		return append(to, "z"...)
	case 'ř':
		return append(to, "r"...)
	case 'ť', 'ț':
		return append(to, "t"...)
	}
	if unicode.IsLetter(r) || unicode.IsDigit(r) {
		return utf8.AppendRune(to, r)
	}
	return to
}

// words splits at everything that is no letter, so that hyphenated names count as two.
func words(s string) []string {
	return strings.FieldsFunc(strings.ReplaceAll(s, "c/o", " "), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r)
	})
}

// noName are words in capitals that begin or end what is no person's name.
var noName = set("kommune kommunen region regionen borger borgeren borgerservice forvaltning forvaltningen afdeling afdelingen center centret " +
	"cpr cprnr nr nummer person personnummer personnr sag sagen sagsnr sagsbehandler vedr vedroerende navn adresse telefon tlf mail dato den " +
	"foedt barn barnet ansoeger mor far kaere hej med venlig hilsen bilag kopi afgoerelse ansoegning journal journalnr raadhus raadhuset " +
	"i vi du de det han hun han og eller er har som til fra at om for paa ikke aps as fonden ministeriet styrelsen naevnet jobcenter " +
	"januar februar marts april maj juni juli september oktober november december mandag tirsdag onsdag torsdag fredag " +
	"opkraevning regnskab visitation visitationen hjaelpemidler teknik miljoe plan byg omsorg dagtilbud beskaeftigelse oekonomi digitalisering sekretariat sekretariatet administration handicap psykiatri " +
	"danmark odense aarhus telefonnr mobil email side sundhed social familie boern unge skole boernehave ydelse")

// streets end the names of roads. Endings that surnames have as often (Kildetoft,
// Bakke, Have) are left out, and so are Gade and Park by themselves.
var streets = []string{"vej", "vejen", "gade", "gaden", "alle", "straede", "vaenge", "vaenget", "park", "parken", "plads", "pladsen", "torv", "torvet", "haven", "bakken", "toften"}

func isStreet(folded string) bool {
	return folded != "gade" && folded != "park" && !forenames[loose.Replace(folded)] && slices.ContainsFunc(streets, func(s string) bool { return strings.HasSuffix(folded, s) })
}

// nameWord tells a word that may be part of a name: a capital and letters, an
// initial with its full stop, or a particle.
func nameWord(w string) (ok, particle bool) {
	f := Fold(w)
	if particles[f] && strings.ToLower(w) == w {
		return true, true
	}
	if noName[f] || isStreet(f) || f == "" || abbreviated(w) {
		return false, false
	}
	for i, r := range w {
		switch {
		case i == 0 && !unicode.IsUpper(r):
			return false, false
		case !unicode.IsLetter(r) && r != '-' && r != '\'' && r != '’' && r != '.' && !unicode.Is(unicode.Mn, r):
			return false, false
		}
	}
	if i := strings.IndexByte(w, '.'); i >= 0 && i != len(w)-1 {
		return false, false
	}
	// A full stop belongs to an initial only.
	return !strings.HasSuffix(w, ".") || len([]rune(w)) <= 3, false
}

// abbreviated reports whether a word begins with an abbreviation that a hyphen joins to a
// common noun: "CPR-nummer", "SSP-konsulent". In a name both parts are names: "Anne-Marie".
func abbreviated(w string) bool {
	short, noun, ok := strings.Cut(w, "-")
	if !ok || len(short) < 2 || noun == "" {
		return false
	}
	first, _ := utf8.DecodeRuneInString(noun)
	return unicode.IsLower(first) && strings.ToUpper(short) == short
}

// monthName reports whether the first word of a short text is a first name that is a
// month's as well: "August Testholm".
func monthName(w string, fields []string) bool {
	if w != "August" && w != "Maj" || len(fields) < 2 || len(fields) > 3 || len(fields[1]) < 4 {
		return false
	}
	ok, particle := nameWord(fields[1])
	return ok && !particle
}

const maxNameWords = 6

// nameAt reads a name at the beginning of s, or, with last, at its end. It needs
// two words that are no particles.
func nameAt(s string, last bool) (Name, bool) {
	fields := strings.Fields(initialsApart(s))
	if last {
		slices.Reverse(fields)
	}
	var taken []string
	plain := 0
	for _, w := range fields[:min(len(fields), maxNameWords)] {
		trimmed := strings.TrimRight(w, ",;:()")
		if !last && len(taken) > 0 && len(trimmed) > 4 {
			trimmed = strings.TrimSuffix(trimmed, ".") // ends the sentence, and no initial
		}
		ok, particle := nameWord(trimmed)
		if !ok && !last && len(taken) == 0 {
			ok = monthName(trimmed, fields)
		}
		if !ok || last && trimmed != w && len(taken) > 0 {
			break
		}
		taken = append(taken, trimmed)
		if !particle {
			plain++
		}
		if !last && trimmed != w {
			break
		}
	}
	if last {
		slices.Reverse(taken)
	}
	n := NewName(strings.Join(taken, " "))
	return n, plain >= 2 && n.Full()
}

// initialsApart sets blanks behind the full stops of a name that begins with initials,
// "J.P.Eksempel".
func initialsApart(s string) string {
	if len(s) < 4 || s[1] != '.' || s[2] == ' ' || s[0] < 'A' || s[0] > 'Z' {
		return s
	}
	first, rest, _ := strings.Cut(s, " ")
	return strings.TrimRight(strings.ReplaceAll(first, ".", ". "), " ") + " " + rest
}

// wholeName reads a line that is a name and nothing else.
func wholeName(s string) (Name, bool) {
	s = strings.Trim(s, " \t,;:")
	fields := strings.Fields(initialsApart(s))
	if len(fields) < 2 || len(fields) > maxNameWords {
		return Name{}, false
	}
	for i, w := range fields {
		if ok, _ := nameWord(strings.TrimRight(w, ",")); !ok && (i == 0 || i < len(fields)-1 || !roadSurname(fields[0], w)) {
			return Name{}, false
		}
	}
	n := NewName(s)
	return n, n.Full()
}

// roadSurname reports whether a last word that could be a road's is a surname: behind a
// common first name, or with an ending that more surnames have than roads, and more than
// the word for a road: "Testperson Skovvej" is a person, "Peter Bangs Vej" a road.
func roadSurname(first, last string) bool {
	f := Fold(last)
	if !capital(last) || !isStreet(f) || slices.Contains(streets, f) && !landSurnames[f] {
		return false
	}
	return Forename(firstPart(first)) || strings.HasSuffix(f, "bakken") && !roadWords[Fold(first)]
}

// landSurnames are words for land that are surnames by themselves.
var landSurnames = set("bakken haven toften vaenge")

// roadWords stand before the word for a road in its name.
var roadWords = set("gamle gammel ny nye store lille oevre nedre nordre soendre oestre vestre noerre soender oester vester sankt skt hoeje lave")
