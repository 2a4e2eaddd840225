// Package swap takes a file out of its place on a share and leaves a note there,
// and puts it back byte for byte, with owner, mode, times and access list. Both may
// be cut off at any moment and done again; neither ever overwrites a file.
package swap

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"brevvagt/scanner/source/share/walk"
)

// Errors that callers tell apart.
var (
	ErrChanged = errors.New("the file is no longer as it was read")
	ErrBusy    = errors.New("another program has the file open")
	ErrTaken   = errors.New("another file has appeared in its place")
)

// Receipt is what is needed to put a file back.
type Receipt struct {
	Root string `json:"root"` // of the share
	Path string `json:"path"` // below it
	// PathBytes is the path where it is no UTF-8, which JSON would change.
	PathBytes []byte            `json:"path_bytes,omitempty"`
	Size      int64             `json:"size"`
	Sparse    bool              `json:"sparse,omitempty"` // it took less room than its size
	SHA256    string            `json:"sha256"`
	Mode      uint32            `json:"mode"`
	UID       int               `json:"uid"`
	GID       int               `json:"gid"`
	MTime     int64             `json:"mtime"` // ns
	ATime     int64             `json:"atime"` // ns
	Attrs     map[string][]byte `json:"attrs,omitempty"`
	// Of a file on a Windows server: owner, group and access list as the server gave
	// them ([MS-DTYP] 2.4.6), whether it was marked read-only, and whether it had marks
	// that only its own directory entry can keep.
	SD       []byte `json:"sd,omitempty"`
	ReadOnly bool   `json:"read_only,omitempty"`
	Marked   bool   `json:"marked,omitempty"`
}

// Encode is the stored form.
func (r *Receipt) Encode() ([]byte, error) {
	stored := *r
	if !utf8.ValidString(r.Path) {
		stored.PathBytes = []byte(r.Path)
	}
	data, err := json.Marshal(&stored)
	if err != nil {
		return nil, fmt.Errorf("cannot write a receipt: %w", err)
	}
	return data, nil
}

// Decode is the reverse of Encode.
func Decode(data []byte) (*Receipt, error) {
	var r Receipt
	if err := json.Unmarshal(data, &r); err != nil || r.Root == "" || r.Path == "" {
		return nil, errors.New("the receipt of a file cannot be read")
	}
	if r.PathBytes != nil {
		r.Path, r.PathBytes = string(r.PathBytes), nil
	}
	return &r, nil
}

// bare is an error without its path, which may hold a number.
func bare(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// openFile opens a file in a folder, never through a link and never blocking.
func openFile(dir *os.File, name string) (*os.File, error) {
	fd, err := unix.Openat(int(dir.Fd()), name, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), name), nil
}

// Describe writes down what a file is beside its content.
func Describe(l *walk.Local, root, p, sha256 string) (*Receipt, error) {
	dir, err := l.Folder(folderOf(p))
	if err != nil {
		return nil, bare(err)
	}
	defer dir.Close()
	f, err := openFile(dir, path.Base(p))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var st unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		return nil, err
	}
	r := &Receipt{Root: root, Path: p, Size: st.Size, Sparse: st.Blocks*512 < st.Size, SHA256: sha256, Mode: st.Mode & 0o7777, UID: int(st.Uid), GID: int(st.Gid), MTime: st.Mtim.Nano(), ATime: st.Atim.Nano()}
	r.Attrs, err = attrs(int(f.Fd()))
	return r, err
}

func folderOf(p string) string {
	if d := path.Dir(p); d != "." {
		return d
	}
	return ""
}

// maxAttrs bounds the extended attributes that are kept of one file, in bytes.
const maxAttrs = 256 << 10

// attrs reads the extended attributes, the POSIX access list among them. A file
// system without any has none.
func attrs(fd int) (map[string][]byte, error) {
	n, err := unix.Flistxattr(fd, nil)
	if err != nil || n == 0 {
		return nil, nil // none, or not supported here
	}
	list := make([]byte, n)
	if n, err = unix.Flistxattr(fd, list); err != nil {
		return nil, fmt.Errorf("cannot list attributes: %w", err)
	}
	all, total := make(map[string][]byte), 0
	for name := range strings.SplitSeq(strings.Trim(string(list[:n]), "\x00"), "\x00") {
		size, err := unix.Fgetxattr(fd, name, nil)
		if err != nil {
			continue // one that only the system may read
		}
		value := make([]byte, size)
		if size, err = unix.Fgetxattr(fd, name, value); err != nil {
			continue
		}
		if total += size; total > maxAttrs {
			return nil, errors.New("the file has too many attributes to be put back whole")
		}
		all[name] = value[:size]
	}
	return all, nil
}

// Note is the file that stands in another one's place.
type Note struct {
	Case string
	Text string // with the case's number in it
}

// noteEnd is the ending of a note's name.
const noteEnd = ".brevvagt.txt"

// NoteTries is how many names of notes are tried.
const NoteTries = 20

// NoteName is a free or our own note's name for a file; n counts the tries. It has at
// most 255 bytes.
func NoteName(name string, n int) string {
	end := noteEnd
	if n > 0 {
		end = fmt.Sprintf(".%d%s", n+1, noteEnd)
	}
	const longest = 255 // bytes of a name
	return strings.ToValidUTF8(name[:min(len(name), longest-len(end))], "") + end
}

// write puts the note into the folder and reports under which name.
func (n Note) write(dir *os.File, name string, uid, gid int) (string, error) {
	temp := ".brevvagt-note-" + n.Case
	fd, err := unix.Openat(int(dir.Fd()), temp, unix.O_WRONLY|unix.O_CREAT|unix.O_TRUNC|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o644)
	if err != nil {
		return "", fmt.Errorf("cannot write the note: %w", err)
	}
	f := os.NewFile(uintptr(fd), temp)
	_, err = f.WriteString(n.Text)
	// The file's owner may delete the note; where we may not give it away it is ours.
	_ = unix.Fchown(fd, uid, gid)
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	for try := range NoteTries {
		if err != nil {
			break
		}
		as := NoteName(name, try)
		err = unix.Renameat2(int(dir.Fd()), temp, int(dir.Fd()), as, unix.RENAME_NOREPLACE)
		switch {
		case err == nil:
			return as, nil
		case errors.Is(err, unix.EEXIST):
			if err = nil; n.is(dir, as) {
				return as, unix.Unlinkat(int(dir.Fd()), temp, 0)
			}
		}
	}
	if err == nil {
		err = errors.New("every name for it is taken")
	}
	return "", errors.Join(fmt.Errorf("cannot write the note: %w", bare(err)), unix.Unlinkat(int(dir.Fd()), temp, 0))
}

// is reports whether a file is this note, so that nobody else's file is removed.
func (n Note) is(dir *os.File, name string) bool {
	f, err := openFile(dir, name)
	if err != nil {
		return false
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 64<<10))
	return err == nil && n.In(text)
}

// In reports whether a text is that of this note.
func (n Note) In(text []byte) bool { return n.Case != "" && bytes.Contains(text, []byte(n.Case)) }

// remove takes the note away, whatever it was called.
func (n Note) remove(dir *os.File, name string) error {
	for try := range NoteTries {
		if as := NoteName(name, try); n.is(dir, as) {
			return unix.Unlinkat(int(dir.Fd()), as, 0)
		}
	}
	return nil
}

// Take removes a file whose content is safe elsewhere, and leaves the note. It does
// nothing when the file is not as it was seen, or is open in another program, here or,
// by the mark that its editor leaves, on another machine.
func Take(l *walk.Local, p string, seen walk.Entry, note Note) error {
	dir, err := l.Folder(folderOf(p))
	if err != nil {
		return bare(err)
	}
	defer dir.Close()
	name := path.Base(p)
	f, err := openFile(dir, name)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrChanged, err)
	}
	defer f.Close()
	var st unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		return err
	}
	// While we hold a write lease nobody else has the file open, and who opens it
	// waits. Not every file system has leases; then the check below has to do.
	_, err = unix.FcntlInt(f.Fd(), unix.F_SETLEASE, unix.F_WRLCK)
	if errors.Is(err, unix.EAGAIN) || owned(dir, name, time.Now()) {
		return ErrBusy
	}
	if !l.Same(f, seen) {
		return ErrChanged
	}
	if _, err := note.write(dir, name, int(st.Uid), int(st.Gid)); err != nil {
		return err
	}
	var now unix.Stat_t
	if err := unix.Fstatat(int(dir.Fd()), name, &now, unix.AT_SYMLINK_NOFOLLOW); err != nil || now.Ino != st.Ino || now.Dev != st.Dev || !l.Same(f, seen) {
		return errors.Join(ErrChanged, note.remove(dir, name))
	}
	if err := unix.Unlinkat(int(dir.Fd()), name, 0); err != nil {
		return errors.Join(fmt.Errorf("cannot remove the file: %w", err), note.remove(dir, name))
	}
	return bare(dir.Sync())
}
