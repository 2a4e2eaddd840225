package mailbox

import (
	"context"
	"fmt"
	"time"

	"brevvagt/detectors"
	"brevvagt/scanner"
	"brevvagt/scanner/source/mailbox/book"
	"brevvagt/scanner/source/mailbox/folders"
	"brevvagt/scanner/source/mailbox/session"
)

// visit is one connection to an account.
type visit struct {
	w       *Watch
	a       *Account
	s       *session.Session
	handle  scanner.Handler
	choices []folders.Choice
	seen    map[string]session.State // of each folder at its last listing here
	first   bool                     // the mailbox had never been met before
	lost    bool                     // a folder could not be opened: it may have another name now
}

// perRound bounds the mails of one folder in a round, so that a large one does not
// keep the others waiting.
const perRound = 200

// round looks at every folder once. more says that mails are waiting still.
func (v *visit) round(ctx context.Context) (more bool, err error) {
	watched, trouble := 0, "ok"
	for _, c := range v.choices {
		again, err := v.folder(ctx, c)
		if session.Refused(err) {
			// A folder that cannot be opened keeps nobody from the others.
			name := detectors.RedactNumbers(c.Name)
			v.w.Log.WarnContext(ctx, "mailbox folder", "account", v.a.Name, "folder", name, "error", err)
			trouble, v.lost = fmt.Sprintf("%s: %s", name, err), true
			continue
		}
		if err != nil {
			return false, err
		}
		watched++
		more = more || again
	}
	if err := v.notices(ctx); err != nil && !session.Refused(err) {
		return false, err
	} else if err != nil {
		trouble = err.Error()
	}
	v.w.report(ctx, v.a, trouble, watched)
	return more, nil
}

// idle waits for the next reason to look: the server tells of a change in the first
// folder, a mail becomes due, or the time to look anyway has come.
func (v *visit) idle(ctx context.Context) error {
	wait := v.a.Poll
	next, err := v.w.Book.NextDue(ctx, v.account())
	if err != nil {
		return err
	}
	if !next.IsZero() {
		wait = min(wait, max(next.Sub(v.w.Now()), 50*time.Millisecond))
	}
	first := v.choices[0].Name
	st, err := v.s.Open(ctx, first, true)
	if session.Refused(err) {
		st, err = session.State{}, nil
		delete(v.seen, first)
	}
	if err != nil {
		return err
	}
	if before, ok := v.seen[first]; ok && before != st {
		return nil // something came since it was listed
	}
	return v.s.Idle(ctx, wait)
}

func (v *visit) account() string { return v.w.Book.Digest(v.a.Name) }

func (v *visit) rest(r folders.Role) time.Duration {
	if r == folders.Sent {
		return v.a.SentRest
	}
	return v.a.DraftRest
}

// folder notes what is new in a folder and handles what is due.
func (v *visit) folder(ctx context.Context, c folders.Choice) (more bool, err error) {
	st, err := v.s.Open(ctx, c.Name, true)
	if err != nil {
		return false, err
	}
	f, err := v.known(ctx, c, st)
	if err != nil {
		return false, err
	}
	if err := v.note(ctx, c, f, st); err != nil {
		return false, err
	}
	v.seen[c.Name] = st
	due, err := v.w.Book.Due(ctx, f, perRound)
	if err != nil {
		return false, err
	}
	for _, it := range due {
		if err := v.item(ctx, c, f, it); err != nil {
			return false, err
		}
	}
	if err := v.moves(ctx, c, f); err != nil {
		return false, err
	}
	return len(due) == perRound, nil
}

// day is how often a whole folder is compared, whatever the server says.
const day = 24 * time.Hour

// newFolder is how old a mail may be in a folder that appears later.
const newFolder = 7 * day

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// known is what the book says of a folder, with a first entry for a new one.
func (v *visit) known(ctx context.Context, c folders.Choice, st session.State) (*book.Folder, error) {
	b := v.w.Book
	f, err := b.Folder(ctx, b.Digest(v.a.Name, c.Name))
	if err != nil {
		return nil, err
	}
	now := v.w.Now()
	switch {
	case f == nil:
		f = &book.Folder{Key: b.Digest(v.a.Name, c.Name), Account: v.account(), Role: string(c.Role), UIDValidity: st.UIDValidity, FirstUID: 1, NextUID: 1}
		// A day's margin for clocks that differ: from now on means by number, and the
		// date matters only when the server renumbers the folder.
		f.Since = now.Add(-max(v.a.Since, day))
		met, err := b.Met(ctx, v.account())
		if err != nil {
			return nil, err
		}
		if v.first = v.first || met.IsZero(); !v.first {
			// It appeared in a mailbox that was watched: a mail program made it for its first
			// mails. What is older was put into it.
			f.Since = later(met, now.Add(-max(v.a.Since, newFolder)))
		} else if v.a.Since == 0 {
			if f.FirstUID, err = v.afterLast(ctx, st); err != nil {
				return nil, err
			}
			f.NextUID, f.Audited = f.FirstUID, now
		}
	case f.UIDValidity != st.UIDValidity:
		v.w.Log.WarnContext(ctx, "mailbox folder was renumbered", "account", v.a.Name, "role", c.Role)
		f.UIDValidity, f.FirstUID, f.NextUID, f.ModSeq, f.Audited = st.UIDValidity, 1, 1, 0, time.Time{}
		delete(v.seen, c.Name)
	default:
		return f, nil
	}
	return f, b.Save(ctx, f)
}

// afterLast is the number after the last mail of the open folder.
func (v *visit) afterLast(ctx context.Context, st session.State) (uint32, error) {
	if st.UIDNext > 0 {
		return st.UIDNext, nil
	}
	last := uint32(0)
	err := v.s.List(ctx, 1, 0, func(e session.Entry) { last = max(last, e.UID) })
	return last + 1, err
}

// note notes the mails that are new. Those at the end are found by their number;
// with CONDSTORE, or once a day without, so are any that came to stand before it.
func (v *visit) note(ctx context.Context, c folders.Choice, f *book.Folder, st session.State) error {
	now := v.w.Now()
	audit := now.Sub(f.Audited) >= day
	if before, ok := v.seen[c.Name]; ok && before == st && !audit {
		return nil
	}
	n := &noting{v: v, f: f, due: now.Add(v.rest(c.Role)), next: f.NextUID}
	from := f.NextUID
	if audit {
		from, n.present = f.FirstUID, make(map[uint32]bool)
	}
	if err := n.list(ctx, from, 0); err != nil {
		return err
	}
	if !audit && f.ModSeq > 0 && st.ModSeq > f.ModSeq && f.FirstUID < f.NextUID {
		if err := n.list(ctx, f.FirstUID, f.ModSeq); err != nil && !session.Refused(err) {
			return err
		}
	}
	if audit {
		if err := v.w.Book.Forget(ctx, f, n.present); err != nil {
			return err
		}
		f.Audited = now
	}
	f.NextUID, f.ModSeq, f.Messages, f.Checked = n.next, st.ModSeq, st.Messages, now
	v.w.Crash("note:listed")
	return v.w.Book.Save(ctx, f)
}

// noting gathers a listing into the book, some hundred mails at a time.
type noting struct {
	v       *visit
	f       *book.Folder
	due     time.Time
	next    uint32
	batch   []book.Item
	present map[uint32]bool
	err     error
}

func (n *noting) list(ctx context.Context, from uint32, changedSince uint64) error {
	each := func(e session.Entry) {
		state := book.Waiting
		if !e.Received.IsZero() && e.Received.Before(n.f.Since) {
			state = book.Old
		}
		if n.present != nil {
			n.present[e.UID] = true
		}
		n.next = max(n.next, e.UID+1)
		if n.batch = append(n.batch, book.Item{UID: e.UID, Received: e.Received, Size: e.Size, State: state}); len(n.batch) == 500 {
			n.flush(ctx)
		}
	}
	// One date that cannot be read spoils a whole listing, and would each time.
	failures, _ := n.v.w.unread.LoadOrStore(n.f.Key, 0)
	var err error
	if failures.(int) < 2 {
		err = n.v.s.List(ctx, from, changedSince, each)
	} else {
		err = n.v.s.ListNumbers(ctx, from, each)
	}
	if err != nil {
		if !session.Refused(err) {
			n.v.w.unread.Store(n.f.Key, failures.(int)+1)
		}
		return err
	}
	if failures.(int) < 2 {
		n.v.w.unread.Delete(n.f.Key)
	} else {
		n.v.w.unread.Store(n.f.Key, 1) // the next time the whole listing gets a chance
	}
	n.flush(ctx)
	return n.err
}

func (n *noting) flush(ctx context.Context) {
	if len(n.batch) > 0 && n.err == nil {
		_, n.err = n.v.w.Book.Note(ctx, n.f, n.batch, n.due)
	}
	n.batch = n.batch[:0]
}
