package shares

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"slices"
	"sync"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/quarantine"
	"brevvagt/scanner"
	"brevvagt/scanner/action/hold"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/share/cloud"
	"brevvagt/scanner/source/share/seal"
	"brevvagt/scanner/source/share/smb"
	"brevvagt/scanner/source/share/swap"
	"brevvagt/scanner/source/share/walk"
)

// Source names the cases of files on shares.
const Source = "share"

// Keeper takes files with findings into quarantine and puts them back, on the shares
// that it was told to Use last.
type Keeper struct {
	Service *quarantine.Service // nil while a releaser is wanted only
	Log     *slog.Logger

	mu   sync.Mutex
	cfg  config.Config
	keys *seal.Keys        // of the scans; nil while a releaser is wanted only
	kept map[string]*place // servers that files are taken from: a helper or a login for each file would take longer than the file
}

// Use tells of a configuration; keys may be nil where files are only put back.
func (k *Keeper) Use(cfg config.Config, keys *seal.Keys) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.cfg, k.keys = cfg, keys
}

func (k *Keeper) inForce() (config.Config, *seal.Keys) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.cfg, k.keys
}

// find is the share that a shown path lies on, and the path there.
func (k *Keeper) find(shown string) (share config.Share, path string, ok bool) {
	cfg, _ := k.inForce()
	for _, s := range cfg.Shares {
		if rest, found := below(s, shown); found && s.Quarantine() {
			return s, rest, true
		}
	}
	return config.Share{}, "", false
}

// Seize is night's Seize: the content is sealed and the case stored before the file
// goes. A case that a person has decided is final: the file stays, since its release
// is what put it there.
func (k *Keeper) Seize(ctx context.Context, it scanner.Item, out *scanner.Outcome, now walk.Entry) (kase string, taken bool, err error) {
	share, path, ok := k.find(it.ID)
	if !ok || it.Cut > 0 || now.Size < 0 {
		return "", false, nil // what we hold is not the whole file, or not the file itself
	}
	at, err := k.open(ctx, share)
	if err != nil {
		return "", false, err
	}
	defer func() { k.leave(at, err) }()
	sum := sha256.Sum256(it.Content)
	receipt, err := at.describe(ctx, path, hex.EncodeToString(sum[:]), now)
	if err != nil {
		return "", false, fmt.Errorf("cannot describe the file: %w", err)
	}
	if it.Receipt, err = receipt.Encode(); err != nil {
		return "", false, err
	}
	out.Verdict.Action = policy.Hold
	c, err := k.hold(ctx, &it, out, fmt.Sprintf("%s\n%s\n%d", it.ID, receipt.SHA256, at.identity(receipt)))
	if err != nil {
		return "", false, err
	}
	if c.State != quarantine.Held {
		return c.ID, false, nil
	}
	err = at.Take(ctx, receipt, now, swap.Note{Case: c.ID, Text: k.note(c)})
	switch {
	case errors.Is(err, swap.ErrBusy):
		k.Log.Warn("file in use, taken another night", "case", c.ID)
		return c.ID, false, nil
	case errors.Is(err, swap.ErrChanged):
		// What was sealed is an older state of the file; the new one is read next.
		return c.ID, false, k.Service.MarkGone(ctx, Source, it.ID)
	case err != nil:
		return c.ID, false, err
	}
	return c.ID, true, nil
}

// hold stores the case of a file. The same file found again is the same case; another
// one in its place is not, nor is one that changed while we tried to take it: a new
// mode, or another name of the same file that was taken.
func (k *Keeper) hold(ctx context.Context, it *scanner.Item, out *scanner.Outcome, identity string) (c *quarantine.Case, err error) {
	const tries = 20
	for again := range tries {
		if it.ID = identity; again > 0 {
			it.ID = fmt.Sprintf("%s\n%d", identity, again)
		}
		if err := (hold.Hold{Quarantine: k.Service}).Apply(ctx, *it, out); err != nil {
			return nil, err
		}
		if c, err = k.Service.Get(ctx, out.CaseID); err != nil || c.State != quarantine.Gone {
			return c, err
		}
	}
	return c, nil
}

// open opens the place of a share; one that is not on this machine is kept for the next file.
func (k *Keeper) open(ctx context.Context, share config.Share) (*place, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if share.Path != "" {
		return openPlace(ctx, share, k.keys)
	}
	if p := k.kept[share.Title()]; p != nil {
		if reflect.DeepEqual(p.share, share) {
			return p, nil
		}
		p.Close() // its share was set up anew, and whoever used it has ended
		delete(k.kept, share.Title())
	}
	p, err := openPlace(ctx, share, k.keys)
	if err != nil {
		return nil, err
	}
	if k.kept == nil {
		k.kept = make(map[string]*place)
	}
	p.kept, k.kept[share.Title()] = true, p
	return p, nil
}

// leave closes a place that is not kept, and one whose login is no longer right: the
// next file's is made with the password of then.
func (k *Keeper) leave(p *place, err error) {
	if !p.kept {
		p.Close()
		return
	}
	if errors.Is(err, smb.ErrLogin) || errors.Is(err, cloud.ErrLogin) {
		k.mu.Lock()
		defer k.mu.Unlock()
		p.Close()
		if k.kept[p.share.Title()] == p {
			delete(k.kept, p.share.Title())
		}
	}
}

// note is what stands in the file's place.
func (k *Keeper) note(c *quarantine.Case) string {
	cfg, _ := k.inForce()
	who := cfg.Notify.Contact
	if who == "" {
		who = "jeres DPO"
	}
	return fmt.Sprintf("\ufeffDenne fil er sat i karantæne, fordi den indeholder personoplysninger.\r\n\r\n"+
		"Filen er gemt krypteret og ikke slettet. Skal du bruge den, så skriv til %s\r\nog oplys sagsnummeret: %s\r\n\r\n"+
		"Du må gerne slette denne besked. Filen kan lægges tilbage alligevel.\r\n\r\n"+
		"(This file was put in quarantine because it holds personal data. To get it\r\nback, write to %s with the case number above.)\r\n", who, c.ID, who)
}

// NeedsContent is true: the file is no longer on the share.
func (k *Keeper) NeedsContent() bool { return true }

// Release puts the file back where it was.
func (k *Keeper) Release(ctx context.Context, c *quarantine.Case, content io.Reader) (string, error) {
	r, err := swap.Decode(c.Receipt)
	if err != nil {
		return "", err
	}
	share, path, ok := k.find(shownAt(r))
	if !ok {
		return "", errors.New("the share of the file is no longer configured with findings: quarantine")
	}
	r.Path = path // which may begin at another folder today
	_, keys := k.inForce()
	at, err := openPlace(ctx, share, keys)
	if err != nil {
		return "", errors.Join(err, quarantine.ErrTemporary) // not to be reached just now
	}
	defer at.Close()
	if err := at.Restore(ctx, r, c.ID, content); err != nil {
		err = fmt.Errorf("cannot put the file back: %w", err)
		if errors.Is(err, walk.ErrOffline) || errors.Is(err, swap.ErrBusy) {
			err = errors.Join(err, quarantine.ErrTemporary)
		}
		return "", err
	}
	return "lagt tilbage", nil
}

// Reject leaves the note where it is.
func (k *Keeper) Reject(context.Context, *quarantine.Case, string) error { return nil }

// AnySeized reports whether a share's files may be taken into quarantine.
func AnySeized(cfg config.Config) bool {
	return slices.ContainsFunc(cfg.Shares, config.Share.Quarantine)
}
