package identity

import "strings"

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
)

// amount is the name of the label that a currency is.
const amount = "beløb"

// label is the nearest label of a number. direct is true when nothing but filling
// words stands between.
type label struct {
	kind   labelKind
	name   string // canonical, for people
	direct bool
}

const (
	labelWindow = 64 // bytes looked back
	labelTokens = 8  // words looked back
)

// labelOf gives the label that counts for the number s[start:end]: the nearest one
// before it, the one in parentheses behind it, or the segment's heading.
func (f *finder) labelOf(start, end int) label {
	lab := settle(labelBefore(f.text, start), f.text, start)
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
	return label{}
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
	hasNr, direct, lines, digits := false, true, 0, 0
	var buf [40]byte
	for tokens := 0; tokens < labelTokens && i > low; {
		c := s[i-1]
		if !wordByte(s, i-1) {
			i--
			if c == '\n' {
				lines++
			}
			if digits++; class[c]&isDigit == 0 {
				digits = 0
			}
			if lines > 1 || digits >= 6 {
				break
			}
			continue
		}
		digits = 0
		k := i
		for k > low && wordByte(s, k-1) {
			k--
		}
		kind, name := classify(fold(buf[:0], s[k:i]), hasNr)
		switch kind {
		case labelFill:
			hasNr = true
		case labelNone:
			hasNr, direct = false, false
		default:
			return label{kind: kind, name: name, direct: direct}
		}
		i = k
		tokens++
	}
	return label{}
}

// headingLabel reads the name of a column or field. Any word in it that says CPR
// counts; another label only when it is the last word.
func headingLabel(s string) label {
	var buf [40]byte
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
	rest = strings.TrimLeft(rest, " ")
	if !strings.HasPrefix(rest, "(") {
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
	if class[c]&isLetter != 0 {
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

// fold writes a word in lower case with æ ø å as ae oe aa. Longer words than fit
// are cut at the front: the end of a compound tells what it is.
func fold(buf []byte, word string) string {
	word = word[max(0, len(word)-cap(buf)/2):]
	for i := 0; i < len(word); i++ {
		c := word[i]
		switch {
		case c >= 'A' && c <= 'Z':
			buf = append(buf, c+'a'-'A')
		case c < 0x80:
			buf = append(buf, c)
		case c == 0xa6 || c == 0x86:
			buf = append(buf, "ae"...)
		case c == 0xb8 || c == 0x98:
			buf = append(buf, "oe"...)
		case c == 0xa5 || c == 0x85:
			buf = append(buf, "aa"...)
		}
	}
	return string(buf)
}

// classify tells what a folded word says of the number behind it. hasNr is true
// when "nr." or the like stands between.
func classify(w string, hasNr bool) (labelKind, string) {
	switch w {
	case "nr", "no", "nummer", "number", "num", "er", "id", "is", "td", "lyder", "numre", "nbsp":
		return labelFill, ""
	case "pnr":
		return labelEither, "pnr"
	case "penhed", "produktionsenhed", "produktionsenhedsnummer", "produktionsenhedsnr", "pnummer":
		return labelP, ""
	case "p":
		if hasNr {
			return labelP, ""
		}
		return labelNone, ""
	case "enhed":
		// "P-enhed": the letter before is too short to be sought for.
		return labelP, ""
	case "kr", "dkk", "eur":
		return labelOther, amount
	case "foedt", "fodt", "foedte", "foedselsdag", "foedselsdato":
		return labelCPR, "født"
	}
	if kind, name := personal(w, hasNr); kind != labelNone {
		return kind, name
	}
	if otherNumber(w, hasNr) {
		return labelOther, ""
	}
	return labelNone, ""
}

// personal tells the words for a person's number.
func personal(w string, hasNr bool) (labelKind, string) {
	if rest, ok := strings.CutPrefix(w, "cpr"); ok {
		switch rest {
		case "", "nr", "nrs", "no", "nummer", "nummeret", "number", "numre", "numrene", "num", "id":
			return labelCPR, "CPR-nr."
		}
	}
	for _, tail := range [...]string{"cpr", "cprnr", "cprnummer"} {
		if strings.HasSuffix(w, tail) {
			return labelCPR, "CPR-nr."
		}
	}
	switch w {
	case "personnummer", "personnr", "personnummeret", "personnumre", "erstatningspersonnummer", "foedselsnummer", "persnr", "civilregistrationnumber":
		return labelCPR, "personnummer"
	case "person", "pers":
		if hasNr {
			return labelCPR, "personnummer"
		}
	}
	return labelNone, ""
}

// otherAlone are words that say by themselves what number follows.
const otherAlone = " faktura invoice ordre order bilag konto account cvr ean gln isbn issn iban giro fik bbr bfe tlf telefon telefonnummer " +
	"mobil mobilnr phone tel fax maaler serienr ordrenr kontonr fakturanr "

// otherWithNr are words that say so with "nr." or "nummer" behind them. Words for
// persons ("kunde") need it: a person's own number may follow the bare word.
const otherWithNr = " sag sags journal j jour aftale kunde kreditor debitor leverandoer medarbejder loen ejendom ejendoms matrikel serie vare " +
	"reg registrerings se p maaler bfe rekvisition tilbud police skade dok dokument ref reference betalings transaktions ticket incident " +
	"kort licens installations lokations projekt bestillings bestilling booking klage loebe afregnings kontrakt kontrakts "

func otherNumber(w string, hasNr bool) bool {
	if strings.Contains(otherAlone, " "+w+" ") || hasNr && strings.Contains(otherWithNr, " "+w+" ") {
		return true
	}
	for _, tail := range [...]string{"nummer", "nr", "number"} {
		stem, ok := strings.CutSuffix(w, tail)
		if !ok || stem == "" {
			continue
		}
		switch stem {
		case "patient", "borger", "barn", "barne", "klient", "elev":
			return false // says whose it is, not what
		}
		return true
	}
	return false
}
