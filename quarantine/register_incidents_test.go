package quarantine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"brevvagt/quarantine/register"
)

// TestTheFifteenIncidents drafts the entries of the fifteen incidents that the
// product is measured by, field by field: nine by the scanner, six from a pattern.
func TestTheFifteenIncidents(t *testing.T) {
	at := time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)
	db, r := open(t)
	const textA9, textA12 = "Forsendelsen blev standset, før den forlod kommunen. Ingen uvedkommende har haft adgang til oplysningerne.", "Oplysningerne er ikke kommet uvedkommende i hænde."
	for _, c := range []struct {
		name     string
		in       register.Incident
		what     []string // parts of column 2
		kind     string   // column 5
		types    string   // column 6
		effects  string   // part of column 7
		measures string   // part of column 10
	}{
		{"2025-01", register.Incident{Kind: "mail", Rules: []string{"cpr-unprotected"}, Domains: []string{"leverandoer.example"}, Recipients: 1, Numbers: 4, Persons: 4, InPicture: true, DataTypes: []string{"Økonomiske oplysninger"}},
			[]string{"leverandoer.example, som ikke er på listen over sikre modtagere", "Et billede i mailen indeholdt 4 CPR-numre"}, register.HumanError, "CPR-nr., Økonomiske oplysninger", "uden kryptering", "henvist til sikker post"},
		{"2025-04", register.Incident{Kind: "mail", Rules: []string{"internal-spread"}, Recipients: 200, Persons: 1, DataTypes: []string{"E-mail", "Navn", "Økonomiske oplysninger"}},
			[]string{"200 modtagere internt i kommunen"}, register.HumanError, "E-mail, Navn, Økonomiske oplysninger", "Flere medarbejdere end nødvendigt", "afsenderen skal vælge modtagere"},
		{"2025-05", register.Incident{Kind: "letter", Rules: []string{"child-recipient"}, Recipients: 50, Persons: 20, DataTypes: []string{"Økonomiske oplysninger"}},
			[]string{"kørsel", "børn eller unge", "udbetaling"}, register.SystemError, "Økonomiske oplysninger", "Barnet eller plejefamilien", "Kørslen er standset"},
		{"2025-07", register.Incident{Kind: "mail", Rules: []string{"foreign-person"}, Domains: []string{"andenkommune.example"}, Recipients: 1, Numbers: 2, Persons: 2, DataTypes: []string{"Adresse", "Helbredsoplysninger", "Navn"}},
			[]string{"andre borgere end sagens part", "2 personer"}, register.HumanError, "Adresse, CPR-nr., Helbredsoplysninger, Navn", "meget private forhold", "journaliseringen skal rettes"},
		{"2025-10", register.Incident{Kind: "mail", Rules: []string{"template-residue", "addressee-mismatch"}, Recipients: 1, Numbers: 2, Persons: 2, DataTypes: []string{"Adresse", "Navn", "Telefonnummer (privat)"}},
			[]string{"på forhånd udfyldt med oplysninger om andre borgere", "2 personer"}, register.HumanError, "Adresse, CPR-nr., Navn, Telefonnummer (privat)", "andre borgeres oplysninger", "Skabelonen skal spærres"},
		{"2025-11", register.Incident{Kind: "mail", Rules: []string{"foreign-person"}, Recipients: 1, Persons: 1, DataTypes: []string{"Navn"}},
			[]string{"andre borgere end sagens part"}, register.HumanError, "Navn", "Tab af fortrolighed", "journaliseringen skal rettes"},
		{"2025-12", register.Incident{Kind: "file", Rules: []string{"addressee-mismatch"}, Numbers: 1, Persons: 1, DataTypes: []string{"Navn"}},
			[]string{"en anden person end den, som forsendelsen var stilet til"}, register.HumanError, "CPR-nr., Navn", "Begrænset tab af fortrolighed", "kasseres"},
		{"Lolland", register.Incident{Kind: "mail", Rules: []string{"foreign-recipient", "foreign-person"}, Domains: []string{"kommune.example.no"}, Recipients: 1, Numbers: 10, Persons: 10, DataTypes: []string{"Familiemæssige forhold", "Helbredsoplysninger", "Navn", "Støtteforanstaltninger"}},
			[]string{"et andet land (kommune.example.no)", "10 personer"}, register.HumanError, "CPR-nr., Familiemæssige forhold, Helbredsoplysninger, Navn, Støtteforanstaltninger", "Alvorligt tab af fortrolighed", "to medarbejdere"},
		{"Aarhus", register.Incident{Kind: "mail", Rules: []string{"bulk-persons", "stale-letter"}, Recipients: 274, Numbers: 350, Persons: 350, DataTypes: []string{"Adresse", "Navn", "Sociale forhold"}},
			[]string{"274 modtagere", "350 personer", "ældre breve"}, register.HumanError, "Adresse, CPR-nr., Navn, Sociale forhold", "Risiko for identitetsmisbrug", "Udsendelsen er standset"},
	} {
		c.in.CaseID, c.in.At, c.in.Start = c.name, at, at.Add(-time.Minute)
		d := create(t, db, r, c.in)
		for _, part := range c.what {
			if !strings.Contains(d.What, part) {
				t.Errorf("%s: column 2 lacks %q: %q", c.name, part, d.What)
			}
		}
		row := r.Row(d)
		for column, want := range map[int]string{3: "03.03.2026", 4: "03.03.2026", 5: c.kind, 6: c.types, 8: "Nej [forslag]", 9: textA9, 11: "Nej [forslag]", 12: textA12, 13: ""} {
			if row[column-1] != want {
				t.Errorf("%s: column %d is %q, want %q", c.name, column, row[column-1], want)
			}
		}
		if !strings.Contains(row[6], c.effects) || !strings.Contains(row[9], c.measures) || !strings.Contains(row[9], "sat i karantæne 03.03.2026 kl. 10.00") {
			t.Errorf("%s: column 7 %q, column 10 %q", c.name, row[6], row[9])
		}
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
	manual := map[string]struct {
		id, kind string
		types    int
	}{
		"2025-02": {"uden-login", register.SystemError, 8}, "2025-03": {"utilgaengeligt", register.SupplierError, 0}, "2025-06": {"opsaetning", register.SystemError, 0},
		"2025-08": {"laant-login", register.HumanError, 2}, "2025-09": {"laant-pc", register.HumanError, 0}, "Tilbudsportalen": {"adgangskontrol", register.SystemError, 9},
	}
	for name, want := range manual {
		i := slices.IndexFunc(register.Patterns(), func(p register.Pattern) bool { return p.ID == want.id })
		if i < 0 {
			t.Errorf("%s has no pattern", name)
			continue
		}
		p := register.Patterns()[i]
		if p.Type != want.kind || len(p.DataTypes) != want.types || !strings.HasPrefix(p.What, "{udfyldes}") || p.Notify != "" || p.Informed != "" {
			t.Errorf("%s: %+v", name, p)
		}
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
