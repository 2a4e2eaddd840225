package walk

import (
	"errors"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// near keeps the folders of the files that are read just now open: files are read
// folder by folder, and the way to each is the same. No folder stays open for longer than
// that, so that what is mounted below a share can be taken away.
type near struct {
	mu   sync.Mutex
	open map[string]*nearby
}

type nearby struct {
	fd    int
	used  int       // files that are being opened in it
	until time.Time // then the way to it is gone anew
	left  bool      // no longer in the list: whoever uses it last closes it
}

const (
	nearFolders = 16
	nearFor     = time.Second
)

// openNear opens a file as open does, by the folder it lies in.
func (l *Local) openNear(path string, flags int) (int, error) {
	cut := strings.LastIndexByte(path, '/')
	name := path[cut+1:]
	if cut < 0 || name == "" || name == "." || name == ".." {
		return l.open(path, uint64(flags))
	}
	d, anew, err := l.folder(path[:cut])
	if err != nil {
		return l.open(path, uint64(flags)) // who may pass a folder need not be allowed to list it
	}
	defer l.near.leave(d)
	// One name below a folder leads nowhere else, unless it is a link.
	fd := -1
	for range openTries {
		fd, err = unix.Openat(d.fd, name, flags|unix.O_CLOEXEC|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
		if !errors.Is(err, unix.EINTR) && !errors.Is(err, unix.EAGAIN) {
			break
		}
	}
	if err != nil && !anew && !errors.Is(err, unix.EPERM) {
		return l.open(path, uint64(flags)) // another folder may lie there since
	}
	return fd, err
}

// folder gives a folder that is open, or opens it anew.
func (l *Local) folder(dir string) (d *nearby, anew bool, err error) {
	n := &l.near
	n.mu.Lock()
	defer n.mu.Unlock()
	now := time.Now()
	if d := n.open[dir]; d != nil {
		if now.Before(d.until) {
			d.used++
			return d, false, nil
		}
		n.forget(dir, d)
	}
	fd, err := l.open(dir, unix.O_RDONLY|unix.O_DIRECTORY)
	if err != nil {
		return nil, true, err
	}
	if len(n.open) >= nearFolders {
		n.clear()
	}
	if n.open == nil {
		n.open = make(map[string]*nearby)
	}
	d = &nearby{fd: fd, used: 1, until: now.Add(nearFor)}
	n.open[dir] = d
	time.AfterFunc(nearFor, func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.open[dir] == d {
			n.forget(dir, d)
		}
	})
	return d, true, nil
}

// forget takes a folder from the list; n is locked.
func (n *near) forget(dir string, d *nearby) {
	delete(n.open, dir)
	if d.left = true; d.used == 0 {
		unix.Close(d.fd)
	}
}

func (n *near) clear() {
	for dir, d := range n.open {
		n.forget(dir, d)
	}
}

func (n *near) leave(d *nearby) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if d.used--; d.used == 0 && d.left {
		unix.Close(d.fd)
	}
}
