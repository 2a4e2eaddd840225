package transport

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Policies fetches and keeps MTA-STS policies (RFC 8461).
type Policies struct {
	// Client fetches; NewClient makes one for the internet.
	Client *http.Client

	mu   sync.Mutex
	kept map[string]policy
}

// policy is one domain's policy that is enforced, or that it has none.
type policy struct {
	id    string
	mode  string
	mx    []string
	until time.Time
}

// answer is the policy in the words of Postfix: a certificate for one of the
// names of the policy, which a wildcard turns into a name with a leading dot.
func (p policy) answer() string {
	names := make([]string, len(p.mx))
	for i, mx := range p.mx {
		names[i] = strings.TrimPrefix(mx, "*")
	}
	return "secure match=" + strings.Join(names, ":") + " servername=hostname" + protocols
}

const (
	maxPolicy   = 64 << 10 // bytes
	maxPatterns = 50
	maxAge      = 31557600 * time.Second // RFC 8461 3.2
	maxKept     = 5000
)

var (
	stsID     = regexp.MustCompile(`^[0-9A-Za-z]{1,32}$`)
	mxPattern = regexp.MustCompile(`^(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)
)

// enforced returns the domain's policy if there is one in mode enforce. A policy
// that was fetched before counts until its end also when it cannot be fetched anew.
func (s *Policies) enforced(ctx context.Context, r *Resolver, domain string, now time.Time) (policy, bool) {
	if s == nil {
		return policy{}, false
	}
	s.mu.Lock()
	kept, ok := s.kept[domain]
	s.mu.Unlock()
	fresh := ok && kept.until.After(now)
	id, err := r.sts(ctx, domain)
	switch {
	case fresh && (err != nil || id == "" || id == kept.id):
		return kept, kept.mode == "enforce" // RFC 8461 5.1: a missing record does not end it
	case err != nil || id == "":
		return policy{}, false
	}
	p, err := s.fetch(ctx, domain, now)
	if err != nil {
		return kept, fresh && kept.mode == "enforce"
	}
	p.id = id
	s.mu.Lock()
	if s.kept == nil || len(s.kept) >= maxKept {
		s.kept = map[string]policy{}
	}
	s.kept[domain] = p
	s.mu.Unlock()
	return p, p.mode == "enforce"
}

func (s *Policies) fetch(ctx context.Context, domain string, now time.Time) (policy, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://mta-sts."+domain+"/.well-known/mta-sts.txt", nil)
	if err != nil {
		return policy{}, err
	}
	res, err := s.Client.Do(req)
	if err != nil {
		return policy{}, fmt.Errorf("fetch MTA-STS policy: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK { // also a redirect, RFC 8461 3.3
		return policy{}, fmt.Errorf("fetch MTA-STS policy: status %d", res.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxPolicy+1))
	if err != nil {
		return policy{}, fmt.Errorf("fetch MTA-STS policy: %w", err)
	}
	if len(body) > maxPolicy {
		return policy{}, errors.New("MTA-STS policy is too large")
	}
	return parsePolicy(body, now)
}

// parsePolicy reads a policy file (RFC 8461 3.2).
func parsePolicy(body []byte, now time.Time) (policy, error) {
	var p policy
	version, age := "", time.Duration(-1)
	lines := bufio.NewScanner(bytes.NewReader(body))
	for lines.Scan() {
		name, value, ok := strings.Cut(lines.Text(), ":")
		value = strings.TrimSpace(value)
		if !ok {
			continue
		}
		switch strings.TrimSpace(name) {
		case "version":
			version = value
		case "mode":
			p.mode = value
		case "max_age":
			sec, err := strconv.ParseInt(value, 10, 64)
			if err != nil || sec < 0 {
				return policy{}, errors.New("MTA-STS policy: bad max_age")
			}
			age = min(time.Duration(min(sec, int64(maxAge/time.Second)))*time.Second, maxAge)
		case "mx":
			if mx := strings.ToLower(value); mxPattern.MatchString(mx) && len(p.mx) < maxPatterns {
				p.mx = append(p.mx, mx)
			} else {
				return policy{}, errors.New("MTA-STS policy: bad mx")
			}
		}
	}
	if lines.Err() != nil || version != "STSv1" || age < 0 || !slices.Contains([]string{"enforce", "testing", "none"}, p.mode) ||
		p.mode != "none" && len(p.mx) == 0 {
		return policy{}, errors.New("MTA-STS policy: not a policy")
	}
	p.until = now.Add(age)
	return p, nil
}

// NewClient makes a client that fetches policies from the internet only: a name
// that points to this machine or network is not followed, nor is a redirect.
func NewClient() *http.Client {
	d := &net.Dialer{Timeout: 5 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		host, _, err := net.SplitHostPort(address)
		ip := net.ParseIP(host)
		if err != nil || ip == nil || !ip.IsGlobalUnicast() || ip.IsPrivate() {
			return fmt.Errorf("%s is no address on the internet", host)
		}
		return nil
	}}
	return &http.Client{
		Timeout:       8 * time.Second,
		Transport:     &http.Transport{DialContext: d.DialContext, TLSHandshakeTimeout: 5 * time.Second, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
