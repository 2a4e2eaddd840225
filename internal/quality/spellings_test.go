package quality_test

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"brevvagt/detectors/detectortest"
)

// spelling is a way to write a CPR number. text has %s where the number stands.
type spelling struct {
	class string
	text  string
	write func(v string) string
	mod11 bool // only numbers with a check digit are expected
}

func parted(sep string) func(string) string {
	return func(v string) string { return v[:6] + sep + v[6:] }
}

func run(v string) string { return v }

func dated(a, b string) func(string) string {
	return func(v string) string { return v[:2] + a + v[2:4] + a + v[4:6] + b + v[6:] }
}

// full writes the year in four digits: the numbers made here are born 1940-1999 or
// 2037-2057.
func full(a, b string) func(string) string {
	return func(v string) string {
		year := "19"
		if v[6] > '3' {
			year = "20"
		}
		return v[:2] + a + v[2:4] + a + year + v[4:6] + b + v[6:]
	}
}

// spellings are those of the table of spellings in the domain notes.
func spellings() []spelling {
	list := []spelling{
		{"6-4 hyphen", "Borgeren %s har søgt om hjælp.", parted("-"), false},
		{"6-4 labelled", "CPR-nr.: %s, Testperson Eksempel", parted("-"), false},
		{"6-4 in brackets", "Ansøger (%s) og partner", parted("-"), false},
		{"6-4 behind a case number", "Sagsnr. %s er oprettet", parted("-"), false},
		{"en dash", "Vedr. %s i dag", parted("–"), false},
		{"em dash", "Vedr. %s i dag", parted("—"), false},
		{"hyphen U+2010", "Vedr. %s i dag", parted("‐"), false},
		{"no-break hyphen U+2011", "Vedr. %s i dag", parted("\u2011"), false},
		{"minus U+2212", "Vedr. %s i dag", parted("−"), false},
		{"spaced dash", "Vedr. %s i dag", parted(" - "), false},
		{"double hyphen", "Vedr. %s i dag", parted("--"), false},
		{"one blank", "Vedr. %s i dag", parted(" "), false},
		{"no-break space", "Vedr. %s i dag", parted("\u00a0"), false},
		{"thin space", "Vedr. %s i dag", parted("\u2009"), false},
		{"slash", "Vedr. %s i dag", parted("/"), false},
		{"dot", "Vedr. %s i dag", parted("."), false},
		{"run of ten", "Vedr. %s i dag", run, true},
		{"run labelled cpr", "Hans cpr %s er noteret", run, false},
		{"run labelled personnummer", "Personnummer: %s", run, false},
		{"run labelled cprnr", "cprnr=%s", run, false},
		{"blanks in date", "CPR: %s", dated(" ", " "), false},
		{"dots in date", "Født %s i byen", dated(".", "-"), false},
		{"slashes in date", "Født %s i byen", dated("/", "-"), false},
		{"hyphens in date", "Født %s i byen", dated("-", "-"), false},
		{"long year", "Vedr. %s i dag", full("", "-"), false},
		{"long year dots", "Vedr. %s i dag", full(".", "-"), false},
		{"hyphen and line break", "Borgeren med nummeret %s er flyttet.", parted("-\n"), false},
		{"line break labelled", "CPR-nr.: %s er flyttet.", parted("\n"), false},
		{"digit boxes", "CPR-nr.: %s", func(v string) string { return strings.Join(strings.Split(v, ""), " ") }, false},
		{"6+2+2", "CPR-nr.: %s", func(v string) string { return v[:6] + " " + v[6:8] + " " + v[8:] }, false},
		{"soft hyphen", "Vedr. %s i dag", parted("\u00ad-"), false},
		{"zero-width space", "Vedr. %s i dag", parted("\u200b-\u200b"), false},
		{"full-width digits", "Vedr. %s i dag", func(v string) string { return wide(v[:6]) + "-" + wide(v[6:]) }, false},
		{"in a link", "Se https://fagsystem.kommune.example/borger?cpr=%s", run, false},
		{"end of sentence", "Nummeret er %s.", parted("-"), false},
		{"in quotes", "Han skrev \"%s\" i feltet", parted("-"), false},
	}
	return list
}

func wide(s string) string {
	return strings.Map(func(r rune) rune { return r - '0' + '０' }, s)
}

// numberFor gives the n-th number, every second without a check digit where the
// spelling does not need one.
func (s spelling) numberFor(n int) string {
	if s.mod11 || n%2 == 0 {
		return detectortest.CPR(n)
	}
	return detectortest.CPRNoMod11(n)
}

func (s spelling) line(v string) string { return fmt.Sprintf(s.text, s.write(v)) }

// fillers are lines without any number, as letters have them.
var fillers = []string{
	"Kære Testperson Eksempel", "Vi har modtaget din ansøgning og behandler den hurtigst muligt.",
	"Du kan klage over afgørelsen inden 4 uger.", "Med venlig hilsen", "Borgerservice, Rådhuspladsen 1",
	"Mødet holdes i lokale 3 kl. 10.30.", "Bilag: budget, kørselsbilag og sygemelding.",
}

func filler(r *rand.Rand) string { return fillers[r.IntN(len(fillers))] }
