package plain

import (
	"regexp"
	"strings"

	"brevvagt/document"
)

// fdfField is a field of form data (FDF) with its name (/T) and value (/V), which stand
// in either order.
var fdfField = regexp.MustCompile(`/T\s*\(([^()]{1,60})\)\s*/V\s*\(([^()]{1,12})\)|/V\s*\(([^()]{1,12})\)\s*/T\s*\(([^()]{1,60})\)`)

// maxFDF bounds the fields of one file.
const maxFDF = 10_000

// formData gives the numbers of form data that have a field for each of their parts.
func formData(text string, out *document.Builder) {
	if !strings.HasPrefix(text, "%FDF-") {
		return
	}
	var fields following
	for _, m := range fdfField.FindAllStringSubmatch(text, maxFDF) {
		for _, s := range fields.add("", m[1]+m[4], m[2]+m[3]) {
			out.Segment(s)
		}
	}
}
