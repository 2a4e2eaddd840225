package lanes

import (
	"crypto/tls"
	"net/url"
	"time"

	"brevvagt/cmd/brevvagt/config"
)

// expiring is how long before its end a certificate is worth a word.
const expiring = 30 * 24 * time.Hour

// OwnCertificates looks at what we show to others: whether it can be read, still counts
// and is for the name by which they know us.
func OwnCertificates(cfg config.Config, now time.Time) []Check {
	var list []Check
	for _, c := range []struct {
		what, cert, key, name, setting string
		wrongName                      Level
	}{
		// A mail client may be told to take any name; a browser is not.
		{"SMTP-gateway", cfg.Gateway.SMTP.TLS.Certificate, cfg.Gateway.SMTP.TLS.Key, cfg.Gateway.SMTP.Hostname, "gateway.smtp.tls", Note},
		{"DPO-side", cfg.Review.TLSCertificate, cfg.Review.TLSKey, hostOf(cfg.DPO.Page), "review.tls_certificate", Bad},
		{"afsenderens side", cfg.Sender.TLSCertificate, cfg.Sender.TLSKey, hostOf(cfg.Sender.Page), "sender.tls_certificate", Bad},
	} {
		if c.cert == "" {
			continue
		}
		pair, err := tls.LoadX509KeyPair(c.cert, c.key)
		if err != nil {
			list = append(list, Check{Bad, c.what, "certifikatet kan ikke læses: " + err.Error(), c.setting})
			continue
		}
		leaf := pair.Leaf
		day := leaf.NotAfter.Format("2006-01-02")
		switch {
		case now.After(leaf.NotAfter):
			list = append(list, Check{Bad, c.what, "certifikatet udløb " + day + ": ingen kan forbinde, som kontrollerer det", c.setting + "; et nyt tages i brug uden genstart"})
		case now.Before(leaf.NotBefore):
			list = append(list, Check{Bad, c.what, "certifikatet gælder først fra " + leaf.NotBefore.Format("2006-01-02 15:04"), "se efter, om uret går rigtigt"})
		case leaf.NotAfter.Sub(now) < expiring:
			list = append(list, Check{Bad, c.what, "certifikatet udløber " + day, c.setting + "; et nyt tages i brug uden genstart"})
		}
		if c.name != "" && leaf.VerifyHostname(c.name) != nil {
			list = append(list, Check{c.wrongName, c.what, "certifikatet gælder ikke for " + c.name, c.setting})
		}
	}
	return list
}

func hostOf(page string) string {
	u, err := url.Parse(page)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
