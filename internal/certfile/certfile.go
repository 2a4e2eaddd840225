// Package certfile serves a certificate from two files and takes up the one that is put
// in their place: a certificate that was renewed on disk counts from the next connection
// on, without a restart. While the files do not fit together the old one stays.
package certfile

import (
	"crypto/tls"
	"os"
	"sync"
	"time"
)

// Pair is a certificate with its chain and its key, each a PEM file. Make one with Open;
// it is safe for concurrent use.
type Pair struct {
	certFile, keyFile string
	// News hears once of each change of the files: nil for a certificate that was taken
	// up, or why it was not. It may be nil; set it before the first connection.
	News func(err error)

	mu   sync.Mutex
	seen stamp // of the files that were looked at last
	good stamp // of those that cert was read from
	cert *tls.Certificate
}

// Open reads the files.
func Open(certFile, keyFile string) (*Pair, error) {
	p := &Pair{certFile: certFile, keyFile: keyFile}
	p.seen = p.look()
	cert, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, err
	}
	p.good, p.cert = p.seen, &cert
	return p, nil
}

// Certificate is what tls.Config.GetCertificate wants. It never fails.
func (p *Pair) Certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.look() // before reading, so that a change while we read is seen the next time
	if now == p.good {
		return p.cert, nil
	}
	cert, err := tls.LoadX509KeyPair(p.certFile, p.keyFile)
	if err == nil {
		p.good, p.cert = now, &cert
	}
	if now != p.seen && p.News != nil {
		p.News(err)
	}
	p.seen = now
	return p.cert, nil
}

// stamp tells whether files were changed or replaced.
type stamp [2]struct {
	at   time.Time
	size int64
}

// look reads no content. A file that cannot be looked at has the zero stamp.
func (p *Pair) look() (s stamp) {
	for i, name := range []string{p.certFile, p.keyFile} {
		if fi, err := os.Stat(name); err == nil {
			s[i].at, s[i].size = fi.ModTime(), fi.Size()
		}
	}
	return s
}
