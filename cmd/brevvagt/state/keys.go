package state

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"brevvagt/internal/safefile"
	"brevvagt/quarantine/account"
	"brevvagt/quarantine/rekey"
	"brevvagt/quarantine/vault"
)

// ErrLacking says that the quarantine has not the keys it must have.
var ErrLacking = errors.New("the quarantine needs the keys of two DPOs and a recovery key, so that it is not lost with one person or one machine")

// SetUpHint is the command that makes what lacks.
const SetUpHint = "brevvagt vault setup --dpo NAME --dpo NAME --name PLACE -o FILE"

// Lacking is ErrLacking, with what lacks and the command that makes it, unless what is
// held now can be opened by two DPOs and by a key that lies outside the machine.
func (s *State) Lacking(ctx context.Context, file string) error {
	list, err := s.KeyHolders(ctx, file)
	if err != nil {
		return err
	}
	var words []string
	for _, l := range rekey.Lacking(list) {
		words = append(words, l.String())
	}
	if len(words) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s. Make it with %s, also where cases lie already (docs/dpo.md)", ErrLacking, strings.Join(words, "; "), SetUpHint)
}

// Check is Lacking for an installation beside its daemon; there is false where no
// quarantine was made yet.
func Check(ctx context.Context, dir, database, file string) (there bool, err error) {
	if _, err := os.Stat(filepath.Join(dir, "digest.key")); errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	s, err := Open(ctx, dir, database, true)
	if err != nil {
		return true, err
	}
	defer s.Close()
	return true, s.Lacking(ctx, file)
}

// Wanted is whom SetUp is to give keys.
type Wanted struct {
	DPOs     []Person // those that are there already prove that they are, the others are made
	Recovery string   // passphrase of the recovery key, "" for none
	Place    string   // where it will lie, as "pengeskab"
	File     string   // where it is written, never over another
	Public   string   // public half of one made on another machine, in place of the three
}

// Person is a DPO by account and passphrase.
type Person struct{ Name, Passphrase string }

// SetUp makes the DPO accounts and the recovery key, and seals what is kept to them. It
// can be run again after it failed. Where there is a DPO with a key already, one of them
// must be among the wanted. recipients is the configured file of further keys.
func (s *State) SetUp(ctx context.Context, recipients string, w Wanted) (rekey.Progress, error) {
	if w.Recovery != "" {
		if _, err := os.Stat(w.File); err == nil {
			return rekey.Progress{}, fmt.Errorf("%s is there already and is not written over", w.File)
		}
		if len([]rune(w.Recovery)) < account.MinPassphrase {
			return rekey.Progress{}, account.ErrPassphrase
		}
	}
	by, opener, err := s.people(ctx, w.DPOs)
	if err != nil {
		return rekey.Progress{}, err
	}
	svc, err := s.Service(ctx, Keeping{Recipients: recipients}, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		return rekey.Progress{}, err
	}
	if err := recovery(ctx, svc.Rekey(), by, w); err != nil {
		return rekey.Progress{}, err
	}
	p, err := svc.Rekey().Run(ctx, by, opener, func(rekey.Progress) {})
	return p, errors.Join(err, s.Lacking(ctx, recipients))
}

// people logs in those who are there, then makes the others; the first who can open says
// who did it.
func (s *State) people(ctx context.Context, list []Person) (by string, opener *vault.Opener, err error) {
	all, err := s.Accounts.List(ctx)
	if err != nil {
		return "", nil, err
	}
	known, keyed := map[string]bool{}, false
	for _, a := range all {
		known[a.Name] = true
		keyed = keyed || a.Role == account.DPO && a.Opens()
	}
	for _, there := range []bool{true, false} {
		for _, p := range list {
			if known[p.Name] != there {
				continue
			}
			if !there && keyed && opener == nil {
				return "", nil, errors.New("a DPO who can open the quarantine must be the first that is named")
			}
			if !there {
				if _, err := s.Accounts.Create(ctx, p.Name, p.Name, account.DPO, p.Passphrase); err != nil {
					return "", nil, err
				}
			}
			acc, o, err := s.Accounts.Login(ctx, p.Name, p.Passphrase)
			if err != nil {
				return "", nil, fmt.Errorf("%s: %w", p.Name, err)
			}
			if acc.Role != account.DPO || o == nil {
				return "", nil, fmt.Errorf("%s is %s, or has no key (brevvagt account key)", p.Name, acc.Role)
			}
			if opener == nil {
				by, opener = acc.Name, o
			}
		}
	}
	if opener == nil {
		return "", nil, errors.New("at least one DPO must be named")
	}
	return by, opener, nil
}

// recovery takes a key into use that lies outside the machine. Its file is gone again
// when the key does not come into use.
func recovery(ctx context.Context, k *rekey.Keys, by string, w Wanted) error {
	if w.Public != "" {
		return k.Add(ctx, by, w.Place, w.Public)
	}
	if w.Recovery == "" {
		return nil
	}
	id, err := vault.NewIdentity()
	if err != nil {
		return err
	}
	blob, err := id.ProtectAt(w.Recovery, cmp.Or(account.CostOf(ctx).Vault, vault.WorkFactor))
	if err != nil {
		return err
	}
	if _, err := safefile.Write(w.File, bytes.NewReader(blob)); err != nil {
		return err
	}
	if err := k.Add(ctx, by, w.Place, id.Recipient()); err != nil {
		return errors.Join(err, os.Remove(w.File))
	}
	return nil
}

// KeyHolders lists who can open what is sealed now: accounts, recovery keys, and the
// keys of the configured file; and the accounts whose key is out of use (rekey.Out), since
// it opens what has not been sealed anew.
func (s *State) KeyHolders(ctx context.Context, file string) ([]rekey.Holder, error) {
	accounts, err := s.Accounts.List(ctx)
	if err != nil {
		return nil, err
	}
	var list []rekey.Holder
	for _, a := range accounts {
		if a.Recipient == "" {
			continue
		}
		h := rekey.Holder{Name: a.Name, Kind: string(a.Own), Key: vault.Fingerprint(a.Recipient), Lost: a.Role != a.Own}
		if !a.Opens() {
			h.Kind = rekey.Out
		}
		list = append(list, h)
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
