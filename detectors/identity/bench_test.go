package identity_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"brevvagt/detectors"
	"brevvagt/detectors/detectortest"
	"brevvagt/detectors/identity"
	"brevvagt/document"
)

// danish makes text of about size bytes: prose with years, dates, clocks and
// telephone numbers as letters have, and one synthetic number every 4 KB in the
// two forms that ripgrep's pattern finds.
func danish(size int) []byte {
	words := bytes.Fields([]byte("borgeren har den og af til at på ikke som med for er det kommunen afgørelse om støtte " +
		"efter loven sagen bliver behandlet hurtigst muligt vi vender tilbage når oplysningerne foreligger møde " +
		"ansøgningen skal være modtaget inden fristen udløber ellers kan sagsbehandleren træffe beslutning på grundlag " +
		"af det foreliggende materiale jævnfør retningslinjerne rådhuset åbningstider venlig hilsen forvaltningen"))
	r := rand.New(rand.NewPCG(1, 2))
	out := make([]byte, 0, size+200)
	for line, next, n := 0, 4000, 0; len(out) < size; {
		if len(out) > next {
			v := detectortest.CPR(n)
			if n%3 == 0 {
				v = detectortest.Dashed(v)
			}
			out = append(append(out, v...), ' ')
			next += 4000
			n++
		}
		switch r.IntN(300) {
		case 0:
			out = append(out, "den 3. marts 2026 "...)
		case 1:
			out = append(out, "kl. 10.30 "...)
		case 2:
			out = append(out, "tlf. 72 14 50 66 "...)
		}
		w := words[r.IntN(len(words))]
		out = append(append(out, w...), ' ')
		if line += len(w) + 1; line > 90 {
			out[len(out)-1] = '\n'
			line = 0
		}
	}
	return out
}

// oneCore keeps the benchmark, and the programs that it starts, on one and the same core:
// neither is moved about between the rounds, nor has a second core for what it does beside.
func oneCore(b *testing.B) {
	runtime.LockOSThread()
	b.Cleanup(runtime.UnlockOSThread)
	var all, one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		b.Fatal(err)
	}
	for n := range 1024 {
		if all.IsSet(n) {
			one.Set(n)
			break
		}
	}
	if err := unix.SchedSetaffinity(0, &one); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = unix.SchedSetaffinity(0, &all) })
}

// BenchmarkCPRAgainstRipgrep holds the detector with its whole ladder against
// ripgrep, which only matches digits, on the same 200 MB in the same run, cut into
// segments of 64 KB (those of real papers are smaller still). The
// metric x-ripgrep is how many times its throughput we have, by the best round.
func BenchmarkCPRAgainstRipgrep(b *testing.B) {
	rg, err := exec.LookPath("rg")
	if err != nil {
		b.Skip("ripgrep is not installed: nothing to compare with")
	}
	text := danish(200 << 20)
	file := filepath.Join(b.TempDir(), "text.txt")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		b.Fatal(err)
	}
	d := identity.CPR(identity.Config{})
	env := detectors.Env{AsOf: detectortest.AsOf}
	segs := segments(text, 64<<10)
	oneCore(b)
	b.SetBytes(int64(len(text)))
	ours, theirs := time.Hour, time.Hour // the best rounds: what neighbours add is no cost of the work
	found := 0
	for b.Loop() {
		start := time.Now()
		found = 0
		for _, seg := range segs {
			found += len(d.Find(seg, env))
		}
		ours = min(ours, time.Since(start))

		b.StopTimer()
		start = time.Now()
		if err := exec.Command(rg, "-j1", "-c", "[0-9]{6}[- ]?[0-9]{4}", file).Run(); err != nil {
			b.Fatal(err)
		}
		theirs = min(theirs, time.Since(start))
		b.StartTimer()
	}
	if want := len(text) / 4000; found < want*9/10 {
		b.Errorf("found %d numbers of about %d", found, want)
	}
	b.ReportMetric(float64(theirs)/float64(ours), "x-ripgrep")
	b.ReportMetric(float64(len(text))/ours.Seconds()/1e9, "GB/s")
	b.ReportMetric(float64(found), "found")
}

// BenchmarkSegments is what happens in practice: segments of 5 KB.
func BenchmarkSegments(b *testing.B) {
	text := danish(5 << 20)
	benchSegments(b, text)
}

// BenchmarkNoHits is prose without a number: nothing may be allocated.
func BenchmarkNoHits(b *testing.B) {
	text := bytes.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return 'o'
		}
		return r
	}, danish(1<<20))
	benchSegments(b, text)
}

func benchSegments(b *testing.B, text []byte) {
	d := identity.CPR(identity.Config{})
	env := detectors.Env{AsOf: detectortest.AsOf}
	segs := segments(text, 5000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range segs {
			d.Find(s, env)
		}
	}
}

// segments cuts a text at line breaks.
func segments(text []byte, size int) (segs []document.Segment) {
	for all := string(text); all != ""; {
		end := len(all)
		if end > size {
			end = strings.LastIndexByte(all[:size], '\n') + 1
		}
		segs = append(segs, document.Segment{Text: all[:end]})
		all = all[end:]
	}
	return segs
}

func BenchmarkSuite(b *testing.B) {
	detectortest.Suite{Detector: identity.CPR(identity.Config{}), Corpus: "testdata/cpr.txt"}.Bench(b)
}
