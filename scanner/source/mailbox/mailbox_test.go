package mailbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

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

func secret(s string) func(context.Context, bool) (string, error) {
	return func(context.Context, bool) (string, error) { return s, nil }
}

// lab is a watch with a database and a handler that keeps what it is given.
type lab struct {
	t     testing.TB
	db    *store.DB
	book  *book.Book
	watch *mailbox.Watch
	stop  func()

	mu    sync.Mutex
	items []scanner.Item
	cases map[string]bool
	fail  func(scanner.Item) error
}

func newLab(t testing.TB, accounts ...mailbox.Account) *lab {
	t.Helper()
	dir := t.TempDir()
	db, err := storetest.Open(t.Context(), store.Options{Path: filepath.Join(dir, "state", "brevvagt.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	key, err := detectors.NewKey([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{t: t, db: db, book: book.New(db, key, nil), cases: make(map[string]bool)}
	l.watch = l.another(accounts...)
	return l
}

// another is a watch over the same book, as after a restart.
func (l *lab) another(accounts ...mailbox.Account) *mailbox.Watch {
	w := &mailbox.Watch{Accounts: accounts, Book: l.book, Spool: l.t.TempDir(), Backoff: 20 * time.Millisecond}
	if os.Getenv("MAILBOX_LOG") != "" {
		w.Log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	return w
}

// handle holds what says "CPR" and lets others pass.
func (l *lab) handle(_ context.Context, it scanner.Item) (scanner.Outcome, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fail != nil {
		if err := l.fail(it); err != nil {
			return scanner.Outcome{}, err
		}
	}
	l.items = append(l.items, it)
	out := scanner.Outcome{Document: &document.Document{}, Verdict: policy.Verdict{Action: policy.Pass}, To: it.To}
	if strings.Contains(string(it.Content), "CPR") {
		out.Verdict = policy.Verdict{Action: policy.Hold, Rules: []policy.Rule{{ID: "cpr-unprotected", Text: "3 CPR-numre til en modtager uden sikker forbindelse", Action: policy.Hold}}}
		if strings.Contains(string(it.Content), "diagnose") {
			out.Verdict.Rules = append(out.Verdict.Rules, policy.Rule{ID: "sensitive", Text: "en diagnose", Action: policy.Hold})
		}
		if it.Left {
			out.CaseID = "sag-" + it.ID
			l.cases[it.ID] = true
		}
	}
	return out, nil
}

// run watches until the test ends or stop is called.
func (l *lab) run() {
	ctx, cancel := context.WithCancel(l.t.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = l.watch.Run(ctx, l.handle) }()
	l.stop = func() { cancel(); <-done }
	l.t.Cleanup(l.stop)
}

func (l *lab) subjects() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []string
	for _, it := range l.items {
		_, after, _ := strings.Cut(string(it.Content), "Subject: ")
		subject, _, _ := strings.Cut(after, "\r\n")
		list = append(list, subject)
	}
	slices.Sort(list)
	return list
}

func (l *lab) eventually(what string, f func() bool) {
	l.t.Helper()
	for range 9000 { // three minutes
		if f() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	l.t.Fatalf("%s: never; handled %q", what, l.subjects())
}

func (l *lab) saw(want ...string) {
	l.t.Helper()
	l.eventually(fmt.Sprint("handled ", want), func() bool { return len(l.subjects()) >= len(want) })
	if got := l.subjects(); !slices.Equal(got, want) {
		l.t.Fatalf("handled %q, want %q", got, want)
	}
}

func account(d *dovecottest.Dovecot, user string) mailbox.Account {
	return mailbox.Account{Name: user, Poll: 200 * time.Millisecond, DraftRest: 100 * time.Millisecond, Contact: "DPO, tlf. 00 00 00 00",
		Server: session.Config{Addr: d.Addr, RootCAs: d.RootCAs, User: user, Secret: secret(dovecottest.Password), Timeout: time.Minute}}
}

func put(t testing.TB, c *imapclient.Client, folder, mail string, at time.Time, flags ...imap.Flag) {
	t.Helper()
	cmd := c.Append(folder, int64(len(mail)), &imap.AppendOptions{Time: at, Flags: flags})
	if _, err := cmd.Write([]byte(mail)); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}

func letter(subject, body string) string {
	return "From: anna@kommune.example\r\nTo: b@firma.example\r\nBcc: c@firma.example\r\nMessage-ID: <" + strings.ReplaceAll(subject, " ", "-") + "@kommune.example>\r\nSubject: " + subject + "\r\n\r\n" + body + "\r\n"
}

// content is what a folder holds, as flags, date and bytes. Where a mail is moved away
// while it is read, the server refuses, and it is read again.
func content(t testing.TB, c *imapclient.Client, folder string) []string {
	t.Helper()
	for range 100 {
		all, err := contentNow(t, c, folder)
		var refused *imap.Error
		if err == nil {
			return all
		} else if !errors.As(err, &refused) {
			t.Fatal(err)
		}
	}
	t.Fatalf("%s cannot be read at rest", folder)
	return nil
}

func contentNow(t testing.TB, c *imapclient.Client, folder string) ([]string, error) {
	t.Helper()
	st, err := c.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	if st.NumMessages == 0 {
		return nil, nil
	}
	section := &imap.FetchItemBodySection{Peek: true}
	list, err := c.Fetch(imap.SeqSet{imap.SeqRange{Start: 1, Stop: 0}}, &imap.FetchOptions{Flags: true, InternalDate: true, BodySection: []*imap.FetchItemBodySection{section}}).Collect()
	if err != nil {
		return nil, err
	}
	var all []string
	for _, m := range list {
		m.Flags = slices.DeleteFunc(m.Flags, func(f imap.Flag) bool { return f == `\Recent` })
		slices.Sort(m.Flags)
		all = append(all, fmt.Sprintf("%v %s %s", m.Flags, m.InternalDate.UTC().Format(time.RFC3339), m.FindBodySection(section)))
	}
	return all, nil
}

func TestWatchesSentDraftsAndOutbox(t *testing.T) {
	d := dovecottest.Start(t, dovecottest.Config{Users: []string{"anna"}})
	c := d.Client(t, "anna")
	put(t, c, "Sent", letter("gammel", "fra før"), time.Now().Add(-time.Hour))
	a := account(d, "anna")
	a.Poll, a.Notices = time.Minute, "INBOX"
	l := newLab(t, a)
	l.run()
	l.eventually("first contact", func() bool {
		st, err := l.book.Status(t.Context(), l.book.Digest("anna"))
		return err == nil && st != nil && st.State == "ok" && st.Folders == 3
	})
	// IDLE tells of sent mail long before the next poll.
	put(t, c, "Sent", letter("CPR sendt", "x"), time.Now())
	l.saw("CPR sendt")
	if it := l.items[0]; it.Source != mailbox.Source || !it.Left || it.From != "" || len(it.To) != 0 || it.Cut != 0 {
		t.Errorf("%+v", it)
	}
	before := content(t, c, "Sent")
	for _, m := range before {
		if strings.Contains(m, `\Seen`) {
			t.Errorf("a mail was marked read: %s", m)
		}
	}
	l.stop()
	l.watch = l.another(account(d, "anna"))
	l.watch.Accounts[0].Notices = "INBOX"
	saved := time.Now() // all on one day
	put(t, c, "Drafts", letter("CPR kladde", "x"), saved)
	put(t, c, "Udbakke", letter("CPR udbakke", "x"), time.Now())
	put(t, c, "Drafts", letter("ren kladde", "x"), time.Now())
	put(t, c, "INBOX", letter("CPR ind", "x"), time.Now())
	l.run()
	l.eventually("notices", func() bool { return len(content(t, c, "INBOX")) >= 3 })
	time.Sleep(500 * time.Millisecond)
	notices := content(t, c, "INBOX")[1:]
	if len(notices) != 2 {
		t.Fatalf("%d notices: %q", len(notices), notices)
	}
	for _, n := range notices {
		if !strings.Contains(n, "3 CPR-numre til en modtager") || strings.Contains(n, "CPR kladde") || strings.Contains(n, `\Seen`) || !strings.Contains(n, "Auto-Submitted: auto-generated") {
			t.Errorf("notice: %s", n)
		}
	}
	l.saw("CPR kladde", "CPR sendt", "CPR udbakke", "ren kladde")
	if len(l.cases) != 1 {
		t.Errorf("cases: %v", l.cases)
	}
	// A draft that is saved again and again is the same draft, until there is more to say.
	for i := range 5 {
		put(t, c, "Drafts", letter("CPR kladde", fmt.Sprint("udgave ", i)), saved)
	}
	l.saw("CPR kladde", "CPR kladde", "CPR kladde", "CPR kladde", "CPR kladde", "CPR kladde", "CPR sendt", "CPR udbakke", "ren kladde")
	put(t, c, "Drafts", letter("CPR kladde", "nu også en diagnose"), saved)
	l.eventually("a notice for another reason", func() bool { return len(content(t, c, "INBOX")) >= 4 })
	if notices := content(t, c, "INBOX")[1:]; len(notices) != 3 || !strings.Contains(notices[2], "diagnose") {
		t.Errorf("%d notices: %q", len(notices), notices)
	}
}

func TestAMailWithoutRecipientsIsNotTakenForHarmless(t *testing.T) {
	d := dovecottest.Start(t, dovecottest.Config{Users: []string{"anna"}})
	a := account(d, "anna")
	a.Since = time.Hour
	c := d.Client(t, "anna")
	put(t, c, "Sent", "From: anna@kommune.example\r\nTo: undisclosed-recipients:;\r\nSubject: uden\r\n\r\nx\r\n", time.Now())
	put(t, c, "Sent", "From: anna@kommune.example\r\nTo: a@kommune.example\r\nResent-To: x@firma.example\r\nSubject: viderestillet\r\n\r\nx\r\n", time.Now())
	l := newLab(t, a)
	l.run()
	l.saw("uden", "viderestillet")
	for _, it := range l.items {
		want := []string{"ukendt-modtager@ukendt.invalid"}
		if strings.Contains(string(it.Content), "viderestillet") {
			want = []string{"x@firma.example", "a@kommune.example"}
		}
		if !slices.Equal(it.To, want) || it.From != "anna@kommune.example" {
			t.Errorf("%q from %q, want %q", it.To, it.From, want)
		}
	}
}

func TestSinceLooksBackAndNoFurther(t *testing.T) {
	d := dovecottest.Start(t, dovecottest.Config{Users: []string{"anna"}})
	c := d.Client(t, "anna")
	put(t, c, "Sent", letter("for gammel", "x"), time.Now().Add(-9*24*time.Hour))
	put(t, c, "Sent", letter("for en uge siden", "x"), time.Now().Add(-6*24*time.Hour))
	a := account(d, "anna")
	a.Since = 7 * 24 * time.Hour
	l := newLab(t, a)
	l.run()
	l.saw("for en uge siden")
	l.eventually("the old one is noted as old", func() bool {
		st, err := l.book.Status(t.Context(), l.book.Digest("anna"))
		return err == nil && st != nil && st.Counts[book.Old] == 1
	})
}

func TestRenumberedFolderIsReadAgainButHandledOnce(t *testing.T) {
	d := dovecottest.Start(t, dovecottest.Config{Users: []string{"anna"}})
	c := d.Client(t, "anna")
	a := account(d, "anna")
	a.Since = time.Hour
	for _, s := range []string{"en", "to", "tre"} {
		put(t, c, "Sent", letter(s, "x"), time.Now())
	}
	l := newLab(t, a)
	l.run()
	l.saw("en", "to", "tre")
	l.stop()
	// The server forgets its numbers.
	if err := c.Rename("Sent", "Sent gemt", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(1100 * time.Millisecond) // UIDVALIDITY counts seconds
	if err := c.Create("Sent", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	put(t, c, "Sent", letter("fire", "x"), time.Now())
	put(t, c, "Sent", letter("to", "x"), time.Now())
	put(t, c, "Sent", letter("en", "x"), time.Now())
	l.watch = l.another(a)
	l.run()
	l.saw("en", "fire", "to", "tre")
	time.Sleep(300 * time.Millisecond)
	l.saw("en", "fire", "to", "tre")
}

func TestMoveAndBackByteForByte(t *testing.T) {
	d := dovecottest.Start(t, dovecottest.Config{Users: []string{"anna"}})
	c := d.Client(t, "anna")
	a := account(d, "anna")
	a.Since, a.Quarantine = time.Hour, "Brevvagt-Karantaene"
	when := time.Now().Add(-10 * time.Minute).Truncate(time.Second)
	put(t, c, "Sent", letter("ren", "x"), when)
	put(t, c, "Sent", letter("CPR flyttes", "æøå\r\n\r\n.\r\n"), when, imap.FlagSeen, imap.FlagFlagged, "$Vigtig")
	before := content(t, c, "Sent")
	l := newLab(t, a)
	l.run()
	l.saw("CPR flyttes", "ren")
	l.eventually("moved", func() bool { return len(content(t, c, "Sent")) == 1 })
	moved := content(t, c, "Brevvagt-Karantaene")
	if len(moved) != 1 || moved[0] != before[1] {
		t.Fatalf("moved %q, was %q", moved, before[1])
	}
	receipt := l.items[0].Receipt
	if !strings.Contains(string(l.items[0].Content), "CPR") {
		receipt = l.items[1].Receipt
	}
	l.eventually("the move to be noted", func() bool {
		answer, err := l.watch.Release(t.Context(), receipt)
		return err == nil && strings.Contains(answer, "flyttet tilbage")
	})
	after := content(t, c, "Sent")
	if slices.Sort(after); !slices.Equal(after, sorted(before)) {
		t.Errorf("after the way back:\n%q\nbefore:\n%q", after, before)
	}
	answer, err := l.watch.Release(t.Context(), receipt)
	if err != nil || !strings.Contains(answer, "intet er sendt") {
		t.Errorf("released again: %q %v", answer, err)
	}
	time.Sleep(500 * time.Millisecond)
	l.saw("CPR flyttes", "ren")
	if n := len(content(t, c, "Sent")); n != 2 {
		t.Errorf("%d mails in Sent: it was moved again", n)
	}
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

func TestOneDeadAccountStopsNobody(t *testing.T) {
	d := dovecottest.Start(t, dovecottest.Config{Users: []string{"a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9"}})
	var accounts []mailbox.Account
	for i := range 10 {
		user := fmt.Sprintf("a%d", i)
		put(t, d.Client(t, user), "Sent", letter(user, "x"), time.Now())
		a := account(d, user)
		a.Since = time.Hour
		accounts = append(accounts, a)
	}
	accounts[3].Server.Secret = secret("forkert")
	accounts[5].Server.Addr = "127.0.0.1:1"
	l := newLab(t, accounts...)
	l.watch.PerServer = 3 // they take turns
	l.run()
	l.saw("a0", "a1", "a2", "a4", "a6", "a7", "a8", "a9")
	for name, want := range map[string]string{"a0": "ok", "a3": "refused the login", "a5": "cannot reach"} {
		l.eventually("status of "+name, func() bool {
			st, err := l.book.Status(t.Context(), l.book.Digest(name))
			return err == nil && st != nil && strings.Contains(st.State, want)
		})
	}
	put(t, d.Client(t, "a9"), "Sent", letter("b9", "x"), time.Now())
	l.saw("a0", "a1", "a2", "a4", "a6", "a7", "a8", "a9", "b9")
}

func TestServerRestartAndFailingHandler(t *testing.T) {
	d := dovecottest.Start(t, dovecottest.Config{Users: []string{"anna"}})
	a := account(d, "anna")
	a.Since = time.Hour
	l := newLab(t, a)
	failures := 0
	l.fail = func(it scanner.Item) error {
		if strings.Contains(string(it.Content), "Subject: svær") && failures < 3 {
			failures++
			return fmt.Errorf("no verdict")
		}
		return nil
	}
	c := d.Client(t, "anna")
	put(t, c, "Sent", letter("svær", "x"), time.Now())
	put(t, c, "Sent", letter("let", "x"), time.Now())
	l.run()
	l.saw("let", "svær")
	d.Restart(t)
	put(t, d.Client(t, "anna"), "Sent", letter("efter", "x"), time.Now())
	l.saw("efter", "let", "svær")
}

func TestLargeMailIsCutAndNothingStaysInTheSpool(t *testing.T) {
	d := dovecottest.Start(t, dovecottest.Config{Users: []string{"anna"}})
	c := d.Client(t, "anna")
	a := account(d, "anna")
	a.Since, a.MaxBytes = time.Hour, 3<<20
	big := letter("stor", strings.Repeat(strings.Repeat("x", 70)+"\r\n", 100_000))
	put(t, c, "Sent", big, time.Now())
	l := newLab(t, a)
	l.watch.Memory = 1 << 20 // a mail larger than the budget goes alone
	l.run()
	l.saw("stor")
	if it := l.items[0]; int64(len(it.Content)) != a.MaxBytes || it.Cut != int64(len(big))-a.MaxBytes || string(it.Content) != big[:a.MaxBytes] {
		t.Errorf("%d bytes, cut %d", len(it.Content), it.Cut)
	}
	if left, err := os.ReadDir(l.watch.Spool); err != nil || len(left) != 0 {
		t.Errorf("%v %v", left, err)
	}
}

// TestTheBookTellsNothing: neither subject nor address nor content is in the database.
func TestTheBookTellsNothing(t *testing.T) {
	d := dovecottest.Start(t, dovecottest.Config{Users: []string{"anna"}, Boxes: []string{`Sendt om 120336-3951 \Sent`, `Drafts \Drafts`}})
	c := d.Client(t, "anna")
	put(t, c, "Sendt om 120336-3951", letter("Vedr. Testperson Eksempel CPR", "x"), time.Now())
	put(t, c, "Drafts", letter("Kladde om Testperson Eksempel CPR", "x"), time.Now())
	a := account(d, "anna")
	a.Since, a.Notices = time.Hour, "INBOX"
	l := newLab(t, a)
	l.run()
	l.eventually("a notice", func() bool { return len(content(t, c, "INBOX")) == 1 })
	l.stop()
	files, err := filepath.Glob(filepath.Join(filepath.Dir(l.db.Path()), "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, canary := range []string{"120336", "Testperson", "firma.example", "kommune.example", dovecottest.Password} {
			if strings.Contains(string(raw), canary) {
				t.Errorf("%s holds %q", filepath.Base(path), canary)
			}
		}
	}
}
