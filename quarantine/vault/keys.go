package vault

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"filippo.io/age"
)

// WorkFactor is the scrypt cost (log2 N) of a protected identity: about 0.5 s and
// 64 MiB on the machine it was chosen on, so a stolen file resists guessing while
// a person logging in hardly waits.
const WorkFactor = 16

// maxWorkFactor bounds what an identity file from elsewhere may cost to unlock.
const maxWorkFactor = 20

// maxLine bounds a line of a recipients file; a hybrid recipient has 1,959 characters.
const maxLine = 8 << 10

// Identity is a new key pair. Its secret half leaves this type only protected.
type Identity struct{ key *age.HybridIdentity }

// NewIdentity makes a key pair.
func NewIdentity() (*Identity, error) {
	key, err := age.GenerateHybridIdentity()
	if err != nil {
		return nil, fmt.Errorf("cannot make a key: %w", err)
	}
	return &Identity{key}, nil
}

// Recipient is the public half, one line for the recipients file.
func (i *Identity) Recipient() string { return i.key.Recipient().String() }

// Opener is the opening half, for one who has just made the key.
func (i *Identity) Opener() *Opener { return &Opener{i.key} }

// Protect is the secret half under a passphrase, to be kept in a file or a row.
func (i *Identity) Protect(passphrase string) ([]byte, error) {
	return protect(i.key, passphrase, WorkFactor)
}

// ProtectAt is Protect at another cost (log2 N of scrypt, 1 to 20), for tests that
// are about something else.
func (i *Identity) ProtectAt(passphrase string, work int) ([]byte, error) {
	return protect(i.key, passphrase, work)
}

// String keeps the secret half out of logs.
func (i *Identity) String() string { return "vault identity" }

// GoString does the same for %#v.
func (i *Identity) GoString() string { return i.String() }

// Opener opens what was sealed to its public half. It lives in memory only, for
// the session of the person who unlocked it.
type Opener struct{ identity *age.HybridIdentity }

// Recipient is the public half.
func (o *Opener) Recipient() string { return o.identity.Recipient().String() }

// Protect is the same key under another passphrase.
func (o *Opener) Protect(passphrase string) ([]byte, error) {
	return protect(o.identity, passphrase, WorkFactor)
}

// ProtectAt is Protect at another cost, see [Identity.ProtectAt].
func (o *Opener) ProtectAt(passphrase string, work int) ([]byte, error) {
	return protect(o.identity, passphrase, work)
}

// String keeps the secret half out of logs.
func (o *Opener) String() string { return "vault opener" }

// GoString does the same for %#v.
func (o *Opener) GoString() string { return o.String() }

func protect(key *age.HybridIdentity, passphrase string, work int) ([]byte, error) {
	r, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return nil, fmt.Errorf("cannot protect the key: %w", err)
	}
	r.SetWorkFactor(work)
	var blob bytes.Buffer
	w, err := age.Encrypt(&blob, r)
	if err != nil {
		return nil, fmt.Errorf("cannot protect the key: %w", err)
	}
	if _, err := io.WriteString(w, key.String()+"\n"); err != nil {
		return nil, fmt.Errorf("cannot protect the key: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("cannot protect the key: %w", err)
	}
	return blob.Bytes(), nil
}

// Unlock opens a protected identity. It takes about half a second of one core by
// design; a wrong passphrase is ErrPassphrase.
func Unlock(blob []byte, passphrase string) (*Opener, error) {
	id, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, ErrPassphrase // only an empty one is refused here
	}
	id.SetMaxWorkFactor(maxWorkFactor)
	r, err := age.Decrypt(bytes.NewReader(blob), id)
	var wrong *age.NoIdentityMatchError
	if errors.As(err, &wrong) {
		return nil, ErrPassphrase
	}
	if err != nil {
		return nil, fmt.Errorf("not a protected key: %w", err)
	}
	secret, err := io.ReadAll(io.LimitReader(r, maxLine))
	if err != nil {
		return nil, fmt.Errorf("cannot read the key: %w", err)
	}
	key, err := age.ParseHybridIdentity(strings.TrimSpace(string(secret)))
	if err != nil {
		return nil, errors.New("the protected file holds no hybrid key") // the parser's error could quote it
	}
	return &Opener{key}, nil
}

// Recipients reads a recipients file: one public key per line, empty lines and
// lines that begin with # ignored, a key named twice counted once. Errors name the
// file and the line.
func Recipients(path string) ([]age.Recipient, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read recipients: %w", err)
	}
	defer f.Close()
	return ParseRecipients(path, f)
}

// ParseRecipients is Recipients for an open file; name is for errors.
func ParseRecipients(name string, r io.Reader) ([]age.Recipient, error) {
	var list []age.Recipient
	seen := map[string]bool{}
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4096), maxLine)
	n := 0
	for lines.Scan() {
		n++
		text := strings.TrimSpace(lines.Text())
		if text == "" || strings.HasPrefix(text, "#") || seen[text] {
			continue
		}
		if strings.HasPrefix(text, "AGE-SECRET-KEY-") {
			return nil, fmt.Errorf("%s:%d: this is a secret key: it must not be on this machine, take it away and make a new one", name, n)
		}
		recipient, err := age.ParseHybridRecipient(text)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: not a public key of the form age1pq1…", name, n)
		}
		seen[text] = true
		list = append(list, recipient)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", name, n+1, err)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s: no public key in it", name)
	}
	return list, nil
}

// Fingerprint is a short name for a public key that people can compare: 16 hex digits
// of its SHA-256.
func Fingerprint(recipient string) string {
	sum := sha256.Sum256([]byte(recipient))
	return hex.EncodeToString(sum[:8])
}

// KeysID is a short name for a set of keys: the same keys in another order, or one of
// them twice, are the same set.
func KeysID(recipients []age.Recipient) string {
	names := make([]string, len(recipients))
	for i, r := range recipients {
		names[i] = fmt.Sprint(r) // a hybrid key prints its public half
	}
	slices.Sort(names)
	return Fingerprint(strings.Join(slices.Compact(names), "\n"))
}

// ParseRecipient reads one public key.
func ParseRecipient(text string) (age.Recipient, error) {
	r, err := age.ParseHybridRecipient(strings.TrimSpace(text))
	if err != nil {
		return nil, errors.New("not a public key of the form age1pq1…")
	}
	return r, nil
}
