package smtpin_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

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
