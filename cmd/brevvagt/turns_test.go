package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestFolderIsJudgedAsARun scans a folder with a run whose fourth letter is wrong. The
// files' names say nothing of the order; the result is the same for any number of
// readers, and in the order of the paths.
func TestFolderIsJudgedAsARun(t *testing.T) {
	dir := t.TempDir()
	begin := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	for n := range 9 {
		letter := n
		if n == 3 {
			letter = 8
		}
		_, raw := runMail(n, n, letter)
		at := begin.Add(time.Duration(n) * 5 * time.Second).Format(time.RFC1123Z)
		if n%2 == 0 { // a server's word counts before the sender's
			raw = append([]byte("Received: from a by b; "+at+"\r\n"), raw...)
			at = begin.Add(-time.Duration(n) * time.Hour).Format(time.RFC1123Z)
		}
		raw = regexp.MustCompile(`(?m)^Date: [^\r]*`).ReplaceAll(raw, []byte("Date: "+at))
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.eml", n*5%9)), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "4 notat.txt"), []byte("Et notat"), 0o600); err != nil {
		t.Fatal(err)
	}
	first := ""
	for _, jobs := range []int{1, 2, 8} {
		var out, errs bytes.Buffer
		err := runScan(t.Context(), scanOptions{Format: "jsonl", Internal: []string{"kommune.example"}, Secure: []string{"mail.example"}, Jobs: jobs, NoOCR: true}, []string{dir}, &out, &errs)
		if err == nil || errs.Len() > 0 {
			t.Fatalf("%v %s", err, &errs)
		}
		got := regexp.MustCompile(`"ms":\d+`).ReplaceAllString(out.String(), "")
		if first == "" {
			first = got
		}
		if got != first {
			t.Errorf("%d readers give another result", jobs)
		}
	}
	lines := strings.Split(strings.TrimSpace(first), "\n")
	if len(lines) != 10 {
		t.Fatalf("%d lines", len(lines))
	}
	if !strings.Contains(lines[4], "4 notat.txt") || !strings.Contains(lines[9], "8.eml") {
		t.Errorf("not in the order of the paths:\n%s", first)
	}
	for n := range 9 {
		file := n * 5 % 9
		line := lines[file]
		if file >= 4 {
			line = lines[file+1]
		}
		if held := strings.Contains(line, `"verdict":"hold"`); held != (n >= 3) || held && !strings.Contains(line, fmt.Sprintf("3 sendt, %d tilbageholdt", n-2)) {
			t.Errorf("mail %d: %s", n, line)
		}
	}
}
