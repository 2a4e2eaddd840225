package health

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Space watches the free bytes of the file system below a folder.
type Space struct {
	Dir string
	Min int64 // bytes that must be free; 0 asks for nothing

	mu    sync.Mutex
	at    time.Time
	free  int64
	files int64
	err   error
}

// minFiles must be free as well: a disk takes no file either when its inodes are used up,
// whatever bytes are left.
const minFiles = 500

// spaceAge is how long one look counts: a busy gateway asks for every mail.
const spaceAge = time.Second

// Free is the bytes that an ordinary user may still write.
func (s *Space) Free() (int64, error) {
	free, _, err := s.look()
	return free, err
}

func (s *Space) look() (free, files int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.at) > spaceAge {
		var fs unix.Statfs_t
		s.err = unix.Statfs(s.Dir, &fs)
		s.free, s.files, s.at = int64(fs.Bavail)*fs.Bsize, Files(fs), time.Now()
	}
	return s.free, s.files, s.err
}

// Files is how many files may still be made; a file system that counts none says a lot.
func Files(fs unix.Statfs_t) int64 {
	if fs.Files == 0 {
		return math.MaxInt64
	}
	return int64(min(fs.Ffree, math.MaxInt64))
}

// Check fails when less than Min is free, when hardly any file can be made, or when nobody
// can say.
func (s *Space) Check(context.Context) error {
	if s.Min <= 0 {
		return nil
	}
	free, files, err := s.look()
	if err != nil {
		return fmt.Errorf("free disk space: %w", err)
	}
	if files < minFiles {
		return fmt.Errorf("only %d files can be made on the disk (inodes), %d wanted", files, minFiles)
	}
	if free < s.Min {
		return fmt.Errorf("only %d MB free on the disk, %d MB wanted", free>>20, s.Min>>20)
	}
	return nil
}
