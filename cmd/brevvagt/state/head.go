package state

import (
	"context"
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

// ReadHead reads a head that was kept elsewhere and checks its signature, by the
// installation's own key when keyFile is empty.
func (s *State) ReadHead(headFile, keyFile string) (ledger.Head, error) {
	signed, err := os.ReadFile(headFile)
	if err != nil {
		return ledger.Head{}, err
	}
	if keyFile == "" {
		keyFile = filepath.Join(s.Dir, "ledger.key.pub")
	}
	public, err := os.ReadFile(keyFile)
	if err != nil {
		return ledger.Head{}, err
	}
	head, err := ledger.ParseHead(string(signed), strings.TrimSpace(string(public)))
	if err != nil {
		return head, fmt.Errorf("%s: %w", headFile, err)
	}
	return head, nil
}
