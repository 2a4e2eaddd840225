package handout

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"filippo.io/age"

	"brevvagt/quarantine/ledger"
)

// Report is what was found right about a package.
type Report struct {
	Files int    // whose SHA-256 is that of the manifest
	Lines int    // of the ledger, with their proofs
	Size  int64  // lines of the whole ledger when it was handed out
	Key   string // with which its head was signed
}

// The bounds of a package that is read: of its small files, and how many it may hold.
const (
	maxPaper = 64 << 20
	maxFiles = 50
)

// ErrPackage says what is not as it was handed out.
var ErrPackage = errors.New("the package is not as it was handed out")

func bad(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrPackage, fmt.Sprintf(format, args...))
}

// Open opens a closed package with a passphrase or with identities as the age program
// keeps them in a file.
func Open(r io.Reader, passphrase string, identities io.Reader) (io.Reader, error) {
	var keys []age.Identity
	if identities != nil {
		list, err := age.ParseIdentities(identities)
		if err != nil {
			return nil, errors.New("the identity file is not readable") // the error could quote it
		}
		keys = list
	} else {
		id, err := age.NewScryptIdentity(passphrase)
		if err != nil {
			return nil, ErrLock
		}
		id.SetMaxWorkFactor(20)
		keys = append(keys, id)
	}
	plain, err := age.Decrypt(r, keys...)
	if err != nil {
		return nil, fmt.Errorf("the package cannot be opened: %w", err)
	}
	return plain, nil
}

// Verify checks an opened package, a tar file. public is the ledger's key as it was got
// on another way; with "" the package's own is used, which shows no more than that the
// package fits together.
func Verify(r io.Reader, public string) (Report, error) {
	c := collector{sums: map[string]string{}, papers: map[string][]byte{}}
	for in := tar.NewReader(r); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Report{}, bad("not a readable tar file")
		}
		if h.Typeflag != tar.TypeReg {
			return Report{}, bad("it holds something that is no file")
		}
		if err := c.take(path.Base(h.Name), in); err != nil {
			return Report{}, err
		}
	}
	return c.check(public)
}

// VerifyFolder is Verify for a package that was unpacked.
func VerifyFolder(folder fs.FS, public string) (Report, error) {
	c := collector{sums: map[string]string{}, papers: map[string][]byte{}}
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return Report{}, err
	}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		f, err := folder.Open(e.Name())
		if err != nil {
			return Report{}, err
		}
		err = errors.Join(c.take(e.Name(), f), f.Close())
		if err != nil {
			return Report{}, err
		}
	}
	return c.check(public)
}

// collector sums every file and keeps the small ones that are read.
type collector struct {
	sums   map[string]string
	papers map[string][]byte
}

func (c *collector) take(name string, r io.Reader) error {
	if _, twice := c.sums[name]; twice || len(c.sums) == maxFiles {
		return bad("a file twice, or more than %d files", maxFiles)
	}
	sum := sha256.New()
	var keep bytes.Buffer
	to := io.Writer(sum)
	read := name == manifestName || name == ledgerName || name == headName || name == publicName
	if read {
		to = io.MultiWriter(sum, &keep)
		r = io.LimitReader(r, maxPaper+1)
	}
	n, err := io.Copy(to, r)
	if err != nil {
		return bad("%.40q is cut off", name)
	}
	if read && n > maxPaper {
		return bad("%s has more than %d bytes", name, maxPaper)
	}
	c.sums[name] = hex.EncodeToString(sum.Sum(nil))
	if read {
		c.papers[name] = keep.Bytes()
	}
	return nil
}

func (c *collector) check(public string) (Report, error) {
	var rep Report
	manifest, ok := c.papers[manifestName]
	if !ok {
		return rep, bad("no %s", manifestName)
	}
	listed := map[string]bool{manifestName: true}
	for line := range strings.Lines(string(manifest)) {
		sum, name, ok := strings.Cut(strings.TrimSpace(line), "  ")
		if !ok || c.sums[name] != sum {
			return rep, bad("%.40q is not the file of the manifest", name)
		}
		listed[name] = true
		rep.Files++
	}
	for name := range c.sums {
		if !listed[name] {
			return rep, bad("%.40q is not in the manifest", name)
		}
	}
	return rep, c.ledger(&rep, public)
}

func (c *collector) ledger(rep *Report, public string) error {
	text, ok := c.papers[ledgerName]
	if !ok {
		return bad("no %s", ledgerName)
	}
	var x ledger.Extract
	if err := json.Unmarshal(text, &x); err != nil {
		return bad("%s is not readable", ledgerName)
	}
	if err := x.Verify(); err != nil {
		return fmt.Errorf("%w: %w", ErrPackage, err)
	}
	rep.Lines, rep.Size = len(x.Lines), x.Head.Size
	signed, ok := c.papers[headName]
	if !ok {
		return bad("no signed head")
	}
	if public == "" {
		public = string(c.papers[publicName])
	}
	head, err := ledger.ParseHead(string(signed), public)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrPackage, err)
	}
	if head != x.Head {
		return bad("the signed head is another than that of the lines")
	}
	rep.Key = strings.TrimSpace(public)
	return nil
}
