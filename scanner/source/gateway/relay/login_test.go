package relay_test

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"brevvagt/scanner/source/gateway/relay"
)

// guarded is a next hop that takes mail only after AUTH. It offers mechanisms and
// answers the last step of AUTH with verdict.
func guarded(t *testing.T, mechanisms, verdict string, steps chan<- string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer nc.Close()
				in := bufio.NewScanner(nc)
				_, _ = io.WriteString(nc, "220 hop\r\n")
				login, data := false, false
				for in.Scan() {
					line, answer := in.Text(), "250 ok"
					switch {
					case data && line != ".":
						continue
					case data:
						data, answer = false, "250 2.0.0 queued"
					case strings.HasPrefix(line, "EHLO"):
						answer = "250-hop\r\n250 AUTH " + mechanisms
					case strings.HasPrefix(line, "AUTH PLAIN "):
						steps <- line
						answer, login = verdict, verdict[0] == '2'
					case line == "AUTH LOGIN":
						steps <- line
						for range 2 {
							_, _ = io.WriteString(nc, "334 VXNlcg==\r\n")
							in.Scan()
							steps <- in.Text()
						}
						answer, login = verdict, verdict[0] == '2'
					case strings.HasPrefix(line, "MAIL") && !login:
						answer = "530 5.7.0 log in"
					case line == "DATA":
						data, answer = true, "354 go"
					}
					_, _ = fmt.Fprintf(nc, "%s\r\n", answer)
				}
			}()
		}
	}()
	return l.Addr().String()
}

func TestLogin(t *testing.T) {
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	who := func() (string, string, error) { return "brevvagt", "hemmeligt ord", nil }
	for _, tt := range []struct {
		mechanisms string
		want       []string
	}{
		{"LOGIN PLAIN", []string{"AUTH PLAIN " + b64("\x00brevvagt\x00hemmeligt ord")}},
		{"login", []string{"AUTH LOGIN", b64("brevvagt"), b64("hemmeligt ord")}},
	} {
		steps := make(chan string, 10)
		h := &relay.Hop{Addr: guarded(t, tt.mechanisms, "235 welcome", steps), Login: who}
		if _, err := h.Send(t.Context(), env("b@firma.example"), strings.NewReader("X: y\r\n\r\n")); err != nil {
			t.Fatal(err)
		}
		for _, want := range tt.want {
			if got := <-steps; got != want {
				t.Errorf("%s: %q, want %q", tt.mechanisms, got, want)
			}
		}
	}
}

// TestLoginFails: a login that does not work is no verdict on the mail, which is kept
// and tried again.
func TestLoginFails(t *testing.T) {
	steps := make(chan string, 10)
	for name, h := range map[string]*relay.Hop{
		"wrong":      {Addr: guarded(t, "PLAIN", "535 5.7.8 hemmeligt ord is wrong", steps), Login: func() (string, string, error) { return "a", "b", nil }},
		"not our":    {Addr: guarded(t, "CRAM-MD5", "", steps), Login: func() (string, string, error) { return "a", "b", nil }},
		"unreadable": {Addr: guarded(t, "PLAIN", "", steps), Login: func() (string, string, error) { return "", "", errors.New("no such file") }},
	} {
		_, err := h.Send(t.Context(), env("b@firma.example"), strings.NewReader("X: y\r\n\r\n"))
		if err == nil || !relay.IsTemporary(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
