package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/detectors"
	"brevvagt/document"
	formatlist "brevvagt/document/all"
	"brevvagt/document/isolate"
	"brevvagt/internal/porttest"
	"brevvagt/internal/postfixtest"
	"brevvagt/internal/store"
	"brevvagt/scanner"
)

// inProcess runs the daemon in this process, with pieces replaced by change.
func (in *installation) inProcess(t *testing.T, change func(*daemon)) (stop func()) {
	t.Helper()
	cfg, err := config.Load(in.config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(hasty(context.Background()))
	before := strings.Count(in.log.String(), "brevvagt is running")
	d, err := newDaemon(ctx, cfg, slog.New(slog.NewTextHandler(&in.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(d)
	}
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	in.eventually("the daemon to start", func() bool {
		return strings.Count(in.log.String(), "brevvagt is running") > before
	})
	return func() {
		cancel()
		select {
		case err := <-done:
			if err != nil && change == nil {
				t.Errorf("daemon: %v", err)
			}
		case <-time.After(patience):
			buf := make([]byte, 1<<20)
			t.Fatalf("the daemon did not end within %s:\n%s", patience, buf[:runtime.Stack(buf, true)])
		}
		d.Close()
	}
}

type actionFunc func(context.Context, scanner.Item, *scanner.Outcome) error

func (f actionFunc) Apply(ctx context.Context, it scanner.Item, out *scanner.Outcome) error {
	return f(ctx, it, out)
}

// brokenFormat reads every text part the given way.
type brokenFormat struct{ read func() }

func (brokenFormat) Name() string                  { return "broken" }
func (brokenFormat) Match(_ []byte, _ string) bool { return true }
func (f brokenFormat) Read(context.Context, document.Input, *document.Builder) error {
	f.read()
	return nil
}

// doubt is one way in which a step fails.
type doubt struct {
	name string
	// secret says that the mail has a number for a stranger and must be held.
	secret bool
	// held says that the mail is taken and held for a person, instead of a 4xx.
	held bool
	// hangs says that a step waits until the sender has its answer.
	hangs bool
	raw   []byte // instead of a plain text mail
	cause func(t *testing.T, in *installation, d *daemon) (remove func())
}

func action(f func(context.Context) error) func(*testing.T, *installation, *daemon) func() {
	return func(_ *testing.T, _ *installation, d *daemon) func() {
		d.engine.pipeline.Actions = []scanner.Action{actionFunc(func(ctx context.Context, _ scanner.Item, _ *scanner.Outcome) error { return f(ctx) })}
		return func() {}
	}
}

func doubts(t *testing.T, in *installation) []doubt {
	format := func(read func()) func(*testing.T, *installation, *daemon) func() {
		return func(_ *testing.T, _ *installation, d *daemon) func() {
			f := d.engine.pipeline.Formats
			f.List = append([]document.Format{brokenFormat{read}}, f.List...)
			return func() {}
		}
	}
	return []doubt{
		{name: "the deposit fails", secret: true, cause: action(func(context.Context) error { return errors.New("disk full") })},
		{name: "an action panics", secret: true, cause: action(func(context.Context) error { panic("action") })},
		{name: "an action panics at a clean mail", cause: action(func(context.Context) error { panic("action") })},
		{name: "the handler is late", hangs: true, cause: action(func(context.Context) error { in.hang(); return nil })},
		{name: "the database is closed", secret: true, cause: func(_ *testing.T, _ *installation, d *daemon) func() {
			_ = d.state.DB.Close()
			return func() {}
		}},
		{name: "the database is locked", secret: true, hangs: true, cause: lockedDatabase},
		{name: "the vault is full", secret: true, cause: fullVault},
		{name: "a detector panics", held: true, cause: func(_ *testing.T, _ *installation, d *daemon) func() {
			d.engine.pipeline.Detectors.List = append(d.engine.pipeline.Detectors.List, detectors.Detector{
				ID: "broken", Find: func(document.Segment, detectors.Env) []detectors.Span { panic("detector") }})
			return func() {}
		}},
		{name: "a format panics", held: true, cause: format(func() { panic("format") })},
		{name: "a format hangs", hangs: true, cause: format(in.hang)},
		{name: "the worker program is missing", held: true, raw: sampleMail(t, "Supportmail").Raw, cause: noWorkers},
		{name: "the next hop is down", cause: func(t *testing.T, _ *installation, d *daemon) func() {
			if d.lanes.SMTP != nil {
				d.lanes.SMTP.Next.Addr = porttest.Free(t)
			}
			return func() {}
		}},
		{name: "the next hop is busy", cause: func(_ *testing.T, in *installation, _ *daemon) func() {
			in.sink.Refuse(451, "senere")
			return func() { in.sink.Refuse(0, "") }
		}},
	}
}

// hang waits until the sender has its answer.
func (in *installation) hang() {
	select {
	case <-in.answered:
	case <-time.After(patience):
		in.t.Errorf("the sender has no answer after %s", patience)
	}
}

// lockedDatabase has another process write for longer than the sender waits.
func lockedDatabase(t *testing.T, in *installation, _ *daemon) func() {
	beside, err := store.Open(t.Context(), store.Options{Path: filepath.Join(in.state, "brevvagt.db"), Shared: true})
	if err != nil {
		t.Fatal(err)
	}
	locked, done := make(chan struct{}), make(chan error, 1)
	go func() {
		done <- beside.Update(context.Background(), func(tx *sql.Tx) error {
			_, err := tx.Exec(`UPDATE cases SET state = state`)
			close(locked)
			in.hang()
			return err
		})
	}()
	<-locked
	return func() {
		if err := errors.Join(<-done, beside.Close()); err != nil {
			t.Error(err)
		}
	}
}

// fullVault puts the vault on a disk without room.
func fullVault(t *testing.T, in *installation, _ *daemon) func() {
	dir := filepath.Join(in.state, "vault")
	aside := dir + ".aside"
	if err := os.Rename(dir, aside); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4k"); err != nil {
		// Without leave to mount, the disk is as good as full: no folder.
		t.Logf("no small disk (%v); the vault's folder is taken away instead", err)
		if err := os.Remove(dir); err != nil {
			t.Fatal(err)
		}
	} else if err := os.WriteFile(filepath.Join(dir, "fill"), make([]byte, 4096), 0o600); err != nil {
		t.Fatal(err)
	}
	return func() {
		_ = syscall.Unmount(dir, 0)
		_ = os.RemoveAll(dir)
		if err := os.Rename(aside, dir); err != nil {
			t.Fatal(err)
		}
	}
}

// noWorkers has the readers of pictures and PDF files start a program that is not
// there.
func noWorkers(t *testing.T, _ *installation, d *daemon) func() {
	pool, err := isolate.New(isolate.Config{Workers: 1, Command: []string{filepath.Join(t.TempDir(), "gone")}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pool.Close() })
	d.engine.pipeline.Formats.List = formatlist.Formats(formatlist.Options{Isolate: pool.Format})
	return func() {}
}

// TestNeverPassOnDoubt makes each step fail in turn: the sender gets a temporary
// refusal, or the mail is held for a person, and nothing reaches the next hop. Once
// the cause is gone the mail goes through, once.
func TestNeverPassOnDoubt(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many daemons")
	}
	t.Parallel()
	in := install(t, "")
	addr := porttest.Free(t)
	in.configure(fmt.Sprintf("gateway:\n  smtp: {listen: %q, next_hop: %q, hostname: gw.kommune.example}\n  scan_deadline: 25s\n  deep_budget: 0s\n", addr, in.sink.Addr()))
	for n, x := range doubts(t, in) {
		in.sub(t, x.name, func(t *testing.T) { in.doubt(t, addr, n, x) })
	}
}

// TestNeverPassOnDoubtMilter is the same behind a real Postfix.
func TestNeverPassOnDoubtMilter(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix and starts many daemons")
	}
	t.Parallel()
	in := install(t, "")
	p := in.postfix(postfixtest.Config{})
	in.configure(fmt.Sprintf("gateway:\n  milter: {listen: %q, group: postfix}\n  postfix: {config_directory: %q}\n  scan_deadline: 25s\n  deep_budget: 0s\n", "unix:"+in.socket, p.ConfigDir))
	for n, x := range doubts(t, in) {
		if strings.HasPrefix(x.name, "the next hop") {
			continue // Postfix's own business
		}
		in.sub(t, x.name, func(t *testing.T) { in.doubt(t, p.Addr, n, x) })
	}
}

// configure adds lines to the configuration.
func (in *installation) configure(lines string) {
	in.t.Helper()
	f, err := os.OpenFile(in.config, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		in.t.Fatal(err)
	}
	if _, err := f.WriteString(lines); err != nil {
		in.t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		in.t.Fatal(err)
	}
}

// deadline is how long a scan may take, on every lane.
func (d *daemon) deadline(limit time.Duration) {
	if d.lanes.SMTP != nil {
		d.lanes.SMTP.Config.Deadline = limit
	}
	if d.lanes.Milter != nil {
		d.lanes.Milter.Config.Deadline = limit
	}
}

// doubt plays one failure, its end, and what comes after.
func (in *installation) doubt(t *testing.T, addr string, n int, x doubt) {
	text := "Intet at se her."
	if x.secret {
		text = "CPR-nr. " + sample.Number(n)
	}
	raw := []byte(fmt.Sprintf("From: %s\r\nTo: b@firma.example\r\nSubject: Mail %d\r\nDate: Tue, 24 Nov 2026 09:00:00 +0100\r\nMessage-ID: <%d@kommune.example>\r\n\r\n%s\r\n", from, n, n, text))
	if x.raw != nil {
		raw = x.raw
	}
	to := []string{"b@firma.example"}
	arrived, cases := len(in.received(0)), in.cases()

	var remove func()
	in.answered = make(chan struct{})
	stop := in.inProcess(t, func(d *daemon) {
		remove = x.cause(t, in, d)
		if x.hangs {
			d.deadline(time.Second)
		}
	})
	code, answer := send(t, addr, from, to, raw)
	close(in.answered)
	stop()
	remove()
	switch {
	case x.held && code != 250, !x.held && code/100 != 4:
		t.Errorf("answered %d %s", code, answer)
	}
	if got := len(in.received(0)); got != arrived {
		t.Errorf("%d mails reached the next hop", got-arrived)
	}

	stop = in.inProcess(t, nil)
	defer stop()
	if !x.held {
		if now := in.cases(); len(now) != len(cases) {
			t.Errorf("%d cases of a mail that its sender still has", len(now)-len(cases))
		}
		if code, answer := send(t, addr, from, to, raw); code != 250 {
			t.Fatalf("afterwards: %d %s", code, answer)
		}
	}
	if x.held || x.secret {
		if got := len(in.received(0)); got != arrived {
			t.Errorf("%d mails reached the next hop before their release", got-arrived)
		}
		id := added(t, cases, in.cases())
		in.must(testPassphrase+"\n", "case", "release", id, "--by", "dpo", "--reason", "Set og godkendt", "--config", in.config)
	}
	in.same(t, in.received(arrived + 1)[arrived].File, raw)
	time.Sleep(20 * time.Millisecond) // a second copy would be on its heels
	if got := len(in.received(0)); got != arrived+1 {
		t.Errorf("the mail came %d times", got-arrived)
	}
}

// TestStartOnDoubt: what cannot work is an error at the start that says what is
// wrong, and no lane listens then.
func TestStartOnDoubt(t *testing.T) {
	if testing.Short() {
		t.Skip("starts daemons")
	}
	t.Parallel()
	in := install(t, "")
	addr := porttest.Free(t)
	in.configure(fmt.Sprintf("gateway: {smtp: {listen: %q, next_hop: %q}}\n", addr, in.sink.Addr()))
	cfg, err := config.Load(in.config)
	if err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(in.state, "digest.key")
	start := func(want string) {
		t.Helper()
		d, err := newDaemon(t.Context(), cfg, slog.New(slog.DiscardHandler))
		if err == nil {
			d.Close()
			t.Fatalf("started; want %q", want)
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %q", err, want)
		}
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			t.Error("a lane listens")
		}
	}
	taken, err := net.Listen("tcp", cfg.Review.Listen)
	if err != nil {
		t.Fatal(err)
	}
	start("review page")
	taken.Close()
	if err := os.WriteFile(key, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	start("key")
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(key, 0o700); err != nil {
		t.Fatal(err)
	}
	start("digest key")
}
