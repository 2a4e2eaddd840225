package milter

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/user"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Listen opens a socket named as in Postfix: "unix:/path" or "inet:host:port". Mode and
// group apply to Unix sockets; the group "" is what the folder gives. A stale Unix socket
// is replaced, and one whose file is deleted while it listens is made anew.
func Listen(spec string, mode os.FileMode, group string) (net.Listener, error) {
	network, addr, ok := strings.Cut(spec, ":")
	switch {
	case ok && network == "inet" && addr != "":
		return net.Listen("tcp", addr)
	case ok && network == "unix" && addr != "":
		s := &socket{path: addr, mode: mode, group: group}
		return s, s.open()
	}
	return nil, fmt.Errorf("milter socket %q: want unix:PATH or inet:HOST:PORT", spec)
}

// lookEvery is how often a socket that nobody connects to looks for its file.
const lookEvery = time.Second

// socket is a Unix socket that comes back when its file is taken away: the mail server
// finds it by that file alone, and would hold or refuse every mail until a restart.
type socket struct {
	path  string
	mode  os.FileMode
	group string
	lost  bool // its file is gone and could not be made anew; Accept's own

	mu     sync.Mutex
	cur    *net.UnixListener
	file   fs.FileInfo
	closed bool
}

// open listens at the path, in place of a socket at which nobody listens any more.
func (s *socket) open() error {
	if fi, err := os.Lstat(s.path); err == nil && fi.Mode()&os.ModeSocket != 0 {
		if c, err := net.DialTimeout("unix", s.path, time.Second); err == nil {
			_ = c.Close()
			return fmt.Errorf("milter socket %s: another process listens there", s.path)
		}
		if err := os.Remove(s.path); err != nil {
			return fmt.Errorf("replace stale milter socket: %w", err)
		}
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: s.path, Net: "unix"})
	if err != nil {
		return err
	}
	l.SetUnlinkOnClose(false) // at the path there may be another's by then
	fi, err := os.Lstat(s.path)
	if err := errors.Join(err, os.Chmod(s.path, s.mode), s.give()); err != nil {
		return errors.Join(fmt.Errorf("milter socket: %w", err), l.Close())
	}
	s.cur, s.file = l, fi
	return nil
}

// give lets the group open the file.
func (s *socket) give() error {
	if s.group == "" {
		return nil
	}
	g, err := user.LookupGroup(s.group)
	if err != nil {
		return err
	}
	id, err := strconv.Atoi(g.Gid)
	if err != nil {
		return fmt.Errorf("group %s: %w", s.group, err)
	}
	return os.Lchown(s.path, -1, id)
}

// news is what the server is to write in its log and no reason to stop.
type news struct{ error }

// Accept waits for a connection. Once no more come by the old file it makes a new one.
func (s *socket) Accept() (net.Conn, error) {
	for {
		s.mu.Lock()
		l := s.cur
		s.mu.Unlock()
		if err := l.SetDeadline(time.Now().Add(lookEvery)); err != nil {
			return nil, err
		}
		c, err := l.Accept()
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return c, err
		}
		if err := s.look(); err != nil {
			return nil, err
		}
	}
}

// look makes the file anew where it is gone, and has both told once.
func (s *socket) look() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return net.ErrClosed
	}
	if fi, err := os.Lstat(s.path); err == nil && os.SameFile(fi, s.file) {
		s.lost = false
		return nil
	}
	old := s.cur
	if err := s.open(); err != nil {
		if s.lost {
			return nil
		}
		s.lost = true
		return news{fmt.Errorf("the file of the milter socket is gone, and no new one can be made: %w", err)}
	}
	s.lost = false
	_ = old.Close()
	return news{errors.New("the file of the milter socket was gone; it was made anew")}
}

// Close stops listening and takes the file away, if it is still ours.
func (s *socket) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return net.ErrClosed
	}
	s.closed = true
	if fi, err := os.Lstat(s.path); err == nil && os.SameFile(fi, s.file) {
		_ = os.Remove(s.path)
	}
	return s.cur.Close()
}

// Addr is where it listens.
func (s *socket) Addr() net.Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cur.Addr()
}
