package internal_test

import (
	"net/http"
	"testing"

	"brevvagt/internal/caller"
)

// TestAddress: only a proxy on this machine is believed, and only what it wrote itself.
func TestAddress(t *testing.T) {
	for _, tt := range []struct {
		from      string
		forwarded []string
		want      string
	}{
		{"192.0.2.7:4711", nil, "192.0.2.7"},
		{"192.0.2.7:4711", []string{"198.51.100.1"}, "192.0.2.7"},
		{"127.0.0.1:4711", []string{"198.51.100.1, 192.0.2.8"}, "192.0.2.8"},
		{"[::1]:4711", []string{"198.51.100.1", "2001:db8::7"}, "2001:db8::7"},
		{"127.0.0.1:4711", []string{"somebody"}, "127.0.0.1"},
		// A further proxy of ours between: whom it saw counts, not what he says of himself.
		{"127.0.0.1:4711", []string{"192.0.2.1, 198.51.100.1, 10.0.0.5"}, "198.51.100.1"},
		{"127.0.0.1:4711", []string{"198.51.100.1, 10.0.0.5", "192.168.1.1"}, "198.51.100.1"},
		{"127.0.0.1:4711", []string{"10.1.2.3, 10.0.0.5"}, "10.0.0.5"},
		{"127.0.0.1:4711", []string{"198.51.100.1, somebody, 10.0.0.5"}, "10.0.0.5"},
		{"127.0.0.1:4711", []string{"198.51.100.1, somebody"}, "127.0.0.1"},
		{"127.0.0.1:4711", nil, "127.0.0.1"},
		{"[2001:db8::1]:4711", nil, "2001:db8::1"},
		{"@", nil, "@"},
	} {
		r := &http.Request{RemoteAddr: tt.from, Header: http.Header{"X-Forwarded-For": tt.forwarded}}
		if got := caller.Address(r); got != tt.want {
			t.Errorf("%s with %q: %q, want %q", tt.from, tt.forwarded, got, tt.want)
		}
	}
}
