package smtpin

import (
	"crypto/tls"
	"strings"
)

// certified reports whether the client may hand in mail by its certificate: the
// handshake has checked it, and its name is one of those that were agreed on.
func (c *Config) certified(state tls.ConnectionState, encrypted bool) bool {
	if len(c.ClientNames) == 0 {
		return true // certificates are not asked for
	}
	if !encrypted || len(state.VerifiedChains) == 0 || len(state.PeerCertificates) == 0 {
		return false
	}
	for _, has := range state.PeerCertificates[0].DNSNames {
		for _, want := range c.ClientNames {
			if strings.EqualFold(has, want) || strings.HasPrefix(want, ".") && strings.HasSuffix(strings.ToLower(has), strings.ToLower(want)) {
				return true
			}
		}
	}
	return false
}
