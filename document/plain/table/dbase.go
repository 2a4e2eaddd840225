package table

import (
	"bytes"
	"context"
	"encoding/binary"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"brevvagt/document"
	"brevvagt/document/plain/looks"
	"brevvagt/internal/prose"
)

// DBase reads tables of dBASE and FoxPro (.dbf), as registers and map programs
// export them. Memos stand in a file of their own.
type DBase struct{}

// Name is the format's name.
func (DBase) Name() string { return "dbf" }

// The layout of a dBASE table: a head, a description of 32 bytes a field, records.
const (
	dbfHead   = 32
	dbfField  = 32
	dbfFields = 255
)

// Match knows it by a head that makes sense: a date, sizes that fit each other, and
// a first field with a name and a type.
func (DBase) Match(head []byte, _ string) bool {
	if len(head) < dbfHead+dbfField+1 || !strings.ContainsRune("\x02\x03\x04\x05\x30\x31\x32\x43\x63\u0083\u008b\u008c\u00cb\u00f5\u00fb", rune(head[0])) {
		return false
	}
	size, record := int(binary.LittleEndian.Uint16(head[8:])), int(binary.LittleEndian.Uint16(head[10:]))
	if head[2] > 12 || head[3] > 31 || size < dbfHead+dbfField+1 || record < 2 {
		return false
	}
	return len(dbfLayout(head, size)) > 0
}

type dbfColumn struct {
	name     string
	from, to int // in a record
}

// dbfLayout reads the fields, none when they do not make sense.
func dbfLayout(data []byte, size int) []dbfColumn {
	var list []dbfColumn
	at := 1
	for i := dbfHead; i+dbfField <= min(size, len(data)) && data[i] != 0x0d && len(list) < dbfFields; i += dbfField {
		f := data[i : i+dbfField]
		name, _, _ := strings.Cut(string(f[:11]), "\x00")
		if !strings.ContainsRune("CNFDLMBGPYTIVWXQ0@O+", rune(f[11])) || f[11] == 0 || !looks.Sign(name) {
			return nil
		}
		width := int(f[16])
		if f[11] == 'C' {
			width += int(f[17]) << 8 // a long text has its size in the decimals, too
		}
		list = append(list, dbfColumn{strings.TrimSpace(name), at, at + width})
		at += width
	}
	return list
}

// Read reads every record, those marked as deleted, too.
func (DBase) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	data := in.Data
	size, record := int(binary.LittleEndian.Uint16(data[8:])), int(binary.LittleEndian.Uint16(data[10:]))
	layout := dbfLayout(data, size)
	decode := dbfText(data[29])
	w := rows{out: out}
	names := make([]string, len(layout))
	for i, c := range layout {
		names[i] = decode([]byte(c.name))
	}
	w.add(names, unknownLine, document.Metadata)
	w.headings, w.at = names, w.row
	rest := data[min(len(data), size):]
	for n := 0; len(rest) >= record; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		row := rest[:record]
		rest = rest[record:]
		layer := document.Layer("")
		if row[0] == '*' {
			layer = document.Deleted
		}
		cells := make([]string, len(layout))
		for i, c := range layout {
			cells[i] = strings.TrimSpace(decode(row[min(c.from, record):min(c.to, record)]))
		}
		w.add(cells, unknownLine, layer)
	}
	if left := len(bytes.Trim(rest, "\x1a\x00 ")); left > 0 || int(binary.LittleEndian.Uint32(data[4:])) > w.row-1 {
		return errUnsound
	}
	return ctx.Err()
}

func unknownLine(int) int { return 0 }

// dbfText decodes texts by the table's language, or by their content where it
// names none.
func dbfText(language byte) func([]byte) string {
	page := map[byte]*charmap.Charmap{0x01: charmap.CodePage437, 0x02: charmap.CodePage850, 0x08: charmap.CodePage865, 0x17: charmap.CodePage865, 0x66: charmap.CodePage865, 0x64: charmap.CodePage852}[language]
	return func(b []byte) string {
		b = bytes.Trim(b, "\x00")
		if page == nil {
			return prose.Decode(b, "")
		}
		text, err := page.NewDecoder().Bytes(b)
		if err != nil {
			return prose.Decode(b, "")
		}
		return string(text)
	}
}
