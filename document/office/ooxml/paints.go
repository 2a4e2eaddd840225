package ooxml

import (
	"strconv"
	"strings"

	"brevvagt/document/office/xmlscan"
	"brevvagt/internal/paint"
)

// paints is what the styles of cells say of the colours of their letters and ground.
type paints struct {
	fonts, fills []paint.Colour // by their number
	cells        []cellPaint    // by style index
	coloured     map[int]bool   // shared strings with colours of their own
	in           string         // the list that is being read
}

type cellPaint struct{ font, fill int }

// Limits of the lists.
const (
	maxPaints   = 70_000
	maxColoured = 1 << 20
)

// open takes one start of the style sheet; cells says that it is within the styles of cells.
func (p *paints) open(sc *xmlscan.Scanner, cells bool) {
	switch name := sc.Name(); name {
	case "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors":
		p.in = name
	case "font":
		if p.in == "fonts" && len(p.fonts) < maxPaints {
			p.fonts = append(p.fonts, paint.Unsaid)
		}
	case "color":
		if n := len(p.fonts); p.in == "fonts" && n > 0 {
			p.fonts[n-1] = colourOf(sc)
		}
	case "patternFill":
		if p.in == "fills" && len(p.fills) < maxPaints {
			p.fills = append(p.fills, paint.Unsaid)
			if sc.Attr("patternType") == "solid" {
				p.fills[len(p.fills)-1] = paint.Black // where no colour follows
			}
		}
	case "gradientFill":
		if p.in == "fills" && len(p.fills) < maxPaints {
			p.fills = append(p.fills, paint.Other)
		}
	case "fgColor":
		if n := len(p.fills); p.in == "fills" && n > 0 && p.fills[n-1] == paint.Black {
			p.fills[n-1] = colourOf(sc)
		}
	case "xf":
		if cells && len(p.cells) < maxPaints {
			p.cells = append(p.cells, cellPaint{numberOf(sc.Attr("fontId")), numberOf(sc.Attr("fillId"))})
		}
	}
}

// colourOf reads a colour: in full, of the old palette, or of the theme, whose second is
// that of texts (18.8.3, 18.8.27).
func colourOf(sc *xmlscan.Scanner) paint.Colour {
	if tint := sc.Attr("tint"); tint != "" && !strings.HasPrefix(tint, "0.0") && tint != "0" && !strings.HasPrefix(tint, "-") {
		return paint.Other // made lighter
	}
	if rgb := sc.Attr("rgb"); rgb != "" {
		return paint.Hex(rgb)
	}
	switch indexed := sc.Attr("indexed"); {
	case indexed == "0", indexed == "8", indexed == "64", sc.Attr("theme") == "1":
		return paint.Black
	case indexed == "" && sc.Attr("theme") == "":
		return paint.Unsaid
	}
	return paint.Other
}

func numberOf(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// own notes that a shared string has letters with colours of their own.
func (p *paints) own(n int) {
	if p.coloured == nil {
		p.coloured = map[int]bool{}
	}
	if len(p.coloured) < maxColoured {
		p.coloured[n] = true
	}
}

// crossedOut reports whether a cell's letters are black on black.
func (p *paints) crossedOut(v *value) bool {
	if v.style < 0 || v.style >= len(p.cells) {
		return false
	}
	at := p.cells[v.style]
	if at.fill < 2 || at.fill >= len(p.fills) || !p.fills[at.fill].Dark() { // the first two are always none and grey
		return false
	}
	ink := paint.Unsaid
	if at.font >= 0 && at.font < len(p.fonts) {
		ink = p.fonts[at.font]
	}
	if !paint.Hides(p.fills[at.fill], ink, paint.Black) {
		return false
	}
	n, err := strconv.Atoi(v.stored)
	return v.kind != "s" || err != nil || !p.coloured[n]
}
