package quarantine

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// notOwn refuses a release by the person who wrote the item: ErrOwn. Whose it is shows
// in the envelope's sender and in the authors that the mail itself names, because the
// envelope of a mail from a shared or scripted mailbox names that one. A person is known
// by the account's name, which municipalities choose as they choose mailboxes, by the
// login at the municipality's own sign-in, which is mostly the mail address, and by the
// mailboxes that were set for the account.
func (s *Service) notOwn(ctx context.Context, c *Case, sealed []byte, by string) error {
	h, err := s.receipts.Reveal(c.ID, sealed)
	if err != nil {
		return err
	}
	rows, err := s.db.Read().QueryContext(ctx, `SELECT login FROM account_logins WHERE account = $1 UNION ALL SELECT mail FROM account_mail WHERE account = $1`, by)
	known, err := scanIDs(rows, err)
	if err != nil {
		return fmt.Errorf("cannot read the mailboxes of an account: %w", err)
	}
	for _, author := range append(h.Authors, h.From, c.From) {
		m := mailboxOf(author)
		if m != "" && (m == mailboxOf(by) || slices.ContainsFunc(known, func(k string) bool { return m == mailboxOf(k) })) {
			return ErrOwn
		}
	}
	return nil
}

// MayExcept refuses to note a false alarm for whoever wrote the item: ErrOwn. Where an
// exception is made of it (rule is not "") and the rule asks for two people, another must
// have agreed to release the case: ErrNotAllowed. What takes two people to let go once
// must not take one to let go for a year.
func (s *Service) MayExcept(ctx context.Context, id, by, rule string) error {
	c, sealed, err := s.load(ctx, s.db.Read(), id)
	if err != nil {
		return err
	}
	if err := s.notOwn(ctx, c, sealed, by); err != nil {
		return err
	}
	i := slices.IndexFunc(c.Rules, func(r Rule) bool { return r.ID == rule })
	if i < 0 || c.Rules[i].Approvers < 2 {
		return nil
	}
	people, _, err := s.agreed(ctx, c)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(people, func(p string) bool { return p != by }) {
		return fmt.Errorf("rule %.40q asks for two people: %w", rule, ErrNotAllowed)
	}
	return nil
}

// mailboxOf is the part of an address that names a person: without domain and quotes, and
// without what stands behind "+", which every mail server ignores that knows it.
func mailboxOf(address string) string {
	local, _, _ := strings.Cut(strings.ToLower(strings.Trim(address, "<> ")), "@")
	local = strings.NewReplacer(`"`, "", `\`, "").Replace(local)
	local, _, _ = strings.Cut(local, "+")
	return local
}
