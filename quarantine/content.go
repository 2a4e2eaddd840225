package quarantine

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"brevvagt/detectors"
	"brevvagt/internal/safefile"
	"brevvagt/quarantine/ledger"
	"brevvagt/quarantine/register"
	"brevvagt/quarantine/vault"
)

// Picture is page picture n (from 0 to PictureCount-1) as PNG. That somebody looked
// is a ledger line, written before the picture is given out.
func (s *Service) Picture(ctx context.Context, id string, n int, by string, o *vault.Opener) ([]byte, error) {
	if strings.TrimSpace(by) == "" {
		return nil, fmt.Errorf("nobody is named: %w", ErrNotAllowed)
	}
	if o == nil {
		return nil, ErrLocked
	}
	r, err := s.opened(ctx, o, func() (vault.Sealed, error) { return s.picture(ctx, id, n) })
	if err != nil {
		return nil, err
	}
	defer r.Close()
	png, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return png, s.tell(ctx, ledger.Entry{Actor: by, Verb: "picture-shown", Case: id, Detail: map[string]string{"picture": strconv.Itoa(n)}})
}

func (s *Service) picture(ctx context.Context, id string, n int) (p vault.Sealed, err error) {
	err = s.db.Read().QueryRowContext(ctx, `SELECT object, plain_sha256, cipher_sha256, size FROM case_pictures WHERE case_id = $1 AND n = $2`, id, n).
		Scan(&p.Object, &p.PlainSHA256, &p.CipherSHA256, &p.Size)
	if errors.Is(err, sql.ErrNoRows) {
		return p, fmt.Errorf("picture %d of case %.40q: %w", n, id, ErrNotFound)
	}
	if err != nil {
		return p, fmt.Errorf("cannot read picture %d of case %s: %w", n, id, err)
	}
	if caseOf(p.Object) != id {
		return p, fmt.Errorf("picture %d of case %s is that of another: %w", n, id, vault.ErrChanged)
	}
	if p.Size > maxPictureBytes {
		return p, fmt.Errorf("picture %d of case %s has %d bytes, more than were ever kept: %w", n, id, p.Size, vault.ErrChanged)
	}
	return p, nil
}

// opened opens a sealed file that find names. While a case is sealed anew its files get
// other names and the old ones go: what could not be opened is then looked for again.
func (s *Service) opened(ctx context.Context, o *vault.Opener, find func() (vault.Sealed, error)) (io.ReadCloser, error) {
	for before := ""; ; {
		p, err := find()
		if err != nil {
			return nil, err
		}
		r, err := s.vault.Open(ctx, p, o)
		if err == nil || p.Object == before || ctx.Err() != nil {
			return r, err
		}
		before = p.Object
	}
}

// Original opens the held item itself, for which a reason is needed. The ledger
// line is written before the first byte is given out.
func (s *Service) Original(ctx context.Context, id, by, reason string, o *vault.Opener) (io.ReadCloser, error) {
	return s.openOriginal(ctx, id, by, reason, "original-opened", map[string]string{}, o)
}

// HandOut is Original for a package that leaves the house: the ledger says who gets it
// and to whose key it is encrypted.
func (s *Service) HandOut(ctx context.Context, id, by, reason, receiver, sealedTo string, o *vault.Opener) (io.ReadCloser, error) {
	if strings.TrimSpace(receiver) == "" || len(receiver) > maxReason {
		return nil, fmt.Errorf("who gets the case must be said: %w", ErrReason)
	}
	if err := register.CheckNumbers(receiver); err != nil {
		return nil, fmt.Errorf("who gets the case cannot be kept: %w", err)
	}
	return s.openOriginal(ctx, id, by, reason, "case-exported", map[string]string{"receiver": strings.TrimSpace(receiver), "sealed-to": sealedTo}, o)
}

func (s *Service) openOriginal(ctx context.Context, id, by, reason, verb string, detail map[string]string, o *vault.Opener) (io.ReadCloser, error) {
	if err := s.reasoned(by, reason); err != nil {
		return nil, err
	}
	if o == nil {
		return nil, ErrLocked
	}
	r, err := s.opened(ctx, o, func() (vault.Sealed, error) { return s.original(ctx, id) })
	if err != nil {
		return nil, err
	}
	detail["reason"] = strings.TrimSpace(reason)
	if err := s.tell(ctx, ledger.Entry{Actor: by, Verb: verb, Case: id, Detail: detail}); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// original is where the original of a case lies now.
func (s *Service) original(ctx context.Context, id string) (vault.Sealed, error) {
	c, hidden, err := s.load(ctx, s.db.Read(), id)
	if err != nil {
		return vault.Sealed{}, err
	}
	if c.VaultObject == "" {
		return vault.Sealed{}, fmt.Errorf("the content of case %s was deleted: %w", id, ErrNotFound)
	}
	return c.sealed(), s.ownContent(c, hidden)
}

// ownContent refuses the original of another case: whoever writes the database can put
// one case's file in the row of another, but not change what is sealed with the receipt.
func (s *Service) ownContent(c *Case, hidden []byte) error {
	h, err := s.receipts.Reveal(c.ID, hidden)
	if err != nil {
		return err
	}
	if caseOf(c.VaultObject) != c.ID || h.Original != "" && h.Original != c.PlainSHA256 {
		return fmt.Errorf("the original of case %s is that of another: %w", c.ID, vault.ErrChanged)
	}
	return nil
}

func (c *Case) sealed() vault.Sealed {
	return vault.Sealed{Object: c.VaultObject, PlainSHA256: c.PlainSHA256, CipherSHA256: c.CipherSHA256, Size: c.Size}
}

// tell writes a ledger line by itself, for what changes nothing but must be known.
func (s *Service) tell(ctx context.Context, e ledger.Entry) error {
	e.At = s.stamp()
	return s.db.Update(ctx, func(tx *sql.Tx) error {
		_, err := s.ledger.Append(ctx, tx, e)
		return err
	})
}

// Draft is the register entry of a case.
func (s *Service) Draft(ctx context.Context, caseID string) (*register.Draft, error) {
	d, err := s.register.ByCase(ctx, caseID)
	if errors.Is(err, register.ErrNotFound) {
		return nil, fmt.Errorf("register entry of case %.40q: %w", caseID, ErrNotFound)
	}
	return d, err
}

// History is the ledger of a case, oldest line first.
func (s *Service) History(ctx context.Context, caseID string) ([]ledger.Entry, error) {
	return s.ledger.List(ctx, caseID)
}

func (s *Service) outboxFile(id string) string { return filepath.Join(s.outbox, id) }

// fillOutbox puts the opened original where the releaser can read it again and
// again, after both its hashes were checked to the last byte.
func (s *Service) fillOutbox(ctx context.Context, c *Case, d Decision) error {
	r, err := s.openedFor(ctx, c, d)
	if err != nil {
		return err
	}
	defer r.Close()
	if _, err := safefile.Write(s.outboxFile(c.ID), r); err != nil {
		return fmt.Errorf("cannot open case %s for release: %w", c.ID, err)
	}
	return nil
}

func (s *Service) openedFor(ctx context.Context, c *Case, d Decision) (io.ReadCloser, error) {
	if d.Opener != nil {
		return s.vault.Open(ctx, c.sealed(), d.Opener)
	}
	if d.Copy == nil {
		return nil, ErrLocked
	}
	original, err := d.Copy()
	if err != nil {
		return nil, errors.Join(ErrLocked, err)
	}
	if sum := sha256.Sum256(original); c.PlainSHA256 == "" || hex.EncodeToString(sum[:]) != c.PlainSHA256 {
		return nil, fmt.Errorf("the copy of case %s is not what was held: %w", c.ID, ErrLocked)
	}
	return io.NopCloser(bytes.NewReader(original)), nil
}

func (s *Service) emptyOutbox(id string) error { return safefile.Remove(s.outboxFile(id)) }

// outboxGrace is how long a plain file that is being written, or that another
// process may have written, may lie in the outbox without its case being in release.
const outboxGrace = 2 * time.Minute

// clearOutbox removes plain content that no release needs any more, as a crash
// leaves it before the wish was stored or after it was fulfilled.
func (s *Service) clearOutbox(ctx context.Context) error {
	entries, err := os.ReadDir(s.outbox)
	if err != nil {
		return fmt.Errorf("cannot list the outbox: %w", err)
	}
	var errs []error
	for _, e := range entries {
		errs = append(errs, s.clearOne(ctx, e))
	}
	return errors.Join(errs...)
}

func (s *Service) clearOne(ctx context.Context, e os.DirEntry) error {
	info, err := e.Info()
	unfinished := strings.HasPrefix(e.Name(), safefile.TempPrefix)
	if err != nil || ((unfinished || s.db.Shared()) && time.Since(info.ModTime()) < outboxGrace) {
		return nil // gone meanwhile, or perhaps just being written
	}
	unlock, err := s.busy.LockShared(ctx, e.Name())
	if err != nil {
		return err
	}
	defer unlock()
	c, err := s.Get(ctx, e.Name())
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if c != nil && c.State == Releasing {
		return nil
	}
	return safefile.Remove(filepath.Join(s.outbox, e.Name()))
}

// RejectNotice is what the sender of a rejected item is told, in Danish: what was
// found by kind and count, never a number, and what to do instead.
func RejectNotice(c *Case) string {
	found := "oplysninger, der ikke må sendes på denne måde"
	switch {
	case c.Numbers == 1:
		found = "1 CPR-nummer"
	case c.Numbers > 1:
		found = fmt.Sprintf("%d CPR-numre", c.Numbers)
	case c.Persons > 1:
		found = fmt.Sprintf("oplysninger om %d personer", c.Persons)
	}
	for _, e := range c.Evidence {
		if e.OCR && c.Numbers > 0 {
			found += " (heraf mindst ét i et billede)"
			break
		}
	}
	subject, sent, it := "Din mail", "sendt", "den"
	switch c.Kind {
	case "letter":
		subject = "Din brevforsendelse"
	case "file":
		subject, sent = "Din fil", "videregivet"
	}
	why := make([]string, 0, len(c.Rules))
	for _, r := range c.Rules {
		if r.Danish != "" {
			why = append(why, "- "+detectors.Redact(r.Danish))
		}
	}
	text := fmt.Sprintf("%s er ikke %s. Vi fandt %s.", subject, sent, found)
	if len(why) > 0 {
		text += "\n\nDerfor blev " + it + " standset:\n" + strings.Join(why, "\n")
	}
	return text + "\n\nSend " + it + " med sikker post, ret indholdet, eller tal med jeres DPO.\n"
}

// shortText is a next hop's answer as a case may keep it.
func shortText(s string) string {
	if s == "" {
		return ""
	}
	return shortError(errors.New(s))
}
