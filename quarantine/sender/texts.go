package sender

import (
	"fmt"

	"brevvagt/quarantine/review/words"
)

// text is a text of the page in Danish or English.
func text(l words.Lang, key string, args ...any) string {
	pair, ok := texts()[key]
	s := pair[0]
	if l == words.English {
		s = pair[1]
	}
	if !ok {
		return "«" + key + "»"
	}
	if len(args) > 0 {
		return fmt.Sprintf(s, args...)
	}
	return s
}

func texts() map[string][2]string {
	return map[string][2]string{
		"app":           {"Brevvagt", "Brevvagt"},
		"app.lead":      {"passer på kommunens breve", "guards the municipality's letters"},
		"footer":        {"Brevvagt sender intet af sig selv.", "Brevvagt sends nothing by itself."},
		"other":         {"English", "Dansk"},
		"other.lang":    {"en", "da"},
		"wait.title":    {"Din mail er ikke sendt endnu", "Your mail has not been sent yet"},
		"wait.text":     {"Den ligger i karantæne. Vælg herunder, hvad der skal ske. Du kan vælge én gang.", "It is in quarantine. Choose below what is to happen. You can choose once."},
		"facts":         {"Om mailen", "About the mail"},
		"sent":          {"Modtaget fra dig", "Received from you"},
		"to":            {"Sendt til", "Sent to"},
		"found":         {"Fundet", "Found"},
		"why":           {"Derfor blev den standset", "Why it was stopped"},
		"reference":     {"Sagsnummer", "Case number"},
		"until":         {"Linket virker til", "The link works until"},
		"ways":          {"Hvad vil du?", "What do you want to do?"},
		"cancel":        {"Annullér mailen", "Cancel the mail"},
		"cancel.text":   {"Mailen bliver ikke sendt. Ret den, og send en ny.", "The mail will not be sent. Correct it and send a new one."},
		"cancel.do":     {"Annullér mailen", "Cancel the mail"},
		"secure":        {"Send sikkert", "Send securely"},
		"secure.text":   {"Mailen sendes ad kommunens sikre vej i stedet.", "The mail goes by the municipality's secure route instead."},
		"secure.do":     {"Send ad den sikre vej", "Send by the secure route"},
		"reason":        {"Giv en begrundelse", "Give a reason"},
		"reason.text":   {"Skriv, hvorfor mailen skal sendes, som den er. En DPO eller sagsbehandler læser den og afgør sagen.", "Write why the mail should go as it is. A DPO or case worker reads it and decides."},
		"reason.free":   {"Skriv, hvorfor mailen skal sendes, som den er. Den bliver sendt straks, og din begrundelse bliver gemt i sagens log.", "Write why the mail should go as it is. It is sent at once, and your reason is kept in the log of the case."},
		"reason.label":  {"Begrundelse", "Reason"},
		"reason.hint":   {"Højst %d tegn. Skriv ikke navne, CPR-numre eller adresser.", "At most %d characters. Do not write names, CPR numbers or addresses."},
		"reason.do":     {"Indsend begrundelsen", "Submit the reason"},
		"release.do":    {"Send mailen med denne begrundelse", "Send the mail with this reason"},
		"dpo":           {"Spørg DPO'en", "Ask the DPO"},
		"dpo.text":      {"Er du i tvivl, så bed DPO'en se på mailen. Den venter imens.", "If you are in doubt, ask the DPO to look at the mail. It waits meanwhile."},
		"dpo.do":        {"Bed DPO'en se på den", "Ask the DPO to look"},
		"contact":       {"Hjælp: %s", "Help: %s"},
		"problem.title": {"Det blev ikke gjort", "It was not done"},

		"problem.empty":    {"Skriv en begrundelse.", "Write a reason."},
		"problem.long":     {"Begrundelsen må højst være på %d tegn.", "The reason may have at most %d characters."},
		"problem.personal": {"Begrundelsen ser ud til at indeholde et navn, et nummer eller en adresse på en person. Fjern det, og prøv igen.", "The reason seems to contain a person's name, number or address. Remove it and try again."},
		"problem.act":      {"Det kan ikke vælges for denne mail.", "That cannot be chosen for this mail."},

		"used.annuller.title":    {"Mailen er annulleret", "The mail is cancelled"},
		"used.annuller.text":     {"Den bliver ikke sendt, og modtageren får intet. Du kan lukke siden.", "It will not be sent, and the recipient gets nothing. You can close the page."},
		"used.sikker.title":      {"Du har bedt om, at mailen sendes sikkert", "You have asked for the mail to be sent securely"},
		"used.sikker.text":       {"DPO'en kan se det i sagen og sender den ad den sikre vej. Mailen venter imens.", "The DPO sees it in the case and sends it by the secure route. The mail waits meanwhile."},
		"used.sikker.sent.title": {"Mailen går ad den sikre vej", "The mail goes by the secure route"},
		"used.sikker.sent.text":  {"Den bliver leveret, så snart den sikre vej tager imod. Du skal ikke gøre mere.", "It is delivered as soon as the secure route takes it. You need not do more."},
		"used.begrund.title":     {"Begrundelsen er modtaget", "The reason has been received"},
		"used.begrund.text":      {"Mailen venter stadig. En DPO eller sagsbehandler læser din begrundelse og afgør sagen.", "The mail still waits. A DPO or case worker reads your reason and decides."},
		"used.dpo.title":         {"DPO'en er spurgt", "The DPO has been asked"},
		"used.dpo.text":          {"Mailen venter stadig. DPO'en kan se i sagen, at du har bedt om hjælp.", "The mail still waits. The DPO sees in the case that you asked for help."},
		"used.frigiv.title":      {"Mailen sendes", "The mail is being sent"},
		"used.frigiv.text":       {"Din begrundelse er gemt i sagens log. Du skal ikke gøre mere.", "Your reason is kept in the log of the case. You need not do more."},
		"over.title":             {"Sagen er lukket", "The case is closed"},
		"over.text":              {"Der er ikke mere at vælge.", "There is nothing more to choose."},
		"over.released.title":    {"Mailen er frigivet", "The mail has been released"},
		"over.released.text":     {"En DPO eller sagsbehandler har set på den, og den er sendt. Du skal ikke gøre mere.", "A DPO or case worker has looked at it, and it has been sent. You need not do more."},
		"over.rejected.title":    {"Mailen er afvist", "The mail has been rejected"},
		"over.rejected.text":     {"En DPO eller sagsbehandler har set på den, og den bliver ikke sendt.", "A DPO or case worker has looked at it, and it will not be sent."},
		"unknown.title":          {"Linket virker ikke", "The link does not work"},
		"unknown.text":           {"Se efter, om hele linket kom med. Hjælper det ikke, så spørg jeres DPO.", "Check that the whole link was copied. If that does not help, ask your DPO."},
		"expired.title":          {"Linket er udløbet", "The link has expired"},
		"expired.text":           {"Spørg jeres DPO om mailen.", "Ask your DPO about the mail."},
		"often.title":            {"Prøv igen om et minut", "Try again in a minute"},
		"often.text":             {"Siden er åbnet for mange gange på kort tid.", "The page was opened too many times in a short while."},
		"broken.title":           {"Noget gik galt", "Something went wrong"},
		"broken.text":            {"Der er ikke ændret noget. Prøv igen, eller spørg jeres DPO.", "Nothing was changed. Try again, or ask your DPO."},
	}
}
