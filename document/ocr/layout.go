package ocr

import (
	"cmp"
	"image"
	"slices"
	"strings"

	"brevvagt/document"
	"brevvagt/document/ocr/engine"
	"brevvagt/document/ocr/prepare"
)

// word is one word as the engine gave it, its box on the prepared picture.
type word struct {
	engine.Word
	up image.Rectangle // the box as if the page stood upright
}

// line is one row of words from left to right.
type line struct {
	words []word
	up    image.Rectangle
	block int
}

func (l *line) add(w word) {
	l.words = append(l.words, w)
	l.up = l.up.Union(w.up)
}

func (l line) text() string {
	var b strings.Builder
	for i, w := range l.words {
		b.WriteString(l.separator(i))
		b.WriteString(w.Text)
	}
	return b.String()
}

// separator is what stands before word i: a tab where a cell ends, that is at a
// blank wider than two lines are high. A hyphen is as flat as no line is.
func (l line) separator(i int) string {
	switch {
	case i == 0:
		return ""
	case l.words[i].up.Min.X-l.words[i-1].up.Max.X > 2*max(l.words[i].up.Dy(), l.words[i-1].up.Dy()):
		return "\t"
	}
	return " "
}

// arrange makes lines of words and joins the columns of a table to rows. The page
// may lie on its side; the result is in the reader's order.
func arrange(words []engine.Word) []line {
	var lines []line
	for i, w := range words {
		if i == 0 || w.Block != words[i-1].Block || w.Line != words[i-1].Line {
			lines = append(lines, line{block: w.Block})
		}
		lines[len(lines)-1].words = append(lines[len(lines)-1].words, word{Word: w})
	}
	turns := quarterTurns(lines)
	for i := range lines {
		l := &lines[i]
		for k := range l.words {
			l.words[k].up = upright(l.words[k].Box, turns)
			l.up = l.up.Union(l.words[k].up)
		}
	}
	return joinRows(lines)
}

// quarterTurns tells which way the words of a line run: 0 right, 1 down, 2 left, 3 up.
func quarterTurns(lines []line) int {
	var votes [4]int
	for _, l := range lines {
		a, b := l.words[0].Box, l.words[len(l.words)-1].Box
		dx, dy := b.Min.X+b.Max.X-a.Min.X-a.Max.X, b.Min.Y+b.Max.Y-a.Min.Y-a.Max.Y
		n := len(l.words) - 1
		switch {
		case abs(dx) >= abs(dy) && dx > 0:
			votes[0] += n
		case abs(dx) >= abs(dy):
			votes[2] += n
		case dy > 0:
			votes[1] += n
		default:
			votes[3] += n
		}
	}
	best := 0
	for i, v := range votes {
		if v > votes[best] {
			best = i
		}
	}
	return best
}

func abs(n int) int { return max(n, -n) }

func upright(r image.Rectangle, turns int) image.Rectangle {
	switch turns {
	case 1:
		return image.Rect(r.Min.Y, -r.Max.X, r.Max.Y, -r.Min.X)
	case 2:
		return image.Rect(-r.Max.X, -r.Max.Y, -r.Min.X, -r.Min.Y)
	case 3:
		return image.Rect(-r.Max.Y, r.Min.X, -r.Min.Y, r.Max.X)
	}
	return r
}

// joinRows merges blocks that stand beside each other like the columns of a table,
// so that a name and its number are in one line again. Columns of prose stay
// apart: their lines are long, and joining them would tear their sentences.
func joinRows(lines []line) []line {
	blocks := map[int][]line{}
	var order []int
	for _, l := range lines {
		if _, ok := blocks[l.block]; !ok {
			order = append(order, l.block)
		}
		blocks[l.block] = append(blocks[l.block], l)
	}
	group := map[int]int{}
	for i, a := range order {
		group[a] = a
		for _, b := range order[:i] {
			if group[a] != group[b] && besides(blocks[a], blocks[b]) {
				from, to := group[a], group[b]
				for k, g := range group {
					if g == from {
						group[k] = to
					}
				}
			}
		}
	}
	var out []line
	for i, b := range order {
		if slices.ContainsFunc(order[:i], func(o int) bool { return group[o] == group[b] }) {
			continue // its group has been given already
		}
		var members []line
		several := false
		for _, o := range order {
			if group[o] == group[b] {
				members = append(members, blocks[o]...)
				several = several || o != b
			}
		}
		if several {
			members = rows(members, b)
		}
		out = append(out, members...)
	}
	return out
}

// besides tells whether most lines of the block with fewer lines have one of the
// other block at the same height, and the lines are as short as cells are.
func besides(a, b []line) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	const cell = 5 // words in the middle line of a column
	if middle(a) > cell || middle(b) > cell {
		return false
	}
	hits := 0
	for _, l := range a {
		if slices.ContainsFunc(b, func(o line) bool { return sameRow(l, o) }) {
			hits++
		}
	}
	return hits*10 >= len(a)*6
}

func middle(ls []line) int {
	var n []int
	for _, l := range ls {
		n = append(n, len(l.words))
	}
	slices.Sort(n)
	return n[len(n)/2]
}

func sameRow(a, b line) bool {
	overlap := min(a.up.Max.Y, b.up.Max.Y) - max(a.up.Min.Y, b.up.Min.Y)
	return overlap*10 >= 6*min(a.up.Dy(), b.up.Dy()) && (a.up.Max.X <= b.up.Min.X || b.up.Max.X <= a.up.Min.X)
}

func rows(lines []line, block int) []line {
	slices.SortStableFunc(lines, func(a, b line) int {
		return cmp.Compare(a.up.Min.Y+a.up.Max.Y, b.up.Min.Y+b.up.Max.Y)
	})
	var out []line
	for _, l := range lines {
		if n := len(out); n > 0 && sameRowAsAll(out[n-1], l) {
			for _, w := range l.words {
				out[n-1].add(w)
			}
			continue
		}
		out = append(out, line{words: slices.Clone(l.words), up: l.up, block: block})
	}
	for i := range out {
		slices.SortStableFunc(out[i].words, func(a, b word) int { return cmp.Compare(a.up.Min.X, b.up.Min.X) })
	}
	return out
}

func sameRowAsAll(row, l line) bool {
	for _, w := range row.words {
		if w.up.Min.X < l.up.Max.X && l.up.Min.X < w.up.Max.X {
			return false
		}
	}
	overlap := min(row.up.Max.Y, l.up.Max.Y) - max(row.up.Min.Y, l.up.Min.Y)
	return overlap*2 >= min(row.up.Dy(), l.up.Dy())
}

// maxLines bounds one segment.
const maxLines = 120

// segments groups lines to paragraphs and tables: a segment ends where a gap of
// more than two and a half lines, or another block of prose, begins.
func segments(lines []line, s prepare.Shape) []document.Segment {
	var out []document.Segment
	for from := 0; from < len(lines); {
		to := from + 1
		for to < len(lines) && to-from < maxLines && continues(lines[to-1], lines[to]) {
			to++
		}
		out = append(out, segment(lines[from:to], from+1, s))
		from = to
	}
	return out
}

func continues(a, b line) bool {
	gap := b.up.Min.Y - a.up.Max.Y
	height := max(a.up.Dy(), b.up.Dy())
	return gap*2 <= 5*height && gap > -height && a.up.Min.X < b.up.Max.X && b.up.Min.X < a.up.Max.X
}

func segment(lines []line, number int, s prepare.Shape) document.Segment {
	var b strings.Builder
	seg := document.Segment{At: document.Location{Line: number, OCR: true}}
	var whole document.Box
	for i, l := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		for k, w := range l.words {
			b.WriteString(l.separator(k))
			start := b.Len()
			b.WriteString(w.Text)
			box := s.Back(w.Box)
			if len(seg.Words) == 0 {
				whole = box
			}
			whole = whole.Union(box)
			seg.Words = append(seg.Words, document.Word{Start: start, End: b.Len(), Box: box, Confidence: max(0, min(100, w.Confidence))})
		}
	}
	seg.Text = b.String()
	seg.At.Box = &whole
	return seg
}
