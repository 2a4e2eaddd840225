package smtpin_test

import (
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
