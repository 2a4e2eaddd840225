package incidents

// citizenMail is one citizen's matter to that citizen or to those who work with
// it: nothing of it may be held.
func citizenMail() []scenario {
	return []scenario{
		{"brev-til-rette", 12, rightLetter}, {"brev-sikkert", 8, secureLetter}, {"partner", 8, partnerMail}, {"overdragelse", 7, rightBundle},
		{"blanket-tom", 4, blankForm}, {"blanket-egen", 4, ownForm}, {"par", 3, coupleLetter}, {"barns-brev", 4, childLetter},
		{"svar-borger", 6, answer}, {"fuldmagt", 2, onBehalf}, {"maskeret", 2, masked}, {"partner-liste", 2, partnerList},
	}
}

// rightLetter: an everyday letter without number to the one it is made out for.
func rightLetter(g *gen) Item {
	p := g.adult()
	x := mail{to: g.toCitizen(p), subject: g.one([]string{"Brev fra Eksempelby Kommune", "Svar på din henvendelse", "Vedr. din sag", ""}), text: g.say("cover.citizen", p)}
	x.files = []file{g.asFile(g.letterName(), g.letter(p, g.one(g.texts["letter.plain"]), false))}
	return g.item(x, "", Pass)
}

// toCitizen is a To field that tells who is meant.
func (g *gen) toCitizen(p person) []address {
	switch g.r.IntN(4) {
	case 0:
		return []address{{g.display(p), g.nick()}}
	case 1:
		return []address{{"", g.mailbox(p)}}
	}
	return []address{{g.display(p), g.mailbox(p)}}
}

// secureLetter: a sensitive letter with number, the secure way to the right one.
func secureLetter(g *gen) Item {
	p := g.adult()
	x := mail{to: g.toCitizen(p), subject: "Afgørelse", text: g.say("cover.citizen", p), extra: secure}
	x.files = []file{g.asFile(g.letterName(), g.letter(p, g.one(g.texts["letter.case"]), true))}
	return g.item(x, "", Pass).with(p)
}

// partnerBox is a case worker or an office of those we reach safely.
func (g *gen) partnerBox() address {
	domain := g.one([]string{"region-oest.example", "nabokommune.example", "tunneladvokat.example"})
	if g.r.IntN(2) == 0 {
		return address{"", g.one([]string{"visitation", "sikkerpost", "post", "boernogunge", "modtagelse"}) + "@" + domain}
	}
	p := g.others[3]
	return address{p.name(), fold.Replace(p.First) + "." + fold.Replace(p.Last) + "@" + domain}
}

// partnerMail: one citizen's matter in a mail to a partner.
func partnerMail(g *gen) Item {
	p := g.adult()
	text := g.one([]string{"Kære kollega", "Hej", "Til rette vedkommende", "Hej " + g.others[3].First}) + "\n\n" +
		g.one([]string{"Vedr.: {n}\nCPR-nr.: {c}\n\n{case}", "Hermed henvisning af {n}, {c}.\n\n{case}", "Vil I se på {c}? {case}", "{n} ({c}) bor {a}. {case}"})
	x := mail{to: []address{g.partnerBox()}, subject: g.one([]string{"Henvisning", "Vedr. borger", "Sagen fra i går", "Anmodning om oplysninger"}), text: g.fill(text, p)}
	for i := range g.r.IntN(3) {
		x.files = append(x.files, g.asFile([]string{"notat", "status"}[i], g.paper(p, true)))
	}
	return g.item(x, "", Pass).with(p)
}

// rightBundle: a case's papers to a partner, spouse and child mentioned in them.
func rightBundle(g *gen) Item {
	p := g.adult()
	x := mail{to: []address{g.partnerBox()}, subject: g.one([]string{"Overdragelse af sag", "Akter", "Anmodning om akter"}), text: g.say("cover.partner", p)}
	x.files = g.papers(p, 3+g.r.IntN(7), true)
	spouse, child := g.spouseOf(p), g.childOf(p)
	extra := g.paper(p, true)
	extra = append(extra, "Ægtefælle: "+spouse.name()+", "+spouse.dashed(), "Barn: "+child.name()+", født "+child.Born.Format("02.01.2006"))
	x.files = append(x.files, g.asFile("familieforhold", extra))
	if g.r.IntN(3) == 0 {
		x.files = []file{{"akter.zip", zipped(x.files)}}
	}
	return g.item(x, "", Pass).with(p, spouse)
}

// papers are n case papers about p.
func (g *gen) papers(p person, n int, number bool) []file {
	files := make([]file, n)
	for i := range files {
		files[i] = g.asFile(g.one([]string{"akt", "bilag", "Dok"})+"-"+string(rune('a'+i)), g.paper(p, number))
	}
	return files
}

func blankForm(g *gen) Item {
	p := g.adult()
	x := mail{to: g.toCitizen(p), subject: "Blanket", text: "Kære " + p.First + "\n\nHer er blanketten, som du bad om. Udfyld den og send den tilbage via borger.dk.", files: []file{g.formFile()}}
	return g.item(x, "", Pass)
}

func ownForm(g *gen) Item {
	p := g.adult()
	x := mail{to: g.toCitizen(p), subject: "Blanket til underskrift", extra: secure, text: "Kære " + p.First + "\n\nVi har udfyldt blanketten for dig. Skriv under og send den retur.", files: []file{g.formFile(p)}}
	if g.r.IntN(2) == 0 {
		x.files = []file{g.formFile(p, g.spouseOf(p))}
		return g.item(x, "", Pass, Warn).with(p)
	}
	return g.item(x, "", Pass).with(p)
}

// coupleLetter: a letter to both of a couple goes to one of them.
func coupleLetter(g *gen) Item {
	p := g.adult()
	s := g.spouseOf(p)
	lines := []string{"Eksempelby Kommune", "", p.name() + " og " + s.name(), p.Street, p.Zip + " " + p.City, "", "20. november 2026", "",
		"Kære " + p.First + " og " + s.First, "", g.fill("I er godkendt til at købe grunden på {a}. Købesummen er {kr} kr.", p), "", "Med venlig hilsen", g.staff[0].name()}
	x := mail{to: g.toCitizen(s), subject: "Køb af grund", text: "Kære begge\n\nSe vedhæftede.", files: []file{g.asFile("brev", lines)}}
	return g.item(x, "", Pass, Warn)
}

// childLetter: a letter to or about a child goes to its parent, the secure way.
func childLetter(g *gen) Item {
	p := g.adult()
	c := g.childOf(p)
	body := "Tandplejen vil gerne se " + c.First + " til undersøgelse den " + g.day() + "."
	lines := g.letterOn("20. november 2026", c, c.First, "Indkaldelse til tandplejen", body, true)
	if g.r.IntN(2) == 0 {
		lines = append([]string{"Eksempelby Kommune", "", "Til forældremyndighedsindehaveren for", c.name(), c.Street, c.Zip + " " + c.City, "", "CPR-nr.: " + c.dashed(), ""}, body)
	}
	x := mail{to: g.toCitizen(p), subject: "Vedr. " + c.First, extra: secure, text: "Kære " + p.First + "\n\nHer er brevet om dit barn.", files: []file{g.asFile("brev", lines)}}
	return g.item(x, "", Pass, Warn).with(c)
}

// answer: a thread with a citizen about an everyday matter.
func answer(g *gen) Item {
	p := g.adult()
	_, text, _ := cut(g.fill(g.one(g.texts["letter.plain"]), p))
	old := g.quoted(address{p.name(), g.mailbox(p)}, "post@eksempelby.example", "Spørgsmål", "Hej\n\nHvornår sker der noget i min sag? Ring gerne på "+p.Phone+".\n\nHilsen "+p.First)
	x := mail{to: g.toCitizen(p), subject: "SV: Spørgsmål", text: g.one([]string{"Kære ", "Hej "}) + p.First + "\n\n" + text, extra: []string{"In-Reply-To: <a1@mail.example>"}}
	x.text += "\n\n" + g.say("sig", person{}) + "\n\n" + old
	return g.item(x, "", Pass)
}

// onBehalf: a citizen's letter to the lawyer, guardian or daughter who speaks for
// them, the secure way, and the mail says so.
func onBehalf(g *gen) Item {
	p, rep := g.adult(), g.adult()
	why := g.one([]string{"din far", "din klient", "din mor", "din myndling"})
	x := mail{to: g.toCitizen(rep), subject: "Afgørelse", extra: secure, text: "Kære " + rep.First + "\n\nHer er afgørelsen, som vedrører " + why + " " + p.name() + "."}
	x.files = []file{g.asFile("afgørelse", g.letter(p, g.one(g.texts["letter.case"]), true))}
	return g.item(x, "", Pass, Warn).with(p)
}

// masked: only the birth date of the number is left.
func masked(g *gen) Item {
	p := g.adult()
	mark := g.one([]string{"-xxxx", "-XXXX", "-****", "-...."})
	x := mail{to: []address{{"", "support@leverandoer.example"}}, subject: "Sag", text: "Hej\n\nBorger " + p.CPR[:6] + mark + " kan ikke logge på. Vi ringer med resten."}
	return g.item(x, "", Pass, Warn)
}

// partnerList: up to five citizens whom two authorities share.
func partnerList(g *gen) Item {
	rows := [][]string{{"Navn", "CPR-nr.", "Afdeling"}}
	var people []person
	for range 2 + g.r.IntN(3) {
		p := g.adult()
		people, rows = append(people, p), append(rows, []string{p.name(), p.dashed(), "B" + g.digits(2)})
	}
	x := mail{to: []address{{"", "modtagelse@region-oest.example"}}, subject: "Færdigbehandlede", text: "Hej\n\nHer er dagens liste over færdigbehandlede borgere.", files: []file{{"liste.xlsx", xlsx(rows)}}}
	return g.item(x, "", Pass, Warn).with(people...)
}
