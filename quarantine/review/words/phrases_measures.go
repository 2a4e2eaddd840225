package words

// measureTexts are about what Datatilsynet asks for against wrong recipients.
func measureTexts() map[string]phrase {
	return map[string]phrase{
		"measures.title":             {"Datatilsynets tiltag", "What Datatilsynet asks for"},
		"measures.lead":              {"Det, Datatilsynet har peget på mod fejlforsendelser, og hvad der er slået til her. Tallene er sager i %d.", "What Datatilsynet, the Danish data protection authority, has pointed to against wrong recipients, and what is on here. The figures are cases in %d."},
		"measures.back":              {"Til statistikken", "To the statistics"},
		"measures.state":             {"Indstilling", "Setting"},
		"measures.off":               {"fra", "off"},
		"measures.unknown":           {"ukendt", "unknown"},
		"measures.trial":             {"prøves, standser ikke", "on trial, stops nothing"},
		"measures.warns":             {"advarer", "warns"},
		"measures.stops":             {"standser", "stops"},
		"measures.two":               {"standser, to skal frigive", "stops, two must release"},
		"measures.merge":             {"Test af brevfletning og et ekstra par øjne", "Testing mail merges, and a second pair of eyes"},
		"measures.merge.text":        {"Hvert brev i en kørsel måles mod sin modtager, før det sendes; det første forkerte standser resten. Driften kan også prøve en kørsel på forhånd (kommandoen brevvagt scan).", "Each letter of a run is held against its recipient before it goes; the first wrong one stops the rest. Operations can also try a run beforehand (the command brevvagt scan)."},
		"measures.merge.source":      {"Kilde: datatilsynet.dk, Ugens sikkerhedstip 10-11-2023, brevfletning", "Source: datatilsynet.dk, security tip of 10-11-2023, mail merge"},
		"measures.documents":         {"Fejljournaliserede dokumenter i aktindsigter", "Misfiled documents in access requests"},
		"measures.documents.text":    {"Et dokument om en anden person end de øvrige i bundtet findes, og filens navn og siden nævnes.", "A document about another person than the others of its bundle is found, and its file and page are named."},
		"measures.documents.source":  {"Kilde: datatilsynet.dk, Ugens sikkerhedstip 02-06-2024, aktindsigter", "Source: datatilsynet.dk, security tip of 02-06-2024, access requests"},
		"measures.complete":          {"Tekniske foranstaltninger mod autofuldførelse af adresser", "Technical measures against address auto-complete"},
		"measures.complete.text":     {"Brevvagt slår ikke autofuldførelse fra; det gør man i mailprogrammet. Men det kontrollerer ved hver mail, om den, indholdet handler om, hører til hos modtageren.", "Brevvagt does not turn auto-complete off; that is done in the mail program. But it checks of each mail whether the person it is about belongs to its recipient."},
		"measures.complete.source":   {"Kilde: penta.dk om Datatilsynets skærpede praksis fra 1. marts 2024", "Source: penta.dk on Datatilsynet's stricter practice from 1 March 2024"},
		"measures.encryption":        {"Kryptering af mails med fortrolige og følsomme oplysninger", "Encryption of mails with confidential and sensitive data"},
		"measures.encryption.text":   {"En mail uden bevist kryptering standses, når den har CPR-numre eller følsomme oplysninger om en person.", "A mail without proven encryption is stopped when it has CPR numbers or sensitive data on a person."},
		"measures.encryption.source": {"Kilde: datatilsynet.dk, Transmission af personoplysninger via e-mail (fra 1. januar 2019)", "Source: datatilsynet.dk, personal data by e-mail (from 1 January 2019)"},
		"measures.hidden":            {"Oplysninger, der følger med indlejret", "Data that rides along embedded"},
		"measures.hidden.text":       {"Skjulte ark, noter, rettelser, egenskaber og indlejrede filer læses som det, man ser.", "Hidden sheets, notes, changes, properties and embedded files are read like what is seen."},
		"measures.hidden.source":     {"Kilde: datatilsynet.dk, Personoplysninger indlejret i PowerPoint-præsentationer", "Source: datatilsynet.dk, personal data embedded in PowerPoint"},
		"measures.recall":            {"Tilbagekald af forkerte breve", "Calling back wrong letters"},
		"measures.recall.text":       {"e-Boks kan gøre et brev utilgængeligt, når afsenderen beder om det. Påmindelsen og en tekst til modtageren står ved hvert brud i fortegnelsen under Underretning.", "e-Boks can make a letter unavailable when its sender asks. The reminder and a text for the recipient stand with each breach of the register under Telling."},
		"measures.recall.source":     {"Kilde: datatilsynet.dk, Ugens sikkerhedstip 12-01-2024, fejlforsendelser i e-Boks", "Source: datatilsynet.dk, security tip of 12-01-2024, wrong letters in e-Boks"},
	}
}
