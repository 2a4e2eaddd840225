package parties

import (
	"strings"
	"testing"

	"brevvagt/detectors"
	"brevvagt/document"
)

const toAnders = "Anders Testesen <at@mail.example>"

// TestAboutAnother: papers by name alone, and what the mail itself says of whom they
// are about.
func TestAboutAnother(t *testing.T) {
	for _, c := range []struct {
		name, to, body, paper string
		want                  string // "", hold or warn
	}{
		{"a label of any wording", toAnders, "", "Den undersøgtes navn: Bente Prøvesen", "hold"},
		{"in the middle of a line", toAnders, "", "Matr. 4b. Påbud til ejer: Bente Prøvesen, Prøvevej 2", "hold"},
		{"who declares", toAnders, "", "Samtykke\n\nJeg, Bente Prøvesen, giver samtykke", "hold"},
		{"of the reader's own matter, at a mailbox of any kind", "Anders Testesen <at@fiber.example>", "Kære Anders\n\nDit lån er oprettet.", "Kontohaver: Bente Prøvesen", "hold"},
		{"of the reader's work", "Anders Testesen <at@fiber.example>", "Kære Anders\n\nHer er dine opgaver.", "Ejer: Bente Prøvesen", "warn"},
		{"of a neighbour", "Anders Testesen <at@fiber.example>", "Kære Anders\n\nDin støtte er en anden sag.", "Nabohøring\n\nAnsøger: Bente Prøvesen", "warn"},
		{"of the reader", toAnders, "", "Låntager: Anders Testesen", ""},
		{"of a relative by a middle name", toAnders, "", "Låntager: Bente Testesen Prøvesen", ""},
		{"whom the mail names", toAnders, "Her er papirerne om Bente.", "Patient: Bente Prøvesen", ""},
		{"staff", toAnders, "", "Klasselærer: Bente Prøvesen", ""},
		{"a child whom nobody names", toAnders, "", "Til forældrene til Bente Prøvesen", "warn"},
		{"another child than the mail's", toAnders, "Udtalelsen om Mads er vedhæftet.", "Elev: Bente Prøvesen", "hold"},
		{"another child than the mail's, of no common name", toAnders, "Udtalelsen om din søn Qwyx er vedhæftet.", "Elevens navn: August Prøvesen", "hold"},
		{"the mail's child", toAnders, "Udtalelsen om Bente er vedhæftet.", "Elev: Bente Prøvesen", ""},
		{"a mailbox that names nobody, by the greeting", "<bb1958@mail.example>", "Hej Anders", "Passager: Bente Prøvesen", "hold"},
		{"the same, greeted rightly", "<bb1958@mail.example>", "Hej Bente", "Passager: Bente Prøvesen", ""},
		{"guardian of another than the paper's", toAnders, "Du er værge for Carl Eksempelgaard.", "Den umyndige: Bente Prøvesen", "hold"},
		{"guardian", toAnders, "Du er værge for Bente Prøvesen.", "Den umyndige: Bente Prøvesen", ""},
		{"a title before the name", "Nabo Anders Testesen <at@mail.example>", "", "Låntager: Anders Testesen", ""},
		{"a letter to a child's parents, the child named", toAnders, "Indkaldelsen til Bente.", "Til forældrene til\nBente Testesen Prøvesen\nPrøvevej 2\n9999 Prøveby\n\nKære forældre\n\nBente har tid på mandag.", ""},
		{"the same, another child named", toAnders, "Indkaldelsen til Carl.", "Til forældrene til\nBente Testesen Prøvesen\nPrøvevej 2\n9999 Prøveby\n\nKære forældre\n\nBente har tid på mandag.", "warn"},
		{"the reader's architect", "Anders Testesen <at@prøvearkitekter.example>", "Kopi til orientering.", "Bente Prøvesen\nPrøvevej 2\n9999 Prøveby\n\nKære Bente Prøvesen\n\nDer gives byggetilladelse.", ""},
		{"a reminder to another at a firm", "Anders Testesen <at@tomrer.example>", "", "Bente Prøvesen\nPrøvevej 2\n9999 Prøveby\n\nRykker\n\nKære Bente Prøvesen\n\nDu har ikke betalt.", "hold"},
		{"the parents of the child that the mail speaks of", toAnders, "Her er afgørelsen om støttetimer til din datter.", "Til forældrene til\nBente Prøvesen\nPrøvevej 2\n9999 Prøveby\n\nAfgørelse\n\nBente er bevilget støttetimer.", ""},
		{"one first and last name, and other names between", "Anders Peter Testesen <x17@mail.example>", "", "Anders Ole Testesen\nPrøvevej 2\n9999 Prøveby\n\nAfgørelse\n\nKære Anders Ole Testesen\n\nDu er bevilget hjælp.", "warn"},
		{"initials as one word", "AP Testesen <x17@mail.example>", "", "Anders Peter Testesen\nPrøvevej 2\n9999 Prøveby\n\nAfgørelse\n\nKære Anders Peter Testesen\n\nDu er bevilget hjælp.", ""},
		{"initials and last name without blanks", "A.P.Testesen <x17@mail.example>", "Kære A.P.Testesen", "Anders Peter Testesen\nPrøvevej 2\n9999 Prøveby\n\nAfgørelse\n\nKære Anders Peter Testesen\n\nDu er bevilget hjælp.", ""},
		{"a Somali name in two spellings", "Xasan Cali Eksempelwarsame <x17@mail.example>", "", "Hassan Ali Eksempelwarsame\nPrøvevej 2\n9999 Prøveby\n\nAfgørelse\n\nKære Hassan Ali Eksempelwarsame\n\nDu er bevilget hjælp.", ""},
		{"a parent's mailbox", "Forældre til Bente <at@mail.example>", "Her er udtalelsen om Bente.", "Elev: Bente Prøvesen", ""},
	} {
		got := ""
		for _, o := range append(item(c.to, c.body, c.paper).Conflicts(false), item(c.to, c.body, c.paper).Conflicts(true)...) {
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

// TestUnnamed: one paper about somebody whom the mail does not name is foreign, also
// where there are no others to outvote it.
func TestUnnamed(t *testing.T) {
	const to = "Advokat Carl Juristgaard <cj@advokat.example>"
	for _, c := range []struct {
		body, paper string
		odd         int
	}{
		{"Hermed opgørelsen i boet efter Anders Testesen.", "Afdøde: Bente Prøvesen", 1},
		{"Hermed opgørelsen i boet efter Anders Testesen.", "Afdøde: Anders Testesen", 0},
		{"Hermed opgørelsen i boet efter Anders Testesen.", "Borger: Bente Prøvesen\nÆgtefælle: Anders Testesen", 0},
		{"Hermed opgørelsen.", "Afdøde: Bente Prøvesen", 0},
	} {
		if s := item(to, c.body, c.paper).Strangers(); len(s.Odd) != c.odd {
			t.Errorf("%q, %q: got %+v", c.body, c.paper, s)
		}
	}
}

// TestOwnHTML: a mail whose text is HTML alone speaks in its own words.
func TestOwnHTML(t *testing.T) {
	it := item("<solskin77@mail.example>", "", "Låntager: Bente Prøvesen")
	it.Doc.Segments[0].At.Layer = document.Header
	it.Doc.Segments = append(it.Doc.Segments, document.Segment{Text: "Kære Bente", At: document.Location{Path: "m.eml/del-2.html", Layer: document.Visible}})
	if got := it.greeted().String(); got != "B." {
		t.Errorf("greeted %q", got)
	}
	if len(it.Conflicts(false)) > 0 {
		t.Error("the reader's own paper is another's")
	}
	for path, want := range map[string]bool{"m.eml": true, "m.eml/del-2.html": true, "m.eml/del-.html": false, "m.eml/side.html": false, "m.eml/a.zip/del-2.html": false, "n.eml/del-2.html": false} {
		if ownText("m.eml", path) != want {
			t.Errorf("%s: want %v", path, want)
		}
	}
}

// What a file is called does not make the letter in it the reader's.
func TestFileNameOfTheReader(t *testing.T) {
	it := item(toAnders, "Se afgørelsen.", "Bente Prøvesen\nPrøvevej 2\n9999 Prøveby\n\nKære Bente Prøvesen\n\nDin afgørelse.")
	it.Doc.Segments = append(it.Doc.Segments, document.Segment{Text: "Afgørelse_Anders_Testesen.txt", At: document.Location{Path: "m.eml/1.txt", Layer: document.Metadata}})
	if odd := it.Conflicts(false); len(odd) != 1 || odd[0].Weak {
		t.Errorf("%+v", odd)
	}
}

// TestUnasked: a citizen's letter to a house that may have it by the citizen's leave.
func TestUnasked(t *testing.T) {
	const letter = "Bente Prøvesen\nPrøvevej 2\n9999 Prøveby\n\nKære Bente Prøvesen\n\nDin afgørelse om kontanthjælp."
	for _, c := range []struct {
		to, body, paper string
		odd             int
	}{
		{"<laan@prøvebank.example>", "Hermed det ønskede.", letter, 1},
		{"<laan@prøvebank.example>", "Hermed det ønskede efter fuldmagt.", letter, 0},
		{"<laan@prøvebank.example>", "Hermed det ønskede om Bente Prøvesen.", letter, 0},
		{"<laan@prøvebank.example>", "Hermed det ønskede.", letter + "\n\nKopi til: Prøvebank", 0},
		{"<laan@prøvebank.example>", "Hermed det ønskede.", "Referat af mødet om cykelstien.", 0},
		{"<post@laegehus.example>", "Hermed det ønskede.", letter, 0},
		{"<laan@region.example>", "Hermed det ønskede.", letter, 0},
	} {
		if odd := item(c.to, c.body, c.paper).Unasked(); len(odd) != c.odd || c.odd > 0 && odd[0].Weak {
			t.Errorf("%s, %q, %q: %+v", c.to, c.body, c.paper, odd)
		}
	}
}

func TestTold(t *testing.T) {
	groups := map[string]bool{"helbred": true}
	for _, c := range []struct {
		to, body, paper string
		told            int
		weak            bool
	}{
		{toAnders, "", "Bente Prøvesen har diabetes.", 1, false},
		{toAnders, "", "Bente Prøvesen kom til samtale. Hun har diabetes.", 1, false},
		{toAnders, "", "Anders Testesen har diabetes.", 0, false},
		{toAnders, "Papirerne om Bente Prøvesen er her.", "Bente Prøvesen har diabetes.", 0, false},
		{toAnders, "", "Overlæge Bente Prøvesen fortæller om diabetes.", 0, false},
		{toAnders, "", "Bente Prøvesen, formand, fortæller om diabetes.", 0, false},
		{toAnders, "", "Medvirkende\nInstruktion: Carl Testesen\nPremiere på lørdag\nDen syge, diabetes: Bente Prøvesen", 0, false},
		{"Vaskeriet <ordre@vask.example>", "Bente Prøvesen har diabetes.", "Ordre", 1, false},
		{"Vaskeriet <ordre@vask.example>", "Kamma Prøvland er væk, da hun har diabetes.", "Ordre", 1, false},
		{toAnders, "Din mor har fået hjælp. Bente Prøvesen har diabetes.", "Ordre", 1, true},
		{toAnders, "", "På fredag fortæller sangeren Bente Prøvesen om diabetes.", 0, false},
		{"Sygehuset <post@finland.example>", "Hun hedder noget. Moren Qwyx Prøvelainen har diabetes.", "", 1, false},
		{toAnders, "", "Romanens hovedperson, Bente Prøvesen, har diabetes.", 0, false},
		{"Vaskeriet <ordre@vask.example>", "", "Bente Prøvesen har diabetes.", 1, false},
		{toAnders, "", "Romanens hovedperson er god.\n\nBente Prøvesen har diabetes.", 1, false},
		{"Museet <post@museet.example>", "Maleren Bente Prøvesen (1871-1938) har diabetes.", "Ordre", 0, false},
		{"Museet <post@museet.example>", "Bente Prøvesen (1901–1966) maler.\n\nBente Prøvesen har diabetes.", "Ordre", 0, false},
		{"Museet <post@museet.example>", "Bente Prøvesen (1961-2024) har diabetes.", "Ordre", 1, false},
		{"Museet <post@museet.example>", "Bente Prøvesen (1941-2019) har diabetes.", "Ordre", 1, false},
		{toAnders, "", "Bente Prøvesen skal på lejr. Faderen har diabetes.", 1, false},
		{toAnders, "", "Vores formand Bente Prøvesen har diabetes.", 1, false},
		{toAnders, "", "Qwyx Prøvelainen flytter 1. maj. Han har diabetes.", 1, false},
		{toAnders, "", "Hos familien Qwyx Prøvelainen er der bøvl. Sønnen har diabetes.", 1, false},
	} {
		it := item(c.to, c.body, c.paper)
		find(it, "diabetes")
		got := it.Told(groups)
		if len(got) != c.told || c.told > 0 && got[0].Weak != c.weak {
			t.Errorf("%q, %q: got %+v", c.body, c.paper, got)
		}
	}
}

// TestPosts: the word for somebody's work tells nothing of the one who has it; one that
// ends alike may.
func TestPosts(t *testing.T) {
	for word, want := range map[string]int{"støttekontaktperson": 0, "demenskonsulent": 0, "misbrugsbehandleren": 0, "transperson": 1, "transpersonen": 1, "diabetes": 1} {
		it := item(toAnders, "", "Bente Prøvesen er "+word+".")
		find(it, word)
		if got := it.Told(map[string]bool{"helbred": true}); len(got) != want {
			t.Errorf("%s: %+v, want %d", word, got, want)
		}
	}
}

// find adds a finding for the first place of a word in each segment.
func find(it *Item, word string) {
	for i := range it.Doc.Segments {
		if k := strings.Index(it.Doc.Segments[i].Text, word); k >= 0 {
			it.Findings = append(it.Findings, detectors.Finding{Detector: "special-category", Category: "helbred", Strength: detectors.Strong, Segment: i, Start: k, End: k + len(word), At: it.Doc.Segments[i].At})
		}
	}
}

// TestCalledByFirstName: whom a sentence calls by first name, and the mail in full elsewhere.
func TestCalledByFirstName(t *testing.T) {
	for body, want := range map[string]int{
		"Kære Anders\n\nDu får hjælp.\n\nBente har diabetes. Bente Prøvesen har søgt.":          1,
		"Kære Anders\n\nDu får hjælp.\n\nDin kone Bente har diabetes. Bente Prøvesen har søgt.": 0,
		"Kære Anders\n\nDu får hjælp.\n\nBente har diabetes. Carl Prøvesen har søgt.":           0,
		"Kære Anders\n\nDu får hjælp.\n\nBente har diabetes. Overlæge Bente Prøvesen er hørt.":  0,
	} {
		it := item(toAnders, body, "Ordre")
		find(it, "diabetes")
		it.Findings[0].Why = []string{"ved et fornavn"}
		if got := it.Told(map[string]bool{"helbred": true}); len(got) != want {
			t.Errorf("%q: %+v, want %d", body, got, want)
		}
	}
}

// TestReports: a file that is the paper of somebody's case by its heading and label.
func TestReports(t *testing.T) {
	const shop = "Lageret <ordre@lageret.example>"
	for _, c := range []struct {
		to, body, paper string
		want            bool
	}{
		{shop, "Se bilag.", "Psykologisk undersøgelse\n\nUndersøgt: Bente Prøvesen, 34 år", true},
		{shop, "Se bilag.", "Lægeattest\n\nPatient: Bente Prøvesen\n\nHar diabetes.", true},
		{shop, "Se bilag.", "Lægeattest\n\nPatient: Bente Prøvesen", false},
		{shop, "Se bilag.", "Psykologisk førstehjælp\n\nDeltager: Bente Prøvesen\n\nOm diabetes.", false},
		{shop, "Se bilag.", "Tilbud\n\nEjer: Bente Prøvesen\n\nOm diabetes.", false},
		{shop, "Her er papiret om Bente Prøvesen.", "Epikrise\n\nPatient: Bente Prøvesen", false},
		{toAnders, "Kære Anders", "Epikrise\n\nPatient: Anders Testesen", false},
		{toAnders, "Kære Anders", "Psykologisk undersøgelse\n\nBarn: Bente Prøvesen", false},
	} {
		it := item(c.to, c.body, c.paper)
		it.Personal = true
		find(it, "diabetes")
		if got := it.Reports(); got != c.want {
			t.Errorf("%q, %q: %v", c.body, c.paper, got)
		}
	}
}

// TestStated: what is said of somebody outright, and what merely stands beside a name.
func TestStated(t *testing.T) {
	for text, want := range map[string]bool{
		"Bente Prøvesen er indlagt med diabetes.":                    true,
		"Bente Prøvesen kommer ikke, for hun har diabetes.":          true,
		"Bente Prøvesen har talt med os om hold for diabetes.":       false,
		"Bente Prøvesen spurgte til ventetiden for hold i diabetes.": false,
	} {
		it := item(toAnders, text, "Ordre")
		find(it, "diabetes")
		got := it.Told(map[string]bool{"helbred": true})
		if len(got) != 1 || got[0].Stated != want {
			t.Errorf("%q: %+v, want %v", text, got, want)
		}
	}
}

// TestInvented: the people of exercises are nobody, unless something stands elsewhere too.
func TestInvented(t *testing.T) {
	for _, c := range []struct {
		body, paper string
		want        bool
	}{
		{"Case 1: Bente Prøvesen har diabetes.\nCase 2: Hvad nu?", "Ordre", true},
		{"Øvelse", "Opgave 1\nBente Prøvesen har diabetes.\nOpgave 2\nHvad nu?", true},
		{"Øvelse", "Bente Prøvesen har diabetes. Navnene er opdigtede.", true},
		{"Fiktiv case: Bente Prøvesen har diabetes.", "Ordre", true},
		{"Bente Prøvesen har diabetes.", "Navnene er opdigtede. Hun har diabetes.", false},
		{"Case 1: Bente Prøvesen har diabetes.", "Ordre", false},
		{"Øvelse 1\nØvelse 2", "Ordre", false},
	} {
		it := item(toAnders, c.body, c.paper)
		find(it, "diabetes")
		if got := it.Invented(); got != c.want {
			t.Errorf("%q, %q: %v", c.body, c.paper, got)
		}
	}
}
