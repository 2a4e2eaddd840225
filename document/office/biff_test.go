package office_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"brevvagt/document"
	"brevvagt/document/documenttest"
	"brevvagt/document/office/ole"
)

// rec writes one record of a workbook.
func rec(kind uint16, parts ...any) []byte {
	var body []byte
	for _, p := range parts {
		switch v := p.(type) {
		case int:
			body = binary.LittleEndian.AppendUint16(body, uint16(v))
		case byte:
			body = append(body, v)
		case uint32:
			body = binary.LittleEndian.AppendUint32(body, v)
		case float64:
			body = binary.LittleEndian.AppendUint64(body, math.Float64bits(v))
		case string:
			body = append(body, v...)
		}
	}
	b := binary.LittleEndian.AppendUint16(nil, kind)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(body)))
	return append(b, body...)
}

// workbook writes an .xls whose string table is cut in the middle of a text, with
// the second half in the other width, and every kind of cell.
func workbook(t testing.TB) []byte {
	c := documenttest.Canary
	first, second := "CPR "+c(0), "delt "+c(1)
	globals := bytes.Join([][]byte{
		rec(0x809, 0x600, 5, uint32(0), uint32(0), uint32(0)),
		rec(0x41e, 164, 11, byte(0), "000000-0000"),
		rec(0xe0, 0, 0, strings.Repeat("\x00", 16)),
		rec(0xe0, 0, 164, strings.Repeat("\x00", 16)),
	}, nil)
	rest := bytes.Join([][]byte{
		rec(0xfc, uint32(2), uint32(2), len(first), byte(0), first, len(second), byte(8), 1, second[:7]),
		rec(0x3c, byte(1), string(utf16le(second[7:])), uint32(0)),
		rec(0x0a),
	}, nil)
	name := "Ark1"
	size := len(globals) + len(rest) + 4 + 8 + len(name)
	sheet := rec(0x85, uint32(size), 0, byte(len(name)), byte(0), name)
	body := bytes.Join([][]byte{
		rec(0x809, 0x600, 0x10, uint32(0), uint32(0), uint32(0)),
		rec(0x7d, 5, 5, 0, 0, 1, 0),
		rec(0x204, 0, 0, 0, 3, byte(0), "CPR"),
		rec(0xfd, 1, 0, 0, uint32(0)),
		rec(0xfd, 2, 0, 0, uint32(1)),
		rec(0x203, 3, 0, 0, 102030004.0),
		rec(0x27e, 4, 0, 1, uint32(102030012<<2|2)),
		rec(0xbd, 5, 0, 1, uint32(102030020<<2|2), 0, uint32(7<<2|2), 1),
		rec(0x06, 6, 0, 0, byte(0), "\x00\x00\x00\x00\x00\xff\xff", 0, uint32(0), 0, ""),
		rec(0x207, 11, byte(0), c(2)),
		rec(0x06, 7, 0, 0, 102030039.0, 0, uint32(0), 0, "\x17\x0b\x00"+c(3)),
		rec(0x204, 8, 5, 0, 11, byte(0), c(4)),
		rec(0x0a),
	}, nil)
	book := append(append(append(globals, sheet...), rest...), body...)
	return compoundOf(t, []cfbEntry{{name: "Workbook", data: book}})
}

func TestBIFFCells(t *testing.T) {
	c := documenttest.Canary
	d := documenttest.Read(t, formats(), "x.xls", workbook(t))
	if len(d.Gaps) > 0 {
		t.Errorf("gaps: %v", d.Gaps)
	}
	checkWants(t, d, []want{
		{text: "CPR " + c(0), layer: document.Visible, cell: "Ark1!A2", label: "CPR"},
		{text: "delt " + c(1), layer: document.Visible, cell: "Ark1!A3"},
		{text: "0102030004", layer: document.Visible, cell: "Ark1!A4"},
		{text: "010203-0012", layer: document.Visible, cell: "Ark1!A5"},
		{text: "010203-0020", layer: document.Visible, cell: "Ark1!A6"},
		{text: c(2), layer: document.Visible, cell: "Ark1!A7"},
		{text: "0102030039", layer: document.Visible, cell: "Ark1!A8"},
		{text: c(3), layer: document.Hidden},
		{text: c(4), layer: document.Hidden, cell: "Ark1!F9"},
	})
}

// TestObjects: what lies beside the main streams of an old file.
func TestObjects(t *testing.T) {
	c := documenttest.Canary
	native := append([]byte{2, 0}, "fil.txt\x00C:\\fil.txt\x00\x00\x00\x03\x00"...)
	native = binary.LittleEndian.AppendUint32(native, 4)
	native = append(native, "tmp\x00"...)
	file := "indhold " + c(0)
	native = binary.LittleEndian.AppendUint32(native, uint32(len(file)))
	native = append(native, file...)
	native = append(binary.LittleEndian.AppendUint32(nil, uint32(len(native))), native...)

	png := "\x89PNG\r\n\x1a\n" + strings.Repeat("x", 40) + c(1)
	blip := append([]byte{0, 0, 0x1e, 0xf0}, binary.LittleEndian.AppendUint32(nil, uint32(17+len(png)))...)
	blip = append(append(blip, make([]byte, 17)...), png...)
	var packed bytes.Buffer
	zw := zlib.NewWriter(&packed)
	if _, err := zw.Write([]byte("metafil " + c(2))); err != nil {
		t.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	meta := append([]byte{0, 0, 0x1a, 0xf0}, binary.LittleEndian.AppendUint32(nil, uint32(50+packed.Len()))...)
	meta = append(append(meta, make([]byte, 50)...), packed.Bytes()...)

	macro := macroOf("Attribute VB_Name = \"Modul\"\r\n' borger " + c(3) + "\r\n")

	data := compoundOf(t, []cfbEntry{
		{name: "\x01Ole10Native", data: native},
		{name: "Pictures", data: append(blip, meta...)},
		{name: "VBA", kids: []cfbEntry{{name: "Modul", data: macro}}},
		{name: "Ukendt", data: append(make([]byte, 10), utf16le("tekst "+c(4))...)},
		{name: "MBD1", kids: []cfbEntry{{name: "Workbook", data: openStream(t, workbook(t), "Workbook")}}},
	})
	d := documenttest.Read(t, append(formats(), raw{}), "x.doc", data)
	for i := range 5 {
		if !documenttest.Has(d, c(i)) {
			t.Errorf("canary %d lost", i)
		}
	}
	if !documenttest.Has(d, "010203-0012") {
		t.Error("embedded workbook lost")
	}
	if len(d.Gaps) > 0 {
		t.Errorf("gaps: %v", d.Gaps)
	}
}

// macroOf packs a module's source as literals only ([MS-OVBA] 2.4.1.3).
func macroOf(source string) []byte {
	var chunk []byte
	for i := 0; i < len(source); i += 8 {
		chunk = append(append(chunk, 0), source[i:min(len(source), i+8)]...)
	}
	out := binary.LittleEndian.AppendUint16([]byte("kode\x01"), uint16(0xb000|len(chunk)-1))
	return append(out, chunk...)
}

func openStream(t testing.TB, data []byte, name string) []byte {
	t.Helper()
	f, err := ole.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	return f.Get(name)
}
