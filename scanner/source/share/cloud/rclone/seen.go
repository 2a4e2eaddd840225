//go:build !norclone

package rclone

import (
	"sync"

	"github.com/rclone/rclone/fs"
)

// seen keeps the objects of the last listings, so that opening one of them asks the
// storage for its content only. Each is given out once: whoever tries again wants to
// know what the file is now.
type seen struct {
	mu    sync.Mutex
	list  map[string]fs.Object
	order []string
}

// maxSeen bounds what is kept, some 20 MB.
const maxSeen = 20_000

func newSeen() *seen { return &seen{list: make(map[string]fs.Object)} }

func (s *seen) put(o fs.Object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := o.Remote()
	if _, ok := s.list[key]; !ok {
		s.order = append(s.order, key)
	}
	s.list[key] = o
	for len(s.order) > maxSeen {
		delete(s.list, s.order[0])
		s.order = s.order[1:]
	}
}

func (s *seen) take(path string) (fs.Object, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.list[path]
	delete(s.list, path)
	return o, ok
}
