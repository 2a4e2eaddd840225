package cloud

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"brevvagt/scanner/source/share/cloud/child"
	"brevvagt/scanner/source/share/cloud/frame"
	"brevvagt/scanner/source/share/swap"
	"brevvagt/scanner/source/share/walk"
)

// TestMain lets the test binary be a helper that misbehaves in the way its second
// argument says.
func TestMain(m *testing.M) {
	if len(os.Args) > 3 && os.Args[1] == "-hjælper" {
		helperFor(os.Args[2], os.Args[3])
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func helperFor(how, dir string) {
	switch how {
	case "rubbish":
		fmt.Print(strings.Repeat("ikke en ramme ", 1000))
		time.Sleep(time.Minute)
	case "silent":
		time.Sleep(time.Minute)
	case "huge":
		_, _ = frame.ReadFrame(os.Stdin)
		_, _ = os.Stdout.Write([]byte{0xff, 0xff, 0xff, 0xff, 'f', 0, 0, 0, 1})
		time.Sleep(time.Minute)
	default:
		_ = child.Serve(os.Stdin, os.Stdout, func(context.Context, frame.Setup) (child.Backend, error) { return &fake{how, dir}, nil })
	}
}

// fake is a storage of one file, "a", with 100,000 bytes.
type fake struct{ how, dir string }

// first is true once for each helper of a test, whichever process asks.
func (f *fake) first(what string) bool {
	h, err := os.OpenFile(filepath.Join(f.dir, what), os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		h.Close()
	}
	return err == nil
}

// explained is an error that the helper tells with its code.
type explained struct{ p frame.Problem }

func (e *explained) Error() string          { return e.p.Text }
func (e *explained) Problem() frame.Problem { return e.p }

func (f *fake) List(ctx context.Context, _ string, add func(frame.Entry) error) error {
	if err := add(frame.Entry{Name: "a", Size: 100_000, Tag: "mærke"}); err != nil {
		return err
	}
	switch f.how {
	case "dies listing":
		for i := range 1000 { // more than one lot, so that half a listing is out
			_ = add(frame.Entry{Name: fmt.Sprint(i)})
		}
		panic("CPR-nr. 070761-4285")
	case "dies once":
		if f.first("died") {
			os.Exit(3)
		}
	case "throttles":
		if f.first("one") || f.first("two") {
			return &explained{frame.Problem{Code: frame.Throttled, Text: "429", Retry: 20}}
		}
	case "always throttles":
		return &explained{frame.Problem{Code: frame.Throttled, Text: "429", Retry: 20}}
	case "hangs":
		<-ctx.Done()
		time.Sleep(time.Minute)
	case "bad names":
		for _, name := range []string{"", ".", "..", "a/b", "a\x00", "a"} {
			_ = add(frame.Entry{Name: name})
		}
	}
	return nil
}

func (f *fake) Stat(context.Context, string) (frame.Entry, error) {
	if f.how == "removed late" && !f.first("seen") {
		return frame.Entry{}, &explained{frame.Problem{Code: frame.Gone, Text: "væk"}}
	}
	return frame.Entry{Name: "a", Size: 100_000, Tag: "mærke"}, nil
}

func (f *fake) Open(_ context.Context, path string, offset int64, _ bool) (io.ReadCloser, frame.Entry, error) {
	if f.how == "removed late" && path == "a"+noteEnding {
		return io.NopCloser(strings.NewReader("Sag S-1")), frame.Entry{Name: path, Size: 7}, nil
	}
	if path != "a" {
		return nil, frame.Entry{}, &explained{frame.Problem{Code: frame.Gone, Text: "væk"}}
	}
	text := strings.Repeat("0123456789", 10_000)[offset:]
	var r io.Reader = strings.NewReader(text)
	switch {
	case f.how == "cut once" && f.first("cut"), f.how == "always cut":
		r = io.MultiReader(strings.NewReader(text[:min(len(text), 3000)]), broken{})
	case f.how == "dies reading" && f.first("died"):
		r = io.MultiReader(strings.NewReader(text[:3000]), dies{})
	}
	e, _ := f.Stat(context.Background(), path)
	return io.NopCloser(r), e, nil
}

type broken struct{}

func (broken) Read([]byte) (int, error) {
	return 0, &explained{frame.Problem{Code: frame.Offline, Text: "connection reset"}}
}

type dies struct{}

func (dies) Read([]byte) (int, error) { os.Exit(3); return 0, nil }

func open(t *testing.T, how string, change func(*Config)) (*Tree, error) {
	t.Helper()
	cfg := Config{Name: "skyen", Command: []string{os.Args[0], "-hjælper", how, t.TempDir()}, Digest: func(tag string) string { return tag }, Timeout: time.Minute}
	if change != nil {
		change(&cfg)
	}
	tree, err := Open(t.Context(), cfg)
	if err == nil {
		t.Cleanup(func() { tree.Close() })
	}
	return tree, err
}

func tree(t *testing.T, how string, change func(*Config)) *Tree {
	t.Helper()
	tree, err := open(t, how, change)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// TestRemovedForAnEarlierTry: a file that is there at the first look and gone at the
// second was taken by the try that left the note, which therefore stays: this storage
// removes nothing.
func TestRemovedForAnEarlierTry(t *testing.T) {
	tree := tree(t, "removed late", nil)
	entries, err := tree.List(t.Context(), "")
	if err != nil || len(entries.Entries) != 1 {
		t.Fatalf("%v, %v", entries, err)
	}
	seen := entries.Entries[0]
	seen.Name = ""
	if err := tree.Take(t.Context(), &swap.Receipt{Path: "a"}, seen, swap.Note{Case: "S-1", Text: "Sag S-1"}); err != nil {
		t.Error(err)
	}
}

// TestHelperThatDies: it is started anew; what kills it each time is an error that
// says so and quotes nothing.
func TestHelperThatDies(t *testing.T) {
	if l, err := tree(t, "dies once", nil).List(t.Context(), ""); err != nil || len(l.Entries) != 1 {
		t.Errorf("%+v, %v", l, err)
	}
	l, err := tree(t, "dies listing", nil).List(t.Context(), "070761-4285")
	if !errors.Is(err, ErrCrashed) || errors.Is(err, walk.ErrOffline) || len(l.Entries) > 0 || strings.Contains(err.Error(), "4285") {
		t.Errorf("half a listing: %d entries, %v", len(l.Entries), err)
	}
}

func TestReadingGoesOnWhereItWas(t *testing.T) {
	for _, how := range []string{"whole", "cut once", "dies reading"} {
		f, err := tree(t, how, nil).Open(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(f); string(text) != strings.Repeat("0123456789", 10_000) || err != nil {
			t.Errorf("%s: %d bytes, %v", how, len(text), err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	f, err := tree(t, "always cut", nil).Open(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	// Neither is the share offline for one bad file, nor does half of it pass for it.
	if text, err := io.ReadAll(f); err == nil && len(text) < 100_000 || errors.Is(err, walk.ErrOffline) {
		t.Errorf("a file that is always cut: %d bytes, %v", len(text), err)
	}
}

func TestThrottled(t *testing.T) {
	if testing.Short() {
		t.Skip("waits as a server asks")
	}
	start := time.Now()
	if _, err := tree(t, "throttles", nil).List(t.Context(), ""); err != nil || time.Since(start) < 2*time.Second {
		t.Errorf("%v after %v, want two pauses", err, time.Since(start))
	}
	_, err := tree(t, "always throttles", func(c *Config) { c.Patience = 1500 * time.Millisecond }).List(t.Context(), "")
	if !errors.Is(err, walk.ErrOffline) || !errors.Is(err, ErrThrottled) || !strings.Contains(err.Error(), "skyen") {
		t.Errorf("without an end: %v", err)
	}
}

func TestHelperThatHangs(t *testing.T) {
	at := tree(t, "hangs", nil)
	at.cfg.Timeout = 300 * time.Millisecond // the helper may take its time to begin
	if _, err := at.List(t.Context(), ""); !errors.Is(err, ErrTimeout) || !errors.Is(err, walk.ErrOffline) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := at.List(ctx, ""); !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, walk.ErrOffline) {
		t.Errorf("%v", err)
	}
}

func TestWhatIsNoHelper(t *testing.T) {
	for _, how := range []string{"rubbish", "huge"} {
		if _, err := open(t, how, nil); !errors.Is(err, ErrCrashed) {
			t.Errorf("%s: %v", how, err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := Open(ctx, Config{Name: "skyen", Command: []string{os.Args[0], "-hjælper", "silent", ""}}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("silent: %v", err)
	}
	for _, command := range [][]string{nil, {"/findes/ikke"}} {
		if _, err := Open(t.Context(), Config{Name: "skyen", Command: command}); !errors.Is(err, ErrHelper) {
			t.Errorf("%v: %v", command, err)
		}
	}
}

func TestNamesThatCannotBe(t *testing.T) {
	l, err := tree(t, "bad names", nil).List(t.Context(), "")
	if err != nil || len(l.Entries) != 1 || len(l.Failed) != 6 {
		t.Errorf("%d entries, failed %q, %v", len(l.Entries), l.Failed, err)
	}
	if l.Entries[0].Inode == 0 {
		t.Error("the storage's tag is no part of the fingerprint")
	}
}

// TestManyAtOnce asks from many goroutines, some of which give up.
func TestManyAtOnce(t *testing.T) {
	at := tree(t, "whole", nil)
	var good atomic.Int64
	done := make(chan struct{}, 100)
	for i := range 100 {
		go func() {
			defer func() { done <- struct{}{} }()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if i%5 == 0 {
				cancel()
			}
			if f, err := at.Open(ctx, "a"); err == nil {
				if text, err := io.ReadAll(f); err == nil && len(text) == 100_000 {
					good.Add(1)
				}
				f.Close()
			}
		}()
	}
	for range 100 {
		<-done
	}
	if good.Load() < 80 {
		t.Errorf("%d of 80 were read", good.Load())
	}
}
