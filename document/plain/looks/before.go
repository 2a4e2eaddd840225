package looks

import "strings"

// longestBefore is how much of the shown text goes with what is crossed out, in bytes.
const longestBefore = 60

// WordsBefore is the end of a line, as what stands behind it may be a part of its last
// word. Words with digits that stand apart are left out, so that no number is found twice.
func WordsBefore(shown []byte) string {
	line := string(shown[strings.LastIndexAny(string(shown), "\n\t")+1:])
	line = strings.ToValidUTF8(line[max(0, len(line)-longestBefore):], "")
	at := strings.LastIndexByte(line, ' ') + 1
	var kept []string
	for _, w := range strings.Fields(line[:at]) {
		if !strings.ContainsAny(w, "0123456789") {
			kept = append(kept, w)
		}
	}
	return strings.TrimLeft(strings.Join(append(kept, line[at:]), " "), " ")
}
