package flow

import (
	"bytes"
	"testing"

	"brevvagt/document"
)

// TestLongParagraphIsCut passes a paragraph on while it is read, at a blank.
func TestLongParagraphIsCut(t *testing.T) {
	for _, piece := range []string{"ord 610172-1234 ", "nr: 610172 ", "uden"} {
		var p Para
		var got, want bytes.Buffer
		held := 0
		for want.Len() < 3*maxPara {
			p.Add(document.Visible, []byte(piece))
			want.WriteString(piece)
			if cut := p.Cut(); cut != nil {
				for _, s := range cut.Pieces(document.Visible) {
					got.WriteString(s.Text)
				}
				if text := got.String(); piece[3] == ' ' && text[len(text)-1] != ' ' {
					t.Fatalf("cut behind %q", text[len(text)-5:])
				}
			}
			held = max(held, p.size)
		}
		for _, s := range p.Pieces(document.Visible) {
			got.WriteString(s.Text)
		}
		if !bytes.Equal(got.Bytes(), want.Bytes()) || held > maxPara {
			t.Errorf("%q: %d of %d bytes, %d held", piece, got.Len(), want.Len(), held)
		}
	}
}
