package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"
)

// Sender is the page on which the sender of a stopped mail chooses what happens. It
// is off until Page is set.
type Sender struct {
	// Page is its address as a browser has it, "https://brevvagt.kommune.example".
	Page   string `yaml:"page"`
	Listen string `yaml:"listen"` // host:port
	// TLSCertificate and TLSKey are files; without them the page must stay on loopback,
	// behind a proxy that speaks TLS.
	TLSCertificate string `yaml:"tls_certificate"`
	TLSKey         string `yaml:"tls_key"`
	// Valid is how long a link works, default 168h (a week).
	Valid Duration `yaml:"valid"`
}

// On reports whether senders get links.
func (s Sender) On() bool { return s.Page != "" }

func defaultSender() Sender {
	return Sender{Listen: "127.0.0.1:8082", Valid: Duration(7 * 24 * time.Hour)}
}

func (s Sender) check(notices string) error {
	if !s.On() {
		return nil
	}
	var errs []error
	u, err := url.Parse(s.Page)
	switch {
	case err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil || u.Path != "" && u.Path != "/":
		errs = append(errs, fmt.Errorf("sender.page: %q must be an address such as https://brevvagt.kommune.example", s.Page))
	case u.Scheme != "https" && (u.Scheme != "http" || !Loopback(net.JoinHostPort(u.Hostname(), "80"))):
		errs = append(errs, fmt.Errorf("sender.page: %q must begin with https: whoever reads the link on its way can use it", s.Page))
	}
	if _, _, err := net.SplitHostPort(s.Listen); err != nil {
		errs = append(errs, fmt.Errorf("sender.listen: %q must be host:port", s.Listen))
	}
	if (s.TLSCertificate == "") != (s.TLSKey == "") {
		errs = append(errs, errors.New("sender: tls_certificate and tls_key belong together"))
	}
	if s.TLSCertificate == "" && !Loopback(s.Listen) {
		errs = append(errs, fmt.Errorf("sender.listen: %q is not this machine alone; set tls_certificate and tls_key, or listen on 127.0.0.1 behind a proxy", s.Listen))
	}
	if notices == "" {
		errs = append(errs, errors.New("sender.page needs notify.from: the link stands in the notice"))
	}
	if s.Valid < Duration(time.Hour) || s.Valid > Duration(90*24*time.Hour) {
		errs = append(errs, errors.New("sender.valid must be between 1h and 2160h (90 days)"))
	}
	return errors.Join(errs...)
}
