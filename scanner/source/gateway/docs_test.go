package gateway_test

import (
	"bufio"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"brevvagt/internal/postfixtest"
	"brevvagt/scanner/source/gateway"
	"brevvagt/scanner/source/gateway/postfix"
)

// block returns the fenced block after a heading-like mark in the documentation.
func block(t *testing.T, doc, fence string) string {
	t.Helper()
	_, rest, ok := strings.Cut(doc, "```"+fence+"\n")
	text, _, end := strings.Cut(rest, "```")
	if !ok || !end {
		t.Fatalf("no block %q in the documentation", fence)
	}
	return text
}

// TestDocumentedLines runs a Postfix with the very lines that docs/postfix.md
// tells administrators to use, and takes the lane out again with its commands.
func TestDocumentedLines(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "postfix.md"))
	if err != nil {
		t.Fatal(err)
	}
	pf := postfixtest.Start(t, postfixtest.Config{Extra: strings.Split(strings.TrimSpace(block(t, string(doc), "main.cf")), "\n")})
	if err := os.Mkdir(filepath.Join(pf.Dir, "spool", "brevvagt"), 0o755); err != nil {
		t.Fatal(err)
	}
	b := &lab{judge: &judge{cases: map[string]bool{}}, pf: pf}
	b.lane = &gateway.Milter{Postfix: &postfix.Control{ConfigDir: pf.ConfigDir}, Config: gateway.Config{
		Listen: "unix:" + filepath.Join(pf.Dir, "spool", "brevvagt", "milter.sock"), SocketMode: 0o666}}
	b.start(t)
	send(t, b.dial(t), mailWith("MARKER-HOLD"), 250)
	send(t, b.dial(t), mailWith("MARKER-ERROR"), 451)
	if h := b.held(t); len(h) != 1 || len(b.judge.seen()) != 2 {
		t.Fatalf("held %+v\n%s", h, pf.Log())
	}

	_, out, _ := strings.Cut(string(doc), "## Tag den ud")
	remove, reload, _ := strings.Cut(strings.TrimSpace(block(t, out, "sh")), "\n")
	args := strings.Fields(remove)
	if args[0] != "postconf" || reload != "postfix reload" {
		t.Fatalf("commands %q, %q", remove, reload)
	}
	pf.Command(t, "postconf", args[1:]...)
	// Postfix waits until its configuration is two seconds old.
	past := time.Now().Add(-time.Minute)
	if err := os.Chtimes(filepath.Join(pf.ConfigDir, "main.cf"), past, past); err != nil {
		t.Fatal(err)
	}
	pf.Reload(t)
	eventually(t, "mail passes the lane by", func() bool {
		code, _, err := b.dial(t).Send("a@kommune.example", []string{"b@firma.example"}, mailWith("MARKER-ERROR"))
		return err == nil && code == 250
	})
	if len(b.held(t)) != 1 {
		t.Error("what was held is not any more")
	}
}

// greeting is the first line of a mail server, "" for none.
func greeting(addr string) string {
	c, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return ""
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(patience))
	line, _ := bufio.NewReader(c).ReadString('\n')
	_, _ = io.WriteString(c, "QUIT\r\n")
	return strings.TrimSpace(line)
}

// TestRequeuedByHand: with the lines of docs/postfix.md what an administrator puts back
// into the queue is held once more and read again; without them no filter sees it.
func TestRequeuedByHand(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	t.Parallel()
	doc, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "postfix.md"))
	if err != nil {
		t.Fatal(err)
	}
	b := newLab(t, setting{})
	b.pf.Command(t, "postconf", "-F", "pickup/unix/wakeup=1")
	for line := range strings.Lines(block(t, string(doc), "requeued")) {
		what, value, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "postconf "), " ")
		b.pf.Command(t, "postconf", what, strings.Replace(strings.Trim(value, "'"), " n - y ", " n - n ", 1)) // no chroot here
	}
	b.pf.Command(t, "postconf", "-P", b.pf.Addr+"/inet/smtpd_banner=ny") // shows what is in force
	past := time.Now().Add(-time.Minute)
	if err := os.Chtimes(filepath.Join(b.pf.ConfigDir, "master.cf"), past, past); err != nil {
		t.Fatal(err)
	}
	b.pf.Reload(t)
	eventually(t, "the new lines are in force", func() bool { return greeting(b.pf.Addr) == "220 ny" })
	first := postfixtest.QueueID(send(t, b.dial(t), mailWith("MARKER-HOLD"), 250))
	b.pf.Command(t, "postsuper", "-r", "ALL")
	eventually(t, "the mail is held anew and read again", func() bool {
		h := b.held(t)
		return len(h) == 1 && h[0].ID != first && len(b.judge.seen()) == 2
	})
	if n := len(b.sink.Received()); n != 0 {
		t.Errorf("%d mails left", n)
	}
}

// TestDocumentedSudoers: the rule must let through what the lane runs and nothing
// that does more.
func TestDocumentedSudoers(t *testing.T) {
	rules := sudoRules(t)
	// What the lane really runs is seen by a stand-in for sudo that only writes it
	// down.
	dir := t.TempDir()
	seen := filepath.Join(dir, "seen")
	for name, body := range map[string]string{"sudo": "printf '%s\\n' \"$*\" >> " + seen + "\n", "postqueue": "exit 0\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+body), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	c := &postfix.Control{Prefix: []string{"sudo", "-n"}}
	ids := []string{"4fHk2T0Xz9zABC", "4fHk2T0Xz9zABD"}
	_ = c.Release(t.Context(), ids[0])
	_ = c.Delete(t.Context(), ids[0])
	_, _ = c.Content(t.Context(), ids[0], 1000)
	_, _ = c.Contents(t.Context(), ids, 1000)
	_, _ = c.StillHeld(t.Context(), ids)
	_, _ = c.ReleaseAll(t.Context(), ids)
	got, err := os.ReadFile(seen)
	if err != nil {
		t.Fatal(err)
	}
	ran := strings.Split(strings.TrimSpace(string(got)), "\n")
	if len(ran) < 6 {
		t.Fatalf("ran only %q", ran)
	}
	for _, line := range ran {
		if !permitted(rules, strings.TrimPrefix(line, "-n ")) {
			t.Errorf("the documented rule does not allow %q", line)
		}
	}
	for _, line := range []string{"postsuper -H ALL", "postsuper -d ALL", "postsuper -d ALL hold", "postsuper -r 4fHk2T0Xz9zABC", "postcat /etc/shadow", "postcat -ehbq /etc/shadow"} {
		if permitted(rules, line) {
			t.Errorf("the documented rule allows %q", line)
		}
	}
}

// sudoRules are the commands of the documented rule with their arguments' patterns.
func sudoRules(t *testing.T) map[string][]*regexp.Regexp {
	t.Helper()
	doc, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "postfix.md"))
	if err != nil {
		t.Fatal(err)
	}
	rules := make(map[string][]*regexp.Regexp)
	for _, m := range regexp.MustCompile(`/usr/sbin/(postsuper|postcat) (\^\S.*\$)`).FindAllSubmatch(doc, -1) {
		pattern := strings.ReplaceAll(string(m[2]), `\,`, ",")
		rules[string(m[1])] = append(rules[string(m[1])], regexp.MustCompile(pattern))
	}
	if len(rules["postsuper"]) != 2 || len(rules["postcat"]) != 1 {
		t.Fatalf("read %v from the documentation", rules)
	}
	return rules
}

func permitted(rules map[string][]*regexp.Regexp, line string) bool {
	name, args, _ := strings.Cut(line, " ")
	return slices.ContainsFunc(rules[name], func(r *regexp.Regexp) bool { return r.MatchString(args) })
}

// TestCrashMatrix: every test that the table of crashes names is there.
func TestCrashMatrix(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	table, err := os.ReadFile(filepath.Join(root, "docs", "nedbrud.md"))
	if err != nil {
		t.Fatal(err)
	}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	have := map[string]bool{}
	err = filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		raw, err := os.ReadFile(path)
		for _, m := range declared.FindAllSubmatch(raw, -1) {
			have[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`((?:Test|Fuzz)\\w+)`").FindAllSubmatch(table, -1)
	if len(named) < 50 {
		t.Errorf("the table names %d tests", len(named))
	}
	for _, m := range named {
		if !have[string(m[1])] {
			t.Errorf("there is no %s", m[1])
		}
	}
}
