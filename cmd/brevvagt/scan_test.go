package main

import (
	"brevvagt/cmd/brevvagt/report"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"brevvagt/cmd/brevvagt/sample"
)

const plainMail = "From: a@kommune.example\r\nTo: b@firma.example\r\nSubject: Test\r\n\r\n"

func TestScanExitCodes(t *testing.T) {
	dir := t.TempDir()
	clean := write(t, dir, "ren.eml", plainMail+"Intet at se.\r\n")
	leak := write(t, dir, "leak.eml", plainMail+"CPR-nr. "+sample.Number(0)+"\r\n")
	file := write(t, dir, "fil.txt", "CPR-nr. "+sample.Number(0))
	missing := filepath.Join(dir, "mangler.txt")
	for _, c := range []struct {
		name string
		args []string
		code int
	}{
		{"clean", []string{clean}, 0},
		{"stopped", []string{clean, leak}, 1},
		{"secure domain", []string{"--secure-domain", "firma.example", leak}, 0},
		{"internal domain", []string{"--internal-domain", "firma.example", "--internal-domain", "kommune.example", leak}, 0},
		{"file at rest is reported, not stopped", []string{file}, 0},
		{"unopened", []string{clean, missing}, 3},
		{"stopped and unopened", []string{leak, missing}, 1},
		{"no path", nil, 2},
		{"wrong format", []string{"--format", "xml", clean}, 2},
		{"wrong date", []string{"--as-of", "i går", clean}, 2},
	} {
		if _, stderr, code := command(t, "", append([]string{"scan"}, c.args...)...); code != c.code {
			t.Errorf("%s: exit %d, want %d (%s)", c.name, code, c.code, stderr)
		}
	}
}

func TestScanJSONL(t *testing.T) {
	dir := t.TempDir()
	number := sample.Number(1)
	write(t, dir, "ind/mail.eml", plainMail+"CPR-nr. "+number+"\r\n")
	write(t, dir, "ind/"+number+".txt", "intet")
	site := write(t, dir, "site.yaml", sample.Site)
	stdout, stderr, code := command(t, "", "scan", "--format", "jsonl", "--site", site, filepath.Join(dir, "ind"))
	if code != 1 {
		t.Fatalf("exit %d, %s", code, stderr)
	}
	if strings.Contains(stdout+stderr, number) {
		t.Errorf("a full number in the output: %s%s", stdout, stderr)
	}
	var mail report.Record
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines, want 2: %s", len(lines), stdout)
	}
	for _, line := range lines {
		var r report.Record
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			// Masked values have no JSON reader by design: read them as text.
			t.Fatalf("%v in %s", err, line)
		}
		if r.Kind == "mail" {
			mail = r
		}
	}
	if mail.Verdict != "hold" || len(mail.Rules) != 1 || mail.Rules[0].ID != "cpr-unprotected" || mail.Subjects != 1 || mail.From != "a@kommune.example" {
		t.Errorf("got %+v", mail)
	}
	if len(mail.Findings) != 1 || mail.Findings[0].Value != number[:6]+"-xxxx" || !strings.HasSuffix(mail.Findings[0].At.Path, "mail.eml") || strings.Contains(mail.Findings[0].At.Path, "/") {
		t.Errorf("findings %+v", mail.Findings)
	}
	revealed, _, _ := command(t, "", "scan", "--format", "jsonl", "--reveal", filepath.Join(dir, "ind"))
	if !strings.Contains(revealed, number) {
		t.Errorf("--reveal does not reveal: %s", revealed)
	}
}

// TestScanSameResult: another number of workers, identical lines.
func TestScanSameResult(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	dir := t.TempDir()
	mails, err := sample.Mails()
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range mails {
		write(t, dir, string(rune('a'+i))+".eml", string(m.Raw))
	}
	lines := func(jobs string) string {
		out, _, _ := command(t, "", "scan", "--format", "jsonl", "--jobs", jobs, dir)
		var b strings.Builder
		for line := range strings.SplitSeq(strings.TrimSpace(out), "\n") {
			line, _, _ := strings.Cut(line, `,"ms":`)
			b.WriteString(line + "\n")
		}
		return b.String()
	}
	one, many := lines("1"), lines("7")
	if one != many {
		t.Errorf("one worker:\n%s\nseven:\n%s", one, many)
	}
}

// TestScanOfWhatCannotBeRead: a gap with its reason, never silence.
func TestScanOfWhatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "ukendt.bin", "\x00\x01\x02\x03\x00\xff\xfe\x00\x01")
	stdout, _, code := command(t, "", "scan", "--format", "jsonl", dir)
	if code != 0 || !strings.Contains(stdout, `"why":"unknown-type"`) || !strings.Contains(stdout, `"verdict":"warn"`) {
		t.Errorf("exit %d: %s", code, stdout)
	}
	if os.Geteuid() == 0 {
		return // root can open everything
	}
	path := write(t, dir, "lukket.txt", "x")
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	if _, stderr, code := command(t, "", "scan", path); code != 3 || !strings.Contains(stderr, "lukket.txt") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}
