package lanes

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"time"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/scanner/source/gateway/relay"
)

// Level says how a check went.
type Level int

// The levels.
const (
	Good Level = iota
	Note
	Bad
)

// Check is one thing that `brevvagt doctor` looked at.
type Check struct {
	Level               Level
	What, State, Remedy string
}

// Checks looks at the lanes from outside: what they need can be reached, and Postfix is
// set as docs/postfix.md says, with no way in that passes us by.
func Checks(ctx context.Context, cfg config.Config, postfix Postfix) []Check {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	list := OwnCertificates(cfg, time.Now())
	if cfg.Gateway.SMTP.Listen != "" {
		list = append(list, nextHopChecks(ctx, cfg)...)
		list = append(list, laneChecks(cfg)...)
	}
	if cfg.Gateway.Milter.Listen != "" {
		list = append(list, milterCheck(cfg))
		list = append(list, postfixChecks(cfg, postfix)...)
	}
	if cfg.Notify.From != "" {
		list = append(list, reachable(ctx, "beskeder (notify)", NoticeHop(cfg)))
	}
	return list
}

func reachable(ctx context.Context, what string, h *relay.Hop) Check {
	c, err := h.Dial(ctx)
	if err != nil {
		return Check{Bad, what, err.Error(), ""}
	}
	_ = c.Close()
	return Check{Good, what, h.Addr, ""}
}

const nextHop = "næste led (SMTP)"

// nextHopChecks says what a mail on its way to the next hop meets: encryption, its
// version, a certificate, a login, and how much it takes.
func nextHopChecks(ctx context.Context, cfg config.Config) []Check {
	h := NextHop(cfg)
	c, err := h.Dial(ctx)
	if err != nil {
		return []Check{{Bad, nextHop, err.Error(), "docs/exchange.md; mail bliver hos afsenderen, til det virker"}}
	}
	defer c.Close()
	state := h.Addr
	var list []Check
	switch version, encrypted := c.TLS(); {
	case encrypted:
		state += ", " + tls.VersionName(version)
		if h.TLS != relay.Verified {
			list = append(list, certificateCheck(ctx, *h))
		}
	case h.TLS == relay.Opportunistic:
		list = append(list, Check{Note, nextHop, "tilbyder ikke STARTTLS: mail går i klartekst", "gateway.smtp.next_hop_tls: require, og et certifikat på næste led"})
	}
	if h.Login != nil {
		state += ", logget ind"
	}
	if size, ok := c.Size(); ok && size > 0 && size < cfg.Gateway.MaxBytes {
		list = append(list, Check{Note, nextHop, fmt.Sprintf("tager højst %d MB; gateway.max_bytes er %d MB", size>>20, cfg.Gateway.MaxBytes>>20), "sæt dem lige store"})
	}
	return append([]Check{{Good, nextHop, state, ""}}, list...)
}

// certificateCheck tells whether the next hop could be checked as well.
func certificateCheck(ctx context.Context, h relay.Hop) Check {
	h.TLS = relay.Verified
	c, err := h.Dial(ctx)
	if err != nil {
		return Check{Note, nextHop, "certifikatet bliver ikke kontrolleret, og kan ikke: " + err.Error(), "et certifikat, der gælder for navnet, og next_hop_tls: verify"}
	}
	_ = c.Close()
	return Check{Note, nextHop, "certifikatet er gyldigt, men bliver ikke kontrolleret", "gateway.smtp.next_hop_tls: verify"}
}

// laneChecks looks at our own side of the SMTP lane.
func laneChecks(cfg config.Config) []Check {
	const what = "SMTP-gateway"
	var list []Check
	c := cfg.Gateway.SMTP
	if _, err := c.TLS.Config(nil); err != nil {
		list = append(list, Check{Bad, what, err.Error(), ""})
	}
	if c.Logins != "" {
		if _, err := config.NewLogins(c.Logins); err != nil {
			list = append(list, Check{Bad, what, err.Error(), "htpasswd -B, chmod 640"})
		}
	}
	nc, err := net.DialTimeout("tcp", c.Listen, 3*time.Second)
	if err != nil {
		return append(list, Check{Note, what, "der lyttes ikke på " + c.Listen, "brevvagt serve"})
	}
	_ = nc.Close()
	return append(list, Check{Good, what, "lytter på " + c.Listen, ""})
}

func milterCheck(cfg config.Config) Check {
	const what = "milter"
	network, addr, _ := strings.Cut(cfg.Gateway.Milter.Listen, ":")
	if network == "inet" {
		network = "tcp"
	}
	nc, err := net.DialTimeout(network, addr, 3*time.Second)
	if err != nil {
		return Check{Note, what, "der lyttes ikke på " + cfg.Gateway.Milter.Listen, "brevvagt serve; Postfix holder mail imens"}
	}
	_ = nc.Close()
	return Check{Good, what, "lytter på " + cfg.Gateway.Milter.Listen, ""}
}
