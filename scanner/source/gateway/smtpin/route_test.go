package smtpin_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"strings"
	"sync/atomic"
	"testing"

	"brevvagt/internal/porttest"
	"brevvagt/scanner/source/gateway/relay"
	"brevvagt/scanner/source/gateway/smtpin"
)

// withRoute is a lane whose every mail goes by the secure route, and a real second
// server as the gateway, with a certificate for gw.kommune.example.
func withRoute(t *testing.T, name string, change ...func(*smtpin.Server)) (b, gw *lab) {
	t.Helper()
	ca, server := authority(t, "gw.kommune.example")
	gw = newLab(t, smtpin.Config{TLS: &tls.Config{Certificates: []tls.Certificate{server}}})
	b = newLab(t, smtpin.Config{}, change...)
	b.lane.Routes = map[string]*relay.Route{"sikker": {Name: "sikker", Header: "X-Sikker: ja", Tag: "[sikker]",
		Hop:   &relay.Hop{Addr: gw.lane.Addr(), TLS: relay.Verified, TLSConfig: &tls.Config{RootCAs: ca.pool, ServerName: name}},
		Takes: func(a string) bool { return strings.HasSuffix(a, "@borger.example") }}}
	b.judge.route = "sikker"
	return b, gw
}

func sendTo(t *testing.T, b *lab, want int, to ...string) {
	t.Helper()
	code, msg, err := b.dial(t).Send("a@kommune.example", to, mailWith("ren"))
	if err != nil || code != want {
		t.Fatalf("want %d, got %d %s, %v", want, code, msg, err)
	}
}

func TestSecureRoute(t *testing.T) {
	b, gw := withRoute(t, "gw.kommune.example")
	sendTo(t, b, 250, "x@borger.example", "c@kommune.example")
	got := gw.sink.Received()
	if len(got) != 1 || strings.Join(got[0].To, " ") != "x@borger.example" {
		t.Fatalf("the gateway got %+v", got)
	}
	want := "X-Sikker: ja\r\n" + strings.Replace(string(mailWith("ren")), "Subject:", "Subject: [sikker]", 1)
	if c := gw.arrived(t, 1)[0]; string(c) != want {
		t.Errorf("the gateway got %q", c)
	}
	rest := b.sink.Received()
	if len(rest) != 1 || strings.Join(rest[0].To, " ") != "c@kommune.example" {
		t.Fatalf("the next hop got %+v", rest)
	}
	if c := b.arrived(t, 1)[0]; !bytes.Equal(c, mailWith("ren")) {
		t.Errorf("the next hop got %q", c)
	}
}

// TestGatewayIsNotProven: no mail goes anywhere when the server in the gateway's place
// has another name, no TLS, or is down.
func TestGatewayIsNotProven(t *testing.T) {
	b, gw := withRoute(t, "other.kommune.example")
	plain := newLab(t, smtpin.Config{})
	down := porttest.Free(t)
	for name, addr := range map[string]string{"wrong certificate": gw.lane.Addr(), "no TLS": plain.lane.Addr(), "down": down} {
		b.lane.Routes["sikker"].Hop = &relay.Hop{Addr: addr, TLS: relay.Verified, TLSConfig: b.lane.Routes["sikker"].Hop.TLSConfig}
		sendTo(t, b, 451, "x@borger.example", "c@kommune.example")
		if n := len(gw.sink.Received()) + len(plain.sink.Received()) + len(b.sink.Received()); n != 0 {
			t.Errorf("%s: %d mails arrived", name, n)
		}
	}
}

// TestRestIsDown: the gateway has its mail, and the others get theirs when the next
// hop takes it.
func TestRestIsDown(t *testing.T) {
	var asked atomic.Int32
	h := startHop(t, &hop{final: func(string) string {
		if asked.Add(1) == 1 {
			return "451 4.3.0 later"
		}
		return ""
	}})
	b, gw := withRoute(t, "gw.kommune.example", spooled(t), func(s *smtpin.Server) { s.Next.Addr = h.addr })
	sendTo(t, b, 250, "x@borger.example", "c@kommune.example")
	until(t, "the others' mail", func() bool { return len(h.took()) == 1 && b.lane.Later.Len() == 0 })
	if m := h.took()[0]; len(m.to) != 1 || m.to[0] != "<c@kommune.example>" || string(m.data) != string(mailWith("ren")) {
		t.Errorf("%v", m)
	}
	gw.arrived(t, 1)
}

// TestReleaseByRoute: what was held goes by the route later.
func TestReleaseByRoute(t *testing.T) {
	b, gw := withRoute(t, "gw.kommune.example")
	rec, _ := json.Marshal(map[string]any{"v": "smtp/1", "envelope": relay.Envelope{From: "a@kommune.example", To: []relay.Recipient{{Address: "x@borger.example"}}}})
	answer, err := b.lane.ReleaseBy(t.Context(), "sikker", rec, bytes.NewReader(mailWith("ren")))
	if err != nil || !strings.HasPrefix(answer, "route sikker: ") {
		t.Fatalf("%q %v", answer, err)
	}
	gw.arrived(t, 1)
	if _, err := b.lane.ReleaseBy(context.Background(), "other", rec, bytes.NewReader(nil)); err == nil {
		t.Error("a route that there is not")
	}
}
