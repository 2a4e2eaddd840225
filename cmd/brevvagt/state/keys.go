package state

import (
	"context"
	"fmt"

	"brevvagt/quarantine/rekey"
	"brevvagt/quarantine/vault"
)

// KeyHolders lists who can open what is sealed now: accounts, recovery keys, and the
// keys of the configured file.
func (s *State) KeyHolders(ctx context.Context, file string) ([]rekey.Holder, error) {
	accounts, err := s.Accounts.List(ctx)
	if err != nil {
		return nil, err
	}
	var list []rekey.Holder
	for _, a := range accounts {
		if a.Recipient != "" && !a.Disabled {
			list = append(list, rekey.Holder{Name: a.Name, Kind: string(a.Role), Key: vault.Fingerprint(a.Recipient)})
		}
	}
	recovery, err := rekey.Recoveries(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	for _, r := range recovery {
		list = append(list, rekey.Holder{Name: r.Name, Kind: "recovery", Key: vault.Fingerprint(r.Recipient)})
	}
	if file == "" {
		return list, nil
	}
	keys, err := vault.Recipients(file)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		list = append(list, rekey.Holder{Name: "vault.recipients", Kind: "file", Key: vault.Fingerprint(fmt.Sprint(k))})
	}
	return list, nil
}

// Stale counts the cases whose content is kept but not sealed to the keys of today.
func (s *State) Stale(ctx context.Context, file string) (left, kept int, err error) {
	recipients, err := s.Recipients(ctx, file)
	if err != nil {
		return 0, 0, err
	}
	return rekey.Stale(ctx, s.DB, vault.KeysID(recipients))
}
