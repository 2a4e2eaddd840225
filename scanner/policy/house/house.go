// Package house tells the schools, nursing homes and other houses that papers are made
// out for from those that they are sent to.
package house

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// House is a house for whose attention a paper is sent.
type House struct {
	Another   string   // "en anden skole", for sentences: what it is, never its name
	kind      []string // stems of what houses of its kind are called
	own       string   // what it alone is called, plain
	whole     string   // its name as written, plain words
	attention []string // words of whom its paper is for there, plain
}

// kinds are the houses that there are several of in a municipality, each with its own
// pupils, residents or patients.
var kinds = []House{
	{Another: "en anden skole", kind: []string{"friskole", "privatskole", "efterskole", "realskole", "lilleskole", "specialskole", "folkeskole", "skole"}},
	{Another: "et andet dagtilbud", kind: []string{"boernehave", "vuggestue", "boernehus", "dagtilbud", "boernegaard", "fritidshjem"}},
	{Another: "et andet plejehjem", kind: []string{"plejehjem", "plejecenter", "aeldrecenter", "omsorgscenter"}},
	{Another: "et andet bosted", kind: []string{"botilbud", "bosted", "opholdssted", "doegninstitution", "krisecenter", "bofaellesskab"}},
	{Another: "et andet lægehus", kind: []string{"laegehus", "laegeklinik", "laegepraksis", "laegecenter", "laegerne"}},
	{Another: "en anden tandklinik", kind: []string{"tandklinik", "tandlaegehus", "tandlaegeklinik", "tandlaegerne"}},
	{Another: "et andet apotek", kind: []string{"apotek"}},
	{Another: "et andet sygehus", kind: []string{"sygehus", "hospital"}},
}

const (
	// headLines is how many lines of a paper are its head.
	headLines = 12
	// maxLine is the longest line that is taken for a house's name, in bytes.
	maxLine = 60
	// leastOwn is the shortest name that tells a house from others of its kind.
	leastOwn = 4
)

// Of is the house for which a paper is made out by its head: a line with its name behind
// "Til", or one with the name above a line that begins with "Att.".
func Of(text string) (House, bool) {
	before, n := "", 0
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if n++; n > headLines {
			break
		}
		if to, ok := strings.CutPrefix(line, "Til "); ok {
			if name, who, ok := strings.Cut(to, ", "); ok {
				if h, found := named(name); found {
					h.attention = words(withoutAtt(who))
					return h, true
				}
			}
			if h, found := named(to); found {
				return h, true
			}
		}
		if who := withoutAtt(line); who != line {
			if h, found := named(before); found {
				h.attention = words(who)
				return h, true
			}
		}
		before = line
	}
	return House{}, false
}

// withoutAtt is a line without the mark for whose attention it is.
func withoutAtt(line string) string {
	low := strings.ToLower(line)
	for _, mark := range []string{"att.:", "att.", "att:", "att "} {
		if strings.HasPrefix(low, mark) {
			return strings.TrimSpace(line[len(mark):])
		}
	}
	return line
}

// named reads a line that is the name of a house: words with a capital first, one of which
// says of what kind it is and the rest, or the rest of that word, which one it is.
func named(line string) (House, bool) {
	first, _ := utf8.DecodeRuneInString(line)
	if len(line) > maxLine || !unicode.IsUpper(first) || strings.ContainsAny(line, "0123456789:@") {
		return House{}, false
	}
	list := words(line)
	for _, h := range kinds {
		if h.own = h.apart(list); len(h.own) >= leastOwn {
			h.whole = strings.Join(list, " ")
			return h, true
		}
	}
	return House{}, false
}

// apart is what tells a house from others of its kind in the words of its name, joined; ""
// where none of them says that it is one.
func (h *House) apart(list []string) string {
	var out strings.Builder
	is := false
	for _, w := range list {
		rest, ok := h.cut(w)
		is = is || ok
		if rest = strings.TrimSuffix(rest, "s"); !fillers[rest] {
			out.WriteString(rest)
		}
	}
	if !is {
		return ""
	}
	return out.String()
}

// cut takes the stem of the kind off the end of a word.
func (h *House) cut(w string) (rest string, ok bool) {
	for _, end := range []string{"", "n", "en", "et", "r", "s"} {
		for _, stem := range h.kind {
			if rest, ok := strings.CutSuffix(w, stem+end); ok {
				return rest, true
			}
		}
	}
	return w, false
}

// fillers stand in the names of many houses.
var fillers = map[string]bool{"den": true, "det": true, "i": true, "paa": true, "ved": true, "og": true, "kommune": true, "kommunale": true, "selvejende": true, "integreret": true, "integrerede": true, "leder": true, "skoleleder": true, "kontor": true, "kontoret": true, "afdeling": true}

// Is reports whether a recipient may be the house, by what it is called or by its address:
// either has the name that the house alone has, or that of whom its paper is for there.
func (h *House) Is(display, address string) bool {
	called := loose(plain(display) + " " + plain(address))
	joined := strings.ReplaceAll(called, " ", "")
	return strings.Contains(joined, loose(h.own)) || slices.ContainsFunc(h.attention, func(w string) bool {
		return len(w) >= leastOwn && !fillers[w] && slices.Contains(strings.Fields(called), loose(w))
	})
}

// Like reports whether a recipient is a house of the same kind, by what it is called or by
// its domain.
func (h *House) Like(display, address string) bool {
	_, domain, _ := strings.Cut(address, "@")
	if end := strings.LastIndexByte(domain, '.'); end > 0 {
		domain = domain[:end]
	}
	return slices.ContainsFunc(append(words(display), words(domain)...), func(w string) bool {
		rest, ok := h.cut(w)
		return ok && (rest != "" || slices.Contains(h.kind, w))
	})
}

// Domains are the domains that the house may have, with the ending of a recipient's domain
// or the country's.
func (h *House) Domains(beside string) []string {
	var out []string
	list := strings.Fields(h.whole)
	endings := []string{".dk"}
	if end := strings.LastIndexByte(beside, '.'); end >= 0 && beside[end:] != ".dk" {
		endings = append(endings, beside[end:])
	}
	for _, end := range endings {
		for _, sign := range []string{"", "-"} {
			name := strings.Join(list, sign)
			out = append(out, name+end, loose(name)+end)
		}
	}
	return out
}

// words are the plain words of a text.
func words(text string) []string { return strings.Fields(plain(text)) }

// letters are how names are written where only plain letters may stand.
var letters = strings.NewReplacer("æ", "ae", "ø", "oe", "å", "aa", "é", "e", "ü", "u")

// plain is a text in plain small letters, with a blank for all else.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return ' '
	}, letters.Replace(strings.ToLower(text)))
}

// loose is a plain text as domains also have it: "soro" for Sorø, "ars" for Aars.
func loose(s string) string { return strings.NewReplacer("ae", "a", "oe", "o", "aa", "a").Replace(s) }
