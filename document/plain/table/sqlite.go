package table

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"

	"brevvagt/document"
	"brevvagt/document/plain/looks"
)

// SQLite reads the tables of an SQLite database, as programs keep and export them, and
// what deleted rows have left in it. It reads the pages by itself
// (https://www.sqlite.org/fileformat2.html), so that nothing in a file is run, each
// page at most once.
type SQLite struct{}

// Name is the format's name.
func (SQLite) Name() string { return "sqlite" }

const sqliteMagic = "SQLite format 3\x00"

// Match knows it by its first bytes.
func (SQLite) Match(head []byte, _ string) bool {
	return bytes.HasPrefix(head, []byte(sqliteMagic)) && len(head) >= sqliteHead
}

// The layout of a database: a head in front of page 1, and kinds of pages.
const (
	sqliteHead    = 100
	indexInterior = 2
	tableInterior = 5
	indexLeaf     = 10
	tableLeaf     = 13

	maxColumns   = 2000 // as in SQLite itself
	maxTreeDepth = 64
)

// Read reads each table that the schema names, and then the pages that belong to none.
func (SQLite) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	db := newDatabase(ctx, in.Data, out)
	if db == nil {
		return errUnsound
	}
	schema := &relation{rows: rows{out: out}, columns: make([]column, 5), key: -1}
	var found []*relation
	schema.row = func(cells []value) { found = db.declare(cells, found) }
	db.tree(1, schema, 0)
	for _, r := range found {
		db.tree(r.root, r, 0)
	}
	db.leftovers()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if db.unread {
		out.Gap(document.Gap{Why: document.UnknownType, Detail: "binary values in a database"})
	}
	if db.damaged {
		return errUnsound
	}
	return nil
}

// database is one file as its pages.
type database struct {
	ctx     context.Context
	out     *document.Builder
	data    []byte
	size    int // of a page
	usable  int // of it
	pages   int
	seen    []bool // by number of page
	wide    binary.ByteOrder
	damaged bool
	unread  bool // there are values of a kind that nobody knows
	virtual []string
}

func newDatabase(ctx context.Context, data []byte, out *document.Builder) *database {
	size := int(binary.BigEndian.Uint16(data[16:]))
	if size == 1 {
		size = 1 << 16
	}
	usable := size - int(data[20])
	if size < 512 || size&(size-1) != 0 || usable < 480 {
		return nil
	}
	db := &database{ctx: ctx, out: out, data: data, size: size, usable: usable, pages: len(data) / size}
	db.seen = make([]bool, db.pages+1)
	db.damaged = len(data)%size != 0 || int(binary.BigEndian.Uint32(data[28:])) > db.pages
	switch data[59] {
	case 2:
		db.wide = binary.LittleEndian
	case 3:
		db.wide = binary.BigEndian
	}
	return db
}

// page gives a page that was not looked at yet, nil if there is none of that number.
func (db *database) page(n int) []byte {
	if n < 1 || n > db.pages || db.seen[n] || db.ctx.Err() != nil {
		return nil
	}
	db.seen[n] = true
	return db.data[(n-1)*db.size:][:db.usable]
}

// relation is one table: its rows have no names, so the schema's are put to them.
type relation struct {
	rows    rows
	root    int
	columns []column
	key     int                 // column that is the row's own number, -1 for none
	shadow  bool                // it serves a virtual table, in a form of its own
	row     func(cells []value) // takes the rows instead, of the schema only
	layer   document.Layer
}

// tree reads the rows below a page.
func (db *database) tree(n int, r *relation, depth int) {
	p := db.page(n)
	if p == nil || depth > maxTreeDepth {
		db.damaged = true
		return
	}
	at := 0
	if n == 1 {
		at = sqliteHead
	}
	kind, head := p[at], 8
	if kind == tableInterior || kind == indexInterior {
		head = 12
	} else if kind != tableLeaf && kind != indexLeaf {
		db.damaged = true
		return
	}
	count := int(binary.BigEndian.Uint16(p[at+3:]))
	if at+head+2*count > len(p) {
		db.damaged = true
		count = (len(p) - at - head) / 2
	}
	room := len(p) // cells that lie over each other would be read again and again
	for i := range count {
		if room < 0 {
			db.damaged = true
			break
		}
		cell := int(binary.BigEndian.Uint16(p[at+head+2*i:]))
		if cell+4 > len(p) {
			db.damaged = true
			continue
		}
		if head == 12 {
			db.tree(int(binary.BigEndian.Uint32(p[cell:])), r, depth+1)
			cell += 4
		}
		if kind != tableInterior {
			room -= db.cell(p, cell, kind, r)
		}
	}
	if head == 12 {
		db.tree(int(binary.BigEndian.Uint32(p[at+8:])), r, depth+1)
	}
	db.deleted(p, at, at+head+2*count)
}

// cell reads one row and tells how many bytes of the page it takes, about.
func (db *database) cell(p []byte, at int, kind byte, r *relation) int {
	size, n := varint(p[at:])
	at += n
	var id int64
	if kind == tableLeaf && at < len(p) {
		v, m := varint(p[at:])
		id, at = int64(v), at+m
	}
	if n == 0 || at > len(p) || size > uint64(len(db.data)) {
		db.damaged = true
		return 1
	}
	payload := db.payload(p[at:], int(size), kind)
	list, ok := db.record(payload)
	if !ok {
		db.damaged = true
	}
	if r.key >= 0 && r.key < len(list) && list[r.key].null {
		list[r.key] = value{text: strconv.FormatInt(id, 10)}
	}
	if r.row != nil {
		r.row(list)
	} else {
		db.put(r, list)
	}
	return min(len(payload), len(p)-at)
}

// payload puts a row together that is longer than its page.
func (db *database) payload(b []byte, size int, kind byte) []byte {
	most := db.usable - 35
	if kind != tableLeaf {
		most = (db.usable-12)*64/255 - 23
	}
	if size <= most {
		if size > len(b) {
			db.damaged = true
		}
		return b[:min(size, len(b))]
	}
	least := (db.usable-12)*32/255 - 23
	local := least + (size-least)%(db.usable-4)
	if local > most {
		local = least
	}
	if local+4 > len(b) {
		db.damaged = true
		return b
	}
	all := bytes.Clone(b[:local])
	for next := int(binary.BigEndian.Uint32(b[local:])); len(all) < size; {
		p := db.page(next)
		if p == nil {
			db.damaged = true
			break
		}
		next = int(binary.BigEndian.Uint32(p))
		all = append(all, p[4:4+min(size-len(all), len(p)-4)]...)
	}
	return all
}

// value is one value of a row.
type value struct {
	text string
	blob []byte
	null bool
}

// record takes a row apart; ok is false when it ends early.
func (db *database) record(b []byte) (list []value, ok bool) {
	size, n := varint(b)
	if n == 0 || size > uint64(len(b)) {
		return nil, false
	}
	head, body := b[n:max(int(size), n)], b[size:]
	for len(head) > 0 && len(list) < maxColumns {
		kind, n := varint(head)
		if n == 0 {
			return list, false
		}
		head = head[n:]
		width := sqliteWidth(kind)
		if width > uint64(len(body)) {
			return append(list, db.value(kind, body, true)), false
		}
		list = append(list, db.value(kind, body[:width], false))
		body = body[width:]
	}
	return list, true
}

func sqliteWidth(kind uint64) uint64 {
	switch {
	case kind >= 12:
		return (kind - 12) / 2
	case kind == 5:
		return 6
	case kind == 6 || kind == 7:
		return 8
	case kind >= 8:
		return 0
	}
	return kind
}

func (db *database) value(kind uint64, b []byte, short bool) value {
	switch {
	case kind >= 12 && kind%2 == 0:
		return value{blob: b}
	case kind >= 13:
		return value{text: db.text(b)}
	case kind == 0 || short:
		return value{null: true}
	case kind == 7:
		// A measure with four decimals is no number of six and four digits.
		text := strconv.FormatFloat(math.Float64frombits(binary.BigEndian.Uint64(b)), 'f', -1, 64)
		return value{text: strings.Replace(text, ".", ",", 1)}
	case kind == 8 || kind == 9:
		return value{text: strconv.Itoa(int(kind - 8))}
	case kind > 9:
		return value{null: true}
	}
	n := int64(int8(b[0]))
	for _, c := range b[1:] {
		n = n<<8 | int64(c)
	}
	return value{text: strconv.FormatInt(n, 10)}
}

func (db *database) text(b []byte) string {
	if db.wide == nil {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = db.wide.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

// put hands a row on: its texts as a table's row, the files in it as files.
func (db *database) put(r *relation, list []value) {
	cells := make([]string, len(list))
	for i, v := range list {
		switch {
		case v.blob == nil:
			cells[i] = v.text
		case carries(v.blob):
			db.out.ChildBytes("felt"+strconv.Itoa(i+1), v.blob, document.Input{MadeUp: true})
		case looks.Text(v.blob):
			cells[i] = db.text(v.blob)
		default:
			db.sweep(v.blob)
			db.unread = db.unread || !r.shadow && unknown(v.blob)
		}
	}
	r.rows.add(cells, unknownLine, r.layer)
}

// maxMark is how long a binary value may be and be a mark or a sum, no content.
const maxMark = 64

// unknown tells a binary value in which there may be something to read. The shapes of
// maps have points.
func unknown(b []byte) bool {
	return len(b) > maxMark && !bytes.HasPrefix(b, []byte("GP\x00")) && !spatiaLite(b)
}

// spatiaLite tells a shape by its marks at the beginning, behind its bounds and at the end.
func spatiaLite(b []byte) bool {
	return len(b) > 39 && b[0] == 0 && b[1] <= 1 && b[38] == 0x7c && b[len(b)-1] == 0xfe
}

// carries tells a file that somebody knows by how it begins.
func carries(b []byte) bool {
	for _, magic := range []string{"PK\x03\x04", "%PDF", "\x89PNG", "\xff\xd8\xff", "GIF8", "BM", "II*\x00", "MM\x00*", "\xd0\xcf\x11\xe0", "\x1f\x8b", "{\\rtf", "RIFF", "bplist", sqliteMagic} {
		if bytes.HasPrefix(b, []byte(magic)) {
			return true
		}
	}
	return len(b) > 12 && string(b[4:8]) == "ftyp" // the pictures of telephones
}

// varint reads a number of up to nine bytes; n is 0 when it is cut off.
func varint(b []byte) (v uint64, n int) {
	for i := 0; i < 9 && i < len(b); i++ {
		if i == 8 {
			return v<<8 | uint64(b[i]), 9
		}
		v = v<<7 | uint64(b[i]&0x7f)
		if b[i] < 0x80 {
			return v, i + 1
		}
	}
	return 0, 0
}
