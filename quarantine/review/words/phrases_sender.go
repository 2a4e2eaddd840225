package words

func senderTexts() map[string]phrase {
	return map[string]phrase{
		"notekind.sender-reason":  {"Afsenderens begrundelse", "The sender's reason"},
		"notekind.sender-asks":    {"Afsenderen beder om hjælp", "The sender asks for help"},
		"notekind.sender-secure":  {"Afsenderen vil sende sikkert", "The sender wants it sent securely"},
		"verb.case-sender-reason": {"Skrev en begrundelse", "Gave a reason"},
		"verb.case-sender-asks":   {"Bad DPO'en se på sagen", "Asked the DPO to look"},
		"verb.case-sender-secure": {"Bad om sikker forsendelse", "Asked for secure sending"},
		"verb.notice-uncertain":   {"Det er uvist, om beskeden til afsenderen nåede frem; den sendes ikke igen", "It is not known whether the notice to the sender arrived; it is not sent again"},
		"verb.notice-failed":      {"Beskeden til afsenderen kunne ikke afleveres", "The notice to the sender could not be delivered"},
		"detail.route":            {"Sikker vej", "Secure route"},
		"release.route":           {"Send ad den sikre vej „%s“", "Send by the secure route “%s”"},
		"sender.to.one":           {"%d modtager", "%d recipient"},
		"sender.to.many":          {"%d modtagere", "%d recipients"},
		"sender.annuller":         {"Afsenderen har trukket den tilbage", "The sender withdrew it"},
		"sender.sikker":           {"Afsenderen vil sende sikkert", "The sender wants it sent securely"},
		"sender.begrund":          {"Afsenderen har skrevet en begrundelse", "The sender has given a reason"},
		"sender.dpo":              {"Afsenderen beder dig se på sagen", "The sender asks you to look"},
		"sender.frigiv":           {"Afsenderen har frigivet den med en begrundelse", "The sender released it with a reason"},
	}
}
