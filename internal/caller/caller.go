// Package caller tells which address on the network a request comes from, so that what
// somebody tries can be counted.
package caller

import (
	"net"
	"net/http"
	"strings"
)

// Address is who asks: an IP address without a port. A proxy on this machine says for
// whom; where it does not, the address is this machine's.
func Address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		// Some proxies add a line of their own below the client's, others extend it.
		list := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if last := strings.TrimSpace(list[len(list)-1]); net.ParseIP(last) != nil {
			return last
		}
	}
	return host
}
