// Package board shows the shares to others: on the page for people, to a monitoring
// system, in mails to those whose folders hold something, and on the terminal.
package board

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"brevvagt/cmd/brevvagt/shares"
	"brevvagt/detectors"
	"brevvagt/internal/store"
	"brevvagt/quarantine/ledger"
	page "brevvagt/quarantine/review/shares"
	"brevvagt/scanner/source/share/found"
	"brevvagt/scanner/source/share/report"
	"brevvagt/scanner/source/share/state"
	"brevvagt/scanner/source/share/walk"
)

// Board shows the shares of a running daemon.
type Board struct {
	// Now are the shares in force; nil where there are none.
	Now func() *shares.Shares
	// Store and Ledger take down who paused or resumed a share.
	Store  *store.DB
	Ledger *ledger.Ledger
	Key    detectors.Key // of the installation, for summaries
	Log    *slog.Logger

	// Clock is what the time is; nil is time.Now.
	Clock func() time.Time

	pace   Pace
	recent recent
}

func (b *Board) now() time.Time {
	if b.Clock == nil {
		return time.Now()
	}
	return b.Clock()
}

// Source is the board as the page wants it.
func (b *Board) Source() *page.Source {
	return &page.Source{Scans: b, Any: func() bool { return b.Now().Any() }}
}

// Standing implements page.Scans.
func (b *Board) Standing(ctx context.Context) ([]page.Share, error) {
	s := b.Now()
	if !s.Any() {
		return nil, nil
	}
	now := b.now()
	list, err := s.Standings(ctx, now)
	if err != nil {
		return nil, err
	}
	var out []page.Share
	for i := range list {
		st := &list[i]
		sh := page.Share{Name: st.Name, Stage: string(st.Stage), Dirty: st.Dirty, Live: st.Live, Workers: st.Workers,
			Completed: st.Completed, Next: st.Next, Totals: totals(st.Totals)}
		if r := st.Last; r != nil && r.Open() {
			sh.Run = &page.Run{Planning: r.Stage == state.Planning, Seen: r.Seen, Planned: r.Planned, Done: r.Done, Hits: r.Hits,
				PlannedBytes: r.Bytes, Bytes: r.DoneBytes, Started: r.Started, Left: b.pace.Left(r, now)}
		}
		if r := st.Last; r != nil && r.Stage == state.Failed {
			sh.Problem = page.Problem{Kind: ProblemKind(r.Problem), Text: detectors.RedactNumbers(r.Problem)}
		}
		for _, n := range st.Nights {
			sh.Nights = append(sh.Nights, page.Night{At: n.At, Totals: totals(n.Totals)})
		}
		out = append(out, sh)
	}
	return out, nil
}

func totals(t found.Totals) page.Totals {
	return page.Totals{Files: t.Files, Hits: t.Hits, New: t.New, Closed: t.Closed, Persons: t.Persons, Unread: t.Unread}
}

// ProblemKind puts the words of an error into the page's short list. They are what is
// kept of it: the error itself was another process's.
func ProblemKind(text string) string {
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(strings.ToLower(text), p) })
	}
	switch {
	case has(state.ErrEmpty.Error(), walk.ErrUnmounted.Error()):
		return "empty"
	case has("permission denied", "access denied", "access is denied", "logon", "login", "password", "unauthorized", "forbidden"):
		return "access"
	case has(walk.ErrOffline.Error(), "no such file", "connection refused", "timeout", "deadline exceeded", "no route", "no such host", "unreachable"):
		return "offline"
	}
	return "other"
}

// recent is what was last gathered: whoever turns a list page by page should not wait
// for all of a share to be gone through each time.
type recent struct {
	mu   sync.Mutex
	key  string
	at   time.Time
	held *page.Findings
}

// The bounds of what is kept, and for how long.
const (
	recentFiles = 2000
	recentFor   = 30 * time.Second
)

// Findings implements page.Scans.
func (b *Board) Findings(ctx context.Context, pick page.Pick, most int) (*page.Findings, error) {
	key, err := json.Marshal(pick)
	if err != nil || most > recentFiles {
		return b.findings(ctx, pick, most)
	}
	b.recent.mu.Lock()
	defer b.recent.mu.Unlock()
	name := fmt.Sprint(most, string(key))
	if b.recent.key == name && b.now().Sub(b.recent.at) < recentFor {
		return b.recent.held, nil
	}
	f, err := b.findings(ctx, pick, most)
	if err == nil {
		b.recent.key, b.recent.at, b.recent.held = name, b.now(), f
	}
	return f, err
}

func (b *Board) findings(ctx context.Context, pick page.Pick, most int) (*page.Findings, error) {
	s, out := b.Now(), &page.Findings{}
	if !s.Any() {
		return out, nil
	}
	var names []string
	if pick.Share != "" {
		names = []string{pick.Share}
	}
	if !s.Has(names) { // an address of yesterday
		return out, nil
	}
	r, err := s.Report(ctx, names, report.Want{Keep: keep(pick), Most: most})
	if err != nil {
		return nil, err
	}
	out.CSV, out.XLSX = r.CSV, r.XLSX
	for i := range r.Shares {
		out.Shares = append(out.Shares, sum(&r.Shares[i]))
	}
	for i := range r.Groups {
		out.Owners = append(out.Owners, sum(&r.Groups[i]))
	}
	for i := range r.Files {
		f := &r.Files[i]
		out.Files = append(out.Files, page.File{Share: f.Share, Path: f.Path, Owner: f.Owner, Breadth: breadths[f.Breadth], Modified: f.Modified,
			Persons: f.Persons, Severity: report.Grade(f.Score), Rules: f.Rules, New: f.New, Case: f.Case})
	}
	for _, u := range r.Unread {
		out.Unread = append(out.Unread, page.Unread{Share: u.Share, Path: u.Path, Why: u.Why})
	}
	return out, nil
}

// breadths are those of a scan in the page's order.
var breadths = [...]page.Breadth{walk.Unknown: page.Unknown, walk.Owner: page.Owner, walk.Group: page.Group, walk.Everyone: page.Everyone}

// keep takes what a list of the page is about. What lies in quarantine is on no share
// any more, and only in the list of all files.
func keep(p page.Pick) func(*report.File) bool {
	narrow := p.HasOwner || p.Breadth != nil || p.Age != nil || p.New
	now := time.Now()
	return func(f *report.File) bool {
		return (!narrow || f.Case == "") && (!p.HasOwner || f.Owner == p.Owner) && (p.Breadth == nil || breadths[f.Breadth] == *p.Breadth) &&
			(p.Age == nil || int(report.AgeOf(f.Modified, now)) == *p.Age) && (!p.New || f.New)
	}
}

func sum(g *report.Group) page.Sum {
	s := page.Sum{Share: g.Share, Owner: g.Owner, Files: g.Files, New: g.New, Persons: g.Persons, Severity: report.Grade(g.Score)}
	for i := range g.Heat {
		for age, c := range g.Heat[i] {
			s.Heat[breadths[i]][age] = page.Cell{Files: c.Files, Persons: c.Persons, Severity: report.Grade(c.Score)}
		}
	}
	return s
}

// Pause implements page.Scans.
func (b *Board) Pause(ctx context.Context, share string, paused bool, by string) error {
	s := b.Now()
	if !s.Any() || !s.Has([]string{share}) {
		return page.ErrUnknown
	}
	verb := "share-resumed"
	if paused {
		verb = "share-paused"
	}
	err := b.Store.Update(ctx, func(tx *sql.Tx) error {
		_, err := b.Ledger.Append(ctx, tx, ledger.Entry{At: b.now(), Actor: by, Verb: verb, Detail: map[string]string{"share": detectors.RedactNumbers(share)}})
		return err
	})
	if err != nil {
		return err
	}
	return s.Pause(ctx, []string{share}, paused, io.Discard)
}

// Pace remembers how far runs were when somebody last looked, so that the time left is
// told by how fast it goes now and not by when it began: a night may have been paused,
// or have gone on after a day.
type Pace struct {
	mu   sync.Mutex
	seen map[int64][]look
}

type look struct {
	at          time.Time
	done, bytes int64
}

// The stretch over which the pace is taken, and how long it must be at the least.
const (
	paceOver  = 10 * time.Minute
	paceLeast = 5 * time.Second
)

// Left is how long a run will still take, 0 while that cannot be told.
func (p *Pace) Left(r *state.Run, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.seen == nil {
		p.seen = make(map[int64][]look)
	}
	for id, list := range p.seen { // runs that nobody looks at any more
		if now.Sub(list[len(list)-1].at) > paceOver {
			delete(p.seen, id)
		}
	}
	list := append(p.seen[r.ID], look{now, r.Done, r.DoneBytes})
	for len(list) > 2 && now.Sub(list[1].at) > paceOver {
		list = list[1:]
	}
	p.seen[r.ID] = list
	took, files, bytes := now.Sub(list[0].at), r.Done-list[0].done, r.DoneBytes-list[0].bytes
	if took < paceLeast || files <= 0 {
		return 0
	}
	left := float64(took) / float64(files) * float64(max(0, r.Planned-r.Done))
	if bytes > 0 { // what is left may be the large ones
		left = max(left, float64(took)/float64(bytes)*float64(max(0, r.Bytes-r.DoneBytes)))
	}
	return time.Duration(left)
}
