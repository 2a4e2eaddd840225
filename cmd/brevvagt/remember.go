package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"time"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/detectors"
	"brevvagt/quarantine"
	"brevvagt/scanner/memory"
)

// memoryPath is the file of what is remembered of earlier mails.
func memoryPath(cfg config.Config) string { return filepath.Join(cfg.State, "memory.db") }

func memoryOptions(cfg config.Config, key detectors.Key) memory.Options {
	return memory.Options{Key: key, Facts: cfg.Memory.Facts, Keep: time.Duration(cfg.Memory.Keep)}
}

// openMemory opens what is remembered; nil when the site wants none.
func openMemory(ctx context.Context, cfg config.Config, key detectors.Key, log *slog.Logger) (*memory.Memory, error) {
	if cfg.Memory.Off {
		return nil, nil
	}
	return memory.Open(ctx, memoryPath(cfg), memoryOptions(cfg, key), log)
}

// freshMemory is for one run over a folder; its key is never seen again.
func freshMemory(key detectors.Key) (*memory.Memory, error) {
	return memory.New(memory.Options{Key: key})
}

// remembering makes releasers that tell when a held mail has gone.
func remembering(list map[string]quarantine.Releaser, went func(context.Context, *quarantine.Case)) map[string]quarantine.Releaser {
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

// Release releases, and tells it when it worked.
func (t telling) Release(ctx context.Context, c *quarantine.Case, content io.Reader) (string, error) {
	answer, err := t.Releaser.Release(ctx, c, content)
	if err == nil {
		t.went(ctx, c)
	}
	return answer, err
}

// memory tells what is remembered, and whether it can be.
func (d *doctor) memory(ctx context.Context, cfg config.Config) {
	if cfg.Memory.Off {
		d.say(note, "hukommelse", "slået fra: kørsler af mails bedømmes mail for mail", "memory.off i konfigurationen")
		return
	}
	n, err := memory.Count(ctx, memoryPath(cfg))
	if err != nil {
		d.say(bad, "hukommelse", err.Error(), "flyt filen væk; brevvagt begynder forfra")
		return
	}
	d.say(good, "hukommelse", fmt.Sprintf("%d af højst %d oplysninger fra tidligere mails", n, cfg.Memory.Facts), "")
}
