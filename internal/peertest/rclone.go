package peertest

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// Rclone is a running `rclone serve` of Debian's rclone.
type Rclone struct {
	Addr, Dir      string // host:port, and what is served
	User, Password string
	KnownHosts     string // of an SFTP server: a file with its host key

	t    testing.TB
	kind string
	home string
	args []string
	cmd  *exec.Cmd
}

// StartRclone serves a folder over "webdav" or "sftp", with further arguments. It
// skips a short run.
func StartRclone(t testing.TB, kind string, args ...string) *Rclone {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a server")
	}
	dir := folder(t)
	s := &Rclone{t: t, kind: kind, home: dir, Dir: filepath.Join(dir, "deling"), Addr: net.JoinHostPort("127.0.0.1", freePort(t)),
		User: "svc-brevvagt", Password: "en lang adgangskode 42"}
	if err := os.Mkdir(s.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if kind == "sftp" {
		key := filepath.Join(dir, "vært")
		public := hostKey(t, key)
		_, port, _ := net.SplitHostPort(s.Addr)
		s.KnownHosts = filepath.Join(dir, "known_hosts")
		if err := os.WriteFile(s.KnownHosts, []byte("[127.0.0.1]:"+port+" "+public), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--key", key)
	}
	s.args = args
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

// hostKey makes a key in a file and returns its public half as a line.
func hostKey(t testing.TB, path string) string {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	return string(ssh.MarshalAuthorizedKey(signer.PublicKey()))
}

// Start runs the server until it answers.
func (s *Rclone) Start() {
	s.t.Helper()
	s.cmd = exec.Command("rclone", append([]string{"serve", s.kind, s.Dir, "--addr", s.Addr, "--config", "/dev/null", "--dir-cache-time", "0s", "--vfs-cache-mode", "off"}, s.args...)...)
	// The password is a test's; still it is not for the process list.
	s.cmd.Env = append(os.Environ(), "RCLONE_USER="+s.User, "RCLONE_PASS="+s.Password)
	s.cmd.SysProcAttr = ownGroup()
	log, err := os.Create(filepath.Join(s.home, "log"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer log.Close()
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := startKept(s.cmd); err != nil {
		s.t.Fatalf("rclone: %v (make test-deps?)", err)
	}
	for range 4800 { // two minutes
		if c, err := net.Dial("tcp", s.Addr); err == nil {
			c.Close()
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	said, _ := os.ReadFile(log.Name())
	s.t.Fatalf("rclone serve %s does not answer\n%s", s.kind, said)
}

// Stop kills the server with all its connections.
func (s *Rclone) Stop() {
	if s.cmd != nil {
		endGroup(s.cmd.Process.Pid)
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}

// Fill writes a file into what is served.
func (s *Rclone) Fill(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.Dir, filepath.FromSlash(strings.TrimPrefix(name, "/")))
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path, []byte(text), 0o644)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}
