package identity

import (
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/detectors/identity/label"
	"brevvagt/detectors/identity/number"
	"brevvagt/detectors/identity/verdict"
	"brevvagt/detectors/identity/written"
	"brevvagt/document"
)

// This file looks at the company a number keeps. One time stamp in eleven passes
// modulus 11: in a column of them, the ones that do are what their neighbours are.
// A column of CPR numbers looks the other way round, since few fail.

const (
	// chanceRatio: one number in eleven passes by chance, and nine in ten or more of
	// a list of people do; a quarter is far from both.
	chanceRatio = 3
	// plainChance: this many that fail, and a share that passes which chance gives,
	// leave no doubt.
	plainChance, plainRatio = 20, 5
	// dateless: so many numbers without a date, and so many times as those that pass,
	// stand in no list of people.
	dateless, datelessRatio = 3, 3
	// sameForm: so many pairs of six and four digits that are nobody's, behind the same
	// word, say what the one is that has a date and fails the check.
	sameForm = 2
	// zerosProve: so many numbers of a column that only lack their zero, and hardly another
	// beside them, are persons' whatever the column is called. One number of nine digits in
	// ninety looks so by chance.
	zerosProve, zerosRatio = 3, 3
)

// family is the numbers of one kind in a file: a column, a field, or the numbers
// behind the same word, parted or not. Those in a row follow the first of them.
type family struct {
	path, column, word string
	parted             bool
}

// place is where a number belongs, and all but its last two digits: one that differs
// in these alone and fails the check makes it one of a row of running numbers.
type place struct {
	fam  family
	head string
}

// tally counts different numbers of ten digits, unlabelled. Days are the dates of
// those that fail; undated have none.
type tally struct{ failing, passing, days, undated map[string]bool }

// others is how many are no CPR numbers.
func (t *tally) others() int { return len(t.failing) + len(t.undated) }

// chance reports whether those that pass are no more than chance gives.
func (t *tally) chance() bool {
	return len(t.failing) >= plainChance && len(t.failing) >= plainRatio*len(t.passing) || len(t.undated) >= dateless && len(t.undated) >= datelessRatio*len(t.passing)
}

// lostZeros reports whether the numbers of nine digits are persons' that lost their zero:
// by most of them under a heading for persons, else by nearly all.
func (t *tally) lostZeros(person bool) bool {
	n := len(t.passing)
	return person && t.others() <= n || n >= zerosProve && t.others()*zerosRatio <= n
}

// settle weakens the numbers that nothing but date and check digit speaks for, when
// too many of their own kind have a date and fail the check, and leaves them out
// where they are no more than chance gives among many. Numbers with a label,
// a word for a person or in the form 6-4 stay as they are, and so does one that
// also stands among people elsewhere in the document.
func settle(r *number.Rules, doc *document.Document, found []detectors.Finding, env detectors.Env) []detectors.Finding {
	if slices.ContainsFunc(found, func(f detectors.Finding) bool { return boxed(&f) }) {
		found = reread(doc, found)
	}
	if !slices.ContainsFunc(found, func(f detectors.Finding) bool { return byCheckAlone(f) || byFormAlone(f) || byZero(f) }) {
		return found
	}
	counts := make(map[family]*tally)
	home := make(map[[2]int]place) // by segment and offset
	for i := range doc.Segments {
		seg := &doc.Segments[i]
		readings, _ := written.Read(r, seg, env.AsOf, true)
		slices.SortStableFunc(readings, func(a, b verdict.Reading) int { return a.Start - b.Start })
		var row family
		end := -1
		for k := range readings {
			x := &readings[k]
			if x.Label != "" || x.Person && !x.Zero || x.OCR || x.Parted && x.End-x.Start != 11 {
				continue
			}
			passes := x.Verdict == verdict.Strong || x.Verdict == verdict.ExceptionDate || x.Verdict == verdict.NoMod11 && x.Parted
			undated := x.Verdict == verdict.NotCPR && (x.Parted || x.Zero || x.End-x.Start == 10)
			if !passes && !undated && x.Verdict != verdict.WeakRun && x.Verdict != verdict.Old && x.Verdict != verdict.Future && !x.Near {
				continue
			}
			fam := row
			if end < 0 || strings.Trim(seg.Text[end:x.Start], " \t,;|") != "" {
				fam = family{path: seg.At.Path, column: column(seg), word: wordBefore(seg.Text, x.Start), parted: x.Parted}
				if cell, ok := cellOf(seg.Text, x.Start); ok && seg.At.Cell == "" {
					fam.column, fam.word = cell, ""
				}
			}
			row, end = fam, x.End
			t := counts[fam]
			if t == nil {
				t = &tally{failing: map[string]bool{}, passing: map[string]bool{}, days: map[string]bool{}, undated: map[string]bool{}}
				counts[fam] = t
			}
			switch {
			case undated:
				t.undated[x.Value] = true
			case passes:
				t.passing[x.Value] = true
				home[[2]int{i, x.Start}] = place{fam, x.Value[:8]}
			default:
				t.failing[x.Value] = true
				t.days[x.Value[:8]] = true
			}
		}
	}
	return weaken(found, counts, home)
}

func weaken(found []detectors.Finding, counts map[family]*tally, home map[[2]int]place) []detectors.Finding {
	sure := make(map[string]bool) // numbers that more speaks for somewhere
	doubted := make(map[int]bool) // index → no more than chance
	unproven := make(map[int]bool)
	for i := range found {
		f := &found[i]
		if f.Detector != verdict.IDCPR {
			continue
		}
		at, ok := home[[2]int{f.Segment, f.Start}]
		t := counts[at.fam]
		switch {
		case byZero(*f):
			if !ok || !t.lostZeros(slices.Contains(f.Why, verdict.BesidePerson)) {
				unproven[i] = true
			}
		case ok && byFormAlone(*f) && at.fam.parted:
			doubted[i] = true
			if t.others() < sameForm || t.others() < len(t.passing) {
				sure[f.Value.Digest()] = true
			}
		case ok && byCheckAlone(*f) && t.days[at.head]:
			doubted[i] = true
		case !ok || !byCheckAlone(*f) || t.others() < chanceRatio || t.others() < chanceRatio*len(t.passing):
			sure[f.Value.Digest()] = true
		default:
			doubted[i] = t.chance()
		}
	}
	out := found[:0]
	for i, f := range found {
		if unproven[i] {
			continue
		}
		if chance, ok := doubted[i]; ok && !sure[f.Value.Digest()] {
			if chance {
				continue
			}
			f.Strength = detectors.Weak
			f.Why = append(slices.Clone(f.Why), "blandt tal af samme slags uden modulus 11")
		}
		out = append(out, f)
	}
	return out
}

// byCheckAlone reports whether nothing but the digits themselves speaks for a number.
func byCheckAlone(f detectors.Finding) bool {
	return f.Detector == verdict.IDCPR && f.Strength == detectors.Strong && len(f.Why) == 2 &&
		f.Why[0] == "dato" && (f.Why[1] == "modulus 11" || f.Why[1] == "undtagelsesdato")
}

// byZero reports whether no label speaks for a number that got its zero back.
func byZero(f detectors.Finding) bool {
	return f.Detector == verdict.IDCPR && slices.Contains(f.Why, verdict.ZeroRestored) && !slices.ContainsFunc(f.Why, func(w string) bool { return strings.HasPrefix(w, verdict.LabelReason) })
}

// byFormAlone reports whether nothing but a date and the form 6-4 with a blank speaks
// for a number.
func byFormAlone(f detectors.Finding) bool {
	return f.Detector == verdict.IDCPR && f.Strength == detectors.Medium && len(f.Why) == 3 && f.Why[1] == "uden modulus 11" && f.Why[2] == "form 6-4"
}

// column names a segment's column in its table, "Ark1!C" of "Ark1!C251", or its
// field. A cell's label may be its row's, which differs from row to row.
func column(seg *document.Segment) string {
	if seg.At.Cell != "" {
		return strings.TrimRight(seg.At.Cell, "0123456789")
	}
	return "\x00" + seg.Label
}

// cellOf names the column of a table in a text, by its separator and place, when the
// number at byte i begins a cell of it.
func cellOf(s string, i int) (name string, ok bool) {
	from, to, ok := verdict.Line(s, i)
	sep := verdict.Separator(s[from:to])
	if !ok || sep == 0 || strings.TrimRight(s[from:i], " \"'") != "" && !strings.HasSuffix(strings.TrimRight(s[from:i], " \"'"), string(sep)) {
		return "", false
	}
	return string(sep) + strings.Repeat(".", strings.Count(s[from:i], string(sep))), true
}

// wordBefore is the word right before s[i], at most four signs away and on its line.
func wordBefore(s string, i int) string {
	k := i
	for k > 0 && i-k < 4 && !label.WordByte(s, k-1) && s[k-1] != '\n' {
		k--
	}
	end := k
	for k > 0 && label.WordByte(s, k-1) && end-k < 40 {
		k--
	}
	return s[k:end]
}
