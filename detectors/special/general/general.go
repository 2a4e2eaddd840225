// Package general tells sentences that speak of people in general, as conditions, advice,
// rules and adverts do, from those that tell of somebody.
package general

import (
	"strings"

	"brevvagt/internal/needle"
)

// generalWords tell that a sentence speaks of people in general: conditions,
// advice, rules, jobs. generalStarts do so at its beginning.
var (
	generalWords = []string{"hvis du", "hvis man", "hvis borgeren", "hvis barnet", "hvis en ", "hvis et ", "hvis den", "hvis der", "hvis dit", "hvis din", "hvis i ", "såfremt", "du kan ", "kan du ", "man kan", "man skal", "kommunen skal", "skal kommunen", "kommunalbestyrelsen", "myndigheden skal",
		"erfaring", "kvalifikationer", "stillingen kræver", "ved ansættelse", "inden ansættelse", "du bliver", "du brænder", "vi søger", "vi tilbyder dig", "efter overenskomst", "pårørende til", "borgere med", "borgere, der", "mennesker med", "personer med", "for dig, der", "til dig, der", "for jer, der", "til jer, der", "for dig, som", "til dig, som", "børn med", "børn og unge", "alle borgere", "dit hjerte",
		"arrangement", "tilmeld", "kursus", "afsnittet om", "kapitlet om", "kapitel ", "læs mere", "foredrag", "oplæg om", "nyhedsbrev", "hjemmeside", "eksempelvis", "sådan gør", "når du ", "barnet eller den unge", "barnets eller den unges", "den enkelte", "vil du få", "vil du modtage", "din arbejdsgiver", "du har mulighed", "målgruppe", "som hovedregel", "han/hun", "han eller hun",
		"forældremyndighedsindehaver", "din eventuelle", "dine eventuelle", "når forældrene", "et barns", "dit jobcenter", "i forbindelse med at du", "efter din sygemelding", "for eksempel", "f.eks.", "typisk", "som regel", "har ret til", "kampagne", "undersøgelser viser", "forskning", "statistik", "generelt", "procent af", "politiet har anholdt en", "politiet anholdt en", "folkebladet", "ritzau", "bogen", "filmen", "romanen", "koncert"}
	generalStarts = []string{"har du", "er du", "hvis ", "når du", "når man", "når borgeren", "når barnet", "når en ", "når et ", "når den ", "når der ", "når dit", "når din", "når kommunen", "får du", "bliver du", "skal du", "ønsker du", "vil du", "tal med", "kontakt din", "kontakt os", "kontakt kommunen", "kontakt jobcent", "ring til", "ring på", "læs om",
		"som medarbejder", "som forælder", "som ansat", "som leder", "som borger", "alle medarbejdere", "medarbejdere skal", "søg om", "søg hos", "søg på", "book ", "husk", "medbring", "spørg ", "giv besked", "meld dig", "kom til", "kom og", "sådan", "hvornår", "hvem", "hvad", "hvordan", "hvor ", "lider du", "mangler du", "kender du", "bor du", "du skal ", "du må ", "du bør", "få ", "undgå", "brug din", "brug vores", "tag kontakt", "tag din", "snak med",
		"vær opmærksom", "vær med", "sørg", "drømmer du", "undersøg", "modtager du", "dine opgaver", "din opgave", "ofte ", "demens rammer"}
)

// needles are generalWords as they are looked for.
var needles = needle.New(generalWords)

// In reports whether one of the words stands in a text in small letters.
func In(lower string) bool { return needles.In(lower) }

// tellingReach is how far into a sentence it says "skal du vide", when it tells the reader
// something of somebody, in bytes.
const tellingReach = 30

// Sentence reports whether a sentence in small letters speaks of people in general.
func Sentence(lower string) bool {
	trimmed := strings.TrimLeft(lower, " \t\r\n-•*–·\"»“0123456789.)")
	if strings.Contains(trimmed[:min(len(trimmed), tellingReach)], " vide") || strings.HasPrefix(trimmed, "hun har ") || strings.HasPrefix(trimmed, "han har ") {
		return false // it tells of one person, whatever it advises behind
	}
	for _, s := range generalStarts {
		if strings.HasPrefix(trimmed, s) {
			return true
		}
	}
	return needles.Where(lower, func(start, end int) bool { return speaksGenerally(lower, start, end) }) || strings.HasSuffix(strings.TrimRight(lower, " \n\r"), "?")
}

// postEnds end the words for somebody's post, or for where somebody works, that begin with
// one of generalWords: "kursusansvarlig".
var postEnds = []string{"ansvarlig", "ansvarlige", "leder", "lederen", "konsulent", "konsulenten", "koordinator", "koordinatoren", "sekretær", "sekretæren", "administrator", "administratoren", "medarbejder", "medarbejderen", "afdeling", "afdelingen", "sektionen", "kontoret", "ejendommen"}

// ownBooks begin the words for books that tell of one person, or of nothing.
var ownBooks = []string{"dag", "kontakt", "tegne", "medicin", "journal", "log", "bank"}

// speaksGenerally reports whether one of generalWords means what it says where it stands:
// it is no part of "atypisk", of a name ("Ekman kan") or of the word for a post. Nouns end
// compounds as they like: "pårørendekursus".
func speaksGenerally(lower string, start, end int) bool {
	word := lower[start:end]
	if !needle.Begins(lower, start) {
		if word == "typisk" || word == "generelt" || strings.HasPrefix(word, "man ") {
			return false
		}
		if word == "bogen" && endsAny(lower[:start], ownBooks) {
			return false
		}
	}
	if strings.HasSuffix(word, " ") {
		return true // what follows is a word of its own: "hvis en medarbejder"
	}
	rest := needle.Rest(lower, end)
	return rest == "" || !endsAny(rest, postEnds)
}

func endsAny(s string, ends []string) bool {
	for _, e := range ends {
		if strings.HasSuffix(s, e) {
			return true
		}
	}
	return false
}
