package lanes

import (
	"fmt"
	"net"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"brevvagt/cmd/brevvagt/config"
)

// the settings that decide whether a mail passes us.
const (
	ours       = "smtpd_milters"
	overriding = "receive_override_options"
	proxied    = "smtpd_proxy_filter"
	exempting  = "smtpd_milter_maps"
	fallback   = "milter_default_action"
)

// postfixCheck collects what was seen of one Postfix.
type postfixCheck struct {
	Postfix
	cfg  config.Config
	list []Check
}

func (p *postfixCheck) say(l Level, state, remedy string) {
	p.list = append(p.list, Check{l, "Postfix", state, remedy})
}

func (p *postfixCheck) get(name string) string { v, _ := p.Setting(name); return v }

const guide = "docs/postfix.md"

// postfixChecks looks at the settings that practice showed to matter.
func postfixChecks(cfg config.Config, postfix Postfix) []Check {
	p := &postfixCheck{Postfix: postfix, cfg: cfg}
	milters, err := postfix.Setting(ours)
	if err != nil {
		return []Check{{Bad, "Postfix", "postconf svarer ikke: " + err.Error(), ""}}
	}
	p.filter(milters)
	p.services()
	p.settings()
	p.elsewhere()
	return p.list
}

var defaultAction = regexp.MustCompile(`default_action\s*=\s*(\w+)`)

// filter looks at the list of milters and at what happens without us.
func (p *postfixCheck) filter(milters string) {
	action := p.get(fallback)
	if m := defaultAction.FindStringSubmatch(p.own(milters)); m != nil {
		action = m[1]
	}
	switch {
	case milters == "":
		p.say(Bad, "smtpd_milters er tom: ingen mail kommer forbi brevvagt", guide)
	case p.own(milters) == "":
		p.say(Bad, "smtpd_milters peger ikke på "+p.cfg.Gateway.Milter.Listen+": "+milters, guide)
	case action == "accept":
		p.say(Bad, "med default_action=accept slipper mail igennem, når brevvagt er nede", "default_action=quarantine, "+guide)
	case action == "reject":
		p.say(Bad, "med default_action=reject afviser Postfix alt for altid, når brevvagt er nede", "default_action=quarantine, "+guide)
	default:
		p.say(Good, "default_action="+action+", smtpd_milters "+milters, "")
	}
	if list := each(milters); len(list) > 1 && p.own(milters) != "" && p.own(list[0]) == "" {
		p.say(Note, "brevvagt er ikke det første milter: det ser, hvad de andre har lavet om", "sæt det først i smtpd_milters")
	}
	local := p.get("non_smtpd_milters")
	switch {
	case local == "":
		p.say(Note, "non_smtpd_milters er tom: mail fra sendmail-kommandoen læses ikke", guide)
	case p.own(local) == "":
		p.say(Bad, "non_smtpd_milters peger ikke på "+p.cfg.Gateway.Milter.Listen+": mail fra sendmail-kommandoen læses ikke", "non_smtpd_milters = $smtpd_milters")
	}
}

// each splits a list of milters: words with commas or spaces between, or "{ ... }".
func each(milters string) []string {
	return regexp.MustCompile(`\{[^}]*\}|[^\s,{}]+`).FindAllString(milters, -1)
}

// own is the milter in a list that is us, "" when none is.
func (p *postfixCheck) own(milters string) string {
	for _, m := range each(milters) {
		for _, word := range strings.FieldsFunc(m, func(r rune) bool { return strings.ContainsRune(" \t,{}", r) }) {
			if SameSocket(word, p.cfg.Gateway.Milter.Listen) {
				return m
			}
		}
	}
	return ""
}

// SameSocket reports whether Postfix's name of a socket is ours. It writes a Unix socket
// relative to its queue, and other programs' sockets have the same last name.
func SameSocket(theirs, ours string) bool {
	network, path, ok := strings.Cut(theirs, ":")
	ourNetwork, ourPath, _ := strings.Cut(ours, ":")
	if !ok || network != ourNetwork {
		return false
	}
	if network == "unix" {
		path = filepath.Clean("/" + path)
		return path != "/" && strings.HasSuffix(filepath.Clean("/"+ourPath), path)
	}
	host, port, err := net.SplitHostPort(path)
	ourHost, ourPort, errOurs := net.SplitHostPort(ourPath)
	if err != nil || errOurs != nil || port != ourPort {
		return false
	}
	local := func(h string) bool {
		return h == "" || h == "localhost" || net.ParseIP(h).IsLoopback() || net.ParseIP(h).IsUnspecified()
	}
	return host == ourHost || local(host) && local(ourHost) || net.ParseIP(ourHost).IsUnspecified()
}

// service is one line of master.cf with its settings; those it lacks are main.cf's.
type service struct {
	name, program string
	set           map[string]string
	main          func(string) string
}

func (s service) get(name string) string {
	if v, ok := s.set[name]; ok {
		return v
	}
	return s.main(name)
}

// inside reports a service that only this machine can reach: what comes back from a
// filter, or from us.
func (s service) inside() bool {
	host, _, err := net.SplitHostPort(s.name)
	return err == nil && (host == "localhost" || net.ParseIP(host).IsLoopback())
}

// services looks at every way in of master.cf.
func (p *postfixCheck) services() {
	list, err := p.read()
	if err != nil {
		p.say(Note, "master.cf kan ikke læses: "+err.Error(), "")
		return
	}
	behind := slices.ContainsFunc(list, func(s service) bool { // scanned after the proxy has had it
		return s.program == "smtpd" && s.inside() && s.get(proxied) == "" && !strings.Contains(s.get(overriding), "no_milters") && p.own(s.get(ours)) != ""
	})
	for _, s := range list {
		switch s.program {
		case "smtpd":
			p.way(s, behind)
		case "pickup":
			if strings.Contains(s.get(overriding), "no_milters") {
				p.say(Bad, "master.cf, pickup: no_milters, så mail fra sendmail-kommandoen læses ikke", guide)
			}
		}
	}
}

// way looks at one smtpd.
func (p *postfixCheck) way(s service, behind bool) {
	const remedy = "fjern indstillingen dér, eller sæt brevvagt ind; kun en port, som brevvagt eller et filter afleverer på, må være uden"
	where := "master.cf, " + s.name + ": "
	milters := s.get(ours)
	action := s.get(fallback)
	if m := defaultAction.FindStringSubmatch(p.own(milters)); m != nil {
		action = m[1]
	}
	_, own := s.set[ours]
	_, changed := s.set[fallback]
	switch {
	case s.inside() && (p.own(milters) == "" || strings.Contains(s.get(overriding), "no_milters")):
		// how mail comes back from a filter
	case strings.Contains(s.get(overriding), "no_milters"):
		p.say(Bad, where+"no_milters, så mail ad den vej læses ikke", remedy)
	case s.get(proxied) != "" && !behind:
		p.say(Bad, where+"smtpd_proxy_filter, så brevvagt ser ikke indholdet af mail ad den vej", "sæt brevvagt ind på den port, filteret afleverer på")
	case own && p.own(milters) == "" && s.get(proxied) == "":
		p.say(Bad, where+"smtpd_milters uden brevvagt, så mail ad den vej læses ikke", remedy)
	case (own || changed) && p.own(milters) != "" && (action == "accept" || action == "reject"):
		p.say(Bad, where+"default_action="+action+", når brevvagt er nede", "default_action=quarantine, "+guide)
	}
	if maps := s.get(exempting); maps != "" && !s.inside() {
		p.say(Bad, where+"smtpd_milter_maps "+maps+" kan undtage klienter, fx egne netværk: deres mail læses ikke", "postconf -X smtpd_milter_maps, eller lad ingen være undtaget")
	}
}

// read puts the lines of master.cf and their settings together.
func (p *postfixCheck) read() ([]service, error) {
	lines, err := p.Services()
	if err != nil {
		return nil, err
	}
	settings, err := p.Overrides()
	if err != nil {
		return nil, err
	}
	set := map[string]map[string]string{}
	for line := range strings.Lines(settings) {
		name, value, _ := strings.Cut(strings.TrimRight(line, "\n"), "=")
		parts := strings.Split(strings.TrimSpace(name), "/")
		if len(parts) != 3 {
			continue
		}
		key := parts[0] + "/" + parts[1]
		if set[key] == nil {
			set[key] = map[string]string{}
		}
		set[key][parts[2]] = strings.TrimSpace(value)
	}
	var list []service
	for line := range strings.Lines(lines) {
		if f := strings.Fields(line); len(f) >= 8 {
			list = append(list, service{name: f[0], program: f[7], set: set[f[0]+"/"+f[1]], main: p.get})
		}
	}
	return list, nil
}

// settings looks at the rest of main.cf.
func (p *postfixCheck) settings() {
	if strings.Contains(p.get(overriding), "no_milters") {
		p.say(Bad, "receive_override_options: no_milters, så ingen mail læses", "postconf -X receive_override_options")
	}
	if v := p.get("content_filter"); v != "" {
		p.say(Note, "content_filter "+v+" kommer efter brevvagt: det, filteret lægger til, læses ikke", "lad filteret aflevere på en port, hvor brevvagt er i smtpd_milters, og tag det af den første")
	}
	if v, err := strconv.Atoi(p.get("milter_protocol")); err != nil || v < 6 {
		p.say(Bad, "milter_protocol er under 6: Postfix venter ikke på en lang læsning", "postconf milter_protocol=6")
	}
	if p.get("enable_long_queue_ids") != "yes" {
		p.say(Bad, "enable_long_queue_ids er ikke yes: kø-numre genbruges", "postconf enable_long_queue_ids=yes")
	}
	if v := p.get("smtp_tls_mandatory_protocols"); !strings.Contains(v, "1.2") && !strings.Contains(v, "1.3") {
		p.say(Note, "smtp_tls_mandatory_protocols tillader TLS under 1.2", "postconf 'smtp_tls_mandatory_protocols=>=TLSv1.2'")
	}
	// yes, normalize and reject are all well; an older Postfix says nothing.
	if v := p.get("smtpd_forbid_bare_newline"); v == "" || v == "no" {
		p.say(Note, "smtpd_forbid_bare_newline er ikke sat: en mail kan smugles ind i en anden (CVE-2023-51764)", "postconf smtpd_forbid_bare_newline=normalize (fra 3.7.10; yes i 3.7.9)")
	}
	if n, err := strconv.ParseInt(p.get("message_size_limit"), 10, 64); err == nil && (n == 0 || n > p.cfg.Gateway.MaxBytes) {
		p.say(Note, "message_size_limit er større end gateway.max_bytes: de største mails holdes og læses bagefter", "sæt dem lige store")
	}
}

// elsewhere looks for recipients that Postfix adds after we have seen a mail: copies,
// and aliases of ours that lead out.
func (p *postfixCheck) elsewhere() {
	if to := p.get("always_bcc"); p.outside(to) {
		p.say(Bad, "always_bcc sender en kopi af al mail til "+domainOf(to)+", uden at brevvagt ser den modtager", "en adresse hos jer selv")
	}
	for _, name := range []string{"sender_bcc_maps", "recipient_bcc_maps", "virtual_alias_maps"} {
		out, unread := 0, 0
		example := ""
		for _, table := range tables(p.get(name)) {
			entries, err := p.Table(table)
			if err != nil {
				unread++
				continue
			}
			for line := range strings.Lines(entries) {
				key, value, _ := strings.Cut(strings.TrimSpace(line), "\t")
				for _, to := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' }) {
					if p.outside(to) && !p.outside(key) {
						out, example = out+1, domainOf(to)
					}
				}
			}
		}
		if out > 0 {
			p.say(Note, fmt.Sprintf("%s fører ud af huset (%d adresser, fx til %s): brevvagt ser kun den adresse, afsenderen skrev", name, out, example), "brug adressen ude i byen i stedet, eller hold personoplysninger ude af den postkasse")
		}
		if unread > 0 {
			p.say(Note, fmt.Sprintf("%s har %d tabeller, der ikke kan læses igennem; fører de ud af huset, ser brevvagt det ikke", name, unread), "")
		}
	}
}

// outside reports an address that is none of our own.
func (p *postfixCheck) outside(address string) bool {
	return domainOf(address) != "" && !p.cfg.Site.Internal(address)
}

func domainOf(address string) string {
	if i := strings.LastIndexByte(address, '@'); i >= 0 {
		return address[i+1:]
	}
	return ""
}

// tables splits a list of lookup tables, leaving alone what stands in braces.
func tables(list string) []string {
	return regexp.MustCompile(`[^\s,{}]+(\{[^}]*\})?`).FindAllString(list, -1)
}
