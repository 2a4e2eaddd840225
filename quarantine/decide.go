package quarantine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"brevvagt/internal/atonce"
	"brevvagt/quarantine/repeats"
	"brevvagt/quarantine/vault"
)

// Decision is what a person wants done with a case.
type Decision struct {
	By     string        // account name
	Reason string        // required, kept for good; may hold no CPR number
	Opener *vault.Opener // needed to release when the source no longer has the item itself
	// Copy gives the original in place of an Opener, where the one who decides has it;
	// it is compared with what was held.
	Copy func() ([]byte, error)
	Wish Wish
	// With runs in the transaction that stores the decision; its error stores nothing.
	With func(ctx context.Context, tx *sql.Tx) error
}

// Release lets an item go. Where a rule asks for two people the first call records
// an approval and the case stays held; a different person must call again, for no more than the first. Then the
// wish is stored and the source asked; a returned case that is still Releasing met
// a temporary failure and is repeated by Resume. A permanent failure is returned as
// an error beside the case, which is held again with LastError set.
func (s *Service) Release(ctx context.Context, id string, d Decision) (*Case, error) {
	if err := s.reasoned(d.By, d.Reason); err != nil {
		return nil, err
	}
	unlock, err := s.busy.LockShared(ctx, id)
	if err != nil {
		return nil, err
	}
	defer unlock()
	c, sealed, err := s.load(ctx, s.db.Read(), id)
	if err != nil {
		return nil, err
	}
	if c.State != Held {
		return nil, fmt.Errorf("case %s is %s: %w", id, c.State, ErrState)
	}
	if err := s.notOwn(ctx, c, sealed, d.By); err != nil {
		return nil, err
	}
	if err := s.mayRelease(c, d); err != nil {
		return nil, err
	}
	needed := 0
	if c.ApprovalsDone, needed, err = s.agreed(ctx, c); err != nil {
		return nil, err
	}
	if slices.Contains(c.ApprovalsDone, d.By) {
		return nil, fmt.Errorf("%s has already approved, a second person must: %w", d.By, ErrNotAllowed)
	}
	if len(c.ApprovalsDone) > 0 && !d.Wish.Within(c.Wish) { // each has to agree to all that leaves
		return nil, fmt.Errorf("case %s: %w", c.ID, ErrWider)
	}
	c.ApprovalsDone = append(c.ApprovalsDone, d.By)
	if missing := needed - len(c.ApprovalsDone); missing > 0 {
		return c, s.approve(ctx, c, d, missing)
	}
	r, ok := s.releasers[c.Source]
	if !ok {
		return nil, fmt.Errorf("nothing here can release to source %s: %w", c.Source, ErrNotAllowed)
	}
	if r.NeedsContent() {
		if err := s.ownContent(c, sealed); err != nil {
			return nil, err
		}
		if err := s.fillOutbox(ctx, c, d); err != nil {
			return nil, err
		}
		s.crash("release:outbox-written")
	}
	if err := s.decide(ctx, c, Releasing, d); err != nil {
		return nil, errors.Join(err, s.emptyOutbox(c.ID))
	}
	s.crash("release:stored")
	return s.finish(ctx, id)
}

func (s *Service) approve(ctx context.Context, c *Case, d Decision, missing int) error {
	c.Wish = d.Wish
	detail := c.decision()
	detail["reason"], detail["missing"] = d.Reason, fmt.Sprint(missing)
	return s.db.Update(ctx, func(tx *sql.Tx) error {
		return s.move(ctx, tx, c, Held, d.By, s.stamp(), detail)
	})
}

// decide stores a person's wish before anything is done about it.
func (s *Service) decide(ctx context.Context, c *Case, to State, d Decision) error {
	c.DecidedBy, c.DecidedAt, c.Reason, c.LastError = d.By, s.stamp(), strings.TrimSpace(d.Reason), ""
	c.Wish = d.Wish
	return s.db.Update(ctx, func(tx *sql.Tx) error {
		if d.With != nil {
			if err := d.With(ctx, tx); err != nil {
				return err
			}
		}
		return s.move(ctx, tx, c, to, d.By, c.DecidedAt, c.decision())
	})
}

// Reject gives an item up; its source tells the sender with RejectNotice. Failures
// are as with Release.
func (s *Service) Reject(ctx context.Context, id string, d Decision) (*Case, error) {
	if err := s.reasoned(d.By, d.Reason); err != nil {
		return nil, err
	}
	if len(d.Wish.Text) > maxReason {
		return nil, fmt.Errorf("the text to the sender is longer than %d bytes: %w", maxReason, ErrReason)
	}
	if err := s.check(d.Wish.Text); err != nil {
		return nil, fmt.Errorf("the text to the sender cannot be sent: %w", err)
	}
	unlock, err := s.busy.LockShared(ctx, id)
	if err != nil {
		return nil, err
	}
	defer unlock()
	c, _, err := s.load(ctx, s.db.Read(), id)
	if err != nil {
		return nil, err
	}
	if _, ok := s.releasers[c.Source]; !ok {
		return nil, fmt.Errorf("nothing here can reject to source %s: %w", c.Source, ErrNotAllowed)
	}
	if err := s.decide(ctx, c, Rejecting, d); err != nil {
		return nil, err
	}
	s.crash("reject:stored")
	return s.finish(ctx, id)
}

// finish carries out a stored wish. The caller holds the case's lock.
func (s *Service) finish(ctx context.Context, id string) (*Case, error) {
	c, sealed, err := s.load(ctx, s.db.Read(), id)
	if err != nil {
		return nil, err
	}
	r, ok := s.releasers[c.Source]
	if !ok {
		return c, nil // another process has that source
	}
	if c.State != Releasing && c.State != Rejecting {
		return c, nil
	}
	if err := s.witnessed(ctx, c); err != nil {
		return c, s.failed(ctx, c, err)
	}
	full, err := s.forReleaser(c, sealed)
	if err == nil {
		full.Again, err = s.again(ctx, c.ID)
	}
	if err != nil {
		return c, s.failed(ctx, c, err)
	}
	answer := ""
	switch c.State {
	case Releasing:
		answer, err = s.handOver(ctx, r, full)
	case Rejecting:
		err = r.Reject(ctx, full, c.notice())
	}
	if err != nil {
		return c, s.failed(ctx, c, err)
	}
	s.crash(doing(c.State) + ":delivered")
	return c, s.succeeded(ctx, c, answer)
}

func doing(state State) string {
	if state == Rejecting {
		return "reject"
	}
	return "release"
}

// handOver gives the item to its source, with the content from the outbox when the
// source asks for it.
func (s *Service) handOver(ctx context.Context, r Releaser, full *Case) (string, error) {
	if !r.NeedsContent() {
		return r.Release(ctx, full, nil)
	}
	f, err := os.Open(s.outboxFile(full.ID))
	if errors.Is(err, os.ErrNotExist) {
		return "", errors.New("the opened original is no longer in the outbox: release again")
	}
	if err != nil {
		return "", fmt.Errorf("cannot read the outbox: %w", errors.Join(err, ErrTemporary))
	}
	defer f.Close()
	return r.Release(ctx, full, io.Reader(f))
}

func (s *Service) succeeded(ctx context.Context, c *Case, answer string) error {
	// Delivered is delivered: storing it must not fail because the caller went away.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	at := s.stamp()
	was := c.State
	c.LastError, c.ReleaseRefs = "", shortText(answer)
	err := s.db.Update(ctx, func(tx *sql.Tx) error {
		if was == Rejecting {
			if err := s.endInDraft(ctx, tx, c, at, false, func() error { return s.register.Rejected(ctx, tx, c.ID, c.Kind, at) }); err != nil {
				return err
			}
			s.crash("reject:before-commit")
			return s.move(ctx, tx, c, Rejected, System, at, nil)
		}
		if err := s.endInDraft(ctx, tx, c, at, false, func() error { return s.register.Released(ctx, tx, c.ID, at) }); err != nil {
			return err
		}
		s.crash("release:before-commit")
		return s.move(ctx, tx, c, Released, System, at, map[string]string{"answer": c.ReleaseRefs})
	})
	if err != nil {
		c.State = was
		return err
	}
	s.crash(doing(was) + ":committed")
	s.log.InfoContext(ctx, "case closed", "case", c.ID, "state", c.State)
	return s.emptyOutbox(c.ID)
}

// noteInDraft amends the register entry of a case that has one.
func (s *Service) noteInDraft(c *Case, amend func() error) error {
	if c.Canary {
		return nil
	}
	return amend()
}

// failed keeps a temporary failure for the next try and takes a permanent one back
// to held, where a person must decide anew.
func (s *Service) failed(ctx context.Context, c *Case, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	c.LastError = shortError(cause)
	s.log.WarnContext(ctx, "source did not take the case", "case", c.ID, "state", c.State, "error", c.LastError)
	if errors.Is(cause, ErrTemporary) || errors.Is(cause, context.Canceled) || errors.Is(cause, context.DeadlineExceeded) {
		return s.db.Update(ctx, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, `UPDATE cases SET last_error = $2 WHERE id = $1`, c.ID, c.LastError); err != nil {
				return fmt.Errorf("cannot store case %s: %w", c.ID, err)
			}
			return nil
		})
	}
	was := c.State
	c.ApprovalsDone = nil
	err := s.db.Update(ctx, func(tx *sql.Tx) error {
		return s.move(ctx, tx, c, Held, System, s.stamp(), map[string]string{"error": c.LastError})
	})
	if err != nil {
		c.State = was
		return errors.Join(cause, err)
	}
	return errors.Join(fmt.Errorf("case %s is held again: %w", c.ID, cause), s.emptyOutbox(c.ID))
}

// Resume finishes what a crash or a temporary failure left unfinished. Call it at
// start and every minute. One case's failure does not keep it from the others.
func (s *Service) Resume(ctx context.Context) error {
	rows, err := s.db.Read().QueryContext(ctx, `SELECT id FROM cases WHERE state IN ($1, $2) ORDER BY decided_at, id`, string(Releasing), string(Rejecting))
	ids, err := scanIDs(rows, err)
	if err != nil {
		return err
	}
	errs := []error{s.clearOutbox(ctx)}
	var mu sync.Mutex
	ended := atonce.Each(ctx, atonce.Cases, ids, func(id string) {
		if err := s.resume(ctx, id); err != nil {
			mu.Lock()
			defer mu.Unlock()
			errs = append(errs, err)
		}
	})
	return errors.Join(append(errs, ended)...)
}

func (s *Service) resume(ctx context.Context, id string) error {
	unlock, err := s.busy.LockShared(ctx, id)
	if err != nil {
		return err
	}
	defer unlock()
	_, err = s.finish(ctx, id)
	return err
}

func scanIDs(rows *sql.Rows, err error) ([]string, error) {
	if err != nil {
		return nil, fmt.Errorf("cannot read cases: %w", err)
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("cannot read cases: %w", err)
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// Items are the true item ids of a source's open cases, for the source to compare
// with what it still has: true for one that is held, false for one that is being
// released or rejected and may have left already. Case.ItemID is masked and would
// not do.
func (s *Service) Items(ctx context.Context, source string) (map[string]bool, error) {
	rows, err := s.db.Read().QueryContext(ctx, `SELECT id, receipt, state FROM cases WHERE source = $1 AND state IN ($2, $3, $4)
		UNION ALL SELECT c.id, i.receipt, c.state FROM cases c JOIN case_items i ON i.case_id = c.id WHERE c.source = $1 AND c.state IN ($2, $3, $4)`,
		source, string(Held), string(Releasing), string(Rejecting))
	if err != nil {
		return nil, fmt.Errorf("cannot read cases: %w", err)
	}
	defer rows.Close()
	items := make(map[string]bool)
	for rows.Next() {
		var id, state string
		var sealed []byte
		if err := rows.Scan(&id, &sealed, &state); err != nil {
			return nil, fmt.Errorf("cannot read cases: %w", err)
		}
		h, err := s.receipts.Reveal(id, sealed)
		if err != nil {
			return nil, err
		}
		items[h.ItemID] = State(state) == Held
	}
	return items, rows.Err()
}

// MarkGone notes that a held item left its source's own queue outside our view, so
// it may have been delivered. An item that is not held is left as it is.
func (s *Service) MarkGone(ctx context.Context, source, itemID string) error {
	return s.db.Update(ctx, func(tx *sql.Tx) error {
		c, err := s.byItem(ctx, tx, s.receipts.Item(source, itemID))
		if err != nil {
			return err
		}
		if c == nil {
			return fmt.Errorf("item of source %s: %w", source, ErrNotFound)
		}
		if c.State != Held {
			return nil
		}
		if more, err := repeats.Drop(ctx, tx, c.ID, s.receipts.Item(source, itemID)); err != nil || more {
			return err // the source has it under another id
		}
		at := s.stamp()
		if err := s.noteInDraft(c, func() error { return s.register.Left(ctx, tx, c.ID, at) }); err != nil {
			return err
		}
		return s.move(ctx, tx, c, Gone, System, at, nil)
	})
}
