package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"brevvagt/quarantine/account"
	"brevvagt/scanner/source/mailbox/secret"
)

// OIDC is the municipality's own sign-in at the DPO's page (OpenID Connect: Entra ID,
// Keycloak). It is off until Issuer is set, and needs dpo.page.
type OIDC struct {
	// Issuer is the provider's address, exactly as it writes it itself.
	Issuer   string `yaml:"issuer"`
	ClientID string `yaml:"client_id"`
	// ClientSecretFile is a file or the name of a systemd credential; empty is a
	// public client, which PKCE alone protects.
	ClientSecretFile string `yaml:"client_secret_file"`
	// Name is what the button calls it, default "kommunens login".
	Name string `yaml:"name"`
	// RolesClaim is the claim with roles or groups, default "roles"; a path such as
	// realm_access.roles is followed.
	RolesClaim string `yaml:"roles_claim"`
	// Roles says which values of the claim are which of our roles: dpo, reviewer,
	// auditor, operator. Who has none of them is not let in.
	Roles map[account.Role][]string `yaml:"roles"`
}

// On reports whether the sign-in is used.
func (o OIDC) On() bool { return o.Issuer != "" }

func defaultReview() Review {
	return Review{Listen: "127.0.0.1:8080", LocalLogin: true, OIDC: OIDC{Name: "kommunens login", RolesClaim: "roles"}}
}

// checkAccess looks at the ways in.
func (r Review) checkAccess(page string) error {
	o := r.OIDC
	if !o.On() {
		if o.ClientID != "" || o.ClientSecretFile != "" || len(o.Roles) > 0 {
			return errors.New("review.oidc.issuer is missing")
		}
		if !r.LocalLogin {
			return errors.New("review.local_login: false needs review.oidc, or nobody could sign in")
		}
		return nil
	}
	errs := []error{checkIssuer(o.Issuer), o.checkRoles()}
	if o.ClientID == "" {
		errs = append(errs, errors.New("review.oidc.client_id is missing"))
	}
	if o.ClientSecretFile != "" && !strings.HasPrefix(o.ClientSecretFile, "/") && strings.Contains(o.ClientSecretFile, "/") {
		errs = append(errs, fmt.Errorf("review.oidc.client_secret_file: %q must be an absolute path or the name of a systemd credential", o.ClientSecretFile))
	}
	if o.RolesClaim == "" || o.Name == "" {
		errs = append(errs, errors.New("review.oidc: name and roles_claim must not be empty"))
	}
	if u, err := url.Parse(page); err != nil || u.Host == "" || u.Scheme != "https" && !near(u) || strings.TrimSuffix(u.Path, "/") != "" {
		errs = append(errs, fmt.Errorf("review.oidc needs dpo.page: the page's address as a browser has it, https://brevvagt.kommune.example, not %q", page))
	}
	return errors.Join(errs...)
}

// near is plain http on this machine, for trying things out.
func near(u *url.URL) bool {
	return u.Scheme == "http" && Loopback(net.JoinHostPort(u.Hostname(), "80"))
}

func checkIssuer(issuer string) error {
	u, err := url.Parse(issuer)
	switch {
	case err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return fmt.Errorf("review.oidc.issuer: %q must be an address such as https://login.microsoftonline.com/<tenant-id>/v2.0", issuer)
	case u.Scheme != "https" && !near(u):
		return fmt.Errorf("review.oidc.issuer: %q must begin with https", issuer)
	}
	for part := range strings.SplitSeq(u.Path, "/") {
		if part == "common" || part == "organizations" || part == "consumers" {
			return fmt.Errorf("review.oidc.issuer: %q lets any organisation sign in; write your own tenant's ID in place of %s", issuer, part)
		}
	}
	return nil
}

func (o OIDC) checkRoles() error {
	var errs []error
	of := map[string]account.Role{}
	for role, values := range o.Roles {
		if !role.Valid() {
			errs = append(errs, fmt.Errorf("review.oidc.roles: %q is none of dpo, reviewer, auditor and operator", role))
		}
		for _, v := range values {
			if v == "" {
				errs = append(errs, fmt.Errorf("review.oidc.roles.%s: an empty value would let anybody in", role))
			}
			if other, twice := of[v]; twice && other != role {
				errs = append(errs, fmt.Errorf("review.oidc.roles: %q stands for two roles", v))
			}
			of[v] = role
		}
	}
	if len(of) == 0 {
		errs = append(errs, errors.New("review.oidc.roles is empty: nobody could sign in"))
	}
	return errors.Join(errs...)
}

// AccessRemarks says what keeps the ways in from being used or from being safe.
func (c *Config) AccessRemarks() []Remark {
	var list []Remark
	o := c.Review.OIDC
	if o.On() && o.ClientSecretFile != "" {
		if _, err := secret.Read(o.ClientSecretFile); err != nil {
			list = append(list, Remark{Text: "review.oidc.client_secret_file: " + err.Error(), Remedy: "chmod 600, eller LoadCredential= i systemd", Broken: true})
		}
	}
	if o.On() && len(o.Roles[account.DPO]) == 0 {
		list = append(list, Remark{Text: "review.oidc.roles har ingen dpo: ingen DPO kan logge ind med " + o.Name, Remedy: "review: {oidc: {roles: {dpo: [...]}}}"})
	}
	if o.On() && c.Review.LocalLogin {
		list = append(list, Remark{Text: "review.local_login er til: der kan også logges ind med adgangssætning, uden om " + o.Name})
	}
	return list
}
