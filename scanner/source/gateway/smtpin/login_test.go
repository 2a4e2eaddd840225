package smtpin_test

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"strings"
	"testing"

	"brevvagt/scanner/source/gateway/smtpin"
)

// encrypted is a client within TLS, greeted.
func (b *lab) encrypted(t *testing.T) *talk {
	t.Helper()
	k := b.greeted(t)
	k.say("STARTTLS", "220")
	c := tls.Client(k.nc, &tls.Config{InsecureSkipVerify: true})
	s := &talk{t: t, nc: c, in: bufio.NewReader(c)}
	s.say("EHLO pc.example", "250")
	return s
}

// TestClientLogin: with logins configured nobody hands in mail without one, and no
// password is taken in clear.
func TestClientLogin(t *testing.T) {
	_, cert := authority(t, "brevvagt.example")
	login := func(user, password string) bool { return user == "printer" && password == "ord æ" }
	b := newLab(t, smtpin.Config{TLS: &tls.Config{Certificates: []tls.Certificate{cert}}, Login: login})
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	good := b64("\x00printer\x00ord æ")

	k := b.greeted(t)
	if a := k.say("EHLO pc.example", "250"); strings.Contains(a, "AUTH") {
		t.Errorf("AUTH is offered in clear: %q", a)
	}
	k.say("AUTH PLAIN "+good, "538")
	k.say("MAIL FROM:<a@kommune.example>", "530")

	k = b.encrypted(t)
	if a := k.say("EHLO pc.example", "250"); !strings.Contains(a, "AUTH PLAIN LOGIN") {
		t.Errorf("AUTH is not offered: %q", a)
	}
	k.say("MAIL FROM:<a@kommune.example>", "530")
	for _, line := range []string{"AUTH PLAIN ?", "AUTH PLAIN " + b64("printer"), "AUTH PLAIN " + b64("boss\x00printer\x00ord æ"), "AUTH PLAIN =", "AUTH CRAM-MD5", "AUTH"} {
		k.say(line, "50")
	}
	k.say("AUTH LOGIN", "334 VXNlcm5hbWU6")
	k.say("*", "501")
	for _, wrong := range []string{"\x00printer\x00x", "\x00\x00", "\x00other\x00ord æ"} {
		k.say("AUTH PLAIN "+b64(wrong), "535")
	}
	if rest := k.rest(); rest != "" {
		t.Errorf("after three wrong logins: %q", rest)
	}
	for i, steps := range [][]string{{"AUTH PLAIN " + good}, {"AUTH PLAIN", good}, {"AUTH LOGIN", b64("printer"), b64("ord æ")}, {"AUTH LOGIN " + b64("printer"), b64("ord æ")}} {
		k := b.encrypted(t)
		for _, s := range steps[:len(steps)-1] {
			k.say(s, "334")
		}
		k.say(steps[len(steps)-1], "235")
		k.say("AUTH PLAIN "+good, "503")
		k.begin()
		k.say("DATA", "354")
		k.say("X: 1\r\n\r\nx\r\n.", "250")
		b.arrived(t, i+1)
		if it := b.judge.last(t); !it.Authenticated {
			t.Error("the item does not say that its sender logged in")
		}
	}
}

// TestLoginIsOptional: without logins configured there is no AUTH, and mail is taken
// as before.
func TestLoginIsOptional(t *testing.T) {
	b := newLab(t, smtpin.Config{})
	k := b.greeted(t)
	k.say("AUTH PLAIN AGEAYg==", "502")
	k.begin()
	k.say("DATA", "354")
	k.say("X: 1\r\n\r\nx\r\n.", "250")
	if it := b.judge.last(t); it.Authenticated {
		t.Error("nobody logged in")
	}
}
