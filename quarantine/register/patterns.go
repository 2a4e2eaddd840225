package register

import "brevvagt/quarantine/register/story"

// Pattern is a model for an entry that no scanner can make, from incidents that a
// municipality has entered: the form opens with it, and the person fills in the rest.
// What stands in braces is to be written by hand.
type Pattern struct {
	ID, Danish, English string
	Fields
}

const fill = story.Fill

// Patterns are the models, in the order in which they are offered.
func Patterns() []Pattern {
	return []Pattern{
		{"uden-login", "Fagsystem kunne bruges uden login", "System could be used without signing in", Fields{What: fill + ": Fagsystem kunne bruges uden login i perioden {fra-til}.", Type: SystemError,
			DataTypes:    []string{"Adresse", "Boligforhold", "Bopælskommune", "CPR-nr.", "CVR-nummer (enkeltmandsvirksomhed)", "Navn", "Navne- og adressebeskyttelse", "Oplysning om at personen er afgået ved døden"},
			Consequences: "Tab af fortrolighed for oplysninger under tavshedspligt; opslag kan ikke spores.", Measures: fill}},
		{"utilgaengeligt", "System hos leverandør var utilgængeligt", "Supplier's system was unavailable", Fields{What: fill + ": System hos leverandør var utilgængeligt.", Type: SupplierError,
			Consequences: "Manglende adgang til en ydelse.", Measures: fill + ": certifikat fornyet."}},
		{"opsaetning", "Forkert opsætning gav adgang til en kollegas sag", "Wrong set-up gave access to a colleague's case", Fields{What: fill + ": Forkert opsætning gav adgang til kollegas fraværssag.", Type: SystemError,
			Consequences: fill, Measures: fill + ": rettelse hos databehandler."}},
		{"laant-login", "Medarbejder lånte sit login til en kollega", "Employee lent a login to a colleague", Fields{What: fill + ": Medarbejder lånte sit login til en kollega.", Type: HumanError,
			DataTypes: []string{"Initialer/loginnavn", "Navn"}, Consequences: "Ikke nogen (begge havde tjenstligt behov).", Measures: fill + ": adgangskode skiftet."}},
		{"laant-pc", "Pc udlånt til ekstern person", "Computer lent to an outsider", Fields{What: fill + ": Låne-pc udlånt til ekstern person.", Type: HumanError,
			Consequences: "Ingen registrerede; hændelse, ikke brud.", Measures: fill + ": adgang lukket."}},
		{"adgangskontrol", "Oplysninger kunne ses af uvedkommende på en portal", "Data could be seen by outsiders on a portal", Fields{What: fill + ": Oplysninger om plejefamilier kunne ses af uvedkommende i perioden {fra-til}.", Type: SystemError,
			DataTypes:    []string{"Adresse", "Alder", "E-mail", "Familiemæssige forhold", "Navn", "Religiøs overbevisning", "Sociale forhold", "Telefonnummer (privat)", "Tilsynsrapport"},
			Consequences: "Uberettiget kendskab til private forhold.", Measures: fill + ": portal lukket kl. {tidspunkt}; berørte underrettet."}},
		{"fejlforsendelse", "Brev eller mail til en forkert modtager, opdaget bagefter", "Letter or mail to a wrong recipient, found afterwards", Fields{What: fill + ": En medarbejder sendte {et brev eller en mail} til en forkert modtager.", Type: HumanError,
			Consequences: "Modtageren kunne få kendskab til en anden borgers oplysninger.", Measures: fill + ": modtageren er bedt om at slette og har bekræftet."}},
	}
}
