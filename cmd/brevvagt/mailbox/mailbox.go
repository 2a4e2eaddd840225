// Package mailbox ties the watching of mailboxes over IMAP to the configuration, the
// quarantine and the terminal.
package mailbox

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/detectors"
	"brevvagt/internal/store"
	"brevvagt/quarantine"
	"brevvagt/scanner"
	"brevvagt/scanner/action/hold"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/mailbox"
	"brevvagt/scanner/source/mailbox/book"
	"brevvagt/scanner/source/mailbox/folders"
	"brevvagt/scanner/source/mailbox/secret"
	"brevvagt/scanner/source/mailbox/session"
)

// Open builds the watch. Without accounts it watches nothing and still closes the
// cases of accounts that were taken out.
func Open(cfg config.Config, db *store.DB, key detectors.Key, log *slog.Logger) (*mailbox.Watch, error) {
	accounts, err := Accounts(cfg)
	if err != nil {
		return nil, err
	}
	spool := filepath.Join(cfg.State, "spool")
	if err := os.MkdirAll(spool, 0o700); err != nil {
		return nil, fmt.Errorf("mailboxes: %w", err)
	}
	w := &mailbox.Watch{Accounts: accounts, Book: book.New(db, key, nil), Spool: spool, PerServer: cfg.Mailboxes.PerServer,
		Workers: cfg.Mailboxes.Workers, Log: log}
	if point := os.Getenv("BREVVAGT_TEST_CRASH"); point != "" {
		w.Crash = func(at string) {
			if at == point {
				os.Exit(137)
			}
		}
	}
	return w, nil
}

// Accounts are the configured ones as the source takes them.
func Accounts(cfg config.Config) ([]mailbox.Account, error) {
	m := &cfg.Mailboxes
	list, err := m.All()
	if err != nil {
		return nil, err
	}
	quarantine := m.QuarantineFolder
	if cfg.Gateway.DryRun {
		quarantine = "" // nothing is touched
	}
	rest := time.Duration(0)
	if cfg.Gateway.Milter.Listen != "" || cfg.Gateway.SMTP.Listen != "" {
		rest = 2 * time.Minute // the gateway should judge a mail first
	}
	if m.SentRest != nil {
		rest = time.Duration(*m.SentRest)
	}
	clients := make(map[*config.OAuth]*secret.OAuth)
	var accounts []mailbox.Account
	for _, a := range list {
		server := session.Config{Addr: a.Server, StartTLS: a.TLS == "starttls", User: a.User, Login: a.Login, Auth: a.Auth, Secret: opener(a, clients)}
		if server.RootCAs, err = pool(a); err != nil {
			return nil, err
		}
		named := make(map[folders.Role][]string)
		for role, names := range a.Folders {
			named[folders.Role(role)] = names
		}
		now := mailbox.Account{Name: a.Name, Folders: named, Quarantine: quarantine, Notices: m.NoticeFolder, From: cfg.Notify.From, Contact: cfg.Notify.Contact,
			Since: time.Duration(m.Since), Poll: time.Duration(m.Poll), DraftRest: time.Duration(m.DraftRest), SentRest: rest, MaxBytes: cfg.Gateway.MaxBytes}
		if now.Setup, err = setup(now, a); err != nil {
			return nil, err
		}
		now.Server = server
		accounts = append(accounts, now)
	}
	return accounts, nil
}

// setup tells one setup of an account from another: what it was made of, and the
// certificates as they stand in their file now. Secrets are read at each login anyway.
func setup(now mailbox.Account, a config.Mailbox) (string, error) {
	now.Server = session.Config{} // made of a
	cas := ""
	if a.CAFile != "" {
		text, err := os.ReadFile(a.CAFile)
		if err != nil {
			return "", fmt.Errorf("mailbox %s: %w", a.Name, err)
		}
		cas = string(text)
	}
	oauth := config.OAuth{}
	if a.OAuth != nil {
		oauth, a.OAuth = *a.OAuth, nil
	}
	return fmt.Sprintf("%+v %+v %+v %s", now, a, oauth, cas), nil
}

// opener gets an account's password or token; accounts with one OAuth client share it.
func opener(a config.Mailbox, clients map[*config.OAuth]*secret.OAuth) func(context.Context, bool) (string, error) {
	switch {
	case a.Auth == session.Password:
		return secret.File(a.PasswordFile)
	case a.TokenFile != "":
		return secret.File(a.TokenFile)
	}
	if clients[a.OAuth] == nil {
		clients[a.OAuth] = &secret.OAuth{TokenURL: a.OAuth.TokenURL, ClientID: a.OAuth.ClientID, ClientSecret: a.OAuth.ClientSecretFile,
			RefreshToken: a.OAuth.RefreshTokenFile, Scope: a.OAuth.Scope}
	}
	return clients[a.OAuth].Secret
}

func pool(a config.Mailbox) (*x509.CertPool, error) {
	if a.CAFile == "" {
		return nil, nil
	}
	text, err := os.ReadFile(a.CAFile)
	if err != nil {
		return nil, fmt.Errorf("mailbox %s: %w", a.Name, err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("mailbox %s: %s holds no certificate", a.Name, a.CAFile)
	}
	return pool, nil
}

// Releasing adds the releaser of mailbox cases to others.
func Releasing(list map[string]quarantine.Releaser, w *mailbox.Watch) map[string]quarantine.Releaser {
	list[mailbox.Source] = releaser{w}
	return list
}

// releaser ends cases about mails that had left: nothing is sent, and a mail that was
// moved goes back to its folder.
type releaser struct{ watch *mailbox.Watch }

// NeedsContent is false: the mail is in the mailbox.
func (r releaser) NeedsContent() bool { return false }

// Release moves back what was moved.
func (r releaser) Release(ctx context.Context, c *quarantine.Case, _ io.Reader) (string, error) {
	answer, err := r.watch.Release(ctx, c.Receipt)
	if err != nil && !errors.Is(err, mailbox.ErrReceipt) {
		err = errors.Join(err, quarantine.ErrTemporary)
	}
	return answer, err
}

// Reject leaves the mail where it is.
func (r releaser) Reject(context.Context, *quarantine.Case, string) error { return nil }

// Judge has a mail of a mailbox judged by the pipeline of the gateways. Nobody waits,
// so there is time; a draft makes no case; nothing is remembered, since a gateway may
// have met the mail before.
func Judge(ctx context.Context, p scanner.Pipeline, q *quarantine.Service, it scanner.Item) (scanner.Outcome, error) {
	p.Relax, p.Memory, p.Turn, p.Actions, p.HoldUnfinished = nil, nil, nil, nil, it.Left
	if it.Left {
		p.Actions = []scanner.Action{stoppedBefore{q, p.Now}, hold.Hold{Quarantine: q}}
	}
	it.Deep = true
	return p.Handle(ctx, it)
}

// stoppedBefore knows the copy in a sent folder of a mail that has its case already:
// a gateway stopped it, or another mailbox has a copy too.
type stoppedBefore struct {
	service *quarantine.Service
	now     func() time.Time
}

// Apply turns the verdict into a warning where there is such a case.
func (s stoppedBefore) Apply(ctx context.Context, it scanner.Item, out *scanner.Outcome) error {
	if out.Verdict.Action.Rank() < policy.Hold.Rank() || out.Document.Mail == nil {
		return nil
	}
	const week = 7 * 24 * time.Hour
	known, err := s.service.Stopped(ctx, it.ID, out.Document.Mail.MessageID, out.To, hold.Numbers(out), len(out.Subjects), s.now().Add(-week))
	if err != nil || !known {
		return err
	}
	out.Verdict.Action = policy.Warn
	return nil
}
