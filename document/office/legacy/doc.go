package legacy

import (
	"errors"
	"sort"

	"golang.org/x/text/encoding/charmap"

	"brevvagt/document"
	"brevvagt/document/office/fields"
	"brevvagt/document/office/grid"
	"brevvagt/document/office/ole"
	"brevvagt/internal/paint"
	"brevvagt/internal/sweep"
)

var errDoc = errors.New("no sound Word file")

// docFile is a Word 97–2003 file ([MS-DOC]): text in pieces, its formatting in
// pages that are keyed by the text's place in the stream.
type docFile struct {
	r      *reader
	main   []byte // the stream WordDocument
	pieces []piecePart
	runs   []docRange // character formatting that hides, inserts or deletes
	rows   []docRange // paragraphs that end a table row
	grid   grid.Grid
	cells  []grid.Cell
	asked  []string // what stands before each field of a form
}

// piecePart is a stretch of text: characters cp to end at byte fc of the stream.
type piecePart struct {
	cp, end int
	fc      int
	wide    bool
}

type docRange struct {
	from, to int
	layer    document.Layer
}

// Places in the file information block.
const (
	fibFlags    = 10
	fibChars    = 76  // ccpText and the seven counts that follow
	fibPairs    = 154 // FibRgFcLcb97
	fibPairs97  = 93
	pairClx     = 33
	pairChpx    = 12
	pairPapx    = 13
	maxDocChars = 64 << 20
)

func (r *reader) doc() error {
	d := &docFile{r: r, main: r.file.Get("WordDocument")}
	if len(d.main) < 426 {
		return errDoc
	}
	flags := fields.U16(d.main, fibFlags)
	if flags&0x100 != 0 {
		return document.ErrEncrypted
	}
	name := "0Table"
	if flags&0x200 != 0 {
		name = "1Table"
	}
	table := r.file.Get(name)
	if fields.U16(d.main, 0) != 0xa5ec || table == nil {
		// Word 6 and 95 keep the text in one stretch, all else is lost on us.
		Sweep(d.main, r.sink)
		return errDoc
	}
	pair := func(n int) []byte {
		return fields.Sub(table, fields.U32(d.main, fibPairs+n*8), fields.U32(d.main, fibPairs+n*8+4))
	}
	if err := d.readPieces(pair(pairClx)); err != nil {
		Sweep(d.main, r.sink)
		return err
	}
	d.runs = d.formats(pair(pairChpx), false)
	d.rows = d.formats(pair(pairPapx), true)
	err := d.stories()
	for n := range fibPairs97 {
		for _, t := range stringTable(pair(n)) {
			r.add(t, "", document.Location{Layer: document.Hidden})
		}
	}
	d.formFields(r.file.Get("Data"))
	texts, _ := sweep.Wide(table) // whatever else there is to be read
	for _, t := range texts {
		r.add(t, "", document.Location{Layer: document.Hidden})
	}
	return err
}

// stringTable reads names of bookmarks and variables, authors, paths ([MS-DOC]
// 2.2.4, of two bytes a character); nil for any other structure.
func stringTable(b []byte) (list []string) {
	if len(b) < 6 || fields.U16(b, 0) != 0xffff {
		return nil
	}
	count, extra := fields.U16(b, 2), fields.U16(b, 4)
	b = b[6:]
	for range count {
		n := fields.U16(b, 0)
		if len(b) < 2+2*n {
			break
		}
		if n > 3 {
			list = append(list, ole.UTF16(b[2:2+2*n]))
		}
		b = b[min(len(b), 2+2*n+extra):]
	}
	return list
}

// readPieces finds the piece table behind the property modifiers of the Clx.
func (d *docFile) readPieces(clx []byte) error {
	for len(clx) > 5 && clx[0] == 1 {
		clx = clx[min(len(clx), 3+fields.U16(clx, 1)):]
	}
	if len(clx) < 5 || clx[0] != 2 {
		return errDoc
	}
	size := fields.U32(clx, 1)
	short := size > len(clx)-5
	b := fields.Sub(clx, 5, size)
	n := (len(b) - 4) / 12
	for i := range max(n, 0) {
		p := piecePart{cp: fields.U32(b, i*4), end: fields.U32(b, i*4+4)}
		fc := fields.U32(b, (n+1)*4+i*8+2)
		p.fc, p.wide = fc&0x3fffffff, fc&0x40000000 == 0
		if !p.wide {
			p.fc /= 2
		}
		if p.end < p.cp || p.end > maxDocChars || i > 0 && p.cp != d.pieces[i-1].end {
			return errDoc
		}
		d.pieces = append(d.pieces, p)
	}
	if short || n < 1 {
		return errDoc
	}
	return nil
}

// story is one of the texts that follow each other in the character count.
var stories = []document.Layer{
	document.Visible, document.Visible, document.Header, document.Hidden, document.Comment, document.Visible, document.Visible, document.Header,
}

// stories splits the text by its counts in the file information block: body,
// footnotes, headers, macros, comments, endnotes, text boxes and those in headers.
func (d *docFile) stories() error {
	ends := make([]int, len(stories))
	at := 0
	for i := range stories {
		at += fields.U32(d.main, fibChars+i*4)
		ends[i] = at
	}
	w := &docText{d: d, layer: stories[0]}
	story, lost := 0, false
	for _, p := range d.pieces {
		if d.r.ctx.Err() != nil {
			return d.r.ctx.Err()
		}
		width := 1
		if p.wide {
			width = 2
		}
		for cp := p.cp; cp < p.end; cp++ {
			for story < len(stories)-1 && cp >= ends[story] {
				w.paragraph()
				story++
				w.layer = stories[story]
			}
			fc := p.fc + (cp-p.cp)*width
			if fc+width > len(d.main) {
				lost = true
				break
			}
			if p.wide {
				w.char(uint16(fields.U16(d.main, fc)), fc)
			} else {
				w.char(uint16(charmap.Windows1252.DecodeByte(d.main[fc])), fc)
			}
		}
	}
	w.paragraph()
	w.endRow()
	if lost {
		return errDoc
	}
	return nil
}

// formats reads the pages of character or paragraph formatting and keeps the
// ranges that matter: hidden, inserted and deleted text, ends of table rows.
func (d *docFile) formats(plc []byte, paragraphs bool) []docRange {
	n := (len(plc) - 4) / 8
	var out []docRange
	for i := range max(n, 0) {
		page := fields.U32(plc, (n+1)*4+i*4) & 0x3fffff
		fkp := fields.Sub(d.main, page*512, 512)
		if len(fkp) < 512 || len(out) > 1<<20 {
			continue
		}
		out = append(out, pageFormats(fkp, paragraphs)...)
	}
	sort.SliceStable(out, func(a, b int) bool { return out[a].from < out[b].from })
	return out
}

func pageFormats(fkp []byte, paragraphs bool) []docRange {
	var out []docRange
	crun := int(fkp[511])
	for j := range crun {
		from, to := fields.U32(fkp, j*4), fields.U32(fkp, j*4+4)
		entry := (crun+1)*4 + j
		if paragraphs {
			entry = (crun+1)*4 + j*13
		}
		if entry >= 511 || to <= from {
			break
		}
		at := int(fkp[entry]) * 2
		if at == 0 || at >= 511 {
			continue
		}
		size, start := int(fkp[at]), at+1
		if paragraphs {
			// cb counts words and includes the style index; 0 moves the count on.
			if size == 0 {
				size, start = int(fkp[at+1])*2, at+2
			} else {
				size = size*2 - 1
			}
			if size >= 2 {
				size, start = size-2, start+2
			}
		}
		if layer := sprmLayer(fields.Sub(fkp, start, size)); layer != "" {
			out = append(out, docRange{from, to, layer})
		}
	}
	return out
}

const rowEnd = document.Layer("row end")

// sprmLayer looks through property modifiers for the four that matter.
func sprmLayer(b []byte) document.Layer {
	var found document.Layer
	look := newLook()
	for len(b) >= 3 {
		op := fields.U16(b, 0)
		size := 0
		switch op >> 13 {
		case 0, 1:
			size = 1
		case 2, 4, 5:
			size = 2
		case 3:
			size = 4
		case 7:
			size = 3
		case 6:
			size = 1 + int(b[2])
			if op == 0xd608 && len(b) >= 4 { // table definition has a longer count
				size = 1 + fields.U16(b, 2)
			}
		}
		set := b[2] == 1
		switch {
		case op == 0x0800 && set:
			return document.Deleted
		case op == 0x0801 && set && found == "":
			found = document.Inserted
		case op == 0x083c && set:
			found = document.Hidden
		case op == 0x2417 && set:
			found = rowEnd
		default:
			look.take(op, b[2:min(len(b), 2+size)])
		}
		b = b[min(len(b), 2+size):]
	}
	if found == "" && paint.Hides(look.ground, look.letters, paint.Black) {
		return document.Covered
	}
	return found
}

// layerAt finds the range that holds byte fc; hint is where the last one was.
func layerAt(ranges []docRange, fc int, hint *int) document.Layer {
	if *hint < len(ranges) && ranges[*hint].from <= fc && fc < ranges[*hint].to {
		return ranges[*hint].layer
	}
	i := sort.Search(len(ranges), func(i int) bool { return ranges[i].from > fc }) - 1
	if i >= 0 && fc < ranges[i].to {
		*hint = i
		return ranges[i].layer
	}
	return ""
}
