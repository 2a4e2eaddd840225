// Package quarantine keeps what was stopped: it seals the original, records the
// case, its ledger line and its draft register entry in one transaction, and lets
// a person release or reject it. It never imports scanner: what it needs to know
// of an item arrives as a Deposit, and what it must do with one goes out through
// a Releaser.
//
// Glossary (Danish in the user interface): case = sag, hold = karantæne,
// release = frigiv, reject = afvis, register = fortegnelse over brud.
package quarantine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"brevvagt/quarantine/register/story"
)

// State of a case. The one transition table is in case.go.
type State string

// The states of a case.
const (
	Held      State = "held"
	Releasing State = "releasing" // asked for and stored; repeated until the source answers
	Rejecting State = "rejecting"
	Released  State = "released"
	Rejected  State = "rejected"
	Expired   State = "expired"
	Gone      State = "gone" // left the source's own queue outside our view
)

// Deposit is an item to be held, with everything the case will show. No field
// holds a full CPR number: the bridge masks before it hands over.
type Deposit struct {
	Source    string // which source it came from; names the Releaser
	ItemID    string // the source's stable id, unique per source: a second deposit is the same case
	Kind      string // mail, file, letter
	Name      string
	From      string
	Unit      string   `json:",omitempty"` // of the sender, filled in by Hold
	Authors   []string // addresses that the item itself names as its author, beside From
	To        []string
	Subject   string // redacted
	MessageID string
	Received  time.Time
	Receipt   []byte // opaque to quarantine
	Size      int64  // bytes of the original

	// Left says that the item had left before it was seen, as a mail in a sent folder:
	// the case is a possible breach, and closing it sends nothing.
	Left bool `json:",omitempty"`

	Rules    []Rule
	Evidence []Evidence
	Gaps     []string // one Danish line each
	Persons  int      // distinct people found
	Numbers  int      // CPR numbers found, repeats counted once
	// DataTypes are the values for column 6 of the register, as municipalities
	// publish them.
	DataTypes []string
	Figures   story.Figures `json:"-"` // for the draft of its register entry
	Pictures  []Picture
	// Clear are the values of Evidence as they stood, one for each, to be opened one by
	// one for a reason. They are sealed and stand nowhere else; empty where nothing may
	// be opened.
	Clear Values `json:"-"`
	// Route is the secure route by which the item could go in spite of its rules, ""
	// where there is none.
	Route string `json:",omitempty"`
	// Runs name the runs that a mail is part of: one letter to many people, a mail each.
	Runs []string `json:",omitempty"`
	// Canary is a mail of our own that proves the way: nobody's data was at risk, so
	// no register entry is drafted for it.
	Canary bool `json:",omitempty"`
	// Notice makes the letter that tells the sender of the case; nil tells nobody. It
	// is due with the case and only once, see quarantine/notices.
	Notice func(caseID string) []byte `json:"-"`
}

// Values are found values in clear. They print and log as their number.
type Values []string

func (v Values) String() string { return fmt.Sprintf("(%d values)", len(v)) }

// GoString does the same for %#v.
func (v Values) GoString() string { return v.String() }

// Rule is a named rule that fired, explained in words a case worker understands.
type Rule struct {
	ID        string `json:"id"`
	Danish    string `json:"da"`
	English   string `json:"en"`
	Approvers int    `json:"approvers,omitempty"`
	// SenderMayRelease says that the site lets the sender release what only such rules
	// stopped, with a reason.
	SenderMayRelease bool `json:"sender_may_release,omitempty"`
}

// Evidence is one finding, masked, in its masked surroundings.
type Evidence struct {
	Detector string   `json:"detector"`
	Category string   `json:"category"`
	Strength string   `json:"strength"`
	Value    string   `json:"value"` // masked
	Path     string   `json:"path"`  // redacted
	Page     int      `json:"page,omitempty"`
	Line     int      `json:"line,omitempty"`
	Cell     string   `json:"cell,omitempty"`
	Layer    string   `json:"layer,omitempty"`
	OCR      bool     `json:"ocr,omitempty"`
	Box      *[4]int  `json:"box,omitempty"`
	Why      []string `json:"why,omitempty"`
	Before   string   `json:"before,omitempty"` // redacted context
	Match    string   `json:"match,omitempty"`  // the value as it stood, masked
	After    string   `json:"after,omitempty"`
}

// Picture is a page picture with the found places blacked out and framed. It
// may still show names, so it is sealed like the original.
type Picture struct {
	Path string // redacted path of the part it shows
	Page int
	PNG  []byte
}

// Case is one held item and what became of it.
type Case struct {
	ID string // ULID
	Deposit
	State         State
	HeldAt        time.Time
	PlainSHA256   string // hex, of the original
	CipherSHA256  string // hex, of the sealed file
	VaultObject   string
	PictureCount  int
	DraftNo       string // "2026-01"
	DecidedBy     string
	DecidedAt     time.Time
	Reason        string
	LastError     string // of the last try to release or reject, for the DPO; never content
	ReleaseRefs   string // what the next hop answered
	ApprovalsDone []string
	Wish          Wish
	Assigned      string // account of the colleague it was handed to
	Risk          int    // for sorting, see finder.Facts
	// Again are the receipts of the same item handed in again under other ids: the
	// source may have it under one of them, or several times. For a Releaser only.
	Again [][]byte
}

// Wish is what a decision asked for beyond yes or no.
type Wish struct {
	To   []int  `json:"to,omitempty"`   // release to these of the recipients only, by their place in To
	Text string `json:"text,omitempty"` // of the one who rejected, for the sender
	// Route is the secure route to release by instead of the ordinary way.
	Route string `json:"route,omitempty"`
}

// RouteReleaser is a Releaser that can send by a secure route, named in Wish.Route.
type RouteReleaser interface{ ReleasesBy(route string) bool }

// SomeReleaser is a Releaser that can send to some of the recipients: the case it is
// given has those in To, and Wish.To set.
type SomeReleaser interface{ ReleasesSome() bool }

// Releaser hands a held item back to where it came from. Release and Reject must
// be idempotent: quarantine repeats them after a crash. content is nil when the
// source said (NeedsContent) that it still has the item itself.
type Releaser interface {
	// NeedsContent reports whether the source needs the original to release it.
	NeedsContent() bool
	// Release sends the item on to its recipients, byte for byte. The string is
	// the next hop's answer, for the case. A Temporary error is tried again.
	Release(ctx context.Context, c *Case, content io.Reader) (string, error)
	// Reject gives up the item and tells the sender with the given Danish text.
	Reject(ctx context.Context, c *Case, text string) error
}

// Errors that callers tell apart.
var (
	ErrNotFound   = errors.New("no such case")
	ErrState      = errors.New("the case is not in a state that allows this")
	ErrReason     = errors.New("a reason is required")
	ErrTemporary  = errors.New("temporary failure") // wrapped by releasers: try again
	ErrLocked     = errors.New("the vault key is not unlocked")
	ErrNotAllowed = errors.New("not allowed")
	ErrWider      = fmt.Errorf("the release asks for more than was agreed to: %w", ErrNotAllowed)
	ErrOwn        = fmt.Errorf("nobody may release his own mail: %w", ErrNotAllowed)
)
