package config

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// Operations is what a monitoring system sees of the daemon, and when the daemon
// stops taking mail to stay safe.
type Operations struct {
	// Listen serves /metrics, /livez and /readyz; host:port on loopback, "" is off.
	Listen string `yaml:"listen"`
	// MinFreeDisk is how many bytes must be free where `state` lies; with less,
	// mail is answered 451 so that its sender keeps it. Default 256 MiB, 0 is off.
	MinFreeDisk int64 `yaml:"min_free_disk"`
}

// Canary is the mail of our own that proves the way again and again.
type Canary struct {
	// Every is the pace; 0 sends none by itself. `brevvagt canary` sends one.
	Every Duration `yaml:"every"`
	// SMTP is the mail server as an ordinary client reaches it; default the SMTP
	// lane's own port, else 127.0.0.1:25.
	SMTP string `yaml:"smtp"`
	From string `yaml:"from"` // an address in one of our own domains
	// To is an address outside; the default's domain does not exist (RFC 6761).
	To string `yaml:"to"`
	// Within is how long the case may take to appear, default 60s.
	Within Duration `yaml:"within"`
	// AlarmTo gets a mail when a canary was not held; "" sends none.
	AlarmTo string `yaml:"alarm_to"`
}

// Limits bound what the gateway takes at once.
type Limits struct {
	Scans     int `yaml:"scans"`      // mails scanned at once, default 8
	PerClient int `yaml:"per_client"` // of them from one client, default three quarters
}

func (o Operations) check() error {
	var errs []error
	if o.Listen != "" {
		host, _, err := net.SplitHostPort(o.Listen)
		ip := net.ParseIP(host)
		if err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			errs = append(errs, fmt.Errorf("operations.listen: %q must be host:port on this machine (127.0.0.1)", o.Listen))
		}
	}
	if o.MinFreeDisk < 0 {
		errs = append(errs, errors.New("operations.min_free_disk must not be negative"))
	}
	return errors.Join(errs...)
}

func (c Canary) check(internal func(string) bool) error {
	var errs []error
	if c.Every != 0 && c.Every < Duration(time.Minute) {
		errs = append(errs, errors.New("canary.every must be at least 1m"))
	}
	if c.Every != 0 && c.From == "" {
		errs = append(errs, errors.New("canary.from is missing: an address in one of your own domains"))
	}
	if c.From != "" && !internal(c.From) {
		errs = append(errs, fmt.Errorf("canary.from: %q is in none of site.internal_domains, so the mail would count as incoming", c.From))
	}
	if !strings.Contains(c.To, "@") || internal(c.To) {
		errs = append(errs, fmt.Errorf("canary.to: %q must be an address outside your own domains", c.To))
	}
	if c.Within < Duration(time.Second) {
		errs = append(errs, errors.New("canary.within must be at least 1s"))
	}
	if _, _, err := net.SplitHostPort(c.SMTP); c.SMTP != "" && err != nil {
		errs = append(errs, fmt.Errorf("canary.smtp: %q must be host:port", c.SMTP))
	}
	return errors.Join(errs...)
}

func (g Gateway) checkLimits() error {
	var errs []error
	if g.Limits.Scans < 0 || g.Limits.PerClient < 0 {
		errs = append(errs, errors.New("gateway.limits must not be negative"))
	}
	if g.Limits.PerClient > 0 && g.Limits.Scans > 0 && g.Limits.PerClient >= g.Limits.Scans {
		errs = append(errs, errors.New("gateway.limits.per_client must be less than scans, or one client can take every place"))
	}
	if d := g.DeepBudget; d != 0 && d < g.ScanDeadline {
		errs = append(errs, errors.New("gateway.deep_budget must not be less than scan_deadline; 0 is off"))
	}
	return errors.Join(errs...)
}

// CanarySMTP is where canary mails are handed in.
func (c *Config) CanarySMTP() string {
	switch {
	case c.Canary.SMTP != "":
		return c.Canary.SMTP
	case c.Gateway.SMTP.Listen != "":
		return c.Gateway.SMTP.Listen
	}
	return "127.0.0.1:25"
}
