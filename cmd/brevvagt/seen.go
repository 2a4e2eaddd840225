package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"brevvagt"
	"brevvagt/cmd/brevvagt/config"
	"brevvagt/detectors"
	ocrengine "brevvagt/document/ocr/engine"
	"brevvagt/document/seen"
)

// seenDir is where readings lie in a state folder.
func seenDir(state string) string { return filepath.Join(state, "cache", "seen") }

// openSeen makes the cache of readings of an installation; nil when it is off. A
// folder that cannot be used leaves the one in memory, and an error to be logged.
func openSeen(cfg config.Config, key detectors.Key) (*seen.Cache, error) {
	dir := seenDir(cfg.State)
	if cfg.OCR.Cache.Off {
		return nil, os.RemoveAll(dir)
	}
	secret := []byte(key.Digest("readings 1") + key.Digest("readings 2")) // 32 bytes in hex
	// What other readers, another engine or other language data read is not found. A new
	// program whose readers are the same finds all: new rules need no OCR.
	readers, err := brevvagt.Readers()
	if err != nil {
		return nil, err
	}
	c := seen.Config{Version: readers + " " + ocrengine.Fingerprint(), Secret: secret, Memory: cfg.OCR.Cache.MemoryBytes}
	disk, err := seen.OpenDisk(seen.DiskConfig{
		Dir: dir, Secret: secret, Keep: time.Duration(cfg.OCR.Cache.Keep), Max: cfg.OCR.Cache.MaxBytes,
	})
	if err == nil {
		c.Disk = disk
	}
	return seen.New(c), err
}

// seen tells what lies in the cache of readings.
func (d *doctor) seen(cfg config.Config) {
	if cfg.OCR.Cache.Off {
		d.say(note, "husk læste billeder", "slået fra: samme billede læses hver gang", "ocr.cache.off: false")
		return
	}
	n, bytes := seen.Usage(seenDir(cfg.State))
	d.say(good, "husk læste billeder", fmt.Sprintf("%d på disk (krypteret), %.1f MB", n, float64(bytes)/1e6), "")
}
