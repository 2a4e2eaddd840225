package plain_test

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
	"testing"

	"brevvagt/document"
	"brevvagt/document/plain"
	"brevvagt/document/stray"
)

// TestPrintFilesAndPackedTexts plants a number in what programs write for printers and
// in texts that are a file in another form.
func TestPrintFilesAndPackedTexts(t *testing.T) {
	kerned := "%!PS-Adobe-3.0\n50 700 moveto "
	for _, c := range "CPR " + inside {
		kerned += "(" + string(c) + ") show 2 0 rmoveto "
	}
	letter := []byte("Borgeren har CPR-nr. " + inside + " i sagen her\n")
	var deflated bytes.Buffer
	w, _ := flate.NewWriter(&deflated, 9)
	_, _ = w.Write([]byte(url.PathEscape(`<mxCell value="CPR ` + inside + `"/>`)))
	_ = w.Close()
	tests := map[string]struct {
		data string
		gap  bool
	}{
		"kerned.ps":   {kerned + "\nshowpage\n", true},
		"octal.eps":   {"\x04%!PS\n(CPR 120336\\0553951) show\n", true},
		"brev.b64":    {base64.StdEncoding.EncodeToString(letter), false},
		"brev.hex":    {hex.EncodeToString(letter) + "\n", false},
		"tegn.drawio": {`<mxfile><diagram>` + base64.StdEncoding.EncodeToString(deflated.Bytes()) + `</diagram></mxfile>`, false},
		"pandas.csv":  {"Navn,CPR\nTest,1203363951.0\n", false},
		"excel.csv":   {"Navn;CPR\nTest;1,203363951E+09\nTest;2\n", false},
		"tusind.csv":  {"Navn;CPR\nTest;1.203.363.951\n", false},
	}
	for name, tt := range tests {
		f := document.Formats{List: append(plain.Formats(), stray.Unknown{})}
		d := f.Read(context.Background(), name, []byte(tt.data))
		found := false
		for _, s := range d.Segments {
			found = found || strings.Contains(s.Text, inside) || strings.Contains(s.Text, "1203363951")
		}
		if !found || (len(d.Gaps) > 0) != tt.gap {
			t.Errorf("%s: found %v, gaps %v", name, found, d.Gaps)
		}
	}
}

// TestPicturesWithoutASignatureAreNoText wants a gap: their text is in their pixels.
func TestPicturesWithoutASignatureAreNoText(t *testing.T) {
	white := strings.Repeat("\xff\xff\xff", 3000)
	for name, data := range map[string]string{
		"side.ppm": "P6\n60 50\n255\n" + white, "side.pgm": "P2\n# x\n2 2\n255\n255 255\n0 255\n", "side.xpm": "/* XPM */\nstatic char *x[] = {\n\"1 1\"};\n",
		"side.xbm": "#define side_width 8\n#define side_height 1\n", "side.tga": "\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x40\x01\x40\x00\x18\x20" + white,
	} {
		f := document.Formats{List: append(plain.Formats(), stray.Unknown{})}
		if d := f.Read(context.Background(), name, []byte(data)); len(d.Gaps) == 0 {
			t.Errorf("%s: read without a gap", name)
		}
	}
}
