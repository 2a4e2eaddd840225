package plain

import (
	"strings"

	"brevvagt/document"
	"brevvagt/document/plain/looks"
)

// This file reads what somebody crossed out in black: the letters are there all the same,
// and a change of colour shows them.

// strike takes a text whose letters cannot be told from their ground; false says that
// they can.
func (p *page) strike(s string) bool {
	if !p.top().hue.Hides() {
		return false
	}
	if s = collapse(s); !looks.Sign(s) {
		return len(p.struck) > 0
	}
	if len(p.struck) == 0 && !p.cell { // another cell is another text
		p.struck = append(p.struck, looks.WordsBefore(p.shown)...)
	}
	p.struck = append(p.struck, s...)
	return true
}

// showStruck passes on what a paragraph has crossed out.
func (p *page) showStruck() {
	if len(p.struck) > 0 {
		p.out.Segment(document.Segment{Text: strings.TrimSpace(string(p.struck)), At: document.Location{Line: p.line, Layer: document.Covered}})
		p.struck = p.struck[:0]
	}
}
