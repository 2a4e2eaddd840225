package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/internal/dovecottest"
)

// section replaces what stands in the configuration from a line of its own on.
func section(text, name, lines string) string {
	before, _, _ := strings.Cut(text, name+":\n")
	return before + name + ":\n" + lines
}

// TestReloadOfShares: a share that is added, changed or taken out takes effect at
// once. A running scan goes on where it was, and reads no file twice.
func TestReloadOfShares(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a daemon")
	}
	t.Parallel()
	const files = 60
	in := install(t, "")
	a, b := t.TempDir(), t.TempDir()
	for n := range files {
		write(t, a, fmt.Sprintf("sag%02d.txt", n), fmt.Sprintf("Sag %d, CPR-nr. %s", n, sample.Number(n)))
	}
	write(t, b, "anden.txt", "CPR-nr. "+sample.Number(1))
	// A third was scanned before the daemon began: the DPO is told of it, as of a notice
	// that no machine answers.
	known := t.TempDir()
	write(t, known, "kendt.txt", "CPR-nr. "+sample.Number(2))
	in.change(func(text string) string {
		return text + fmt.Sprintf("dpo: {mail: dpo@kommune.example}\nsummaries: {when: new, at: \"00:00\"}\nshares:\n  - {name: kendt, path: %s}\n", known)
	})
	in.must("", "shares", "run", "--config", in.config)
	in.start()
	in.eventually("the DPO to be told", func() bool { return len(in.sink.Received()) > 0 })
	if mail := in.sink.Received()[0]; mail.From != "" || !slices.Equal(mail.To, []string{"dpo@kommune.example"}) {
		t.Errorf("told by %q to %q", mail.From, mail.To)
	} else if content, err := mail.Content(); err != nil || !strings.Contains(string(content), "kendt") || strings.Contains(string(content), "kendt.txt") {
		t.Errorf("told: %s, %v", content, err)
	}
	slow := fmt.Sprintf("  - {name: første, path: %s, files_per_second: 1}\n", a)
	other := fmt.Sprintf("  - {name: anden, path: %s}\n", b)
	use := func(lines string) {
		in.edit(func(text string) string { return section(text, "shares", lines) })
	}
	// The folder's own name may hold ten digits, which a log masks.
	inFirst := regexp.MustCompile(`msg=share file=\S+/sag\d+\.txt`)
	judged := func() int { return len(inFirst.FindAllString(in.log.String(), -1)) }
	done := func(name string) func() bool {
		return func() bool { return strings.Contains(in.log.String(), `msg="share scanned" share=`+name) }
	}
	use(slow)
	in.eventually("the first share to be read", func() bool { return judged() > 0 })
	use(slow + other)
	in.eventually("the second share to be read", done("anden"))
	if judged() == files {
		t.Fatal("the first share was ready before anything was changed")
	}
	// The slow one in the middle of its scan: a bad file changes nothing, a good one
	// its pace.
	use(slow + "  - {name: forkert, path: ikke/absolut}\n")
	fast := strings.Replace(slow, ", files_per_second: 1", "", 1)
	use(fast + other)
	in.eventually("the first share to be ready", done("første"))
	if n := judged(); n != files {
		t.Errorf("%d files were judged %d times", files, n)
	}
	if out := in.must("", "report", "--format", "csv", "--config", in.config); !strings.Contains(out, "sag59.txt") || !strings.Contains(out, "anden.txt") {
		t.Errorf("report:\n%s", out)
	}
	// Taken out, it is let be; put in again it is known.
	use(other)
	if out := in.must("", "shares", "status", "--config", in.config); strings.Contains(out, "første") {
		t.Errorf("status:\n%s", out)
	}
	if log := in.log.String(); strings.Contains(log, "some changes need a restart") {
		t.Errorf("something waits for a restart:\n%s", tail(log, 2000))
	}
}

// TestReloadOfAWorker: a process that only helps takes a new share too.
func TestReloadOfAWorker(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a process")
	}
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "ny.txt", "CPR-nr. "+sample.Number(1))
	config := sharesConfig(t, "  []\n")
	var log lockedBuffer
	cmd := program(&log, "serve", "--only=worker", "--config", config)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if how, err := ended(cmd, &log); how != nil || err != nil {
			t.Errorf("ended with %v %v", how, err)
		}
	}()
	until := func(what string, f func() bool) {
		t.Helper()
		for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
			if f() {
				return
			}
		}
		t.Fatalf("%s: not within %s\n%s", what, patience, log.String())
	}
	until("the start", func() bool { return strings.Contains(log.String(), "helping") })
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Dir(config), "brevvagt.yaml", section(string(text), "shares", fmt.Sprintf("  - {name: ny, path: %s}\n", dir)))
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	until("the new share", func() bool { return strings.Contains(log.String(), `msg="share scanned" share=ny`) })
	if out := must(t, "", "report", "--config", config); !strings.Contains(out, "ny.txt") {
		t.Errorf("report:\n%s", out)
	}
}

// TestReloadOfMailboxes: an account that is added is watched, one that is taken out
// is left, and one that stays is not disturbed.
func TestReloadOfMailboxes(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a Dovecot")
	}
	t.Parallel()
	users := []string{"anna@kommune.example", "bo@kommune.example", "else@kommune.example"}
	d := dovecottest.Start(t, dovecottest.Config{Users: users})
	in := withMailboxesOf(t, d, users[:2], "")
	in.start()
	list := filepath.Join(in.dir, "brugere")
	sent := func(user string, n int) {
		putMail(t, d.Client(t, user), "Sent", sentMail(n, "Borgeren har CPR-nr. "+sample.Number(n)))
	}
	seen := func(n int) {
		t.Helper()
		in.eventually(fmt.Sprintf("%d cases", n), func() bool { return len(in.cases()) >= n })
	}
	sent(users[0], 1)
	sent(users[1], 2)
	seen(2)
	logins := func(user string) int { return strings.Count(d.Log(), "Login: user=<"+user+">") }
	before := logins(users[0])
	in.edit(func(text string) string {
		write(t, in.dir, filepath.Base(list), users[0]+"\n"+users[2]+"\n")
		return text
	})
	sent(users[2], 3)
	seen(3)
	sent(users[1], 4) // is not watched any more
	sent(users[0], 5)
	seen(4)
	if after := logins(users[0]); after > before+1 { // the one of this test
		t.Errorf("an account that did not change was opened anew: %d logins, %d before", after, before)
	}
	if out := in.must("", "mailbox", "status", "--config", in.config); strings.Contains(out, users[1]) || !strings.Contains(out, users[2]) {
		t.Errorf("status:\n%s", out)
	}
	in.edit(func(text string) string {
		write(t, in.dir, filepath.Base(list), strings.Join(users, "\n"))
		return text
	})
	seen(5)
	time.Sleep(1500 * time.Millisecond)
	if n := len(in.cases()); n != 5 {
		t.Errorf("%d cases of 5 mails", n)
	}
}
