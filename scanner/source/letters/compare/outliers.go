package compare

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
	"brevvagt/document"
)

// kinWords begin words by which a letter to one person rightly speaks of another.
var kinWords = []string{"barn", "børn", "søn", "datter", "dattere", "døtre", "ægtefæl", "samlev", "foræld", "værge", "pårørende", "ansøger", "medansøger", "afdød", "boet", "arving", "plejebarn", "partner", "elev", "husstand", "kontaktperson", "søskende", "hustru", "ægtemand", "fuldmagt", "repræsentant", "tvilling", "bror", "søster", "child", "spouse", "guardian"}

// kinAlone are such words that begin too many others.
var kinAlone = []string{"mor", "far", "moren", "faren", "mors", "fars", "mand", "kone", "moder", "fader", "unge", "bonus"}

// kin reports whether a text holds a word of kinship or role.
func kin(text string) bool {
	for w := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if slices.Contains(kinAlone, w) || slices.ContainsFunc(kinWords, func(k string) bool { return strings.HasPrefix(w, k) || strings.HasSuffix(w, "barn") }) {
			return true
		}
	}
	return false
}

// kinNear is how far from a person such a word may stand, in bytes.
const kinNear = 120

// relatedNear reports whether a word of kinship stands by a number.
func relatedNear(doc *document.Document, x *detectors.Finding) bool {
	s := &doc.Segments[x.Segment]
	from, to := max(0, min(x.Start-kinNear, len(s.Text))), min(len(s.Text), x.Start+kinNear)
	near := s.Label + " " + s.Text[from:to]
	// A number at the beginning of its text may be a field whose name stands before.
	if from == 0 && x.Segment > 0 && doc.Segments[x.Segment-1].At.Path == s.At.Path {
		last := doc.Segments[x.Segment-1].Text
		near = last[max(0, len(last)-kinNear):] + " " + near
	}
	return kin(strings.ToValidUTF8(near, ""))
}

// outlierShare is the part of a run, one in so many, up to which letters that hold
// a stranger's number count as slips; where more do, the run is about several
// people a letter.
const outlierShare = 5

// outlierFrom is the least number of letters by which a run has a rule at all.
const outlierFrom = 5

// outliers finds letters with the right head that hold something of another: the
// number or name of somebody else on the list, or, where nearly all others hold
// nothing but their recipient's own, a stranger's number.
func (r *run) outliers() {
	var right, strange []int
	ownNumber := 0
	for i := range r.pairs {
		p := &r.pairs[i]
		to := r.people[p.row]
		if p.result != match || to.strict || to.company {
			continue
		}
		right = append(right, i)
		if p.letter.holdsOwn(to) {
			ownNumber++
		}
	}
	ruled := len(right) >= outlierFrom && ownNumber*2 >= len(right)
	for _, i := range right {
		p := &r.pairs[i]
		to := r.people[p.row]
		if n, row := r.strangeNumber(p.letter, to, ruled); n >= 0 {
			p.inside = p.letter.labels[n]
			if row >= 0 {
				p.result, p.target = wrongInside, row
				continue
			}
			strange = append(strange, i)
		}
	}
	for _, i := range strange {
		p := &r.pairs[i]
		// A number that several letters hold is a template's or an office's.
		if ruled && len(strange)*outlierShare <= len(right) {
			p.result = wrongInside
		} else {
			p.inside = ""
		}
	}
	r.otherNames()
}

// holdsOwn reports whether the letter holds its recipient's number.
func (l *letter) holdsOwn(to *recipient) bool {
	return to.number != "" && slices.Contains(l.numbers, to.number)
}

// declares reports whether a number of somebody else stands beside this person's on the list.
func (p *recipient) declares() bool {
	return len(p.allowed) > 1 || len(p.allowed) == 1 && p.number == ""
}

// strangeNumber is the index of a number in a letter that is not the recipient's, and
// the row of whose it is, -1 for nobody's on the list. Where letters as a rule hold
// their recipient's number, one that has instead that of somebody who lives elsewhere
// is wrong, whatever surname the two share.
func (r *run) strangeNumber(l *letter, to *recipient, ruled bool) (index, row int) {
	index, row = -1, -1
	instead := ruled && to.number != "" && !l.holdsOwn(to)
	for i, n := range l.sure {
		if n == to.number || to.allowed[n] {
			continue
		}
		// The child of another row is wrong whatever word stands by it.
		if k, ok := r.declared[n]; ok && to.declares() && !r.people[k].family(to) {
			return i, k
		}
		if slices.Contains(l.beside, n) {
			continue
		}
		if k, ok := r.byNumber[n]; ok {
			if o := r.people[k]; !o.family(to) || instead && len(o.places) > 0 && len(to.places) > 0 && !slices.ContainsFunc(o.places, to.lives) {
				return i, k
			}
			continue
		}
		if to.number != "" && index < 0 {
			index = i
		}
	}
	return index, row
}

// maxMentions is in how many letters to others somebody's name may stand: a name in
// more is a caseworker's, or the neighbour's whom they are all about.
const maxMentions = 2

// mention is the name of somebody else on the list in a letter.
type mention struct{ pair, row int }

// otherNames finds full names of others on the list in letters that are otherwise
// right.
func (r *run) otherNames() {
	first := make(map[string][]int) // first word of a name → rows
	for i, p := range r.people {
		for _, w := range slices.Concat(p.full, p.others) {
			if k := first[w[0]]; len(k) == 0 || k[len(k)-1] != i {
				first[w[0]] = append(k, i)
			}
		}
	}
	var found []mention
	count := make(map[int]int)
	for i := range r.pairs {
		p := &r.pairs[i]
		if p.result != match || r.people[p.row].strict || r.people[p.row].company {
			continue
		}
		for _, row := range r.namesIn(p.letter, p.row, first) {
			found = append(found, mention{i, row})
			count[row]++
		}
	}
	for _, m := range found {
		if count[m.row] > maxMentions {
			continue
		}
		p := &r.pairs[m.pair]
		p.result, p.target, p.inside = wrongInside, m.row, r.people[m.row].label
	}
}

// namesIn gives the rows of the list, outside of the recipient's household, whose
// full names stand in a letter, without a word of kinship near.
func (r *run) namesIn(l *letter, own int, first map[string][]int) []int {
	var out []int
	to := r.people[own]
	for i := range l.parts {
		if l.parts[i].At.Layer == document.Metadata {
			continue
		}
		text := l.parts[i].Text
		words := capitals(text)
		for k := range words {
			for _, row := range first[words[k].folded] {
				if row == own || slices.Contains(out, row) {
					continue
				}
				if r.budget--; r.budget < 0 {
					return out
				}
				o := r.people[row]
				here := func(name []string) bool {
					return begins(text, words[k:], name) && !to.is(subject.NewName(strings.Join(name, " ")))
				}
				// The child of another row is wrong whatever word stands by it.
				beside := slices.ContainsFunc(o.others, here)
				if !beside && !slices.ContainsFunc(o.full, here) || o.number != "" && o.number == to.number || o.family(to) || to.is(o.name) {
					continue
				}
				at := words[k].at
				if beside && len(to.others) > 0 || !kin(strings.ToValidUTF8(text[max(0, at-kinNear):min(len(text), at+kinNear)], "")) {
					out = append(out, row)
				}
			}
		}
	}
	return out
}

// capital is a word of a text that begins with a capital.
type capital struct {
	folded  string
	at, end int
}

// capitals gives the words of a text that begin with a capital.
func capitals(text string) []capital {
	var out []capital
	at := 0
	for w := range strings.FieldsFuncSeq(text, noWord) {
		at += strings.Index(text[at:], w)
		if r, _ := utf8.DecodeRuneInString(w); unicode.IsUpper(r) {
			out = append(out, capital{subject.Fold(w), at, at + len(w)})
		}
		at += len(w)
	}
	return out
}

// noWord tells what stands between the words of names.
func noWord(r rune) bool { return !unicode.IsLetter(r) && r != '.' }

// begins reports whether words of a text begin with a name that does not go on: Ida
// Skov is not Ida Skov Holst.
func begins(text string, words []capital, name []string) bool {
	if len(words) < len(name) {
		return false
	}
	for i, w := range name {
		if words[i].folded != w {
			return false
		}
		if i+1 == len(words) {
			continue
		}
		end := words[i].end
		gap := words[i+1].at - end
		if last := i+1 == len(name); last && gap == 1 && (text[end] == ' ' || text[end] == '-') || !last && gap > 2 {
			return false
		}
	}
	return true
}

// within is the row of whoever stands in a letter with another's head, or what was
// found before.
func (r *run) within(l *letter, to *recipient, found int) int {
	for _, n := range l.sure {
		if i, ok := r.byNumber[n]; ok && !to.allowed[n] {
			return i
		}
	}
	if rows := r.byName[l.info.Salutation.Mask(r.key).Digest()]; len(rows) > 0 && l.info.Salutation.Full() {
		return rows[0]
	}
	return found
}
