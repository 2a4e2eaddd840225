package split

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSplit(t *testing.T) {
	dir := t.TempDir()
	b, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	both := []string{"b@x.example", "c@x.example"}
	s, err := b.Begin("OLD1", "a@k.example", both)
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := os.ReadFile(filepath.Join(dir, "OLD1.json")); err != nil || strings.Contains(string(raw), ".example") {
		t.Errorf("on disk: %s, %v", raw, err)
	}
	if again, err := b.Begin("OLD1", "a@k.example", both); err != nil || again.Token != s.Token {
		t.Errorf("begun twice: %v, %v", again, err)
	}
	if id, _, ok := b.Expected(s.Mark("OLD1"), "a@k.example", both); !ok || id != "OLD1" {
		t.Error("not expected")
	}
	for name, ok := range map[string]bool{
		"other sender":     expected(b, s.Mark("OLD1"), "x@k.example", both),
		"one more":         expected(b, s.Mark("OLD1"), "a@k.example", append(both, "d@x.example")),
		"other mail":       expected(b, s.Mark("OLD2"), "a@k.example", both),
		"no token":         expected(b, "OLD1.", "a@k.example", both),
		"outside":          expected(b, "../OLD1."+s.Token, "a@k.example", both),
		"nothing":          expected(b, "", "a@k.example", both),
		"a token too long": expected(b, s.Mark("OLD1")+"A", "a@k.example", both),
	} {
		if ok {
			t.Errorf("%s: expected", name)
		}
	}
	if err := b.Note("OLD1", "NEW1", s); err != nil {
		t.Fatal(err)
	}
	one, err := b.Begin("OLD1", "a@k.example", both[:1]) // somebody chose anew
	if err != nil || !slices.Equal(one.Stale, []string{"NEW1"}) || len(one.Copies) > 0 {
		t.Fatalf("%+v, %v", one, err)
	}
	if expected(b, s.Mark("OLD1"), "a@k.example", both) {
		t.Error("the earlier split is still expected")
	}
	if err := b.Note("OLD1", "NEW2", one); err != nil {
		t.Fatal(err)
	}
	if err := b.End("OLD1", one); err != nil {
		t.Fatal(err)
	}
	if id, late, ok := b.Expected(one.Mark("OLD1"), "a@k.example", both[:1]); !ok || id != "OLD1" || !late.Done {
		t.Error("a copy that comes too late is not known")
	}
	got, ok, err := b.Get("OLD1")
	if err != nil || !ok || !got.Done || got.Elsewhere || !slices.Equal(got.Copies, []string{"NEW2"}) || !slices.Equal(got.Stale, []string{"NEW1"}) {
		t.Errorf("%+v, %v, %v", got, ok, err)
	}
	if all := b.Copies(); len(all) != 2 || all["NEW1"] != "OLD1" || all["NEW2"] != "OLD1" {
		t.Errorf("copies %v", all)
	}
	old := time.Now().Add(-2 * keep)
	if err := os.Chtimes(filepath.Join(dir, "OLD1.json"), old, old); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := b.Get("OLD1"); ok || err != nil {
		t.Errorf("old splits are kept: %v", err)
	}
}

func expected(b *Book, mark, from string, to []string) bool {
	_, _, ok := b.Expected(mark, from, to)
	return ok
}

func TestSpelled(t *testing.T) {
	if got := Spelled([]string{"B@x.example", "other@x.example"}, []string{"a@x.example", "b@X.example"}); !slices.Equal(got, []string{"b@X.example", "other@x.example"}) {
		t.Error(got)
	}
}
