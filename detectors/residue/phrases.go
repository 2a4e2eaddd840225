package residue

import (
	"strings"
	"unicode/utf8"

	"brevvagt/detectors"
)

// prompts are what Word shows in an empty field, in Danish and English. One that
// ends in a full stop must do so in the text: without it, it is an instruction in
// a manual.
var prompts = []string{
	"Klik her for at angive tekst", "Klik her for at skrive tekst", "Klik her for at indtaste tekst", "Klik eller tryk her for at skrive tekst",
	"Klik eller tryk her for at angive tekst", "Klik eller tryk for at angive en dato", "Klik her for at angive en dato", "Klik eller tryk her for at angive en dato",
	"Klik for at angive tekst", "Klik for at skrive tekst", "Klik for at angive en dato", "Klik for at tilføje tekst",
	"Vælg et element.", "Vælg en blok.", "Vælg en dato.", "Skriv tekst her", "Skriv navn her", "Skriv din tekst her", "Indsæt tekst her", "Indsæt navn her",
	"Click here to enter text", "Click or tap here to enter text", "Click here to enter a date", "Click or tap to enter a date",
	"Click to enter text", "Choose an item.", "Choose a building block.",
}

// fieldErrors are what Word puts in place of a field that leads nowhere.
var fieldErrors = []string{
	"Fejl! Bogmærke er ikke defineret", "Fejl! Henvisningskilde ikke fundet", "Fejl! Ingen tekst med den anførte typografi", "Fejl! Ukendt navn på dokumentegenskab",
	"Fejl! Ukendt argument for parameter", "Fejl! Hyperlinkreferencen er ugyldig", "Fejl! Ugyldig kæde", "Fejl! Objekter kan ikke oprettes",
	"Error! Bookmark not defined", "Error! Reference source not found", "Error! No text of specified style", "Error! Unknown document property name",
	"Error! Hyperlink reference not valid",
}

// names stand for nobody. After a salutation or a label they are what a template
// had there; elsewhere people may bear them, so nothing is said.
var (
	sureNames  = []string{"Fornavn Efternavn", "Test Testesen", "Navn Navnesen", "Test Testersen", "Testperson Testesen", "NAVN NAVNESEN", "Adresselinje1", "Vejnavn husnr"}
	namesAfter = []string{"Hans Hansen", "NN", "N.N.", "N. N.", "Hr./Fru", "Hr/Fru", "Navn", "Fornavn", "Borger Borgersen", "Jens Jensen"}
)

// capitalFields are field names that templates write in capitals in the middle of a
// sentence.
var capitalFields = []string{"BORGERNAVN", "BORGERENS NAVN", "MODTAGERNAVN", "KUNDENAVN", "KLIENTNAVN", "BARNETS NAVN", "BARNETSNAVN", "FORNAVN EFTERNAVN"}

// fillers are words that stand alone on a line of a paper not yet done.
var fillers = []string{"UDKAST", "KLADDE", "SKABELON", "TEST", "DRAFT", "Udkast", "Kladde", "UDKAST - IKKE TIL UDSENDELSE"}

// Texts that begin a placeholder by themselves.
const (
	mergeWord = "MERGEFIELD "
	lorem     = "lorem ipsum"
)

// phrase reads a fixed text at byte i, which begins a word.
func phrase(text string, i int) (hit, bool) {
	rest := text[i:]
	if c := rest[0]; c == 'K' || c == 'H' || c == 'D' {
		if h, ok := greeting(text, i); ok {
			return h, true
		}
	}
	if len(rest) > 1 && rest[1] >= 'A' && rest[1] <= 'Z' {
		if h, ok := capitalField(text, i); ok {
			return h, true
		}
	}
	switch rest[0] {
	case 'K', 'V', 'S', 'C', 'I':
		if n := anyPrefix(rest, prompts); n > 0 && endsWord(text, i+n) && !mentioned(text, i, i+n) {
			return hit{end: i + n, strength: detectors.Medium, why: "Words pladsholder"}, true
		}
	case 'E', 'F':
		if n := anyPrefix(rest, fieldErrors); n > 0 && !mentioned(text, i, i+n) {
			return hit{end: i + n, strength: detectors.Weak, why: "fejl fra et felt i Word"}, true
		}
	case 'M':
		if h, ok := mergeField(text, i); ok {
			return h, true
		}
	case 'l', 'L':
		if n := anyPrefix(rest, []string{lorem}); n > 0 && endsWord(text, i+n) {
			return hit{end: i + n, strength: detectors.Medium, why: "fyldtekst"}, true
		}
	case 'T', 'O', 'H', 'N':
		if h, ok := note(text, i); ok {
			return h, true
		}
	}
	if h, ok := filler(text, i); ok {
		return h, true
	}
	if h, ok := subject(text, i); ok {
		return h, true
	}
	return nobody(text, i)
}

// mergeField reads the instruction of a merge field as it stands in a Word file,
// alone on its line: MERGEFIELD Navn \* MERGEFORMAT.
func mergeField(text string, i int) (hit, bool) {
	rest := text[i:min(len(text), i+160)]
	if !strings.HasPrefix(rest, mergeWord) {
		return hit{}, false
	}
	from, to := lineOf(text, i)
	words := strings.Fields(text[i:to])
	if strings.TrimSpace(text[from:i]) != "" || len(words) < 2 || len(words) > 2 && !strings.HasPrefix(words[2], "\\") && !strings.HasPrefix(words[1], `"`) {
		return hit{}, false
	}
	_, length := trimmed(text[i:to])
	return hit{end: i + length, strength: detectors.Strong, why: "flettefelt"}, true
}

// filler reads a line that holds nothing but a word for an unfinished paper.
func filler(text string, i int) (hit, bool) {
	n := 0
	if strings.IndexByte("UKSTD", text[i]) < 0 {
		return hit{}, false
	}
	for _, f := range fillers {
		if len(f) > n && strings.HasPrefix(text[i:], f) {
			n = len(f)
		}
	}
	if n == 0 || !endsWord(text, i+n) {
		return hit{}, false
	}
	from, to := lineOf(text, i)
	around := text[from:i] + text[i+n:max(i+n, to)]
	if strings.Trim(around, " \t\r.!:*-–_()[]") != "" {
		return hit{}, false
	}
	return hit{end: i + n, strength: detectors.Weak, why: "mærket som ikke færdigt"}, true
}

// capitalField reads such a name with small letters before or behind it on its line:
// alone, or before a colon, it is the heading of a form.
func capitalField(text string, i int) (hit, bool) {
	for _, f := range capitalFields {
		end := i + len(f)
		if !strings.HasPrefix(text[i:], f) || !endsWord(text, end) || strings.HasPrefix(text[end:], ":") || mentioned(text, i, end) {
			continue
		}
		from, to := lineOf(text, i)
		if beside := text[from:i] + text[end:max(end, to)]; strings.ToUpper(beside) != beside && !codeAround(text, i, end) {
			return hit{end: end, strength: detectors.Strong, why: "feltnavn i teksten"}, true
		}
	}
	return hit{}, false
}

// nobody reads a name that stands for nobody.
func nobody(text string, i int) (hit, bool) {
	c := text[i]
	if c != 'F' && c != 'T' && c != 'H' && c != 'N' && c != 'B' && c != 'J' && c != 'A' && c != 'V' {
		return hit{}, false
	}
	for _, n := range sureNames {
		if strings.HasPrefix(text[i:], n) && endsWord(text, i+len(n)) && !mentioned(text, i, i+len(n)) {
			return hit{end: i + len(n), strength: greeted(text, i), why: "navn, der ikke er nogens"}, true
		}
	}
	for _, n := range namesAfter {
		end := i + len(n)
		if !strings.HasPrefix(text[i:], n) || !endsWord(text, end) {
			continue
		}
		from, to := lineOf(text, i)
		if introduced(text[from:i]) && strings.Trim(text[end:max(end, to)], " \t\r,!.") == "" {
			strength := greeted(text, i)
			if n == "Hans Hansen" || n == "Jens Jensen" { // people bear them
				strength = detectors.Weak
			}
			return hit{end: end, strength: strength, why: "navn, der ikke er nogens"}, true
		}
		if n == "NN" && eitherSex(text[from:to]) && !mentioned(text, i, end) {
			return hit{end: end, strength: detectors.Medium, why: "navn, der ikke er nogens"}, true
		}
	}
	return hit{}, false
}

// greeted is Medium for a name right behind a salutation, Weak elsewhere.
func greeted(text string, i int) detectors.Strength {
	from, _ := lineOf(text, i)
	switch strings.ToLower(strings.TrimSpace(text[from:i])) {
	case "kære", "hej", "til", "til rette vedkommende":
		return detectors.Medium
	case "":
		if closedBefore(text[:from]) {
			return detectors.Medium
		}
	}
	return detectors.Weak
}

// closedBefore reports whether a letter's closing is the line before.
func closedBefore(text string) bool {
	line := strings.TrimSpace(text[max(0, len(text)-60):])
	line = strings.ToLower(line[strings.LastIndexByte(line, '\n')+1:])
	return strings.HasSuffix(strings.TrimRight(line, ",."), "hilsen") || strings.HasPrefix(line, "mvh")
}

// subjects are what a template says in place of the person it speaks of; behind one, in
// the same case, stands what happened to her.
var (
	subjects = []string{"Borgers navn ", "Borgerens navn ", "Barnets navn ", "Elevens navn ", "Ansøgers navn ", "Modtagers navn ", "Patientens navn ", "Medarbejderens navn "}
	doings   = []string{"har ", "får ", "fik ", "skal ", "bor ", "bevilges ", "tildeles ", "ønsker ", "går "}
)

// subject reads "Borgers navn har fået bevilget en rollator".
func subject(text string, i int) (hit, bool) {
	if strings.IndexByte("ABEMP", text[i]) < 0 {
		return hit{}, false
	}
	n := anyPrefix(text[i:], subjects)
	if n == 0 || anyPrefix(text[i+n:], doings) == 0 || mentioned(text, i, i+n-1) {
		return hit{}, false
	}
	return hit{end: i + n - 1, strength: detectors.Medium, why: "feltnavn i teksten"}, true
}

// eitherSex reports whether a line speaks of somebody as templates do.
func eitherSex(line string) bool {
	line = strings.ToLower(line)
	for _, w := range [...]string{"han/hun", "hun/han", "hans/hendes", "hendes/hans", "ham/hende", "hende/ham"} {
		if strings.Contains(line, w) {
			return true
		}
	}
	return false
}

// notes begin a line that the writer left to herself, unfinished what it speaks of.
var (
	notes      = []string{"TODO:", "TODO ", "OBS:", "OBS ", "HUSK:", "HUSK ", "Husk:", "Husk ", "NB:", "NB "}
	unfinished = []string{"inden afsendelse", "inden udsendelse", "før afsendelse", "før udsendelse", "inden den sendes", "før den sendes", "skal rettes", "rettes af", "skal slettes", "slettes inden", "husk at slette", "husk at rette", "husk at tilrette", "husk at fjerne", "slet denne", "fjern denne", "udfyldes af"}
)

// note reads the beginning of such a line.
func note(text string, i int) (hit, bool) {
	n := anyPrefix(text[i:], notes)
	from, to := lineOf(text, i)
	if n == 0 || strings.Trim(text[from:i], " \t[(*-") != "" {
		return hit{}, false
	}
	line := strings.ToLower(text[i:to])
	for _, w := range unfinished {
		if strings.Contains(line, w) {
			return hit{end: i + n - 1, strength: detectors.Medium, why: "note til den, der skriver"}, true
		}
	}
	return hit{}, false
}

// introduced reports whether what stands before on the line asks for a name.
func introduced(before string) bool {
	switch strings.ToLower(strings.TrimSpace(before)) {
	case "kære", "hej", "navn:", "borger:", "vedr.:", "vedr.", "barn:":
		return true
	}
	return false
}

// anyPrefix gives the length of the text of list with which s begins, case
// ignored, or 0. Texts have two bytes or more.
func anyPrefix(s string, list []string) int {
	for _, p := range list {
		// Most are told apart by two bytes.
		if len(s) >= len(p) && (s[0]|0x20) == (p[0]|0x20) && (p[1] >= utf8.RuneSelf || (s[1]|0x20) == (p[1]|0x20)) && utf8.RuneStart(byteAt(s, len(p))) && strings.EqualFold(s[:len(p)], p) {
			return len(p)
		}
	}
	return 0
}

// byteAt is s[i], or a blank behind the end.
func byteAt(s string, i int) byte {
	if i < len(s) {
		return s[i]
	}
	return ' '
}
