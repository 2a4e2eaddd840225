package secret_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brevvagt/scanner/source/mailbox/secret"
)

func file(t *testing.T, name, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRead(t *testing.T) {
	if s, err := secret.Read(file(t, "a", "hemmelig æ\n", 0o600)); s != "hemmelig æ" || err != nil {
		t.Errorf("%q %v", s, err)
	}
	for name, path := range map[string]string{
		"open to all": file(t, "b", "hemmelig", 0o644), "empty": file(t, "c", "\n", 0o600), "two lines": file(t, "d", "hemmelig\nto", 0o600),
		"missing": "/findes/ikke", "no path": "a/b", "up": "..",
	} {
		if s, err := secret.Read(path); err == nil || s != "" || strings.Contains(err.Error(), "hemmelig") {
			t.Errorf("%s: %q %v", name, s, err)
		}
	}
	credential := file(t, "postkasse", "fra systemd", 0o400)
	if _, err := secret.Read("postkasse"); err == nil {
		t.Error("a credential without systemd")
	}
	t.Setenv("CREDENTIALS_DIRECTORY", filepath.Dir(credential))
	if s, err := secret.Read("postkasse"); s != "fra systemd" || err != nil {
		t.Errorf("%q %v", s, err)
	}
}

func TestOAuth(t *testing.T) {
	asked := 0
	answer := func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.FormValue("client_secret") != "klient-hemmelig" || r.FormValue("scope") != "imap" {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"error":"invalid_client","error_description":"klient-hemmelig er forkert"}`)
			return
		}
		fmt.Fprintf(w, `{"access_token":"%s-%d","expires_in":"3600"}`, r.FormValue("grant_type"), asked)
	}
	srv := httptest.NewServer(http.HandlerFunc(answer))
	defer srv.Close()
	now := time.Now()
	o := &secret.OAuth{TokenURL: srv.URL, ClientID: "id", ClientSecret: file(t, "s", "klient-hemmelig", 0o600), Scope: "imap", Now: func() time.Time { return now }}
	for _, c := range []struct {
		wait  time.Duration
		fresh bool
		want  string
	}{{0, false, "client_credentials-1"}, {time.Minute, false, "client_credentials-1"}, {0, true, "client_credentials-2"}, {3600 * time.Second, false, "client_credentials-3"}} {
		now = now.Add(c.wait)
		if got, err := o.Secret(t.Context(), c.fresh); got != c.want || err != nil {
			t.Errorf("%+v: %q %v", c, got, err)
		}
	}
	o.RefreshToken = file(t, "r", "opfrisk", 0o600)
	if got, err := o.Secret(t.Context(), true); got != "refresh_token-4" || err != nil {
		t.Errorf("%q %v", got, err)
	}
	bad := &secret.OAuth{TokenURL: srv.URL, ClientSecret: file(t, "x", "forkert-hemmelig", 0o600)}
	if _, err := bad.Secret(t.Context(), false); err == nil || strings.Contains(err.Error(), "hemmelig") || !strings.Contains(err.Error(), "401 invalid_client") {
		t.Errorf("%v", err)
	}
}

func TestOAuthEndpointsThatMisbehave(t *testing.T) {
	elsewhere := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere = true }))
	defer other.Close()
	for name, h := range map[string]http.HandlerFunc{
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
		},
		"no JSON":   func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") },
		"endless":   func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat("x", 1<<20)) },
		"no token":  func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{}`) },
		"injection": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"access_token":"a\u0001b"}`) },
	} {
		srv := httptest.NewServer(h)
		if got, err := (&secret.OAuth{TokenURL: srv.URL}).Secret(t.Context(), false); err == nil {
			t.Errorf("%s: %q", name, got)
		}
		srv.Close()
	}
	if elsewhere {
		t.Error("a secret went to another server")
	}
	for url, ok := range map[string]bool{"https://login.example/token": true, "http://127.0.0.1:1/": true, "http://login.example/": false, "": false, "ftp://x/": false} {
		if err := secret.CheckURL(url); (err == nil) != ok {
			t.Errorf("%s: %v", url, err)
		}
	}
}
