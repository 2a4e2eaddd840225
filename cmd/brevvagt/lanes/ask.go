package lanes

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"brevvagt/cmd/brevvagt/config"
)

// Postfix asks the programs of a Postfix. An error means that they do not know.
type Postfix struct {
	// Setting is a setting of main.cf with what it refers to put in.
	Setting func(name string) (string, error)
	// Services are the lines of master.cf as "postconf -M" prints them, Overrides the
	// settings in them as "postconf -P" does.
	Services, Overrides func() (string, error)
	// Table lists what a lookup table gives: a line for each entry, key and value.
	Table func(name string) (string, error)
}

// AskPostfix asks the configured Postfix.
func AskPostfix(ctx context.Context, cfg config.Config) Postfix {
	ask := func(program string, args ...string) (string, error) {
		if dir := cfg.Gateway.Postfix.ConfigDirectory; dir != "" {
			args = append([]string{"-c", dir}, args...)
		}
		out, err := exec.CommandContext(ctx, Sbin(program), args...).Output()
		return strings.TrimSpace(string(out)), err
	}
	main := sync.OnceValues(func() (map[string]string, error) {
		out, err := ask("postconf", "-x")
		settings := map[string]string{}
		for line := range strings.Lines(out) {
			name, value, _ := strings.Cut(line, "=")
			settings[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
		return settings, err
	})
	return Postfix{
		Setting: func(name string) (string, error) {
			settings, err := main()
			if v, ok := settings[name]; ok || err != nil {
				return v, err
			}
			return "", fmt.Errorf("this Postfix has no %s", name)
		},
		Services:  func() (string, error) { return ask("postconf", "-M") },
		Overrides: func() (string, error) { return ask("postconf", "-x", "-P") },
		Table:     func(name string) (string, error) { return ask("postmap", "-s", name) },
	}
}

// Sbin finds a program where PATH lacks the sbin folders.
func Sbin(name string) string {
	if p, err := exec.LookPath(name); err == nil {
		return p
	}
	return filepath.Join("/usr/sbin", name)
}
