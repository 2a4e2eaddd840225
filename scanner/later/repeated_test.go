package later

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"brevvagt/scanner"
)

func item(id, receipt, content string) scanner.Item {
	return scanner.Item{Source: "smtp", ID: id, From: "a@kommune.example", Receipt: []byte(receipt), Content: []byte(content), Received: time.Now()}
}

// TestRepeated: after a crash the same mail under a new id is known, once, also when it
// was taken care of meanwhile; another mail and another envelope are not.
func TestRepeated(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Put(item("AAAAAA1", "to b", "mail")); err != nil {
		t.Fatal(err)
	}
	if _, known := s.Repeated(item("AAAAAA2", "to b", "mail")); known != Unknown {
		t.Error("there was no crash")
	}
	s, err = Open(dir, 0, nil) // as after a crash
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Sweep(); err != nil {
		t.Fatal(err)
	}
	one := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		_ = s.Run(ctx, func(context.Context, scanner.Item) error { close(one); return nil })
	}()
	<-one
	for s.Len() > 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	for name, it := range map[string]scanner.Item{"content": item("AAAAAA3", "to b", "mail2"), "envelope": item("AAAAAA4", "to bm", "ail"), "both": item("AAAAAA5", "to c", "x")} {
		if _, known := s.Repeated(it); known != Unknown {
			t.Errorf("another %s was taken for the same", name)
		}
	}
	again := item("AAAAAA6", "to b", "mail")
	if id, known := s.Repeated(again); known != Taken || id != "AAAAAA1" {
		t.Errorf("%q %v", id, known)
	}
	if _, known := s.Repeated(again); known != Unknown {
		t.Error("it was known twice")
	}
}

// TestUndecided: an item is open until somebody knows, and then taken or unheard of.
func TestUndecided(t *testing.T) {
	s, err := Open(t.TempDir(), 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, taken := range []bool{true, false} {
		settle, err := s.Undecide(item("AAAAAA1", "to b", "mail"))
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, known := s.Repeated(item("AAAAAA2", "to b", "mail")); known != Undecided {
				t.Errorf("open: %v", known)
			}
		}
		settle(taken)
		want := Unknown
		if taken {
			want = Taken
		}
		if _, known := s.Repeated(item("AAAAAA3", "to b", "mail")); known != want {
			t.Errorf("settled as %v: %v", taken, known)
		}
		if _, known := s.Repeated(item("AAAAAA4", "to b", "mail")); known != Unknown {
			t.Errorf("known for ever: %v", known)
		}
	}
}

// TestTakenBeforeARestart: what was taken late is known after a restart, for an hour, and
// once; what was open then is not.
func TestTakenBeforeARestart(t *testing.T) {
	dir := t.TempDir()
	restarted := func() *Spool {
		s, err := Open(dir, 0, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Sweep(); err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := restarted()
	for i, id := range []string{"AAAAAA1", "AAAAAA2", "AAAAAA3", "AAAAAA4"} {
		settle, err := s.Undecide(item(id, "to b", id))
		if err != nil {
			t.Fatal(err)
		}
		if i < 3 {
			settle(i < 2)
		}
	}
	old := time.Now().Add(-2 * memory)
	if err := os.Chtimes(filepath.Join(dir, "AAAAAA2.taken"), old, old); err != nil {
		t.Fatal(err)
	}
	s = restarted()
	for id, want := range map[string]Known{"AAAAAA1": Taken, "AAAAAA2": Unknown, "AAAAAA3": Unknown, "AAAAAA4": Unknown} {
		if _, known := s.Repeated(item("AAAAAA9", "to b", id)); known != want {
			t.Errorf("%s: %v, want %v", id, known, want)
		}
	}
	if _, known := restarted().Repeated(item("AAAAAA9", "to b", "AAAAAA1")); known != Unknown {
		t.Error("it was known twice")
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

// TestDamagedAndGone: a file that is not byte for byte what was written, be it in the
// content or in who gets it, is handed to nobody and stays; one that is gone is let go.
func TestDamagedAndGone(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	put := item("AAAAAA1", "to b", "Subject: x\n\nbody")
	put.To = []string{"b@firma.example"}
	if err := s.Put(put); err != nil {
		t.Fatal(err)
	}
	name := s.path(put.ID)
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.read(put.ID); err != nil {
		t.Fatal(err)
	}
	for at := range whole {
		broken := bytes.Clone(whole)
		broken[at] ^= 1
		if _, _, err := parse(broken); err == nil {
			t.Errorf("byte %d of %.400q", at, broken)
		}
		if _, _, err := parse(whole[:at]); err == nil {
			t.Errorf("cut at %d", at)
		}
	}
	if err := os.WriteFile(name, bytes.Replace(whole, []byte("b@firma"), []byte("c@firma"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	s.one(t.Context(), put.ID, func(context.Context, scanner.Item) error { t.Error("it is sent"); return nil })
	if err := s.rewrite(put.ID, []byte("to c")); !errors.Is(err, ErrDamaged) || s.Len() != 1 {
		t.Errorf("%v, %d wait", err, s.Len())
	}
	if s, err = Open(dir, 0, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Sweep(); err != nil {
		t.Fatal(err)
	}
	if _, known := s.Repeated(put); known != Unknown {
		t.Error("its sender hears that it is here")
	}
	if err := os.WriteFile(s.path("AAAAAA2"), whole, 0o600); err != nil { // under another's name
		t.Fatal(err)
	}
	if _, err := s.read("AAAAAA2"); !errors.Is(err, ErrDamaged) {
		t.Error(err)
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	s.one(t.Context(), put.ID, func(context.Context, scanner.Item) error { t.Error("it is sent"); return nil })
	if s.Len() != 0 {
		t.Errorf("%d wait", s.Len())
	}
}

// TestEarlierFiles: what a version before the sum of all put aside is handed out after the
// upgrade, and known when its sender comes again, unless it is damaged.
func TestEarlierFiles(t *testing.T) {
	receipt, content := []byte("to b"), []byte("Subject: x\n\nbody")
	for name, tt := range map[string]struct {
		key, sum string
		whole    bool
	}{
		"with a key":     {key(receipt, content), "", true},
		"with both":      {key(receipt, content), key(nil, content), true},
		"rewritten":      {"", key(nil, content), true},
		"with nothing":   {"", "", true},
		"another key":    {key([]byte("to c"), content), key(nil, content), false},
		"another's body": {"", key(nil, content[1:]), false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			line := fmt.Sprintf(`{"source":"smtp","id":"AAAAAA1","name":"","from":"a@kommune.example","to":["b@firma.example"],"received":"2026-11-30T08:00:00Z","receipt":%q,"key":%q,"sum":%q,"authenticated":true}`,
				base64.StdEncoding.EncodeToString(receipt), tt.key, tt.sum)
			if err := os.WriteFile(filepath.Join(dir, "AAAAAA1.item"), append([]byte(line+"\n"), content...), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := Open(dir, 0, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Sweep(); err != nil {
				t.Fatal(err)
			}
			it, err := s.read("AAAAAA1")
			if !tt.whole {
				if !errors.Is(err, ErrDamaged) || len(s.marks) != 0 {
					t.Errorf("%v, %d marks", err, len(s.marks))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := body(t, it); got != string(content) || it.From != "a@kommune.example" || !it.Authenticated {
				t.Errorf("%q %+v", got, it)
			}
			if known := len(s.marks) == 1; known != (tt.key != "") {
				t.Errorf("%d marks", len(s.marks))
			}
			if err := s.rewrite("AAAAAA1", []byte("to d")); err != nil {
				t.Fatal(err)
			}
			if it, err = s.read("AAAAAA1"); err != nil || string(it.Receipt) != "to d" || body(t, it) != string(content) {
				t.Errorf("rewritten: %+v %v", it, err)
			}
		})
	}
}

func body(t *testing.T, it scanner.Item) string {
	t.Helper()
	raw, done, err := it.Large.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	return string(raw)
}

// TestAgain: what is left of the work after a part of it is done survives a restart.
func TestAgain(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Put(item("AAAAAA1", "to b and c", "mail\n\nbody")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = s.Run(ctx, func(context.Context, scanner.Item) error {
			cancel()
			return &Again{Receipt: []byte("to c"), Err: errors.New("c is full")}
		})
	}()
	<-ended
	if s, err = Open(dir, 0, nil); err != nil || s.Len() != 1 {
		t.Fatalf("%d wait, %v", s.Len(), err)
	}
	it, err := s.read("AAAAAA1")
	if err != nil || string(it.Receipt) != "to c" {
		t.Fatalf("%q, %v", it.Receipt, err)
	}
	content, done, err := it.Large.Open()
	if err != nil || string(content) != "mail\n\nbody" {
		t.Errorf("%q, %v", content, err)
	}
	done()
}

// TestPutByAnother: what another process puts here is found.
func TestPutByAnother(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	other, err := Open(dir, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Put(item("AAAAAA1", "to b", "mail")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.find(), s.find()); err != nil || s.Len() != 1 || s.due() != "AAAAAA1" || s.due() != "" {
		t.Errorf("%d wait, %v", s.Len(), err)
	}
}
