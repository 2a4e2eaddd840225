package mailbox

import (
	"context"
	"slices"

	"golang.org/x/sync/semaphore"
)

// watching is an account that is being watched.
type watching struct {
	stop  context.CancelFunc
	over  bool // it was told to stop
	ended chan struct{}
}

func (w *watching) end() {
	w.over = true
	w.stop()
}

// Use puts other accounts in force. One whose Setup is as it was is not disturbed; one
// that changed or was taken out is left where it stands, and what was not handled yet
// waits in the book, for the new setup or until the account is put in again.
func (w *Watch) Use(accounts []Account) {
	w.prepare()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.use(accounts)
}

func (w *Watch) use(accounts []Account) {
	before := w.accounts
	w.accounts, w.order = make(map[string]*Account), nil
	for _, s := range w.servers {
		s.accounts.Store(0)
	}
	for _, a := range accounts {
		a.defaults(w.Log)
		if w.servers[a.Server.Addr] == nil {
			w.servers[a.Server.Addr] = &server{slots: semaphore.NewWeighted(int64(w.PerServer)), limit: int64(w.PerServer)}
		}
		w.servers[a.Server.Addr].accounts.Add(1)
		w.accounts[a.Name], w.order = &a, append(w.order, a.Name)
	}
	for name, old := range before {
		if now := w.accounts[name]; now != nil && now.Setup == old.Setup {
			w.accounts[name] = old
		} else if w.watched[name] != nil {
			w.watched[name].end()
		}
	}
	w.startAll()
}

// startAll watches every account that is not watched; one that was told to stop is
// waited for first.
func (w *Watch) startAll() {
	if w.start == nil {
		return
	}
	for _, name := range w.order {
		if before := w.watched[name]; before == nil || before.over {
			w.watched[name] = w.start(w.accounts[name], before)
		}
	}
}

// all are the accounts in force.
func (w *Watch) all() []*Account {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []*Account
	for _, name := range w.order {
		list = append(list, w.accounts[name])
	}
	return list
}

// Names are those of the accounts in force.
func (w *Watch) Names() []string {
	w.prepare()
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.order)
}

func (w *Watch) account(name string) *Account {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.accounts[name]
}

func (w *Watch) server(a *Account) *server {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.servers[a.Server.Addr]
}
