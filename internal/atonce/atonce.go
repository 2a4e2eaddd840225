// Package atonce does the same for many, some of them at the same time.
package atonce

import (
	"context"
	"sync"
)

// Cases is how many cases are decided or finished at the same time: enough that a
// source which takes several together can, few enough for the locks of cases.
const Cases = 16

// Each calls do for each of ids, n at the same time, until ctx ends, and returns when
// no call runs any more. What do does with one does not keep it from the others.
func Each(ctx context.Context, n int, ids []string, do func(id string)) error {
	work := make(chan string)
	var wg sync.WaitGroup
	for range min(n, len(ids)) {
		wg.Go(func() {
			for id := range work {
				do(id)
			}
		})
	}
	defer wg.Wait()
	defer close(work)
	for _, id := range ids {
		select {
		case work <- id:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
