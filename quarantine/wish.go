package quarantine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
)

func (w Wish) encode() string {
	if len(w.To) == 0 && w.Text == "" && w.Route == "" {
		return ""
	}
	b, err := json.Marshal(w)
	if err != nil { // numbers and text always encode
		return ""
	}
	return string(b)
}

// Within reports whether a wish asks for no more than one that was agreed to: for fewer of
// the recipients, perhaps, and by the same route.
func (w Wish) Within(agreed Wish) bool {
	if agreed.Route != "" && w.Route != agreed.Route {
		return false
	}
	return len(agreed.To) == 0 || len(w.To) > 0 && !slices.ContainsFunc(w.To, func(i int) bool { return !slices.Contains(agreed.To, i) })
}

// decision is what the ledger is told of a decision.
func (c *Case) decision() map[string]string {
	detail := map[string]string{"reason": c.Reason}
	if len(c.Wish.To) > 0 {
		detail["recipients"] = strconv.Itoa(len(c.Wish.To)) + " af " + strconv.Itoa(len(c.To))
	}
	if c.Wish.Text != "" {
		detail["text"] = c.Wish.Text
	}
	if c.Wish.Route != "" {
		detail["route"] = c.Wish.Route
	}
	return detail
}

// notice is what the sender of a rejected item is told.
func (c *Case) notice() string {
	text := RejectNotice(c)
	if c.Wish.Text != "" {
		text += "\nBesked fra den, der har afvist den:\n" + c.Wish.Text + "\n"
	}
	return text
}

// mayRelease refuses a release by a way and to some recipients where that cannot be done.
func (s *Service) mayRelease(c *Case, d Decision) error {
	if r := d.Wish.Route; r != "" {
		if by, ok := s.releasers[c.Source].(RouteReleaser); !ok || !by.ReleasesBy(r) || len(d.Wish.To) > 0 {
			return fmt.Errorf("source %s does not release by route %.40q: %w", c.Source, r, ErrNotAllowed)
		}
	}
	if len(d.Wish.To) == 0 {
		return nil
	}
	if !s.ReleasesSome(c.Source) {
		return fmt.Errorf("source %s releases to all recipients or none: %w", c.Source, ErrNotAllowed)
	}
	for _, i := range d.Wish.To {
		if i < 0 || i >= len(c.To) {
			return fmt.Errorf("case %s has no recipient %d: %w", c.ID, i, ErrNotAllowed)
		}
	}
	return nil
}

// ReleasesSome reports whether a source can release to some of the recipients.
func (s *Service) ReleasesSome(source string) bool {
	r, ok := s.releasers[source].(SomeReleaser)
	return ok && r.ReleasesSome()
}

// Sender is the true address that a case's item came from, for a mail to it and for
// nothing else: it may hold what a page must not show.
func (s *Service) Sender(ctx context.Context, id string) (string, error) {
	c, sealed, err := s.load(ctx, s.db.Read(), id)
	if err != nil {
		return "", err
	}
	full, err := s.forReleaser(c, sealed)
	if err != nil {
		return "", err
	}
	return full.From, nil
}
