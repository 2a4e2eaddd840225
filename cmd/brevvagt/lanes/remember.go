package lanes

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"time"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/detectors"
	"brevvagt/internal/store"
	"brevvagt/quarantine"
	"brevvagt/scanner/memory"
)

// MemoryPath is the file of what is remembered of earlier mails.
func MemoryPath(cfg config.Config) string { return filepath.Join(cfg.State, "memory.db") }

// MemoryOptions are what the configuration says of it.
func MemoryOptions(cfg config.Config, key detectors.Key) memory.Options {
	return memory.Options{Key: key, Facts: cfg.Memory.Facts, Keep: time.Duration(cfg.Memory.Keep)}
}

// OpenMemory opens the database of what is remembered. It is a memory.Opener.
func OpenMemory(ctx context.Context, path string, tables fs.FS, shared bool) (memory.Database, error) {
	db, err := store.Open(ctx, store.Options{Path: path, Tables: tables, Shared: shared, Relaxed: true})
	if errors.Is(err, store.ErrInUse) {
		err = fmt.Errorf("%w: %w", memory.ErrInUse, err)
	}
	if err != nil {
		return nil, err
	}
	return db, nil
}

// Remembering makes releasers that tell when a held mail has gone.
func Remembering(list map[string]quarantine.Releaser, went func(context.Context, *quarantine.Case)) map[string]quarantine.Releaser {
	out := make(map[string]quarantine.Releaser, len(list))
	for source, r := range list {
		out[source] = telling{r, went}
	}
	return out
}

type telling struct {
	quarantine.Releaser
	went func(context.Context, *quarantine.Case)
}

// ReleasesSome is what the releaser itself can.
func (t telling) ReleasesSome() bool {
	r, ok := t.Releaser.(quarantine.SomeReleaser)
	return ok && r.ReleasesSome()
}

// ReleasesBy is what the releaser itself can.
func (t telling) ReleasesBy(route string) bool {
	r, ok := t.Releaser.(quarantine.RouteReleaser)
	return ok && r.ReleasesBy(route)
}

// Release releases, and tells it when it worked.
func (t telling) Release(ctx context.Context, c *quarantine.Case, content io.Reader) (string, error) {
	answer, err := t.Releaser.Release(ctx, c, content)
	if err == nil {
		t.went(ctx, c)
	}
	return answer, err
}
