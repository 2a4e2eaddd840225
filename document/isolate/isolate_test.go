package isolate_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"brevvagt/document"
	"brevvagt/document/isolate"
)

// sink keeps the compiler from dropping work that a test does only to be busy.
var sink atomic.Int64

const workerEnv = "BREVVAGT_TEST_WORKER"

func TestMain(m *testing.M) {
	if os.Getenv(workerEnv) != "" {
		if err := isolate.Serve(os.Stdin, os.Stdout, []document.Format{trap{}}); err != nil {
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// trap does what its input says.
type trap struct{}

func (trap) Name() string                         { return "trap" }
func (trap) Match(head []byte, _ string) bool     { return document.HasPrefixFold(head, "trap:") }
func (trap) words(in document.Input) (w []string) { return strings.Split(string(in.Data), ":") }

func (t trap) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	w := t.words(in)
	switch w[1] {
	case "text":
		fmt.Println("a library that prints to stdout must not break the frames")
		out.Segment(document.Segment{Text: "blåbær " + w[2], Label: "felt", Words: []document.Word{{Start: 0, End: 9, Box: document.Box{1, 2, 3, 4}, Confidence: 90}},
			At: document.Location{Page: 2, OCR: true, Box: &document.Box{1, 2, 3, 4}}})
		out.Gap(document.Gap{Why: document.NoText, Detail: "side 3"})
		out.Seal(document.Seal{Kind: "pgp"})
		out.ChildBytes("a/b.trap", []byte("trap:leaf:x"), document.Input{Page: 4, Label: "bilag", Layer: document.Hidden})
	case "leaf":
		out.Text("leaf")
	case "slow":
		out.Text("found before the time was up")
		<-ctx.Done()
		return ctx.Err()
	case "hang":
		if len(w) > 2 {
			out.Text("found before it hung")
		}
		for spin := 0; ; spin++ { // computing, not waiting: nothing but a kill ends it
			sink.Store(int64(spin))
		}
	case "exit":
		os.Exit(7)
	case "segv":
		_ = syscall.Kill(os.Getpid(), syscall.SIGSEGV)
		time.Sleep(5 * time.Second)
	case "panic":
		panic("text of the document 010203-1234")
	case "memory":
		var keep [][]byte
		for {
			b := make([]byte, 64<<20)
			for i := 0; i < len(b); i += 4096 {
				b[i] = 1
			}
			keep = append(keep, b)
			sink.Store(int64(len(keep)))
		}
	case "endless":
		for ctx.Err() == nil {
			out.ChildBytes("x", make([]byte, 1<<20), document.Input{})
		}
	case "damaged":
		return errors.New("quoting 010203-1234")
	case "encrypted":
		return fmt.Errorf("file: %w", document.ErrEncrypted)
	case "pid":
		out.Text(fmt.Sprint(os.Getpid()))
	case "env":
		out.Text(strings.Join(os.Environ(), "\n"))
	case "reach":
		out.Text(reach())
	}
	return nil
}

// reach tries what a reader that was taken over would try.
func reach() string {
	var got []string
	if _, err := os.ReadFile("/etc/passwd"); err == nil {
		got = append(got, "read")
	}
	if os.WriteFile(os.TempDir()+"/brevvagt-escape", []byte("x"), 0o600) == nil {
		got = append(got, "write")
	}
	if c, err := net.DialTimeout("tcp", "127.0.0.1:1", time.Second); err == nil || !errors.Is(err, unix.EACCES) {
		if err == nil {
			c.Close()
		}
		got = append(got, "net")
	}
	return "reached: " + strings.Join(got, ",")
}

func pool(t *testing.T, change func(*isolate.Config)) *isolate.Pool {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cfg := isolate.Config{Command: []string{self}, Env: []string{workerEnv + "=1"}, Timeout: 2 * time.Minute}
	if change != nil {
		change(&cfg)
	}
	p, err := isolate.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func read(ctx context.Context, p *isolate.Pool, data string) *document.Document {
	f := document.Formats{List: []document.Format{p.Format(trap{})}}
	return f.Read(ctx, "x.trap", []byte(data))
}

func gaps(d *document.Document) string {
	var s []string
	for _, g := range d.Gaps {
		s = append(s, string(g.Why))
	}
	return strings.Join(s, ",")
}

func texts(d *document.Document) string {
	var s []string
	for _, g := range d.Segments {
		if g.At.Layer != document.Metadata { // the walker adds names
			s = append(s, g.Text)
		}
	}
	return strings.Join(s, "|")
}

func TestEverythingArrives(t *testing.T) {
	p := pool(t, nil)
	d := read(t.Context(), p, "trap:text:grød")
	if texts(d) != "blåbær grød|leaf" || len(d.Seals) != 1 || gaps(d) != "no-text" || len(d.Parts) != 2 {
		t.Fatalf("got %+v", d)
	}
	s := d.Segments[0]
	if s.Text != "blåbær grød" || s.Label != "felt" || s.At.Page != 2 || !s.At.OCR || s.At.Path != "x.trap" ||
		len(s.Words) != 1 || s.Words[0].Box != (document.Box{1, 2, 3, 4}) || *s.At.Box != (document.Box{1, 2, 3, 4}) {
		t.Errorf("segment changed on its way: %+v", s)
	}
	var leaf document.Segment
	for _, s := range d.Segments {
		if s.Text == "leaf" {
			leaf = s
		}
	}
	if leaf.At.Path != "x.trap/a/b.trap" || leaf.At.Page != 4 || leaf.Label != "bilag" || leaf.At.Layer != document.Hidden {
		t.Errorf("child changed on its way: %+v", leaf)
	}
}

func TestBadEnds(t *testing.T) {
	if testing.Short() {
		t.Skip("kills workers")
	}
	for _, c := range []struct {
		input, gap string
		change     func(*isolate.Config)
	}{
		{"trap:exit", "crashed", nil},
		{"trap:segv", "crashed", nil},
		{"trap:panic", "crashed", nil},
		{"trap:damaged", "damaged", nil},
		{"trap:encrypted", "encrypted", nil},
		{"trap:memory", "crashed", func(c *isolate.Config) { c.MemoryBytes = bombLimit; c.Timeout = 2 * time.Minute }},
		{"trap:endless", "too-big", func(c *isolate.Config) { c.MaxOutput = 8 << 20 }},
	} {
		t.Run(c.input, func(t *testing.T) {
			p := pool(t, c.change)
			d := read(t.Context(), p, c.input)
			got := gaps(d)
			if c.input == "trap:endless" { // its children are of no known type
				got = got[strings.LastIndex(got, ",")+1:]
			}
			if got != c.gap {
				t.Errorf("gaps %q, want %q", got, c.gap)
			}
			for _, g := range d.Gaps {
				if strings.Contains(g.Detail, "0102") {
					t.Errorf("gap quotes content: %q", g.Detail)
				}
			}
			next := read(t.Context(), p, "trap:leaf:")
			if after := texts(next); after != "leaf" {
				t.Errorf("the next document was read as %q with gaps %v", after, next.Gaps)
			}
		})
	}
}

// TestKillerIsTriedOnceMoreAloneThenRemembered counts the workers that are started: a
// content that ends its worker gets one more, fresh one, and none when it comes again
// under another name.
func TestKillerIsTriedOnceMoreAloneThenRemembered(t *testing.T) {
	started := filepath.Join(t.TempDir(), "started")
	p := pool(t, counted(started, func(c *isolate.Config) { c.Workers = 1 }))
	count := func() int { return starts(t, started) }
	for i, want := range []int{2, 2, 2} {
		if d := read(t.Context(), p, "trap:exit:killer"); gaps(d) != "crashed" || count() != want {
			t.Errorf("reading %d: gaps %q, %d workers were started, want %d", i+1, gaps(d), count(), want)
		}
	}
	if d := read(t.Context(), p, "trap:leaf:"); texts(d) != "leaf" || count() != 3 {
		t.Errorf("another content: %q, %d workers", texts(d), count())
	}
	if d := read(t.Context(), p, "trap:exit:another"); gaps(d) != "crashed" || count() != 4 {
		t.Errorf("another killer: %q, %d workers, want one more", gaps(d), count())
	}
}

func TestHangIsKilledAndKeepsWhatItHad(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a timeout")
	}
	p := pool(t, func(c *isolate.Config) { c.Timeout = 800 * time.Millisecond })
	timed := func(input string) (*document.Document, time.Duration) {
		start := time.Now()
		d := read(t.Context(), p, input)
		if gaps(d) != "out-of-time" {
			t.Errorf("%s: gaps %q", input, gaps(d))
		}
		return d, time.Since(start)
	}
	// Nothing came out: the second time it must not burn CPU again.
	if _, took := timed("trap:hang"); took < 1500*time.Millisecond || took > 2*time.Minute {
		t.Errorf("took %v for two tries of 0.8 s", took)
	}
	// A reading with a try takes 0.8 s and more each time, on any machine.
	quickest := func(below time.Duration, input string) (d *document.Document, took time.Duration) {
		for range 10 {
			if d, took = timed(input); took < below {
				break
			}
		}
		return d, took
	}
	if _, took := quickest(700*time.Millisecond, "trap:hang"); took > 700*time.Millisecond {
		t.Errorf("a remembered hang took %v", took)
	}
	// Something came out: it must come out each time, with one try from now on.
	input := "trap:hang:text"
	d, _ := timed(input)
	for n := 0; texts(d) == "" && n < 10; n++ { // a busy machine had not come so far: another one
		input = fmt.Sprint("trap:hang:text", n)
		d, _ = timed(input)
	}
	again, took := quickest(1500*time.Millisecond, input)
	if texts(d) != "found before it hung" || texts(again) != texts(d) {
		t.Errorf("got %q, then %q", texts(d), texts(again))
	}
	if took > 1500*time.Millisecond {
		t.Errorf("the second reading took %v for one try of 0.8 s", took)
	}
}

func TestContextEnds(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a timeout")
	}
	p := pool(t, func(c *isolate.Config) { c.Timeout = time.Minute })
	for _, input := range []string{"trap:slow", "trap:hang"} {
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		start := time.Now()
		d := read(ctx, p, input)
		cancel()
		if gaps(d) != "out-of-time" || time.Since(start) > 50*time.Second { // of the minute
			t.Errorf("%s: gaps %q after %v", input, gaps(d), time.Since(start))
		}
	}
	// The caller's impatience is no verdict on the document.
	ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
	defer cancel()
	start := time.Now()
	read(ctx, p, "trap:slow")
	if time.Since(start) < time.Second {
		t.Error("a cancelled document was remembered as bad")
	}
}

func TestManyAtOnce(t *testing.T) {
	p := pool(t, func(c *isolate.Config) { c.Workers = 3; c.MaxItems = 4 })
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			input, want := fmt.Sprintf("trap:text:%d", i), fmt.Sprintf("blåbær %d|leaf", i)
			if i%10 == 3 {
				input, want = fmt.Sprintf("trap:exit:%d", i), ""
			}
			if got := texts(read(t.Context(), p, input)); got != want {
				t.Errorf("%s: %q, want %q", input, got, want)
			}
		})
	}
	wg.Wait()
}

func TestWorkersAreReusedAndReplaced(t *testing.T) {
	p := pool(t, func(c *isolate.Config) { c.MaxItems = 2 })
	a, b, c := texts(read(t.Context(), p, "trap:pid")), texts(read(t.Context(), p, "trap:pid")), texts(read(t.Context(), p, "trap:pid"))
	if a == "" || a != b || b == c {
		t.Errorf("pids %s, %s, %s: want the same twice, then a new one", a, b, c)
	}
	small := pool(t, func(c *isolate.Config) { c.RSSBytes = 1 })
	if a, b := texts(read(t.Context(), small, "trap:pid")), texts(read(t.Context(), small, "trap:pid")); a == b {
		t.Errorf("worker %s over its memory was kept", a)
	}
}

// TestWorkerEndsAtItsPeak wants the reason told, and no second try of what a fresh worker
// had no memory for: the first time, and when the content is known.
func TestWorkerEndsAtItsPeak(t *testing.T) {
	started := filepath.Join(t.TempDir(), "started")
	p := pool(t, counted(started, func(c *isolate.Config) { c.PeakBytes, c.Timeout = 1, 10*time.Minute }))
	for i, input := range []string{"trap:hang", "trap:hang", "trap:hang:text"} {
		d := read(t.Context(), p, input)
		if len(d.Gaps) != 1 || d.Gaps[0].Why != document.TooBig || !strings.Contains(d.Gaps[0].Detail, "memory") {
			t.Errorf("reading %d: texts %q, gaps %+v", i+1, texts(d), d.Gaps)
		}
		if want := []int{1, 1, 2}[i]; starts(t, started) != want {
			t.Errorf("reading %d: %d workers were started, want %d", i+1, starts(t, started), want)
		}
		if input == "trap:hang:text" && texts(d) != "found before it hung" {
			t.Errorf("texts %q", texts(d))
		}
	}
}

// TestPeakOfAUsedWorker wants a second try where memory of earlier documents may be to blame.
func TestPeakOfAUsedWorker(t *testing.T) {
	if testing.Short() {
		t.Skip("fills memory")
	}
	started := filepath.Join(t.TempDir(), "started")
	p := pool(t, counted(started, func(c *isolate.Config) { c.Workers, c.PeakBytes, c.Timeout = 1, 200<<20, 10*time.Minute }))
	read(t.Context(), p, "trap:leaf:")
	d := read(t.Context(), p, "trap:memory")
	if gaps(d) != "too-big" || starts(t, started) != 2 {
		t.Errorf("gaps %q, %d workers were started, want 2", gaps(d), starts(t, started))
	}
}

// counted has each worker that starts write a line to the file.
func counted(file string, change func(*isolate.Config)) func(*isolate.Config) {
	return func(c *isolate.Config) {
		c.Command = append([]string{"/bin/sh", "-c", `echo x >> "$STARTED"; exec "$@"`, "sh"}, c.Command...)
		c.Env = append(c.Env, "STARTED="+file)
		change(c)
	}
}

func starts(t *testing.T, file string) int {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(data), "x")
}

func TestWorkerDiesBetweenItems(t *testing.T) {
	p := pool(t, nil)
	var pid int
	if _, err := fmt.Sscan(texts(read(t.Context(), p, "trap:pid")), &pid); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond)
	if d := read(t.Context(), p, "trap:leaf:"); texts(d) != "leaf" || len(d.Gaps) != 0 {
		t.Errorf("texts %q, gaps %q", texts(d), gaps(d))
	}
}

func TestLockedIn(t *testing.T) {
	t.Setenv("BREVVAGT_SECRET", "hemmelig")
	p := pool(t, nil)
	r, err := p.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Log(r)
	if !r.NoNewPrivs || !r.Limits {
		t.Errorf("report: %v", r)
	}
	env := texts(read(t.Context(), p, "trap:env"))
	if strings.Contains(env, "hemmelig") || !strings.Contains(env, "OMP_THREAD_LIMIT=1") {
		t.Errorf("environment of the worker: %s", env)
	}
	reached := texts(read(t.Context(), p, "trap:reach"))
	if strings.Contains(reached, "write") { // the limit on file size stops it even without Landlock
		if st, err := os.Stat(os.TempDir() + "/brevvagt-escape"); err == nil && st.Size() > 0 {
			t.Error("a worker wrote a file")
		}
	}
	if r.Landlock && strings.Contains(reached, "read") || r.Network && strings.Contains(reached, "net") {
		t.Errorf("report %v, but %s", r, reached)
	}
}

func TestClosedPool(t *testing.T) {
	p := pool(t, nil)
	read(t.Context(), p, "trap:leaf:")
	p.Close()
	p.Close()
	if d := read(t.Context(), p, "trap:leaf:"); len(d.Gaps) != 1 {
		t.Errorf("a closed pool gave %+v", d)
	}
}

func TestNoWorkerProgram(t *testing.T) {
	for _, command := range [][]string{{"/nonexistent/worker"}, {"/bin/cat"}, {"/bin/sleep", "60"}} {
		p, err := isolate.New(isolate.Config{Command: command, StartTimeout: 300 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		if d := read(t.Context(), p, "trap:leaf:"); gaps(d) != "no-engine" {
			t.Errorf("%v: gaps %q", command, gaps(d))
		}
		p.Close()
	}
	if _, err := isolate.New(isolate.Config{}); err == nil {
		t.Error("a pool without a command was made")
	}
}
