package mailbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"brevvagt/scanner/source/mailbox/book"
	"brevvagt/scanner/source/mailbox/folders"
	"brevvagt/scanner/source/mailbox/session"
)

// maxSearch bounds the mails that are looked into to find one again.
const maxSearch = 500

// moves moves the folder's mails that policy wants in the quarantine folder. MOVE is
// one step for the server, and the wish stays in the book until the new place is
// known: a crash in between is mended by looking where the mail went.
func (v *visit) moves(ctx context.Context, c folders.Choice, f *book.Folder) error {
	if v.a.Quarantine == "" || c.Role != folders.Sent {
		return nil
	}
	list, err := v.w.Book.Moves(ctx, f)
	if err != nil || len(list) == 0 {
		return err
	}
	if !v.s.CanMove() {
		return v.giveUp(ctx, list, session.ErrNoMove)
	}
	if err := v.s.Create(ctx, v.a.Quarantine); err != nil && !session.Refused(err) {
		return err
	}
	for _, h := range list {
		st, err := v.s.Open(ctx, c.Name, false)
		if err != nil {
			return err
		}
		if st.UIDValidity != f.UIDValidity {
			return nil // the next round meets the new numbers
		}
		if err := v.moveAway(ctx, c, f, h); err != nil {
			return err
		}
	}
	return nil
}

func (v *visit) giveUp(ctx context.Context, list []*book.Handled, why error) error {
	for _, h := range list {
		v.w.Log.WarnContext(ctx, "mail not moved", "account", v.a.Name, "case", h.CaseID, "error", why)
		if _, err := v.w.Book.MoveOn(ctx, h, book.MoveWanted, book.GivenUp, 0, 0); err != nil {
			return err
		}
	}
	return nil
}

func (v *visit) moveAway(ctx context.Context, c folders.Choice, f *book.Folder, h *book.Handled) error {
	numbers, err := v.w.Book.Numbers(ctx, f, h.Identity)
	if err != nil {
		return err
	}
	var place session.Place
	moved := false
	for _, uid := range numbers {
		at, ok, err := v.s.Move(ctx, uid, v.a.Quarantine)
		if err != nil {
			return err
		}
		if ok {
			place, moved = at, true
			v.w.Crash("move:moved")
		}
	}
	if !moved {
		// Moved before a crash, or taken by somebody.
		if place, moved, err = find(ctx, v.w, v.a, v.s, v.a.Quarantine, h.Identity, ""); err != nil {
			return err
		}
	}
	if !moved {
		return v.giveUp(ctx, []*book.Handled{h}, errors.New("it is no longer in its folder"))
	}
	ours, err := v.w.Book.MoveOn(ctx, h, book.MoveWanted, book.Moved, place.UIDValidity, place.UID)
	if err != nil || ours {
		return err
	}
	// Released while it was on its way: back with it.
	h.ToValidity, h.ToUID = place.UIDValidity, place.UID
	_, err = bringBack(ctx, v.w, v.a, v.s, h, receipt{Account: v.a.Name, Folder: c.Name, Identity: h.Identity})
	return err
}

// find looks for a mail by what it is, among those with its Message-ID where that is
// known, else among the folder's newest. It opens the folder for moving.
func find(ctx context.Context, w *Watch, a *Account, s *session.Session, folder, identity, messageID string) (session.Place, bool, error) {
	st, err := s.Open(ctx, folder, false)
	if err != nil {
		return session.Place{}, false, err
	}
	var uids []uint32
	if messageID != "" {
		if uids, err = s.WithMessageID(ctx, messageID, maxSearch); err != nil && !session.Refused(err) {
			return session.Place{}, false, err
		}
	}
	if len(uids) == 0 {
		if err := s.List(ctx, 1, 0, func(e session.Entry) { uids = append(uids, e.UID) }); err != nil {
			return session.Place{}, false, err
		}
	}
	tried := 0
	for i := len(uids) - 1; i >= 0 && tried < maxSearch; i-- {
		tried++
		var b bytes.Buffer
		_, found, _, err := s.Body(ctx, uids[i], 0, a.MaxBytes, &b)
		if err != nil {
			return session.Place{}, false, err
		}
		if found && parseHeader(b.Bytes()).identity(w.Book) == identity {
			return session.Place{UIDValidity: st.UIDValidity, UID: uids[i]}, true, nil
		}
	}
	return session.Place{}, false, nil
}

// bringBack moves a mail from the quarantine folder to where it was. The string says
// in Danish what was done.
func bringBack(ctx context.Context, w *Watch, a *Account, s *session.Session, h *book.Handled, r receipt) (string, error) {
	const back, already, lost = "flyttet tilbage til sin mappe", "ligger allerede i sin mappe", "findes ikke længere i postkassen; intet er flyttet"
	st, err := s.Open(ctx, a.Quarantine, false)
	if err != nil && !session.Refused(err) {
		return "", err
	}
	if err == nil {
		place := session.Place{UIDValidity: h.ToValidity, UID: h.ToUID}
		if there := place.UIDValidity == st.UIDValidity; there {
			if done, err := moveTo(ctx, s, place.UID, r.Folder); done || err != nil {
				return back, err
			}
		}
		place, found, err := find(ctx, w, a, s, a.Quarantine, r.Identity, r.MessageID)
		if err != nil {
			return "", err
		}
		if found {
			if done, err := moveTo(ctx, s, place.UID, r.Folder); done || err != nil {
				return back, err
			}
		}
	}
	_, found, err := find(ctx, w, a, s, r.Folder, r.Identity, r.MessageID)
	switch {
	case err != nil && !session.Refused(err):
		return "", err
	case found:
		return already, nil
	}
	return lost, nil
}

// moveTo moves a mail from the open folder, making the other one if it must.
func moveTo(ctx context.Context, s *session.Session, uid uint32, folder string) (bool, error) {
	_, done, err := s.Move(ctx, uid, folder)
	if session.Refused(err) {
		if err := s.Create(ctx, folder); err != nil {
			return false, err
		}
		_, done, err = s.Move(ctx, uid, folder)
	}
	return done, err
}

// ErrReceipt is a receipt that is not of this source, or of an account that is no
// longer configured.
var ErrReceipt = errors.New("the receipt names no mailbox that is configured")

// Release ends a case about a sent mail. Nothing is sent: a mail that policy moved
// away goes back to its folder, any other stays where it is. It may be repeated.
func (w *Watch) Release(ctx context.Context, sealed []byte) (string, error) {
	w.prepare()
	const untouched = "mailen var allerede sendt; intet er sendt eller flyttet"
	var r receipt
	if err := json.Unmarshal(sealed, &r); err != nil {
		return "", ErrReceipt
	}
	account := w.Book.Digest(r.Account)
	h, err := w.Book.Known(ctx, account, string(folders.Sent), r.Identity)
	if err != nil {
		return "", err
	}
	if h == nil || h.Move == "" || h.Move == book.Returned || h.Move == book.GivenUp {
		return untouched, nil
	}
	if h.Move == book.MoveWanted {
		if stopped, err := w.Book.MoveOn(ctx, h, book.MoveWanted, book.Returned, 0, 0); stopped || err != nil {
			return untouched, err
		}
		if h, err = w.Book.Known(ctx, account, string(folders.Sent), r.Identity); err != nil || h == nil {
			return untouched, err
		}
	}
	a := w.account(r.Account)
	if a == nil {
		return "", fmt.Errorf("account %s: %w", r.Account, ErrReceipt)
	}
	s, err := session.Dial(ctx, a.Server)
	if err != nil {
		return "", err
	}
	defer s.Logout(ctx)
	answer, err := bringBack(ctx, w, a, s, h, r)
	if err != nil {
		return "", err
	}
	w.Crash("release:moved-back")
	_, err = w.Book.MoveOn(ctx, h, book.Moved, book.Returned, 0, 0)
	return answer, err
}
