package styles

import (
	"regexp"

	"brevvagt/internal/paint"
)

// Hue is the colours of an element: of its letters and of the ground they stand on, each
// plus one, so that the zero value says nothing.
type Hue struct{ ink, ground paint.Colour }

// Hides reports whether letters cannot be told from their ground. A page's letters are
// black where nobody says another colour.
func (h Hue) Hides() bool {
	return h.ground > 0 && paint.Hides(h.ground-1, h.ink-1, paint.Black)
}

// Hue gives the colours of an element within another of the colours under; attr asks for
// the element's attributes. A sheet's rules may be for other readers than the one at the
// screen, such as those at night: a dark ground counts with them only beside dark letters.
func (s *Sheet) Hue(e Element, under Hue, attr func(string) string) Hue {
	ink := property(s.of(e, ""), "color")
	switch {
	case ink != "":
	case e.Tag == "font":
		ink = attr("color")
	case e.Tag == "body":
		ink = attr("text")
	case e.Tag == "a" && attr("href") != "":
		ink = "blue"
	}
	own := ground(lower(e.Style))
	if own == "" {
		own = attr("bgcolor")
	}
	if own == "" {
		own = ground(s.of(e, ""))
		if paint.CSS(own).Dark() && !paint.CSS(ink).Dark() {
			own = ""
		}
	}
	if c := paint.CSS(ink); c != paint.Unsaid {
		under.ink = c + 1
	}
	if c := paint.CSS(own); c != paint.Unsaid {
		under.ground = c + 1
	}
	return under
}

func ground(css string) string {
	if c := property(css, "background-color"); c != "" {
		return c
	}
	return property(css, "background")
}

var dark = regexp.MustCompile(`(?i)(?:background|bgcolor)[^;>]{0,60}(?:black|windowtext|#[0-3]|rgb)`)

// MayHide reports whether something on a page may stand on a dark ground, so that colours
// are worth being looked at.
func MayHide(page []byte) bool { return dark.Match(page) }
