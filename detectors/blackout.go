package detectors

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Redact blacks out the end of everything in s that could be a CPR number, in any
// spelling a detector reads: of nine digits or more that stand close together the
// first six stay, and never the last four. It is deliberately broad, for texts
// that are shown around a finding, for file names and subjects. It sees through
// invisible characters, markup between digits, digits of full width, and letters
// that stand for digits on a scanned page; a replacement number with two letters
// loses its last four characters.
func Redact(s string) string {
	s = withoutSerials(s)
	r := redaction{runes: []rune(s)}
	for i := 0; i < len(r.runes); {
		if !r.digitAt(i) {
			i++
			continue
		}
		i = r.cluster(i)
	}
	return string(r.runes)
}

// SpokenSerial is four digits that are called the end of a CPR number: "de sidste fire
// er 1234" or "… er en to tre fire". They are its only group.
var SpokenSerial = regexp.MustCompile(`(?i)(?:(?:sidste|de)\s+(?:4|fire)(?:\s+(?:sidste))?|(?:4|fire)\s+sidste|l(?:ø|oe)be\s?-?\s?n(?:umme)?r\.?|l(?:ø|oe)benummeret|kontrolcif(?:re|rene)|resten\s+(?:af|på|i)\s+(?:(?:hans|hendes|deres|mit|dit|sit|borgerens|barnets)\s+)?(?:cpr|personn)\S*|last\s+(?:4|four)|(?:cpr|personn)\S*(?:\s+(?:der|som|og|det))?\s+(?:slutter|ender)\s+(?:på|med))(?:\s+(?:cifre|cifrene|tal|tallene|digits))?(?:\s+(?:i|på|af|in|of)\s+(?:(?:hans|hendes|deres|borgerens|barnets|the|his|her)\s+)?cpr\S*)?(?:(?:,?\s+(?:du|i|som|der|jeg|vi|han|hun|man)\s[^\d.\n?!]{1,48}?)?\s+(?:er|lyder|is|are))?[\s:.=(\-–]{0,4}(\d{4}|` + numberWord + `(?:[ ,\-]{1,3}` + numberWord + `){1,3})(?:\D|$)`)

// joinedSerial is four digits that words, a bracket or the escapes of an address on the
// web join to six before them. They are its only group.
var joinedSerial = regexp.MustCompile(`(?i)\d\d ?\d\d ?\d\d(?:(?:%[0-9a-f]{2}){1,3}|[ ,.\-\n]{1,4}(?:(?:` + joinWord + `[ ,:\-]{1,3}){1,8}|\())(\d{4}|\d\d \d\d|\d \d \d \d|` + numberWord + `(?:[ ,\-]{1,3}` + numberWord + `){1,3})`)

// saidNumber is five or more numbers in words that follow each other; what follows
// the first two is its only group.
var saidNumber = regexp.MustCompile(`(?i)(?:^|[^a-zæøå])(?:` + numberWord + wordGap + `){2}((?:` + numberWord + `(?:` + wordGap + `|$|[^a-zæøå])){3,})`)

// monthSerial is four digits behind a date whose month has its name: "22. juni
// 2045-7026". They are its only group.
var monthSerial = regexp.MustCompile(`(?i)\d\.? ?(?:jan|feb|mar|apr|ma[jy]|jun|jul|aug|sep|o[kc]t|nov|dec)[a-z]*\.? ?(?:\d{4}|\d\d)[ \-\x{2010}-\x{2015}\x{2212}]{1,3}(\d{4})(?:\D|$)`)

// chatSerial is four digits that somebody sends in a line of a chat of their own behind
// six in the line before. They are its only group.
var chatSerial = regexp.MustCompile(`(?:^|\n)[^\n]{0,60}: \d{6}\r?\n[^\n]{0,60}: (\d{4})(?:\r?\n|$)`)

// thenSerial is four digits that a sentence of their own gives behind a date: "220645. Det
// er 7026". They are its only group.
var thenSerial = regexp.MustCompile(`(?i)\d[ .,;:!)\r\n\-]{1,8}(?:og |så )?(?:det|resten) er (\d{4})(?:\D|$)`)

// strewn is ten digits with up to four characters between every two; what follows the
// first six is its only group.
var strewn = regexp.MustCompile(`(?s)(?:\d[^\d]{1,4}){6}((?:\d[^\d]{1,4}){3}\d)`)

// barred is a number of six and four signs that are digits, or look like ones, with a bar
// that stands for a one, or a half that has no digit. Its halves are its groups.
var barred = regexp.MustCompile(`([\dOoDQlIiZzSsB|]{6})(?: ?[-\x{2010}-\x{2015}\x{2212}] ?| ?)([\dOoDQlIiZzSsB|]{4})`)

const anyDigit = "0123456789"

const joinWord = `(?:og|så|derefter|bindestreg|streg|tankestreg|minus|and|then|den|det|der|de|nummeret|på|med|af|by|er|cifre|cpr|slutter|ender|efterfulgt|followed|sidste|fire|afsluttes)`

const numberWord = `(?:(?:(?:en|to|tre|fire|fem|seks|syv|otte|ni)og)?(?:tyve|tredive|fyrre|halvtreds|tres|halvfjerds|firs|halvfems)|null?|en|et|to|tretten|tre|fire|femten|fem|seksten|seks|syv|otte|nitten|ni|ti|elleve|tolv|fjorten|sytten|atten|` +
	`zero|one|two|three|four(?:teen)?|five|six(?:teen|ty)?|seven(?:teen|ty)?|eight(?:een|y)?|nine(?:teen|ty)?|ten|eleven|twelve|thirteen|fifteen|twenty|thirty|forty|fifty)`

// wordGap stands between two numbers in words: "fem og fyrre", "forty-five, then seventy".
const wordGap = `[ ,.\-\r\n]{1,4}(?:(?:og|så|and|then|derefter|bindestreg|streg|tankestreg|minus|hyphen|dash)[ ,.\-\r\n]{1,4}){0,2}`

// withoutSerials blacks out the four digits, whose date may stand anywhere.
func withoutSerials(s string) string {
	b := []byte(s)
	for _, m := range joinedSerial.FindAllStringSubmatchIndex(s, -1) {
		for k := m[2]; k < m[3]; k++ {
			if b[k] != ' ' {
				b[k] = 'x'
			}
		}
	}
	for _, m := range saidNumber.FindAllStringSubmatchIndex(s, -1) {
		for k := m[2]; k < m[3]; k++ {
			if b[k] > ' ' && b[k] < utf8.RuneSelf { // the "å" of "og så" stays one sign
				b[k] = 'x'
			}
		}
	}
	for _, four := range [...]*regexp.Regexp{monthSerial, chatSerial, thenSerial} {
		for _, m := range four.FindAllStringSubmatchIndex(s, -1) {
			copy(b[m[2]:m[3]], "xxxx")
		}
	}
	for _, m := range barred.FindAllStringSubmatchIndex(s, -1) {
		date, serial := s[m[2]:m[3]], s[m[4]:m[5]]
		if strings.Contains(date+serial, "|") || strings.ContainsAny(date, anyDigit) != strings.ContainsAny(serial, anyDigit) {
			copy(b[m[4]:m[5]], "xxxx")
		}
	}
	for _, m := range strewn.FindAllStringSubmatchIndex(s, -1) {
		for k := m[2]; k < m[3]; k++ {
			if b[k] >= '0' && b[k] <= '9' {
				b[k] = 'x'
			}
		}
	}
	for _, m := range SpokenSerial.FindAllStringSubmatchIndex(s, -1) {
		for k := m[2]; k < m[3]; k++ {
			if b[k] > ' ' {
				b[k] = 'x'
			}
		}
	}
	return string(b)
}

const (
	redactFrom  = 10 // digits
	redactKeeps = 6  // digits of the date of birth
	redactBlank = 12 // blanks, dashes and the like between two digits
	redactOther = 3  // other signs between two digits
	redactTag   = 64 // runes of a tag
)

type redaction struct{ runes []rune }

// cluster blacks out the digits that stand close together from i on and returns
// where they end.
func (r *redaction) cluster(i int) int {
	var at []int // places of the digits
	breaks := 0  // between them
	for {
		at = append(at, i)
		next, parted := r.next(i + 1)
		if next < 0 {
			break
		}
		if parted {
			breaks++
		}
		i = next
	}
	keep := redactKeeps
	switch end := i + 1; {
	case r.lettersAt(end) && len(at) >= redactKeeps+1:
		for k := end; k < end+3; k++ {
			r.runes[k] = 'x'
		}
		i = end + 2
	case len(at) == redactFrom-1 && breaks <= 1:
		keep--
	case len(at) < redactFrom:
		return i + 1
	}
	for _, p := range at[keep:] {
		r.runes[p] = 'x'
	}
	return i + 1
}

// next gives the place of the next digit of a cluster, or -1 when what stands
// before it parts numbers. parted is true when anything visible stands before it.
func (r *redaction) next(i int) (place int, parted bool) {
	blank, other, lines, dash := 0, 0, 0, false
	for i < len(r.runes) && blank <= redactBlank && other <= redactOther {
		if w := r.markup(i); w > 0 {
			parted = true
			i += w
			continue
		}
		c := r.runes[i]
		switch {
		case r.digitAt(i):
			if lines > 1 && !dash {
				return -1, false // another paragraph
			}
			return i, parted || blank+other > 0
		case filler(c):
		case unicode.IsLetter(c):
			return -1, false
		case unicode.Is(unicode.Cf, c) || unicode.Is(unicode.Mn, c):
		case unicode.Is(unicode.Pd, c) || c == '−':
			dash = true
			blank++
		case unicode.IsSpace(c) || strings.ContainsRune("./|_", c):
			if c == '\n' {
				lines++
			}
			blank++
		default:
			other++
		}
		i++
	}
	return -1, false
}

// markup gives the length of a tag or character reference at i, or 0.
func (r *redaction) markup(i int) int {
	end, limit := ';', 10
	switch r.runes[i] {
	case '<':
		end, limit = '>', redactTag
	case '&':
	default:
		return 0
	}
	for k := i + 1; k < min(len(r.runes), i+limit); k++ {
		if r.runes[k] == end {
			return k - i + 1
		}
	}
	return 0
}

// digitAt tells a digit, or a letter read for one inside a word of digits.
func (r *redaction) digitAt(i int) bool {
	if digitValue(r.runes[i]) >= 0 {
		return true
	}
	if !looksLikeDigit(r.runes[i]) {
		return false
	}
	before, ok := r.wordSide(i, -1)
	if !ok {
		return false
	}
	behind, ok := r.wordSide(i, 1)
	return ok && before+behind > 0
}

// wordSide counts the digits from i to one end of the word it stands in; ok is
// false when the word holds a letter that is no misread digit.
func (r *redaction) wordSide(i, step int) (digits int, ok bool) {
	for k := i + step; k >= max(0, i-24) && k < min(len(r.runes), i+25); k += step {
		c := r.runes[k]
		switch {
		case digitValue(c) >= 0 || c == 'x' && step < 0:
			digits++ // an x to the left was a digit until this pass
		case looksLikeDigit(c):
		case unicode.IsLetter(c):
			return 0, false
		default:
			return digits, true
		}
	}
	return digits, true
}

// lettersAt tells the end of a health service's replacement number: two letters and a
// digit.
func (r *redaction) lettersAt(i int) bool {
	if i+3 > len(r.runes) || digitValue(r.runes[i+2]) < 0 {
		return false
	}
	return asciiLetter(r.runes[i]) && asciiLetter(r.runes[i+1])
}

func asciiLetter(c rune) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// looksLikeDigit tells the letters that scanned digits are read as.
func looksLikeDigit(c rune) bool {
	return strings.ContainsRune("OoDQlIiZzSsB", c) || ForeignDigit(c) >= 0
}

// ForeignDigit is the digit that a Greek, Cyrillic or Armenian letter looks like, or -1.
// Each is two bytes long in UTF-8.
func ForeignDigit(r rune) int {
	switch r {
	case 'О', 'о', 'Ο', 'ο', 'Օ', 'օ':
		return 0
	case 'І', 'і', 'Ӏ', 'ӏ', 'Ι', 'ι':
		return 1
	case 'З', 'з':
		return 3
	case 'Ч':
		return 4
	case 'Ѕ', 'ѕ':
		return 5
	case 'б':
		return 6
	case 'В', 'Β':
		return 8
	}
	return -1
}

// filler tells the letters that show nothing.
func filler(c rune) bool { return c == 0x3164 || c == 0xffa0 || c == 0x115f || c == 0x1160 }

// digitValue is the value of a digit, or -1: ASCII, or one that looks like it
// (full-width, Arabic, of a mathematical alphabet, raised, lowered, in a circle), as the
// CPR detector reads them.
func digitValue(r rune) int {
	switch {
	case r >= '0' && r <= '9':
		return int(r - '0')
	case r >= 0xff10 && r <= 0xff19:
		return int(r - 0xff10)
	case r >= 0x660 && r <= 0x669:
		return int(r - 0x660)
	case r >= 0x1d7ce && r <= 0x1d7ff:
		return int(r-0x1d7ce) % 10
	case r >= 0x1fbf0 && r <= 0x1fbf9: // of a display
		return int(r - 0x1fbf0)
	}
	return FancyDigit(r)
}

// FancyDigit is the value of a raised, lowered, circled, bracketed or pointed digit, or -1.
func FancyDigit(r rune) int {
	switch {
	case r == 0xb9:
		return 1
	case r == 0xb2 || r == 0xb3:
		return int(r - 0xb0)
	case r == 0x2070 || r >= 0x2074 && r <= 0x2079:
		return int(r - 0x2070)
	case r >= 0x2080 && r <= 0x2089:
		return int(r - 0x2080)
	case r == 0x24ea || r == 0x24ff:
		return 0
	case r >= 0x2460 && r <= 0x2468:
		return int(r-0x2460) + 1
	case r >= 0x1f100 && r <= 0x1f10a: // with a full stop or a comma
		return max(0, int(r-0x1f101))
	case r == 0x1f10b || r == 0x1f10c:
		return 0
	}
	// From one to nine in brackets, with a full stop, in two rings, or filled.
	for _, one := range [...]rune{0x2474, 0x2488, 0x24f5, 0x2776, 0x2780, 0x278a} {
		if r >= one && r <= one+8 {
			return int(r-one) + 1
		}
	}
	return -1
}
