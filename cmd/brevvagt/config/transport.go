package config

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"

	"brevvagt/scanner/source/gateway/transport"
)

// Transport is what proves that the way to a domain is encrypted, beside
// site.partner_domains_with_enforced_tls, and how the mail server is made to keep
// to it.
type Transport struct {
	// Lists are files of domains reached over forced TLS or a tunnel, each with its
	// checksum beside it (FILE.sha256).
	Lists []string `yaml:"lists"`
	// PolicyListen answers Postfix's smtp_tls_policy_maps; host:port on loopback, ""
	// is off.
	PolicyListen string `yaml:"policy_listen"`
	// Resolver is a validating resolver on this machine; with it DANE and MTA-STS
	// count. It needs PolicyListen: without enforcement they prove nothing.
	Resolver string `yaml:"resolver"`
	// NoMTASTS leaves MTA-STS out: its policies are fetched from the internet.
	NoMTASTS bool `yaml:"no_mta_sts"`
	// Unproven is what Postfix is told about all other domains: "" leaves it to
	// Postfix, "encrypt" and "secure" insist.
	Unproven string `yaml:"unproven"`
}

func (t Transport) check() error {
	var errs []error
	for _, path := range t.Lists {
		if !filepath.IsAbs(path) {
			errs = append(errs, fmt.Errorf("transport.lists: %q must be an absolute path", path))
		}
	}
	if t.PolicyListen != "" {
		host, _, err := net.SplitHostPort(t.PolicyListen)
		if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
			errs = append(errs, fmt.Errorf("transport.policy_listen: %q must be host:port on this machine", t.PolicyListen))
		}
	}
	if t.Resolver != "" {
		if err := (&transport.Resolver{Addr: t.Resolver}).Check(); err != nil {
			errs = append(errs, fmt.Errorf("transport.%w", err))
		}
		if t.PolicyListen == "" {
			errs = append(errs, errors.New("transport.resolver needs policy_listen: what Postfix is not made to keep to proves nothing"))
		}
	}
	switch transport.Unproven(t.Unproven) {
	case transport.Leave, transport.Encrypt, transport.Secure:
	default:
		errs = append(errs, fmt.Errorf("transport.unproven: %q must be encrypt, secure or empty", t.Unproven))
	}
	return errors.Join(errs...)
}
