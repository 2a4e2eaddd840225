package parties

import "testing"

// TestOtherChild: a parent is told of another's child, and nobody else is.
func TestOtherChild(t *testing.T) {
	const told = "Hej\n\nBente Prøvesen slog din søn i frikvarteret. Vi har talt med hendes forældre.\n\nHilsen skolen"
	for _, c := range []struct {
		name, to, body string
		want           bool
	}{
		{"a private mailbox", "<at1977@mail.example>", told, true},
		{"a mailbox of a family's own domain", "Anders Testesen <anders@testesen.example>", told, true},
		{"a newspaper", "Annoncer <annoncer@prøvebladet.example>", told, false},
		{"the child's own parent", "Palle Prøvesen <pp@mail.example>", "Hej Palle\n\nDin datter Bente Prøvesen slog en dreng i klassen. Vi har talt med hans forældre.", false},
		{"a teacher", "<at1977@mail.example>", "Hej\n\nDin søn får ny lærer. Bente Prøvesen er lærer i hans klasse.", false},
	} {
		_, got := item(c.to, c.body).otherChild()
		if got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
