package smtpin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"brevvagt/scanner"
	"brevvagt/scanner/later"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/gateway/dialogue"
	"brevvagt/scanner/source/gateway/judge"
	"brevvagt/scanner/source/gateway/milter"
	"brevvagt/scanner/source/gateway/relay"
)

// maxHops is the loop protection (RFC 5321 6.3), the same as Postfix's default.
const maxHops = 50

// session is one client connection. It holds a connection to the next hop from
// the first recipient on, so that the next hop's own refusals of sender and
// recipients reach the client while it can still act on them.
type session struct {
	srv    *Server
	ctx    context.Context // of the lane, not of one mail
	who    *dialogue.Client
	client string
	judge  *judge.Judge
	handle scanner.Handler

	env   relay.Envelope
	next  *relay.Conn
	open  bool // the next hop has our MAIL
	mails int
	busy  bool
}

func (s *Server) session(ctx context.Context, who *dialogue.Client, j *judge.Judge, handle scanner.Handler) (dialogue.Session, error) {
	if !s.allowed(who.Addr()) {
		s.Log.Warn("smtp lane: client refused", "client", who.Addr().String())
		return nil, refuse(554, "5.7.1", "Denne server tager ikke imod mail fra dig.")
	}
	return &session{srv: s, ctx: ctx, who: who, client: who.Addr().String(), judge: j, handle: handle}, nil
}

func refuse(code int, enhanced, text string) error {
	if !strings.HasPrefix(enhanced, strconv.Itoa(code/100)+".") {
		enhanced = strconv.Itoa(code/100) + ".0.0"
	}
	return &dialogue.Reply{Code: code, Enhanced: enhanced, Text: milter.ASCII(text)}
}

// Mail begins a mail. The next hop hears of it with the first recipient.
func (s *session) Mail(m dialogue.Mail) error {
	s.srv.mu.Lock()
	ending := s.srv.ending
	s.srv.mu.Unlock()
	if state, encrypted := s.who.TLS(); !s.srv.Config.certified(state, encrypted) {
		s.srv.Log.Warn("smtp lane: client without an agreed certificate", "client", s.client)
		return refuse(530, "5.7.0", "Vis et aftalt certifikat med STARTTLS foerst.")
	}
	if s.srv.Config.Login != nil && s.who.User() == "" {
		return refuse(530, "5.7.0", "Log ind foerst (STARTTLS, saa AUTH).")
	}
	if s.mails++; ending || s.mails > s.srv.Config.MaxMails {
		return refuse(451, "4.3.2", "Forbindelsen er brugt op. Aabn en ny.")
	}
	s.env = relay.Envelope{From: m.From, Body: m.Body, UTF8: m.UTF8, Return: m.Return, EnvelopeID: m.EnvelopeID}
	return nil
}

// Rcpt asks the next hop about the recipient and passes its answer on.
func (s *session) Rcpt(to dialogue.Recipient) error {
	r := relay.Recipient{Address: to.Address, Notify: to.Notify, ORcpt: to.ORcpt}
	if err := s.reach(); err != nil {
		return s.answer("recipient", err)
	}
	if err := s.next.Rcpt(r); err != nil {
		return s.answer("recipient", err)
	}
	s.env.To = append(s.env.To, r)
	return nil
}

// reach has the next hop connected and told of the sender. A connection kept from
// the mail before may have died meanwhile; then a new one is made.
func (s *session) reach() error {
	if s.open {
		return nil
	}
	for {
		fresh := s.next == nil
		if fresh {
			c, err := s.srv.Next.Dial(s.ctx)
			if err != nil {
				return err
			}
			s.next = c
		}
		err := s.next.Mail(s.env)
		if err == nil {
			s.open = true
			return nil
		}
		if lost := s.next.Lost(); lost {
			s.drop()
			if !fresh {
				continue
			}
		}
		return err
	}
}

func (s *session) drop() {
	if s.next != nil {
		_ = s.next.Close()
	}
	s.next, s.open = nil, false
}

// Data takes the content, judges it and answers only when somebody else has the
// responsibility.
func (s *session) Data(r io.Reader) []error {
	s.setBusy(true)
	begun := time.Now()
	content, err := s.read(r)
	if err != nil {
		return []error{err}
	}
	defer content.close()
	if hops(content.bytes) > maxHops {
		return []error{refuse(554, "5.4.6", "Mailen gaar i ring.")}
	}
	if st := s.srv.Stamp; st != nil {
		if end := headEnd(content.bytes); st.passes(content.bytes[:end:end]) >= maxPasses {
			return []error{refuse(554, "5.4.6", "Mailen gaar i ring.")}
		}
	}
	it := s.item(content, begun)
	log := s.srv.Log.With("item", it.ID, "client", s.client, "bytes", content.size())
	switch before, known := s.repeated(it, content); known {
	case later.Taken:
		log.Info("mail was taken before and comes again; it is not taken twice", "before", before)
		return []error{ok250(before)}
	case later.Undecided:
		log.Info("mail comes again while the next hop has not answered for it", "before", before)
		return []error{refuse(451, "4.4.1", late)}
	}
	out, err := s.judge.Scan(s.ctx, it, s.handle)
	log = log.With("ms", time.Since(begun).Milliseconds())
	if err != nil && s.srv.Config.DryRun != nil && s.srv.Config.DryRun() {
		log.Warn("mail not judged; it passes, since this is a dry run", "error", err)
		out, err = scanner.Outcome{Verdict: policy.Verdict{Action: policy.Pass}}, nil
	}
	if judge.Late(err) && it.Deferrable {
		return []error{s.putAside(it, log)}
	}
	if err != nil {
		log.Error("mail not judged", "error", err)
		return []error{refuse(451, "4.7.1", judge.NotJudged)}
	}
	log.Info("mail judged", "verdict", string(out.Verdict.Action), "case", out.CaseID)
	switch out.Verdict.Action {
	case policy.Pass, policy.Warn:
		return s.pass(content, out.Verdict.Route, it, begun.Add(s.srv.Config.AnswerWithin), log)
	case policy.Hold:
		return []error{ok250(it.ID)}
	case policy.Reject:
		return []error{refuse(550, "5.7.1", judge.Refusal(out.Verdict, s.srv.Config.Help))}
	}
	log.Error("unknown verdict")
	return []error{refuse(451, "4.7.1", judge.NotJudged)}
}

func ok250(id string) error { return refuse(250, "2.0.0", "OK "+id) }

// repeated finds a mail that comes again because the client never got a good answer: it
// was put aside before a crash, or the next hop took it after all. Two mails with one
// Message-ID and the same bytes are one.
func (s *session) repeated(it scanner.Item, c content) (id string, known later.Known) {
	if s.srv.Later == nil || !hasMessageID(c.bytes) {
		return "", later.Unknown
	}
	return s.srv.Later.Repeated(it)
}

// pass sends a mail on. A client that speaks LMTP hears of each recipient; another
// hears of the whole, and what the next hop refuses to some is ours to settle.
func (s *session) pass(c content, route string, it scanner.Item, until time.Time, log *slog.Logger) []error {
	if route != "" {
		log = log.With("route", route)
	}
	if s.srv.stuck(route) {
		log.Warn("not sent on: too many answers of the next hop are due")
		return []error{refuse(451, "4.4.1", late)}
	}
	x := s.forward(c, route, it, until, log)
	if x.err == nil && x.results != nil && s.srv.Config.LMTP {
		return s.each(x.results, it.ID, log)
	}
	answer, err := s.srv.concluded(x, s.env, c.reader)
	if err != nil {
		log.Warn("not sent on", "error", err)
		return []error{s.answer("content", err)}
	}
	log.Info("sent on", "answer", relay.WithoutNumbers(answer))
	s.tellRefused(s.env.From, it.ID, answer, log)
	return []error{ok250(it.ID)}
}

// tellRefused tells the sender of those whom an answer names as refused for good.
func (s *session) tellRefused(from, item, answer string, log *slog.Logger) {
	refused, ok := relay.Refused(answer)
	if !ok {
		return
	}
	n := relay.Notice{Kind: relay.Undelivered, Reference: item, Reason: refused}
	if err := s.srv.tell(s.ctx, from, n); err != nil {
		log.Error("the sender was not told of recipients who were refused", "error", err)
	}
}

// each answers for every recipient by itself (RFC 2033).
func (s *session) each(results []relay.Result, item string, log *slog.Logger) []error {
	answers := make([]error, len(results))
	for i, r := range results {
		if answers[i] = ok250(item); r.Err != nil {
			log.Warn("not sent on to one", "error", r.Err)
			answers[i] = s.answer("content", r.Err)
			continue
		}
		log.Info("sent on", "answer", relay.WithoutNumbers(r.Answer))
	}
	return answers
}

func (s *session) item(c content, at time.Time) scanner.Item {
	rec, _ := json.Marshal(receipt{Version: receiptVersion, Envelope: s.env}) // strings always marshal
	it := scanner.Item{
		Source: Source, ID: ulid.Make().String(), Name: "mail.eml", From: s.env.From, To: s.env.Addresses(),
		Received: at, Receipt: rec, Client: host(s.client), Authenticated: s.who.User() != "",
		Deferrable: s.srv.Later != nil && !s.srv.Config.NoDeep,
	}
	if c.file != nil {
		it.Large = &scanner.Large{Size: c.file.Size(), Open: c.file.Map}
	} else {
		it.Content = c.bytes
	}
	return it
}

// host is an address without its port.
func host(addr string) string {
	h, _, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	return h
}

// forward sends the content by a route, or over the waiting connection. If that died
// before the content was through, nothing was taken over, and it is tried once afresh.
func (s *session) forward(c content, route string, it scanner.Item, until time.Time, log *slog.Logger) sent {
	if route != "" {
		if s.open && s.next.Reset() != nil {
			s.drop()
		}
		s.open = false
		return s.within(until, route, it, c, func(ctx context.Context, env relay.Envelope, open opener) sent {
			answer, err := s.srv.sendByRoute(ctx, route, env, open)
			return sent{answer: answer, err: err}
		}, log)
	}
	r, err := s.outgoing(c)
	if err != nil {
		return sent{err: err}
	}
	s.next.Until(until)
	results, err := s.next.Data(r)
	s.next.Until(time.Time{})
	s.open = false
	var e *relay.Error
	if errors.As(err, &e) && e.Code == 0 && e.Stage == "DATA" {
		s.drop()
		return s.within(until, "", it, c, s.srv.afresh, log)
	}
	if relay.IsLate(err) {
		s.leaveWaiting(it, c, log)
	}
	return sent{results: results, err: err}
}

// afresh sends over a connection of its own.
func (s *Server) afresh(ctx context.Context, env relay.Envelope, open opener) sent {
	content, err := s.opened(open)
	if err != nil {
		return sent{err: err}
	}
	results, err := s.Next.Deliver(ctx, env, content)
	return sent{results: results, err: err}
}

func (s *session) outgoing(c content) (io.Reader, error) {
	r, err := c.reader()
	if err != nil {
		return nil, err
	}
	return s.srv.stamped(r)
}

// answer turns the next hop's failure into ours: its own code where it gave one,
// 451 where it could not be reached.
func (s *session) answer(stage string, err error) error {
	var e *relay.Error
	if !errors.As(err, &e) || e.Code == 0 || e.Code == 421 {
		s.srv.Log.Warn("next hop not reached", "stage", stage, "error", err)
		return refuse(451, "4.4.1", "Den naeste mailserver svarer ikke. Mailen sendes automatisk igen.")
	}
	return refuse(e.Code, e.Enhanced, relay.WithoutNumbers(fmt.Sprintf("Naeste mailserver: %.300s", e.Text)))
}

// Reset ends a mail, whatever became of it.
func (s *session) Reset() {
	s.setBusy(false)
	s.env = relay.Envelope{}
	if s.next == nil {
		return
	}
	if s.open && s.next.Reset() != nil || s.next.Lost() {
		s.drop()
	}
	s.open = false
}

// Close ends the connection.
func (s *session) Close() {
	s.setBusy(false)
	s.drop()
}

func (s *session) setBusy(busy bool) {
	s.srv.mu.Lock()
	defer s.srv.mu.Unlock()
	if busy == s.busy {
		return
	}
	s.busy = busy
	if busy {
		s.srv.busy++
	} else {
		s.srv.busy--
	}
}
