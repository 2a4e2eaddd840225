package smtpin_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"brevvagt/scanner/source/gateway/smtpin"
)

// TestFaultyHop: whatever a next hop answers once, or does not, a client that tries again
// as mail servers do has its mail there once, byte for byte, or knows that it was refused
// for good. Only a hop that takes a mail and never says so can have it twice.
func TestFaultyHop(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	for _, tt := range []struct {
		name, stage, text string
		end               bool
		answers           string // the first digits that the client sees
		copies            int
	}{
		{"does not greet", "greeting", "", true, "42", 1},
		{"greets with garbage", "greeting", "\x00\xff\xfe\x80\r\n", false, "42", 1},
		{"greets with a line without end", "greeting", "220 " + long, true, "42", 1},
		{"greets without end", "greeting", strings.Repeat("220-mere\r\n", 10_000), false, "42", 1},
		{"has no service", "greeting", "554 5.3.2 no service\r\n", true, "42", 1},
		{"refuses us for good", "EHLO", "550 5.7.1 go away\r\n", true, "42", 1},
		{"announces without end", "EHLO", strings.Repeat("250-X-MERE\r\n", 10_000), false, "42", 1},
		{"announces odd sizes", "EHLO", "250-hop\r\n250-SIZE -5\r\n250-\r\n250 SIZE 99999999999999999999\r\n", false, "2", 1},
		{"ends at MAIL", "MAIL", "", true, "42", 1},
		{"mixes up the codes", "MAIL", "354 go\r\n", false, "42", 1},
		{"mixes up the codes of DATA", "DATA", "250 odd\r\n", false, "2", 1},
		{"answers too often", "RCPT", "250 ok\r\n250 ok\r\n250 ok\r\n", false, "2", 1},
		{"ends at RCPT", "RCPT", "", true, "42", 1},
		{"refuses DATA for now", "DATA", "451 4.3.0 later\r\n", false, "42", 1},
		{"refuses DATA for good", "DATA", "554 5.7.1 no\r\n", false, "5", 0},
		{"ends at DATA", "DATA", "", true, "2", 1},
		{"ends in the content", "DATA", "354 go\r\n", true, "42", 1},
		{"refuses the content for good", "end", "554 5.7.1 spam\r\n", false, "5", 1},
		{"goes away at the end", "end", "421 4.3.2 bye\r\n", true, "42", 2},
		{"takes it and never says so", "end", "", true, "42", 2},
		{"answers the end too often", "end", "250 ok\r\n250 ok\r\n250 ok\r\n", false, "2", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var faults atomic.Int32
			h := &hop{fault: func(stage string) (string, bool, bool) {
				if stage == tt.stage && faults.Add(1) == 1 {
					return tt.text, tt.end, true
				}
				return "", false, false
			}}
			b, h := against(t, smtpin.Config{}, h, spooled(t))
			raw, got := mailWith("hej"), ""
			for range 3 {
				code, text, err := b.dial(t).Send("a@kommune.example", []string{"b@firma.example"}, raw)
				if err != nil {
					t.Fatal(code, text, err)
				}
				got += string(rune('0' + code/100))
				if code/100 != 4 {
					break
				}
			}
			if got != tt.answers {
				t.Errorf("the client saw %s, want %s", got, tt.answers)
			}
			mails := h.took()
			if len(mails) != tt.copies {
				t.Fatalf("%d copies, want %d", len(mails), tt.copies)
			}
			for _, m := range mails {
				if string(m.data) != string(raw) {
					t.Errorf("arrived: %q", m.data)
				}
			}
		})
	}
}
