// Package spent tells how much processor time this process has used, so that a
// test can bound the work for a hostile input on a machine that does much else
// beside it: time on the clock there says more of the neighbours than of the work.
package spent

import (
	"syscall"
	"time"
)

// Processor is the processor time of all threads of this process since it began,
// in user and in system mode, without that of its children. Its steps are as fine
// as the kernel's accounting, some microseconds to some milliseconds.
func Processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // Linux knows the call since ever; without it no bound holds
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
