package special

import (
	_ "embed" // for the lexicon
	"strings"

	"brevvagt/internal/glance"
)

// lexicon holds 1,531 stems in 14 groups with their match kinds; its columns are
// named in its first line. It was run against a list of 313,013 Danish word forms
// to weed out false friends.
//
//go:embed lexicon.tsv
var lexicon string

// entry is a stem of the lexicon.
type entry struct {
	group, stem string
	strong      bool
	theme       int // of cues, see matter.go
	weight      int
}

// affix is a folded part of a word with the entry it stands for, and of one way to write
// it the outermost bytes: those it is found by, and as many as a key has.
type affix struct {
	text               string
	entry              *entry
	outer, bytes, mask uint64
}

// part is an affix that may stand anywhere, kept as bytes to be searched for.
type part struct {
	text  []byte
	rare  int // place of its letter that texts have least of
	entry *entry
}

// phrase is what must stand before and follow the word that a phrase is found by: its
// first that is not among the commonest.
type phrase struct {
	entry *entry
	lead  string // as written, in small letters
	rest  []step
}

// commonest are words that nearly every sentence has.
var commonest = setOf(`er i på til har skal blev ikke får må vil bor af med hjælp kan sig ny
 under uden fik fået gået været født kom kommer komme få anden brug behov stor taget blevet dages måneders ønsker tage tager taler går holder for om sit sin en et kun ud ned nye bange planer modtager kontrol`)

// step is a further word of a phrase in the forms it may have. Behind "…" up to
// [maxSkip] other words may stand before it.
type step struct {
	forms map[string]bool
	gap   bool
}

const maxSkip = 5

// index finds stems in folded words. It is immutable once made.
type index struct {
	words    map[string]whole // in all their forms
	prefixes *affixes         // by their first four bytes
	suffixes *affixes         // by their last five bytes
	inside   []part           // anywhere in a word
	wholes   *wholes          // what may be in words
	bytes    *glance.Table    // see sieve
}

// whole is what a word is by itself: a stem, a stem if it is written so, and the word that
// phrases are found by.
type whole struct {
	exact, cased *entry
	phrases      []phrase
	goesOn       uint32 // the lower five bits of the letters with which the phrases go on
}

// newIndex reads the lexicon. Every stem is spread into all its forms here, so
// that finding is a few look-ups a word.
func newIndex(tsv string) *index {
	ix := &index{
		words:    make(map[string]whole),
		prefixes: new(affixes), suffixes: new(affixes), wholes: new(wholes), bytes: wordTable(),
	}
	first := true
	for line := range strings.Lines(tsv) {
		cols := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if first || len(cols) < 5 {
			first = false
			continue
		}
		e := &entry{group: cols[0], stem: cols[1], strong: cols[3] == "S", theme: themes[cols[0]], weight: 1}
		if e.strong && !everyday[e.stem] {
			e.weight = strongCue
		}
		ix.add(e, cols[2], cols[4])
	}
	return ix
}

func (ix *index) add(e *entry, match, inflection string) {
	stem := foldString(e.stem)
	switch match {
	case "word":
		ix.addExact(stem, e)
	case "noun":
		for _, form := range nounForms(stem) {
			ix.addExact(form, e)
		}
	case "adj":
		for _, form := range adjectiveForms(stem) {
			ix.addExact(form, e)
		}
	case "forms":
		for form := range strings.SplitSeq(inflection, ",") {
			ix.addExact(foldString(form), e)
		}
	case "head-list":
		ix.addOwnList(stem, inflection, e)
	case "case":
		ix.edit(stem, func(w *whole) { w.cased = e })
	case "phrase":
		ix.addPhrase(stem, e)
	case "prefix":
		ix.prefixes.addBeginning(stem, e)
	case "head":
		for _, form := range nounForms(stem) {
			ix.addExact(form, e) // else "misbruger" would be a form of the weaker "misbrug"
			ix.suffixes.addEnding(form, e)
		}
	case "inside":
		p := part{[]byte(stem), rarest(stem), e}
		ix.inside = append(ix.inside, p)
		ix.addRare(stem[p.rare : p.rare+1])
	}
}

func (ix *index) addExact(form string, e *entry) {
	// The first line wins, but a strong stem is never weakened by a later one.
	ix.edit(form, func(w *whole) {
		if w.exact == nil || e.strong && !w.exact.strong {
			w.exact = e
		}
	})
}

// edit changes what a folded word is.
func (ix *index) edit(word string, change func(*whole)) {
	w := ix.words[word]
	change(&w)
	ix.words[word] = w
	ix.wholes.add(word)
}

// addOwnList spreads "own list -,en,ens,s; left parts bryst,hud": only these
// compounds and endings, since the bare ending hides in common words.
func (ix *index) addOwnList(stem, inflection string, e *entry) {
	_, parts, _ := strings.Cut(inflection, "left parts ")
	for left := range strings.SplitSeq(","+parts, ",") {
		for _, ending := range []string{"", "en", "ens", "s"} {
			ix.addExact(foldString(left)+stem+ending, e)
		}
	}
}

// addPhrase spreads a phrase: its last word is inflected, the words before it may
// take the endings of adjectives.
func (ix *index) addPhrase(stem string, e *entry) {
	words := strings.Fields(stem)
	p := phrase{entry: e}
	if lead := leading(e.stem); lead > 0 {
		p.lead = strings.ToLower(strings.Join(strings.Fields(e.stem)[:lead], " "))
		words = words[lead:]
	}
	gap := false
	for i, w := range words[1:] {
		if w == "…" {
			gap = true
			continue
		}
		forms := make(map[string]bool)
		list := adjectiveForms(w)
		if i == len(words)-2 {
			list = append(list, nounForms(w)...)
		}
		for _, f := range list {
			forms[f] = true
		}
		p.rest = append(p.rest, step{forms, gap})
		gap = false
	}
	first := adjectiveForms(strings.TrimRight(words[0], "-"))
	if len(words) == 1 {
		first = append(first, nounForms(words[0])...)
	}
	goesOn := p.goesOn()
	for _, f := range first {
		ix.edit(f, func(w *whole) {
			w.phrases = append(w.phrases, p)
			w.goesOn |= goesOn
		})
	}
}

// goesOn has a bit for the lower five of each letter that the word behind the phrase's first
// may begin with.
func (p *phrase) goesOn() (letters uint32) {
	if len(p.rest) == 0 || p.rest[0].gap {
		return ^uint32(0)
	}
	for form := range p.rest[0].forms {
		letters |= 1 << (form[0] & 31)
	}
	return letters
}

// leading gives how many words of a phrase are passed before the one it is found by.
func leading(stem string) int {
	words := strings.Fields(stem)
	for n, w := range words {
		if !commonest[w] && w != "…" {
			if n > 0 && words[n-1] == "…" {
				return 0
			}
			return n
		}
	}
	return 0
}

// nounForms gives the forms of a folded noun: number, definiteness and genitive,
// doubled consonant (sygdom, sygdommen) and the loss of e (center, centret).
func nounForms(stem string) []string {
	bases := []string{"", "en", "et", "er", "erne", "e", "ene", "n", "ne", "r", "rne", "t"}
	var out []string
	for _, b := range bases {
		out = append(out, stem+b, stem+b+"s")
	}
	last := stem[len(stem)-1]
	if strings.IndexByte("aeiouy", last) < 0 && last < 0x80 {
		for _, b := range []string{"en", "et", "er", "erne", "ene"} {
			out = append(out, stem+string(last)+b, stem+string(last)+b+"s")
		}
	}
	if short, ok := strings.CutSuffix(stem, "er"); ok {
		for _, b := range []string{"re", "ret", "rene"} {
			out = append(out, short+b, short+b+"s")
		}
	}
	return out
}

// adjectiveForms gives the forms of a folded adjective: -t, -e, and -le for those
// in -el (kriminel, kriminelle).
func adjectiveForms(stem string) []string {
	out := []string{stem, stem + "t", stem + "e", stem + "es"}
	if strings.HasSuffix(stem, "el") {
		out = append(out, stem+"le", stem+"les")
	}
	return out
}

// rarest gives the place of the letter that is rarest in Danish text.
func rarest(stem string) int {
	const common = "etranidslogmkvfuhbpjycxwzq" // most frequent first
	best := 0
	for i := range len(stem) {
		if strings.IndexByte(common, stem[i]) > strings.IndexByte(common, stem[best]) {
			best = i
		}
	}
	return best
}
