package quarantine

import (
	"context"
	"fmt"
	"io"
	"strings"

	"brevvagt/quarantine/ledger"
	"brevvagt/quarantine/vault"
)

// Place is where finding n of a case stands, for drawing its page. Value is in clear: it
// is looked for on the page, and printed nowhere.
type Place struct {
	Name  string // of the item
	Path  string // of the part, redacted
	Page  int
	Value string
	// Before is how many findings of the same value stand before it in the same file
	// where a page shows them.
	Before int
}

func (p Place) String() string { return p.Path }

// GoString does the same for %#v.
func (p Place) GoString() string { return p.Path }

// maxSheetBytes is the size of an original above which no page of it is drawn.
const maxSheetBytes = 200 << 20

// Sheet has draw draw the page on which finding n (from 0) of a case stands. It is the
// same to the ledger as looking at a sealed picture: the line is written before the page
// is given out.
func (s *Service) Sheet(ctx context.Context, id string, n int, by string, o *vault.Opener, draw func(context.Context, []byte, Place) ([]byte, error)) ([]byte, error) {
	if strings.TrimSpace(by) == "" {
		return nil, fmt.Errorf("nobody is named: %w", ErrNotAllowed)
	}
	if o == nil {
		return nil, ErrLocked
	}
	c, hidden, err := s.load(ctx, s.db.Read(), id)
	if err != nil {
		return nil, err
	}
	if c.VaultObject == "" || n < 0 || n >= len(c.Evidence) || c.Size > maxSheetBytes {
		return nil, fmt.Errorf("page of finding %d of case %s: %w", n, id, ErrNotFound)
	}
	if err := s.ownContent(c, hidden); err != nil {
		return nil, err
	}
	at, err := s.placeOf(ctx, c, n, o)
	if err != nil {
		return nil, err
	}
	r, err := s.opened(ctx, o, func() (vault.Sealed, error) { return s.original(ctx, id) })
	if err != nil {
		return nil, err
	}
	defer r.Close()
	original, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	page, err := draw(ctx, original, at)
	if err != nil {
		return nil, err
	}
	return page, s.tell(ctx, ledger.Entry{Actor: by, Verb: "picture-shown", Case: id,
		Detail: map[string]string{"field": c.Evidence[n].Value, "document": at.Path}})
}

func (s *Service) placeOf(ctx context.Context, c *Case, n int, o *vault.Opener) (Place, error) {
	list, err := s.clear(ctx, c.ID, o)
	if err != nil {
		return Place{}, err
	}
	if n >= len(list) || list[n] == "" {
		return Place{}, fmt.Errorf("finding %d of case %s: %w", n, c.ID, ErrNotFound)
	}
	e := c.Evidence[n]
	at := Place{Name: c.Name, Path: e.Path, Page: e.Page, Value: list[n]}
	for i := range n {
		if was := c.Evidence[i]; was.Path == e.Path && was.OnPage() && list[i] == list[n] {
			at.Before++
		}
	}
	return at, nil
}

// OnPage reports whether a page that is printed shows where the finding stands: not what
// was deleted or hidden, comments, properties or an earlier version.
func (e Evidence) OnPage() bool {
	switch e.Layer {
	case "", "visible", "inserted", "header":
		return true
	}
	return false
}
