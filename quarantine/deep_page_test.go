package quarantine_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"brevvagt/quarantine"
	"brevvagt/quarantine/finder"
)

// A page far down the list, which is counted from its end, holds what the same page
// would hold when counted from the beginning.
func TestDeepPages(t *testing.T) {
	b := newBench(t, true)
	for i := range 13 {
		d := deposit(fmt.Sprint("side", i))
		if _, err := b.service.Hold(t.Context(), d, []byte("indhold")); err != nil {
			t.Fatal(err)
		}
		b.clock.add(time.Minute)
	}
	ids := func(order finder.Order, limit, offset int) []string {
		t.Helper()
		list, total, err := b.service.Find(t.Context(), finder.Query{States: []string{string(quarantine.Held)}, Order: order, Limit: limit, Offset: offset})
		if err != nil || total != 13 {
			t.Fatal(total, err)
		}
		out := []string{}
		for _, c := range list {
			out = append(out, c.ID)
		}
		return out
	}
	for _, order := range []finder.Order{finder.Newest, finder.Oldest, finder.ByRisk, ""} {
		all := ids(order, 100, 0)
		for offset := range 15 {
			want := all[min(offset, len(all)):min(offset+4, len(all))]
			if got := ids(order, 4, offset); !slices.Equal(got, want) {
				t.Errorf("order %q from %d: %v, want %v", order, offset, got, want)
			}
		}
	}
}
