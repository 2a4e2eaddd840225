package identity

import (
	"strings"

	"brevvagt/detectors/identity/digits"
)

// This file reads numbers whose digits are strewn: over two lines of a chat, or with the
// same filler between every two of them.

// matchChat judges the last four digits that somebody sends in a line of a chat of their
// own, behind the six of the line before, both alone behind the same speaker:
// "[10:13] Ole: 220645" and "[10:13] Ole: 7026". The check digit must agree.
func (f *finder) matchChat(start int) {
	end := start + 4
	if end < len(f.text) && f.text[end] != '\n' && f.text[end] != '\r' {
		return
	}
	line := strings.LastIndexByte(f.text[:start], '\n') + 1
	lead := f.text[line:start]
	if line == 0 || len(lead) > maxSpeaker || strings.IndexByte(lead, ':') < 0 {
		return
	}
	before := strings.TrimRight(f.text[:line], "\r\n")
	before = before[strings.LastIndexByte(before, '\n')+1:]
	date := len(before) - 6
	if date < 0 || !sameSpeaker(before[:date], lead) {
		return
	}
	c := candidate{start: start, end: end, form: formParted, spoken: true}
	text := before[date:] + f.text[start:end]
	for i := range len(text) {
		if !digits.Digit(text[i]) {
			return
		}
		c.d[i] = text[i] - '0'
	}
	if modulus11(&c.d) && c.real() {
		f.take(c)
	}
}

// maxSpeaker bounds, in bytes, the time and name before what somebody says.
const maxSpeaker = 60

// sameSpeaker reports whether two beginnings of lines differ in nothing but the minutes.
func sameSpeaker(a, b string) bool {
	if len(a) != len(b) || !strings.HasSuffix(a, ": ") || strings.Trim(a, "0123456789:.,/ []-") == "" {
		return false
	}
	for i := range len(a) {
		if a[i] != b[i] && !(digits.Digit(a[i]) && digits.Digit(b[i])) {
			return false
		}
	}
	return true
}

const (
	maxFiller  = 4  // bytes between two digits
	spelledGap = 16 // bytes between the label and the first digit
)

// readSpelled judges ten digits behind their label with the same few signs between
// every two: "CPR 2 . 2 . 0 . 6 . 4 . 5 . 7 . 0 . 2 . 6".
func (f *finder) readSpelled() {
	f.behindCPR(func(at int) {
		k := strings.IndexAny(f.text[at:min(len(f.text), at+spelledGap)], "0123456789")
		if k < 0 {
			return
		}
		if c, ok := f.spelled(at + k); ok && !f.readAt(c.start) {
			f.take(c)
		}
	})
}

func (f *finder) spelled(start int) (c candidate, ok bool) {
	c = candidate{start: start, form: formLoose, broken: true}
	width := 0
	for width <= maxFiller && start+1+width < len(f.text) && !digits.Digit(f.text[start+1+width]) {
		width++
	}
	step := width + 1
	if width == 0 || width > maxFiller || start+9*step >= len(f.text) {
		return c, false
	}
	filler := f.text[start+1 : start+step]
	for i := range c.d {
		at := start + i*step
		if !digits.Digit(f.text[at]) || i < 9 && f.text[at+1:at+step] != filler {
			return c, false
		}
		c.d[i] = f.text[at] - '0'
	}
	c.end = start + 9*step + 1
	return c, modulus11(&c.d)
}
