package scanner_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"brevvagt/detectors"
	"brevvagt/detectors/residue"
	"brevvagt/internal/store"
	"brevvagt/scanner/memory"
)

var (
	secret = bytes.Repeat([]byte("k"), 32)
	start  = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	quiet  = slog.New(slog.DiscardHandler)
)

func key(t testing.TB) detectors.Key {
	k, err := detectors.NewKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// inFile is a memory.Opener.
func inFile(ctx context.Context, path string, tables fs.FS, shared bool) (memory.Database, error) {
	db, err := store.Open(ctx, store.Options{Path: path, Tables: tables, Shared: shared, Relaxed: true})
	if err != nil {
		return nil, err
	}
	return db, nil
}

func fresh(t testing.TB) *memory.Memory {
	m, err := memory.New(memory.Options{Key: key(t)})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var letterText = residue.Skeleton(strings.Repeat("Du har fået bevilget et tilskud til fritidsaktiviteter i det kommende år, og du behøver ikke at gøre mere nu. ", 1) +
	"Vi udbetaler beløbet til din konto i begyndelsen af næste måned, når den aftale, du har indgået med foreningen, er registreret hos os. " +
	"Hvis dine forhold ændrer sig, skal du give os besked hurtigst muligt, så vi kan tage stilling til, om du stadig har ret til tilskuddet.")

// letter is mail n, with the letter of a person to an address.
func letter(t testing.TB, n, person int, to string, at time.Time) *memory.Mail {
	k := key(t)
	id := k.Digest(fmt.Sprintf("navn person%d eksempel", person))
	return &memory.Mail{MessageID: fmt.Sprintf("<m%d@kommune.example>", n), SHA256: fmt.Sprintf("%064x", n), At: at, From: "lis@kommune.example",
		Personal: true, Readers: []memory.Reader{{Address: to}},
		Papers: []memory.Paper{{Skeleton: letterText, SHA256: fmt.Sprintf("%064x", 1000+person),
			People: []memory.Person{{ID: id, Name: id, Main: true, Own: to == box(person)}}}}}
}

func box(person int) string { return fmt.Sprintf("person%d@mail.example", person) }

func TestRunCounts(t *testing.T) {
	m := fresh(t)
	for i := range 3 {
		x := letter(t, i, i, box(i), start.Add(time.Duration(i)*time.Second))
		if r := m.Ask(x).Run; r.Sent != i || r.Held != 0 {
			t.Fatalf("mail %d: %+v", i, r)
		}
		m.Note(x, memory.Sent)
	}
	for i := 3; i < 10; i++ {
		x := letter(t, i, i, box(i), start.Add(time.Duration(i)*time.Second))
		r := m.Ask(x).Run
		if r.Sent != 3 || r.Held != i-3 || (r.Wrong == 1) != (i > 3) || !r.Fast || r.Own != 3 {
			t.Fatalf("mail %d: %+v", i, r)
		}
		fate := memory.Held
		if i == 3 {
			fate = memory.Wrong
		}
		m.Note(x, fate)
		m.Note(x, fate) // told twice is once
	}
	// The wrong one was right after all: the run goes on.
	m.Released("<m3@kommune.example>", fmt.Sprintf("%064x", 3))
	if r := m.Ask(letter(t, 10, 10, box(10), start.Add(time.Minute))).Run; r.Sent != 4 || r.Held != 6 || r.Wrong != 0 {
		t.Errorf("after the release: %+v", r)
	}
	if r := m.Ask(letter(t, 12, 0, box(0), start.Add(time.Minute))).Run; !r.Again {
		t.Errorf("a second letter to one recipient is no part of the run: %+v", r)
	}
	if r := m.Ask(letter(t, 11, 11, box(11), start.Add(time.Hour))).Run; r.Mails() != 0 {
		t.Errorf("after a pause of an hour it is another run: %+v", r)
	}
}

// TestSameForEveryKey: a letter of which a quarter was written anew is the same letter or
// another one, and not by the luck of an installation's key.
func TestSameForEveryKey(t *testing.T) {
	words := strings.Fields(strings.Repeat("vi du en et den på af til om for ", 12))
	for i := range words {
		words[i] += strconv.Itoa(i) + "x" // digits are left out, so make the words differ by letters
		words[i] = strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return 'a' + r - '0'
			}
			return r
		}, words[i])
	}
	first := residue.Skeleton(strings.Join(words, " "))
	second := residue.Skeleton(strings.Join(words[24:], " ") + " " + strings.Join(words[:24], "er "))
	counts := make(map[int]int)
	for k := range 40 {
		secret, err := detectors.NewKey(bytes.Repeat([]byte{byte(k + 1)}, 32))
		if err != nil {
			t.Fatal(err)
		}
		m, err := memory.New(memory.Options{Key: secret})
		if err != nil {
			t.Fatal(err)
		}
		x := letter(t, 1, 1, box(1), start)
		x.Papers[0].Skeleton = first
		m.Note(x, memory.Sent)
		y := letter(t, 2, 2, box(2), start.Add(time.Minute))
		y.Papers[0].Skeleton = second
		counts[m.Ask(y).Run.Sent]++
	}
	if len(counts) != 1 {
		t.Errorf("mails of the run before, by how many of forty keys: %v", counts)
	}
}

func TestRetryIsOneMail(t *testing.T) {
	m := fresh(t)
	for range 5 {
		for i := range 3 {
			x := letter(t, i, i, box(i), start)
			if r := m.Ask(x).Run; r.Sent > 2 || r.Again {
				t.Fatalf("%+v", r)
			}
			m.Note(x, memory.Sent)
		}
	}
	x := letter(t, 0, 0, box(0), start) // passed, was not delivered, is tried again and held now
	m.Note(x, memory.Held)
	if r := m.Ask(letter(t, 9, 9, box(9), start)).Run; r.Sent != 2 || r.Held != 1 {
		t.Errorf("%+v", r)
	}
	if a := m.Ask(letter(t, 1, 1, box(1), start)); len(a.Resent)+len(a.Residue)+len(a.Elsewhere) != 0 {
		t.Errorf("a retry meets itself: %+v", a)
	}
	if s := m.Stats(); s.Mails != 3 {
		t.Errorf("learned from %d mails, want 3", s.Mails)
	}
}

// TestConcurrentSessions sends a run over four sessions, each mail twice.
func TestConcurrentSessions(t *testing.T) {
	m := fresh(t)
	var wg sync.WaitGroup
	for s := range 4 {
		wg.Go(func() {
			for i := s; i < 400; i += 4 {
				for range 2 {
					x := letter(t, i, i, box(i), start)
					m.Ask(x)
					m.Note(x, memory.Sent)
				}
			}
		})
	}
	wg.Wait()
	if r := m.Ask(letter(t, 1000, 1000, box(1000), start)).Run; r.Sent != 400 || r.Held != 0 {
		t.Errorf("%+v, want 400 sent", r)
	}
}

func TestHeldTeachesNothingUntilReleased(t *testing.T) {
	m := fresh(t)
	x := letter(t, 1, 1, "firma@firma.example", start)
	m.Note(x, memory.Held)
	again := letter(t, 2, 1, "anden@anden.example", start.Add(time.Minute))
	if a := m.Ask(again); len(a.Resent) != 0 || len(a.Residue) != 0 || a.Mails != 0 {
		t.Fatalf("a held mail counts as sent: %+v", a)
	}
	m.Released(x.MessageID, strings.ToUpper(x.SHA256))
	if a := m.Ask(again); len(a.Resent) != 1 || a.Mails != 1 {
		t.Errorf("a released mail does not count: %+v", a)
	}
}

func TestResidueAndTogether(t *testing.T) {
	m := fresh(t)
	m.Note(letter(t, 1, 1, box(1), start), memory.Sent)
	x := letter(t, 2, 2, box(2), start.Add(48*time.Hour))
	x.Papers[0].SHA256 = "ff"
	x.Papers[0].People = append(x.Papers[0].People, letter(t, 1, 1, "", start).Papers[0].People[0])
	x.Papers[0].People[1].Own = false
	if a := m.Ask(x); len(a.Residue) != 1 || a.Residue[0].Person != 1 || !a.Residue[0].Owned {
		t.Errorf("somebody else's data in the same letter: %+v", a.Residue)
	}
	// A spouse: both stand in both letters.
	m = fresh(t)
	couple := func(n, person, spouse int) *memory.Mail {
		c := letter(t, n, person, box(person), start)
		p := letter(t, n, spouse, "", start).Papers[0].People[0]
		p.Own, p.Numbered = false, true
		c.Papers[0].People = append(c.Papers[0].People, p)
		return c
	}
	m.Note(couple(1, 1, 2), memory.Sent)
	if a := m.Ask(couple(2, 2, 1)); len(a.Residue) != 0 {
		t.Errorf("spouses whose letters name each other: %+v", a.Residue)
	}
}

func TestElsewhere(t *testing.T) {
	m := fresh(t)
	for i := range 5 {
		x := letter(t, i, i, fmt.Sprintf("boks%d@post.example", i), start)
		m.Note(x, memory.Sent)
	}
	a := m.Ask(letter(t, 10, 2, "boks1@post.example", start.Add(30*24*time.Hour)))
	if len(a.Elsewhere) != 1 {
		t.Errorf("a letter in the neighbour's box: %+v", a)
	}
	if a := m.Ask(letter(t, 11, 2, "boks2@post.example", start.Add(30*24*time.Hour))); len(a.Elsewhere) != 0 {
		t.Errorf("a letter in its own box: %+v", a)
	}
	if a := m.Ask(letter(t, 12, 7, "boks2@post.example", start.Add(30*24*time.Hour))); len(a.Elsewhere) != 0 {
		t.Errorf("somebody new in a known box: %+v", a)
	}
}

func TestDomains(t *testing.T) {
	m := fresh(t)
	x := letter(t, 0, 0, "post@advokathanssen.example", start)
	if a := m.Ask(x); len(a.New) != 1 || len(a.Alike) != 0 {
		t.Errorf("before any traffic: %+v", a)
	}
	for i := range 5 {
		m.Note(&memory.Mail{MessageID: fmt.Sprint(i), At: start, From: "lis@kommune.example", Readers: []memory.Reader{{Address: "post@advokathansen.example"}}}, memory.Sent)
	}
	if a := m.Ask(x); len(a.New) != 1 || len(a.Alike) != 1 {
		t.Errorf("a look-alike of a known domain: %+v", a)
	}
	if a := m.Ask(letter(t, 1, 0, "andre@advokathansen.example", start)); len(a.New) != 0 {
		t.Errorf("a known domain: %+v", a)
	}
}

func TestExpiryAndBound(t *testing.T) {
	m, err := memory.New(memory.Options{Key: key(t), Keep: 24 * time.Hour, Facts: 5000})
	if err != nil {
		t.Fatal(err)
	}
	m.Note(letter(t, 1, 1, "firma@firma.example", start), memory.Sent)
	if a := m.Ask(letter(t, 2, 1, "anden@anden.example", start.Add(23*time.Hour))); len(a.Resent) != 1 {
		t.Error("forgotten within a day")
	}
	if a := m.Ask(letter(t, 2, 1, "anden@anden.example", start.Add(25*time.Hour))); len(a.Resent) != 0 || len(a.Residue) != 0 {
		t.Error("remembered after a day")
	}
	for i := range 5000 {
		m.Note(letter(t, i, i, box(i), start.Add(26*time.Hour)), memory.Sent)
	}
	if s := m.Stats(); s.Facts > s.Limit || s.Limit > 5000 || s.Facts < 3000 {
		t.Errorf("%d facts, bound 5000", s.Facts)
	}
}

func TestSurvivesRestartAndHoldsNothingReadable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "memory.db")
	open := func() *memory.Memory {
		m, err := memory.Open(t.Context(), inFile, path, memory.Options{Key: key(t)}, quiet)
		if err != nil || m.Stats().Damage != "" {
			t.Fatalf("%v %s", err, m.Stats().Damage)
		}
		return m
	}
	m := open()
	for i := range 20 {
		m.Note(letter(t, i, i, box(i), start), memory.Sent)
	}
	held := letter(t, 50, 50, "firma@firma.example", start)
	m.Note(held, memory.Held)
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if err := memory.MarkReleased(t.Context(), inFile, path, memory.Options{Key: key(t)}, held.MessageID, held.SHA256); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"person1", "firma", "kommune", "example", "tilskud", "lis@", "m50"} {
		if bytes.Contains(bytes.ToLower(raw), []byte(word)) {
			t.Errorf("%q stands in the database", word)
		}
	}
	m = open()
	defer m.Close()
	r := m.Ask(letter(t, 99, 99, box(99), start.Add(time.Minute))).Run
	if r.Sent+r.Held != 21 || r.Own != 20 {
		t.Errorf("after a restart: %+v", r)
	}
	deadline := time.Now().Add(2 * time.Minute)
	for len(m.Ask(letter(t, 51, 50, "ny@ny.example", start.Add(time.Minute))).Resent) == 0 {
		if time.Now().After(deadline) {
			t.Fatal("a release from another process was not taken up")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestDamagedFileIsSetAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "memory.db")
	if err := os.WriteFile(path, bytes.Repeat([]byte("not a database "), 500), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := memory.Open(t.Context(), inFile, path, memory.Options{Key: key(t)}, quiet)
	if err != nil || m.Stats().Damage == "" {
		t.Fatalf("%v, damage %q", err, m.Stats().Damage)
	}
	m.Note(letter(t, 1, 1, box(1), start), memory.Sent)
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + ".damaged"); err != nil {
		t.Error("the damaged file is gone:", err)
	}
	if n, err := memory.Count(t.Context(), inFile, path); err != nil || n == 0 {
		t.Errorf("the new memory has %d facts, %v", n, err)
	}
	// A folder that cannot be written: it works without a disk.
	m, err = memory.Open(t.Context(), inFile, "/proc/brevvagt/memory.db", memory.Options{Key: key(t)}, quiet)
	if err != nil || m.Stats().Damage == "" {
		t.Fatalf("%v, damage %q", err, m.Stats().Damage)
	}
	m.Note(letter(t, 1, 1, box(1), start), memory.Sent)
	if m.Ask(letter(t, 2, 2, box(2), start)).Run.Sent != 1 || m.Close() != nil {
		t.Error("a memory without a disk does not work")
	}
}

// TestKilled kills a process that writes a memory, time after time, and looks at what
// it left: whole mails, all that were a second old, none twice.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	path := os.Getenv("MEMORY_TEST_CHILD")
	if path != "" {
		m, err := memory.Open(context.Background(), inFile, path, memory.Options{Key: key(t)}, quiet)
		if err != nil || m.Stats().Damage != "" {
			fmt.Println("damage", err, m.Stats().Damage)
			os.Exit(1)
		}
		first := m.Ask(letter(t, 1<<20, 1<<20, box(1<<20), start)).Run.Sent
		for i := first; ; i++ {
			m.Note(letter(t, i, i, box(i), start), memory.Sent)
			fmt.Println(i)
			time.Sleep(time.Millisecond)
		}
	}
	path = filepath.Join(t.TempDir(), "memory.db")
	least, told := 0, 0
	for range 2 {
		child := exec.Command(os.Args[0], "-test.run=^TestKilled$")
		child.Env = append(os.Environ(), "MEMORY_TEST_CHILD="+path)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		var damage string
		var last atomic.Int64
		read := make(chan struct{})
		go func() {
			defer close(read)
			for lines := bufio.NewScanner(out); lines.Scan(); {
				n, err := strconv.Atoi(lines.Text())
				if err != nil {
					damage += lines.Text()
					continue
				}
				last.Store(int64(n))
			}
		}()
		least = stored(t, path, &last, read)
		_ = child.Process.Kill()
		<-read
		_ = child.Wait()
		if damage != "" {
			t.Fatal(damage)
		}
		told = int(last.Load())
	}
	m, err := memory.Open(t.Context(), inFile, path, memory.Options{Key: key(t)}, quiet)
	if err != nil || m.Stats().Damage != "" {
		t.Fatalf("%v %s", err, m.Stats().Damage)
	}
	defer m.Close()
	sent := m.Ask(letter(t, 1<<20, 1<<20, box(1<<20), start)).Run.Sent
	// One may have been written down and not told of.
	if sent < least || sent > told+2 {
		t.Errorf("%d mails remembered of %d, at least %d were stored", sent, told+1, least)
	}
	if mails := m.Stats().Mails; mails != sent {
		t.Errorf("a run of %d mails, but learned from %d", sent, mails)
	}
}

// stored waits until 50 mails more than now are told of and then on disk: what is told
// before one lot of facts is stored is there with the next one. It tells how many mails
// that is.
func stored(t *testing.T, path string, last *atomic.Int64, ended <-chan struct{}) (mails int) {
	t.Helper()
	before, lots, until := -1, 0, int64(0)
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		select {
		case <-ended:
			return 0 // by itself: the caller tells what it said
		default:
		}
		now := last.Load()
		if until == 0 {
			until = now + 50
		}
		if now < until {
			continue
		}
		facts, err := memory.Count(t.Context(), inFile, path)
		switch {
		case err != nil:
			t.Fatal(err)
		case before < 0:
			mails = int(now) + 1
		case facts > before:
			lots++
		}
		if before = facts; lots == 2 {
			return mails
		}
	}
	t.Fatal("nothing is stored within three minutes")
	return 0
}

// TestFirstOfASender: a domain is new to each sender by itself, whatever the mail holds.
func TestFirstOfASender(t *testing.T) {
	m := fresh(t)
	mail := func(n int, from, to string) *memory.Mail {
		return &memory.Mail{MessageID: fmt.Sprintf("<f%d@kommune.example>", n), At: start.Add(time.Duration(n) * time.Minute), From: from, Readers: []memory.Reader{{Address: to}}}
	}
	m.Note(mail(1, "lis@kommune.example", "a@firma.example"), memory.Sent)
	for _, c := range []struct {
		from, to   string
		first, new int
	}{
		{"lis@kommune.example", "b@firma.example", 0, 0},
		{"bo@kommune.example", "b@firma.example", 1, 0},
		{"lis@kommune.example", "b@andet.example", 1, 1},
	} {
		if a := m.Ask(mail(9, c.from, c.to)); a.First != c.first || len(a.New) != c.new {
			t.Errorf("%s to %s: first %d, new %v", c.from, c.to, a.First, a.New)
		}
	}
}

// TestDoubtfulMailsOfARun are counted once each, and only those that went.
func TestDoubtfulMailsOfARun(t *testing.T) {
	m := fresh(t)
	for n := range 3 {
		x := letter(t, n, n+1, box(n+20), start.Add(time.Duration(n)*time.Minute))
		x.Doubtful = true
		if got := m.Ask(x).Run.Doubtful; got != n {
			t.Errorf("mail %d: %d doubtful before it", n, got)
		}
		m.Note(x, memory.Sent)
		m.Note(x, memory.Sent)
	}
}
