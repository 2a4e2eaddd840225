package shares

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/quarantine"
	"brevvagt/scanner"
	"brevvagt/scanner/action/hold"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/share/swap"
	"brevvagt/scanner/source/share/walk"
)

// Source names the cases of files on shares.
const Source = "share"

// Keeper takes files with findings into quarantine and puts them back.
type Keeper struct {
	Service *quarantine.Service // nil while a releaser is wanted only
	Config  config.Config
	Log     *slog.Logger
}

// root is the share that a shown path lies on.
func (k *Keeper) root(shown string) (root, path string, ok bool) {
	for _, s := range k.Config.Shares {
		if s.Quarantine() {
			if rest, found := strings.CutPrefix(shown, strings.TrimSuffix(s.Path, "/")+"/"); found {
				return s.Path, rest, true
			}
		}
	}
	return "", "", false
}

// Seize is night's Seize: the content is sealed and the case stored before the file
// goes. A case that a person has decided is final: the file stays, since its release
// is what put it there.
func (k *Keeper) Seize(ctx context.Context, it scanner.Item, out *scanner.Outcome, now walk.Entry) (kase string, taken bool, err error) {
	root, path, ok := k.root(it.ID)
	if !ok || it.Cut > 0 {
		return "", false, nil // what we hold is not the whole file
	}
	l, err := walk.OpenLocal(root)
	if err != nil {
		return "", false, err
	}
	defer l.Close()
	sum := sha256.Sum256(it.Content)
	receipt, err := swap.Describe(l, root, path, hex.EncodeToString(sum[:]))
	if err != nil {
		return "", false, fmt.Errorf("cannot describe the file: %w", err)
	}
	if it.Receipt, err = receipt.Encode(); err != nil {
		return "", false, err
	}
	// The same file found again is the same case; another one in its place is not.
	it.ID = fmt.Sprintf("%s\n%s\n%d", it.ID, receipt.SHA256, receipt.MTime)
	out.Verdict.Action = policy.Hold
	if err := (hold.Hold{Quarantine: k.Service}).Apply(ctx, it, out); err != nil {
		return "", false, err
	}
	c, err := k.Service.Get(ctx, out.CaseID)
	if err != nil {
		return "", false, err
	}
	if c.State != quarantine.Held {
		return c.ID, false, nil
	}
	err = swap.Take(l, path, now, swap.Note{Case: c.ID, Text: k.note(c)})
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

// note is what stands in the file's place.
func (k *Keeper) note(c *quarantine.Case) string {
	who := k.Config.Notify.Contact
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
func (k *Keeper) Release(_ context.Context, c *quarantine.Case, content io.Reader) (string, error) {
	r, err := swap.Decode(c.Receipt)
	if err != nil {
		return "", err
	}
	if _, _, ok := k.root(strings.TrimSuffix(r.Root, "/") + "/" + r.Path); !ok {
		return "", errors.New("the share of the file is no longer configured with findings: quarantine")
	}
	l, err := walk.OpenLocal(r.Root)
	if err != nil {
		return "", errors.Join(err, quarantine.ErrTemporary) // not mounted just now
	}
	defer l.Close()
	if err := swap.Restore(l, r, c.ID, content); err != nil {
		return "", fmt.Errorf("cannot put the file back: %w", err)
	}
	return "lagt tilbage", nil
}

// Reject leaves the note where it is.
func (k *Keeper) Reject(context.Context, *quarantine.Case, string) error { return nil }

// AnySeized reports whether a share's files may be taken into quarantine.
func AnySeized(cfg config.Config) bool {
	return slices.ContainsFunc(cfg.Shares, config.Share.Quarantine)
}
