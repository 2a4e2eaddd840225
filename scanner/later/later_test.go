package later_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"brevvagt/scanner"
	"brevvagt/scanner/later"
)

func item(id string) scanner.Item {
	return scanner.Item{Source: "smtp", ID: id, Name: "mail.eml", From: "a@kommune.example", To: []string{"b@firma.example"},
		Received: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC), Receipt: []byte("r\n\x00"), Authenticated: true, Content: []byte("Subject: x\r\n\r\n" + id + "\n\r\n")}
}

// collect runs the spool until n items are done with.
func collect(t *testing.T, s *later.Spool, n int, do func(scanner.Item) error) []scanner.Item {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	var mu sync.Mutex
	var got []scanner.Item
	err := s.Run(ctx, func(_ context.Context, it scanner.Item) error {
		mu.Lock()
		defer mu.Unlock()
		content, done, err := it.Large.Open()
		if err != nil {
			return err
		}
		it.Content = bytes.Clone(content)
		done()
		if got = append(got, it); len(got) == n {
			defer cancel()
		}
		return do(it)
	})
	if !errors.Is(err, context.Canceled) || len(got) != n {
		t.Fatalf("%d items, want %d: %v", len(got), n, err)
	}
	return got
}

func TestWhatWasPutComesBackAfterARestart(t *testing.T) {
	dir := t.TempDir()
	s, err := later.Open(dir, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time is the same item
		if err := s.Put(item("01ARZ3NDEKTSV4RRFFQ69G5FAV")); err != nil {
			t.Fatal(err)
		}
	}
	if s.Len() != 1 {
		t.Errorf("%d wait", s.Len())
	}
	again, err := later.Open(dir, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := collect(t, again, 1, func(scanner.Item) error { return nil })[0]
	want := item("01ARZ3NDEKTSV4RRFFQ69G5FAV")
	want.Client, want.Deep, got.Large = "later", true, nil
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 || again.Len() != 0 {
		t.Errorf("%d files are left, %d wait", len(left), again.Len())
	}
}

func TestAFailureKeepsTheItem(t *testing.T) {
	dir := t.TempDir()
	s, _ := later.Open(dir, 0, nil)
	if err := s.Put(item("AAAAAA")); err != nil {
		t.Fatal(err)
	}
	collect(t, s, 1, func(scanner.Item) error { return errors.New("next hop is down") })
	if again, _ := later.Open(dir, 0, nil); again.Len() != 1 || s.Len() != 1 {
		t.Error("the item is gone")
	}
}

func TestLimits(t *testing.T) {
	s, _ := later.Open(t.TempDir(), 1000, nil)
	big := item("BBBBBB")
	big.Content = make([]byte, 2000)
	if err := s.Put(big); !errors.Is(err, later.ErrFull) {
		t.Errorf("too big: %v", err)
	}
	for _, id := range []string{"", "../../x", "a.b", "a b cdef", strings.Repeat("a", 100)} {
		if err := s.Put(item(id)); !errors.Is(err, later.ErrID) {
			t.Errorf("id %q: %v", id, err)
		}
	}
	if err := s.Put(item("CCCCCC")); err != nil || s.Len() != 1 {
		t.Errorf("%v, %d wait", err, s.Len())
	}
}

// TestOddFiles: what nobody can read stays where it is and is said, and what is no
// item is left alone.
func TestOddFiles(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"AAAAAA.item": "no head", "BBBBBB.item": "{}\n", "notes.txt": "x", ".unfinished-1": "half"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := later.Open(dir, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Sweep(); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(item("CCCCCC")); err != nil {
		t.Fatal(err)
	}
	collect(t, s, 1, func(scanner.Item) error { return nil })
	left, _ := os.ReadDir(dir)
	if len(left) != 3 || s.Len() != 2 {
		t.Errorf("files %v, %d wait", left, s.Len())
	}
}
