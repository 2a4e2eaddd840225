package quarantine_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"brevvagt/internal/store"
	"brevvagt/internal/storetest"
	"brevvagt/quarantine/notices"
	"brevvagt/quarantine/receipt"
)

// noticeBench is a box with a clock of its own.
type noticeBench struct {
	db  *store.DB
	box *notices.Box

	mu  sync.Mutex
	now time.Time
}

func newNoticeBench(t *testing.T) *noticeBench {
	t.Helper()
	b := &noticeBench{now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	var err error
	if b.db, err = storetest.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "brevvagt.db")}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.db.Close() })
	seal, err := receipt.Open(t.Context(), b.db)
	if err != nil {
		t.Fatal(err)
	}
	b.box = notices.New(b.db, seal, b.clock, slog.New(slog.DiscardHandler))
	return b
}

func (b *noticeBench) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

func (b *noticeBench) later(d time.Duration) {
	b.mu.Lock()
	b.now = b.now.Add(d)
	b.mu.Unlock()
	b.box.Wake()
}

func (b *noticeBench) add(t *testing.T, about string) {
	t.Helper()
	if err := b.box.Add(t.Context(), notices.Letter{About: about, Text: []byte("om " + about)}); err != nil {
		t.Fatal(err)
	}
}

// run sends with f until the test or stop ends it; each try is told on tries.
func (b *noticeBench) run(t *testing.T, f func(ctx context.Context, letter string, try int) error) (tries chan string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	tries, ended := make(chan string, 1000), make(chan error, 1)
	var mu sync.Mutex
	seen := map[string]int{}
	go func() {
		ended <- b.box.Run(ctx, func(ctx context.Context, letters [][]byte) error {
			letter := bytes.Join(letters, []byte(" og "))
			mu.Lock()
			seen[string(letter)]++
			n := seen[string(letter)]
			mu.Unlock()
			err := f(ctx, string(letter), n)
			tries <- string(letter)
			return err
		})
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return tries, stop
}

// settled waits until the box has nothing more to send.
func (b *noticeBench) settled(t *testing.T, want int) {
	t.Helper()
	var n int
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		var err error
		if n, err = b.box.Waiting(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n == want {
			return
		}
	}
	t.Fatalf("%d notices wait, want %d", n, want)
}

// TestOnce: each is sent once, however often it is written down, also when a mail
// server that takes long has another one in hand.
func TestNoticesGoOnce(t *testing.T) {
	b := newNoticeBench(t)
	slow := make(chan struct{})
	tries, _ := b.run(t, func(_ context.Context, letter string, _ int) error {
		if letter == "om 0" {
			<-slow
		}
		return nil
	})
	for i := range 20 {
		b.add(t, fmt.Sprint(i))
		b.add(t, fmt.Sprint(i))
	}
	b.settled(t, 1)
	b.add(t, "7") // it has been sent, and stays known
	close(slow)
	b.settled(t, 0)
	if n := len(tries); n != 20 {
		t.Errorf("%d were sent, want 20", n)
	}
}

// TestFates: what a try that failed means for the next one.
func TestFatesOfNotices(t *testing.T) {
	refused := func(n int, err error) func(context.Context, string, int) error {
		return func(_ context.Context, _ string, try int) error {
			if try <= n {
				return err
			}
			return nil
		}
	}
	for name, tt := range map[string]struct {
		f     func(context.Context, string, int) error
		after time.Duration
		tries int
	}{
		"taken":               {refused(0, nil), 0, 1},
		"nobody there":        {refused(2, errors.New("connection refused")), 2 * time.Hour, 3},
		"never anybody":       {refused(1000, errors.New("connection refused")), 9 * time.Hour, 4},
		"refused for good":    {refused(1000, fmt.Errorf("550: %w", notices.ErrRefused)), 0, 1},
		"the answer was lost": {refused(1000, fmt.Errorf("EOF: %w", notices.ErrUnknown)), 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			b := newNoticeBench(t)
			tries, _ := b.run(t, tt.f)
			b.add(t, "sagen")
			<-tries
			for range tt.tries - 1 {
				// The try before is noted once it waits for its time.
				b.waits(t)
				b.later(tt.after)
				<-tries
			}
			b.settled(t, 0)
			b.later(2 * time.Hour)
			b.add(t, "en anden")
			if got := <-tries; got != "om en anden" {
				t.Errorf("%s was sent again", got)
			}
		})
	}
}

// waits waits until no row is being sent: what becomes of one is noted by the clock that
// shows then.
func (b *noticeBench) waits(t *testing.T) {
	t.Helper()
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
		var sending int
		if err := b.db.Read().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM notices WHERE state = 'sending'`).Scan(&sending); err != nil {
			t.Fatal(err)
		}
		if sending == 0 {
			return
		}
	}
	t.Fatal("a notice is being sent for minutes")
}

// TestCrash: what was being sent when a process went down is not sent again, what was
// only written down is.
func TestNoticesAfterACrash(t *testing.T) {
	b := newNoticeBench(t)
	b.add(t, "afbrudt")
	b.add(t, "venter")
	err := b.db.Update(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE notices SET state = 'sending' WHERE id = 'afbrudt'`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	tries, stop := b.run(t, func(context.Context, string, int) error { return nil })
	b.settled(t, 0)
	stop()
	if len(tries) != 1 || <-tries != "om venter" {
		t.Errorf("%d were sent", len(tries)+1)
	}
}

// TestNothingInClear: the letter does not stand in the database, and is gone once sent.
func TestNoticesHoldNothingInClear(t *testing.T) {
	b := newNoticeBench(t)
	b.add(t, "sagen")
	letter := func() (raw []byte) {
		if err := b.db.Read().QueryRowContext(t.Context(), `SELECT letter FROM notices`).Scan(&raw); err != nil {
			t.Fatal(err)
		}
		return raw
	}
	if raw := letter(); len(raw) == 0 || string(raw) == "om sagen" {
		t.Errorf("%q", raw)
	}
	b.run(t, func(context.Context, string, int) error { return nil })
	b.settled(t, 0)
	if raw := letter(); raw != nil {
		t.Errorf("%d bytes are left", len(raw))
	}
}

// TestGathered: of a group as many as may go by themselves do, the rest is one notice an
// hour later, and again as one where it is tried again. Others do not wait for it.
func TestGatheredNotices(t *testing.T) {
	for _, alone := range []int{0, 1, 3} { // 0 is 1
		b := newNoticeBench(t)
		put := func(n int) {
			t.Helper()
			l := notices.Letter{About: fmt.Sprint(n), Group: "kørsel", Alone: alone, Text: []byte(fmt.Sprint(n))}
			if err := b.box.Add(t.Context(), l); err != nil {
				t.Fatal(err)
			}
		}
		tries, _ := b.run(t, func(_ context.Context, letter string, try int) error {
			if try == 1 && letter == "3 og 4 og 5" {
				return errors.New("connection refused")
			}
			return nil
		})
		told := func(want ...string) {
			t.Helper()
			for _, w := range want {
				if got := <-tries; got != w {
					t.Errorf("alone %d: sent %q, want %q", alone, got, w)
				}
			}
		}
		single := max(1, alone)
		for n := range single {
			b.later(time.Second)
			put(3 - single + n)
			told(fmt.Sprint(3 - single + n))
		}
		for n := 3; n < 6; n++ {
			put(n)
			b.later(time.Second)
		}
		b.add(t, "en anden")
		told("om en anden")
		b.settled(t, 3)
		b.later(time.Hour)
		told("3 og 4 og 5")
		b.waits(t)
		b.settled(t, 3)
		b.later(time.Minute)
		told("3 og 4 og 5")
		b.settled(t, 0)
		put(6) // within the hour
		b.settled(t, 1)
		b.later(time.Hour)
		told("6")
		b.later(2 * time.Hour)
		put(7)
		told("7")
		b.settled(t, 0)
	}
}

// TestClockWasWrong: what a clock that had leapt ahead put off goes once it is right.
func TestNoticesWhenTheClockWasWrong(t *testing.T) {
	b := newNoticeBench(t)
	b.later(48 * time.Hour)
	b.add(t, "sagen")
	b.later(-48 * time.Hour)
	tries, _ := b.run(t, func(context.Context, string, int) error { return nil })
	if got := <-tries; got != "om sagen" {
		t.Error(got)
	}
}
