// Package peertest starts private servers for a test, PostgreSQL and Samba: each
// with its own folder, port and user on loopback, gone when the test ends.
package peertest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"brevvagt/internal/porttest"
)

// Postgres starts a server and returns the address of an empty database. It skips a
// short run, as do the others of this package.
func Postgres(t testing.TB) string {
	t.Helper()
	where, _ := PostgresThatFalls(t)
	return where
}

// PostgresThatFalls is Postgres with a way to let it die at once and start again.
func PostgresThatFalls(t testing.TB) (where string, fall func()) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a server")
	}
	bin := newest(t, "/usr/lib/postgresql/*/bin/initdb", "postgresql")
	dir := folder(t)
	run := func(name string, args ...string) {
		t.Helper()
		cmd := exec.Command(filepath.Join(bin, name), args...)
		if os.Getuid() == 0 { // the server refuses to run as root
			cmd = exec.Command("runuser", append([]string{"-u", "postgres", "--", filepath.Join(bin, name)}, args...)...)
		}
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			t.Fatalf("%s: %v\n%s%s", name, err, out, log)
		}
	}
	if os.Getuid() == 0 {
		give(t, dir, "postgres")
	}
	data, port := filepath.Join(dir, "data"), freePort(t)
	run("initdb", "-D", data, "-U", "brevvagt", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "-N")
	// fsync off: processes die here, the machine never does.
	start := func() {
		run("pg_ctl", "-D", data, "-w", "-s", "-t", "300", "-l", filepath.Join(dir, "log"), "-o",
			fmt.Sprintf("-p %s -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off", port), "start")
	}
	start()
	t.Cleanup(func() { run("pg_ctl", "-D", data, "-s", "-m", "immediate", "stop") })
	fall = func() {
		run("pg_ctl", "-D", data, "-s", "-m", "immediate", "stop") // SIGQUIT to all: nothing is finished
		start()
	}
	return "postgres://brevvagt@127.0.0.1:" + port + "/postgres?sslmode=disable", fall
}

// newest is the folder of the last match of a pattern.
func newest(t testing.TB, pattern, pkg string) string {
	t.Helper()
	found, _ := filepath.Glob(pattern)
	if len(found) == 0 {
		t.Fatalf("%s is not installed: make test-deps", pkg)
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1])
}

// folder is a temporary folder with a short path that other users may enter.
func folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "peer")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func give(t testing.TB, path, name string) {
	t.Helper()
	u, err := user.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	if err := os.Chown(path, uid, gid); err != nil {
		t.Fatal(err)
	}
}

func freePort(t testing.TB) string {
	t.Helper()
	_, port, _ := net.SplitHostPort(porttest.Free(t))
	return port
}
