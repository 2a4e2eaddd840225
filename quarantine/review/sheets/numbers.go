package sheets

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"regexp"
	"strings"
	"unicode"

	"brevvagt/detectors"
	"brevvagt/document"
)

// places are the byte ranges at which a value stands in a text, however it is broken or
// punctuated, and not as a piece of a longer number or word.
func places(text, value string) [][2]int {
	want, _ := signs(value)
	if len(want) == 0 {
		return nil
	}
	have, at := signs(text)
	runes := []rune(text)
	bytesAt := byteOffsets(text)
	var out [][2]int
	for i := 0; i+len(want) <= len(have); i++ {
		if !equal(have[i:i+len(want)], want) {
			continue
		}
		first, last := at[i], at[i+len(want)-1]
		if first > 0 && sameKind(runes[first-1], runes[first]) || last+1 < len(runes) && sameKind(runes[last], runes[last+1]) {
			continue
		}
		out = append(out, [2]int{bytesAt[first], bytesAt[last+1]})
		i += len(want) - 1
	}
	return out
}

// signs are the letters and digits of a text in lower case, and which of its runes each is.
func signs(text string) (out []rune, at []int) {
	i := 0
	for _, c := range text {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			out, at = append(out, unicode.ToLower(c)), append(at, i)
		}
		i++
	}
	return out, at
}

// byteOffsets are where each rune of a text begins, and where the last one ends.
func byteOffsets(text string) []int {
	var out []int
	for i := range text {
		out = append(out, i)
	}
	return append(out, len(text))
}

func equal(a, b []rune) bool {
	for i := range b {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func sameKind(a, b rune) bool {
	return unicode.IsDigit(a) && unicode.IsDigit(b) || unicode.IsLetter(a) && unicode.IsLetter(b)
}

// dated is a word that is a date, whose digits are no number of a person.
var dated = regexp.MustCompile(`^[(]?\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})[.,;:)]*$`)

// numbers are the places of all words of a text that are numbers, or pieces of one: what
// a detector finds and what Redact blacks out, six digits and more in one word or in words
// of digits on a row, and four beside such a word or a date.
func (d *Drawer) numbers(ctx context.Context, s document.Segment) []document.Box {
	hit := make([]bool, len(s.Words))
	mark := func(from, to int) {
		for i, w := range s.Words {
			if w.End > from && w.Start < to {
				hit[i] = true
			}
		}
	}
	for _, r := range masked(s.Text) {
		mark(r[0], r[1])
	}
	found, _ := d.Set().Scan(ctx, &document.Document{Segments: []document.Segment{s}}, detectors.Env{})
	for i := range found {
		if f := &found[i]; strings.ContainsFunc(s.Text[f.Start:f.End], unicode.IsDigit) {
			mark(f.Start, f.End)
		}
	}
	var heads []document.Box // of what may be the first half of a number
	for i, w := range s.Words {
		word := s.Text[w.Start:w.End]
		date := dated.MatchString(word)
		if n := digits(word); n >= 6 && !date {
			hit[i] = true
		}
		if date || digits(word) >= 6 {
			heads = append(heads, w.Box)
		}
	}
	for from := 0; from < len(s.Words); from++ {
		to, n := from, 0
		for to < len(s.Words) && figures(s.Text[s.Words[to].Start:s.Words[to].End]) && (to == from || beside(s.Words[to].Box, []document.Box{s.Words[from].Box})) {
			n += digits(s.Text[s.Words[to].Start:s.Words[to].End])
			to++
		}
		if to-from > 1 && n >= 6 {
			mark(s.Words[from].Start, s.Words[to-1].End)
		}
		from = max(from, to-1)
	}
	var out []document.Box
	for i, w := range s.Words {
		if hit[i] || digits(s.Text[w.Start:w.End]) == 4 && beside(w.Box, heads) {
			out = append(out, w.Box)
		}
	}
	return out
}

// figures tells a word of digits and what stands between digits of a number, and no date.
func figures(word string) bool {
	return digits(word) > 0 && !dated.MatchString(word) && strings.Trim(word, "0123456789+-/.,()") == ""
}

func digits(s string) (n int) {
	for _, c := range s {
		if unicode.IsDigit(c) {
			n++
		}
	}
	return n
}

// beside tells that a box stands on the row of one of the others.
func beside(b document.Box, others []document.Box) bool {
	middle := b[1] + b[3]/2
	for _, o := range others {
		if o != b && middle > o[1] && middle < o[1]+o[3] {
			return true
		}
	}
	return false
}

// masked are the byte ranges that Redact changes, all of the text where it cannot be told.
func masked(text string) (out [][2]int) {
	before, after := []rune(text), []rune(detectors.Redact(text))
	if len(before) != len(after) {
		return [][2]int{{0, len(text)}}
	}
	i := 0
	for at, c := range text {
		if after[i] != c {
			out = append(out, [2]int{at, at + 1})
		}
		i++
	}
	return out
}

// cover is what hides parts of a page.
type cover struct{ black, framed, grey []document.Box }

// on draws the covers over a picture: grey over pictures, then red frames, then black.
func (c cover) on(src image.Image) *image.RGBA {
	b := src.Bounds()
	img := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(img, img.Bounds(), src, b.Min, draw.Over)
	fill := func(boxes []document.Box, more int, with color.Color) {
		for _, x := range boxes {
			r := image.Rect(x[0], x[1], x[0]+x[2], x[1]+x[3]).Inset(-more)
			draw.Draw(img, r, image.NewUniform(with), image.Point{}, draw.Src)
		}
	}
	fill(c.grey, 2, color.Gray{Y: 0xb0})
	fill(c.framed, 6, color.RGBA{R: 0xcc, A: 0xff})
	fill(c.black, 2, color.Black)
	return img
}
