package plain_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/ascii85"
	"encoding/base64"
	"strings"
	"testing"

	"brevvagt/document"
	"brevvagt/document/archive"
	"brevvagt/document/plain"
)

func TestFilesWithinAText(t *testing.T) {
	const secret = "Borger CPR 661072-1234 Karla"
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte(secret))
	z.Close()
	b64 := base64.StdEncoding.EncodeToString(packed.Bytes())
	a85 := make([]byte, ascii85.MaxEncodedLen(len(secret)))
	a85 = a85[:ascii85.Encode(a85, []byte(secret))]
	for name, text := range map[string]string{
		"heredoc.sh": "#!/bin/sh\nbase64 -d <<EOF | gunzip\n" + b64[:30] + "\n" + b64[30:] + "\nEOF\n",
		"inline.txt": "Se filen her: " + b64 + " og sig til",
		"twice.txt":  base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte("Navn;CPR\nKarla;661072-1234\n")))),
		"adobe.txt":  "Pakket: <~" + string(a85) + "~>\n",
		"a85.py":     "x = base64.a85decode('" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(string(a85)) + "')\n",
		"b85.py":     "d = base64.b85decode(\"LT_?sWpW@xP*NZ^HZd?aGA%JOGc+JeVRCF?\")\n",
	} {
		list := append(archive.Formats(), plain.Formats()...)
		d := (&document.Formats{List: list}).Read(context.Background(), name, []byte(text))
		found := false
		for _, s := range d.Segments {
			found = found || strings.Contains(s.Text, "661072-1234")
		}
		if !found {
			t.Errorf("%s: %+v %v", name, d.Segments, d.Gaps)
		}
	}
	// Keys and hashes are none.
	for _, text := range []string{"integrity sha512-aH4sIabcdefghijklmnopqrstuvwxyz0123456789+/abcd", "<~ikke pakket~>", "b85decode('kort')"} {
		if d := (&document.Formats{List: plain.Formats()}).Read(context.Background(), "x.txt", []byte(text)); len(d.Parts) != 1 {
			t.Errorf("%s: %+v", text, d.Parts)
		}
	}
}
