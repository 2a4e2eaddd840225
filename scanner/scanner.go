// Package scanner moves items: a Source yields an Item, the Pipeline reads,
// scans, relates, decides and acts, and the Source does what the Outcome says.
//
// Glossary: a Receipt is what a source needs to find an item again; it is opaque
// to everybody else. An Action is what the pipeline does with a verdict, such as
// holding the item in quarantine.
package scanner

import (
	"context"
	"errors"
	"time"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/scanner/policy"
)

// Item is one thing that is about to leave, or a file at rest.
type Item struct {
	Source   string // "gateway", "smtp", "share", "scan"
	ID       string // stable within the source
	Name     string // a label: "mail.eml", "løn.xlsx"
	From     string // envelope sender; "" for a file
	To       []string
	Received time.Time
	Content  []byte // immutable
	Cut      int64  // bytes of the item that Content lacks because it is too big
	CutWhy   string // what is lacking, in words; "" for the last Cut bytes
	Receipt  []byte
	Large    *Large // content that is too large to wait in memory; Content is then nil until its turn
	// Authenticated says that the sender logged in with us, so that the mail is
	// outgoing whatever its sender address says.
	Authenticated bool
	// Left says that the item has left already, as a mail in a sent folder: findings
	// are a possible breach, and nothing can be stopped.
	Left bool
	// Client is who handed the item in: a login or an address. It only tells
	// clients apart, so that one cannot take every place.
	Client string
	// Deferrable says that the source can keep the item and hand it in again with
	// Deep set, when nobody waits for the answer and reading may take long.
	Deferrable, Deep bool
}

// Large is content outside memory. What Open gives must not be looked at after done.
type Large struct {
	Size int64
	Open func() (content []byte, done func(), err error)
}

// ErrLater says that an item needs more time than its sender waits: the source
// keeps it, and hands it in once more with Deep set.
var ErrLater = errors.New("the item needs more time than its sender waits")

// Outcome is what became of an item. A source must not acknowledge an item whose
// handler returned an error.
type Outcome struct {
	Verdict  policy.Verdict
	Kind     string   // mail, file, letter
	From     string   // lower case
	To       []string // lower case, distinct
	Document *document.Document
	Findings []detectors.Finding
	Subjects []subject.Subject
	Gaps     []document.Gap
	Took     time.Duration
	CaseID   string   // set by action/hold
	DraftNo  string   // register draft number, set by action/hold
	Runs     []string // the runs of mails that it is part of, as the memory names them
	// Would is the verdict's action that Pipeline.Relax set aside, "" if none.
	Would policy.Action
	// Facts is what the rules looked at, for what is told of the item; nil for one that
	// was not judged.
	Facts *policy.Facts
}

// Handler takes one item. An error means that nothing is known to be safe: the
// source answers a temporary failure and keeps the item.
type Handler func(context.Context, Item) (Outcome, error)

// Source yields items until ctx ends.
type Source interface {
	Run(ctx context.Context, handle Handler) error
}

// Action carries out a verdict. It may fill in the outcome.
type Action interface {
	Apply(ctx context.Context, it Item, out *Outcome) error
}
