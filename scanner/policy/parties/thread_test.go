package parties

import (
	"testing"

	"brevvagt/document"
)

// TestLeakedThread: what colleagues wrote to each other about a citizen, passed on to
// another's private mailbox.
func TestLeakedThread(t *testing.T) {
	head := "Fra: Dorte Kollegasen\nTil: Eva Kollegasen\nEmne: Sag\n\n"
	for _, c := range []struct{ to, quoted, want string }{
		{toAnders, head + "Vi er bekymrede for Bente Prøvesen, som drikker.", "hold"},
		{toAnders, head + "Bente Prøvesen har søgt boligstøtte.", "warn"},
		{toAnders, head + "Anders Testesen har søgt boligstøtte.", ""},
		{toAnders, head + "Dorte Kollegasen har søgt boligstøtte.", ""},
		{toAnders, head + "Mødet med Bente Prøvesen er flyttet.", ""},
		{"Vaskeriet <post@vask.example>", head + "Vi er bekymrede for Bente Prøvesen.", ""},
	} {
		it := item(c.to, "Se nedenfor.")
		it.Doc.Segments = append(it.Doc.Segments, document.Segment{Text: c.quoted, At: document.Location{Path: "m.eml", Layer: document.Quoted}})
		got := ""
		if o, ok := it.leakedThread(); ok {
			if got = "hold"; o.Weak {
				got = "warn"
			}
		}
		if got != c.want {
			t.Errorf("%q: got %q, want %q", c.quoted, got, c.want)
		}
	}
}
