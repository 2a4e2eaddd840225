package quarantine_test

import (
	"strings"
	"testing"
	"time"

	"brevvagt/quarantine/register"
	"brevvagt/quarantine/register/story"
)

// Where a figure is not known the sentence does without it, and says nothing that was not
// counted.
func TestDraftsWithoutFigures(t *testing.T) {
	db, r := open(t)
	march := time.Date(2022, 3, 14, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		in             story.Incident
		what, measures string // column 2, and how column 10 ends
	}{
		"another's papers": {story.Incident{Rules: []string{"foreign-person"}, Domains: []string{"region.example"}, Persons: 2},
			"En forsendelse til region.example indeholdt materiale, som vedrører andre borgere end sagens part. Der er fundet oplysninger om 2 personer.",
			"De pågældende bilag er markeret; journaliseringen skal rettes."},
		"papers of two others": {story.Incident{Rules: []string{"foreign-attachment"}, Domains: []string{"region.example"}, Figures: story.Figures{Papers: 9, Marked: []int{8, 2}, Strangers: 2}},
			"En forsendelse til region.example med 9 bilag indeholdt 2 bilag, som vedrører andre borgere end sagens part.",
			"Bilag 2 og 8 er markeret; journaliseringen skal rettes."},
		"nothing but another's papers": {story.Incident{Rules: []string{"foreign-person"}, Persons: 1, Figures: story.Figures{Papers: 1, Marked: []int{1}, Strangers: 1}},
			"En forsendelse til en modtager indeholdt materiale, som vedrører andre borgere end sagens part. Der er fundet oplysninger om 1 person.",
			"De pågældende bilag er markeret; journaliseringen skal rettes."},
		"by name, of a unit that is not known": {story.Incident{Rules: []string{"foreign-person"}, Unit: "kommune.example", Figures: story.Figures{Papers: 20, Marked: []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, Strangers: 2, ByName: true}},
			"Akter til en modtager indeholdt 10 dokumenter, der ser ud til at vedrøre en anden person (navn).",
			"Bilag 1, 2, 3, 4, 5, 6, 7, 8 og 2 til er markeret; fejljournalisering meldt til den enhed, der har sagen [forslag]."},
		"abroad, no case": {story.Incident{Kind: "mail", Rules: []string{"foreign-recipient"}, Domains: []string{"firma.example.se"}, Persons: 1, Figures: story.Figures{Abroad: story.Abroad{Country: "SE"}}},
			"En mail til en modtager i Sverige (firma.example.se) indeholdt oplysninger om 1 borger.",
			"Forsendelsen er standset; den kræver gennemgang af to medarbejdere før frigivelse."},
		"abroad, nobody knows where": {story.Incident{Kind: "mail", Rules: []string{"foreign-recipient", "bulk-persons"}, Persons: 7, Figures: story.Figures{Papers: 2, Abroad: story.Abroad{Country: "EU"}}},
			"En udlevering af dokumenter til en modtager i et andet land (en modtager) indeholdt oplysninger om 7 borgere.",
			"Forsendelsen er standset; den kræver gennemgang af to medarbejdere før frigivelse."},
		"a form that holds others": {story.Incident{Rules: []string{"template-residue", "addressee-mismatch"}, Persons: 2},
			"En blanket til den rette borger var på forhånd udfyldt med oplysninger om andre borgere end modtageren.",
			"Skabelonen er spærret, til den er renset; søgning efter tidligere kopier er startet [forslag]."},
		"a letter to another": {story.Incident{Kind: "file", Rules: []string{"addressee-mismatch"}, Persons: 1},
			"En fil bar oplysninger om en anden person end den, som forsendelsen var stilet til. Der er fundet oplysninger om 1 person.",
			"Afsendelsen er standset; brevet skal kasseres og dannes på ny."},
		"a form by name": {story.Incident{Rules: []string{"addressee-mismatch"}, Persons: 1, Figures: story.Figures{Form: story.Form}},
			"En blanket til modtageren bar en anden persons navn.", "Udskrift eller afsendelse er standset; blanketten kasseres [forslag]."},
		"letters over years": {story.Incident{Kind: "mail", Rules: []string{"bulk-persons", "stale-letter"}, Recipients: 3, Persons: 5, Figures: story.Figures{Letters: 5, Dated: [2]time.Time{march.AddDate(-1, 0, 0), march}}},
			"En masseudsendelse til 3 modtagere havde vedhæftet breve stilet til 5 andre borgere, dateret marts 2021 til marts 2022.", "Udsendelsen er standset før det første brev."},
		"one old letter": {story.Incident{Kind: "mail", Rules: []string{"stale-letter"}, Domains: []string{"mail.example"}, Recipients: 1, Figures: story.Figures{Dated: [2]time.Time{march, march}}},
			"En mail til mail.example havde vedhæftet ældre breve, dateret marts 2022.", "Udsendelsen er standset før det første brev."},
		"a list of many": {story.Incident{Kind: "mail", Rules: []string{"bulk-persons"}, Domains: []string{"mail.example"}, Recipients: 1, Persons: 9},
			"En mail til mail.example indeholdt oplysninger om 9 personer.", "Udsendelsen er standset. Afsenderen skal kontrollere modtagere og bilag."},
		"to many within": {story.Incident{Kind: "mail", Rules: []string{"internal-spread"}, Recipients: 30},
			"En mail med en borgers forhold blev forsøgt sendt til 30 medarbejdere internt i kommunen.", "Videresendelsen er standset; afsenderen skal vælge modtagere."},
		"money to a child": {story.Incident{Kind: "mail", Rules: []string{"child-recipient"}, Recipients: 1},
			"Breve i en kørsel var stilet til børn eller unge og omtalte udbetaling til andre.", "Kørslen er standset; systemejer og leverandør er underrettet [forslag]."},
	} {
		c.in.CaseID, c.in.At = name, march.AddDate(4, 0, 0)
		d := create(t, db, r, c.in)
		if d.What != c.what {
			t.Errorf("%s: what happened is\n%q, want\n%q", name, d.What, c.what)
		}
		if !strings.HasSuffix(d.Measures, " "+c.measures) {
			t.Errorf("%s: measures are\n%q, want them to end\n%q", name, d.Measures, c.measures)
		}
	}
}

// A run of which mails went before it was stopped is a possible breach for those, and
// averted for the rest; both stand in the entry, and nothing is decided.
func TestDraftOfARunStoppedOnItsWay(t *testing.T) {
	db, r := open(t)
	at := time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)
	d := create(t, db, r, story.Incident{CaseID: "run", At: at, Kind: "mail", Rules: []string{"run-stopped"}, Domains: []string{"mail.example"}, Recipients: 1, Figures: story.Figures{Run: story.Run{Sent: 3}}})
	const open = "[DPO afgør], frist 06.03.2026 kl. 10.00 for 3 mails, der var sendt; Nej [forslag] for de standsede"
	if d.Status != register.Possible || !d.Deadline.Equal(at.Add(register.Deadline)) || d.Notify != open || d.Informed != open {
		t.Errorf("%s until %v: %q, %q", d.Status, d.Deadline, d.Notify, d.Informed)
	}
	if !strings.HasPrefix(d.NotifyReason, "For de standsede: Forsendelsen blev standset") || !strings.HasPrefix(d.InformedReason, "For de standsede: ") {
		t.Errorf("reasons %q, %q", d.NotifyReason, d.InformedReason)
	}
	if d.Settled() {
		t.Error("the entry counts as decided")
	}
}
