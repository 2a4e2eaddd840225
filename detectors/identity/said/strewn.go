package said

import (
	"strings"

	"brevvagt/detectors/identity/digits"
	"brevvagt/detectors/identity/number"
	"brevvagt/detectors/identity/verdict"
)

// This file reads numbers whose digits are strewn: over two lines of a chat, or with the
// same filler between every two of them.

// MatchChat judges the last four digits that somebody sends in a line of a chat of their
// own, behind the six of the line before, both alone behind the same speaker:
// "[10:13] Ole: 220645" and "[10:13] Ole: 7026". The check digit must agree.
func (f *Reader) MatchChat(start int) {
	end := start + 4
	if end < len(f.Text) && f.Text[end] != '\n' && f.Text[end] != '\r' {
		return
	}
	line := strings.LastIndexByte(f.Text[:start], '\n') + 1
	lead := f.Text[line:start]
	if line == 0 || len(lead) > maxSpeaker || strings.IndexByte(lead, ':') < 0 {
		return
	}
	before := strings.TrimRight(f.Text[:line], "\r\n")
	before = before[strings.LastIndexByte(before, '\n')+1:]
	date := len(before) - 6
	if date < 0 || !sameSpeaker(before[:date], lead) {
		return
	}
	c := verdict.Candidate{Start: start, End: end, Form: verdict.FormParted, Spoken: true}
	text := before[date:] + f.Text[start:end]
	for i := range len(text) {
		if !digits.Digit(text[i]) {
			return
		}
		c.Digits[i] = text[i] - '0'
	}
	if number.Modulus11(&c.Digits) && c.Real() {
		f.Take(c)
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

// ReadSpelled judges ten digits behind their label with the same few signs between
// every two: "CPR 2 . 2 . 0 . 6 . 4 . 5 . 7 . 0 . 2 . 6".
func (f *Reader) ReadSpelled() {
	f.behindCPR(func(at int) {
		k := strings.IndexAny(f.Text[at:min(len(f.Text), at+spelledGap)], "0123456789")
		if k < 0 {
			return
		}
		if c, ok := f.spelled(at + k); ok && !f.ReadAt(c.Start) {
			f.Take(c)
		}
	})
}

func (f *Reader) spelled(start int) (c verdict.Candidate, ok bool) {
	c = verdict.Candidate{Start: start, Form: verdict.FormLoose, Broken: true}
	width := 0
	for width <= maxFiller && start+1+width < len(f.Text) && !digits.Digit(f.Text[start+1+width]) {
		width++
	}
	step := width + 1
	if width == 0 || width > maxFiller || start+9*step >= len(f.Text) {
		return c, false
	}
	filler := f.Text[start+1 : start+step]
	for i := range c.Digits {
		at := start + i*step
		if !digits.Digit(f.Text[at]) || i < 9 && f.Text[at+1:at+step] != filler {
			return c, false
		}
		c.Digits[i] = f.Text[at] - '0'
	}
	c.End = start + 9*step + 1
	return c, number.Modulus11(&c.Digits)
}
