// Package share reads files at rest: it lists the files under given paths and
// makes an item of each. What a share holds from night to night is the business of
// the packages below.
package share

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"brevvagt/scanner"
)

// File is a regular file that was found.
type File struct {
	Path    string
	Size    int64
	ModTime time.Time
}

// Unread is a path that could not be listed.
type Unread struct {
	Path string
	Err  error
}

func (u *Unread) Error() string { return fmt.Sprintf("cannot read %s: %v", u.Path, u.Err) }
func (u *Unread) Unwrap() error { return u.Err }

// List finds all regular files under paths, sorted by path within each. What
// cannot be listed is an error that names it; the rest goes on. Symbolic links
// are not followed below a given path: a link out of a share is not its content.
func List(paths []string) ([]File, []*Unread) {
	var files []File
	var errs []*Unread
	for _, root := range paths {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				errs = append(errs, &Unread{path, err})
				if d != nil && d.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
			info, err := d.Info()
			if path == root && d.Type()&fs.ModeSymlink != 0 {
				info, err = os.Stat(path)
			}
			if err != nil {
				errs = append(errs, &Unread{path, err})
				return nil
			}
			if info.Mode().IsRegular() {
				files = append(files, File{Path: path, Size: info.Size(), ModTime: info.ModTime()})
			}
			return nil
		})
		if err != nil {
			errs = append(errs, &Unread{root, err})
		}
	}
	slices.SortStableFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return slices.CompactFunc(files, func(a, b File) bool { return a.Path == b.Path }), errs
}

// Item opens and reads the file, at most limit bytes of it.
func (f File) Item(limit int64) (scanner.Item, error) {
	file, err := os.Open(f.Path)
	if err != nil {
		return scanner.Item{}, fmt.Errorf("cannot open %s: %w", f.Path, err)
	}
	defer file.Close()
	data, err := readAtMost(file, f.Size, limit)
	if err != nil {
		return scanner.Item{}, fmt.Errorf("cannot read %s: %w", f.Path, err)
	}
	var cut int64
	if int64(len(data)) == limit && f.Size > limit {
		cut = f.Size - limit
	}
	return f.Of(data, cut), nil
}

// Of makes an item of what was read of the file; cut bytes of its end were not.
func (f File) Of(content []byte, cut int64) scanner.Item {
	return scanner.Item{Source: "share", ID: f.Path, Name: label(f.Path), Received: f.ModTime, Content: content, Cut: cut}
}

// label is the name of a file, after those of its folders that may be a person's
// number: such a folder is a finding as its files' names are.
func label(path string) string {
	name := filepath.Base(path)
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		folder := filepath.Base(dir)
		if dir == filepath.Dir(dir) {
			return name
		}
		if n := digits(folder); n == 9 || n == 10 { // a zero in front may be lost
			// No slash: what stands before the first one in a path is the item.
			name = folder + " " + name
		}
	}
}

func digits(s string) (n int) {
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}

// readAtMost reads up to limit bytes into a buffer of the expected size, so that
// a file is held once and not grown by doubling.
func readAtMost(r io.Reader, size, limit int64) ([]byte, error) {
	buf := make([]byte, 0, min(size, limit)+1)
	for int64(len(buf)) < limit {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):min(int64(cap(buf)), limit)])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	return buf, nil
}
