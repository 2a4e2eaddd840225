// Package label reads what the words beside a number say it is: a person's number, or
// that of a case, a thing, an amount. The nearest label counts, and only for the number
// that follows it.
package label

import (
	"math/bits"
	"strings"
	"unicode"

	"brevvagt/detectors/identity/digits"
	"brevvagt/internal/glance"
)

// Kind is what a label says.
type Kind byte

// The kinds.
const (
	None       Kind = iota
	CPR             // says that this is a person's number
	Other           // says that it is some other number
	saysP           // P-nummer: other if the number begins with 10, else nothing
	saysEither      // pnr: P-nummer if the number begins with 10, else a person's
	fills           // "nr.", "nummer": belongs to the word before
	Person          // "borgeren": says that a person is spoken of
)

// Born is the name of the label that a mere date of birth has.
const Born = "født"

// Names of labels for other numbers: a currency, a thing that no person is (as against
// a case or a customer, whose number may be built on a person's), a program.
const (
	Amount  = "beløb"
	Thing   = "ting"
	Version = "version"
	Foreign = "udenlandsk"
	Clock   = "tidspunkt" // a heading that says no more than this has no Kind
)

// clockWords are how columns with times are called, folded.
var clockWords = wordSet(`kl klokken klokkeslaet tid tider tidspunkt tidsstempel datotid datoklokken starttid sluttid
	ankomst ank ankommet afgang afg afgaaet start slut moedt gaaet ind ud datetime timestamp time arrival departure eta etd logtid logget`)

// Label is the nearest label of a number. Direct is true when nothing but filling
// words stands between, Carried when it stands before a row of numbers of which this
// is not the first.
type Label struct {
	Kind    Kind
	Name    string // canonical, for people
	Direct  bool
	Carried bool
}

// How far labels are looked for.
const (
	Window    = 64 // bytes looked back
	maxTokens = 8  // words looked back
)

// SaidBehind reads "er borgerens CPR-nr." behind a number, up to the end of the
// sentence or the next number, which a label would belong to.
func SaidBehind(s string, i int) Label {
	rest := s[i:min(len(s), i+Window)]
	if !strings.HasPrefix(rest, " er ") && !strings.HasPrefix(rest, " is ") {
		return Label{}
	}
	for _, end := range []string{"\n", "?", "!", ";", ". "} {
		rest, _, _ = strings.Cut(rest, end)
	}
	if strings.ContainsAny(rest, "0123456789") {
		return Label{}
	}
	var buf [maxWord]byte
	who := Label{}
	for w := range strings.FieldsFuncSeq(rest, func(r rune) bool { return !unicode.IsLetter(r) }) {
		switch kind, name := classify(fold(buf[:0], w), false); kind {
		case CPR:
			return Label{Kind: CPR, Name: name}
		case Person:
			who.Kind = Person
		}
	}
	return who
}

// Settle decides the labels that depend on the number's beginning.
func Settle(l Label, s string, start int) Label {
	ten := strings.HasPrefix(s[start:], "10")
	switch {
	case l.Kind == saysP && ten, l.Kind == saysEither && ten:
		l.Kind = Other
	case l.Kind == saysP:
		l = Label{}
	case l.Kind == saysEither:
		l.Kind = CPR
	}
	return l
}

// Before finds the nearest label in front of s[i].
func Before(s string, i int) Label {
	low := max(0, i-Window)
	if EscapeBefore(s, i) {
		i -= 3
	}
	address := InAddress(s, i)
	hasNr, hasID, direct, lines, run := i > 0 && s[i-1] == '#' || address, false, true, 0, 0
	var who Label
	var whose owner
	var buf [maxWord]byte
	letters := lettersAt(s, low)
	for tokens := 0; tokens < maxTokens && i > low; {
		c := s[i-1]
		if !WordByte(s, i-1) {
			i--
			if c == '\n' {
				lines++
			}
			if run++; !digits.Digit(c) {
				run = 0
			}
			if lines > 1 || run >= 6 {
				break
			}
			continue
		}
		run = 0
		n := letters.before(i - low)
		if k := i - n; !hasNr && whose != ownerWords && (k == low || s[k-1] < 0x80) && letters.folds(s, low, k, i) && saysNothing(s, i, n, direct && tokens < 2) {
			if !codeBefore(s, k, i) {
				whose = whose.before(nil, s[k])
				direct = false
			}
			i = k
			tokens++
			continue
		}
		w, k := foldBack(&buf, s, low, i)
		kind, name := classify(w, hasNr)
		switch {
		case kind == saysEither && address && !hasID && i-k == 1: // "/p/" in an address
			kind, name = None, ""
		case kind == saysEither && hasID && i-k == 1: // "p?id="
			kind, name = None, ""
			fallthrough
		case kind == None && direct && hasNr && (address && hasID || !address && namesThing(s, k, i, w)):
			kind = Other
		case kind == None && direct && tokens < 2 && isThing(w) && !persons[string(w)]:
			kind = Other
		}
		switch {
		case kind == None && hasNr && nationalBefore(s, k, w),
			kind == Other && strings.HasPrefix(string(w), "loeben") && strings.Contains(strings.ToLower(s[max(0, k-24):k]), "fødselsda"):
			kind, name = CPR, "personnummer"
		case kind == Other && strings.HasPrefix(string(w), "reg") && strings.HasSuffix(strings.ToLower(s[:k]), "civil "):
			kind, name = CPR, "civil registration"
		case kind == CPR && foreignBefore(s, k):
			kind, name = Other, Foreign
		}
		if k == i-1 && k >= 4 && strings.EqualFold(s[k-4:i], "c.p.r") {
			kind, name = CPR, "CPR-nr."
		}
		switch kind {
		case fills:
			hasNr, hasID = true, hasID || string(w) == "id"
		case Person:
			if lines == 0 {
				if who.Kind == None {
					who = Label{Kind: Person, Direct: direct}
				}
			}
			hasNr, direct = false, false
		case None:
			if codeBefore(s, k, i) { // "Projektnr. XA-2206457026"
				break
			}
			whose = whose.before(w, s[k])
			hasNr, direct = false, false
		default:
			return Label{Kind: kind, Name: name, Direct: direct || kind == Other && whose == ownerNamed}
		}
		i = k
		tokens++
	}
	if address && hasID && direct && who.Kind == None {
		return Label{Kind: Other, Direct: true}
	}
	return who
}

// letters are those of 64 bytes of a text: of ASCII, and the first bytes of Danish ones.
type letters struct{ plain, leads uint64 }

func lettersAt(s string, at int) letters {
	plain, leads := glance.Letters(s, at)
	return letters{plain, leads}
}

// before gives how many letters stand before the byte, taking every sign that 0xc3 begins
// for one.
func (l letters) before(at int) int {
	word := l.plain | l.leads | l.leads<<1
	return min(at, bits.LeadingZeros64(^word<<(64-at)))
}

// folds reports whether s[k:i], of the letters from byte low on, has the last four of ASCII
// and but those of Danish before them, so that it is as long when it is folded.
func (l letters) folds(s string, low, k, i int) bool {
	leads := l.leads >> (k - low) & (1<<(i-k) - 1)
	if leads == 0 {
		return true
	}
	for ; leads != 0; leads &= leads - 1 {
		at := k + bits.TrailingZeros64(leads)
		if at+6 > i || foldsTo[s[at+1]] == 0 {
			return false
		}
	}
	return l.plain>>(i-low-4)&15 == 15
}

// owner tells what stands between a number and its label: "nummer hos Eksempelfirma:".
type owner byte

const (
	ownerNone  owner = iota
	ownerWords       // words with capitals
	ownerNamed       // a preposition before them
	ownerOther       // anything else
)

// before gives the state with the word w, folded, in front, whose first byte is c.
func (p owner) before(w []byte, c byte) owner {
	switch {
	case p <= ownerWords && (Capital(c) || c == 0xc3):
		return ownerWords
	case p == ownerWords:
		switch string(w) {
		case "fra", "hos", "til", "i", "paa", "af", "ved", "from", "at":
			return ownerNamed
		}
	}
	return ownerOther
}

// codeBefore reports whether s[k:i] is a short code in capitals, hyphened to what
// follows and behind a blank.
func codeBefore(s string, k, i int) bool {
	if i-k > 4 || i >= len(s) || s[i] != '-' || k == 0 || s[k-1] != ' ' {
		return false
	}
	for _, c := range []byte(s[k:i]) {
		if !Capital(c) {
			return false
		}
	}
	return true
}

// nationalBefore reports whether w is "identity" or "identification" behind
// "national" or "personal".
func nationalBefore(s string, k int, w []byte) bool {
	if string(w) != "identity" && string(w) != "identification" {
		return false
	}
	before := strings.ToLower(s[max(0, k-9):k])
	return strings.HasSuffix(before, "national ") || strings.HasSuffix(before, "personal ")
}

// foreignBefore reports whether the word before s[k] says that a person's number is
// that of another country.
func foreignBefore(s string, k int) bool {
	s = strings.TrimRight(s[max(0, k-16):k], " ")
	s = strings.ToLower(s[strings.LastIndexAny(s, " \t\n(:,;>|")+1:])
	switch s {
	case "svensk", "svenskt", "norskt", "svenske", "norsk", "norske", "finsk", "finske", "islandsk", "islandske", "tysk", "tyske", "swedish", "norwegian", "finnish", "icelandic", "german":
		return true
	}
	return false
}

// EscapeBefore reports whether the escape of a sign in an address on the web ends at i.
func EscapeBefore(s string, i int) bool {
	return i >= 3 && i <= len(s) && s[i-3] == '%' && hex(s[i-2]) && hex(s[i-1])
}

func hex(c byte) bool { return digits.Digit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

// Heading reads the name of a column or field. Any word in it that says CPR
// counts; another label only when it is the last word.
func Heading(s string) Label {
	var buf [maxWord]byte
	s = s[max(0, len(s)-200):]
	last := Label{}
	hasNr, first := false, true
	for i := len(s); i > 0; {
		k := i
		for k > 0 && WordByte(s, k-1) {
			k--
		}
		if k == i {
			i--
			continue
		}
		kind, name := classify(fold(buf[:0], s[k:i]), hasNr)
		switch {
		case kind == CPR || kind == saysEither:
			return Label{Kind: kind, Name: name, Direct: true}
		case kind == fills:
			hasNr = true
		default:
			switch {
			case first && kind != None:
				last = Label{Kind: kind, Name: name, Direct: true}
			case first && clockWords[string(fold(buf[:0], s[k:i]))]:
				last = Label{Name: Clock}
			}
			hasNr, first = false, false
		}
		i = k
	}
	return last
}

// Behind reads "(cpr)" after a number.
func Behind(s string, i int) Label {
	rest := s[i:min(len(s), i+24)]
	for rest != "" && rest[0] == ' ' {
		rest = rest[1:]
	}
	if rest == "" || rest[0] != '(' {
		return Label{}
	}
	inside, _, ok := strings.Cut(rest[1:], ")")
	if !ok {
		return Label{}
	}
	return Heading(inside)
}

// WordByte tells letters, those of Danish included.
func WordByte(s string, i int) bool {
	c := s[i]
	if digits.Letter(c) {
		return true
	}
	if c < 0x80 {
		return false
	}
	// The two bytes of æ ø å and of other Latin letters; blanks, dashes and
	// quotes of Unicode begin with 0xc2 or 0xe2.
	if c == 0xc3 {
		return i+1 < len(s)
	}
	return i > 0 && s[i-1] == 0xc3
}

// Capital tells the capitals of ASCII.
func Capital(c byte) bool { return c >= 'A' && c <= 'Z' }

// MentionsCPR reports whether the text says CPR in one of its usual spellings.
func MentionsCPR(s string) bool {
	return strings.Contains(s, "cpr") || strings.Contains(s, "CPR") || strings.Contains(s, "Cpr")
}
