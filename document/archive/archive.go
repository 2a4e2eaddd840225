// Package archive opens zip, tar, cpio, 7z and rar archives and files compressed with
// gzip, bzip2, xz, lzma, lzip, lz4, zstd or Unix' compress, and hands what is inside to the walker. A member that
// needs a password or an unknown method is a gap with the member's path.
package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"brevvagt/document"
)

// Limits of one archive, beside those of the walk.
const (
	maxEntries = 10_000
	freeBytes  = 10 << 20 // unpacked bytes that no ratio is asked of
	maxRatio   = 200      // unpacked bytes a packed byte beyond freeBytes
	maxMemory  = 256 << 20
)

// Formats lists the formats of this package in the order they are to be asked.
// Formats that are zip files inside, such as Office's, must be asked before.
func Formats() []document.Format {
	return []document.Format{Zip{}, SevenZip{}, Rar{}, Tar{}, Cpio{}, Stream{}}
}

// errBomb says that an archive unpacks to more than its limits allow.
var errBomb = errors.New("unpacks to too much")

// unpacker hands members to the walker and counts what they unpack to.
type unpacker struct {
	ctx     context.Context
	in      document.Input
	out     *document.Builder
	entries int
	allowed int64 // unpacked bytes still allowed by the ratio
}

func newUnpacker(ctx context.Context, in document.Input, out *document.Builder) *unpacker {
	return &unpacker{ctx: ctx, in: in, out: out, allowed: freeBytes + maxRatio*int64(len(in.Data))}
}

// next counts a member; an error ends the archive.
func (u *unpacker) next() error {
	if err := u.ctx.Err(); err != nil {
		return err
	}
	if u.entries++; u.entries > maxEntries {
		u.out.Gap(document.Gap{Why: document.TooMany, Detail: fmt.Sprintf("only the first %d entries were read", maxEntries)})
		return errStop
	}
	return nil
}

// errCut says that an archive has no end.
var errCut = errors.New("cut off")

// errStop ends an archive whose gap has been told already.
var errStop = errors.New("stop")

// finish turns the end of an archive into the format's error.
func finish(err error) error {
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

// member reads one member and hands it on. What was unpacked before an error is
// handed on, too. The error ends the archive; a damaged member does not.
func (u *unpacker) member(name string, madeUp bool, r io.Reader) error {
	counted := &io.LimitedReader{R: &stoppable{u.ctx, r}, N: min(u.allowed, math.MaxInt64-1) + 1}
	data, cut, err := u.out.Gather(name, counted)
	at := document.Location{Path: u.out.ChildPath(name)}
	u.allowed = max(0, counted.N-1)
	if bomb := counted.N <= 0; cut || bomb {
		err = nil
		u.out.Gap(document.Gap{At: at, Why: document.TooBig, Detail: fmt.Sprintf("only the first %d bytes were read", len(data))})
		if bomb {
			data = data[:max(0, len(data)-1)] // the byte that told
			err = errStop                     // a bomb has more of the same
		}
	}
	if len(data) > 0 || err == nil {
		u.out.ChildBytes(name, data, document.Input{MadeUp: madeUp})
	} else {
		u.name(name)
	}
	switch {
	case err == nil:
		return u.ctx.Err()
	case errors.Is(err, errStop), u.ctx.Err() != nil:
		return err
	}
	u.out.Gap(document.Gap{At: at, Why: why(err)})
	return nil
}

// name reads the name of a member that cannot be opened.
func (u *unpacker) name(name string) {
	u.out.Segment(document.Segment{Text: name, At: document.Location{Path: u.out.ChildPath(name), Layer: document.Metadata}})
}

// refuse makes a gap of a member that is not opened at all.
func (u *unpacker) refuse(name string, reason document.Reason, detail string) {
	u.name(name)
	u.out.Gap(document.Gap{At: document.Location{Path: u.out.ChildPath(name)}, Why: reason, Detail: detail})
}

func why(err error) document.Reason {
	switch {
	case errors.Is(err, document.ErrEncrypted), isEncrypted7z(err), isEncryptedRar(err):
		return document.Encrypted
	case errors.Is(err, errBomb):
		return document.TooBig
	}
	return document.Damaged
}

// stoppable ends a long unpacking when the time is up.
type stoppable struct {
	ctx context.Context
	r   io.Reader
}

func (s *stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}
