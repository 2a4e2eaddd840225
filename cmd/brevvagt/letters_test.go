package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"brevvagt/cmd/brevvagt/report"
	"brevvagt/cmd/brevvagt/sample"
)

// TestScanReadsARunAsOneItem: a folder with a list of recipients is one record of
// kind letter; a file beside it stays a file.
func TestScanReadsARunAsOneItem(t *testing.T) {
	dir := t.TempDir()
	list := "Navn;CPR-nr.;Fil\n"
	for i := range 4 {
		list += fmt.Sprintf("Testperson %c. Eksempel%c;%s;brev-%d.txt\n", 'A'+i, 'a'+i, sample.Number(i), i)
		k := []int{0, 2, 1, 3}[i] // the second and third letter are swapped
		write(t, dir, fmt.Sprintf("ind/kørsel/brev-%d.txt", i), fmt.Sprintf(
			"Testperson %c. Eksempel%c\nTestvej %d\n9990 Prøveby\n\nCPR-nr.: %s\n\nKære Testperson\n\nDin sag er afgjort.\n\nMed venlig hilsen\n", 'A'+k, 'a'+k, k+1, sample.Number(k)))
	}
	write(t, dir, "ind/kørsel/modtagere.csv", list)
	write(t, dir, "ind/note.txt", "intet")
	stdout, stderr, code := command(t, "", "scan", "--format", "jsonl", filepath.Join(dir, "ind"))
	if code != 1 {
		t.Fatalf("exit %d, %s", code, stderr)
	}
	kinds := make(map[string]report.Record)
	for line := range strings.Lines(stdout) {
		var r report.Record
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		kinds[r.Kind] = r
	}
	run := kinds["letter"]
	if len(kinds) != 2 || !strings.HasSuffix(run.Item, "/ind/kørsel") || run.Verdict != "hold" || run.Subjects < 4 {
		t.Fatalf("got %s", stdout)
	}
	if len(run.Rules) == 0 || run.Rules[0].ID != "addressee-mismatch" || !strings.Contains(run.Rules[0].Text, "2 ombyttet") {
		t.Errorf("rules %+v", run.Rules)
	}
}
