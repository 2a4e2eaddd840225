// Package overlaid finds the texts of a slide over which somebody laid a black shape: it
// can be moved away by whoever gets the file.
package overlaid

import (
	"io"
	"math"
	"strconv"
	"strings"

	"brevvagt/document/office/xmlscan"
	"brevvagt/internal/paint"
)

// figure is a shape of a slide with its place, in EMU (914,400 to an inch).
type figure struct {
	x, y, w, h float64
	placed     bool
	fill       paint.Colour
	faint      bool // what lies below shines through
	anchor     string
	size       float64 // of its letters, in EMU
	texts      []string
}

const (
	maxFigures = 2000
	maxBars    = 100
	inset      = 91_440      // between the side of a box and its text, as a program has it
	point      = 12_700      // EMU
	usualSize  = 18          // points
	lineHeight = 1.2         // of the size of letters
	letter     = 0.5         // width of one, of its size
	minBar     = 914_400 / 4 // EMU of a text that must lie below
)

// Texts gives the paragraphs of the slide that rd holds which lie below a black shape
// without a text of its own. A shape in a group or turned is left out, and so are those
// behind the first 2,000 shapes and 100 bars.
func Texts(rd io.Reader) (covered []string) {
	figures := readFigures(xmlscan.New(rd))
	bars := 0
	for i := range figures {
		bar := &figures[i]
		if !bar.placed || bar.faint || len(bar.texts) > 0 || !bar.fill.Dark() {
			continue
		}
		if bars++; bars > maxBars {
			break
		}
		for k := range figures[:i] {
			covered = append(covered, figures[k].under(bar)...)
		}
	}
	return covered
}

// readFigures reads the shapes in the order in which they are drawn; those in groups,
// whose places are the group's, are left out.
func readFigures(sc *xmlscan.Scanner) (figures []figure) {
	var names []string
	var f *figure
	var text strings.Builder
	groups := 0
	parent := func() string {
		if n := len(names); n > 1 {
			return names[n-2]
		}
		return ""
	}
	for k := sc.Next(); k != xmlscan.EOF && len(figures) < maxFigures; k = sc.Next() {
		name := sc.Name()
		switch {
		case k == xmlscan.Start:
			names = append(names[:min(len(names), max(0, sc.Depth()-1))], name)
			switch {
			case name == "grpSp":
				groups++
			case name == "sp" && groups == 0:
				f = &figure{fill: paint.Unsaid, size: usualSize * point}
			case f != nil:
				f.take(sc, name, parent())
			}
		case k == xmlscan.Text && f != nil && len(names) > 0 && names[len(names)-1] == "t" && text.Len() < 4096:
			text.Write(sc.Text())
		case k == xmlscan.End && name == "p" && f != nil:
			if s := strings.TrimSpace(text.String()); s != "" {
				f.texts = append(f.texts, s)
			}
			text.Reset()
		case k == xmlscan.End && name == "sp" && f != nil:
			figures, f = append(figures, *f), nil
		case k == xmlscan.End && name == "grpSp":
			groups = max(0, groups-1)
		}
	}
	return figures
}

// take reads one start within a shape.
func (f *figure) take(sc *xmlscan.Scanner, name, parent string) {
	switch name {
	case "off":
		f.x, f.y = measure(sc.Attr("x")), measure(sc.Attr("y"))
	case "ext":
		if parent == "xfrm" {
			f.w, f.h, f.placed = measure(sc.Attr("cx")), measure(sc.Attr("cy")), true
		}
	case "xfrm":
		f.faint = f.faint || sc.Attr("rot") != "" && sc.Attr("rot") != "0" // turned: its place is another
	case "solidFill":
		if parent == "spPr" {
			f.fill = paint.Other
		}
	case "srgbClr", "schemeClr", "sysClr", "prstClr":
		if parent == "solidFill" && f.fill == paint.Other && len(f.texts) == 0 {
			f.fill = slideColour(sc)
		}
	case "alpha", "lumMod", "lumOff", "tint":
		f.faint = true
	case "bodyPr":
		f.anchor = sc.Attr("anchor")
	case "rPr":
		if size := measure(sc.Attr("sz")); size > 0 {
			f.size = size / 100 * point
		}
	}
}

func slideColour(sc *xmlscan.Scanner) paint.Colour {
	value := sc.Attr("val")
	if last := sc.Attr("lastClr"); last != "" {
		value = last
	}
	switch value {
	case "black", "tx1", "dk1":
		return paint.Black
	}
	return paint.CSS("#" + value)
}

// under gives the paragraphs of a shape that lie below a bar, by where a program sets
// lines of this size: half of a line's height must be covered.
func (f *figure) under(bar *figure) (covered []string) {
	width, line := f.w-2*inset, f.size*lineHeight
	if !f.placed || len(f.texts) == 0 || width <= 0 || line <= 0 {
		return nil
	}
	perLine := max(1, width/(f.size*letter))
	heights, total := make([]float64, len(f.texts)), 0.0
	for i, s := range f.texts {
		heights[i] = math.Ceil(float64(len([]rune(s)))/perLine) * line
		total += heights[i]
	}
	top := f.y + inset/2
	switch f.anchor {
	case "ctr":
		top = f.y + (f.h-total)/2
	case "b":
		top = f.y + f.h - inset/2 - total
	}
	for i, s := range f.texts {
		right := min(f.x+f.w-inset, f.x+inset+float64(len([]rune(s)))*f.size*letter)
		tall := min(top+heights[i], bar.y+bar.h) - max(top, bar.y)
		wide := min(right, bar.x+bar.w) - max(f.x+inset, bar.x)
		if tall >= line/2 && wide >= minBar {
			covered = append(covered, s)
		}
		top += heights[i]
	}
	return covered
}

// measure is a length of a drawing, 0 where none can be read.
func measure(s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}
