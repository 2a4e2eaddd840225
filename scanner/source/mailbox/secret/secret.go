// Package secret gets what opens a mailbox: a password or token from a file or a
// systemd credential, or an OAuth 2.0 access token from a token endpoint (RFC 6749).
// It never keeps one on disk and never puts one into an error.
package secret

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// maxSecret bounds a secret and an answer, in bytes.
const maxSecret = 64 << 10

// Path is where a secret lies: an absolute path as it is, a bare name in systemd's
// credentials folder ($CREDENTIALS_DIRECTORY, see systemd.exec(5)).
func Path(name string) (string, error) {
	if filepath.IsAbs(name) {
		return name, nil
	}
	dir := os.Getenv("CREDENTIALS_DIRECTORY")
	if name == "" || name != filepath.Base(name) || name == ".." || name == "." {
		return "", fmt.Errorf("%q is neither an absolute path nor the name of a systemd credential", name)
	}
	if dir == "" {
		return "", fmt.Errorf("credential %q: not started by systemd with LoadCredential=", name)
	}
	return filepath.Join(dir, name), nil
}

// Read reads a secret without its line end. A file that anybody may read is refused.
func Read(name string) (string, error) {
	path, err := Path(name)
	if err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("cannot read a secret: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("cannot read a secret: %w", err)
	}
	if info.Mode().Perm()&0o007 != 0 {
		return "", fmt.Errorf("%s can be read by everybody: chmod 600", path)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return "", fmt.Errorf("cannot read a secret: %w", err)
	}
	text := strings.TrimRight(string(b), "\r\n")
	if text == "" || len(text) > maxSecret || strings.ContainsAny(text, "\r\n\x00") {
		return "", fmt.Errorf("%s must hold one line", path)
	}
	return text, nil
}

// File reads a secret anew each time, so that a changed password needs no restart.
func File(name string) func(context.Context, bool) (string, error) {
	return func(context.Context, bool) (string, error) { return Read(name) }
}

// OAuth is a client at a token endpoint. With RefreshToken it asks in the name of the
// user who gave it, else in its own (client credentials, as Microsoft 365 does for
// applications).
type OAuth struct {
	TokenURL     string // https, or http on this machine
	ClientID     string
	ClientSecret string // file or credential; "" for a public client
	RefreshToken string // file or credential
	Scope        string // for example https://outlook.office365.com/.default
	Client       *http.Client
	Now          func() time.Time

	mu      sync.Mutex
	token   string
	expires time.Time
}

// CheckURL refuses an endpoint that would get secrets in the clear.
func CheckURL(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return errors.New("no URL")
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()) {
		return nil
	}
	return errors.New("must begin with https://")
}

// Secret is an access token that is good for another minute at least; fresh gets a
// new one whatever the old one's time. Accounts with one client share its token.
func (o *OAuth) Secret(ctx context.Context, fresh bool) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now
	if o.Now != nil {
		now = o.Now
	}
	if !fresh && o.token != "" && now().Before(o.expires.Add(-time.Minute)) {
		return o.token, nil
	}
	token, lasts, err := o.ask(ctx)
	if err != nil {
		return "", fmt.Errorf("cannot get a token: %w", err)
	}
	o.token, o.expires = token, now().Add(lasts)
	return token, nil
}

func (o *OAuth) ask(ctx context.Context) (string, time.Duration, error) {
	if err := CheckURL(o.TokenURL); err != nil {
		return "", 0, err
	}
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {o.ClientID}}
	if o.Scope != "" {
		form.Set("scope", o.Scope)
	}
	for key, file := range map[string]string{"client_secret": o.ClientSecret, "refresh_token": o.RefreshToken} {
		if file == "" {
			continue
		}
		text, err := Read(file)
		if err != nil {
			return "", 0, err
		}
		form.Set(key, text)
	}
	if o.RefreshToken != "" {
		form.Set("grant_type", "refresh_token")
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return "", 0, errors.New("the token endpoint's address cannot be used")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	client := http.Client{}
	if o.Client != nil {
		client = *o.Client
	}
	// Secrets go where they were meant to go and nowhere else.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := client.Do(req)
	if err != nil {
		return "", 0, errors.New("the token endpoint does not answer")
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxSecret))
	if err != nil {
		return "", 0, errors.New("the token endpoint's answer broke off")
	}
	return parse(res.StatusCode, body)
}

// parse reads an answer of RFC 6749 5.1 or 5.2. Of an error only its code is told.
func parse(status int, body []byte) (string, time.Duration, error) {
	var answer struct {
		Token   string `json:"access_token"`
		Expires any    `json:"expires_in"` // a number; some send it as text
		Error   string `json:"error"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return "", 0, fmt.Errorf("the token endpoint answered %d without JSON", status)
	}
	if status != http.StatusOK || answer.Token == "" {
		code := strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r == '_' {
				return r
			}
			return -1
		}, answer.Error)
		return "", 0, fmt.Errorf("the token endpoint answered %d %.60s", status, code)
	}
	if strings.ContainsAny(answer.Token, "\x00\x01\r\n ") {
		return "", 0, errors.New("the token endpoint gave a token that no server takes")
	}
	lasts := 5 * time.Minute
	var seconds float64
	if _, err := fmt.Sscan(fmt.Sprint(answer.Expires), &seconds); err == nil && seconds > 0 {
		lasts = time.Duration(min(seconds, 24*3600)) * time.Second
	}
	return answer.Token, lasts, nil
}
