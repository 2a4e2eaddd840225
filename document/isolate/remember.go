package isolate

import (
	"crypto/sha256"
	"sync"
	"time"
)

// memory keeps which contents ended a reader and how, so that a file that lies in
// a thousand mailboxes costs its seconds once. It is bounded and forgets.
type memory struct {
	mu    sync.Mutex
	max   int
	keep  time.Duration
	known map[[32]byte]verdict
	order [][32]byte // oldest first
}

type verdict struct {
	err     error
	nothing bool // came out of it
	when    time.Time
}

func newMemory(size int, keep time.Duration) *memory {
	return &memory{max: size, keep: keep, known: map[[32]byte]verdict{}}
}

func digest(format string, data []byte) [32]byte {
	h := sha256.New()
	h.Write([]byte(format + "\x00"))
	h.Write(data)
	return [32]byte(h.Sum(nil))
}

func (m *memory) get(key [32]byte, now time.Time) (verdict, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.known[key]
	return v, ok && now.Sub(v.when) <= m.keep
}

func (m *memory) put(key [32]byte, v verdict) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.known[key]; !ok {
		if len(m.order) >= m.max {
			delete(m.known, m.order[0])
			m.order = m.order[1:]
		}
		m.order = append(m.order, key)
	}
	m.known[key] = v
}
