package isolate

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/landlock-lsm/go-landlock/landlock"
	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// Foreign is a program of somebody else that is run locked in, with one folder of its
// own and no network.
type Foreign struct {
	Program string   // absolute path
	Args    []string // behind the program's name
	Env     []string // all that it gets to know
	Folder  string   // all that it may write, and its working folder
	// Read are files and folders beside the system's that it may read.
	Read        []string
	MemoryBytes int64 // address space of each of its processes
	FileBytes   int64 // size of each file it writes
	Time        time.Duration
	// Offline says that the network was taken away already, by a namespace.
	Offline bool
}

// ErrOpen is returned where the kernel can neither keep a foreign program from files nor
// from the network; then it is not run.
var ErrOpen = errors.New("the kernel cannot lock a foreign program in")

// Guard locks this process in, runs the program and ends with it. It is the main loop of
// a process of its own: the limits hold for all it does afterwards. When alive ends, as
// it does when the daemon dies, its whole process group is killed.
func (f Foreign) Guard(alive io.Reader) error {
	if err := f.lock(); err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(io.Discard, alive) // nothing is ever sent
		_ = syscall.Kill(0, syscall.SIGKILL)
	}()
	cmd := exec.Command(f.Program, f.Args...)
	cmd.Env, cmd.Dir = f.Env, f.Folder
	return cmd.Run()
}

// lock takes files, network and more than a share of the machine away from this process
// and all that it starts.
func (f Foreign) lock() error {
	for _, l := range []struct {
		which int
		most  uint64
	}{
		{unix.RLIMIT_AS, uint64(f.MemoryBytes)}, {unix.RLIMIT_FSIZE, uint64(f.FileBytes)},
		{unix.RLIMIT_CORE, 0}, {unix.RLIMIT_NOFILE, 512}, {unix.RLIMIT_CPU, uint64(f.Time/time.Second) + 5},
	} {
		if err := unix.Setrlimit(l.which, &unix.Rlimit{Cur: l.most, Max: l.most}); err != nil {
			return fmt.Errorf("cannot set a limit: %w", err)
		}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("cannot keep a program from more rights: %w", err)
	}
	abi := landlockABI()
	if abi == 0 || abi < 4 && !f.Offline {
		return ErrOpen
	}
	dirs, files := existing(append(append([]string{}, foreignReadOnly...), f.Read...))
	if err := landlock.V5.BestEffort().Restrict(
		landlock.RODirs(dirs...), landlock.ROFiles(files...),
		landlock.RWFiles(os.DevNull), landlock.RWDirs(f.Folder).WithRefer(),
		// LibreOffice ends where it cannot have a socket of its own there.
		landlock.PathAccess(ll.AccessFSMakeSock|ll.AccessFSRemoveFile, "/tmp"),
	); err != nil {
		return fmt.Errorf("%w: %w", ErrOpen, err)
	}
	return nil
}

// foreignReadOnly is what a large program of the distribution opens while it works:
// its own files, libraries, fonts, and facts on the machine. /etc is not among them,
// since our own configuration lies there.
var foreignReadOnly = []string{
	"/usr", "/bin", "/lib", "/lib64", "/opt/libreoffice", "/etc/libreoffice", "/etc/fonts", "/var/cache/fontconfig",
	"/var/lib/libreoffice", "/var/spool/libreoffice", "/etc/locale.alias", "/etc/papersize", "/etc/ld.so.cache", "/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/localtime", "/etc/alternatives",
	"/proc", "/sys/devices/system/cpu", "/dev/urandom", "/dev/random",
}

// Start starts a command, whose program calls Guard, in a process group of its own and,
// where the kernel lets us, in namespaces without network; offline tells that. The thread
// that calls must live as long as the command.
func Start(command func(offline bool) *exec.Cmd) (cmd *exec.Cmd, alive io.Closer, err error) {
	for _, offline := range []bool{true, false} {
		cmd = command(offline)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
		if offline {
			cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET | syscall.CLONE_NEWIPC
			cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
			cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
		}
		if alive, err = cmd.StdinPipe(); err != nil {
			return nil, nil, err
		}
		if err = cmd.Start(); err == nil {
			return cmd, alive, nil
		}
	}
	return nil, nil, err
}

// Kill ends a command that Start started, with all that it started.
func Kill(cmd *exec.Cmd) {
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil {
		_ = cmd.Process.Kill() // gone already, or its group is
	}
}
