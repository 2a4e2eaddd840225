package special

import (
	"strings"
	"unicode"
)

// Case notes name a person once and go on without: "Borger: Testperson Eksempel. Svær
// angst, indlagt i august. Modtager støtte." Such a sentence has no subject of its own.

// predicates are verbs that may begin a sentence about whoever was named before.
var predicates = setOf(`Er Har Havde Var Blev Bliver Fik Får Lider Bor Opfylder Modtager Kræver Fremstår Udviser Oplyser Angiver Beskriver Ønsker Kan Kunne Vil Skal Tager Drikker Ryger Møder Sover Mangler
 Indlagt Anbragt Diagnosticeret Udredt Henvist Visiteret Bevilget Sygemeldt Dømt Sigtet Anholdt Opereret Behandlet Opsagt Udskrevet Skilt Enke Enlig Alene Født Kendt Tidligere Ramt Afhængig Faldt Begynder Mistede Døde Afsoner Venter`)

// finite are the commonest verbs: a sentence with one speaks of what stands before it.
var finite = setOf(`er var har havde kan kunne skal skulle vil ville må måtte bør blev bliver får fik går gik står stod ligger lå kommer kom giver gav tager tog siger sagde ser så holder holdt handler handlede gælder kræver`)

// notVerbs end like verbs of the present, or like passive ones.
var notVerbs = setOf(`efter under over eller siden ofte uden mellem samt per år måneder uger dage timer flere børn forældre søster bror mor far datter svær især samvær vores deres jeres andres`)

// decides are what bodies do about somebody: "Teamet indstiller til ...".
var decides = setOf(`indstiller vurderer anbefaler bevilger foreslår konstaterer skønner afviser bevilgede indstillede vurderede anbefalede konstaterede mistænker oplyser bekræfter finder`)

// telegram reports whether a sentence leaves out its subject: it begins with its verb,
// or has none among its first words.
func telegram(sentence string) bool {
	words := strings.Fields(strings.TrimLeft(sentence, " \t\r\n-–•*"))
	if len(words) == 0 || !unicode.IsUpper(firstRune(words[0])) {
		return false
	}
	if predicates[strings.TrimRight(words[0], ".,:;")] || len(words) > 1 && decides[words[1]] {
		return true
	}
	for i, w := range words[:min(len(words), 12)] {
		w = strings.TrimRight(w, ".,:;)")
		if finite[w] || i > 0 && i < 5 && (strings.HasSuffix(w, "er") || strings.HasSuffix(w, "es")) && len(w) > 4 && unicode.IsLower(firstRune(w)) && !notVerbs[w] {
			return false
		}
	}
	return true
}

// goesOn reports whether a sentence without a person follows one that names somebody,
// in the same paragraph. The points of an agenda have nothing to do with each other.
func goesOn(text string, start int, sentence string) bool {
	if number := strings.TrimRight(text[:start], ". )"); number != "" && number[len(number)-1] >= '0' && number[len(number)-1] <= '9' {
		if line := strings.TrimSpace(number[strings.LastIndexByte(number, '\n')+1:]); strings.Trim(line, "0123456789.") == "" {
			return false // and no house number: "Testvej 11. Blind, bor alene"
		}
	}
	before := text[max(0, start-lookBack):start]
	if n := strings.LastIndex(before, "\n\n"); n >= 0 {
		before = before[n+2:]
	}
	return telegram(sentence) && hasName(before) && !officeNeedles.In(strings.ToLower(before)) && !ofProgramme(lineBefore(text, start))
}
