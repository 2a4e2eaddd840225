package special

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// friend is what stands around a stem where it means something else; the texts
// are in small letters. after follows at once, before precedes at once, near
// stands within 40 bytes, words are whole words that are harmless.
type friend struct {
	before, after, near []string
	words               []string // how the word itself begins
}

var (
	faithHouses = []string{"skole", "friskole", "privatskole", "kirke", "menighed", "gymnasi", "kultur", "forening", "forbund", "trossamfund", "højskole", "efterskole", "børnehave", "institution", "tidsregning", "jul", "tro ", "kalender", "høj", "messe", "gudstjeneste", "påske"}
	kitchens    = []string{"restaurant", "peber", "køkken", "mad", "grill", "kebab", "te", "yoghurt", "pizza", "ambassade", "musik", "film", "buffet", "aften", "take", "gade", "vej", "marked", "ost", "brød", "litteratur", "kultur", "folkedans"}
)

// friends are those of the lexicon's last column.
var friends = map[string]friend{
	"katolsk": {after: faithHouses}, "kristen": {after: faithHouses}, "kristne": {after: faithHouses}, "jødisk": {after: faithHouses}, "muslim": {after: faithHouses, words: []string{"muslimsk kultur"}}, "islamisk": {after: faithHouses},
	"protestant": {after: faithHouses}, "troende": {before: []string{"god ", "i god "}}, "buddhist": {after: faithHouses}, "religiøs": {after: []string{"musik", "kunst", "højtid", "begivenhed"}},
	"tyrkisk": {after: kitchens}, "libanesisk": {after: kitchens}, "iransk": {after: kitchens}, "syrisk": {after: kitchens}, "pakistansk": {after: kitchens}, "irakisk": {after: kitchens}, "grønlandsk": {after: kitchens}, "kurdisk": {after: kitchens},
	"flygtning": {words: []string{"flygtningehjælp", "flygtningenævn"}},
	"halal":     {words: []string{"halalm", "halalk", "halals", "halalt"}, near: []string{"kantine", "buffet", "menu"}}, "koran": {words: []string{"koranskole", "koranlov"}},
	"bipolar": {after: []string{"transistor", "junction", "magt"}}, "depression": {before: []string{"økonomisk ", "den store ", "finansiel "}, near: []string{"i økonomien", "konjunktur", "børs"}},
	"afgået ved døden":   {near: []string{"dødsbo", "boet", "skifteret", "arving", "bobestyrer", "begravelse", "bisættelse"}},
	"skriftlig advarsel": {near: []string{"entreprenør", "leverandør", "kontrakt"}}, "opsigelse": {near: []string{"abonnement", "lejemål", "kontrakt", "aftale"}},
	"bortvisning": {near: []string{"køretøj", "bil ", "biler"}}, "afskedigelse": {near: []string{"overenskomst", "politik"}}, "forsømmelse": {near: []string{"ret til", "vedligehold"}},
	"autis": {after: []string{"forening"}, words: []string{"autismeplan", "autismestrateg", "autismepolitik", "autismeområd", "autismetilbud"}}, "selvmord": {words: []string{"selvmordsforebyg", "selvmordslinj", "selvmordsattentat"}},
	"sigtet": {after: []string{"mod at", "mel", "efter", "på at", "hvedemel", "rugmel"}}, "dømt": {after: []string{"til at", "til fiasko", "ude", "out"}}, "vold": {near: []string{"voldgrav", "vold og voldgrav", "byens vold"}, after: []string{"mod ansatte", "mod medarbejdere", "mod personale", "mod kvinder", "mod børn og", "og trusler mod ansatte", "og trusler mod personale", "og trusler mod medarbejdere", "og trusler på arbejdspladsen", "på arbejdspladsen"}},
	"fængsel": {words: []string{"fængselsbetjent", "fængselsmuse"}}, "stalk": {words: []string{"stalke "}}, "tilhold": {words: []string{"tilholdssted"}},
	"sygemeld": {before: []string{"ved ", "i tilfælde af "}}, "sygemelding": {before: []string{"ved ", "i tilfælde af "}},
	"sygdom": {before: []string{"ved ", "i tilfælde af ", "løn under "}, words: []string{"sygdomsforsikring", "ukrudtssygdom", "plantesygdom", "sygdomsbekæmp", "sygdomsforebyg", "børnesygdomme i systemet"}, near: []string{"ved sygdom", "afbud", "framelding", "plante", "træer", "ask ", "elm", "kartof", "software"}},
	"demens": {words: []string{"demenskonsulent", "demenskoordinator", "demensven", "demensby", "demenscafe", "demenscafé", "demensuge", "demensstrateg", "demensvejleder", "demenscent", "demensfællesskab", "demenskor", "demensdag", "demensplads", "demensbolig", "demensafsnit", "demensomsorg", "demensområd", "demenstilbud", "demensindsats", "demensteam", "demenshus"}},
	"gravid": {words: []string{"gravidvejled", "gravidhold", "gravidyoga", "gravidmotion"}}, "diabetes": {words: []string{"diabetesforen", "diabetesskole", "diabetescent", "diabetesuge"}},
	"parkinson": {after: []string{"lov", "s lov", "foreningen"}}, "alzheimer": {words: []string{"alzheimerforen"}}, "epilepsi": {words: []string{"epilepsiforen", "epilepsihospital"}}, "astma": {words: []string{"astma-allergi danmark"}},
	"kræft": {after: []string{"bekæmpelse"}}, "kræftbehandling": {near: []string{"sjællandspakke"}}, "anbragt": {near: []string{"penge", "midler", "formue", "kapital", "affald", "skilt", "kabel", "container", "hylde", "ved indgang", "placeret"}},
	"anbringelse":  {before: []string{"udgifter til ", "udgifterne til ", "antal ", "antallet af "}, near: []string{"penge", "midler", "formue", "kapital", "kapitalanbring"}, words: []string{"pengeanbring"}},
	"underretning": {before: []string{"til "}, after: []string{"af registrerede", "af den registrerede", "af de registrerede", "om aftale", "om møde", "af datatilsyn"}},
	"misbrug":      {after: []string{"af oplysning", "af midler", "af login", "af identitet", "af kort", "af persondata", "af adgang", "af data", "af systemet"}},
	"samvær":       {after: []string{"og fællesskab", "og hygge", "med andre", "omkring"}, before: []string{"socialt ", "hyggeligt ", "sociale ", "godt ", "fællesskab og "}},
	"overgreb":     {near: []string{"natur", "bygning"}}, "fingeraftryk": {near: []string{"mobil", "login", "telefon", "læser", "digitalt", "logge", "browser", "certifikat"}},
	"værge": {after: []string{"sig", "mod "}}, "hash": {near: []string{"værdi", "funktion", "sha", "md5", "algoritme", "tabel", "nøgle", "kode"}},
	"udsættelse": {after: []string{"af frist", "af sagen", "af møde", "til næste"}}, "udlæg": {near: []string{"rejse", "bilag", "refunder", "kvittering"}}, "handleplan": {after: []string{"for vej", "for trafik", "for klima"}},
	"operation": {near: []string{"system", "drift", "militær"}}, "kontingent": {near: []string{"idræt", "klub", " forening"}}, "demonstration": {near: []string{"produkt", "system", "leverandør"}},
	"overvåget": {}, "gæld": {before: []string{"kommunens ", "kommunal ", "kommunale ", "statens "}}, "skilt": {near: []string{"vej", "trafik"}}, "prognose": {before: []string{"økonomisk ", "økonomiske "}},
	"radikal": {near: []string{"radikale venstre", "ændring", "omlægning"}}, "konservativ": {after: []string{"skøn"}}, "adoption": {near: []string{"teknologi", "system", "bruger"}},
	"børnehus": {after: []string{"et "}}, "tumor": {after: []string{"board"}}, "restance": {words: []string{"restanceinddriv", "restanceafdeling"}},
	"inkasso": {words: []string{"inkassofirma", "inkassolov"}}, "hjemløs": {words: []string{"hjemløseplan", "hjemløsestrategi", "hjemløsetælling"}}, "plejefamilie": {before: []string{"bliv ", "blive ", "som "}},
	"hiv": {}, "SF": {after: []string{"1", "-nummer", " 1"}}, "personlig pleje": {after: []string{"og praktisk hjælp til borgere"}}, "lammelse": {words: []string{"handlingslammelse"}}, "psykiatri": {words: []string{"psykiatriplan", "psykiatriudvalg", "psykiatripulje"}},
	"straffeattest": {before: []string{"indhente ", "indhenter ", "indhentes "}}, "selvskade": {words: []string{"selvskadeforebyg"}}, "svulst": {words: []string{"svulstig"}}, "diagnose": {words: []string{"fejldiagnose"}, near: []string{"system", "server", "disk", "netværk", "maskine", "motor"}},
}

// institutions end the words that name a body, a role or an event.
var institutions = []string{"center", "centret", "centeret", "centre", "skole", "skolen", "hjem", "hjemmet", "afdeling", "afdelingen", "forvaltning", "forvaltningen", "klinik", "klinikken", "ambulatorium", "ambulatoriet", "enhed", "enheden", "team", "teamet", "forening", "foreningen", "fonden",
	"rådet", "nævnet", "udvalget", "konsulent", "konsulenten", "konsulenter", "koordinator", "koordinatoren", "koordinatorin", "vejleder", "vejlederen", "politik", "politikken", "strategi", "strategien", "strategier", "kampagne", "kampagnen", "ugen", "venlig", "venligt", "venlige", "sygeplejerske", "sygeplejersker",
	"forskning", "forskningen", "betjent", "betjente", "kassen", "forsikring", "forsikringen", "forebyggelse", "forebyggende", "museet", "museum", "loven", "lovens", "konference", "konferencen", "pulje", "puljen"}

// nextInstitutions are the same as words of their own, behind the stem.
var nextInstitutions = setOf(`coordinator unit ward research center centret afdeling afdelingen klinik klinikken ambulatorium ambulatoriet hospital sygehus forening foreningen enhed enheden team teamet forvaltning forvaltningen udvalg udvalget nævn nævnet råd rådet bibliotek konference temadag kursus strategi politik forbund region`)

// lawNames begin the name of a law or the like, in which a stem may come some
// words later; introductions stand right before a body, a field of work, a talk.
var (
	lawNames = []string{"lov om ", "loven om ", "bekendtgørelse om ", "bekendtgørelsen om ", "vejledning om ", "vejledningen om ", "regler om ", "reglerne om ", "cirkulære om ", "bekendtgørelse af lov "}

	introductions = []string{"center for ", "centret for ", "afdeling for ", "afdelingen for ", "klinik for ", "enheden for ", "team ", "institut for ", "udvalget for ", "landsforeningen ", "foreningen ", "forbundet ",
		"arbejde med ", "arbejdet med ", "efterladte efter ", "sorggruppen for ", "sorggruppe for ", "foredrag om ", "vortrag über ", "föredrag om ", "folder om ", "folderen om ", "pjece om ", "pjecen om ", "plakat om ", "materiale om ", "kampagne om ", "workshop om ", "webinar om ", "podcast om ", "undervisning om ", "undervisning i ", "oplæg om ", "viden om ", "konference om ", "politik for ", "indsats mod ", "projekt om ", "kursus om ", "kursus i ", "kurset om ", "kurset i ", "kurserne om ", "temadagen om ", "oplægget om ", "foredraget om ", "hjælpemidler til ", "hjælpemidler ved ", "til borgere med ", "med borgere med ", "for borgere med ", "med beboere med ", "for beboere med ", "med patienter med ", "med mennesker med ", "for mennesker med ", "temadag om ", "strategi for ", "pulje til ", "afsnit om ", "kapitel om ", "bogen om ", "bog om ", "bok om ", "boken om ", "buch über ", "book on ", "book about ", "film om ", "artikel om ", "(om ", "(om en ", "(om et "}
)

// friendly reports whether a hit means something else, names a body or a law, or
// stands in a link. It corrects the entry of a hit that only its company makes.
func friendly(text string, h *hit, s sentence) bool {
	own := text[h.start:h.end]
	lower := strings.ToLower(own)
	before := s.lower[:min(len(s.lower), max(0, h.start-s.start))]
	after := ""
	if n := h.end - s.start; n < len(s.lower) {
		after = s.lower[n:]
	}
	if inLink(text, h.start, h.end) || h.entry.stem == "hiv" && !isHIV(own, before) || h.entry.stem == "abort" && !isAbort(lower, before) {
		return true
	}
	f := friends[h.entry.stem]
	next := strings.TrimLeft(after, " \t\r\n")
	for _, w := range f.after {
		if strings.HasPrefix(next, w) {
			return true
		}
	}
	for _, w := range f.before {
		if strings.HasSuffix(before, w) {
			return true
		}
	}
	for _, w := range f.words {
		if strings.HasPrefix(lower, w) {
			return true
		}
	}
	if len(f.near) > 0 && containsAny(before[max(0, len(before)-40):]+" "+lower+" "+after[:min(len(after), 40)], f.near) {
		return true
	}
	capital := unicode.IsUpper(firstRune(own))
	if (h.entry.stem == "kristen" || h.entry.stem == "børnehus") && capital {
		return true
	}
	return namesBody(lower, before, next, h.entry, capital)
}

// namesBody reports whether the hit is part of the name of a body, role or law.
func namesBody(lower, before, next string, e *entry, capital bool) bool {
	if !strings.HasSuffix(lower, strings.ToLower(e.stem)) {
		for _, i := range institutions {
			// An institution that is a stem itself (krisecenter) ends the stem, too.
			if strings.HasSuffix(lower, i) && !strings.HasSuffix(strings.ToLower(e.stem), i) && !strings.Contains(e.stem, "center") && !strings.Contains(e.stem, "hjem") {
				return true
			}
		}
	}
	introduced := before
	if rest, ok := strings.CutSuffix(before, " og "); ok {
		introduced = rest[:strings.LastIndexByte(rest, ' ')+1] // "hjælpemidler til demens og ..."
	}
	for _, w := range introductions {
		if strings.HasSuffix(before, w) || strings.HasSuffix(introduced, w) {
			return true
		}
	}
	if near := before[max(0, len(before)-40):]; containsAny(near, lawNames) || manyPeople(lower) && containsAny(near, careWords) {
		return true
	}
	if capital {
		n := strings.IndexFunc(next, func(r rune) bool { return !unicode.IsLetter(r) })
		if n < 0 {
			n = len(next)
		}
		return nextInstitutions[next[:n]]
	}
	return false
}

// careWords lead to those whom somebody's work is for: "arbejdet med hjemløse og
// misbrugere".
var careWords = []string{"arbejde med ", "arbejdet med ", "arbejde for ", "arbejdet for ", "arbejde blandt ", "arbejdet blandt "}

// manyPeople reports whether a word is one for many people who have something in common.
func manyPeople(word string) bool {
	return strings.HasSuffix(word, "ere") || strings.HasSuffix(word, "løse") || strings.HasSuffix(word, "ramte") || strings.HasSuffix(word, "dømte")
}

// isHIV tells the illness from the verb "hive" in its imperative.
func isHIV(own, before string) bool {
	if own == "HIV" || strings.HasPrefix(own, "HIV-") || strings.Contains(own, "-") {
		return true
	}
	for _, w := range []string{"har ", "med ", "fået ", "af ", "for "} {
		if strings.HasSuffix(before, w) {
			return true
		}
	}
	return false
}

// isAbort tells the Danish word from the English one of programs: with an ending,
// in a compound, or with a Danish word before it.
func isAbort(lower, before string) bool {
	if lower != "abort" {
		return !strings.Contains(lower, "-")
	}
	for _, w := range []string{"en ", "sin ", "har ", "havde ", "provokeret ", "spontan ", "hendes ", "fik ", "fået ", "om ", "af ", "haft ", "efter ", "med ", "sen ", "medicinsk "} {
		if strings.HasSuffix(before, w) {
			return true
		}
	}
	return false
}

// inLink reports whether a word is part of an address on the web or of a mailbox.
func inLink(text string, start, end int) bool {
	if start > 0 && strings.IndexByte("/@_=%&#\\", text[start-1]) >= 0 && (start < 2 || text[start-1] != '/' || !letterBefore(text, start-1) || strings.Contains(text[max(0, start-60):start], "//")) {
		return true
	}
	if start > 1 && text[start-1] == '.' && text[start-2] != ' ' && text[start-2] != '.' {
		return true
	}
	if end+1 < len(text) {
		switch text[end] {
		case '@', '_', '=':
			return true
		case '.':
			return text[end+1] >= 'a' && text[end+1] <= 'z'
		}
	}
	return false
}

// letterBefore reports whether a letter stands right before byte i, as in
// "diabetes/astma", which is no link.
func letterBefore(text string, i int) bool {
	return i > 0 && (text[i-1] >= 'a' && text[i-1] <= 'z' || text[i-1] >= 0x80)
}

// longestTitle is how far, in bytes, the end of a title is looked for.
const longestTitle = 80

// entitled reports whether a hit stands in the quoted title of a work that is named with its
// author, or one whose number stands on its line: "Min kamp med angsten" af Testperson Eksempel.
func entitled(text string, h *hit) bool {
	rest := text[h.end:min(len(text), h.end+longestTitle)]
	if line, _, _ := strings.Cut(rest, "\n"); strings.Contains(line, "ISBN") {
		return true
	}
	n := strings.IndexAny(rest, "\"”“»«\n.")
	if n < 0 {
		return false
	}
	_, size := utf8.DecodeRuneInString(rest[n:])
	author, ok := strings.CutPrefix(rest[n+size:], " af ")
	return ok && nameLike(strings.TrimRight(firstWord(author), ",.:;")) && strings.ContainsAny(text[max(0, h.start-longestTitle):h.start], "\"”“»«„")
}
