package quarantine

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"

	"brevvagt/quarantine/ledger"
	"brevvagt/quarantine/receipt"
	"brevvagt/quarantine/repeats"
)

// digest tells a mail that is handed in again, "" for what cannot be.
func (s *Service) digest(d Deposit, original []byte) string {
	if d.Kind != "mail" || d.Left || d.Canary {
		return ""
	}
	return repeats.Mail{Source: d.Source, From: d.From, MessageID: d.MessageID, To: d.To, Content: original}.Digest(s.receipts.Item)
}

// errNotHeld ends a join whose case was decided meanwhile.
var errNotHeld = errors.New("the case is not held any more")

// join adds a repeat to the case of its mail; nil when there is no such case.
func (s *Service) join(ctx context.Context, d Deposit, itemKey, same string) (*Case, error) {
	id, err := repeats.Find(ctx, s.db.Read(), same, s.now())
	if id == "" || err != nil {
		return nil, err
	}
	sealed, err := s.receipts.Seal(id, receipt.Hidden{ItemID: d.ItemID, MessageID: d.MessageID, From: d.From, To: d.To, Receipt: d.Receipt})
	if err != nil {
		return nil, err
	}
	var c *Case
	err = s.db.Update(ctx, func(tx *sql.Tx) error {
		if c, _, err = s.load(ctx, tx, id); err != nil {
			return err
		}
		if c.State != Held {
			return errNotHeld
		}
		if err := repeats.Join(ctx, tx, id, itemKey, sealed, s.stamp()); err != nil {
			return err
		}
		_, err := s.ledger.Append(ctx, tx, ledger.Entry{At: s.stamp(), Actor: System, Verb: "repeated", Case: id})
		return err
	})
	if errors.Is(err, errNotHeld) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s.log.InfoContext(ctx, "the same item came again", "case", id, "source", d.Source)
	return c, nil
}

// unlessReused is the case that an item has, or nil where it is closed and the item is
// another mail: a mail server with short queue ids gives them anew, and what it holds now
// would be nobody's.
func (s *Service) unlessReused(ctx context.Context, known *Case, d Deposit, itemKey string, original []byte) (*Case, error) {
	if known.State.Open() || d.Kind != "mail" || d.Left {
		return known, nil
	}
	_, sealed, err := s.load(ctx, s.db.Read(), known.ID)
	if err != nil {
		return nil, err
	}
	h, err := s.receipts.Reveal(known.ID, sealed)
	if err != nil {
		return known, err
	}
	if sum := sha256.Sum256(original); h.MessageID == d.MessageID && h.From == d.From && (d.MessageID != "" || h.Original == hex.EncodeToString(sum[:])) {
		return known, nil
	}
	s.log.WarnContext(ctx, "a queue id is used anew; the mail gets a case of its own (enable_long_queue_ids = yes)", "case", known.ID, "source", d.Source)
	return nil, s.db.Update(ctx, func(tx *sql.Tx) error { return repeats.Free(ctx, tx, itemKey) })
}

// again are the receipts of a case's repeats.
func (s *Service) again(ctx context.Context, id string) (list [][]byte, err error) {
	sealed, err := repeats.Receipts(ctx, s.db.Read(), id)
	for _, r := range sealed {
		h, openErr := s.receipts.Reveal(id, r)
		if openErr != nil {
			return nil, openErr
		}
		list = append(list, h.Receipt)
	}
	return list, err
}
