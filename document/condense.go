package document

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
)

// MaxCondensed is how many bytes of one text are condensed.
const MaxCondensed = 2 << 30

// Limits of reading a large text.
const (
	condenseWhole = 4 << 20  // bytes that are kept as they are
	condenseKept  = 32 << 20 // bytes that are kept of the rest
	numberLines   = 20_000   // lines with numbers that are kept in all
	condenseLine  = 64 << 10 // bytes of a line that are judged at once
	condenseFrom  = 32 << 20 // contained texts larger than this are condensed
	linesAround   = 2        // a kept line's neighbours on each side
	condensePiece = 1 << 20  // bytes that are taken from the system at once
)

// ErrNotPlain is returned by Condense for what holds more than lines of text.
var ErrNotPlain = errors.New("not lines of text alone")

// LeftOut is returned by Condense when lines that may hold numbers were left out for
// want of room. It says how many: a file with a person in each of ten million lines is
// judged by the first twenty thousand, and the rest are counted.
type LeftOut struct{ Lines int }

func (l LeftOut) Error() string {
	return fmt.Sprintf("%d more lines with numbers were counted and not read", l.Lines)
}

// Condense reads a text of any size in little memory: the first 4 MB as they are, of
// the rest the lines in which a person's number may stand, with two lines before and
// behind. The other lines are left empty, so that line numbers stay true. Where that
// keeps more than 16 MB, or more than 10,000 lines with numbers stand in the text, of
// the lines behind only those are kept that hold a number for sure (see sureNumber);
// behind 32 MB or 20,000 such lines the rest are counted. Errors: ErrNotPlain when
// blocks of encoded data or zero bytes stand behind the first 4 MB, since those would
// go unread; LeftOut when lines were left out; any error of r. Of what was read until
// then the beginning comes back.
func Condense(r io.Reader) ([]byte, error) {
	var out pieces
	err := condense(r, &out)
	return out.Bytes(), err
}

func condense(r io.Reader, out *pieces) error {
	in := bufio.NewReaderSize(r, condenseLine)
	c := condenser{out: out}
	for {
		line, err := in.ReadSlice('\n')
		if len(line) > 0 {
			if err := c.line(line, err == nil); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF) && c.left > 0:
			return LeftOut{c.left}
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return err
		}
	}
}

// pieces grows without copying what it holds: a text of many short lines leaves tens
// of megabytes of line ends.
type pieces struct{ full [][]byte }

func (p *pieces) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0; {
		n := len(p.full) - 1
		if n < 0 || len(p.full[n]) == cap(p.full[n]) {
			p.full = append(p.full, make([]byte, 0, condensePiece))
			continue
		}
		take := min(len(rest), cap(p.full[n])-len(p.full[n]))
		p.full[n] = append(p.full[n], rest[:take]...)
		rest = rest[take:]
	}
	return len(b), nil
}

// Bytes joins the pieces.
func (p *pieces) Bytes() []byte { return bytes.Join(p.full, nil) }

// condenser keeps lines with numbers and those around them.
type condenser struct {
	out     *pieces
	whole   int      // bytes kept as they are
	kept    int      // bytes kept of the rest
	numbers int      // lines kept that may hold a number
	left    int      // lines left out that may hold one
	waiting [][]byte // the lines before this one, not written yet
	after   int      // lines still to be kept
	encoded int      // lines in a row that look like encoded data
}

func (c *condenser) line(line []byte, ended bool) error {
	if c.whole < condenseWhole && c.numbers < numberLines/2 {
		if MayHoldNumber(line) {
			c.numbers++
		}
		c.whole += len(line)
		_, _ = c.out.Write(line)
		return nil
	}
	if bytes.IndexByte(line, 0) >= 0 {
		return ErrNotPlain
	}
	if c.encoded = c.encoded + 1; !encodedLine(line) {
		c.encoded = 0
	} else if c.encoded >= 8 {
		return ErrNotPlain
	}
	if c.kept > condenseKept/2 || c.numbers >= numberLines/2 {
		c.sparing(line)
		return nil
	}
	switch {
	case MayHoldNumber(line):
		for _, w := range c.waiting {
			c.keep(w)
		}
		c.waiting, c.after = c.waiting[:0], linesAround
		c.numbers++
		c.keep(line)
		return nil
	case c.after > 0:
		if ended {
			c.after--
		}
		c.keep(line)
		return nil
	}
	if len(c.waiting) == linesAround {
		c.drop(c.waiting[0])
		c.waiting[0], c.waiting[1] = c.waiting[1], c.waiting[0]
		c.waiting = c.waiting[:1]
	}
	if n := len(c.waiting); n < cap(c.waiting) { // use the memory of a line that was dropped
		c.waiting = c.waiting[:n+1]
		c.waiting[n] = append(c.waiting[n][:0], line...)
	} else {
		c.waiting = append(c.waiting, bytes.Clone(line))
	}
	return nil
}

// sparing keeps a line where much was kept already.
func (c *condenser) sparing(line []byte) {
	for _, w := range c.waiting {
		c.drop(w)
	}
	c.waiting, c.after = c.waiting[:0], 0
	if MayHoldNumber(line) {
		if !c.full() && sureNumber(line) {
			c.numbers++
			c.keep(line)
			return
		}
		c.left++
	}
	c.drop(line)
}

func (c *condenser) full() bool { return c.kept > condenseKept || c.numbers >= numberLines }

func (c *condenser) keep(line []byte) {
	c.kept += len(line)
	_, _ = c.out.Write(line)
}

var newline = []byte("\n")

// drop leaves a line empty, so that those behind keep their numbers.
func (c *condenser) drop(line []byte) {
	if !c.full() && bytes.HasSuffix(line, []byte("\n")) {
		_, _ = c.out.Write(newline)
	}
}

// encodedLine tells a line of base64 or the like: long, and without a blank.
func encodedLine(line []byte) bool {
	line = bytes.TrimRight(line, "\r\n")
	if len(line) < 56 {
		return false
	}
	for _, c := range line {
		if c <= ' ' || c == ';' || c == ',' || c == '.' || c >= 0x7f {
			return false
		}
	}
	return true
}

// MayHoldNumber tells that a CPR number may stand in the line: a day and a month, two
// digits and four, together or parted by one kind of sign; or nine digits, as a
// spreadsheet leaves a number that began with zero.
func MayHoldNumber(line []byte) bool {
	for i := 0; i < len(line); i++ {
		if line[i] < '0' || line[i] > '9' {
			continue
		}
		end := i
		for end < len(line) && line[end] >= '0' && line[end] <= '9' {
			end++
		}
		if end-i >= 9 || end-i == 2 || end-i == 6 {
			if numberAt(line[i:], end-i) {
				return true
			}
		}
		i = end
	}
	return false
}

// HoldsParted tells that a number in a person's own form stands in the text: a day, a
// month and two digits, a hyphen, four digits, with no digit at either end. Names of
// styles and the like are read for nothing else.
func HoldsParted(text []byte) bool {
	for i := 0; i+11 <= len(text); i++ {
		if text[i] < '0' || text[i] > '9' {
			continue
		}
		end := i
		for end < len(text) && text[end] >= '0' && text[end] <= '9' {
			end++
		}
		if end-i == 6 && end+5 <= len(text) && text[end] == '-' && allDigits(text[end+1:end+5]) &&
			(end+5 == len(text) || text[end+5] < '0' || text[end+5] > '9') && dayAndMonth(text[i], text[i+1], text[i+2], text[i+3]) {
			return true
		}
		i = end
	}
	return false
}

// sureNumber tells that the line has a number in a person's own form of six and four
// digits, or ten digits that agree with their check digit.
func sureNumber(line []byte) bool {
	for i := 0; i < len(line); i++ {
		if line[i] < '0' || line[i] > '9' {
			continue
		}
		end := i
		for end < len(line) && line[end] >= '0' && line[end] <= '9' {
			end++
		}
		switch n := end - i; n {
		case 2, 6:
			if numberAt(line[i:], n) {
				return true
			}
		case 9, 10:
			if numberAt(line[i:], n) && checked(line[i:end]) {
				return true
			}
		}
		i = end
	}
	return false
}

// checked tells that the digits, a lost zero before nine, agree with modulus 11.
func checked(b []byte) bool {
	weights := [...]int{4, 3, 2, 7, 6, 5, 4, 3, 2, 1}
	sum := 0
	for i, c := range b {
		sum += int(c-'0') * weights[len(weights)-len(b)+i]
	}
	return sum%11 == 0
}

// numberAt judges what begins with so many digits.
func numberAt(b []byte, digits int) bool {
	var date [6]byte
	six := date[:]
	switch digits {
	case 9:
		return dayAndMonth('0', b[0], b[1], b[2])
	case 2: // 12.03.36 or 12 03 36
		if len(b) < 8 || b[2] != b[5] || b[2] != '.' && b[2] != '-' && b[2] != ' ' && b[2] != '/' {
			return false
		}
		date = [6]byte{b[0], b[1], b[3], b[4], b[6], b[7]}
		b = b[8:]
	default:
		six, b = b[:6], b[6:]
	}
	if !dayAndMonth(six[0], six[1], six[2], six[3]) || !allDigits(six) {
		return false
	}
	if digits > 6 { // ten or more in a row
		return true
	}
	if cut := bytes.IndexAny(b, "0123456789"); cut >= 0 && cut <= 5 { // " - ", also as a dash of three bytes
		b = b[cut:]
	}
	return len(b) >= 4 && allDigits(b[:4])
}

func allDigits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// dayAndMonth allows for the 60 that is added in numbers used in a person's place.
func dayAndMonth(d1, d2, m1, m2 byte) bool {
	day, month := int(d1-'0')*10+int(d2-'0'), int(m1-'0')*10+int(m2-'0')
	return (day >= 1 && day <= 31 || day >= 61 && day <= 91) && month >= 1 && month <= 12
}

// Condensable tells whether a file that begins like this is read by lines, so that a
// large one may be condensed.
func (f *Formats) Condensable(head []byte, name string) bool {
	w := &walk{formats: f.List}
	return w.condensable(head, baseName(name))
}

func (w *walk) condensable(head []byte, name string) bool {
	format := w.match(Input{Name: name, Data: head})
	return format != nil && (format.Name() == "text" || format.Name() == "csv") && bytes.IndexByte(head, 0) < 0
}

// Gather reads a child's content for ChildBytes: at most as much as one part may
// have, of a large text what may matter (see Condense). cut tells that there was more.
func (b *Builder) Gather(name string, r io.Reader) (data []byte, cut bool, err error) {
	limit := b.PartLimit()
	data, err = io.ReadAll(io.LimitReader(r, min(limit, condenseFrom)+1))
	if err != nil || int64(len(data)) <= min(limit, condenseFrom) {
		return data, false, err
	}
	if limit > condenseFrom && b.walk.condensable(data[:HeadBytes], baseName(name)) {
		all := &io.LimitedReader{R: patient{b.ctx, io.MultiReader(bytes.NewReader(data), r)}, N: MaxCondensed}
		data, err = Condense(all)
		if errors.Is(err, ErrNotPlain) || errors.As(err, new(LeftOut)) {
			return data, true, nil
		}
		return data, all.N <= 0, err
	}
	if f := b.walk.spillFile(); f != nil {
		data, err = b.walk.spillRest(f, data, r, limit+1)
	} else {
		data, err = readOn(data, r, limit+1)
	}
	return data[:min(int64(len(data)), limit)], int64(len(data)) > limit, err
}

// readOn reads more behind data, up to limit bytes in all. Room is made in one step or
// two: growing by a quarter, as io.ReadAll does, leaves three times the content behind on
// the way, and memory that is never written to costs nothing.
func readOn(data []byte, r io.Reader, limit int64) ([]byte, error) {
	for int64(len(data)) < limit {
		room := make([]byte, min(8*int64(len(data)), limit))
		n := copy(room, data)
		data = nil
		more, err := io.ReadFull(r, room[n:])
		data = room[:n+more]
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return data, nil
		}
		if err != nil {
			return data, err
		}
	}
	return data, nil
}

// patient ends a long reading when its time is up.
type patient struct {
	ctx context.Context
	r   io.Reader
}

func (p patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}
