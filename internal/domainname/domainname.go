// Package domainname writes domains in one way, so that two spellings of one domain are
// one: "Rødovre.example.", "xn--rdovre-bya.example" and "rødovre.example".
package domainname

import (
	"strings"

	"golang.org/x/net/idna"
)

// names maps as a mail server does before it asks DNS, and takes underscores.
var names = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

// Canonical is a domain in lower case and ASCII, without the dot of the root. What is no
// domain stays as it is, in lower case. A leading dot stays.
func Canonical(domain string) string {
	domain = strings.TrimSuffix(strings.ToLower(domain), ".")
	if isASCII(domain) {
		return domain
	}
	dot := ""
	if strings.HasPrefix(domain, ".") {
		dot = "."
	}
	ascii, err := names.ToASCII(domain[len(dot):])
	if err != nil {
		return domain
	}
	return dot + strings.TrimSuffix(ascii, ".") // which may be written as 。
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
