// Package transport says whether the way to a domain is encrypted by something that
// is enforced, and makes Postfix enforce it.
//
// Proof comes from the operator's signed-off lists, from DANE (RFC 7672), from
// MTA-STS (RFC 8461) or from the domain being our own. That a server offered
// STARTTLS the last time is no proof: it may not the next time.
//
// Glossary: a promise is that a mail left because a domain was proven; while it may
// still lie in a queue, delivery to that domain insists on what was promised.
package transport

import (
	"context"
	"regexp"
	"sync"
	"time"

	"brevvagt/internal/domainname"
)

// Method is what a proof rests on.
type Method string

// The methods, the best first, and None for what is not proven.
const (
	Internal Method = "internal"
	Operator Method = "operator"
	DANE     Method = "dane"
	MTASTS   Method = "mta-sts"
	None     Method = "none"
)

// Proof is what is known of the way to a domain.
type Proof struct {
	Domain string
	Method Method
	Source string // where that is known from
	// Answer is what the mail server must insist on, in the words of Postfix's
	// smtp_tls_policy_maps; "" leaves it to the mail server.
	Answer string
	Until  time.Time // how long this holds; zero is for now only
}

// Protected reports whether mail to the domain is encrypted for certain.
func (p Proof) Protected() bool { return p.Method != None && p.Method != "" }

// protocols is Danish practice for forced encryption: TLS 1.2 or better.
const protocols = " protocols=>=TLSv1.2"

// Prover looks domains up. Set the fields before use; it is then safe for
// concurrent use.
type Prover struct {
	// Own reports whether a domain is one of ours; may be nil.
	Own func(domain string) bool
	// Lists are the operator's; the first that names a domain counts.
	Lists []*List
	// DNS asks a validating resolver; nil knows no DANE and no MTA-STS.
	DNS *Resolver
	// Policies fetches MTA-STS policies; nil knows none.
	Policies *Policies
	Now      func() time.Time // default time.Now

	mu    sync.Mutex
	known map[string]Proof // what was looked up, until it ends
}

const (
	// maxKnown bounds what is remembered.
	maxKnown = 10_000
	// again is how long an answer of DNS counts, and noneAgain a domain without.
	again     = 5 * time.Minute
	noneAgain = time.Minute
	// lookup bounds the look-up of one domain: a sender may be waiting.
	lookup = 8 * time.Second
)

var domainName = regexp.MustCompile(`^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)

// Use puts other lists in force.
func (p *Prover) Use(lists []*List) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Lists = lists
}

// Prove looks up one domain. What cannot be looked up is not proven.
func (p *Prover) Prove(ctx context.Context, domain string) Proof {
	domain = domainname.Canonical(domain)
	now := time.Now()
	if p.Now != nil {
		now = p.Now()
	}
	if p.Own != nil && p.Own(domain) {
		return Proof{Domain: domain, Method: Internal, Source: "site.internal_domains"}
	}
	p.mu.Lock()
	lists := p.Lists
	p.mu.Unlock()
	for _, l := range lists {
		if proof, ok := l.find(domain, now); ok {
			return proof
		}
	}
	none := Proof{Domain: domain, Method: None}
	if p.DNS == nil || len(domain) > 253 || !domainName.MatchString(domain) {
		return none
	}
	p.mu.Lock()
	known, ok := p.known[domain]
	p.mu.Unlock()
	if ok && known.Until.After(now) {
		return known
	}
	ctx, cancel := context.WithTimeout(ctx, lookup)
	defer cancel()
	none.Until = now.Add(noneAgain)
	found := none
	if p.DNS.dane(ctx, domain) {
		found = Proof{Domain: domain, Method: DANE, Source: "TLSA", Answer: "dane-only" + protocols, Until: now.Add(again)}
	} else if policy, ok := p.Policies.enforced(ctx, p.DNS, domain, now); ok {
		found = Proof{Domain: domain, Method: MTASTS, Source: "policy " + policy.id, Answer: policy.answer(), Until: now.Add(again)}
	}
	p.remember(found)
	return found
}

func (p *Prover) remember(found Proof) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil || len(p.known) >= maxKnown {
		p.known = map[string]Proof{}
	}
	p.known[found.Domain] = found
}
