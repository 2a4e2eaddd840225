package office_test

import (
	"encoding/binary"
	"testing"

	"brevvagt/document"
	"brevvagt/document/documenttest"
)

// brt writes one record of a binary part.
func brt(kind int, body ...any) string {
	b := []byte{}
	if kind < 128 {
		b = append(b, byte(kind))
	} else {
		b = append(b, byte(kind&0x7f|0x80), byte(kind>>7))
	}
	data := rec(0, body...)[4:]
	for n := len(data); ; n >>= 7 {
		if n < 128 {
			b = append(b, byte(n))
			break
		}
		b = append(b, byte(n&0x7f|0x80))
	}
	return string(append(b, data...))
}

// bstr is a text with its count of characters.
func bstr(s string) string {
	w := utf16le(s)
	return string(binary.LittleEndian.AppendUint32(nil, uint32(len(w)/2))) + string(w)
}

func xlsbFile(t testing.TB) []byte {
	c := documenttest.Canary
	at := func(col, style int) string {
		return string(binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, uint32(col)), uint32(style)))
	}
	row := func(n int, flag byte) string {
		return brt(0, uint32(n), uint32(0), 300, byte(0), flag, byte(0), uint32(0))
	}
	return zipOf(t,
		entry{"[Content_Types].xml", types},
		entry{"xl/workbook.bin", brt(131) + brt(156, uint32(0), uint32(1), bstr("rId1"), bstr("Ark1")) + brt(156, uint32(2), uint32(2), bstr("rId2"), bstr("Dybt")) + brt(132)},
		entry{"xl/_rels/workbook.bin.rels", `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.bin"/><Relationship Id="rId2" Type="x/worksheet" Target="worksheets/sheet2.bin"/></Relationships>`},
		entry{"xl/worksheets/_rels/sheet1.bin.rels", `<Relationships><Relationship Id="rId1" Type="x/comments" Target="../comments1.bin"/></Relationships>`},
		entry{"xl/sharedStrings.bin", brt(159, uint32(2), uint32(2)) + brt(19, byte(0), bstr("CPR")) + brt(19, byte(0), bstr(c(0))) + brt(160)},
		entry{"xl/styles.bin", brt(278) + brt(44, 164, bstr("000000-0000")) + brt(617, uint32(2)) + brt(47, 0, 0, uint32(0)) + brt(47, 0, 164, uint32(0)) + brt(618) + brt(279)},
		entry{"xl/worksheets/sheet1.bin", brt(129) + brt(60, uint32(5), uint32(5), uint32(100), uint32(0), 1) +
			row(0, 0) + brt(7, at(0, 0), uint32(0)) +
			row(1, 0) + brt(7, at(0, 0), uint32(1)) + brt(6, at(5, 0), bstr(c(4))) +
			row(2, 0) + brt(5, at(0, 0), 102030004.0) +
			row(3, 0) + brt(2, at(0, 1), uint32(102030012<<2|2)) +
			row(4, 0x10) + brt(8, at(0, 0), bstr(c(1)), uint32(0)) +
			brt(479, bstr("&Lhoved "+c(5))) + brt(130)},
		entry{"xl/worksheets/sheet2.bin", brt(129) + row(0, 0) + brt(6, at(1, 0), bstr(c(2))) + brt(130)},
		entry{"xl/comments1.bin", brt(628) + brt(632, bstr("Sagsbehandler")) + brt(635, uint32(0), uint32(1), uint32(1), uint32(0), uint32(0)) + brt(637, byte(0), bstr(c(3))) + brt(629)})
}

func TestXLSB(t *testing.T) {
	c := documenttest.Canary
	d := documenttest.Read(t, formats(), "x.xlsb", xlsbFile(t))
	if len(d.Gaps) > 0 {
		t.Errorf("gaps: %v", d.Gaps)
	}
	checkWants(t, d, []want{
		{text: c(0), layer: document.Visible, label: "CPR", cell: "Ark1!A2"},
		{text: "0102030004", layer: document.Visible, cell: "Ark1!A3"},
		{text: "010203-0012", layer: document.Visible, cell: "Ark1!A4"},
		{text: c(1), layer: document.Hidden, cell: "Ark1!A5"},
		{text: c(2), layer: document.Hidden, cell: "Dybt!B1"},
		{text: c(3), layer: document.Comment, cell: "Ark1!A2"},
		{text: c(4), layer: document.Hidden, cell: "Ark1!F2"},
		{text: c(5), layer: document.Hidden},
	})
	documenttest.Run(t, documenttest.Suite{Format: format(t, "xlsx"), Others: formats(), Samples: []documenttest.Sample{{
		Name: "x.xlsb", Data: xlsbFile(t), Canaries: []string{c(0), c(1), c(2), c(3), "0102030004"}}}})
}
