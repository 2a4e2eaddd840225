package pdf

import (
	"fmt"
	"strings"
	"testing"
)

// lines is a page with n lines of text, each made from its number.
func lines(n int, each func(int) string) string {
	var b strings.Builder
	b.WriteString("BT /F1 10 Tf 14 TL 60 780 Td\n")
	for l := range n {
		fmt.Fprintf(&b, "(%s) Tj T*\n", each(l))
	}
	return b.String() + "ET"
}

// TestFewCalls counts how often the engine is asked for one page: a call costs little, but
// a page has many lines, and each of them may be asked about once or twice and no more.
func TestFewCalls(t *testing.T) {
	const rows = 48
	labelled := lines(rows, func(l int) string {
		return fmt.Sprintf("Borgeren med CPR-nummer 6610%02d-1234 har en sag, dato og journal", 61+l%28)
	})
	head := show("Navn", 60, 795) + show("CPR-nr.", 220, 795)
	table := head
	for l := range rows {
		table += show("Karla", 60, 780-14*l) + show(fmt.Sprintf("%02d10721234", 61+l%28), 220, 780-14*l)
	}
	calls := func(content string) int {
		read(t, onePage(content, "", "").bytes())
		kept := shared[0].(*format).engine.handles
		if kept == nil {
			t.Fatal("the library has its instance in another place than the pinned version: see keepHandles")
		}
		return kept.calls
	}
	empty := calls("")
	for name, c := range map[string]struct {
		content string
		a, line int // calls a page and a line
	}{
		"plain":    {lines(rows, func(int) string { return "Et brev uden numre" }), 50, 1},
		"labelled": {labelled, 50, 1},
		"table":    {table, 80, 4},
	} {
		if n := calls(c.content) - empty; n > c.a+c.line*rows {
			t.Errorf("%s: %d calls for %d lines", name, n, rows)
		}
	}
	if got := labelOf(t, onePage(table, "", "").bytes(), "6110721234"); got != "CPR-nr." {
		t.Errorf("label %q", got)
	}
}

// TestCallWithinACall leads a call back to the function that runs already.
func TestCallWithinACall(t *testing.T) {
	p, err := shared[0].(*format).engine.instance(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	h := shared[0].(*format).engine.handles
	f := h.ExportedFunction("FPDF_GetLastError").(*handle)
	f.busy = true
	if _, err := f.Call(t.Context()); err != nil {
		t.Error(err)
	}
	f.busy = false
	if f != h.ExportedFunction("FPDF_GetLastError") {
		t.Error("a second handle for one function")
	}
	if h.ExportedFunction("no such function") != nil {
		t.Error("a handle for nothing")
	}
}

func TestUnits(t *testing.T) {
	text := strings.Repeat("blåbær 😀 grød ", 40)
	u := unitsOf(text)
	n := 0
	for i, c := range text {
		if u.at(i) != n {
			t.Fatalf("byte %d is unit %d, want %d", i, u.at(i), n)
		}
		if n++; c > 0xffff {
			n++
		}
	}
	if u.at(len(text)) != n || unitsOf("").at(0) != 0 {
		t.Error("the end")
	}
}

func TestSieves(t *testing.T) {
	for _, s := range []string{"CPR-nr.", "cpr", "Personnummer", "pers. nr", "Pers nr"} {
		if !saysPerson("Navn " + s + " Beløb") {
			t.Errorf("%q is no person's heading", s)
		}
	}
	for s, want := range map[string]bool{
		"1 2 3 4 5 6 - 7 8 9 0": true, "1 2 3 4 5 6\n7 8 9 0": true,
		"1 2 3 4 5 6 x 7 8 9 0": false, "1 2 3 4 5 6 77 8 9 0": false,
	} {
		if singly(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
	for s, want := range map[string]string{
		"a  b": "a b", " a b ": "a b", "a\u2003b": "a b", "æ ø": "æ ø", "a\tb": "a b",
	} {
		if got := key(s); got != want {
			t.Errorf("key of %q: %q", s, got)
		}
	}
	for s, want := range map[string]int{"a b cd e": 3, "": 0, "å b": 2, "ab": 0} {
		if got := singles(s); got != want {
			t.Errorf("singles of %q: %d", s, got)
		}
	}
}
