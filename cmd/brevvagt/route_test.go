package main

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestRouteOfTheGuide scans mails with the settings of docs/sikker-vej.md.
func TestRouteOfTheGuide(t *testing.T) {
	text, err := os.ReadFile("../../docs/sikker-vej.md")
	if err != nil {
		t.Fatal(err)
	}
	settings := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindSubmatch(text)[1]
	dir := t.TempDir()
	if out, errOut, code := command(t, "", "config", "check", write(t, dir, "brevvagt.yaml", string(settings))); code != 0 {
		t.Fatalf("config check: %s%s", out, errOut)
	}
	site := regexp.MustCompile("(?m)^  ").ReplaceAllString(strings.TrimPrefix(string(settings), "site:\n"), "")
	siteFile := write(t, dir, "site.yaml", site)
	const number = "0707614285" // the one that the CPR office prints as an example
	head := "From: a@kommune.example\r\nSubject: "
	for name, c := range map[string]struct{ mail, verdict, route string }{
		"number":           {head + "x\r\nTo: b@firma.example\r\n\r\nCPR-nr. " + number + "\r\n", "pass", "sikker"},
		"asked for":        {head + "[sikker] x\r\nTo: b@firma.example\r\n\r\nIntet.\r\n", "pass", "sikker"},
		"plain":            {head + "x\r\nTo: b@firma.example\r\n\r\nIntet.\r\n", "pass", ""},
		"digital post":     {head + "x\r\nTo: <" + number + "@digitalpost.example>\r\n\r\nIntet.\r\n", "pass", "digital-post"},
		"placeholder":      {head + "x\r\nTo: b@firma.example\r\n\r\nKære «Navn»\r\nCPR-nr. " + number + "\r\n", "hold", ""},
		"both, and a leak": {head + "x\r\nTo: <" + number + "@digitalpost.example>, b@firma.example\r\n\r\nIntet.\r\n", "hold", ""},
	} {
		out, errOut, _ := command(t, "", "scan", "--format", "jsonl", "--site", siteFile, write(t, dir, "m.eml", c.mail))
		var r struct{ Verdict, Route string }
		if err := json.Unmarshal([]byte(out), &r); err != nil || r.Verdict != c.verdict || r.Route != c.route {
			t.Errorf("%s: %v %s%s", name, err, out, errOut)
		}
		if strings.Contains(out, number) {
			t.Errorf("%s: a whole number in %s", name, out)
		}
	}
}
