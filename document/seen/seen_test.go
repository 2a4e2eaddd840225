package seen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"brevvagt/document"
)

const canary = "070761-4285"

// reader counts how often it is asked and reads like the OCR does.
type reader struct {
	asked int
	fail  error
	gap   document.Reason
	text  string
}

func (*reader) Name() string              { return "fake" }
func (*reader) Match([]byte, string) bool { return true }
func (r *reader) says(data []byte) string { return "CPR " + canary + " " + string(data) + r.text }
func (r *reader) page(in document.Input) int {
	if in.Page == 0 {
		return 1
	}
	return 0
}

func (r *reader) Read(_ context.Context, in document.Input, out *document.Builder) error {
	r.asked++
	out.Segment(document.Segment{Text: r.says(in.Data), At: document.Location{OCR: true, Page: r.page(in), Box: &document.Box{1, 2, 3, 4}},
		Words: []document.Word{{Start: 4, End: 15, Box: document.Box{1, 2, 3, 4}, Confidence: 91}}})
	if r.gap != "" {
		out.Gap(document.Gap{Why: r.gap})
	}
	return r.fail
}

// carrier puts the same picture in two places.
type carrier struct{ document.Format }

func (carrier) Name() string                     { return "carrier" }
func (carrier) Match(head []byte, _ string) bool { return bytes.HasPrefix(head, []byte("carrier")) }
func (carrier) Read(_ context.Context, _ document.Input, out *document.Builder) error {
	out.ChildBytes("a.png", []byte("x"), document.Input{Page: 3, Label: "Navn", Layer: document.Hidden})
	out.ChildBytes("b.png", []byte("x"), document.Input{Page: 7})
	out.ChildBytes("c.png", []byte("x"), document.Input{})
	return nil
}

func walk(f document.Format, data string) *document.Document {
	return (&document.Formats{List: []document.Format{carrier{}, f}}).Read(context.Background(), "mail", []byte(data))
}

func TestSamePictureElsewhere(t *testing.T) {
	plain, asked := walk(&reader{}, "carrier"), &reader{}
	f := New(Config{Version: "1"}).Format(asked)
	for range 3 {
		if got := walk(f, "carrier"); !reflect.DeepEqual(got, plain) {
			t.Fatalf("got %+v\nwant %+v", got, plain)
		}
	}
	if asked.asked != 2 { // once on a page of something, once alone
		t.Errorf("read %d times", asked.asked)
	}
	if walk(f, "other"); asked.asked != 3 {
		t.Errorf("another content was not read")
	}
}

func TestNotRemembered(t *testing.T) {
	for name, r := range map[string]*reader{
		"error":       {fail: errors.New("x")},
		"encrypted":   {fail: document.ErrEncrypted},
		"out of time": {gap: document.OutOfTime},
		"damaged":     {gap: document.Damaged},
		"large":       {text: strings.Repeat("a", maxEntry)},
		"no UTF-8":    {text: "\xff"},
	} {
		f := New(Config{}).Format(r)
		first, second := walk(f, "x"), walk(f, "x")
		if r.asked != 2 {
			t.Errorf("%s: read %d times", name, r.asked)
		}
		if !reflect.DeepEqual(first, second) {
			t.Errorf("%s: %+v, then %+v", name, first, second)
		}
	}
	final := &reader{gap: document.TooMany}
	f := New(Config{}).Format(final)
	if walk(f, "x"); len(walk(f, "x").Gaps) != 1 || final.asked != 1 {
		t.Errorf("a reading that is as whole as it gets was not remembered with its gap")
	}
}

func TestMemoryIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	c := New(Config{Memory: 20_000})
	r := &reader{}
	f := c.Format(r)
	for i := range 500 {
		walk(f, fmt.Sprint(i))
	}
	if _, misses, used := c.Stats(); used > 20_000 || used < 10_000 || misses != 500 {
		t.Errorf("%d bytes used, %d misses", used, misses)
	}
	if walk(f, "499"); r.asked != 500 {
		t.Error("the last one was forgotten")
	}
	if walk(f, "0"); r.asked != 501 {
		t.Error("the first one was not forgotten")
	}
}

var secret = bytes.Repeat([]byte("k"), 32)

// run reads one content as a new process would.
func run(t *testing.T, dir string, change func(*Config, *DiskConfig)) (asked int, c *Cache) {
	t.Helper()
	cfg, disk := Config{Version: "1", Secret: secret}, DiskConfig{Dir: dir, Secret: secret}
	if change != nil {
		change(&cfg, &disk)
	}
	d, err := OpenDisk(disk)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Disk = d
	c, r := New(cfg), &reader{}
	if got := walk(c.Format(r), "hemmelig"); !reflect.DeepEqual(got, walk(&reader{}, "hemmelig")) {
		t.Fatalf("got %+v", got)
	}
	return r.asked, c
}

func TestDiskOutlivesTheProcess(t *testing.T) {
	dir := t.TempDir()
	if n, _ := run(t, dir, nil); n != 1 {
		t.Fatalf("read %d times", n)
	}
	if n, _ := run(t, dir, nil); n != 0 {
		t.Errorf("read again in the next run")
	}
	for name, change := range map[string]func(*Config, *DiskConfig){
		"version": func(c *Config, _ *DiskConfig) { c.Version = "2" },
		"secret":  func(c *Config, d *DiskConfig) { c.Secret = bytes.Repeat([]byte("z"), 32); d.Secret = c.Secret },
		"expired": func(_ *Config, d *DiskConfig) { d.Keep = time.Nanosecond },
	} {
		if n, _ := run(t, dir, change); n != 1 {
			t.Errorf("%s: read %d times", name, n)
		}
	}
}

func TestNothingInClearOnDisk(t *testing.T) {
	dir := t.TempDir()
	run(t, dir, nil)
	files := entriesIn(dir)
	if len(files) != 1 {
		t.Fatalf("%d files", len(files))
	}
	data, err := os.ReadFile(files[0].path)
	if err != nil {
		t.Fatal(err)
	}
	for _, clear := range []string{canary, "0707614285", "CPR", "hemmelig", "fake", "Text", "Segment", "png"} {
		if bytes.Contains(data, []byte(clear)) || strings.Contains(files[0].path, clear) {
			t.Errorf("%q stands in clear on disk", clear)
		}
	}
	if info, err := os.Stat(files[0].path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// TestDamageIsAMiss cuts and flips an entry, as a crash or a bad disk does.
func TestDamageIsAMiss(t *testing.T) {
	dir := t.TempDir()
	run(t, dir, nil)
	path := entriesIn(dir)[0].path
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	flipped := func(i int) []byte {
		b := bytes.Clone(sound)
		b[i] ^= 1
		return b
	}
	for _, b := range [][]byte{nil, sound[:10], sound[:len(sound)/2], sound[:len(sound)-1], flipped(0), flipped(30), flipped(len(sound) - 1), make([]byte, 5000)} {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if n, _ := run(t, dir, nil); n != 1 {
			t.Errorf("%d bytes: read %d times", len(b), n)
		}
		if n, _ := run(t, dir, nil); n != 0 {
			t.Errorf("%d bytes: was not replaced", len(b))
		}
	}
	// An entry under another's name is no entry.
	other := filepath.Join(filepath.Dir(path), strings.Repeat("0", 62)+whole)
	if err := os.WriteFile(other, sound, 0o600); err != nil {
		t.Fatal(err)
	}
	_, c := run(t, dir, nil)
	var key [32]byte
	copy(key[:1], mustHex(t, filepath.Base(filepath.Dir(path))))
	if _, ok := c.disk.get(key, time.Now()); ok {
		t.Error("an entry was taken for another's")
	}
}

func mustHex(t *testing.T, s string) []byte {
	t.Helper()
	var b byte
	if _, err := fmt.Sscanf(s, "%02x", &b); err != nil {
		t.Fatal(err)
	}
	return []byte{b}
}

func TestDiskIsBounded(t *testing.T) {
	dir := t.TempDir()
	d, err := OpenDisk(DiskConfig{Dir: dir, Secret: secret, Max: 100_000})
	if err != nil {
		t.Fatal(err)
	}
	crashed := filepath.Join(dir, "1"+partial)
	if err := os.WriteFile(crashed, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(crashed, old, old); err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		d.put([32]byte{byte(i), 1}, make([]byte, 5000), time.Now())
	}
	if n, size := Usage(dir); size > 100_000 || n < 10 {
		t.Errorf("%d entries, %d bytes", n, size)
	}
	if _, err := os.Stat(crashed); err == nil {
		t.Error("what a crash left behind is still there")
	}
	if _, ok := d.get([32]byte{199, 1}, time.Now()); !ok {
		t.Error("the newest entry is gone")
	}
	if _, ok := d.get([32]byte{199, 1}, time.Now().Add(31*24*time.Hour)); ok {
		t.Error("an entry of last month was given")
	}
}

func FuzzUnpack(f *testing.F) {
	for _, e := range []document.Emitted{{Segment: &document.Segment{Text: canary, Words: []document.Word{{End: 3}}}}, {Gap: &document.Gap{Why: document.Damaged}}, {Child: &document.Input{Data: []byte("x")}}} {
		b, err := pack([]document.Emitted{e})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := unpack(b)
		if err != nil {
			return
		}
		for _, e := range got {
			if e.Segment != nil {
				for _, w := range e.Segment.Words {
					_ = e.Segment.Text[w.Start:w.End]
				}
			}
		}
	})
}
