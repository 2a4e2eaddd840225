// Package turns scans the items of a folder with several readers at once, and judges
// its mails one after the other in the order of their times, so that what is remembered
// of earlier mails is the same for any number of readers.
package turns

import (
	"context"
	"io"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"brevvagt/scanner"
)

// headBytes is how much of a file is read to see when a mail was received.
const headBytes = 32 << 10

// Task is one item to be scanned: a file, or a folder that holds a run of letters.
type Task struct {
	Path string
	At   time.Time // by which a mail is judged after others
	Mail bool      // may be one
	Scan func(ctx context.Context) (scanner.Outcome, error)
}

// MailTime is when a file's mail was received by the last server that says so, else
// when it is dated; NoDate where it tells neither. mail is false for what is none.
func MailTime(path string) (at time.Time, isMail bool) {
	isMail = slices.Contains([]string{".eml", ".msg", ".emlx", ".mbox", ".mht", ".mhtml"}, strings.ToLower(filepath.Ext(path)))
	f, err := os.Open(path)
	if err != nil {
		return NoDate, isMail
	}
	defer f.Close()
	buf := make([]byte, headBytes)
	n, _ := io.ReadFull(f, buf)
	head := strings.ReplaceAll(string(buf[:n]), "\r\n", "\n")
	line, _, _ := strings.Cut(head, "\n")
	if name, _, found := strings.Cut(line, ":"); !found || name == "" || len(name) > 60 || strings.ContainsAny(name, " \t\x00") {
		return NoDate, isMail
	}
	head, _, _ = strings.Cut(head, "\n\n")
	m, err := mail.ReadMessage(strings.NewReader(head + "\n\n"))
	if err != nil {
		return NoDate, isMail
	}
	if received := m.Header["Received"]; len(received) > 0 {
		if i := strings.LastIndexByte(received[0], ';'); i >= 0 {
			if at, err := mail.ParseDate(strings.TrimSpace(received[0][i+1:])); err == nil {
				return at, true
			}
		}
	}
	if at, err = m.Header.Date(); err == nil {
		return at, true
	}
	return NoDate, isMail || len(m.Header["From"]) > 0
}

// NoDate stands for a mail that tells no time: such mails come first, in the order of
// their paths, whatever their files' times are.
var NoDate = time.Unix(1, 0)

// All scans items with a number of readers, and judges mails in the order of their
// times; done is called in that order, with the item's place.
func All(ctx context.Context, p *scanner.Pipeline, tasks []Task, jobs int, done func(i int, out *scanner.Outcome, err error)) {
	type result struct {
		i   int
		out scanner.Outcome
		err error
	}
	order := byTime(tasks)
	t := newTurns()
	t.queue(tasks, order)
	p.Turn = func(it scanner.Item) { t.wait(it.ID) }
	// A bounded window keeps memory flat: a slow first file stops the readers from
	// running far ahead of it. One that has been read and waits for its turn leaves its
	// place to another.
	window := make(chan chan result, 4*jobs)
	places := make(chan struct{}, jobs)
	var wg sync.WaitGroup
	go func() {
		defer close(window)
		for _, i := range order {
			if ctx.Err() != nil {
				return
			}
			ch := make(chan result, 1)
			window <- ch
			places <- struct{}{}
			t.reading(tasks[i].Path, func() { <-places })
			wg.Go(func() {
				r := result{i: i}
				r.out, r.err = tasks[i].Scan(ctx)
				t.done(tasks[i].Path)
				ch <- r
			})
		}
	}()
	for ch := range window {
		r := <-ch
		done(r.i, &r.out, r.err)
	}
	wg.Wait()
}

// InOrder calls functions in the order of their numbers, from 0, however they come.
func InOrder() func(i int, f func()) {
	next, waiting := 0, make(map[int]func())
	return func(i int, f func()) {
		waiting[i] = f
		for waiting[next] != nil {
			waiting[next]()
			delete(waiting, next)
			next++
		}
	}
}

// byTime orders tasks by the time of their mails, equal ones by their place. What is
// no mail stays between its neighbours, so that results come in the order of the paths
// where there are no mails.
func byTime(tasks []Task) []int {
	order := make([]int, len(tasks))
	var mails []int
	for i := range tasks {
		order[i] = i
		if tasks[i].Mail {
			mails = append(mails, i)
		}
	}
	slices.SortStableFunc(mails, func(a, b int) int { return tasks[a].At.Compare(tasks[b].At) })
	k := 0
	for i := range order {
		if tasks[i].Mail {
			order[i] = mails[k]
			k++
		}
	}
	return order
}

// turns lets items be judged in the order in which they were begun, however many are
// read at once: what is remembered of earlier mails is then the same for any number of
// readers.
type turns struct {
	mu    sync.Mutex
	ready map[string]chan struct{} // by item: closed when its turn has come
	next  map[string]chan struct{} // by item: of the one behind it
	read  map[string]func()        // by item: gives its place among the readers back
}

func newTurns() *turns {
	return &turns{ready: make(map[string]chan struct{}), next: make(map[string]chan struct{}), read: make(map[string]func())}
}

// queue sets the order of mails. The first may go at once.
func (t *turns) queue(tasks []Task, order []int) {
	before := make(chan struct{})
	close(before)
	for _, i := range order {
		if !tasks[i].Mail {
			continue
		}
		id := tasks[i].Path
		t.ready[id] = before
		before = make(chan struct{})
		t.next[id] = before
	}
}

// reading tells what to call when an item has been read.
func (t *turns) reading(id string, done func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.read[id] = done
}

// wait is called when an item has been read; it waits for the ones before it.
func (t *turns) wait(id string) {
	t.give(id)
	if c := t.ready[id]; c != nil {
		<-c
	}
}

// done ends an item's turn, whether it was ever taken or not.
func (t *turns) done(id string) {
	t.wait(id)
	if c := t.next[id]; c != nil {
		close(c)
	}
}

// give gives an item's place among the readers back, once.
func (t *turns) give(id string) {
	t.mu.Lock()
	done := t.read[id]
	delete(t.read, id)
	t.mu.Unlock()
	if done != nil {
		done()
	}
}
