package wording

import (
	"slices"
	"strings"
	"unicode"

	"brevvagt/internal/needle"
)

// This file tells what somebody is to whoever reads of them, by the words beside the name.

// posts end words for what somebody does or is to the reader.
var posts = []string{"læge", "kyndig", "kyndige", "udlejer", "giver", "behandler", "konsulent", "nabo", "formand", "leder", "chef", "psykolog", "terapeut", "sygeplejerske", "assistent", "lærer", "læreren", "pædagog", "advokat", "jurist", "værge", "bror", "søster", "søn", "datter", "mor", "far", "mand", "kone",
	"ægtefælle", "samlever", "kæreste", "partner", "barn", "børn", "kollega", "visitator", "person", "ledsager", "hjælper", "mentor", "tolk", "medarbejder", "ejer", "sælger", "køber", "forfatter", "vært", "pedel", "instruktør", "frivillig", "medlem", "ven", "veninde", "betjent", "vagt", "fuldmægtig", "arkitekt",
	"mester", "koordinator", "specialist", "vejleder", "inspektør", "direktør", "sekretær", "præst", "medhjælper", "plejer", "forælder", "ansat", "ansatte", "ansætter", "afdøde", "kontakt", "dommer", "politiker", "rep", "ordfører", "træner", "underviser", "vikar", "planlægger", "elev", "tekniker", "ingeniør"}

// behindPosts begin what says behind a name that its bearer is there by work.
var behindPosts = []string{" som din", " som jeres", " som vores", ", som er din", ", som er vores", ", der er din", ", der er vores", ", der er ansat", ", min kollega", ", vores", ", din ", ", dit ", " er din ", " er vores ", " er jeres ", " er ny ", " er ansat", " ringer til dig", " ringer til jer", " kontakter", " svarer", " træffes", " hjælper dig", " har ferie",
	" vurderer", " har vurderet", " anbefaler", " oplyser", " skriver", " har besigtiget", " deltager", " overtager", " underviser", " besøger", " fra PPR", " fra DLF", " fra BUPL", " fra FOA", " fra HK", " fra 3F", " fra DSR", " fra Djøf", " fra fagforeningen", " (BUPL)", " (DLF)", " (FOA)", " (HK)", " (3F)", " (DSR)", " fra kommunen", " fra vores", " fra sekretariatet", " fra afdelingen", " fra teamet", " har skrevet", " har godkendt", " har bygget", " holder oplæg", " holder kurs"}

// byWork are those of posts that nobody is to a citizen but by work.
var byWork = []string{"konsulent", "psykolog", "sygeplejerske", "advokat", "visitator", "kontaktperson", "ledsager", "hjælper", "mentor", "tolk", "pedel", "instruktør", "vejleder", "sagsbehandler", "koordinator", "underviser", "overlæge"}

// ByWork reports whether a text in small letters introduces somebody, at byte k, by work: as
// one whom the municipality employs for the reader.
func ByWork(low string, k, end int) bool {
	before := strings.TrimRight(low[:k], " ,:")
	return hasAny(before[max(0, len(before)-30):], []string{"vi har ansat", "er ansat"}) || endsAny(before, byWork) || hasPrefix(low[end:], []string{" som din ", " som jeres ", ", som er din ", ", der er din ", " er din nye", ", din nye"})
}

// MayIntroduce reports whether a text in small letters may introduce somebody by work.
func MayIntroduce(low string) bool {
	return hasAny(low, byWork) || hasAny(low, []string{"ansat", "som din ", "som jeres ", "er din ", "din nye"})
}

// ByPost reports whether the text before a name, or behind it, says that its bearer is
// there by work, or as somebody's relative.
func ByPost(before, behind string) bool {
	before = strings.TrimRight(before, " ,:")
	word := before[strings.LastIndexFunc(before, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' })+1:]
	low := strings.ToLower(word)
	return low != "" && slices.ContainsFunc(posts, func(p string) bool { return strings.HasSuffix(low, p) }) ||
		slices.ContainsFunc(behindPosts, func(p string) bool { return strings.HasPrefix(behind, p) })
}

// untied blanks the turns that hold a word for a tie and say that there is none, or that
// the law made one that is nobody's in particular.
var untied = strings.NewReplacer(blanked("under værgemål", "værgemålssag", "umyndig", "uden pårørende", "ingen pårørende", "ikke har pårørende", "har ikke pårørende", "ikke pårørende", "uden nære pårørende", "ingen nære pårørende", "uden værge", "ingen værge", "ikke en værge", "har ikke værge", "får en værge", "få en værge", "brug for en værge",
	"uden fuldmagt", "ingen fuldmagt", "ikke fuldmagt", "ikke givet fuldmagt", "uden samtykke", "ikke samtykke", "ikke givet samtykke", "intet samtykke", "manglende samtykke", "uden bisidder", "ingen bisidder", "uden familie")...)

// Ties reports whether one of the words for a tie between two people stands in a text in
// small letters, and not in a turn that says there is none: "uden pårørende".
func Ties(low string, words []string) bool {
	return hasAny(low, words) && hasAny(untied.Replace(low), words)
}

// AtWork are words of a sentence about somebody who works there.
var AtWork = []string{"ansat", "vikar", "underviser", "instruktør", "oplæg", "foredrag", "psykolog ", "pedel", "tager over", "kollega", "lærer", "pædagog", "barsel", "kursus", "terapeut", "sygeplejerske", "konsulent", "formand", "festudvalg", "vicevært", "forfatter", "frivillig", "skrevet"}

// Personnel are turns of a matter between an employer and one employee, in small letters.
var Personnel = []string{"skriftlig advarsel", "skriftlige advarsel", "tjenstlig", "en påtale", "påtalen", "fraværssamtale", "afskedige dig", "afskedigelse", "påtænkt afsked", "opsiger dig", "opsige dig", "afskedssag", "fratrædelsesaftale", "bortvist", "bortvise", "i din løn", "løntræk", "trækkes i løn", "fritaget for tjeneste", "fritages for tjeneste", "suspenderet", "sygedage",
	"er opsagt", "er sagt op", "blev sagt op", "blev opsagt", "er blevet opsagt", "er fyret", "blev fyret", "mødt beruset", "mødte beruset", "mødt påvirket", "mødt fuld", "samarbejdsvanskelig", "samarbejdsproblem", "ikke kunne samarbejde", "alkohol i arbejdstiden", "alkohol på arbejdet", "sygemeldt med stress", "sygemeldt med depression", "sygemeldt med angst", "dages sygefravær", "dit sygefravær", "fraværsdage"}

// postEnds end the words for a post, or for where somebody works, that begin with what is
// taught or told there: "kursusansvarlig".
var postEnds = []string{"ansvarlig", "ansvarlige", "leder", "lederen", "chef", "chefen", "konsulent", "konsulenten", "koordinator", "koordinatoren", "sekretær", "sekretæren", "administrator", "administratoren", "assistent", "assistenten", "medarbejder", "medarbejderen", "afdeling", "afdelingen"}

// Speaks reports whether a text in small letters speaks of one of the words, and does not
// merely name a post that begins with it. A word may end a compound: "pårørendekursus".
func Speaks(low string, words []string) bool {
	for _, w := range words {
		for from := 0; ; {
			k := strings.Index(low[from:], w)
			if k < 0 {
				break
			}
			from += k + len(w)
			if rest := needle.Rest(low, from); rest == "" || !endsAny(rest, postEnds) {
				return true
			}
		}
	}
	return false
}

// OfPersonnelInGeneral are words of mails about such matters in general.
var OfPersonnelInGeneral = []string{"kursus", "oplæg", "temadag", "skabelon", "retningslinje", "personalepolitik", "sygefraværspolitik", "annonce", "stillingsopslag", "workshop", "foredrag", "pressemeddelelse", "undervisning", "paradigme", "vejledning til ledere", "statistik"}
