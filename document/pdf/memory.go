package pdf

import (
	"sync"

	"github.com/tetratelabs/wazero/experimental"
	"golang.org/x/sys/unix"
)

// lands gives pdfium its memory outside the Go heap: address space for the most it
// may ever use is reserved at once and costs nothing until it is touched, so that
// growing is no copying. With slices of Go a file of a hundred pages spent a third
// of its time on that. A given-back piece is emptied and used for the next file; it
// is never unmapped, so that a slice that outlives its file reads zeros and does
// not end the process.
type lands struct {
	mu   sync.Mutex
	free [][]byte
}

// Allocate gives a piece for one instance; nil when there is no address space, on
// which wazero reports that it cannot start.
func (l *lands) Allocate(_, most uint64) experimental.LinearMemory {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, piece := range l.free {
		if uint64(len(piece)) == most {
			l.free = append(l.free[:i], l.free[i+1:]...)
			return &land{from: l, piece: piece}
		}
	}
	piece, err := unix.Mmap(-1, 0, int(most), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE)
	if err != nil {
		return &land{from: l}
	}
	return &land{from: l, piece: piece}
}

// land is the memory of one instance.
type land struct {
	from  *lands
	piece []byte
}

// Reallocate gives the first size bytes, nil when there are not so many.
func (l *land) Reallocate(size uint64) []byte {
	if size > uint64(len(l.piece)) {
		return nil
	}
	return l.piece[:size]
}

// Free empties the piece and keeps it for the next instance.
func (l *land) Free() {
	if l.piece == nil {
		return
	}
	if unix.Madvise(l.piece, unix.MADV_DONTNEED) != nil {
		clear(l.piece)
	}
	l.from.mu.Lock()
	defer l.from.mu.Unlock()
	l.from.free = append(l.from.free, l.piece)
	l.piece = nil
}
