package incidents

import (
	"fmt"
	"strings"
)

// sensitive are a person's health, child's case or secret address, and what a
// template left behind, without any number.
func sensitive() []scenario {
	return []scenario{
		{"helbred", 6, health}, {"barnets-sag", 5, childCase}, {"beskyttet-adresse", 5, secretAddress}, {"brev-følsomt-åbent", 5, sensitiveLetter},
		{"flettefelt", 6, mergeMark}, {"svag-pladsholder", 3, weakMark}, {"gammelt-brev", 3, staleLetter}, {"krypteret", 3, encrypted},
		{"lyn-tråd", 4, innerThread},
	}
}

const special = "special-category"

func health(g *gen) Item {
	p := g.adult()
	x := mail{to: []address{g.one2(g.unsafeOrg(), address{"", g.nick()})}, subject: g.one([]string{"Vedr. borger", "Spørgsmål", "Aftale"}), text: "Hej\n\n" + g.say("health.sentence", p)}
	return g.item(x, special, Hold)
}

func (g *gen) one2(a, b address) address {
	if g.r.IntN(2) == 0 {
		return a
	}
	return b
}

// childCase: one child's matter, to one or to all parents of the class.
func childCase(g *gen) Item {
	p := g.adult()
	c := g.childOf(p)
	x := mail{to: []address{g.unsafeOrg()}, subject: "SV: Klassen", text: "Hej\n\n" + g.say("child.sentence", c)}
	if g.r.IntN(2) == 0 {
		x.to = nil
		for range 8 + g.r.IntN(12) {
			q := g.adult()
			x.to = append(x.to, address{q.First + " " + q.Last, g.mailbox(q)})
			delete(g.taken, q.First)
			delete(g.taken, q.Last)
		}
		x.text = strings.Replace(x.text, "Hej", "Kære alle", 1)
	}
	return g.item(x, special, Hold)
}

func secretAddress(g *gen) Item {
	p := g.adult()
	x := mail{to: []address{g.unsafeOrg()}, subject: "Levering", text: "Hej\n\n" + g.say("protected.sentence", p)}
	return g.item(x, "protected-address", Hold)
}

// sensitiveLetter: the right letter to the right citizen, but health and social
// matters over an open line.
func sensitiveLetter(g *gen) Item {
	p := g.adult()
	x := mail{to: g.toNamed(p), subject: "Afgørelse", text: g.say("cover.citizen", p)}
	x.files = []file{g.asFile("afgørelse", g.letter(p, g.one(g.texts["letter.case"]), false))}
	return g.item(x, special, Hold, Warn)
}

// mergeMark: a letter leaves with a field that was never filled in.
func mergeMark(g *gen) Item {
	p := g.adult()
	x := mail{to: g.toCitizen(p), subject: "Brev", text: g.say("cover.citizen", p)}
	text := "Indkaldelse\n\n" + g.one(g.texts["placeholder.sentence"])
	x.files = []file{g.asFile("brev", g.letter(p, text, false))}
	if g.r.IntN(3) == 0 {
		x.files, x.text = nil, "Kære "+p.First+"\n\n"+g.one(g.texts["placeholder.sentence"])
	}
	return g.item(x, "placeholder", Hold)
}

func weakMark(g *gen) Item {
	p := g.adult()
	x := mail{to: g.toCitizen(p), subject: "Brev", text: g.say("cover.citizen", p)}
	x.files = []file{g.asFile("brev", g.letter(p, "Indkaldelse\n\n"+g.one(g.texts["weak.sentence"]), false))}
	return g.item(x, "placeholder-weak", Warn)
}

func staleLetter(g *gen) Item {
	p := g.adult()
	x := mail{to: g.toCitizen(p), subject: "Brev", text: "Kære " + p.First + "\n\nSe brevet."}
	title, body, _ := cut(g.one(g.texts["letter.plain"]))
	date := g.one([]string{"14. marts 2022", "01.02.2025", "Den 3. juni 2026"})
	x.files = []file{g.asFile("brev", g.letterOn(date, p, p.First, title, body, false))}
	return g.item(x, "stale-letter", Warn)
}

// encrypted: a zip that we cannot look into.
func encrypted(g *gen) Item {
	x := g.toUnsafe()
	x.subject = g.fill(x.subject, g.others[0])
	x.text += "\n\nKoden kommer på sms."
	data := zipped([]file{{"løn.xlsx", []byte(g.digits(300))}})
	data[6] |= 1 // the flag "encrypted", in the local header and in the directory
	if i := strings.LastIndex(string(data), "PK\x01\x02"); i >= 0 {
		data[i+8] |= 1
	}
	x.files = []file{{"løn.zip", data}}
	return g.item(x, "uninspectable", Warn)
}

// innerThread: what colleagues said about a citizen goes outside below an answer.
func innerThread(g *gen) Item {
	p := g.adult()
	x := g.toUnsafe()
	x.subject = "VS: " + g.fill(x.subject, p)
	x.text += "\n\nSe nedenfor.\n\n" + g.quoted(address{g.staff[1].name(), "kollega@eksempelby.example"}, "sagsbehandler@eksempelby.example", "Borger", "Hej\n\n"+g.say("health.sentence", p))
	return g.item(x, special, Hold, Warn)
}

// spread is a citizen's matter among too many colleagues, or to many outside.
func spread() []scenario {
	return []scenario{{"spredt-internt", 6, spreadInside}, {"videresendt-til-én", 4, forwardedToOne}, {"mange-breve", 4, manyLetters}, {"liste-til-borgere", 3, listToCitizens}, {"internt-alle", 3, toEverybody}}
}

func (g *gen) citizensMail() (string, string) {
	p := g.adult()
	return "VS: Hjælp", g.say("fwd.note", p) + "\n\n" + g.quoted(address{p.name(), g.mailbox(p)}, "post@eksempelby.example", "Hjælp", g.say("spread.request", p)+"\n\nHilsen "+p.name())
}

func spreadInside(g *gen) Item {
	x := mail{}
	x.subject, x.text = g.citizensMail()
	if g.r.IntN(2) == 0 {
		x.to = []address{{"", g.one([]string{"alle@eksempelby.example", "familieafdelingen@eksempelby.example"})}}
	} else {
		for i := range 24 + g.r.IntN(30) {
			x.to = append(x.to, address{"", fmt.Sprintf("medarbejder%d@eksempelby.example", i)})
		}
	}
	return g.item(x, "internal-spread", Hold)
}

func forwardedToOne(g *gen) Item {
	x := mail{to: []address{{"", g.one([]string{"kollega7@eksempelby.example", "team-3@eksempelby.example", "visitation@eksempelby.example"})}}}
	x.subject, x.text = g.citizensMail()
	return g.item(x, "", Pass)
}

// toEverybody: office matters to all colleagues.
func toEverybody(g *gen) Item {
	x := mail{to: []address{{"", "alle@eksempelby.example"}}}
	x.subject, x.text, _ = cut(g.one([]string{g.say("office", person{}), g.say("newsletter", person{}), "Julefrokost\n\nKære alle\n\nTilmeld jer senest den 1. december hos " + g.staff[1].name() + "."}))
	return g.item(x, "", Pass)
}

// manyLetters: the letters of many go to one, or to many.
func manyLetters(g *gen) Item {
	b := g.adult()
	x := mail{to: g.toNamed(b), subject: "Brev fra kommunen", extra: secure, text: g.say("cover.bare", b)}
	var people []person
	var files []file
	for i := range 6 + g.r.IntN(6) {
		p := g.adult()
		people = append(people, p)
		files = append(files, file{fmt.Sprintf("brev-%02d.txt", i), document("txt", g.letterOn("14. marts 2022", p, p.First, "Din sag", "Du har en sag i Socialforvaltningen.", true))})
	}
	x.files = []file{{"breve.zip", zipped(files)}}
	if g.r.IntN(2) == 0 {
		x.to = append(x.to, address{"", g.nick()}, address{"", g.nick()}, address{"", g.nick()})
	}
	return g.item(x, "bulk-persons", Hold).with(people...)
}

// listToCitizens: those who applied get the list of all who applied.
func listToCitizens(g *gen) Item {
	rows := [][]string{{"Navn", "CPR-nr.", "Status"}}
	x := mail{subject: "Jobtilbud", extra: g.way(), text: "Hej\n\nHer er kursuslisten."}
	var people []person
	for range 6 + g.r.IntN(10) {
		p := g.adult()
		people, rows = append(people, p), append(rows, []string{p.name(), p.dashed(), "ledig"})
		x.bcc = append(x.bcc, address{p.name(), g.mailbox(p)})
	}
	x.to, x.bcc = x.bcc[:3], x.bcc[3:]
	x.files = []file{{"kursusliste.xlsx", xlsx(rows)}}
	return g.item(x, "bulk-persons", Hold).with(people...)
}
