package incidents

import "strings"

// letter is one letter to p: letterhead, address block, reference, salutation.
// number tells whether the CPR number stands in the reference block.
func (g *gen) letter(p person, text string, number bool) []string {
	title, body, _ := strings.Cut(text, "\n\n")
	date := g.one([]string{"20. november 2026", "23.11.2026", "24-11-2026", "Den 19. november 2026"})
	return g.letterOn(date, p, p.First, title, body, number)
}

func (g *gen) letterOn(date string, p person, hello, title, body string, number bool) []string {
	head := [][]string{
		{"Eksempelby Kommune", "Rådhuspladsen 1", "9990 Eksempelby", "Tlf. " + g.phone(), ""},
		{"EKSEMPELBY KOMMUNE", g.one(g.texts["afd"]), ""},
		{"", ""},
		{g.one(g.texts["afd"]), "Rådhuspladsen 1, 9990 Eksempelby", "CVR-nr. " + g.digits(8) + "  EAN " + "57980" + g.digits(8), ""},
	}[g.r.IntN(4)]
	block := []string{p.name(), p.Street, p.Zip + " " + p.City, ""}
	reference := [][]string{{"Dato", date}, {"Sagsnr.", g.fill("{sag}", p)}, {"Sagsbehandler", g.staff[0].name()}}
	if number {
		reference = append(reference, []string{"CPR-nr.", p.dashed()})
	}
	mark := g.one([]string{": ", " | ", ": "})
	lines := append(append([]string{}, head...), block...)
	for _, r := range reference {
		if r[0] == "Dato" && mark == ": " && g.r.IntN(2) == 0 {
			lines = append(lines, r[1])
			continue
		}
		lines = append(lines, r[0]+mark+r[1])
	}
	lines = append(lines, "", title, "", g.one([]string{"Kære ", "Kære ", "Hej ", "Til "})+g.one([]string{hello, hello, p.name()}), "")
	lines = append(lines, strings.Split(g.fill(body, p), "\n")...)
	lines = append(lines, "", g.one([]string{"Med venlig hilsen", "Venlig hilsen", "På vegne af Eksempelby Kommune"}), g.staff[0].name(), g.one(g.texts["rolle"]))
	if g.r.IntN(2) == 0 {
		lines = append(append(lines, ""), strings.Split(g.say("guidance", p), "\n")...)
	}
	return lines
}

// paper is a case paper about p; number tells whether it bears the number.
func (g *gen) paper(p person, number bool) []string {
	title := g.one(g.texts["case.title"])
	lines := []string{title, ""}
	switch g.r.IntN(3) {
	case 0:
		lines = append(lines, "Vedr.: "+p.name())
	case 1:
		lines = append(lines, "Navn: "+p.name())
	default:
		lines = append(lines, "Borger | "+p.name())
	}
	if number {
		lines = append(lines, g.one([]string{"CPR-nr.: ", "Cpr: ", "Personnr. | "})+p.dashed())
	}
	if g.r.IntN(2) == 0 {
		lines = append(lines, "Adresse: "+p.address())
	}
	lines = append(lines, "Dato: "+g.day(), "Sagsbehandler: "+g.staff[0].name())
	if g.r.IntN(3) == 0 {
		lines = append(lines, "Egen læge: "+g.others[2].name())
	}
	lines = append(lines, "", g.say("case.note", p))
	if g.r.IntN(2) == 0 {
		lines = append(lines, p.First+" er indforstået. "+g.say("case.note", p))
	}
	return append(lines, "", g.staff[0].name())
}

// form is a form in the citizen's hands; people fill it, none leaves it blank.
func (g *gen) form(people ...person) (string, [][2]string) {
	title := g.one([]string{"Ansøgning om plejehjemsplads", "Samtykkeerklæring", "Ansøgning om økonomisk friplads", "Anmeldelse af sygefravær",
		"Ansøgning om dækning af merudgifter", "Erklæring om fælles forældremyndighed", "Ansøgning om boligstøtte", "Fuldmagt"})
	var fields [][2]string
	for i, label := range []string{"", "Ægtefælle/samlever "} {
		p := person{}
		filled := i < len(people)
		if filled {
			p = people[i]
		}
		value := func(s string) string {
			if !filled {
				return ""
			}
			return s
		}
		fields = append(fields, [2]string{label + "Navn", value(p.name())}, [2]string{label + "CPR-nr.", value(p.CPR[:min(6, len(p.CPR))] + "-" + p.CPR[min(6, len(p.CPR)):])},
			[2]string{label + "Adresse", value(p.address())}, [2]string{label + "Telefon", value(p.Phone)})
	}
	return title, append(fields, [2]string{"Dato og underskrift", ""})
}

// formFile is the form as a Word file, a PDF with fields or a plain PDF.
func (g *gen) formFile(people ...person) file {
	title, fields := g.form(people...)
	lines := []string{"Eksempelby Kommune", title, "", "Udfyldes af ansøger.", ""}
	mark := g.one([]string{" | ", ": "})
	for _, f := range fields {
		lines = append(lines, f[0]+mark+f[1])
	}
	switch g.r.IntN(4) {
	case 0:
		return file{"blanket.pdf", pdfForm(title, fields)}
	case 1:
		return file{"Blanket.pdf", pdf(lines)}
	}
	return file{strings.ToLower(strings.Fields(title)[0]) + ".docx", docx(lines, nil)}
}

// asFile writes lines as a file of some kind; most are Word files.
func (g *gen) asFile(base string, lines []string) file {
	kind := g.one([]string{"docx", "docx", "docx", "docx", "pdf", "pdf", "rtf", "html", "txt"})
	if kind == "docx" && g.r.IntN(4) == 0 {
		return file{base + ".docx", docx(lines, titled(base))}
	}
	return file{base + "." + kind, document(kind, lines)}
}

func (g *gen) letterName() string {
	return g.one([]string{"brev", "Brev", "afgørelse", "Afgoerelse", "dokument", "Svar på henvendelse", "scan_0001", "Kopi af brev"})
}
