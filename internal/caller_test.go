package internal_test

import (
	"net/http"
	"net/netip"
	"testing"

	"brevvagt/internal/caller"
)

// TestAddress: only trusted proxies are believed, and only what they wrote themselves.
func TestAddress(t *testing.T) {
	here := caller.Loopback()
	further := append(caller.Loopback(), netip.MustParsePrefix("10.0.0.5/32"), netip.MustParsePrefix("2001:db8:5::/64"))
	for _, tt := range []struct {
		proxies   caller.Proxies
		from      string
		forwarded []string
		want      string
	}{
		{here, "192.0.2.7:4711", nil, "192.0.2.7"},
		{here, "192.0.2.7:4711", []string{"198.51.100.1"}, "192.0.2.7"},
		{here, "127.0.0.1:4711", []string{"198.51.100.1, 192.0.2.8"}, "192.0.2.8"},
		{here, "[::1]:4711", []string{"198.51.100.1", "2001:db8::7"}, "2001:db8::7"},
		{here, "[::ffff:127.0.0.1]:4711", []string{"192.0.2.8"}, "192.0.2.8"},
		{here, "127.0.0.1:4711", []string{"somebody"}, "127.0.0.1"},
		{here, "127.0.0.1:4711", nil, "127.0.0.1"},
		{here, "[fe80::1%eth0]:4711", []string{"192.0.2.8"}, "fe80::1"},
		{here, "[2001:db8::1]:4711", nil, "2001:db8::1"},
		{here, "@", []string{"192.0.2.8"}, "@"},
		// Somebody inside chooses nothing: what he wrote stands before whom the proxy saw.
		{here, "127.0.0.1:4711", []string{"198.51.100.1, 10.1.2.3"}, "10.1.2.3"},
		{here, "127.0.0.1:4711", []string{"127.0.0.1, 10.1.2.3"}, "10.1.2.3"},
		{here, "10.1.2.3:4711", []string{"198.51.100.1"}, "10.1.2.3"},
		// A further proxy is believed where it was named.
		{here, "127.0.0.1:4711", []string{"198.51.100.1, 10.0.0.5"}, "10.0.0.5"},
		{further, "127.0.0.1:4711", []string{"192.0.2.1, 198.51.100.1, 10.0.0.5"}, "198.51.100.1"},
		{further, "10.0.0.5:4711", []string{"198.51.100.1:50123"}, "198.51.100.1"},
		{further, "[2001:db8:5::9]:4711", []string{"[2001:db8::7]:50123"}, "2001:db8::7"},
		{further, "127.0.0.1:4711", []string{"198.51.100.1, 10.1.2.3", "10.0.0.5"}, "10.1.2.3"},
		{further, "127.0.0.1:4711", []string{"198.51.100.1, somebody, 10.0.0.5"}, "10.0.0.5"},
		{further, "10.0.0.6:4711", []string{"198.51.100.1"}, "10.0.0.6"},
		{nil, "127.0.0.1:4711", []string{"198.51.100.1"}, "127.0.0.1"},
	} {
		r := &http.Request{RemoteAddr: tt.from, Header: http.Header{"X-Forwarded-For": tt.forwarded}}
		if got := tt.proxies.Address(r); got != tt.want {
			t.Errorf("%s with %q behind %v: %q, want %q", tt.from, tt.forwarded, tt.proxies, got, tt.want)
		}
	}
}
