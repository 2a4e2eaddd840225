package watch

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// marked are the changes that are told: files that were written and closed, whatever came,
// went or was renamed, and who may read it.
const marked = unix.FAN_CLOSE_WRITE | unix.FAN_CREATE | unix.FAN_DELETE | unix.FAN_MOVED_TO | unix.FAN_MOVED_FROM | unix.FAN_ATTRIB | unix.FAN_ONDIR

// mark watches the file system that a folder lies on. An event names its folder by a
// handle; those outside the folder are passed over.
type mark struct {
	root  *os.File // of the share
	path  string   // its path as the system knows it
	shown string   // as we were told it
	queue *os.File // of the events
	known map[string]string
	since time.Time // of known

	events chan Event
	errs   chan error
	done   chan struct{}
}

// openMark asks for root's rights: CAP_SYS_ADMIN for the mark, CAP_DAC_READ_SEARCH for
// the handles; and for a file system that has handles.
func openMark(root string) (*Watcher, error) {
	fd, err := unix.FanotifyInit(unix.FAN_CLASS_NOTIF|unix.FAN_CLOEXEC|unix.FAN_NONBLOCK|unix.FAN_REPORT_DFID_NAME, unix.O_RDONLY)
	if err != nil {
		return nil, fmt.Errorf("fanotify: %w", err)
	}
	m := &mark{queue: os.NewFile(uintptr(fd), "fanotify"), shown: filepath.Clean(root), known: make(map[string]string),
		events: make(chan Event), errs: make(chan error), done: make(chan struct{})}
	if err := m.open(fd, root); err != nil {
		if m.root != nil {
			m.root.Close()
		}
		return nil, errors.Join(err, m.queue.Close())
	}
	go m.read()
	return &Watcher{How: Fanotify, Events: m.events, Errors: m.errs, add: func(string) error { return nil }, close: func() error {
		close(m.done)
		return m.queue.Close()
	}}, nil
}

func (m *mark) open(queue int, root string) (err error) {
	if m.root, err = os.Open(root); err != nil {
		return err
	}
	if m.path, err = pathOf(int(m.root.Fd())); err != nil {
		return err
	}
	if err := alone(m.path); err != nil {
		return err
	}
	// Whether a handle can be opened shows before anybody relies on it.
	handle, _, err := unix.NameToHandleAt(int(m.root.Fd()), "", unix.AT_EMPTY_PATH)
	if err != nil {
		return fmt.Errorf("the file system has no handles: %w", err)
	}
	if _, ok := m.resolve(handle); !ok {
		return errors.New("the file system's handles cannot be opened")
	}
	if err := unix.FanotifyMark(queue, unix.FAN_MARK_ADD|unix.FAN_MARK_FILESYSTEM, marked, int(m.root.Fd()), ""); err != nil {
		return fmt.Errorf("fanotify: %w", err)
	}
	return nil
}

func pathOf(fd int) (string, error) { return os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd)) }

// mountEscapes is how the list of mounts writes a path.
var mountEscapes = strings.NewReplacer(" ", `\040`, "\t", `\011`, "\n", `\012`, `\`, `\134`)

// alone is an error where another file system is mounted below a folder: a mark does not
// hold for that.
func alone(path string) error {
	list, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return err
	}
	below := mountEscapes.Replace(strings.TrimSuffix(path, "/")) + "/"
	for line := range strings.Lines(string(list)) {
		// The fifth field is where it is mounted.
		if fields := strings.Fields(line); len(fields) > 4 && strings.HasPrefix(fields[4], below) {
			return errors.New("another file system is mounted below the folder")
		}
	}
	return nil
}

// queueBytes is how much is read of the queue at once.
const queueBytes = 64 << 10

func (m *mark) read() {
	defer m.root.Close()
	defer close(m.errs)
	defer close(m.events)
	buf := make([]byte, queueBytes)
	for {
		n, err := m.queue.Read(buf)
		if err != nil {
			return // closed
		}
		for rest := buf[:n]; len(rest) >= metadataBytes; {
			size := binary.NativeEndian.Uint32(rest)
			if size < metadataBytes || int(size) > len(rest) {
				break
			}
			if !m.event(rest[:size]) {
				return
			}
			rest = rest[size:]
		}
	}
}

// The layout of an event: struct fanotify_event_metadata, then records that begin with
// their type and length; one that names a folder has its file system's id, the handle's
// length, type and bytes, and the name that changed in it, ended by a zero.
const (
	metadataBytes = 24
	maskAt        = 8
	recordBytes   = 4
	handleAt      = recordBytes + 8
	handleBytesAt = handleAt + 8
)

// event tells of one event; false ends it all.
func (m *mark) event(b []byte) bool {
	mask := binary.NativeEndian.Uint64(b[maskAt:])
	if mask&unix.FAN_Q_OVERFLOW != 0 {
		select {
		case m.errs <- ErrOverflow:
			return true
		case <-m.done:
			return false
		}
	}
	if mask&unix.FAN_ONDIR != 0 {
		clear(m.known) // a folder has another path now, and so has what lies in it
	}
	for rest := b[metadataBytes:]; len(rest) >= recordBytes; {
		size := int(binary.NativeEndian.Uint16(rest[2:]))
		if size < recordBytes || size > len(rest) {
			return true
		}
		if path, ok := m.named(rest[:size]); ok {
			select {
			case m.events <- Event{path, mask&(unix.FAN_CREATE|unix.FAN_MOVED_TO) != 0 && mask&unix.FAN_ONDIR != 0}:
			case <-m.done:
				return false
			}
		}
		rest = rest[size:]
	}
	return true
}

// named is the path of a record, where it lies within the share.
func (m *mark) named(b []byte) (string, bool) {
	if b[0] != unix.FAN_EVENT_INFO_TYPE_DFID_NAME || len(b) < handleBytesAt {
		return "", false
	}
	n := int(binary.NativeEndian.Uint32(b[handleAt:]))
	if n > len(b)-handleBytesAt {
		return "", false
	}
	dir, ok := m.folder(string(b[handleAt+4 : handleBytesAt+n]))
	if !ok {
		return "", false
	}
	name, _, _ := strings.Cut(string(b[handleBytesAt+n:]), "\x00")
	return filepath.Join(dir, name), true
}

// knownFor is how long a folder's path is believed, and maxKnown how many: many changes
// come from few folders.
const (
	knownFor = time.Second
	maxKnown = 4096
)

// folder is the path of a handle, type first, "" outside the share.
func (m *mark) folder(handle string) (string, bool) {
	if now := time.Now(); now.Sub(m.since) > knownFor || len(m.known) >= maxKnown {
		clear(m.known)
		m.since = now
	}
	if path, ok := m.known[handle]; ok {
		return path, path != ""
	}
	path, _ := m.resolve(unix.NewFileHandle(int32(binary.NativeEndian.Uint32([]byte(handle))), []byte(handle[4:])))
	m.known[handle] = path
	return path, path != ""
}

// resolve is the path of a handle within the share, as we were told the share's.
func (m *mark) resolve(handle unix.FileHandle) (string, bool) {
	fd, err := unix.OpenByHandleAt(int(m.root.Fd()), handle, unix.O_PATH|unix.O_CLOEXEC)
	if err != nil {
		return "", false // gone meanwhile
	}
	defer unix.Close(fd)
	path, err := pathOf(fd)
	if err != nil {
		return "", false
	}
	rest, ok := strings.CutPrefix(path, strings.TrimSuffix(m.path, "/"))
	if !ok || rest != "" && rest[0] != '/' {
		return "", false
	}
	return filepath.Join(m.shown, rest), true
}
