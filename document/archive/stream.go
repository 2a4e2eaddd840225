package archive

import (
	"archive/tar"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"

	"brevvagt/document"
)

// Tar reads tape archives.
type Tar struct{}

// Name is the format's name.
func (Tar) Name() string { return "tar" }

// Match knows tar by its mark, and old ones by name and a header that parses.
func (Tar) Match(head []byte, name string) bool {
	if len(head) < 512 {
		return false
	}
	if string(head[257:262]) == "ustar" {
		return true
	}
	if !strings.HasSuffix(strings.ToLower(name), ".tar") {
		return false
	}
	_, err := tar.NewReader(bytes.NewReader(head)).Next()
	return err == nil
}

// Read hands on each file.
func (Tar) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	u := newUnpacker(ctx, in, out)
	r := tar.NewReader(bytes.NewReader(in.Data))
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			u.concatenated()
			return tarEnd(in.Data)
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return fmt.Errorf("tar header: %w", err)
		}
		if err := u.next(); err != nil {
			return finish(err)
		}
		for _, text := range append([]string{h.Linkname, owner(h)}, records(h)...) {
			if text != "" {
				out.Segment(document.Segment{Text: text, At: document.Location{Path: out.ChildPath(h.Name), Layer: document.Metadata}})
			}
		}
		if h.Typeflag != tar.TypeReg && h.Typeflag != tar.TypeGNUSparse && h.Typeflag != tar.TypeCont {
			u.name(h.Name)
			continue
		}
		if err := u.member(h.Name, false, r); err != nil {
			return finish(err)
		}
	}
}

// records are the remarks of a member in their own words: its comment, and attributes
// of a file system.
func records(h *tar.Header) (texts []string) {
	for _, key := range slices.Sorted(maps.Keys(h.PAXRecords)) {
		if key == "comment" || strings.HasPrefix(key, "SCHILY.xattr.") || strings.HasPrefix(key, "LIBARCHIVE.xattr.") {
			texts = append(texts, h.PAXRecords[key])
		}
	}
	return texts
}

// concatenated hands on a second archive behind the end of the first, which tar reads
// only when told to.
func (u *unpacker) concatenated() {
	data := u.in.Data
	for at := 1024; at+512 <= len(data); at += 512 {
		if string(data[at+257:at+262]) == "ustar" && allZero(data[at-1024:at]) {
			u.out.ChildBytes("bagest.tar", data[at:], document.Input{MadeUp: true})
			return
		}
	}
}

func allZero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

// owner gives the names of the owner where somebody may have put a number there.
func owner(h *tar.Header) string {
	if strings.ContainsAny(h.Uname+h.Gname, "0123456789") {
		return h.Uname + " " + h.Gname
	}
	return ""
}

// tarEnd wants the block of zeros at the end; the reader takes a cut for an end.
func tarEnd(data []byte) error {
	tail := data[max(0, len(data)-512):]
	if len(data)%512 != 0 || len(bytes.Trim(tail, "\x00")) > 0 {
		return errCut
	}
	return nil
}

// Stream reads single files compressed with gzip, bzip2, xz, lzma, lzip, lz4, zstd or
// Unix' compress.
type Stream struct{}

// Name is the format's name.
func (Stream) Name() string { return "compressed" }

// Match knows each by its first bytes.
func (Stream) Match(head []byte, _ string) bool { return coding(head) != "" }

func coding(head []byte) string {
	for _, c := range []struct{ magic, name string }{
		{"\x1f\x8b\x08", "gz"}, {"BZh", "bz2"}, {"\xfd7zXZ\x00", "xz"}, {"\x28\xb5\x2f\xfd", "zst"},
		{"\x5d\x00\x00", "lzma"}, {"LZIP\x01", "lz"}, {"\x04\x22\x4d\x18", "lz4"}, {"\x1f\x9d", "Z"},
	} {
		if bytes.HasPrefix(head, []byte(c.magic)) {
			if c.name == "bz2" && (len(head) < 10 || string(head[4:10]) != "1AY&SY" && string(head[4:10]) != "\x17\x72\x45\x38\x50\x90") {
				continue
			}
			if c.name == "lzma" && !lzma.ValidHeader(head[:min(len(head), lzma.HeaderLen)]) {
				continue
			}
			return c.name
		}
	}
	return ""
}

// Read hands on what is inside under the name it has there, or the outer name
// without its last ending.
func (Stream) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	u := newUnpacker(ctx, in, out)
	name := innerName(in.Name)
	src := bytes.NewReader(in.Data)
	switch coding(in.Data) {
	case "gz":
		r, err := gzip.NewReader(src)
		if err != nil {
			return fmt.Errorf("gzip header: %w", err)
		}
		for _, text := range []string{r.Comment, string(r.Extra)} {
			if text != "" {
				u.note(in.Path, text)
			}
		}
		if r.Name != "" {
			return finish(u.member(r.Name, false, r))
		}
		return finish(u.member(name, true, r))
	case "bz2":
		return finish(u.member(name, true, bzip2.NewReader(src)))
	case "xz":
		if dictionary(in.Data) > maxMemory {
			return fmt.Errorf("xz dictionary: %w", errBomb)
		}
		r, err := xz.NewReader(src)
		if err != nil {
			return fmt.Errorf("xz header: %w", err)
		}
		if err := u.member(name, true, r); err != nil {
			return finish(err)
		}
		if !bytes.HasSuffix(bytes.TrimRight(in.Data, "\x00"), []byte("YZ")) {
			return errCut // the reader takes a cut between blocks for an end
		}
		return nil
	case "lzma":
		if len(in.Data) < lzma.HeaderLen || int64(binary.LittleEndian.Uint32(in.Data[1:])) > maxMemory {
			return fmt.Errorf("lzma dictionary: %w", errBomb)
		}
		r, err := lzma.NewReader(src)
		if err != nil {
			return fmt.Errorf("lzma header: %w", err)
		}
		return finish(u.member(name, true, r))
	case "lz":
		return finish(u.member(name, true, lzip(in.Data)))
	case "lz4":
		return finish(u.member(name, true, lz4.NewReader(src)))
	case "Z":
		return finish(u.member(name, true, newCompress(in.Data)))
	case "zst":
		r := newZstd(src)
		err := u.member(name, true, r)
		return finish(errors.Join(err, r.Close()))
	}
	return errors.New("unknown compression")
}

// dictionary is the memory in bytes that the first block of an xz file asks for.
// The filter flags stand after stream header, block size and block flags.
func dictionary(data []byte) int64 {
	i := bytes.Index(data[:min(len(data), 64)], []byte{0x21, 0x01})
	if i < 12 || i+2 >= len(data) {
		return 0
	}
	bits := data[i+2]
	if bits > 40 {
		return 1 << 32
	}
	return int64(2|bits&1) << (bits/2 + 11)
}

func innerName(name string) string {
	lower := strings.ToLower(name)
	for _, e := range []struct{ outer, inner string }{
		{".tgz", ".tar"}, {".tbz2", ".tar"}, {".tbz", ".tar"}, {".txz", ".tar"}, {".tzst", ".tar"},
		{".gz", ""}, {".bz2", ""}, {".xz", ""}, {".zst", ""}, {".lzma", ""},
		{".lz", ""}, {".lz4", ""}, {".z", ""},
	} {
		if strings.HasSuffix(lower, e.outer) && len(name) > len(e.outer) {
			return name[:len(name)-len(e.outer)] + e.inner
		}
	}
	return "indhold"
}
