// Package special finds words that tell something sensitive about a person:
// health, faith, crime, a child's case and the other groups of the lexicon
// (GDPR articles 9 and 10, and what Danish municipalities treat as confidential).
//
// Glossary: a stem is a line of lexicon.tsv; a hit is a stem found in the text; an
// anchor is what ties a sentence to a person (a CPR number, a full name, "hendes",
// initials with an age, or a field for free text). A strong stem counts with an
// anchor in its sentence; a weak one needs, besides, another stem of its group
// within 300 bytes. Negation does not clear: "ikke diabetes" is health data too.
// Names of departments, laws, links, signatures and privacy notices count for
// nothing.
package special

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"brevvagt/detectors"
	"brevvagt/document"
)

// maxSpans bounds what one segment yields, maxHits what is looked at for it, and cueHits
// that with the words of matter.go.
const (
	maxSpans = 500
	maxHits  = 20_000
	cueHits  = 4 * maxHits
	fewHits  = 16 // what most segments hold at most
)

// company is how near, in bytes, a weak stem's second stem must stand.
const company = 300

// Detectors lists the detectors of this family. One scan serves both: findings of
// the group adressebeskyttelse carry the detector and category protected-address,
// all others special-category and the name of their group.
func Detectors() []detectors.Detector {
	return []detectors.Detector{{
		ID: "special-category", Title: "Følsomme eller fortrolige forhold", Category: "special-category",
		Find: shipped().find, Across: shipped().groups, Settle: settle,
	}}
}

var shipped = sync.OnceValue(func() *index { // takes tens of milliseconds
	ix := newIndex(lexicon)
	ix.addCues(cuesText)
	return ix
})

// groupTitles say in Danish what a word is about, without any word of the lexicon.
var groupTitles = map[string]string{
	"helbred": "helbred", "psykiatri": "psykisk helbred", "misbrug": "afhængighed", "religion": "tro eller livssyn",
	"etnicitet": "herkomst", "fagforening": "fagligt tilhørsforhold", "politik": "politisk holdning", "seksualitet": "seksualliv",
	"genetik_biometri": "gener og kropsmål", "straf_art10": "strafbare forhold", "adressebeskyttelse": "beskyttet navn eller adresse",
	"boern": "børne- og familiesag", "social_oekonomi": "sociale og økonomiske forhold", "personalesag": "ansættelsesforhold", Private: "private forhold",
}

func (ix *index) find(seg document.Segment, _ detectors.Env) []detectors.Span {
	var room [fewHits]hit
	hits := ix.hits(seg.Text, room[:0])
	if len(hits) == 0 {
		return nil
	}
	text := seg.Text
	labelled := freeText(seg.Label)
	asked := seg.Label != "" && asksOut(strings.ToLower(seg.Label))
	private := ix.matters(text, hits)
	kept := hits[:0]
	var s sentence
	for _, h := range hits {
		if h.entry.group == Private {
			continue
		}
		if h.start >= s.end {
			s = ix.sentenceAt(text, h.start, s.end)
		}
		if s.listsCategories || s.afterSignature || friendly(text, &h, s) || entitled(text, &h) {
			continue
		}
		h.anchor = s.anchor
		if h.anchor == "" && h.entry.group == "adressebeskyttelse" && h.entry.strong && !s.general && (hasName(nextLine(text, s.end)) || hasName(lineBefore(text, s.start)) || hasFirstName(lineBefore(text, s.start))) {
			h.anchor = anchorName
		}
		if h.anchor == "" && h.entry.group == "personalesag" && h.entry.strong && !s.general && hasName(lineBefore(text, s.start)) {
			h.anchor = anchorName // "Testperson Eksempel blev hørt. Ledelsen overvejer en skriftlig advarsel"
		}
		if h.anchor == "" && (labelled || inlineLabel(s.lower)) && !s.general {
			h.anchor = "i et felt for fritekst"
		}
		if h.anchor == "" && !s.general && inRow(&seg) {
			h.anchor = anchorRow
		}
		if h.anchor == "" && !s.general && seg.At.Cell == "" && point(lineAt(text, h.start)) {
			h.anchor = anchorPoint
		}
		kept = append(kept, h)
	}
	var out []detectors.Span
	for i, h := range kept {
		if h.anchor == "" || !h.entry.strong && !accompanied(kept, i) && !asked {
			continue
		}
		out = append(out, h.span(text, asked))
		if len(out) == maxSpans {
			break
		}
	}
	if len(private) > 0 {
		out = append(out, private...)
		slices.SortStableFunc(out, func(a, b detectors.Span) int { return a.Start - b.Start })
	}
	return out
}

// accompanied reports whether another stem of the same group stands near.
func accompanied(hits []hit, i int) bool {
	h := hits[i]
	for j := i - 1; j >= 0 && h.start-hits[j].end <= company; j-- {
		if hits[j].entry.company(h.entry) {
			return true
		}
	}
	for j := i + 1; j < len(hits) && hits[j].start-h.end <= company; j++ {
		if hits[j].entry.company(h.entry) {
			return true
		}
	}
	return false
}

// estate is the matter of somebody who has died: its words always stand together, in
// every letter to heirs and lawyers, and say no more than that.
var estate = setOf("dødsbo afdød begravelse tabsattest")

// company reports whether e is another stem of the same group and tells more.
func (e *entry) company(of *entry) bool {
	return e.group == of.group && e.stem != of.stem && !(estate[e.stem] && estate[of.stem])
}

// nextLine gives the text behind a sentence, to the end of its line: "Adressebeskyttet!
// Testperson Eksempel, Testvej 1".
func nextLine(text string, from int) string {
	rest := text[from:min(len(text), from+100)]
	if n := strings.IndexByte(rest, '\n'); n >= 0 {
		rest = rest[:n]
	}
	return rest
}

// lineBefore gives the text before a sentence, from the beginning of its line: "... en ny
// elev, Testperson Eksempel. Familien har adressebeskyttelse".
func lineBefore(text string, to int) string {
	before := text[max(0, to-lookBack):to]
	return before[strings.LastIndexByte(before, '\n')+1:]
}

// Everyday is why a finding says no more than what colleagues tell each other every day.
const Everyday = "dagligdags ord"

// everyday are the stems of such words: that somebody is ill, or has a child.
var everyday = setOf("sygdom sygemeld sygemelding sygefravær raskmeld syg syge gravid graviditet barsel allergi astma influenza operation opereret brækket genoptræning kørestol høreapparat rollator rehabilitering medicin behandling indlagt psykolog briller diagnose syn hørelse")

// span is what is told of a hit; asked says that it answers a heading of its group.
func (h hit) span(text string, asked bool) detectors.Span {
	sp := detectors.Span{
		Start: h.start, End: h.end, Category: h.entry.group, Strength: detectors.Weak,
		Why: []string{"ord om " + groupTitles[h.entry.group], h.anchor}, Value: h.entry.group + ":" + h.entry.stem, Display: shorten(text[h.start:h.end]),
	}
	if everyday[h.entry.stem] {
		sp.Why = append(sp.Why, Everyday)
	}
	if h.entry.strong || asked {
		sp.Strength = detectors.Medium
	} else {
		sp.Why = append(sp.Why, "sammen med et andet ord om det samme")
	}
	if h.entry.group == "adressebeskyttelse" {
		sp.Detector, sp.Category = "protected-address", "protected-address"
		if h.entry.strong {
			sp.Strength = detectors.Strong
		}
	}
	return sp
}

// shorten shows the beginning of a word, so that a list of findings tells which
// was meant but does not spread it.
func shorten(word string) string {
	n := 1
	if len(word) > 5 {
		n = 3
	}
	for n < len(word) && !utf8.RuneStart(word[n]) {
		n++
	}
	return word[:n] + "…"
}
