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
		if m = mailAddress(m); m == "" {
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

// mailAddress is an address as it is kept, "" for what is none.
func mailAddress(m string) string {
	m = strings.ToLower(strings.TrimSpace(m))
	local, domain, ok := strings.Cut(m, "@")
	if !ok || local == "" || domain == "" || len(m) > maxLogin || strings.ContainsAny(m, " \t\r\n<>,;") {
		return ""
	}
	return m
}

// addMail adds the address that the municipality's sign-in names to those of an account,
// within the transaction of the sign-in. It only ever keeps somebody from approving, so it
// need not be proven. A new one has its line in the ledger.
func (a *Accounts) addMail(ctx context.Context, tx *sql.Tx, name, mail string) error {
	if mail = mailAddress(mail); mail == "" {
		return nil
	}
	var n int
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM account_mail WHERE account = $1`, name).Scan(&n); err != nil {
		return fmt.Errorf("cannot read the mail addresses of %s: %w", name, err)
	}
	if n >= maxMail {
		return nil
	}
	res, err := tx.ExecContext(ctx, `INSERT INTO account_mail (account, mail) VALUES ($1, $2) ON CONFLICT (account, mail) DO NOTHING`, name, mail)
	if err != nil {
		return fmt.Errorf("cannot add the mail address of %s: %w", name, err)
	}
	if added, err := res.RowsAffected(); err != nil || added == 0 {
		return err
	}
	return a.tell(ctx, tx, name, "account-mail", map[string]string{"account": name, "mail": "+ " + mail, "how": "oidc"})
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
