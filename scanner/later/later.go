// Package later keeps items that were acknowledged to their sender and are not out of
// our hands, because they need a scan longer than a sender waits or because a next hop
// cannot take them yet: durably on disk, until somebody has judged them and taken care
// of them.
//
// The files hold the mail as it came, readable by the daemon's user only, for the
// minutes that the scan takes, as the queue of any mail server does.
package later

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"brevvagt/internal/bigfile"
	"brevvagt/internal/safefile"
	"brevvagt/scanner"
)

// ErrFull says that the spool holds as much as it may: the sender keeps the item.
var ErrFull = errors.New("the spool for long scans is full")

// ErrDamaged is said of an item whose file is not what was written; it stays, for a
// person to look at.
var ErrDamaged = errors.New("the file was damaged on disk")

// ErrID says that an item's id cannot be a file name.
var ErrID = errors.New("not an id for the spool")

// Spool is the folder of waiting items. It is safe for concurrent use.
type Spool struct {
	dir      string
	maxBytes int64
	log      *slog.Logger
	wake     chan struct{}

	mu      sync.Mutex
	waiting map[string]*entry
	bytes   int64
	marks   map[string]mark // of items that may come again, by key
}

// entry is one waiting item.
type entry struct {
	size  int64
	next  time.Time // when it is tried again; zero is at once
	tries int
	busy  bool
}

// head is what stands before the content in a file, on one line, behind the sum of all
// that follows the sum: half a mail must not be sent for a whole one, nor a whole one to
// somebody else.
type head struct {
	Source        string    `json:"source"`
	ID            string    `json:"id"`
	Name          string    `json:"name"`
	From          string    `json:"from"`
	To            []string  `json:"to"`
	Received      time.Time `json:"received"`
	Receipt       []byte    `json:"receipt"`
	Key           string    `json:"key"` // see key
	Authenticated bool      `json:"authenticated"`
	// Sum is of the content, in files of earlier versions only.
	Sum string `json:"sum,omitempty"`
}

const suffix = ".item"

var usableID = regexp.MustCompile(`^[0-9A-Za-z]{6,64}$`)

// Open opens the spool in dir and finds what waits from before. maxBytes bounds
// what may wait, default 1 GiB.
func Open(dir string, maxBytes int64, log *slog.Logger) (*Spool, error) {
	if maxBytes <= 0 {
		maxBytes = 1 << 30
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("spool for long scans: %w", err)
	}
	s := &Spool{dir: dir, maxBytes: maxBytes, log: log, wake: make(chan struct{}, 1), waiting: map[string]*entry{}}
	return s, s.find()
}

// find lists what is on disk. Another process may have put it there.
func (s *Spool) find() error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("spool for long scans: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), suffix)
		if !ok || !usableID.MatchString(id) || s.waiting[id] != nil {
			continue
		}
		info, err := e.Info()
		if err != nil {
			continue // gone meanwhile
		}
		s.waiting[id] = &entry{size: info.Size()}
		s.bytes += info.Size()
	}
	return nil
}

// Put keeps an item. When it returns nil the item survives a power cut and may be
// acknowledged. The same id put again replaces nothing and is a success.
func (s *Spool) Put(it scanner.Item) error {
	if !usableID.MatchString(it.ID) {
		return ErrID
	}
	content, done, err := bytesOf(it)
	if err != nil {
		return fmt.Errorf("spool item: %w", err)
	}
	defer done()
	h := head{Source: it.Source, ID: it.ID, Name: it.Name, From: it.From, To: it.To, Received: it.Received,
		Receipt: it.Receipt, Authenticated: it.Authenticated, Key: key(it.Receipt, content)}
	line, err := h.line(content)
	if err != nil {
		return fmt.Errorf("spool item: %w", err)
	}
	size := int64(len(line) + 1 + len(content))
	s.mu.Lock()
	if _, ok := s.waiting[it.ID]; ok {
		s.mu.Unlock()
		return nil
	}
	if s.bytes+size > s.maxBytes {
		s.mu.Unlock()
		return ErrFull
	}
	s.bytes += size
	e := &entry{size: size, busy: true} // find must not take it up half written
	s.waiting[it.ID] = e
	s.mu.Unlock()
	err = s.write(it.ID, line, content)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.bytes -= size
		delete(s.waiting, it.ID)
		return err
	}
	e.busy = false
	s.poke()
	return nil
}

func (s *Spool) write(id string, line, content []byte) error {
	if _, err := safefile.Write(s.path(id), io.MultiReader(bytes.NewReader(line), strings.NewReader("\n"), bytes.NewReader(content))); err != nil {
		return fmt.Errorf("spool item: %w", err)
	}
	return nil
}

// Again is what an item's handler returns when a part of the work is done: the item
// stays, with this receipt.
type Again struct {
	Receipt []byte
	Err     error // why not all is done
}

// Error implements error.
func (a *Again) Error() string { return a.Err.Error() }

// Unwrap returns the reason.
func (a *Again) Unwrap() error { return a.Err }

// rewrite puts another receipt in an item's file.
func (s *Spool) rewrite(id string, receipt []byte) error {
	raw, done, err := bigfile.Map(s.path(id))
	if err != nil {
		return err
	}
	defer done()
	h, content, err := parse(raw)
	if err != nil {
		return err
	}
	h.Receipt, h.Key = receipt, ""
	line, err := h.line(content)
	if err != nil {
		return err
	}
	return s.write(id, line, content)
}

// line is the head as it stands before the content.
func (h head) line(content []byte) ([]byte, error) {
	text, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	return append([]byte(key(text, content)+" "), text...), nil
}

// parse takes a file apart and finds it whole.
func parse(raw []byte) (h head, content []byte, err error) {
	line, content, ok := bytes.Cut(raw, []byte("\n"))
	if !ok {
		return head{}, nil, errors.New("the file has no head")
	}
	if bytes.HasPrefix(line, []byte("{")) {
		h, err = earlier(line, content)
		return h, content, err
	}
	sum, text, ok := bytes.Cut(line, []byte(" "))
	if !ok || string(sum) != key(text, content) {
		return head{}, nil, ErrDamaged
	}
	if err := json.Unmarshal(text, &h); err != nil {
		return head{}, nil, fmt.Errorf("the file's head cannot be read: %w", err)
	}
	return h, content, nil
}

// earlier reads the head of a file that a version before the sum of all left behind, so
// that what was acknowledged before an upgrade is sent after it. Such a file is found
// whole by what it has: its key, which is of the content and the receipt, or the sum of
// its content. One that was rewritten by the first of those versions has neither.
func earlier(line, content []byte) (head, error) {
	var h head
	if err := json.Unmarshal(line, &h); err != nil {
		return head{}, fmt.Errorf("the file's head cannot be read: %w", err)
	}
	if h.Key != "" && h.Key != key(h.Receipt, content) || h.Sum != "" && h.Sum != key(nil, content) {
		return head{}, ErrDamaged
	}
	h.Sum = ""
	return h, nil
}

func (s *Spool) path(id string) string { return filepath.Join(s.dir, id+suffix) }

func (s *Spool) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Len is how many items wait.
func (s *Spool) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.waiting)
}

// read takes an item from disk, with Deep set.
func (s *Spool) read(id string) (scanner.Item, error) {
	raw, done, err := bigfile.Map(s.path(id))
	if err != nil {
		return scanner.Item{}, err
	}
	defer done()
	h, content, err := parse(raw)
	if err != nil {
		return scanner.Item{}, err
	}
	if h.ID != id {
		return scanner.Item{}, fmt.Errorf("the file is of item %s: %w", h.ID, ErrDamaged)
	}
	from := len(raw) - len(content)
	open := func() ([]byte, func(), error) {
		raw, done, err := bigfile.Map(s.path(id))
		return raw[min(len(raw), from):], done, err
	}
	return scanner.Item{Source: h.Source, ID: h.ID, Name: h.Name, From: h.From, To: h.To, Received: h.Received, Receipt: h.Receipt,
		Authenticated: h.Authenticated, Large: &scanner.Large{Size: int64(len(content)), Open: open}, Client: "later", Deep: true}, nil
}

const (
	// workers take care of items at once: few, so that senders who wait find the
	// readers free.
	workers = 2
	// firstPause and lastPause are between two tries of one item.
	firstPause = 30 * time.Second
	lastPause  = 30 * time.Minute
	// look is how often waiting items are looked through.
	look = 5 * time.Second
)

// Run hands every item to do until ctx ends: in the order they came, two at a
// time. An item is removed when do returns nil; it must then be somebody else's,
// or its case must be on disk. After a crash in between it is handed out again.
func (s *Spool) Run(ctx context.Context, do func(context.Context, scanner.Item) error) error {
	work := make(chan string)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for id := range work {
				s.one(ctx, id, do)
			}
		})
	}
	defer wg.Wait()
	defer close(work)
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		for id := s.due(); id != ""; id = s.due() {
			select {
			case work <- id:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.wake:
		case <-tick.C:
			if err := s.find(); err != nil {
				s.log.Error("the spool cannot be read", "error", err)
			}
		}
	}
}

// gone reports that the file of an item is not there.
func (s *Spool) gone(id string) bool {
	_, err := os.Stat(s.path(id))
	return errors.Is(err, os.ErrNotExist)
}

// due picks the oldest item whose time has come and marks it busy. Ids sort by age.
func (s *Spool) due() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	var ids []string
	for id, e := range s.waiting {
		if !e.busy && !e.next.After(now) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return ""
	}
	id := slices.Min(ids)
	s.waiting[id].busy = true
	return id
}

func (s *Spool) one(ctx context.Context, id string, do func(context.Context, scanner.Item) error) {
	it, err := s.read(id)
	if err == nil {
		err = do(ctx, it)
	}
	var again *Again
	if errors.As(err, &again) {
		err = errors.Join(err, s.rewrite(id, again.Receipt))
	}
	if err == nil {
		err = safefile.Remove(s.path(id))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.waiting[id]
	if errors.Is(err, os.ErrNotExist) && s.gone(id) {
		s.log.Error("a mail that was acknowledged is gone from the disk; nobody has it", "item", id)
		err = nil
	}
	if err == nil {
		delete(s.waiting, id)
		s.bytes -= e.size
		return
	}
	pause := min(firstPause<<min(e.tries, 10), lastPause)
	e.busy, e.next, e.tries = false, time.Now().Add(pause), e.tries+1
	if ctx.Err() == nil {
		s.log.Error("item waits for its long scan", "item", id, "tries", e.tries, "next", pause.String(), "error", err)
	}
}
