package rtf

import (
	"regexp"
	"strconv"

	"brevvagt/document"
	"brevvagt/internal/paint"
)

// look is what a group says of its letters' colours, each an index of the table.
type look struct{ letters, ground, marked int }

func (l *look) set(word string, n int) {
	switch word {
	case "cf":
		l.letters = n
	case "highlight":
		l.marked = n
	default:
		l.ground = n
	}
}

var (
	colourEntry = regexp.MustCompile(`[^;]*;`)
	colourPart  = regexp.MustCompile(`\\(red|green|blue)(\d{1,3})`)
)

const maxColours = 4096

// readColours reads the table of colours: "\red0\green0\blue0;" for each.
func (r *reader) readColours(raw []byte) {
	r.colours = r.colours[:0]
	for _, entry := range colourEntry.FindAll(raw, maxColours) {
		colour := paint.Unsaid
		for _, m := range colourPart.FindAllSubmatch(entry, 3) {
			v, _ := strconv.Atoi(string(m[2])) // three digits at most
			if colour == paint.Unsaid {
				colour = 0
			}
			shift := map[string]int{"red": 16, "green": 8, "blue": 0}[string(m[1])]
			colour |= paint.Colour(min(v, 255) << shift)
		}
		r.colours = append(r.colours, colour)
	}
}

func (r *reader) colour(n int) paint.Colour {
	switch {
	case n <= 0:
		return paint.Unsaid
	case n >= len(r.colours):
		return paint.Other
	}
	return r.colours[n]
}

// shownLayer is the layer of the group's text: crossed out where black letters stand on
// black.
func (r *reader) shownLayer() document.Layer {
	if l := r.state.look; r.state.layer == r.base && (l.ground > 0 || l.marked > 0) {
		ground := r.colour(l.ground)
		if l.marked > 0 {
			ground = r.colour(l.marked)
		}
		if paint.Hides(ground, r.colour(l.letters), paint.Black) {
			return document.Covered
		}
	}
	return r.state.layer
}
