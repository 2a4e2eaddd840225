package pdf

import (
	"context"
	"os"
	"testing"
	"time"

	"brevvagt/document"
	"brevvagt/document/documenttest"
	"brevvagt/document/isolate"
)

const workerEnv = "BREVVAGT_TEST_WORKER"

func worker(t *testing.T, change func(*isolate.Config)) *document.Formats {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cfg := isolate.Config{Command: []string{self}, Env: []string{workerEnv + "=1"}, ReadOnly: []string{cache}, Timeout: 30 * time.Second}
	if change != nil {
		change(&cfg)
	}
	p, err := isolate.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return &document.Formats{List: []document.Format{p.Format(shared[0]), pngStub{}, textStub{}}}
}

// TestInAWorker reads the way the daemon does: in a process without files, network
// and much memory, with the compiled code from the read-only cache.
func TestInAWorker(t *testing.T) {
	list := worker(t, nil)
	start := time.Now()
	d := list.Read(t.Context(), "x.pdf", chromium(t))
	first := time.Since(start)
	if find(d, canary) == nil || find(d, "[billede side-2-billede-1.png side 2]") == nil || len(d.Gaps) > 0 {
		t.Fatalf("%s", documenttest.Describe(d))
	}
	start = time.Now()
	again := list.Read(t.Context(), "y.pdf", chromium(t))
	t.Logf("first %v, then %v", first, time.Since(start))
	if len(again.Segments) != len(d.Segments) {
		t.Errorf("%d segments, then %d", len(d.Segments), len(again.Segments))
	}
	if d := list.Read(t.Context(), "z.pdf", encrypted("x", "hemmelig")); !documenttest.HasGap(d, document.Encrypted) {
		t.Errorf("gaps %v", d.Gaps)
	}
}

// TestSlowFileInAWorker is stopped when its time is up and keeps the pages it had.
func TestSlowFileInAWorker(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a timeout")
	}
	f := onePage(show("CPR "+canary, 72, 700), "", "", "null")
	kids := "3 0 R"
	slow := len(f.objects) + 1
	kids += " " + itoa(slow) + " 0 R"
	f.objects[1] = "<</Type/Pages/Kids[" + kids + "]/Count 2>>"
	f.objects = append(f.objects, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents "+itoa(slow+1)+" 0 R>>",
		stream("/Filter[/FlateDecode/FlateDecode]", flate(flate(repeat("q Q\n", 16<<20)))))
	// A busy machine needs longer for the first page.
	for limit := 1200 * time.Millisecond; ; limit *= 2 {
		list := worker(t, func(c *isolate.Config) { c.Timeout = limit })
		d := list.Read(t.Context(), "x.pdf", f.bytes())
		if find(d, canary) == nil && limit < time.Minute {
			continue
		}
		if len(d.Gaps) == 0 || find(d, canary) == nil {
			t.Errorf("within %v: %s", limit, documenttest.Describe(d))
		}
		return
	}
}

// FuzzOwnParsers is for what this package parses itself; pdfium's own code runs in
// a sandbox that cannot be stopped from within, so the suite's mutations and the
// worker stand for it.
func FuzzOwnParsers(f *testing.F) {
	for _, data := range traps() {
		f.Add(data)
	}
	f.Add([]byte("xref\n0 9999999\n0000000003 00000 n \n"))
	f.Add([]byte("<a><b>1</b><c"))
	f.Fuzz(func(t *testing.T, data []byte) {
		wrongOffsets(data)
		p, err := document.Collect(t.Context(), ownParsers{}, document.Input{Data: data}, document.Limits{})
		if err != nil {
			t.Errorf("%d emitted, then %v", len(p), err)
		}
	})
}

// ownParsers reads its input as XFA data and as page text.
type ownParsers struct{ textStub }

func (ownParsers) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	r := &reader{ctx: ctx, cfg: Config{}.orDefault(), in: in, out: out, lines: map[string]bool{}, seen: map[[32]byte]bool{}, placed: map[[32]byte]bool{}, handed: map[[32]byte]bool{}}
	r.xfaData(in.Data)
	r.xmp(in.Data)
	r.unseen()
	top := 800.0
	t := textPage{text: clean(string(in.Data)), top: func(int) (float64, float64, bool) { top -= 13; return top, top - 10, true },
		side: func(i int) (float64, float64, bool) { return float64(i), float64(i) + 1, true }}
	if usable(t) {
		for _, s := range r.paragraphs(t) {
			r.text(s)
		}
	}
	return nil
}
