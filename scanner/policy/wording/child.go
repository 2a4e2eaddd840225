// Package wording reads turns of speech in a mail's own words: whose child it tells of,
// which group of citizens it speaks to, and what it is about. It knows no names and no recipients; whoever
// asks brings them.
package wording

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Whose says whose child a text tells of.
type Whose int

// What a text may say of somebody named in it.
const (
	NoChild Whose = iota // nothing that is said of a child, or the reader's own
	Perhaps              // a child, and nothing says whose
	Another              // another's child than the reader's
)

const (
	// signReach is how far behind a child's name the text still tells of it, in bytes.
	signReach = 260
	// besideReach is how far before a name the word stands that says whose it is.
	besideReach = 32
	// officeReach is how far around a name the word for an office may stand.
	officeReach = 48
)

// schoolWords are stems of what schools and nurseries write about; without one of them no
// mail is looked at.
var schoolWords = []string{"klasse", "skole", "sfo", "elev", "frikvarter", "børnehave", "vuggestue", "dagpleje", "forældre", "barn", "børn", "din søn", "din datter", "din dreng", "din pige", "jeres søn", "jeres datter", "jeres dreng", "jeres pige", "hans mor", "hendes mor", "hans far", "hendes far", "lejr", "legeaftale", "legegruppe", "stuen", "lærer", "pædagog", "ppr"}

// OfChildren reports whether a text, in lower case, is about children at all.
func OfChildren(low string) bool { return hasAny(low, schoolWords) }

// ownChild are the words for the reader's child.
var ownChild = []string{"din søn", "din datter", "dit barn", "dine børn", "din dreng", "din pige", "dine drenge", "dine piger", "jeres søn", "jeres datter", "jeres barn", "jeres børn", "jeres dreng", "jeres pige",
	"din egen søn", "din egen datter", "dit eget barn", "dine egne børn", "jeres egen", "jeres eget barn", "jeres egne børn", "jeres lille", "din lille", "fortalt jer", "fortalt dig"}

// ownBefore are those behind which the reader's own child is named.
var ownBefore = []string{"søn", "søn,", "datter", "datter,", "barn", "barn,", "dreng", "dreng,", "pige", "pige,", "barnebarn", "barnebarn,", "plejebarn", "plejebarn,", "plejesøn", "plejedatter", "stedsøn", "steddatter", "forældre til", "forælder til", "mor til", "far til", "værge for", "børn,", "børnene"}

// bothParents and oneParent are turns by which a text speaks of a child's parents as of
// others than the reader. Of one parent it may speak to the other.
var (
	bothParents = []string{"hans forældre", "hendes forældre", "deres forældre", "børnenes forældre", "forældrene", "familien har", "familien er", "familien ikke", "hans familie", "hendes familie", "hans hjem", "hendes hjem"}
	oneParent   = []string{"hans mor", "hendes mor", "hans far", "hendes far", "moren", "moderen", "faren ", "faderen"}
	classmate   = []string{"klassen", "klassekammerat", "kammerat", "på stuen", "på holdet", "på årgangen", "andre elever", "andre børn", "ikke dit barn", "ikke din", "ikke jeres"}
)

// childSigns are what is said of children, each worth telling to no other parent.
var childSigns = []string{"slog", "slår", "slået", "sparke", "skubbe", " bed ", "bidt", "bider", "kastede", "kaster", "true", "drille", "mobbe", "stjål", "sendt hjem", "bortvist", "hjemsendt", "tog mobil", " tog ", "taget",
	"ordblind", "støttepæd", "støtte", "ekstra tid", "specialklasse", "specialbørnehave", "specialskole", "hos ppr", "til ppr", "flyttet til en anden", "flyttes til", "skiftet klasse", "anden klasse", "skal gå om", "gået om", "madpakke", "kommer for sent", "samtaler", "socialrådgiver", "psykolog", "forløb",
	"forældre", "hans mor", "hendes mor", "hans far", "hendes far", "i hans hjem", "i hendes hjem", "familien", "mor og far", " skilt", "hjemme hos", "politiet", "ikke råd", "ikke betalt",
	" lus", "tisser", "bleer", "ble på", "køresyg", "ikke tryg", "bange for", "tør ikke", "ikke må få", "ikke må spise", "allergi", "medicin", "svært", " uro", "sidde stille", "koncentrere", "fravær", "pjækk", "alene", "ked af det", "græd", "syg", "diagnose", "adhd", "autis", "angst", "svinekød", "religion", "fritag",
	"smidt", "smed", "spytte", "smitte", "børnesår", "skoldkopper", "beruset", " fuld ", "ryger ", "rygning", "låste", "låst", "indrømme", " løj", "løgn", "råbte", "råber", "truk", " rev ", "revet", "taget af", "stjal", "hærværk", "ødela", "laver ikke", "ligeglad", "flyttet fra", "sag om ham", "sag om hende", "hans sag", "hendes sag", "venteliste", "konsekvens", "straf", "får hjælp", "har fået hjælp"}

// officeWords say that somebody is there by profession.
var officeWords = []string{"lærer", "pædagog", "leder", "vejleder", "konsulent", "vikar", "træner", "forfatter", "psykolog", "læge", "rådgiver", "koordinator", "sekretær", "pedel", "chauffør", "assistent", "praktikant", "kontaktperson", "formand", "bestyrelse", "hedder", "foredrag", "uddannet", "ansat", "tiltræd", "begynder som", "starter som", "terapeut", "sundhedspleje", "tandplej", "sagsbehandler", "behandler", "instruktør", "kunstner", "musiker", "fotograf", "fra forvaltning", "afdelingen", "tandlæge"}

// festive are words of a mail that names a child with everybody's knowledge.
var festive = []string{"vinder", "vandt", "tillykke", "inviterer", "fødselsdag", "jubilæum", "konfirmand", "præmie", "kontaktforældre", "samvær", "hovedrolle", "stævne", "godt klaret"}

// contacts are turns by which a mail tells its reader who of us to turn to.
var contacts = []string{"ring til", "ringe til", "ringer til", "kontakt", "skriv til", "skriver til", "svarer", "møde med", "mødes med", "jeres sag", "din sag", "talt med", "tilmeld", "hjælper jer", "hjælper dig"}

// pronouns take up whoever was named before.
var pronouns = []string{" han ", " hun ", " ham", " hende", " hans ", " hendes "}

// byOffice reports whether a word for an office stands beside a name, in its sentence.
func byOffice(low string, start, end int) bool {
	behind := window(low, end, end+officeReach)
	for _, taken := range []string{"han er ", "hun er "} {
		if _, what, ok := strings.Cut(window(low, end, end+signReach), taken); ok && hasAny(window(what, 0, officeReach/2), officeWords) {
			return true
		}
	}
	if k := strings.IndexAny(behind, ".!?\n"); k >= 0 {
		behind = behind[:k]
	}
	before := sentenceBefore(low, start)
	beside := before[max(0, len(before)-officeReach):] + low[start:end] + behind
	return hasAny(visits.Replace(beside), officeWords) && !hasAny(beside, []string{"støttepædagog", "socialrådgiver"})
}

// visits blanks the offices of those whom a child is seen by or sent to.
var visits = strings.NewReplacer(blanked("af skolepsykolog", "til skolepsykolog", "hos skolepsykolog", "af psykolog", "til psykolog", "hos psykolog", "af læge", "til læge", "hos læge", "af sundhedsplejerske", "hos sundhedsplejerske", "af lærerne", "af pædagogerne")...)

// fetching are turns of a mail to somebody who has to do with the child.
var fetching = []string{"du henter", "du hente ham", "du hente hende", "i henter", "hentes af dig", "bringes til dig", "hjemme hos dig", "hos jer", "henter din", "henter dit", "henter dine", "henter jeres"}

// adultBefore end the words before a name that is a grown-up's at work; adultBehind begin
// those behind it.
var (
	adultBefore = []string{"dagplejer", "dagplejeren", " kok", "kokken", "advokat", "advokaten", "betjent", "betjenten", "tolk", "tolken", "bibliotekar", "bibliotekaren", "ledes af", "ledet af", "holdes af", "arrangeres af", "undervises af", "besøg af"}
	adultBehind = []string{" i køkkenet", " går på pension", ", der har ansvar", " har ansvar", " har i mange år", " har været ansat"}
)

// meetings are words for what all parents are asked to, and nobody's parents.
var meetings = strings.NewReplacer(blanked("forældremøde", "forældresamtale", "forældrekaffe", "forældreråd", "forældrebestyrelse", "forældreaften", "forældreintra")...)

// grownUp reports whether the words right beside a name say that it is a grown-up's, or
// that of somebody whom a class reads about.
func grownUp(low string, start, end int) bool {
	before := sentenceBefore(low, start)
	beside := strings.TrimRight(before, " ,")
	for _, link := range []string{" er", " hedder"} {
		beside = strings.TrimRight(strings.TrimSuffix(beside, link), " ,")
	}
	first, _, _ := strings.Cut(low[start:end], " ") // "Advokat Testperson Eksempel", which is read as one name
	return endsAny(beside, adultBefore) || endsAny(" "+first, adultBefore) || hasAny(before, []string{"læser om", "læse om"}) ||
		slices.ContainsFunc(adultBehind, func(w string) bool { return strings.HasPrefix(low[end:], w) })
}

// TiedBefore reports whether the word for the reader's own child or foster child stands
// before a place in a text in lower case.
func TiedBefore(low string, at int) bool {
	return at <= len(low) && endsAny(strings.TrimRight(window(low, at-besideReach, at), " "), ownBefore)
}

// OfChild says whose child, if any, a text tells of under a name that stands from start to
// end in it. The text is the mail's own, and low the same in lower case, byte by byte; lone
// says that it calls somebody else by first name alone, as the reader's child is called.
func OfChild(text, low string, start, end int, lone bool) Whose {
	if len(text) != len(low) || start < 0 || end > len(low) || start >= end || hasAny(low, festive) {
		return NoChild
	}
	before := strings.TrimRight(window(low, start-besideReach, start), " ")
	if TiedBefore(low, start) && !endsAny(before, []string{"ikke dit barn", "ikke dit barn,"}) || byOffice(low, start, end) || grownUp(low, start, end) {
		return NoChild
	}
	behind := window(low, end, end+signReach)
	near := sentenceBefore(low, start) + low[start:end] + behind
	sign := hasAny(meetings.Replace(near), childSigns)
	if hasAny(near, fetching) || !sign && (hasAny(near, contacts) || !hasAny(behind, pronouns)) {
		return NoChild
	}
	first, _, _ := strings.Cut(low[start:end], " ")
	parents := hasAny(behind, bothParents) || hasAny(behind, []string{first + "s forældre"})
	one := hasAny(behind, oneParent) || hasAny(behind, []string{first + "s mor", first + "s far"})
	own := hasAny(low, ownChild) || ownByName(text, first)
	switch {
	case parents, own && sign, sign && (lone || one && hasAny(near, classmate)):
		return Another
	case own, one, lone, hasAny(near, classmate):
		return Perhaps
	}
	return NoChild
}

// ownByName reports whether a text calls the reader's child by a first name that is not the
// one given: "din Emil".
func ownByName(text, first string) bool {
	for _, mark := range []string{" din ", "Din ", " jeres ", "Jeres "} {
		for _, rest := range strings.Split(text, mark)[1:] {
			r, _ := utf8.DecodeRuneInString(rest)
			if unicode.IsUpper(r) && !strings.HasPrefix(strings.ToLower(rest), first) {
				return true
			}
		}
	}
	return false
}

// referrals are stems of what those who work with a child write of it to each other.
var referrals = []string{"indstille", "indstillet", "indstilles", "henvis", "til ppr", "hos ppr", "af ppr", "underretning", "underrette", "visiter", "udred", "familieafdeling", "børnefaglig", "specialklasse", "specialskole", "specialbørnehave", "specialtilbud", "støttetimer", "støttepædagog", "børnepsyk", "skolepsykolog", "er testet", "blevet testet", "bekymringsmøde", "netværksmøde", "bekymret for", "bekymring", "anbring", "aflastning", "selvskade", "skolevægring", "bekymrende fravær", "hjemsendt", "bortvist", "mistrives", "mistrivsel", "diagnose", "slår de", "slår andre"}

// OfReferrals reports whether a text in small letters tells of a child's referral, trouble
// or a worry for it.
func OfReferrals(low string) bool { return hasAny(low, referrals) }

// talks are words of what is told of such things to all parents.
var talks = []string{"oplæg", "foredrag", "temaaften", "temamøde", "pjece", "folder", "kursus", "webinar", "retningslinje", "nye regler", "procedure", "åbent hus"}

// Referred reports whether a text tells of a referral, trouble or worry beside a name that
// stands from start to end in it, and is nobody's who is there by work. Low is the text in
// small letters, byte by byte.
func Referred(text, low string, start, end int) bool {
	if len(text) != len(low) || start < 0 || end > len(low) || start >= end || byOffice(low, start, end) || grownUp(low, start, end) || ByPost(text[:start], text[end:]) || strings.HasPrefix(low[end:], " fra ") || endsAny(low[:start], []string{"siger ", "skriver ", "oplyser "}) {
		return false
	}
	behind := window(low, end, end+signReach)
	if k := strings.Index(behind, "\n\n"); k >= 0 {
		behind = behind[:k]
	}
	near := sentenceBefore(low, start) + low[start:end] + behind
	return hasAny(near, referrals) && !hasAny(near, talks) && !hasAny(low, festive)
}

// sentenceBefore is the sentence up to a place.
func sentenceBefore(text string, at int) string {
	return text[strings.LastIndexAny(text[:at], ".!?\n")+1 : at]
}

func window(text string, low, high int) string {
	return text[max(0, low):min(len(text), max(0, high))]
}

func endsAny(text string, ends []string) bool {
	return slices.ContainsFunc(ends, func(e string) bool { return strings.HasSuffix(text, e) })
}

func hasAny(text string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}
