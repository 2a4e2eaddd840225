package incidents

import (
	"fmt"
	"html"
	"strings"
)

// numberLeaks are numbers that go to somebody outside without protection.
func numberLeaks() []scenario {
	return []scenario{
		{"cpr-tekst", 14, numberInText}, {"cpr-skrivemåde", 10, spelledNumber}, {"cpr-fil", 12, numberInFile}, {"cpr-emne", 3, numberInSubject},
		{"cpr-filnavn", 2, numberInFileName}, {"cpr-html", 5, numberInHTML}, {"cpr-historik", 5, numberInHistory}, {"cpr-eget", 5, ownNumber},
		{"cpr-tabel", 4, numberTable}, {"cpr-autosvar", 2, quotingAutoReply}, {"cpr-lignende-domæne", 3, nearMiss}, {"cpr-uden-streg", 4, bareNumber},
		{"cpr-internt", 5, colleague}, {"cpr-indgående", 2, incoming},
	}
}

// unsafeOrg is an organisation that we do not reach safely.
func (g *gen) unsafeOrg() address {
	p := g.others[0]
	domain := g.one([]string{"leverandoer.example", "it-drift.example", "privatskolen.example", "banken.example", "advokathuset.example", "laegehuset.example",
		"vognmand.example", "forsikring.example", "akassen.example", "boligselskab.example", "fritidsklub.example"})
	if g.r.IntN(2) == 0 {
		return address{"", g.one([]string{"support", "info", "post", "kontakt", "kontor"}) + "@" + domain}
	}
	return address{p.name(), fold.Replace(p.First) + "@" + domain}
}

// toUnsafe starts a mail to such an organisation.
func (g *gen) toUnsafe() mail {
	return mail{to: []address{g.unsafeOrg()}, subject: g.one(g.texts["supplier.subject"]), text: g.say("supplier.hello", person{})}
}

const leak = "cpr-unprotected"

// plain tells what a number in a sentence deserves: one that neither a check digit
// nor a label, a name or a word for a person confirms may also be let go with a
// warning.
func plain(said string, p person) []string {
	low := strings.ToLower(said)
	for _, word := range []string{"cpr", "personn", "borger", strings.ToLower(p.name())} {
		if strings.Contains(low, word) {
			return []string{Hold}
		}
	}
	if p.confirmed() {
		return []string{Hold}
	}
	return []string{Hold, Warn}
}

func numberInText(g *gen) Item {
	p := g.known()
	x := g.toUnsafe()
	x.subject = g.fill(x.subject, p)
	said := g.say("cpr.sentence", p)
	x.text += "\n\n" + said
	if g.r.IntN(3) == 0 {
		_, office, _ := cut(g.say("office", person{}))
		x.text += "\n\n" + office
	}
	return g.item(x, leak, plain(said, p)...).with(p)
}

// spelledNumber: the number in one of the ways in which people write it.
func spelledNumber(g *gen) Item {
	p := g.adult()
	d, s := p.CPR[:6], p.CPR[6:]
	dot := d[:2] + "." + d[2:4] + "." + d[4:]
	ways := []string{
		"Borger: " + d + " " + s, "CPR " + d + "–" + s, "cpr " + d + "\u00a0" + s, "Cpr-nummer: " + d + "\u2011" + s, "cprnr. " + d + s,
		"CPR-nr.: " + d + " - " + s, "Personnummer " + dot + "-" + s, "borgeren " + d + "/" + s, "Cpr: " + d[:2] + " " + d[2:4] + " " + d[4:] + " " + s,
		"CPR-nummeret er " + d + "-\n" + s + ".", p.name() + "\t" + d + "-" + s, "(" + d + "-" + s + ")", "Nummer: " + d + "-" + s + " (cpr)",
		d + s + " er borgerens CPR-nr.", "CPR:" + d + "-" + s, "personnr" + " " + d + s, "cpr.nr.:\n" + d + "-" + s, "CPR no. " + d + s, d + " " + s + " (CPR)",
		"CPR-nr. " + d + "\u00ad-" + s, "cpr nr. " + d + "." + s, "CPR: " + d + "--" + s, p.name() + ", " + d + "-" + s + ", " + p.address(),
	}
	x := g.toUnsafe()
	x.subject = g.fill(x.subject, p)
	said := g.one(ways)
	x.text += "\n\n" + said + "\n\nHvad gør vi?"
	return g.item(x, leak, plain(said, p)...).with(p)
}

// bareNumber: ten digits without label or hyphen; the check digit tells.
func bareNumber(g *gen) Item {
	n := g.unborn()
	x := g.toUnsafe()
	x.subject = g.fill(x.subject, g.others[0])
	x.text += "\n\n" + g.one([]string{"Det er " + n + " der driller.", n, "Kan du slå " + n + " op?", "Borger " + n + " får ikke sin post.", "Look up " + n + " please."})
	it := g.item(x, leak, Hold)
	it.Numbers, it.Later = []string{n}, true
	return it
}

func numberInFile(g *gen) Item {
	p := g.known()
	x := g.toUnsafe()
	x.subject, x.text = g.fill(x.subject, p), x.text+"\n\nSe vedhæftede."
	note := "Borger: " + p.name()
	switch g.r.IntN(8) {
	case 0:
		x.files = []file{{"oversigt.docx", wordFile(paragraph("Oversigt"), map[string]string{"word/header1.xml": wordPart("hdr", note+" "+p.dashed())})}}
	case 1:
		x.files = []file{{"oversigt.docx", wordFile(paragraph("Oversigt"), map[string]string{"word/footer1.xml": wordPart("ftr", "CPR-nr.: "+p.dashed())})}}
	case 2:
		x.files = []file{{"udtraek.csv", csvFile([][]string{{"Nr", "Navn", "Cpr"}, {"1", p.name(), p.dashed()}})}}
	case 3:
		x.files = []file{{"udtræk.xlsx", xlsx([][]string{{"Id", "Borger", "PERSONNUMMER"}, {"17", p.name(), p.CPR}})}}
	case 4:
		x.files = []file{{"sag.zip", zipped([]file{{"indre.zip", zipped([]file{g.asFile("notat", g.paper(p, true))})}})}}
	case 5:
		x.files = []file{g.formFile(p)}
	case 6:
		x.files = []file{{"moede.ics", []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nDTSTART:20261201T090000Z\r\nSUMMARY:Samtale\r\nDESCRIPTION:Vedr. " + p.name() + "\\, " + p.dashed() + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")}}
	default:
		x.files = []file{g.asFile("notat", g.paper(p, true))}
	}
	return g.item(x, leak, Hold).with(p)
}

func numberInSubject(g *gen) Item {
	p := g.known()
	x := g.toUnsafe()
	x.subject = g.say("cpr.subject", p)
	x.text += "\n\nKan I kigge på den?"
	return g.item(x, leak, plain(x.subject, p)...).with(p)
}

func numberInFileName(g *gen) Item {
	p := g.known()
	x := g.toUnsafe()
	x.subject = g.fill(x.subject, p)
	x.files = []file{{g.one([]string{"Notat " + p.dashed() + ".docx", "CPR_" + p.CPR + ".docx", p.dashed() + " " + p.First + ".docx"}), docx([]string{"Vejledning til ansøgning", "", "Udfyld felterne."}, nil)}}
	return g.item(x, leak, plain(x.files[0].name, p)...).with(p)
}

// numberInHTML: where a mail program hides text from the reader.
func numberInHTML(g *gen) Item {
	p := g.known()
	x := g.toUnsafe()
	x.subject, x.text = g.fill(x.subject, p), x.text+"\n\nSe billedet nedenfor."
	hidden := []string{
		`<img src="cid:a" alt="Skærmbillede af sagen på ` + p.dashed() + `">`,
		`<a href="https://fagsystem.eksempelby.example/sag?cpr=` + p.CPR + `">Åbn sagen</a>`,
		`<span title="CPR-nr. ` + p.dashed() + `">borgeren</span>`,
		`<div style="display:none">CPR-nr. ` + p.dashed() + `</div>`,
		`<table><tr><th>Navn</th><th>CPR</th></tr><tr><td>` + html.EscapeString(p.name()) + `</td><td>` + p.dashed() + `</td></tr></table>`,
		`<p>CPR-nr. <b>` + p.CPR[:6] + `</b>-<span>` + p.CPR[6:] + `</span></p>`,
		`<p>cpr&nbsp;` + p.CPR[:6] + `&#45;` + p.CPR[6:] + `</p>`,
		`<p style="color:#fff">` + p.dashed() + `</p>`,
	}
	said := g.one(hidden)
	x.html = "<html><body><p>" + html.EscapeString(x.text) + "</p>" + said + "<p>Hilsen</p></body></html>"
	return g.item(x, leak, plain(said, p)...).with(p)
}

// quoted is an earlier mail below an answer.
func (g *gen) quoted(from address, to, subject, text string) string {
	when := "23. november 2026 14:02"
	switch g.r.IntN(4) {
	case 0:
		return "Fra: " + from.name + " <" + from.box + ">\nSendt: " + when + "\nTil: " + to + "\nEmne: " + subject + "\n\n" + text
	case 1:
		return "-----Oprindelig meddelelse-----\nFra: " + from.name + " [mailto:" + from.box + "]\nSendt: " + when + "\nTil: " + to + "\nEmne: " + subject + "\n\n" + text
	case 2:
		return "Den man. 23. nov. 2026 kl. 14.02 skrev " + from.name + " <" + from.box + ">:\n\n> " + strings.ReplaceAll(text, "\n", "\n> ")
	}
	return "From: " + from.name + " <" + from.box + ">\nSent: Monday, November 23, 2026 2:02 PM\nTo: " + to + "\nSubject: " + subject + "\n\n" + text
}

// numberInHistory: an inner thread goes outside for the first time.
func numberInHistory(g *gen) Item {
	p := g.known()
	x := g.toUnsafe()
	said := g.say("cpr.sentence", p)
	inner := g.quoted(address{g.staff[1].name(), "kollega@eksempelby.example"}, "sagsbehandler@eksempelby.example", "Borger", "Hej\n\n"+said+"\n\nHilsen "+g.staff[1].First)
	if g.r.IntN(2) == 0 {
		inner = g.quoted(address{g.staff[2].name(), "leder@eksempelby.example"}, "kollega@eksempelby.example", "SV: Borger", "Ja, spørg leverandøren.") + "\n\n" + inner
	}
	x.subject = "VS: " + g.fill(x.subject, p)
	x.text += "\n\nHvad siger I til nedenstående?\n\nVenlig hilsen\n" + g.staff[0].name() + "\n\n" + inner
	return g.item(x, leak, plain(said, p)...).with(p)
}

// ownNumber: a citizen's own number to that citizen over an open line.
func ownNumber(g *gen) Item {
	p := g.known()
	x := mail{to: g.toCitizen(p), subject: "Din henvendelse", text: "Kære " + p.First + "\n\n" + g.say("own.sentence", p)}
	if g.r.IntN(2) == 0 {
		x.text = g.say("cover.citizen", p)
		x.files = []file{g.asFile("brev", g.letter(p, g.one(g.texts["letter.plain"]), true))}
	}
	return g.item(x, leak, Hold).with(p)
}

// numberTable: a list of citizens to somebody outside.
func numberTable(g *gen) Item {
	rows := [][]string{{g.one([]string{"CPR", "CPR_NR", "Cpr-nr.", "Personnummer"}), "Navn", "Beløb"}}
	var people []person
	for range 2 + g.r.IntN(20) {
		p := g.adult()
		people = append(people, p)
		rows = append(rows, []string{g.one([]string{p.dashed(), p.CPR}), p.name(), g.fill("{kr}", p)})
	}
	x := g.toUnsafe()
	x.subject = g.fill(x.subject, people[0])
	switch g.r.IntN(3) {
	case 0:
		x.files = []file{{"liste.csv", csvFile(rows)}}
	case 1:
		x.files = []file{{"liste.xlsx", xlsx(rows)}}
	default:
		var lines []string
		for _, r := range rows {
			lines = append(lines, strings.Join(r, " | "))
		}
		x.files = []file{{"liste.docx", docx(lines, nil)}}
	}
	return g.item(x, leak, Hold).with(people...)
}

// quotingAutoReply answers with the question below it.
func quotingAutoReply(g *gen) Item {
	p := g.adult()
	box := g.mailbox(p)
	x := mail{to: []address{{p.name(), box}}, subject: "Autosvar: Min sag", extra: []string{"Auto-Submitted: auto-replied"}}
	x.text = g.say("autoreply", person{}) + "\n\n" + g.quoted(address{p.name(), box}, "post@eksempelby.example", "Min sag", "Hej\n\nMit cpr er "+p.dashed()+". Hvornår får jeg svar?")
	return g.item(x, leak, Hold).with(p)
}

// nearMiss: a domain that looks like a partner's.
func nearMiss(g *gen) Item {
	p := g.adult()
	domain := g.one([]string{"regionoest.example", "region-ost.example", "reglon-oest.example", "nabokomune.example", "nabokommune.example.invalid", "eksempelbv.example", "tunnel-advokat.example"})
	x := mail{to: []address{{"", "visitation@" + domain}}, subject: "Henvisning", text: g.fill("Hermed henvisning af {n}, CPR-nr. {c}.", p)}
	return g.item(x, leak, Hold).with(p)
}

// colleague: the same among colleagues is daily work.
func colleague(g *gen) Item {
	p := g.adult()
	x := mail{to: []address{{g.staff[1].name(), fmt.Sprintf("kollega%d@eksempelby.example", g.r.IntN(90))}}, subject: g.one([]string{"Sagen", "Ring til borger", "SV: Borger"}), text: g.say("internal", p)}
	if g.r.IntN(3) == 0 {
		x.files = []file{g.asFile("notat", g.paper(p, true))}
	}
	return g.item(x, "", Pass).with(p)
}

// incoming: a citizen writes to us.
func incoming(g *gen) Item {
	p := g.adult()
	x := mail{from: address{p.name(), g.mailbox(p)}, to: []address{{"", "post@eksempelby.example"}}, subject: "Min sag", text: "Hej\n\nMit cpr er " + p.dashed() + ". " + g.say("spread.request", p)}
	return g.item(x, "", Pass).with(p)
}

func cut(text string) (title, body string, ok bool) { return strings.Cut(text, "\n\n") }
