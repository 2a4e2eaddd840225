package plain

import (
	"testing"

	"brevvagt/document"
	"brevvagt/document/documenttest"
	"brevvagt/document/plain/postscript"
)

func FuzzPostScript(f *testing.F) {
	f.Add([]byte("%!PS\n72 700 moveto (CPR-nr. 130151-5355) show\n"))
	f.Add([]byte("\x04%!PS\n(\\061\\063\\(0) show (a(b)c) show (open\n% note"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d := documenttest.Read(t, []document.Format{postscript.Format{}}, "brev.ps", data)
		read := len(documenttest.Text(d))
		if (postscript.Format{}).Match(data, "") && !documenttest.HasGap(d, document.NoText) {
			t.Error("no gap")
		}
		if read > 20*len(data)+1000 {
			t.Errorf("%d bytes of text out of %d", read, len(data))
		}
	})
}
