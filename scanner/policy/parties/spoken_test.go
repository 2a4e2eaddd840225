package parties

import (
	"strings"
	"testing"

	"brevvagt/document"
)

// TestSpokenWrong: what a mail of mere text says of whom it is for.
func TestSpokenWrong(t *testing.T) {
	const matter = "\n\nDu har fået bevilget hjemmehjælp. Ring, hvis du har spørgsmål.\n\nVenlig hilsen\nKommunen"
	at := "Anders Testesen <at@mail.example>"
	quote := func(who string) string {
		return "\n\nDen 3. maj 2026 kl. 10.11 skrev " + who + ":\n> Hej\n> Hvornår får jeg svar på min ansøgning?\n"
	}
	for _, c := range []struct {
		name, to, body string
		want           string // "", hold or warn
	}{
		{"another's full name", at, "Kære Bente Prøvesen" + matter, "hold"},
		{"the reader's", at, "Kære Anders Testesen" + matter, ""},
		{"another's first name", at, "Hej Bente" + matter, "warn"},
		{"another's last name behind a title", at, "Dear Mr. Xqwyson" + matter, "hold"},
		{"the reader's, in English", at, "Dear Mr. Testesen" + matter, ""},
		{"another's first name of elsewhere", at, "Kære Abdirahman" + matter, "warn"},
		{"a mailbox of two names and a word", "<anders.testesen.privat@mail.example>", "Kære Bente Prøvesen" + matter, "hold"},
		{"the owner of such a mailbox", "<anders.testesen.privat@mail.example>", "Kære Anders Testesen" + matter, ""},
		{"a line for a namesake and where she works", "Bente Prøvegaard <bp@mail.example>", "Til Bente Prøve, Plejecenter Test" + matter, "hold"},
		{"a line for the reader and where she works", "Bente Prøve <bp@mail.example>", "Til Bente Prøve, Plejecenter Test" + matter, ""},
		{"a letter to another about a spouse", at, "Bente Prøvesen\nTestvej 2\n9900 Prøveby\n\nKære Bente Prøvesen\n\nDu har fået bevilget hjælp, fordi din mand er død.", "hold"},
		{"a pet name", "Elisabeth Testesen <et@mail.example>", "Hej Else" + matter, ""},
		{"another pet name", "Elisabeth Testesen <et@mail.example>", "Hej Lis" + matter, ""},
		{"a family's mailbox", "<familien.testesen@mail.example>", "Kære Bente Testesen" + matter, ""},
		{"a couple", at, "Hej Bente og Anders" + matter, ""},
		{"of the family", at, "Kære Bente Testesen" + matter, "warn"},
		{"a namesake, of a child", "Anne Testesen <at@mail.example>", "Kære Anna Prøvesen\n\nDu har fået bevilget hjælp til dit barn.", "hold"},
		{"another, of a child", "Anne Testesen <at@mail.example>", "Kære Bo Prøvesen\n\nDu har fået bevilget hjælp til dit barn.", "warn"},
		{"a name that has changed", at, "Kære Anders Prøvesen\n\nDu hed Anders Testesen, til du fik din nye afgørelse.", ""},
		{"another spelling", "Mohammad Al Testhassan <mat@mail.example>", "Kære Mohammed Altesthassan" + matter, ""},
		{"no citizen's matter", at, "Kære Bente Prøvesen\n\nVi ses til koncerten.", ""},
		{"another's full name, spoken to", at, "Kære Bente Prøvesen\n\nVi glæder os til at se dig.", "hold"},
		{"an association", at, "Kære Prøvelev Vandværk" + matter, ""},
		{"a name of no common kind", at, "Kære Xqwy Prøvesen" + matter, "hold"},
		{"an association of no common kind", at, "Kære Xqwy Prøvesen\n\nI har fået jeres afgørelse om tilskud.", ""},
		{"a letter in the mail itself", "Anders Testesen <at@tomrer.example>", "Bente Prøvesen\nPrøvevej 2\n9999 Prøveby\n\nPåbud til ejer\n\nDu skal fjerne dit skur.", "hold"},
		{"a letter in the mail itself, the reader's", "Anders Testesen <at@tomrer.example>", "Anders Testesen\nPrøvevej 2\n9999 Prøveby\n\nPåbud til ejer\n\nDu skal fjerne dit skur.", ""},
		{"an association by its last word", at, "Kære Prøvelund Borgerforening" + matter, ""},
		{"a committee", at, "Kære Sankt Hans Komité" + matter, ""},
		{"whom to ring", "Anders Testesen <at@tomrer.example>", "Bente Prøvesen\nPrøvevej 2\n9999 Prøveby\n\nHende skal du ringe til om din opgave med hjælpemidler.", ""},
		{"an address to work at", "Anders Testesen <at@tomrer.example>", "Adresse for din opgave om hjælpemidler:\n\nBente Prøvesen\nPrøvevej 2\n9999 Prøveby\n\nRing før du kører.", ""},
		{"initial and last name at a firm", "<b.testesen@tomrer.example>", "Kære Anders Prøvesen" + matter, "warn"},
		{"the owner of such a mailbox", "<b.testesen@tomrer.example>", "Kære Bente Testesen" + matter, ""},
		{"first name there", "<b.testesen@tomrer.example>", "Hej Anders" + matter, ""},
		{"mailbox of a first name", "<bente77@mail.example>", "Kære Anders Prøvesen" + matter, "warn"},
		{"initial and a common last name in one word", "<bhansen@mail.example>", "Kære Anders Prøvesen" + matter, "warn"},
		{"a role", "<post@mail.example>", "Kære Anders Prøvesen" + matter, ""},
		{"answer to another's mail", at, "Hej Bente" + matter + quote("Bente Prøvesen <bp@mail.example>"), "hold"},
		{"answer by full name", at, "Hej" + matter + quote("Bente Prøvesen <bp@mail.example>"), "warn"},
		{"answer to the writer", at, "Hej" + matter + quote("Anders Testesen <anders@mail.example>"), ""},
		{"the line broken in two", at, "Hej" + matter + quote("Bente Prøvesen\n<bp@mail.example>"), "warn"},
		{"a firm's mail", at, "Hej" + matter + quote("Bente Prøvesen <bp@tomrer.example>"), ""},
		{"the reader stands in the quote", at, "Hej" + matter + quote("Bente Prøvesen <bp@mail.example>") + "> Svar også Anders Testesen", ""},
	} {
		it := item(c.to, c.body)
		got := ""
		for _, o := range it.Conflicts(false) {
			if got = "hold"; o.Weak {
				got = "warn"
			}
			if strings.Contains(o.Who, "Prøvesen") {
				t.Errorf("%s: a name in %+v", c.name, o)
			}
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestTitledNamesake: a subject or heading about the reader's namesake, above what tells
// the reader of an illness.
func TestTitledNamesake(t *testing.T) {
	const told = "Hej Anders\n\nDu har fortalt om din depression."
	for _, c := range []struct {
		title, body string
		want        bool
	}{
		{"Referat af samtale med Anders Prøvesen", told, true},
		{"Referat", "Hej Anders\n\nVedr. Anders Prøvesen\n\nDu har fortalt om din depression.", true},
		{"Referat af samtale med Anders Testesen", told, false},
		{"Referat af samtale med Anders Test Esen", told, false},
		{"Referat af samtale med psykolog Anders Prøvesen", told, false},
		{"Referat af samtale med Anders Prøvesen", "Hej Anders\n\nTak for snakken om depression.", false},
	} {
		it := item("Anders Testesen <at@golfklubben.example>", c.body)
		it.Doc.Mail.Subject, it.Personal = c.title, true
		find(it, "depression")
		if got := len(it.Conflicts(false)) > 0; got != c.want {
			t.Errorf("%q, %q: %v", c.title, c.body, got)
		}
	}
}

func TestNameOnlyInSubject(t *testing.T) {
	for _, c := range []struct {
		subject string
		want    int
	}{
		{"Afgørelse om hjemmehjælp - Bente Prøvesen", 1},
		{"Prøvesen, Bente - hjemmehjælp", 1},
		{"Afgørelse om hjemmehjælp - Anders Testesen", 0},
		{"Afgørelse om hjemmehjælp", 0},
	} {
		it := item("Anders Testesen <at@mail.example>", "Hej Anders\n\nDu har fået bevilget hjemmehjælp.")
		it.Doc.Mail.Subject = c.subject
		it.Doc.Segments = append([]document.Segment{{Text: c.subject, Label: "Subject", At: document.Location{Path: "m.eml", Layer: document.Header}}}, it.Doc.Segments...)
		if got := it.Conflicts(false); len(got) != c.want {
			t.Errorf("%q: %+v", c.subject, got)
		}
	}
}

// TestNamesakes: a greeting by first name makes no letter to a namesake right.
func TestNamesakes(t *testing.T) {
	letter := "Eksempel Kommune\n\nBente Eksempelgaard\nPrøvevej 12\n9999 Prøveby\n\n20. november 2026\n\nKære Bente\n\nDu har fået bevilget hjælp.\n"
	if got := item("Bente Prøvesen <bp@mail.example>", "Hej Bente\n\nHermed.", letter).Conflicts(false); len(got) != 1 || got[0].Weak {
		t.Errorf("got %+v", got)
	}
}

func TestCitizensSeeEachOther(t *testing.T) {
	it := item("Anders Testesen <at@mail.example>", "")
	it.Doc.Mail.To = []document.Address{{Name: "Anders Testesen", Mail: "at@mail.example"}, {Name: "Bente Testesen", Mail: "bt@mail.example"},
		{Mail: "carl77@gmail.com"}, {Mail: "post@mail.example"}, {Mail: "d@tomrer.example"}, {Mail: "hemmelig@gmail.com"}}
	it.Doc.Mail.Header = map[string][]string{"Bcc": {"<hemmelig@gmail.com>"}}
	it.External = nil
	for _, a := range it.Doc.Mail.To {
		it.External = append(it.External, a.Mail)
	}
	if got := it.Citizens(); len(got) != 2 {
		t.Errorf("got %v: a family counts once; a role, a firm and Bcc do not", got)
	}
}

func TestWriters(t *testing.T) {
	it := item("Anders Testesen <at@mail.example>", "Se nedenfor\n\nFra: Bente Prøvesen [mailto:BP@mail.example]\nTil: post@kommune.example\n\nHej\n\n> On Mon, 3 May 2026, Carl Prøve <c@mail.example> wrote:\n> Hi\n\nFra: Lis <lis@kommune.example>\n")
	it.Internal = func(a string) bool { return strings.HasSuffix(a, "@kommune.example") }
	got := it.Writers()
	if len(got) != 2 || got[0].Address != "bp@mail.example" || got[1].Address != "c@mail.example" || got[0].Name.String() != "B. P." {
		t.Errorf("got %+v", got)
	}
}

// TestFilledIn: master data of another in the mail's own text.
func TestFilledIn(t *testing.T) {
	const at = "Anders Testesen <at@mail.example>"
	for _, c := range []struct{ name, body, want string }{
		{"another's", "Du er noteret:\n\nAnsøger: Bente Prøvesen\nFødselsdato: 11-02-1951\nAdresse: Prøvevej 2", "hold"},
		{"in two lines", "Du er noteret:\n\nNavn: Bente Prøvesen\nTelefon: 11 22 33 44\nFødt: 11. februar 1951", "hold"},
		{"by an address alone", "Du er noteret:\n\nNavn: Bente Prøvesen\nAdresse: Prøvevej 2", "warn"},
		{"a child's", "Du er noteret:\n\nNavn: Bente Prøvesen\nFødselsdato: 11-02-2019", "warn"},
		{"the reader's", "Du er noteret:\n\nNavn: Anders Testesen\nFødselsdato: 11-02-1951", ""},
		{"a relative's by name", "Du er noteret:\n\nNavn: Bente Testesen\nFødselsdato: 11-02-1951", ""},
		{"whom the mail names before", "Her er, hvad du bad om for Bente:\n\nNavn: Bente Prøvesen\nFødselsdato: 11-02-1951", ""},
		{"the reader's mother's", "Her er, hvad du bad om for din mor:\n\nNavn: Bente Prøvesen\nFødselsdato: 11-02-1951", ""},
		{"a contact", "Du kan ringe til\n\nKontaktperson: Bente Prøvesen\nAdresse: Prøvevej 2", ""},
		{"who is to help", "Din nye hjemmevejleder:\n\nNavn: Bente Prøvesen\nAdresse: Prøvevej 2", ""},
		{"no data", "Du er noteret:\n\nAnsøger: Bente Prøvesen\nEjendom: matr. 4b", ""},
	} {
		got := ""
		for _, o := range item(at, c.body).Conflicts(true) {
			if got = "hold"; o.Weak {
				got = "warn"
			}
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestShared: what is said to one citizen of hers is read by the others in To.
func TestShared(t *testing.T) {
	for body, want := range map[string]bool{
		"Hej Anders\n\nDu må gerne komme, selv om din KOL er værre.": true,
		"Hej\n\nDu må gerne komme, selv om din KOL er værre.":        false,
		"Hej Anders og Bente\n\nDu må gerne komme.":                  false,
		"Hej Anders\n\nDu må gerne komme med din mor.":               false,
		"Hej Anders\n\nHoldet er flyttet.":                           false,
	} {
		it := item("Anders Testesen <at@mail.example>", body)
		it.Doc.Mail.To = append(it.Doc.Mail.To, document.Address{Name: "Bente Prøvesen", Mail: "bp@mail.example"})
		it.External = append(it.External, "bp@mail.example")
		if got := it.Shared(); got != want {
			t.Errorf("%q: %v", body, got)
		}
	}
}
