// Package access ties the ways into the DPO's page to the configuration: the
// municipality's own sign-in and passkeys, beside the passphrase.
package access

import (
	"context"
	"strings"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/internal/caller"
	"brevvagt/quarantine/account"
	"brevvagt/quarantine/review/oidc"
	"brevvagt/quarantine/review/passkey"
	"brevvagt/quarantine/review/signin"
	"brevvagt/scanner/source/mailbox/secret"
)

// Ways are the ways to sign in beside the passphrase. Passkeys need the page's own
// address (dpo.page), since browsers know them for that alone.
func Ways(cfg config.Config, accounts *account.Accounts) (signin.Ways, error) {
	o := cfg.Review.OIDC
	page := strings.TrimSuffix(cfg.DPO.Page, "/")
	w := signin.Ways{NoPassphrase: !cfg.Review.LocalLogin, External: accounts, Browsers: accounts, OIDCName: o.Name, Proxies: caller.Proxies(cfg.TrustedProxies)}
	if o.On() {
		c := oidc.Config{Issuer: o.Issuer, ClientID: o.ClientID, Page: page, Claim: o.RolesClaim, Roles: o.Roles}
		if o.ClientSecretFile != "" {
			c.Secret = func(context.Context) (string, error) { return secret.Read(o.ClientSecretFile) }
		}
		w.OIDC = oidc.New(c)
	}
	if !strings.HasPrefix(page, "https://") && !strings.HasPrefix(page, "http://localhost:") {
		return w, nil
	}
	var err error
	w.Passkeys, err = passkey.New(accounts, page, cfg.Site.Organisation)
	return w, err
}
