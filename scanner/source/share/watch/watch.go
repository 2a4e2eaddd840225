// Package watch tells which folders of a share on this machine change, so that what is
// new is read within seconds. Where the process may, one mark holds for the whole file
// system (fanotify); elsewhere each folder is watched by itself (inotify). What is missed
// the walk at night finds.
package watch

import (
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/fsnotify/fsnotify"
)

// How folders are watched.
type How string

// The ways. Each is known by the system's name for it.
const (
	Fanotify How = "fanotify" // the whole file system, whatever the number of folders
	Inotify  How = "inotify"  // folder by folder, up to fs.inotify.max_user_watches
)

// Event is a change.
type Event struct {
	Path    string // absolute, of what changed
	Created bool   // it is new there: a folder may have come with all that lies in it
}

// ErrOverflow says that changes were missed.
var ErrOverflow = errors.New("the system had more changes than it keeps")

// ErrFull says that no more folders can be watched.
var ErrFull = errors.New("no more folders can be watched (fs.inotify.max_user_watches)")

// Watcher watches a folder and all below it until it is closed. Both channels are closed
// then; an error is ErrOverflow, or ends nothing.
type Watcher struct {
	How    How
	Events <-chan Event
	Errors <-chan error

	add   func(dir string) error
	close func() error
}

// Open watches a folder in the best way that the process may. Of one that folders are
// watched by one by one, Add has to be called for each.
func Open(root string) (*Watcher, error) {
	if w, err := openMark(root); err == nil {
		return w, nil
	}
	return openFolders()
}

// Close ends it.
func (w *Watcher) Close() error { return w.close() }

// Each calls found for a folder and all below it, and has each watched; what cannot be
// read is left to the walk. The error is ErrFull or nil.
func (w *Watcher) Each(dir string, found func(dir string)) error {
	var full error
	_ = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil
		}
		if err := w.add(p); err != nil && full == nil {
			full = errors.Join(ErrFull, err)
		}
		found(p)
		return nil
	})
	return full
}

// openFolders watches folder by folder.
func openFolders() (*Watcher, error) {
	in, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	events, errs := make(chan Event), make(chan error)
	done := make(chan struct{})
	go func() {
		defer close(events)
		for e := range in.Events {
			select {
			case events <- Event{e.Name, e.Has(fsnotify.Create)}:
			case <-done:
				return
			}
		}
	}()
	go func() {
		defer close(errs)
		for err := range in.Errors {
			if errors.Is(err, fsnotify.ErrEventOverflow) {
				err = ErrOverflow
			}
			select {
			case errs <- err:
			case <-done:
				return
			}
		}
	}()
	return &Watcher{How: Inotify, Events: events, Errors: errs, add: in.Add, close: func() error {
		close(done)
		return in.Close()
	}}, nil
}
