// Package walk lists the folders of a share, on this machine or behind a Tree of
// another kind: what lies in them, who may read it, and the fingerprint by which a
// later scan knows a file again without opening it.
package walk

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
)

// Kind of a directory entry.
type Kind byte

// The kinds. Only regular files are ever opened: a FIFO would block the opener, a
// device may do something, a link leads out of the share.
const (
	Regular Kind = iota
	Folder
	Link
	Special // socket, FIFO, device
	// Elsewhere is a folder that the server keeps on another disk, server or place and
	// only names here: a DFS link, a junction. It is not entered, and that is said.
	Elsewhere
)

// Breadth is how many people may read something.
type Breadth int

// From few to many. Unknown is what a server did not tell.
const (
	Unknown Breadth = iota
	Owner
	Group
	Everyone
)

// Entry is one name in a folder. Times are nanoseconds since 1970; CTime and Inode
// are 0 where the file system gives none that last.
type Entry struct {
	Name         string
	Kind         Kind
	Size         int64
	MTime, CTime int64
	Inode        int64
	Breadth      Breadth
}

// Same reports whether two entries have the same fingerprint: size, mtime, ctime
// and inode together, as restic compares them.
func (e Entry) Same(o Entry) bool {
	return e.Size == o.Size && e.MTime == o.MTime && e.CTime == o.CTime && e.Inode == o.Inode
}

// Listing is a folder's content, sorted by name.
type Listing struct {
	Owner   string  // name of the folder's owner
	Reach   Breadth // who may enter the folder
	Entries []Entry
	// Cut says that the folder holds more than the limit and the rest was not listed.
	Cut bool
	// Failed are names that could not be looked at, FailedWhy the first one's error.
	Failed    []string
	FailedWhy error
	// Mount says that another file system is mounted here, where that can be told.
	Mount bool
	// Self is the root itself, on a share whose server may follow links. Name is "".
	Self Entry
}

// ErrGone says that a file or folder is no longer there, or no longer of its kind.
var ErrGone = errors.New("no longer there")

// ErrUnmounted says that a folder on which another file system was mounted shows
// nothing of what lay there: nothing can be said about the files of that file system.
var ErrUnmounted = errors.New("what was mounted here is not")

// ErrElsewhere says that a folder lies in another place, which is not read from here.
var ErrElsewhere = errors.New("it lies in another place")

// ErrOffline says that the share cannot be reached just now, so that nothing can be
// said about any file.
var ErrOffline = errors.New("the share cannot be reached")

// File is an open regular file.
type File interface {
	io.ReadCloser
	// Stat is the fingerprint now, without a name.
	Stat() (Entry, error)
}

// Tree is a share. Paths are relative to its root, with slashes; "" is the root.
type Tree interface {
	List(ctx context.Context, dir string) (Listing, error)
	// Open opens a regular file and never blocks on anything else; what is no
	// regular file any more is ErrGone.
	Open(ctx context.Context, path string) (File, error)
}

// Found is a folder as Walk hands it over. Err says why it could not be listed.
type Found struct {
	Path string
	// Reach is the narrowest of the folder and those above it: what lies in a
	// closed folder is closed, whatever its own mode says.
	Reach Breadth
	Listing
	Err error

	within *folder
}

// folder is one that another lies in.
type folder struct {
	Entry
	above *folder
}

// holds tells that an entry is one of the folders that it lies in: the server followed
// a link upwards. Of two volumes below one share the numbers may be the same, not the
// times, too.
func (f *folder) holds(e Entry) bool {
	for ; f != nil; f = f.above {
		if e.Inode != 0 && e.CTime != 0 && e.Inode == f.Inode && e.CTime == f.CTime && e.MTime == f.MTime {
			return true
		}
	}
	return false
}

// Walk lists every folder of the tree with a number of workers and gives each to
// visit, in no certain order and from several goroutines at once. Links are not
// followed, and a folder that a server shows within itself is taken for a link, so
// there are no loops. It ends early when ctx ends or visit fails.
func Walk(ctx context.Context, tree Tree, workers int, visit func(Found) error) error {
	w := &walker{tree: tree, visit: visit, todo: []Found{{}}}
	w.wake = sync.NewCond(&w.mu)
	stop := context.AfterFunc(ctx, func() { w.fail(ctx.Err()) })
	defer stop()
	var wg sync.WaitGroup
	for range max(1, workers) {
		wg.Go(func() { w.work(ctx) })
	}
	wg.Wait()
	return w.err
}

type walker struct {
	tree  Tree
	visit func(Found) error

	mu   sync.Mutex
	wake *sync.Cond
	todo []Found // a stack, so that the open ends stay few
	busy int
	err  error
}

func (w *walker) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = err
	}
	w.wake.Broadcast()
}

// next is a folder to list; ok is false when all is done or something failed.
func (w *walker) next() (f Found, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.todo) == 0 && w.busy > 0 && w.err == nil {
		w.wake.Wait()
	}
	if len(w.todo) == 0 || w.err != nil {
		return Found{}, false
	}
	f = w.todo[len(w.todo)-1]
	w.todo = w.todo[:len(w.todo)-1]
	w.busy++
	return f, true
}

func (w *walker) done(more []Found) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.todo = append(w.todo, more...)
	w.busy--
	w.wake.Broadcast()
}

func (w *walker) work(ctx context.Context) {
	for {
		f, ok := w.next()
		if !ok {
			return
		}
		var more []Found
		if f.Err == nil {
			f.Listing, f.Err = w.tree.List(ctx, f.Path)
		}
		f.Reach = Narrower(f.Reach, f.Listing.Reach)
		if f.Path == "" {
			f.within = &folder{Entry: f.Self}
		}
		for i := range f.Entries {
			e := &f.Entries[i]
			if e.Kind == Folder && f.within.holds(*e) {
				e.Kind = Link
			}
			switch e.Kind {
			case Elsewhere:
				more = append(more, Found{Path: Join(f.Path, e.Name), Err: ErrElsewhere})
			case Folder:
				more = append(more, Found{Path: Join(f.Path, e.Name), Reach: f.Reach, within: &folder{*e, f.within}})
			}
		}
		if err := w.visit(f); err != nil {
			w.fail(err)
		}
		w.done(more)
	}
}

// Narrower is what two closed doors in a row let through.
func Narrower(a, b Breadth) Breadth {
	switch {
	case a == Unknown:
		return b
	case b == Unknown:
		return a
	}
	return min(a, b)
}

// Join puts a name under a folder's path.
func Join(dir, name string) string {
	if dir == "" {
		return name
	}
	return dir + "/" + name
}

func sortEntries(list []Entry) {
	slices.SortFunc(list, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
}
