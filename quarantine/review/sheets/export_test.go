package sheets

import (
	"context"

	"brevvagt/document"
)

// Places is places, for tests.
func Places(text, value string) [][2]int { return places(text, value) }

// Numbers is numbers, for tests.
func Numbers(d *Drawer, ctx context.Context, s document.Segment) []document.Box {
	return d.numbers(ctx, s)
}
