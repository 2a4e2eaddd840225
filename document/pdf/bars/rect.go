package bars

import "math"

// rect is a part of the page in points from its lower left corner.
type rect struct{ left, bottom, right, top float64 }

func (r rect) empty() bool     { return r.right <= r.left || r.top <= r.bottom }
func (r rect) width() float64  { return r.right - r.left }
func (r rect) height() float64 { return r.top - r.bottom }

func (r rect) meet(o rect) rect {
	return rect{max(r.left, o.left), max(r.bottom, o.bottom), min(r.right, o.right), min(r.top, o.top)}
}

func (r rect) join(o rect) rect {
	if r.empty() {
		return o
	}
	return rect{min(r.left, o.left), min(r.bottom, o.bottom), max(r.right, o.right), max(r.top, o.top)}
}

// inside tells that r holds the middle of a text along its line and a letter's width of
// it: a bar that only touches the text hides nothing.
func (r rect) inside(text rect) bool {
	if r.empty() {
		return false
	}
	thick, long := text.height(), text.width()
	covers, along := r.height(), r.width()
	if thick > long { // the page is turned
		thick, long, covers, along = long, thick, along, covers
	}
	return covers >= 0.6*thick && along >= min(long, thick)/2
}

// lineIn is a straight line within what the engine gives for it: the whole of its width to
// every side of the points it joins.
func (r rect) lineIn() rect {
	w, h := r.width(), r.height()
	if w > h {
		return rect{r.left + h/2, r.bottom + h/4, r.right - h/2, r.top - h/4}
	}
	return rect{r.left + w/4, r.bottom + w/2, r.right - w/4, r.top - w/2}
}

func (r rect) moved(m [6]float64) rect {
	out := rect{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, p := range [][2]float64{{r.left, r.bottom}, {r.right, r.bottom}, {r.left, r.top}, {r.right, r.top}} {
		x, y := p[0]*m[0]+p[1]*m[2]+m[4], p[0]*m[1]+p[1]*m[3]+m[5]
		out = rect{min(out.left, x), min(out.bottom, y), max(out.right, x), max(out.top, y)}
	}
	return out
}
