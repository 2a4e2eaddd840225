package flow

import "brevvagt/internal/paint"

// painted notes a colour of DrawingML: of a run's highlight, or of its letters.
func (w *walker) painted() {
	p, n := w.current(), len(w.undo)
	if p == nil || n < 2 {
		return
	}
	value := w.sc.Attr("val")
	if last := w.sc.Attr("lastClr"); last != "" { // of the system, as it was when the file was saved
		value = last
	}
	colour := paint.CSS("#" + value)
	switch value {
	case "black", "tx1", "dk1":
		colour = paint.Black
	}
	switch in := w.undo[n-1].name; {
	case in == "highlight":
		p.runBlack = colour.Dark()
	case in == "solidFill" && w.undo[n-2].name == "rPr":
		p.runColor = 0 // white letters are none that somebody hid: slides are dark
		if colour.Dark() {
			p.runColor = 'b'
		}
	}
}
