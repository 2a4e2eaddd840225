package identity

import (
	"strings"

	"brevvagt/detectors/identity/digits"
)

// This file reads labels that stand before more than one number, and what the way to
// a number in an address says of it.

// maxList bounds, in bytes, the way back over the numbers and lines of a list.
const maxList = 4096

// list is the row and the list looked at last: a number and where its row begins, a
// line and where the words above its list end. It keeps long lists linear.
type list struct{ number, row, line, head int }

// listLabel is the label before the row or list that the number at start goes on:
// "Ordrenumre: 1202457026, 2206457026", or "P-enheder:" above lines of them.
func (f *finder) listLabel(start int) label {
	from, joined := f.rowBefore(start)
	if from == start {
		if from = f.listAbove(start); from < 0 {
			return label{}
		}
		joined = false
	}
	l := settle(labelBefore(f.text, from), f.text, start)
	if !l.direct || l.kind != labelCPR && (l.kind != labelOther || !joined && !many(f.text[:from])) || l.name == bornLabel {
		return label{}
	}
	l.carried = true
	return l
}

// rowBefore goes back over numbers of ten digits that only blanks, commas and line
// ends part from each other and from s[i], or one "og". joined tells of the latter.
func (f *finder) rowBefore(i int) (from int, joined bool) {
	from, joined = f.rowEnding(i)
	f.list.number, f.list.row = i, from
	return from, joined
}

// rowEnding is rowBefore, and remembers nothing.
func (f *finder) rowEnding(i int) (from int, joined bool) {
	s, known := f.text, f.list
	from = i
	for low := max(0, i-maxList); from > low; {
		k := from
		for k > low && partsNumbers[s[k-1]] {
			k--
		}
		if k > low && (s[k-1] == 'g' || s[k-1] == 't' || s[k-1] == 'd') {
			for _, and := range [...]string{" og", " samt", " and"} {
				if strings.HasSuffix(s[low:k], and) {
					k, joined = k-len(and), true
					break
				}
			}
		}
		n := 0
		for k-n > low && digits.Digit(s[k-n-1]) {
			n++
		}
		if n != 10 || from-k > 8 {
			return from, joined
		}
		if from = k - n; from == known.number {
			return known.row, joined
		}
	}
	return from, joined
}

// partsNumbers has the signs that part the numbers of a list.
var partsNumbers = signSet(" ,;&/|\t\n\r")

func signSet(list string) (t [256]bool) {
	for _, c := range []byte(list) {
		t[c] = true
	}
	return t
}

// listAbove goes up from a number that begins its line over lines that begin so, too,
// and gives the end of the line above them when that ends in a colon; -1 otherwise.
func (f *finder) listAbove(start int) (head int) {
	s, known := f.text, f.list
	at := start
	for at > max(0, start-20) && s[at-1] != '\n' {
		if at--; lower[s[at]&0x7f] != 0 && s[at] < 0x80 {
			return -1 // words on its line, as most
		}
	}
	if at == 0 || s[at-1] != '\n' || strings.Trim(s[at:start], " \t*-•·>") != "" {
		return -1
	}
	line := at
	defer func() { f.list.line, f.list.head = line, head }()
	for low := max(0, start-maxList); at > low; {
		above := low + strings.LastIndexByte(s[low:at-1], '\n') + 1
		words := strings.Trim(s[above:at-1], " \t\r*-•·>")
		switch {
		case words == "":
			return -1
		case words[len(words)-1] == ':':
			return above + strings.LastIndexByte(s[above:at-1], ':') + 1
		case !digits.Digit(words[0]):
			return -1
		}
		if at = above; at > 0 && at == known.line {
			return known.head
		}
	}
	return -1
}

// many reports whether the last word of s, a colon aside, speaks of more than one.
func many(s string) bool {
	s = strings.TrimRight(s, " \t\r\n:")
	low := strings.ToLower(s[max(0, len(s)-10):])
	for _, end := range [...]string{"numre", "numrene", "numbers", "er", "erne", "ids", "nr.e", "nos."} {
		if strings.HasSuffix(low, end) {
			return true
		}
	}
	return false
}

// maxAddress bounds, in bytes, how far back an address on the web or the path of a
// request may begin.
const maxAddress = 300

// inAddress reports whether s[i] stands in one.
func inAddress(s string, i int) bool {
	if i == 0 {
		return false
	}
	switch s[i-1] {
	case '/', '=', '_', '-':
	default:
		return false
	}
	token := addressBefore(s, i)
	return strings.Contains(token, "://") || strings.HasPrefix(token, "www.") || strings.HasPrefix(token, "/") && strings.Count(token, "/") > 2
}

// addressBefore gives the signs between the last blank or quote and s[i].
func addressBefore(s string, i int) string {
	s = s[max(0, i-maxAddress):i]
	return s[strings.LastIndexAny(s, " \t\r\n\"'<>()")+1:]
}

// personPath reports whether the way to a number in an address speaks of a person.
func personPath(s string, i int) bool {
	low := strings.ToLower(addressBefore(s, i))
	for _, w := range [...]string{"borger", "person", "patient", "cpr", "citizen", "klient"} {
		if strings.Contains(low, w) {
			return true
		}
	}
	return false
}

// notThings stand before "nr." without naming what is numbered: a relative, or whose
// the number is.
var notThings = wordSet(`mor far mand kone hustru aegtefaelle aegtefaellen samlever samleveren partner partneren part parten datteren soennen bror soester
	ansoeger modtager afsender beboer beboeren laejer lejer person navn mit dit sit min din sin hans hendes deres vores jeres det dette samme rette rigtige
	nyt nye gammelt hele fulde mors fars offentligt dansk danish anmelder debitor kontaktperson`)

func wordSet(list string) map[string]bool {
	set := make(map[string]bool)
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// namesThing reports whether the unknown word s[k:i], folded in w, is what "nr." or
// "id" behind it numbers: hyphened to it ("skema-id"), or the first of a line, a cell
// or a clause ("Vandmåler nr.").
func namesThing(s string, k, i int, w []byte) bool {
	if len(w) < 3 || notThings[string(w)] {
		return false
	}
	if i+1 < len(s) && (s[i] == '-' || s[i] == '_') && wordByte(s, i+1) {
		return true
	}
	before := strings.TrimRight(s[:k], " ")
	return w[len(w)-1] != 's' && (before == "" || strings.IndexByte("\n\t|;:>(", before[len(before)-1]) >= 0)
}

// bareID reports whether "id=" of a program stands right before s[i], and nothing says
// whose.
func bareID(s string, i int) bool {
	if i == 0 || s[i-1] != '=' {
		return false
	}
	before, ok := strings.CutSuffix(strings.ToLower(s[max(0, i-6):i]), "=")
	k := len(before) - 2
	return ok && k >= 0 && before[k:] == "id" && (k == 0 || !digits.Letter(before[k-1]) && before[k-1] < 0x80)
}
