package scanner_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"brevvagt/detectors"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/letters/filekey"
)

// keyed is a run without a column of files: file names each letter, rows the list.
func keyed(list, written []somebody, rows []byte, name string, file func(i int, p somebody) string) []member {
	var out []member
	if rows != nil {
		out = append(out, member{name, rows})
	}
	for i, p := range written {
		out = append(out, member{file(i, list[i]), []byte(lettersLetterTo(p, date, ""))})
	}
	return out
}

func bare(p somebody) string { return strings.ReplaceAll(p.number, "-", "") }

func TestFileNamesAreKeys(t *testing.T) {
	ps := people(31, 24, 3000)
	rows := func(i int, p somebody) string { return fmt.Sprintf("2057-%06d", 7131*(i+1)%999983) }
	var cases, numbers strings.Builder
	cases.WriteString("Sagsnr;Navn;CPR\n")
	numbers.WriteString("Nr.;Navn;Adresse\n")
	for i, p := range ps {
		fmt.Fprintf(&cases, "%s;%s;%s\n", rows(i, p), p.name(), p.number)
		fmt.Fprintf(&numbers, "%d;%s;\"%s, %s\"\n", i+1, p.name(), p.street, p.post)
	}
	for name, c := range map[string]struct {
		list []byte
		file func(i int, p somebody) string
	}{
		"case number":   {[]byte(cases.String()), func(i int, p somebody) string { return "Brev_" + rows(i, p) + ".txt" }},
		"serial number": {[]byte(numbers.String()), func(i int, p somebody) string { return fmt.Sprintf("Afgørelse %04d.txt", i+1) }},
		"CPR number":    {[]byte(cases.String()), func(_ int, p somebody) string { return bare(p) + "_brev.txt" }},
		"name":          {[]byte(cases.String()), func(_ int, p somebody) string { return "Afgørelse - " + p.last + ", " + p.first + ".txt" }},
		"no list":       {nil, func(_ int, p somebody) string { return p.number + ".txt" }},
	} {
		t.Run(name, func(t *testing.T) {
			pass.check(t, scanFolder(t, folderOf(t, keyed(ps, ps, c.list, "liste.csv", c.file))))
			mismatch("2 ombyttet parvis").check(t, scanFolder(t, folderOf(t, keyed(ps, swap(ps, 3, 9), c.list, "liste.csv", c.file))))
			mismatch("24 forskudt 1 række").check(t, scanBytes(t, "run.zip", zipOf(t, keyed(ps, shift(ps), c.list, "liste.csv", c.file))))
		})
	}
}

func TestJobFilesAndListsWithoutHeadings(t *testing.T) {
	ps := people(32, 12, 3100)
	var xml, json, plain strings.Builder
	xml.WriteString(`<?xml version="1.0"?><Job><Afsender><Navn>Prøve Kommune</Navn></Afsender>`)
	json.WriteString(`{"job": "17", "shipments": [`)
	for i, p := range ps {
		fmt.Fprintf(&xml, "<Forsendelse><Id>%d</Id><Modtager><CPR>%s</CPR><Navn>%s</Navn></Modtager><Fil>%s</Fil></Forsendelse>", i, bare(p), p.name(), txt(i))
		fmt.Fprintf(&json, `%s{"id": %d, "recipient": {"cpr": "%s", "name": "%s"}, "documents": [{"file": "%s"}]}`, map[bool]string{true: ","}[i > 0], i, bare(p), p.name(), txt(i))
		fmt.Fprintf(&plain, "%s;%s;%s, %s;%s\n", p.name(), p.number, p.street, p.post, txt(i))
	}
	xml.WriteString("</Job>")
	json.WriteString("]}")
	for name, list := range map[string]string{"job.xml": xml.String(), "manifest.json": json.String(), "liste.csv": plain.String()} {
		file := func(i int, _ somebody) string { return txt(i) }
		t.Run(name, func(t *testing.T) {
			pass.check(t, scanFolder(t, folderOf(t, keyed(ps, ps, []byte(list), name, file))))
			mismatch("2 ombyttet parvis").check(t, scanFolder(t, folderOf(t, keyed(ps, swap(ps, 0, 11), []byte(list), name, file))))
		})
	}
}

// TestPagesAndHomesAreKeys: the pages of a merged file, and addresses without names, say
// whose a letter is.
func TestPagesAndHomesAreKeys(t *testing.T) {
	ps := people(33, 8, 3300)
	var pages, homes strings.Builder
	pages.WriteString("Navn;Adresse;Sider\n")
	homes.WriteString("Adresse;Postnr og by\n")
	for i := range ps {
		p := ps[len(ps)-1-i] // the list has another order than the file
		fmt.Fprintf(&pages, "%s;\"%s, %s\";%d-%d\n", p.name(), p.street, p.post, len(ps)-i, len(ps)-i)
		fmt.Fprintf(&homes, "%s;%s\n", ps[i].street, ps[i].post)
	}
	for _, c := range []struct {
		written []somebody
		want    want
	}{{ps, pass}, {swap(ps, 1, 5), mismatch("2 ombyttet parvis")}} {
		c.want.check(t, scanFolder(t, folderOf(t, []member{{"liste.csv", []byte(pages.String())}, {"samlet.pdf", pdfOf(lettersTo(c.written))}})))
		c.want.check(t, scanFolder(t, folderOf(t, []member{{"adresser.csv", []byte(homes.String())}, {"samlet.pdf", pdfOf(lettersTo(c.written))}})))
	}
	pass.check(t, scanFolder(t, folderOf(t, keyed(ps, ps, []byte(homes.String()), "adresser.csv", func(i int, _ somebody) string { return txt(i) }))))
}

// TestAPageTooMany: the list reckons with two pages a letter, and by it the file is cut. One
// letter with three moves all behind it, so that each row gets a page of the one before.
func TestAPageTooMany(t *testing.T) {
	ps := people(35, 12, 3500)
	var list strings.Builder
	list.WriteString("Navn;Adresse;Fra side;Til side\n")
	for i, p := range ps {
		fmt.Fprintf(&list, "%s;\"%s, %s\";%d;%d\n", p.name(), p.street, p.post, 2*i+1, 2*i+2)
	}
	for _, c := range []struct {
		long int
		want want
	}{{-1, pass}, {4, mismatch("7 forskudt 1 række")}, {len(ps) - 1, pass}} {
		var pages []string
		for i, l := range lettersTo(ps) {
			pages = append(pages, l, "Skema om boligen\n\nAreal: ____ m2\n")
			if i == c.long {
				pages = append(pages, "Bemærkninger\n\nSkuret er bygget uden tilladelse.\n")
			}
		}
		c.want.check(t, scanFolder(t, folderOf(t, []member{{"liste.csv", []byte(list.String())}, {"samlet.pdf", pdfOf(pages)}})))
	}
}

// families is a run of letters to parents about their children: of[i] is whose child
// the letter to parent i is about.
func families(parents, children []somebody, of []int) []member {
	var list strings.Builder
	list.WriteString("Forælder;Forælder CPR;Barn;Barn CPR;Fil\n")
	var out []member
	for i, p := range parents {
		c := children[i]
		fmt.Fprintf(&list, "%s;%s;%s;%s;%s\n", p.name(), p.number, c.name(), c.number, txt(i))
		c = children[of[i]]
		text := strings.Replace(lettersLetterTo(p, date, "Barn: "+c.name()+" skal til tandlæge."), p.number, c.number, 1)
		out = append(out, member{txt(i), []byte(text)})
	}
	return append(out, member{"modtagere.csv", []byte(list.String())})
}

func TestChildrenOfOthers(t *testing.T) {
	parents, children := people(33, 10, 3200), people(34, 10, 3300)
	order := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	pass.check(t, scanFolder(t, folderOf(t, families(parents, children, order))))
	order[6], order[7] = 7, 6
	mismatch("2 ombyttet parvis").check(t, scanFolder(t, folderOf(t, families(parents, children, order))))
}

func TestSomethingOfAnotherInside(t *testing.T) {
	ps := people(35, 20, 3400)
	stranger := people(36, 1, 3500)[0]
	run := func(extra string) []member {
		out := mergeRun(ps, ps, date)
		out[8].data = []byte(lettersLetterTo(ps[7], date, extra))
		return out
	}
	for name, c := range map[string]struct {
		extra string
		want  want
	}{
		"number of another on the list": {"Side 2. CPR-nr.: " + ps[13].number, mismatch("1 med en andens CPR-nummer eller navn")},
		"name of another on the list":   {"Sagen om " + ps[13].name() + " er afsluttet.", mismatch("1 med en andens CPR-nummer eller navn")},
		"a stranger's number":           {"Tidligere modtager: " + stranger.number, mismatch("1 med en andens CPR-nummer eller navn")},
		"a spouse":                      {"Din ægtefælle " + stranger.name() + ", CPR-nr. " + stranger.number + ", har søgt.", pass},
	} {
		t.Run(name, func(t *testing.T) { c.want.check(t, scanFolder(t, folderOf(t, run(c.extra)))) })
	}
	// A number instead of the own is wrong, too, where its owner has the same surname.
	out := mergeRun(ps, ps, date)
	ps[13].last = ps[7].last
	out[0].data, out[14].data = listOf(ps, txt), []byte(lettersLetterTo(ps[13], date, ""))
	out[8].data = []byte(strings.Replace(lettersLetterTo(ps[7], date, ""), ps[7].number, ps[13].number, 1))
	mismatch("1 med en andens CPR-nummer eller navn").check(t, scanFolder(t, folderOf(t, out)))
	// A template that still bears the name of whom it was made for does so in every letter.
	residue := func(sentence string) want {
		out := mergeRun(ps, ps, date)
		for i := range ps {
			out[i+1].data = []byte(lettersLetterTo(ps[i], date, sentence))
		}
		return want{scanFolder(t, folderOf(t, out)).Verdict.Action, nil}
	}
	if residue("Vi kan ikke beregne Bente Prøvegaards varmetillæg endnu.").action != policy.Hold || residue("Din nabo er Bente Prøvegaards ejendom.").action != policy.Pass {
		t.Error("a name that a template left")
	}
	if residue("Den syge: Bente Prøvegaard, født 12.04.1951").action != policy.Hold || residue("Vi skriver om boet efter afdøde Bente Prøvegaard, født 12.04.1951").action != policy.Pass {
		t.Error("a birthday that a template left")
	}
	// Where many letters hold a stranger's number, the run is about two people a letter.
	out = mergeRun(ps, ps, date)
	for i, other := range people(37, 20, 3600) {
		out[i+1].data = []byte(lettersLetterTo(ps[i], date, "Sælger af ejendommen: "+other.number))
	}
	pass.check(t, scanFolder(t, folderOf(t, out)))
}

func TestCompanies(t *testing.T) {
	firms := []string{"Prøve Tømrer ApS", "Eksempel VVS A/S", "Café Attrap", "Mønster Byg A/S", "Kladde Auto I/S"}
	run := func(order ...int) []member {
		list := "Virksomhed;CVR;Adresse;Postnr;By;Fil\n"
		var out []member
		text := func(i int) string {
			return fmt.Sprintf("Prøve Kommune\n\n%s\nTestvej %d\n9912 Prøveby\n\nDato: %s\nCVR-nr. 1%d 34 56 78\n\nTil %s\n\nDer er givet byggetilladelse.\n", firms[i], i+1, date, i, firms[i])
		}
		for i, f := range firms {
			list += fmt.Sprintf("%s;1%d345678;Testvej %d;9912;Prøveby;%s\n", f, i, i+1, txt(i))
			out = append(out, member{txt(i), []byte(text(order[i]))})
		}
		return append(out, member{"firmaer.csv", []byte(list)})
	}
	pass.check(t, scanFolder(t, folderOf(t, run(0, 1, 2, 3, 4))))
	mismatch("2 ombyttet parvis").check(t, scanFolder(t, folderOf(t, run(0, 2, 1, 3, 4))))
	// The same without a column of files: the files are named by the CVR number.
	byNumber := func(order ...int) []member {
		m := run(order...)
		for i := range firms {
			m[i].name = fmt.Sprintf("1%d345678.txt", i)
		}
		last := &m[len(m)-1]
		last.data = []byte(strings.ReplaceAll(strings.ReplaceAll(string(last.data), ";Fil", ""), ";brev-", ";"))
		return m
	}
	pass.check(t, scanFolder(t, folderOf(t, byNumber(0, 1, 2, 3, 4))))
	mismatch("2 ombyttet parvis").check(t, scanFolder(t, folderOf(t, byNumber(0, 2, 1, 3, 4))))
}

// A block names a firm and for whose attention, or both parents: the row's name stands
// above.
func TestTwoNamesInABlock(t *testing.T) {
	ps, others := people(61, 6, 4600), people(62, 6, 4700)
	run := func(heading, mark string, order ...int) []member {
		list := heading + ";Vej;Postnr. og by;Fil\n"
		var out []member
		for i, p := range ps {
			list += fmt.Sprintf("%s;%s;%s;%s;%s\n", p.name(), others[i].name(), p.street, p.post, txt(i))
			to := ps[order[i]]
			text := strings.Replace(lettersLetterTo(to, date, ""), "\n"+to.name()+"\n", "\n"+to.name()+"\n"+mark+others[order[i]].name()+"\n", 1)
			out = append(out, member{txt(i), []byte(text)})
		}
		return append(out, member{"liste.csv", []byte(list)})
	}
	for _, c := range [][2]string{{"Modtager;Att.", "Att. "}, {"Mor;Far/medmor", ""}, {"Modtager;Bemærk", "Att. "}} {
		pass.check(t, scanFolder(t, folderOf(t, run(c[0], c[1], 0, 1, 2, 3, 4, 5))))
		mismatch("2 ombyttet parvis").check(t, scanFolder(t, folderOf(t, run(c[0], c[1], 0, 2, 1, 3, 4, 5))))
	}
}

// Letters for those who stand for somebody are made out for "Forældrene til ...": they
// part a merged file, and the row's child is theirs.
func TestLettersOnBehalf(t *testing.T) {
	parents, children := people(31, 8, 0), people(32, 8, 3000)
	run := func(swap bool) []member {
		var list, letters strings.Builder
		list.WriteString("Nr\tElev\tElevens CPR\tMor\tMors CPR\tVej\tPostnr. og by\n")
		for i, p := range parents {
			c, about := children[i], children[i]
			if swap && i < 2 {
				about = children[1-i]
			}
			fmt.Fprintf(&list, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", i+1, c.name(), c.number, p.name(), p.number, p.street, p.post)
			text := lettersLetterTo(p, date, "")
			text = strings.Replace(text, "\n"+p.name()+"\n", "\nForældrene til "+about.name()+"\n", 1)
			text = strings.Replace(strings.Replace(text, p.number, about.number, 1), "Kære "+p.first, "Kære forældre", 1)
			letters.WriteString(text + "\n")
		}
		fmt.Fprintf(&list, "I alt\t%d elever\t\t\t\t\t\n", len(parents))
		return []member{{"elever.txt", []byte(list.String())}, {"breve.html", []byte("<pre>" + letters.String() + "</pre>")}}
	}
	pass.check(t, scanFolder(t, folderOf(t, run(false))))
	want{policy.Hold, map[string]string{"addressee-mismatch": "2 af 8 breve"}}.check(t, scanFolder(t, folderOf(t, run(true))))
}

// couples are eight people of four surnames, two of which live together.
func couples() []somebody {
	ps := people(45, 8, 4100)
	for i, name := range []string{"Testa Prøve", "Eksa", "Maja", "Udkast Maja", "Øjvind Prøve", "Figur", "Mønster", "Dukke Eksa"} {
		ps[i].first, ps[i].last = name, []string{"Prøvegaard", "Testrup", "Papirborg", "Skuffe"}[i/2]
	}
	ps[1] = moved(ps[1], ps[0])
	return ps
}

// Files are named after people, by a part of their names: case numbers behind are no
// order, and who shares a surname is told by the first name.
func TestNamesInPart(t *testing.T) {
	ps := couples()
	var comma, columns strings.Builder
	comma.WriteString("Navn;Adresse;CPR\n")
	columns.WriteString("Efternavn;Fornavn;Adresse;CPR\n")
	for _, p := range ps {
		fmt.Fprintf(&comma, "%s, %s;\"%s, %s\";%s\n", p.last, p.first, p.street, p.post, p.number)
		fmt.Fprintf(&columns, "%s;%s;\"%s, %s\";%s\n", p.last, p.first, p.street, p.post, p.number)
	}
	number := func(i int) string { return fmt.Sprintf("27.36.04-G01-%d-57", 7131*(9-i)%997) }
	for name, c := range map[string]struct {
		list string
		file func(i int, p somebody) string
	}{
		"surname, first name": {comma.String(), func(i int, p somebody) string {
			return p.last + ", " + strings.Fields(p.first)[0] + " - " + number(i) + ".txt"
		}},
		"two columns of the names": {columns.String(), func(i int, p somebody) string { return strings.ToUpper(p.last+"_"+p.first) + "_Varsel_20571228.txt" }},
		"case number in front":     {comma.String(), func(i int, p somebody) string { return number(i) + " " + p.name() + ".txt" }},
	} {
		t.Run(name, func(t *testing.T) {
			pass.check(t, scanFolder(t, folderOf(t, keyed(ps, ps, []byte(c.list), "liste.csv", c.file))))
			mismatch("2 ombyttet parvis").check(t, scanFolder(t, folderOf(t, keyed(ps, swap(ps, 4, 5), []byte(c.list), "liste.csv", c.file))))
		})
	}
}

// A list in a Word document beside letters with enclosures of their own, by serial
// number or in a folder each.
func TestListInWord(t *testing.T) {
	ps := people(46, 6, 4200)
	for name, file := range map[string]string{"serial numbers": "%04d_%s", "folders": "%03d/%[2]s"} {
		run := func(letter, sum []somebody) []member {
			rows := [][]string{{"Nr.", "Navn", "Adresse", "Postnr. og by", "CPR-nr."}}
			var out []member
			for i, p := range ps {
				rows = append(rows, []string{strings.SplitN(strings.SplitN(fmt.Sprintf(file, i+1, ""), "_", 2)[0], "/", 2)[0], p.name(), p.street, p.post, p.number})
				out = append(out, member{fmt.Sprintf(file, i+1, "brev.txt"), []byte(lettersLetterTo(letter[i], date, ""))},
					member{fmt.Sprintf(file, i+1, "bilag1_beregning.txt"), []byte("Beregning\nNavn: " + sum[i].name() + "\nCPR-nr.: " + sum[i].number + "\nFradrag 1.200 kr.\n")},
					member{fmt.Sprintf(file, i+1, "bilag2_vejledning.txt"), []byte("Du kan klage inden fire uger.\n")})
			}
			return append(out, member{"Modtagere.docx", docxTable(t, "Udsendelse uge 52", rows)})
		}
		t.Run(name, func(t *testing.T) {
			pass.check(t, scanFolder(t, folderOf(t, run(ps, ps))))
			mismatch("2 ombyttet parvis").check(t, scanFolder(t, folderOf(t, run(swap(ps, 1, 4), ps))))
			mismatch("2 ombyttet parvis").check(t, scanFolder(t, folderOf(t, run(ps, swap(ps, 1, 4)))))
		})
	}
}

// A merged file whose letters were sorted otherwise than the list: each is compared with
// the row that is wholly its own. An order that a mistake makes stays one.
func TestAnotherOrder(t *testing.T) {
	ps := people(47, 12, 4300)
	list := listOf(ps, nil)
	order := func(by ...int) []somebody {
		var out []somebody
		for _, i := range by {
			out = append(out, ps[i])
		}
		return out
	}
	otherwise := order(7, 2, 10, 5, 0, 9, 3, 11, 1, 6, 4, 8)
	wrongNumbers := lettersTo(otherwise)
	for i, k := range map[int]int{3: 8, 8: 3} {
		wrongNumbers[i] = strings.Replace(wrongNumbers[i], otherwise[i].number, otherwise[k].number, 1)
	}
	var pages strings.Builder
	pages.WriteString("Navn;CPR-nr.;Side\n")
	for i, p := range ps {
		fmt.Fprintf(&pages, "%s;%s;%d\n", p.name(), p.number, i+1)
	}
	for _, c := range []struct {
		name    string
		list    []byte
		letters []string
		want    want
	}{
		{"sorted otherwise", list, lettersTo(otherwise), pass},
		{"from the end", list, lettersTo(order(11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)), pass},
		{"pairs across", list, lettersTo(order(5, 7, 4, 6, 2, 0, 3, 1, 10, 11, 8, 9)), mismatch("12 af 12 breve")},
		{"two rows put in", list, lettersTo(order(0, 1, 2, 5, 3, 4, 6, 7, 8, 11, 9, 10)), mismatch("6 af 12 breve")},
		{"blocks changed places", list, lettersTo(order(4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 10, 11)), mismatch("10 af 12 breve")},
		{"from the middle", list, lettersTo(order(6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5)), mismatch("12 af 12 breve")},
		{"sorted otherwise, four rows without a letter", list, lettersTo(otherwise[4:]), want{policy.Warn, map[string]string{"addressee-unknown": "4 modtagere har intet brev"}}},
		{"sorted otherwise, two with each other's number", list, wrongNumbers, mismatch("2 af 12 breve")},
		{"sorted otherwise, one to nobody on the list", list, append(lettersTo(otherwise), lettersTo(people(48, 1, 4400))...), mismatch("1 brev er til nogen, der ikke er på listen")},
		{"the list tells the pages", []byte(pages.String()), lettersTo(ps), pass},
		{"the list tells other pages", []byte(pages.String()), lettersTo(otherwise), mismatch("12 af 12 breve")},
	} {
		t.Run(c.name, func(t *testing.T) {
			merged := member{"samlet.docx", docxOf(t, c.letters)}
			if strings.HasPrefix(c.name, "the list tells") {
				if testing.Short() {
					t.Skip("the first PDF of a process takes long")
				}
				merged = member{"samlet.pdf", pdfOf(c.letters)}
			}
			out := scanFolder(t, folderOf(t, []member{{"liste.csv", c.list}, merged}))
			c.want.check(t, out)
			told := slices.ContainsFunc(out.Findings, func(f detectors.Finding) bool {
				return strings.Contains(strings.Join(f.Why, " "), "anden rækkefølge")
			})
			if told != (strings.HasPrefix(c.name, "sorted") || c.name == "from the end") {
				t.Errorf("the order is told: %v", told)
			}
		})
	}
}

// A letter to somebody who is not on the list holds the run; one of whom nobody can
// tell is a warning, and guidance to all is neither.
func TestNotOnTheList(t *testing.T) {
	ps, others := people(49, 8, 4500), people(50, 1, 4600)
	for name, c := range map[string]struct {
		text string
		want want
	}{
		"to another":      {lettersLetterTo(others[0], date, ""), mismatch("1 brev er til nogen, der ikke er på listen over modtagere: vedlagt.txt")},
		"unreadable":      {"Sagen vedrører CPR-nr. " + others[0].number + ".\n", want{policy.Warn, map[string]string{"addressee-unknown": "vedlagt.txt"}}},
		"guidance to all": {"Du kan klage inden fire uger.\n", pass},
	} {
		t.Run(name, func(t *testing.T) {
			members := keyed(ps, ps, listOf(ps, nil), "liste.csv", func(_ int, p somebody) string { return p.name() + ".txt" })
			c.want.check(t, scanFolder(t, folderOf(t, append(members, member{"vedlagt.txt", []byte(c.text)}))))
		})
	}
	// Where there is no list, nobody can be missing from it.
	members := keyed(ps, ps, nil, "", func(_ int, p somebody) string { return bare(p) + ".txt" })
	for i, p := range people(51, 4, 4700) {
		members = append(members, member{fmt.Sprintf("%s.txt", bare(p)), []byte(lettersLetterTo(p, date, fmt.Sprint(i)))})
	}
	members = append(members, member{"vedlagt.txt", []byte(lettersLetterTo(others[0], date, ""))})
	want{policy.Warn, map[string]string{"addressee-unknown": "1 brev nævnes ikke på listen"}}.check(t, scanFolder(t, folderOf(t, members)))
}

// TestAColumnOfWords: of a list as long as a register only what the names of files may
// hold is remembered.
func TestAColumnOfWords(t *testing.T) {
	const rows = 20_000
	cells := make([]string, rows)
	for i := range cells {
		word := func(k int) string {
			return "ord" + strings.Map(func(r rune) rune { return r + 49 }, fmt.Sprint(k*rows+i))
		}
		cells[i] = strings.Join([]string{word(1), word(2), word(3), word(4), word(5), "Hansen"}, " ")
	}
	cells[rows/2] = "Testa Prøve Hansen"
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, found := filekey.NewColumn(cells, func(int, int) bool { return false }, [][]string{{"Brev", "Hansen", "Testa"}, {"Hansen"}}).Rows()
	runtime.ReadMemStats(&after)
	if found != 1 || got[0] != rows/2 || got[1] != -1 {
		t.Errorf("rows %v", got)
	}
	if used := (after.TotalAlloc - before.TotalAlloc) >> 10; used > rows {
		t.Errorf("%d KiB for %d rows", used, rows)
	}
}
