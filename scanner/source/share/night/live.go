package night

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"brevvagt/detectors"
	"brevvagt/scanner/source/share/state"
	"brevvagt/scanner/source/share/walk"
	"brevvagt/scanner/source/share/watch"
)

// quiet is how long nothing may happen before what changed is read: programs write
// a file in several steps.
const quiet = 2 * time.Second

// maxWait bounds quiet where something happens all the time.
const maxWait = 30 * time.Second

// Live watches a folder of this machine and reads what changes within seconds. It is
// an accelerator only: what it misses (an overflow, a change from another machine)
// the walk at night finds. It ends when ctx does, or when stop does and what it is
// reading is read.
func (s *Scanner) Live(ctx, stop context.Context, sh *Share, root string) {
	w, err := watch.Open(root)
	if err != nil {
		s.Log.Warn("share is not watched, only scanned at night", "share", sh.Name, "error", err)
		return
	}
	defer w.Close()
	own := s.copyFor("/live")
	l := &live{s: own, share: sh, root: root, watcher: w, dirs: make(map[string]bool)}
	if w.How == watch.Inotify {
		l.add(root)
		l.dirs = make(map[string]bool) // what was there before is the walk's
	}
	s.Log.Info("share is watched", "share", sh.Name, "how", w.How)
	l.run(ctx, stop)
}

// copyFor is a scanner that counts as another worker.
func (s *Scanner) copyFor(suffix string) *Scanner {
	return (&Scanner{DB: s.DB, Handle: s.Handle, Log: s.Log, Version: s.Version, Owner: s.Owner + suffix, Now: s.Now, Lease: s.Lease, Memory: s.Memory}).Prepare()
}

type live struct {
	s       *Scanner
	share   *Share
	root    string
	watcher *watch.Watcher
	dirs    map[string]bool // that changed, relative to the root
	first   time.Time       // of the changes that wait
	full    bool            // no more watches can be had
}

// add watches a folder and those below it; each counts as changed.
func (l *live) add(path string) {
	if err := l.watcher.Each(path, l.changed); err != nil && !l.full {
		l.full = true
		l.s.Log.Warn("not every folder is watched; the rest is only scanned at night", "share", l.share.Name, "error", detectors.RedactNumbers(err.Error()))
	}
}

func (l *live) changed(dir string) {
	rel, err := filepath.Rel(l.root, dir)
	if err != nil || strings.HasPrefix(rel, "..") {
		return
	}
	if rel == "." {
		rel = ""
	}
	if len(l.dirs) == 0 {
		l.first = time.Now()
	}
	l.dirs[rel] = true
}

func (l *live) run(ctx, stop context.Context) {
	timer := time.NewTimer(quiet)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-stop.Done():
			l.flush(ctx) // what was seen and not read yet
			return
		case err, ok := <-l.watcher.Errors:
			if !ok {
				return
			}
			l.s.Log.Warn("changes of a share were missed; it is walked", "share", l.share.Name, "error", err)
			l.missed(ctx)
		case e, ok := <-l.watcher.Events:
			if !ok {
				return
			}
			l.event(e)
			if time.Since(l.first) < maxWait {
				timer.Reset(quiet)
			}
		case <-timer.C:
			l.flush(ctx)
		}
	}
}

// event notes the folder of a change; what we write ourselves is none.
func (l *live) event(e watch.Event) {
	if strings.HasPrefix(filepath.Base(e.Path), ".brevvagt-") {
		return
	}
	l.changed(filepath.Dir(e.Path))
	if e.Created {
		l.add(e.Path) // does nothing for a file
	}
}

// missed lets the share be walked soon.
func (l *live) missed(ctx context.Context) {
	if err := l.s.DB.MarkDirty(ctx, l.share.Name, true); err != nil && ctx.Err() == nil {
		l.s.Log.Warn("share", "share", l.share.Name, "error", err)
	}
}

// flush reads what changed, or leaves it to a walk that is under way.
func (l *live) flush(ctx context.Context) {
	if len(l.dirs) == 0 {
		return
	}
	var dirs []string
	for d := range l.dirs {
		dirs = append(dirs, d)
	}
	slices.Sort(dirs)
	l.dirs = make(map[string]bool)
	if err := l.s.some(ctx, l.share, dirs); err != nil && ctx.Err() == nil {
		l.s.Log.Warn("changes of a share were not read; it is walked", "share", l.share.Name, "error", detectors.RedactNumbers(err.Error()))
		l.missed(ctx)
	}
}

// errElse says that the share is paused or being walked.
var errElse = errors.New("the share is paused or being walked")

// some scans only the given folders.
func (s *Scanner) some(ctx context.Context, sh *Share, dirs []string) error {
	src, err := s.DB.EnsureSource(ctx, sh.Name)
	if err != nil {
		return err
	}
	last, err := s.Last(ctx, src.ID)
	if err != nil {
		return err
	}
	if src.Paused || last == nil || last.Open() {
		return errElse // the first walk is still to come
	}
	run, open, err := s.DB.BeginLive(ctx, src.ID, s.Now(), s.Version)
	if err != nil {
		return err
	}
	if !open {
		return errElse
	}
	at := *sh
	at.over = func(ctx context.Context, tree walk.Tree, visit func(walk.Found) error) error {
		return listSome(ctx, tree, dirs, visit)
	}
	if err := s.load(ctx); err != nil {
		return err
	}
	if at.tree, err = sh.Connect(ctx); err != nil {
		return errors.Join(err, s.DB.Forget(ctx, run.ID))
	}
	run, err = s.drive(ctx, &at, src, run, ctx)
	err = errors.Join(err, at.tree.(Connected).Close())
	if run.Stage == state.Finished {
		err = errors.Join(err, s.DB.Forget(ctx, run.ID))
	}
	return err
}

// listSome lists folders one by one. Those above each are looked at too, since they
// say who gets that far.
func listSome(ctx context.Context, tree walk.Tree, dirs []string, visit func(walk.Found) error) error {
	reach := make(map[string]walk.Breadth)
	var reachOf func(dir string) walk.Breadth
	reachOf = func(dir string) walk.Breadth {
		if r, ok := reach[dir]; ok {
			return r
		}
		list, err := tree.List(ctx, dir)
		r := list.Reach
		if err == nil && dir != "" {
			r = walk.Narrower(reachOf(above(dir)), r)
		}
		reach[dir] = r
		return r
	}
	for _, dir := range dirs {
		f := walk.Found{Path: dir}
		f.Listing, f.Err = tree.List(ctx, dir)
		if errors.Is(f.Err, walk.ErrGone) {
			continue // the walk closes it
		}
		f.Reach = f.Listing.Reach
		if dir != "" {
			f.Reach = walk.Narrower(reachOf(above(dir)), f.Reach)
		}
		if err := visit(f); err != nil {
			return err
		}
	}
	return nil
}

func above(dir string) string {
	if i := strings.LastIndexByte(dir, '/'); i >= 0 {
		return dir[:i]
	}
	return ""
}
