// Package keylock gives one lock a key: between the goroutines of a process, and
// between processes that share a folder.
package keylock

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

// Locks hands out locks by key. It is safe for concurrent use.
type Locks struct {
	dir  string
	mu   sync.Mutex
	held map[string]chan struct{}
}

// New makes locks; dir, made when it is first needed, is where processes meet.
func New(dir string) *Locks { return &Locks{dir: dir, held: make(map[string]chan struct{})} }

// Lock waits until no other goroutine of this process has the key; the caller must
// call the returned function.
func (l *Locks) Lock(ctx context.Context, key string) (func(), error) {
	for {
		l.mu.Lock()
		wait, taken := l.held[key]
		if !taken {
			l.held[key] = make(chan struct{})
			l.mu.Unlock()
			return func() { l.unlock(key) }, nil
		}
		l.mu.Unlock()
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, fmt.Errorf("%s is busy: %w", key, ctx.Err())
		}
	}
}

func (l *Locks) unlock(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.held[key])
	delete(l.held, key)
}

// stripes is the number of lock files that all keys share: enough that two people
// hardly ever wait for each other, few enough to stay.
const stripes = 64

// LockShared is Lock that holds against other processes with the same folder too.
// The kernel drops it when the process dies.
func (l *Locks) LockShared(ctx context.Context, key string) (func(), error) {
	unlock, err := l.Lock(ctx, key)
	if err != nil {
		return nil, err
	}
	f, err := l.file(ctx, key)
	if err != nil {
		unlock()
		return nil, err
	}
	return func() {
		f.Close()
		unlock()
	}, nil
}

func (l *Locks) file(ctx context.Context, key string) (*os.File, error) {
	h := fnv.New32a()
	h.Write([]byte(key))
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot lock %s: %w", key, err)
	}
	f, err := os.OpenFile(filepath.Join(l.dir, fmt.Sprintf("%02d", h.Sum32()%stripes)), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot lock %s: %w", key, err)
	}
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
			f.Close()
			return nil, fmt.Errorf("cannot lock %s: %w", key, err)
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, fmt.Errorf("%s is busy in another process: %w", key, ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}
