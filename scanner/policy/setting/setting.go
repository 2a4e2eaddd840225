// Package setting is what a site may write about rules and numbers in its
// configuration, as data: scanner/policy/siterules makes rules of it.
package setting

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"go.yaml.in/yaml/v4"
)

// CPR is what a site adds to the rules for CPR numbers.
type CPR struct {
	// ExceptionDates are further birth dates (YYYY-MM-DD) for which the CPR office has
	// given out numbers that modulus 11 does not confirm.
	ExceptionDates []string `yaml:"exception_dates"`
	// TestNumbers are further numbers that stand for nobody.
	TestNumbers []string `yaml:"test_numbers"`
}

// Rule changes the shipped rule with its id, or adds one.
type Rule struct {
	ID string `yaml:"id"`
	// Text and English say in one sentence what a rule of the site's own saw.
	Text    string `yaml:"text"`
	English string `yaml:"english"`
	// Action is pass (a shipped rule is off), warn, hold or reject.
	Action string `yaml:"action"`
	// Approvers is how many people must agree to a release: 1 or 2.
	Approvers int `yaml:"approvers"`
	// Route is a secure route that the mail goes by instead of being held, when nothing
	// else speaks against it.
	Route string `yaml:"route"`
	// SenderMayRelease lets the sender release, with a reason, what only such rules
	// stopped.
	SenderMayRelease bool `yaml:"sender_may_release"`
	// DryRun counts and shows the rule without acting on it.
	DryRun bool `yaml:"dry_run"`
	// When is an expression that must hold for the rule to fire, Unless one that must
	// not. A rule of the site's own needs When.
	When   Expression `yaml:"when"`
	Unless Expression `yaml:"unless"`
}

// Expression is an expression of the configuration with its line.
type Expression struct {
	Text string
	Line int
}

// UnmarshalYAML reads the text and keeps its line for errors.
func (e *Expression) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: an expression is one text", n.Line)
	}
	e.Text, e.Line = strings.TrimSpace(n.Value), n.Line
	return nil
}

// Route is a secure way out: an encryption gateway or a connector to Digital Post.
type Route struct {
	Name string `yaml:"name"`
	// Gateway is its SMTP server, host:port. Unless it is on this machine its
	// certificate must be for TLSName, TLS 1.2 or better.
	Gateway string `yaml:"gateway"`
	TLSName string `yaml:"tls_name"`
	CA      string `yaml:"ca"` // PEM file of the authorities, default the machine's own
	// Recipients are the addresses that the route is for ("@digitalpost.example",
	// ".example" with everything below, or a whole address): mail to them always goes
	// by it. None: it takes everybody outside, and a rule says when.
	Recipients []string `yaml:"recipients"`
	// TakesAll says that the gateway also delivers to the other recipients of a mail,
	// for the milter lane, where a mail goes one way whole.
	TakesAll bool `yaml:"takes_all"`
	// Header ("Name: value") and SubjectTag are what the gateway wants to see.
	Header     string `yaml:"header"`
	SubjectTag string `yaml:"subject_tag"`
	// PostfixFilter is what Postfix's milter_header_checks make of our header, as
	// "brevvagt-sikker:[gw.example]:25"; "" has brevvagt send such mail itself.
	PostfixFilter string `yaml:"postfix_filter"`
}

// Names reports whether the route's list of recipients names an address; never where
// it has no list.
func (r Route) Names(address string) bool {
	address = strings.ToLower(strings.Trim(address, "<> "))
	for _, p := range r.Recipients {
		p = strings.ToLower(p)
		switch {
		case strings.HasPrefix(p, "@"), strings.HasPrefix(p, "."):
			if at := strings.LastIndexByte(address, '@'); at >= 0 && (address[at:] == p || p[0] == '.' && strings.HasSuffix("."+address[at+1:], p)) {
				return true
			}
		case address == p:
			return true
		}
	}
	return false
}

// Check reports what cannot be meant.
func (r Route) Check() error {
	var errs []error
	if r.Name == "" || strings.Trim(r.Name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		errs = append(errs, fmt.Errorf("routes: name %q must be lower-case letters, digits and -", r.Name))
	}
	host, _, err := net.SplitHostPort(r.Gateway)
	ip := net.ParseIP(host)
	local := host == "localhost" || ip != nil && ip.IsLoopback()
	if err != nil {
		errs = append(errs, fmt.Errorf("route %s: gateway %q must be host:port", r.Name, r.Gateway))
	} else if !local && r.TLSName == "" {
		errs = append(errs, fmt.Errorf("route %s: tls_name is missing: without the name in its certificate nothing proves that %s is the gateway", r.Name, r.Gateway))
	}
	for _, p := range r.Recipients {
		if !strings.Contains(p, ".") || strings.ContainsAny(p, " <>,") {
			errs = append(errs, fmt.Errorf("route %s: recipients: %q must be @domain, .domain or an address", r.Name, p))
		}
	}
	if name, value, ok := strings.Cut(r.Header, ":"); r.Header != "" && (!ok || strings.ContainsAny(name, " \t\r\n") || name == "" || strings.ContainsAny(value, "\r\n")) {
		errs = append(errs, fmt.Errorf("route %s: header %q must be \"Name: value\"", r.Name, r.Header))
	}
	if strings.ContainsAny(r.SubjectTag, "\r\n") {
		errs = append(errs, fmt.Errorf("route %s: subject_tag must be one line", r.Name))
	}
	return errors.Join(errs...)
}
