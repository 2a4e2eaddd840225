package peertest

import (
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// ownGroup puts a server and its children into a process group of their own.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// endGroup ends the group that ownGroup made.
func endGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }

// startKept starts a server from a thread that lives until the server ends: the
// signal at a parent's death is bound to the thread that forked, and the runtime may
// end any other one.
func startKept(cmd *exec.Cmd) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread() // else the thread ends, and with it what others started from it before
		err := cmd.Start()
		started <- err
		for err == nil && syscall.Kill(cmd.Process.Pid, 0) == nil {
			time.Sleep(50 * time.Millisecond)
		}
	}()
	return <-started
}
