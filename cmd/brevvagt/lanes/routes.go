package lanes

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/internal/certfile"
	"brevvagt/quarantine"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/gateway"
	"brevvagt/scanner/source/gateway/relay"
	"brevvagt/scanner/source/gateway/smtpin"
)

// Routes makes the secure routes of a site. Their gateways are on this machine, or
// show a certificate of the configured name. log hears when the file of those who vouch for
// it is changed.
func Routes(cfg config.Config, log *slog.Logger) (map[string]*relay.Route, error) {
	routes := map[string]*relay.Route{}
	for i := range cfg.Site.Routes {
		r := &cfg.Site.Routes[i]
		hop := &relay.Hop{Addr: r.Gateway, Helo: cfg.Gateway.SMTP.Hostname, TLS: relay.Verified, TLSConfig: &tls.Config{ServerName: r.TLSName}, Patience: patience}
		if r.TLSName == "" {
			hop.TLS = relay.None // on this machine, or Check would not have let it pass
		}
		if r.CA != "" {
			authorities, err := certfile.OpenAuthorities(r.CA)
			if err != nil {
				return nil, fmt.Errorf("route %s: ca: %w", r.Name, err)
			}
			authorities.News = Renewed(log, "route "+r.Name)
			hop.Roots = authorities.Pool
		}
		routes[r.Name] = &relay.Route{Name: r.Name, Hop: hop, All: r.TakesAll, Filter: r.PostfixFilter, Header: r.Header, Tag: r.SubjectTag,
			Takes: func(address string) bool { return cfg.Site.Takes(r, address) }}
	}
	return routes, nil
}

// Routing is the action that holds what was to go by a secure route where the lane
// cannot take it there. It stands before the action that holds.
type Routing struct {
	Lanes *Lanes
	// Canary tells our own canaries, which are always held; may be nil.
	Canary func(it scanner.Item, out *scanner.Outcome) bool
}

// Apply implements scanner.Action.
func (a Routing) Apply(_ context.Context, it scanner.Item, out *scanner.Outcome) error {
	name := out.Verdict.Route
	if name == "" || out.Verdict.Action.Rank() >= policy.Hold.Rank() {
		return nil
	}
	da, en := "", ""
	switch route := a.Lanes.route(it.Source, name); {
	case a.Canary != nil && a.Canary(it, out):
		da, en = "Prøvemail fra brevvagt", "Test mail of brevvagt"
	case route == nil:
		da, en = "Mailen skal ad den sikre vej, men den kan ikke bruges her", "The mail is to go by the secure route, which cannot be used here"
	case it.Source == gateway.Source && !route.Whole(out.To):
		da, en = "Kun nogle af modtagerne nås ad den sikre vej. Send den i to mails", "Only some recipients are reached by the secure route. Send it as two mails"
	default:
		return nil
	}
	out.Verdict.Route, out.Verdict.RouteTo, out.Verdict.Protected = "", nil, false
	out.Verdict.Action = policy.Hold
	out.Verdict.Rules = slices.DeleteFunc(out.Verdict.Rules, func(r policy.Rule) bool { return r.ID == "secure-route" })
	out.Verdict.Rules = append([]policy.Rule{{ID: "secure-route", Action: policy.Hold, Text: da, English: en}}, out.Verdict.Rules...)
	return nil
}

func (l *Lanes) route(source, name string) *relay.Route {
	switch {
	case source == gateway.Source && l.Milter != nil:
		return l.Milter.Routes[name]
	case source == smtpin.Source && l.SMTP != nil:
		return l.SMTP.Routes[name]
	}
	return nil
}

// ReleasesBy reports whether the lane can release by a secure route.
func (r releaser) ReleasesBy(route string) bool {
	switch lane := r.lane.(type) {
	case *gateway.Milter:
		return lane.HasRoute(route)
	case *smtpin.Server:
		return lane.HasRoute(route)
	}
	return false
}

// releaseBy releases a case by the secure route that its decision names.
func (r releaser) releaseBy(ctx context.Context, c *quarantine.Case, content io.Reader) (answer string, err error) {
	switch lane := r.lane.(type) {
	case *gateway.Milter:
		answer, err = lane.ReleaseBy(ctx, c.Wish.Route, c.Receipt)
	case *smtpin.Server:
		seeker, ok := content.(io.ReadSeeker)
		if !ok {
			return "", errors.New("release by a route needs content that can be read twice")
		}
		answer, err = lane.ReleaseBy(ctx, c.Wish.Route, c.Receipt, seeker)
	}
	if errors.Is(err, gateway.ErrRoute) || errors.Is(err, smtpin.ErrRoute) {
		return "", err // for a person to see, another try does not help
	}
	return answer, classify(err)
}

// RouteCheck is how a try to reach the gateway of a route went.
type RouteCheck struct {
	Name, Gateway string
	Err           error
}

// CheckRoutes connects to the gateway of each route, with the checks that count for a
// mail.
func CheckRoutes(ctx context.Context, cfg config.Config) []RouteCheck {
	routes, err := Routes(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return []RouteCheck{{Name: "site.routes", Err: err}}
	}
	var list []RouteCheck
	for _, r := range cfg.Site.Routes {
		c := RouteCheck{Name: r.Name, Gateway: r.Gateway}
		conn, err := routes[r.Name].Hop.Dial(ctx)
		if c.Err = err; err == nil {
			_ = conn.Close()
		}
		list = append(list, c)
	}
	return list
}
