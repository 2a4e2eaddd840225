package seen

import (
	"bytes"
	"compress/flate"
	"container/list"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"unicode/utf8"

	"brevvagt/document"
)

// memory keeps the packed results that were used last, up to a number of bytes.
type memory struct {
	mu    sync.Mutex
	max   int64
	used  int64
	known map[[32]byte]*list.Element
	order *list.List // of entry, the one used last in front
}

type entry struct {
	key    [32]byte
	packed []byte
}

// overhead is what an entry costs beside its bytes.
const overhead = 256

func newMemory(limit int64) *memory {
	return &memory{max: limit, known: map[[32]byte]*list.Element{}, order: list.New()}
}

func (m *memory) bytes() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.used
}

func (m *memory) get(key [32]byte) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.known[key]
	if !ok {
		return nil, false
	}
	m.order.MoveToFront(e)
	return e.Value.(entry).packed, true
}

func (m *memory) put(key [32]byte, packed []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if old, ok := m.known[key]; ok {
		m.drop(old)
	}
	m.known[key] = m.order.PushFront(entry{key, packed})
	m.used += int64(len(packed)) + overhead
	for m.used > m.max && m.order.Len() > 0 {
		m.drop(m.order.Back())
	}
}

func (m *memory) drop(e *list.Element) {
	gone := m.order.Remove(e).(entry)
	delete(m.known, gone.key)
	m.used -= int64(len(gone.packed)) + overhead
}

var errText = errors.New("a text is not UTF-8 and would not come back as it was")

// pack makes bytes of what was found; boxes of words shrink to a tenth.
func pack(got []document.Emitted) ([]byte, error) {
	for _, e := range got {
		if e.Segment != nil && !utf8.ValidString(e.Segment.Text) {
			return nil, errText
		}
	}
	var buf bytes.Buffer
	z, err := flate.NewWriter(&buf, flate.BestSpeed)
	if err != nil {
		return nil, fmt.Errorf("cannot pack: %w", err)
	}
	if err := json.NewEncoder(z).Encode(got); err != nil {
		return nil, fmt.Errorf("cannot pack: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("cannot pack: %w", err)
	}
	return bytes.Clone(buf.Bytes()), nil
}

// unpack is the other end of pack. It reads at most what pack may have written.
func unpack(packed []byte) ([]document.Emitted, error) {
	var got []document.Emitted
	z := flate.NewReader(bytes.NewReader(packed))
	if err := json.NewDecoder(io.LimitReader(z, 4*maxEntry)).Decode(&got); err != nil {
		return nil, fmt.Errorf("cannot unpack: %w", err)
	}
	for _, e := range got {
		if e.Segment == nil {
			continue
		}
		for _, w := range e.Segment.Words {
			if w.Start < 0 || w.End < w.Start || w.End > len(e.Segment.Text) {
				return nil, errors.New("cannot unpack: a word lies outside its text")
			}
		}
	}
	return got, nil
}
