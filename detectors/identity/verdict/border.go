package verdict

import (
	"unicode/utf8"

	"brevvagt/detectors/identity/digits"
	"brevvagt/detectors/identity/label"
)

// This file looks at what touches a number. Letters, further hyphens and decimal
// signs make ten digits a part of something longer.

// LeftOpen reports whether a number may begin here.
func (f *Judge) LeftOpen(c *Candidate, labelled bool) bool {
	s, i := f.Text, c.Start
	if i > 0 && s[i-1] == ' ' {
		return true // as most
	}
	for w := digits.InvisibleBefore(s, i); w > 0; w = digits.InvisibleBefore(s, i) {
		i -= w
	}
	if i == 0 || label.EscapeBefore(s, i) {
		return true
	}
	r, w := utf8.DecodeLastRuneInString(s[:i])
	before := i - w
	switch {
	case digits.IsLetter(r):
		return labelled || f.gluedWord(before+w, c)
	case digits.IsDash(r):
		if before == 0 && f.Cell && c.Form == FormRun && !labelled {
			return false // a negative number
		}
		return c.Broken || before == 0 || !mixedWordBefore(s, before)
	case r == '.' || r == ':':
		return c.Form == FormParted || !digitBefore(s, before)
	case r == '+': // a foreign telephone number, or the sign between fields of EDIFACT
		return before > 0 && digits.Alnum(s[before-1])
	}
	return true
}

// gluedWord reports whether the letters that end at i are a word that lost its
// space, or a table border that OCR read as a letter.
func (f *Judge) gluedWord(i int, c *Candidate) bool {
	n, k := 0, i
	for k > 0 && (digits.Letter(f.Text[k-1]) || f.Text[k-1] >= 0x80) {
		k--
		n++
	}
	if k > 0 && (digits.Digit(f.Text[k-1])) {
		return false
	}
	if n == 1 && f.OCR {
		switch f.Text[k] {
		case 'l', 'I', 'i', 'j', 'J':
			return true
		}
	}
	return c.Dashed && n >= 3
}

// mixedWordBefore reports whether the word that ends at i holds digits, as the
// groups of a licence key or UUID do.
func mixedWordBefore(s string, i int) bool {
	for k := i; k > 0; k-- {
		if digits.Digit(s[k-1]) {
			return true
		}
		if !digits.Letter(s[k-1]) && s[k-1] < 0x80 {
			return false
		}
	}
	return false
}

func digitBefore(s string, i int) bool { return i > 0 && digits.Digit(s[i-1]) }

// rightOpen reports whether a number may end here.
func (f *Judge) rightOpen(c *Candidate, labelled bool) bool {
	s, i := f.Text, c.End
	if i < len(s) && s[i] == ' ' {
		return true // as most
	}
	for i < len(s) {
		w := digits.InvisibleAt(s, i)
		if w == 0 {
			break
		}
		i += w
	}
	if i >= len(s) {
		return true
	}
	r, w := utf8.DecodeRuneInString(s[i:])
	next := i + w
	switch {
	case digits.IsLetter(r):
		return (labelled || c.Dashed) && wordAt(s, i)
	case digits.IsDash(r):
		if next >= len(s) {
			return true
		}
		after, _ := utf8.DecodeRuneInString(s[next:])
		return !digits.IsAlnum(after) || digits.IsLetter(after) && wordAt(s, next)
	case c.Form == FormParted && !c.Dashed && !labelled && r == ',' && f.decimals(next, c.Start):
		return false // "Konto 020304 5678,50": an account and its balance
	case c.Form == FormParted || c.Broken:
		return true
	case r == '%':
		return label.EscapeBefore(s, next+2)
	case r == '.' || r == ':':
		return !digitAfter(s, next)
	case r == ',':
		return !f.decimals(next, c.Start)
	}
	return true
}

// wordAt reports whether three letters or more stand at i and no digit touches them.
func wordAt(s string, i int) bool {
	n := 0
	for i < len(s) {
		r, w := utf8.DecodeRuneInString(s[i:])
		if !digits.IsLetter(r) {
			return n >= 3 && !digits.Digit(s[i])
		}
		n++
		i += w
	}
	return n >= 3
}

// decimals reports whether one or two digits stand at i, after a comma, as in an
// amount; in a row of comma-separated values they stand between commas.
func (f *Judge) decimals(i, start int) bool {
	n := 0
	for i+n < len(f.Text) && digits.Digit(f.Text[i+n]) {
		n++
	}
	if n == 0 || n > 2 {
		return false
	}
	left := start > 0 && f.Text[start-1] == ','
	right := i+n < len(f.Text) && f.Text[i+n] == ','
	return !left && !right
}

func digitAfter(s string, i int) bool { return i < len(s) && digits.Digit(s[i]) }

// branchBefore reports whether four digits and a blank stand before a number: a
// bank's branch and account. A year is no branch.
func (f *Judge) branchBefore(c *Candidate) bool {
	i := c.Start - 1
	if i < 4 || f.Text[i] != ' ' && f.Text[i] != '-' {
		return false
	}
	for k := i - 4; k < i; k++ {
		if !digits.Digit(f.Text[k]) {
			return false
		}
	}
	if i > 4 && (digits.Digit(f.Text[i-5]) || f.Text[i-5] == '.' || f.Text[i-5] == '-') {
		return false
	}
	prefix := f.Text[i-4 : i-2]
	return prefix != "19" && prefix != "20"
}

// units make a number an amount.
var units = []string{"kr", "DKK", "EUR", "USD", "SEK", "NOK", "€", "bytes", "byte", "ms", "ns", "kWh", "MWh", "m2", "m²", "m3", "m³", "stk", "ton", "kg", "liter", "km", "mm", "enheder", "sekunder", "visninger"}

// unitBegins has, for each first byte of those, a bit for the second.
var unitBegins = func() (t [256]uint64) {
	for _, unit := range units {
		t[unit[0]] |= 1 << (unit[1] & 63)
	}
	return t
}()

// amountAfter reports whether a currency stands beside a number.
func (f *Judge) amountAfter(c *Candidate) bool {
	rest := f.Text[c.End:min(len(f.Text), c.End+12)]
	for len(rest) > 0 && rest[0] == ' ' {
		rest = rest[1:]
	}
	if len(rest) < 2 || unitBegins[rest[0]]>>(rest[1]&63)&1 == 0 {
		return false
	}
	for _, unit := range units {
		if len(rest) >= len(unit) && rest[:len(unit)] == unit {
			if len(rest) == len(unit) || !digits.Alnum(rest[len(unit)]) {
				return true
			}
		}
	}
	return false
}
