package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"brevvagt/cmd/brevvagt/sample"
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
		in.state, site, freePort(t), in.sink.Addr(), lines)
	if err := os.WriteFile(in.config, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"dpo", "kollega"} {
		in.must(testPassphrase+"\n", "account", "add", name, "--config", in.config)
	}
	return in
}

// must runs a subcommand that has to succeed and returns its output.
func (in *installation) must(stdin string, args ...string) string {
	in.t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		in.t.Fatalf("brevvagt %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// start runs the daemon and waits until its log says that it is ready.
func (in *installation) start() {
	in.t.Helper()
	before := strings.Count(in.log.String(), "brevvagt is running")
	in.daemon = exec.Command(os.Args[0], "serve", "--config", in.config)
	in.daemon.Stdout, in.daemon.Stderr = &in.log, &in.log
	in.daemon.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := in.daemon.Start(); err != nil {
		in.t.Fatal(err)
	}
	in.t.Cleanup(in.stop)
	in.eventually("the daemon to start", 30*time.Second*time.Duration(1+loadFactor()), func() bool {
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
	_ = in.daemon.Wait()
	in.daemon = nil
}

func (in *installation) eventually(what string, within time.Duration, f func() bool) {
	in.t.Helper()
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if f() {
			return
		}
	}
	in.t.Fatalf("waited %s for %s; log:\n%s", within, what, tail(in.log.String(), 4000))
}

// received waits for n mails that are no notices of ours.
func (in *installation) received(n int) []relay.Received {
	in.t.Helper()
	var got []relay.Received
	in.eventually(fmt.Sprintf("%d mails in the mailbox", n), 30*time.Second, func() bool {
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

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func tail(s string, n int) string { return s[max(0, len(s)-n):] }

// postfix starts a private Postfix in front of the installation's mailbox.
func (in *installation) postfix(c postfixtest.Config) *postfixtest.Postfix {
	in.t.Helper()
	c.NextHop = in.sink.Addr()
	if c.Milter == "" {
		c.Milter = "unix:" + in.socket
	}
	return postfixtest.Start(in.t, c)
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
