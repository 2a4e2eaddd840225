// Package vault keeps originals so that the machine that locks them away cannot
// open them: content is sealed to the public halves of the DPO's keys (age, hybrid
// post-quantum), and only somebody with a passphrase gets an Opener.
package vault

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"brevvagt/internal/safefile"

	"filippo.io/age"
)

// Errors that callers tell apart.
var (
	ErrChanged    = errors.New("the sealed file is not the one that was recorded") // tampered with or damaged
	ErrGone       = errors.New("the sealed file is not there")
	ErrPassphrase = errors.New("wrong passphrase")
)

const extension = ".age"

// Object names may hold no path and nothing a file system reads in its own way.
var objectName = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z-]{0,79}$`)

// Sealed is what a case must remember to find and to check its content.
type Sealed struct {
	Object       string // file name in the vault
	PlainSHA256  string // hex
	CipherSHA256 string // hex, of the sealed file
	Size         int64  // bytes of the plain content
	Keys         string // fingerprint of the set of keys that opens it, see KeysID
}

// Vault is a directory of sealed files. It holds public keys only and is safe for
// concurrent use.
type Vault struct {
	dir        string
	mu         sync.RWMutex // of the two below
	recipients []age.Recipient
	keys       string
}

// New opens the vault in dir, making it (0700) when needed. At least one recipient
// is required; two people's keys and a recovery key kept elsewhere are wise, since
// content sealed to a lost key is lost.
func New(dir string, recipients []age.Recipient) (*Vault, error) {
	if len(recipients) == 0 {
		return nil, errors.New("the vault needs at least one recipient: nobody could open what it seals")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the vault: %w", err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot close the vault to others: %w", err)
	}
	v := &Vault{dir: dir}
	return v, v.Use(recipients)
}

// Use seals to other keys from now on. What is sealed already stays as it is until
// somebody who can open it seals it anew.
func (v *Vault) Use(recipients []age.Recipient) error {
	if len(recipients) == 0 {
		return errors.New("the vault needs at least one recipient: nobody could open what it seals")
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.recipients, v.keys = slices.Clone(recipients), KeysID(recipients)
	return nil
}

// Keys is the fingerprint of the set of keys to which things are sealed now.
func (v *Vault) Keys() string {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.keys
}

func (v *Vault) sealingTo() ([]age.Recipient, string) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.recipients, v.keys
}

// Recipients is how many keys can open what is sealed now; fewer than two is a risk.
func (v *Vault) Recipients() int {
	list, _ := v.sealingTo()
	return len(list)
}

// Seal encrypts r as an object called name and returns when it is on the disk for
// good. Memory use does not grow with the size of r.
func (v *Vault) Seal(ctx context.Context, name string, r io.Reader) (Sealed, error) {
	if !objectName.MatchString(name) {
		return Sealed{}, errors.New("not a name for a sealed file")
	}
	recipients, keys := v.sealingTo()
	s := Sealed{Object: name + extension, Keys: keys}
	f, err := safefile.Create(filepath.Join(v.dir, s.Object))
	if err != nil {
		return Sealed{}, fmt.Errorf("cannot seal %s: %w", name, err)
	}
	defer f.Abort()
	plain, cipher := sha256.New(), sha256.New()
	w, err := age.Encrypt(io.MultiWriter(f, cipher), recipients...)
	if err != nil {
		return Sealed{}, fmt.Errorf("cannot seal %s: %w", name, err)
	}
	if s.Size, err = io.Copy(io.MultiWriter(w, plain), withContext(ctx, r)); err != nil {
		return Sealed{}, fmt.Errorf("cannot seal %s: %w", name, err)
	}
	if err := w.Close(); err != nil {
		return Sealed{}, fmt.Errorf("cannot seal %s: %w", name, err)
	}
	if err := f.Commit(); err != nil {
		return Sealed{}, fmt.Errorf("cannot seal %s: %w", name, err)
	}
	s.PlainSHA256, s.CipherSHA256 = hexSum(plain), hexSum(cipher)
	return s, nil
}

// Open gives the content of s back. The sealed file is checked against its recorded
// hash before the first byte comes out; the plain content is checked as it is read,
// and the last Read returns ErrChanged instead of io.EOF when it differs.
func (v *Vault) Open(ctx context.Context, s Sealed, o *Opener) (io.ReadCloser, error) {
	if o == nil {
		return nil, errors.New("the vault key is not unlocked")
	}
	f, err := v.checked(ctx, s)
	if err != nil {
		return nil, err
	}
	plain, err := age.Decrypt(f, o.identity)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot open %s: %w", s.Object, err), f.Close())
	}
	// With the first piece in memory the rest is read to its end though the file is deleted.
	first := bufio.NewReader(withContext(ctx, plain))
	if _, err := first.Peek(1); err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.Join(fmt.Errorf("cannot open %s: %w", s.Object, err), f.Close())
	}
	return &content{file: f, plain: first, sum: sha256.New(), want: s}, nil
}

// Check tells without any key whether the sealed file is still the recorded one.
func (v *Vault) Check(ctx context.Context, s Sealed) error {
	f, err := v.checked(ctx, s)
	if err != nil {
		return err
	}
	return f.Close()
}

func (v *Vault) checked(ctx context.Context, s Sealed) (*os.File, error) {
	path, err := v.file(s.Object)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", s.Object, ErrGone)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot open %s: %w", s.Object, err)
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, withContext(ctx, f)); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot read %s: %w", s.Object, err), f.Close())
	}
	if hexSum(sum) != s.CipherSHA256 {
		return nil, errors.Join(fmt.Errorf("%s: %w", s.Object, ErrChanged), f.Close())
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot read %s: %w", s.Object, err), f.Close())
	}
	return f, nil
}

// Delete removes an object for good. One that is not there is no error. Before the
// file goes its head is overwritten, where the key of the content stands wrapped: what
// a disk still holds of the rest can then be opened by nobody, with any key. A file
// system that never writes in place, and a backup, are beyond that.
func (v *Vault) Delete(object string) error {
	path, err := v.file(object)
	if err != nil {
		return err
	}
	if err := shred(path); err != nil {
		return err
	}
	return safefile.Remove(path)
}

// shredBytes covers the head of a sealed file for some 30 keys of 1.7 KB.
const shredBytes = 64 << 10

func shred(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot shred: %w", err)
	}
	info, err := f.Stat()
	if err == nil {
		_, err = f.WriteAt(make([]byte, min(info.Size(), shredBytes)), 0)
	}
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("cannot shred: %w", err)
	}
	return nil
}

// Objects lists the names of all sealed files, sorted.
func (v *Vault) Objects() ([]string, error) {
	entries, err := os.ReadDir(v.dir)
	if err != nil {
		return nil, fmt.Errorf("cannot list the vault: %w", err)
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && strings.HasSuffix(e.Name(), extension) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// SetAside moves an object that belongs to no case out of the way, into the folder
// "orphans", and forgets those set aside before the given time. Nothing is deleted
// at once: after a database is restored from a backup, what looks like an orphan is
// the only copy.
func (v *Vault) SetAside(objects []string, forget time.Time) error {
	dir := filepath.Join(v.dir, "orphans")
	if len(objects) > 0 {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("cannot make the orphans' folder: %w", err)
		}
	}
	for _, name := range objects {
		path, err := v.file(name)
		if err != nil {
			return err
		}
		if err := os.Rename(path, filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("cannot set %s aside: %w", name, err)
		}
	}
	old, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot list the orphans: %w", err)
	}
	for _, e := range old {
		if info, err := e.Info(); err == nil && info.ModTime().Before(forget) {
			if err := safefile.Remove(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// Sweep removes what a crash left half sealed. Only one process may use the vault
// meanwhile.
func (v *Vault) Sweep() error { return safefile.Sweep(v.dir) }

func (v *Vault) file(object string) (string, error) {
	name, ok := strings.CutSuffix(object, extension)
	if !ok || !objectName.MatchString(name) {
		return "", errors.New("not the name of a sealed file")
	}
	return filepath.Join(v.dir, object), nil
}

// content checks the plain bytes against their recorded hash while they are read.
type content struct {
	file  *os.File
	plain io.Reader
	sum   hash.Hash
	want  Sealed
}

func (c *content) Read(p []byte) (int, error) {
	n, err := c.plain.Read(p)
	c.sum.Write(p[:n])
	if err == io.EOF && hexSum(c.sum) != c.want.PlainSHA256 {
		return n, fmt.Errorf("%s: %w", c.want.Object, ErrChanged)
	}
	return n, err
}

func (c *content) Close() error { return c.file.Close() }

// contextReader ends a long copy when its caller is no longer waiting.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func withContext(ctx context.Context, r io.Reader) io.Reader { return contextReader{ctx, r} }

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }
