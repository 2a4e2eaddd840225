package words

// keyTexts are about the keys of the vault.
func keyTexts() map[string]phrase {
	return map[string]phrase{
		"nav.keys":            {"Nøgler", "Keys"},
		"keys.title":          {"Nøgler til karantænen", "Keys to the quarantine"},
		"keys.lead":           {"Det, der ligger i karantæne, er forseglet til disse nøgler og kan ikke åbnes af andre, heller ikke af driften.", "What lies in quarantine is sealed to these keys and can be opened by nobody else, operations included."},
		"keys.who":            {"Hvem eller hvor", "Who or where"},
		"keys.kind":           {"Slags", "Kind"},
		"keys.print":          {"Fingeraftryk", "Fingerprint"},
		"keys.remove":         {"Tag ud af brug", "Take out of use"},
		"keykind.dpo":         {"DPO", "DPO"},
		"keykind.reviewer":    {"Sagsbehandler", "Reviewer"},
		"keykind.recovery":    {"Gendannelsesnøgle", "Recovery key"},
		"keykind.file":        {"Nøgle i vault.recipients", "Key in vault.recipients"},
		"keykind.out":         {"Ude af brug: åbner kun det, der ikke er forseglet igen siden. Forsegl igen.", "Out of use: opens only what has not been sealed anew since. Seal anew."},
		"keys.lost":           {"Kommunens login giver ikke længere denne rolle. Nøglen skal tages ud: bed driften om \"brevvagt account role\" eller \"account disable\", og forsegl igen.", "The municipality's sign-in does not give this role any more. The key is to be taken out: ask operations for \"brevvagt account role\" or \"account disable\", and seal anew."},
		"keys.seal":           {"Forsegl igen", "Seal anew"},
		"keys.seal.text":      {"Er en nøgle kommet til, åbner den kun det, der er kommet siden. Er en taget ud, åbner den stadig det ældre. Forsegl igen, så gælder nøglerne ovenfor alt, der er gemt. Det kan afbrydes og fortsættes.", "A key that was added opens only what came since. One that was taken out still opens what is older. Seal anew, and the keys above hold for all that is kept. It can be interrupted and continued."},
		"keys.running":        {"Forsegler: %d af %d sager.", "Sealing: %d of %d cases."},
		"keys.left":           {"%d af %d sager er ikke forseglet til nøglerne ovenfor.", "%d of %d cases are not sealed to the keys above."},
		"keys.closed":         {"%d sager kunne ikke åbnes med din nøgle og er, som de var. En anden DPO eller gendannelsesnøglen kan åbne dem.", "%d cases could not be opened with your key and are as they were. Another DPO or the recovery key can open them."},
		"keys.failed":         {"Det blev ikke gjort færdigt (%d sager fejlede). Prøv igen, eller spørg driften.", "It was not finished (%d cases failed). Try again, or ask operations."},
		"keys.seal.button":    {"Forsegl alt igen", "Seal everything anew"},
		"keys.add":            {"Tag en gendannelsesnøgle i brug", "Take a recovery key into use"},
		"keys.add.text":       {"Lav nøglen på en anden maskine, eller med \"brevvagt vault recovery new\", og læg den i et pengeskab. Her skrives kun den offentlige halvdel.", "Make the key on another machine, or with \"brevvagt vault recovery new\", and put it in a safe. Only the public half is written here."},
		"keys.name":           {"Hvor ligger den?", "Where does it lie?"},
		"keys.public":         {"Offentlig nøgle (age1pq1…)", "Public key (age1pq1…)"},
		"keys.add.button":     {"Tag nøglen i brug", "Take the key into use"},
		"keys.bad":            {"Skriv, hvor nøglen ligger, og en offentlig nøgle, der begynder med age1pq1. En hemmelig nøgle må aldrig skrives her.", "Write where the key lies and a public key that begins with age1pq1. A secret key must never be written here."},
		"keys.unknown":        {"Den nøgle er ikke i brug.", "That key is not in use."},
		"keys.needed":         {"Gendannelsesnøglen er den eneste. Tag en anden i brug, før du tager den ud.", "This is the only recovery key. Take another into use before you take it out."},
		"keylack.no-dpo":      {"Der er ingen DPO-nøgle, og der skal være mindst to: ingen kan åbne det, der er i karantæne.", "There is no DPO's key, and there must be two at least: nobody can open what is in quarantine."},
		"keylack.one-dpo":     {"Der er kun én DPO-nøgle, og der skal være mindst to: bliver den ene syg eller glemmer sin adgangssætning, kan ingen åbne. Brevvagt starter ikke igen, før der er to. Driften opretter den anden med \"brevvagt vault setup\".", "There is only one DPO's key, and there must be two at least: if that one falls ill or forgets the passphrase, nobody can open. Brevvagt does not start again before there are two. Operations make the other with \"brevvagt vault setup\"."},
		"keylack.no-recovery": {"Der er ingen gendannelsesnøgle uden for maskinen: går alle konti tabt, er karantænen tabt. Brevvagt starter ikke igen, før der er en. Tag en i brug herunder.", "There is no recovery key outside the machine: if all accounts are lost, the quarantine is lost. Brevvagt does not start again before there is one. Take one into use below."},
		"flash.keys":          {"Nøglerne er ændret. Forsegl igen, så det også gælder det, der allerede ligger i karantæne.", "The keys have changed. Seal anew so that it holds for what is in quarantine already."},
	}
}
