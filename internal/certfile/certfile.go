// Package certfile serves certificates from files and takes up those that are put in their
// place: a certificate that was renewed on disk, and an authority that vouches for others,
// count from the next connection on, without a restart. While the files cannot be read or
// do not fit together the old ones stay.
package certfile

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"
)

// Pair is a certificate with its chain and its key, each a PEM file. Make one with Open;
// it is safe for concurrent use.
type Pair struct {
	// News hears once of each change of the files: nil for a certificate that was taken
	// up, or why it was not. It may be nil; set it before the first connection.
	News func(err error)
	files[*tls.Certificate]
}

// Open reads the files.
func Open(certFile, keyFile string) (*Pair, error) {
	p := &Pair{files: files[*tls.Certificate]{names: []string{certFile, keyFile}, read: func() (*tls.Certificate, error) {
		cert, err := tls.LoadX509KeyPair(certFile, keyFile)
		return &cert, err
	}}}
	return p, p.open()
}

// Certificate is what tls.Config.GetCertificate wants. It never fails.
func (p *Pair) Certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return p.current(p.News), nil
}

// Authorities are those in a PEM file who vouch for the certificates of others. Make one
// with OpenAuthorities; it is safe for concurrent use.
type Authorities struct {
	News func(err error) // as that of a Pair
	files[*x509.CertPool]
}

// OpenAuthorities reads the file.
func OpenAuthorities(file string) (*Authorities, error) {
	a := &Authorities{files: files[*x509.CertPool]{names: []string{file}, read: func() (*x509.CertPool, error) {
		pem, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate", file)
		}
		return pool, nil
	}}}
	return a, a.open()
}

// Pool are the authorities as they are now.
func (a *Authorities) Pool() *x509.CertPool { return a.current(a.News) }

// files holds what was read from some files.
type files[T any] struct {
	names []string
	read  func() (T, error)

	mu    sync.Mutex
	seen  []stamp // of the files as they were looked at last
	good  []stamp // of those that value was read from
	value T
}

func (f *files[T]) open() (err error) {
	f.good = f.look() // before reading, so that a change while we read is seen the next time
	f.seen = f.good
	f.value, err = f.read()
	return err
}

// current reads anew what was changed.
func (f *files[T]) current(news func(error)) T {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.look()
	if slices.Equal(now, f.good) {
		return f.value
	}
	value, err := f.read()
	if err == nil {
		f.good, f.value = now, value
	}
	if news != nil && !slices.Equal(now, f.seen) {
		news(err)
	}
	f.seen = now
	return f.value
}

// stamp tells whether a file was changed or replaced. One that cannot be looked at has
// the zero stamp.
type stamp struct {
	at   time.Time
	size int64
}

// look reads no content.
func (f *files[T]) look() []stamp {
	list := make([]stamp, len(f.names))
	for i, name := range f.names {
		if fi, err := os.Stat(name); err == nil {
			list[i] = stamp{fi.ModTime(), fi.Size()}
		}
	}
	return list
}
