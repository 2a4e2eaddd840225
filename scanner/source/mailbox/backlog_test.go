package mailbox_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"brevvagt/detectors"
	"brevvagt/document"
	"brevvagt/internal/dovecottest"
	"brevvagt/internal/store"
	"brevvagt/internal/storetest"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/mailbox"
	"brevvagt/scanner/source/mailbox/book"
	"brevvagt/scanner/source/mailbox/session"
)

// TestMain lets the test binary be a watch that is killed.
func TestMain(m *testing.M) {
	if addr := os.Getenv("MAILBOX_TEST_ADDR"); addr != "" {
		n, _ := strconv.Atoi(os.Getenv("MAILBOX_TEST_UNTIL"))
		if err := watched(addr, os.Getenv("MAILBOX_TEST_DIR"), n); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// watched watches anna's mailbox and notes each mail that it handles, until so many are
// done with.
func watched(addr, dir string, until int) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	db, err := store.Open(ctx, store.Options{Path: filepath.Join(dir, "brevvagt.db")})
	if err != nil {
		return err
	}
	defer db.Close()
	key, err := detectors.NewKey([]byte(strings.Repeat("k", 32)))
	if err != nil {
		return err
	}
	ca, err := os.ReadFile(os.Getenv("MAILBOX_TEST_CA"))
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	tally, err := os.OpenFile(filepath.Join(dir, "tally"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	a := mailbox.Account{Name: "anna", Poll: 200 * time.Millisecond, DraftRest: time.Second, Since: 7 * 24 * time.Hour,
		Server: session.Config{Addr: addr, RootCAs: roots, User: "anna", Secret: secret(dovecottest.Password), Timeout: time.Minute}}
	b := book.New(db, key, nil)
	go func() {
		for noted(ctx, b) < until && ctx.Err() == nil {
			time.Sleep(50 * time.Millisecond)
		}
		cancel()
	}()
	w := &mailbox.Watch{Accounts: []mailbox.Account{a}, Book: b, Spool: filepath.Join(dir, "spool"), Backoff: 20 * time.Millisecond}
	err = w.Run(ctx, func(_ context.Context, it scanner.Item) (scanner.Outcome, error) {
		_, subject, _ := strings.Cut(string(it.Content), "Subject: ")
		subject, _, _ = strings.Cut(subject, "\r\n")
		fmt.Fprintf(tally, "%s\t%s\n", it.ID, subject)
		return scanner.Outcome{Document: &document.Document{}, Verdict: policy.Verdict{Action: policy.Pass}, To: it.To}, nil
	})
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// noted is how many mails of anna's are done with, by the book.
func noted(ctx context.Context, b *book.Book) (total int) {
	st, err := b.Status(ctx, b.Digest("anna"))
	if err != nil || st == nil {
		return 0
	}
	for state, n := range st.Counts {
		if state != book.Waiting {
			total += n
		}
	}
	return total
}

// TestABacklogIsKilled: a folder that is full when it is met is read to its end by a
// watch that is killed again and again; what was done stays done, and each mail counts
// once. BREVVAGT_LARGE=1 does it with 10,000 mails.
func TestABacklogIsKilled(t *testing.T) {
	n, kills := 120, 2
	if os.Getenv("BREVVAGT_LARGE") != "" {
		n, kills = 10_000, 10
	}
	d := dovecottest.Start(t, dovecottest.Config{Users: []string{"anna"}})
	var mails []string
	for i := range n {
		mails = append(mails, letter(fmt.Sprint("gammel ", i), strings.Repeat("Vi har modtaget din ansøgning. ", 200)))
	}
	d.Fill(t, "anna", "Sent", mails)
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.Mkdir(filepath.Join(dir, "spool"), 0o700))
	db, err := storetest.Open(t.Context(), store.Options{Path: filepath.Join(dir, "brevvagt.db")})
	must(err)
	must(db.Close()) // made; one at a time may have it

	start := func() (*exec.Cmd, <-chan error) {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "MAILBOX_TEST_ADDR="+d.Addr, "MAILBOX_TEST_CA="+d.CAFile, "MAILBOX_TEST_DIR="+dir, "MAILBOX_TEST_UNTIL="+strconv.Itoa(n))
		cmd.Stderr = os.Stderr
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		must(cmd.Start())
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		return cmd, ended
	}
	handled := func() (all int, ids, subjects map[string]bool) {
		data, err := os.ReadFile(filepath.Join(dir, "tally"))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		ids, subjects = make(map[string]bool), make(map[string]bool)
		for line := range strings.Lines(string(data)) {
			id, subject, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
			ids[id], subjects[subject] = true, true
			all++
		}
		return all, ids, subjects
	}
	until := func(what string, f func() bool) {
		t.Helper()
		for end := time.Now().Add(5 * time.Minute); !f(); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s: never", what)
			}
		}
	}
	for k := range kills {
		cmd, ended := start()
		more := k*n/(kills+1) + rand.IntN(n/(kills+1))
		until("some more are handled", func() bool { all, _, _ := handled(); return all > more || len(ended) > 0 })
		_ = cmd.Process.Kill()
		<-ended
	}
	cmd, ended := start()
	until("all are noted", func() bool { return len(ended) > 0 })
	must(<-ended)
	peak := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss // kB
	db, err = storetest.Open(t.Context(), store.Options{Path: filepath.Join(dir, "brevvagt.db")})
	must(err)
	defer db.Close()
	key, err := detectors.NewKey([]byte(strings.Repeat("k", 32)))
	must(err)
	all, ids, subjects := handled()
	if total := noted(t.Context(), book.New(db, key, nil)); len(ids) != n || len(subjects) != n || total != n {
		t.Errorf("%d mails of %d handled under %d names, %d noted", len(subjects), n, len(ids), total)
	}
	// A kill may fall between what is done with a mail and the note of it.
	if again := all - len(ids); again > kills {
		t.Errorf("%d mails were handled again after %d kills", again, kills)
	}
	if peak > 300<<10 {
		t.Errorf("%d kB of memory at most", peak)
	}
	t.Logf("%d mails, %d kills, %d handled again, %d MB of memory at most", n, kills, all-len(ids), peak>>10)
}
