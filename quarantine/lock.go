package quarantine

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// caseLocks keeps two goroutines from working on one case: a release by a person
// and the repeat of it by Resume would both deliver.
type caseLocks struct {
	mu   sync.Mutex
	held map[string]chan struct{}
}

// lock waits for the case to be free; the caller must call the returned function.
func (l *caseLocks) lock(ctx context.Context, id string) (func(), error) {
	for {
		l.mu.Lock()
		wait, taken := l.held[id]
		if !taken {
			l.held[id] = make(chan struct{})
			l.mu.Unlock()
			return func() { l.unlock(id) }, nil
		}
		l.mu.Unlock()
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, fmt.Errorf("case %s is busy: %w", id, ctx.Err())
		}
	}
}

func (l *caseLocks) unlock(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.held[id])
	delete(l.held, id)
}

// lockStripes is the number of lock files that all cases share: enough that two
// people hardly ever wait for each other, few enough to stay.
const lockStripes = 64

// lockCase is the lock for deciding on a case. It holds between processes too: a
// command on the terminal releases beside a running daemon. The kernel drops it
// when the process dies.
func (s *Service) lockCase(ctx context.Context, id string) (func(), error) {
	unlock, err := s.busy.lock(ctx, id)
	if err != nil {
		return nil, err
	}
	f, err := s.lockFile(ctx, id)
	if err != nil {
		unlock()
		return nil, err
	}
	return func() {
		f.Close()
		unlock()
	}, nil
}

func (s *Service) lockFile(ctx context.Context, id string) (*os.File, error) {
	h := fnv.New32a()
	h.Write([]byte(id))
	dir := s.outbox + ".locks"
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot lock case %s: %w", id, err)
	}
	f, err := os.OpenFile(filepath.Join(dir, fmt.Sprintf("%02d", h.Sum32()%lockStripes)), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot lock case %s: %w", id, err)
	}
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
			f.Close()
			return nil, fmt.Errorf("cannot lock case %s: %w", id, err)
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, fmt.Errorf("case %s is busy in another process: %w", id, ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}
