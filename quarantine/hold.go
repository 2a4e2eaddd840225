package quarantine

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"brevvagt/quarantine/ledger"
	"brevvagt/quarantine/receipt"
	"brevvagt/quarantine/register/story"
	"brevvagt/quarantine/repeats"
	"brevvagt/quarantine/runs"
	"brevvagt/quarantine/units"
	"brevvagt/quarantine/vault"

	"github.com/oklog/ulid/v2"
)

// The bounds of what a case keeps beside the original; what is left out is said in
// a gap line. The bytes are of one picture.
const (
	maxPictures     = 200
	maxPictureBytes = 16 << 20
	maxEvidence     = 1000
	maxGaps         = 1000
)

// Hold keeps an item: the original and its pictures are sealed and durable first,
// then one transaction makes the case, its ledger line and its draft. When it
// returns an error nothing is held, and the source must keep the item. The same
// item (source and id) deposited again is the same case, whatever became of it, unless its
// source gave the id of a mail that has left it to another; so is the same mail under another id, see repeats, while its case is held.
func (s *Service) Hold(ctx context.Context, d Deposit, original []byte) (*Case, error) {
	if d.Source == "" || d.ItemID == "" {
		return nil, errors.New("a deposit needs its source and item id")
	}
	itemKey := s.receipts.Item(d.Source, d.ItemID)
	unlock, err := s.busy.Lock(ctx, itemKey)
	if err != nil {
		return nil, err
	}
	defer unlock()
	known, err := s.byItem(ctx, s.db.Read(), itemKey)
	if err == nil && known != nil {
		known, err = s.unlessReused(ctx, known, d, itemKey, original)
	}
	if err != nil || known != nil {
		return known, err
	}
	same := s.digest(d, original)
	if same != "" {
		unlock, err := s.busy.Lock(ctx, same)
		if err != nil {
			return nil, err
		}
		defer unlock()
		if known, err := s.join(ctx, d, itemKey, same); err != nil || known != nil {
			return known, err
		}
	}
	at := s.stamp()
	id, err := ulid.New(ulid.Timestamp(at), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("cannot name the case: %w", err)
	}
	c := &Case{ID: id.String(), Deposit: redacted(d), HeldAt: at}
	c.Size, c.Unit = int64(len(original)), redactName(s.unit(d.From))
	c.bound(d.Pictures)
	c.PictureCount = len(c.Pictures)
	parts, err := s.sealAll(ctx, c, original)
	if err == nil {
		err = s.record(ctx, c, d, itemKey, same, parts)
	}
	if err != nil {
		return s.giveUp(ctx, c, itemKey, err)
	}
	s.crash("hold:committed")
	s.notices.Wake()
	c.Pictures = nil
	s.log.InfoContext(ctx, "case held", "case", c.ID, "source", c.Source, "draft", c.DraftNo)
	return c, nil
}

// bound keeps the first of everything that a hostile item could make endless.
func (c *Case) bound(pictures []Picture) {
	for _, p := range pictures {
		if len(c.Pictures) < maxPictures && len(p.PNG) <= maxPictureBytes {
			p.Path = redactName(p.Path)
			c.Pictures = append(c.Pictures, p)
		}
	}
	var short []string
	for _, left := range []struct {
		n    int
		what string
	}{
		{len(pictures) - len(c.Pictures), "sidebilleder"}, {len(c.Evidence) - maxEvidence, "fund"}, {len(c.Gaps) - maxGaps, "linjer om ulæseligt indhold"},
	} {
		if left.n > 0 {
			short = append(short, fmt.Sprintf("%d %s er ikke gemt i sagen, fordi der er for mange", left.n, left.what))
		}
	}
	c.Evidence = c.Evidence[:min(len(c.Evidence), maxEvidence)]
	c.Gaps = append(c.Gaps[:min(len(c.Gaps), maxGaps)], short...)
}

// sealed are the files of a case: the original, what was found in clear (nil where the
// deposit did not bring it), and the pictures.
type sealed struct {
	original vault.Sealed
	values   *vault.Sealed
	pictures []vault.Sealed
}

func (s *Service) sealAll(ctx context.Context, c *Case, original []byte) (parts sealed, err error) {
	s.refreshKeys(ctx)
	if parts.original, err = s.vault.Seal(ctx, c.ID, bytes.NewReader(original)); err != nil {
		return parts, err
	}
	c.VaultObject, c.PlainSHA256, c.CipherSHA256 = parts.original.Object, parts.original.PlainSHA256, parts.original.CipherSHA256
	s.crash("hold:original-sealed")
	if parts.values, err = s.sealValues(ctx, c); err != nil {
		return parts, err
	}
	for n, p := range c.Pictures {
		ps, err := s.vault.Seal(ctx, c.ID+"-p"+strconv.Itoa(n), bytes.NewReader(p.PNG))
		if err != nil {
			return parts, err
		}
		parts.pictures = append(parts.pictures, ps)
	}
	s.crash("hold:pictures-sealed")
	return parts, nil
}

// refreshKeys makes a key that was added or withdrawn meanwhile count. Where they
// cannot be read the last known ones go on: a mail must not slip for that, and what is
// sealed to a withdrawn key is told by its fingerprint and sealed anew later.
func (s *Service) refreshKeys(ctx context.Context) {
	if s.keys == nil {
		return
	}
	list, err := s.keys(ctx)
	if err == nil {
		err = s.vault.Use(list)
	}
	if err != nil {
		s.log.WarnContext(ctx, "keys of the vault not read anew", "error", err)
	}
}

// record is the one transaction of a hold.
func (s *Service) record(ctx context.Context, c *Case, d Deposit, itemKey, same string, parts sealed) error {
	hidden, err := s.receipts.Seal(c.ID, receipt.Hidden{ItemID: d.ItemID, MessageID: d.MessageID, From: d.From, Authors: d.Authors, To: d.To, Receipt: d.Receipt, Original: parts.original.PlainSHA256})
	if err != nil {
		return err
	}
	err = s.db.Update(ctx, func(tx *sql.Tx) error {
		if !c.Canary {
			run, err := runs.Entry(ctx, tx, c.Runs)
			if err != nil {
				return err
			}
			draft, err := s.register.Open(ctx, tx, run, s.incident(c))
			if err != nil {
				return err
			}
			c.DraftNo = draft.No
		}
		if err := s.insert(ctx, tx, c, itemKey, hidden, parts); err != nil {
			return err
		}
		if same != "" {
			if err := repeats.Note(ctx, tx, same, c.ID, c.HeldAt); err != nil {
				return err
			}
		}
		if d.Notice != nil {
			if err := s.notices.Put(ctx, tx, s.notices.To(d.From, d.Runs, "held", c.ID, d.Notice(c.ID))); err != nil {
				return err
			}
		}
		err = s.move(ctx, tx, c, Held, System, c.HeldAt, map[string]string{
			"source": c.Source, "object": parts.original.Object, "plain-sha256": parts.original.PlainSHA256, "cipher-sha256": parts.original.CipherSHA256,
			"pictures": strconv.Itoa(len(parts.pictures)), "rules": strings.Join(ruleIDs(c.Rules), " "), "draft": c.DraftNo, ledger.ApproversDetail: strconv.Itoa(c.Approvers())})
		s.crash("hold:before-commit")
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot hold: %w", err)
	}
	return nil
}

// giveUp ends a hold that failed. The sealed files go only when the database says
// that no case needs them: a commit whose answer was lost may have succeeded.
func (s *Service) giveUp(ctx context.Context, c *Case, itemKey string, cause error) (*Case, error) {
	// The caller's time may be what ran out; looking still has to be done.
	look, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	known, err := s.byItem(look, s.db.Read(), itemKey)
	if err != nil {
		return nil, errors.Join(cause, err)
	}
	if known == nil || known.ID != c.ID {
		objects, listErr := s.vault.Objects()
		cause = errors.Join(cause, listErr)
		for _, object := range objects {
			if caseOf(object) == c.ID {
				cause = errors.Join(cause, s.vault.Delete(object))
			}
		}
	}
	if known != nil {
		return known, nil // held after all, by us or by another process
	}
	return nil, cause
}

// caseOf is the case id in the name of a sealed file.
func caseOf(object string) string {
	id, _, _ := strings.Cut(strings.TrimSuffix(object, path.Ext(object)), "-")
	return id
}

// incident is what the register may know of a case.
func (s *Service) incident(c *Case) story.Incident {
	in := story.Incident{CaseID: c.ID, At: c.HeldAt, Start: c.Received, Kind: c.Kind, Rules: ruleIDs(c.Rules), Unit: c.Unit, Figures: c.Figures,
		Recipients: len(c.To), Numbers: c.Numbers, Persons: c.Persons, Unreadable: len(c.Gaps), DataTypes: c.DataTypes, Left: c.Left}
	in.Figures.InRun = len(c.Runs) > 0
	domain := (*units.Map)(nil).Of
	for i, to := range c.To {
		if d := domain(to); d != "" && d != domain(c.From) {
			in.Domains = append(in.Domains, d)
		}
		if unit := redactName(s.unit(to)); i == 0 || unit == in.Figures.Unit {
			in.Figures.Unit = unit
		} else {
			in.Figures.Unit = ""
		}
	}
	for _, e := range c.Evidence {
		in.InPicture = in.InPicture || e.OCR
	}
	return in
}

func ruleIDs(rules []Rule) []string {
	ids := make([]string, len(rules))
	for i, r := range rules {
		ids[i] = r.ID
	}
	return ids
}

// clearOrphans sets aside sealed files that no case names, as a crash between
// sealing and committing leaves them, and forgets those set aside long ago.
func (s *Service) clearOrphans(ctx context.Context) error {
	if err := s.vault.Sweep(); err != nil {
		return err
	}
	objects, err := s.vault.Objects()
	if err != nil {
		return err
	}
	var orphans []string
	for _, object := range objects {
		var n int
		if err := s.db.Read().QueryRowContext(ctx, `SELECT COUNT(*) FROM cases WHERE id = $1 AND vault_object <> ''`, caseOf(object)).Scan(&n); err != nil {
			return fmt.Errorf("cannot look for the case of a sealed file: %w", err)
		}
		if n == 0 {
			orphans = append(orphans, object)
		}
	}
	if len(orphans) > 0 {
		s.log.WarnContext(ctx, "sealed files without a case set aside", "count", len(orphans))
	}
	return s.vault.SetAside(orphans, s.now().Add(-orphanKeep))
}

// orphanKeep is how long a sealed file without a case is kept, the same 30 days as
// the content of a case.
const orphanKeep = 30 * 24 * time.Hour
