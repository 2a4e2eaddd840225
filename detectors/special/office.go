package special

import (
	"slices"
	"strings"
)

// roles end the title before a name, or begin it behind one; speaking is what
// people do by office. Who speaks, chairs or teaches is not whom the matter is
// about.
var (
	roles = []string{"formand", "forkvinde", "borgmester", "rådmand", "direktør", "chef", "leder", "forstander", "læge", "professor", "forsker", "lektor", "forfatter", "minister", "biskop", "præst", "provst", "konsulent", "koordinator", "sygeplejerske", "rådgiver", "behandler", "ordfører", "inspektør", "pædagog", "lærer", "psykolog",
		"diætist", "jordemoder", "underviser", "underviser:", "oplægsholder", "oplægsholder:", "foredragsholder", "foredragsholder:", "instruktør:", "arrangør:", "supervisor", "supervisor:", "assistent", "terapeut", "vejleder", "journalist", "sekretær", "advokat", "dommer", "kunstner", "kunstneren", "skuespiller", "skuespilleren", "instruktør", "musiker", "coordinator", "manager", "director", "chairman", "counsellor", "mayor", "kontakt:", "kontakt", "hilsen", "ved"}
	speaking = setOf("orienterede orienterer redegjorde redegør fremlagde fremlægger fortæller fortalte holder holdt underviser bød byder indstiller indledte deltog deltager gennemgik præsenterede skriver udtaler siger")
)

// moving are what members of a committee do in its minutes, as long as nothing of their
// own follows: "spurgte til ventetiden", and not "spurgte til sin diagnose".
var (
	moving = setOf("spurgte spørger foreslog foreslår efterlyste efterlyser anbefalede opfordrede takkede glæder stemte stemmer fremlagde")
	owning = setOf("sin sit sine hans hendes")
)

// ownReach is how many words behind such a verb are looked at.
const ownReach = 12

// moves reports whether words are what a member of a committee does, or begin with the
// letter of a party: "Testperson Eksempel (A)".
func moves(words []string) bool {
	w := words[0]
	if n := len(strings.TrimRight(w, ".,;:")); n >= 3 && n <= 4 && w[0] == '(' && w[n-1] == ')' && strings.ToUpper(w[1:n-1]) == w[1:n-1] {
		return true
	}
	if !moving[w] {
		return false
	}
	return !slices.ContainsFunc(words[:min(len(words), ownReach)], func(w string) bool { return owning[w] })
}

// heads lead a house or a field in English: "head of psychiatry Testperson Eksempel".
var heads = setOf("head director chair manager professor")

// onStage are what somebody does whom others come to hear, before the name:
// "fortæller skuespilleren Testperson Eksempel".
var onStage = setOf("fortæller fortalte underviser holder optræder gæster synger spiller")

// calling lead with "til" to whom the reader is to turn: "Ring til Testperson Eksempel".
var calling = setOf("ring skriv henvendelse henvend sms")

// byOffice reports whether the name of words[from:to] is that of somebody who
// speaks or holds an office.
func byOffice(words []string, from, to int) bool {
	for to+3 < len(words) && words[to] == "og" && nameLike(words[to+1]) && nameLike(words[to+2]) {
		to += 3 // "Anna Testesen og Bo Eksempel fortæller"
	}
	if to < len(words) && moves(words[to:]) {
		return true
	}
	if from > 1 && words[from-1] == "til" && calling[strings.ToLower(words[from-2])] {
		return to >= len(words) || !owning[words[to]] // "ring til Testperson Eksempel, hans kone ..."
	}
	if from > 2 && words[from-2] == "of" && heads[words[from-3]] {
		return true
	}
	if from > 0 && !befallen(words[to:]) {
		before := strings.ToLower(strings.Trim(words[from-1], ",.;()"))
		if before == "v/" || onStage[before] || from > 1 && onStage[strings.ToLower(words[from-2])] && strings.ToLower(words[from-1]) == words[from-1] {
			return true
		}
		for _, r := range roles {
			if strings.HasSuffix(before, r) && !(r == "ved" && before != r) {
				return true
			}
		}
	}
	if to >= len(words) {
		return false
	}
	next := strings.ToLower(strings.Trim(words[to], ",.;:()"))
	if speaking[next] && !(next == "holder" && to+1 < len(words) && strings.HasPrefix(words[to+1], "ramadan")) {
		return true
	}
	if strings.HasSuffix(words[to-1], ",") || strings.HasPrefix(words[to], "(") {
		for _, r := range roles {
			if strings.HasSuffix(next, r) && r != "ved" {
				return true
			}
		}
	}
	return false
}

// befalls is what happens to the one that holds an office, who is then a patient or a
// suspect like any other: "formand Testperson Eksempel er indlagt". Behind "fået" comes
// one of illnesses.
var (
	befalls   = setOf("indlagt sygemeldt dømt sigtet anholdt gravid dement diagnosticeret opereret tvangsindlagt fængslet tiltalt misbruger alkoholiker kræftsyg dødssyg døende psykotisk deprimeret")
	passing   = setOf("desværre nu stadig fortsat igen netop lige delvist fuldtids langtids alvorligt akut blevet")
	illnesses = setOf("HIV hiv KOL ADHD PTSD OCD DAMP konstateret diagnosen blodprop hjerneblødning depression psykose hjerneskade kræft brystkræft hjertestop dom stress demens")
)

// befallen reports whether words behind a name say what befell the person.
func befallen(words []string) bool {
	if len(words) < 2 {
		return false
	}
	bare := func(i int) string { return strings.TrimRight(words[i], ".,;:!?") }
	if treated(words) {
		return true
	}
	switch words[0] {
	case "lider", "drikker", "afsoner":
		return words[1] != "under"
	case "er", "blev", "bliver":
		return befalls[bare(1)] || passing[bare(1)] && befalls[bare(min(2, len(words)-1))]
	case "har", "fik":
		for i := 1; i < min(len(words), 4); i++ {
			if illnesses[bare(i)] {
				return true
			}
		}
	}
	return false
}

// treated reports whether words behind a name begin a bracket on a treatment: "(begge i
// behandling for ...)".
func treated(words []string) bool {
	if !strings.HasPrefix(words[0], "(") {
		return false
	}
	for i := 1; i < min(len(words), 4); i++ {
		if words[i] == "behandling" && (words[i-1] == "i" || words[i-1] == "(i" || words[i-1] == "under" || words[i-1] == "(under") {
			return true
		}
	}
	return false
}

// befell reports whether a sentence says of a full name what befell the person.
func befell(s string) bool {
	words := strings.Fields(s)
	for i := 2; i+1 < len(words); i++ {
		if nameLike(words[i-1]) && nameLike(words[i-2]) && befallen(words[i:]) {
			return true
		}
	}
	return false
}
