// Package pack opens the zip that a modern office file is, and keeps reading
// where the central directory is missing or wrong.
package pack

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ErrTooBig ends the reading of an entry when it or the whole package unpacks to
// more than the limits allow.
var ErrTooBig = errors.New("unpacks to more than the limit")

// ErrEntryEncrypted is returned for an entry that needs a password.
var ErrEntryEncrypted = errors.New("entry is encrypted")

// Limits bound one package. Ratio counts unpacked bytes per packed byte, after
// the first 10 MB.
type Limits struct {
	Entry   int64 // unpacked bytes of one entry
	Total   int64 // unpacked bytes of all entries
	Ratio   int64
	Entries int
}

const ratioFree = 10 << 20

// Package is an opened zip. Files are in the order of the directory.
type Package struct {
	Files   []*File
	Comment string // of the archive
	Damaged bool   // read without its directory
	More    bool   // there were more entries than the limit

	limits Limits
	packed int64
	spent  int64
}

// File is one entry.
type File struct {
	Name string // with forward slashes and no leading one

	owner  *Package
	entry  *zip.File // nil when found by the sweep
	data   []byte    // packed bytes, for the sweep
	method uint16
	locked bool
}

// Open reads the directory of data; without a usable one it finds the entries by
// their local headers.
func Open(data []byte, l Limits) (*Package, error) {
	p := &Package{limits: l, packed: int64(len(data))}
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		p.Damaged = true
		p.sweep(data)
		if len(p.Files) == 0 {
			return nil, fmt.Errorf("not a zip: %w", err)
		}
		return p, nil
	}
	p.Comment = zr.Comment
	for _, f := range zr.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		if len(p.Files) == l.Entries {
			p.More = true
			break
		}
		p.Files = append(p.Files, &File{Name: clean(f.Name), owner: p, entry: f, locked: f.Flags&1 != 0})
	}
	return p, nil
}

func clean(name string) string {
	return strings.TrimLeft(strings.ReplaceAll(name, "\\", "/"), "/")
}

var localMagic = []byte("PK\x03\x04")

// sweep finds entries by their local headers, as after a transfer cut short.
func (p *Package) sweep(data []byte) {
	for off := 0; ; {
		i := bytes.Index(data[off:], localMagic)
		if i < 0 {
			return
		}
		off += i
		h := data[off:]
		if len(h) < 30 {
			return
		}
		flags, method := binary.LittleEndian.Uint16(h[6:]), binary.LittleEndian.Uint16(h[8:])
		size := int64(binary.LittleEndian.Uint32(h[18:]))
		name := int(binary.LittleEndian.Uint16(h[26:]))
		start := 30 + name + int(binary.LittleEndian.Uint16(h[28:]))
		if start > len(h) {
			return
		}
		if len(p.Files) == p.limits.Entries {
			p.More = true
			return
		}
		f := &File{Name: clean(string(h[30 : 30+name])), owner: p, method: method, locked: flags&1 != 0}
		f.data = h[start:]
		if flags&8 == 0 && size < int64(len(f.data)) {
			f.data = f.data[:size]
			off += start + int(size)
		} else {
			off += start
		}
		if !strings.HasSuffix(f.Name, "/") {
			p.Files = append(p.Files, f)
		}
	}
}

// Find returns the entry of this name, letter case ignored as the format rules
// (OPC 10.2.3), or nil.
func (p *Package) Find(name string) *File {
	name = clean(name)
	for _, f := range p.Files {
		if strings.EqualFold(f.Name, name) {
			return f
		}
	}
	return nil
}

// Open unpacks the entry as it is read, within the limits.
func (f *File) Open() (io.ReadCloser, error) {
	if f.locked {
		return nil, ErrEntryEncrypted
	}
	var (
		rc  io.ReadCloser
		err error
	)
	switch {
	case f.entry != nil:
		rc, err = f.entry.Open()
	case f.method == zip.Store:
		rc = io.NopCloser(bytes.NewReader(f.data))
	case f.method == zip.Deflate:
		rc = flate.NewReader(bytes.NewReader(f.data))
	default:
		err = zip.ErrAlgorithm
	}
	if err != nil {
		return nil, fmt.Errorf("cannot open an entry: %w", err)
	}
	return &bounded{rc: rc, owner: f.owner, left: f.owner.limits.Entry}, nil
}

// Head returns up to n unpacked bytes from the entry's start.
func (f *File) Head(n int) []byte {
	rc, err := f.Open()
	if err != nil {
		return nil
	}
	defer rc.Close()
	b := make([]byte, n)
	got, _ := io.ReadFull(rc, b)
	return b[:got]
}

// bounded counts what comes out of an entry against the package's limits.
type bounded struct {
	rc    io.ReadCloser
	owner *Package
	left  int64
}

func (b *bounded) Read(p []byte) (int, error) {
	o := b.owner
	if b.left <= 0 || o.spent > o.limits.Total ||
		o.limits.Ratio > 0 && o.spent > ratioFree && o.spent/o.limits.Ratio > o.packed {
		// The limit counts only when there is more: an entry may be exactly as big.
		var one [1]byte
		if n, err := b.rc.Read(one[:]); n == 0 && err != nil {
			return 0, err
		}
		return 0, ErrTooBig
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.rc.Read(p)
	b.left -= int64(n)
	o.spent += int64(n)
	return n, err
}

func (b *bounded) Close() error { return b.rc.Close() }
