package list

import (
	"strings"

	"brevvagt/detectors/subject"
)

// Places reads an address in the ways a house number with a letter is written:
// "12B", "12 B", and without the letter, since a letter's block may part it.
func Places(s string) []subject.Place {
	p := subject.NewPlace(splitPost(s))
	if p.Empty() {
		return nil
	}
	out := []subject.Place{p}
	fields := strings.Fields(strings.ReplaceAll(s, "\n", " \n "))
	for i, w := range fields {
		w = strings.TrimRight(w, ",")
		if i == 0 || w[0] < '0' || w[0] > '9' {
			continue
		}
		number := strings.TrimRight(w, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
		rest := strings.Join(fields[i+1:], " ")
		joined := ""
		if i+1 < len(fields) {
			if next := strings.TrimRight(fields[i+1], ","); len(next) == 1 && next[0] >= 'A' {
				joined = w + next
			}
		}
		head := strings.Join(fields[:i], " ")
		for _, n := range []string{number, joined} {
			if n != "" && n != w {
				out = append(out, subject.NewPlace(splitPost(head+" "+n+"\n"+rest)))
			}
		}
		break
	}
	return out
}

// splitPost puts a post code in the middle of a line on a line of its own.
func splitPost(s string) string {
	fields := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\t' })
	for i, w := range fields {
		if i > 1 && len(w) == 4 && strings.Trim(w, "0123456789") == "" && i+1 < len(fields) {
			fields[i] = "\n" + w
		}
	}
	return strings.ReplaceAll(strings.Join(fields, " "), "\n ", "\n")
}
