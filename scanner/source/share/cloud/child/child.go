// Package child is the helper's half of the conversation about cloud storage: it
// answers questions from a pipe with the help of a Backend, several at once, until
// the pipe ends.
package child

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"brevvagt/scanner/source/share/cloud/frame"
)

// Backend is a storage that is read. Paths are relative to its root.
type Backend interface {
	// List gives what lies in a folder. Nothing that was given counts when it fails.
	List(ctx context.Context, dir string, add func(frame.Entry) error) error
	Stat(ctx context.Context, path string) (frame.Entry, error)
	// Open begins to read at offset. fresh asks the storage what the file is now;
	// else what the last listing said may do.
	Open(ctx context.Context, path string, offset int64, fresh bool) (io.ReadCloser, frame.Entry, error)
}

// Writer is a Backend that can be written to.
type Writer interface {
	Put(ctx context.Context, path string, content io.Reader, size int64, mtime time.Time) (frame.Entry, error)
	Remove(ctx context.Context, path string) error
}

// Explained is an error with a code.
type Explained interface {
	error
	Problem() frame.Problem
}

// Bounds of what is open at once.
const (
	maxQuestions = 256
	maxHandles   = 256
	readBytes    = 512 << 10
	listEntries  = 256
	listBytes    = 256 << 10 // of names
	hello        = 30 * time.Second
)

// Serve answers until in ends, and then does not wait for what is under way: a storage
// that hangs must not keep the helper alive. The first frame must come at once and holds what
// open needs; a storage that cannot be opened is told and ends it.
func Serve(in io.Reader, out io.Writer, open func(ctx context.Context, s frame.Setup) (Backend, error)) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r := bufio.NewReaderSize(in, 64<<10)
	s := &server{out: frame.NewWriter(out), open: make(map[uint32]*handle), asked: make(map[uint32]context.CancelFunc), slots: make(chan struct{}, maxQuestions)}
	first, err := frame.ReadFrame(r)
	if err != nil {
		return fmt.Errorf("no setup came: %w", err)
	}
	var setup frame.Setup
	if err := first.Decode(&setup); err != nil || first.Kind != frame.Hello {
		return errors.Join(fmt.Errorf("%w: no setup", frame.ErrFrame), err)
	}
	opening, done := context.WithTimeout(ctx, hello)
	s.backend, err = open(opening, setup)
	done()
	if err != nil {
		return s.fail(first.Number, err)
	}
	s.write = setup.Write
	if err := s.out.SendJSON(frame.Facts, first.Number, frame.Answer{}); err != nil {
		return err
	}
	for {
		f, err := frame.ReadFrame(r)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if f.Kind == frame.Cancel {
			s.cancel(f.Number)
			continue
		}
		s.slots <- struct{}{}
		one, end := context.WithCancel(ctx)
		s.note(f.Number, end)
		go func() {
			defer func() { <-s.slots }()
			defer s.cancel(f.Number)
			if err := s.answer(one, ctx, f); err != nil {
				_ = s.fail(f.Number, err) // the reader finds a broken pipe
			}
		}()
	}
}

type server struct {
	backend Backend
	write   bool
	out     *frame.Writer
	slots   chan struct{}

	mu    sync.Mutex
	last  uint32
	open  map[uint32]*handle
	asked map[uint32]context.CancelFunc
}

// handle is an open file, or one that is being written.
type handle struct {
	mu     sync.Mutex
	r      io.ReadCloser
	cancel context.CancelFunc
	put    *put
}

// put is a file on its way to the storage.
type put struct {
	w    *io.PipeWriter
	done chan struct{}
	e    frame.Entry
	err  error
}

func (s *server) note(n uint32, end context.CancelFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[n] = end
}

func (s *server) cancel(n uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if end := s.asked[n]; end != nil {
		end()
		delete(s.asked, n)
	}
}

func (s *server) fail(n uint32, err error) error {
	p := frame.Problem{Code: frame.Broken, Text: err.Error()}
	var e Explained
	if errors.As(err, &e) {
		p = e.Problem()
	}
	p.Text = p.Text[:min(len(p.Text), 2000)]
	return s.out.SendJSON(frame.Failed, n, p)
}

var errHandle = errors.New("no such handle")

// answer does one question; whole lives as long as the helper.
func (s *server) answer(ctx, whole context.Context, f frame.Frame) error {
	if f.Kind == frame.Write {
		return s.more(f)
	}
	var q frame.Question
	if err := f.Decode(&q); err != nil {
		return err
	}
	switch f.Kind {
	case frame.List:
		return s.list(ctx, f.Number, q.Path)
	case frame.Stat:
		e, err := s.backend.Stat(ctx, q.Path)
		if err != nil {
			return err
		}
		return s.out.SendJSON(frame.Facts, f.Number, frame.Answer{Entry: e})
	case frame.Open:
		return s.opened(ctx, whole, f.Number, q)
	case frame.Read:
		return s.read(f.Number, q)
	case frame.Close:
		if h := s.take(q.Handle); h != nil {
			h.end()
		}
		return s.out.Send(frame.Done, f.Number, nil)
	case frame.Create, frame.Commit, frame.Remove:
		w, ok := s.backend.(Writer)
		if !ok || !s.write {
			return errors.New("this storage is only read")
		}
		return s.change(ctx, whole, w, f, q)
	}
	return fmt.Errorf("%w: kind %q", frame.ErrFrame, f.Kind)
}

// list sends what lies in a folder in lots; Done says that it is all.
func (s *server) list(ctx context.Context, n uint32, dir string) error {
	lot, names := make([]frame.Entry, 0, listEntries), 0
	send := func() error {
		err := s.out.SendJSON(frame.Listed, n, lot)
		lot, names = lot[:0], 0
		return err
	}
	err := s.backend.List(ctx, dir, func(e frame.Entry) error {
		lot, names = append(lot, e), names+len(e.Name)+len(e.Tag)+len(e.Owner)
		if len(lot) == cap(lot) || names > listBytes {
			return send()
		}
		return ctx.Err()
	})
	if err == nil && len(lot) > 0 {
		err = send()
	}
	if err != nil {
		return err
	}
	return s.out.Send(frame.Done, n, nil)
}

func (s *server) opened(ctx, whole context.Context, n uint32, q frame.Question) error {
	// What is read outlives the question that opened it.
	reading, cancel := context.WithCancel(whole)
	stop := context.AfterFunc(ctx, cancel)
	r, e, err := s.backend.Open(reading, q.Path, q.Offset, q.Fresh)
	if !stop() && err == nil {
		r.Close()
		err = ctx.Err()
	}
	if err != nil {
		cancel()
		return err
	}
	id, err := s.give(&handle{r: r, cancel: cancel})
	if err != nil {
		cancel()
		return errors.Join(err, r.Close())
	}
	return s.out.SendJSON(frame.Facts, n, frame.Answer{Handle: id, Entry: e})
}

func (s *server) give(h *handle) (uint32, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.open) >= maxHandles {
		return 0, errors.New("too many files are open")
	}
	s.last++
	s.open[s.last] = h
	return s.last, nil
}

func (s *server) find(id uint32) *handle {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open[id]
}

func (s *server) take(id uint32) *handle {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.open[id]
	delete(s.open, id)
	return h
}

func (h *handle) end() {
	if h.cancel != nil {
		h.cancel()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.r != nil {
		h.r.Close()
	}
	if h.put != nil {
		h.put.w.CloseWithError(context.Canceled)
	}
}

// read sends the next bytes of a file; none is its end.
func (s *server) read(n uint32, q frame.Question) error {
	h := s.find(q.Handle)
	if h == nil || h.r == nil {
		return errHandle
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	buf := make([]byte, max(1, min(q.Length, readBytes)))
	got := 0
	for got < len(buf) {
		n, err := h.r.Read(buf[got:])
		got += n
		if errors.Is(err, io.EOF) {
			break // and nothing else: a connection that was cut is io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
	}
	return s.out.Send(frame.Data, n, buf[:got])
}

// change does what alters the storage.
func (s *server) change(ctx, whole context.Context, w Writer, f frame.Frame, q frame.Question) error {
	switch f.Kind {
	case frame.Remove:
		if err := w.Remove(ctx, q.Path); err != nil {
			return err
		}
		return s.out.Send(frame.Done, f.Number, nil)
	case frame.Create:
		r, pw := io.Pipe()
		p := &put{w: pw, done: make(chan struct{})}
		writing, cancel := context.WithCancel(whole)
		id, err := s.give(&handle{put: p, cancel: cancel})
		if err != nil {
			cancel()
			return err
		}
		go func() {
			defer close(p.done)
			p.e, p.err = w.Put(writing, q.Path, r, q.Size, time.Unix(0, q.MTime))
			r.CloseWithError(errors.Join(p.err, io.ErrClosedPipe))
		}()
		return s.out.SendJSON(frame.Facts, f.Number, frame.Answer{Handle: id})
	}
	h := s.take(q.Handle)
	if h == nil || h.put == nil {
		return errHandle
	}
	defer h.cancel()
	h.put.w.Close()
	select {
	case <-h.put.done:
	case <-ctx.Done():
		return ctx.Err()
	}
	if h.put.err != nil {
		return h.put.err
	}
	return s.out.SendJSON(frame.Facts, f.Number, frame.Answer{Entry: h.put.e})
}

// more takes bytes of a file that is being written.
func (s *server) more(f frame.Frame) error {
	if len(f.Payload) < 4 {
		return frame.ErrFrame
	}
	h := s.find(binary.BigEndian.Uint32(f.Payload))
	if h == nil || h.put == nil {
		return errHandle
	}
	if _, err := h.put.w.Write(f.Payload[4:]); err != nil {
		<-h.put.done
		return errors.Join(h.put.err, err)
	}
	return s.out.Send(frame.Done, f.Number, nil)
}
