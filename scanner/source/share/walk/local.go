package walk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// MaxEntries is how many names of one folder are listed; more is said to be cut.
const MaxEntries = 2_000_000

// Local is a folder of this machine, or a mounted one.
type Local struct {
	root   int // descriptor of the root, to which every path is bound
	path   string
	remote bool
	limit  int
	owners sync.Map // uid → name
	near   near
}

// OpenLocal opens a folder. A link to one is followed here and nowhere below.
func OpenLocal(root string) (*Local, error) {
	fd, err := unix.Open(root, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("cannot open folder: %w", &os.PathError{Op: "open", Path: root, Err: err})
	}
	l := &Local{root: fd, path: root, limit: MaxEntries}
	var fs unix.Statfs_t
	if unix.Fstatfs(fd, &fs) == nil {
		// Inodes and change times of what is mounted over the net may differ from
		// one mount to the next, so only size and mtime count there.
		l.remote = slices.Contains([]int64{unix.NFS_SUPER_MAGIC, unix.SMB_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC, unix.FUSE_SUPER_MAGIC}, int64(fs.Type))
	}
	return l, nil
}

// Remote reports whether the folder is mounted over the net.
func (l *Local) Remote() bool { return l.remote }

// Close frees the root.
func (l *Local) Close() error {
	l.near.mu.Lock()
	l.near.clear()
	l.near.mu.Unlock()
	return unix.Close(l.root)
}

// maxPath is how long a path may be that the system takes at once, in bytes.
const maxPath = unix.PathMax - 1

// open opens a path below the root without following any link, so that nobody who
// may write in the share can lead the reader out of it. A path longer than the system
// takes is walked a stretch at a time.
func (l *Local) open(path string, flags uint64) (int, error) {
	at := l.root
	for len(path) > maxPath {
		cut := strings.LastIndexByte(path[:maxPath], '/')
		if cut < 0 {
			break // a name that long is the system's to refuse
		}
		next, err := openBelow(at, path[:cut], unix.O_PATH|unix.O_DIRECTORY)
		if at != l.root {
			unix.Close(at)
		}
		if err != nil {
			return -1, err
		}
		at, path = next, path[cut+1:]
	}
	if at != l.root {
		defer unix.Close(at)
	}
	if path == "" {
		path = "."
	}
	return openBelow(at, path, flags|unix.O_NONBLOCK)
}

// openTries is how often something is opened while something above it is renamed, or a
// program holds a lease on it.
const openTries = 10

// openBelow opens a path below a folder.
func openBelow(dir int, path string, flags uint64) (int, error) {
	how := unix.OpenHow{Flags: flags | unix.O_CLOEXEC | unix.O_NOFOLLOW,
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS}
	var fd int
	var err error
	for range openTries {
		fd, err = unix.Openat2(dir, path, &how)
		if !errors.Is(err, unix.EINTR) && !errors.Is(err, unix.EAGAIN) {
			break
		}
	}
	return fd, err
}

// List reads a folder.
func (l *Local) List(_ context.Context, dir string) (Listing, error) {
	fd, err := l.open(dir, unix.O_RDONLY|unix.O_DIRECTORY)
	if err != nil {
		return Listing{}, gone(err)
	}
	f := os.NewFile(uintptr(fd), dir)
	defer f.Close()
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return Listing{}, err
	}
	list := Listing{Owner: l.owner(st.Uid), Reach: breadth(st.Mode, 0o1), Mount: mounted(fd)}
	names, err := f.Readdirnames(l.limit + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return Listing{}, err
	}
	if len(names) > l.limit {
		names, list.Cut = names[:l.limit], true
	}
	list.Entries = make([]Entry, 0, len(names))
	for _, name := range names {
		err := unix.Fstatat(fd, name, &st, unix.AT_SYMLINK_NOFOLLOW)
		switch {
		case errors.Is(err, unix.ENOENT): // went while we listed
		case err != nil:
			list.Failed = append(list.Failed, name)
			list.FailedWhy = cmp.Or(list.FailedWhy, err)
		default:
			list.Entries = append(list.Entries, l.entry(name, &st))
		}
	}
	sortEntries(list.Entries)
	slices.Sort(list.Failed)
	return list, nil
}

// mounted tells that a folder is the root of a mount. A kernel before 5.8 does not know.
func mounted(fd int) bool {
	var st unix.Statx_t
	return unix.Statx(fd, "", unix.AT_EMPTY_PATH, 0, &st) == nil && st.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0
}

func (l *Local) entry(name string, st *unix.Stat_t) Entry {
	e := Entry{Name: name, Size: st.Size, MTime: st.Mtim.Nano(), Breadth: breadth(st.Mode, 0o4)}
	if !l.remote {
		e.CTime, e.Inode = st.Ctim.Nano(), int64(st.Ino)
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
	case unix.S_IFDIR:
		e.Kind = Folder
	case unix.S_IFLNK:
		e.Kind = Link
	default:
		e.Kind = Special
	}
	return e
}

// breadth reads mode bits. Where there is a POSIX ACL the group bits are its mask,
// so that whoever else it lets in counts as a group here, and "other" as everyone.
func breadth(mode uint32, bit uint32) Breadth {
	switch {
	case mode&bit != 0:
		return Everyone
	case mode&(bit<<3) != 0:
		return Group
	}
	return Owner
}

func (l *Local) owner(uid uint32) string {
	if name, ok := l.owners.Load(uid); ok {
		return name.(string)
	}
	id := strconv.Itoa(int(uid))
	name := "uid " + id
	if u, err := user.LookupId(id); err == nil {
		name = u.Username
	}
	l.owners.Store(uid, name)
	return name
}

// Open opens a regular file.
func (l *Local) Open(_ context.Context, path string) (File, error) {
	// O_NONBLOCK (in openNear) keeps a FIFO that took the file's place from blocking us;
	// O_NOATIME, which only the owner and root may ask for, leaves no trace.
	fd, err := l.openNear(path, unix.O_RDONLY|unix.O_NOATIME)
	if errors.Is(err, unix.EPERM) {
		fd, err = l.openNear(path, unix.O_RDONLY)
	}
	if err != nil {
		return nil, gone(err)
	}
	f := &localFile{fd, l}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return nil, errors.Join(ErrGone, f.Close())
	}
	return f, nil
}

// gone tells what went away, or became a link or another kind, from what may not be
// read. The path is left out: it may hold a number.
func gone(err error) error {
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENOTDIR) || errors.Is(err, unix.ELOOP) || errors.Is(err, unix.ENXIO) {
		return errors.Join(ErrGone, err)
	}
	// What a mount says whose server went away.
	for _, offline := range []error{unix.ESTALE, unix.ENOTCONN, unix.EHOSTDOWN, unix.EHOSTUNREACH, unix.ETIMEDOUT} {
		if errors.Is(err, offline) {
			return errors.Join(ErrOffline, err)
		}
	}
	return err
}

// localFile is a bare descriptor: of a regular file nothing is waited for, and an
// os.File would ask the system twice more whether it is one.
type localFile struct {
	fd   int
	tree *Local
}

// Read reads as read(2) does.
func (f *localFile) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		n, err := unix.Read(f.fd, p)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return 0, gone(err)
		case n == 0:
			return 0, io.EOF
		}
		return n, nil
	}
}

func (f *localFile) Close() error { return unix.Close(f.fd) }

func (f *localFile) Stat() (Entry, error) {
	var st unix.Stat_t
	if err := unix.Fstat(f.fd, &st); err != nil {
		return Entry{}, err
	}
	return f.tree.entry("", &st), nil
}

// Folder opens a folder below the root for what has to happen in it. The way to it
// holds no link.
func (l *Local) Folder(dir string) (*os.File, error) {
	fd, err := l.open(dir, unix.O_RDONLY|unix.O_DIRECTORY)
	if err != nil {
		return nil, gone(err)
	}
	return os.NewFile(uintptr(fd), dir), nil
}

// Same reports whether the file that f has open still is as it was seen.
func (l *Local) Same(f *os.File, seen Entry) bool {
	now, err := (&localFile{int(f.Fd()), l}).Stat()
	return err == nil && now.Same(seen)
}
