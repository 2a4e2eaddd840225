package quarantine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// notOwn refuses a release by the person who wrote the item: ErrOwn. Whose it is shows
// in the envelope's sender and in the authors that the mail itself names, because the
// envelope of a mail from a shared or scripted mailbox names that one. A person is known
// by the account's name, which municipalities choose as they choose mailboxes, and by the
// login at the municipality's own sign-in, which is mostly the mail address.
func (s *Service) notOwn(ctx context.Context, c *Case, sealed []byte, by string) error {
	h, err := s.receipts.Reveal(c.ID, sealed)
	if err != nil {
		return err
	}
	var login string
	err = s.db.Read().QueryRowContext(ctx, `SELECT login FROM account_logins WHERE account = $1`, by).Scan(&login)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("cannot read the login of an account: %w", err)
	}
	for _, author := range append(h.Authors, h.From, c.From) {
		if m := mailboxOf(author); m != "" && (m == mailboxOf(by) || m == mailboxOf(login)) {
			return ErrOwn
		}
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
