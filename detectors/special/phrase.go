package special

import (
	"strings"
	"unicode/utf8"
)

// mayGoOn reports whether the next word of a text may begin with one of the letters: of what
// follows most words, a blank and a letter of ASCII, that is told by a look.
func mayGoOn(text string, letters uint32) bool {
	return len(text) < 2 || text[0] != ' ' || text[1] >= utf8.RuneSelf || !wordBytes[text[1]] || letters>>(text[1]&31)&1 != 0
}

// longest gives the longest phrase that begins with w.
func longest(text string, w word, list []phrase) (hit, bool) {
	best := hit{}
	r := reader{text: text[:min(len(text), w.end+120)], pos: w.end}
	next, more := r.next()
	for i := range list {
		p := &list[i]
		if len(p.rest) > 0 && !p.rest[0].gap && !(more && p.rest[0].forms[string(next.folded)]) {
			continue // most: no further word is read for them
		}
		start := p.begin(text, w.start)
		if start < 0 {
			continue
		}
		r := reader{text: text[:min(len(text), w.end+120)], pos: w.end}
		ok := true
		for _, st := range p.rest {
			if ok = st.follows(text, &r, w.end); !ok {
				break
			}
		}
		if ok && r.pos > best.end {
			best = hit{start: start, end: r.pos, entry: p.entry}
		}
	}
	return best, best.entry != nil
}

// begin gives where the phrase begins whose word stands at byte i, or -1 when what leads
// to it is missing.
func (p *phrase) begin(text string, i int) int {
	if p.lead == "" {
		return i
	}
	start := i - 1 - len(p.lead)
	if start < 0 || text[i-1] != ' ' || !strings.EqualFold(text[start:i-1], p.lead) || start > 0 && wordBytes[text[start-1]] {
		return -1
	}
	return start
}

// follows reports whether the reader's next word is the step's, as the words of a
// phrase that began before byte from stand: close, and never behind a full stop.
func (st *step) follows(text string, r *reader, from int) bool {
	for skipped := 0; ; skipped++ {
		next, more := r.next()
		switch {
		case !more || next.start-from > 80 || !st.gap && next.start-from > 60 || strings.ContainsAny(text[from:next.start], ".!?;"):
			return false
		case st.forms[string(next.folded)]:
			return true
		case !st.gap || skipped == maxSkip:
			return false
		}
	}
}
