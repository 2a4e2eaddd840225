package bars

import (
	"bytes"
	"math"
	"strconv"

	"brevvagt/document/pdf/streams"
)

// A bar is at least that large, in points: rules and the borders of tables are thinner.
const (
	minThick = 5
	minLong  = 8
	maxEdges = 24 // of its outline: letters drawn as shapes, maps and logos have more
)

// darkest is up to where, of 1, each part of a colour is dark.
const darkest = 0.3

// Possible tells that a file may draw a dark bar, by the content streams in its bytes.
// Asking the engine for each object of each page takes longer than reading their text;
// this takes a fraction of it. A file that cannot be looked into may have bars.
func Possible(data []byte) bool {
	if bytes.Contains(data, []byte("/Encrypt")) {
		return true
	}
	looked := 0
	for s := range streams.Of(data) {
		if noContent(&s) {
			continue
		}
		content, ok := s.Unpacked(streams.MaxLooked - looked)
		if !ok {
			return true
		}
		looked += len(content)
		if Draws(content, s.Has("/Form")) {
			return true
		}
	}
	return false
}

// noContent tells pictures, fonts, profiles and tables of objects.
func noContent(s *streams.Packed) bool {
	for _, name := range []string{"/Image", "/Length1", "/Length2", "/FontFile", "/Type1C", "/CIDFontType0C", "/OpenType", "/ObjStm", "/XRef", "/XML", "/EmbeddedFile", "/CMapName", "/Alternate"} {
		if s.Has(name) {
			return true
		}
	}
	return false
}

// state is what the operators q and Q keep.
type state struct {
	fill, stroke bool // dark
	width        float64
	m            [6]float64
}

// drawing follows the operators of one content stream.
type drawing struct {
	state
	kept    []state
	args    [6][]byte // the last operands
	n       int
	anySize bool
	at      []byte
	box     [4]float64 // of the path so far, on the page
	edges   int
}

// Draws tells that content fills a dark bar or draws a line as thick as one. With
// anySize the place of the content on the page is not known, and each dark area counts.
func Draws(content []byte, anySize bool) bool {
	d := drawing{at: content, anySize: anySize, state: state{fill: true, stroke: true, width: 1, m: [6]float64{1, 0, 0, 1, 0, 0}}}
	d.noPath()
	for {
		token, operator := d.next()
		if token == nil {
			return false
		}
		if !operator {
			d.args[d.n%len(d.args)] = token
			d.n++
			continue
		}
		if d.do(string(token)) {
			return true
		}
		d.n = 0
	}
}

// do carries one operator out; true when it draws a bar.
func (d *drawing) do(operator string) bool {
	switch operator {
	case "q":
		if len(d.kept) < 200 {
			d.kept = append(d.kept, d.state)
		}
	case "Q":
		if n := len(d.kept); n > 0 {
			d.state, d.kept = d.kept[n-1], d.kept[:n-1]
		}
	case "cm":
		d.m = times([6]float64{d.arg(5), d.arg(4), d.arg(3), d.arg(2), d.arg(1), d.arg(0)}, d.m)
	case "w":
		d.width = d.arg(0)
	case "g":
		d.fill = d.arg(0) <= darkest
	case "G":
		d.stroke = d.arg(0) <= darkest
	case "rg", "k", "sc", "scn":
		d.fill = d.dark()
	case "RG", "K", "SC", "SCN":
		d.stroke = d.dark()
	case "cs":
		d.fill = true
	case "CS":
		d.stroke = true
	case "re":
		x, y, w, h := d.arg(3), d.arg(2), d.arg(1), d.arg(0)
		d.point(x, y)
		d.point(x+w, y)
		d.point(x, y+h)
		d.point(x+w, y+h)
	case "m", "l", "c", "v", "y":
		d.point(d.arg(1), d.arg(0))
	case "f", "F", "f*", "B", "B*", "b", "b*":
		found := d.fill && d.bar(0)
		d.noPath()
		return found
	case "S", "s":
		thick := d.width * math.Sqrt(math.Abs(d.m[0]*d.m[3]-d.m[1]*d.m[2]))
		found := d.stroke && (thick >= minThick || d.anySize && d.width > 1) && d.bar(thick)
		d.noPath()
		return found
	case "n":
		d.noPath()
	}
	return false
}

func (d *drawing) noPath() {
	d.edges, d.box = 0, [4]float64{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
}

func (d *drawing) point(x, y float64) {
	x, y = x*d.m[0]+y*d.m[2]+d.m[4], x*d.m[1]+y*d.m[3]+d.m[5]
	d.edges++
	d.box = [4]float64{min(d.box[0], x), min(d.box[1], y), max(d.box[2], x), max(d.box[3], y)}
}

// bar tells that the path is of a bar's size; thick is added by the line around it.
func (d *drawing) bar(thick float64) bool {
	return d.edges > 1 && (d.anySize || large(d.box[2]-d.box[0]+thick, d.box[3]-d.box[1]+thick))
}

func large(w, h float64) bool { return min(w, h) >= minThick && max(w, h) >= minLong }

// arg is the operand that stands i before the operator's last one, 0 where none does.
func (d *drawing) arg(i int) float64 {
	if i >= d.n {
		return 0
	}
	v, err := strconv.ParseFloat(string(d.args[(d.n-1-i)%len(d.args)]), 64)
	if err != nil {
		return 0
	}
	return v
}

// dark tells whether the operands say a dark colour. One part alone may be grey or the
// amount of an ink, so both of its ends count; a pattern is none.
func (d *drawing) dark() bool {
	switch d.n {
	case 1:
		return d.args[0][0] != '/' && (d.arg(0) <= darkest || d.arg(0) >= 1-darkest)
	case 3:
		return d.arg(0) <= darkest && d.arg(1) <= darkest && d.arg(2) <= darkest
	case 4:
		return d.arg(0) >= 1-darkest || min(d.arg(1), d.arg(2), d.arg(3)) >= 1-darkest
	}
	return d.n > 4
}

// times is the matrix that does a and then b.
func times(a, b [6]float64) [6]float64 {
	return [6]float64{
		a[0]*b[0] + a[1]*b[2], a[0]*b[1] + a[1]*b[3],
		a[2]*b[0] + a[3]*b[2], a[2]*b[1] + a[3]*b[3],
		a[4]*b[0] + a[5]*b[2] + b[4], a[4]*b[1] + a[5]*b[3] + b[5],
	}
}
