package stray

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"strings"
	"testing"
)

func chunk(kind, body string) string {
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(body)))) + kind + body + "\x00\x00\x00\x00"
}

func TestPackedRemarksOfAPicture(t *testing.T) {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write([]byte("CPR 120336-3951")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	png := "\x89PNG\r\n\x1a\n" + chunk("zTXt", "Comment\x00\x00"+b.String()) + chunk("iTXt", "Comment\x00\x01\x00da\x00\x00"+b.String()) +
		chunk("iTXt", "Comment\x00\x00\x00\x00\x00in clear") + chunk("iCCP", "sRGB\x00\x00"+b.String()) + chunk("IEND", "")
	got, cut := remarks([]byte(png))
	if cut || len(got) != 3 || string(got[2]) != "CPR 120336-3951" || string(got[0]) != "CPR 120336-3951" || string(got[1]) != "CPR 120336-3951" {
		t.Errorf("%q", got)
	}
	for cut := range len(png) {
		remarks([]byte(png[:cut])) // does not end badly
	}
	many := "\x89PNG\r\n\x1a\n" + strings.Repeat(chunk("zTXt", "Comment\x00\x00"+b.String()), maxRemarks+5)
	if got, cut := remarks([]byte(many)); len(got) != maxRemarks || !cut {
		t.Errorf("%d remarks, cut %v", len(got), cut)
	}
	var bomb bytes.Buffer
	w = zlib.NewWriter(&bomb)
	if _, err := w.Write(make([]byte, maxRemark+1)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got, cut := remarks([]byte("\x89PNG\r\n\x1a\n" + chunk("zTXt", "Comment\x00\x00"+bomb.String()))); len(got) != 1 || len(got[0]) != maxRemark || !cut {
		t.Errorf("a bomb: %d remarks, cut %v", len(got), cut)
	}
}
