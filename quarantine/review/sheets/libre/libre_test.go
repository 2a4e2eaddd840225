package libre_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"brevvagt/quarantine/review/sheets/libre"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "guard" {
		os.Exit(libre.Guard(os.Args[2:], os.Stdin))
	}
	os.Exit(m.Run())
}

// fake is an Office whose program is a script, which finds its working folder in $HOME.
func fake(t *testing.T, script string) *libre.Office {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "work")
	if err := os.MkdirAll(filepath.Join(folder, "left"), 0o700); err != nil {
		t.Fatal(err)
	}
	o, err := libre.New(folder, []string{self, "guard"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what a crash left is still there: %v", err)
	}
	o.Program, o.Time = filepath.Join(t.TempDir(), "soffice"), time.Minute
	if err := os.WriteFile(o.Program, []byte("#!/bin/bash\ntouch $0.free 2>/dev/null\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return o
}

// landlock is the version of the kernel's Landlock, 0 where it has none.
func landlock() int {
	const version = 1 // LANDLOCK_CREATE_RULESET_VERSION
	abi, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, version)
	if errno != 0 {
		return 0
	}
	return int(abi)
}

// pdf converts, and looks whether anything stays behind, and whether the program was ever
// free to write beside its folder. A kernel that cannot lock it in must not run it at all:
// then the error is ErrOpen and nothing else, and that is what a test can prove there.
func pdf(t *testing.T, o *libre.Office, ctx context.Context) (string, error) {
	t.Helper()
	data, err := o.PDF(ctx, "docx", []byte("secret letter"))
	if _, err := os.Stat(o.Program + ".free"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the program ran without being locked in: %v", err)
	}
	if abi, open := landlock(), errors.Is(err, libre.ErrOpen); open && (abi >= 4 || len(data) > 0) || abi == 0 && !open {
		t.Fatalf("with Landlock %d: %d bytes, %v", abi, len(data), err)
	}
	if _, err := os.Stat(o.Folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the working folder is still there: %v", err)
	}
	return string(data), err
}

func TestFailures(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "fil.pdf")
	if err := os.WriteFile(outside, []byte("%PDF-1.4 of somebody else"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		script string
		want   error
	}{
		"rubbish":    {`echo hello > $HOME/out/fil.pdf`, libre.ErrFailed},
		"nothing":    {`exit 0`, libre.ErrFailed},
		"an error":   {`echo %PDF-1.4 > $HOME/out/fil.pdf; exit 3`, libre.ErrFailed},
		"a crash":    {`kill -SEGV $$`, libre.ErrFailed},
		"a big file": {`echo %PDF-1.4 > $HOME/out/fil.pdf; truncate -s 400M $HOME/out/fil.pdf || exit 3`, libre.ErrFailed},
		"a link":     {`ln -s ` + outside + ` $HOME/out/fil.pdf`, libre.ErrFailed},
		"a far link": {`rmdir $HOME/out; ln -s ` + filepath.Dir(outside) + ` $HOME/out`, libre.ErrFailed},
		"a pipe":     {`mkfifo $HOME/out/fil.pdf`, libre.ErrFailed},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := pdf(t, fake(t, c.script), t.Context()); !errors.Is(err, c.want) && !errors.Is(err, libre.ErrOpen) {
				t.Errorf("got %.20q, %v", got, err)
			}
		})
	}
	o := fake(t, "exit 0")
	if _, err := o.PDF(t.Context(), "exe", nil); !errors.Is(err, libre.ErrFailed) {
		t.Errorf("a kind that is none: %v", err)
	}
	if _, err := o.PDF(t.Context(), "docx", make([]byte, 101<<20)); !errors.Is(err, libre.ErrTooBig) {
		t.Errorf("a large file: %v", err)
	}
	o.Program = ""
	if _, err := o.PDF(t.Context(), "docx", nil); !errors.Is(err, libre.ErrMissing) {
		t.Errorf("without LibreOffice: %v", err)
	}
}

// TestHang ends what hangs with all that it started.
func TestHang(t *testing.T) {
	o := fake(t, "sleep 1000 & echo $$ $! > $HOME/pids.new; mv $HOME/pids.new $HOME/pids; wait")
	ctx, cancel := context.WithCancel(t.Context())
	pids := make(chan string, 1)
	go func() {
		defer cancel()
		for range 6000 {
			if text, err := os.ReadFile(filepath.Join(o.Folder, "pids")); err == nil {
				pids <- string(text)
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		pids <- ""
	}()
	if _, err := pdf(t, o, ctx); errors.Is(err, libre.ErrOpen) {
		return // it was not begun, so nothing hangs
	} else if !errors.Is(err, libre.ErrTime) {
		t.Fatalf("got %v", err)
	}
	list := strings.Fields(<-pids)
	if len(list) != 2 {
		t.Fatalf("pids %q", list)
	}
	for _, p := range list {
		pid, err := strconv.Atoi(p)
		if err != nil {
			t.Fatal(err)
		}
		for n := 0; running(pid); n++ {
			if n > 6000 {
				t.Fatalf("process %d still runs", pid)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	o.Time = 50 * time.Millisecond
	if _, err := pdf(t, o, t.Context()); !errors.Is(err, libre.ErrTime) {
		t.Errorf("when the time is up: %v", err)
	}
}

// running reports whether a process is there and no zombie that nobody has reaped.
func running(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return false
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(after, "Z")
}

// TestLockedIn has a program try what it must not be able to do.
func TestLockedIn(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.WriteFile(outside, []byte("hemmelig"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("BREVVAGT_SECRET", "hemmelig")
	got, err := pdf(t, fake(t, `exec > $HOME/out/fil.pdf 2>/dev/null
echo %PDF-1.4
cat `+outside+`; echo x > `+outside+` && echo WROTE
cat /etc/hostname > /dev/null && echo READ-ETC
(exec 3<>/dev/tcp/127.0.0.1/`+port+`) && echo CONNECTED
env; echo "$@"; ls $HOME; cat $HOME/fil.docx; ulimit -v; ulimit -f; grep -c DisableMacrosExecution $HOME/profile/user/registrymodifications.xcu`), t.Context())
	if errors.Is(err, libre.ErrOpen) {
		return // it was not run, so it reached nothing
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"hemmelig", "WROTE", "READ-ETC", "CONNECTED"} {
		if strings.Contains(got, bad) {
			t.Errorf("%s: %s", bad, got)
		}
	}
	for _, want := range []string{"secret letter", "-env:UserInstallation=file://", "fil.docx", "\n1\n", "letter6291456\n262144\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %s", want, got)
		}
	}
}
