package scanner_test

import (
	"slices"
	"strings"
	"testing"

	"brevvagt/scanner/policy"
)

// TestLettersAgain: letters to one person that follow each other in a merged file are as
// many as the list has rows for that person; a later page that repeats whom its letter is
// for is no letter.
func TestLettersAgain(t *testing.T) {
	ps := people(31, 8, 500)
	twice := slices.Concat(ps[:3], ps[2:6], ps[5:6], ps[5:]) // rows 3 and 4 are one person's, and 7 to 9 another's
	repeated := make([]string, 0, 2*len(ps))
	for _, p := range ps {
		repeated = append(repeated, lettersLetterTo(p, date, ""), p.name()+"\n"+p.street+"\n"+p.post+"\n\nKære "+p.first+"\n\nSvar på siden her.\n")
	}
	other := lettersTo(twice)
	other[3] = strings.Replace(other[3], ps[2].number, ps[7].number, 1)
	for name, c := range map[string]struct {
		list    []somebody
		letters []string
		want    want
	}{
		"as many rows":             {twice, lettersTo(twice), pass},
		"one row, two pages":       {ps, repeated, pass},
		"a row too many":           {twice, lettersTo(slices.Delete(slices.Clone(twice), 7, 8)), want{policy.Warn, map[string]string{"addressee-unknown": "har intet brev"}}},
		"the second holds another": {twice, other, mismatch("indeholder")},
		"all but the first moved":  {twice, lettersTo(append(slices.Clone(twice[:1]), shift(twice[1:])...)), mismatch("7 af 11")},
	} {
		members := []member{{"liste.csv", listOf(c.list, nil)}, {"breve.pdf", pdfOf(c.letters)}}
		t.Run(name, func(t *testing.T) { c.want.check(t, scanBytes(t, "kørsel.zip", zipOf(t, members))) })
	}
}
