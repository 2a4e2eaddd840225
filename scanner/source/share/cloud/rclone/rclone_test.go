//go:build !norclone

package rclone

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"brevvagt/internal/peertest"
	"brevvagt/scanner/source/share/cloud"
	"brevvagt/scanner/source/share/cloud/child"
	"brevvagt/scanner/source/share/cloud/frame"
	"brevvagt/scanner/source/share/swap"
	"brevvagt/scanner/source/share/walk"
)

// TestMain lets the test binary be the helper.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "-hjælper" {
		if err := child.Serve(os.Stdin, os.Stdout, Open); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func setup(s *peertest.Rclone, kind string) frame.Setup {
	if kind == "sftp" {
		host, port, _ := strings.Cut(s.Addr, ":")
		return frame.Setup{Kind: kind, Write: true, Options: map[string]string{"host": host, "port": port, "user": s.User, "known_hosts_file": s.KnownHosts}, Secrets: map[string]string{"pass": s.Password}}
	}
	return frame.Setup{Kind: kind, Write: true, Options: map[string]string{"url": "http://" + s.Addr, "vendor": "other", "user": s.User}, Secrets: map[string]string{"pass": s.Password}}
}

func config(s frame.Setup) cloud.Config {
	return cloud.Config{Name: "skyen", Command: []string{os.Args[0], "-hjælper"}, Setup: s, Digest: func(tag string) string { return tag }}
}

func open(t *testing.T, s frame.Setup) *cloud.Tree {
	t.Helper()
	tree, err := cloud.Open(t.Context(), config(s))
	must(t, err)
	t.Cleanup(func() { tree.Close() })
	return tree
}

// eachKind runs a test on every server that Debian's rclone can be.
func eachKind(t *testing.T, test func(t *testing.T, s *peertest.Rclone, kind string)) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	for _, kind := range []string{"webdav", "sftp"} {
		t.Run(kind, func(t *testing.T) { test(t, peertest.StartRclone(t, kind), kind) })
	}
}

func read(t *testing.T, tree *cloud.Tree, path string) (string, walk.Entry) {
	t.Helper()
	f, err := tree.Open(t.Context(), path)
	must(t, err)
	defer f.Close()
	before, err := f.Stat()
	must(t, err)
	data, err := io.ReadAll(f)
	must(t, err)
	after, err := f.Stat()
	must(t, err)
	if !before.Same(after) {
		t.Errorf("%s looks changed: %+v, %+v", path, before, after)
	}
	return string(data), after
}

func TestReadsWhatIsServed(t *testing.T) {
	eachKind(t, func(t *testing.T, s *peertest.Rclone, kind string) {
		large := strings.Repeat("Vi har modtaget din ansøgning. ", 100_000) // 3 MB, several frames
		files := map[string]string{"brev.txt": "CPR-nr. 070761-4285", "sager/æøå & co/50%+#?.txt": "to", "tom.txt": "", "sager/stor.txt": large}
		for name, text := range files {
			s.Fill(name, text)
		}
		tree := open(t, setup(s, kind))
		found := make(map[string]string)
		must(t, walk.Walk(t.Context(), tree, 1, func(f walk.Found) error {
			if f.Err != nil || f.Reach != walk.Unknown {
				t.Errorf("%q: %v, reach %d", f.Path, f.Err, f.Reach)
			}
			for _, e := range f.Entries {
				if e.Kind == walk.Regular {
					p := walk.Join(f.Path, e.Name)
					text, now := read(t, tree, p)
					found[p] = text
					if e.Name = ""; !e.Same(now) {
						t.Errorf("%s: listed %+v, read %+v", p, e, now)
					}
				}
			}
			return nil
		}))
		for name, text := range files {
			if found[name] != text {
				t.Errorf("%s: %d bytes, want %d", name, len(found[name]), len(text))
			}
		}
		if len(found) != len(files) {
			t.Errorf("found %d files", len(found))
		}
		if _, err := tree.Open(t.Context(), "sager/væk.txt"); !errors.Is(err, walk.ErrGone) {
			t.Errorf("what is not there: %v", err)
		}
		if _, err := tree.List(t.Context(), "væk"); !errors.Is(err, walk.ErrGone) {
			t.Errorf("a folder that is not there: %v", err)
		}
	})
}

func TestAChangeShows(t *testing.T) {
	eachKind(t, func(t *testing.T, s *peertest.Rclone, kind string) {
		s.Fill("a.txt", "en")
		tree := open(t, setup(s, kind))
		first, err := tree.List(t.Context(), "")
		must(t, err)
		f, err := tree.Open(t.Context(), "a.txt")
		must(t, err)
		defer f.Close()
		before, err := f.Stat()
		must(t, err)
		s.Fill("a.txt", "noget andet")
		after, err := f.Stat()
		must(t, err)
		if before.Same(after) || !before.Same(first.Entries[0]) {
			t.Errorf("before %+v, after %+v", before, after)
		}
	})
}

func TestLoginAndHostAreChecked(t *testing.T) {
	eachKind(t, func(t *testing.T, s *peertest.Rclone, kind string) {
		wrong := setup(s, kind)
		wrong.Secrets = map[string]string{"pass": "en hemmelighed der er forkert"}
		_, err := cloud.Open(t.Context(), config(wrong))
		if !errors.Is(err, cloud.ErrLogin) || strings.Contains(err.Error(), "hemmelighed") || !strings.Contains(err.Error(), "skyen") {
			t.Errorf("wrong password: %v", err)
		}
		if kind == "sftp" {
			other := setup(s, kind)
			other.Options["known_hosts_file"] = peertest.StartRclone(t, kind).KnownHosts
			if _, err := cloud.Open(t.Context(), config(other)); err == nil {
				t.Error("a server with an unknown key was believed")
			}
			return
		}
		s.Stop()
		if _, err := cloud.Open(t.Context(), config(setup(s, kind))); !errors.Is(err, walk.ErrOffline) {
			t.Errorf("no server: %v", err)
		}
	})
}

// TestNothingOfTheLoginShows looks at what others on the machine can see of the helper.
func TestNothingOfTheLoginShows(t *testing.T) {
	eachKind(t, func(t *testing.T, s *peertest.Rclone, kind string) {
		t.Setenv("RCLONE_HEMMELIG", "må ikke arves")
		open(t, setup(s, kind))
		seen := 0
		for _, pid := range helpers(t) {
			args, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
			if err != nil {
				continue // an elder one that has just ended
			}
			env, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
			if err != nil || len(env) == 0 {
				continue
			}
			seen++
			if all := string(args) + string(env); strings.Contains(all, s.Password) || strings.Contains(all, s.User) || strings.Contains(all, "RCLONE") {
				t.Errorf("%q", all)
			}
		}
		if seen == 0 {
			t.Error("no helper seen")
		}
		if text := fmt.Sprintf("%v %+v %#v", setup(s, kind), setup(s, kind), setup(s, kind)); strings.Contains(text, s.Password) {
			t.Errorf("the setup prints %s", text)
		}
	})
}

func TestServerGoesAndComesBack(t *testing.T) {
	eachKind(t, func(t *testing.T, s *peertest.Rclone, kind string) {
		s.Fill("a.txt", "a")
		tree := open(t, setup(s, kind))
		read(t, tree, "a.txt")
		s.Stop()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
		defer cancel()
		if _, err := tree.List(ctx, ""); !errors.Is(err, walk.ErrOffline) {
			t.Fatalf("the server is gone: %v", err)
		}
		s.Start()
		for ctx.Err() == nil {
			if _, err := tree.List(ctx, ""); err == nil {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		if text, _ := read(t, tree, "a.txt"); text != "a" {
			t.Fatal("not read after the server came back")
		}
	})
}

func TestTakenAndPutBack(t *testing.T) {
	eachKind(t, func(t *testing.T, s *peertest.Rclone, kind string) {
		text := "CPR-nr. 070761-4285" + strings.Repeat("x", 2<<20)
		s.Fill("sag/liste.txt", text)
		old := time.Date(2021, 3, 1, 12, 0, 0, 0, time.UTC)
		must(t, os.Chtimes(filepath.Join(s.Dir, "sag/liste.txt"), old, old))
		tree := open(t, setup(s, kind))
		_, seen := read(t, tree, "sag/liste.txt")
		stale := seen
		stale.Size++
		if err := tree.Take(t.Context(), &swap.Receipt{Path: "sag/liste.txt"}, stale, swap.Note{Case: "S-1", Text: "Sag S-1"}); !errors.Is(err, swap.ErrChanged) {
			t.Errorf("a changed file: %v", err)
		}
		must(t, tree.Take(t.Context(), &swap.Receipt{Path: "sag/liste.txt"}, seen, swap.Note{Case: "S-1", Text: "Filen er i karantæne. Sag S-1"}))
		if names := list(t, tree, "sag"); !slices.Equal(names, []string{"liste.txt.brevvagt.txt"}) {
			t.Fatalf("after taking: %v", names)
		}
		sum := sha256.Sum256([]byte(text))
		r := &swap.Receipt{Root: "skyen:", Path: "sag/liste.txt", Size: seen.Size, SHA256: hex.EncodeToString(sum[:]), MTime: seen.MTime}
		s.Fill("sag/liste.txt", "en andens")
		if err := tree.Restore(t.Context(), r, "S-1", strings.NewReader(text)); !errors.Is(err, swap.ErrTaken) {
			t.Errorf("another file in the place: %v", err)
		}
		must(t, os.Remove(filepath.Join(s.Dir, "sag/liste.txt")))
		for range 2 { // a second time does no harm
			must(t, tree.Restore(t.Context(), r, "S-1", strings.NewReader(text)))
		}
		if names := list(t, tree, "sag"); !slices.Equal(names, []string{"liste.txt"}) {
			t.Errorf("after putting back: %v", names)
		}
		got, now := read(t, tree, "sag/liste.txt")
		if got != text || kind == "sftp" && now.MTime != seen.MTime {
			t.Errorf("%d bytes came back, with the time %d", len(got), now.MTime)
		}
		readOnly := setup(s, kind)
		readOnly.Write = false
		if err := open(t, readOnly).Take(t.Context(), &swap.Receipt{Path: "sag/liste.txt"}, now, swap.Note{Case: "S-2", Text: "Sag S-2"}); err == nil {
			t.Error("a storage that is only read was written to")
		}
	})
}

// breaking is content whose reading is interrupted by something in its middle.
type breaking struct {
	io.Reader
	left int
	do   func()
}

func (b *breaking) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if b.left -= n; b.left <= 0 && b.do != nil {
		b.do()
		b.do = nil
	}
	return n, err
}

// TestCutOffWhilePuttingBack: a helper that dies in the middle leaves no half of a file
// in its place, and the next try puts it back; a file that has come there meanwhile is
// not written over.
func TestCutOffWhilePuttingBack(t *testing.T) {
	eachKind(t, func(t *testing.T, s *peertest.Rclone, kind string) {
		text := "CPR-nr. 070761-4285" + strings.Repeat("x", 8<<20)
		s.Fill("sag/liste.txt", text)
		tree := open(t, setup(s, kind))
		_, seen := read(t, tree, "sag/liste.txt")
		for range 2 { // the second as after a crash before the file was removed
			must(t, tree.Take(t.Context(), &swap.Receipt{Path: "sag/liste.txt"}, seen, swap.Note{Case: "S-1", Text: "Filen er i karantæne. Sag S-1"}))
			s.Fill("sag/liste.txt", text)
			_, seen = read(t, tree, "sag/liste.txt")
		}
		must(t, tree.Take(t.Context(), &swap.Receipt{Path: "sag/liste.txt"}, seen, swap.Note{Case: "S-1", Text: "Filen er i karantæne. Sag S-1"}))
		sum := sha256.Sum256([]byte(text))
		r := &swap.Receipt{Root: "skyen:", Path: "sag/liste.txt", Size: seen.Size, SHA256: hex.EncodeToString(sum[:]), MTime: seen.MTime}
		whole := strings.NewReader(text)
		if err := tree.Restore(t.Context(), r, "S-1", &breaking{whole, 4 << 20, func() { killHelpers(t) }}); err == nil {
			t.Fatal("put back by a helper that was killed")
		}
		if names := list(t, tree, "sag"); slices.Contains(names, "liste.txt") || !slices.Contains(names, "liste.txt.brevvagt.txt") {
			t.Fatalf("after a kill: %v", names)
		}
		err := tree.Restore(t.Context(), r, "S-1", &breaking{strings.NewReader(text), 4 << 20, func() { s.Fill("sag/liste.txt", "en andens") }})
		if data, _ := os.ReadFile(filepath.Join(s.Dir, "sag/liste.txt")); !errors.Is(err, swap.ErrTaken) || string(data) != "en andens" {
			t.Fatalf("over a file that came meanwhile: %v, %d bytes", err, len(data))
		}
		must(t, os.Remove(filepath.Join(s.Dir, "sag/liste.txt")))
		must(t, tree.Restore(t.Context(), r, "S-1", strings.NewReader(text)))
		if names := list(t, tree, "sag"); !slices.Equal(names, []string{"liste.txt"}) {
			t.Errorf("at last: %v", names)
		}
		if got, _ := read(t, tree, "sag/liste.txt"); got != text {
			t.Errorf("%d bytes came back", len(got))
		}
	})
}

func list(t *testing.T, tree *cloud.Tree, dir string) (names []string) {
	t.Helper()
	l, err := tree.List(t.Context(), dir)
	must(t, err)
	for _, e := range l.Entries {
		names = append(names, e.Name)
	}
	return names
}

func TestSharingIsRead(t *testing.T) {
	for text, want := range map[string]frame.Sharing{
		"": "", "[]": "", "{": "",
		`[{"type":"user","role":"owner"}]`:                                   frame.Private,
		`[{"type":"user","role":"owner"},{"type":"user","role":"reader"}]`:   frame.Some,
		`[{"type":"user","role":"owner"},{"type":"anyone","role":"reader"}]`: frame.All,
		`[{"type":"domain","role":"reader"}]`:                                frame.All,
	} {
		if got := permissions(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	if scope("anonymous") != frame.All || scope("organization") != frame.All || scope("users") != frame.Some || scope("") != "" {
		t.Error("scope of a link")
	}
}

func TestProblemsAreUnderstood(t *testing.T) {
	b := &backend{secrets: []string{"meget hemmelig"}}
	for text, want := range map[string]frame.Code{
		"Propfind: 429 Too Many Requests":                                                             frame.Throttled,
		"activityLimitReached: throttledRequest: The request has been throttled":                      frame.Throttled,
		"operation error S3: ListObjectsV2, https response error StatusCode: 503, api error SlowDown": frame.Throttled,
		"googleapi: Error 403: User Rate Limit Exceeded., userRateLimitExceeded":                      frame.Throttled,
		"accessDenied: Access denied":                                                                 frame.Denied,
		"ssh: handshake failed: ssh: unable to authenticate":                                          frame.Denied,
		"dial tcp 127.0.0.1:1: connect: connection refused":                                           frame.Offline,
		"noget helt andet med meget hemmelig i":                                                       frame.Broken,
	} {
		var p child.Explained
		if err := b.problem(errors.New(text)); !errors.As(err, &p) || p.Problem().Code != want || strings.Contains(p.Problem().Text, "hemmelig ") {
			t.Errorf("%s: %v", text, p.Problem())
		}
	}
	if err := b.problem(fs.ErrPermission); code(err) != frame.Denied {
		t.Errorf("%v", err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
