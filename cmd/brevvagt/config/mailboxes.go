package config

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"brevvagt/detectors"
	"brevvagt/scanner/source/mailbox/folders"
	"brevvagt/scanner/source/mailbox/secret"
	"brevvagt/scanner/source/mailbox/session"
)

// Mailboxes are watched over IMAP. What stands here is for every account that does
// not say otherwise.
type Mailboxes struct {
	Mailbox `yaml:",inline"`
	// Since is how far back to look when a mailbox is met for the first time; default
	// 0s, from now on.
	Since Duration `yaml:"since"`
	// Poll is how often to look whatever the server tells; default 2m, at most 25m.
	Poll Duration `yaml:"poll"`
	// DraftRest is how long a draft must lie unchanged before it is looked at;
	// default 3m.
	DraftRest Duration `yaml:"draft_rest"`
	// SentRest is the same for sent mail: default 0s, and 2m beside a gateway, which
	// should judge the mail first.
	SentRest *Duration `yaml:"sent_rest"`
	// QuarantineFolder is where sent mails with findings are moved; default "": they
	// stay. The name is ASCII.
	QuarantineFolder string `yaml:"quarantine_folder"`
	// NoticeFolder is where notices about drafts are put; default INBOX, "" for none.
	NoticeFolder string `yaml:"notice_folder"`
	// PerServer is how many connections one server gets; default 50.
	PerServer int `yaml:"per_server"`
	// Workers is how many mails are judged at once; default 2.
	Workers  int       `yaml:"workers"`
	Accounts []Mailbox `yaml:"accounts"`
	// UsersFile has one more mailbox a line, all opened the same way.
	UsersFile string `yaml:"users_file"`
}

// Mailbox is one account, or what accounts have in common.
type Mailbox struct {
	Name   string `yaml:"name"`    // shown in logs; default the user
	Server string `yaml:"server"`  // host:port
	TLS    string `yaml:"tls"`     // implicit (default, port 993) or starttls (port 143)
	CAFile string `yaml:"ca_file"` // PEM, for a certificate of the site's own
	User   string `yaml:"user"`    // whose mailbox
	Login  string `yaml:"login"`   // who opens it, when that is a master user
	Auth   string `yaml:"auth"`    // password (default), xoauth2 or oauthbearer
	// PasswordFile and TokenFile hold one line; an absolute path, or the name of a
	// systemd credential.
	PasswordFile string              `yaml:"password_file"`
	TokenFile    string              `yaml:"token_file"`
	OAuth        *OAuth              `yaml:"oauth"`
	Folders      map[string][]string `yaml:"folders"` // sent, drafts, outbox; default: found
}

// OAuth is where access tokens come from.
type OAuth struct {
	TokenURL         string `yaml:"token_url"`
	ClientID         string `yaml:"client_id"`
	ClientSecretFile string `yaml:"client_secret_file"`
	RefreshTokenFile string `yaml:"refresh_token_file"`
	Scope            string `yaml:"scope"`
}

func defaultMailboxes() Mailboxes {
	return Mailboxes{Poll: Duration(2 * time.Minute), DraftRest: Duration(3 * time.Minute), NoticeFolder: "INBOX", PerServer: 50, Workers: 2}
}

// inherit fills in what an account does not say itself.
func (m *Mailboxes) inherit(a Mailbox) Mailbox {
	for _, f := range []struct {
		own      *string
		standard string
	}{
		{&a.Server, m.Server}, {&a.TLS, m.TLS}, {&a.CAFile, m.CAFile}, {&a.Login, m.Login}, {&a.Auth, m.Auth},
		{&a.PasswordFile, m.PasswordFile}, {&a.TokenFile, m.TokenFile}, {&a.Name, a.User}, {&a.TLS, "implicit"}, {&a.Auth, session.Password},
	} {
		if *f.own == "" {
			*f.own = f.standard
		}
	}
	if a.OAuth == nil {
		a.OAuth = m.OAuth
	}
	if a.Folders == nil {
		a.Folders = m.Folders
	}
	return a
}

// All are the accounts with everything filled in, those of the users file last.
func (m *Mailboxes) All() ([]Mailbox, error) {
	var list []Mailbox
	for _, a := range m.Accounts {
		list = append(list, m.inherit(a))
	}
	if m.UsersFile == "" {
		return list, nil
	}
	text, err := os.ReadFile(m.UsersFile)
	if err != nil {
		return nil, fmt.Errorf("mailboxes.users_file: %w", err)
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			list = append(list, m.inherit(Mailbox{User: line}))
		}
	}
	return list, nil
}

// check reports everything that cannot work.
func (m *Mailboxes) check() error {
	list, err := m.All()
	errs := []error{err}
	if m.Poll < Duration(time.Second) || m.Poll > Duration(25*time.Minute) {
		errs = append(errs, errors.New("mailboxes.poll must be from 1s to 25m"))
	}
	if m.Since < 0 || m.DraftRest < 0 || m.SentRest != nil && *m.SentRest < 0 || m.PerServer < 1 || m.Workers < 1 {
		errs = append(errs, errors.New("mailboxes: since, draft_rest and sent_rest must not be negative, per_server and workers must be at least 1"))
	}
	if !ascii(m.QuarantineFolder) || strings.ContainsAny(m.QuarantineFolder, "*%&\"\\") {
		errs = append(errs, fmt.Errorf("mailboxes.quarantine_folder: %q must be plain ASCII, since servers write other letters in different ways", m.QuarantineFolder))
	}
	seen := make(map[string]bool)
	for i, a := range list {
		for _, err := range a.check() {
			errs = append(errs, fmt.Errorf("mailboxes.accounts[%d] %s: %w", i, detectors.RedactNumbers(a.Name), err))
		}
		if seen[a.Name] {
			errs = append(errs, fmt.Errorf("mailboxes.accounts[%d]: the name %s is used twice", i, detectors.RedactNumbers(a.Name)))
		}
		seen[a.Name] = true
	}
	return errors.Join(errs...)
}

func (a *Mailbox) check() []error {
	var errs []error
	if _, _, err := net.SplitHostPort(a.Server); err != nil {
		errs = append(errs, fmt.Errorf("server: %q must be host:port", a.Server))
	}
	if a.User == "" || strings.ContainsAny(a.User+a.Login, "\r\n\x00\x01") {
		errs = append(errs, errors.New("user is missing or cannot be sent"))
	}
	if a.Name != detectors.RedactNumbers(a.Name) {
		errs = append(errs, errors.New("name holds what could be a CPR number; names are shown in logs"))
	}
	if a.TLS != "implicit" && a.TLS != "starttls" {
		errs = append(errs, fmt.Errorf("tls: %q must be implicit or starttls; without encryption no mailbox is opened", a.TLS))
	}
	if a.CAFile != "" && !filepath.IsAbs(a.CAFile) {
		errs = append(errs, fmt.Errorf("ca_file: %q must be an absolute path", a.CAFile))
	}
	for role := range a.Folders {
		if !slices.Contains(folders.Roles(), folders.Role(role)) {
			errs = append(errs, fmt.Errorf("folders: %q must be sent, drafts or outbox", role))
		}
	}
	return append(errs, a.checkAuth()...)
}

func (a *Mailbox) checkAuth() []error {
	switch a.Auth {
	case session.Password:
		if a.PasswordFile == "" {
			return []error{errors.New("password_file is missing")}
		}
	case session.XOAuth2, session.OAuthBearer:
		if a.TokenFile != "" {
			return nil
		}
		if a.OAuth == nil {
			return []error{errors.New("oauth or token_file is missing")}
		}
		if err := secret.CheckURL(a.OAuth.TokenURL); err != nil {
			return []error{fmt.Errorf("oauth.token_url: %w", err)}
		}
	default:
		return []error{fmt.Errorf("auth: %q must be password, xoauth2 or oauthbearer", a.Auth)}
	}
	return nil
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}
