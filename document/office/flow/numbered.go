package flow

// numbered is what a paragraph says of the list it belongs to.
type numbered struct{ style, list, level string }

// listed notes the list of a paragraph, or its level there.
func (w *walker) listed(name string) {
	p := w.current()
	switch {
	case p == nil || w.props == 0 || w.change > 0:
	case name == "numId":
		p.numbered.list = w.sc.Attr("val")
	default:
		p.numbered.level = w.sc.Attr("val")
	}
}

// number puts the number that a paragraph has in its list before it.
func (w *walker) number() {
	p := w.current()
	if p == nil || w.opt.Number == nil || p.numbered == (numbered{}) {
		return
	}
	if s := w.opt.Number(p.numbered.style, p.numbered.list, p.numbered.level); s != "" {
		w.append(p, []byte(s))
	}
}
