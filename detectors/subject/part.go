package subject

import (
	"slices"
	"strings"

	"brevvagt/document"
)

// headLines is how far down a page the cues of a paper's beginning may stand.
const headLines = 12

// ByPath gives the indices of the segments of each path, and the paths in order.
func ByPath(doc *document.Document) (segments map[string][]int, order []string) {
	segments = make(map[string][]int)
	for i := range doc.Segments {
		path := doc.Segments[i].At.Path
		if segments[path] == nil {
			order = append(order, path)
		}
		segments[path] = append(segments[path], i)
	}
	return segments, order
}

// Starts gives the pages on which a new paper begins in a file that was put
// together of several: pages with an address block, a salutation, or in their head
// a line that says whom the paper is about. The first page counts always. A file
// without pages gives nil. The segments are those of one path.
func Starts(doc *document.Document, segments []int) []int {
	if !slices.ContainsFunc(segments, func(i int) bool { return doc.Segments[i].At.Page > 0 }) {
		return nil
	}
	var out []int
	page, onPage, titled := 0, 0, false
	for _, l := range layout(doc, segments) {
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
		if onPage++; onPage == 1 {
			titled = casePaper(text)
		}
		if titled && onPage <= titleReach && namesNumber(text) && !slices.Contains(out, page) {
			out = append(out, page)
		}
		if !slices.Contains(out[max(0, len(out)-1):], page) && begins(text, l.zone, onPage) {
			out = append(out, page)
		}
	}
	return out
}

// titleReach is how far below its title a case paper says whom it is about, in lines.
const titleReach = 4

// casePaper reports whether a page's first line is what a case paper is called, and little
// more: "Træningsnotat 11.11.2026". Of a form the further pages may be about others.
func casePaper(text string) bool {
	if len(text) > paperReach || !capital(text) || !strings.ContainsAny(text, " ") && len(text) < 5 {
		return false
	}
	for _, w := range words(text) {
		if w = Fold(w); !forms[w] && slices.ContainsFunc(paperStems, func(stem string) bool { return strings.HasSuffix(w, stem) }) {
			return true
		}
	}
	return false
}

// forms are papers of several parts, each of which may be about another of a family.
var forms = set("ansoegning ansoegningen skema skemaet oplysningsskema ansoegningsskema sag sagen status")

// namesNumber reports whether a line says whose number stands in it: "Navn: Testperson
// Eksempel cpr 010203-xxxx".
func namesNumber(text string) bool {
	low := strings.ToLower(text)
	return len(text) < 2*paperReach && (strings.Contains(low, "cpr") || strings.Contains(low, "personn")) && strings.ContainsAny(text, "0123456789")
}

// prose is how long a line is at least that says something; lines of a form are
// shorter, in bytes.
const prose = 60

// Sections gives the segments at which a new paper begins in a file without pages
// that was put together of several: lines that say whom a paper is about, with some
// prose behind each. A form with a part for the spouse is one paper.
func Sections(doc *document.Document, segments []int) []int {
	var out []int
	lines := layout(doc, segments)
	said := true // there was prose since the last beginning
	for k, l := range lines {
		if l.page != 0 || l.zone == Address || l.zone == Salutation {
			return nil
		}
		switch _, _, about := subjectLine(lines, k); {
		case about && said:
			out, said = append(out, l.segment), false
		case !about && len(l.text) >= prose:
			said = true
		}
	}
	if len(out) < 3 || !said {
		return nil
	}
	return out
}

// paperCues begin a line that tells whom a new paper is about. A bare "Navn:" is
// none: a spouse's part of a form begins so, too.
var paperCues = newWordList("vedr.", "vedrørende", "sagsnr", "journalnotat", "cpr", "personnr", "personnummer", "borger:", "patient:", "elev:", "klient:", "barn:", "barnet:", "den unge:", "låner:")

func begins(text string, zone Zone, onPage int) bool {
	return zone == Address || zone == Salutation && onPage <= 2*headLines || onPage <= headLines && paperCues.of(text) != ""
}

// The bounds of a paper in which names are looked for: words in all, and places
// kept of one word.
const (
	maxMentionWords = 100_000
	maxPlaces       = 50
)

// Text is a paper's folded words, in which names can be looked up. It is for one
// goroutine. Most papers are never asked, so the words are read at the first
// question.
type Text struct {
	unread []string
	words  []string
	at     map[string][]int32
}

// Add appends the words of a segment.
func (t *Text) Add(text string) { t.unread = append(t.unread, text) }

func (t *Text) read() {
	if t.at == nil {
		t.at = make(map[string][]int32)
	}
	for _, text := range t.unread {
		for _, w := range words(text) {
			if len(t.words) == maxMentionWords {
				break
			}
			w = Fold(w)
			if len(t.at[w]) < maxPlaces {
				t.at[w] = append(t.at[w], int32(len(t.words)))
			}
			t.words = append(t.words, w)
		}
	}
	t.unread = nil
}

// Head reports whether one of the words, folded, is among the first n.
func (t *Text) Head(n int, words map[string]bool) bool {
	t.read()
	return slices.ContainsFunc(t.words[:min(n, len(t.words))], func(w string) bool { return words[w] })
}

// Among reports whether a full name is mentioned in a text: its first and last
// word within a few words of each other, in any order.
func (n Name) Among(t *Text) bool {
	m := n.meaning()
	if len(m) < 2 || t == nil {
		return false
	}
	t.read()
	first, last := m[0], m[len(m)-1]
	reach := len(m) + 1
	for _, i := range t.at[first] {
		if !slices.Contains(t.words[max(0, int(i)-reach):min(len(t.words), int(i)+reach+1)], last) {
			continue
		}
		if k := slices.Index(t.words[i:min(len(t.words), int(i)+reach+1)], last); k < 2 || !otherMiddle(m[1:len(m)-1], t.words[int(i)+1:int(i)+k]) {
			return true
		}
	}
	return false
}

// otherMiddle reports whether what stands between somebody's first and last word are
// middle names of another: none of them is one of ours, or begins like one of ours that
// is an initial, or the other way about.
func otherMiddle(ours, theirs []string) bool {
	if len(ours) == 0 {
		return false
	}
	for _, w := range theirs {
		if particles[w] || noName[w] || len(w) == 0 {
			return false
		}
		for _, m := range ours {
			if m == w || (len(m) == 1 || len(w) == 1) && m[0] == w[0] || alikeWord(loose.Replace(m), loose.Replace(w)) {
				return false
			}
		}
	}
	return true
}

// Relative reports whether two names share the last word, as those of a family
// often do; one of them may be a first name alone, which then tells nothing.
func (n Name) Relative(o Name) bool {
	a, b := n.meaning(), o.meaning()
	return len(a) > 1 && len(b) > 1 && len(a[len(a)-1]) > 1 && a[len(a)-1] == b[len(b)-1]
}

// Shares reports whether two names have a word of more than one letter in common.
func (n Name) Shares(o Name) bool {
	a, b := n.loosely().meaning(), o.loosely().meaning()
	return slices.ContainsFunc(a, func(t string) bool { return len(t) > 1 && slices.Contains(b, t) })
}

// In reports whether the first word of a name, of three letters or more, stands in
// the part of a mail address before the @.
func (n Name) In(local string) bool {
	m := n.loosely().meaning()
	return len(m) > 0 && len(m[0]) > 2 && strings.Contains(loose.Replace(Fold(local)), m[0])
}

// loose writes letters as mail addresses do, which leave out the dots and rings.
var loose = strings.NewReplacer("oe", "o", "aa", "a", "ae", "a", "ue", "u")

// SameLoosely is Same for a name that was read from a mail address: "soren.aas"
// can be Søren Ås. It is true also for two spellings of one name.
func (n Name) SameLoosely(o Name) bool {
	return n.Same(o) || n.loosely().Same(o.loosely()) || n.alike(o)
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

// Alike reports whether two names begin with the same two letters, or one first name
// stands within the other, as a pet name and the name it stands for mostly do.
func (n Name) Alike(o Name) bool {
	a, b := n.loosely().meaning(), o.loosely().meaning()
	return len(a) > 0 && len(b) > 0 && len(a[0]) > 1 && len(b[0]) > 1 && (a[0][:2] == b[0][:2] || strings.Contains(a[0], b[0]) || strings.Contains(b[0], a[0]))
}
