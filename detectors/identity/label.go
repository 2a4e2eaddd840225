package identity

import (
	"math/bits"
	"strings"
	"unicode"

	"brevvagt/detectors/identity/digits"
	"brevvagt/internal/glance"
)

// This file reads the words before a number. The nearest label counts, and only
// for the number that follows it.

type labelKind byte

const (
	labelNone   labelKind = iota
	labelCPR              // says that this is a person's number
	labelOther            // says that it is some other number
	labelP                // P-nummer: other if the number begins with 10, else nothing
	labelEither           // pnr: P-nummer if the number begins with 10, else a person's
	labelFill             // "nr.", "nummer": belongs to the word before
	labelPerson           // "borgeren": says that a person is spoken of
)

// bornLabel is the name of the label that a mere date of birth has.
const bornLabel = "født"

// Names of labels for other numbers: a currency, a thing that no person is (as against
// a case or a customer, whose number may be built on a person's), a program.
const (
	amount  = "beløb"
	thing   = "ting"
	version = "version"
	foreign = "udenlandsk"
)

// label is the nearest label of a number. direct is true when nothing but filling
// words stands between, carried when it stands before a row of numbers of which this
// is not the first.
type label struct {
	kind    labelKind
	name    string // canonical, for people
	direct  bool
	carried bool
}

const (
	labelWindow = 64 // bytes looked back
	labelTokens = 8  // words looked back
)

// labelOf gives the label that counts for the number s[start:end]: the nearest one
// before it, the one in parentheses behind it, or the segment's heading.
func (f *finder) labelOf(start, end int) label {
	lab := settle(labelBefore(f.text, start), f.text, start)
	if lab.kind == labelOther && lab.direct && f.aloneInColumn(start, end) {
		// The word stands in another cell: the name of this one's column counts for more.
		if column := settle(f.columnLabel(start), f.text, start); column.kind == labelCPR && column.name != bornLabel {
			return column
		}
	}
	if lab.kind == labelCPR || lab.kind == labelOther && lab.direct {
		return lab
	}
	if behind := labelBehind(f.text, end); behind.kind == labelCPR {
		return behind
	}
	heading := settle(f.heading, f.text, start)
	if heading.kind == labelCPR || heading.kind == labelOther && f.alone(start, end) {
		return heading
	}
	if f.aloneInColumn(start, end) {
		if column := settle(f.columnLabel(start), f.text, start); column.kind == labelCPR && column.name != bornLabel || column.kind == labelOther {
			return column
		}
	}
	said := labelSaid(f.text, end)
	list := label{}
	if end-start == 10 {
		list = f.listLabel(start)
	}
	switch {
	case said.kind == labelCPR:
		return said
	case list.kind != labelNone:
		return list
	case lab.kind == labelPerson || heading.kind == labelPerson || said.kind == labelPerson:
		return label{kind: labelPerson, direct: lab.kind == labelPerson && lab.direct || heading.kind == labelPerson && f.alone(start, end)}
	}
	return label{}
}

// labelSaid reads "er borgerens CPR-nr." behind a number, up to the end of the
// sentence or the next number, which a label would belong to.
func labelSaid(s string, i int) label {
	rest := s[i:min(len(s), i+labelWindow)]
	if !strings.HasPrefix(rest, " er ") && !strings.HasPrefix(rest, " is ") {
		return label{}
	}
	for _, end := range []string{"\n", "?", "!", ";", ". "} {
		rest, _, _ = strings.Cut(rest, end)
	}
	if strings.ContainsAny(rest, "0123456789") {
		return label{}
	}
	var buf [maxWord]byte
	who := label{}
	for w := range strings.FieldsFuncSeq(rest, func(r rune) bool { return !unicode.IsLetter(r) }) {
		switch kind, name := classify(fold(buf[:0], w), false); kind {
		case labelCPR:
			return label{kind: labelCPR, name: name}
		case labelPerson:
			who.kind = labelPerson
		}
	}
	return who
}

// settle decides the labels that depend on the number's beginning.
func settle(l label, s string, start int) label {
	ten := strings.HasPrefix(s[start:], "10")
	switch {
	case l.kind == labelP && ten, l.kind == labelEither && ten:
		l.kind = labelOther
	case l.kind == labelP:
		l = label{}
	case l.kind == labelEither:
		l.kind = labelCPR
	}
	return l
}

// labelBefore finds the nearest label in front of s[i].
func labelBefore(s string, i int) label {
	low := max(0, i-labelWindow)
	if escapeBefore(s, i) {
		i -= 3
	}
	address := inAddress(s, i)
	hasNr, hasID, direct, lines, run := i > 0 && s[i-1] == '#' || address, false, true, 0, 0
	var who label
	var whose owner
	var buf [maxWord]byte
	letters := lettersAt(s, low)
	for tokens := 0; tokens < labelTokens && i > low; {
		c := s[i-1]
		if !wordByte(s, i-1) {
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
		case kind == labelEither && address && !hasID && i-k == 1: // "/p/" in an address
			kind, name = labelNone, ""
		case kind == labelEither && hasID && i-k == 1: // "p?id="
			kind, name = labelNone, ""
			fallthrough
		case kind == labelNone && direct && hasNr && (address && hasID || !address && namesThing(s, k, i, w)):
			kind = labelOther
		case kind == labelNone && direct && tokens < 2 && isThing(w) && !persons[string(w)]:
			kind = labelOther
		}
		switch {
		case kind == labelNone && hasNr && nationalBefore(s, k, w),
			kind == labelOther && strings.HasPrefix(string(w), "loeben") && strings.Contains(strings.ToLower(s[max(0, k-24):k]), "fødselsda"):
			kind, name = labelCPR, "personnummer"
		case kind == labelOther && strings.HasPrefix(string(w), "reg") && strings.HasSuffix(strings.ToLower(s[:k]), "civil "):
			kind, name = labelCPR, "civil registration"
		case kind == labelCPR && foreignBefore(s, k):
			kind, name = labelOther, foreign
		}
		if k == i-1 && k >= 4 && strings.EqualFold(s[k-4:i], "c.p.r") {
			kind, name = labelCPR, "CPR-nr."
		}
		switch kind {
		case labelFill:
			hasNr, hasID = true, hasID || string(w) == "id"
		case labelPerson:
			if lines == 0 {
				if who.kind == labelNone {
					who = label{kind: labelPerson, direct: direct}
				}
			}
			hasNr, direct = false, false
		case labelNone:
			if codeBefore(s, k, i) { // "Projektnr. XA-2206457026"
				break
			}
			whose = whose.before(w, s[k])
			hasNr, direct = false, false
		default:
			return label{kind: kind, name: name, direct: direct || kind == labelOther && whose == ownerNamed}
		}
		i = k
		tokens++
	}
	if address && hasID && direct && who.kind == labelNone {
		return label{kind: labelOther, direct: true}
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
	case p <= ownerWords && (capital(c) || c == 0xc3):
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
		if !capital(c) {
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

// escapeBefore reports whether the escape of a sign in an address on the web ends at i.
func escapeBefore(s string, i int) bool {
	return i >= 3 && i <= len(s) && s[i-3] == '%' && hex(s[i-2]) && hex(s[i-1])
}

func hex(c byte) bool { return digits.Digit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

// headingLabel reads the name of a column or field. Any word in it that says CPR
// counts; another label only when it is the last word.
func headingLabel(s string) label {
	var buf [maxWord]byte
	s = s[max(0, len(s)-200):]
	last := label{}
	hasNr, first := false, true
	for i := len(s); i > 0; {
		k := i
		for k > 0 && wordByte(s, k-1) {
			k--
		}
		if k == i {
			i--
			continue
		}
		kind, name := classify(fold(buf[:0], s[k:i]), hasNr)
		switch {
		case kind == labelCPR || kind == labelEither:
			return label{kind: kind, name: name, direct: true}
		case kind == labelFill:
			hasNr = true
		default:
			if first && kind != labelNone {
				last = label{kind: kind, name: name, direct: true}
			}
			hasNr, first = false, false
		}
		i = k
	}
	return last
}

// labelBehind reads "(cpr)" after a number.
func labelBehind(s string, i int) label {
	rest := s[i:min(len(s), i+24)]
	for rest != "" && rest[0] == ' ' {
		rest = rest[1:]
	}
	if rest == "" || rest[0] != '(' {
		return label{}
	}
	inside, _, ok := strings.Cut(rest[1:], ")")
	if !ok {
		return label{}
	}
	return headingLabel(inside)
}

// wordByte tells letters, those of Danish included.
func wordByte(s string, i int) bool {
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
