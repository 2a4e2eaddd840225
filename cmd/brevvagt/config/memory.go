package config

import (
	"errors"
	"fmt"
	"time"
)

// Memory is what is remembered of earlier outgoing mails.
type Memory struct {
	// Off judges every mail by itself.
	Off bool `yaml:"off"`
	// Keep is how long something is remembered after it was last met.
	Keep Duration `yaml:"keep"` // default 2160h, 90 days
	// Facts bounds how much is remembered; a million are about 70 MB.
	Facts int `yaml:"facts"`
}

func defaultMemory() Memory {
	return Memory{Keep: Duration(90 * 24 * time.Hour), Facts: 1_000_000}
}

func (m Memory) check() error {
	var errs []error
	if m.Keep < Duration(24*time.Hour) || m.Keep > Duration(3650*24*time.Hour) {
		errs = append(errs, errors.New("memory.keep must be from 24h to ten years"))
	}
	if m.Facts < 10_000 || m.Facts > 50_000_000 {
		errs = append(errs, fmt.Errorf("memory.facts is %d, must be from 10000 to 50000000", m.Facts))
	}
	return errors.Join(errs...)
}
