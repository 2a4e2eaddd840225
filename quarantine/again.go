package quarantine

import (
	"context"
	"database/sql"
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
