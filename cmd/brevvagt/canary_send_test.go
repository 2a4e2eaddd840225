package main

import (
	"bytes"
	"context"
	"errors"
	"net/mail"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brevvagt/cmd/brevvagt/canary"
	"brevvagt/detectors"
	"brevvagt/document"
	"brevvagt/quarantine"
	"brevvagt/scanner/source/gateway/relay"
)

func envelope(t *testing.T, raw []byte) *document.Envelope {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return &document.Envelope{Header: m.Header}
}

func TestOnlyOurOwnMailIsACanary(t *testing.T) {
	key, now := detectors.RandomKey(), time.Now()
	raw := canary.Mail(key, "kanarie@kommune.example", "ud@brevvagt.invalid", "abc", now)
	ours := envelope(t, raw)
	const from = "kanarie@kommune.example"
	for _, tt := range []struct {
		name string
		key  detectors.Key
		from string
		m    *document.Envelope
		now  time.Time
		want bool
	}{
		{"ours", key, from, ours, now, true},
		{"ours, later the same day", key, "Kanarie@kommune.example", ours, now.Add(20 * time.Hour), true},
		{"kept for two days", key, from, ours, now.Add(48 * time.Hour), false},
		{"another sender", key, "anden@kommune.example", ours, now, false},
		{"another installation", detectors.RandomKey(), from, ours, now, false},
		{"no mail", key, from, nil, now, false},
		{"no mark", key, from, &document.Envelope{}, now, false},
		{"forged", key, from, &document.Envelope{Header: map[string][]string{canary.Header: {"1 2", "x y z", "99999999999999999999 a b"}}}, now, false},
	} {
		if got := canary.Genuine(tt.key, tt.from, tt.m, tt.now); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

// noCases is a quarantine that holds nothing.
type noCases struct{}

func (noCases) List(context.Context, quarantine.Filter) ([]*quarantine.Case, int, error) {
	return nil, 0, nil
}

func (noCases) Reject(context.Context, string, quarantine.Decision) (*quarantine.Case, error) {
	return nil, errors.New("not reached")
}

func TestAlarmWhenNothingHoldsIt(t *testing.T) {
	sink, err := relay.StartSink(filepath.Join(t.TempDir(), "m"), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	c := canary.Canary{Key: detectors.RandomKey(), Hop: &relay.Hop{Addr: sink.Addr(), TLS: relay.None}, From: "k@kommune.example", To: "ud@brevvagt.invalid",
		Within: 300 * time.Millisecond, Cases: noCases{}}
	if _, err := c.Run(t.Context()); !errors.Is(err, canary.ErrNotHeld) {
		t.Errorf("got %v", err)
	}
	if got := sink.Received(); len(got) != 1 {
		t.Errorf("%d arrived", len(got))
	} else if raw, err := got[0].Content(); err != nil || !strings.Contains(string(raw), "CPR-nr. ") {
		t.Errorf("sent without a number: %v", err)
	}
	_ = sink.Close()
	if _, err := c.Run(t.Context()); err == nil || errors.Is(err, canary.ErrNotHeld) {
		t.Errorf("without a server: %v", err)
	}
}
