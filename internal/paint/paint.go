// Package paint tells by their colours whether letters can be told from the ground they
// stand on: people cross names out in black who think that this takes them away.
package paint

import (
	"regexp"
	"strconv"
	"strings"
)

// Colour is red, green and blue in a byte each, or one of the two below.
type Colour int32

// A colour that nobody said, so that the one around it counts or the program's own, and
// one that was said in a way that is not understood here.
const (
	Unsaid Colour = -1
	Other  Colour = -2
)

// darkest is the most that each channel of a dark colour has, of 255. Two dark colours
// have a contrast under 1.7 to each other (WCAG), which is no text to read.
const darkest = 0x33

// Dark reports whether a colour is black or nearly so.
func (c Colour) Dark() bool {
	return c >= 0 && c>>16&0xff <= darkest && c>>8&0xff <= darkest && c&0xff <= darkest
}

// Hides reports whether letters of the colour ink cannot be seen on the ground. auto is
// what ink is when nobody said one.
func Hides(ground, ink, auto Colour) bool {
	if ink == Unsaid {
		ink = auto
	}
	return ground.Dark() && ink.Dark()
}

// Black is the ink of a program that has no other.
const Black Colour = 0

// Hex reads RRGGBB and AARRGGBB, with or without a # before it, and #RGB. Words that
// leave it to the program are Unsaid.
func Hex(s string) Colour {
	switch strings.ToLower(s) {
	case "", "auto", "none", "transparent", "inherit":
		return Unsaid
	}
	short := strings.HasPrefix(s, "#") && len(s) == 4
	s = strings.TrimPrefix(s, "#")
	if short {
		s = string([]byte{s[0], s[0], s[1], s[1], s[2], s[2]})
	}
	if len(s) == 8 {
		s = s[2:]
	}
	v, err := strconv.ParseUint(s, 16, 32)
	if err != nil || len(s) != 6 {
		return Other
	}
	return Colour(v)
}

var shades = regexp.MustCompile(`^rgba?\(\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*(?:[,/]\s*([\d.]+)\s*)?\)`)

// CSS reads a colour of a style sheet, or the colour at the end or the beginning of the
// value of background. What lets something shine through is Other.
func CSS(s string) Colour {
	s = strings.ToLower(strings.TrimSpace(strings.ReplaceAll(s, "!important", "")))
	if m := shades.FindStringSubmatch(s); m != nil {
		c := Colour(0)
		for _, part := range m[1:4] {
			v, _ := strconv.Atoi(part) // three digits at most
			c = c<<8 | Colour(min(v, 255))
		}
		if m[4] != "" && m[4] != "1" && m[4] != "1.0" {
			return Other
		}
		return c
	}
	words := strings.Fields(s)
	if strings.Contains(s, "(") {
		return Other // a picture, a gradient, a variable
	}
	found := Unsaid
	for _, w := range words {
		switch {
		case w == "black" || w == "windowtext":
			found = Black
		case w == "inherit" || w == "transparent" || w == "none" || w == "initial" || w == "unset" || w == "auto":
		case strings.HasPrefix(w, "#"):
			found = Hex(w)
		case found == Unsaid && !placing[w]:
			found = Other // a colour by its name, and none of these is dark but navy
		}
	}
	return found
}

// placing are words beside a colour that say where a picture stands.
var placing = map[string]bool{"repeat": true, "no-repeat": true, "repeat-x": true, "repeat-y": true, "scroll": true, "fixed": true, "left": true, "top": true, "center": true, "0": true, "0%": true}
