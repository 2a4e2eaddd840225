package config

import (
	"errors"
	"time"
)

// OCRCache is what is remembered of pictures and PDF files that were read, so that
// the same content is not read again. On disk it is encrypted with the
// installation's key, in the folder cache/seen of the state folder.
type OCRCache struct {
	Off  bool     `yaml:"off"`  // neither in memory nor on disk; what lies on disk goes
	Keep Duration `yaml:"keep"` // on disk, default 720h (30 days)
	// MaxBytes bounds what lies on disk, default 268435456 (256 MB).
	MaxBytes int64 `yaml:"max_bytes"`
	// MemoryBytes bounds what is kept in memory, default 33554432 (32 MB).
	MemoryBytes int64 `yaml:"memory_bytes"`
}

func (c OCRCache) check() error {
	var errs []error
	if c.Keep < 0 || c.Keep > Duration(366*24*time.Hour) {
		errs = append(errs, errors.New("ocr.cache.keep must be between 0s (the default of 720h) and 8784h"))
	}
	if c.MaxBytes < 0 || c.MemoryBytes < 0 {
		errs = append(errs, errors.New("ocr.cache: sizes cannot be negative"))
	}
	return errors.Join(errs...)
}
