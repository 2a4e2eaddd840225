package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"brevvagt/scanner/source/gateway/postfix"
	"brevvagt/scanner/source/gateway/relay"
	"brevvagt/scanner/source/gateway/release"
)

// Errors of Release and Reject that callers tell apart. Any other is worth
// another try.
var (
	// ErrGone: the mail left Postfix's queue without us.
	ErrGone = release.ErrGone
	// ErrOnItsWay: the mail was released in Postfix and cannot be refused any more.
	ErrOnItsWay = errors.New("the mail is already on its way")
	// ErrReceipt: the receipt is not one of this lane.
	ErrReceipt = errors.New("not a receipt of the milter lane")
)

// NeedsContent is false: Postfix still has the mail.
func (m *Milter) NeedsContent() bool { return false }

// Reject deletes the mail from Postfix's hold queue and sends the notice. It may
// be repeated; the notice may then be sent twice, which is better than never. A
// notice without an address to write to is left out.
func (m *Milter) Reject(ctx context.Context, rec []byte, from string, n relay.Notice) error {
	m.prepare()
	id, err := queueID(rec)
	if err != nil {
		return err
	}
	if err := m.Postfix.Delete(ctx, id); errors.Is(err, postfix.ErrNotHeld) {
		if _, err := m.Postfix.Find(ctx, id); err == nil {
			return fmt.Errorf("mail %s: %w", id, ErrOnItsWay)
		} else if !errors.Is(err, postfix.ErrGone) {
			return err
		}
	} else if err != nil {
		return err
	}
	if from != "" && !m.Notices.Ready() {
		m.Log.Warn("the sender is not told: notices are not configured", "queue_id", id)
	}
	if err := m.Notices.Notify(ctx, from, n); err != nil {
		return fmt.Errorf("mail %s: %w", id, err)
	}
	return nil
}

func queueID(rec []byte) (string, error) {
	var r receipt
	if err := json.Unmarshal(rec, &r); err != nil {
		return "", fmt.Errorf("%w: %w", ErrReceipt, err)
	}
	if err := postfix.CheckID(r.QueueID); err != nil {
		return "", fmt.Errorf("%w: %w", ErrReceipt, err)
	}
	return r.QueueID, nil
}

// KeepReleases makes the lane remember across restarts which mails it was asked to
// release, see release.Desk.
func (m *Milter) KeepReleases(dir string) error { return m.releases.Keep(dir) }

// Settle waits until what was released is on its way: a command must not end before.
func (m *Milter) Settle() { m.releases.Settle() }

// Release takes the mail from Postfix's hold queue and starts its delivery. It may
// be repeated: a mail that is already released is a success. from, to and content
// are not used; Postfix has them. A caller that gives up does not stop the release.
func (m *Milter) Release(ctx context.Context, rec []byte, _ string, _ []string, _ io.Reader) (string, error) {
	m.prepare()
	id, err := queueID(rec)
	if err != nil {
		return "", err
	}
	return m.releases.Release(ctx, id)
}

// One gives the receipt of the one copy that is left of a mail which was handed in
// several times, see release.Desk. It may be repeated.
func (m *Milter) One(ctx context.Context, receipts [][]byte) ([]byte, error) {
	m.prepare()
	ids := make([]string, len(receipts))
	for i, r := range receipts {
		id, err := queueID(r)
		if err != nil {
			return nil, err
		}
		ids[i] = id
	}
	one, err := m.releases.One(ctx, ids)
	if err != nil {
		return nil, err
	}
	return receipts[slices.Index(ids, one)], nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
