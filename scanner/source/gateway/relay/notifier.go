package relay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

// Letter is the notice as it is kept until it is sent.
func (n Notice) Letter() []byte {
	b, _ := json.Marshal(n) // texts and times always marshal
	return b
}

// SendLetters sends notices to one sender that were kept, as one. Of several, which have
// waited for each other, it leaves out those that tell says no to.
func SendLetters(ctx context.Context, h *Hop, letters [][]byte, tell func(Notice) bool) error {
	var list []Notice
	for _, letter := range letters {
		var n Notice
		if err := json.Unmarshal(letter, &n); err != nil {
			return fmt.Errorf("a kept notice: %w", err)
		}
		if len(letters) == 1 || tell(n) {
			list = append(list, n)
		}
	}
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0].Send(ctx, h)
	}
	return sendGathered(ctx, h, list)
}

// MayHaveArrived reports whether after this error of Send the next hop may have taken
// the mail: all of it was sent, and no answer came.
func MayHaveArrived(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == 0 && e.Stage == endOfData
}

// IsLate reports whether the next hop has all of the mail and has not answered within
// its time: it may answer yet.
func IsLate(err error) bool { return MayHaveArrived(err) && errors.Is(err, os.ErrDeadlineExceeded) }

// Notifier sends a site's notices. The zero value sends none.
type Notifier struct {
	From, FromName string // our address and its name
	Help           string // link or phone number, for notices that have none
	Hop            *Hop
	// Keep, when set, writes a notice down, to be sent soon and once; nil sends it at
	// once, while the caller waits.
	Keep func(ctx context.Context, n Notice) error
}

// Ready reports whether notices can be sent.
func (s Notifier) Ready() bool { return s.From != "" && s.Hop != nil }

// Notify sends a notice to the sender of a mail. Nothing is sent to the null
// sender, nor when notices are not configured.
func (s Notifier) Notify(ctx context.Context, to string, n Notice) error {
	if to == "" || !s.Ready() {
		return nil
	}
	n.To = to
	if n.From == "" {
		n.From, n.FromName = s.From, s.FromName
	}
	if n.Help == "" {
		n.Help = s.Help
	}
	if s.Keep != nil {
		return s.Keep(ctx, n)
	}
	return n.Send(ctx, s.Hop)
}
