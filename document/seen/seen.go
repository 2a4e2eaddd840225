// Package seen remembers what a costly reader found in a picture or PDF, in memory
// and, encrypted, on disk, so that a content that was seen before is not read
// again: the signature under ten thousand mails, the form that is sent each day.
//
// What is remembered depends on the content, the format and the version of the
// readers only, never on the name or place of the file. It holds texts in clear
// only in the memory of the process; see Disk for what lies on disk.
package seen

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"slices"
	"sync/atomic"
	"time"

	"brevvagt/document"
)

// Config says what to remember. Zero fields take the default in brackets.
type Config struct {
	// Version names all that the results depend on beside the content: programs,
	// language data. Another version finds nothing of this one.
	Version string
	// Secret makes the names of entries; what is kept on disk needs the same one in
	// the next run [random].
	Secret []byte
	Memory int64 // bytes kept in memory [32 MiB]
	Disk   *Disk // what is kept between runs [nothing]
}

// maxEntry bounds one remembered result, in bytes before it is packed: the text and
// boxes of a hundred pages. The pictures of a scanned PDF are over it; they are
// drawn again, which costs a tenth of reading them.
const maxEntry = 8 << 20

// Cache remembers. All methods may be called at the same time.
type Cache struct {
	version string
	secret  []byte
	memory  *memory
	disk    *Disk
	hits    atomic.Int64
	misses  atomic.Int64
}

// New makes a cache.
func New(cfg Config) *Cache {
	if len(cfg.Secret) == 0 {
		cfg.Secret = make([]byte, 32)
		rand.Read(cfg.Secret) // never fails, see crypto/rand
	}
	if cfg.Memory <= 0 {
		cfg.Memory = 32 << 20
	}
	return &Cache{version: cfg.Version, secret: derive(cfg.Secret, "names"), memory: newMemory(cfg.Memory), disk: cfg.Disk}
}

// Stats tells how often something was found since the start, and what lies in
// memory, in bytes.
func (c *Cache) Stats() (hits, misses, bytes int64) {
	return c.hits.Load(), c.misses.Load(), c.memory.bytes()
}

// Format gives f with a memory: Read asks it before it asks f.
func (c *Cache) Format(f document.Format) document.Format { return &format{Format: f, cache: c} }

type format struct {
	document.Format
	cache *Cache
}

// elsewhere stands for the page that the input is on: the reader has to know that
// there is one, but what is remembered must fit any.
const elsewhere = -1

// Read gives what is remembered, or has the format read and remembers what came
// out. Only a reading that went well is remembered, with nothing left out that
// another try might find. Errors are those of the format.
func (f *format) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	bare := document.Input{Data: in.Data, Passwords: in.Passwords}
	if in.Page != 0 {
		bare.Page = elsewhere
	}
	key := f.cache.key(f.Name(), bare)
	if got, ok := f.cache.get(key); ok {
		replay(got, in, out)
		return nil
	}
	var got []document.Emitted
	limits := document.Limits{PartBytes: max(1, out.PartLimit()), Depth: out.Depth() + 8}
	err := document.Stream(ctx, f.Format, bare, out.Depth(), limits, func(e document.Emitted) { got = append(got, e) })
	if err == nil && worthKeeping(got) {
		f.cache.put(key, got)
	}
	replay(got, in, out)
	return err
}

// key names a content without telling it: whoever has a copy of a picture cannot
// ask the disk whether it was seen here.
func (c *Cache) key(format string, in document.Input) [32]byte {
	content := sha256.Sum256(in.Data)
	m := hmac.New(sha256.New, c.secret)
	place := "alone"
	if in.Page != 0 {
		place = "page"
	}
	for _, part := range []string{c.version, format, place} {
		m.Write([]byte(part + "\x00"))
	}
	m.Write(content[:])
	return [32]byte(m.Sum(nil))
}

func (c *Cache) get(key [32]byte) ([]document.Emitted, bool) {
	packed, ok := c.memory.get(key)
	if !ok && c.disk != nil {
		if packed, ok = c.disk.get(key, time.Now()); ok {
			c.memory.put(key, packed)
		}
	}
	if ok {
		if got, err := unpack(packed); err == nil {
			c.hits.Add(1)
			return got, true
		}
	}
	c.misses.Add(1)
	return nil, false
}

func (c *Cache) put(key [32]byte, got []document.Emitted) {
	packed, err := pack(got)
	if err != nil {
		return // it is read again, no more
	}
	c.memory.put(key, packed)
	if c.disk != nil {
		c.disk.put(key, packed, time.Now())
	}
}

// worthKeeping refuses what another try may read better, and what is too large.
func worthKeeping(got []document.Emitted) bool {
	final := []document.Reason{document.TooMany, document.NoText}
	size := 0
	for _, e := range got {
		switch {
		case e.Gap != nil:
			if !slices.Contains(final, e.Gap.Why) {
				return false
			}
		case e.Segment != nil:
			size += len(e.Segment.Text) + 100*len(e.Segment.Words)
		case e.Child != nil:
			size += len(e.Child.Data)
		}
		if size += 200; size > maxEntry {
			return false
		}
	}
	return true
}

// replay hands on what was found as if it had been found in this place.
func replay(got []document.Emitted, in document.Input, out *document.Builder) {
	place := func(at document.Location) document.Location {
		if at.Path != "" {
			at.Path = in.Path + at.Path // of something within
		}
		if at.Page == elsewhere {
			at.Page = 0 // the builder knows the page
		}
		return at
	}
	for i, e := range got {
		got[i] = document.Emitted{} // a child's bytes may go while the next is read
		switch {
		case e.Segment != nil:
			s := *e.Segment
			s.At = place(s.At)
			out.Segment(s)
		case e.Gap != nil:
			g := *e.Gap
			g.At = place(g.At)
			out.Gap(g)
		case e.Seal != nil:
			s := *e.Seal
			s.At = place(s.At)
			out.Seal(s)
		case e.Mail != nil:
			out.Mail(*e.Mail)
		case e.Child != nil:
			out.ChildBytes(e.Child.Name, e.Child.Data, *e.Child)
		}
	}
}
