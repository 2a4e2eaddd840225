package later

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
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

// takenSuffix ends the names of the files that remember what a next hop took after all.
const takenSuffix = ".taken"

// Sweep removes what a crash left half written: nobody was told that it is here. What
// was wholly written may have been acknowledged or not, and is remembered for
// Repeated, as is what was settled as taken within the last hour. Call it before the
// first Put of the process that takes items in.
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
		// Whose file is damaged has to send it again.
		if h, _, err := parse(raw); err == nil && h.Key != "" {
			s.marks[h.Key] = mark{id, Taken, time.Now().Add(memory)}
		}
		done()
	}
	return s.recall()
}

// recall reads what was settled as taken before a restart.
func (s *Spool) recall() error {
	names, err := filepath.Glob(filepath.Join(s.dir, "*"+takenSuffix))
	if err != nil {
		return err
	}
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			return err
		}
		k, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		age := time.Since(info.ModTime())
		if age.Abs() > memory || len(k) != len(key(nil, nil)) {
			if err := safefile.Remove(name); err != nil {
				return err
			}
			continue
		}
		s.marks[string(k)] = mark{strings.TrimSuffix(filepath.Base(name), takenSuffix), Taken, time.Now().Add(memory - age)}
	}
	return nil
}

// Undecide remembers an item of which it is open whether a next hop has it. Who learns
// how it ended calls settle, once. What was taken is remembered on disk: its sender may
// come again after a restart.
func (s *Spool) Undecide(it scanner.Item) (settle func(taken bool), err error) {
	if !usableID.MatchString(it.ID) {
		return nil, ErrID
	}
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
		if !taken {
			set(Unknown)
			return
		}
		if _, err := safefile.Write(s.taken(it.ID), strings.NewReader(k)); err != nil {
			s.log.Error("a mail that was taken late is not remembered over a restart", "item", it.ID, "error", err)
		}
		set(Taken)
	}, nil
}

func (s *Spool) taken(id string) string { return filepath.Join(s.dir, id+takenSuffix) }

// Repeated says what is known of the same item, by receipt and content: whether it lay
// here when the process began, or a next hop took it after its sender had been told to
// try again. It says Taken once.
func (s *Spool) Repeated(it scanner.Item) (id string, state Known) {
	if s.noMarks() {
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
		s.forget(k, m)
	}
	return m.id, m.state
}

// noMarks lets go of old marks and reports whether none is left.
func (s *Spool) noMarks() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, m := range s.marks {
		if m.state == Taken && time.Now().After(m.until) { // what is open is settled by somebody
			s.forget(k, m)
		}
	}
	return len(s.marks) == 0
}

// forget lets go of a mark; the caller holds mu.
func (s *Spool) forget(k string, m mark) {
	delete(s.marks, k)
	if err := os.Remove(s.taken(m.id)); err != nil && !errors.Is(err, os.ErrNotExist) {
		s.log.Error("the note of a mail that was taken late cannot be removed", "item", m.id, "error", err)
	}
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
