// Package handout makes an encrypted package of a case for the police or the data
// protection authority: the original, what was found (masked), the register entry, the
// ledger's lines with their proof, and a manifest. The one who gets it needs age, tar and
// sha256sum, nothing of ours.
package handout

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"filippo.io/age"

	"brevvagt/quarantine"
	"brevvagt/quarantine/ledger"
	"brevvagt/quarantine/register"
	"brevvagt/quarantine/vault"
)

// Service is what a package is made of; quarantine.Service has it.
type Service interface {
	Get(ctx context.Context, id string) (*quarantine.Case, error)
	HandOut(ctx context.Context, id, by, reason, receiver, sealedTo string, o *vault.Opener) (io.ReadCloser, error)
	Papers
}

// Papers are the register and the ledger.
type Papers interface {
	Register() *register.Register
	Ledger() *ledger.Ledger
}

// Order says what is handed out to whom and why.
type Order struct {
	Case     string
	By       string        // account
	Reason   string        // kept in the ledger
	Receiver string        // who gets it, as "Politiet"; kept in the ledger
	Lock     Lock          // whose key or which passphrase closes it
	Opener   *vault.Opener // opens the original
	// Sign signs the ledger's head; the public key goes into the package.
	Sign *ledger.Signer
	Now  time.Time
}

// Lock closes a package.
type Lock struct {
	recipient age.Recipient
	name      string // for the ledger; never a secret
}

// ErrLock says that the key or passphrase is no good.
var ErrLock = errors.New("a public age key (age1… or age1pq1…) or a passphrase of at least 16 characters is needed, not both")

// MinPassphrase is the least number of characters of a package's passphrase: the package
// leaves the house, and whoever has it can try as often as he likes.
const MinPassphrase = 16

// workFactor is the scrypt cost (log2 N) of a passphrase; the age program takes it.
const workFactor = 16

// NewLock makes a lock of a public key or of a passphrase.
func NewLock(key, passphrase string) (Lock, error) {
	key = strings.TrimSpace(key)
	switch {
	case (key == "") == (passphrase == ""):
		return Lock{}, ErrLock
	case key != "":
		if len(key) > 4096 || strings.ContainsAny(key, "\r\n") {
			return Lock{}, ErrLock
		}
		var r age.Recipient
		var err error
		if strings.HasPrefix(key, "age1pq1") {
			r, err = age.ParseHybridRecipient(key)
		} else {
			r, err = age.ParseX25519Recipient(key)
		}
		if err != nil {
			return Lock{}, ErrLock // the error quotes what could be a secret key
		}
		return Lock{r, "nøgle " + vault.Fingerprint(key)}, nil
	case utf8.RuneCountInString(passphrase) < MinPassphrase:
		return Lock{}, ErrLock
	}
	r, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return Lock{}, ErrLock
	}
	r.SetWorkFactor(workFactor)
	return Lock{r, "adgangssætning"}, nil
}

// FileName is what the package of a case is called.
func FileName(caseID string) string { return "sag-" + caseID + ".tar.age" }

// Write makes the package. The ledger line stands before the first byte; memory use
// does not grow with the original. An error after the first byte leaves w unfinished:
// age then refuses to open it.
func Write(ctx context.Context, s Service, o Order, w io.Writer) error {
	if o.Lock.recipient == nil {
		return ErrLock
	}
	c, err := s.Get(ctx, o.Case)
	if err != nil {
		return err
	}
	original, err := s.HandOut(ctx, c.ID, o.By, o.Reason, o.Receiver, o.Lock.name, o.Opener)
	if err != nil {
		return err
	}
	defer original.Close()
	papers, err := papersOf(ctx, s, c, o)
	if err != nil {
		return err
	}
	closed, err := age.Encrypt(w, o.Lock.recipient)
	if err != nil {
		return fmt.Errorf("cannot encrypt the package: %w", err)
	}
	p := &pack{tar: tar.NewWriter(closed), at: o.Now, folder: "sag-" + c.ID + "/"}
	p.add(originalName(c), c.Size, original)
	for _, f := range papers {
		p.add(f.name, int64(len(f.text)), bytes.NewReader(f.text))
	}
	manifest := p.manifest.String()
	p.add(manifestName, int64(len(manifest)), strings.NewReader(manifest))
	if p.err != nil {
		return p.err
	}
	if err := errors.Join(p.tar.Close(), closed.Close()); err != nil {
		return fmt.Errorf("cannot finish the package: %w", err)
	}
	return nil
}

// Names within the package.
const (
	manifestName = "MANIFEST.sha256"
	ledgerName   = "log.json"
	headName     = "hoved.txt"
	publicName   = "noegle.pub"
)

func originalName(c *quarantine.Case) string {
	if c.Kind == "mail" {
		return "original.eml"
	}
	return "original.bin" // never the sender's own name or type for it
}

// pack writes files and remembers the first error.
type pack struct {
	tar      *tar.Writer
	at       time.Time
	folder   string
	manifest strings.Builder
	err      error
}

func (p *pack) add(name string, size int64, r io.Reader) {
	if p.err != nil {
		return
	}
	if p.err = p.tar.WriteHeader(&tar.Header{Name: p.folder + name, Mode: 0o600, Size: size, ModTime: p.at, Format: tar.FormatPAX}); p.err != nil {
		return
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(p.tar, sum), r)
	if err == nil && n != size {
		err = fmt.Errorf("%s has %d bytes, %d were recorded", name, n, size)
	}
	if err != nil {
		p.err = fmt.Errorf("cannot pack %s: %w", name, err)
		return
	}
	fmt.Fprintf(&p.manifest, "%s  %s\n", hex.EncodeToString(sum.Sum(nil)), name)
}

type paper struct {
	name string
	text []byte
}

// papersOf are the files beside the original.
func papersOf(ctx context.Context, s Service, c *quarantine.Case, o Order) ([]paper, error) {
	found, err := json.MarshalIndent(map[string]any{
		"case": c.ID, "kind": c.Kind, "from": c.From, "to": c.To, "subject": c.Subject, "message_id": c.MessageID, "received": c.Received, "held_at": c.HeldAt, "state": c.State,
		"decided_by": c.DecidedBy, "decided_at": c.DecidedAt, "reason": c.Reason, "sha256": c.PlainSHA256, "size": c.Size,
		"rules": c.Rules, "findings": c.Evidence, "not_read": c.Gaps, "persons": c.Persons, "numbers": c.Numbers, "data_types": c.DataTypes}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("cannot write the findings of case %s: %w", c.ID, err)
	}
	list := []paper{{"fund.json", found}}
	entry, err := s.Register().ByCase(ctx, c.ID)
	if err != nil && !errors.Is(err, register.ErrNotFound) {
		return nil, err
	}
	x, err := s.Ledger().Extract(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	lines, err := json.MarshalIndent(x, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("cannot write the ledger of case %s: %w", c.ID, err)
	}
	head := ""
	if o.Sign != nil {
		if head, err = o.Sign.Sign(x.Head); err != nil {
			return nil, err
		}
		list = append(list, paper{headName, []byte(head)}, paper{publicName, []byte(o.Sign.Public() + "\n")})
	}
	list = append(list, paper{ledgerName, lines})
	if entry != nil {
		var csv, js bytes.Buffer
		if err := errors.Join(s.Register().WriteCSV(&csv, []*register.Draft{entry}), s.Register().WriteJSON(&js, []*register.Draft{entry}, head)); err != nil {
			return nil, err
		}
		list = append(list, paper{"fortegnelse.csv", csv.Bytes()}, paper{"fortegnelse.json", js.Bytes()})
	}
	return append(list, paper{"LAES-MIG.txt", []byte(readme(c, o))}), nil
}

// readme tells the one who opens the package what is in it and how to check it.
func readme(c *quarantine.Case, o Order) string {
	return fmt.Sprintf(`Sag %s
Udleveret til: %s
Udleveret: %s

original.eml eller original.bin   den standsede forsendelse, byte for byte (SHA-256 %s)
fund.json                         hvad der blev fundet, med sløret CPR-nummer, og reglerne
fortegnelse.csv, fortegnelse.json kladden i fortegnelsen over brud
log.json                          sagens linjer i revisionssporet, hver med bevis
hoved.txt, noegle.pub             sporets underskrevne hoved og nøglen, det er underskrevet med
MANIFEST.sha256                   SHA-256 af alle filerne

Kontrollér, at intet er ændret:

  sha256sum -c MANIFEST.sha256

Originalen indeholder personoplysninger uden sløring. Slet pakken, når den ikke skal bruges mere.
Med programmet brevvagt kan også revisionssporet kontrolleres: brevvagt case verify MAPPE
`, c.ID, strings.TrimSpace(o.Receiver), o.Now.UTC().Format("2006-01-02 15:04 UTC"), c.PlainSHA256)
}
