package parties

import (
	"testing"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
	"brevvagt/document"
)

// TestLetterBelow: a letter to another citizen below the mail's own words, pasted or
// quoted, and what may well stand there.
func TestLetterBelow(t *testing.T) {
	const letter = "\n\nKære Bente Prøvesen\n\nDin ansøgning om friplads er imødekommet. Du får svar på resten senere.\n\nVenlig hilsen\nInge"
	const mine = "Kære Anders Testesen\n\nVi mangler din årsopgørelse.\n\nVenlig hilsen\nInge Kontorgaard"
	from := func(to string) string {
		return "\n\nFra: Inge Kontorgaard <ik@kommune.example>\nSendt: 2. marts 2026\nTil: " + to + "\nEmne: Afgørelse" + letter
	}
	for _, c := range []struct {
		name, body, want string
	}{
		{"pasted", mine + letter, "hold"},
		{"quoted, to another citizen", mine + from("Bente Prøvesen <bp@mail.example>"), "hold"},
		{"pasted, with a line to whom", "Kære Anders Testesen\n\nSe her.\n\n***\nTil: Bente Prøvesen, Prøvevej 2\n\nDu får påbud om oprydning, så din samlever kan bo der.\n***", "hold"},
		{"to an office", "Kære Anders Testesen\n\nSe her.\n\nTil: Bente Prøvesen, Ankestyrelsen\n\nDu får svar på klagen.", ""},
		{"pasted, to the reader", "Kære Anders Testesen\n\nSe her.\n\nTil: Anders Testesen, Prøvevej 2\n\nDu får påbud om oprydning.", ""},
		{"a mail's head without addresses", "Kære Anders Testesen\n\nSe her.\n\nFra: Carl Prøvelund\nSendt: 2. marts 2026\nTil: Bente Prøvesen\n\nDu får svar om ansøgningen.", ""},
		{"named above", "Kære Anders Testesen\n\nSom aftalt sender jeg brevet til Bente Prøvesen." + letter, "warn"},
		{"a relative's", "Kære Anders Testesen\n\nHer er svaret til din mor." + letter, "warn"},
		{"quoted, to a colleague", mine + from("Bente Prøvesen <bp@kommune.example>"), ""},
		{"quoted, to the reader", mine + from("Bente Prøvesen <at@mail.example>"), ""},
		{"the reader wrote it", mine + "\n\nFra: Anders Testesen <at@mail.example>\nTil: Bente Prøvesen <bp@firma.example>" + letter, ""},
		{"nothing of a case", mine + "\n\nKære Bente Prøvesen\n\nTak for kaffe. Du må have en god dag.", ""},
	} {
		it := item(toAnders, c.body, "")
		it.Internal = func(a string) bool { return len(a) > 16 && a[len(a)-16:] == "@kommune.example" }
		got := ""
		for _, o := range it.Conflicts(false) {
			got = "hold"
			if o.Weak {
				got = "warn"
			}
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestOverheard: a citizen's own illness is not told to an employer as well, but may be to
// whoever treats or represents the citizen.
func TestOverheard(t *testing.T) {
	const body = "Kære Anders Testesen\n\nDu har fået konstateret diabetes. Vi indkalder dig."
	for _, c := range []struct {
		body, other string
		want        bool
	}{
		{body, "chef@fabrik.example", true},
		{body, "kontakt@advokat.example", false},
		{body, "laege@region.example", false},
		{body + " Din bisidder får kopi.", "bente@firma.example", false},
		{"Kære Anders Testesen\n\nVi har modtaget papirerne om diabetes.", "chef@fabrik.example", false},
		{body, "bente@mail.example", false}, // another rule's: two private mailboxes
	} {
		it := item(toAnders, c.body)
		find(it, "diabetes")
		it.External = append(it.External, c.other)
		if got := it.Overheard(); got != c.want {
			t.Errorf("%q to %s: %v", c.body, c.other, got)
		}
	}
}

// TestFieldOfAnother: who stands in the field for whom a form is about is its person,
// though the reader's name stands at the top.
func TestFieldOfAnother(t *testing.T) {
	for label, want := range map[string]bool{"Ansøgerens navn": true, "Partnerens navn": false} {
		it := item(toAnders, "", "Anders Testesen\nPrøvevej 2\n9999 Prøveby\n\nAnsøgning")
		at := document.Location{Path: "m.eml/1.txt", Layer: document.Visible}
		it.Doc.Segments = append(it.Doc.Segments, document.Segment{Text: "Bente Prøvesen", Label: label, At: at})
		it.Subjects = subject.GroupWith(detectors.RandomKey(), it.Doc, nil)
		odd := it.Conflicts(true)
		if got := len(odd) == 1 && !odd[0].Weak; got != want {
			t.Errorf("%s: %+v", label, odd)
		}
	}
}

// TestFooterOfOffice: a footer names the director and the mayor of every letter.
func TestFooterOfOffice(t *testing.T) {
	for footer, want := range map[string]bool{
		"Direktør Carl Eksempelgaard · Borgmester Bente Prøvesen": false,
		"Sagsbehandler: Bente Prøvesen":                           false,
		"Vedr. Bente Prøvesen":                                    true,
	} {
		it := item(toAnders, "", "Anders Testesen\nPrøvevej 2\n9999 Prøveby\n\nKære Anders Testesen")
		it.Doc.Segments = append(it.Doc.Segments, document.Segment{Text: footer, At: document.Location{Path: "m.eml/1.txt", Layer: document.Header}})
		if got := len(it.Conflicts(false)) > 0; got != want {
			t.Errorf("%s: %v", footer, got)
		}
	}
}
