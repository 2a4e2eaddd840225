package ledger

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"brevvagt/internal/safefile"
)

// headTitle is the first line of a signed head.
const headTitle = "brevvagt ledger"

// Signer signs heads with a key of the installation, so that a head kept outside
// shows that this installation made it and was not made up later by somebody else.
type Signer struct {
	signer note.Signer
	public string
}

// OpenSigner reads the signing key in a file (0600), or makes it; beside it the
// public half is kept under the same name with ".pub".
func OpenSigner(path string) (*Signer, error) {
	secret, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		skey, vkey, err := note.GenerateKey(rand.Reader, "brevvagt")
		if err != nil {
			return nil, fmt.Errorf("cannot make the ledger's signing key: %w", err)
		}
		if _, err := safefile.Write(path+".pub", strings.NewReader(vkey+"\n")); err != nil {
			return nil, fmt.Errorf("cannot keep the ledger's public key: %w", err)
		}
		if _, err := safefile.Write(path, strings.NewReader(skey+"\n")); err != nil {
			return nil, fmt.Errorf("cannot keep the ledger's signing key: %w", err)
		}
		secret = []byte(skey)
	} else if err != nil {
		return nil, fmt.Errorf("cannot read the ledger's signing key: %w", err)
	}
	s, err := note.NewSigner(strings.TrimSpace(string(secret)))
	if err != nil {
		return nil, fmt.Errorf("the ledger's signing key %s is damaged", path) // the error could quote it
	}
	public, err := os.ReadFile(path + ".pub")
	if err != nil {
		return nil, fmt.Errorf("cannot read the ledger's public key: %w", err)
	}
	return &Signer{s, strings.TrimSpace(string(public))}, nil
}

// Public is the key with which anybody can check a signed head.
func (s *Signer) Public() string { return s.public }

// Sign writes a head as a signed note: three lines and a signature.
func (s *Signer) Sign(h Head) (string, error) {
	text := fmt.Sprintf("%s\n%d\n%s\n", headTitle, h.Size, h.Root)
	signed, err := note.Sign(&note.Note{Text: text}, s.signer)
	if err != nil {
		return "", fmt.Errorf("cannot sign the ledger's head: %w", err)
	}
	return string(signed), nil
}

// ErrSignature says that a head was not signed with the given key.
var ErrSignature = errors.New("the head is not signed with this key")

// ParseHead reads a signed head and checks its signature with a public key.
func ParseHead(signed, public string) (Head, error) {
	v, err := note.NewVerifier(strings.TrimSpace(public))
	if err != nil {
		return Head{}, errors.New("this is no public key of a ledger")
	}
	n, err := note.Open([]byte(strings.ReplaceAll(signed, "\r\n", "\n")), note.VerifierList(v))
	if err != nil {
		return Head{}, ErrSignature
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[0] != headTitle {
		return Head{}, errors.New("this is no head of a ledger")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 {
		return Head{}, errors.New("this is no head of a ledger")
	}
	return Head{Size: size, Root: lines[2]}, nil
}

// ParseHeads reads every signed head in a text that holds other lines too: a mail with a
// head in it, or the file to which one is added each day. A head that is not signed with
// the key is an error, and so is a text without any.
func ParseHeads(text, public string) ([]Head, error) {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	var heads []Head
	for n, line := range lines {
		if line != headTitle || n+headLines > len(lines) {
			continue
		}
		h, err := ParseHead(strings.Join(lines[n:n+headLines], "\n")+"\n", public)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
		heads = append(heads, h)
	}
	if len(heads) == 0 {
		return nil, errors.New("there is no head of a ledger in it")
	}
	return heads, nil
}

// headLines is how many a signed head has: title, size, root, an empty one, a signature.
const headLines = 5
