package main

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/internal/dovecottest"
	"brevvagt/internal/postfixtest"
)

// withMailboxesOf is an installation that watches every user of a private Dovecot.
func withMailboxesOf(t testing.TB, d *dovecottest.Dovecot, users []string, lines string) *installation {
	t.Helper()
	in := install(t, "")
	password := filepath.Join(in.dir, "kodeord")
	list := filepath.Join(in.dir, "brugere")
	for path, text := range map[string]string{password: dovecottest.Password + "\n", list: strings.Join(users, "\n")} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.OpenFile(in.config, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fmt.Fprintf(f, "mailboxes:\n  server: %q\n  ca_file: %s\n  password_file: %s\n  users_file: %s\n  since: 24h\n  poll: 1s\n  draft_rest: 0s\n%s",
		d.Addr, d.CAFile, password, list, lines)
	return in
}

func putMail(t testing.TB, c *imapclient.Client, folder, mail string, flags ...imap.Flag) {
	t.Helper()
	cmd := c.Append(folder, int64(len(mail)), &imap.AppendOptions{Time: time.Now().Add(-time.Minute).Truncate(time.Second), Flags: flags})
	if _, err := io.WriteString(cmd, mail); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}

func sentMail(n int, body string) string {
	return fmt.Sprintf("From: Sagsbehandler <sagsbehandler@kommune.example>\r\nTo: borger@privat.example\r\nBcc: skjult@firma.example\r\n"+
		"Message-ID: <%d@kommune.example>\r\nSubject: Vedr. sag %d\r\nDate: Tue, 24 Nov 2026 10:00:00 +0100\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n", n, n, body)
}

// folderOf is what a folder holds: flags, date, bytes. Where a mail is moved away while
// it is read, the server refuses, and it is read again.
func folderOf(t testing.TB, c *imapclient.Client, folder string) []string {
	t.Helper()
	for range 100 {
		all, err := folderNow(c, folder)
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

func folderNow(c *imapclient.Client, folder string) ([]string, error) {
	st, err := c.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil || st.NumMessages == 0 {
		return nil, nil // it may not be made yet
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
		all = append(all, fmt.Sprintf("%v %s %s", m.Flags, m.InternalDate.UTC(), m.FindBodySection(section)))
	}
	return all, nil
}

func TestSentMailBecomesAPossibleBreach(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a Dovecot")
	}
	t.Parallel()
	user := "sagsbehandler@kommune.example"
	d := dovecottest.Start(t, dovecottest.Config{Users: []string{user}})
	in := withMailboxesOf(t, d, []string{user}, "  quarantine_folder: Brevvagt-Karantaene\n")
	c := d.Client(t, user)
	mail := sentMail(1, "Borgeren har CPR-nr. "+sample.Number(1)+" og venter på svar.")
	putMail(t, c, "Sent", mail, imap.FlagSeen, imap.FlagAnswered)
	putMail(t, c, "Sent", sentMail(2, "Tak for mødet i går."))
	putMail(t, c, "Drafts", sentMail(3, "CPR-nr. "+sample.Number(2)))
	before := folderOf(t, c, "Sent")
	if out := in.must("", "mailbox", "check", "--config", in.config); !strings.Contains(out, "sendt: Sent, udbakke: Udbakke, kladder: Drafts") {
		t.Errorf("mailbox check:\n%s", out)
	}
	in.start()
	in.eventually("a case and the move", func() bool {
		return len(in.cases()) == 1 && len(folderOf(t, c, "Sent")) == 1 && len(folderOf(t, c, "INBOX")) == 1
	})
	id := in.cases()[0]
	shown := in.must("", "case", "show", id, "--config", in.config)
	for _, want := range []string{"already-sent", "muligt brud", "skjult@firma.example", "har sendt", "[DPO afgør]", "kunne ikke standses"} {
		if !strings.Contains(shown, want) {
			t.Errorf("case show lacks %q:\n%s", want, shown)
		}
	}
	for _, wrong := range []string{"forsøgte", "sat i karantæne", "standset, før", sample.Number(1)} {
		if strings.Contains(shown, wrong) {
			t.Errorf("case show says %q:\n%s", wrong, shown)
		}
	}
	if notice := folderOf(t, c, "INBOX")[0]; !strings.Contains(notice, "1 CPR-nummer") || strings.Contains(notice, sample.Number(2)) {
		t.Errorf("notice: %s", notice)
	}
	out := in.must(testPassphrase+"\n", "case", "release", id, "--by", "dpo", "--reason", "Modtageren har slettet mailen", "--config", in.config)
	if !strings.Contains(out, "frigivet") {
		t.Errorf("release: %s", out)
	}
	after := folderOf(t, c, "Sent")
	slices.Sort(before)
	if slices.Sort(after); !slices.Equal(after, before) {
		t.Errorf("Sent after the way back:\n%q\nbefore:\n%q", after, before)
	}
	if shown = in.must("", "case", "show", id, "--config", in.config); !strings.Contains(shown, "intet er sendt igen") {
		t.Errorf("after release:\n%s", shown)
	}
	if n := len(in.sink.Received()); n != 0 {
		t.Errorf("%d mails were sent", n)
	}
	time.Sleep(1500 * time.Millisecond)
	if n := len(in.cases()); n != 0 {
		t.Errorf("%d cases after all was closed", n)
	}
	in.eventually("the status", func() bool {
		out := in.must("", "mailbox", "status", "--config", in.config)
		return strings.Contains(out, "ok") && strings.Contains(out, "1 sager")
	})
	if out := in.must("", "doctor", "--config", in.config); !strings.Contains(out, "postkasse "+user) {
		t.Errorf("doctor: %s", out)
	}
	if log := in.log.String(); strings.Contains(log, dovecottest.Password) || strings.Contains(log, sample.Number(1)) || strings.Contains(log, "skjult@") {
		t.Errorf("the log tells too much:\n%s", log)
	}
}

// TestMailboxCrash kills the daemon again and again while it works through a full
// sent folder. In the end every mail was handled once in effect.
func TestMailboxCrash(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a Dovecot")
	}
	t.Parallel()
	mails, every := 600, 40
	if os.Getenv("BREVVAGT_CRASH") == "full" {
		mails = 2000
	}
	user := "sagsbehandler@kommune.example"
	d := dovecottest.Start(t, dovecottest.Config{Users: []string{user}})
	in := withMailboxesOf(t, d, []string{user}, "  quarantine_folder: Brevvagt-Karantaene\n")
	sent := make([]string, mails)
	for n := range sent {
		body := "Tak for mødet i går, vi ses igen på mandag."
		if n%every == 0 {
			body = "Borgeren har CPR-nr. " + sample.Number(n) + "."
		}
		sent[n] = sentMail(n, body)
	}
	d.Fill(t, user, "Sent", sent)
	c := d.Client(t, user)
	for n := range 10 {
		putMail(t, c, "Drafts", sentMail(n, fmt.Sprintf("Kladde om CPR-nr. %s", sample.Number(n))))
	}
	start, kills := time.Now(), 0
	done := func() bool {
		return howMany(t, c, "Sent") == mails-mails/every && howMany(t, c, "Brevvagt-Karantaene") == mails/every && howMany(t, c, "INBOX") >= 10
	}
	points := []string{"item:judged", "item:recorded", "move:moved", "notice:written", "note:listed"}
	for ; kills < 15 && !done(); kills++ {
		// Every other time at a named point, else at any.
		point := ""
		if kills%2 == 0 {
			point = points[kills/2%len(points)]
		}
		in.runAndDie(point)
	}
	in.start()
	in.eventually("everything done", func() bool { return done() && len(in.cases()) == mails/every })
	t.Logf("%d kills, %s", kills, time.Since(start).Round(time.Millisecond))
	checkOnce(t, folderOf(t, c, "Sent"), mails, every, false)
	checkOnce(t, folderOf(t, c, "Brevvagt-Karantaene"), mails, every, true)
	notices := make(map[string]bool)
	for _, n := range folderOf(t, c, "INBOX") {
		notices[regexp.MustCompile(`Message-ID: \S+`).FindString(n)] = true
	}
	if len(notices) != 10 {
		t.Errorf("%d different notices about 10 drafts", len(notices))
	}
	if list := in.must("", "register", "list", "--config", in.config); strings.Count(list, "muligt brud") != mails/every {
		t.Errorf("%d entries in the register, want %d", strings.Count(list, "muligt brud"), mails/every)
	}
}

func howMany(t testing.TB, c *imapclient.Client, folder string) int {
	t.Helper()
	st, err := c.Status(folder, &imap.StatusOptions{NumMessages: true}).Wait()
	if err != nil || st.NumMessages == nil {
		return 0 // it is not made yet
	}
	return int(*st.NumMessages)
}

// runAndDie runs the daemon until it ends at a named point, or is killed at any. It
// may die before it is ready, so nothing waits for that.
func (in *installation) runAndDie(point string) {
	in.t.Helper()
	cmd := program(&in.log, "serve", "--config", in.config)
	cmd.Env = append(os.Environ(), "BREVVAGT_TEST_CRASH="+point)
	if err := cmd.Start(); err != nil {
		in.t.Fatal(err)
	}
	after := 4 * time.Second
	if point == "" {
		after = time.Duration(300+rand.N(1500)) * time.Millisecond
	}
	defer time.AfterFunc(after, func() { _ = cmd.Process.Kill() }).Stop()
	if _, err := ended(cmd, &in.log); err != nil {
		in.t.Error(err)
	}
}

// checkOnce holds a folder against the numbers that belong there.
func checkOnce(t *testing.T, list []string, mails, every int, found bool) {
	t.Helper()
	seen := make(map[string]int)
	for _, m := range list {
		seen[regexp.MustCompile(`<\d+@kommune\.example>`).FindString(m)]++
	}
	for n := range mails {
		want := 0
		if (n%every == 0) == found {
			want = 1
		}
		if got := seen[fmt.Sprintf("<%d@kommune.example>", n)]; got != want {
			t.Errorf("mail %d is there %d times, want %d", n, got, want)
		}
	}
}

// TestCopyOfAStoppedMailIsNoBreach: beside a gateway the copy in the sent folder of a
// mail that waits in quarantine must not be called a breach; another mail that reuses
// its Message-ID must.
func TestCopyOfAStoppedMailIsNoBreach(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a Dovecot and a Postfix")
	}
	t.Parallel()
	user := "sagsbehandler@kommune.example"
	d := dovecottest.Start(t, dovecottest.Config{Users: []string{user}})
	in := withMailboxesOf(t, d, []string{user}, "  sent_rest: 0s\n")
	p := in.postfix(postfixtest.Config{})
	f, err := os.OpenFile(in.config, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(f, "gateway:\n  milter: {listen: %q, group: postfix}\n  postfix: {config_directory: %q}\n", "unix:"+in.socket, p.ConfigDir)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	in.start()
	raw := sentMail(1, "Borgeren har CPR-nr. "+sample.Number(1)+".")
	if code, text := send(t, p.Addr, user, []string{"borger@privat.example", "skjult@firma.example"}, []byte(raw)); code != 250 {
		t.Fatalf("%d %s", code, text)
	}
	in.eventually("the gateway's case", func() bool { return len(in.cases()) == 1 })
	c := d.Client(t, user)
	putMail(t, c, "Sent", raw)
	putMail(t, c, "Sent", sentMail(2, "Tak for i dag."))
	in.eventually("both copies to be read", func() bool {
		out, _ := in.run("", "mailbox", "status", "--config", in.config)
		return strings.Contains(out, "2 læst")
	})
	if n := len(in.cases()); n != 1 {
		t.Errorf("%d cases, want the gateway's alone", n)
	}
	putMail(t, c, "Sent", sentMail(1, "Borgerne har CPR-nr. "+sample.Number(2)+" og "+sample.Number(3)+"."))
	in.eventually("a case about the mail under a used id", func() bool { return len(in.cases()) == 2 })
}

func TestMailboxConfiguration(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ name, lines, want string }{
		{"good", "server: imap.kommune.example:993\n  password_file: kodeord\n  accounts:\n  - user: a@kommune.example\n  - {user: b@kommune.example, auth: oauthbearer, oauth: {token_url: \"https://login.example/t\", client_id: x}}", ""},
		{"no encryption", "server: imap.kommune.example:143\n  tls: none\n  password_file: x\n  accounts: [{user: a}]", "without encryption no mailbox is opened"},
		{"no secret", "server: imap.kommune.example:993\n  accounts: [{user: a}]", "password_file is missing"},
		{"secret in the file", "server: imap.kommune.example:993\n  password: hemmelig\n  accounts: [{user: a}]", "password"},
		{"token in clear", "server: h:993\n  auth: xoauth2\n  oauth: {token_url: \"http://login.example/t\"}\n  accounts: [{user: a}]", "https://"},
		{"number in a name", "server: h:993\n  password_file: x\n  accounts: [{name: \"" + sample.Number(1) + "\", user: a}]", "could be a CPR number"},
		{"twice", "server: h:993\n  password_file: x\n  accounts: [{user: a}, {user: a}]", "used twice"},
		{"Danish letters", "server: h:993\n  password_file: x\n  quarantine_folder: Karantæne\n  accounts: [{user: a}]", "plain ASCII"},
		{"unknown role", "server: h:993\n  password_file: x\n  folders: {inbox: [INBOX]}\n  accounts: [{user: a}]", "sent, drafts or outbox"},
		{"slow", "server: h:993\n  password_file: x\n  poll: 40m\n  accounts: [{user: a}]", "1s to 25m"},
	} {
		file := write(t, dir, "c.yaml", "state: /var/lib/x\nmailboxes:\n  "+c.lines+"\n")
		out, errs, code := command(t, "", "config", "check", file)
		if (code == 0) != (c.want == "") || !strings.Contains(errs, c.want) || strings.Contains(errs, "hemmelig") {
			t.Errorf("%s: %d %s%s", c.name, code, out, errs)
		}
	}
}
