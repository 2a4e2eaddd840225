package oidc

import (
	"slices"

	goidc "github.com/coreos/go-oidc/v3/oidc"

	"brevvagt/quarantine/account"
)

// person reads who it is and what the municipality lets him do.
func (p *Provider) person(token *goidc.IDToken, claims map[string]any) (Person, error) {
	who := Person{External: account.External{Issuer: token.Issuer, Subject: token.Subject}}
	for _, name := range []string{"preferred_username", "upn"} {
		if v, _ := claims[name].(string); v != "" {
			who.Login = v
			break
		}
	}
	who.Display, _ = claims["name"].(string)
	who.Mail, _ = claims["email"].(string)
	who.Session, _ = claims["sid"].(string)
	if r := []rune(who.Display); len(r) > 80 {
		who.Display = string(r[:80])
	}
	values, ok := lookup(claims, p.cfg.Claim)
	if !ok && left(claims, p.cfg.Claim) {
		return who, ErrOverage
	}
	for _, role := range []account.Role{account.DPO, account.Reviewer, account.Auditor, account.Operator} { // the highest of several
		if slices.ContainsFunc(p.cfg.Roles[role], func(v string) bool { return slices.Contains(values, v) }) {
			who.Role = role
			return who, nil
		}
	}
	return who, ErrNoRole
}

// lookup finds the strings of a claim. A name may be a path; each dot may also be part
// of a key, as in the client names of Keycloak's resource_access.
func lookup(claims map[string]any, path string) ([]string, bool) {
	switch v := claims[path].(type) {
	case string:
		return []string{v}, true
	case []any:
		var list []string
		for _, item := range v {
			if s, ok := item.(string); ok {
				list = append(list, s)
			}
		}
		return list, true
	}
	for i := range path {
		if path[i] != '.' {
			continue
		}
		if inner, ok := claims[path[:i]].(map[string]any); ok {
			if list, ok := lookup(inner, path[i+1:]); ok {
				return list, true
			}
		}
	}
	return nil, false
}

// left reports whether the provider says that it left a claim out.
func left(claims map[string]any, name string) bool {
	elsewhere, _ := claims["_claim_names"].(map[string]any)
	has, _ := claims["has"+name].(bool)
	return elsewhere[name] != nil || has
}
