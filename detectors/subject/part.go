package subject

import (
	"slices"
	"strings"

	"brevvagt/document"
)

// headLines is how far down a page the cues of a paper's beginning may stand.
const headLines = 12

// Starts gives the pages on which a new paper begins in a file that was put
// together of several: pages with an address block, a salutation, or in their head
// a line that says whom the paper is about. The first page counts always. A file
// without pages gives nil.
func Starts(doc *document.Document, path string) []int {
	var out []int
	page, onPage := 0, 0
	for _, l := range layout(doc, segmentsAt(doc, path)) {
		if l.page == 0 {
			continue
		}
		if l.page != page {
			page, onPage = l.page, 0
			if len(out) == 0 {
				out = append(out, page)
			}
		}
		text := strings.TrimSpace(l.text)
		if text == "" {
			continue
		}
		onPage++
		if !slices.Contains(out[max(0, len(out)-1):], page) && begins(text, l.zone, onPage) {
			out = append(out, page)
		}
	}
	return out
}

// paperCues begin a line that tells whom a new paper is about. A bare "Navn:" is
// none: a spouse's part of a form begins so, too.
var paperCues = []string{"vedr.", "vedrørende", "sagsnr", "journalnotat", "cpr", "borger:", "patient:", "elev:"}

func begins(text string, zone Zone, onPage int) bool {
	return zone == Address || zone == Salutation && onPage <= 2*headLines || onPage <= headLines && hasCue(strings.ToLower(text), paperCues)
}

// maxMentionWords bounds the words of a paper in which names are looked for.
const maxMentionWords = 100_000

// Words folds a text for Among.
func Words(text string) []string {
	var out []string
	for _, w := range words(text) {
		if len(out) == maxMentionWords {
			break
		}
		out = append(out, Fold(w))
	}
	return out
}

// Among reports whether a full name is mentioned in a text: its first and last
// word within a few words of each other, in any order. The words come from Words.
func (n Name) Among(text []string) bool {
	m := n.meaning()
	if len(m) < 2 {
		return false
	}
	first, last := m[0], m[len(m)-1]
	reach := len(m) + 1
	for i, w := range text {
		if w == first && slices.Contains(text[max(0, i-reach):min(len(text), i+reach+1)], last) {
			return true
		}
	}
	return false
}

// Relative reports whether two names share the last word, as those of a family
// often do; one of them may be a first name alone, which then tells nothing.
func (n Name) Relative(o Name) bool {
	a, b := n.meaning(), o.meaning()
	return len(a) > 1 && len(b) > 1 && len(a[len(a)-1]) > 1 && a[len(a)-1] == b[len(b)-1]
}

// loose writes letters as mail addresses do, which leave out the dots and rings.
var loose = strings.NewReplacer("oe", "o", "aa", "a", "ae", "a")

// SameLoosely is Same for a name that was read from a mail address: "soren.aas"
// can be Søren Ås.
func (n Name) SameLoosely(o Name) bool {
	return n.Same(o) || n.loosely().Same(o.loosely())
}

func (n Name) loosely() Name {
	out := Name{initials: n.initials}
	for _, t := range n.tokens {
		out.tokens = append(out.tokens, loose.Replace(t))
	}
	return out
}

// Named reads a line or field that is a person's name and nothing else: two to six
// words that may be parts of a name, none of them an organisation's.
func Named(s string) (Name, bool) {
	if len(s) > 100 || organisation(s) {
		return Name{}, false
	}
	return wholeName(s)
}

// Any reports whether a word of the name, folded, is one of the given.
func (n Name) Any(words map[string]bool) bool {
	return slices.ContainsFunc(n.tokens, func(t string) bool { return words[t] })
}
