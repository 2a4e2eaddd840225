package compare

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"brevvagt/detectors"
	"brevvagt/document"
	"brevvagt/scanner"
)

// TestLongListIsNotCopied: a table alone may look like a list of recipients; its cells
// are not copied in the search for letters, since there may be half a million.
func TestLongListIsNotCopied(t *testing.T) {
	const rows = 5000
	doc := &document.Document{Parts: []document.Part{{Path: "liste.docx", Type: "docx"}}}
	for i := range rows {
		for _, label := range []string{"Navn", "Adresse", "Postnr.", "By", "Sag", "Beløb", "Dato", "Note"} {
			doc.Segments = append(doc.Segments, document.Segment{Text: fmt.Sprint("tekst ", i), Label: label, At: document.Location{Path: "liste.docx", Layer: document.Visible}})
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if run := Relate(detectors.Key{}, time.Now(), &scanner.Outcome{Document: doc}); run != nil {
		t.Error("a table without letters is a run of letters")
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / uint64(len(doc.Segments)); each > 500 {
		t.Errorf("%d bytes were taken for each cell", each)
	}
}
