package main

import (
	"context"
	"fmt"
	"log/slog"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/lanes"
	"brevvagt/detectors"
	"brevvagt/scanner/memory"
)

// openMemory opens what is remembered; nil when the site wants none.
func openMemory(ctx context.Context, cfg config.Config, key detectors.Key, log *slog.Logger) (*memory.Memory, error) {
	if cfg.Memory.Off {
		return nil, nil
	}
	return memory.Open(ctx, lanes.OpenMemory, lanes.MemoryPath(cfg), lanes.MemoryOptions(cfg, key), log)
}

// freshMemory is for one run over a folder; its key is never seen again.
func freshMemory(key detectors.Key) (*memory.Memory, error) {
	return memory.New(memory.Options{Key: key})
}

// memory tells what is remembered, and whether it can be.
func (d *doctor) memory(ctx context.Context, cfg config.Config) {
	if cfg.Memory.Off {
		d.say(note, "hukommelse", "slået fra: kørsler af mails bedømmes mail for mail", "memory.off i konfigurationen")
		return
	}
	n, err := memory.Count(ctx, lanes.OpenMemory, lanes.MemoryPath(cfg))
	if err != nil {
		d.say(bad, "hukommelse", err.Error(), "flyt filen væk; brevvagt begynder forfra")
		return
	}
	d.say(good, "hukommelse", fmt.Sprintf("%d af højst %d oplysninger fra tidligere mails", n, cfg.Memory.Facts), "")
}
