package incidents

import "fmt"

// runs are letters on their way to Digital Post or to print, with their list.
func runs() []scenario {
	return []scenario{{"kørsel-rigtig", 3, rightRun}, {"kørsel-forskudt", 2, shiftedRun}, {"kørsel-ombyttet", 3, swappedRun}, {"kørsel-fremmed", 2, strangerRun}, {"kørsel-børn", 2, childRun}, {"kørsel-børn-ok", 1, childRunRight}}
}

// run makes n letters; whose says whose letter lies in the place of reader i.
func (g *gen) run(people []person, whose func(i int) person, body string) []byte {
	rows := [][]string{{"Navn", "CPR-nr.", "Adresse", "Postnr", "By", "Fil"}}
	kind := g.one([]string{"docx", "txt", "txt"})
	var files []file
	for i, p := range people {
		name := fmt.Sprintf("brev-%03d.%s", i+1, kind)
		w := whose(i)
		files = append(files, file{name, document(kind, g.letterOn("20. november 2026", w, w.First, "Brev", g.fill(body, w), i%2 == 0 || len(people) < 100))})
		rows = append(rows, []string{p.name(), p.dashed(), p.Street, p.Zip, p.City, name})
	}
	if g.r.IntN(2) == 0 {
		return zipped(append(files, file{"modtagere.csv", csvFile(rows)}))
	}
	return zipped(append(files, file{"modtagere.xlsx", xlsx(rows)}))
}

// crowd is many people; names may recur as they do in a town.
func (g *gen) crowd(n int) []person {
	people := make([]person, n)
	for i := range people {
		people[i] = g.adult()
		delete(g.taken, people[i].First)
		if i%3 == 0 {
			delete(g.taken, people[i].Last)
		}
	}
	return people
}

const runText = "Vi har gennemgået din sag i Socialforvaltningen. Du hører fra os inden den 1. januar."

func letterItem(data []byte, kind string, want ...string) Item {
	return Item{Name: ".zip", Data: data, Type: kind, Want: want}
}

func rightRun(g *gen) Item {
	people := g.crowd(8 + g.r.IntN(25))
	return letterItem(g.run(people, func(i int) person { return people[i] }, runText), "", Pass)
}

func shiftedRun(g *gen) Item {
	people := g.crowd(8 + g.r.IntN(25))
	return letterItem(g.run(people, func(i int) person { return people[(i+1)%len(people)] }, runText), "run", Hold)
}

func swappedRun(g *gen) Item {
	people := g.crowd(8 + g.r.IntN(25))
	k := g.r.IntN(len(people) - 1)
	return letterItem(g.run(people, func(i int) person {
		if i == k || i == k+1 {
			return people[2*k+1-i]
		}
		return people[i]
	}, runText), "run", Hold)
}

func strangerRun(g *gen) Item {
	people := g.crowd(8 + g.r.IntN(25))
	stranger := g.adult()
	k := g.r.IntN(len(people))
	return letterItem(g.run(people, func(i int) person {
		if i == k {
			return stranger
		}
		return people[i]
	}, runText), "run", Hold)
}

// childRun: letters on payments, many of them to children.
func childRun(g *gen) Item {
	people := g.crowd(20)
	for i := range people {
		if i%2 == 0 {
			people[i] = g.born(2014, 2022, people[i].Last)
		}
	}
	return letterItem(g.run(people, func(i int) person { return people[i] }, "Vi har udbetalt {kr} kr. til NemKontoen. Beløbet er udbetalt til den, der har dig boende."), "child-recipient", Hold)
}

func childRunRight(g *gen) Item {
	people := g.crowd(12)
	for i := range people {
		people[i] = g.born(2014, 2022, people[i].Last)
	}
	return letterItem(g.run(people, func(i int) person { return people[i] }, "Tandplejen vil gerne se dig til undersøgelse i uge 50."), "", Pass)
}

// Merge is the run of the published case: 274 letters, each to its reader.
func Merge(seed uint64, n int) []byte {
	g := newGen(readTexts(), seed, 0)
	people := g.crowd(n)
	return g.run(people, func(i int) person { return people[i] }, runText)
}

// Shifted is the same with each letter one row down.
func Shifted(seed uint64, n int) []byte {
	g := newGen(readTexts(), seed, 0)
	people := g.crowd(n)
	return g.run(people, func(i int) person { return people[(i+1)%n] }, runText)
}
