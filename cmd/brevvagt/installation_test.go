package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/internal/porttest"
	"brevvagt/internal/postfixtest"
	"brevvagt/scanner/source/gateway/relay"
)

const testPassphrase = "en lang adgangssætning"

// installation is a brevvagt of its own in a folder: configuration, account,
// receiving mailbox, and the daemon as a process that can be killed.
type installation struct {
	t      testing.TB
	dir    string
	config string
	state  string
	socket string
	sink   *relay.Sink
	log    lockedBuffer
	daemon *exec.Cmd
	// answered is closed when a sender has its answer, see hang.
	answered chan struct{}
	mta      *postfixtest.Postfix // the last one that was started in front of it, or nil
}

// lockedBuffer takes a process's output while a test reads it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// install makes an installation with the given further lines of configuration.
func install(t testing.TB, lines string) *installation {
	t.Helper()
	dir := postfixtest.Dir(t)
	in := &installation{t: t, dir: dir, config: filepath.Join(dir, "brevvagt.yaml"), state: filepath.Join(dir, "tilstand"), socket: filepath.Join(dir, "milter.sock")}
	var err error
	if in.sink, err = relay.StartSink(filepath.Join(dir, "postkasse"), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.sink.Close() })
	site := "site:\n  " + strings.ReplaceAll(strings.TrimSpace(sample.Site), "\n", "\n  ") + "\n"
	config := fmt.Sprintf("state: %s\n%sreview: {listen: %q}\nlog: {level: debug}\nnotify: {from: brevvagt@kommune.example, smtp: %q}\n%s",
		in.state, site, porttest.Free(t), in.sink.Addr(), lines)
	if err := os.WriteFile(in.config, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	warmed(t, in.state)
	in.must(strings.Repeat(testPassphrase+"\n", 3), "vault", "setup", "--dpo", "dpo", "--dpo", "kollega", "-o", filepath.Join(dir, "gendannelse.age"), "--config", in.config)
	return in
}

// warmed gives a state folder the PDF engine's code as it was compiled for the tests
// before: to compile it takes seconds of both cores.
func warmed(t testing.TB, state string) {
	t.Helper()
	compiled := pdfCache("")
	if compiled == "" {
		t.Log("no folder for compiled code: this takes longer")
		return
	}
	err := os.MkdirAll(filepath.Join(state, "cache"), 0o700)
	if err == nil {
		err = os.Symlink(compiled, filepath.Join(state, "cache", "pdf"))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// must runs a subcommand that has to succeed and returns its output.
func (in *installation) must(stdin string, args ...string) string {
	in.t.Helper()
	out, err := in.run(stdin, args...)
	if err != nil {
		in.t.Fatalf("brevvagt %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// run runs a subcommand, but not for ever, and returns all that it wrote.
func (in *installation) run(stdin string, args ...string) (string, error) {
	return runWithin(2*patience, stdin, args...)
}

func runWithin(limit time.Duration, stdin string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Stdin = strings.NewReader(stdin)
	cmd.WaitDelay = patience
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		err = fmt.Errorf("it ran longer than %s: %w", limit, err)
	}
	return string(out), err
}

// program is this program with arguments, which does not outlive the test. What it
// writes goes to log.
func program(log io.Writer, args ...string) *exec.Cmd { return programAt(os.Args[0], log, args...) }

func programAt(path string, log io.Writer, args ...string) *exec.Cmd {
	cmd := exec.Command(path, args...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.WaitDelay = patience
	return cmd
}

// start runs the daemon and waits until its log says that it is ready.
func (in *installation) start() {
	in.t.Helper()
	before := strings.Count(in.log.String(), "brevvagt is running")
	in.daemon = program(&in.log, "serve", "--config", in.config)
	if err := in.daemon.Start(); err != nil {
		in.t.Fatal(err)
	}
	in.t.Cleanup(in.stop)
	in.eventually("the daemon to start", func() bool {
		return strings.Count(in.log.String(), "brevvagt is running") > before
	})
}

// stop ends the daemon and waits for it.
func (in *installation) stop() { in.signal(syscall.SIGTERM) }

// kill is kill -9.
func (in *installation) kill() { in.signal(syscall.SIGKILL) }

func (in *installation) signal(s syscall.Signal) {
	if in.daemon == nil {
		return
	}
	_ = in.daemon.Process.Signal(s)
	if _, err := ended(in.daemon, &in.log); err != nil {
		in.t.Errorf("after %s: %v", s, err)
	}
	in.daemon = nil
}

// patience is how long a test waits for what is to come at once: long enough for a
// machine that does much else, and never for ever.
const patience = 3 * time.Minute

// ended waits until a program ends that is to end, and tells how it did. One that does
// not end is told to write down what it waits for, and is killed; that is err.
func ended(cmd *exec.Cmd, log fmt.Stringer) (how, err error) {
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case how = <-done:
		if errors.Is(how, exec.ErrWaitDelay) {
			err = fmt.Errorf("a child of the program outlived it: %w", how)
		}
		return how, err
	case <-time.After(patience):
	}
	_ = cmd.Process.Signal(syscall.SIGQUIT)
	time.AfterFunc(5*time.Second, func() { _ = cmd.Process.Kill() })
	how = <-done
	return how, fmt.Errorf("the program did not end within %s:\n%s", patience, tail(log.String(), 30_000))
}

// eventually waits for a condition; in.within is for those that may take longer.
func (in *installation) eventually(what string, f func() bool) {
	in.t.Helper()
	in.within(patience, what, f)
}

func (in *installation) within(limit time.Duration, what string, f func() bool) {
	in.t.Helper()
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if f() {
			return
		}
	}
	more := ""
	if in.mta != nil {
		more = "\nPostfix:\n" + tail(in.mta.Log(), 4000)
	}
	in.t.Fatalf("waited %s for %s; log:\n%s%s", limit, what, tail(in.log.String(), 4000), more)
}

// browser is a client that does not wait for ever.
func browser(jar http.CookieJar) *http.Client {
	return &http.Client{Jar: jar, Timeout: patience}
}

// received waits for n mails that are no notices of ours.
func (in *installation) received(n int) []relay.Received {
	in.t.Helper()
	var got []relay.Received
	in.eventually(fmt.Sprintf("%d mails in the mailbox", n), func() bool {
		got = got[:0]
		for _, r := range in.sink.Received() {
			if r.From != "" {
				got = append(got, r)
			}
		}
		return len(got) >= n
	})
	return got
}

// cases are the ids of the cases that wait.
func (in *installation) cases() []string {
	in.t.Helper()
	var ids []string
	for line := range strings.SplitSeq(in.must("", "case", "list", "--config", in.config), "\n") {
		if id, rest, ok := strings.Cut(line, "  "); ok && len(id) == 26 && rest != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

func tail(s string, n int) string { return s[max(0, len(s)-n):] }

// postfix starts a private Postfix in front of the installation's mailbox.
func (in *installation) postfix(c postfixtest.Config) *postfixtest.Postfix {
	in.t.Helper()
	c.NextHop = in.sink.Addr()
	if c.Milter == "" {
		c.Milter = "unix:" + in.socket
	}
	in.mta = postfixtest.Start(in.t, c)
	return in.mta
}

// withPostfix is an installation behind a real Postfix, as shipped.
func withPostfix(t testing.TB, lines string) (*installation, *postfixtest.Postfix) {
	t.Helper()
	in := install(t, "")
	p := in.postfix(postfixtest.Config{})
	f, err := os.OpenFile(in.config, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(f, "gateway:\n  milter: {listen: %q, group: postfix}\n  postfix: {config_directory: %q}\n%s", "unix:"+in.socket, p.ConfigDir, lines)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	in.start()
	return in, p
}

// send hands a mail to Postfix and returns the answer.
func send(t testing.TB, addr, from string, to []string, raw []byte) (int, string) {
	t.Helper()
	c, err := postfixtest.Dial(addr, "afsender.kommune.example")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	code, text, err := c.Send(from, to, raw)
	if err != nil {
		t.Fatal(err)
	}
	return code, text
}

// withoutTrace removes the Received header that Postfix itself adds on top.
func withoutTrace(raw []byte) []byte {
	for bytes.HasPrefix(raw, []byte("Received:")) {
		i := 0
		for {
			n := bytes.IndexByte(raw[i:], '\n')
			if n < 0 {
				return raw
			}
			i += n + 1
			if i >= len(raw) || raw[i] != ' ' && raw[i] != '\t' {
				break
			}
		}
		raw = raw[i:]
	}
	return raw
}
