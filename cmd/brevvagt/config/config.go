// Package config is the one configuration file of `brevvagt serve`: strict, with
// every error at its line, and never a secret in it.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"brevvagt/internal/caller"
	"brevvagt/internal/fault"
	"brevvagt/scanner/policy"
)

// Config is the one configuration file of `brevvagt serve`. Secrets are never in
// it: keys lie in the state folder, passphrases in people's heads.
type Config struct {
	// State is the folder of database, vault, keys and outbox (0700).
	State   string      `yaml:"state"`
	Site    policy.Site `yaml:"site"`
	Gateway Gateway     `yaml:"gateway"`
	Shares  []Share     `yaml:"shares"`
	// Database is a PostgreSQL that keeps the cases, the register, the ledger and the
	// accounts, and in which several workers share the state of the scans of shares;
	// default files in State.
	Database string `yaml:"database"`
	Review   Review `yaml:"review"`
	// TrustedProxies may say for whom they ask at the pages of the DPO and of senders
	// (X-Forwarded-For); default loopback. Others count as who they are.
	TrustedProxies Proxies `yaml:"trusted_proxies"`
	Notify         Notify  `yaml:"notify"`
	Vault          Vault   `yaml:"vault"`
	OCR            OCR     `yaml:"ocr"`
	Log            Log     `yaml:"log"`
	// Operations and Canary are for the people who keep it running.
	Operations Operations `yaml:"operations"`
	DPO        DPO        `yaml:"dpo"`
	Canary     Canary     `yaml:"canary"`
	Transport  Transport  `yaml:"transport"`
	Memory     Memory     `yaml:"memory"`
	Mailboxes  Mailboxes  `yaml:"mailboxes"`
	Sender     Sender     `yaml:"sender"`
	Summaries  Summaries  `yaml:"summaries"`
}

// Gateway is the way mail comes in: a milter for Postfix, an SMTP lane of
// our own, or both.
type Gateway struct {
	Milter  Milter  `yaml:"milter"`
	SMTP    SMTP    `yaml:"smtp"`
	Postfix Postfix `yaml:"postfix"`
	// ScanDeadline is how long a sender is kept waiting before the mail is held
	// for later; Postfix is kept patient with progress packets meanwhile.
	ScanDeadline Duration `yaml:"scan_deadline"`
	// MaxBytes is the largest mail that is scanned; a larger one is held.
	MaxBytes int64 `yaml:"max_bytes"`
	// DeepBudget is how long a mail may be read that needs longer than
	// ScanDeadline, while it waits in the mail server; 0 is off.
	DeepBudget Duration `yaml:"deep_budget"`
	Limits     Limits   `yaml:"limits"`
	// DryRun judges and counts every mail and stops none.
	DryRun bool `yaml:"dry_run"`
}

// Milter is the milter listener.
type Milter struct {
	Listen string `yaml:"listen"` // unix:/path or inet:host:port; empty = off
	// Group owns the Unix socket, so that Postfix can open it; usually postfix.
	Group string `yaml:"group"`
	// OnError is for a mail that could not be judged: "tempfail" (default, the
	// sender tries again) or "hold" (accepted into Postfix's hold queue).
	OnError string `yaml:"on_error"`
	// Adopt is for mail that Postfix held by itself while we were away: "release"
	// (default: scanned, and released when clean), "keep" or "off".
	Adopt string `yaml:"adopt"`
}

// SMTP is the SMTP lane.
type SMTP struct {
	Listen  string `yaml:"listen"`   // host:port; empty = off
	NextHop string `yaml:"next_hop"` // host:port
	// Hostname is what we call ourselves.
	Hostname string `yaml:"hostname"`
	// Clients may hand in mail, as addresses or networks; default loopback only.
	Clients []string `yaml:"clients"`
	// Prefixes is what Clients say; it is filled in when the file is read.
	Prefixes []netip.Prefix `yaml:"-"`
	// LMTP speaks LMTP instead of SMTP.
	LMTP bool    `yaml:"lmtp"`
	TLS  SMTPTLS `yaml:"tls"`
	// Stamp marks what is sent on with a header of ours, for a mail system that
	// gets its mail back.
	Stamp bool `yaml:"stamp"`
	// NextHopTLS protects the way to the next hop: "" when it offers it, "require",
	// "verify" with its certificate.
	NextHopTLS string `yaml:"next_hop_tls"`
	// NextHopLMTP speaks LMTP to the next hop, which then answers for each recipient.
	NextHopLMTP bool `yaml:"next_hop_lmtp"`
	// NextHopLogin is a file with "user:password" for the next hop; Logins one of the
	// clients' own, without which nobody then hands in mail. See credential.
	NextHopLogin string `yaml:"next_hop_login"`
	Logins       string `yaml:"logins"`
}

// parseClients turns the written addresses and networks into prefixes.
func (s *SMTP) parseClients() error {
	for _, c := range s.Clients {
		p, err := netip.ParsePrefix(c)
		if err != nil {
			a, errAddr := netip.ParseAddr(c)
			if errAddr != nil {
				return fmt.Errorf("gateway.smtp.clients: %q is no address or network", c)
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		s.Prefixes = append(s.Prefixes, p)
	}
	return nil
}

// Postfix is how held mail is released.
type Postfix struct {
	ConfigDirectory string   `yaml:"config_directory"` // of the instance, default Postfix's own
	CommandPrefix   []string `yaml:"command_prefix"`   // for example [sudo, -n]
}

// Review is the DPO's page.
type Review struct {
	Listen string `yaml:"listen"` // host:port; empty = off
	// TLSCertificate and TLSKey are files; without them the page must stay on
	// loopback or behind a proxy that speaks TLS.
	TLSCertificate string `yaml:"tls_certificate"`
	TLSKey         string `yaml:"tls_key"`
	// LocalLogin lets people sign in with a passphrase or a passkey of ours; default
	// true. Off, the passphrase still unlocks the vault key.
	LocalLogin bool `yaml:"local_login"`
	OIDC       OIDC `yaml:"oidc"`
}

// Notify is how notices reach people.
type Notify struct {
	SMTP string `yaml:"smtp"` // host:port, default the SMTP lane's next hop
	From string `yaml:"from"` // shown sender of notices
	// Contact is what a notice tells people to turn to.
	Contact string `yaml:"contact"`
}

// Vault is whom originals are sealed to.
type Vault struct {
	// Recipients is a file of age recipients, one a line; the DPO accounts' own
	// keys are added to it. Default: the accounts alone.
	Recipients string `yaml:"recipients"`
	// KeepContent is how long originals are kept, default 720h (30 days, as
	// municipalities keep sensitive data in mailboxes); the case, the draft and
	// the ledger stay.
	KeepContent Duration `yaml:"keep_content"`
}

// OCR is text recognition.
type OCR struct {
	Off     bool `yaml:"off"`
	Workers int  `yaml:"workers"` // processes, default the number of cores
	// Cache is what is remembered of pictures that were read.
	Cache OCRCache `yaml:"cache"`
}

// Log is the log on stderr.
type Log struct {
	Level string `yaml:"level"` // debug, info, warn, error
	JSON  bool   `yaml:"json"`
}

// Duration is a time.Duration written "25s" or "24h".
type Duration time.Duration

// UnmarshalYAML reads "25s".
func (d *Duration) UnmarshalYAML(n *yaml.Node) error {
	v, err := time.ParseDuration(n.Value)
	if err != nil {
		return fmt.Errorf("line %d: %q is no duration such as 25s", n.Line, n.Value)
	}
	*d = Duration(v)
	return nil
}

// Default has the default of every key.
func Default() Config {
	return Config{
		State: "/var/lib/brevvagt",
		Site:  policy.DefaultSite(),
		Gateway: Gateway{
			ScanDeadline: Duration(25 * time.Second),
			MaxBytes:     64 << 20,
			DeepBudget:   Duration(10 * time.Minute),
		},
		Review:         defaultReview(),
		TrustedProxies: Proxies(caller.Loopback()),
		Notify:         Notify{Contact: "din DPO"},
		Vault:          Vault{KeepContent: Duration(30 * 24 * time.Hour)},
		Log:            Log{Level: "info"},
		Memory:         defaultMemory(),

		Mailboxes: defaultMailboxes(),
		Sender:    defaultSender(),

		Operations: Operations{MinFreeDisk: 256 << 20},
		DPO:        defaultDPO(),
		Summaries:  Summaries{At: "07:00"},
		Canary:     Canary{To: "kanarie@brevvagt.invalid", Within: Duration(time.Minute)},
	}
}

// Load reads and checks a configuration file. Every error names the file,
// and the line where it can.
func Load(path string) (Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Config{}, err
	}
	cfg := Default()
	if len(strings.TrimSpace(string(data))) > 0 {
		if err := yaml.Load(data, &cfg, yaml.WithKnownFields()); err != nil {
			return Config{}, fault.Place(path, data, "", cfg, err)
		}
	}
	if err := cfg.check(); err != nil {
		return Config{}, fault.Place(path, data, "", nil, err)
	}
	return cfg, nil
}

// check reports everything that cannot work, joined into one error.
func (c *Config) check() error {
	errs := []error{}
	if err := c.Site.Check(); err != nil {
		errs = append(errs, fault.In("site", err))
	}
	if err := c.Gateway.SMTP.parseClients(); err != nil {
		errs = append(errs, err)
	}
	if err := c.OCR.Cache.check(); err != nil {
		errs = append(errs, err)
	}
	errs = append(errs, c.DPO.check(), c.Memory.check(), c.Mailboxes.check(), c.Operations.check(), c.Transport.check(), c.Gateway.SMTP.TLS.check(), c.Canary.check(c.Site.Internal), c.Gateway.checkLimits(), c.Sender.check(c.Notify.From), c.Review.checkAccess(c.DPO.Page))
	if !filepath.IsAbs(c.State) {
		errs = append(errs, fmt.Errorf("state: %q must be an absolute path", c.State))
	}
	if c.Gateway.ScanDeadline < Duration(time.Second) {
		errs = append(errs, errors.New("gateway.scan_deadline must be at least 1s"))
	}
	if c.Vault.KeepContent < Duration(24*time.Hour) {
		errs = append(errs, errors.New("vault.keep_content must be at least 24h: held mail must wait for somebody to see it"))
	}
	if c.Gateway.MaxBytes < 1<<20 {
		errs = append(errs, errors.New("gateway.max_bytes must be at least 1048576"))
	}
	if m := c.Gateway.Milter.Listen; m != "" && !strings.HasPrefix(m, "unix:/") && !strings.HasPrefix(m, "inet:") {
		errs = append(errs, fmt.Errorf("gateway.milter.listen: %q must be unix:/path or inet:host:port", m))
	}
	if e := c.Gateway.Milter.OnError; e != "" && e != "tempfail" && e != "hold" {
		errs = append(errs, fmt.Errorf("gateway.milter.on_error: %q must be tempfail or hold; letting mail pass is not offered", e))
	}
	if a := c.Gateway.Milter.Adopt; a != "" && a != "release" && a != "keep" && a != "off" {
		errs = append(errs, fmt.Errorf("gateway.milter.adopt: %q must be release, keep or off", a))
	}
	if t := c.Gateway.SMTP.NextHopTLS; t != "" && t != "require" && t != "verify" {
		errs = append(errs, fmt.Errorf("gateway.smtp.next_hop_tls: %q must be require, verify or empty", t))
	}
	if s := c.Gateway.SMTP; s.NextHopLogin != "" && s.NextHopTLS == "" && !Loopback(s.NextHop) {
		errs = append(errs, errors.New("gateway.smtp.next_hop_login needs next_hop_tls require or verify: the password must not be sent in clear"))
	}
	if s := c.Gateway.SMTP; s.Logins != "" && s.TLS.Certificate == "" {
		errs = append(errs, errors.New("gateway.smtp.logins needs tls.certificate and tls.key: passwords are taken within TLS only"))
	}
	if c.Gateway.SMTP.Listen != "" && c.Gateway.SMTP.NextHop == "" {
		errs = append(errs, errors.New("gateway.smtp.next_hop is missing: where do clean mails go?"))
	}
	for name, addr := range map[string]string{
		"gateway.smtp.listen": c.Gateway.SMTP.Listen, "gateway.smtp.next_hop": c.Gateway.SMTP.NextHop,
		"review.listen": c.Review.Listen, "notify.smtp": c.Notify.SMTP,
	} {
		if _, _, err := net.SplitHostPort(addr); addr != "" && err != nil {
			errs = append(errs, fmt.Errorf("%s: %q must be host:port", name, addr))
		}
	}
	if (c.Review.TLSCertificate == "") != (c.Review.TLSKey == "") {
		errs = append(errs, errors.New("review: tls_certificate and tls_key belong together"))
	}
	errs = append(errs, checkShares(c.Shares, c.Database), c.checkSummaries())
	return errors.Join(errs...)
}

// Loopback reports whether an address with a port is on this machine.
func Loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
