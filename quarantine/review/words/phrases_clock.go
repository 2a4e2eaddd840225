package words

// clockTexts are about the 72 hours.
func clockTexts() map[string]phrase {
	return map[string]phrase{
		"clock.and":       {"%s og %s", "%s and %s"},
		"clock.over":      {"fristen er passeret", "the deadline has passed"},
		"clock.left":      {"Tid tilbage til anmeldelse: %s.", "Time left to notify: %s."},
		"clock.late":      {"Fristen for anmeldelse er passeret.", "The deadline for notification has passed."},
		"clock.entry":     {"Nr. %s i fortegnelsen", "No. %s in the register"},
		"clock.until":     {"frist %s", "deadline %s"},
		"clock.more.one":  {"og %d frist mere", "and %d more deadline"},
		"clock.more.many": {"og %d frister mere", "and %d more deadlines"},
	}
}
