package quality_test

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"brevvagt/detectors"
	"brevvagt/detectors/detectortest"
	"brevvagt/detectors/special"
	"brevvagt/detectors/subject"
	"brevvagt/document"
)

// longText is about size bytes of office prose: names of people and bodies, dates,
// and words that sound like those of the lexicon but are none, in paragraphs. Every
// fourth kilobyte says something sensitive about somebody when sensitive is true.
func longText(size int, sensitive bool) string {
	words := strings.Fields("kommunen har modtaget et forslag fra udvalget for teknik og miljø om vedligehold af veje og stier i den nordlige del " +
		"og forvaltningen bekræfter at der er afsat kræfter og midler til opgaven i budgettet for næste år hvor arbejdsgruppen uafhængigt af vejret " +
		"begynder med skolevejen og slutter ved hallen borgmesteren takker for samarbejdet og de gode bemærkninger fra høringen som er vedlagt " +
		"Lone Eksempel sender referatet til deltagerne inden fredag og Teknik Afdelingen bestiller materialer hos leverandøren i Prøveby behandling " +
		"af tilbud sker efter reglerne om udbud og betaling sker mod faktura med ordrenummer når leverancen er godkendt og kontrolleret på pladsen")
	r := rand.New(rand.NewPCG(7, 11))
	var b strings.Builder
	b.Grow(size + 200)
	for line, next := 0, 4000; b.Len() < size; {
		if sensitive && b.Len() > next {
			b.WriteString("\n\nBorgeren Testperson Eksempel har fået konstateret sukkersyge. ")
			next += 4000
		}
		switch r.IntN(120) {
		case 0:
			b.WriteString("den 3. marts 2026. ")
		case 1:
			b.WriteString("\n\n")
			line = 0
		}
		w := words[r.IntN(len(words))]
		b.WriteString(w)
		if line += len(w) + 1; line > 90 {
			b.WriteByte('\n')
			line = 0
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// paragraphs cuts a text where readers do, in paragraphs.
func paragraphs(text string) *document.Document {
	doc := &document.Document{}
	for p := range strings.SplitSeq(text, "\n\n") {
		doc.Segments = append(doc.Segments, document.Segment{Text: p, At: document.Location{Path: "lang.txt", Layer: document.Visible}})
	}
	return doc
}

// stemPatterns is the lexicon as a list of plain words for ripgrep.
func stemPatterns(b *testing.B) string {
	tsv, err := os.ReadFile("../../detectors/special/lexicon.tsv")
	if err != nil {
		b.Fatal(err)
	}
	var list strings.Builder
	for i, line := range strings.Split(strings.TrimSpace(string(tsv)), "\n") {
		if cols := strings.Split(line, "\t"); i > 0 && len(cols) > 1 && !strings.Contains(cols[1], "…") {
			list.WriteString(cols[1] + "\n")
		}
	}
	file := filepath.Join(b.TempDir(), "stems")
	if err := os.WriteFile(file, []byte(list.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	return file
}

// BenchmarkLexiconAndPeople holds the lexicon, with who a statement is about, and the
// grouping of people over long text against ripgrep, which only looks for the same
// stems as plain words, and against reading the bytes once. What counts is time on
// the processor, the collector's included, by the best rounds of one run: so other
// work on the machine disturbs little. Metrics: MB a second of one core, x-ripgrep
// (times its throughput), x-read (share of the speed of reading alone).
func BenchmarkLexiconAndPeople(b *testing.B) {
	rg, err := exec.LookPath("rg")
	if err != nil {
		b.Skip("ripgrep is not installed: nothing to compare with")
	}
	text := longText(32<<20, true)
	file, stems := filepath.Join(b.TempDir(), "text.txt"), stemPatterns(b)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	doc := paragraphs(text)
	set := &detectors.Set{List: special.Detectors()}
	env := detectors.Env{AsOf: detectortest.AsOf}
	ours, theirs, reading := time.Hour, time.Hour, time.Hour
	sum, found := byte(0), 0
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		start := processor()
		findings, _ := set.Scan(b.Context(), doc, env)
		found = len(findings)
		subject.Group(doc, findings)
		ours = min(ours, processor()-start)

		b.StopTimer()
		start = processor()
		for i := range len(text) {
			sum ^= text[i]
		}
		reading = min(reading, processor()-start)
		cmd := exec.Command(rg, "-j1", "-c", "-i", "-F", "-f", stems, file)
		if err := cmd.Run(); err != nil {
			b.Fatal(err)
		}
		theirs = min(theirs, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
		b.StartTimer()
	}
	if want := len(text) / 4000; found < want*9/10 {
		b.Errorf("found %d statements of about %d (%d)", found, want, sum)
	}
	b.ReportMetric(float64(len(text))/ours.Seconds()/1e6, "MB/s-core")
	b.ReportMetric(float64(theirs)/float64(ours), "x-ripgrep")
	b.ReportMetric(float64(reading)/float64(ours), "x-read")
}

// processor is how long this process has been on processors.
func processor() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkLexiconNothing is the same text without a statement about anybody: the
// lexicon may allocate nothing there.
func BenchmarkLexiconNothing(b *testing.B) {
	doc := paragraphs(longText(4<<20, false))
	find, env := special.Detectors()[0].Find, detectors.Env{AsOf: detectortest.AsOf}
	b.SetBytes(int64(len(longText(4<<20, false))))
	b.ReportAllocs()
	for b.Loop() {
		for i := range doc.Segments {
			find(doc.Segments[i], env)
		}
	}
}

// TestLexiconAllocatesNothing: most paragraphs say nothing about anybody.
func TestLexiconAllocatesNothing(t *testing.T) {
	doc := paragraphs(longText(64<<10, false))
	find, env := special.Detectors()[0].Find, detectors.Env{AsOf: detectortest.AsOf}
	for i := range doc.Segments {
		if spans := find(doc.Segments[i], env); len(spans) > 0 {
			t.Fatalf("the sample is not free of statements: %v", spans)
		}
	}
	if n := testing.AllocsPerRun(5, func() {
		for i := range doc.Segments {
			find(doc.Segments[i], env)
		}
	}); n > 0 {
		t.Errorf("%v allocations in text without a statement", n)
	}
}
