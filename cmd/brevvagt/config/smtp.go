package config

import (
	"crypto/tls"
	"errors"
	"fmt"

	"brevvagt/internal/certfile"
)

// SMTPTLS is how clients of the SMTP lane are encrypted and recognised.
type SMTPTLS struct {
	Certificate string `yaml:"certificate"` // PEM file; "" offers no STARTTLS
	Key         string `yaml:"key"`         // PEM file
	// ClientCA is a PEM file of the authorities that clients' certificates are
	// checked against; "" means the machine's own.
	ClientCA string `yaml:"client_ca"`
	// ClientNames are the names of which a client's certificate must have one
	// (".mail.example" for all below); none asks for no certificate.
	ClientNames []string `yaml:"client_names"`
}

func (t SMTPTLS) check() error {
	if (t.Certificate == "") != (t.Key == "") {
		return errors.New("gateway.smtp.tls: certificate and key belong together")
	}
	if len(t.ClientNames) > 0 && t.Certificate == "" {
		return errors.New("gateway.smtp.tls.client_names needs certificate and key: a client shows its certificate in STARTTLS")
	}
	return nil
}

// Config reads the files; nil without a certificate. A renewed one is taken up, as are other
// authorities, of which news hears as package certfile says.
func (t SMTPTLS) Config(news func(error)) (*tls.Config, error) {
	if t.Certificate == "" {
		return nil, nil
	}
	pair, err := certfile.Open(t.Certificate, t.Key)
	if err != nil {
		return nil, fmt.Errorf("gateway.smtp.tls: %w", err)
	}
	pair.News = news
	cfg := &tls.Config{GetCertificate: pair.Certificate, MinVersion: tls.VersionTLS12}
	if len(t.ClientNames) > 0 {
		cfg.ClientAuth = tls.VerifyClientCertIfGiven
	}
	if t.ClientCA == "" {
		return cfg, nil
	}
	authorities, err := certfile.OpenAuthorities(t.ClientCA)
	if err != nil {
		return nil, fmt.Errorf("gateway.smtp.tls.client_ca: %w", err)
	}
	authorities.News = news
	// A session that is taken up again would count although its authority does not any more.
	cfg.SessionTicketsDisabled = true
	cfg.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
		now := cfg.Clone()
		now.GetConfigForClient, now.ClientCAs = nil, authorities.Pool()
		return now, nil
	}
	return cfg, nil
}
