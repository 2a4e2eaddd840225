package health

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Space watches the free bytes of the file system below a folder.
type Space struct {
	Dir string
	Min int64 // bytes that must be free; 0 asks for nothing

	mu   sync.Mutex
	at   time.Time
	free int64
	err  error
}

// spaceAge is how long one look counts: a busy gateway asks for every mail.
const spaceAge = time.Second

// Free is the bytes that an ordinary user may still write.
func (s *Space) Free() (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.at) > spaceAge {
		var fs unix.Statfs_t
		s.err = unix.Statfs(s.Dir, &fs)
		s.free, s.at = int64(fs.Bavail)*fs.Bsize, time.Now()
	}
	return s.free, s.err
}

// Check fails when less than Min is free, or when nobody can say.
func (s *Space) Check(context.Context) error {
	if s.Min <= 0 {
		return nil
	}
	free, err := s.Free()
	if err != nil {
		return fmt.Errorf("free disk space: %w", err)
	}
	if free < s.Min {
		return fmt.Errorf("only %d MB free on the disk, %d MB wanted", free>>20, s.Min>>20)
	}
	return nil
}
