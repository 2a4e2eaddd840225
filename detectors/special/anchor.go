package special

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"brevvagt/internal/needle"
)

// The anchors, as they are told to people.
const (
	anchorNumber   = "ved et CPR-nummer"
	anchorName     = "ved et navn"
	anchorInitials = "ved initialer og alder"
	anchorFirst    = "ved et fornavn"
	anchorWord     = "om en bestemt person"
	anchorFigure   = "om borgeren, barnet eller en pårørende"
)

func setOf(words string) map[string]bool {
	set := make(map[string]bool)
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// anchorOf gives what ties a sentence to a person, the surest first, or "".
func anchorOf(raw, lower string, general bool) string {
	switch {
	case hasNumber(raw):
		return anchorNumber
	case hasInitials(raw):
		return anchorInitials
	case (hasName(raw) || hasAge(raw) || hasFamily(raw)) && (!officeNeedles.In(lower) || befell(raw)):
		return anchorName
	case hasFirstName(raw) && !general && !containsAny(lower, officeWords):
		return anchorFirst
	case personWord(unnamed(raw, lower), pronouns) && !general:
		return anchorWord
	case personWord(lower, figures) && !general:
		return anchorFigure
	}
	return ""
}

// hasNumber reports whether a number of the form of a CPR number stands in s, be
// it masked (010203-xxxx) or not; whether it is one is another detector's work.
func hasNumber(s string) bool {
	run := 0
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			run = 0
			continue
		}
		run++
		if run != 6 || i >= 6 && s[i-6] >= '0' && s[i-6] <= '9' {
			continue
		}
		day, month := s[i-5:i-3], s[i-3:i-1]
		if day == "00" || day > "31" && day < "61" || day > "91" || month == "00" || month > "12" || ofBook(s[:i-5]) {
			continue
		}
		rest := strings.TrimLeft(s[i+1:min(len(s), i+9)], " -–\u00a0")
		if len(rest) >= 4 && fourOf(rest[:4]) && (len(rest) == 4 || rest[4] < '0' || rest[4] > '9') {
			return true
		}
	}
	return false
}

// ofBook reports whether a number behind a text is called a book's.
func ofBook(before string) bool {
	before = strings.TrimRight(before, " :-")
	return len(before) >= 4 && strings.EqualFold(before[len(before)-4:], "isbn")
}

// fourOf accepts four digits, or four signs that hide them.
func fourOf(s string) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && c != 'x' && c != 'X' && c != '*' {
			return false
		}
	}
	return true
}

// hasInitials reports whether initials stand with an age: "A.B., 7 år", "MK (12 år)".
func hasInitials(s string) bool {
	n := strings.Index(s, " år")
	for base := 0; n >= 0; {
		before := strings.TrimRight(s[max(0, base+n-16):base+n], "0123456789")
		if len(before) < min(16, base+n) && initialsAtEnd(strings.TrimRight(before, " ,(–-")) {
			return true
		}
		base += n + 3
		n = strings.Index(s[base:], " år")
	}
	return false
}

// hasAge reports whether a first name stands with an age: "Astrid på 8 år".
func hasAge(s string) bool {
	n := strings.Index(s, " år")
	if n < 0 {
		return false
	}
	before := strings.TrimRight(s[:n], "0123456789")
	if len(before) == n {
		return false
	}
	before = strings.TrimSuffix(strings.TrimRight(before, " ,(–-"), " på")
	return firstNames[before[strings.LastIndexAny(before, " \t\n(;\"")+1:]]
}

// hasFamily reports whether a family is named: "familien Eksempel".
func hasFamily(s string) bool {
	_, name, ok := strings.Cut(s, "amilien ")
	return ok && nameLike(strings.TrimRight(firstWord(name), ",.:;!?"))
}

func firstWord(s string) string {
	if n := strings.IndexAny(s, " \t\n"); n >= 0 {
		return s[:n]
	}
	return s
}

func initialsAtEnd(s string) bool {
	s = strings.TrimSuffix(s, " på")
	start := strings.LastIndexAny(s, " \t\n(;") + 1
	w := strings.ReplaceAll(s[start:], ".", "")
	n := utf8.RuneCountInString(w)
	return n >= 2 && n <= 4 && strings.IndexFunc(w, func(r rune) bool { return !unicode.IsUpper(r) }) < 0
}

// orgWords end or begin names of bodies and places, never of people.
var orgWords = setOf(`Kommune Kommunes Region Regionen Regionens Center Centret Skole Skolen Friskole Gymnasium Forvaltning Forvaltningen Afdeling Afdelingen
 Dansk Danske Danmark Danmarks Forening Foreningen Landsforeningen Forbund Forbundet Styrelsen Ministeriet Hospital Hospitalet Sygehus Universitet Klinik Fonden Fond Råd Rådet
 Udvalg Udvalget Nævn Nævnet Nord Syd Øst Vest Kors Bekæmpelse Patientforening Hjælp Kirke Sogn Provsti Plads Torv Allé Vej Gade Park Hus Huset Plejehjem Børnehus Børnehave Vuggestue Lov Pulje Pris Legat Stiftelsen Institut Bibliotek`)

// orgEndings end words of the same kind.
var orgEndings = []string{"vej", "gade", "skole", "skolen", "center", "centret", "hjem", "hjemmet", "kommune", "huset", "forening", "foreningen", "afdeling", "afdelingen", "styrelsen", "forvaltningen", "parken", "kirke", "gården", "hospital", "stræde", "allé", "plads", "torv"}

// hasName reports whether a first name is followed by another name ("Anna Maria
// Testesen", "Anna M. Testesen") of somebody who is not there by office. After a
// label such as "Navn:" any two words with capitals are a name.
func hasName(s string) bool {
	words := strings.Fields(s)
	for i := 0; i+1 < len(words); i++ {
		first := strings.TrimLeft(words[i], "\"“”»«(„*;,|[")
		if j := strings.LastIndexAny(first, ";|,:"); j >= 0 && j+1 < len(first) {
			first = first[j+1:] // a row without blanks: "12;Anna Testesen;..."
		}
		if len(first) > 1 && first[0] >= 'A' && first[0] <= 'Z' && (first[1] == '.' && initialled(first, words[i+1:]) || first[1] >= 'A' && first[1] <= 'Z' && shouted(first, words[i+1]) && !byOffice(words, i, i+2)) {
			return true
		}
		labelled := i > 0 && nameLabel(words[i-1])
		if !firstNames[first] && !(nameLike(first) && (labelled || (surname(words[i+1]) || personally(words, i+2)) && !byOffice(words, i+1, i+2))) {
			continue
		}
		to := i + 1
		if len(words[to]) == 2 && words[to][1] == '.' && i+2 < len(words) {
			to++
		}
		last := words[to]
		if j := strings.IndexAny(last, ";|"); j > 0 {
			last = last[:j]
		}
		if last = strings.TrimRight(last, "\"”“».,:;!?)"); nameLike(last) {
			for to++; to < len(words) && nameLike(strings.TrimRight(words[to], ",.:;")); to++ {
			}
			if !byOffice(words, i, to) {
				return true
			}
			i = to - 1
		}
	}
	return false
}

// shouted reports whether two words are a name in capitals, "ANNA TESTESEN".
func shouted(first, last string) bool {
	if len(first) < 3 || strings.ToUpper(first) != first {
		return false
	}
	last = strings.TrimRight(last, "\"”“».,:;!?)")
	if len(last) < 4 || strings.ToUpper(last) != last || strings.IndexFunc(last, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' }) >= 0 {
		return false
	}
	head, size := utf8.DecodeRuneInString(first)
	return firstNames[string(head)+strings.ToLower(first[size:])]
}

// initialled reports whether initials with full stops begin a name of whom the sentence
// says what only a person is or does: "A. B. Testesen er indlagt".
func initialled(first string, next []string) bool {
	for len(first) > 1 && first[0] >= 'A' && first[0] <= 'Z' && first[1] == '.' {
		if first = first[2:]; first != "" {
			continue
		}
		if len(next) == 0 {
			return false
		}
		first, next = next[0], next[1:]
	}
	return surname(first) && (personally(next, 0) || befallen(next))
}

// surnames end most Danish family names; before one, any word with a capital is a
// first name, however rare.
var surnames = []string{"sen", "gaard", "gård", "holm", "strup", "bæk", "bech", "dahl", "lund", "toft", "berg", "skov", "ravn", "møller", "bjerg", "kjær", "dal", "holt", "mark", "sson", "quist", "qvist", "feldt"}

func surname(w string) bool {
	w = strings.TrimRight(w, "\"”“».,:;!?)")
	if !nameLike(w) || strings.HasSuffix(w, "elsen") || strings.HasSuffix(w, "ssen") && len(w) < 5 {
		return false
	}
	w = strings.ToLower(w)
	for _, e := range surnames {
		if strings.HasSuffix(w, e) {
			return true
		}
	}
	return false
}

// personVerbs are what a person does or what befalls her and hardly any body; behind
// "er", "har" and "blev" a word of personStates must follow.
var (
	personVerbs  = setOf("lider bor drikker møder løslades afsoner fødte græder savner beder fylder døde sover ryger føler oplever")
	personStates = setOf("indstillet indlagt sygemeldt anbragt visiteret dømt sigtet anholdt født fået haft været gravid alene syg døende dement diagnosticeret udredt opereret skilt gift tvangsindlagt fængslet tiltalt flygtet konverteret medlem homoseksuel muslim misbruger alkoholiker ikke meget svært")
)

// personally reports whether words[i:] say what only a person is or does, so that the
// two words with capitals before them are a name.
func personally(words []string, i int) bool {
	if i >= len(words) {
		return false
	}
	if personVerbs[words[i]] {
		return true
	}
	switch words[i] {
	case "er", "har", "blev", "bliver", "var":
		return i+1 < len(words) && personStates[strings.TrimRight(words[i+1], ".,;:!?")]
	}
	return false
}

// nameLabel reports whether a word introduces a name.
func nameLabel(w string) bool {
	switch strings.ToLower(w) {
	case "navn:", "borger:", "barn:", "patient:", "vedr.:", "vedr.", "vedrørende", "elev:", "klient:", "beboer:", "medarbejder:", "ansøger:":
		return true
	}
	return false
}

// nameLike reports whether a word is a capital and small letters and no word of
// bodies and places.
func nameLike(w string) bool {
	w = strings.TrimSuffix(strings.TrimSuffix(w, "'s"), "’s")
	if utf8.RuneCountInString(w) < 2 || !unicode.IsUpper(firstRune(w)) || orgWords[w] {
		return false
	}
	upper := 0
	for _, r := range w {
		if unicode.IsUpper(r) {
			upper++
		} else if !unicode.IsLetter(r) && r != '-' && r != '\'' && r != '’' {
			return false
		}
	}
	if upper > 2 {
		return false
	}
	lower := strings.ToLower(w)
	for _, e := range orgEndings {
		if strings.HasSuffix(lower, e) {
			return false
		}
	}
	return true
}

// officeWords tell that the people in a sentence are there by office.
var officeWords = []string{"isbn", "forfatteren", "speakers", "keynote", "lecture", "vi er to", "vi er tre", "vi er fire", "vi er fem", "vi är t", "fra os deltager", "deltagerne er", "byrådsmedlem", "udvalgsmedlem", "foredrag", "oplæg", "byrådet", "folketing", "valgt ind", "interview", "koncert", "forelæsning", "debat", "artikel", "gudstjeneste", "kandidat til", `" af `, "” af ", "“ af ", "romanen", "filmen om", "bogen om"}

// pronouns stand for one definite person, and so do figures, but handbooks speak
// of "barnet" and "borgeren" too. Each is a whole word.
var (
	pronouns = setOf(`hans hendes hans/hendes han hun ham hende hon hennes ist leidet wurde din dit dine dig du`)
	figures  = setOf(`borgeren borgerens barnet barnets patienten patientens eleven elevens beboeren beboerens
 moren moderen morens moderens faren faderen farens faderens sønnen datteren sønnens datterens drengen drengens pigen pigens ægtefællen ægtefællens kæresten
 klienten klientens ansøgeren ansøgerens pågældende pågældendes afdøde afdødes kollegaen medarbejderens`)
)

// handbookWords are how handbooks, guidance and law speak of many; two of them
// near a sentence, and its "barnet" is any child.
var handbookWords = []string{"plejefamilier", "anbragte børn", "et barn ", "barnet eller den unge", "en kommune", "kommunerne", "borgere ", "forældre til", "målgruppe", "håndbog", "pjece", "mennesker med", "personer med", "patienter", "vejledningen", "delvejledning", "en plejefamilie", "plejebørn", "anbringelser", "forskning", "undersøgelser"}

// fromHandbook reports whether text[start:end] stands in a text about many: two
// handbook words within 600 bytes before and behind.
func fromHandbook(text string, start, end int) bool {
	return handbookNeedles.Distinct(strings.ToLower(text[max(0, start-600):min(len(text), end+600)]), 2)
}

// ownWords are a person's words on herself or her family.
var ownWords = []string{"jeg har ", "jeg er ", "jeg fik ", "jeg lider ", "jeg blev ", "jeg bor ", "at jeg ", "min søn", "min datter", "min mand", "min kone", "min mor", "min far", "mit barn", "min kæreste", "min samlever", "mine børn",
	"den unge ", "den unges ", "et barn på ", "en dreng på ", "en pige på ", "-årig dreng", "-årig pige", "-årige dreng", "-årige pige", "-årig kvinde", "-årig mand", "-årige kvinde", "-årige mand", "vores søn", "vores datter", " far er ", " mor er ", " far har ", " mor har ", "familien er fra ", "forældrene har mistet", "forældrene har fået frataget"}

func personWord(lower string, words map[string]bool) bool {
	if ownNeedles.In(lower) {
		return true
	}
	lower = strings.ReplaceAll(lower, "barnets lov", "") // an act, not a child
	for w := range strings.FieldsFuncSeq(lower, func(r rune) bool { return !unicode.IsLetter(r) && r != '/' }) {
		if words[w] {
			return true
		}
	}
	return false
}

// unnamed takes the forename Hans out of a sentence, which is no "his": a capital that
// a name follows, "Hans Testesen".
func unnamed(raw, lower string) string {
	if _, after, ok := strings.Cut(raw, "Hans "); ok {
		if name := firstWord(after); nameLike(strings.TrimRight(name, ",.:;!?")) {
			return strings.Replace(lower, "hans "+strings.ToLower(name), "", 1)
		}
	}
	return lower
}

// The same lists as they are looked for.
var (
	ownNeedles      = needle.New(ownWords)
	officeNeedles   = needle.New(officeWords)
	handbookNeedles = needle.New(handbookWords)
)

// freeTextLabels are words in the names of fields that take free text about the
// person a row or form is about, and of fields that ask for the matter itself.
var freeTextLabels = []string{"bemærk", "beskriv", "notat", "kommentar", "journal", "observation", "årsag", "fritekst", "begrund", "anmærkning", "noter", "note", "baggrund", "sagsfremstilling", "vurdering", "udtalelse", "diagnos", "helbred", "sygdom", "religion", "trosretning", "etnicitet", "særlige forhold", "øvrige oplysninger", "oplysninger om", "internt", "obs", "hensyn"}

// freeText reports whether a label is that of such a field.
func freeText(label string) bool {
	return label != "" && containsAny(strings.ToLower(label), freeTextLabels)
}

// matterLabels begin a line that tells of a person: "Diagnose: slidgigt".
var matterLabels = []string{"diagnose", "dx", "dg", "diag", "cave", "helbred", "sygdom", "religion", "trosretning", "etnicitet", "etnisk baggrund", "medicin", "handicap", "allergi", "særlige forhold", "oplysninger om barnet", "misbrug", "fagforening", "fagligt tilhørs", "seksuel", "strafbare", "tidligere straf", "sociale forhold", "børnesag"}

// inlineLabel reports whether a sentence begins with such a label and a colon.
func inlineLabel(lower string) bool {
	label, value, ok := strings.Cut(strings.TrimLeft(lower, " \t\r\n-•*"), ":")
	if !ok || len(label) > 40 || strings.HasSuffix(label, " ") || strings.HasPrefix(value, "=") {
		return false
	}
	for _, m := range matterLabels {
		if strings.HasPrefix(label, m) {
			return true
		}
	}
	return false
}

func containsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
