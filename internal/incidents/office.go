package incidents

import (
	"fmt"
	"strings"
)

// officeMail is what a municipality sends all day and nobody wants stopped; it is
// full of numbers and words that look like something else.
func officeMail() []scenario {
	return []scenario{
		{"kontor", 26, office}, {"kontor-fil", 14, officeFile}, {"nyhedsbrev", 6, newsletter}, {"referat", 5, minutes}, {"invitation", 4, invitation},
		{"telefonliste", 3, phoneList}, {"skabelon", 3, blankTemplate}, {"autosvar", 3, autoReply}, {"lookalike-liste", 6, lookalikes}, {"job", 4, applicant},
		{"tråd-leverandør", 6, supplierThread}, {"forseglet", 1, sealed}, {"seks-fire", 3, sixFour},
	}
}

func office(g *gen) Item {
	x := mail{to: []address{g.unsafeOrg()}}
	x.subject, x.text, _ = cut(g.say("office", person{}))
	x.text = g.say("supplier.hello", person{}) + "\n\n" + x.text
	return g.item(x, "", Pass)
}

func officeFile(g *gen) Item {
	x := mail{to: []address{g.unsafeOrg()}, subject: g.fill(g.one(g.texts["supplier.subject"]), g.others[0]), text: "Hej\n\nSe vedhæftede."}
	var lines []string
	for range 1 + g.r.IntN(4) {
		lines = append(append(lines, strings.Split(g.say("office", person{}), "\n")...), "")
	}
	x.files = []file{g.asFile(g.one([]string{"bilag", "Notat", "Tilbud 2027", "referat"}), lines)}
	return g.item(x, "", Pass)
}

func newsletter(g *gen) Item {
	x := mail{}
	for i := range 20 + g.r.IntN(30) {
		x.bcc = append(x.bcc, address{"", fmt.Sprintf("abonnent%d@%s", i, g.one(privateDomains))})
	}
	x.subject, x.text, _ = cut(g.say("newsletter", person{}))
	return g.item(x, "", Pass)
}

func minutes(g *gen) Item {
	lines := []string{"Referat af møde den " + g.day(), "", "Til stede: " + g.others[0].name() + ", " + g.others[1].name() + ", " + g.staff[0].name() + " (referent)", "Afbud: " + g.others[2].name(), ""}
	for i := range 3 + g.r.IntN(4) {
		title, body, _ := cut(g.say("office", person{}))
		lines = append(lines, fmt.Sprintf("%d. %s", i+1, title), body, g.others[g.r.IntN(3)].First+" følger op.", "")
	}
	o := g.others[0]
	x := mail{to: []address{{o.name(), fold.Replace(o.First) + "@entreprise.example"}, {g.others[1].name(), "kontor@boligselskab.example"}}, subject: "Referat", text: "Kære alle\n\nHermed referatet.", files: []file{g.asFile("referat", lines)}}
	return g.item(x, "", Pass)
}

func invitation(g *gen) Item {
	ics := "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:20261124T0915" + g.digits(10) + "@eksempelby.example\r\nDTSTAMP:20261124T091500Z\r\nDTSTART:20261203T090000Z\r\nSUMMARY:Statusmøde\r\nORGANIZER;CN=" + g.staff[0].name() + ":mailto:post@eksempelby.example\r\nATTENDEE;CN=" + g.others[0].name() + ":mailto:kontor@leverandoer.example\r\nDESCRIPTION:Mødelink https://video.example/j/" + g.digits(10) + "\\nMøde-id: " + g.digits(3) + " " + g.digits(3) + " " + g.digits(4) + "\\nTelefon: +45 " + g.phone() + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	x := mail{to: []address{g.unsafeOrg()}, subject: "Invitation: Statusmøde", text: "Hej\n\nHermed invitation til møde " + g.day() + " kl. 10.00-11.30.", files: []file{{"invite.ics", []byte(ics)}}}
	return g.item(x, "", Pass)
}

// phoneList: staff and contacts with titles and telephones.
func phoneList(g *gen) Item {
	rows := [][]string{{"Navn", "Stilling", "Telefon", "E-mail", "Lokale"}}
	for i := range 8 + g.r.IntN(20) {
		p := g.born(1960, 1999, g.one(lastNames))
		delete(g.taken, p.First)
		rows = append(rows, []string{p.name(), g.one(g.texts["rolle"]), g.phone(), fmt.Sprintf("medarbejder%d@eksempelby.example", i), fmt.Sprintf("2.%d", i)})
	}
	x := mail{to: []address{g.unsafeOrg()}, subject: "Telefonliste", text: "Hej\n\nHer er vores nye telefonliste.", files: []file{{"telefonliste.xlsx", xlsx(rows)}}}
	return g.item(x, "", Pass)
}

// blankTemplate: a template that is meant to have its marks, to those who set it up.
func blankTemplate(g *gen) Item {
	lines := []string{"Skabelon: afgørelse", "", "«Navn»", "«Adresse»", "«Postnr» «By»", "", "Kære «Fornavn»", "", "Vi har modtaget din ansøgning den «Dato».", "", "Med venlig hilsen", "«Sagsbehandler»"}
	x := mail{to: []address{{"", "team-3@eksempelby.example"}}, subject: "Ny brevskabelon", text: "Hej\n\nHer er den nye skabelon med flettefelter.", files: []file{{"skabelon_afgørelse.docx", docx(lines, nil)}}}
	if g.r.IntN(2) == 0 {
		x.to = []address{{"", "support@leverandoer.example"}}
		return g.item(x, "", Pass, Warn)
	}
	return g.item(x, "", Pass)
}

func autoReply(g *gen) Item {
	p := g.adult()
	x := mail{to: []address{{p.name(), g.mailbox(p)}}, subject: "Automatisk svar: Spørgsmål", extra: []string{"Auto-Submitted: auto-replied"}, text: g.say("autoreply", person{})}
	return g.item(x, "", Pass)
}

// lookalikes: a list of numbers of one sort.
func lookalikes(g *gen) Item {
	kinds := [][2]string{{"Faktura", "{faktura}"}, {"EAN", "{ean}"}, {"CVR", "{cvr}"}, {"Telefon", "{tlf}"}, {"Kontonr.", "{konto}"}, {"IBAN", "{iban}"}, {"ISBN", "{isbn}"},
		{"Tidspunkt", "{log}"}, {"Ordrenr.", "{ordre}"}, {"Journalnr.", "{journal}"}, {"Stregkode", "{stregkode}"}, {"P-nummer", "{pnr}"}, {"FIK", "{fik}"}, {"BFE", "{bfe}"}, {"Sagsnr.", "{kle}"}, {"Varenr.", "{vare}"}}
	k := kinds[g.r.IntN(len(kinds))]
	rows := [][]string{{"Linje", k[0], "Dato", "Beløb"}}
	for i := range 20 + g.r.IntN(40) {
		rows = append(rows, []string{fmt.Sprint(i + 1), g.fill(k[1], person{}), g.day(), g.fill("{kr}", person{})})
	}
	x := g.toUnsafe()
	x.subject, x.text = k[0]+"-liste", x.text+"\n\nHer er listen."
	x.files = []file{{"liste.csv", csvFile(rows)}}
	if g.r.IntN(2) == 0 {
		x.files = []file{{"liste.xlsx", xlsx(rows)}}
	}
	return g.item(x, "", Pass)
}

// applicant: a rejection or an invitation to somebody who applied for a job.
func applicant(g *gen) Item {
	p := g.adult()
	x := mail{to: g.toCitizen(p), subject: "Din ansøgning", text: "Kære " + p.First + "\n\n" + g.one([]string{"Tak for din ansøgning til stillingen som socialrådgiver. Vi har desværre valgt en anden.",
		"Vi vil gerne invitere dig til samtale den " + g.day() + ". Du møder " + g.staff[0].name() + " og " + g.staff[1].name() + ". Medbring straffeattest.", "Thank you for your application. We will be in touch before Christmas."})}
	return g.item(x, "", Pass)
}

func supplierThread(g *gen) Item {
	x := g.toUnsafe()
	x.subject = "SV: " + g.fill(x.subject, person{})
	_, office, _ := cut(g.say("office", person{}))
	x.text += "\n\nTak for hurtigt svar. Vi tester i morgen.\n\n" + g.say("sig", person{}) + "\n\n" +
		g.quoted(address{g.others[0].name(), "support@leverandoer.example"}, "it@eksempelby.example", "Fejl", "Hej\n\n"+office+"\n\nHilsen "+g.others[0].First)
	return g.item(x, "", Pass)
}

// sixFour: numbers of other kinds that are written like one; a warning is in order.
func sixFour(g *gen) Item {
	n, _ := g.number(1950, 1999)
	n = n[:6] + "-" + n[6:]
	x := g.toUnsafe()
	x.subject = g.fill(x.subject, person{})
	x.text += "\n\n" + g.one([]string{"Reservedel " + n + " er på lager.", "Varenr. " + n + ", 2 stk.", "Del " + n + " passer ikke til pumpen.", "Tegning " + n + " rev. B er godkendt af " + g.others[0].name() + ".", "Typenr. " + n + " udgår."})
	return g.item(x, "", Pass, Warn)
}

// sealed is encrypted for its reader.
func sealed(g *gen) Item {
	head := "From: post@eksempelby.example\r\nTo: kontor@advokathuset.example\r\nSubject: Sikker mail\r\nDate: Tue, 24 Nov 2026 09:15:00 +0100\r\nMIME-Version: 1.0\r\n"
	body := "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=\"pgp\"\r\n\r\n--pgp\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--pgp\r\nContent-Type: application/octet-stream; name=\"encrypted.asc\"\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA" + strings.Repeat("w5Yk2Zq8", 30) + "\r\n-----END PGP MESSAGE-----\r\n--pgp--\r\n"
	return Item{Name: ".eml", Data: []byte(head + body), Want: []string{Pass, Warn}}
}
