package mail

import (
	"fmt"
	"strings"
	"testing"

	"brevvagt/document/documenttest"
)

// TestDeepParts: what stands in two thousand multiparts within each other is
// read.
func TestDeepParts(t *testing.T) {
	const number, depth = "070761-4285", 2000
	var open, shut strings.Builder
	for i := range depth {
		fmt.Fprintf(&open, "--g%d\r\nContent-Type: multipart/mixed; boundary=g%d\r\n\r\n", i, i+1)
		fmt.Fprintf(&shut, "--g%d--\r\n", depth-i)
	}
	head := "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=g0\r\n\r\n"
	leaf := fmt.Sprintf("--g%d\r\nContent-Type: text/plain\r\n\r\nCPR %s\r\n", depth, number)
	for name, data := range map[string]string{
		"closed":   head + open.String() + leaf + shut.String() + "--g0--\r\n",
		"unclosed": head + open.String() + leaf,
	} {
		d := read(t, data)
		if !documenttest.Has(d, number) {
			t.Errorf("%s: the number is missing, gaps %v", name, d.Gaps)
		}
	}
}
