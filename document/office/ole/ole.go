// Package ole opens compound files ([MS-CFB]), the container of Office before
// 2007 and of Outlook's messages, and reads the property sets within.
//
// The reader is our own because a mail gateway needs three things that the
// libraries lack: what a cut-off file still holds, a bound on the storages within
// storages, and no stream longer than the file. The library mscfb is the oracle
// of its tests.
package ole

import (
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf16"
)

// Magic is how a compound file begins.
var Magic = []byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}

// ErrFormat tells that the header is not that of a compound file, or that not
// even its directory could be found.
var ErrFormat = errors.New("no sound compound file")

// Stream is one stream with its content. Storage is the path of the storages
// around it, joined with slashes and "" for the root.
type Stream struct {
	Storage string
	Name    string
	Data    []byte
}

// File is an opened compound file, whole in memory. Streams keep the order of
// the directory.
type File struct {
	Streams []Stream
	Short   bool // a stream or the directory breaks off
	Crossed bool // a sector belongs to two chains, or twice to one
}

const (
	maxStreams = 50_000
	maxNesting = 64
	endOfChain = 0xfffffffe
	noEntry    = 0xffffffff
)

// cfb is the layout of one file.
type cfb struct {
	data   []byte
	sector int // bytes
	fat    []uint32
	mini   []uint32
	small  []byte // the stream that holds the small ones
	cutoff uint64
	left   int // bytes that may still be copied
	out    *File
	dir    []byte
	seen   []bool // entries of the directory
	used   []bool // sectors that were read
}

// Open reads all streams of data. All together cannot be much longer than the
// file, however the sectors are chained.
func Open(data []byte) (*File, error) {
	if len(data) < 512 || string(data[:8]) != string(Magic) {
		return nil, ErrFormat
	}
	shift := binary.LittleEndian.Uint16(data[30:])
	if shift != 9 && shift != 12 {
		return nil, ErrFormat
	}
	c := &cfb{data: data, sector: 1 << shift, left: len(data)*2 + 1<<20, out: &File{}}
	c.cutoff = uint64(binary.LittleEndian.Uint32(data[56:]))
	c.readFAT()
	c.dir = c.chain(binary.LittleEndian.Uint32(data[48:]), len(data))
	if len(c.dir) < 128 {
		return nil, ErrFormat
	}
	mini := c.chain(binary.LittleEndian.Uint32(data[60:]), len(data))
	for i := 0; i+4 <= len(mini); i += 4 {
		c.mini = append(c.mini, binary.LittleEndian.Uint32(mini[i:]))
	}
	root := c.dir[:128]
	if size := binary.LittleEndian.Uint32(root[120:]); size > 0 {
		c.small = c.chain(binary.LittleEndian.Uint32(root[116:]), int(size))
		c.out.Short = c.out.Short || len(c.small) < int(size)
	}
	c.seen = make([]bool, len(c.dir)/128)
	c.walk(binary.LittleEndian.Uint32(root[76:]), "", 0)
	return c.out, nil
}

func (c *cfb) at(n uint32) []byte {
	off := (int64(n) + 1) * int64(c.sector)
	if off >= int64(len(c.data)) {
		return nil
	}
	return c.data[off:min(off+int64(c.sector), int64(len(c.data)))]
}

// readFAT collects the allocation table by its list in the header and beyond.
func (c *cfb) readFAT() {
	take := func(list []byte) {
		for i := 0; i+4 <= len(list); i += 4 {
			n := binary.LittleEndian.Uint32(list[i:])
			if n >= endOfChain-2 {
				continue
			}
			s := c.at(n)
			if len(s) < c.sector || len(c.fat) > len(c.data)/16 {
				c.out.Short = true
			}
			for j := 0; j+4 <= len(s) && len(c.fat) <= len(c.data)/16+c.sector; j += 4 {
				c.fat = append(c.fat, binary.LittleEndian.Uint32(s[j:]))
			}
		}
	}
	take(c.data[76:512])
	next := binary.LittleEndian.Uint32(c.data[68:])
	for range len(c.data)/c.sector + 1 {
		s := c.at(next)
		if next >= endOfChain-2 || len(s) < c.sector {
			break
		}
		take(s[:c.sector-4])
		next = binary.LittleEndian.Uint32(s[c.sector-4:])
	}
}

// chain copies up to size bytes of the sectors that follow each other from start.
func (c *cfb) chain(start uint32, size int) []byte {
	var out []byte
	for n := range len(c.fat) + 1 {
		if start >= endOfChain-2 || len(out) >= size || n == len(c.fat) {
			break
		}
		s := c.at(start)
		s = s[:min(len(s), size-len(out), max(c.left, 0))]
		if len(s) == 0 {
			c.out.Short = true
			break
		}
		c.left -= len(s)
		out = append(out, s...)
		c.use(start)
		if int(start) >= len(c.fat) {
			c.out.Short = true
			break
		}
		start = c.fat[start]
	}
	return out
}

// use notes that a sector was read. One that is read twice belongs to a chain that leads
// back to itself or into another: what stands behind it was overwritten.
func (c *cfb) use(n uint32) {
	if c.used == nil {
		c.used = make([]bool, len(c.fat))
	}
	if int(n) < len(c.used) {
		c.out.Crossed = c.out.Crossed || c.used[n]
		c.used[n] = true
	}
}

func (c *cfb) smallChain(start uint32, size int) []byte {
	var out []byte
	for range len(c.mini) {
		if start >= endOfChain-2 || len(out) >= size || int(start) >= len(c.mini) {
			break
		}
		off := int64(start) * 64
		if off >= int64(len(c.small)) {
			break
		}
		s := c.small[off:min(off+64, int64(len(c.small)))]
		s = s[:min(len(s), size-len(out), max(c.left, 0))]
		if len(s) == 0 {
			break
		}
		c.left -= len(s)
		out = append(out, s...)
		start = c.mini[start]
	}
	return out
}

// walk visits the tree of directory entries below n, siblings in order. It keeps
// its own stack: a hostile tree may be as deep as the directory is long.
func (c *cfb) walk(n uint32, storage string, nesting int) {
	var stack []uint32
	for {
		for int64(n) < int64(len(c.seen)) && !c.seen[n] {
			c.seen[n] = true
			stack = append(stack, n)
			n = binary.LittleEndian.Uint32(c.dir[int(n)*128+68:])
		}
		if n != noEntry && int64(n) >= int64(len(c.seen)) {
			c.out.Short = true
		}
		if len(stack) == 0 || len(c.out.Streams) >= maxStreams {
			c.out.Short = c.out.Short || len(stack) > 0
			return
		}
		n = stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		e := c.dir[int(n)*128 : int(n)*128+128]
		c.entry(e, storage, nesting)
		n = binary.LittleEndian.Uint32(e[72:])
	}
}

func (c *cfb) entry(e []byte, storage string, nesting int) {
	name := entryName(e)
	switch e[66] {
	case 1: // storage
		if nesting >= maxNesting {
			c.out.Short = true
			return
		}
		if storage != "" {
			name = storage + "/" + name
		}
		c.walk(binary.LittleEndian.Uint32(e[76:]), name, nesting+1)
	case 2: // stream
		size := binary.LittleEndian.Uint64(e[120:])
		if c.sector == 512 {
			size &= 0xffffffff // the upper half is not set by old writers
		}
		want := int(min(size, uint64(len(c.data))))
		start := binary.LittleEndian.Uint32(e[116:])
		var data []byte
		if size < c.cutoff {
			data = c.smallChain(start, want)
		} else {
			data = c.chain(start, want)
		}
		if uint64(len(data)) < size {
			c.out.Short = true
		}
		if data == nil {
			data = []byte{}
		}
		c.out.Streams = append(c.out.Streams, Stream{Storage: storage, Name: name, Data: data})
	}
}

func entryName(e []byte) string {
	n := min(int(binary.LittleEndian.Uint16(e[64:])), 64)
	var u []uint16
	for i := 0; i+1 < n; i += 2 {
		ch := binary.LittleEndian.Uint16(e[i:])
		if ch == 0 {
			break
		}
		if ch == '/' {
			ch = '_'
		}
		u = append(u, ch)
	}
	return string(utf16.Decode(u))
}

// Get returns the content of a stream of the root storage, nil when missing.
func (f *File) Get(name string) []byte { return f.In("", name) }

// In returns the content of a stream of a storage, nil when missing. An empty
// stream is not nil.
func (f *File) In(storage, name string) []byte {
	for i := range f.Streams {
		if s := &f.Streams[i]; s.Storage == storage && strings.EqualFold(s.Name, name) {
			return s.Data
		}
	}
	return nil
}
