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
		chunk("iTXt", "Comment\x00\x00\x00\x00\x00in clear") + chunk("IEND", "")
	got := remarks([]byte(png))
	if len(got) != 2 || string(got[0]) != "CPR 120336-3951" || string(got[1]) != "CPR 120336-3951" {
		t.Errorf("%q", got)
	}
	for cut := range len(png) {
		remarks([]byte(png[:cut])) // does not end badly
	}
	many := "\x89PNG\r\n\x1a\n" + strings.Repeat(chunk("zTXt", "Comment\x00\x00"+b.String()), maxRemarks+5)
	if n := len(remarks([]byte(many))); n != maxRemarks {
		t.Errorf("%d remarks", n)
	}
}
