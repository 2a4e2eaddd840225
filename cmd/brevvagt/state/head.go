package state

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"brevvagt/quarantine"
	"brevvagt/quarantine/ledger"
)

// Signer signs the heads of the ledger with the installation's key.
func (s *State) Signer() (*ledger.Signer, error) {
	return ledger.OpenSigner(filepath.Join(s.Dir, "ledger.key"))
}

// SignedHead is the ledger's head for what leaves the machine.
func (s *State) SignedHead(ctx context.Context, svc *quarantine.Service) (string, error) {
	signer, err := s.Signer()
	if err != nil {
		return "", err
	}
	head, err := svc.Ledger().Head(ctx)
	if err != nil {
		return "", err
	}
	return signer.Sign(head)
}

// ReadHeads reads the heads that were kept elsewhere and checks their signatures, by
// the installation's own key when keyFile is empty. Without a headFile it is the last
// head that was sent, of which a copy lies here; none when none was.
func (s *State) ReadHeads(headFile, keyFile string) ([]ledger.Head, error) {
	own := headFile == ""
	if own {
		headFile = s.SentHead()
	}
	signed, err := os.ReadFile(headFile)
	if own && errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if keyFile == "" {
		keyFile = filepath.Join(s.Dir, "ledger.key.pub")
	}
	public, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, err
	}
	heads, err := ledger.ParseHeads(string(signed), strings.TrimSpace(string(public)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", headFile, err)
	}
	return heads, nil
}

// SentHead is the file with the last head that left the machine.
func (s *State) SentHead() string { return filepath.Join(s.Dir, "ledger.sent") }

// StillBegins says what is wrong with the ledger of today, or that it does not begin with
// the one of which a head was taken; "" when all is well.
func (s *State) StillBegins(ctx context.Context, svc *quarantine.Service, head string) (wrong string, err error) {
	signer, err := s.Signer()
	if err != nil {
		return "", err
	}
	heads, err := ledger.ParseHeads(head, signer.Public())
	if err != nil {
		return err.Error(), nil
	}
	_, err = svc.Ledger().Verify(ctx, heads...)
	var bad *ledger.BadLine
	if errors.As(err, &bad) {
		return bad.Error(), nil
	}
	return "", err
}
