package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// maxMail bounds the mailboxes of one person.
const maxMail = 20

// Errors of the mailboxes of an account.
var (
	ErrMail    = errors.New("a person has up to 20 mail addresses, each with an @ and no spaces")
	ErrOwnMail = errors.New("nobody takes away his own mail address: a colleague must")
)

// SetMail sets the mailboxes from which the person of an account writes, in place of those
// that were set: mail from them is not his to approve, whatever the account is called. by
// is who does it.
func (a *Accounts) SetMail(ctx context.Context, name string, mail []string, by string) error {
	var list []string
	for _, m := range mail {
		m = strings.ToLower(strings.TrimSpace(m))
		local, domain, ok := strings.Cut(m, "@")
		if !ok || local == "" || domain == "" || len(m) > maxLogin || strings.ContainsAny(m, " \t\r\n<>,;") {
			return ErrMail
		}
		list = append(list, m)
	}
	slices.Sort(list)
	if list = slices.Compact(list); len(list) > maxMail {
		return ErrMail
	}
	return a.db.Update(ctx, func(tx *sql.Tx) error {
		if _, err := scanAccount(tx.QueryRowContext(ctx, selectAccounts+` WHERE name = $1`, name)); err != nil {
			return fmt.Errorf("%.40q: %w", name, err)
		}
		had, err := mailOf(tx.QueryContext(ctx, `SELECT account, mail FROM account_mail WHERE account = $1 ORDER BY mail`, name))
		if err != nil {
			return err
		}
		if by == name && slices.ContainsFunc(had[name], func(m string) bool { return !slices.Contains(list, m) }) {
			return ErrOwnMail
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM account_mail WHERE account = $1`, name); err != nil {
			return fmt.Errorf("cannot set the mail addresses of %s: %w", name, err)
		}
		for _, m := range list {
			if _, err := tx.ExecContext(ctx, `INSERT INTO account_mail (account, mail) VALUES ($1, $2)`, name, m); err != nil {
				return fmt.Errorf("cannot set the mail addresses of %s: %w", name, err)
			}
		}
		return a.tell(ctx, tx, by, "account-mail", map[string]string{"account": name, "mail": strings.Join(list, ", ")})
	})
}

// Mail gives the mailboxes of each account that has any, sorted.
func (a *Accounts) Mail(ctx context.Context) (map[string][]string, error) {
	return mailOf(a.db.Read().QueryContext(ctx, `SELECT account, mail FROM account_mail ORDER BY account, mail`))
}

func mailOf(rows *sql.Rows, err error) (map[string][]string, error) {
	if err != nil {
		return nil, fmt.Errorf("cannot read the mail addresses: %w", err)
	}
	defer rows.Close()
	list := map[string][]string{}
	for rows.Next() {
		var name, mail string
		if err := rows.Scan(&name, &mail); err != nil {
			return nil, fmt.Errorf("cannot read the mail addresses: %w", err)
		}
		list[name] = append(list[name], mail)
	}
	return list, rows.Err()
}
