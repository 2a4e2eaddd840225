package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"
)

// ErrNoMove is a server without MOVE and UIDPLUS: a move in several steps could
// end in two mails or in none.
var ErrNoMove = errors.New("the server cannot move a mail in one step (MOVE and UIDPLUS)")

// Place is where a mail went.
type Place struct{ UIDValidity, UID uint32 }

// Move moves a mail from the open folder. moved is false when the server did not
// say that it moved this very mail: most often it is no longer there.
func (s *Session) Move(ctx context.Context, uid uint32, to string) (at Place, moved bool, err error) {
	if !s.CanMove() {
		return at, false, ErrNoMove
	}
	err = s.do(ctx, "move a mail", s.cfg.Timeout, small, func() error {
		data, err := s.client.Move(imap.UIDSetNum(imap.UID(uid)), to).Wait()
		if err != nil {
			return err
		}
		// MOVE of a mail that is gone is answered OK, without naming any.
		if from, dest := only(data.SourceUIDs), only(data.DestUIDs); from == uid && dest != 0 {
			at, moved = Place{data.UIDValidity, dest}, true
		}
		return nil
	})
	return at, moved, err
}

// only is the one UID of a set, or 0.
func only(set imap.NumSet) uint32 {
	uids, ok := set.(imap.UIDSet)
	if !ok {
		return 0
	}
	list, ok := uids.Nums()
	if !ok || len(list) != 1 {
		return 0
	}
	return uint32(list[0])
}

// Create makes a folder; one that is there already is no error.
func (s *Session) Create(ctx context.Context, name string) error {
	err := s.do(ctx, "make a folder", s.cfg.Timeout, small, func() error { return s.client.Create(name, nil).Wait() })
	var r *refusal
	if errors.As(err, &r) && r.code == string(imap.ResponseCodeAlreadyExists) {
		return nil
	}
	return err
}

// WithMessageID finds mails of the open folder by their Message-ID, at most max of
// them, the newest first.
func (s *Session) WithMessageID(ctx context.Context, id string, limit int) ([]uint32, error) {
	var found []uint32
	err := s.do(ctx, "search for a mail", 4*s.cfg.Timeout, small, func() error {
		data, err := s.client.UIDSearch(&imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Message-ID", Value: id}}}, nil).Wait()
		if err != nil {
			return err
		}
		set, ok := data.All.(imap.UIDSet)
		if !ok {
			return nil
		}
		for i := len(set) - 1; i >= 0; i-- {
			for uid := set[i].Stop; uid >= set[i].Start && uid > 0 && len(found) < limit; uid-- {
				found = append(found, uint32(uid))
			}
		}
		return nil
	})
	return found, err
}

// Append puts a mail of ours into a folder, unread.
func (s *Session) Append(ctx context.Context, folder string, mail []byte) error {
	return s.do(ctx, "put a mail into the folder", s.cfg.Timeout, small, func() error {
		cmd := s.client.Append(folder, int64(len(mail)), &imap.AppendOptions{Time: time.Now()})
		_, writeErr := cmd.Write(mail)
		closeErr := cmd.Close()
		_, err := cmd.Wait()
		if err == nil && (writeErr != nil || closeErr != nil) {
			return fmt.Errorf("write: %w", errors.Join(writeErr, closeErr))
		}
		return err
	})
}

// Idle waits until the server tells of a change in the open folder, d has passed,
// or ctx ends. d must be less than 29 minutes, after which servers hang up
// (RFC 2177). Without IDLE it only waits.
func (s *Session) Idle(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	if !s.Has("IDLE") {
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		return ctx.Err()
	}
	select {
	case <-s.changed: // told before we asked: ask what it was
		return nil
	default:
	}
	var wait func() error
	err := s.do(ctx, "wait for changes", s.cfg.Timeout, small, func() error {
		cmd, err := s.client.Idle()
		if err != nil {
			return err
		}
		wait = func() error {
			if err := cmd.Close(); err != nil {
				return err
			}
			return cmd.Wait()
		}
		return nil
	})
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		s.Close()
		_ = wait()
		return ctx.Err()
	case <-s.client.Closed():
		s.Close()
		_ = wait()
		return errors.New("the server closed the connection")
	case <-s.changed:
	case <-timer.C:
	}
	return s.do(ctx, "end waiting", s.cfg.Timeout, small, wait)
}
