package frame

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/alexedwards/scs/v2"

	"brevvagt/quarantine/account"
	"brevvagt/quarantine/review/keyring"
)

// PageSize is how many rows a page of a list has.
const PageSize = 20

// Config is what New needs; all fields must be set.
type Config struct {
	Log          *slog.Logger
	Secure       bool // served over TLS: secure cookies
	Organisation string
	Now          func() time.Time
	Idle         time.Duration // a session unused for so long ends
	Lifetime     time.Duration // and each ends after this
	// May reports whether a role may use a route, by the route table.
	May func(role account.Role, method, path string) bool
	// Clock is the nearest running deadline; nil where none is shown.
	Clock func(ctx context.Context) (*Clock, error)
}

// Frame is shared by all pages. It is safe for concurrent use.
type Frame struct {
	Config
	Sessions *scs.SessionManager
	Keys     *keyring.Ring
	pages    pages
}

// Clock is the nearest deadline for a notification, shown on every page.
type Clock struct {
	No       string // of the register entry
	Deadline time.Time
	More     int // further entries whose clock runs
}

// New reads the templates and starts the goroutine that forgets ended sessions.
func New(cfg Config) (*Frame, error) {
	p, err := parsePages()
	if err != nil {
		return nil, fmt.Errorf("cannot read the page templates: %w", err)
	}
	return &Frame{Config: cfg, Sessions: newSessions(cfg.Secure, cfg.Idle, cfg.Lifetime), Keys: keyring.New(cfg.Idle), pages: p}, nil
}

// Pager numbers the pages of a list from 1.
type Pager struct {
	Page, Last, Previous, Next int
	Base                       string // path and query up to "side="
	// Endless is a list that goes on past the pages that are counted: nobody knows its last
	// page, and a link there names the case that its page begins behind or ends before.
	Endless       bool
	After, Before string
}

// NewPager reads the wished page from the address and keeps it within the list.
func NewPager(r *http.Request, total int, base string) Pager {
	last := max(1, (total+PageSize-1)/PageSize)
	n, err := strconv.Atoi(r.URL.Query().Get("side"))
	if err != nil {
		n = 1
	}
	p := Pager{Page: min(max(n, 1), last), Last: last, Base: base}
	p.Previous = p.Page - 1
	if p.Page < last {
		p.Next = p.Page + 1
	}
	return p
}

// MayRead reports whether somebody may see cases, masked.
func (u *User) MayRead() bool { return u.Role != account.Operator }
