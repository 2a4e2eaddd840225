package detectors_test

import (
	"testing"

	"brevvagt/detectors/detectortest"
)

func TestNumbersAreDistinctAndWellFormed(t *testing.T) {
	seen := make(map[string]bool)
	for n := range 7000 {
		v := detectortest.CPR(n)
		if len(v) != 10 || v[6] < '5' || v[6] > '8' || v[4:6] < "37" || v[4:6] > "57" {
			t.Fatalf("CPR(%d) = %s is not born 2037-2057", n, v)
		}
		if seen[v] {
			t.Fatalf("CPR(%d) = %s came before", n, v)
		}
		seen[v] = true
	}
	for n := range 20000 {
		v := detectortest.CPRNoMod11(n)
		if len(v) != 10 || v[6] > '3' || v[4:6] < "40" || v[:4] == "0101" {
			t.Fatalf("CPRNoMod11(%d) = %s", n, v)
		}
		if seen[v] {
			t.Fatalf("CPRNoMod11(%d) = %s came before", n, v)
		}
		seen[v] = true
	}
	if got := detectortest.Dashed("1203363951"); got != "120336-3951" {
		t.Error(got)
	}
}

func TestUnescape(t *testing.T) {
	got, err := detectortest.Unescape(`a\tb\n\u2013\\n\x`)
	if want := "a\tb\n–\\n\\x"; err != nil || got != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	if _, err := detectortest.Unescape(`\u20`); err == nil {
		t.Error("half an escape was accepted")
	}
}

func TestReadCorpus(t *testing.T) {
	lines, err := detectortest.ReadCorpus("testdata/small.txt")
	if err != nil || len(lines) != 3 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	l := lines[1]
	if !l.Want || l.Detector != "cpr" || l.Strength != "strong" || l.Segment.Label != "CPR nr." || !l.Segment.At.OCR || l.Segment.Text != "0102" {
		t.Errorf("%+v", l)
	}
	if lines[2].Want || lines[2].Segment.Text != "(navn)" {
		t.Errorf("%+v", lines[2])
	}
	if _, err := detectortest.ReadCorpus("testdata/wrong.txt"); err == nil {
		t.Error("a line without a sign was accepted")
	}
}
