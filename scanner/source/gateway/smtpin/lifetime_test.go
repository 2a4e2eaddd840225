package smtpin

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"brevvagt/scanner"
	"brevvagt/scanner/source/gateway/relay"
)

// TestLifetime: a mail that waits for the next hop is given up after its time, and not
// because the clock leapt.
func TestLifetime(t *testing.T) {
	steady := false
	s := &Server{Next: &relay.Hop{Addr: "127.0.0.1:1"}, Config: Config{Steady: func() bool { return steady }}}
	it := scanner.Item{ID: "AAAAAA", From: "a@kommune.example", Received: time.Now().Add(-6 * 24 * time.Hour),
		Large: &scanner.Large{Open: func() ([]byte, func(), error) { return []byte("x\r\n"), func() {}, nil }}}
	r := receipt{Envelope: relay.Envelope{From: it.From, To: []relay.Recipient{{Address: "b@firma.example"}}}}
	if err := s.sendOn(t.Context(), it, r, slog.New(slog.DiscardHandler)); !relay.IsTemporary(err) || strings.Contains(err.Error(), "must be told") {
		t.Errorf("with a clock that leapt: %v", err)
	}
	steady = true
	if err := s.sendOn(t.Context(), it, r, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "must be told") {
		t.Errorf("after its time: %v", err) // without notices configured it is kept
	}
}
