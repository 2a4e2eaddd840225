package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"brevvagt/cmd/brevvagt/config"
)

func loginFile(t *testing.T, mode os.FileMode, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "login")
	if err := os.WriteFile(name, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, mode); err != nil { // whatever the umask says
		t.Fatal(err)
	}
	return name
}

func TestLogin(t *testing.T) {
	user, password, err := config.Login(loginFile(t, 0o640, "brevvagt:ord:med kolon æ\r\nmere\n"))
	if err != nil || user != "brevvagt" || password != "ord:med kolon æ" {
		t.Errorf("%q %q %v", user, password, err)
	}
	name := loginFile(t, 0o400, "a:b")
	t.Setenv("CREDENTIALS_DIRECTORY", filepath.Dir(name))
	if user, _, err := config.Login(filepath.Base(name)); err != nil || user != "a" {
		t.Errorf("a credential of systemd: %q %v", user, err)
	}
	for _, bad := range []string{loginFile(t, 0o644, "a:b"), loginFile(t, 0o660, "a:b"), loginFile(t, 0o600, "a"), loginFile(t, 0o600, ":b"), loginFile(t, 0o600, "a:"), "/findes/ikke"} {
		if _, _, err := config.Login(bad); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

func TestLogins(t *testing.T) {
	hash, err := bcrypt.GenerateFromPassword([]byte("ord"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	y := strings.Replace(string(hash), "$2a$", "$2y$", 1) // as htpasswd writes it
	file := loginFile(t, 0o600, "# printere\nprinter:"+y+"\n\nscanner:"+string(hash)+"\n")
	l, err := config.NewLogins(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		user, password string
		want           bool
	}{{"printer", "ord", true}, {"scanner", "ord", true}, {"printer", "Ord", false}, {"other", "ord", false}, {"", "ord", false}, {"printer", "", false}} {
		if got := l.Check(tt.user, tt.password); got != tt.want {
			t.Errorf("%s %s: %v", tt.user, tt.password, got)
		}
	}
	if err := os.WriteFile(file, []byte("scanner:"+y), 0o600); err != nil {
		t.Fatal(err)
	}
	if l.Check("printer", "ord") {
		t.Error("who was taken out may still log in")
	}
	for _, bad := range []string{"", "printer:ord", "printer:{SHA}x", ":" + y, "printer:" + strings.Replace(y, "$04$", "$20$", 1)} {
		if _, err := config.NewLogins(loginFile(t, 0o600, bad)); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
