package odf

import (
	"brevvagt/document"
	"brevvagt/internal/paint"
)

// look is the colours of letters and of the ground they stand on, each plus one, so that
// the zero value says nothing.
type look struct{ letters, ground paint.Colour }

const maxLooks = 100_000

func (l look) over(under look) look {
	if l.letters == 0 {
		l.letters = under.letters
	}
	if l.ground == 0 {
		l.ground = under.ground
	}
	return l
}

func (w *walker) look() look {
	if n := len(w.undo); n > 0 {
		return w.undo[n-1].look
	}
	return look{}
}

// derive begins a style with the colours of the one it builds on.
func (w *walker) derive(parent string) {
	if l := w.looks[parent]; l != (look{}) {
		w.keepLook(l)
	}
}

func (w *walker) keepLook(l look) {
	if w.style != "" && len(w.looks) < maxLooks {
		w.looks[w.style] = l
	}
}

// colours notes what the properties of a style say. Letters whose colour is left to the
// program are white on a dark ground.
func (w *walker) colours(properties string) {
	letters, ground := w.sc.Attr("color"), w.sc.Attr("background-color")
	if w.sc.Attr("use-window-font-color") == "true" {
		letters = ""
	}
	l := w.looks[w.style]
	if c := paint.Hex(letters); c != paint.Unsaid && properties == "text-properties" {
		l.letters = c + 1
	}
	if c := paint.Hex(ground); c != paint.Unsaid {
		l.ground = c + 1
	}
	if l != (look{}) {
		w.keepLook(l)
	}
}

// dressed are the elements whose style colours the text within.
var dressed = map[string]bool{"p": true, "h": true, "span": true, "table-cell": true, "covered-table-cell": true}

// dress gives an element its colours, and the layer of what is crossed out: black letters
// on black.
func (w *walker) dress(name string, o *open) {
	if !dressed[name] || len(w.looks) == 0 {
		return
	}
	o.look = w.looks[w.sc.Attr("style-name")].over(o.look)
	if o.look.letters == 0 || o.look.ground == 0 {
		return
	}
	hides := paint.Hides(o.look.ground-1, o.look.letters-1, paint.Other)
	switch {
	case hides && o.layer == w.base:
		o.layer = document.Covered
	case !hides && o.layer == document.Covered:
		o.layer = w.base
	}
	if c := w.cell(); c != nil && o.layer == document.Covered && (name == "table-cell" || name == "covered-table-cell") {
		c.layer = o.layer
	}
}
