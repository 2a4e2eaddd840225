package later

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"maps"
	"time"

	"brevvagt/internal/bigfile"
	"brevvagt/internal/safefile"
	"brevvagt/scanner"
)

// memory is how long an item is known when its sender hands it in again; mail servers
// try again much sooner.
const memory = time.Hour

// Known says what is known of an item that comes again.
type Known int

// What Repeated says.
const (
	Unknown   Known = iota
	Taken           // somebody has it, so that its sender only has to be told
	Undecided       // it is open whether somebody has it
)

// mark is what is remembered of an item.
type mark struct {
	id    string
	state Known
	until time.Time
}

// Sweep removes what a crash left half written: nobody was told that it is here. What
// was wholly written may have been acknowledged or not, and is remembered for
// Repeated. Call it before the first Put of the process that takes items in.
func (s *Spool) Sweep() error {
	if err := safefile.Sweep(s.dir); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.marks = map[string]mark{}
	for id := range s.waiting {
		raw, done, err := bigfile.Map(s.path(id))
		if err != nil {
			continue // Run tells of it
		}
		line, _, _ := bytes.Cut(raw, []byte("\n"))
		var h head
		if json.Unmarshal(line, &h) == nil && h.Key != "" {
			s.marks[h.Key] = mark{id, Taken, time.Now().Add(memory)}
		}
		done()
	}
	return nil
}

// Undecide remembers an item of which it is open whether a next hop has it. Who learns
// how it ended calls settle, once.
func (s *Spool) Undecide(it scanner.Item) (settle func(taken bool), err error) {
	content, done, err := bytesOf(it)
	if err != nil {
		return nil, err
	}
	defer done()
	k := key(it.Receipt, content)
	set := func(state Known) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.marks == nil {
			s.marks = map[string]mark{}
		}
		if s.marks[k] = (mark{it.ID, state, time.Now().Add(memory)}); state == Unknown {
			delete(s.marks, k)
		}
	}
	set(Undecided)
	return func(taken bool) {
		if taken {
			set(Taken)
		} else {
			set(Unknown)
		}
	}, nil
}

// Repeated says what is known of the same item, by receipt and content: whether it lay
// here when the process began, or a next hop took it after its sender had been told to
// try again. It says Taken once.
func (s *Spool) Repeated(it scanner.Item) (id string, state Known) {
	s.mu.Lock()
	now := time.Now()
	maps.DeleteFunc(s.marks, func(_ string, m mark) bool { return now.After(m.until) })
	none := len(s.marks) == 0
	s.mu.Unlock()
	if none {
		return "", Unknown
	}
	content, done, err := bytesOf(it)
	if err != nil {
		return "", Unknown
	}
	defer done()
	k := key(it.Receipt, content)
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.marks[k]
	if m.state == Taken {
		delete(s.marks, k)
	}
	return m.id, m.state
}

func key(receipt, content []byte) string {
	h := sha256.New()
	_ = binary.Write(h, binary.BigEndian, int64(len(receipt))) // a hash takes all
	_, _ = h.Write(receipt)
	_, _ = h.Write(content)
	return hex.EncodeToString(h.Sum(nil))
}

func bytesOf(it scanner.Item) (content []byte, done func(), err error) {
	if it.Large != nil {
		return it.Large.Open()
	}
	return it.Content, func() {}, nil
}
