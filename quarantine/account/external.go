package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"brevvagt/internal/store"
)

// External is who the municipality's own sign-in (OIDC) says somebody is. Issuer and
// Subject together never change hands; Login is the name people know and may.
type External struct {
	Issuer, Subject string
	Login           string
	Display         string
	Mail            string // "" where the provider names none; mail from it is not theirs to approve
	Role            Role   // by the groups or roles of the sign-in
}

// Errors of an external sign-in that callers tell apart.
var (
	ErrTaken = errors.New("there is another account of that name")
	ErrName  = errors.New("the login name makes no account name")
)

// maxLogin bounds a login name and a subject, in bytes.
const maxLogin = 255

// LoginExternal signs somebody in whom the identity provider has proven. A person who
// is not known gets an account named as the part of the login before "@". The account
// has no passphrase and no vault key, and its role follows the provider's. An account
// that was linked to the login keeps its own: of both roles the lesser holds, so that
// neither side can raise anybody alone. No key is unlocked here, ever.
func (a *Accounts) LoginExternal(ctx context.Context, e External) (*Account, error) {
	if e.Issuer == "" || e.Subject == "" || len(e.Subject) > maxLogin || len(e.Login) > maxLogin || !e.Role.Valid() {
		return nil, fmt.Errorf("external sign-in without issuer, subject or role: %w", ErrLogin)
	}
	e.Login = strings.ToLower(strings.TrimSpace(e.Login))
	var acc *Account
	var closed error
	err := a.db.Update(ctx, func(tx *sql.Tx) error {
		s, err := a.bound(ctx, tx, e)
		if err != nil {
			return err
		}
		if s.Disabled {
			closed = ErrDisabled // the line must be committed all the same
			return a.tell(ctx, tx, s.Name, "login-refused", by("oidc"))
		}
		if acc, err = a.follow(ctx, tx, s, e.Role); err != nil {
			return err
		}
		if err := a.addMail(ctx, tx, acc.Name, e.Mail); err != nil {
			return err
		}
		return a.tell(ctx, tx, acc.Name, "login", by("oidc"))
	})
	if err == nil {
		err = closed
	}
	if err != nil {
		return nil, err
	}
	return acc, nil
}

// WithoutRole notes that the identity provider has proven somebody and given no role. The
// account that is bound to him can do nothing from then on, its open sessions included,
// until a sign-in gives a role again or the account is linked anew. Nobody's account is no
// error.
func (a *Accounts) WithoutRole(ctx context.Context, e External) error {
	if e.Issuer == "" || e.Subject == "" {
		return fmt.Errorf("external sign-in without issuer or subject: %w", ErrLogin)
	}
	return a.db.Update(ctx, func(tx *sql.Tx) error {
		s, err := scanAccount(tx.QueryRowContext(ctx, selectAccounts+` WHERE name = (SELECT account FROM account_logins WHERE issuer = $1 AND subject = $2)`, e.Issuer, e.Subject))
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if s.Role != noRole {
			if _, err := tx.ExecContext(ctx, `UPDATE account_logins SET most = $2 WHERE account = $1`, s.Name, string(noRole)); err != nil {
				return fmt.Errorf("cannot keep the role of %s: %w", s.Name, err)
			}
			if err := a.tell(ctx, tx, s.Name, "role-changed", map[string]string{"role": string(noRole), "how": "oidc"}); err != nil {
				return err
			}
		}
		return a.tell(ctx, tx, s.Name, "login-refused", by("oidc"))
	})
}

// bound finds the account of a person, binds one that waits for the login, or makes one.
func (a *Accounts) bound(ctx context.Context, tx *sql.Tx, e External) (*stored, error) {
	const named = selectAccounts + ` WHERE name = (SELECT account FROM account_logins WHERE `
	s, err := scanAccount(tx.QueryRowContext(ctx, named+`issuer = $1 AND subject = $2)`, e.Issuer, e.Subject))
	if !errors.Is(err, ErrNotFound) {
		return s, err
	}
	if e.Login != "" {
		s, err = scanAccount(tx.QueryRowContext(ctx, named+`login = $1 AND subject = '')`, e.Login))
		if err == nil {
			if _, err = tx.ExecContext(ctx, `UPDATE account_logins SET issuer = $2, subject = $3, linked = $4 WHERE account = $1`, s.Name, e.Issuer, e.Subject, store.Millis(a.now())); err != nil {
				return nil, fmt.Errorf("cannot bind account %s: %w", s.Name, err)
			}
			return s, a.tell(ctx, tx, s.Name, "account-bound", map[string]string{"issuer": e.Issuer})
		}
		if !errors.Is(err, ErrNotFound) {
			return nil, err
		}
	}
	name, _, _ := strings.Cut(e.Login, "@")
	if !accountName.MatchString(name) {
		return nil, ErrName
	}
	fresh := stored{Account: Account{Name: name, Display: e.Display, Role: e.Role, Own: e.Role}}
	if err := a.insert(ctx, tx, fresh, map[string]string{"how": "oidc"}); errors.Is(err, ErrExists) {
		return nil, fmt.Errorf("%s: %w", name, ErrTaken)
	} else if err != nil {
		return nil, err
	}
	if err := a.link(ctx, tx, name, e.Login, e.Issuer, e.Subject); err != nil {
		return nil, err
	}
	return &fresh, nil
}

// follow gives the account with the role that holds for this sign-in.
func (a *Accounts) follow(ctx context.Context, tx *sql.Tx, s *stored, role Role) (*Account, error) {
	acc := s.Account
	if _, err := tx.ExecContext(ctx, `UPDATE account_logins SET most = $2 WHERE account = $1`, acc.Name, string(role)); err != nil {
		return nil, fmt.Errorf("cannot keep the role of %s: %w", acc.Name, err)
	}
	before := acc.Role
	if acc.Role = role; acc.Passphrase && s.Own.Within(role) {
		acc.Role = s.Own
	}
	if acc.Role == before {
		return &acc, nil
	}
	if acc.Passphrase { // its own role stays, and holds again when the sign-in gives it back
		return &acc, a.tell(ctx, tx, acc.Name, "role-changed", map[string]string{"role": string(acc.Role), "how": "oidc"})
	}
	if _, err := tx.ExecContext(ctx, `UPDATE accounts SET role = $2 WHERE name = $1`, acc.Name, string(role)); err != nil {
		return nil, fmt.Errorf("cannot change the role of %s: %w", acc.Name, err)
	}
	return &acc, a.tell(ctx, tx, acc.Name, "role-changed", map[string]string{"role": string(role)})
}

func (a *Accounts) link(ctx context.Context, tx *sql.Tx, name, login, issuer, subject string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO account_logins (account, login, issuer, subject, linked) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (account) DO UPDATE SET login = excluded.login, issuer = excluded.issuer, subject = excluded.subject, linked = excluded.linked, most = ''`,
		name, login, issuer, subject, store.Millis(a.now()))
	if err != nil {
		return fmt.Errorf("cannot link account %s: %w", name, err)
	}
	return nil
}

// Link lets the next external sign-in under a login name use an account, once: then
// it is bound to that person for good, or until it is linked anew. by is who does it.
func (a *Accounts) Link(ctx context.Context, name, login, by string) error {
	login = strings.ToLower(strings.TrimSpace(login))
	if login == "" || len(login) > maxLogin || strings.ContainsAny(login, " \t\r\n") {
		return errors.New("a login name has up to 255 characters and no spaces")
	}
	return a.db.Update(ctx, func(tx *sql.Tx) error {
		if _, err := scanAccount(tx.QueryRowContext(ctx, selectAccounts+` WHERE name = $1`, name)); err != nil {
			return fmt.Errorf("%.40q: %w", name, err)
		}
		var other string
		err := tx.QueryRowContext(ctx, `SELECT account FROM account_logins WHERE login = $1 AND account <> $2`, login, name).Scan(&other)
		if err == nil {
			return fmt.Errorf("account %s is linked to that login: %w", other, ErrTaken)
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("cannot read the links: %w", err)
		}
		if err := a.link(ctx, tx, name, login, "", ""); err != nil {
			return err
		}
		return a.tell(ctx, tx, by, "account-linked", map[string]string{"account": name, "login": login})
	})
}

// CreateExternal makes an account without passphrase and vault key for a login name,
// where the name that a sign-in would make by itself is taken or is none.
func (a *Accounts) CreateExternal(ctx context.Context, name, display string, role Role, login, by string) error {
	if !accountName.MatchString(name) {
		return errors.New("an account name has up to 32 of a-z, 0-9, dot, dash and underscore")
	}
	if !role.Valid() {
		return fmt.Errorf("no role %.20q", role)
	}
	err := a.db.Update(ctx, func(tx *sql.Tx) error {
		return a.insert(ctx, tx, stored{Account: Account{Name: name, Display: display, Role: role}}, map[string]string{"how": "oidc"})
	})
	if err != nil {
		return err
	}
	return a.Link(ctx, name, login, by)
}

// GiveKey gives an account that has none a passphrase and, by its role, a vault key. It
// is done where the person types the passphrase, never by a sign-in: no identity
// provider hands out keys to the vault. The role that the account has now becomes the
// most it can have.
func (a *Accounts) GiveKey(ctx context.Context, name, passphrase, by string) (recipient string, err error) {
	if err := goodPassphrase(passphrase); err != nil {
		return "", err
	}
	acc, err := a.get(ctx, name)
	if err != nil {
		return "", fmt.Errorf("%.40q: %w", name, err)
	}
	if acc.Passphrase {
		return "", fmt.Errorf("%s has a passphrase already: %w", name, ErrExists)
	}
	blob, recipient, err := a.newKey(acc.Role, passphrase)
	if err != nil {
		return "", err
	}
	hash := a.newHash(passphrase)
	err = a.db.Update(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE accounts SET hash = $2, identity = $3, recipient = $4 WHERE name = $1 AND hash = '' AND role = $5`, name, hash, blob, recipient, string(acc.Own))
		if err != nil {
			return fmt.Errorf("cannot give %s a key: %w", name, err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return fmt.Errorf("%s has changed meanwhile: %w", name, ErrExists)
		}
		return a.tell(ctx, tx, by, "key-given", map[string]string{"account": name, "role": string(acc.Role)})
	})
	return recipient, err
}

// Linked gives the external login of each account that has one; waiting says that
// nobody has signed in with it yet.
func (a *Accounts) Linked(ctx context.Context) (login map[string]string, waiting map[string]bool, err error) {
	rows, err := a.db.Read().QueryContext(ctx, `SELECT account, login, subject FROM account_logins`)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot read the links: %w", err)
	}
	defer rows.Close()
	login, waiting = map[string]string{}, map[string]bool{}
	for rows.Next() {
		var name, known, subject string
		if err := rows.Scan(&name, &known, &subject); err != nil {
			return nil, nil, fmt.Errorf("cannot read the links: %w", err)
		}
		login[name], waiting[name] = known, subject == ""
	}
	return login, waiting, rows.Err()
}
