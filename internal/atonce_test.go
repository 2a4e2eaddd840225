package internal_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"brevvagt/internal/atonce"
)

// TestEach: everyone's turn comes once, no more than n are busy, and an end is told.
func TestEach(t *testing.T) {
	var mu sync.Mutex
	busy, most := 0, 0
	seen := map[string]int{}
	ids := []string{"a", "b", "c", "d", "e", "f", "g"}
	if err := atonce.Each(t.Context(), 3, ids, func(id string) {
		mu.Lock()
		seen[id]++
		busy++
		most = max(most, busy)
		mu.Unlock()
		mu.Lock()
		busy--
		mu.Unlock()
	}); err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if seen[id] != 1 {
			t.Errorf("%s: %d times", id, seen[id])
		}
	}
	if most > 3 || busy != 0 {
		t.Errorf("%d were busy at once, %d still are", most, busy)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := 0
	err := atonce.Each(ctx, 1, ids, func(string) { done++; cancel() })
	if !errors.Is(err, context.Canceled) || done == 0 || done == len(ids) {
		t.Errorf("%d were done, %v", done, err)
	}
	if err := atonce.Each(t.Context(), 3, nil, func(string) { t.Error("called for nobody") }); err != nil {
		t.Error(err)
	}
}
