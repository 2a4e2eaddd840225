package scanner_test

import (
	"fmt"
	"strings"
	"testing"
)

// written is a run of a list and letters that were made with figures, names or blocks of
// their own: line writes row i, letter the letter to row i about row about.
func written(n int, headings string, line func(i int) string, letter func(i, about int) string, about ...int) []member {
	list := headings + ";Fil\n"
	var out []member
	for i := range n {
		a := i
		if len(about) > 0 {
			a = about[i]
		}
		list += line(i) + ";" + txt(i) + "\n"
		out = append(out, member{txt(i), []byte(letter(i, a))})
	}
	return append(out, member{"liste.csv", []byte(list)})
}

// The amount or number of another row in a letter with the right name.
func TestFiguresOfAnother(t *testing.T) {
	ps := people(71, 6, 5000)
	for _, c := range []struct{ heading, cell, told string }{
		{"Beløb", "%d.031", "Du skal betale %d.031,- nu. Sidste år var det 9.031 kr."},
		{"Restance", "1%d47", "Du skylder kr. 1.%d47,00 i alt."},
		{"Fakturanr.", "FA-77%d20", "Faktura FA-77%d20."},
	} {
		run := func(about ...int) []member {
			return written(len(ps), "Navn;CPR;"+c.heading,
				func(i int) string { return ps[i].name() + ";" + ps[i].number + ";" + fmt.Sprintf(c.cell, i+2) },
				func(i, a int) string { return lettersLetterTo(ps[i], date, fmt.Sprintf(c.told, a+2)) }, about...)
		}
		pass.check(t, scanFolder(t, folderOf(t, run())))
		mismatch("2 af 6 breve").check(t, scanFolder(t, folderOf(t, run(0, 2, 1, 3, 4, 5))))
		mismatch("6 af 6 breve").check(t, scanFolder(t, folderOf(t, run(1, 2, 3, 4, 5, 0))))
	}
	// Not what letters say; and rates, of which many have the same.
	for _, c := range []struct {
		cell func(i int) int
		told string
	}{{func(i int) int { return 2031 + i }, "Du hører om beløbet senere."}, {func(i int) int { return 1200 + i%2*100 }, "Prisen er 1.200 kr. eller 1.300 kr."}} {
		pass.check(t, scanFolder(t, folderOf(t, written(len(ps), "Navn;CPR;Takst",
			func(i int) string { return fmt.Sprintf("%s;%s;%d", ps[i].name(), ps[i].number, c.cell(i)) },
			func(i, _ int) string { return lettersLetterTo(ps[i], date, c.told) }))))
	}
}

// Headings that say twice who gets a letter, lists of nothing but those it is about, and
// names that no heading announces.
func TestWhoStandsForSomebody(t *testing.T) {
	parents, children := people(72, 6, 5100), people(73, 6, 5200)
	for _, c := range []struct{ headings, greeting string }{
		{"Barn;Barns cpr;Modtager (forælder);Modtager cpr", "Kære forælder"},
		{"Borger;Borger CPR;Partsrepræsentant (modtager);Rep. nr.", "Du er partsrepræsentant."},
		{"Barnet;Barnets CPR;Barnets værge - modtager;Værges CPR", "Hej"},
		{"Barn;Barn CPR", "Til forældrene til barnet"},
		{"Elev;CPR", "Jeres barn er indkaldt."},
	} {
		run := func(about ...int) []member {
			return written(len(parents), c.headings, func(i int) string {
				row := children[i].name() + ";" + children[i].number
				if strings.Count(c.headings, ";") > 1 {
					row += ";" + parents[i].name() + ";" + parents[i].number
				}
				return row
			}, func(i, a int) string {
				p, child := parents[i], children[a]
				text := strings.Replace(lettersLetterTo(p, date, child.name()+" har en tid."), p.number, child.number, 1)
				return strings.Replace(text, "Kære "+p.first, c.greeting, 1)
			}, about...)
		}
		pass.check(t, scanFolder(t, folderOf(t, run())))
		mismatch("2 af 6 breve").check(t, scanFolder(t, folderOf(t, run(0, 2, 1, 3, 4, 5))))
	}
	for i, name := range strings.Fields("Anne Lars Karen Peter Sofie Jens") {
		parents[i].first = name + " " + parents[i].first
	}
	protected := func(about ...int) []member {
		return written(len(parents), "Cpr;Bruger;Adresse;Adressebesk.", func(i int) string { return parents[i].number + ";" + parents[i].name() + ";*** Beskyttet ***;J" },
			func(_, a int) string {
				p := parents[a]
				text := strings.Replace(lettersLetterTo(p, date, ""), p.street+"\n"+p.post, "Adressebeskyttet", 1)
				return strings.Replace(strings.Replace(text, "CPR-nr.: "+p.number, "", 1), "Kære "+p.first, "Kære låner", 1)
			}, about...)
	}
	pass.check(t, scanFolder(t, folderOf(t, protected())))
	mismatch("2 ombyttet parvis").check(t, scanFolder(t, folderOf(t, protected(0, 2, 1, 3, 4, 5))))
}

// Letters to two people of one home, in the ways that their names are written together.
func TestCouples(t *testing.T) {
	ones, others := people(74, 6, 5300), people(75, 6, 5400)
	for i := range others {
		others[i].last = ones[i].last
	}
	first := func(p somebody) string { return strings.Fields(p.first)[0] }
	ways := []func(a, b somebody) string{
		func(a, b somebody) string { return a.name() + " & " + b.name() },
		func(a, b somebody) string { return first(b) + " og " + first(a) + " " + a.last },
		func(a, b somebody) string { return a.first[:1] + ". og " + b.first[:1] + ". " + a.last },
		func(a, b somebody) string { return b.name() + "/" + a.name() },
		func(a, _ somebody) string { return "Familien " + a.last },
		func(a, b somebody) string { return "Hr. " + a.name() + " og fru " + b.name() },
	}
	for i, name := range strings.Fields("Anne Lars Karen Peter Sofie Jens") {
		ones[i].first, others[i].first = name+" "+ones[i].first, strings.Fields("Bo Mette Niels Ida Hans Rikke")[i]
	}
	run := func(about ...int) []member {
		return written(len(ways), "Navn 1;Navn 2;CPR 1;CPR 2;Adresse;Postnr. og by", func(i int) string {
			a, b := ones[i], others[i]
			return fmt.Sprintf("%s;%s;%s;%s;%s;%s", a.name(), b.name(), a.number, b.number, a.street, a.post)
		}, func(_, k int) string {
			a, b := ones[k], others[k]
			text := strings.Replace(lettersLetterTo(a, date, ""), a.name(), ways[k](a, b), 1)
			return strings.Replace(strings.Replace(text, "CPR-nr.: "+a.number, "", 1), "Kære "+a.first, "Kære "+first(a)+" og "+first(b), 1)
		}, about...)
	}
	order := []int{0, 1, 2, 3, 4, 5}
	pass.check(t, scanFolder(t, folderOf(t, run(order...))))
	order[0], order[3] = 3, 0
	mismatch("2 ombyttet parvis").check(t, scanFolder(t, folderOf(t, run(order...))))
}
