package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/internal/nasty"
	"brevvagt/internal/porttest"
	"brevvagt/internal/postfixtest"
)

// nastyMail is one mail of the storm and what became of it.
type nastyMail struct {
	name string
	raw  []byte
	must bool // it hides a number and must be held
	odd  bool // Postfix makes another mail of it

	code int
	text string
	took time.Duration
}

// nastyStorm is every nasty mail and every attack, with a number and without, and
// with foreign the mails that other people test their mail readers with.
func nastyStorm(t *testing.T, foreign bool) []*nastyMail {
	t.Helper()
	var list []*nastyMail
	for i, c := range []string{innocent, sample.Number(3)} {
		for _, m := range append(nasty.Mails(c), nasty.Attacks(c)...) {
			list = append(list, &nastyMail{name: m.Name, raw: []byte(m.Data), must: i == 1})
		}
	}
	if !foreign {
		return list
	}
	for _, module := range []string{"github.com/jhillyerd/enmime/v2@v2.3.0", "github.com/ProtonMail/gluon@v0.17.1-0.20230724134000-308be39be96e"} {
		mails := moduleMails(t, module)
		list = append(list, mails...)
		t.Logf("%d mails of %s", len(mails), module)
	}
	return list
}

// moduleMails are the mails in the test data of a module in the module cache, with
// the line ends that they have on the wire. There are none where the module is not.
func moduleMails(t *testing.T, module string) []*nastyMail {
	t.Helper()
	cmd := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module)
	cmd.Env = append(os.Environ(), "GOPROXY=off", "GOFLAGS=-mod=mod")
	out, err := cmd.Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		t.Logf("%s is not in the module cache; its mails are left out", module)
		return nil
	}
	var list []*nastyMail
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		ext := filepath.Ext(path)
		if err != nil || d.IsDir() || !strings.Contains(path, "testdata") || ext != ".raw" && ext != ".eml" {
			return err
		}
		raw, err := os.ReadFile(path)
		raw = bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
		list = append(list, &nastyMail{name: d.Name(), raw: raw})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// recipient tells mails apart in the receiving mailbox.
func (m *nastyMail) recipient(n int) string { return fmt.Sprintf("modtager-%d-slut@firma.example", n) }

// sendAll hands in all mails, four at a time, and waits for the answers.
func (in *installation) sendAll(t *testing.T, addr string, list []*nastyMail) {
	t.Helper()
	var next atomic.Int64
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for n := next.Add(1) - 1; n < int64(len(list)); n = next.Add(1) - 1 {
				m := list[n]
				begun := time.Now()
				c, err := postfixtest.Dial(addr, "afsender.kommune.example")
				if err != nil {
					t.Error(err)
					return
				}
				if m.code, m.text, err = c.Send(from, []string{m.recipient(int(n))}, whole(m.raw)); err != nil {
					t.Errorf("%s: %v", m.name, err)
				}
				m.took = time.Since(begun)
				_ = c.Close()
			}
		})
	}
	clients.Wait()
}

// whole gives a mail the line end that a mail ends with. go-smtp does not see the
// end of one whose last line ends in CR CR LF: such a client waits, and tries again.
func whole(raw []byte) []byte {
	if !bytes.HasSuffix(raw, []byte("\r\n")) {
		raw = append(raw[:len(raw):len(raw)], "\r\n"...)
	}
	if bytes.HasSuffix(raw, []byte("\r\r\n")) {
		raw = append(raw[:len(raw):len(raw)], "\r\n"...)
	}
	return raw
}

var verdictLine = regexp.MustCompile(`(?:queue_id|item)=(\w+) .*verdict=(\w+)`)

// verdicts are the last verdicts of all mails by their id.
func (in *installation) verdicts() map[string]string {
	all := map[string]string{}
	for line := range strings.SplitSeq(in.log.String(), "\n") {
		if m := verdictLine.FindStringSubmatch(line); m != nil {
			all[m[1]] = m[2]
		}
	}
	return all
}

// arrivals are the mails that came, by the number in their recipient.
func (in *installation) arrivals(t *testing.T) map[int][][]byte {
	t.Helper()
	all := map[int][][]byte{}
	for _, r := range in.sink.Received() {
		var n int
		if len(r.To) != 1 || r.From == "" {
			continue
		}
		if _, err := fmt.Sscanf(r.To[0], "modtager-%d-slut@", &n); err != nil {
			continue
		}
		raw, err := r.Content()
		if err != nil {
			t.Fatal(err)
		}
		all[n] = append(all[n], raw)
	}
	return all
}

// judgeStorm waits until each mail is delivered or held and compares what came, but
// for what strip takes off, with want, what a lane without a filter delivers.
func (in *installation) judgeStorm(t *testing.T, list []*nastyMail, strip func([]byte) []byte, want func(n int) []byte) {
	t.Helper()
	last := regexp.MustCompile(`\w+$`)
	var verdicts map[string]string
	var arrived map[int][][]byte
	open := ""
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(300 * time.Millisecond) {
		verdicts, arrived, open = in.verdicts(), in.arrivals(t), ""
		for n, m := range list {
			if v := verdicts[last.FindString(m.text)]; m.code == 250 && v != "hold" && len(arrived[n]) == 0 {
				open += fmt.Sprintf("%s: %s, verdict %q\n", m.name, m.text, v)
			}
		}
		if open == "" {
			break
		}
	}
	if open != "" {
		t.Errorf("neither delivered nor held:\n%s", open)
	}
	held, refused, worst := 0, 0, time.Duration(0)
	for n, m := range list {
		worst = max(worst, m.took)
		verdict := verdicts[last.FindString(m.text)]
		switch {
		case m.code != 250:
			refused++
			t.Logf("%s: refused, %d %s", m.name, m.code, m.text)
		case verdict == "hold":
			held++
		}
		switch {
		case m.must && len(arrived[n]) > 0:
			t.Errorf("%s: the number got out, verdict %q", m.name, verdict)
		case len(arrived[n]) > 1:
			t.Errorf("%s: arrived %d times", m.name, len(arrived[n]))
		case len(arrived[n]) == 1 && (m.code != 250 || verdict == "hold"):
			t.Errorf("%s: delivered although %d %s", m.name, m.code, verdict)
		case len(arrived[n]) == 1 && !m.odd && !bytes.Equal(strip(arrived[n][0]), want(n)):
			got := strip(arrived[n][0])
			at := firstDifference(got, want(n))
			t.Errorf("%s: arrived with %d bytes, want %d, other from byte %d on: %.80q, want %.80q", m.name, len(got), len(want(n)), at, got[at:], want(n)[at:])
		case m.took > 110*time.Second && !pictured.Match(m.raw): // a picture's text takes its time
			t.Errorf("%s: took %s", m.name, m.took)
		}
	}
	t.Logf("%d mails: %d held, %d refused, %d delivered byte for byte, slowest %s", len(list), held, refused, len(list)-held-refused, worst.Round(time.Millisecond))
	if strings.Contains(in.log.String(), "panic") {
		t.Error("a panic in the log")
	}
}

// pictured are mails with a picture or pages, whatever they call it.
var pictured = regexp.MustCompile(`(?i)image/|\.(png|jpe?g|gif|pdf)|\r\n(R0lGOD|iVBORw0|/9j/|JVBERi0)`)

func firstDifference(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

// TestNastyMails sends mails that break the rules, and attacks, through our own mail
// server: each is held when it hides a number, delivered byte for byte or held when
// it does not, and no number comes to the log. None takes long; TestAttacks bounds the
// work for each to a second of processor time.
func TestNastyMails(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a daemon")
	}
	t.Parallel()
	in := install(t, "")
	addr := porttest.Free(t)
	in.configure(fmt.Sprintf("gateway:\n  smtp: {listen: %q, next_hop: %q, hostname: gw.kommune.example}\n", addr, in.sink.Addr()))
	in.start()
	list := nastyStorm(t, os.Getenv("BREVVAGT_CRASH") == "full")
	for _, m := range list { // a dot that some server could take for the end is doubled
		m.odd = strings.HasPrefix(m.name, "second mail after a lone dot")
	}
	in.sendAll(t, addr, list)
	in.judgeStorm(t, list, withoutTrace, func(n int) []byte { return withoutTrace(whole(list[n].raw)) })
	in.canary(t)
}

// addedByPostfix are the fields that Postfix adds where a mail has none.
var addedByPostfix = regexp.MustCompile(`(?mi)^date: .*\r\n|<\w+@mx\.test\.invalid>`)

// postfixTakesApart are mails of which Postfix itself leaves nothing that a reader
// would find: it cuts header lines at some 60 KB for a filter, makes blanks of bare
// CRs, and (3.7, without smtpd_forbid_bare_newline) ends a mail at a lone dot between
// bare LFs, so that what follows is no mail but a command that it refuses.
var postfixTakesApart = []string{"header line of 3 MiB", "CR-only line ends", "second mail after a lone dot and LF"}

// TestNastyMailsPostfix sends the same through Postfix. What is delivered is what a
// Postfix without a filter delivers.
func TestNastyMailsPostfix(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	t.Parallel()
	in, p := withPostfix(t, "")
	list := nastyStorm(t, os.Getenv("BREVVAGT_CRASH") == "full")
	bare := install(t, "")
	plain := bare.postfix(postfixtest.Config{Extra: []string{"smtpd_milters =", "non_smtpd_milters ="}})
	reference := nastyStorm(t, os.Getenv("BREVVAGT_CRASH") == "full")
	bare.sendAll(t, plain.Addr, reference)
	if t.Failed() {
		t.Fatalf("without a filter:\n%s", tail(plain.Log(), 4000))
	}
	bare.eventually("the mails without a filter", func() bool { return len(bare.arrivals(t)) == len(reference) })
	was := bare.arrivals(t)
	strip := func(raw []byte) []byte { return addedByPostfix.ReplaceAll(withoutTrace(raw), nil) }

	for _, m := range list {
		if slices.Contains(postfixTakesApart, m.name) {
			m.must, m.odd = false, true
		}
		m.odd = m.odd || m.name == "header of 90 KB before it" // its header line is cut, what counts is not
	}
	in.sendAll(t, p.Addr, list)
	in.judgeStorm(t, list, strip, func(n int) []byte { return strip(was[n][0]) })
	in.canary(t)
}

// loadFactor is how many times more work waits than the machine has cores: a test
// of speed says nothing on a machine that does other things.
func loadFactor() int {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	var load float64
	if _, err := fmt.Sscan(string(raw), &load); err != nil {
		return 0
	}
	return int(load) / runtime.NumCPU()
}
