package contact

import (
	"strings"
	"unicode/utf8"

	"brevvagt/detectors"
	"brevvagt/document"
)

// phoneWords introduce a telephone number; otherWords introduce eight digits that
// are none (a company, an account, an invoice).
var (
	phoneWords = []string{"tlf", "telefon", "mobil", "ring", "sms", "kald", "træffes på", "phone"}
	otherWords = []string{"cvr", "ean", "konto", "reg.", "regnr", "faktura", "kørekort", "sagsnr", "j.nr", "journal", "ordre", "kundenr", "varenr", "serienr", "p-nr", "matr", "pris", "kr", "beløb", "id"}
)

// findPhones finds Danish telephone numbers: eight digits that begin with 2 to 9,
// in pairs, as 4-4 or 3-2-3 or in a row, with or without +45. Without country code
// or a word that introduces them only pairs count, the rest is any number.
func findPhones(seg document.Segment, _ detectors.Env) []detectors.Span {
	text := seg.Text
	labelled := containsAny(strings.ToLower(seg.Label), phoneWords)
	var out []detectors.Span
	for i := 0; i < len(text) && len(out) < maxSpans; i++ {
		if !digit(text[i]) && text[i] != '+' || i > 0 && (digit(text[i-1]) || strings.IndexByte("-./+,", text[i-1]) >= 0) {
			continue
		}
		start, country := i, 0
		for _, c := range []string{"+45", "0045"} {
			if strings.HasPrefix(text[i:], c) {
				country = len(c)
			}
		}
		j := i + country
		if country > 0 && j < len(text) && text[j] == ' ' {
			j++
		}
		value, end, pairs := eightDigits(text, j)
		if value == "" || value[0] < '2' {
			continue
		}
		before := strings.ToLower(text[max(0, start-24):start])
		word := lastOf(before, phoneWords) > lastOf(before, otherWords)
		other := !word && lastOf(before, otherWords) >= 0
		if country > 0 || word || labelled || pairs && !other && !inRow(text, start, end) {
			out = append(out, detectors.Span{Start: start, End: end, Strength: detectors.Weak, Why: []string{"telefonnummer"}, Value: value, Display: value[:2] + " xx xx xx"})
			i = end - 1
		}
	}
	return out
}

// groupings are the ways in which eight digits are written.
var groupings = [][]int{{2, 2, 2, 2}, {4, 4}, {3, 2, 3}, {8}}

// eightDigits reads eight digits at i in one of the groupings, split by single
// blanks. No digit may follow, nor a separator with one.
func eightDigits(text string, i int) (value string, end int, pairs bool) {
	for n, groups := range groupings {
		var digits []byte
		j := i
		for g, size := range groups {
			if g > 0 {
				if j >= len(text) || text[j] != ' ' {
					break
				}
				j++
			}
			for k := 0; k < size && j < len(text) && digit(text[j]); k++ {
				digits = append(digits, text[j])
				j++
			}
		}
		if len(digits) != 8 || j < len(text) && digit(text[j]) {
			continue
		}
		if j+1 < len(text) && strings.IndexByte("-./, ", text[j]) >= 0 && digit(text[j+1]) {
			continue
		}
		return string(digits), j, n == 0
	}
	return "", i, false
}

// inRow reports whether pairs of digits go on before or behind, as in a table of
// numbers or bytes.
func inRow(text string, start, end int) bool {
	if end+2 < len(text) && text[end] == ' ' && pair(text[end:min(len(text), end+4)]) || end+3 < len(text) && text[end:end+2] == "  " && pair(text[end+1:min(len(text), end+5)]) {
		return true
	}
	before := strings.TrimRight(text[max(0, start-5):start], " ")
	return len(before) < min(5, start) && len(before) >= 2 && pair(" "+before[len(before)-2:]+" ") && (len(before) == 2 || before[len(before)-3] <= ' ')
}

// pair reports whether s is a blank, two hexadecimal digits, and no more of them.
func pair(s string) bool {
	return len(s) >= 3 && hex(s[1]) && hex(s[2]) && (len(s) == 3 || !hex(s[3]) && (s[3]|0x20 < 'a' || s[3]|0x20 > 'z'))
}

func hex(c byte) bool { return digit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

// lastOf gives where the last of the words begins in s, -1 if none does. A word
// counts only where no letter stands before it.
func lastOf(s string, words []string) int {
	last := -1
	for _, w := range words {
		for at := strings.LastIndex(s, w); at >= 0; at = strings.LastIndex(s[:at], w) {
			if at == 0 || s[at-1] < utf8.RuneSelf && (s[at-1] < 'a' || s[at-1] > 'z') {
				last = max(last, at)
				break
			}
		}
	}
	return last
}
