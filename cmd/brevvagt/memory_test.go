package main

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brevvagt/internal/porttest"
)

// runMail is mail n of a run: the letter to one person, sent to another's address.
func runMail(n, to, letter int) (address string, raw []byte) {
	names := []string{"Anders Abrahamsen", "Bodil Bistrup", "Carsten Clemmensen", "Dorte Dalgaard", "Erik Eskildsen", "Frida Frandsen", "Georg Gammelgaard", "Hanne Hvidberg", "Ivan Iversholt"}
	address = strings.ReplaceAll(strings.ToLower(names[to]), " ", ".") + "@mail.example"
	text := names[letter] + "\nTestvej 1\n9999 Eksempelby\n\nDen 20. november 2026\n\nKære " + names[letter] + "\n\nDu har fået bevilget et tilskud til fritidsaktiviteter i det kommende år. Tilskuddet dækker udgifter til kontingent og udstyr, og du behøver ikke at gøre mere nu. " +
		"Vi udbetaler beløbet til din konto i begyndelsen af næste måned, når den aftale, du har indgået med foreningen, er registreret hos os.\n\nMed venlig hilsen\nLis\n"
	return address, []byte(strings.ReplaceAll(fmt.Sprintf("From: %s\nTo: \"%s\" <%s>\nSubject: Brev\nDate: %s\nMessage-ID: <run%d@kommune.example>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=q\n\n--q\nContent-Type: text/plain; charset=utf-8\n\nHej\n\nVedhæftet er dit brev.\n--q\nContent-Type: text/plain; charset=utf-8; name=brev.txt\nContent-Disposition: attachment; filename=brev.txt\n\n%s\n--q--\n",
		from, names[to], address, time.Now().Format(time.RFC1123Z), n, text), "\n", "\r\n"))
}

// TestMemoryOutlivesTheDaemon sends a run over the SMTP lane, kills the daemon in the
// middle of it, and lets the wrong letter go in the end.
func TestMemoryOutlivesTheDaemon(t *testing.T) {
	if testing.Short() {
		t.Skip("starts daemons")
	}
	t.Parallel()
	in := install(t, "")
	addr := porttest.Free(t)
	in.configure(fmt.Sprintf("gateway:\n  smtp: {listen: %q, next_hop: %q}\n", addr, in.sink.Addr()))
	in.start()
	first := make(map[int][]byte) // a client that tries again sends the same mail, also in the next second
	hand := func(n, to, letter int) {
		t.Helper()
		address, raw := runMail(n, to, letter)
		if first[n] == nil {
			first[n] = raw
		}
		raw = first[n]
		if code, text := send(t, addr, from, []string{address}, raw); code != 250 {
			t.Fatalf("mail %d: %d %s", n, code, text)
		}
	}
	for n := range 3 {
		hand(n, n, n)
	}
	in.eventually("all that was learned to be on disk", func() bool { return in.learned(t, 3) })
	in.kill()
	in.start()
	hand(3, 3, 4) // wrong
	hand(4, 4, 4) // right by itself
	hand(4, 4, 4) // tried again
	ids := in.cases()
	if len(ids) < 2 || len(in.received(3)) != 3 {
		t.Fatalf("%d cases; log:\n%s", len(ids), tail(in.log.String(), 2000))
	}
	wrong := ""
	all := ""
	for _, id := range ids {
		show := in.must("", "case", "show", id, "--config", in.config)
		all += show
		if strings.Contains(show, "addressee-mismatch") || strings.Contains(show, "er stilet til eller handler om en anden") {
			wrong = id
		}
	}
	if !strings.Contains(all, "3 sendt, 1 tilbageholdt") || !strings.Contains(all, "3 sendt, 2 tilbageholdt") || strings.Contains(all, "3 sendt, 3 tilbageholdt") || wrong == "" {
		t.Fatalf("the cases say:\n%s", all)
	}
	// What the cases said when they were made is the run as it was then; the run as it
	// is now stands in all of them, over the death of the daemon.
	if n := strings.Count(all, "del af en kørsel: 3 sendt, 2 tilbageholdt"); n != len(ids) {
		t.Errorf("%d of %d cases tell how their run stands:\n%s", n, len(ids), all)
	}
	in.must(testPassphrase+"\n", "case", "release", wrong, "--by", "dpo", "--reason", "Det var rigtigt", "--config", in.config)
	in.received(4)
	in.eventually("the release to be learned", func() bool { return in.learned(t, 4) })
	hand(5, 5, 5)
	in.received(5)
	out := in.must("", "doctor", "--config", in.config)
	if !strings.Contains(out, "hukommelse") {
		t.Errorf("doctor says nothing of the memory:\n%s", out)
	}
	in.stop()
	raw, err := os.ReadFile(filepath.Join(in.state, "memory.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"abrahamsen", "mail.example", "kommune.example", "run1@"} {
		if strings.Contains(strings.ToLower(string(raw)), word) {
			t.Errorf("%q stands in the memory", word)
		}
	}
}

// learned tells whether the memory's file says that n mails went.
func (in *installation) learned(t *testing.T, n int) bool {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(in.state, "memory.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	// Facts about one thing, such as all mails, have no second half.
	var went int
	err = db.QueryRow(`SELECT COALESCE(MAX(n), 0) FROM memory WHERE b = 0`).Scan(&went)
	return err == nil && went >= n
}
