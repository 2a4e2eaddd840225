package documenttest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"brevvagt/document"
)

// Read walks data with the given formats and the default limits.
func Read(t testing.TB, list []document.Format, name string, data []byte) *document.Document {
	t.Helper()
	f := document.Formats{List: list}
	return f.Read(context.Background(), name, data)
}

// Text is all that was read, one segment after the other with an empty line
// between them.
func Text(d *document.Document) string {
	var b strings.Builder
	for _, s := range d.Segments {
		b.WriteString(s.Text)
		b.WriteString("\n\n")
	}
	return b.String()
}

// Has reports whether one segment holds the text, runs of white space alike.
func Has(d *document.Document, text string) bool {
	return len(Find(d, text)) > 0
}

// Find returns the segments that hold the text, runs of white space alike.
func Find(d *document.Document, text string) []document.Segment {
	want := squeeze(text)
	var found []document.Segment
	for _, s := range d.Segments {
		if strings.Contains(squeeze(s.Text), want) {
			found = append(found, s)
		}
	}
	return found
}

// HasGap reports whether a place was not read for this reason.
func HasGap(d *document.Document, why document.Reason) bool {
	for _, g := range d.Gaps {
		if g.Why == why {
			return true
		}
	}
	return false
}

// Describe lists parts, gaps and the beginning of the text, for test failures.
func Describe(d *document.Document) string {
	var b strings.Builder
	for _, p := range d.Parts {
		fmt.Fprintf(&b, "part %s (%s, %d bytes)\n", p.Path, p.Type, p.Size)
	}
	for _, g := range d.Gaps {
		fmt.Fprintf(&b, "gap %s %s\n", g, g.Detail)
	}
	for i, s := range d.Segments {
		if i == 20 {
			fmt.Fprintf(&b, "… %d more segments\n", len(d.Segments)-i)
			break
		}
		fmt.Fprintf(&b, "segment %s %s %q: %.200q\n", s.At.Path, s.At.Layer, s.Label, s.Text)
	}
	return b.String()
}

// Canary returns the n-th made-up CPR number: born 2037 to 2057, which nobody
// is yet, with a right modulus 11. Different n up to 5,000 give different numbers.
func Canary(n int) string {
	weights := [10]int{4, 3, 2, 7, 6, 5, 4, 3, 2, 1}
	for serial := 5000 + n%7; ; serial += 7 {
		s := fmt.Sprintf("%02d%02d%02d%04d", 1+n%28, 1+n/28%12, 37+n/336%21, serial)
		sum := 0
		for i, w := range weights {
			sum += w * int(s[i]-'0')
		}
		if sum%11 == 0 {
			return s[:6] + "-" + s[6:]
		}
	}
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func textLen(d *document.Document) int {
	n := 0
	for _, s := range d.Segments {
		n += len(s.Text)
	}
	return n
}
