package register

import "strings"

// Example is a case from the EDPB's guidelines 01/2021 on examples of breaches, to be
// compared with an entry. The numbers and titles are the guidelines' own. What came of
// the case is told from general knowledge and was not checked against the text, and the
// page says so.
type Example struct {
	No           string // of the guidelines' case
	Danish       string // the title in our translation
	English      string // the title
	Notify, Tell bool   // the authority, the persons; documented it is always
	likeness     []string
}

// Examples are the cases that resemble an entry, by the words of what happened, in
// the guidelines' order; none when none does.
func Examples(d *Draft) []Example {
	text := strings.ToLower(d.What)
	var list []Example
	for _, e := range examples() {
		for _, word := range e.likeness {
			if strings.Contains(text, word) {
				list = append(list, e)
				break
			}
		}
	}
	return list
}

func examples() []Example {
	return []Example{
		{"09", "Fejlagtig overførsel af oplysninger til en betroet tredjepart", "Accidental transmission of data to a trusted third party", false, false,
			[]string{"internt i kommunen", "intern", "kollega", "leverandør", "samarbejdspartner", "databehandler", "sikre modtagere", "forsøgt videresendt"}},
		{"13", "Postfejl: to forsendelser byttet om", "Postal mail mistake", false, false,
			[]string{"stilet til", "forkert brev", "brev til en forkert", "byttet om", "udleveret", "kuvert", "et brev", "bar en anden persons"}},
		{"14", "Stærkt fortrolige personoplysninger sendt i en mail ved en fejl", "Highly confidential personal data sent by mail by mistake", true, true,
			[]string{"masseudsendelse", "mange borgere", "et andet land", "ud over parten", "sager om børn", "følsomme", "beskyttelse", "flere borgeres", "andre borgere end sagens part", "en anden borger end sagens part"}},
		{"15", "Personoplysninger sendt i en mail ved en fejl", "Personal data sent by mail by mistake", false, false,
			[]string{"en mail", "blanket", "skabelon", "mailadresse", "hinandens adresser"}},
		{"16", "Postfejl: to personers breve i samme kuvert", "Postal mail mistake", true, false,
			[]string{"kørsel", "samme kuvert", "andre breve", "ældre breve", "forskudt", "fletning"}},
	}
}
