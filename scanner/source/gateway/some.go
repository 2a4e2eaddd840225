package gateway

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"brevvagt/scanner/source/gateway/milter"
	"brevvagt/scanner/source/gateway/postfix"
	"brevvagt/scanner/source/gateway/relay"
	"brevvagt/scanner/source/gateway/split"
)

// Postfix keeps one mail for all its recipients. A release to some hands it a copy for
// those, which this lane puts in the hold queue like the original: so there is a moment
// at which both are durable and neither has gone. Then the original is deleted and the
// copy released. A crash at any point leaves one of them there for the next try.

// splitHeader marks such a copy on its way to Postfix; the lane takes it out again.
const splitHeader = "X-Brevvagt-Udvalgte"

// KeepSplits makes releases to some recipients possible; dir is where the lane
// remembers across restarts how far they have come.
func (m *Milter) KeepSplits(dir string) (err error) { m.splits, err = split.Open(dir); return err }

// ReleasesSome reports whether the lane can release to some of the recipients: it
// needs a mail server that takes the copy, which is the one that takes our notices.
func (m *Milter) ReleasesSome() bool { return m.splits != nil && m.Notices.Hop != nil }

// ReleaseTo releases a held mail to some of its recipients and deletes it for the
// others. It may be repeated.
func (m *Milter) ReleaseTo(ctx context.Context, rec []byte, to []string) (string, error) {
	m.prepare()
	id, err := queueID(rec)
	if err != nil {
		return "", err
	}
	if !m.ReleasesSome() || len(to) == 0 {
		return "", fmt.Errorf("mail %s: this lane does not release to some recipients", id)
	}
	list, err := m.Postfix.List(ctx)
	if err != nil {
		return "", err
	}
	in := make(map[string]postfix.Mail, len(list))
	for _, h := range list {
		in[h.ID] = h
	}
	s, err := m.beginSplit(id, in, to)
	if err != nil || s.Done {
		return "Postfix: sendt til de udvalgte", err
	}
	taken := m.takenCopy(s, in)
	if taken == "" && !s.Elsewhere {
		if taken, err = m.sendCopy(ctx, in[id], s); err != nil {
			return "", err
		}
	}
	if err := m.deleteOriginal(ctx, id, taken, in[id].Queue == "hold"); err != nil {
		return "", err
	}
	answer := "sendt til de udvalgte"
	if taken != "" {
		if answer, err = m.releaseCopy(ctx, taken); err != nil {
			return "", err
		}
	}
	for _, c := range append(s.Copies, s.Stale...) {
		if c != taken && in[c].Queue == "hold" {
			if err := m.Postfix.Delete(ctx, c); err != nil && !errors.Is(err, postfix.ErrNotHeld) {
				return "", err
			}
		}
	}
	return answer, m.splits.End(id, s)
}

// beginSplit finds the split of a mail or begins it.
func (m *Milter) beginSplit(id string, in map[string]postfix.Mail, to []string) (split.Split, error) {
	s, begun, err := m.splits.Get(id)
	h, there := in[id]
	switch {
	case err != nil || begun && (s.Done || !there):
		return s, err
	case !there:
		return s, fmt.Errorf("mail %s: %w", id, ErrGone)
	case h.Queue != "hold":
		return s, fmt.Errorf("mail %s: %w", id, ErrOnItsWay)
	}
	return m.splits.Begin(id, h.From, split.Spelled(to, h.To))
}

// takenCopy is the copy that Postfix has, or had until it was delivered; "" when
// there is none. One that was asked to leave comes before all others: it may be
// delivered already, and a second would double the mail.
func (m *Milter) takenCopy(s split.Split, in map[string]postfix.Mail) string {
	if i := slices.IndexFunc(s.Copies, m.releases.Asked); i >= 0 {
		return s.Copies[i]
	}
	if i := slices.IndexFunc(s.Copies, func(c string) bool { return in[c].Queue != "" }); i >= 0 {
		return s.Copies[i]
	}
	return ""
}

var queuedAs = regexp.MustCompile(`queued as ([0-9A-Za-z]{6,20})`)

// sendCopy hands in a copy for some and returns its queue id, "" when another mail
// server has taken it.
func (m *Milter) sendCopy(ctx context.Context, h postfix.Mail, s split.Split) (string, error) {
	if h.ID == "" {
		return "", ErrGone // the original left after the split had begun
	}
	if h.Queue != "hold" {
		return "", fmt.Errorf("mail %s: %w", h.ID, ErrOnItsWay)
	}
	content, err := m.read(ctx, h)
	if err != nil {
		return "", err
	}
	defer content.close()
	body := io.Reader(bytes.NewReader(content.bytes))
	if content.file != nil {
		if body, err = content.file.Reader(); err != nil {
			return "", err
		}
	}
	env := relay.Envelope{From: h.From}
	for _, a := range s.To {
		env.To = append(env.To, relay.Recipient{Address: a})
	}
	answer, err := m.Notices.Hop.Send(ctx, env, io.MultiReader(strings.NewReader(splitHeader+": "+s.Mark(h.ID)+"\r\n"), body))
	if err != nil {
		return "", fmt.Errorf("copy of mail %s: %w", h.ID, err)
	}
	if as := queuedAs.FindStringSubmatch(answer); as != nil {
		if _, err := m.Postfix.Find(ctx, as[1]); err == nil {
			return as[1], m.splits.Note(h.ID, as[1], s)
		} else if !errors.Is(err, postfix.ErrGone) {
			return "", err
		}
	}
	return "", m.splits.Left(h.ID, s)
}

// deleteOriginal deletes the original once the copy is durable. Where somebody has
// released it meanwhile everybody gets it, and the copy is given up.
func (m *Milter) deleteOriginal(ctx context.Context, id, taken string, was bool) error {
	err := m.Postfix.Delete(ctx, id)
	if !errors.Is(err, postfix.ErrNotHeld) {
		return err
	}
	if _, err := m.Postfix.Find(ctx, id); errors.Is(err, postfix.ErrGone) || !was {
		return nil
	} else if err != nil {
		return err
	}
	if taken != "" {
		if err := m.Postfix.Delete(ctx, taken); err != nil && !errors.Is(err, postfix.ErrNotHeld) {
			return err
		}
	}
	return fmt.Errorf("mail %s: %w", id, ErrOnItsWay)
}

// releaseCopy releases a copy, which may have left the hold queue already.
func (m *Milter) releaseCopy(ctx context.Context, id string) (string, error) {
	answer, err := m.releases.Release(ctx, id)
	if errors.Is(err, ErrGone) {
		return "Postfix: " + id + " er afsendt", nil // it was taken and never held by us
	}
	return answer, err
}

// copyOfOurs answers a copy that ReleaseTo hands in; ok is false for every other mail.
// The note is on disk before Postfix has the copy.
func (m *Milter) copyOfOurs(msg *milter.Message, to []string) (r milter.Reply, ok bool) {
	if m.splits == nil {
		return r, false
	}
	mark, found := bytes.CutPrefix(msg.Header, []byte(splitHeader+": "))
	if !found {
		return r, false
	}
	mark, _, _ = bytes.Cut(mark, []byte("\r\n"))
	id, s, ok := m.splits.Expected(string(mark), msg.From, to)
	if !ok {
		return r, false
	}
	if s.Done {
		// Its sender gave up and another copy went in its place. Nobody waits for this
		// answer, and what was a copy must not become a mail of its own.
		m.Log.Info("copy for some recipients came too late", "queue_id", msg.QueueID, "of", id)
		return milter.TempFail(""), true
	}
	if err := m.splits.Note(id, msg.QueueID, s); err != nil {
		m.Log.Error("copy for some recipients not noted", "queue_id", msg.QueueID, "error", err)
		return milter.TempFail(""), true
	}
	m.Log.Info("copy for some recipients", "queue_id", msg.QueueID, "of", id)
	return milter.Quarantine("copy of " + id).WithoutHeader(splitHeader), true
}

// notSplit leaves out the copies of mails whose release to some is under way, and
// deletes those that a crash left over from one that is done.
func (m *Milter) notSplit(ctx context.Context, held []postfix.Mail, known map[string]bool) []postfix.Mail {
	if m.splits == nil {
		return held
	}
	copies := m.splits.Copies()
	if len(copies) == 0 {
		return held
	}
	rest := held[:0]
	for _, h := range held {
		of, ok := copies[h.ID]
		if !ok {
			rest = append(rest, h)
			continue
		}
		s, _, err := m.splits.Get(of)
		_, open := known[of]
		done := err == nil && s.Done
		switch {
		case done && !m.releases.Asked(h.ID):
			if err := m.Postfix.Delete(ctx, h.ID); err != nil && !errors.Is(err, postfix.ErrNotHeld) {
				m.Log.Error("a copy too many stays held", "queue_id", h.ID, "error", err)
			}
		case done, !open:
			// One that was asked to leave is gone when it is looked at again: it is
			// left alone until then, and else is a mail like any other.
			rest = append(rest, h)
		}
	}
	return rest
}
