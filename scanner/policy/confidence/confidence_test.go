package confidence

import (
	"slices"
	"strings"
	"testing"

	"brevvagt/detectors/subject"
	"brevvagt/document"
)

// mailTo makes a mail to a reader outside from a case worker, with one attachment unless it
// is empty. The reader is known by full and by first name.
func mailTo(reader, body, attached string) *Mail {
	doc := &document.Document{Mail: &document.Envelope{From: []document.Address{{Name: "Inge Kontorgaard", Mail: "ik@kommune.example"}}}}
	doc.Segments = append(doc.Segments, document.Segment{Text: body, At: document.Location{Path: "m.eml", Layer: document.Visible}})
	for i, line := range strings.Split(attached, "\n") { // as a text document has its paragraphs
		at := document.Location{Path: "m.eml/b.docx", Layer: document.Visible, Line: i}
		doc.Segments = append(doc.Segments, document.Segment{Text: line, At: at})
	}
	name, staff := subject.NewName(reader), subject.NewName("Inge Kontorgaard")
	own, _, _ := strings.Cut(body, "Fra:")
	own, _, _ = strings.Cut(own, "skrev Jytte Testesen <")
	var spoken subject.Text
	spoken.Add(own)
	return &Mail{Doc: doc, External: []string{"laeser@mail.example"}, Internal: func(a string) bool { return strings.HasSuffix(a, "@kommune.example") },
		AtWork: func() bool { return false },
		Ties: func(n subject.Name) (reads, kin, signs, spokenOf bool) {
			return name.SameLoosely(n), name.Relative(n), staff.Same(n), n.Full() && n.Among(&spoken)
		}}
}

// strength is "hold", "warn" or "" for what was found.
func strength(o Told, ok bool) string {
	switch {
	case !ok:
		return ""
	case o.Weak:
		return "warn"
	}
	return "hold"
}

func TestHome(t *testing.T) {
	const father, mother = "Dennis Prøvesen", "Signe Testesen"
	for _, c := range []struct{ name, to, body, attached, want string }{
		{"in the mail", father, "Kære Dennis\n\nMor og Vilde er flyttet til Granvænget 12, 2. tv., 9999 Prøveby, men adressen er beskyttet og må ikke oplyses.", "", "hold"},
		{"in a row", father, "Her er referatet.", "Navn\nAdresse\nBemærkning\nMaja Testesen\nFyrrestien 3, 9999 Prøveby\nHemmelig adresse", "hold"},
		{"in a note", father, "Her er akterne.", "Sanne Testesen er med pigen på krisecenter. Hun opholder sig på Lindeallé 44, 9999 Prøveby.\nFar må ikke få at vide, hvor de er.", "hold"},
		{"said afterwards", father, "Kære Dennis Prøvesen\n\nDine børn er tilmeldt Rosenvej 5, 9999 Prøveby sammen med deres mor. Hun har navne- og adressebeskyttelse.", "", "hold"},
		{"whom a copy goes to", father, "Se bilag.", "Dennis Prøvesen\nStationsvej 1\n9999 Prøveby\n\nMødet holdes på rådhuset.\nKopi til: Gitte Testesen, Bøgevej 23, 9999 Prøveby (beskyttet adresse)", "hold"},
		{"a neighbour who complained", father, "Du høres.", "Klagen er indgivet af Birthe Testesen. Hendes adresse (beskyttet): Møllebakken 17, 9999 Prøveby.", "hold"},
		{"a child, of whom nothing says that it lives elsewhere", father, "Kære Dennis\n\nBarnets adresse, Rosenvej 5, 9999 Prøveby, er beskyttet.", "", "warn"},
		{"a child in a letter about contact", father, "Kære Dennis\n\nDu får planen for samvær. Barnets adresse, Rosenvej 5, 9999 Prøveby, er beskyttet.", "", "hold"},
		{"a form of the reader's child", mother, "Her er skemaet.", "Barnets navn: Alva Prøvelund\nAdresse: Granvænget 12, 9999 Prøveby (beskyttet)", "warn"},
		{"the reader's own", mother, "Kære Signe Testesen\n\nDu har fået adressebeskyttelse. Din nye adresse, Granvænget 12, 9999 Prøveby, er registreret.", "", ""},
		{"the reader's own file", mother, "Her er din kopi.", "Mor: Signe Testesen\nAdresse: Granvænget 12, 9999 Prøveby (beskyttet)\nFar må ikke få adressen.", ""},
		{"the reader's and her child's", mother, "Kære Signe\n\nAlva er tilmeldt jeres nye adresse, Granvænget 12, 9999 Prøveby. Adressen er beskyttet, og far får den ikke oplyst.", "", ""},
		{"where they meet", father, "Kære Dennis\n\nMor har beskyttet adresse. Samværet foregår i Familiehuset, Prøvegade 4, 9999 Prøveby.", "", ""},
		{"the reader's address block", father, "Se brevet.", "Dennis Prøvesen\nIndustrivej 88, 1.\n9999 Prøveby\n\nMor har beskyttet adresse. Vi oplyser ikke skolen.", ""},
		{"the reader's block below a letterhead", father, "Se brevet.", "Prøve Kommune\nPrøvegade 1\n9999 Prøveby\n\nMor har beskyttet adresse.", ""},
		{"guidance", father, "Kære Dennis\n\nDu kan søge om adressebeskyttelse i Borgerservice, Prøvegade 1, 9999 Prøveby.", "", ""},
	} {
		if got := strength(mailTo(c.to, c.body, c.attached).Home()); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestSource(t *testing.T) {
	const reader = "Helle Prøvesen"
	for _, c := range []struct{ name, body, attached, want string }{
		{"in a form", "Her er underretningen.", "Underretter: Bodil Testesen, nabo\nUnderretter ønsker anonymitet over for familien.", "hold"},
		{"by a pronoun", "Her er notatet.", "Bodil Testesen ringede om barnet. Hun vil gerne være anonym.", "hold"},
		{"some sentences on", "Kære Helle\n\nUnderretningen kom den 2. maj fra Bodil Testesen, som bor i nummer 14. Hun havde hørt råb flere aftener og set drengen alene ude. Hun ønskede egentlig at være anonym.", "", "hold"},
		{"of the reader's family", "Kære Helle\n\nDet var din svigermor, Inge Prøvesen. Hun har bedt om at forblive anonym.", "", "hold"},
		{"who wrote below", "Kære Helle\n\nSe nedenfor.\n\nFra: Karen Testesen\nTil: Modtagelsen\n\nI må ikke nævne mit navn for forældrene.\n\nMvh Karen Testesen", "", "hold"},
		{"who signs a letter", "Se bilag.", "Jeg bor ved siden af og ønsker ikke, at de får at vide, at det er mig, der klager.\nMed venlig hilsen\nGerda Testesen\nFyrvej 4", "hold"},
		{"of a report to the control", "Kære Helle\n\nAnmelder, Rita Testesen, har krav på anonymitet.", "", "hold"},
		{"without a name", "Kære Helle\n\nUnderretter ønsker at være anonym. Ring til Bodil Testesen, hvis I har spørgsmål.", "", ""},
		{"the reader", "Kære Helle Prøvesen\n\nTak for din underretning. Du har ønsket at være anonym.", "", ""},
		{"who may not tell", "Kære Helle\n\nJeg må ikke oplyse, hvem der har underrettet, eller om de ønsker at være anonyme.\n\nHilsen\nMarie Testesen", "", ""},
		{"a survey", "Kære Helle\n\nSkemaet er anonymt. Vi vil gerne bede dig svare. Kontakt Rita Testesen.", "", ""},
		{"statistics", "Kære Helle\n\nTallene er anonymiserede, som Rita Testesen ønskede.", "", ""},
	} {
		if got := strength(mailTo(reader, c.body, c.attached).Source()); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestThread(t *testing.T) {
	const reader = "Frederik Prøvesen"
	const above = "Kære Frederik\n\nReglerne står nedenfor.\n\n"
	for _, c := range []struct{ name, body, want string }{
		{"another's trouble", above + "Fra: Jytte Testesen\nTil: Ydelse\n\nHej. Jeg er blevet skilt, og jeg har været indlagt på psykiatrisk. Hvad gør jeg?", "hold"},
		{"our answer to another", above + "Fra: Ydelse\nTil: Jytte Testesen\n\nKære Jytte\nDu kan få det forlænget, mens du er i kemoterapi.", "hold"},
		{"as mail programs quote", above + "Den 3. okt. 2026 kl. 09.11 skrev Jytte Testesen <jt@mail.example>:\n> Min søn er anbragt, og jeg er selv sygemeldt.\n> Kan jeg få hjælp?", "hold"},
		{"a relative's", above + "Fra: Jytte Prøvesen\n\nJeg er sygemeldt, og jeg skylder husleje.", "warn"},
		{"the reader's mother's", "Kære Frederik\n\nSvaret til din mor.\n\nFra: Jytte Testesen\n\nJeg er sygemeldt, og jeg skylder husleje.", "warn"},
		{"the reader's own", above + "Fra: Frederik Prøvesen\n\nJeg er sygemeldt med stress, og min læge siger tre måneder.", ""},
		{"what the reader had already", above + "Fra: Frederik Prøvesen\n\nSe nedenfor.\n\nFra: Jytte Testesen\n\nJeg er sygemeldt, og min læge siger tre måneder.", ""},
		{"a colleague's of the reader", above + "Fra: Dorte Testesen\nTil: Inge Kontorgaard\n\nJeg mener, at Frederik kan få ydelsen, og jeg ringer til min kontakt.", ""},
		{"a colleague's, by address", above + "Fra: Dorte Testesen <dt@kommune.example>\n\nJeg mener, at det er en ydelse, og jeg ringer.", ""},
		{"whom the mail speaks of", "Kære Frederik\n\nJytte Testesen skrev dette.\n\nFra: Jytte Testesen\n\nJeg er sygemeldt, og jeg skylder husleje.", ""},
		{"a hearing", "Kære Frederik\n\nDin nabo har sendt bemærkninger.\n\nFra: Jytte Testesen\n\nJeg får stress af støjen fra mit soveværelse.", ""},
		{"no trouble", above + "Fra: Jytte Testesen\n\nJeg kommer på tirsdag med mine papirer.", ""},
	} {
		if got := strength(mailTo(reader, c.body, "").Thread()); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestOutside: places outside a text are none, and letters that are longer when small do no harm.
func TestOutside(t *testing.T) {
	if AddressBeside("Testvej 1", 4, 99) || AddressBeside("Testvej 1", -1, 2) || AddressBeside("Testvej 1", 5, 2) {
		t.Error("an address outside the text")
	}
	m := mailTo("Dennis Prøvesen", "İİ\xff İbrahim. Mor er flyttet til Granvænget 12, 9999 Prøveby, adressen er beskyttet.", "")
	if _, ok := m.Home(); !ok {
		t.Error("not found behind letters that are longer when small")
	}
}

// TestTurnsAreLookedFor: the words by which a text is told to be worth reading stand in each
// of the turns that are read.
func TestTurnsAreLookedFor(t *testing.T) {
	for _, turn := range slices.Concat(protections, bare) {
		if !kept.In(turn) {
			t.Errorf("%q is not looked for", turn)
		}
	}
	for _, turn := range asking {
		if !asks.In(turn) {
			t.Errorf("%q is not looked for", turn)
		}
	}
}
