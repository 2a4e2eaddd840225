package rekey

// Holder is somebody or something whose key opens what is sealed now.
type Holder struct {
	Name string
	Kind string // dpo, reviewer, recovery, file
	Key  string // fingerprint
}

// Warnings says in Danish what is missing for what is kept to stay openable: two DPOs and
// a key that lies outside the machine.
func Warnings(list []Holder) []string {
	count := map[string]int{}
	for _, h := range list {
		count[h.Kind]++
	}
	var warnings []string
	switch count["dpo"] {
	case 0:
		warnings = append(warnings, "ingen DPO-nøgle: ingen kan åbne det, der er i karantæne")
	case 1:
		warnings = append(warnings, "kun én DPO-nøgle, der bør være mindst to: bliver den ene syg eller glemmer sin adgangssætning, er der ellers ingen til at åbne")
	}
	if count["recovery"]+count["file"] == 0 {
		warnings = append(warnings, "ingen gendannelsesnøgle uden for maskinen: går alle konti tabt, er karantænen tabt")
	}
	return warnings
}
