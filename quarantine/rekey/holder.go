package rekey

import "errors"

// Holder is somebody or something whose key opens what is sealed now.
type Holder struct {
	Name string
	Kind string // dpo, reviewer, recovery, file, Out
	Key  string // fingerprint
	// Lost says that the municipality's sign-in does not give the person this role any more.
	Lost bool
}

// Out is the kind of a key that is out of use, because its account was closed or has a role
// without keys: it opens only what has not been sealed anew since.
const Out = "out"

// Lack is a key that must be there and is not.
type Lack string

// What may lack. A quarantine needs the keys of two DPOs, and one outside the machine.
const (
	NoDPO      Lack = "no-dpo"
	OneDPO     Lack = "one-dpo"
	NoRecovery Lack = "no-recovery"
)

// ErrNeeded says that a key must not go before another has come.
var ErrNeeded = errors.New("the quarantine needs the keys of two DPOs and a recovery key: make the new one first (brevvagt vault setup, brevvagt vault recovery new)")

// String says it in Danish, as on the terminal.
func (l Lack) String() string {
	switch l {
	case NoDPO:
		return "ingen DPO-nøgle, der skal være mindst to: ingen kan åbne det, der er i karantæne"
	case OneDPO:
		return "kun én DPO-nøgle, der skal være mindst to: bliver den ene syg eller glemmer sin adgangssætning, er der ellers ingen til at åbne"
	default:
		return "ingen gendannelsesnøgle uden for maskinen: går alle konti tabt, er karantænen tabt"
	}
}

// Lacking lists what lacks before everything that is held can be opened by two DPOs and
// by a key that lies outside the machine. A key counts once, whoever has it.
func Lacking(list []Holder) []Lack {
	seen, dpo, outside := map[string]bool{}, 0, 0
	for _, kind := range []string{"dpo", "recovery", "file"} {
		for _, h := range list {
			if h.Kind != kind || seen[h.Key] {
				continue
			}
			seen[h.Key] = true
			if kind == "dpo" {
				dpo++
			} else {
				outside++
			}
		}
	}
	var lacks []Lack
	switch dpo {
	case 0:
		lacks = append(lacks, NoDPO)
	case 1:
		lacks = append(lacks, OneDPO)
	}
	if outside == 0 {
		lacks = append(lacks, NoRecovery)
	}
	return lacks
}

// Spare reports with ErrNeeded that a holder's key cannot go: less would be there than
// must be.
func Spare(list []Holder, kind, key string) error {
	var rest []Holder
	for _, h := range list {
		if h.Kind != kind || h.Key != key {
			rest = append(rest, h)
		}
	}
	if len(rest) < len(list) && (kind == "dpo" || kind == "recovery") {
		for _, l := range Lacking(rest) {
			if (l == NoRecovery) == (kind == "recovery") {
				return ErrNeeded
			}
		}
	}
	return nil
}
