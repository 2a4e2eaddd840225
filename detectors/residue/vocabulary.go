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
 sag sager sagsnr sagsnummer sagsid sagstitel journalnr journalnummer dokumentnr løbenr lbnr id ref reference
 telefon telefonnr telefonnummer tlf tlfnr mobil mobilnr mobilnummer mail email mailadresse e-mail epost
 beløb sats pris kontonr kontonummer regnr konto ydelse afgørelse begrundelse ydelsesnavn
 titel stilling stillingsbetegnelse emne overskrift brødtekst tekst kommentar bemærkning underskrift initialer hilsen
 firma firmanavn firmaadresse virksomhed virksomhedsnavn organisation dokumenttitel undertitel forfatter
 ejendom matrikel matrikelnr bfe bfenr nr nummer antal type art kategori link lokale mødested bilag
 name firstname lastname surname fullname middlename address street city zip zipcode postcode country
 date phone mobile company recipient sender customer subject amount first last full birthdate`)

// glueWords may stand between field names: "[navn på din sagsbehandler]".
var glueWords = wordSet(`
 for på af og den det de din dit dine til i fra her evt eller samt hele fulde kl en et hr fru ny nye ens
 relevant relevante aktuel aktuelle pågældende ansvarlig ansvarlige dansk
 your the of a an`)

// verbs begin an instruction to the writer: "[indsæt dato]".
var verbs = wordSet(`
 indsæt indsættes skriv skrives udfyld udfyldes angiv angives vælg tilføj tilføjes slet slettes fjern fjernes
 ret rettes tilpas beskriv klik tast insert enter choose select delete`)

// englishTags are words that are also names of HTML and XML elements or of
// variables every computer has, so that <name> and %DATE% prove nothing.
var englishTags = wordSet(`
 name firstname lastname surname fullname middlename address street city zip zipcode postcode country
 date phone mobile company recipient sender customer subject amount first last full birthdate
 id ref email mail art link type center titel mobil reference kommentar dato`)

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
// a tag of a case ("[Sag 12345]").
func fieldName(s string) bool {
	found := false
	for _, w := range pieces(s) {
		switch {
		case isField(w):
			found = true
		case !glueWords[w]:
			return false
		}
	}
	return found
}

// danishFieldName is fieldName for delimiters that HTML and shells use too.
func danishFieldName(s string) bool {
	if englishTags[strings.ToLower(s)] {
		return false
	}
	return fieldName(s)
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
