// Package reasons tells why a finding counts in words that a case worker understands.
// Detectors give short Danish reasons that hold for engineers, too.
package reasons

import "strings"

const (
	byLabel   = "label: "
	aboutWord = "ord om "
	mentioned = " (omtalt, ikke brugt)"
)

// phrase is a reason in both languages; da is "" where the detector's own word is plain Danish.
type phrase struct{ da, en string }

// Say puts reasons into one line, in Danish or in English. One that is not known, such as a
// municipality's own pattern, is shown as it is.
func Say(inEnglish bool, list []string) string {
	if inEnglish {
		return english(list)
	}
	return danish(list)
}

func danish(list []string) string {
	return join(list, func(r string) string {
		if label, ok := strings.CutPrefix(r, byLabel); ok {
			return "ved ordet „" + label + "“"
		}
		if p := phrases()[r]; p.da != "" {
			return p.da
		}
		return r
	})
}

func english(list []string) string {
	return join(list, func(r string) string {
		if label, ok := strings.CutPrefix(r, byLabel); ok {
			return "by the word “" + label + "”"
		}
		if matter, ok := strings.CutPrefix(r, aboutWord); ok {
			return "words about " + word(matter)
		}
		if of, ok := strings.CutSuffix(r, mentioned); ok {
			return word(of) + " (mentioned, not used)"
		}
		return word(r)
	})
}

func join(list []string, say func(string) string) string {
	said := make([]string, len(list))
	for i, r := range list {
		said[i] = say(r)
	}
	return strings.Join(said, "; ")
}

// word is a reason's own English.
func word(r string) string {
	if p, ok := phrases()[r]; ok {
		return p.en
	}
	return r
}

// phrases are the reasons of the detectors and of the rules that find, by their own word.
func phrases() map[string]phrase {
	return map[string]phrase{
		"dato":                                  {"begynder med en dato", "begins with a date"},
		"modulus 11":                            {"kontrolcifferet passer", "the check digit fits"},
		"uden modulus 11":                       {"kontrolcifferet passer ikke, som i mange nyere CPR-numre", "the check digit does not fit, as in many newer CPR numbers"},
		"undtagelsesdato":                       {"en dato, hvor CPR-numre er givet uden kontrolciffer", "a date on which CPR numbers were given without a check digit"},
		"1. januar":                             {"den 1. januar, hvor numrene slipper op", "1 January, of which the numbers run out"},
		"form 6-4":                              {"skrevet som et CPR-nummer: seks og fire cifre", "written like a CPR number: six and four digits"},
		"OCR-rettet":                            {"et utydeligt ciffer er rettet", "an unclear digit was corrected"},
		"kendt borger":                          {"", "a known citizen"},
		"kendt testnummer":                      {"", "a known test number"},
		"erstatningsnummer: dag + 60":           {"erstatningsnummer: dagen er 60 for høj", "a replacement number: the day is 60 too high"},
		"ligner svensk personnummer":            {"ligner et svensk personnummer", "looks like a Swedish number"},
		"nationalt erstatningsnummer (X-eCPR)":  {"", "a national replacement number (X-eCPR)"},
		"decentralt erstatningsnummer (D-eCPR)": {"", "a hospital's replacement number (D-eCPR)"},
		"løbenummer maskeret":                   {"de sidste fire cifre er skjult", "the last four digits are hidden"},
		"datoen findes ikke":                    {"", "there is no such date"},
		"fødselsdato i fremtiden":               {"", "a date of birth in the future"},
		"foranstillet nul gendannet":            {"nullet foran mangler og er sat på igen", "the zero in front was missing and is put back"},
		"ved et ord for en person":              {"", "by a word for a person"},
		"cifre skrevet som bogstaver":           {"", "digits written as letters"},
		"ved et ord for noget andet eller som et tidspunkt": {"", "by a word for something else, or like a time"},
		"blandt tal af samme slags uden modulus 11":         {"blandt tal af samme slags, hvis kontrolciffer ikke passer", "among numbers of the same kind whose check digit does not fit"},

		"vej, husnummer og postnummer":         {"", "road, house number and post code"},
		"telefonnummer":                        {"", "telephone number"},
		"postkasse hos en udbyder for private": {"postkasse hos en udbyder for privatpersoner", "a mailbox at a provider for private persons"},
		"ved et fornavn":                       {"", "by a first name"},
		"kommunens mønster":                    {"", "the municipality's own pattern"},

		"flettefelt":                          {"", "merge field"},
		"felt uden værdi":                     {"", "a field without a value"},
		"feltnavn i teksten":                  {"", "the name of a field in the text"},
		"feltet viser stadig sin pladsholder": {"", "the field still shows its placeholder"},
		"hilsen uden navn":                    {"", "a greeting without a name"},
		"fejl fra et regneark":                {"", "an error from a spreadsheet"},
		"fejl fra et felt i Word":             {"", "an error from a field in Word"},
		"betingelse fra en skabelon":          {"", "a condition from a template"},
		"pladsholder i en skabelon":           {"", "a template's placeholder"},
		"pladsholder i vinkler":               {"", "a placeholder in angle brackets"},
		"pladsholder i klammer":               {"", "a placeholder in braces"},
		"pladsholder i parenteser":            {"", "a placeholder in parentheses"},
		"anvisning i skarpe parenteser":       {"", "an instruction in square brackets"},
		"maske for et antal":                  {"", "a mask for an amount"},
		"maske for navn":                      {"", "a mask for a name"},
		"maske for dato":                      {"", "a mask for a date"},
		"Words pladsholder":                   {"", "Word's placeholder"},
		"fyldtekst":                           {"", "filler text"},
		"mærket som ikke færdigt":             {"", "marked as not finished"},
		"navn, der ikke er nogens":            {"", "a name that is nobody's"},
		"note til den, der skriver":           {"", "a note to the writer"},
		"en anden end modtageren":             {"", "another than the recipient"},

		"på en liste over personer med det til fælles": {"", "on a list of persons who have it in common"},
		"flere ord om det samme menneske":              {"", "several words about the same person"},
		"sammen med et andet ord om det samme":         {"", "together with another word about the same"},
		"ved et CPR-nummer":                            {"", "by a CPR number"},
		"ved et navn":                                  {"", "by a name"},
		"ved initialer og alder":                       {"", "by initials and age"},
		"om en bestemt person":                         {"", "about a certain person"},
		"om borgeren, barnet eller en pårørende":       {"", "about the citizen, the child or a relative"},
		"i en liste under et navn":                     {"", "in a list below a name"},
		"i en række med et navn":                       {"", "in a row with a name"},
		"dagligdags ord":                               {"et dagligdags ord", "an everyday word"},
		"ses ikke, når filen åbnes":                    {"", "not seen when the file is opened"},
		"står fra et tidligere brev":                   {"", "left from an earlier letter"},
		"hører til en anden adresse":                   {"", "belongs to another address"},
		"sendt til en anden før":                       {"", "sent to another before"},
		"en anden end de øvrige dokumenter":            {"", "another than in the other documents"},
		"ikke på listen over modtagere":                {"", "not on the list of recipients"},
		"i et felt for fritekst":                       {"", "in a field for free text"},

		"helbred": {"", "health"}, "psykisk helbred": {"", "mental health"}, "afhængighed": {"", "addiction"}, "tro eller livssyn": {"", "belief"},
		"herkomst": {"", "origin"}, "fagligt tilhørsforhold": {"", "union membership"}, "politisk holdning": {"", "political opinion"}, "seksualliv": {"", "sex life"},
		"gener og kropsmål": {"", "genes and body measures"}, "strafbare forhold": {"", "criminal offences"}, "beskyttet navn eller adresse": {"", "a protected name or address"},
		"børne- og familiesag": {"", "a child or family case"}, "sociale og økonomiske forhold": {"", "social and economic circumstances"},
		"ansættelsesforhold": {"", "employment"}, "private forhold": {"", "private matters"},
	}
}
