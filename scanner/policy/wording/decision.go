package wording

import "strings"

// This file reads decisions: what a municipality tells somebody that they get, or pay.

// Decides are words of a decision on what somebody gets or has to pay, in small letters:
// Decided of the decision itself, Weighed of what it was made from.
var (
	Decided = []string{"berettiget", "bevilge", "bevilliget", "tilkend", "imødekom", "opfylder", "får derfor", "derfor får", "får plads", "afslag", "stopper", "skal betale", "skal derfor", "lagt vægt på", "lagt til grund", "indgået i vurderingen", "betingelserne", "indstiller", "er visiteret", "kan beregnes", "skal dokumentere", "har ret til", "sættes til", "nedsættes", "forhøjes", "skal tilbagebetale", "udbetalt for meget", "fået for meget", "tildeles", "får tilskud", "godkendes til", "fastsættes", "afgjort, at", "truffet afgørelse", "får hjælp til"}
	Weighed = []string{"formue", "indtægt", "indkomst", "rådighedsbeløb", "opsparing", "modtager", "arbejdsevne", "uarbejdsdygtig", "funktionsevne", "førtidspension", "kontanthjælp", "sygedagpenge", "forsørger", "udbetal", "boet sammen", "bor alene", "lever alene", "folkepension", "i banken", "kan ikke", "har søgt"}
)

// Decides reports whether a text in small letters tells a decision.
func Decides(low string) bool { return hasAny(low, Decided) }

// adultMatters are stems of what only grown-up people have a case about.
var adultMatters = []string{"førtidspension", "folkepension", "seniorpension", "pension", "sygedagpenge", "kontanthjælp", "uddannelseshjælp", "fleksjob", "ressourceforløb", "jobafklaring", "revalidering", "arbejdsevne", "arbejdsprøv", "virksomhedspraktik", "dagpenge", "ledighed", "jobcenter", "efterløn",
	"hjemmehjælp", "hjemmepleje", "plejehjem", "plejebolig", "ældrebolig", "demens", "madservice", "nødkald", "rengøring", "personlig pleje", "varmetillæg", "helbredstillæg", "personligt tillæg", "rehabilitering", "alkohol", "misbrug", "antabus", "stofbehandling", "boligstøtte", "boligydelse", "tilbagebetal", "restance", "gæld", "enkeltydelse", "forsørgelse", "ansættelse", "krisecenter", "herberg", "forsorgshjem", "bostøtte", "mentor", "førerret", "kørekort", "invalidebil"}

// OfAdults reports whether a text in small letters is about what only grown-up people
// have a case about.
func OfAdults(low string) bool { return hasAny(low, adultMatters) }

// together are words of a decision whose reader has a part in it: it is about the reader's
// child or household, or the reader acts, cares or inherits for whom it is about.
var together = []string{"barn", "børn", "søn", "datter", "skole", "klasse", "elev", "forældre", "ægtefæl", "samlev", "partner", "hustru", "kone", "mand ", "mand,", " gift ", "parforhold", "husstand", "samlede indkomst", "begge", "jeres", " jer ", " i har ", " i får ", " i skal ", "værge", "fuldmagt", "partsrepræsentant", "repræsentant", "bisidder", "på vegne", "pårørende",
	"passe", "pasning", "plejevederlag", "plejeorlov", "plejer", "tabt arbejdsfortjeneste", "merudgift", "bidrag", "afdød", "dødsbo", "boet efter", "efterlad", "efterlev", "begravelse", "arving", "mor ", "far ", "moren", "faren", "moderen", "faderen", "søster", "bror", "forælder", "kopi", "orientering", " dig ", " din ", " dit ", " dine "}

// ForTogether reports whether a text in small letters tells a decision in which its reader
// has a part.
func ForTogether(low string) bool { return Ties(low, together) }

// decidedOf stand behind whom a decision is told of.
var decidedOf = []string{" får ", " har ret", " har ikke ret", " ikke længere ", " opfylder ", " skal betale", " skal tilbagebetale", " skal derfor", " er visiteret", " er bevilget", " er bevilliget", " er berettiget", " er ikke berettiget", " er tilkendt", " er godkendt", " bliver bevilget", " bevilges", " tilkendes", " tildeles", " visiteres", " er omfattet", " kan få", " kan ikke få", " har fået"}

// decidedFor stand before whom a decision is told of.
var decidedFor = []string{"bevilge ", "bevilget ", "tilkende ", "tilkendt ", "imødekomme ", "visitere ", "visiteret ", "tildele ", "om, at ", "om at ", ", at ", "givet ", "give ", "godkende ", "afslag til ", "bevilling til ", "afgørelse til ", "kræver, at "}

// DecidedOf reports whether a sentence in small letters tells a decision of whom the name
// between two places in it calls, and does not merely mention.
func DecidedOf(low string, start, end int) bool {
	if hasAny(window(low, end, end+verdictReach), decidedOf) {
		return true
	}
	before := low[:start]
	for _, w := range decidedFor {
		if strings.HasSuffix(before, w) {
			return true
		}
	}
	// "i Testperson Eksempels sag"
	return strings.HasPrefix(low[end:], " sag ") || strings.HasPrefix(low[end:], "s sag ") || strings.HasSuffix(before, "sagen om ")
}

// verdictReach is how far behind a name the verb of a decision stands, in bytes.
const verdictReach = 48

// twoParties are words of a matter that two people have with each other, and of which each
// is told what the other gets or pays.
var twoParties = []string{"børnebidrag", "bidragsforskud", "ægtefællebidrag", "hegnsyn", "hegnssyn", "hegnsloven", "skelforretning", "beboerklage", "huslejenævn", "sagen mellem", "fælles forældremyndighed"}

// BetweenTwo reports whether a text in small letters is about a matter that two people have
// with each other.
func BetweenTwo(low string) bool { return hasAny(low, twoParties) }

// housed are words of a sentence about somebody who lives with another.
var housed = []string{"på adressen", "i husstanden", "i din husstand", "del af husstanden", "flyttet ind", "logerende", "samlever", "medansøger", "medlejer"}

// Housed reports whether a sentence in small letters is about somebody who lives with
// another.
func Housed(low string) bool { return hasAny(low, housed) }

// ofReader are turns of a decision that is the reader's own.
var ofReader = []string{"du er berettiget", "du får", "du har ret til", "du er bevilget", "bevilget dig", "tilkendt dig", "din boligstøtte", "din boligydelse", "din hjælp", "din kontanthjælp", "din pension", "din friplads"}

// OfReader reports whether a text in small letters tells a decision of its reader.
func OfReader(low string) bool { return hasAny(low, ofReader) }
