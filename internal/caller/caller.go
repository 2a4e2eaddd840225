// Package caller tells which address on the network a request comes from, so that what
// somebody tries can be counted.
package caller

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are the networks of the proxies whose word counts: each adds whom it saw behind
// what it was told (X-Forwarded-For). Nobody whose tries are to be counted may sit in them:
// he could choose under which address. None are trusted where it is empty.
type Proxies []netip.Prefix

// Loopback trusts a proxy on this machine alone.
func Loopback() Proxies {
	return Proxies{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
}

// Address is who asks: an IP address without a port, or whatever the connection is from
// where that is none (a Unix socket). It is the nearest address that is no trusted proxy's,
// from the connection itself on; where a proxy does not say for whom it asks, its own.
func (p Proxies) Address(r *http.Request) string {
	who, ok := parse(r.RemoteAddr)
	if !ok {
		return r.RemoteAddr
	}
	// Some proxies add a line of their own below the client's, others extend it.
	for _, text := range slices.Backward(strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")) {
		if !p.has(who) {
			break
		}
		seen, ok := parse(strings.TrimSpace(text))
		if !ok {
			break // of what stands before it nothing can be told
		}
		who = seen
	}
	return who.String()
}

func (p Proxies) has(a netip.Addr) bool {
	return slices.ContainsFunc(p, func(n netip.Prefix) bool { return n.Contains(a) })
}

// parse reads an address, with the port that some proxies write too.
func parse(text string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(text)
	if err != nil {
		var with netip.AddrPort
		with, err = netip.ParseAddrPort(text)
		a = with.Addr()
	}
	return a.Unmap().WithZone(""), err == nil
}
