package plain

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"brevvagt/document"
	"brevvagt/document/documenttest"
)

func TestMainframe(t *testing.T) {
	c := documenttest.Canary(5)
	text, err := charmap.CodePage037.NewEncoder().String("NAVN      CPR         BY        TESTPERSON EKSEMPEL " + c + "  EKSEMPELBY   ")
	if err != nil {
		t.Fatal(err)
	}
	documenttest.Run(t, documenttest.Suite{Format: Mainframe{}, OpenEnded: true, Samples: []documenttest.Sample{{Name: "a.dat", Data: []byte(text), Canaries: []string{c}}}})
	d := documenttest.Read(t, []document.Format{Mainframe{}}, "a.dat", []byte(text+"\xd9\xf8\xc4\x7c\xc4"))
	if !documenttest.Has(d, "R8DØD") {
		t.Error("Danish letters of code page 277 are lost")
	}
	if short, _ := charmap.CodePage037.NewEncoder().String("CPR " + c + " IB"); !(Mainframe{}).Match([]byte(short), "a.txt") {
		t.Error("a short text is taken for another")
	}
	for _, plain := range []string{strings.Repeat("almindelig tekst ", 20), strings.Repeat("ÆØÅ æøå ", 20), strings.Repeat("@@@@@@@@@@", 20), "Åse Øst ÆØÅ ÅÅÅÅ 12", "\xc1\xc2\xd8\xc5\xc6\xd8\xc5 \xd8\xc5\xc6\xd8\xc5\xd8\xc5\xc6"} {
		if (Mainframe{}).Match([]byte(plain), "a.txt") {
			t.Errorf("%.20q is no EBCDIC", plain)
		}
	}
}
