package smtpin_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brevvagt/scanner"
	"brevvagt/scanner/source/gateway/flight"
	"brevvagt/scanner/source/gateway/relay"
	"brevvagt/scanner/source/gateway/smtpin"
)

// TestLateAnswer: a next hop that answers after its time has the mail once, if it takes
// it: its client is told to try again until that is known, and then what is true.
func TestLateAnswer(t *testing.T) {
	for name, tt := range map[string]struct {
		answer string
		want   int // what the client hears in the end
		copies int
	}{"takes it": {"250 2.0.0 taken", 250, 1}, "refuses it": {"554 5.7.1 spam", 554, 0}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := make(chan struct{})
			h := &hop{final: func(string) string { <-answer; return tt.answer }}
			b, h := against(t, smtpin.Config{}, h, spooled(t), func(s *smtpin.Server) { s.Next.DataTimeout = 20 * time.Millisecond })
			raw := append([]byte("Message-ID: <1@kommune.example>\r\n"), mailWith("ren")...)
			c := b.dial(t)
			send(t, c, raw, 451)
			send(t, c, raw, 451) // while it is open
			b.lane.Next.DataTimeout = time.Minute
			close(answer)
			until(t, "the client hears what became of it", func() bool {
				code, text, err := c.Send("a@kommune.example", []string{"b@firma.example"}, raw)
				if err != nil || code != 451 && code != tt.want {
					t.Fatalf("%d %s %v", code, text, err)
				}
				return code == tt.want
			})
			if got := h.took(); len(got) != tt.copies {
				t.Errorf("%d copies", len(got))
			}
			// Another mail, over a connection with time enough.
			send(t, b.dial(t), append([]byte("X-Other: 1\r\n"), raw...), tt.want)
		})
	}
}

// TestLateForSome: a next hop that answers for each recipient, and late. Who has the mail
// has it once, who could not get it now gets it later, and the sender hears of the rest.
func TestLateForSome(t *testing.T) {
	t.Parallel()
	answer, each := make(chan struct{}), sometimes(1)
	h := &hop{lmtp: true, final: func(to string) string { <-answer; return each(to) }}
	b, h := against(t, smtpin.Config{LargeDir: t.TempDir()}, h, spooled(t), func(s *smtpin.Server) { s.Next.DataTimeout = 20 * time.Millisecond })
	raw := append([]byte("Message-ID: <1@kommune.example>\r\n"), mailWith("ren"+string(bytes.Repeat([]byte("\r\nlinje"), 200_000)))...)
	c := b.dial(t)
	deliver := func() int {
		code, text, err := c.Send("a@kommune.example", []string{"b@firma.example", "unknown@firma.example", "full@firma.example", "c@firma.example"}, raw)
		if err != nil || code != 451 && code != 250 {
			t.Fatalf("%d %s %v", code, text, err)
		}
		return code
	}
	if code := deliver(); code != 451 {
		t.Fatal(code)
	}
	b.lane.Next.DataTimeout = time.Minute
	close(answer)
	until(t, "the client hears that it was taken", func() bool { return deliver() == 250 })
	until(t, "everybody's mail", func() bool { return len(h.took()) == 2 && b.lane.Later.Len() == 0 && len(b.sink.Received()) == 1 })
	if got := fmt.Sprint(h.took()[0].to, h.took()[1].to); got != "[<b@firma.example> <c@firma.example>] [<full@firma.example>]" {
		t.Errorf("%s", got)
	}
	if first, then := h.took()[0].data, h.took()[1].data; !bytes.Equal(first, raw) || !bytes.Equal(then, raw) {
		t.Errorf("%d bytes, then %d", len(first), len(then))
	}
	if notice := b.arrived(t, 1)[0]; !bytes.Contains(notice, []byte("unknown@firma.example")) || bytes.Contains(notice, []byte("full@")) {
		t.Errorf("notice %s", notice)
	}
}

// lateHop answers for a mail only when it is let.
func lateHop(t *testing.T) (h *hop, let func()) {
	t.Helper()
	answer := make(chan struct{})
	h = startHop(t, &hop{final: func(string) string { <-answer; return "" }})
	return h, func() { close(answer) }
}

func rec(route string, judged bool, to ...string) []byte {
	env := relay.Envelope{From: "a@kommune.example"}
	for _, a := range to {
		env.To = append(env.To, relay.Recipient{Address: a})
	}
	raw, _ := json.Marshal(map[string]any{"v": "smtp/1", "envelope": env, "judged": judged, "route": route})
	return raw
}

// TestLateGateway: the gateway of a secure route that answers after the client's time has
// the mail once, and so have the others.
func TestLateGateway(t *testing.T) {
	t.Parallel()
	gw, let := lateHop(t)
	b := newLab(t, smtpin.Config{AnswerWithin: 20 * time.Millisecond}, spooled(t), func(s *smtpin.Server) {
		s.Routes = map[string]*relay.Route{"sikker": {Name: "sikker", Hop: &relay.Hop{Addr: gw.addr, TLS: relay.None},
			Takes: func(a string) bool { return strings.HasSuffix(a, "@borger.example") }}}
	})
	b.judge.route = "sikker"
	raw := append([]byte("Message-ID: <1@kommune.example>\r\n"), mailWith("ren")...)
	c := b.dial(t)
	hand := func() int {
		code, text, err := c.Send("a@kommune.example", []string{"x@borger.example", "c@kommune.example"}, raw)
		if err != nil || code != 451 && code != 250 {
			t.Fatalf("%d %s %v", code, text, err)
		}
		return code
	}
	for range 2 {
		if code := hand(); code != 451 {
			t.Fatal(code)
		}
	}
	let()
	until(t, "the client hears that it was taken", func() bool { return hand() == 250 })
	if got := gw.took(); len(got) != 1 || fmt.Sprint(got[0].to) != "[<x@borger.example>]" {
		t.Errorf("the gateway has %v", got)
	}
	b.arrived(t, 1)
}

// TestLateRelease: what was held is sent once when whoever releases it has no time for the
// next hop's answer, to the next hop and to a gateway, and so is what lies in Later.
func TestLateRelease(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "mail")
	if err := os.WriteFile(name, mailWith("ren"), 0o600); err != nil {
		t.Fatal(err)
	}
	for how, release := range map[string]func(context.Context, *smtpin.Server, *os.File) (string, error){
		"next hop": func(ctx context.Context, s *smtpin.Server, f *os.File) (string, error) {
			return s.Release(ctx, rec("", false, "x@borger.example"), "", nil, f)
		},
		"route": func(ctx context.Context, s *smtpin.Server, f *os.File) (string, error) {
			return s.ReleaseBy(ctx, "sikker", rec("", false, "x@borger.example"), f)
		},
	} {
		t.Run(how, func(t *testing.T) {
			h, let := lateHop(t)
			s := &smtpin.Server{Next: &relay.Hop{Addr: h.addr, DataTimeout: time.Millisecond, Patience: time.Minute}}
			s.Routes = map[string]*relay.Route{"sikker": {Name: "sikker", Hop: s.Next, Takes: func(string) bool { return true }}}
			for range 3 {
				f, err := os.Open(name)
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
				_, err = release(ctx, s, f)
				cancel()
				if _ = f.Close(); !errors.Is(err, flight.ErrGoesOn) || !relay.IsTemporary(err) {
					t.Fatal(err)
				}
			}
			let()
			f, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if answer, err := release(t.Context(), s, f); err != nil || !strings.Contains(answer, "taken") {
				t.Errorf("%q %v", answer, err)
			}
			if got := h.took(); len(got) != 1 || !bytes.Equal(got[0].data, mailWith("ren")) {
				t.Errorf("%d copies", len(got))
			}
		})
	}
	t.Run("later", func(t *testing.T) {
		h, let := lateHop(t)
		b := newLab(t, smtpin.Config{}, spooled(t), func(s *smtpin.Server) {
			s.Next = &relay.Hop{Addr: h.addr, DataTimeout: time.Millisecond, Patience: time.Minute}
		})
		it := scanner.Item{Source: smtpin.Source, ID: "01ARZ3NDEKTSV4RRFFQ69G5FAV", From: "a@kommune.example", Received: time.Now(),
			Receipt: rec("", true, "x@borger.example"), Content: mailWith("ren")}
		if err := b.lane.Later.Put(it); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(20*time.Millisecond, let)
		until(t, "it is sent on", func() bool { return b.lane.Later.Len() == 0 })
		if got := h.took(); len(got) != 1 {
			t.Errorf("%d copies", len(got))
		}
	})
}

// TestEndWhileSending: what is being sent from Later, or released, when the program ends is
// not sent behind its back: it would be sent again after the restart.
func TestEndWhileSending(t *testing.T) {
	t.Parallel()
	asked, let := make(chan struct{}, 2), make(chan struct{})
	h := startHop(t, &hop{rcpt: func(string) string { asked <- struct{}{}; <-let; return "" }})
	b := newLab(t, smtpin.Config{}, spooled(t), func(s *smtpin.Server) {
		s.Next = &relay.Hop{Addr: h.addr, CommandTimeout: time.Minute}
	})
	it := scanner.Item{Source: smtpin.Source, ID: "01ARZ3NDEKTSV4RRFFQ69G5FAV", From: "a@kommune.example", Received: time.Now(),
		Receipt: rec("", true, "x@borger.example"), Content: mailWith("ren")}
	if err := b.lane.Later.Put(it); err != nil {
		t.Fatal(err)
	}
	<-asked
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(time.Millisecond, cancel)
	if _, err := b.lane.Release(ctx, rec("", false, "y@borger.example"), "", nil, bytes.NewReader(mailWith("ren"))); !errors.Is(err, flight.ErrGoesOn) {
		t.Fatal(err)
	}
	<-asked
	if err := b.stop(); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	close(let)
	until(t, "nobody sends any more", func() bool { return h.open.Load() == 0 })
	if got := h.took(); len(got) != 0 || b.lane.Later.Len() != 1 {
		t.Errorf("%d were sent, %d wait", len(got), b.lane.Later.Len())
	}
}

// TestManyAnswersAreDue: a next hop that takes mail after mail and answers for none gets
// no more; their clients are told to try again.
func TestManyAnswersAreDue(t *testing.T) {
	t.Parallel()
	h, let := lateHop(t)
	defer let()
	b := newLab(t, smtpin.Config{}, spooled(t), func(s *smtpin.Server) {
		s.Next = &relay.Hop{Addr: h.addr, DataTimeout: time.Millisecond}
	})
	const tries = 60
	c := b.dial(t)
	for i := range tries {
		send(t, c, append(fmt.Appendf(nil, "Message-ID: <%d@kommune.example>\r\n", i), mailWith("ren")...), 451)
	}
	if open := h.open.Load(); open > 51 {
		t.Errorf("%d connections are open", open)
	}
}
