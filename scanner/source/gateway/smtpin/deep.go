package smtpin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"brevvagt/scanner"
	"brevvagt/scanner/later"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/gateway/judge"
	"brevvagt/scanner/source/gateway/relay"
)

// putAside takes over a mail that needs a longer scan: the client's 250 comes only
// once it is on disk.
func (s *session) putAside(it scanner.Item, log *slog.Logger) error {
	if err := s.srv.Later.Put(it); err != nil {
		if errors.Is(err, later.ErrFull) && s.srv.Config.Failed != nil {
			s.srv.Config.Failed("space")
		}
		log.Error("mail cannot be put aside", "error", err)
		return refuse(451, "4.3.1", judge.NotJudged)
	}
	log.Info("mail needs more time; kept and scanned meanwhile")
	return refuse(250, "2.0.0", "OK "+it.ID)
}

// deepScans is how many mails put aside are scanned at once.
const deepScans = 2

// deep takes care of one mail that was put aside, from the scan to its end.
func (s *Server) deep(handle scanner.Handler) func(context.Context, scanner.Item) error {
	c := s.Config
	j := judge.New(judge.Options{Scans: deepScans, PerClient: deepScans, Deadline: c.DeepBudget + judge.Recording, Space: c.Space, Failed: c.Failed, Log: s.Log})
	return func(ctx context.Context, it scanner.Item) error {
		out, err := j.Scan(ctx, it, handle)
		if err != nil {
			return err
		}
		log := s.Log.With("item", it.ID)
		log.Info("mail put aside was judged", "verdict", string(out.Verdict.Action), "case", out.CaseID)
		switch out.Verdict.Action {
		case policy.Pass, policy.Warn:
			return s.sendOn(ctx, it, out.Verdict.Route, log)
		case policy.Hold:
			return nil
		case policy.Reject:
			n := relay.Notice{Kind: relay.Rejected, Reference: it.ID, Sent: it.Received}
			if len(out.Verdict.Rules) > 0 {
				n.Reason, n.English = out.Verdict.Rules[0].Text, out.Verdict.Rules[0].English
			}
			return s.tell(ctx, it.From, n)
		}
		return fmt.Errorf("unknown verdict %q", out.Verdict.Action)
	}
}

// sendOn relays a mail whose client has its 250 already. What the next hop refuses
// for good goes back to the sender as a notice, for nobody else can tell.
func (s *Server) sendOn(ctx context.Context, it scanner.Item, route string, log *slog.Logger) error {
	var r receipt
	if err := json.Unmarshal(it.Receipt, &r); err != nil || r.Version != receiptVersion {
		return ErrReceipt
	}
	content, done, err := it.Large.Open()
	if err != nil {
		return err
	}
	defer done()
	var answer string
	if route != "" {
		answer, err = s.sendByRoute(ctx, route, r.Envelope, func() (io.Reader, error) { return bytes.NewReader(content), nil })
	} else {
		var stamped io.Reader
		if stamped, err = s.stamped(bytes.NewReader(content)); err != nil {
			return err
		}
		answer, err = s.Next.Send(ctx, r.Envelope, stamped)
	}
	if relay.IsTemporary(err) {
		return err
	}
	n := relay.Notice{Kind: relay.Undelivered, Reference: it.ID, Sent: it.Received}
	switch {
	case err != nil:
		n.Reason = err.Error()
	case strings.Contains(answer, relay.NotDelivered):
		n.Reason = answer
	default:
		log.Info("sent on", "answer", relay.WithoutNumbers(answer))
		return nil
	}
	log.Warn("the next hop refused a mail put aside", "answer", relay.WithoutNumbers(n.Reason))
	return s.tell(ctx, it.From, n)
}

// tell sends a notice that must not be left out: without it a mail would vanish in
// silence.
func (s *Server) tell(ctx context.Context, from string, n relay.Notice) error {
	if from != "" && !s.Notices.Ready() {
		return errors.New("the sender must be told, but notices are not configured; the mail is kept")
	}
	return s.Notices.Notify(ctx, from, n)
}
