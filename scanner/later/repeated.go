package later

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"time"

	"brevvagt/internal/bigfile"
	"brevvagt/internal/safefile"
	"brevvagt/scanner"
)

// memory is how long an item from before a crash is known when its sender hands it in
// again; mail servers try again much sooner.
const memory = time.Hour

// Sweep removes what a crash left half written: nobody was told that it is here. What
// was wholly written may have been acknowledged or not, and is remembered for
// Repeated. Call it before the first Put of the process that takes items in.
func (s *Spool) Sweep() error {
	if err := safefile.Sweep(s.dir); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before, s.until = map[string]string{}, time.Now().Add(memory)
	for id := range s.waiting {
		raw, done, err := bigfile.Map(s.path(id))
		if err != nil {
			continue // Run tells of it
		}
		line, _, _ := bytes.Cut(raw, []byte("\n"))
		var h head
		if json.Unmarshal(line, &h) == nil && h.Key != "" {
			s.before[h.Key] = id
		}
		done()
	}
	return nil
}

// Repeated reports whether the same item, by receipt and content, lay here when the
// process began, so that it is the same that comes again. It says so once.
func (s *Spool) Repeated(it scanner.Item) (id string, ok bool) {
	s.mu.Lock()
	if time.Now().After(s.until) {
		s.before = nil
	}
	none := len(s.before) == 0
	s.mu.Unlock()
	if none {
		return "", false
	}
	content, done, err := bytesOf(it)
	if err != nil {
		return "", false
	}
	defer done()
	k := key(it.Receipt, content)
	s.mu.Lock()
	defer s.mu.Unlock()
	id, ok = s.before[k]
	delete(s.before, k)
	return id, ok
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
