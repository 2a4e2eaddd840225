package special

// DataTypes gives the values of the breach register's column 6 ("Hvilke typer af
// personoplysninger er berørt?") for a finding's category, sorted. The values that
// Gladsaxe's register of 2025 has are spelled as there; the others follow the
// words of GDPR articles 9 and 10. An unknown category gives nil.
func DataTypes(category string) []string {
	switch category {
	case "helbred", "psykiatri", "misbrug":
		return []string{"Helbredsoplysninger"}
	case Private:
		return []string{"Familiemæssige forhold", "Sociale forhold"}
	case "boern":
		return []string{"Familiemæssige forhold", "Støtteforanstaltninger"}
	case "social_oekonomi":
		return []string{"Sociale forhold", "Økonomiske forhold"}
	case "adressebeskyttelse", "protected-address":
		return []string{"Navne- og adressebeskyttelse"}
	case "religion":
		return []string{"Religiøs overbevisning"}
	case "etnicitet":
		return []string{"Race eller etnisk oprindelse"}
	case "fagforening":
		return []string{"Fagforeningsmæssigt tilhørsforhold"}
	case "politik":
		return []string{"Politisk overbevisning"}
	case "seksualitet":
		return []string{"Seksuelle forhold"}
	case "genetik_biometri":
		return []string{"Genetiske eller biometriske data"}
	case "personalesag":
		return []string{"Ansættelsesforhold"}
	case "straf_art10":
		return []string{"Strafbare forhold"}
	}
	return nil
}
