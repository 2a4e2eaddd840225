package residue

import (
	"strings"
	"unicode"
)

// fieldNames are the words of which field names in Danish letter templates are
// made. English ones follow because many merge systems name their fields so.
var fieldNames = wordSet(`
 navn navne fornavn fornavne efternavn mellemnavn personnavn kaldenavn borger borgere borgernavn kunde klient
 modtager modtagere afsender ansøger part parten repræsentant værge forælder forældre forældremyndighedsindehaver
 barn barnet børn elev patient medarbejder leder kontaktperson sagsbehandler rådgiver underskriver
 adresse adresser vej vejnavn gade gadenavn husnr husnummer etage dør postnr postnummer postdistrikt by bynavn sted
 bopæl kommune kommunenavn afdeling forvaltning enhed center institution skole
 cpr cprnr cprnummer personnummer cvr cvrnr cvrnummer fødselsdato fødselsdag fødselsår alder køn
 dato datoer dagsdato brevdato afsendelsesdato mødedato startdato slutdato frist svarfrist dag måned år ugedag uge tidspunkt klokkeslæt
 sag sager sagsnr sagsnummer sagsid sagstitel journalnr journalnummer dokumentnr løbenr lbnr
 telefon telefonnr telefonnummer tlf tlfnr mobil mobilnr mobilnummer mail email mailadresse e-mail epost
 beløb beloeb sats pris kontonr kontonummer regnr konto ydelse afgørelse begrundelse ydelsesnavn
 titel stilling stillingsbetegnelse emne overskrift brødtekst tekst kommentar bemærkning underskrift initialer hilsen
 firma firmanavn firmaadresse virksomhed virksomhedsnavn organisation dokumenttitel undertitel forfatter
 ejendom matrikel matrikelnr bfe bfenr nr nummer antal kategori lokale mødested bilag
 name firstname lastname surname fullname middlename address street city zip zipcode postcode country
 date phone mobile company recipient sender customer subject amount first last full birthdate`)

// glueWords may stand between field names: "[navn på din sagsbehandler]".
var glueWords = wordSet(`
 for på af og den det de din dit dine til i fra her evt eller samt hele fulde kl en et hr fru ny nye ens
 relevant relevante aktuel aktuelle pågældende ansvarlig ansvarlige dansk
 your the of`)

// verbs begin an instruction to the writer: "[indsæt dato]".
var verbs = wordSet(`
 indsæt indsættes skriv skrives udfyld udfyldes angiv angives vælg tilføj tilføjes slet slettes fjern fjernes
 ret rettes tilpas beskriv klik tast`)

// englishVerbs do so in English; what follows must be a field.
var englishVerbs = wordSet(`insert enter choose select delete add`)

// english are field names that programs, markup and settings use as well: alone
// they count only in a line of Danish or after a salutation.
var english = wordSet(`
 name firstname lastname surname fullname middlename address street city zip zipcode postcode country
 date phone mobile company recipient sender customer subject amount first last full birthdate email mail by alle titel center nummer kunde patient part`)

func wordSet(words string) map[string]bool {
	set := make(map[string]bool)
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// fieldName reports whether every word of s, as written between delimiters, is a
// field name or glue, and at least one a field name. "Borger_Navn1", "dinAdresse"
// and "navn på sagsbehandler" are; numbers standing alone are not, since they make
// a tag of a case ("[Sag 12345]"). danish tells that one of them is a word that
// only Danish templates use.
func fieldName(s string) (field, danish bool) {
	for _, w := range pieces(s) {
		switch {
		case isField(w):
			field, danish = true, danish || !isEnglish(w)
		case !glueWords[w]:
			return false, false
		}
	}
	return field, danish
}

// isEnglish knows the English names in the plural too.
func isEnglish(w string) bool { return english[w] || english[strings.TrimSuffix(w, "s")] }

// danishFieldName is fieldName for delimiters that HTML and shells use too.
func danishFieldName(s string) bool {
	_, danish := fieldName(s)
	return danish
}

// danishSigns stand in nearly every line of Danish, or in the salutation of a
// letter, and hardly ever in code.
var danishSigns = []string{"æ", "ø", "å", "Æ", "Ø", "Å", " og ", " din ", " dit ", " til ", " er ", " af ", " med ", " vi ", "Hej ", "Dear ", "Hello "}

// named reports whether s is a field name at byte i of the text: a Danish one
// anywhere, an English one in a line of Danish.
func named(text string, i int, s string) bool {
	field, danish := fieldName(s)
	if danish || !field {
		return danish
	}
	from, to := lineOf(text, i)
	for _, sign := range danishSigns {
		if strings.Contains(text[from:to], sign) {
			return true
		}
	}
	return false
}

// pieces cuts at everything that is no letter and where a small letter is
// followed by a capital, in lower case. Digits right after letters are dropped.
func pieces(s string) []string {
	var out []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			out = append(out, strings.ToLower(string(word)))
			word = word[:0]
		}
	}
	for _, r := range s {
		switch {
		case unicode.IsLetter(r):
			if n := len(word); n > 0 && unicode.IsUpper(r) && unicode.IsLower(word[n-1]) {
				flush()
			}
			word = append(word, r)
		case unicode.IsDigit(r) && len(word) > 0:
		case unicode.IsDigit(r):
			out = append(out, "0") // a number by itself is no field
		default:
			flush()
		}
	}
	flush()
	return out
}

// isField reports whether w is a field name, a genitive of one, or a compound of
// them ("borgernavn", "sagsbehandlers", "mødeadresse" is not: "møde" is no field).
func isField(w string) bool {
	if fieldNames[w] {
		return true
	}
	for _, ending := range []string{"s", "ens", "ets", "en", "et", "ns"} {
		if stem, ok := strings.CutSuffix(w, ending); ok && len(stem) > 2 && fieldNames[stem] {
			return true
		}
	}
	for i := 3; i <= len(w)-2; i++ {
		if !fieldNames[w[:i]] {
			continue
		}
		if rest := w[i:]; fieldNames[rest] || strings.HasPrefix(rest, "s") && fieldNames[rest[1:]] {
			return true
		}
	}
	return false
}
