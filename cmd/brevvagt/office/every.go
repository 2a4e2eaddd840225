package office

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/spf13/cobra"

	"brevvagt/cmd/brevvagt/console"
	"brevvagt/internal/atonce"
	"brevvagt/quarantine"
)

// everyCase is one decision on all cases that wait, such as those of a night on which
// a rule was wrong.
type everyCase struct {
	all  bool
	rule string
}

func (e *everyCase) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&e.all, "all", false, "alle sager, der venter")
	cmd.Flags().StringVar(&e.rule, "rule", "", "med --all: kun sager, som denne regel og ingen anden har standset")
}

// waiting are the ids of the cases, the oldest first.
func (e *everyCase) waiting(ctx context.Context, svc *quarantine.Service) (ids []string, err error) {
	filter := quarantine.Filter{States: []quarantine.State{quarantine.Held}, Limit: 1000}
	for ; ; filter.Offset += filter.Limit {
		cases, _, err := svc.List(ctx, filter)
		if err != nil {
			return nil, err
		}
		for _, c := range cases {
			other := func(r quarantine.Rule) bool { return r.ID != e.rule }
			if e.rule == "" || len(c.Rules) > 0 && !slices.ContainsFunc(c.Rules, other) {
				ids = append(ids, c.ID)
			}
		}
		if len(cases) < filter.Limit {
			slices.Sort(ids)
			return slices.Compact(ids), nil
		}
	}
}

// decide decides them, several at a time, and tells how it went. Begun again after a
// crash it goes on with those that still wait.
func (e *everyCase) decide(ctx context.Context, svc *quarantine.Service, w io.Writer, do func(id string) (*quarantine.Case, error)) error {
	ids, err := e.waiting(ctx, svc)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		console.Printf(w, "Ingen sager venter.\n")
		return nil
	}
	var mu sync.Mutex
	states, failed := map[quarantine.State]int{}, 0
	ended := atonce.Each(ctx, atonce.Cases, ids, func(id string) {
		c, err := do(id)
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			failed++
			console.Printf(w, "%s: %v\n", id, err)
			return
		}
		if states[c.State]++; (states[c.State]+failed)%1000 == 0 {
			console.Printf(w, "%s: %d af %d\n", stateDa(c.State), states[c.State], len(ids))
		}
	})
	for _, s := range []quarantine.State{quarantine.Released, quarantine.Releasing, quarantine.Rejected, quarantine.Rejecting, quarantine.Held} {
		if states[s] > 0 {
			console.Printf(w, "%d sager: %s\n", states[s], stateDa(s))
		}
	}
	if ended == nil && failed > 0 {
		return fmt.Errorf("%d of %d cases were not decided", failed, len(ids))
	}
	return ended
}
