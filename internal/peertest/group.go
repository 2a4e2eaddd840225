package peertest

import "syscall"

// ownGroup puts a server and its children into a process group of their own.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// endGroup ends the group that ownGroup made.
func endGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }
