package archive

import (
	"archive/zip"
	"bytes"
	"cmp"
	"compress/bzip2"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz/lzma"
	"golang.org/x/text/encoding/charmap"

	"brevvagt/document"
	"brevvagt/internal/sweep"
)

// Zip reads zip archives.
type Zip struct{}

// Name is the format's name.
func (Zip) Name() string { return "zip" }

// Match knows zip by its first bytes.
func (Zip) Match(head []byte, _ string) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")) || bytes.HasPrefix(head, []byte("PK00PK\x03\x04"))
}

// Read opens each member that is neither encrypted nor packed by an unknown
// method. An archive without a directory is read front to back.
func (Zip) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	u := newUnpacker(ctx, in, out)
	r, err := zip.NewReader(bytes.NewReader(in.Data), int64(len(in.Data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		// The directory is lost; the gap is told even if every member is saved.
		if salvageErr := salvage(u); finish(salvageErr) != nil {
			return salvageErr
		}
		return fmt.Errorf("zip directory: %w", err)
	}
	r.RegisterDecompressor(12, func(r io.Reader) io.ReadCloser { return io.NopCloser(bzip2.NewReader(r)) })
	r.RegisterDecompressor(14, newLZMA)
	r.RegisterDecompressor(93, newZstd)
	if r.Comment != "" && in.Passwords == nil {
		u.note(in.Path, r.Comment)
	}
	for _, f := range r.File {
		if err := u.next(); err != nil {
			return finish(err)
		}
		if err := zipMember(u, f); err != nil {
			return finish(err)
		}
	}
	if in.Passwords == nil {
		between(u, in.Data, r.File)
	}
	return nil
}

// note reads a remark that no program shows, or shows only in part: a comment or an
// extra field, as text in bytes or UTF-16.
func (u *unpacker) note(path, text string) {
	if strings.IndexFunc(text, func(c rune) bool { return c < ' ' && c != '\t' && c != '\n' && c != '\r' }) < 0 {
		u.out.Segment(document.Segment{Text: zipName(text), At: document.Location{Path: path, Layer: document.Metadata}})
		return
	}
	found, _ := sweep.Texts([]byte(text))
	for _, t := range found {
		u.out.Segment(document.Segment{Text: t, At: document.Location{Path: path, Layer: document.Metadata}})
	}
}

// between reads what lies between the members of an archive, where its directory
// leads nobody: members that were taken out of the directory only, or bare text.
func between(u *unpacker, data []byte, files []*zip.File) {
	type span struct{ from, to int64 }
	spans := make([]span, 0, len(files)+1)
	for _, f := range files {
		if at, err := f.DataOffset(); err == nil {
			spans = append(spans, span{at, at + int64(f.CompressedSize64)})
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	last := int64(0)
	for i, s := range append(spans, span{int64(bytes.LastIndex(data, []byte("PK\x05\x06"))), 0}) {
		end := min(s.from, int64(len(data)))
		if last >= end || u.ctx.Err() != nil {
			last = max(last, s.to)
			continue
		}
		hole := data[last:end]
		head := []byte("PK\x03\x04")
		if i == len(spans) {
			head = []byte("PK\x01\x02") // the directory
			if at := bytes.Index(hole, head); at >= 0 {
				hole = hole[:at]
			}
		} else {
			hole = hole[:max(0, bytes.LastIndex(hole, head))]
		}
		if at := bytes.Index(hole, []byte("PK\x03\x04")); at >= 0 && at <= descriptor {
			u.out.ChildBytes("uden-for-indeks.zip", hole[at:], document.Input{MadeUp: true})
		} else if len(hole) > descriptor {
			u.note(u.in.Path, string(hole))
		}
		last = max(last, s.to)
	}
}

// descriptor is the most that stands behind a member's data: its sizes once more.
const descriptor = 24

func zipMember(u *unpacker, f *zip.File) error {
	name := zipName(f.Name)
	if f.Comment != "" && u.in.Passwords == nil {
		u.note(u.out.ChildPath(name), f.Comment)
	}
	if bytes.ContainsAny(f.Extra, "0123456789") && u.in.Passwords == nil {
		u.note(u.out.ChildPath(name), "\x00"+string(f.Extra))
	}
	if strings.HasSuffix(name, "/") && f.UncompressedSize64 == 0 {
		u.name(name)
		return nil
	}
	if f.Flags&1 != 0 || f.Method == methodAES {
		if r := unlock(f, u.in.Data, u.in.Passwords); r != nil {
			return u.member(name, false, r)
		}
		u.refuse(name, document.Encrypted, "")
		return nil
	}
	if u.in.Passwords != nil {
		return nil // read already
	}
	r, err := f.Open()
	switch {
	case errors.Is(err, zip.ErrAlgorithm):
		u.refuse(name, document.UnknownType, fmt.Sprintf("zip compression method %d", f.Method))
		return nil
	case err != nil:
		u.refuse(name, document.Damaged, "")
		return nil
	}
	err = u.member(name, false, r)
	return errors.Join(err, r.Close())
}

// zipName decodes a member's name. Without the UTF-8 mark it may still be UTF-8,
// or a code page of DOS (865 is the Danish one) or of Windows.
func zipName(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	enc := charmap.Windows1252
	if containsAny(name, "\x91\x9b\x86\x92\x9d\x8f\x81\x84\x94") && !containsAny(name, "\xe6\xf8\xe5\xc6\xd8\xc5") {
		enc = charmap.CodePage865
	}
	text, err := enc.NewDecoder().String(name)
	if err != nil {
		return strings.ToValidUTF8(name, "?")
	}
	return text
}

func containsAny(s, set string) bool {
	for i := range len(set) {
		if strings.IndexByte(s, set[i]) >= 0 {
			return true
		}
	}
	return false
}

func newZstd(r io.Reader) io.ReadCloser {
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxMemory), zstd.WithDecoderMaxWindow(64<<20))
	if err != nil {
		return io.NopCloser(failing{err})
	}
	return d.IOReadCloser()
}

// newLZMA reads what a zip packs by method 14: a version, the size of the properties,
// the properties, and a stream that ends by its own mark (APPNOTE 5.8.8).
func newLZMA(r io.Reader) io.ReadCloser {
	var head [9]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return io.NopCloser(failing{err})
	}
	props := head[4:]
	if binary.LittleEndian.Uint16(head[2:]) != uint16(len(props)) || binary.LittleEndian.Uint32(props[1:]) > maxMemory {
		return io.NopCloser(failing{errBomb})
	}
	unknown := bytes.Repeat([]byte{0xff}, 8) // of the classic head, where the size stands
	d, err := lzma.NewReader(io.MultiReader(bytes.NewReader(props), bytes.NewReader(unknown), r))
	if err != nil {
		return io.NopCloser(failing{err})
	}
	return io.NopCloser(d)
}

// failing is a reader that could not be made.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
