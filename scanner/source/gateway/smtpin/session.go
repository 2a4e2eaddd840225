package smtpin

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/oklog/ulid/v2"

	"brevvagt/scanner"
	"brevvagt/scanner/policy"
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
	conn   *conn
	smtp   *smtp.Conn
	client string
	judge  *judge.Judge
	handle scanner.Handler

	env   relay.Envelope
	next  *relay.Conn
	open  bool // the next hop has our MAIL
	mails int
	busy  bool
}

func (s *Server) session(ctx context.Context, c *smtp.Conn, j *judge.Judge, handle scanner.Handler) (smtp.Session, error) {
	if !s.allowed(c.Conn().RemoteAddr()) {
		s.Log.Warn("smtp lane: client refused", "client", c.Conn().RemoteAddr().String())
		return nil, refuse(554, "5.7.1", "Denne server tager ikke imod mail fra dig.")
	}
	nc := c.Conn()
	if t, ok := nc.(*tls.Conn); ok {
		nc = t.NetConn()
	}
	ours, ok := nc.(*conn)
	if !ok {
		return nil, errors.New("unknown kind of connection")
	}
	return &session{srv: s, ctx: ctx, conn: ours, smtp: c, client: c.Conn().RemoteAddr().String(), judge: j, handle: handle}, nil
}

func refuse(code int, enhanced, text string) *smtp.SMTPError {
	e := &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: milter.ASCII(text)}
	if p := strings.Split(enhanced, "."); len(p) == 3 && p[0] == strconv.Itoa(code/100) {
		e.EnhancedCode[1], _ = strconv.Atoi(p[1])
		e.EnhancedCode[2], _ = strconv.Atoi(p[2])
	}
	return e
}

// Mail begins a mail. The next hop hears of it with the first recipient.
func (s *session) Mail(from string, opts *smtp.MailOptions) error {
	s.srv.mu.Lock()
	ending := s.srv.ending
	s.srv.mu.Unlock()
	if state, encrypted := s.smtp.TLSConnectionState(); !s.srv.Config.certified(state, encrypted) {
		s.srv.Log.Warn("smtp lane: client without an agreed certificate", "client", s.client)
		return refuse(530, "5.7.0", "Vis et aftalt certifikat med STARTTLS foerst.")
	}
	if s.mails++; ending || s.mails > s.srv.Config.MaxMails {
		return refuse(451, "4.3.2", "Forbindelsen er brugt op. Aabn en ny.")
	}
	s.env = relay.Envelope{From: from}
	if opts != nil {
		s.env.Body, s.env.UTF8 = string(opts.Body), opts.UTF8
		s.env.Return, s.env.EnvelopeID = string(opts.Return), opts.EnvelopeID
	}
	return nil
}

// Rcpt asks the next hop about the recipient and passes its answer on.
func (s *session) Rcpt(to string, opts *smtp.RcptOptions) error {
	r := relay.Recipient{Address: to}
	if opts != nil {
		var notify []string
		for _, n := range opts.Notify {
			notify = append(notify, string(n))
		}
		r.Notify = strings.Join(notify, ",")
		if opts.OriginalRecipient != "" {
			r.ORcpt = string(opts.OriginalRecipientType) + ";" + opts.OriginalRecipient
		}
	}
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
func (s *session) Data(r io.Reader) (err error) {
	s.setBusy(true)
	s.conn.begin(s.srv.Config.Idle, s.srv.Config.DataTime)
	begun := time.Now()
	content, err := s.read(r)
	if err != nil {
		return err
	}
	defer content.close()
	if hops(content.bytes) > maxHops {
		return refuse(554, "5.4.6", "Mailen gaar i ring.")
	}
	if st := s.srv.Stamp; st != nil {
		if end := headEnd(content.bytes); st.passes(content.bytes[:end:end]) >= maxPasses {
			return refuse(554, "5.4.6", "Mailen gaar i ring.")
		}
	}
	it := s.item(content, begun)
	log := s.srv.Log.With("item", it.ID, "client", s.client, "bytes", content.size())
	out, err := s.judge.Scan(s.ctx, it, s.handle)
	log = log.With("ms", time.Since(begun).Milliseconds())
	if err != nil && s.srv.Config.DryRun != nil && s.srv.Config.DryRun() {
		log.Warn("mail not judged; it passes, since this is a dry run", "error", err)
		out, err = scanner.Outcome{Verdict: policy.Verdict{Action: policy.Pass}}, nil
	}
	if judge.Late(err) && s.srv.Later != nil {
		return s.putAside(it, log)
	}
	if err != nil {
		log.Error("mail not judged", "error", err)
		return refuse(451, "4.7.1", judge.NotJudged)
	}
	log.Info("mail judged", "verdict", string(out.Verdict.Action), "case", out.CaseID)
	switch out.Verdict.Action {
	case policy.Pass, policy.Warn:
		var answer string
		if route := out.Verdict.Route; route != "" {
			log = log.With("route", route)
			answer, err = s.forwardRouted(content, route, it.ID)
		} else {
			answer, err = s.forward(content)
		}
		if err != nil {
			log.Warn("not sent on", "error", err)
			return s.answer("content", err)
		}
		log.Info("sent on", "answer", relay.WithoutNumbers(answer))
	case policy.Hold:
	case policy.Reject:
		return refuse(550, "5.7.1", judge.Refusal(out.Verdict, s.srv.Config.Help))
	default:
		log.Error("unknown verdict")
		return refuse(451, "4.7.1", judge.NotJudged)
	}
	return refuse(250, "2.0.0", "OK "+it.ID)
}

func (s *session) item(c content, at time.Time) scanner.Item {
	rec, _ := json.Marshal(receipt{Version: receiptVersion, Envelope: s.env}) // strings always marshal
	it := scanner.Item{
		Source: Source, ID: ulid.Make().String(), Name: "mail.eml", From: s.env.From, To: s.env.Addresses(),
		Received: at, Receipt: rec, Client: host(s.client), Deferrable: s.srv.Later != nil,
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

// forward sends the content over the waiting connection. If that died before the
// content was through, nothing was taken over, and it is tried once afresh.
func (s *session) forward(c content) (string, error) {
	r, err := s.outgoing(c)
	if err != nil {
		return "", err
	}
	answer, err := s.next.Data(r)
	s.open = false
	var e *relay.Error
	if errors.As(err, &e) && e.Code == 0 && e.Stage == "DATA" {
		s.drop()
		if r, err = s.outgoing(c); err != nil {
			return "", err
		}
		return s.srv.Next.Send(s.ctx, s.env, r)
	}
	return answer, err
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

// Reset ends a mail, whatever became of it. go-smtp calls it after its answer to
// DATA is written.
func (s *session) Reset() {
	s.conn.finish()
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

// Logout ends the connection.
func (s *session) Logout() error {
	s.setBusy(false)
	s.drop()
	return nil
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
