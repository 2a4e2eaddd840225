package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// maxSecrets bounds a file with passwords.
const maxSecrets = 1 << 20

// credential reads a file with passwords. A name without a folder is a credential that
// systemd hands over (LoadCredential=). Others on the machine must not be able to read
// the file.
func credential(name string) (string, error) {
	if dir := os.Getenv("CREDENTIALS_DIRECTORY"); dir != "" && !strings.ContainsRune(name, filepath.Separator) {
		name = filepath.Join(dir, name)
	}
	info, err := os.Stat(name)
	if err != nil {
		return "", err
	}
	if info.Mode().Perm()&0o037 != 0 || info.Size() > maxSecrets {
		return "", fmt.Errorf("%s: %w: it may be read by its owner and its group only (chmod 640), and hold 1 MiB", name, fs.ErrPermission)
	}
	data, err := os.ReadFile(name)
	return string(data), err
}

// Login reads user and password from the first line of a file, "user:password".
func Login(file string) (user, password string, err error) {
	text, err := credential(file)
	if err != nil {
		return "", "", err
	}
	line, _, _ := strings.Cut(text, "\n")
	user, password, ok := strings.Cut(strings.TrimSuffix(line, "\r"), ":")
	if !ok || user == "" || password == "" {
		return "", "", fmt.Errorf("%s: the first line must be user:password", file)
	}
	return user, password, nil
}

// Logins is a file of those who may log in, as `htpasswd -B` writes it: a line
// "user:bcrypt". It is read at each login, so that a change needs no restart.
type Logins struct {
	File string
	busy chan struct{}
}

// checksAtOnce bounds the work that strangers can cause: a check takes some tens of
// milliseconds.
const checksAtOnce = 2

// NewLogins reads the file once, to tell what is wrong with it.
func NewLogins(file string) (*Logins, error) {
	l := &Logins{File: file, busy: make(chan struct{}, checksAtOnce)}
	_, err := l.read()
	return l, err
}

func (l *Logins) read() (map[string]string, error) {
	text, err := credential(l.File)
	if err != nil {
		return nil, err
	}
	hashes := map[string]string{}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		user, hash, _ := strings.Cut(line, ":")
		if cost, err := bcrypt.Cost([]byte(hash)); err != nil || user == "" || cost > 14 {
			return nil, fmt.Errorf("%s, line %d: must be user:hash as `htpasswd -B` writes it, with a cost of 14 at most", l.File, i+1)
		}
		hashes[user] = hash
	}
	if len(hashes) == 0 {
		return nil, errors.New(l.File + ": nobody may log in")
	}
	return hashes, nil
}

// Check reports whether user has this password. An unknown user takes as long as a
// wrong password.
func (l *Logins) Check(user, password string) bool {
	l.busy <- struct{}{}
	defer func() { <-l.busy }()
	hashes, err := l.read()
	if err != nil {
		return false
	}
	hash, known := hashes[user]
	if !known {
		for _, hash = range hashes {
			break
		}
	}
	return bcrypt.CompareHashAndPassword([]byte(hash), []byte(password)) == nil && known
}
