package story

import (
	"fmt"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// This file words what is told with figures. What a person must do or confirm before it
// is true stands as a proposal, and what the program cannot know as a blank to Fill in.

const proposal = " [forslag]"

// foreignPerson: somebody else's papers among those of a case.
func foreignPerson(in *Incident) sentence {
	f := &in.Figures
	s := sentence{rule: "foreign-person", consequences: lostTrust, measures: "De pågældende bilag er markeret; journaliseringen skal rettes."}
	to := " til " + domains(in.Domains)
	if f.ByName && len(f.Marked) > 0 {
		s.what = fmt.Sprintf("Akter%s indeholdt %s, der ser ud til at vedrøre en anden person (navn).", to, Count(len(f.Marked), "dokument", "dokumenter"))
		s.consequences = "Tab af fortrolighed; mulig skade på omdømme."
		s.measures = fmt.Sprintf("%s er markeret; fejljournalisering meldt til %s%s.", Capital(f.marked()), unitOf(in.Unit, "den enhed, der har sagen"), proposal)
		return s
	}
	what := "materiale, som vedrører andre borgere end sagens part. Der er fundet oplysninger om {persons}."
	if n := len(f.Marked); n > 0 && f.Papers > n {
		what = fmt.Sprintf("%d bilag, som vedrører %s end sagens part.", n, oneOrMore(max(1, f.Strangers), "en anden borger", "andre borgere"))
		s.measures = fmt.Sprintf("%s er markeret; journaliseringen skal rettes.", Capital(f.marked()))
		to += fmt.Sprintf(" med %d bilag", f.Papers)
	}
	s.what = "En forsendelse" + to + " indeholdt " + what
	return s
}

// foreignRecipient: data that go to another country (two people must agree).
func foreignRecipient(in *Incident) sentence {
	f := &in.Figures
	s := sentence{rule: "foreign-recipient", consequences: "Alvorligt tab af fortrolighed; oplysningerne kunne komme uden for danske myndigheders rækkevidde.",
		measures: "Forsendelsen er standset; den kræver gennemgang af to medarbejdere før frigivelse."}
	whom := "en modtager"
	if f.Authority {
		whom = "en myndighed"
	}
	where := country(f.Country)
	if where == "" {
		where = "et andet land"
	}
	about := "oplysninger om " + Count(in.others(), "borger", "borgere")
	if f.Strangers > 0 {
		about += " ud over parten"
	}
	if f.Children {
		about += ", heraf sager om børn"
		s.consequences = "Alvorligt tab af fortrolighed; skærpende at sagerne vedrører børn."
	}
	what := Capital(anItem(in.Kind))
	if f.Papers > 0 {
		what = "En udlevering af dokumenter"
	}
	s.what = fmt.Sprintf("%s til %s i %s (%s) indeholdt %s.", what, whom, where, domains(in.Domains), about)
	return s
}

// country is the Danish name of a country by its code, "" for none.
func country(code string) string {
	region, err := language.ParseRegion(code)
	if err != nil || !region.IsCountry() {
		return ""
	}
	return display.Regions(language.Danish).Name(region)
}

// templateResidue: a form that still holds others, or one with somebody else's name on it.
func templateResidue(in *Incident) sentence {
	f := &in.Figures
	if f.Form == Consent {
		return wrongForm(in, "template-residue")
	}
	s := sentence{rule: "template-residue", consequences: "Modtageren kunne få kendskab til andre borgeres oplysninger."}
	people := oneOrMore(f.Strangers, "en anden borger", fmt.Sprintf("%d andre borgere", f.Strangers))
	if f.Strangers == 0 {
		people = "andre borgere end modtageren"
	}
	s.what = fmt.Sprintf("En blanket til den rette borger var på forhånd udfyldt med oplysninger om %s.", people)
	template := "Skabelonen"
	if m := f.marked(); m != "" {
		template += " til " + m
	}
	s.measures = template + " er spærret, til den er renset; søgning efter tidligere kopier er startet" + proposal
	if f.Reused {
		s.what += " Samme oplysninger er fundet i skabelonen."
		s.reason = "Tidligere kopier af skabelonen skal vurderes for sig."
	}
	return s
}

// wrongForm: a form made out for somebody else than who gets it.
func wrongForm(in *Incident, rule string) sentence {
	f := &in.Figures
	carried := "navn"
	if in.Numbers > 0 {
		carried = "navn og CPR-nummer"
	}
	return sentence{rule: rule, what: fmt.Sprintf("En %s til modtageren bar en anden persons %s.", f.Form, carried),
		consequences: "Begrænset tab af fortrolighed; modtageren kunne få kendskab til en anden borgers oplysninger.",
		measures:     "Udskrift eller afsendelse er standset; blanketten kasseres" + proposal}
}

// addresseeMismatch: letters made out for others than those who get them.
func addresseeMismatch(in *Incident) sentence {
	f := &in.Figures
	switch {
	case in.recipients() > 1 && f.Letters > 0:
		return mass(in, "addressee-mismatch")
	case f.Form != "":
		return wrongForm(in, "addressee-mismatch")
	}
	return sentence{rule: "addressee-mismatch", what: "{Item} bar oplysninger om en anden person end den, som forsendelsen var stilet til. Der er fundet oplysninger om {persons}.",
		consequences: "Begrænset tab af fortrolighed; modtageren kunne få kendskab til en anden borgers oplysninger.", measures: "Afsendelsen er standset; brevet skal kasseres og dannes på ny."}
}

// bulkPersons: many people's data, as old letters of theirs or otherwise.
func bulkPersons(in *Incident) sentence {
	if in.recipients() > 1 && in.Figures.Letters > 0 {
		return mass(in, "bulk-persons")
	}
	return sentence{rule: "bulk-persons", what: "{Sending} indeholdt oplysninger om {persons}.",
		consequences: "Risiko for identitetsmisbrug. Mange borgeres oplysninger kunne komme uvedkommende i hænde.",
		measures:     "Udsendelsen er standset. Afsenderen skal kontrollere modtagere og bilag."}
}

// staleLetter: letters that were written long ago, to others.
func staleLetter(in *Incident) sentence {
	s := mass(in, "stale-letter")
	if in.recipients() < 2 || in.Figures.Letters == 0 {
		s.what = "{Item} til {domains} havde vedhæftet " + datedLetters(in, "ældre breve", "ældre breve") + "."
	}
	return s
}

// mass is a sending to many to which letters to others are attached.
func mass(in *Incident, rule string) sentence {
	f := &in.Figures
	s := sentence{rule: rule, consequences: "Risiko for identitetsmisbrug"}
	if f.Office != "" {
		s.consequences += "; det fremgår, at borgeren har en sag i " + f.Office
	}
	s.consequences += "."
	s.what = fmt.Sprintf("En masseudsendelse til %s havde vedhæftet %s.", Count(in.recipients(), "modtager", "modtagere"),
		datedLetters(in, "et brev stilet til en anden borger", fmt.Sprintf("breve stilet til %d andre borgere", max(f.Letters, f.Strangers))))
	when := "før det første brev"
	if f.Sent > 0 {
		when = "efter " + Count(f.Sent, "brev", "breve")
	}
	s.measures = "Udsendelsen er standset " + when
	if in.Kind == "letter" {
		s.measures += "; " + Fill + " fysiske breve holdt hos fjernprint; e-Boks kan bedes gøre breve utilgængelige"
	}
	s.measures += "."
	return s
}

func datedLetters(in *Incident, one, many string) string {
	letters := oneOrMore(max(in.Figures.Letters, in.Figures.Strangers), one, many)
	if m := in.Figures.months(); m != "" {
		letters += ", dateret " + m
	}
	return letters
}

// childRecipient: letters about money that go to a child.
func childRecipient(in *Incident) sentence {
	f := &in.Figures
	s := sentence{rule: "child-recipient", kind: SystemError, consequences: "Barnet eller plejefamilien kunne få kendskab til udbetalinger, der vedrører andre."}
	s.what = "Breve i en kørsel var stilet til børn eller unge og omtalte udbetaling til andre."
	s.measures = "Kørslen er standset"
	if f.Sums > 0 && f.To > 0 {
		s.what = fmt.Sprintf("%d af %s i en kørsel fra {udfyldes: system} var stilet til modtagere under %d år og omtalte udbetaling.", f.Sums, Count(f.To, "brev", "breve"), f.UnderAge)
		s.measures += fmt.Sprintf(" ved brev %d", f.Sent+1)
	}
	s.measures += "; systemejer og leverandør er underrettet" + proposal
	return s
}

// internalSpread: a citizen's matter to more colleagues than need it.
func internalSpread(in *Incident) sentence {
	f := &in.Figures
	s := sentence{rule: "internal-spread", consequences: "Flere medarbejdere end nødvendigt kunne få kendskab til borgerens forhold.",
		measures: "Videresendelsen er standset; afsenderen skal vælge modtagere."}
	within := "internt i kommunen"
	if f.Unit != "" {
		within = "i " + f.Unit
	}
	whom := fmt.Sprintf("%s %s", Count(max(f.Members, in.Recipients), "medarbejder", "medarbejdere"), within)
	s.what = "{Item} med en borgers forhold blev forsøgt sendt til " + whom + "."
	if f.Citizens {
		s.what = "En mail fra en borger blev forsøgt videresendt til " + whom + "."
	}
	return s
}

// unitOf is a unit's name, or words in its place where none is known: without a list of
// units a unit is called by its domain.
func unitOf(name, otherwise string) string {
	if name == "" || strings.Contains(name, ".") {
		return otherwise
	}
	return name
}

func oneOrMore(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
