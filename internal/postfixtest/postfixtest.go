// Package postfixtest starts a private Postfix for a test: its own queue,
// configuration and port in a temporary folder, nothing leaves the machine, and
// several may run at once. Only tests import it.
package postfixtest

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"brevvagt/internal/porttest"
)

// Config says what the Postfix is to be like.
type Config struct {
	// Milter is the filter's socket in Postfix notation, "unix:/path" or
	// "inet:host:port"; "" means no filter.
	Milter string
	// DefaultAction is what happens without the filter; default "quarantine".
	DefaultAction string
	// ContentTimeout is how long Postfix waits for a sign of life at end of
	// message; default 20s.
	ContentTimeout string
	// NextHop is where mail goes, "host:port". "" means that it is discarded.
	NextHop string
	// Extra are further lines of main.cf; they win over ours.
	Extra []string
}

// Postfix is a running private Postfix. It ends with its test.
type Postfix struct {
	Addr      string // of its SMTP port
	Dir       string // everything it owns; readable by the postfix user
	ConfigDir string // for postqueue -c and the like

	daemons string // folder of the daemons
	master  *exec.Cmd
	exited  chan struct{}
}

// Dir makes a folder that the postfix user can reach: test folders of the
// testing package are closed to other users. It goes away with the test.
func Dir(tb testing.TB) string {
	tb.Helper()
	dir, err := os.MkdirTemp("", "pf")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		tb.Fatal(err)
	}
	return dir
}

// Start runs a Postfix. It skips the test where that cannot be: without Postfix
// or as another user than root. With CI=true it fails instead. It skips a short run
// as well.
func Start(tb testing.TB, c Config) *Postfix {
	tb.Helper()
	if testing.Short() {
		tb.Skip("starts a Postfix")
	}
	stop := tb.Skipf
	if os.Getenv("CI") == "true" {
		stop = tb.Fatalf
	}
	if os.Getuid() != 0 {
		stop("a private Postfix needs root (uid 0), this is uid %d", os.Getuid())
	}
	if _, err := exec.LookPath("postconf"); err != nil {
		stop("Postfix is not installed: %v", err)
	}
	dir := Dir(tb)
	p := &Postfix{Dir: dir, ConfigDir: filepath.Join(dir, "etc"), exited: make(chan struct{})}
	if err := p.layOut(); err != nil {
		tb.Fatal(err)
	}
	p.Addr = porttest.Free(tb)
	if err := p.launch(c); err != nil {
		tb.Fatalf("private Postfix: %v\n%s", err, p.Log())
	}
	tb.Cleanup(p.Stop)
	return p
}

// layOut makes the folders with the owners that Postfix insists on.
func (p *Postfix) layOut() error {
	owner, err := user.Lookup("postfix")
	if err != nil {
		return err
	}
	drop, err := user.LookupGroup("postdrop")
	if err != nil {
		return err
	}
	uid, _ := strconv.Atoi(owner.Uid)
	gid, _ := strconv.Atoi(drop.Gid)
	type folder struct {
		path     string
		mode     os.FileMode
		uid, gid int
	}
	list := []folder{{"etc", 0o755, 0, 0}, {"log", 0o755, 0, 0}, {"data", 0o700, uid, 0}, {"spool", 0o755, 0, 0}, {"spool/pid", 0o755, 0, 0},
		{"spool/maildrop", 0o730, uid, gid}, {"spool/public", 0o710, uid, gid}}
	for _, q := range strings.Fields("active bounce corrupt defer deferred flush hold incoming private saved trace") {
		list = append(list, folder{"spool/" + q, 0o700, uid, 0})
	}
	for _, f := range list {
		path := filepath.Join(p.Dir, f.path)
		err := errors.Join(os.MkdirAll(path, f.mode), os.Chown(path, f.uid, f.gid), os.Chmod(path, f.mode))
		if err != nil {
			return err
		}
	}
	return nil
}

// launch writes the configuration and starts master.
func (p *Postfix) launch(c Config) error {
	main, daemons, err := p.mainCF(c)
	if err != nil {
		return err
	}
	if err := p.write("main.cf", main); err != nil {
		return err
	}
	if err := p.write("master.cf", strings.Replace(masterCF, "ADDR", p.Addr, 1)); err != nil {
		return err
	}
	p.daemons = daemons
	for range 3 {
		if err := p.run(); err != nil {
			return err
		}
		if p.logs() {
			return nil
		}
		p.Stop()
	}
	return errors.New("Postfix writes no log")
}

// logs waits until something stands in the log, false when nothing comes. Twice in one
// day a Postfix greeted, wrote not a line, and answered nobody after that: as if its log
// server had not begun, for whose socket its servers wait when it is full.
func (p *Postfix) logs() bool {
	for end := time.Now().Add(patience / 4); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if p.Log() != "" {
			return true
		}
	}
	return false
}

// run starts master and waits until it answers.
func (p *Postfix) run() error {
	// A file and no pipe: whoever waits for the end of a pipe waits for all servers.
	said, err := os.Create(filepath.Join(p.Dir, "log", "master"))
	if err != nil {
		return err
	}
	defer said.Close()
	p.master = exec.Command(filepath.Join(p.daemons, "master"), "-c", p.ConfigDir, "-s")
	p.master.Stderr = said
	// A session of its own: master ends itself by a signal to its process group.
	p.master.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := p.master.Start(); err != nil {
		return err
	}
	exited := make(chan struct{})
	p.exited = exited
	go func(m *exec.Cmd) { _ = m.Wait(); close(exited) }(p.master)
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if p.greets() {
			return nil
		}
		select {
		case <-exited:
			words, _ := os.ReadFile(said.Name())
			return fmt.Errorf("master ended at once: %s", words)
		case <-time.After(20 * time.Millisecond):
		}
	}
	p.Stop()
	return fmt.Errorf("nothing greets on %s within %s", p.Addr, patience)
}

// patience is how long a Postfix may take to begin on a machine that does much else.
const patience = 2 * time.Minute

// greets reports whether a server answers.
func (p *Postfix) greets() bool {
	nc := p.greeted()
	if nc == nil {
		return false
	}
	_ = nc.Close()
	return true
}

// greeted is a connection that a server answers, nil for none. A connection alone says
// little: it may wait for one that is dead.
func (p *Postfix) greeted() net.Conn {
	nc, err := net.DialTimeout("tcp", p.Addr, time.Second)
	if err != nil {
		return nil
	}
	_ = nc.SetReadDeadline(time.Now().Add(5 * time.Second))
	var first [3]byte
	if _, err = io.ReadFull(nc, first[:]); err != nil || string(first[:]) != "220" {
		_ = nc.Close()
		return nil
	}
	return nc
}

// Reload has Postfix read its configuration, whose files must not be of now, and waits
// until the servers are new ones. One of before may take the next connection, and
// whoever comes after that waits until it is over: so two must be served at once.
func (p *Postfix) Reload(tb testing.TB) {
	tb.Helper()
	p.Command(tb, "postfix", "reload")
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if nc := p.greeted(); nc != nil {
			both := p.greets()
			_ = nc.Close()
			if both {
				return
			}
		}
	}
	tb.Fatalf("nobody greets after a reload\n%s", p.Log())
}

// Kill ends master with -9. Its servers finish what they are at and end by
// themselves.
func (p *Postfix) Kill() {
	_ = p.master.Process.Signal(syscall.SIGKILL)
	<-p.exited
}

// Restart runs Postfix again after Kill, on the same port and queue, as soon as the
// servers of the dead one have let go of it.
func (p *Postfix) Restart(tb testing.TB) {
	tb.Helper()
	var err error
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if err = p.run(); err != nil {
			continue
		}
		// A server of the dead master may have greeted in place of the new one, which
		// then ends for want of a port, but not before it has slept for a second.
		select {
		case <-p.exited:
			err = errors.New("the port was still taken")
		case <-time.After(3 * time.Second):
			return
		}
	}
	tb.Fatalf("Postfix does not start again: %v\n%s", err, p.Log())
}

// write puts a configuration file in place with a date of a minute ago: Postfix
// does not trust a file younger than two seconds and sleeps.
func (p *Postfix) write(name, text string) error {
	path := filepath.Join(p.ConfigDir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		return err
	}
	past := time.Now().Add(-time.Minute)
	return os.Chtimes(path, past, past)
}

// Stop ends Postfix and waits for it.
func (p *Postfix) Stop() {
	if p.master == nil || p.master.Process == nil {
		return
	}
	_ = p.master.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.exited:
	case <-time.After(30 * time.Second):
		_ = syscall.Kill(-p.master.Process.Pid, syscall.SIGKILL)
		<-p.exited
	}
}

// Log is the mail log so far.
func (p *Postfix) Log() string {
	b, _ := os.ReadFile(filepath.Join(p.Dir, "log", "mail.log"))
	return string(b)
}

// Command runs one of Postfix's commands, such as postsuper, on this instance.
func (p *Postfix) Command(tb testing.TB, name string, args ...string) string {
	tb.Helper()
	out, err := exec.Command(name, append([]string{"-c", p.ConfigDir}, args...)...).CombinedOutput()
	if err != nil {
		tb.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// Flush delivers what waits in the queue now.
func (p *Postfix) Flush(tb testing.TB) {
	tb.Helper()
	p.Command(tb, "postqueue", "-f")
}
