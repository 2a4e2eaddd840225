// Package cloud reads a share that lies in somebody's cloud or behind a protocol of
// its own (SharePoint and OneDrive, Google Drive, S3, WebDAV, SFTP) through a helper
// program: the many libraries that takes stay out of the daemon, in a process that
// may crash, hang or grow without harm to it.
package cloud

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"brevvagt/detectors"
	"brevvagt/scanner/source/share/cloud/frame"
	"brevvagt/scanner/source/share/walk"
)

// Config is a storage and how it is reached.
type Config struct {
	Name    string   // the source in errors
	Command []string // the helper
	Setup   frame.Setup
	// Digest is keyed: the storage's tag of a file can be a plain hash of its
	// content, which for a short file would give that away.
	Digest func(string) string
	// Timeout is how long one answer may take; default 2 minutes.
	Timeout time.Duration
	// Patience is how long a storage that asks to be left alone is waited for before
	// the night is given up; default 10 minutes.
	Patience time.Duration
	Now      func() time.Time
}

// Errors that say what to do.
var (
	ErrHelper    = errors.New("the helper for cloud storage cannot be started: is brevvagt-cloud installed beside brevvagt (make build)?")
	ErrLogin     = errors.New("the storage refuses the login")
	ErrThrottled = errors.New("the storage asks us to slow down")
	ErrCrashed   = errors.New("the helper for cloud storage died")
	ErrTimeout   = errors.New("the storage did not answer in time")
)

// Tree is a storage. A helper that died is started anew at the next call. It is safe
// for concurrent use.
type Tree struct {
	cfg Config

	mu     sync.Mutex
	helper *helper
	closed bool
	down   time.Time // when starting failed last
	quiet  time.Time // until when the storage wants to be left alone
	waits  int       // throttled answers in a row
	heard  time.Time // the last answer
}

// Open starts the helper and connects.
func Open(ctx context.Context, cfg Config) (*Tree, error) {
	if cfg.Timeout == 0 {
		cfg.Timeout = 2 * time.Minute
	}
	if cfg.Patience == 0 {
		cfg.Patience = 10 * time.Minute
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	t := &Tree{cfg: cfg, heard: cfg.Now()}
	if _, err := t.use(ctx); err != nil {
		return nil, t.named("", err)
	}
	return t, nil
}

// Close ends the helper.
func (t *Tree) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	t.drop()
	return nil
}

func (t *Tree) drop() {
	if t.helper != nil {
		t.helper.end()
		t.helper = nil
	}
}

// downTime is how long a storage that could not be reached is left alone.
const downTime = 5 * time.Second

// use is the helper that runs, or a new one.
func (t *Tree) use(ctx context.Context) (*helper, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil, errors.New("the share was closed")
	}
	if t.helper != nil && t.helper.alive() {
		return t.helper, nil
	}
	t.drop()
	if t.cfg.Now().Sub(t.down) < downTime {
		return nil, walk.ErrOffline
	}
	h, err := start(ctx, t.cfg)
	if err != nil {
		if ctx.Err() == nil {
			t.down = t.cfg.Now()
		}
		return nil, err
	}
	t.helper, t.heard = h, t.cfg.Now()
	return h, nil
}

// named says of which source and item an error is. Both may hold a number.
func (t *Tree) named(path string, err error) error {
	if err == nil {
		return nil
	}
	what := t.cfg.Name
	if path != "" {
		what += ": " + detectors.RedactNumbers(path)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// crashTries is how often what killed the helper is tried again: it may have been
// killed for something else.
const crashTries = 3

// do asks one question, again where the helper died or the storage asked for a pause.
// It returns the helper that answered.
func (t *Tree) do(ctx context.Context, kind frame.Kind, q frame.Question, each func(frame.Frame) error) (on *helper, err error) {
	began := t.cfg.Now()
	for crashes := 0; ; {
		if err := t.pause(ctx, began); err != nil {
			return nil, t.named(q.Path, err)
		}
		h, err := t.use(ctx)
		if err == nil {
			err = t.once(ctx, h, kind, q, each)
		}
		var p *problem
		switch {
		case err == nil:
			t.answered()
			return h, nil
		case errors.As(err, &p) && p.Code == frame.Throttled:
			t.throttled(time.Duration(p.Retry) * time.Millisecond)
			continue
		case errors.Is(err, ErrCrashed) && ctx.Err() == nil:
			if crashes++; crashes < crashTries {
				continue
			}
		case errors.As(err, &p):
			t.answered()
		}
		return nil, t.named(q.Path, explain(err))
	}
}

// once asks one question of one helper, within the time there is.
func (t *Tree) once(ctx context.Context, h *helper, kind frame.Kind, q frame.Question, each func(frame.Frame) error) error {
	err := h.ask(ctx, t.cfg.Timeout, kind, q, each)
	if !errors.Is(err, ErrTimeout) {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	// One slow file is one slow file; when nothing else was answered meanwhile it is
	// the storage, or the helper hangs.
	if t.helper == h && t.cfg.Now().Sub(t.heard) >= t.cfg.Timeout {
		t.drop()
		return fmt.Errorf("%w: %w", walk.ErrOffline, err)
	}
	return err
}

func (t *Tree) answered() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.heard, t.waits = t.cfg.Now(), 0
}

// maxPause bounds one pause; asked for or not, the night is shorter.
const maxPause = 2 * time.Minute

// throttled makes everybody wait: a second at first, then twice as long each time.
func (t *Tree) throttled(asked time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.cfg.Now()
	if t.quiet.After(now) {
		return // several were told at once
	}
	t.waits++
	wait := max(asked, time.Second<<min(t.waits-1, 7))
	t.quiet, t.heard = now.Add(min(wait, maxPause)), now
}

// pause waits until the storage may be asked, for as long as there is patience.
func (t *Tree) pause(ctx context.Context, began time.Time) error {
	t.mu.Lock()
	wait := t.quiet.Sub(t.cfg.Now())
	t.mu.Unlock()
	if wait <= 0 {
		return nil
	}
	if t.cfg.Now().Add(wait).Sub(began) > t.cfg.Patience {
		return fmt.Errorf("%w: %w", walk.ErrOffline, ErrThrottled)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// List reads a folder. It is whole or an error.
func (t *Tree) List(ctx context.Context, dir string) (walk.Listing, error) {
	list := walk.Listing{Reach: walk.Unknown}
	owners := make(map[string]int)
	_, err := t.do(ctx, frame.List, frame.Question{Path: dir}, func(f frame.Frame) error {
		if f.Kind == frame.Done {
			return nil
		}
		var lot []frame.Entry
		if f.Kind != frame.Listed {
			return frame.ErrFrame
		}
		if err := f.Decode(&lot); err != nil {
			return err
		}
		for i := range lot {
			if len(list.Entries) >= walk.MaxEntries {
				list.Cut = true
				break
			}
			if e := &lot[i]; e.Name == "" || e.Name == "." || e.Name == ".." || strings.ContainsAny(e.Name, "/\x00") {
				list.Failed = append(list.Failed, "?")
				continue
			}
			list.Entries = append(list.Entries, t.entry(lot[i]))
			owners[lot[i].Owner]++
		}
		return nil
	})
	if err != nil {
		return walk.Listing{}, err
	}
	slices.SortFunc(list.Entries, func(a, b walk.Entry) int { return strings.Compare(a.Name, b.Name) })
	list.Entries = t.twins(list.Entries, &list)
	delete(owners, "")
	for name, n := range owners { // whoever made most of it: the storages tell no folder's
		if best := owners[list.Owner]; n > best || n == best && name < list.Owner {
			list.Owner = name
		}
	}
	return list, nil
}

// twins keeps one of several entries of one name, which Google Drive allows, and says
// that the others were not looked at.
func (t *Tree) twins(entries []walk.Entry, list *walk.Listing) []walk.Entry {
	return slices.CompactFunc(entries, func(a, b walk.Entry) bool {
		if a.Name == b.Name {
			list.Failed = append(list.Failed, b.Name)
		}
		return a.Name == b.Name
	})
}

func (t *Tree) entry(e frame.Entry) walk.Entry {
	w := walk.Entry{Name: e.Name, Size: max(e.Size, -1), MTime: e.MTime}
	if e.Folder {
		w.Kind, w.Size = walk.Folder, 0
	}
	if e.Tag != "" {
		w.Inode = number(t.cfg.Digest(e.Tag))
	}
	w.Breadth = map[frame.Sharing]walk.Breadth{frame.Private: walk.Owner, frame.Some: walk.Group, frame.All: walk.Everyone}[e.Sharing]
	return w
}

// number is a digest as the number that stands for an inode; never 0.
func number(digest string) int64 {
	var b [8]byte
	for i := range len(digest) {
		b[i%8] = b[i%8]*31 + digest[i]
	}
	return int64(binary.LittleEndian.Uint64(b[:])>>1 | 1)
}

// stat is what the storage says of a file now.
func (t *Tree) stat(ctx context.Context, path string) (walk.Entry, error) {
	var a frame.Answer
	_, err := t.do(ctx, frame.Stat, frame.Question{Path: path}, func(f frame.Frame) error { return f.Decode(&a) })
	if err == nil && a.Entry.Folder {
		err = t.named(path, walk.ErrGone)
	}
	e := t.entry(a.Entry)
	e.Name = ""
	return e, err
}
