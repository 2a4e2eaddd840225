package wording

import (
	"slices"
	"strings"
	"unicode/utf8"

	"brevvagt/internal/needle"
)

// Matters are stems of what a municipality writes to citizens about.
var Matters = []string{"afslag", "henvis", "rehabilit", "betaling", "betal ", "dispensation", "tilladelse", "indkald", "hjælp", "undersøgelse", "din bolig", "dit barn", "dine børn", "dit forløb", "bevilg", "afgørelse", "ydelse", "kontanthjælp", "dagpenge", "pension", "boligstøtte", "friplads", "hjemmehjælp", "hjemmepleje", "visit", "restance", "skylder", "opkrævning", "inddrivelse", "ansøgning",
	"din sag", "jeres sag", "jobcenter", "fleksjob", "jobplan", "ressourceforløb", "genoptræning", "træning", "plejehjem", "hjælpemid", "underretning", "børnefaglig", "indkomst", "uarbejdsdygtig", "sygemeld", "behandling", "diagnose",
	"vaccin", "tandlæge", "institution", "vuggestue", "børnehave", "folkeregister", "påbud", "partshøring", "klage", "samtykke", "handleplan", "mentor", "misbrug", "praktik", "udbetal", "tilskud", "støtte", "gæld", "faktura", "ejendomsskat", "byggetilladelse",
	"aktindsigt", "tjenstlig", "stillingen", "ansættelse", "opsigelse", "løn", "samtale", "familie", "forældre", "borger", "patient", "medicin", "demens", "plejebarn", "plejefamilie", "anbring",
	"lejekontrakt", "din nye bolig", "midlertidig bolig", "indflytning", "flygtning", "opholdskort", "integration", "danskuddannelse",
	"residence permit", "your application", "your case", "your child", "your benefit", "health card", "hospital", "treatment", "appointment", "housing", "asylum", "custody", "your pension", "your debt", "social worker"}

// BenefitWords are stems of what a citizen alone gets from the municipality.
var BenefitWords = []string{"kontanthjælp", "sygedagpenge", "førtidspension", "ressourceforløb", "fleksjob", "genoptræning", "misbrug", "gæld", "inddrivelse", "restance", "udredning", "kol", "hjertesvigt", "demens", "stroke", "apopleksi", "lungepatient", "hjertepatient", "kræftpatient"}

// RelativesGroups are turns by which a mail invites the relatives of several people.
var RelativesGroups = []string{"pårørendegruppe", "pårørendeforløb", "pårørendekursus", "pårørendeaften", "gruppe for pårørende", "forløb for pårørende", "kursus for pårørende", "hold for pårørende", "pårørende til", "forældregruppe", "gruppe for forældre", "forløb for forældre", "søskendegruppe", "børnegruppe"}

// CaseWords are stems of what a municipality has cases about.
var CaseWords = []string{"borger", "ydelse", "kontanthjælp", "dagpenge", "førtidspension", "boligstøtte", "friplads", "hjemmehjælp", "hjemmepleje", "visiter", "restance", "i gæld", "inddrivelse", "fleksjob", "jobcenter", "jobplan", "ressourceforløb", "genoptræning",
	"plejehjem", "hjælpemid", "underretning", "sygemeld", "diagnose", "misbrug", "demens", "plejefamilie", "plejebarn", "anbring", "patient", "pårørende", "handleplan", "mentor", "krisecenter", "kol", "stofskifte", "angst", "adhd", "autis", "elever", "klasseliste", "sygefravær"}

// GroupWords are stems of what courses and groups for citizens are called after: who is
// in them tells of an illness or a trouble.
var GroupWords = []string{"depression", " kræft", "brystkræft", "lungekræft", "tarmkræft", "diabetes", "sklerose", "parkinson", "psykisk", "sårbare", "alkohol", "rusmid", "spiseforst", "selvskade", "stressramt", "sorggruppe", "gældsråd", "hjerneskade", "epilepsi", "voldsramt", "ensomhed", "overvægt", "rygestop", "antabus", "tilbagefald", "metadon", "afvænning", "stoffri", "ædru", "krisecenter", "voldsudsatte", "selvmord", "psykose", "bipolar", "skizofreni", "incest", "abort"}

// HasWordWith reports whether a word of a text, in lower case, begins with a stem; one
// of three letters must be the word.
func HasWordWith(text string, stems []string) bool {
	for _, stem := range stems {
		for from := 0; ; {
			k := strings.Index(text[from:], stem)
			if k < 0 {
				break
			}
			k += from
			from = k + len(stem)
			if k > 0 && (text[k-1] >= 'a' && text[k-1] <= 'z' || text[k-1] >= 0x80) && len(stem) < 6 {
				continue
			}
			if len(stem) <= 3 && from < len(text) && (text[from] >= 'a' && text[from] <= 'z' || text[from] >= 0x80) {
				continue
			}
			return true
		}
	}
	return false
}

// LongAgo reports whether a text in small letters tells of a year in which nobody lived
// who lives now: "i 1811".
func LongAgo(low string) bool {
	for k := strings.Index(low, " 1"); k >= 0; {
		if w := low[k+1:]; len(w) > 4 && w[:4] >= "1500" && w[:4] < "1900" && strings.Trim(w[:4], "0123456789") == "" && strings.IndexByte(" .,;:)\n", w[4]) >= 0 {
			if before := low[:k]; before == "i" || endsAny(before, beforeYears) && !hasPrefix(w[4:], notYears) {
				return true
			}
		}
		next := strings.Index(low[k+2:], " 1")
		if next < 0 {
			break
		}
		k += 2 + next
	}
	return false
}

// beforeYears stand before the years of history, and notYears behind what is none: sums and
// sizes.
var (
	beforeYears = []string{" i", "\ni", "år", " for", " fra", " siden", "januar", "februar", "marts", "april", " maj", "juni", "juli", "august", "september", "oktober", "november", "december"}
	notYears    = []string{" kr", " kroner", " m2", " m²", " stk", " kvm", " timer", " dage", " borgere"}
)

func hasPrefix(s string, starts []string) bool {
	return slices.ContainsFunc(starts, func(b string) bool { return strings.HasPrefix(s, b) })
}

// PartyBehind reports whether a text begins with the letter or letters of a party.
func PartyBehind(text string) bool {
	letters, _, ok := strings.Cut(strings.TrimPrefix(text, " "), ")")
	letters, open := strings.CutPrefix(letters, "(")
	return ok && open && letters != "" && utf8.RuneCountInString(letters) <= 2 && strings.ToUpper(letters) == letters && strings.Trim(letters, "0123456789.") != ""
}

// caseHeads begin the lines that count the cases of an exercise.
var caseHeads = []string{"eksempel ", "case ", "opgave ", "scenarie ", "cas ", "øvelse "}

// invented are turns of a paper whose people are nobody, and inventedOne those of one case,
// which may be another than the one that is told.
var (
	invented    = []string{"navnene er opdigtede", "navne er opdigtede", "opdigtede case", "fiktive case", "fiktive test", "fiktive borgere", "ingen rigtige borgere", "ingen af dem findes", "personerne findes ikke", "ingen virkelige personer", "personer er opdigtede", "personerne er opdigtede", "er fiktive", "opdigtede personer", "fiktive personer", "i eksemplerne er opdigtede", "i eksemplet er opdigtet", "names are fictitious", "names are invented"}
	inventedOne = []string{"opdigtet case", "fiktiv case", "fiktiv borger", "fiktivt eksempel", "fiktiv sag", "ren opdigtet", "rent opdigtet", "fictitious case", "fictional case"}
	leadIns     = []string{"her er", "følgende", "nedenfor", "nedenstående", "herunder", "denne", "dette er", "det er", "sagen er", "vedhæft", "vedlagt", "sender", "this is", "below"}
)

// inventedNeedles are both, those of one case first: fewer than 64.
var inventedNeedles = needle.New(slices.Concat(inventedOne, invented))

// maxHeading is the longest line that is a heading of a case, in bytes.
const maxHeading = 60

// Invents reports whether a text in small letters says that its people are nobody: all of
// them, or those of a case that a line leads to or heads.
func Invents(low string) bool {
	switch met := inventedNeedles.Met(low); {
	case met>>len(inventedOne) != 0:
		return true
	case met == 0:
		return false
	}
	for line := range strings.Lines(low) {
		if line = strings.TrimSpace(line); hasAny(line, inventedOne) && (strings.HasSuffix(line, ":") || len(line) <= maxHeading && !strings.HasSuffix(line, ".") || hasAny(line, leadIns)) {
			return true
		}
	}
	return false
}

// InventsOne reports whether a paragraph in small letters says that it tells of nobody.
func InventsOne(low string) bool {
	return hasAny(low, inventedOne) && !strings.Contains(low, "ikke fiktiv")
}

// Example reports whether a paragraph in small letters gives an example of what somebody
// without a surname says or meets with: "Eksempel: "Peter" på 9 år fortæller ...".
func Example(low string) bool {
	if !strings.Contains(low, "eksempel") {
		return false
	}
	heading := false // the line before is "Eksempel"
	for line := range strings.Lines(low) {
		line = strings.TrimSpace(line)
		behind, ok := strings.CutPrefix(strings.TrimPrefix(line, "et "), "eksempel")
		if behind = strings.TrimLeft(behind, ": "); ok && hasPrefix(behind, openings) || heading && hasPrefix(line, openings) {
			return true
		}
		heading = ok && behind == "" || heading && line == ""
	}
	return false
}

// openings begin what somebody says.
var openings = []string{"\"", "“", "”", "»", "„"}

// CasesCounted is how many lines of a text in small letters begin the cases of an exercise.
func CasesCounted(low string) (n int) {
	for line := range strings.Lines(low) {
		for _, h := range caseHeads {
			if rest, ok := strings.CutPrefix(strings.TrimLeft(line, " >*#-"), h); ok && rest != "" && rest[0] >= '1' && rest[0] <= '9' {
				n++
			}
		}
	}
	return n
}
