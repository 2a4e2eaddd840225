package residue

import (
	"strings"
	"unicode/utf8"

	"brevvagt/detectors"
)

// mask reads a stand-in for a number at byte i, which begins a word: a CPR number
// of X, zeros or strokes, a date of letters, a time or an amount of x.
func mask(text string, i int) (hit, bool) {
	weak := func(end int, why string) (hit, bool) {
		return hit{end: end, strength: detectors.Weak, why: why}, true
	}
	if end := cprMask(text, i); end > 0 && !formatHint(text, i) {
		return weak(end, "maske for CPR-nummer")
	}
	if end := dateMask(text, i); end > 0 && !formatHint(text, i) && dateCue(text, i, end) {
		return weak(end, "maske for dato")
	}
	if c := text[i] | 0x20; c != 'x' {
		return hit{}, false
	}
	before := lowerBefore(text, i, 16)
	end := i + crosses(text[i:])
	shape := strings.ToLower(text[i:end])
	if !endsWord(text, end) || strings.Count(shape, "x") < 2 || end < len(text) && text[end] == '-' {
		return hit{}, false
	}
	switch {
	case hasSuffixAny(before, "kl. ", "klokken ", "kl ") && strings.Count(shape, "x") >= 2:
		return weak(end, "maske for klokkeslæt")
	case hasSuffixAny(before, "kr. ", "kroner ") && strings.Count(shape, "x") >= 2:
		return weak(end, "maske for beløb")
	case hasSuffixAny(before, "tlf. ", "telefon ", "tlf.: ", "telefon: ", "telefonnummer ", "mobil ", "mobil: "):
		return weak(end, "maske for telefonnummer")
	case hasSuffixAny(before, "kære ", "hej "):
		return weak(end, "maske for navn efter hilsen")
	case hasSuffixAny(before, "den ", "d. ", "dato: ", "dato ", "senest ") && strings.ContainsAny(shape, "./-"):
		return weak(end, "maske for dato")
	case len(shape) == 2 && personal(before, text[end:]) && !mentioned(text, i, end):
		return hit{end: end, strength: detectors.Medium, why: "maske for navn"}, true
	case hasSuffixAny(before, "§ "):
		return weak(end, "maske for paragraf")
	case hasSuffixAny(before, "sagsnr. ", "sagsnr.: ", "sagsnummer ", "sagsnummer: ", "j.nr. ", "j.nr.: "):
		return weak(end, "maske for sagsnummer")
	}
	return hit{}, false
}

// personal reports whether two x's between before and after stand for a person: at the
// beginning of a sentence or behind a word that a name may follow, before what people do.
func personal(before, after string) bool {
	verb := false
	for _, w := range [...]string{" er ", " har ", " får ", " bor ", " skal ", " vil ", " ønsker ", " kan ", " blev ", " går "} {
		verb = verb || strings.HasPrefix(after, w)
	}
	trimmed := strings.TrimRight(before, " ")
	return verb && (trimmed == "" || strings.HasSuffix(trimmed, ".") || strings.HasSuffix(trimmed, "\n") ||
		hasSuffixAny(before, " at ", " og ", " hvor ", " da ", " om ", " fordi ", " når ", ", "))
}

// cprMask gives the end of six and four equal stand-ins with a dash, or 0.
func cprMask(text string, i int) int {
	const size = len("XXXXXX-XXXX")
	if i+size > len(text) {
		return 0
	}
	s := text[i : i+size]
	if strings.EqualFold(s[:7], "ddmmyy-") && sameLetters(s[7:]) {
		return ends(text, i+size)
	}
	if len(text) >= i+size+2 && strings.EqualFold(text[i:i+8], "ddmmåå") && text[i+8] == '-' && sameLetters(text[i+9:i+13]) {
		return ends(text, i+size+2)
	}
	if !utf8.ValidString(s) || s[6] != '-' {
		return 0
	}
	for _, c := range []byte(s[:6] + s[7:]) {
		if c != s[0] || strings.IndexByte("xX0_", c) < 0 {
			return 0
		}
	}
	return ends(text, i+size)
}

// sameLetters accepts the last four places of a CPR mask: xxxx, nnnn, ____, 0000.
func sameLetters(s string) bool {
	return strings.Count(s, s[:1]) == len(s) && strings.IndexByte("xXnNlL_0", s[0]) >= 0
}

func ends(text string, end int) int {
	if end < len(text) && text[end] == '-' || !endsWord(text, end) {
		return 0
	}
	return end
}

// dateMasks are the dates of letters; each has its own separators.
var dateMasks = []string{"dd.mm.åååå", "dd.mm.yyyy", "dd.mm.åå", "dd-mm-åååå", "dd-mm-yyyy", "dd/mm/åååå", "dd/mm/yyyy", "dd/mm-åååå", "dd. mm. åååå"}

func dateMask(text string, i int) int {
	if text[i]|0x20 != 'd' {
		return 0
	}
	for _, m := range dateMasks {
		if len(text) >= i+len(m) && strings.EqualFold(text[i:i+len(m)], m) {
			return ends(text, i+len(m))
		}
	}
	return 0
}

// dateCue reports whether a date is expected here, by a word before it or because
// the mask is all that the line holds.
func dateCue(text string, i, end int) bool {
	from, to := lineOf(text, i)
	if strings.TrimSpace(text[from:i]) == "" && strings.Trim(text[end:max(end, to)], " \t\r.") == "" {
		return true
	}
	return hasSuffixAny(lowerBefore(text, i, 24), "den ", "d. ", "dato: ", "dato ", "pr. ", "fra ", "til ", "inden ", "senest ", "født ", "fødselsdato: ", "af ")
}

// formatHint reports whether the text explains how a number is written.
func formatHint(text string, i int) bool {
	before := lowerBefore(text, i, 30)
	return hasSuffixAny(strings.TrimRight(before, "\"'“”»: "), "format", "formatet", "formaterne", "som", "skrives", "formen", "fx", "f.eks.", "eksempel", "maske", "masken", "=", "eller", "indtastes") ||
		strings.HasSuffix(before, "(") && !strings.Contains(before, "vedr")
}

// crosses gives the length of x's with the marks of numbers between them, and the
// digits of a year that may end a date.
func crosses(s string) int {
	n := 0
	for n < len(s) && n < 24 {
		c := s[n] | 0x20
		if c != 'x' && !(strings.IndexByte(".:,/- ", s[n]) >= 0 && n+1 < len(s) && (s[n+1]|0x20 == 'x' || s[n+1] == '2' && s[n] != ' ')) && !(n > 2 && s[n] >= '0' && s[n] <= '9') {
			break
		}
		n++
	}
	return n
}

func lowerBefore(text string, i, n int) string {
	return strings.ToLower(text[max(0, i-n):i])
}

func hasSuffixAny(s string, suffixes ...string) bool {
	for _, x := range suffixes {
		if strings.HasSuffix(s, x) {
			return true
		}
	}
	return false
}
