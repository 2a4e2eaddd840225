package workbook

import (
	"slices"
	"strings"

	"brevvagt/quarantine/register"
)

// Said is how a title was understood that is not spelled as one of the thirteen: as which
// column, 0 where the column is left out.
type Said struct {
	Title  string
	Column int
}

// meaning is what a title in other words must and must not say to be a column. The first
// that fits is it.
type meaning struct {
	column    int
	all, any  []string // words or beginnings of words
	none      []string
	wholeOnly bool // any of the words is the whole title
}

// meanings are how municipalities call the columns of registers that they made themselves,
// after the law and after the forms of Datatilsynet and KL.
func meanings() []meaning {
	why := []string{"begrund", "hvorfor", "årsag til"}
	return []meaning{
		{column: 12, all: []string{"underret"}, any: append([]string{"ikke", "manglende", "undlad"}, why...)},
		{column: 11, any: []string{"underret", "orienteret"}, none: []string{"dato", "hvornår", "hvordan", "internt"}},
		{column: 9, all: []string{"anmeld"}, any: append([]string{"ikke", "manglende", "undlad"}, why...)},
		{column: 9, all: []string{"indberet"}, any: append([]string{"ikke", "manglende", "undlad"}, why...)},
		{column: 9, all: []string{"datatilsyn"}, any: why},
		{column: 13, any: []string{"afgørelse", "svar fra datatilsyn", "reaktion fra datatilsyn", "udtalelse", "datatilsynets"}, none: []string{"dato", "journal", "sagsn"}},
		{column: 8, any: []string{"anmeld", "indberettet til datatilsyn", "datatilsynet"}, none: []string{"dato", "hvornår", "af", "frist", "tidspunkt", "journal", "sagsn", "forsikring", "politi"}},
		{column: 3, any: []string{"registrer", "indberet", "indmeld", "oprettet"}, none: []string{"de registrer", "af", "hvem", "berørte", "antal"}},
		{column: 4, all: []string{"hændelse"}, any: []string{"start", "tidspunkt", "dato", "hvornår", "begynd"}, none: []string{"slut", "opdag"}},
		{column: 4, any: []string{"hændelsestidspunkt", "hændelsesdato", "bruddato", "dato for brud", "tidspunkt for brud", "hvornår skete", "startdato"}},
		{column: 10, any: []string{"foranstaltning", "tiltag", "afhjælp", "håndtering", "hvad er der gjort", "hvad gjorde"}},
		{column: 7, any: []string{"konsekvens", "følger for", "risiko for de"}},
		{column: 6, any: []string{"personoplysning", "oplysningstype", "datatype", "typer af oplysning", "hvilke oplysning", "kategorier af oplysning", "hvilke data"}, none: []string{"antal"}},
		{column: 5, any: []string{"type af", "hændelsestype", "brudtype", "type brud", "årsag", "kategori"}, none: []string{"registrer", "personer"}},
		{column: 5, any: []string{"type"}, wholeOnly: true},
		{column: 2, any: []string{"hvad er der sket", "hvad skete", "beskriv", "hændelsesforløb", "hændelsesbeskriv", "resume", "resumé"}},
		{column: 2, any: []string{"hændelse", "hændelsen", "bruddet", "brud"}, wholeOnly: true},
		{column: 1, any: []string{"nr", "nummer", "løbenr", "løbenummer", "lb nr", "løbe nr", "brud nr", "hændelse nr", "hændelsesnr", "id"}, wholeOnly: true},
		{column: 3, any: []string{"dato"}, wholeOnly: true},
	}
}

func (m *meaning) fits(title string) bool {
	has := func(word string) bool { return strings.Contains(" "+title, " "+word) }
	whole := func(word string) bool { return title == word }
	if m.wholeOnly {
		return slices.ContainsFunc(m.any, whole)
	}
	inside := func(word string) bool { return strings.Contains(" "+title+" ", " "+word+" ") }
	for _, no := range m.none {
		if len(no) < 4 && inside(no) || len(no) >= 4 && has(no) {
			return false
		}
	}
	for _, w := range m.all {
		if !strings.Contains(title, w) {
			return false
		}
	}
	return len(m.any) == 0 || slices.ContainsFunc(m.any, has)
}

// meantBy maps columns to their places in a row of titles in other words than the thirteen:
// nil unless what happened, a date and what was decided of the authority are among at least
// six. The first place of a column counts; a reason that does not say of what is of the
// decision before it.
func meantBy(row []string) (at map[int][]int, said []Said) {
	at = make(map[int][]int)
	known := make(map[string]int)
	for i, title := range register.Columns() {
		known[plainTitle(title)] = i + 1
	}
	before := 0
	for i, raw := range row {
		title := plainTitle(raw)
		if title == "" {
			before = 0
			continue
		}
		column := known[title]
		all := meanings()
		for n := 0; n < len(all) && column == 0; n++ {
			if all[n].fits(title) {
				column = all[n].column
			}
		}
		if column == 0 && strings.HasPrefix(title, "begrund") && (before == 8 || before == 11) {
			column = before + 1
		}
		before = column
		if len(at[column]) > 0 {
			column = 0 // a second of its kind is nobody's to choose
		}
		if column > 0 {
			at[column] = []int{i}
		}
		if column == 0 || known[title] != column {
			said = append(said, Said{strings.Join(strings.Fields(raw), " "), column})
		}
	}
	if len(at[2]) == 0 || len(at[8]) == 0 || len(at[3])+len(at[4]) == 0 || len(at) < 6 {
		return nil, nil
	}
	return at, said
}
