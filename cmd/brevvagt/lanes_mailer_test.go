package main

import (
	"bytes"
	"net/mail"
	"os"
	"testing"

	"brevvagt/cmd/brevvagt/lanes"
	"brevvagt/scanner/source/gateway/relay"
)

func TestReminderMail(t *testing.T) {
	sink, err := relay.StartSink(t.TempDir(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	m := lanes.Mailer{Hop: &relay.Hop{Addr: sink.Addr(), TLS: relay.None}, From: "brevvagt@kommune.example"}
	if err := m.Send(t.Context(), []string{"dpo@kommune.example"}, "Frist: æøå", "Der er mindre end 4 timer til fristen, på tirsdag.\n"); err != nil {
		t.Fatal(err)
	}
	got := sink.Received()
	if len(got) != 1 {
		t.Fatalf("%d mails", len(got))
	}
	raw, err := os.ReadFile(got[0].File)
	if err != nil {
		t.Fatal(err)
	}
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil || msg.Header.Get("To") != "dpo@kommune.example" || msg.Header.Get("Auto-Submitted") != "auto-generated" {
		t.Error(err, msg.Header)
	}
	m.Null = true
	if err := m.Send(t.Context(), []string{"leder@kommune.example"}, "Filer", "Nye: 1\n"); err != nil {
		t.Fatal(err)
	}
	if got = sink.Received(); len(got) != 2 || got[0].From != m.From || got[1].From != "" {
		t.Errorf("sent from %+v", got)
	}
}
