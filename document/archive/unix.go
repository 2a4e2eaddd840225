package archive

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"strconv"

	"github.com/ulikunitz/xz/lzma"

	"brevvagt/document"
)

// Cpio reads the archives of cpio in the two forms that are text: the new one and the
// portable one. Initial file systems and old backups are such.
type Cpio struct{}

// Name is the format's name.
func (Cpio) Name() string { return "cpio" }

// Match knows both by their first bytes.
func (Cpio) Match(head []byte, _ string) bool {
	return len(head) > 76 && (bytes.HasPrefix(head, []byte("07070")) && (head[5] == '1' || head[5] == '2' || head[5] == '7'))
}

// Read hands on each file.
func (Cpio) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	u := newUnpacker(ctx, in, out)
	for at := 0; ; {
		name, body, next, err := cpioMember(in.Data, at)
		if err != nil {
			return err
		}
		if name == "TRAILER!!!" {
			return nil
		}
		if err := u.next(); err != nil {
			return finish(err)
		}
		if len(body) == 0 {
			u.name(name)
		} else if err := u.member(name, false, bytes.NewReader(body)); err != nil {
			return finish(err)
		}
		at = next
	}
}

// cpioMember reads the member at a place, and tells where the next one stands.
func cpioMember(data []byte, at int) (name string, body []byte, next int, err error) {
	field := func(from, n, base int) (int64, bool) {
		if at+from+n > len(data) {
			return 0, false
		}
		v, err := strconv.ParseInt(string(data[at+from:at+from+n]), base, 64)
		return v, err == nil && v >= 0
	}
	head, align := 110, 4
	nameSize, ok := field(94, 8, 16)
	size, ok2 := field(54, 8, 16)
	if at+6 <= len(data) && string(data[at:at+6]) == "070707" {
		head, align = 76, 1
		nameSize, ok = field(59, 6, 8)
		size, ok2 = field(65, 11, 8)
	} else if at+6 > len(data) || !bytes.HasPrefix(data[at:], []byte("07070")) {
		return "", nil, 0, errCut
	}
	rest := int64(len(data) - at - head)
	if !ok || !ok2 || nameSize < 1 || nameSize > rest || size > rest {
		return "", nil, 0, errCut
	}
	start := up(at+head+int(nameSize), align)
	if start+int(size) > len(data) {
		return "", nil, 0, errCut
	}
	name = string(bytes.TrimRight(data[at+head:at+head+int(nameSize)], "\x00"))
	return name, data[start : start+int(size)], up(start+int(size), align), nil
}

func up(n, align int) int { return (n + align - 1) / align * align }

// lzip reads the members of an .lz file: LZMA streams, each with its own length behind it.
func lzip(data []byte) io.Reader {
	var members []io.Reader
	for len(data) > 26 && len(members) < maxEntries {
		size := binary.LittleEndian.Uint64(data[len(data)-8:])
		if size < 26 || size > uint64(len(data)) {
			return broken{errCut}
		}
		m := data[uint64(len(data))-size:]
		bits := m[5] & 0x1f
		dict := uint32(1) << bits
		if bits < 12 || bits > 28 || string(m[:4]) != "LZIP" {
			return broken{errCut}
		}
		dict -= dict / 16 * uint32(m[5]>>5)
		head := binary.LittleEndian.AppendUint32([]byte{0x5d}, dict)
		head = append(head, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff) // up to the stream's own end
		r, err := lzma.NewReader(io.MultiReader(bytes.NewReader(head), bytes.NewReader(m[6:len(m)-20])))
		if err != nil {
			return broken{fmt.Errorf("lzip header: %w", err)}
		}
		sum := binary.LittleEndian.Uint32(m[len(m)-20:])
		members = append([]io.Reader{&summed{r: r, want: sum, sum: crc32.NewIEEE()}}, members...)
		data = data[:uint64(len(data))-size]
	}
	if len(members) == 0 {
		return broken{errCut}
	}
	return io.MultiReader(members...)
}

// summed wants the checksum behind a member.
type summed struct {
	r    io.Reader
	want uint32
	sum  hash.Hash32
}

func (s *summed) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.sum.Write(p[:n])
	if errors.Is(err, io.EOF) && s.sum.Sum32() != s.want {
		err = errCut
	}
	return n, err
}

type broken struct{ err error }

func (f broken) Read([]byte) (int, error) { return 0, f.err }

// errCode says that a .Z file uses a code that nothing stands for.
var errCode = errors.New("compress: bad code")

// compress unpacks a .Z file of Unix' compress: LZW with codes of 9 to 16 bits, the first
// bits lowest, whose groups of eight are filled up when the width changes.
type compress struct {
	data        []byte
	block       bool // code 256 begins anew
	most        uint // bits of a code, at most
	width       uint
	bit         int // of data, where the next code begins
	group       int // where the codes of this width began
	prefix      []uint16
	suffix      []byte
	last, first int
	out         []byte
}

func newCompress(data []byte) io.Reader {
	if len(data) < 3 || data[2]&0x1f < 9 || data[2]&0x1f > 16 {
		return broken{errCode}
	}
	c := &compress{data: data[3:], block: data[2]&0x80 != 0, most: uint(data[2] & 0x1f)}
	c.clear()
	return c
}

func (c *compress) clear() {
	c.width, c.last = 9, -1
	c.prefix, c.suffix = make([]uint16, 256, 1<<12), make([]byte, 256, 1<<12)
	for i := range c.suffix {
		c.suffix[i] = byte(i)
	}
	if c.block {
		c.prefix, c.suffix = append(c.prefix, 0), append(c.suffix, 0)
	}
}

// Read gives what is unpacked.
func (c *compress) Read(p []byte) (int, error) {
	for len(c.out) == 0 {
		if err := c.step(); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.out)
	c.out = c.out[n:]
	return n, nil
}

// align goes to the end of the group of eight codes.
func (c *compress) align() {
	size := int(c.width) * 8
	c.bit = c.group + up(c.bit-c.group, size)
	c.group = c.bit
}

func (c *compress) step() error {
	if len(c.prefix) > 1<<c.width-1 && c.width < c.most && c.last >= 0 {
		c.align()
		c.width++
	}
	if c.bit+int(c.width) > 8*len(c.data) {
		return io.EOF
	}
	var window [4]byte
	copy(window[:], c.data[c.bit/8:])
	code := int(binary.LittleEndian.Uint32(window[:])>>(c.bit%8)) & (1<<c.width - 1)
	c.bit += int(c.width)
	if c.block && code == 256 {
		c.align()
		c.clear()
		return nil
	}
	if code > len(c.prefix) || code == len(c.prefix) && c.last < 0 {
		return errCode
	}
	at, out := code, c.out[:0]
	if code == len(c.prefix) { // what is about to be named: the last one and its first byte
		out = append(out, byte(c.first))
		at = c.last
	}
	for ; at > 256 || at == 256 && !c.block; at = int(c.prefix[at]) {
		out = append(out, c.suffix[at])
	}
	out = append(out, c.suffix[at])
	c.first = int(out[len(out)-1])
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	if c.last >= 0 && len(c.prefix) < 1<<c.most {
		c.prefix, c.suffix = append(c.prefix, uint16(c.last)), append(c.suffix, byte(c.first))
	}
	c.last, c.out = code, out
	return nil
}
