package state

import (
	"context"
	"fmt"

	"brevvagt/quarantine/account"
	"brevvagt/quarantine/rekey"
	"brevvagt/quarantine/vault"
)

// KeyHolder is somebody or something whose key opens what is sealed now.
type KeyHolder struct {
	Name string
	Kind string // dpo, reviewer, recovery, file
	Key  string // fingerprint
}

// KeyHolders lists who can open what is sealed now: accounts, recovery keys, and the
// keys of the configured file.
func (s *State) KeyHolders(ctx context.Context, file string) ([]KeyHolder, error) {
	accounts, err := s.Accounts.List(ctx)
	if err != nil {
		return nil, err
	}
	var list []KeyHolder
	for _, a := range accounts {
		if a.Recipient != "" && !a.Disabled {
			list = append(list, KeyHolder{a.Name, string(a.Role), vault.Fingerprint(a.Recipient)})
		}
	}
	recovery, err := rekey.Recoveries(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	for _, r := range recovery {
		list = append(list, KeyHolder{r.Name, "recovery", vault.Fingerprint(r.Recipient)})
	}
	if file == "" {
		return list, nil
	}
	keys, err := vault.Recipients(file)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		list = append(list, KeyHolder{"vault.recipients", "file", vault.Fingerprint(fmt.Sprint(k))})
	}
	return list, nil
}

// KeyWarnings says in Danish what is missing for what is kept to stay openable: two
// DPOs and a key that lies outside the machine.
func KeyWarnings(list []KeyHolder) []string {
	count := map[string]int{}
	for _, h := range list {
		count[h.Kind]++
	}
	var warnings []string
	if n := count[string(account.DPO)]; n < 2 {
		warnings = append(warnings, fmt.Sprintf("%d DPO-nøgle(r), der bør være mindst to: bliver den ene syg eller glemmer sin adgangssætning, er der ellers ingen til at åbne", n))
	}
	if count["recovery"]+count["file"] == 0 {
		warnings = append(warnings, "ingen gendannelsesnøgle uden for maskinen: går alle konti tabt, er karantænen tabt")
	}
	return warnings
}

// Stale counts the cases whose content is kept but not sealed to the keys of today.
func (s *State) Stale(ctx context.Context, file string) (left, kept int, err error) {
	recipients, err := s.Recipients(ctx, file)
	if err != nil {
		return 0, 0, err
	}
	return rekey.Stale(ctx, s.DB, vault.KeysID(recipients))
}
