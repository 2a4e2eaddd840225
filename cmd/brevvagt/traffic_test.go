package main

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"brevvagt/detectors"
	"brevvagt/internal/incidents"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/letters"
)

// Variables of the traffic test. trafficSeedVar judges another corpus than the one
// on record, trafficDumpVar writes the items that were judged wrong to a folder.
const (
	trafficUpdateVar = "BREVVAGT_UPDATE_QUALITY"
	trafficSeedVar   = "BREVVAGT_TRAFFIC_SEED"
	trafficDumpVar   = "BREVVAGT_TRAFFIC_DUMP"

	trafficRecord = "../../testdata/quality/traffic.txt"
	trafficSeed   = 1
	trafficItems  = 1200
)

// The bars of the corpus.
const (
	wantHeld    = 0.99 // of what is held, held rightly
	wantCaught  = 0.97 // of each kind of incident, caught
	wantNumbers = 1.0  // of the numbers in readable text, found
	wantExact   = 0.995
)

// heldOut are the figures of a seed whose items nobody had looked at, measured once
// when the detectors had been put right on trafficSeed. Names, numbers, layouts and
// combinations are others there; the stock of wording is the same.
const heldOut = `# Held out (seed 2026, measured on 30 November 2026, when the corpus had grown by twelve scenarios):
#   held 623, rightly 623; CPR numbers in text 876, found 876, no number but taken for one 0;
#   caught of each kind: addressee-mismatch 136 of 137, every other kind all;
#   ordinary traffic 522, held 0.
`

// TestTraffic judges a labelled corpus of municipal traffic and holds the figures
// against those on record.
func TestTraffic(t *testing.T) {
	t.Parallel()
	seed, n := uint64(trafficSeed), trafficItems
	if s := os.Getenv(trafficSeedVar); s != "" {
		v, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seed = v
	}
	if testing.Short() {
		n = 150
	}
	m := judgeTraffic(t, seed, n)
	for _, s := range m.wrong {
		t.Log(s)
	}
	m.check(t, n == trafficItems)
	if seed != trafficSeed || testing.Short() {
		t.Logf("seed %d:\n%s", seed, m.report(seed))
		return
	}
	got := m.report(seed)
	if os.Getenv(trafficUpdateVar) == "1" {
		if err := os.WriteFile(trafficRecord, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(trafficRecord)
	if err != nil {
		t.Fatal(err)
	}
	known := strings.Split(string(want), "\n")
	for l := range strings.SplitSeq(got, "\n") {
		if !slices.Contains(known, l) {
			t.Errorf("measured now, not on record: %s\nlook at the difference, then set %s=1 to put it on record", l, trafficUpdateVar)
		}
	}
}

// count is how many items of one sort were judged how.
type count struct{ items, right, held, warned int }

// trafficTally is the measurement.
type trafficTally struct {
	items, held, heldRight  int
	numbers, found, strange int
	scenarios, kinds        map[string]count
	wrong                   []string
}

func judgeTraffic(t *testing.T, seed uint64, n int) *trafficTally {
	t.Helper()
	site, err := policy.ParseSite([]byte(incidents.Site))
	if err != nil {
		t.Fatal(err)
	}
	key := detectors.RandomKey()
	now := func() time.Time { return time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC) }
	eng, err := newEngine(engineOptions{Site: site, NoOCR: true, Now: now, AsOf: now(), Key: key})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(eng.Close)
	letters.Install(eng.pipeline)
	later := *eng.pipeline
	later.AsOf = time.Date(2058, 1, 1, 0, 0, 0, 0, time.UTC)
	m := &trafficTally{scenarios: map[string]count{}, kinds: map[string]count{}}
	dump := os.Getenv(trafficDumpVar)
	for _, it := range incidents.Generate(seed, n) {
		p := eng.pipeline
		if it.Later {
			p = &later
		}
		out, err := p.Handle(t.Context(), scanner.Item{Name: it.Name, ID: it.Name, Source: "scan", Content: it.Data})
		if err != nil {
			t.Fatalf("%s: %v", it.Name, err)
		}
		if !m.add(it, out, key) && dump != "" {
			if err := os.WriteFile(filepath.Join(dump, it.Name), it.Data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return m
}

// add counts one item and tells whether it was judged rightly.
func (m *trafficTally) add(it incidents.Item, out scanner.Outcome, key detectors.Key) bool {
	verdict := string(out.Verdict.Action)
	ok := slices.Contains(it.Want, verdict)
	m.items++
	for _, table := range []map[string]count{m.scenarios, m.kinds} {
		name := it.Scenario
		if fmt.Sprintf("%p", table) == fmt.Sprintf("%p", m.kinds) {
			name = cmp.Or(it.Type, "(ordinary)")
		}
		c := table[name]
		c.items++
		if ok {
			c.right++
		}
		switch verdict {
		case incidents.Hold:
			c.held++
		case incidents.Warn:
			c.warned++
		}
		table[name] = c
	}
	if verdict == incidents.Hold {
		m.held++
		if slices.Contains(it.Want, incidents.Hold) {
			m.heldRight++
		}
	}
	if !ok {
		m.wrong = append(m.wrong, fmt.Sprintf("%s: %s, want %v; %v", it.Name, verdict, it.Want, out.Verdict.Rules))
	}
	return m.addNumbers(it, out, key) && ok
}

// addNumbers counts the CPR numbers that were found, and those that nobody planted.
func (m *trafficTally) addNumbers(it incidents.Item, out scanner.Outcome, key detectors.Key) bool {
	want := make(map[string]bool)
	for _, n := range it.Numbers {
		want[key.Digest(n)] = true
	}
	m.numbers += len(want)
	missing, strange := len(want), make(map[string]bool)
	for _, f := range out.Findings {
		d := f.Value.Digest()
		switch {
		case f.Detector != "cpr":
		case want[d]:
			delete(want, d)
			missing--
			m.found++
		case f.Strength.Rank() >= detectors.Strong.Rank() && it.Type == "" && len(it.Numbers) == 0 && it.Name[len(it.Name)-4:] == ".eml":
			if !strange[d] {
				m.wrong = append(m.wrong, fmt.Sprintf("%s: no number: %s %v", it.Name, f.Value, f.Why))
				m.strange++
			}
			strange[d] = true
		}
	}
	if missing > 0 {
		m.wrong = append(m.wrong, fmt.Sprintf("%s: %d of %d numbers missed", it.Name, missing, len(it.Numbers)))
	}
	return missing == 0 && len(strange) == 0
}

// check holds the measurement against the bars; the kinds have too few items in a
// sample to be held against theirs.
func (m *trafficTally) check(t *testing.T, whole bool) {
	t.Helper()
	if got := float64(m.heldRight) / float64(m.held); got < wantHeld {
		t.Errorf("%.4f of what is held is held rightly, want %.2f", got, wantHeld)
	}
	for kind, c := range m.kinds {
		if !whole {
			break
		}
		if got := float64(c.right) / float64(c.items); got < wantCaught {
			t.Errorf("%s: %d of %d judged rightly, want %.2f", kind, c.right, c.items, wantCaught)
		}
	}
	if got := float64(m.found) / float64(m.numbers); got < wantNumbers {
		t.Errorf("%.4f of the numbers are found", got)
	}
	if got := float64(m.found) / float64(m.found+m.strange); got < wantExact {
		t.Errorf("%.4f of the numbers found are numbers", got)
	}
}

func (m *trafficTally) report(seed uint64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Verdicts over %d made items of municipal traffic (internal/incidents, seed %d).\n# Written by cmd/brevvagt with %s=1; a change for the worse is a difference here.\n%s\n", m.items, seed, trafficUpdateVar, heldOut)
	fmt.Fprintf(&b, "held %d, rightly %d\nCPR numbers in text %d, found %d; no number but taken for one %d\n", m.held, m.heldRight, m.numbers, m.found, m.strange)
	for _, part := range []struct {
		title string
		table map[string]count
	}{{"by kind of incident", m.kinds}, {"by scenario", m.scenarios}} {
		fmt.Fprintf(&b, "\n[%s]\n", part.title)
		for _, k := range slices.Sorted(maps.Keys(part.table)) {
			c := part.table[k]
			fmt.Fprintf(&b, "%-24s items %4d  right %4d  held %4d  warned %4d\n", k, c.items, c.right, c.held, c.warned)
		}
	}
	return b.String()
}
