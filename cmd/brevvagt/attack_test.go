package main

import (
	"strings"
	"testing"
	"time"

	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/detectors"
	"brevvagt/internal/nasty"
	"brevvagt/internal/spent"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
)

// innocent stands in a mail where an attack has its number: as many bytes, and
// nothing in them.
const innocent = "hej-med-dig"

// TestAttacks judges every attack and every nasty mail with a number in it: none
// passes.
func TestAttacks(t *testing.T) {
	site, err := policy.ParseSite([]byte(sample.Site))
	if err != nil {
		t.Fatal(err)
	}
	eng, err := newEngine(engineOptions{Site: site, NoOCR: true, AsOf: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC), Key: detectors.RandomKey()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(eng.Close)
	eng.pipeline.HoldUnfinished = true // as the daemon does
	slow := time.Second * time.Duration(1+loadFactor())
	many := "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" + strings.Repeat("--x\r\n\r\n", 60_000) +
		"--x\r\n\r\nCPR-nr. " + sample.Number(5) + "\r\n--x--\r\n"
	list := append(nasty.Mails(sample.Number(3)), nasty.Attacks(sample.Number(4))...)
	for i, m := range append(list, nasty.Mail{Name: "behind more parts than are read", Data: many}) {
		it := scanner.Item{Name: "mail.eml", ID: m.Name, Source: "smtp", From: from, To: []string{"b@firma.example"}, Content: []byte(m.Data)}
		begun := spent.Processor()
		out, err := eng.pipeline.Handle(t.Context(), it)
		if err != nil {
			t.Errorf("%d %s: %v", i, m.Name, err)
			continue
		}
		if out.Verdict.Action != policy.Hold {
			t.Errorf("%s: %s, %d findings, gaps %v", m.Name, out.Verdict.Action, len(out.Findings), out.Gaps)
		}
		if took := spent.Processor() - begun; took > slow {
			t.Errorf("%s: took %s", m.Name, took)
		}
	}
}
