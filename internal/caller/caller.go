// Package caller tells which address on the network a request comes from, so that what
// somebody tries can be counted.
package caller

import (
	"cmp"
	"net"
	"net/http"
	"slices"
	"strings"
)

// Address is who asks: an IP address without a port. A proxy on this machine says for
// whom; where it does not, the address is this machine's. Where that is a further proxy in
// a private network, the nearest address of the internet that it names is who asks: who
// comes from there cannot choose it, since each proxy adds whom it saw behind what it got.
func Address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		// Some proxies add a line of their own below the client's, others extend it.
		list := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		return cmp.Or(behind(list), host)
	}
	return host
}

// behind is the last address of a list, or, where it is private, the last before it that
// is not, with private ones alone between; "" when the last is none.
func behind(list []string) (last string) {
	for _, text := range slices.Backward(list) {
		text = strings.TrimSpace(text)
		ip := net.ParseIP(text)
		if ip == nil {
			break
		}
		if last == "" {
			last = text
		}
		if !ip.IsPrivate() && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() {
			return text
		}
	}
	return last
}
