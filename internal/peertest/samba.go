package peertest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Samba is a running file server with one share called "deling".
type Samba struct {
	Addr     string // host:port
	Dir      string // what it shares
	User     string
	Password string

	t      testing.TB
	config string
	cmd    *exec.Cmd
}

// StartSamba starts a server with further lines in its configuration, such as
// "server smb encrypt = required". The test must run as root.
func StartSamba(t testing.TB, lines ...string) *Samba {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a server")
	}
	dir := folder(t)
	s := &Samba{t: t, Dir: filepath.Join(dir, "deling"), User: "nobody", Password: "en lang adgangskode 42", config: filepath.Join(dir, "smb.conf")}
	if err := os.Mkdir(s.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	s.Addr = net.JoinHostPort("127.0.0.1", port)
	var states strings.Builder
	for _, key := range []string{"private dir", "lock directory", "state directory", "cache directory", "pid directory", "ncalrpc dir"} {
		path := filepath.Join(dir, strings.ReplaceAll(key, " ", "-"))
		if err := os.Mkdir(path, 0o755); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&states, "%s = %s\n", key, path)
	}
	config := fmt.Sprintf(`[global]
server role = standalone server
smb ports = %s
interfaces = 127.0.0.1/8
bind interfaces only = yes
disable netbios = yes
disable spoolss = yes
load printers = no
map to guest = never
unix extensions = no
passdb backend = tdbsam:%s/passdb.tdb
log file = %s/log.smbd
log level = 1
%s%s
[deling]
path = %s
read only = no
force user = root
`, port, dir, dir, states.String(), strings.Join(lines, "\n")+"\n", s.Dir)
	if err := os.WriteFile(s.config, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	add := exec.Command("smbpasswd", "-c", s.config, "-a", "-s", s.User)
	add.Stdin = strings.NewReader(s.Password + "\n" + s.Password + "\n")
	if out, err := add.CombinedOutput(); err != nil {
		t.Fatalf("smbpasswd: %v\n%s(make test-deps?)", err, out)
	}
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

// Start runs the server until it answers.
func (s *Samba) Start() {
	s.t.Helper()
	// A group of its own, so that its children end with it.
	s.cmd = exec.Command("smbd", "--foreground", "--no-process-group", "-s", s.config)
	s.cmd.SysProcAttr = ownGroup()
	if err := startKept(s.cmd); err != nil {
		s.t.Fatalf("smbd: %v (make test-deps?)", err)
	}
	for range 4800 { // two minutes
		if c, err := net.Dial("tcp", s.Addr); err == nil {
			c.Close()
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	log, _ := os.ReadFile(filepath.Join(filepath.Dir(s.config), "log.smbd"))
	s.t.Fatalf("smbd does not answer\n%s", log)
}

// Stop ends the server with all its connections.
func (s *Samba) Stop() {
	if s.cmd != nil {
		endGroup(s.cmd.Process.Pid)
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}

// Pause lets the server answer nothing until Resume.
func (s *Samba) Pause() { _ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGSTOP) }

// Resume lets a paused server go on.
func (s *Samba) Resume() { _ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGCONT) }
