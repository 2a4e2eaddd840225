package compare

import (
	"slices"
	"strings"

	"brevvagt/detectors/subject"
	"brevvagt/document"
)

// residueFrom is how many unrelated recipients' letters a number must stand in to
// be a template's: a father may well stand in the letters of two mothers.
const residueFrom = 3

// residue counts people outside of a household who stand in letters to several
// recipients that are otherwise right.
func (r *run) residue() int {
	rows := make(map[string][]int)
	for i := range r.pairs {
		p := &r.pairs[i]
		if p.result.wrong() {
			continue
		}
		for _, n := range slices.Concat(p.letter.sure, r.told(p.letter, r.people[p.row])) {
			if to := r.people[p.row]; n != to.number && !to.allowed[n] && !slices.Contains(rows[n], p.row) && len(rows[n]) < 2*residueFrom {
				rows[n] = append(rows[n], p.row)
			}
		}
	}
	count := 0
	for _, in := range rows {
		strangers := 1
		for _, k := range in[1:] {
			if !r.people[k].family(r.people[in[0]]) {
				strangers++
			}
		}
		if strangers >= residueFrom || strangers == 2 && strangers*2 >= len(r.people) {
			count++
		}
	}
	return count
}

// matters are stems of what a citizen has of the municipality or of her own; a building
// or an application may be a neighbour's, of whom many are told.
var matters = []string{"tillæg", "pension", "boligstøtte", "boligsikring", "boligydelse", "ydelse", "kontanthjælp", "dagpenge", "hjælp", "støtte", "bevilling", "friplads", "indkomst", "indtægt", "formue", "økonomi", "helbred", "sygdom", "behandling",
	"restance", "gæld", "genoptræning", "træning", "løn", "fravær", "medicin", "husleje", "sygemelding", "diagnose", "udredning", "forløb", "lån", "skat"}

// verbs are what is told of somebody who has such a thing.
var verbs = []string{"modtager ", "er bevilget ", "er berettiget ", "har fået bevilget ", "får bevilget ", "får udbetalt ", "har ret til ", "har søgt om ", "har ansøgt om "}

// matterWithin is how far behind a name its matter may end, in bytes.
const matterWithin = 64

// maxEstate is how much of a part is looked at for words of an estate, in bytes.
const maxEstate = 4 << 10

// told gives the digests of people, others than its recipient, of whose own matters a
// letter tells by their full names: "Eksempel Prøves varmetillæg".
func (r *run) told(l *letter, to *recipient) []string {
	var out []string
	if slices.ContainsFunc(l.parts, func(s document.Segment) bool {
		low := strings.ToLower(s.Text[:min(len(s.Text), maxEstate)])
		return slices.ContainsFunc(estates, func(w string) bool { return strings.Contains(low, w) })
	}) {
		return nil
	}
	for i := range l.parts {
		if l.parts[i].At.Layer == document.Metadata || r.budget < 0 {
			continue
		}
		text := l.parts[i].Text
		words := capitals(text)
		for k := 0; k+1 < len(words); k++ {
			end := k
			for end+1 < len(words) && end < k+3 && words[end+1].at == words[end].end+1 && text[words[end].end] == ' ' {
				end++
			}
			r.budget--
			if end > k && subject.Forename(words[k].folded) && (hasMatter(text, words[end].end) || born(text[words[end].end:])) {
				name := subject.NewName(strings.TrimSuffix(text[words[k].at:words[end].end], "s"))
				if whole := subject.NewName(text[words[k].at:words[end].end]); !to.is(name) && !to.is(whole) && name.Full() {
					out = append(out, name.Mask(r.key).Digest())
				}
			}
			k = end
		}
	}
	return out
}

// births stand behind the name of somebody whose date of birth follows.
var births = []string{", født ", " født ", ", f. ", " (født ", " (f. "}

// born reports whether a date of birth follows a name, in letters about nobody's estate: to
// the heirs, all are about one.
func born(behind string) bool {
	for _, b := range births {
		if rest, ok := strings.CutPrefix(behind, b); ok {
			day := strings.TrimPrefix(strings.TrimPrefix(rest, "den "), "d. ")
			return day != "" && day[0] >= '0' && day[0] <= '9'
		}
	}
	return false
}

// estates are words of letters to heirs, whose deceased is no template's.
var estates = []string{"afdød", "dødsbo", "boet efter", "arving", "skifteret"}

// hasMatter reports whether a matter of whoever was named before i follows in the same
// line, in small letters: below a name stands where somebody works.
func hasMatter(text string, i int) bool {
	rest, ok := strings.CutPrefix(strings.ToValidUTF8(text[i:min(len(text), i+matterWithin)], ""), " ")
	said := false
	for _, v := range verbs {
		if after, ok := strings.CutPrefix(rest, v); ok {
			rest, said = after, true
			break
		}
	}
	if !ok || !said && !strings.HasSuffix(text[:i], "s") {
		return false
	}
	word, _, _ := strings.Cut(rest, " ")
	return slices.ContainsFunc(matters, func(m string) bool { return strings.Contains(word, m) })
}
