package said

import (
	"math/bits"
	"slices"
	"strings"

	"brevvagt/detectors/identity/digits"
	"brevvagt/detectors/identity/label"
	"brevvagt/detectors/identity/number"
	"brevvagt/detectors/identity/verdict"
	"brevvagt/internal/glance"
)

// This file reads numbers as they are said: "120361 og så 3217" and "tolv nul tre
// enogtres, toogtredive sytten".

// maxJoin bounds, in bytes, the words between the halves of a number.
const maxJoin = 48

// joinWords may stand between the halves of a number that is told; those with true
// say by themselves that a number goes on. Behind the others the check digit, a label
// or a person must tell. A bare "og" joins any two numbers and needs the label.
var joinWords = map[string]bool{
	"og": false, "så": false, "derefter": false, "bindestreg": false, "streg": false, "tankestreg": false, "minus": false, "and": false, "then": false, "den": false,
	"det": false, "der": false, "de": false, "nummeret": false, "på": false, "med": false, "af": false, "by": false, "er": false, "cifre": false, "cpr": false,
	"slutter": true, "ender": true, "efterfulgt": true, "followed": true, "sidste": true, "fire": false, "afsluttes": true,
}

// joinTails has them by their length, first byte and last four.
var joinTails = func() *label.Tails {
	t := new(label.Tails)
	for w := range joinWords {
		t.Add(label.TailHash(w, label.WordKey(len(w), w[0])))
	}
	return t
}()

// joined reads the words that join two halves of a number at the beginning of s and
// gives their length; sure tells that they say so, bare that only "og" stands there.
func joined(s string) (n int, sure, bare bool) {
	if s[0] == '(' {
		return 1, false, false
	}
	words := 0
	for n < min(len(s), maxJoin) {
		k := n
		for k < len(s) && label.WordByte(s, k) {
			k++
		}
		if k == n || !joinTails.Has(label.TailHash(s[n:k], label.WordKey(k-n, s[n]))) {
			break
		}
		says, ok := joinWords[s[n:k]]
		if !ok {
			break
		}
		bare = words == 0 && s[n:k] == "og"
		sure = sure || says
		words++
		for n = k; n < len(s) && strings.IndexByte(" ,:-", s[n]) >= 0; n++ {
		}
	}
	return n, sure, bare
}

// joinBegins has the first bytes of such words.
var joinBegins = label.SignSet("esofdbamt(")

// joinSign tells what may stand between a date and such words.
func joinSign(c byte) bool { return c == ' ' || c == ',' || c == '.' || c == '-' || c == '\n' }

// MatchTold judges the date that ends the row, six digits or three pairs, and the four
// digits that a word joins to it.
func (f *Reader) MatchTold() bool {
	if end := f.Row.Runs[f.Row.Count-1].End; end < len(f.Text) && !joinSign(f.Text[end]) {
		return false
	}
	first, pairs := f.Row.Count-1, f.Row.Count >= 3
	for k := f.Row.Count - 1; pairs && k >= f.Row.Count-3; k-- {
		pairs = f.Row.Runs[k].N == 2
	}
	switch {
	case pairs:
		first = f.Row.Count - 3
	case f.Row.Runs[first].N != 6:
		return false
	}
	end := f.Row.Runs[f.Row.Count-1].End
	if end+1 < len(f.Text) && f.Text[end] == ' ' && digits.Digit(f.Text[end+1]) {
		return false // as most
	}
	rest := f.Text[end:min(len(f.Text), end+2*maxJoin)]
	start := 0
	for start < len(rest) && joinSign(rest[start]) {
		start++
	}
	if start == 0 || start == len(rest) || start > 4 || !joinBegins[rest[start]] {
		return false
	}
	rest = rest[start:]
	n, sure, bare := joined(rest)
	if n == 0 {
		return false
	}
	serial, width := toldSerial(rest[n:])
	if width == 0 {
		return false
	}
	c := f.Joined(first, verdict.FormRun)
	copy(c.Digits[6:], serial[:])
	c.End = end + start + n + width
	c.Broken = bare || pairs
	if sure && !pairs || !c.Broken && f.pronounBefore(c.Start) {
		c.Form, c.Spoken = verdict.FormParted, true
	}
	return f.Take(c)
}

// toldSerial reads four digits, together, in pairs, one by one, or said in words;
// width is 0 when they are not there or a fifth follows.
func toldSerial(s string) (d [4]byte, width int) {
	if s != "" && label.WordByte(s, 0) {
		return saidSerial(s)
	}
	n := 0
	for width < len(s) && n < 4 {
		switch {
		case digits.Digit(s[width]):
			d[n] = s[width] - '0'
			n++
		case s[width] != ' ' || n == 0:
			return d, 0
		}
		width++
	}
	if n < 4 || width < len(s) && (digits.Alnum(s[width]) || s[width] == '-' || s[width] == '/') {
		return d, 0
	}
	return d, width
}

// saidSerial reads four digits in words: "fem seks syv fem", "enogtyve tredive".
func saidSerial(s string) (d [4]byte, width int) {
	n := 0
	for k := 0; n < 4; {
		from := k
		for k < len(s) && label.WordByte(s, k) {
			k++
		}
		v, ok := numerals[strings.ToLower(s[from:k])]
		if !ok || n+v.digits > 4 {
			return d, 0
		}
		if v.digits == 2 {
			d[n] = byte(v.value / 10)
			n++
		}
		d[n] = byte(v.value % 10)
		n++
		width = k
		for k < len(s) && k-width < 3 && strings.IndexByte(" ,-", s[k]) >= 0 {
			k++
		}
	}
	return d, width
}

// pronounBefore reports whether somebody is spoken of right before the number.
func (f *Reader) pronounBefore(start int) bool {
	before := strings.ToLower(f.Text[max(0, start-60):start])
	for w := range strings.FieldsSeq(before) {
		switch strings.Trim(w, ",.:;") {
		case "han", "hun", "hans", "hendes", "ham", "hende":
			return true
		}
	}
	return false
}

// numeral is what a word says: one digit, or two for the numbers from ten on.
type numeral struct {
	value  int
	digits int
}

var numerals = func() map[string]numeral {
	m := map[string]numeral{"nul": {0, 1}, "null": {0, 1}, "en": {1, 1}, "et": {1, 1}, "én": {1, 1}, "ét": {1, 1}, "ti": {10, 2}, "elleve": {11, 2}, "tolv": {12, 2}, "tretten": {13, 2}, "fjorten": {14, 2},
		"femten": {15, 2}, "seksten": {16, 2}, "sytten": {17, 2}, "atten": {18, 2}, "nitten": {19, 2}}
	ones := []string{"", "en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni"}
	for v, w := range ones[2:] {
		m[w] = numeral{v + 2, 1}
	}
	for k, ten := range []string{"tyve", "tredive", "fyrre", "halvtreds", "tres", "halvfjerds", "firs", "halvfems"} {
		m[ten] = numeral{(k + 2) * 10, 2}
		for v, w := range ones[1:] {
			m[w+"og"+ten] = numeral{(k+2)*10 + v + 1, 2}
		}
	}
	english(m)
	return m
}()

// english adds the numerals of English, whose ones follow their tens: "sixty-three".
func english(m map[string]numeral) {
	for v, w := range strings.Fields("zero one two three four five six seven eight nine") {
		m[w] = numeral{v, 1}
	}
	for v, w := range strings.Fields("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen") {
		m[w] = numeral{v + 10, 2}
	}
	for k, w := range tensEnglish {
		m[w] = numeral{(k + 2) * 10, 2}
	}
}

var tensEnglish = strings.Fields("twenty thirty forty fifty sixty seventy eighty ninety")

// zeroWords stand in nearly every number that is said in words: nine months of twelve
// begin with one. Hardly any text has them, so that they are looked for first.
var zeroWords = [...]string{"nul", "null", "zero"}

// MinLabelled is more than the longest text, in bytes, that holds a label in full and no
// number behind it.
const MinLabelled = 16

// maxSaid is how far, in bytes, a number said in words reaches back from its zero.
const maxSaid = 90

// SaysZero reports whether a text says "nul", by the pair of letters that is rarer.
func SaysZero(s string) bool {
	const reach = 63 // of the 64 bytes at a glance the last begins no pair
	for i := 0; i < len(s); i += reach {
		for pairs := glance.Pairs(s, i, 'u', 'l'); pairs != 0; pairs &= pairs - 1 {
			if at := i + bits.TrailingZeros64(pairs); at > 0 && s[at-1]|0x20 == 'n' && (at == 1 || !label.WordByte(s, at-2)) && (at+2 >= len(s) || s[at+2] == 'l' || !label.WordByte(s, at+2)) {
				return true
			}
		}
	}
	return false
}

// ReadSaid judges a number in words, behind "cpr" or by its check digit: "cpr er tolv nul tre enogtres,
// toogtredive sytten".
func (f *Reader) ReadSaid() {
	for _, w := range zeroWords {
		f.readSaidWith(w)
	}
}

func (f *Reader) readSaidWith(zeroWord string) {
	done := 0
	for at := 0; ; {
		n := strings.Index(f.Text[at:], zeroWord)
		if n < 0 {
			return
		}
		zero := at + n
		at = zero + len(zeroWord)
		if zero < done || zero > 0 && label.WordByte(f.Text, zero-1) || at < len(f.Text) && label.WordByte(f.Text, at) {
			continue
		}
		start := f.saidFrom(zero)
		var c verdict.Candidate
		if c, done = f.said(start); done > start && (number.Modulus11(&c.Digits) && c.Real() || f.LabelOf(start, done).Kind == label.CPR) {
			f.Take(c)
		}
		done = max(done, at)
	}
}

// ReadSaidBehind judges a number in words that has no zero: it must stand close behind
// its label.
func (f *Reader) ReadSaidBehind() {
	f.behindCPR(func(at int) {
		for tries, k := 0, at; tries < 5 && k < len(f.Text); tries++ {
			for k < len(f.Text) && !label.WordByte(f.Text, k) && !digits.Digit(f.Text[k]) && k-at < maxJoin {
				k++
			}
			if c, end := f.said(k); end > k {
				if number.Modulus11(&c.Digits) && !f.ReadAt(k) {
					f.Take(c)
				}
				return
			}
			for k < len(f.Text) && label.WordByte(f.Text, k) {
				k++
			}
		}
	})
}

// behindCPR calls read with the end of every "cpr" of the text.
func (f *Reader) behindCPR(read func(at int)) {
	for _, w := range [...]string{"cpr", "CPR", "Cpr"} {
		for at := 0; ; {
			n := strings.Index(f.Text[at:], w)
			if n < 0 {
				break
			}
			at += n + len(w)
			read(at)
		}
	}
}

// saidFrom goes back over the numerals before s[i] and the words between the halves.
func (f *Reader) saidFrom(i int) int {
	at := i
	for low := max(0, i-maxSaid); at > low; {
		k := len(strings.TrimRight(f.Text[:at], " ,.-\r\n"))
		from := k
		for from > low && label.WordByte(f.Text, from-1) {
			from--
		}
		word := strings.ToLower(f.Text[from:k])
		if _, ok := numerals[word]; ok && from < k && at-k <= 3 {
			i = from
		} else if !saidBetween[word] || at-k > 3 {
			break
		}
		at = from
	}
	return i
}

// saidBetween are the words that may stand between the date and the last four digits
// of a number that is said in words.
var saidBetween = map[string]bool{"og": true, "så": true, "derefter": true, "bindestreg": true, "streg": true, "tankestreg": true, "minus": true,
	"and": true, "then": true, "dash": true, "hyphen": true}

// said reads ten digits in words from byte i on; end is i when there are not ten.
func (f *Reader) said(i int) (c verdict.Candidate, end int) {
	c = verdict.Candidate{Start: i, Form: verdict.FormParted, Spoken: true}
	n, k := 0, i
	for n < 10 {
		v, to := f.numeralAt(k, n)
		for words := 0; n == 6 && v.digits == 0 && to > k && words < 2 && saidBetween[strings.ToLower(f.Text[k:to])]; words++ {
			k = f.nextSaid(to)
			v, to = f.numeralAt(k, n)
		}
		if k = to; v.digits == 0 || n+v.digits > 10 {
			return c, i
		}
		if v.digits == 2 {
			c.Digits[n] = byte(v.value / 10)
			n++
		}
		c.Digits[n] = byte(v.value % 10)
		n++
		c.End = k
		k = f.nextSaid(k)
	}
	return c, c.End
}

// nextSaid goes over what parts two numerals.
func (f *Reader) nextSaid(i int) int {
	k := i
	for k < len(f.Text) && k-i < 4 && strings.IndexByte(" ,.-\r\n", f.Text[k]) >= 0 {
		k++
	}
	return k
}

// numeralAt reads the numeral at byte i, of which n digits were said before: digits is 0
// for any other word, which ends at the second result. "syv og tyve" and "sixty-three"
// are one, but not across the middle or the end of a number.
func (f *Reader) numeralAt(i, n int) (numeral, int) {
	v, to := f.wordAt(i)
	if n == 5 || n == 9 {
		return v, to
	}
	switch {
	case v.digits == 1 && v.value > 0 && strings.HasPrefix(f.Text[to:], " og "):
		if ten, end := f.wordAt(to + len(" og ")); ten.digits == 2 && ten.value >= 20 && ten.value%10 == 0 {
			return numeral{ten.value + v.value, 2}, end
		}
	case v.digits == 2 && to < len(f.Text) && (f.Text[to] == '-' || f.Text[to] == ' ') && slices.Contains(tensEnglish, strings.ToLower(f.Text[i:to])):
		if one, end := f.wordAt(to + 1); one.digits == 1 && one.value > 0 {
			return numeral{v.value + one.value, 2}, end
		}
	}
	return v, to
}

func (f *Reader) wordAt(i int) (numeral, int) {
	to := i
	for to < len(f.Text) && label.WordByte(f.Text, to) {
		to++
	}
	return numerals[strings.ToLower(f.Text[i:to])], to
}
