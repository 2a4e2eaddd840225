package shares

import (
	"context"
	"io"
	"time"
)

// Source is where the page has what it tells.
type Source struct {
	Scans
	// Any reports whether there are shares. It is asked for every page of the site.
	Any func() bool
}

// Scans tells of the shares, and pauses them.
type Scans interface {
	// Standing is where every share is.
	Standing(ctx context.Context) ([]Share, error)
	// Findings is what lies on them: the files that pick takes, at most so many, the
	// worst first; with sums of all that it takes.
	Findings(ctx context.Context, pick Pick, most int) (*Findings, error)
	// Pause stops or resumes a share on every machine, and writes down who wanted it.
	Pause(ctx context.Context, share string, paused bool, by string) error
}

// Share is where a share is, and what lay on it after the last scan that ended.
type Share struct {
	Name  string
	Stage string // running, due, waiting, paused, outside or failed
	// Dirty says that changes were missed, so that it is walked again.
	Dirty, Live bool
	Workers     int
	Run         *Run // that has begun and is not over
	Completed   time.Time
	Next        time.Time
	Problem     Problem // of the last run, where it failed
	Totals
	Nights []Night // newest first
}

// Run is how far a scan is. Left is 0 while nobody can tell.
type Run struct {
	Planning                  bool // files are still being listed
	Seen, Planned, Done, Hits int64
	PlannedBytes, Bytes       int64
	Started                   time.Time
	Left                      time.Duration
}

// Problem is why a run failed: Kind is a word of a short list, Text may hold a path.
type Problem struct{ Kind, Text string }

// Totals are files, those with findings, and so on; Persons are distinct.
type Totals struct{ Files, Hits, New, Closed, Persons, Unread int64 }

// Night is what lay on a share after a run.
type Night struct {
	At time.Time
	Totals
}

// Breadth is how many may read a file, from the most to the fewest.
type Breadth int

// The breadths, in the order in which the heat map shows them.
const (
	Everyone Breadth = iota
	Group
	Unknown
	Owner
	Breadths int = iota
)

// Ages are how many ages the heat map knows: under a year, under five, older.
const Ages = 3

// Pick is which files a list is about; the zero value of a field takes all.
type Pick struct {
	Share string
	// Owner is used with HasOwner: a folder's owner may be unknown.
	Owner    string
	HasOwner bool
	Breadth  *Breadth
	Age      *int
	New      bool
}

// Findings is what lies on the shares, the worst first.
type Findings struct {
	Shares, Owners []Sum // those of shares have no owner
	Files          []File
	Unread         []Unread
	CSV, XLSX      func(io.Writer) error
}

// Sum is what one owner's folders hold, or a whole share.
type Sum struct {
	Share, Owner string
	Files, New   int
	Persons      int
	Severity     int // 0 to 3
	Heat         [Breadths][Ages]Cell
}

// Cell is a field of the heat map.
type Cell struct{ Files, Persons, Severity int }

// File is a file with findings.
type File struct {
	Share, Path, Owner string
	Breadth            Breadth
	Modified           time.Time
	Persons, Severity  int
	Rules              []string
	New                bool
	Case               string // that holds it
}

// Unread is a file or folder that could not be read; Why is a word of a short list.
type Unread struct{ Share, Path, Why string }
