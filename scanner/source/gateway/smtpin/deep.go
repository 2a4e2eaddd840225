package smtpin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"brevvagt/scanner"
	"brevvagt/scanner/later"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/gateway/flight"
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
		r, err := parseReceipt(it.Receipt)
		if err != nil {
			return err
		}
		log := s.Log.With("item", it.ID)
		if r.Judged {
			return s.sendOn(ctx, it, r, log)
		}
		out, err := j.Scan(ctx, it, handle)
		if err != nil {
			return err
		}
		log.Info("mail put aside was judged", "verdict", string(out.Verdict.Action), "case", out.CaseID)
		switch out.Verdict.Action {
		case policy.Pass, policy.Warn:
			r.Route = out.Verdict.Route
			return s.sendOn(ctx, it, r, log)
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

// lifetime is how long the next hop is asked again, as long as mail servers do.
const lifetime = 5 * 24 * time.Hour

// sendFor is how long a mail in Later has somebody wait for its next hop at a time; others
// have their turn meanwhile.
const sendFor = time.Minute

// sendOnce sends a mail that was put aside, and does not send it again while its next hop
// owes the answer.
func (s *Server) sendOnce(ctx context.Context, it scanner.Item, r receipt) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, sendFor)
	defer cancel()
	return s.flights.Do(ctx, it.ID, func(ctx context.Context) (string, error) {
		content, done, err := it.Large.Open()
		if err != nil {
			return "", err
		}
		defer done()
		open := func() (io.Reader, error) { return bytes.NewReader(content), nil }
		if r.Route != "" {
			return s.sendByRoute(ctx, r.Route, r.Envelope, open)
		}
		x := s.afresh(ctx, r.Envelope, open)
		if x.err != nil {
			return "", x.err
		}
		return relay.Sum(x.results)
	})
}

// sendOn relays a mail whose client has its 250 already. What the next hop refuses
// for good, or for too long, goes back to the sender as a notice, for nobody else can
// tell. Between the next hop's 250 and the end of this function nothing is done that
// takes time: a crash there sends the mail twice.
func (s *Server) sendOn(ctx context.Context, it scanner.Item, r receipt, log *slog.Logger) error {
	answer, err := s.sendOnce(ctx, it, r)
	if errors.Is(err, flight.ErrGoesOn) {
		return err
	}
	var part *relay.Partial
	if errors.As(err, &part) {
		r.Envelope.To, r.Judged = part.Left, true
		rec, err := json.Marshal(r)
		if err != nil {
			return err
		}
		if refused, ok := relay.Refused(part.Answer); ok {
			s.undelivered(ctx, it, refused, log)
		}
		return &later.Again{Receipt: rec, Err: part}
	}
	old := time.Since(it.Received) > lifetime && (s.Config.Steady == nil || s.Config.Steady())
	if relay.IsTemporary(err) && !old {
		return err
	}
	n := relay.Notice{Kind: relay.Undelivered, Reference: it.ID, Sent: it.Received}
	if err != nil {
		n.Reason = err.Error()
	} else if refused, ok := relay.Refused(answer); ok {
		n.Reason = refused
	} else {
		log.Info("sent on", "answer", relay.WithoutNumbers(answer))
		return nil
	}
	log.Warn("the next hop refused a mail put aside", "answer", relay.WithoutNumbers(n.Reason))
	return s.tell(ctx, it.From, n)
}

// undelivered tells the sender of some recipients while others are tried again.
func (s *Server) undelivered(ctx context.Context, it scanner.Item, reason string, log *slog.Logger) {
	n := relay.Notice{Kind: relay.Undelivered, Reference: it.ID, Sent: it.Received, Reason: reason}
	if err := s.tell(ctx, it.From, n); err != nil {
		log.Error("the sender was not told of recipients who were refused", "error", err)
	}
}

// tell sends a notice that must not be left out: without it a mail would vanish in
// silence.
func (s *Server) tell(ctx context.Context, from string, n relay.Notice) error {
	if from != "" && !s.Notices.Ready() {
		return errors.New("the sender must be told, but notices are not configured; the mail is kept")
	}
	return s.Notices.Notify(ctx, from, n)
}
