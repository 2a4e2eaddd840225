package smb

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cloudsoda/go-smb2"

	"brevvagt/internal/peertest"
	"brevvagt/scanner/source/share/walk"
)

func config(s *peertest.Samba) Config {
	return Config{Server: s.Addr, Share: "deling", User: s.User, Password: s.Password}
}

func open(t *testing.T, cfg Config) *Tree {
	t.Helper()
	tree, err := Open(t.Context(), cfg)
	must(t, err)
	t.Cleanup(func() { tree.Close() })
	return tree
}

func server(t *testing.T, lines ...string) *peertest.Samba {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a file server")
	}
	return peertest.StartSamba(t, lines...)
}

func write(t *testing.T, s *peertest.Samba, name, text string, mode os.FileMode) {
	t.Helper()
	path := filepath.Join(s.Dir, name)
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(t, os.WriteFile(path, []byte(text), mode))
	must(t, os.Chmod(path, mode))
}

func read(t *testing.T, tree *Tree, path string) (string, walk.Entry) {
	t.Helper()
	f, err := tree.Open(t.Context(), path)
	must(t, err)
	defer f.Close()
	e, err := f.Stat()
	must(t, err)
	data, err := io.ReadAll(f)
	must(t, err)
	return string(data), e
}

// TestServers reads the same share from servers with every kind of protection.
func TestServers(t *testing.T) {
	for name, c := range map[string]struct {
		lines  []string
		signed bool
		want   error
	}{
		"encryption required":           {[]string{"server smb encrypt = required"}, false, nil},
		"encryption required, optional": {[]string{"server smb encrypt = required"}, true, nil},
		"plain server":                  {[]string{"server smb encrypt = off"}, false, ErrPlain},
		"plain server, signed":          {[]string{"server smb encrypt = off"}, true, nil},
		"signing required":              {[]string{"server smb encrypt = off", "server signing = mandatory"}, true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := server(t, c.lines...)
			write(t, s, "sag/æøå.txt", "CPR-nr. 070761-4285", 0o644)
			cfg := config(s)
			cfg.Signed = c.signed
			tree, err := Open(t.Context(), cfg)
			if !errors.Is(err, c.want) {
				t.Fatalf("connecting: %v, want %v", err, c.want)
			}
			if err != nil {
				return
			}
			defer tree.Close()
			if text, _ := read(t, tree, "sag/æøå.txt"); text != "CPR-nr. 070761-4285" {
				t.Fatalf("read %q", text)
			}
		})
	}
}

func TestWrongPasswordAndShare(t *testing.T) {
	s := server(t, "server smb encrypt = required")
	cfg := config(s)
	cfg.Password = "forkert"
	if _, err := Open(t.Context(), cfg); !errors.Is(err, ErrLogin) || strings.Contains(err.Error(), "forkert") {
		t.Errorf("wrong password: %v", err)
	}
	cfg = config(s)
	cfg.Share = "findesikke"
	if _, err := Open(t.Context(), cfg); !errors.Is(err, ErrNoShare) {
		t.Errorf("wrong share: %v", err)
	}
	cfg = config(s)
	cfg.Folder = "findesikke"
	if _, err := Open(t.Context(), cfg); err == nil {
		t.Error("a folder that is not there was opened")
	}
	s.Stop()
	if _, err := Open(t.Context(), config(s)); !errors.Is(err, walk.ErrOffline) {
		t.Errorf("no server: %v", err)
	}
}

func TestFingerprintsLastAndAccessIsRead(t *testing.T) {
	s := server(t, "server smb encrypt = required")
	write(t, s, "alle.txt", "a", 0o644)
	write(t, s, "ejer.txt", "b", 0o600)
	write(t, s, "under/c.txt", "c", 0o640)
	tree := open(t, config(s))
	first, err := tree.List(t.Context(), "")
	must(t, err)
	got := map[string]walk.Entry{}
	for _, e := range first.Entries {
		got[e.Name] = e
	}
	if got["alle.txt"].Breadth != walk.Everyone || got["ejer.txt"].Breadth == walk.Everyone || got["under"].Kind != walk.Folder || first.Owner == "" {
		t.Errorf("listing %+v", first)
	}
	_, e := read(t, tree, "alle.txt")
	if e.Inode == 0 || e.CTime == 0 || !e.Same(got["alle.txt"]) {
		t.Errorf("the open file looks other than the listed one: %+v, %+v", e, got["alle.txt"])
	}
	again, err := open(t, config(s)).List(t.Context(), "")
	must(t, err)
	if !slices.Equal(first.Entries, again.Entries) {
		t.Errorf("a second connection sees %+v, the first %+v", again.Entries, first.Entries)
	}
	write(t, s, "alle.txt", "x", 0o644)
	if _, changed := read(t, tree, "alle.txt"); changed.Same(e) {
		t.Error("a changed file looks the same")
	}
}

func TestVanishingAndOddNames(t *testing.T) {
	s := server(t, "server smb encrypt = required", "host msdfs = yes", "msdfs root = yes")
	must(t, os.Symlink(`msdfs:fil02.kommune.example\sager`, filepath.Join(s.Dir, "dfs")))
	long := strings.Repeat("lang", 60) + ".txt"
	for _, name := range []string{long, "å b;c.txt", "#%&{}.txt", "dyb/" + strings.Repeat("m/", 40) + "fil.txt"} {
		write(t, s, name, name, 0o644)
	}
	must(t, os.Symlink("/etc/passwd", filepath.Join(s.Dir, "ud")))
	// The server follows links within the share and shows no difference.
	must(t, os.Symlink("..", filepath.Join(s.Dir, "dyb/rundt")))
	must(t, os.Symlink("../..", filepath.Join(s.Dir, "dyb/m/rundt")))
	tree := open(t, config(s))
	var texts []string
	must(t, walk.Walk(t.Context(), tree, 2, func(f walk.Found) error {
		if (f.Err != nil) != (f.Path == "dfs") || f.Err != nil && !errors.Is(f.Err, walk.ErrElsewhere) {
			t.Errorf("%s: %v", f.Path, f.Err)
		}
		for _, e := range f.Entries {
			if e.Kind == walk.Regular {
				text, _ := read(t, tree, walk.Join(f.Path, e.Name))
				texts = append(texts, text)
			}
		}
		return nil
	}))
	if len(texts) != 4 {
		t.Errorf("%d files read: %q", len(texts), texts)
	}
	must(t, os.Remove(filepath.Join(s.Dir, long)))
	if _, err := tree.Open(t.Context(), long); !errors.Is(err, walk.ErrGone) {
		t.Errorf("a file that went: %v", err)
	}
}

// TestServerGoesAndComesBack: a lost connection is said to be one, and made anew.
func TestServerGoesAndComesBack(t *testing.T) {
	s := server(t, "server smb encrypt = required")
	write(t, s, "a.txt", "a", 0o644)
	tree := open(t, config(s))
	read(t, tree, "a.txt")
	s.Stop()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	if _, err := tree.Open(ctx, "a.txt"); !errors.Is(err, walk.ErrOffline) {
		t.Fatalf("the server is gone: %v", err)
	}
	s.Start()
	time.Sleep(downTime)
	if text, _ := read(t, tree, "a.txt"); text != "a" {
		t.Fatal("not read after the server came back")
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestFewQuestions: a file costs opening, reading, one look at what it is, and
// closing; each question more would be felt over a long way.
func TestFewQuestions(t *testing.T) {
	s := server(t, "server smb encrypt = required")
	write(t, s, "a.txt", strings.Repeat("x", 60_000), 0o644)
	tree := open(t, config(s))
	before := tree.guard.sent.Load()
	f, err := tree.Open(t.Context(), "a.txt")
	must(t, err)
	_, err = io.ReadFull(f, make([]byte, 60_000))
	must(t, err)
	_, err = f.Stat()
	must(t, err)
	must(t, f.Close())
	tree.closing.Wait()
	if n := tree.guard.sent.Load() - before; n != 4 {
		t.Errorf("%d questions for a file", n)
	}
}

// TestAPanicOfTheLibrary is an error for whoever asked, and the connection is made anew.
func TestAPanicOfTheLibrary(t *testing.T) {
	s := server(t, "server smb encrypt = required")
	write(t, s, "a.txt", "a", 0o644)
	tree := open(t, config(s))
	on := tree.guard
	// A file without its connection: each call of the library is one through nil.
	f := &file{new(smb2.File), tree, on}
	if _, err := f.Read(make([]byte, 8)); !errors.Is(err, ErrAnswer) {
		t.Errorf("reading: %v", err)
	}
	if _, err := f.Stat(); !errors.Is(err, ErrAnswer) {
		t.Errorf("what it is: %v", err)
	}
	must(t, f.Close())
	tree.closing.Wait()
	if text, _ := read(t, tree, "a.txt"); text != "a" || tree.guard == on {
		t.Errorf("%q, over the same connection: %v", text, tree.guard == on)
	}
}

// TestRequestsOutWhileHangingUp: whoever waits for an answer when the connection is
// given up gets an error. The library's logoff gave them nothing, and the program
// ended.
func TestRequestsOutWhileHangingUp(t *testing.T) {
	s := server(t, "server smb encrypt = required")
	for i := range 8 {
		write(t, s, strconv.Itoa(i), strings.Repeat("x", 60_000), 0o644)
	}
	for range 5 {
		tree := open(t, config(s))
		var files [8]walk.File
		for i := range files {
			var err error
			files[i], err = tree.Open(t.Context(), strconv.Itoa(i))
			must(t, err)
		}
		before := tree.guard.sent.Load()
		s.Pause()
		var readers sync.WaitGroup
		for _, f := range files {
			readers.Go(func() {
				if n, err := f.Read(make([]byte, 60_000)); err == nil {
					t.Errorf("%d bytes of a server that does not answer", n)
				}
				f.Close()
			})
		}
		for tree.guard.sent.Load() < before+int64(len(files)) {
			time.Sleep(time.Millisecond)
		}
		// A farewell that cannot be sent is the quickest to come back.
		must(t, tree.guard.Conn.(*net.TCPConn).CloseWrite())
		tree.mu.Lock()
		tree.drop()
		tree.mu.Unlock()
		readers.Wait()
		tree.closing.Wait()
		s.Resume()
	}
}
