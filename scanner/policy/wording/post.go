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
	" vurderer", " har vurderet", " anbefaler", " oplyser", " skriver", " har besigtiget", " deltager", " overtager", " underviser", " besøger", " fra PPR", " fra kommunen", " fra vores", " fra sekretariatet", " fra afdelingen", " fra teamet", " har skrevet", " har godkendt", " har bygget", " holder oplæg", " holder kurs"}

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

// AtWork are words of a sentence about somebody who works there.
var AtWork = []string{"ansat", "vikar", "underviser", "instruktør", "oplæg", "foredrag", "psykolog ", "pedel", "tager over", "kollega", "lærer", "pædagog", "barsel", "kursus", "terapeut", "sygeplejerske", "konsulent", "formand", "festudvalg", "vicevært", "forfatter", "frivillig", "skrevet"}

// Decides are words of a decision on what somebody gets or has to pay, in small letters:
// Decided of the decision itself, Weighed of what it was made from.
var (
	Decided = []string{"berettiget", "bevilge", "bevilliget", "tilkend", "imødekom", "opfylder", "får derfor", "derfor får", "får plads", "afslag", "stopper", "skal betale", "skal derfor", "lagt vægt på", "lagt til grund", "indgået i vurderingen", "betingelserne", "indstiller", "er visiteret", "kan beregnes", "skal dokumentere", "har ret til", "sættes til", "nedsættes", "forhøjes", "skal tilbagebetale", "tildeles", "får tilskud", "godkendes til", "fastsættes"}
	Weighed = []string{"formue", "indtægt", "indkomst", "rådighedsbeløb", "opsparing", "modtager", "arbejdsevne", "uarbejdsdygtig", "funktionsevne", "førtidspension", "kontanthjælp", "sygedagpenge", "forsørger", "udbetal", "boet sammen", "bor alene", "lever alene", "folkepension", "i banken", "kan ikke", "har søgt"}
)

var decided = needle.New(Decided)

// Decides reports whether a text in small letters tells a decision.
func Decides(low string) bool { return decided.In(low) }

// Personnel are turns of a matter between an employer and one employee, in small letters.
var Personnel = []string{"skriftlig advarsel", "skriftlige advarsel", "tjenstlig", "en påtale", "påtalen", "fraværssamtale", "afskedige dig", "afskedigelse", "påtænkt afsked", "opsiger dig", "opsige dig", "afskedssag", "fratrædelsesaftale", "bortvist", "bortvise", "i din løn", "løntræk", "trækkes i løn", "fritaget for tjeneste", "fritages for tjeneste", "suspenderet", "sygedage",
	"er opsagt", "er sagt op", "blev sagt op", "blev opsagt", "er blevet opsagt", "er fyret", "blev fyret", "mødt beruset", "mødte beruset", "mødt påvirket", "mødt fuld", "samarbejdsvanskelig", "samarbejdsproblem", "ikke kunne samarbejde", "alkohol i arbejdstiden", "alkohol på arbejdet", "sygemeldt med stress", "sygemeldt med depression", "sygemeldt med angst", "dages sygefravær", "dit sygefravær", "fraværsdage"}

// OfPersonnelInGeneral are words of mails about such matters in general.
var OfPersonnelInGeneral = []string{"kursus", "oplæg", "temadag", "skabelon", "retningslinje", "personalepolitik", "sygefraværspolitik", "annonce", "stillingsopslag", "workshop", "foredrag", "pressemeddelelse", "undervisning", "paradigme", "vejledning til ledere", "statistik"}
