package parties

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"brevvagt/detectors"
	"brevvagt/internal/needle"
	"brevvagt/scanner/policy/wording"
)

// This file tells papers whose people are nobody that lives: those of plays and books,
// of exercises and of history.

// programmes are words of papers that name those who perform: what is ill in a play is
// nobody's illness.
var programmes = []string{"medvirkende", "instruktion", "instruktør", "scenografi", "kapelmester", "dirigent", "premiere", "forestilling", "koncert", "orkester", "solist", "skuespil", "revy", "rolleliste", "teater", "publikum", "sæson", "solgt ud"}

// fiction are words of what is written about books and films: whoever is ill there is
// nobody.
var fiction = []string{"roman", "hovedperson", "i rollen som", "filmen", "spillefilm", "forfatter", "bogklub", "læsekreds", "erindringsbog", "krimi", "novelle", "dokumentar", "biograf", "skuespiller", "podcast", "vi læser", "læser op", "digtsamling", "viser vi", "bogkasse", "anmeldelse af", "romanens", "læsere", "bog er ", "forfatteraften"}

// showNeedles are both, the words of programmes first: fewer than 64.
var showNeedles = needle.New(slices.Concat(programmes, fiction))

// Programme reports whether a finding stands in the paper of a play or a concert, told by
// three of its words, or in what is written of books and films, by two of theirs: one in
// its own paragraph, or a paper full of them. A film that somebody saw, too, says nothing
// of a citizen further down.
func (it *Item) Programme(x *detectors.Finding) bool {
	near := it.paragraph(x)
	if wording.LongAgo(near) || wording.Example(near) || it.longDead(x) {
		return true
	}
	s := it.shows(x.At.Path)
	return s.told >= 2 && (s.told >= manyTold || hasAny(near, fiction)) || s.met >= 3
}

// shows is how many words of programmes and of books and films a paper has, and whether it
// is one of exercises.
type shows struct {
	met, told int
	exercises bool
}

// shows reads a paper once: it may have thousands of findings.
func (it *Item) shows(path string) shows {
	b := it.bundle()
	if s, ok := b.shows[path]; ok {
		return s
	}
	var words uint64
	cases, fictitious := 0, false
	for _, i := range b.paths[path] {
		text := strings.ToLower(it.Doc.Segments[i].Text)
		words |= showNeedles.Met(text)
		cases += wording.CasesCounted(text)
		fictitious = fictitious || wording.Invents(text)
	}
	ofProgrammes := uint64(1)<<len(programmes) - 1
	s := shows{bits.OnesCount64(words & ofProgrammes), bits.OnesCount64(words &^ ofProgrammes), fictitious || cases >= 2}
	b.shows[path] = s
	return s
}

// longDead reports whether the paragraph around a finding names somebody who died long ago.
func (it *Item) longDead(x *detectors.Finding) bool {
	names, known := it.gone[x.At.Path]
	if !known {
		if it.gone == nil {
			it.gone = make(map[string][]string)
		}
		names = it.dead(x.At.Path)
		it.gone[x.At.Path] = names
	}
	return len(names) > 0 && hasAny(it.paragraph(x), names)
}

// dead are the last names, in small letters, of those of whom a paper gives
// the years of a life that ended long ago: "Testperson Eksempel (1901-1977)".
func (it *Item) dead(path string) []string {
	var out []string
	for _, i := range it.bundle().paths[path] {
		text := it.Doc.Segments[i].Text
		for from := 0; len(out) < maxTold; {
			k := strings.Index(text[from:], " (1")
			if k < 0 {
				break
			}
			k += from
			from = k + len(" (1")
			word := text[strings.LastIndexAny(text[:k], " \n")+1 : k]
			if r, _ := utf8.DecodeRuneInString(word); unicode.IsUpper(r) && it.lifeOver(text[k+2:]) {
				out = append(out, strings.ToLower(word))
			}
		}
	}
	return out
}

// The law protects what is known of the dead for some years; and who was born after
// lastBorn may live, whatever the two years say.
const (
	deadYears = 10
	lastBorn  = 1950
	shortLife = 15
)

// lifeOver reports whether a text begins with the years of a life that ended so long ago
// that it is history, and a bracket: "1901-1977)".
func (it *Item) lifeOver(text string) bool {
	years, _, ok := strings.Cut(text[:min(len(text), len("1901 – 1977)"))], ")")
	if !ok || len(years) < len("1901-1977") {
		return false
	}
	born, _ := strconv.Atoi(years[:4])
	died, _ := strconv.Atoi(years[len(years)-4:])
	between := strings.Trim(years[4:len(years)-4], " ")
	return born > 0 && born <= lastBorn && died-born > shortLife && died+deadYears < it.Sent.Year() && (between == "-" || between == "–")
}

// manyTold is how many words of books and films a paper has that is about nothing else.
const manyTold = 5

// paragraphReach is how much of a paragraph is read to either side of a finding, in bytes.
const paragraphReach = 5000

// paragraph is the paragraph around a finding, in small letters.
func (it *Item) paragraph(x *detectors.Finding) string {
	if x.Segment < 0 || x.Segment >= len(it.Doc.Segments) {
		return ""
	}
	text := it.Doc.Segments[x.Segment].Text
	start := min(max(x.Start, 0), len(text))
	end := min(max(x.End, start), len(text))
	from := max(0, start-paragraphReach)
	text = text[from:max(from, min(len(text), end+paragraphReach))]
	start, end = start-from, min(max(end-from, 0), len(text))
	if k := strings.LastIndex(text[:start], "\n\n"); k >= 0 {
		text, end = text[k+2:], end-k-2
	}
	if k := strings.Index(text[min(max(end, 0), len(text)):], "\n\n"); k >= 0 {
		text = text[:end+k]
	}
	return strings.ToLower(text)
}

// Invented reports whether all that is sensitive stands in papers of exercises, whose
// people are nobody: they say so, or count their cases.
func (it *Item) Invented() bool {
	found := false
	for k := range it.Findings {
		x := &it.Findings[k]
		if x.Detector != "special-category" || x.Strength.Rank() < detectors.Medium.Rank() {
			continue
		}
		if found = it.shows(x.At.Path).exercises || wording.InventsOne(it.paragraph(x)); !found {
			return false
		}
	}
	return found
}

// Agreed reports whether the mail says that whom it tells of agreed to be told of, as in
// a portrait for a newspaper.
func (it *Item) Agreed() bool {
	return it.Says("ja til at stå frem", "stiller op til interview", "stillet op til interview", "godkendt teksten", "godkendt artiklen", "godkendt sine citater", "godkendt at blive nævnt", "sagt ja til at blive nævnt", "indforstået med at blive nævnt", "accepteret at blive nævnt", "ja til at medvirke i artik")
}
