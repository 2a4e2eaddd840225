package incidents

import (
	"bytes"
	netmail "net/mail"
	"strings"
	"testing"
)

// TestSameSeedSameItems: the corpus is the same every time, and a shorter one is
// the beginning of a longer one.
func TestSameSeedSameItems(t *testing.T) {
	long, short := Generate(7, 120), Generate(7, 30)
	for i := range short {
		if long[i].Name != short[i].Name || !bytes.Equal(long[i].Data, short[i].Data) {
			t.Fatalf("item %d differs", i)
		}
	}
	if other := Generate(8, 1); bytes.Equal(other[0].Data, long[0].Data) {
		t.Error("another seed gives the same item")
	}
}

// TestItemsAreWhole: every item has a label, a mail can be parsed, no mark of a
// text is left unfilled, and a number passes modulus 11 only where nobody can have
// it yet.
func TestItemsAreWhole(t *testing.T) {
	for _, it := range Generate(3, 373) {
		if len(it.Want) == 0 || it.Scenario == "" {
			t.Errorf("%s has no label", it.Name)
		}
		for _, n := range it.Numbers {
			if len(n) != 10 || passes(n) != it.Later {
				t.Errorf("%s: number %s", it.Name, n)
			}
		}
		if !strings.HasSuffix(it.Name, ".eml") {
			continue
		}
		m, err := netmail.ReadMessage(bytes.NewReader(it.Data))
		if err != nil {
			t.Errorf("%s: %v", it.Name, err)
			continue
		}
		for _, mark := range []string{"{n}", "{c}", "{s}", "{tlf}", "{kr}", "{dato}", "{case}", "{a}"} {
			if strings.Contains(string(it.Data), mark) {
				t.Errorf("%s: %s is left in %q", it.Name, mark, m.Header.Get("Subject"))
			}
		}
	}
}
