// Package quality measures how well CPR numbers are told from other numbers: a
// labelled corpus, made anew each time from a seed, goes through the real formats
// and detectors, and the result is held against the figures on record.
package quality_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"brevvagt/detectors"
	detectorsall "brevvagt/detectors/all"
	"brevvagt/detectors/detectortest"
	"brevvagt/document"
	"brevvagt/document/all"
)

// updateVar, set to 1, writes the measured figures over those on record.
const updateVar = "BREVVAGT_UPDATE_QUALITY"

const record = "../../testdata/quality/cpr.txt"

// Targets: every number that is text is found, and of 200 alarms one may be false.
const (
	wantRecall    = 1.0
	wantPrecision = 0.995
)

// score counts what was planted and what was reported.
type score struct{ planted, found, wrong int }

func (s score) line(name string) string {
	return fmt.Sprintf("%-32s planted %4d  found %4d  wrong %3d  recall %s  precision %s\n",
		name, s.planted, s.found, s.wrong, percent(s.found, s.planted), percent(s.found, s.found+s.wrong))
}

func percent(a, b int) string {
	if b == 0 {
		return "     -"
	}
	return fmt.Sprintf("%5.1f%%", 100*float64(a)/float64(b))
}

// tally is the measurement.
type tally struct {
	items                   int
	total                   score
	formats, classes, looks map[string]score
	strengths               map[string]map[detectors.Strength]int
	missed                  []string
}

func add(m map[string]score, key string, s score) {
	t := m[key]
	m[key] = score{t.planted + s.planted, t.found + s.found, t.wrong + s.wrong}
}

// rounds is how often every pair of format and spelling is made, each time with
// other look-alikes around it. A PDF takes longest and is made once.
const rounds = 2

func TestQuality(t *testing.T) {
	if testing.Short() {
		t.Skip("reads the whole corpus")
	}
	m := measure(t)
	for _, x := range m.missed {
		t.Log(x)
	}
	if recall := float64(m.total.found) / float64(m.total.planted); recall < wantRecall {
		t.Errorf("recall %.4f, want %.4f", recall, wantRecall)
	}
	if precision := float64(m.total.found) / float64(m.total.found+m.total.wrong); precision < wantPrecision {
		t.Errorf("precision %.4f, want %.4f", precision, wantPrecision)
	}
	onRecord(t, record, m.report())
}

// onRecord holds figures against those in file, or writes them there if asked to.
func onRecord(t *testing.T, file, got string) {
	t.Helper()
	if os.Getenv(updateVar) == "1" {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	known := strings.Split(string(want), "\n")
	for _, l := range strings.Split(got, "\n") {
		if !slices.Contains(known, l) {
			t.Errorf("measured now, not on record: %s", l)
		}
	}
	t.Errorf("the figures changed; look at the difference, then set %s=1 to put them on record", updateVar)
}

func measure(t *testing.T) *tally {
	m := &tally{formats: map[string]score{}, classes: map[string]score{}, looks: map[string]score{}, strengths: map[string]map[detectors.Strength]int{}}
	reader := document.Formats{List: all.Formats(all.Options{NoOCR: true, PDFCache: t.TempDir()})}
	set := detectors.Set{List: detectorsall.Detectors(), Key: detectors.RandomKey()}
	r := rand.New(rand.NewPCG(11, 2026))
	looks := lookalikes()
	n := 0
	for _, w := range wrappers() {
		times := rounds
		if w.kind == "pdf" {
			times = 1
		}
		for range times {
			for _, s := range spellings() {
				n++
				item(t, m, &reader, &set, w, s, looks[n%len(looks)], n, r)
			}
		}
	}
	for _, look := range looks {
		for _, w := range []int{0, 3} { // as text and as a table
			m.list(t, &reader, &set, wrappers()[w], look, r)
		}
	}
	for _, w := range columns() {
		m.column(t, &reader, &set, w)
	}
	return m
}

// listed is how many look-alikes stand in a list without any CPR number.
const listed = 60

// list makes a file of look-alikes only: nothing may be found in it.
func (m *tally) list(t *testing.T, reader *document.Formats, set *detectors.Set, w wrapper, look lookalike, r *rand.Rand) {
	lines := make([]string, listed)
	for i := range lines {
		lines[i] = look.write(r)
	}
	m.items++
	found, _ := set.Scan(context.Background(), reader.Read(context.Background(), w.name, w.write(t, lines)), detectors.Env{AsOf: detectortest.AsOf})
	sc := score{}
	for _, f := range found {
		if f.Detector == "cpr" && f.Strength.Rank() >= detectors.Medium.Rank() {
			sc.wrong++
			m.missed = append(m.missed, fmt.Sprintf("false alarm in a list of %s: %s %v", look.class, f.Value, f.Why))
		}
	}
	m.total.wrong += sc.wrong
	add(m.formats, w.kind, sc)
	add(m.looks, look.class, sc)
}

// column reads a table with numbers under a heading, as registers are exported.
func (m *tally) column(t *testing.T, reader *document.Formats, set *detectors.Set, w wrapper) {
	const class, rows = "under a heading", 40
	values := make([]string, rows)
	want := map[string]bool{}
	for i := range values {
		values[i] = detectortest.CPR(3000 + i)
		want[set.Key.Digest(values[i])] = true
	}
	m.items++
	found, _ := set.Scan(context.Background(), reader.Read(context.Background(), w.name, w.write(t, values)), detectors.Env{AsOf: detectortest.AsOf})
	sc := score{planted: rows}
	for _, f := range found {
		switch {
		case f.Detector != "cpr":
		case want[f.Value.Digest()]:
			delete(want, f.Value.Digest())
			sc.found++
		default:
			sc.wrong++
			m.missed = append(m.missed, fmt.Sprintf("false alarm in %s: %s %v", w.kind, f.Value, f.Why))
		}
	}
	m.total = score{m.total.planted + sc.planted, m.total.found + sc.found, m.total.wrong + sc.wrong}
	add(m.formats, w.kind, sc)
	add(m.classes, class, sc)
}

// item makes one file with one number and some look-alikes, and counts.
func item(t *testing.T, m *tally, reader *document.Formats, set *detectors.Set, w wrapper, s spelling, look lookalike, n int, r *rand.Rand) {
	value := s.numberFor(n + n/len(spellings()))
	lines := []string{filler(r), look.write(r), s.line(value), look.write(r), look.write(r), filler(r)}
	data := w.write(t, lines)
	if data == nil {
		return
	}
	m.items++
	doc := reader.Read(context.Background(), w.name, data)
	found, gaps := set.Scan(context.Background(), doc, detectors.Env{AsOf: detectortest.AsOf})
	if len(gaps)+len(doc.Gaps) > 0 {
		t.Errorf("%s, %s: gaps %v %v", w.kind, s.class, gaps, doc.Gaps)
	}
	sc := score{planted: 1}
	want := set.Key.Digest(value)
	for _, f := range found {
		switch {
		case f.Detector != "cpr" || f.Strength.Rank() < detectors.Medium.Rank() && f.Value.Digest() != want:
		case f.Value.Digest() != want:
			sc.wrong++
			m.missed = append(m.missed, fmt.Sprintf("false alarm in %s among %s: %s %v", w.kind, look.class, f.Value, f.Why))
		case sc.found == 0:
			sc.found = 1
			if m.strengths[s.class] == nil {
				m.strengths[s.class] = map[detectors.Strength]int{}
			}
			m.strengths[s.class][f.Strength]++
		}
	}
	if sc.found == 0 {
		m.missed = append(m.missed, fmt.Sprintf("missed in %s: %s", w.kind, s.class))
	}
	m.total = score{m.total.planted + 1, m.total.found + sc.found, m.total.wrong + sc.wrong}
	add(m.formats, w.kind, sc)
	add(m.classes, s.class, sc)
	add(m.looks, look.class, score{wrong: sc.wrong, found: sc.found, planted: 1})
}

func (m *tally) report() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# CPR numbers in a corpus of %d made items, most with one number and three look-alikes.\n# Written by internal/quality with %s=1; a change for the worse is a difference here.\n\n", m.items, updateVar)
	b.WriteString(m.total.line("all"))
	part := func(title string, scores map[string]score) {
		b.WriteString("\n[" + title + "]\n")
		for _, k := range slices.Sorted(maps.Keys(scores)) {
			b.WriteString(scores[k].line(k))
		}
	}
	part("by format", m.formats)
	part("by spelling", m.classes)
	part("by look-alike around it", m.looks)
	b.WriteString("\n[strength by spelling]\n")
	for _, k := range slices.Sorted(maps.Keys(m.strengths)) {
		fmt.Fprintf(&b, "%-32s", k)
		for _, s := range slices.SortedFunc(maps.Keys(m.strengths[k]), func(a, b detectors.Strength) int { return cmp.Compare(b.Rank(), a.Rank()) }) {
			fmt.Fprintf(&b, " %s %d", s, m.strengths[k][s])
		}
		b.WriteString("\n")
	}
	return b.String()
}
