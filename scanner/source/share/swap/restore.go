package swap

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"

	"golang.org/x/sys/unix"

	"brevvagt/scanner/source/share/walk"
)

// Restore puts a file back as the receipt describes it and takes its note away.
// What stands in its place meanwhile is never overwritten: that is ErrTaken, unless
// it is the very file, put back before we were cut off.
func Restore(l *walk.Local, r *Receipt, noteCase string, content io.Reader) error {
	dir, err := l.Folder(folderOf(r.Path))
	if err != nil {
		return fmt.Errorf("its folder: %w", bare(err))
	}
	defer dir.Close()
	name := path.Base(r.Path)
	note := Note{Case: noteCase}
	if there, same := lies(dir, name, r); there {
		if !same {
			return ErrTaken
		}
		return note.remove(dir, name)
	}
	temp := ".brevvagt-file-" + noteCase
	if err := r.write(dir, temp, content); err != nil {
		return errors.Join(err, unix.Unlinkat(int(dir.Fd()), temp, 0))
	}
	err = unix.Renameat2(int(dir.Fd()), temp, int(dir.Fd()), name, unix.RENAME_NOREPLACE)
	if err != nil {
		if errors.Is(err, unix.EEXIST) {
			err = ErrTaken
		}
		return errors.Join(err, unix.Unlinkat(int(dir.Fd()), temp, 0))
	}
	return errors.Join(bare(dir.Sync()), note.remove(dir, name))
}

// lies reports whether something has the file's name, and whether it is the file.
func lies(dir *os.File, name string, r *Receipt) (there, same bool) {
	var st unix.Stat_t
	if err := unix.Fstatat(int(dir.Fd()), name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return !errors.Is(err, unix.ENOENT), false
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG || st.Size != r.Size {
		return true, false
	}
	f, err := openFile(dir, name)
	if err != nil {
		return true, false
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return true, false
	}
	return true, hex.EncodeToString(h.Sum(nil)) == r.SHA256
}

// write makes the file under another name, whole and durable.
func (r *Receipt) write(dir *os.File, temp string, content io.Reader) error {
	fd, err := unix.Openat(int(dir.Fd()), temp, unix.O_WRONLY|unix.O_CREAT|unix.O_TRUNC|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return fmt.Errorf("cannot write the file: %w", err)
	}
	f := os.NewFile(uintptr(fd), temp)
	defer f.Close()
	h := sha256.New()
	to := io.Writer(f)
	if r.Sparse {
		to = holes{f}
	}
	// In pieces of one size, so that where there were holes there are holes again.
	_, err = io.CopyBuffer(io.MultiWriter(to, h), struct{ io.Reader }{content}, make([]byte, holeBytes))
	if err == nil && r.Sparse {
		err = f.Truncate(r.Size)
	}
	if err != nil {
		return fmt.Errorf("cannot write the file: %w", bare(err))
	}
	if hex.EncodeToString(h.Sum(nil)) != r.SHA256 {
		return errors.New("the kept content is not what was taken away")
	}
	if err := unix.Fchown(fd, r.UID, r.GID); err != nil {
		return fmt.Errorf("cannot give the file back to its owner: %w", err)
	}
	if err := unix.Fchmod(fd, r.Mode); err != nil {
		return fmt.Errorf("cannot set the file's mode: %w", err)
	}
	for name, value := range r.Attrs {
		if err := unix.Fsetxattr(fd, name, value, 0); err != nil {
			return fmt.Errorf("cannot set the file's attribute %s: %w", name, err)
		}
	}
	times := []unix.Timespec{unix.NsecToTimespec(r.ATime), unix.NsecToTimespec(r.MTime)}
	if err := unix.UtimesNanoAt(int(dir.Fd()), temp, times, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return fmt.Errorf("cannot set the file's times: %w", err)
	}
	return bare(f.Sync())
}

// holeBytes is how much nothing in a row becomes a hole; the room of a file is given
// out in pages.
const holeBytes = 64 << 10

// holes writes a file and leaves out what is nothing but zeros.
type holes struct{ *os.File }

func (h holes) Write(p []byte) (int, error) {
	if bytes.Count(p, []byte{0}) < len(p) {
		return h.File.Write(p)
	}
	_, err := h.Seek(int64(len(p)), io.SeekCurrent)
	return len(p), err
}
