package shares

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/scanner/source/share/night"
	"brevvagt/scanner/source/share/smb"
)

// connectSMB reads the password anew each time, so that a changed one counts.
func connectSMB(c *config.SMB) func(ctx context.Context) (night.Connected, error) {
	return func(ctx context.Context) (night.Connected, error) { return OpenSMB(ctx, c) }
}

// OpenSMB logs in to a file server as a share says.
func OpenSMB(ctx context.Context, c *config.SMB) (*smb.Tree, error) {
	secret, err := password("smb.password_file", c.PasswordFile)
	if err != nil {
		return nil, err
	}
	return smb.Open(ctx, smb.Config{Server: c.Server, Share: c.Share, Folder: c.Folder, Domain: c.Domain, User: c.User,
		Password: secret, Signed: c.Encryption == "optional"})
}

// password reads a file that holds nothing else; key names it in errors. A name without a slash is that of a
// systemd credential.
func password(key, path string) (string, error) {
	if !filepath.IsAbs(path) {
		dir := os.Getenv("CREDENTIALS_DIRECTORY")
		if dir == "" {
			return "", fmt.Errorf("%s: %q is no absolute path, and systemd gave no credentials (LoadCredential=)", key, path)
		}
		path = filepath.Join(dir, filepath.Base(path))
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", key, err)
	}
	if info.Mode().Perm()&0o007 != 0 {
		return "", fmt.Errorf("%s: everybody may read %s: chmod 600 it", key, path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", key, err)
	}
	secret := strings.TrimRight(string(data), "\r\n")
	if secret == "" {
		return "", fmt.Errorf("%s is empty", key)
	}
	return secret, nil
}

// showSMB is a path as Windows writes it.
func showSMB(c config.Share) func(path string) string {
	root := rootSMB(c)
	return func(path string) string { return root + strings.ReplaceAll(path, "/", `\`) }
}

// rootSMB is what the paths of a share begin with.
func rootSMB(c config.Share) string {
	return strings.TrimSuffix(config.Share{SMB: c.SMB}.Title(), `\`) + `\`
}
