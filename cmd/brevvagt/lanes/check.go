package lanes

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"path/filepath"
	"regexp"
	"strconv"
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
// set as docs/postfix.md says. postconf gives a setting of Postfix; an error means that
// Postfix does not know it.
func Checks(ctx context.Context, cfg config.Config, postconf func(key string) (string, error)) []Check {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	var list []Check
	if cfg.Gateway.SMTP.Listen != "" {
		list = append(list, nextHopChecks(ctx, cfg)...)
		list = append(list, laneChecks(cfg)...)
	}
	if cfg.Gateway.Milter.Listen != "" {
		list = append(list, milterCheck(cfg))
		list = append(list, postfixChecks(cfg, postconf)...)
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

// expiring is how long before its end a certificate is worth a word.
const expiring = 30 * 24 * time.Hour

// laneChecks looks at our own side of the SMTP lane.
func laneChecks(cfg config.Config) []Check {
	const what = "SMTP-gateway"
	var list []Check
	c := cfg.Gateway.SMTP
	if security, err := c.TLS.Config(); err != nil {
		list = append(list, Check{Bad, what, err.Error(), ""})
	} else if security != nil {
		if leaf := security.Certificates[0].Leaf; leaf != nil && time.Until(leaf.NotAfter) < expiring {
			list = append(list, Check{Bad, what, "certifikatet udløber " + leaf.NotAfter.Format("2006-01-02"), "gateway.smtp.tls.certificate"})
		}
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

var defaultAction = regexp.MustCompile(`default_action\s*=\s*(\w+)`)

// postfixChecks looks at the settings that practice showed to matter.
func postfixChecks(cfg config.Config, postconf func(string) (string, error)) []Check {
	const what = "Postfix"
	get := func(key string) string { v, _ := postconf(key); return v }
	milters, err := postconf("smtpd_milters")
	if err != nil {
		return []Check{{Bad, what, "postconf svarer ikke: " + err.Error(), ""}}
	}
	var list []Check
	say := func(l Level, state, remedy string) { list = append(list, Check{l, what, state, remedy}) }
	action := get("milter_default_action")
	if m := defaultAction.FindStringSubmatch(milters); m != nil {
		action = m[1]
	}
	switch {
	case milters == "":
		say(Bad, "smtpd_milters er tom: ingen mail kommer forbi brevvagt", "docs/postfix.md")
	case !pointsAtUs(milters, cfg.Gateway.Milter.Listen):
		say(Bad, "smtpd_milters peger ikke på "+cfg.Gateway.Milter.Listen+": "+milters, "docs/postfix.md")
	case action == "accept":
		say(Bad, "med default_action=accept slipper mail igennem, når brevvagt er nede", "default_action=quarantine, docs/postfix.md")
	case action == "reject":
		say(Bad, "med default_action=reject afviser Postfix alt for altid, når brevvagt er nede", "default_action=quarantine, docs/postfix.md")
	default:
		say(Good, "default_action="+action+", smtpd_milters "+milters, "")
	}
	if v, err := strconv.Atoi(get("milter_protocol")); err != nil || v < 6 {
		say(Bad, "milter_protocol er under 6: Postfix venter ikke på en lang læsning", "postconf milter_protocol=6")
	}
	if get("non_smtpd_milters") == "" {
		say(Note, "non_smtpd_milters er tom: mail fra sendmail-kommandoen læses ikke", "docs/postfix.md")
	}
	if get("enable_long_queue_ids") != "yes" {
		say(Bad, "enable_long_queue_ids er ikke yes: kø-numre genbruges", "postconf enable_long_queue_ids=yes")
	}
	if v := get("smtp_tls_mandatory_protocols"); !strings.Contains(v, "1.2") && !strings.Contains(v, "1.3") {
		say(Note, "smtp_tls_mandatory_protocols tillader TLS under 1.2", "postconf 'smtp_tls_mandatory_protocols=>=TLSv1.2'")
	}
	// yes, normalize and reject are all well; an older Postfix says nothing.
	if v := get("smtpd_forbid_bare_newline"); v == "" || v == "no" {
		say(Note, "smtpd_forbid_bare_newline er ikke sat: en mail kan smugles ind i en anden (CVE-2023-51764)", "postconf smtpd_forbid_bare_newline=normalize (fra 3.7.10; yes i 3.7.9)")
	}
	if n, err := strconv.ParseInt(get("message_size_limit"), 10, 64); err == nil && (n == 0 || n > cfg.Gateway.MaxBytes) {
		say(Note, "message_size_limit er større end gateway.max_bytes: de største mails holdes og læses bagefter", "sæt dem lige store")
	}
	return list
}

// pointsAtUs compares the ends: a Unix socket is written relative to the queue there.
func pointsAtUs(milters, listen string) bool {
	network, addr, _ := strings.Cut(listen, ":")
	if network == "unix" {
		return strings.Contains(milters, "/"+filepath.Base(addr))
	}
	_, port, err := net.SplitHostPort(addr)
	return err == nil && strings.Contains(milters, ":"+port)
}
