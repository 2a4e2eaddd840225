package story

import (
	"fmt"
	"slices"
	"strings"
)

// sentence is what one rule puts into the register. Words in braces are counts and
// roles that the program fills in.
type sentence struct {
	rule         string
	what         string // column 2
	kind         string // column 5; "" means HumanError
	consequences string // column 7
	measures     string // column 10, after "sat i karantæne"
	reason       string // column 9, behind what is said of all
}

const (
	overTheNet = "Afsendelse uden kryptering kunne give uvedkommende adgang til oplysningerne under transporten."
	lostTrust  = "Tab af fortrolighed om meget private forhold."
	sendSafely = "Afsenderen er henvist til sikker post."
)

// sentences lists every rule that has words of its own, in the order in which they
// are put together. The wording follows entries of a published Danish register.
func sentences(in *Incident) []sentence {
	return []sentence{
		{"cpr-unprotected", "En medarbejder forsøgte at sende {item} til {domains}, som ikke er på listen over sikre modtagere. {place} indeholdt {numbers}.", "", overTheNet, sendSafely, ""},
		{"cpr-doubtful", "En medarbejder forsøgte at sende {item} til {domains}, som ikke er på listen over sikre modtagere. {place} indeholdt tal, der kan være CPR-numre.", "", overTheNet, "Det skal afklares, om tallene er CPR-numre. " + sendSafely, ""},
		{"special-category-unprotected", "En medarbejder forsøgte at sende {item} med følsomme oplysninger til {domains}, som ikke er på listen over sikre modtagere.", "", overTheNet, sendSafely, ""},
		foreignPerson(in),
		addresseeMismatch(in),
		templateResidue(in),
		bulkPersons(in),
		{"wrong-letter", "En kørsel af breve indeholdt mindst et brev, der var stilet til en anden end modtageren.", SystemError, "Modtageren kunne få kendskab til en anden borgers forhold.", "Kørslen er standset; systemejer og leverandør skal underrettes.", ""},
		{"run-stopped", "En medarbejder sendte samme brev til en række modtagere, og mindst ét brev var til en anden end sin modtager; fletning og modtagerliste kan være forskudt.", "", "Modtageren kunne få kendskab til en anden borgers forhold; breve, der var sendt før standsningen, skal gennemgås.", "Resten af kørslen er holdt tilbage; det fremgår af sagen, hvor mange breve der var sendt.", ""},
		{"resent-attachment", "{Item} til {domains} havde et bilag om {persons}, som tidligere er sendt til en anden modtager udenfor.", "", "Modtageren kunne få kendskab til en anden borgers forhold.", "Det skal afklares, hvem bilaget hører til, og om den tidligere afsendelse var rigtig.", ""},
		{"bulk-over-time", "En medarbejder sendte, mail for mail, flere borgeres oplysninger til samme modtager udenfor ({domains}) inden for et døgn.", "", "Mange borgeres oplysninger kunne komme uvedkommende i hænde.", "Mailen er standset; de tidligere mails til modtageren skal gennemgås.", ""},
		{"unusual-recipient", "{Item} med personoplysninger blev forsøgt sendt til {domains}, et domæne, som ligner et kendt eller ikke er skrevet til før.", "", "Oplysningerne kunne komme en fremmed i hænde, der benytter et domæne, som ligner et kendt.", "Afsenderen skal kontrollere modtagerens adresse.", ""},
		staleLetter(in),
		childRecipient(in),
		foreignRecipient(in),
		internalSpread(in),
		{"visible-recipients", "{Item} blev forsøgt sendt til {recipients}, hvor borgere kunne se hinandens adresser.", "", "Modtagerne kunne få kendskab til hinandens mailadresser og til, at de andre har en sag i kommunen.", "Afsenderen skal sende enkeltvis eller med skjulte modtagere (Bcc).", ""},
		{"forwarded-citizens", "{Item} til {domains} indeholdt henvendelser fra flere borgere, som var sendt videre.", "", "Modtageren kunne få kendskab til andre borgeres henvendelser.", "Afsenderen skal fjerne de henvendelser, som ikke vedrører modtageren.", ""},
		{"addressee-unknown", "Et brev i en kørsel havde ingen læsbar modtager og kunne ikke kontrolleres mod modtagerlisten.", "", "Modtageren kunne få kendskab til en anden borgers forhold.", "Brevet skal kontrolleres, før kørslen sendes.", ""},
		{"protected-address", "{Item} til {domains} indeholdt oplysninger om en person med navne- og adressebeskyttelse.", "", "Et røbet opholdssted kan bringe den beskyttede person i fare.", "Adressen skal fjernes før afsendelse.", ""},
		{"special-category", "{Item} til {domains} indeholdt følsomme oplysninger i fritekst.", "", lostTrust, "Afsenderen skal vurdere, om oplysningerne er nødvendige, og bruge sikker post.", ""},
		{"placeholder", "{Item} indeholdt pladsholdere, der ikke var udfyldt.", "", "Modtageren kunne få et forkert eller ufuldstændigt brev; fletningen kan have blandet borgeres oplysninger.", "Brevet skal rettes, før det sendes.", ""},
		{"placeholder-weak", "{Item} indeholdt tekst, der kan være en pladsholder, som ikke var udfyldt.", "", "Modtageren kunne få et forkert eller ufuldstændigt brev.", "Afsenderen skal kontrollere brevet, før det sendes.", ""},
		{"uninspectable", "{Item} til {domains} indeholdt {unreadable}, som ikke kunne kontrolleres.", "", "Det kan ikke udelukkes, at indholdet omfatter fortrolige oplysninger.", "Afsenderen skal oplyse, hvad de pågældende filer indeholder.", ""},
		{"public-exposure", "En fil i en offentligt tilgængelig mappe indeholdt {found}.", "", "Uvedkommende kan have haft adgang til oplysningerne, så længe filen lå i mappen.", "Filen er taget ud af mappen; det skal undersøges, hvor længe den lå der, og hvem der har åbnet den.", ""},
		{"file-findings", "En fil på et fællesdrev indeholdt {found}.", "", "Flere medarbejdere end nødvendigt kunne få kendskab til oplysningerne.", "Filen er taget ud af mappen; den skal journaliseres eller slettes.", ""},
	}
}

// anyRule stands in for a rule that a site made itself.
func anyRule() sentence {
	return sentence{"", "{Item} til {domains} blev standset af kommunens kontrol. Der er fundet {numbers} og oplysninger om {persons}.", "", "Oplysningerne kunne komme uvedkommende i hænde.", sendSafely, ""}
}

// sameAs maps the ids of rules that say the same thing to the one with the sentence.
func sameAs(rule string) string {
	switch rule {
	case "cpr":
		return "cpr-unprotected"
	case "foreign-attachment":
		return "foreign-person"
	case "gap":
		return "uninspectable"
	}
	return rule
}

// covered reports whether another fired rule tells what this one would, with more.
func covered(rule string, fired []string, in *Incident) bool {
	tells := map[string][]string{
		"cpr-doubtful":       {"cpr-unprotected"}, // the sure numbers tell it already
		"foreign-person":     {"foreign-recipient"},
		"special-category":   {"foreign-recipient", "foreign-person"},
		"addressee-mismatch": {"template-residue"},
		"resent-attachment":  {"template-residue"},
		"bulk-persons":       {"foreign-recipient"},
	}[rule]
	if in.recipients() > 1 && in.Figures.Letters > 0 {
		switch rule {
		case "bulk-persons":
			tells = append(tells, "addressee-mismatch")
		case "stale-letter":
			tells = append(tells, "addressee-mismatch", "bulk-persons")
		}
	}
	return slices.ContainsFunc(tells, func(t string) bool { return slices.Contains(fired, t) })
}

// Texts are columns 2, 5, 7 and 10 of a drafted entry, and what column 9 says beside what
// it says of all.
type Texts struct{ What, Kind, Consequences, Measures, Reason string }

// Compose puts the sentences of the fired rules together, each once.
func Compose(in Incident) Texts { return compose(&in, nil) }

// Further is Compose for one mail more of a run, of which some rules are told already:
// only what others add.
func Further(in Incident, told []string) Texts {
	if !slices.ContainsFunc(in.Rules, func(rule string) bool { return !slices.Contains(told, rule) }) {
		return Texts{}
	}
	return compose(&in, told)
}

func compose(in *Incident, told []string) Texts {
	var what, consequences, measures, reason []string
	kind := ""
	for _, s := range matching(in, told) {
		reason = appendOnce(reason, s.reason)
		what = appendOnce(what, s.what)
		consequences = appendOnce(consequences, s.consequences)
		measures = appendOnce(measures, s.measures)
		if kind == "" {
			kind = s.kind
		}
	}
	if kind == "" {
		kind = HumanError
	}
	words := vocabulary(*in)
	return Texts{What: words.Replace(strings.Join(what, " ")), Kind: kind, Consequences: strings.Join(consequences, " "),
		Measures: strings.Join(measures, " "), Reason: strings.Join(reason, " ")}
}

// matching are the sentences of the fired rules in the table's order, without those that
// are told already; anyRule when none has words of its own.
func matching(in *Incident, told []string) []sentence {
	fired, done := same(slices.Concat(in.Rules, told)), same(told)
	var list []sentence
	for _, s := range sentences(in) {
		if slices.Contains(fired, s.rule) && !slices.Contains(done, s.rule) && !covered(s.rule, fired, in) {
			list = append(list, s)
		}
	}
	if list == nil && told == nil {
		list = []sentence{anyRule()}
	}
	return list
}

func same(rules []string) []string {
	list := make([]string, len(rules))
	for i, rule := range rules {
		list[i] = sameAs(rule)
	}
	return list
}

func vocabulary(in Incident) *strings.Replacer {
	item := anItem(in.Kind)
	place := Capital(TheItem(in.Kind))
	if in.InPicture {
		place = "Et billede i " + TheItem(in.Kind)
	}
	bulk := Capital(item) + " til " + domains(in.Domains)
	if in.Recipients > 1 {
		bulk = "En masseudsendelse til " + Count(in.Recipients, "modtager", "modtagere")
	}
	where := " til " + domains(in.Domains)
	if in.Kind == "file" && len(in.Domains) == 0 {
		where = "" // it lies where it is
	}
	found := Count(in.Numbers, "CPR-nummer", "CPR-numre") + " og oplysninger om " + Count(in.Persons, "person", "personer")
	if in.Kind == "file" && in.Numbers == 0 {
		found = "følsomme oplysninger om " + Count(in.Persons, "person", "personer")
	}
	return strings.NewReplacer("{found}", found,
		"{Item} til {domains}", Capital(item)+where, "{Sending}", bulk, "{item}", item, "{Item}", Capital(item), "{place}", place,
		"{domains}", domains(in.Domains),
		"{numbers}", Count(in.Numbers, "CPR-nummer", "CPR-numre"),
		"{persons}", Count(in.Persons, "person", "personer"),
		"{recipients}", Count(in.Recipients, "modtager", "modtagere"),
		"{unreadable}", Count(in.Unreadable, "del", "dele"))
}

func anItem(kind string) string {
	switch kind {
	case "letter":
		return "en brevforsendelse"
	case "file":
		return "en fil"
	}
	return "en mail"
}

// TheItem names an item of a kind.
func TheItem(kind string) string {
	switch kind {
	case "letter":
		return "brevforsendelsen"
	case "file":
		return "filen"
	}
	return "mailen"
}

// domains names at most three receiving domains, sorted, so that a bulk mail does
// not Fill the cell.
func domains(list []string) string {
	list = slices.Compact(slices.Sorted(slices.Values(list)))
	switch n := len(list); {
	case n == 0:
		return "en modtager"
	case n <= 3:
		return strings.Join(list, ", ")
	default:
		return strings.Join(list[:3], ", ") + " og " + Count(n-3, "andet domæne", "andre domæner")
	}
}

// Count names none as an unknown number: a rule that fired saw something.
func Count(n int, one, many string) string {
	switch {
	case n == 1:
		return "1 " + one
	case n <= 0:
		return many
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Capital writes the first letter large.
func Capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:] // all our words begin with an ASCII letter
}

// appendOnce adds the sentences of a text that are not there yet, so that two rules that
// saw the same do not say it twice.
func appendOnce(list []string, text string) []string {
	for one := range strings.SplitSeq(strings.TrimSuffix(text, "."), ". ") {
		if one += "."; one != "." && !slices.Contains(list, one) {
			list = append(list, one)
		}
	}
	return list
}
