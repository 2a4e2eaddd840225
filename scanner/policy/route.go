package policy

import (
	"fmt"
	"slices"
	"strings"

	"brevvagt/document"
	"brevvagt/scanner/policy/setting"
)

// Decide asks every rule and takes the strongest action of those that fire. An
// incoming mail is read and reported but never held. Where a rule or a recipient asks
// for a secure route, and nothing else speaks against the mail once it goes that way,
// it goes that way instead of being held.
func Decide(site Site, rules []Definition, f *Facts) Verdict {
	v := judge(site, rules, f)
	if f.Incoming || f.Channel.Left || f.Kind != "mail" || v.Action == Reject {
		return v
	}
	// A recipient's own route comes before one that a rule asks for.
	for _, asked := range []func(r *setting.Route) bool{
		func(r *setting.Route) bool { return slices.ContainsFunc(f.To, r.Names) },
		func(r *setting.Route) bool {
			return slices.ContainsFunc(v.Rules, func(rule Rule) bool { return rule.Route == r.Name })
		},
	} {
		var wanted []*setting.Route
		for i := range site.Routes {
			if asked(&site.Routes[i]) {
				wanted = append(wanted, &site.Routes[i])
			}
		}
		if len(wanted) > 1 {
			return v // two routes for one mail: a person decides
		}
		if len(wanted) == 1 {
			if over, ok := byRoute(site, rules, f, wanted[0]); ok {
				return over
			}
			return v
		}
	}
	for i := range site.Routes {
		if v.Action != Hold || len(site.Routes[i].Recipients) > 0 {
			continue
		}
		if _, ok := byRoute(site, rules, f, &site.Routes[i]); ok {
			v.Offer = site.Routes[i].Name
			break
		}
	}
	return v
}

// Takes reports whether a route is for an address.
func (s Site) Takes(r *setting.Route, address string) bool {
	if len(r.Recipients) > 0 {
		return r.Names(address)
	}
	return !s.Internal(address)
}

// Route is the route of that name, or nil.
func (s Site) Route(name string) *setting.Route {
	for i := range s.Routes {
		if s.Routes[i].Name == name {
			return &s.Routes[i]
		}
	}
	return nil
}

// byRoute is the verdict if everybody whom the route takes is reached by it.
func byRoute(site Site, rules []Definition, f *Facts, r *setting.Route) (Verdict, bool) {
	by := slices.DeleteFunc(slices.Clone(f.Channel.External), func(a string) bool { return a == unknownRecipient || !site.Takes(r, a) })
	if len(by) == 0 {
		return Verdict{}, false
	}
	g := *f
	g.once.people, g.once.mail = nil, nil
	g.Channel.Unprotected = slices.DeleteFunc(slices.Clone(f.Channel.Unprotected), func(a string) bool { return slices.Contains(by, a) })
	g.Findings = slices.Clone(f.Findings)
	left := len(g.Channel.Unprotected) > 0
	for i := range g.Findings {
		// The address is the recipient, unless somebody who is not reached securely
		// reads it too. Anywhere else the number still counts.
		if !left && g.Findings[i].Category == "national-id" && addresses(f, i, by) {
			g.Findings[i].Category = "recipient"
		}
	}
	v := judge(site, rules, &g)
	v.Rules = slices.DeleteFunc(v.Rules, func(rule Rule) bool { return rule.Route != "" && !left })
	v.Action = Pass
	for _, rule := range v.Rules {
		if rule.Action.Rank() > v.Action.Rank() {
			v.Action = rule.Action
		}
	}
	if v.Action.Rank() >= Hold.Rank() {
		return v, false
	}
	v.Route, v.RouteTo, v.Protected = r.Name, by, !left
	v.Rules = append(v.Rules, Rule{ID: "secure-route", Action: Pass,
		Text:    fmt.Sprintf("Sendes ad den sikre vej „%s“ til %s", r.Name, countDa(len(by), "modtager", "modtagere")),
		English: fmt.Sprintf("Goes by the secure route %q to %s", r.Name, countEn(len(by), "recipient", "recipients"))})
	return v, true
}

// addresses reports whether a finding stands in the To or Cc field within an address
// that goes by the route.
func addresses(f *Facts, i int, by []string) bool {
	x := &f.Findings[i]
	if x.Segment < 0 || x.Segment >= len(f.Doc.Segments) {
		return false
	}
	s := &f.Doc.Segments[x.Segment]
	if x.At.Layer != document.Header || s.Label != "To" && s.Label != "Cc" || x.End > len(s.Text) {
		return false
	}
	const ends = " \t\r\n<>,;:\"()"
	from := strings.LastIndexAny(s.Text[:x.Start], ends) + 1
	to := strings.IndexAny(s.Text[x.End:], ends)
	if to < 0 {
		to = len(s.Text) - x.End
	}
	address := strings.ToLower(s.Text[from : x.End+to])
	at := strings.LastIndexByte(address, '@')
	return at >= x.End-from && slices.Contains(by, address)
}
