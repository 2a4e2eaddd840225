package wording

import "strings"

// Group says whether a mail speaks to its readers as to citizens who have something in
// common that each may keep from the others.
type Group int

// What a mail's opening may say of its readers.
const (
	NoGroup       Group = iota
	MaybeGroup          // a course or a group by its name, which may be one for people at work
	CitizensGroup       // those who have the illness, trouble or benefit, or their relatives
)

// troubles are stems of what citizens have in common in groups, courses and cases.
var troubles = []string{"misbrug", "alkohol", "tager stoffer", "bruger stoffer", "af stoffer", "med stoffer", "metadon", "substitution", "rusmid", "angst", "depression", "adhd", "autis", "psykisk", "psykiatri", "bipolar", "skizofren", "spiseforst", "selvskade", "selvmord", "sorg", "efterladte", "stress", "kræft", "diabetes", "sklerose", "parkinson", "demens", "hjerneskade", "hjerteforløb", "hjertesvigt", "epilepsi", "gigt", " kol-", " kol ", "lunge", "overvægt", "rygestop", "smerte", "apopleksi", "afasi", " hiv",
	"skilsmisse", "fraskilt", "skilte forældre", "skilte par", "anbrag", "plejefamil", "plejeforæld", "plejebørn", "adopt", "støttegruppe", "familiehus", "krisecent", "voldsramt", "voldsudsat", "overgreb", "incest", "seksuel", "handicap", "udviklingshæm", "funktionsneds", "kontanthjælp", "sygedagpenge", "sygemeld", "førtidspension", "fleksjob", "ressourceforløb", "ledige", "arbejdsløs", "aktivitetsparat", "restance", "rykkere", "rykkerbrev", "rykkergebyr", "rykker for", "gæld", "skyldner", "hjemløs", "flygtning", "asyl", "integrations", "opholdstilladelse", "udsat", "sårbar", "skolevægring", "skolefravær", "højt fravær", "stort fravær", "meget fravær", "bekymrende fravær", "barns fravær", "børns fravær", "ordblind", "kriminal", "løslad", "straf", "genoptræn", "rehabilit", "aborter", "fertilitet", "transkøn", "ensom", "bostøtte", "støttekontakt", "aflastning", "nødhjælp", "julehjælp", "boligstøtte", "merudgift", "hjælpemid", "hjemmepleje", "hjemmehjælp"}

// harmless blanks out the words that hold a stem of troubles and tell of none.
var harmless = strings.NewReplacer(append([]string{"der er sygemeldt", "sygemeldt", "som er sygemeldt", "sygemeldt", "du er sygemeldt", "sygemeldt", "i er sygemeldt", "sygemeldt"}, blanked("gælder", "gældende", "bekræft", "kræfter", "omsorg", "forsorg", "besorg", "gangst", "fangst", "langst", "sangstemme", "kriminalroman", "alkoholfri", "alkoholbevilling",
	"uden stress", "stressfri", "ikke stress", "stresse ", "straffespark", "straffen ", "sårbar natur", "sårbare natur", "sårbare område", "er sygemeldt", "er desværre sygemeld", "holder ", "holdt ", "hold jeres", "hold dit", "hold øje", "forhold", "indhold", "ophold", "henhold", "afhold", "behold",
	"ledige plads", "ledige have", "ledige lokale", "ledige bolig", "ledige lejl", "ledige tid", "ledige time", "ledige grund", "ledige rum", "ledige billet", "ledige stilling", "ledige job",
	"udsat til", "udsat fra", "udsat på", "udsat pga", "udsat indtil", "udsat en ", "udsat,", "udsat.", "udsat\n")...)...)

// blanked pairs each of a list with a blank.
func blanked(list ...string) (pairs []string) {
	for _, w := range list {
		pairs = append(pairs, w, " ")
	}
	return pairs
}

// ofThose are turns by which a mail says that its readers are those concerned.
var ofThose = []string{"forældre til børn", "forældre til anbragt", "forældre til et barn", "forældre med børn", "forældre til unge", "til forældre til", "til dig, der", "til dig der", "til jer, der", "til jer der", "dig, som er", "jer, som er", "pårørende til", "kære pårørende", "efterladte", "tidligere beboer", "kære borger", "kære kontanthjælp", "kære sygemeld", "sygemeldte", "kære ledige", "kære plejefamil", "kære plejeforæld", "kære flygtning", "nyankomne", "til lejere", "kære lejere", "til skyldnere", "kære førtidspension", "du har som", "du er som", "i er alle", "i har alle", "kære patient", "kære bruger", "modtagere\n", "hjælpsmodtagere", "et barn i ", "jeres børn i "}

// ofGroup are names of groups and courses.
var ofGroup = []string{"gruppe", "hold", "kursus", "kursist", "forløb", "deltager", "skolen", "café", "træning", "behandling", "netværk", "klub"}

// ofWork are words by which a mail's opening tells readers at work or in an office.
var ofWork = []string{"kolleg", "arbejdsgruppe", "projektgruppe", "styregruppe", "følgegruppe", "medlem", "bestyrelse", "rådet", "råd ", "udvalg", "frivillig", "leverandør", "konsulent", "oplægsholder", "underviser", "formænd", "formand", "presse", "journalist", "redaktion", "træner", "ledere", "leder ", "samarbejdspartner", "læger", "lærere", "pædagoger", "terapeut", "sygeplejersker", "medarbejder", "personale", "sagsbehandler", "rådgivere", "koordinator", "byggemøde", "udbud", "tilbud på", "temadag", "konference", "besøgsven", "mentorer", "grundejer", "kandidat", "høring", "lokalplan", "politik", "strategi", "handleplan", "nyhedsbrev", "pressemøde", "puljemidler", "fagperson", "faglig", "netværksmøde", "ny lærer", "vikar", "ansat ", "kommunerne", "jeres borgere", "jeres kommune"}

// ofOne are turns of a mail to a family about one of theirs.
var ofOne = []string{"jeres mor", "jeres far", "jeres søster", "jeres bror", "jeres fælles", "jeres søn", "jeres datter"}

// openingReach is how far into its text a mail says to whom it speaks, in bytes.
const openingReach = 320

// GroupOf says to which group a mail speaks, by its subject and its text, in lower case.
func GroupOf(subject, text string) Group {
	text = strings.TrimPrefix(strings.TrimSpace(text), subject)
	opening := subject + "\n" + text[:min(len(text), openingReach)]
	if k := strings.Index(opening, "hilsen"); k >= 0 {
		opening = opening[:k] // the signature names departments and titles
	}
	opening = harmless.Replace(opening)
	if !hasAny(opening, troubles) || hasAny(opening, ofOne) {
		return NoGroup
	}
	greeting, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if hasAny(greeting, ofThose) && !hasAny(greeting, ofWork) {
		return CitizensGroup // to those concerned, whoever is named further on
	}
	if hasAny(opening, ofWork) {
		return NoGroup
	}
	switch {
	case hasAny(opening, ofThose):
		return CitizensGroup
	case compound(opening), hasAny(opening, ofGroup) && hasAny(opening, []string{"jeres ", "for jer", " dig ", "dit ", "din ", "jer, "}):
		return CitizensGroup
	case hasAny(opening, ofGroup):
		return MaybeGroup
	}
	return NoGroup
}

// compound reports whether a group is called after what its members have: "angstgruppen",
// "holdet for borgere med", "gruppen for pårørende".
func compound(opening string) bool {
	for _, t := range troubles {
		for _, g := range []string{"gruppe", "hold", "skole", "café", "forløb", "kursus"} {
			if strings.Contains(opening, strings.TrimRight(t, "-")+g) || strings.Contains(opening, strings.TrimRight(t, "-")+"s"+g) {
				return true
			}
		}
	}
	return hasAny(opening, []string{"gruppe for pårørende", "gruppen for pårørende", "for borgere med", "for jer med", "for dig med", "for forældre til", "i din behandling", "i behandling for"})
}
