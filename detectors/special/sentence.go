package special

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"brevvagt/detectors/special/general"
	"brevvagt/internal/lower"
	"brevvagt/internal/needle"
)

// A sentence without a full stop ends after so many bytes; a table without line
// ends would be one sentence otherwise.
const (
	lookBack  = 400
	lookAhead = 600
)

// sentence is a sentence or a row of a table, and what it says of all its hits.
type sentence struct {
	start, end      int
	lower           string // the sentence in small letters
	anchor          string // what ties it to a person, in Danish, or ""
	general         bool   // it speaks of people in general
	listsCategories bool   // it names the categories of data as a privacy notice does
	afterSignature  bool   // it stands in a signature
}

// sentenceAt gives the sentence around byte at; it does not begin before from.
func (ix *index) sentenceAt(text string, at, from int) sentence {
	s := sentence{start: max(from, at-lookBack, 0), end: min(len(text), at+lookAhead)}
	for i := at - 1; i >= s.start; i-- {
		if endsSentence(text, i) {
			s.start = i + 1
			break
		}
	}
	for i := at; i < s.end; i++ {
		if endsSentence(text, i) {
			s.end = i + 1
			break
		}
	}
	for s.end < len(text) && !utf8.RuneStart(text[s.end]) {
		s.end++
	}
	for s.start < at && !utf8.RuneStart(text[s.start]) {
		s.start++
	}
	raw := text[s.start:s.end]
	s.lower = lower.InPlace(raw)
	s.listsCategories = listsCategories(s.lower)
	s.general = general.Sentence(s.lower)
	s.anchor = anchorOf(raw, s.lower, s.general)
	if s.anchor == anchorFigure && (fromHandbook(text, s.start, s.end) || statesLaw(s.lower)) {
		s.anchor = ""
	}
	if s.anchor == anchorName && ofProgramme(raw) {
		s.anchor = ""
	}
	if s.anchor == "" && !s.general && (underName(text, s.start, raw) || goesOn(text, s.start, raw)) {
		s.anchor = anchorName
	}
	s.afterSignature = s.anchor != anchorNumber && inSignature(text, s.start)
	return s
}

// ofProgramme reports whether a line is one of a day's programme, a time and a title with
// the speaker last: "Kl. 11: Depression hos unge, Testperson Eksempel".
func ofProgramme(line string) bool {
	line = strings.TrimSpace(line)
	k := strings.LastIndex(line, ", ")
	return k > 0 && (strings.HasPrefix(line, "Kl. ") || strings.HasPrefix(line, "kl. ")) && strings.Count(line[k:], " ") == 2 && twoNames(line[k+2:])
}

// statesLaw reports whether a sentence says what an act allows or demands: "efter § 47
// kan udvalget træffe afgørelse, når barnet ...".
func statesLaw(lower string) bool {
	return strings.Contains(lower, "§") && containsAny(lower, []string{" kan ", " skal ", " når ", " må "})
}

// fieldsBelow is how many lines of a form may stand between a name and what is told of it.
const fieldsBelow = 6

// eventLabels begin the lines of a form that name a course or a place of work.
var eventLabels = setOf("kursus kursets kursustitel hold foredrag arrangement titel afdeling stilling arbejdssted uddannelse arbejdsplads tema")

// underName reports whether a line "Emne: ..." stands in a form whose lines above it
// name a citizen: "Borger: Testperson Eksempel".
func underName(text string, start int, line string) bool {
	label, _, ok := strings.Cut(line, ":")
	if !ok || len(label) > 25 || strings.Count(strings.TrimSpace(label), " ") > 1 || eventLabels[strings.ToLower(strings.TrimSpace(label))] {
		return false
	}
	above := text[max(0, start-lookBack):start]
	for range fieldsBelow {
		above = strings.TrimRight(above, " \r")
		if !strings.HasSuffix(above, "\n") {
			return false
		}
		above = strings.TrimRight(above[:len(above)-1], " \r")
		n := strings.LastIndexByte(above, '\n') + 1
		first, name, ok := strings.Cut(strings.TrimSpace(above[n:]), " ")
		switch {
		case first == "":
			return false // another paragraph
		case ok && nameLabel(first) && strings.HasSuffix(first, ":") && twoNames(name):
			return true
		}
		above = above[:n]
	}
	return false
}

// twoNames reports whether a text begins with two words that may be a name.
func twoNames(s string) bool {
	words := strings.Fields(s)
	return len(words) > 1 && nameLike(strings.TrimRight(words[0], ",.;")) && nameLike(strings.TrimRight(words[1], ",.;"))
}

// endsSentence reports whether the sentence ends with byte i.
func endsSentence(text string, i int) bool {
	switch text[i] {
	case '!', '?':
		return i+1 == len(text) || text[i+1] == ' ' || text[i+1] == '\n'
	case '\n':
		return lineEndsSentence(text, i)
	case '.':
		rest := strings.TrimLeft(text[i+1:min(len(text), i+8)], ")\"”»' \t\r\n")
		if i+1 < len(text) && !strings.ContainsRune(" \t\r\n)\"”»'", firstRune(text[i+1:])) {
			return false
		}
		next := firstRune(rest)
		if rest != "" && (unicode.IsLower(next) || unicode.IsDigit(next) && dayBefore(text, i)) {
			return false
		}
		return !abbreviated(text[max(0, i-12):i])
	}
	return false
}

// dayBefore reports whether one or two digits stand before byte i: "født 19. 4. 1956"
// is one sentence.
func dayBefore(text string, i int) bool {
	n := 0
	for n < 3 && i > n && text[i-1-n] >= '0' && text[i-1-n] <= '9' {
		n++
	}
	return n == 1 || n == 2
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// abbreviations take a full stop and are longer than two letters.
var abbreviations = map[string]bool{"tlf": true, "pkt": true, "stk": true, "ang": true, "vedr": true, "evt": true, "inkl": true, "ekskl": true, "afd": true, "kap": true, "bekg": true, "jnr": true, "sagsnr": true, "eks": true, "dgn": true, "diag": true, "brg": true, "bost": true, "lejl": true, "misbr": true, "amf": true, "iflg": true, "ifl": true, "udadreag": true, "vrangf": true, "afv": true, "anm": true, "beh": true, "osv": false}

// abbreviated reports whether the word before a full stop is an initial or an
// abbreviation.
func abbreviated(before string) bool {
	n := strings.LastIndexAny(before, " .(\n\t") + 1
	w := before[n:]
	if w == "" {
		return false
	}
	if utf8.RuneCountInString(w) == 1 && unicode.IsUpper(firstRune(w)) {
		return true
	}
	lower := strings.ToLower(w)
	return abbreviations[lower] || utf8.RuneCountInString(w) <= 2 && strings.Contains("nr ca kl bl dr fx hr st jf pr tv th mf", lower)
}

// lineEndsSentence tells a broken line of prose from the end of a line that
// stands by itself (a row, a heading, an entry of a list).
func lineEndsSentence(text string, i int) bool {
	rest := strings.TrimLeft(text[i+1:min(len(text), i+10)], " \r")
	if rest == "" || rest[0] == '\n' {
		return true
	}
	if unicode.IsLower(firstRune(rest)) {
		return false
	}
	from := max(0, i-300)
	line := text[from+strings.LastIndexByte(text[from:i], '\n')+1 : i]
	trimmed := strings.TrimRight(line, " \r")
	broken := len(line) >= 55 && unicode.IsLetter(firstRune(rest)) && trimmed != "" && strings.IndexByte(".!?:;", trimmed[len(trimmed)-1]) < 0 &&
		strings.Count(line, ";") < 2 && strings.Count(line, "\t") == 0
	return !broken
}

// closings begin a signature.
var closings = []string{"med venlig hilsen", "med venlige hilsner", "venlig hilsen", "venligst", "mvh", "de bedste hilsner", "bedste hilsner", "hilsen", "kind regards", "best regards"}

// inSignature reports whether a closing stands at most 500 bytes before, with
// nothing but short lines since.
func inSignature(text string, at int) bool {
	near := text[max(0, at-500):at]
	for len(near) > 0 {
		near = strings.TrimRight(near, " \r\n")
		n := strings.LastIndexByte(near, '\n')
		line := strings.ToLower(strings.TrimSpace(near[n+1:]))
		if len(line) > 90 || strings.HasPrefix(line, "fra:") || strings.HasPrefix(line, "from:") || strings.HasPrefix(line, "---") {
			return false
		}
		for _, c := range closings {
			if strings.HasPrefix(line, c) && len(line) < len(c)+30 {
				return true
			}
		}
		near = near[:n+1]
		if n < 0 {
			break
		}
	}
	return false
}

// categoryNames are how privacy notices name the kinds of data.
var categoryNames = []string{"race", "etnisk oprindelse", "politisk overbevisning", "politiske", "religiøs", "filosofisk", "fagforening", "genetisk", "biometrisk",
	"helbredsoplysning", "helbredsforhold", "seksuel", "strafbare forhold", "straffedom", "lovovertrædelse", "cpr-nummer", "personnummer", "kontaktoplysning", "sociale problemer", "økonomiske forhold", "familieforhold",
	"navn,", "adresse,", "misbrug", "sygdom", "kriminalitet"}

// noticeWords stand in privacy notices and the warnings below mails.
var noticeWords = []string{"følsomme oplysninger", "følsomme personoplysninger", "databeskyttelsesforordning", "gdpr", "behandler personoplysninger", "behandling af personoplysninger", "registreredes rettigheder", "kan indeholde fortrolige", "denne e-mail", "denne mail", "samtykke til behandling"}

var (
	categoryNeedles = needle.New(categoryNames)
	noticeNeedles   = needle.New(noticeWords)
)

// listsCategories reports whether five or more categories are named, or the
// sentence speaks of the processing of personal data itself.
func listsCategories(lower string) bool {
	return categoryNeedles.Distinct(lower, 5) || noticeNeedles.In(lower)
}
