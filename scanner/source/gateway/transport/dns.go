package transport

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// Resolver asks one validating resolver, whose word (the AD bit, RFC 4035 3.2.3)
// counts because nobody stands between it and us: it must be on this machine.
type Resolver struct {
	Addr string // host:port on loopback

	Timeout time.Duration // of one question, default 3 s
}

// Check reports why the resolver's word would not count.
func (r *Resolver) Check() error {
	host, _, err := net.SplitHostPort(r.Addr)
	if err != nil {
		return fmt.Errorf("resolver %q must be host:port", r.Addr)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("resolver %q must be on this machine: nobody may stand between it and us", r.Addr)
	}
	return nil
}

// errAnswer is an answer that says nothing, such as SERVFAIL: with a validating
// resolver also what it found forged.
var errAnswer = errors.New("the resolver has no answer")

// maxHosts bounds the mail servers of a domain that are looked at.
const maxHosts = 20

// ask returns the answer and whether it is validated.
func (r *Resolver) ask(ctx context.Context, name string, kind uint16) (answer []dns.RR, validated bool, err error) {
	m := new(dns.Msg)
	m.SetQuestion(dns.Fqdn(name), kind)
	m.AuthenticatedData = true
	m.SetEdns0(1232, true)
	c := &dns.Client{Timeout: r.Timeout}
	if c.Timeout <= 0 {
		c.Timeout = 3 * time.Second
	}
	in, _, err := c.ExchangeContext(ctx, m, r.Addr)
	if err == nil && in.Truncated {
		c.Net = "tcp"
		in, _, err = c.ExchangeContext(ctx, m, r.Addr)
	}
	if err != nil {
		return nil, false, fmt.Errorf("ask the resolver: %w", err)
	}
	if in.Rcode != dns.RcodeSuccess && in.Rcode != dns.RcodeNameError {
		return nil, false, errAnswer
	}
	return in.Answer, in.AuthenticatedData, nil
}

// hosts are the mail servers of a domain (RFC 5321 5.1) and whether that is
// validated. A domain without MX is its own mail server; a null MX has none.
func (r *Resolver) hosts(ctx context.Context, domain string) (hosts []string, validated bool, err error) {
	answer, validated, err := r.ask(ctx, domain, dns.TypeMX)
	if err != nil {
		return nil, false, err
	}
	found := false
	for _, rr := range answer {
		if mx, ok := rr.(*dns.MX); ok {
			found = true
			if host := strings.TrimSuffix(strings.ToLower(mx.Mx), "."); host != "" && len(hosts) < maxHosts {
				hosts = append(hosts, host)
			}
		}
	}
	if !found {
		hosts = []string{domain}
	}
	return hosts, validated, nil
}

// dane reports whether DANE protects the way to a domain: its mail servers are
// named by a validated answer, and every one has a validated TLSA record that a
// mail server can use (RFC 7672 3.1: usage DANE-TA or DANE-EE).
func (r *Resolver) dane(ctx context.Context, domain string) bool {
	hosts, validated, err := r.hosts(ctx, domain)
	if err != nil || !validated || len(hosts) == 0 {
		return false
	}
	for _, host := range hosts {
		answer, validated, err := r.ask(ctx, "_25._tcp."+host, dns.TypeTLSA)
		if err != nil || !validated || !usable(answer) {
			return false
		}
	}
	return true
}

func usable(answer []dns.RR) bool {
	for _, rr := range answer {
		if t, ok := rr.(*dns.TLSA); ok && (t.Usage == 2 || t.Usage == 3) && t.Selector <= 1 && t.MatchingType <= 2 && t.Certificate != "" {
			return true
		}
	}
	return false
}

// sts is the id of a domain's MTA-STS record (RFC 8461 3.1), "" if there is none.
func (r *Resolver) sts(ctx context.Context, domain string) (string, error) {
	answer, _, err := r.ask(ctx, "_mta-sts."+domain, dns.TypeTXT)
	if err != nil {
		return "", err
	}
	id := ""
	for _, rr := range answer {
		txt, ok := rr.(*dns.TXT)
		if !ok {
			continue
		}
		record := strings.Join(txt.Txt, "")
		if !strings.HasPrefix(record, "v=STSv1;") {
			continue
		}
		if id != "" {
			return "", nil // more than one record counts as none
		}
		for field := range strings.SplitSeq(record, ";") {
			if v, ok := strings.CutPrefix(strings.TrimSpace(field), "id="); ok && stsID.MatchString(v) {
				id = v
			}
		}
	}
	return id, nil
}
