package quarantine

import (
	"context"
	"sync"
)

// AtOnce is how many cases are decided or finished at the same time: enough that a
// source which takes several together can, few enough for the locks of cases.
const AtOnce = 16

// Several calls do for each of ids, AtOnce at the same time, until ctx ends. What do
// says of one does not keep it from the others.
func Several(ctx context.Context, ids []string, do func(id string)) error {
	work := make(chan string)
	var wg sync.WaitGroup
	for range min(AtOnce, len(ids)) {
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
