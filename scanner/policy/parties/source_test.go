package parties

import (
	"testing"

	"brevvagt/document"
)

// TestConfided: whoever spoke in confidence is named to no citizen.
func TestConfided(t *testing.T) {
	for _, c := range []struct {
		to, body string
		want     bool
	}{
		{toAnders, "Naboen Bente Prøvesen har fortalt os det i fortrolighed.", true},
		{toAnders, "İbrahim og naboen Bente Prøvesen har fortalt os det i fortrolighed.", true}, // a letter that is longer when small
		{toAnders, "Anders Testesen har fortalt os det i fortrolighed.", false},
		{toAnders, "Den, der har skrevet til os, ønsker at være anonym.", false},
		{"Kommunen <post@region.example>", "Naboen Bente Prøvesen har fortalt os det i fortrolighed.", false},
	} {
		if _, got := item(c.to, "Kære Anders\n\n"+c.body).Confided(); got != c.want {
			t.Errorf("%q to %s: %v", c.body, c.to, got)
		}
	}
}

// TestWithoutCapitals: people write as they type on a telephone.
func TestWithoutCapitals(t *testing.T) {
	for text, want := range map[string]int{"mellem os: bente prøvesen er indlagt": 1, "bente kommer med en prøvesen": 0, "åge østergaard er indlagt": 1, "Bente prøvesen er indlagt": 0, "bo lund er et sted": 0} {
		if got := len(withoutCapitals(text)); got != want {
			t.Errorf("%q: %d names", text, got)
		}
	}
}

// TestToldOfMembers: what minutes say of a member of the council is said by office.
func TestToldOfMembers(t *testing.T) {
	groups := map[string]bool{"helbred": true}
	for body, want := range map[string]int{
		"Bente Prøvesen (A) stemte imod, fordi hun frygter diabetes.": 0,
		"Bente Prøvesen stemte imod, fordi hun frygter diabetes.":     1,
	} {
		it := item(toAnders, "Se vedlagte.", body)
		find(it, "diabetes")
		if got := len(it.Told(groups)); got != want {
			t.Errorf("%q: %d told", body, got)
		}
	}
}

// TestToldToMany: a child's own parent among the parents of others does not make it theirs.
func TestToldToMany(t *testing.T) {
	groups := map[string]bool{"helbred": true}
	for greeting, want := range map[string]bool{"Kære forældre": true, "Kære Palle": false} {
		it := item("Palle Prøvesen <pp@mail.example>", greeting+"\n\nBo Prøvesen har diabetes.")
		for _, other := range []document.Address{{Name: "Anders Testesen", Mail: "at@mail.example"}, {Name: "Karen Mønster", Mail: "km@mail.example"}} {
			it.Doc.Mail.To = append(it.Doc.Mail.To, other)
			it.External = append(it.External, other.Mail)
		}
		find(it, "diabetes")
		if got := len(it.Told(groups)) > 0; got != want {
			t.Errorf("%s: %v", greeting, got)
		}
	}
}

// TestToColleague: of whose relatives a mail speaks that begins with a colleague's name.
func TestToColleague(t *testing.T) {
	for body, want := range map[string]bool{"Dorthe, datteren har ringet.": true, "Hej Dorthe, datteren har ringet.": true, "Anders, din datter har ringet.": false, "Datteren har ringet.": false} {
		it := item(toAnders, body)
		it.Doc.Mail.To = append(it.Doc.Mail.To, document.Address{Name: "Dorthe Kollega", Mail: "dk@kommune.example"})
		if got := it.toColleague(); got != want {
			t.Errorf("%q: %v", body, got)
		}
	}
}

// TestGroupMatter: a stem of an illness within another word is none.
func TestGroupMatter(t *testing.T) {
	for body, want := range map[string]bool{"Hej alle\n\nBekræft jeres tilmelding.": false, "Hej alle\n\nHoldet for jer med kræft begynder.": true} {
		if got := item(toAnders, body).GroupMatter(); got != want {
			t.Errorf("%q: %v", body, got)
		}
	}
}
