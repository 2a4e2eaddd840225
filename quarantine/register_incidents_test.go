package quarantine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"brevvagt/quarantine/register"
	"brevvagt/quarantine/register/desk"
)

// TestTheFifteenIncidents drafts the entries of the fifteen incidents that the
// product is measured by, field by field: nine by the scanner, six from a pattern.
func TestTheFifteenIncidents(t *testing.T) {
	at := time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)
	const decides = "[DPO afgør], frist 06.03.2026 kl. 10.00"
	db, r := open(t)
	const textA9, textA12 = "Forsendelsen blev standset, før den forlod kommunen. Ingen uvedkommende har haft adgang til oplysningerne.", "Oplysningerne er ikke kommet uvedkommende i hænde."
	for n, c := range []struct {
		name     string
		in       register.Incident
		what     string // column 2
		kind     string // column 5
		types    string // column 6
		effects  string // column 7
		measures string // column 10
	}{
		{"2025-01", register.Incident{Kind: "mail", Rules: []string{"cpr-unprotected"}, Domains: []string{"leverandoer.example"}, Recipients: 1, Numbers: 4, Persons: 4, InPicture: true, DataTypes: []string{"Økonomiske oplysninger"}},
			"En medarbejder forsøgte at sende en mail til leverandoer.example, som ikke er på listen over sikre modtagere. Et billede i mailen indeholdt 4 CPR-numre.",
			register.HumanError, "CPR-nr., Økonomiske oplysninger",
			"Afsendelse uden kryptering kunne give uvedkommende adgang til oplysningerne under transporten.",
			"Mailen er sat i karantæne 03.03.2026 kl. 10.00. Afsenderen er henvist til sikker post."},
		{"2025-04", register.Incident{Kind: "mail", Rules: []string{"internal-spread"}, Recipients: 200, Persons: 1, DataTypes: []string{"E-mail", "Navn", "Økonomiske oplysninger"}},
			"En mail med en borgers forhold blev forsøgt sendt til 200 modtagere internt i kommunen.",
			register.HumanError, "E-mail, Navn, Økonomiske oplysninger",
			"Flere medarbejdere end nødvendigt kunne få kendskab til borgerens forhold.",
			"Mailen er sat i karantæne 03.03.2026 kl. 10.00. Videresendelsen er standset; afsenderen skal vælge modtagere."},
		{"2025-05", register.Incident{Kind: "letter", Rules: []string{"child-recipient"}, Recipients: 50, Persons: 20, DataTypes: []string{"Økonomiske oplysninger"}},
			"Breve i en kørsel var stilet til børn eller unge og omtalte udbetaling til andre.",
			register.SystemError, "Økonomiske oplysninger",
			"Barnet eller plejefamilien kunne få kendskab til udbetalinger, der vedrører andre.",
			"Brevforsendelsen er sat i karantæne 03.03.2026 kl. 10.00. Kørslen er standset; systemejer og leverandør skal underrettes."},
		{"2025-07", register.Incident{Kind: "mail", Rules: []string{"foreign-person"}, Domains: []string{"andenkommune.example"}, Recipients: 1, Numbers: 2, Persons: 2, DataTypes: []string{"Adresse", "Helbredsoplysninger", "Navn"}},
			"En mail til andenkommune.example indeholdt materiale, som vedrører andre borgere end sagens part. Der er fundet oplysninger om 2 personer.",
			register.HumanError, "Adresse, CPR-nr., Helbredsoplysninger, Navn",
			"Tab af fortrolighed om meget private forhold.",
			"Mailen er sat i karantæne 03.03.2026 kl. 10.00. De pågældende bilag er markeret; journaliseringen skal rettes."},
		{"2025-10", register.Incident{Kind: "mail", Rules: []string{"template-residue", "addressee-mismatch"}, Recipients: 1, Numbers: 2, Persons: 2, DataTypes: []string{"Adresse", "Navn", "Telefonnummer (privat)"}},
			"En mail bar oplysninger om en anden person end den, som forsendelsen var stilet til. Der er fundet oplysninger om 2 personer. En blanket eller skabelon var på forhånd udfyldt med oplysninger om andre borgere end modtageren.",
			register.HumanError, "Adresse, CPR-nr., Navn, Telefonnummer (privat)",
			"Begrænset tab af fortrolighed; modtageren kunne få kendskab til en anden borgers oplysninger. Modtageren kunne få kendskab til andre borgeres oplysninger.",
			"Mailen er sat i karantæne 03.03.2026 kl. 10.00. Afsendelsen er standset; brevet skal kasseres og dannes på ny. Skabelonen skal spærres, til den er renset, og der skal søges efter tidligere kopier."},
		{"2025-11", register.Incident{Kind: "mail", Rules: []string{"foreign-person"}, Recipients: 1, Persons: 1, DataTypes: []string{"Navn"}},
			"En mail til en modtager indeholdt materiale, som vedrører andre borgere end sagens part. Der er fundet oplysninger om 1 person.",
			register.HumanError, "Navn",
			"Tab af fortrolighed om meget private forhold.",
			"Mailen er sat i karantæne 03.03.2026 kl. 10.00. De pågældende bilag er markeret; journaliseringen skal rettes."},
		{"2025-12", register.Incident{Kind: "file", Rules: []string{"addressee-mismatch"}, Numbers: 1, Persons: 1, DataTypes: []string{"Navn"}},
			"En fil bar oplysninger om en anden person end den, som forsendelsen var stilet til. Der er fundet oplysninger om 1 person.",
			register.HumanError, "CPR-nr., Navn",
			"Begrænset tab af fortrolighed; modtageren kunne få kendskab til en anden borgers oplysninger.",
			"Filen er sat i karantæne 03.03.2026 kl. 10.00. Afsendelsen er standset; brevet skal kasseres og dannes på ny."},
		{"Lolland", register.Incident{Kind: "mail", Rules: []string{"foreign-recipient", "foreign-person"}, Domains: []string{"kommune.example.no"}, Recipients: 1, Numbers: 10, Persons: 10, DataTypes: []string{"Familiemæssige forhold", "Helbredsoplysninger", "Navn", "Støtteforanstaltninger"}},
			"En mail til kommune.example.no indeholdt materiale, som vedrører andre borgere end sagens part. Der er fundet oplysninger om 10 personer. En mail til en modtager i et andet land (kommune.example.no) indeholdt oplysninger om 10 personer.",
			register.HumanError, "CPR-nr., Familiemæssige forhold, Helbredsoplysninger, Navn, Støtteforanstaltninger",
			"Tab af fortrolighed om meget private forhold. Alvorligt tab af fortrolighed; oplysningerne kunne komme uden for danske myndigheders rækkevidde.",
			"Mailen er sat i karantæne 03.03.2026 kl. 10.00. De pågældende bilag er markeret; journaliseringen skal rettes. Forsendelsen kræver gennemgang af to medarbejdere før frigivelse."},
		{"Aarhus", register.Incident{Kind: "mail", Rules: []string{"bulk-persons", "stale-letter"}, Recipients: 274, Numbers: 350, Persons: 350, DataTypes: []string{"Adresse", "Navn", "Sociale forhold"}},
			"En masseudsendelse til 274 modtagere indeholdt oplysninger om 350 personer. En masseudsendelse til 274 modtagere havde vedhæftet ældre breve stilet til andre borgere.",
			register.HumanError, "Adresse, CPR-nr., Navn, Sociale forhold",
			"Risiko for identitetsmisbrug. Mange borgeres oplysninger kunne komme uvedkommende i hænde. Det fremgår, at borgeren har en sag i kommunen.",
			"Mailen er sat i karantæne 03.03.2026 kl. 10.00. Udsendelsen er standset. Afsenderen skal kontrollere modtagere og bilag."},
	} {
		c.in.CaseID, c.in.At, c.in.Start = c.name, at, at.Add(-time.Minute)
		d := create(t, db, r, c.in)
		row := r.Row(d)
		want := []string{fmt.Sprintf("2026-%02d", n+1), c.what, "03.03.2026", "03.03.2026", c.kind, c.types, c.effects, "Nej [forslag]", textA9, c.measures, "Nej [forslag]", textA12, ""}
		compare(t, c.name, row, want)
		if d.Status != register.Averted || !d.Deadline.IsZero() {
			t.Errorf("%s: %s with deadline %v", c.name, d.Status, d.Deadline)
		}
	}
	for name, want := range map[string]string{"2025-01": "09", "2025-04": "09", "2025-12": "13", "Aarhus": "14", "2025-10": "15"} {
		d, err := r.ByCase(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(register.Examples(d), func(e register.Example) bool { return e.No == want }) {
			t.Errorf("%s resembles no EDPB case %s: %q", name, want, d.What)
		}
	}
	if list := register.Examples(&register.Draft{Fields: register.Fields{What: "System var utilgængeligt."}}); len(list) != 0 {
		t.Errorf("an outage resembles %+v", list)
	}
	// What no scanner sees: all fields of the form as they are offered, and as a row.
	manual := map[string]struct {
		id   string
		want register.Fields
	}{
		"2025-02": {"uden-login", register.Fields{What: "{udfyldes}: Fagsystem kunne bruges uden login i perioden {fra-til}.", Type: register.SystemError,
			DataTypes:    []string{"Adresse", "Boligforhold", "Bopælskommune", "CPR-nr.", "CVR-nummer (enkeltmandsvirksomhed)", "Navn", "Navne- og adressebeskyttelse", "Oplysning om at personen er afgået ved døden"},
			Consequences: "Tab af fortrolighed for oplysninger under tavshedspligt; opslag kan ikke spores.", Measures: "{udfyldes}"}},
		"2025-03": {"utilgaengeligt", register.Fields{What: "{udfyldes}: System hos leverandør var utilgængeligt.", Type: register.SupplierError, Consequences: "Manglende adgang til en ydelse.", Measures: "{udfyldes}: certifikat fornyet."}},
		"2025-06": {"opsaetning", register.Fields{What: "{udfyldes}: Forkert opsætning gav adgang til kollegas fraværssag.", Type: register.SystemError, Consequences: "{udfyldes}", Measures: "{udfyldes}: rettelse hos databehandler."}},
		"2025-08": {"laant-login", register.Fields{What: "{udfyldes}: Medarbejder lånte sit login til en kollega.", Type: register.HumanError, DataTypes: []string{"Initialer/loginnavn", "Navn"}, Consequences: "Ikke nogen (begge havde tjenstligt behov).", Measures: "{udfyldes}: adgangskode skiftet."}},
		"2025-09": {"laant-pc", register.Fields{What: "{udfyldes}: Låne-pc udlånt til ekstern person.", Type: register.HumanError, Consequences: "Ingen registrerede; hændelse, ikke brud.", Measures: "{udfyldes}: adgang lukket."}},
		"Tilbudsportalen": {"adgangskontrol", register.Fields{What: "{udfyldes}: Oplysninger om plejefamilier kunne ses af uvedkommende i perioden {fra-til}.", Type: register.SystemError,
			DataTypes:    []string{"Adresse", "Alder", "E-mail", "Familiemæssige forhold", "Navn", "Religiøs overbevisning", "Sociale forhold", "Telefonnummer (privat)", "Tilsynsrapport"},
			Consequences: "Uberettiget kendskab til private forhold.", Measures: "{udfyldes}: portal lukket kl. {tidspunkt}; berørte underrettet."}},
	}
	k, r := deskRig(t, at)
	for name, c := range manual {
		i := slices.IndexFunc(register.Patterns(), func(p register.Pattern) bool { return p.ID == c.id })
		if i < 0 {
			t.Errorf("%s has no pattern", name)
			continue
		}
		p := register.Patterns()[i]
		d, err := k.Create(t.Context(), "dpo", desk.Entry{Status: register.Breach, Start: at, Aware: at, Fields: p.Fields})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		w := c.want
		compare(t, name, r.Row(d), []string{d.No, w.What, "03.03.2026", "03.03.2026", w.Type, strings.Join(w.DataTypes, ", "), w.Consequences, decides, "", w.Measures, decides, "", ""})
		for _, v := range p.DataTypes {
			if !slices.Contains(register.DataTypeValues(), v) {
				t.Errorf("%s: %q is not offered", name, v)
			}
		}
	}
	if n := 9 + len(manual); n != 15 {
		t.Error(fmt.Sprint(n))
	}
}

// compare tells of every column of a row that is not as it should be.
func compare(t *testing.T, name string, row, want []string) {
	t.Helper()
	if len(row) != 13 || len(want) != 13 {
		t.Fatalf("%s has %d columns, want %d", name, len(row), len(want))
	}
	for i := range row {
		if row[i] != want[i] {
			t.Errorf("%s: column %d is %q, want %q", name, i+1, row[i], want[i])
		}
	}
}
