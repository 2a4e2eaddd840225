package label

import (
	"strings"

	"brevvagt/detectors/identity/digits"
)

// maxAddress bounds, in bytes, how far back an address on the web or the path of a
// request may begin.
const maxAddress = 300

// InAddress reports whether s[i] stands in one.
func InAddress(s string, i int) bool {
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

// PersonPath reports whether the way to a number in an address speaks of a person.
func PersonPath(s string, i int) bool {
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
	if i+1 < len(s) && (s[i] == '-' || s[i] == '_') && WordByte(s, i+1) {
		return true
	}
	before := strings.TrimRight(s[:k], " ")
	return w[len(w)-1] != 's' && (before == "" || strings.IndexByte("\n\t|;:>(", before[len(before)-1]) >= 0)
}

// BareID reports whether "id=" of a program stands right before s[i], and nothing says
// whose.
func BareID(s string, i int) bool {
	if i == 0 || s[i-1] != '=' {
		return false
	}
	before, ok := strings.CutSuffix(strings.ToLower(s[max(0, i-6):i]), "=")
	k := len(before) - 2
	return ok && k >= 0 && before[k:] == "id" && (k == 0 || !digits.Letter(before[k-1]) && before[k-1] < 0x80)
}
