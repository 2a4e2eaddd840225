package special

import (
	_ "embed" // for the cues
	"slices"
	"strings"
	"unicode"

	"brevvagt/detectors"
	"brevvagt/internal/needle"
)

// This file tells that somebody's life is told from words of which none says much by
// itself: a mother, a bottle, a debt. Several of them, of more than one theme, near a
// full name are a private matter, whatever it is.

// cuesText has the cues by theme, in Danish and the languages that a municipality writes
// to its neighbours in. A word of the lexicon stays what it is there.
//
//go:embed cues.txt
var cuesText string

// Private is the category of such a finding.
const Private = "privatliv"

// What a cluster of cues must reach: the sum of its different words' weights, of a theme
// no more than themeMost, from two themes or more, one less where two of them are heavy;
// or of one theme alone. The lexicon's words are findings by themselves: ownLeast is what
// the cues among them weigh.
const (
	matterLeast = 5
	ownLeast    = 2
	themeMost   = 3
	themeAlone  = 5
	lightOnly   = 2 // more where no word says much: children, bottles and a staircase are a party
	strongCue   = 3 // weight of the lexicon's strong words; all others weigh one
)

// How far cues of one cluster stand apart, how long it is, and how far before it the name
// may stand, in bytes.
const (
	cueGap     = 160
	cueCluster = 700
	cueName    = 250
)

// themes are those of the cues, and the groups of the lexicon that say the same.
var themes = map[string]int{"kin": 1, "harm": 2, "seksualitet": 2, "drink": 3, "misbrug": 3, "money": 4, "social_oekonomi": 4, "home": 5, "adressebeskyttelse": 5, "body": 6, "helbred": 6,
	"mind": 7, "psykiatri": 7, "law": 8, "straf_art10": 8, "work": 9, "personalesag": 9, "case": 10, "boern": 10, "hush": 11, "etnicitet": 12, "religion": 13, "scale": scales}

// scales is the theme of tests and scales: many of them are what a course is about.
const scales = 14

// addCues adds the cues to the index, but for words that it finds already.
func (ix *index) addCues(list string) {
	for line := range strings.Lines(list) {
		cols := strings.Fields(line)
		if len(cols) < 3 || cols[0] == "#" {
			continue
		}
		for _, w := range cols[2:] {
			stem, prefix := strings.CutSuffix(strings.ReplaceAll(w, "_", " "), "*")
			if _, known := ix.match(stem, word{end: len(stem), folded: []byte(foldString(stem))}); known && !strings.Contains(stem, " ") {
				continue
			}
			e := &entry{group: Private, stem: stem, theme: themes[cols[0]], weight: int(cols[1][0] - '0')}
			switch {
			case prefix:
				ix.add(e, "prefix", "")
			case stem != strings.ToLower(stem):
				ix.add(e, "case", "")
			case strings.Contains(stem, " "):
				ix.add(e, "phrase", "")
			default:
				ix.add(e, "word", "")
			}
		}
	}
}

// matters gives a finding for each cluster of hits that tells a named person's life.
func (ix *index) matters(text string, hits []hit) []detectors.Span {
	var out []detectors.Span
	for i := 0; i < len(hits) && len(out) < maxSpans; {
		j := i + 1
		for j < len(hits) && hits[j].start-hits[j-1].end <= cueGap && hits[j].end-hits[i].start <= cueCluster {
			j++
		}
		if j-i >= 2 && enough(hits[i:j]) {
			if sp, ok := ix.matter(text, hits[i:j]); ok {
				out = append(out, sp)
			}
		}
		i = j
	}
	return out
}

// matter judges a cluster by the sentences that speak of somebody else than the reader
// and of nobody in general.
func (ix *index) matter(text string, hits []hit) (detectors.Span, bool) {
	var told []hit
	var s sentence
	person, third := false, false // one of the sentences speaks of somebody, or says "hun"
	for _, h := range hits {
		if h.start >= s.end {
			s = ix.sentenceAt(text, h.start, s.end)
		}
		if s.general || s.listsCategories || s.afterSignature || toReader(s) || statesLaw(s.lower) || topicNeedles.In(s.lower) || h.entry.theme == 0 || h.entry.group != Private && friendly(text, &h, s) {
			continue
		}
		person = person || s.anchor != "" || speaksOf(s.lower, thirdWords) || namesSomebody(text[s.start:s.end])
		third = third || speaksOf(s.lower, thirdWords)
		told = append(told, h)
	}
	if !enough(told) || !third && !slices.ContainsFunc(told, func(h hit) bool { return h.entry.group != Private || h.entry.weight > 1 }) {
		return detectors.Span{}, false
	}
	from, to := max(0, told[0].start-cueName), min(len(text), told[len(told)-1].end+cueName/2)
	if fromHandbook(text, from, to) {
		return detectors.Span{}, false
	}
	near := strings.ToValidUTF8(text[from:to], "")
	if person = person || callsSomebody(near); !person {
		return detectors.Span{}, false
	}
	anchor := anchorName
	if lower := strings.ToLower(near); officeNeedles.In(lower) || !namesSomebody(near) && !speaksOf(lower, thirdWords) && !callsSomebody(near) {
		return detectors.Span{}, false
	} else if !namesSomebody(near) {
		anchor = anchorWord // a paper may have the name in another paragraph
	}
	// It stands at the weightiest cue: a word of the lexicon is a finding by itself.
	k, own := -1, 0
	for i, h := range told {
		if h.entry.group != Private {
			continue
		}
		if own += h.entry.weight; k < 0 || h.entry.weight > told[k].entry.weight {
			k = i
		}
	}
	if own < ownLeast {
		return detectors.Span{}, false
	}
	h := told[k]
	return detectors.Span{
		Start: h.start, End: h.end, Category: Private, Strength: detectors.Medium,
		Why: []string{"ord om " + groupTitles[Private], anchor, "flere ord om det samme menneske"}, Value: Private + ":" + h.entry.stem, Display: shorten(text[h.start:h.end]),
	}, true
}

// enough reports whether hits weigh what a matter does.
func enough(hits []hit) bool {
	var weights, heavy [16]int
	for i, h := range hits {
		if slices.ContainsFunc(hits[:i], func(o hit) bool { return o.entry.stem == h.entry.stem }) {
			continue
		}
		weights[h.entry.theme] += h.entry.weight
		heavy[h.entry.theme] += h.entry.weight / 2
	}
	sum, several, grave := 0, 0, 0
	for theme, w := range weights {
		if theme == 0 || w == 0 {
			continue
		}
		if w >= themeAlone && heavy[theme] > 1 && theme != scales {
			return true
		}
		sum += min(w, themeMost)
		grave += heavy[theme]
		several++
	}
	if grave > 1 {
		sum++
	}
	if grave == 0 {
		sum -= lightOnly
	}
	return several > 1 && sum >= matterLeast
}

// readerWords speak to the reader; thirdWords of somebody else.
var (
	readerWords = setOf("du dig din dit dine jer jeres you your ni deg")
	thirdWords  = setOf("han hun ham hende hans hendes he she him her his hon honom henne hennes sie ihr ihm ihre")
)

// topics are words of a sentence on what a text, a course or an evening is about.
var topicNeedles = needle.New([]string{"emner", "temaer", "temaet", "temaaften", "temadag", "kapitel", "kapitlet", "afsnittet", "afsnit om", "politik om", "politik for", "retningslinje", "indhold:", "du taler om", "i taler om", "du fortæller om", "skuespil", "oplægget", "oplæg om", "undervisning", "underviser"})

// toReader reports whether a sentence speaks to its reader and of nobody else.
func toReader(s sentence) bool {
	return speaksOf(s.lower, readerWords) && s.anchor != anchorName && s.anchor != anchorFirst && !speaksOf(s.lower, thirdWords) && !speaksOf(s.lower, figures)
}

// speaksOf reports whether one of the words stands in a text in small letters.
func speaksOf(lower string, list map[string]bool) bool {
	for w := range strings.FieldsFuncSeq(lower, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if list[w] {
			return true
		}
	}
	return false
}

// namesSomebody reports whether a text holds a full name: one that begins with a common
// first name, or two words with capitals in the middle of a sentence that are no place.
func namesSomebody(text string) bool {
	if hasName(text) {
		return true
	}
	words := strings.Fields(text)
	for i := 1; i+1 < len(words); i++ {
		before := words[i-1]
		if titles[before] && nameLike(strings.TrimRight(words[i], ".,:;")) && nameLike(strings.TrimRight(words[i+1], ".,:;!?)")) {
			return true
		}
		first, last := firstRune(before), before[len(before)-1]
		if !unicode.IsLower(first) || strings.IndexByte(".!?:", last) >= 0 || places[before] {
			continue
		}
		if nameLike(words[i]) && nameLike(strings.TrimRight(words[i+1], ".,:;!?)")) && !byOffice(words, i, i+2) {
			return true
		}
	}
	return false
}

// callsSomebody reports whether a text calls somebody by first name in the middle of a
// sentence, behind a word in small letters: "at invitere Testperson hjem".
func callsSomebody(text string) bool {
	words := strings.Fields(text)
	for i := 1; i < len(words); i++ {
		before := words[i-1]
		if firstNames[strings.TrimRight(words[i], ".,:;!?)")] && unicode.IsLower(firstRune(before)) && strings.IndexByte(".!?:", before[len(before)-1]) < 0 && !(i+2 < len(words) && nameLike(words[i+1]) && byOffice(words, i, i+2)) {
			return true
		}
	}
	return false
}

// titles stand before names; places before what is none.
var (
	titles = setOf("Hr. Fr. Herr Herrn Frau Mr Mr. Mrs Mrs. Ms Ms. Fru")
	places = setOf("i på in im am ved af")
)
