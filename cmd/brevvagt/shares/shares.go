// Package shares opens the shares of a configuration for the daemon and for the
// commands on the terminal: their database, when each is scanned, how it is read,
// and what is said about it.
package shares

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/document"
	"brevvagt/internal/health"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/share/night"
	"brevvagt/scanner/source/share/seal"
	"brevvagt/scanner/source/share/state"
	"brevvagt/scanner/source/share/walk"
)

// Shares are the shares of a configuration with their opened database.
type Shares struct {
	DB       *state.DB
	list     []one
	cfg      config.Config
	scan     *night.Scanner // nil until work was called
	versions string         // what scan judges by
	owner    string         // this process among the workers
	log      *slog.Logger
}

type one struct {
	cfg   config.Share
	share *night.Share
	clock night.Clock
}

// Open opens the database of the scans. Nothing is read of the shares yet.
func Open(ctx context.Context, cfg config.Config, log *slog.Logger) (*Shares, error) {
	if err := os.MkdirAll(cfg.State, 0o700); err != nil {
		return nil, fmt.Errorf("state folder: %w", err)
	}
	keys, err := seal.OpenKeys(filepath.Join(cfg.State, "scan.key"))
	if err != nil {
		return nil, err
	}
	where := cfg.Database
	if where == "" {
		where = filepath.Join(cfg.State, "scan.db")
	}
	host, err := os.Hostname()
	if err != nil {
		host = "?"
	}
	s := &Shares{cfg: cfg, log: log, owner: fmt.Sprintf("%s/%d/%d", host, os.Getpid(), time.Now().UnixNano())}
	if s.list, err = listOf(cfg, keys); err != nil {
		return nil, err
	}
	if s.DB, err = state.Open(ctx, where, keys); err != nil {
		return nil, err
	}
	return s, nil
}

func listOf(cfg config.Config, keys *seal.Keys) ([]one, error) {
	var list []one
	for _, c := range cfg.Shares {
		clock, err := clockOf(c)
		if err != nil {
			return nil, fmt.Errorf("share %s: %w", c.Title(), err)
		}
		list = append(list, one{c, newShare(c, cfg.Site, keys), clock})
	}
	return list, nil
}

// room fails when so little of the state folder's disk is left that the mail could soon
// lack it: a scan waits at twice of what the mail must have.
func (s *Shares) room(ctx context.Context) error {
	return (&health.Space{Dir: s.cfg.State, Min: 2 * s.cfg.Operations.MinFreeDisk}).Check(ctx)
}

// Close ends all work.
func (s *Shares) Close() error { return s.DB.Close() }

// Run scans the named shares now, all when none is named, one after the other. What
// happens is told to w: a bar on a terminal, lines elsewhere.
func (s *Shares) Run(ctx context.Context, names []string, w io.Writer) error {
	list, err := s.named(names)
	if err != nil {
		return err
	}
	for _, o := range list {
		if err := s.DB.Pause(ctx, o.share.Name, false); err != nil {
			if _, err = s.DB.EnsureSource(ctx, o.share.Name); err != nil {
				return err
			}
		}
		if err := s.watched(ctx, o, w); err != nil {
			return err
		}
	}
	return nil
}

// Any reports whether there are shares.
func (s *Shares) Any() bool { return s != nil && len(s.list) > 0 }

// Pause stops or resumes the named shares, all when none is named, in every process,
// and says to w which.
func (s *Shares) Pause(ctx context.Context, names []string, paused bool, w io.Writer) error {
	list, err := s.named(names)
	if err != nil {
		return err
	}
	for _, o := range list {
		if _, err := s.DB.EnsureSource(ctx, o.share.Name); err != nil {
			return err
		}
		if err := s.DB.Pause(ctx, o.share.Name, paused); err != nil {
			return err
		}
		now := "fortsætter, når det er drevets tid"
		if paused {
			now = "på pause, til det sættes i gang igen (shares resume, shares run)"
		}
		if _, err := fmt.Fprintf(w, "%s: %s\n", o.share.Name, now); err != nil {
			return err
		}
	}
	return nil
}

func (s *Shares) named(names []string) ([]one, error) {
	if len(names) == 0 {
		return s.list, nil
	}
	var list []one
next:
	for _, name := range names {
		for _, o := range s.list {
			if o.share.Name == name {
				list = append(list, o)
				continue next
			}
		}
		return nil, fmt.Errorf("no share is called %q; brevvagt shares status lists them", name)
	}
	return list, nil
}

func clockOf(c config.Share) (night.Clock, error) {
	clock := night.Clock{At: -1, Until: -1, Every: time.Duration(c.Every)}
	if clock.Every == 0 {
		clock.Every = 24 * time.Hour
	}
	var err error
	if clock.Place, err = night.Copenhagen(); err != nil {
		return clock, err
	}
	if c.At != "" {
		if clock.At, err = night.ParseMinutes(c.At); err != nil {
			return clock, err
		}
	}
	if c.Until != "" {
		clock.Until, err = night.ParseMinutes(c.Until)
	}
	return clock, err
}

// newShare makes a share as a scan wants it; keys may be nil for a look at it.
func newShare(c config.Share, site policy.Site, keys *seal.Keys) *night.Share {
	sh := &night.Share{Name: c.Title(), Walkers: 4, Readers: 8, Limit: document.DefaultLimits().PartBytes, Public: site.Public, Runs: c.LetterRuns}
	if c.Readers > 0 {
		sh.Readers = c.Readers
	}
	if c.BytesPerSecond > 0 || c.FilesPerSecond > 0 {
		sh.Rate = &night.Rate{Bytes: c.BytesPerSecond << 20, Files: c.FilesPerSecond}
	}
	if c.SMB != nil {
		sh.Walkers = 8 // each waits for the net
		sh.Show, sh.Connect = showSMB(c), connectSMB(c.SMB)
		return sh
	}
	if c.Kind() != "" {
		sh.Walkers = 8
		sh.Show, sh.Connect = showCloud(c), connectCloud(c, keys)
		return sh
	}
	sh.Show = func(path string) string { return strings.TrimSuffix(c.Path, "/") + "/" + path }
	sh.Connect = func(context.Context) (night.Connected, error) { return walk.OpenLocal(c.Path) }
	return sh
}

// Versions are what the readers and the judges of this program are known by: when
// either changes, a file is read again though it did not change. version is that of
// the program; a program without one is known by its own content.
func Versions(cfg config.Config, version string) (extract, detect string, err error) {
	if version == "" || version == "dev" {
		if version, err = fileDigest("/proc/self/exe"); err != nil {
			return "", "", err
		}
	}
	site, err := json.Marshal(cfg.Site)
	if err != nil {
		return "", "", fmt.Errorf("cannot name the site's settings: %w", err)
	}
	lists := ""
	for _, path := range cfg.Site.KnownCitizens {
		sum, err := fileDigest(path)
		if err != nil {
			return "", "", err
		}
		lists += sum
	}
	return short(fmt.Sprintf("%s ocr=%v", version, !cfg.OCR.Off)), short(version + string(site) + lists), nil
}

func short(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

func fileDigest(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("cannot read %s: %w", path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
