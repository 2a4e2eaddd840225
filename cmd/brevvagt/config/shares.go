package config

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"
)

// Share is a folder of this machine, a mounted one, an SMB share, or one in
// somebody's cloud, that is scanned at night.
type Share struct {
	Name  string `yaml:"name"` // default the path
	Path  string `yaml:"path"` // of a folder; or
	SMB   *SMB   `yaml:"smb"`  // of a share that is read over the net; or
	Cloud `yaml:",inline"`
	// At and Until are wall clock times in Denmark: when a scan starts, and when it
	// stops to go on the next night. Without At it starts every Every (default 24h).
	At    string   `yaml:"at"`
	Until string   `yaml:"until"`
	Every Duration `yaml:"every"`
	// Findings is what happens to a file with findings: "report" (default), or
	// "quarantine": it is sealed and a note put in its place.
	Findings string `yaml:"findings"`
	// Live watches a folder of this machine, so that a new file is read within
	// seconds; the scan at night stays the truth.
	Live           bool  `yaml:"live"`
	LetterRuns     bool  `yaml:"letter_runs"`          // judge a recipient list with the letters beside it
	Readers        int   `yaml:"readers"`              // files read at once, default 8
	BytesPerSecond int64 `yaml:"megabytes_per_second"` // default no limit
	FilesPerSecond int64 `yaml:"files_per_second"`     // default no limit
	// Owners are told what lies in their folders; see Summaries.
	Owners []Owner `yaml:"owners"`
}

// SMB is a share of a file server, read with its own login.
type SMB struct {
	Server string `yaml:"server"` // host or host:port
	Share  string `yaml:"share"`
	Folder string `yaml:"folder"` // default the whole share
	Domain string `yaml:"domain"`
	User   string `yaml:"user"`
	// PasswordFile holds the password alone; under systemd the name of a credential.
	PasswordFile string `yaml:"password_file"`
	// Encryption is "required" (default), or "optional" for a server that has none:
	// then every message is signed.
	Encryption string `yaml:"encryption"`
}

// Title is what the share is called.
func (s Share) Title() string {
	switch {
	case s.Name != "":
		return s.Name
	case s.SMB != nil:
		return `\\` + s.SMB.Server + `\` + s.SMB.Share + strings.ReplaceAll("/"+strings.Trim(s.SMB.Folder, `/\`), "/", `\`)
	}
	return s.Path
}

// Quarantine reports whether files with findings are taken away.
func (s Share) Quarantine() bool { return s.Findings == "quarantine" }

func (s Share) check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	given := s.kinds()
	for _, one := range []bool{s.Path != "", s.SMB != nil} {
		if one {
			given++
		}
	}
	if given != 1 {
		bad("exactly one of path, smb, webdav, sftp, s3, sharepoint and drive must be given")
	}
	if s.Path != "" && !filepath.IsAbs(s.Path) {
		bad("path: %q must be an absolute path", s.Path)
	}
	for key, v := range map[string]string{"at": s.At, "until": s.Until} {
		if _, err := time.Parse("15:04", v); v != "" && err != nil {
			bad("%s: %q is no time such as 20:00", key, v)
		}
	}
	if s.Until != "" && s.At == "" {
		bad("until needs at")
	}
	if s.At != "" && s.Every != 0 {
		bad("at and every exclude each other: at is every night")
	}
	if s.Findings != "" && s.Findings != "report" && s.Findings != "quarantine" {
		bad("findings: %q must be report or quarantine", s.Findings)
	}
	if s.Readers < 0 || s.Readers > 64 || s.BytesPerSecond < 0 || s.FilesPerSecond < 0 || s.Every < 0 {
		bad("readers must be 1 to 64, and limits must not be negative")
	}
	if s.SMB != nil {
		errs = append(errs, s.SMB.check())
		if s.Live {
			bad("live is for folders of this machine, not for smb")
		}
	}
	if kind := s.Kind(); kind != "" {
		errs = append(errs, s.Cloud.check())
		if s.Name == "" || strings.ContainsAny(s.Name, ":/") {
			bad("a %s share needs a name without : and /", kind)
		}
		if s.Live {
			bad("live is for folders of this machine, not for %s", kind)
		}
	}
	return errors.Join(append(errs, checkOwners(s.Owners))...)
}

func (s *SMB) check() error {
	var errs []error
	for key, v := range map[string]string{"server": s.Server, "share": s.Share, "user": s.User, "password_file": s.PasswordFile} {
		if v == "" {
			errs = append(errs, fmt.Errorf("smb.%s is missing", key))
		}
	}
	if s.Encryption != "" && s.Encryption != "required" && s.Encryption != "optional" {
		errs = append(errs, fmt.Errorf("smb.encryption: %q must be required or optional", s.Encryption))
	}
	return errors.Join(errs...)
}

func checkShares(list []Share, database string) error {
	var errs []error
	names := make(map[string]bool)
	for i, s := range list {
		if err := s.check(); err != nil {
			errs = append(errs, fmt.Errorf("shares[%d]: %w", i, err))
		}
		if names[s.Title()] {
			errs = append(errs, fmt.Errorf("shares[%d]: there are two shares called %q: give one a name", i, s.Title()))
		}
		names[s.Title()] = true
	}
	if database != "" {
		u, err := url.Parse(database)
		if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
			return errors.Join(append(errs, errors.New("database must be an address such as postgres://brevvagt@server/brevvagt"))...)
		}
		if _, secret := u.User.Password(); secret || u.Query().Has("password") {
			errs = append(errs, errors.New("database: no password here; give a file with ?passfile=/path"))
		}
	}
	return errors.Join(errs...)
}
