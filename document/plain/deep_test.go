package plain

import (
	"strings"
	"testing"

	"brevvagt/document/documenttest"
)

// TestDeepTags: what stands in a hundred thousand elements within each other is
// read.
func TestDeepTags(t *testing.T) {
	const number, depth = "070761-4285", 100_000
	for name, data := range map[string]string{
		"a.xml":         `<?xml version="1.0"?><r>` + strings.Repeat("<a>", depth) + number + strings.Repeat("</a>", depth) + "</r>",
		"unclosed.xml":  `<?xml version="1.0"?><r>` + strings.Repeat("<a>", depth) + number,
		"a.html":        "<!DOCTYPE html><html><body>" + strings.Repeat("<div>", depth) + number + strings.Repeat("</div>", depth) + "</body></html>",
		"unclosed.html": "<!DOCTYPE html><html><body>" + strings.Repeat("<table><tr><td>", depth/3) + number,
		"drawing.svg":   `<svg xmlns="http://www.w3.org/2000/svg">` + strings.Repeat("<g>", depth) + "<text>" + number + "</text>" + strings.Repeat("</g>", depth) + "</svg>",
		"a.json":        strings.Repeat(`{"a":`, depth) + `"` + number + `"` + strings.Repeat("}", depth),
	} {
		d := documenttest.Read(t, Formats(), name, []byte(data))
		if !documenttest.Has(d, number) {
			t.Errorf("%s: the number is missing, gaps %v", name, d.Gaps)
		}
	}
}
