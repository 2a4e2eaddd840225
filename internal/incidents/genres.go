package incidents

import (
	"fmt"
	"strings"
)

// genres are kinds of papers and mails beside letters, forms and bundles: each with the
// mistake, and sent rightly.
func genres() []scenario {
	return []scenario{
		{"brev-i-mailen", 3, letterInMail}, {"brev-i-mailen-egen", 2, ownLetterInMail}, {"kollegas-sygdom", 3, colleaguesIllness}, {"kollega-fravær", 3, colleagueAway},
		{"bank-uden-lov", 3, toBank}, {"bank-fuldmagt", 2, toBankByLeave}, {"regneark-skema", 3, sheetOfAnother}, {"regneark-skema-egen", 2, ownSheet},
		{"samlet-underskrevet", 4, strangerBehindSignature}, {"samlet-underskrevet-ret", 2, signedBundle}, {"teaterprogram", 2, playbill}, {"fil-med-modtagers-navn", 2, namedAfterReader},
	}
}

// letterBody is a letter with an address block in a mail's own text.
func (g *gen) letterBody(p person) string {
	title, body, _ := strings.Cut(g.one(g.texts["letter.plain"]), "\n\n")
	return strings.Join([]string{p.name(), p.Street, p.Zip + " " + p.City, "", "Dato: " + g.day(), "Sagsnr.: " + g.fill("{sag}", p), "", title, "", g.fill(body, p), "", "Du skal svare på afgørelsen senest den " + g.day() + "."}, "\n")
}

func letterInMail(g *gen) Item {
	a, b := g.adult(), g.adult()
	return g.item(mail{to: []address{{b.name(), g.mailbox(b)}}, subject: "Afgørelse", text: g.letterBody(a)}, wrong, Hold)
}

func ownLetterInMail(g *gen) Item {
	p := g.adult()
	return g.item(mail{to: g.toCitizen(p), subject: "Afgørelse", text: g.letterBody(p)}, "", Pass)
}

// colleaguesIllness: what is nobody's business goes to everybody in the house.
func colleaguesIllness(g *gen) Item {
	p := g.adult()
	text := g.one([]string{
		"I har nok hørt, at {n} er sygemeldt. {f} har fået konstateret brystkræft og begynder i kemoterapi på mandag.",
		"{n} er indlagt på psykiatrisk afdeling efter et selvmordsforsøg. Sig det ikke videre.",
		"Vores elev {n} er anbragt i plejefamilie fra i dag efter en underretning om vold i hjemmet.",
		"{n} er bortvist. Han har et misbrug og er meldt til politiet.",
	})
	return g.item(mail{to: []address{{"", "alle@eksempelby.example"}}, subject: "Til orientering", text: "Kære alle\n\n" + g.fill(text, p)}, "internal-spread", Hold)
}

func colleagueAway(g *gen) Item {
	p := g.adult()
	text := g.one([]string{
		"{n} er sygemeldt i denne uge. Spørg {o} om vagtplanen.",
		"{n} har fået en søn, og både mor og barn har det godt. Vi samler ind til en gave.",
		"Vores kollega {n} er død efter længere tids kræftsygdom. Bisættelsen er på lørdag.",
		"Psykolog {o} holder oplæg om stress og depression på torsdag. Ved sygdom træder {o2} til.",
	})
	return g.item(mail{to: []address{{"", "alle@eksempelby.example"}}, subject: "Personalenyt", text: "Kære alle\n\n" + g.fill(text, p)}, "", Pass)
}

func (g *gen) house() []address {
	return []address{{"", g.one([]string{"laan@banken.example", "kunde@sparekassen.example", "post@pensionsselskabet.example", "info@boligselskab.example"})}}
}

// toBank: a citizen's letter to a house that may have it by the citizen's leave alone.
func toBank(g *gen) Item {
	p := g.adult()
	x := mail{to: g.house(), subject: "Dokumentation", text: "Hej\n\nHermed det, I bad om i telefonen."}
	x.files = []file{g.asFile("dokument", g.letterOn(g.day(), p, p.First, "Afgørelse om kontanthjælp", "Du får kontanthjælp fra den 1. november.", false))}
	return g.item(x, wrong, Hold)
}

func toBankByLeave(g *gen) Item {
	p := g.adult()
	x := mail{to: g.house(), subject: "Dokumentation", extra: secure, text: g.fill("Hej\n\nEfter fuldmagt fra jeres kunde {n} sender vi hermed afgørelsen.", p)}
	x.files = []file{g.asFile("dokument", g.letterOn(g.day(), p, p.First, "Afgørelse om pension", "Du får pension fra den 1. november.", false))}
	return g.item(x, "", Pass)
}

// sheet is a form in a spreadsheet: labels to the left, values to the right.
func (g *gen) sheet(p person) file {
	return file{"skema.xlsx", xlsx([][]string{{"Felt", "Værdi"}, {"Navn", p.name()}, {"Fødselsdato", g.date(p)}, {"Adresse", p.address()}, {"Hjælp til bad", "To gange om ugen"}})}
}

func sheetOfAnother(g *gen) Item {
	a, b := g.adult(), g.adult()
	return g.item(mail{to: g.toNamed(b), subject: "Dit skema", extra: secure, text: "Kære " + b.First + "\n\nHer er skemaet.", files: []file{g.sheet(a)}}, "template-residue", Hold)
}

func ownSheet(g *gen) Item {
	p := g.adult()
	return g.item(mail{to: g.toNamed(p), subject: "Dit skema", extra: secure, text: "Kære " + p.First + "\n\nHer er skemaet.", files: []file{g.sheet(p)}}, "", Pass)
}

// signedPapers are case papers in one file, each with its own head and signature.
func (g *gen) signedPapers(people ...person) []file {
	var lines []string
	for i, p := range people {
		if i > 0 {
			lines = append(lines, "\f")
		}
		lines = append(lines, "Eksempelby Kommune", "Børn og Familie", "", "Dato: "+g.day(), "Barn: "+p.name(), "Sagsbehandler: "+g.staff[0].name(), "",
			g.one([]string{"Notat", "Udtalelse", "Referat af netværksmøde"}), "", g.fill("{n} er set i skolen og trives bedre end før sommerferien.", p), "", "Med venlig hilsen", "", g.staff[0].name(), "Familierådgiver")
	}
	return []file{{"akter.pdf", pdf(lines)}}
}

func strangerBehindSignature(g *gen) Item {
	a, b := g.adult(), g.adult()
	people := []person{a, a, a, a, a}
	people[1+g.r.IntN(4)] = b
	return g.item(mail{to: []address{g.partnerBox()}, subject: "Akter", text: g.fill("Hej\n\nHermed akterne i sagen om {n}.", a), files: g.signedPapers(people...)}, "foreign-person", Hold)
}

func signedBundle(g *gen) Item {
	a := g.adult()
	return g.item(mail{to: []address{g.partnerBox()}, subject: "Akter", text: g.fill("Hej\n\nHermed akterne i sagen om {n}.", a), files: g.signedPapers(a, a, a)}, "", Pass)
}

// playbill: a programme of a play names many, and an illness that is a part.
func playbill(g *gen) Item {
	lines := []string{"Den indbildt syge", "Premiere den " + g.day(), "", "Medvirkende"}
	for i, role := range []string{"Argan, hypokonder med diabetes", "Toinette", "Angélique"} {
		lines = append(lines, fmt.Sprintf("%s: %s", role, g.others[i].name()))
	}
	lines = append(lines, "", "Instruktion: "+g.others[3].name(), "Ved sygdom overtages Toinette af "+g.staff[1].name()+".")
	return g.item(mail{to: []address{{"", "presse@teaterforeningen.example"}}, subject: "Program", text: "Hej\n\nHer er programmet.", files: []file{g.asFile("program", lines)}}, "", Pass)
}

// namedAfterReader: the file bears the reader's name, the letter in it another's.
func namedAfterReader(g *gen) Item {
	a, b := g.adult(), g.adult()
	x := mail{to: g.toNamed(b), subject: "Afgørelse", extra: secure, text: "Kære " + b.First + "\n\nSe brevet."}
	x.files = []file{g.asFile("Afgørelse "+b.name(), g.letter(a, g.one(g.texts["letter.plain"]), false))}
	return g.item(x, wrong, Hold)
}
