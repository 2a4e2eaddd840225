package subject

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"brevvagt/document"
)

// Zone is a part of a Danish municipal letter.
type Zone byte

// The zones, in the order a letter has them.
const (
	Head       Zone = iota // letterhead, and what stands before anything else
	Address                // the addressee
	Reference              // date, case number, CPR number, subject line
	Salutation             // "Kære ..."
	Body
	Closing   // from "Med venlig hilsen" on
	Guidance  // complaint guidance, legal grounds, data protection notice
	CopyLines // "Kopi til", "Bilag"
)

// line is one line of a paper with its zone.
type line struct {
	segment, start int // index into the document's segments, offset in its text
	page           int
	text           string
	zone           Zone
	noColon        bool // where it is known
}

// maxLines bounds the work on one paper.
const maxLines = 20_000

// layout gives the lines of a paper (the visible text of its segments) with their
// zones.
func layout(doc *document.Document, segments []int) []line {
	out := make([]line, 0, countLines(doc, segments))
	for _, i := range segments {
		s := &doc.Segments[i]
		if s.At.Layer != document.Visible && s.At.Layer != "" || s.At.Cell != "" {
			continue
		}
		for start := 0; start <= len(s.Text) && len(out) < maxLines; {
			text := s.Text[start:]
			if end := strings.IndexByte(text, '\n'); end >= 0 {
				text = text[:end]
			}
			own := trimEnd(text)
			end := len(own)
			noColon := strings.IndexByte(own, ':') < 0
			if !noColon {
				if left := LeftOfReference(own); len(left) < len(own) {
					out = append(out, line{segment: i, start: start, page: s.At.Page, text: left})
					own = strings.TrimLeft(own[len(left):], " \t")
				}
			}
			if own == "" {
				end = len(text)
			}
			out = append(out, line{segment: i, start: start + end - len(own), page: s.At.Page, text: own, noColon: noColon})
			start += len(text) + 1
		}
	}
	assign(out)
	return out
}

// trimEnd is a line without the blanks that it ends in.
func trimEnd(s string) string {
	for s != "" && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t' || s[len(s)-1] == '\r') {
		s = s[:len(s)-1]
	}
	return s
}

// trim is strings.TrimSpace, at once for the lines that need none, as most.
func trim(s string) string {
	if n := len(s); n == 0 || s[0] > ' ' && s[n-1] > ' ' && s[0]|s[n-1] < utf8.RuneSelf {
		return s
	}
	return strings.TrimSpace(s)
}

// countLines is at least the number of lines that layout gives.
func countLines(doc *document.Document, segments []int) int {
	n := len(segments)
	for _, i := range segments {
		n += strings.Count(doc.Segments[i].Text, "\n")
	}
	return min(n, maxLines)
}

// assign walks down the lines. A page that begins with an address block begins a
// new letter.
func assign(lines []line) {
	zone, onPage := Head, 0
	for i := range lines {
		if onPage++; i > 0 && lines[i].page != lines[i-1].page {
			onPage = 0
		}
		text := trim(lines[i].text)
		if (zone <= Reference || onPage < 20 && lines[i].page > 1 || zone >= Closing && postLine(text) && greets(lines[i+1:])) && postLine(text) {
			if first := blockAbove(lines, i); first >= 0 {
				for k := first; k <= i; k++ {
					lines[k].zone = Address
				}
				zone = Reference
				continue
			}
		}
		if next, ok := cue(text, zone); ok {
			zone = next
		} else if zone >= Closing && anew(text) {
			zone = Reference
		}
		lines[i].zone = zone
		if zone == Salutation {
			zone = Body
		}
	}
}

// anew reports whether a line behind the end of one paper says whom the next is about,
// in a file that was put together of several.
func anew(text string) bool {
	w := subjectCues.of(text)
	if w == "" || !strings.HasPrefix(w, "ved") && !citizenLabel(strings.TrimSuffix(w, ":")) {
		return false
	}
	_, ok := nameAt(subjectCues.after(text), false)
	return ok
}

// greets reports whether a salutation stands in the next lines: then what stands
// before it, after the end of one letter, is the head of the next and no signature.
func greets(lines []line) bool {
	for i := range min(20, len(lines)) {
		if zone, ok := cue(strings.TrimSpace(lines[i].text), Reference); ok && zone == Salutation {
			return true
		}
	}
	return false
}

// cues begin a zone when a line begins with them.
var cues = []struct {
	zone  Zone
	words []string
}{
	{Closing, []string{"med venlig hilsen", "med venlige hilsner", "venlig hilsen", "venlige hilsner", "mvh", "på vegne af", "kind regards", "best regards", "yours sincerely"}},
	{Guidance, []string{"klagevejledning", "lovgrundlag", "sådan behandler vi dine", "retsgrundlag", "vejledning om klage", "behandling af personoplysninger", "dine rettigheder", "hvis du vil klage"}},
	{CopyLines, []string{"kopi til", "kopi:", "bilag:", "vedlagt:", "cc:"}},
	{Salutation, []string{"kære ", "hej ", "til forældremyndighed", "til rette vedkommende", "dear ", "goddag ", "god dag ", "hejsa ", "hello ", "hei ", "kjære ", "bäste ", "liebe ", "lieber ", "sehr geehrte"}},
	{Reference, []string{"dato", "den ", "sagsnr", "sagsnummer", "sags-id", "sagsbehandler", "j.nr", "journalnr", "deres ref", "vores ref", "cpr", "vedr", "vedrørende", "dok.nr", "dokumentnr", "personnr"}},
}

// zoneCues has the words of all cues, to pass over lines that begin with none, and
// cueZones the zone of each.
var zoneCues, cueZones = func() (wordList, map[string]Zone) {
	var all []string
	zones := make(map[string]Zone)
	for _, c := range cues {
		all = append(all, c.words...)
		for _, w := range c.words {
			zones[w] = c.zone
		}
	}
	return newWordList(all...), zones
}()

// wordList is words in lower case with which a line may begin. Every line of a mail
// is asked for every cue, so the first two letters decide for most of them.
type wordList struct {
	by    [256][]string // by first byte, in either case
	first [256]uint32   // by first byte: a bit for the low five bits of the second
}

func newWordList(words ...string) wordList {
	var l wordList
	add := func(c byte, w string) {
		l.first[c] |= 1 << (w[1] & 0x1f) // letters are alike but for bit 5
		l.by[c] = append(l.by[c], w)
	}
	for _, w := range words {
		add(w[0], w)
		if w[0] >= 'a' && w[0] <= 'z' {
			add(w[0]-'a'+'A', w)
		}
	}
	return l
}

// of gives the word with which text begins, whatever its case, or "". Words stand
// in their order of preference.
func (l *wordList) of(text string) string {
	if len(text) < 2 || l.first[text[0]]&(1<<(text[1]&0x1f)) == 0 {
		return ""
	}
	for _, w := range l.by[text[0]] {
		if beginsWith(text, w) {
			return w
		}
	}
	return ""
}

// after gives what follows the word with which text begins.
func (l *wordList) after(text string) string {
	w := l.of(text)
	if w == "" {
		return ""
	}
	return strings.TrimSpace(text[len(w):])
}

// beginsWith reports whether text begins with a word of ours, which is in lower
// case and has two letters or more, whatever the text's own.
func beginsWith(text, word string) bool {
	if len(text) < len(word) || word[0] < utf8.RuneSelf && text[0]|0x20 != word[0]|0x20 ||
		word[1] < utf8.RuneSelf && text[1]|0x20 != word[1]|0x20 {
		return false
	}
	return strings.EqualFold(text[:len(word)], word)
}

func cue(text string, now Zone) (Zone, bool) {
	found := zoneCues.of(text)
	if found == "" {
		return 0, false
	}
	zone := cueZones[found]
	switch {
	case zone == Reference && now > Reference,
		zone == Salutation && (now == Guidance || len(text) > 80),
		zone == Closing && len(text) > 60:
		return 0, false
	}
	return zone, true
}

// postLine tells "5000 Odense C", with a country's letters before or not.
func postLine(s string) bool {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "DK-"), "DK ")
	if len(s) < 7 || len(s) > 45 || s[4] != ' ' {
		return false
	}
	for i := range 4 {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	for i, r := range strings.TrimSpace(s[4:]) {
		if i == 0 && !unicode.IsUpper(r) || !unicode.IsLetter(r) && r != ' ' && r != '.' && r != '-' {
			return false
		}
	}
	return true
}

// streetLine tells "Testvej 12, 2. tv": letters, then a house number.
func streetLine(s string) bool {
	if len(s) > 4 && strings.EqualFold(s[:4], "c/o ") {
		// "c/o Eksempel, Testvej 1"
		_, s, _ = strings.Cut(s, ", ")
	}
	fields := strings.Fields(s)
	for i, w := range fields {
		if i > 0 && w[0] >= '0' && w[0] <= '9' {
			first := []rune(fields[0])[0]
			return len(s) <= 60 && unicode.IsUpper(first) && !strings.ContainsAny(s, ":")
		}
	}
	return false
}

// StreetIn reports whether a street with a house number stands somewhere in a text.
func StreetIn(text string) bool {
	words := strings.Fields(text)
	for i := 1; i < len(words); i++ {
		if words[i][0] >= '1' && words[i][0] <= '9' && capital(words[i-1]) && isStreet(Fold(words[i-1])) {
			return true
		}
	}
	return false
}

// blockAbove gives the first line of the address block whose post code stands in
// line i, or -1 when it is none, or the organisation's own.
func blockAbove(lines []line, i int) int {
	street := -1
	first := -1
	for k := i - 1; k >= max(0, i-5); k-- {
		text := strings.TrimSpace(lines[k].text)
		switch {
		case text == "":
			if street >= 0 && first >= 0 {
				return first
			}
			if street < 0 {
				return -1
			}
			continue
		case organisation(text):
			return -1
		case street < 0 && streetLine(text):
			street = k
		case street >= 0:
			if _, ok := addresseeLine(text); ok {
				first = k
				if k == street-1 || !strings.HasPrefix(strings.ToLower(text), "att") {
					return first
				}
			}
		case len(text) > 50:
			return -1
		}
	}
	return first
}

// addresseeLine reads the line of an address block that names a person.
func addresseeLine(text string) (Name, bool) {
	for _, mark := range []string{"Til ", "Att.: ", "Att.:", "Att. ", "Hr. ", "Fru "} {
		text = strings.TrimPrefix(text, mark)
	}
	if strings.HasPrefix(text, "c/o") || strings.HasPrefix(text, "C/O") {
		return Name{}, false
	}
	n, ok := wholeName(text)
	if !ok && len(text) <= maxBlockLine {
		// A couple: who stands first is the addressee.
		for _, join := range []string{" og ", " & ", " + ", "/"} {
			if before, other, couple := strings.Cut(text, join); couple && !ok {
				if !strings.Contains(before, " ") && join != " og " {
					before += " " + other[strings.LastIndexByte(other, ' ')+1:] // "Testa & Prøve Eksempel"
				}
				n, ok = wholeName(before)
			}
		}
	}
	if ok && strings.Contains(text, " og ") && !slices.ContainsFunc(n.tokens, func(t string) bool { return len(t) == 1 || Forename(t) }) {
		return Name{}, false // "Plan og Byg" is a department, a couple has a first name or an initial
	}
	return n, ok
}

// organisation tells lines of a letterhead or of an addressee that is no person.
func organisation(text string) bool {
	for _, w := range words(text) {
		switch f := Fold(w); {
		case organisations[f]:
			return true
		case strings.HasSuffix(f, "kommune") || strings.HasSuffix(f, "forvaltning") || strings.HasSuffix(f, "forvaltningen") || strings.HasSuffix(f, "center") || strings.HasSuffix(f, "afdeling") || strings.HasSuffix(f, "afdelingen") || strings.HasSuffix(f, "forening") || strings.HasSuffix(f, "foreningen") || strings.HasSuffix(f, "klub") || strings.HasSuffix(f, "laug") || strings.HasSuffix(f, "komite") || strings.HasSuffix(f, "faellesskabet") || strings.HasSuffix(f, "udvalget"):
			return true
		}
	}
	return strings.Contains(text, "A/S")
}

var organisations = set("kommune kommunes region raadhus raadhuset borgerservice jobcenter cvr ean aps ministeriet styrelsen telefon tlf naevn skole skolen")
