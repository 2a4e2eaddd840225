package incidents

// wrongReader are letters and forms that go to another than the one they are made
// out for, protected or not.
func wrongReader() []scenario {
	return []scenario{
		{"brev-til-anden", 12, wrongLetter}, {"brev-til-anden-cpr", 6, wrongLetterWithNumber}, {"blanket-til-anden", 6, wrongForm},
		{"blanket-udfyldt", 7, filledTemplate}, {"to-breve", 4, oneOfTwo}, {"også-til-fremmed", 3, copiedToStranger}, {"skjult-rest", 5, hiddenRest},
		{"brev-til-navnebror", 3, caseWorkerNamesake}, {"autofuldført", 4, completed},
	}
}

const wrong = "addressee-mismatch"

// way is the open or the safe line, and the header for it.
func (g *gen) way() []string {
	if g.r.IntN(2) == 0 {
		return secure
	}
	return nil
}

// toNamed tells the reader's name in full by display name or by mailbox.
func (g *gen) toNamed(p person) []address {
	if g.r.IntN(4) == 0 {
		return []address{{"", g.mailbox(p)}}
	}
	return []address{{g.display(p), g.one([]string{g.mailbox(p), g.nick()})}}
}

// wrongLetter: a letter to A, known by name and address only, goes to B.
func wrongLetter(g *gen) Item {
	a, b := g.adult(), g.adult()
	x := mail{to: g.toNamed(b), subject: g.one([]string{"Brev fra kommunen", "Afgørelse", "Svar", "Vedr. din sag"}), extra: g.way(), text: g.one([]string{g.say("cover.citizen", b), g.say("cover.bare", b)})}
	kind := g.one([]string{"letter.plain", "letter.case"})
	x.files = []file{g.asFile(g.letterName(), g.letter(a, g.one(g.texts[kind]), false))}
	return g.item(x, wrong, Hold)
}

func wrongLetterWithNumber(g *gen) Item {
	a, b := g.adult(), g.adult()
	x := mail{to: g.toNamed(b), subject: "Afgørelse", extra: secure, text: g.one([]string{g.say("cover.citizen", b), g.say("cover.bare", b)})}
	x.files = []file{g.asFile(g.letterName(), g.letter(a, g.one(g.texts["letter.case"]), true))}
	if g.r.IntN(3) == 0 { // the letter is the mail itself
		x.files, x.text = nil, "Kære "+a.name()+"\n\n"+g.fill("Vi har behandlet din sag, CPR-nr. {c}. Du får svar inden jul.", a)
	}
	return g.item(x, wrong, Hold).with(a)
}

// wrongForm: a form filled for A goes to B.
func wrongForm(g *gen) Item {
	a, b := g.adult(), g.adult()
	x := mail{to: g.toNamed(b), subject: "Samtykkeerklæring", extra: secure, text: "Kære " + b.First + "\n\nSkriv venligst under på den vedhæftede blanket.", files: []file{g.formFile(a)}}
	return g.item(x, wrong, Hold).with(a)
}

// filledTemplate: the blank form still holds two others.
func filledTemplate(g *gen) Item {
	a, b := g.adult(), g.adult()
	s := g.spouseOf(a)
	x := mail{to: g.toNamed(b), subject: "Blanket", extra: secure, text: "Kære " + b.First + "\n\nHer er den blanket, du bad om. Du skal selv udfylde den.", files: []file{g.formFile(a, s)}}
	return g.item(x, "template-residue", Hold).with(a, s)
}

// oneOfTwo: B gets the right letter and one for A beside it.
func oneOfTwo(g *gen) Item {
	a, b := g.adult(), g.adult()
	x := mail{to: g.toNamed(b), subject: "Breve", extra: secure, text: g.say("cover.citizen", b)}
	right, other := g.letter(b, g.one(g.texts["letter.plain"]), true), g.letter(a, g.one(g.texts["letter.plain"]), true)
	if g.r.IntN(2) == 0 {
		x.files = []file{{"breve.pdf", pdf(append(append(right, "\f"), other...))}}
	} else {
		x.files = []file{g.asFile("brev 1", right), g.asFile("brev 2", other)}
	}
	return g.item(x, wrong, Hold).with(a, b)
}

// copiedToStranger: A's letter goes to A and, the same line, to B.
func copiedToStranger(g *gen) Item {
	a, b := g.adult(), g.adult()
	x := mail{to: []address{{a.name(), g.mailbox(a)}}, subject: "Afgørelse", extra: secure, text: "Kære " + a.First + "\n\nSe brevet."}
	other := address{b.name(), g.mailbox(b)}
	if g.r.IntN(2) == 0 {
		x.cc = []address{other}
	} else {
		x.to = append(x.to, other)
	}
	x.files = []file{g.asFile("afgørelse", g.letter(a, g.one(g.texts["letter.case"]), true))}
	return g.item(x, wrong, Hold, Warn).with(a)
}

// hiddenRest: a file still holds another's number where no reader looks.
func hiddenRest(g *gen) Item {
	a, b := g.adult(), g.adult()
	visible := ""
	for _, l := range g.letter(b, g.one(g.texts["letter.plain"]), false) {
		visible += paragraph(l)
	}
	rest := "CPR-nr. " + a.dashed()
	var data []byte
	switch g.r.IntN(3) {
	case 0:
		data = wordFile(visible+`<w:p><w:del w:id="1" w:author="abc" w:date="2026-11-20T09:00:00Z"><w:r><w:delText>`+escape(a.name()+", "+rest)+`</w:delText></w:r></w:del></w:p>`, nil)
	case 1:
		data = wordFile(visible, titled("Brev til "+a.name()+" "+rest))
	default:
		data = wordFile(visible+`<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>`+escape(rest)+`</w:t></w:r></w:p>`, nil)
	}
	x := mail{to: g.toNamed(b), subject: "Brev", extra: secure, text: g.say("cover.citizen", b), files: []file{{"brev.docx", data}}}
	return g.item(x, "template-residue", Hold).with(a)
}

// caseWorkerNamesake: the case worker bears the reader's last name; the letter is
// still to somebody else.
func caseWorkerNamesake(g *gen) Item {
	a, b := g.adult(), g.adult()
	g.staff[0].Last = b.Last
	x := mail{to: []address{{b.name(), g.nick()}}, subject: "Afgørelse", extra: secure, text: "Kære " + b.First + "\n\nSe vedhæftede."}
	x.files = []file{g.asFile("brev", g.letter(a, g.one(g.texts["letter.case"]), true))}
	return g.item(x, wrong, Hold).with(a)
}

// completed: mail and letter are right, but the mail program completed the address of
// somebody else.
func completed(g *gen) Item {
	a, b := g.adult(), g.adult()
	x := mail{to: []address{{b.name(), g.one([]string{g.mailbox(b), g.nick()})}}, subject: "Afgørelse", extra: g.way(), text: g.say("cover.citizen", a)}
	x.files = []file{g.asFile(g.letterName(), g.letter(a, g.one(g.texts["letter.case"]), g.r.IntN(2) == 0))}
	return g.item(x, wrong, Hold)
}

// bundles are papers about one person with somebody else's among them.
func bundles() []scenario {
	return []scenario{{"akt-om-anden", 9, strangerByNumber}, {"akt-om-anden-navn", 7, strangerByName}, {"samlet-pdf", 5, strangerInOneFile}, {"udland", 7, abroad}, {"udland-let", 3, abroadOrdinary}}
}

func strangerByNumber(g *gen) Item {
	a, b := g.adult(), g.adult()
	x := mail{to: []address{g.partnerBox()}, subject: g.one([]string{"Akter", "Overdragelse", "Svar på anmodning om aktindsigt"}), text: g.say("cover.partner", a)}
	x.files = g.papers(a, 3+g.r.IntN(9), true)
	x.files[g.r.IntN(len(x.files))] = g.asFile("bilag-z", g.paper(b, true))
	if g.r.IntN(3) == 0 {
		x.files = []file{{"akter.zip", zipped(x.files)}}
	}
	return g.item(x, "foreign-person", Hold).with(a, b)
}

func strangerByName(g *gen) Item {
	a, b := g.adult(), g.adult()
	x := mail{to: []address{g.partnerBox()}, subject: "Akter", text: g.say("cover.partner", a)}
	x.files = g.papers(a, 5+g.r.IntN(6), false)
	x.files[g.r.IntN(len(x.files))] = g.asFile("bilag-z", g.paper(b, false))
	return g.item(x, "foreign-person", Hold)
}

func strangerInOneFile(g *gen) Item {
	a, b := g.adult(), g.adult()
	n := 4 + g.r.IntN(4)
	at := 1 + g.r.IntN(n-1)
	var lines []string
	for i := range n {
		p := a
		if i == at {
			p = b
		}
		if i > 0 {
			lines = append(lines, "\f")
		}
		lines = append(lines, g.paper(p, true)...)
	}
	kind := g.one([]string{"pdf", "docx"})
	x := mail{to: []address{g.partnerBox()}, subject: "Akter samlet", text: g.say("cover.partner", a), files: []file{{"samlede akter." + kind, document(kind, lines)}}}
	return g.item(x, "foreign-person", Hold).with(a, b)
}

// abroad: case papers to another country's authority, over whatever line.
func abroad(g *gen) Item {
	p := g.adult()
	to := g.one([]string{"post@kommune.example.no", "registrator@kommun.example.se", "jugendamt@stadt.example.de"})
	x := mail{to: []address{{"", to}}, subject: g.one([]string{"Akter", "Documents", "Oversendelse av dokumenter"}), text: g.say("cover.partner", p), extra: g.way()}
	x.files = g.papers(p, 1+g.r.IntN(4), g.r.IntN(3) > 0)
	return g.item(x, "foreign-recipient", Hold)
}

func abroadOrdinary(g *gen) Item {
	x := mail{to: []address{{"", g.one([]string{"post@kommune.example.no", "info@firma.example.de"})}}}
	x.subject, x.text, _ = cut(g.say("office", person{}))
	return g.item(x, "", Pass)
}
