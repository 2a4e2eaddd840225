package isolate

import (
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/landlock-lsm/go-landlock/landlock"
	"golang.org/x/sys/unix"
)

// Report is what a worker reached when it locked itself in; doctor shows it.
type Report struct {
	PID         int      `json:"pid"`
	NoNewPrivs  bool     `json:"no_new_privs"`
	Limits      bool     `json:"limits"`       // memory, file size, descriptors, core
	LandlockABI int      `json:"landlock_abi"` // of the kernel; 0 when it has none
	Landlock    bool     `json:"landlock"`     // files are locked away
	Network     bool     `json:"network"`      // TCP is locked away as well (ABI 4)
	Missing     []string `json:"missing"`      // what could not be had, for people
}

// systemReadOnly is what tesseract and the Go runtime may still want to open after
// the start: language data, libraries loaded late, time zones, facts on the CPU.
var systemReadOnly = []string{
	"/usr/share/tesseract-ocr", "/usr/share/tessdata", "/usr/local/share/tessdata",
	"/usr/lib", "/lib", "/lib64", "/usr/local/lib", "/etc/ld.so.cache",
	"/usr/share/zoneinfo", "/etc/localtime", "/proc/self", "/proc/cpuinfo",
	"/sys/devices/system/cpu",
}

// harden locks the process in as far as the kernel lets it. It never fails: what
// could not be had stands in the report, and the daemon decides.
func harden(h hello) Report {
	r := Report{PID: os.Getpid(), Limits: true}
	limit := func(name string, which int, n uint64) {
		if err := unix.Setrlimit(which, &unix.Rlimit{Cur: n, Max: n}); err != nil {
			r.Limits = false
			r.Missing = append(r.Missing, fmt.Sprintf("limit on %s: %v", name, err))
		}
	}
	if h.MemoryBytes > 0 {
		limit("address space", unix.RLIMIT_AS, uint64(h.MemoryBytes))
		// A small heap may grow before it is collected, since the engines' own memory
		// lies outside it; a large one is collected eagerly, long before the wall.
		debug.SetGCPercent(300)
		debug.SetMemoryLimit(min(h.MemoryBytes/2, 192<<20))
	}
	limit("core files", unix.RLIMIT_CORE, 0)
	limit("open files", unix.RLIMIT_NOFILE, 64)
	limit("file size", unix.RLIMIT_FSIZE, 0)
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		r.Missing = append(r.Missing, fmt.Sprintf("no-new-privs: %v", err))
	} else {
		r.NoNewPrivs = true
	}
	lockFiles(h, &r)
	return r
}

func lockFiles(h hello, r *Report) {
	r.LandlockABI = landlockABI()
	if r.LandlockABI == 0 {
		r.Missing = append(r.Missing, "landlock: not in this kernel")
		return
	}
	dirs, files := existing(append(append([]string{}, systemReadOnly...), h.ReadOnly...))
	rules := []landlock.Rule{
		landlock.RODirs(dirs...),
		landlock.ROFiles(files...),
		landlock.RWFiles(os.DevNull), // gosseract reopens stderr there while it starts
	}
	if err := landlock.V5.BestEffort().Restrict(rules...); err != nil {
		r.Missing = append(r.Missing, fmt.Sprintf("landlock: %v", err))
		return
	}
	r.Landlock = true
	if r.Network = r.LandlockABI >= 4; !r.Network {
		r.Missing = append(r.Missing, "landlock: network, needs kernel 6.7")
	}
}

// existing splits paths into folders and files and leaves out what is not there.
func existing(paths []string) (dirs, files []string) {
	if p := os.Getenv("TESSDATA_PREFIX"); p != "" {
		paths = append(paths, p)
	}
	for _, p := range paths {
		st, err := os.Stat(p)
		switch {
		case err != nil:
		case st.IsDir():
			dirs = append(dirs, p)
		default:
			files = append(files, p)
		}
	}
	return dirs, files
}

func landlockABI() int {
	const version = 1 // LANDLOCK_CREATE_RULESET_VERSION
	abi, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, version)
	if errno != 0 {
		return 0
	}
	return int(abi)
}

// allowCPU moves the soft CPU limit so that one item gets twice its time plus a
// few seconds; the daemon's kill comes first, this one is for orphans.
func allowCPU(timeout time.Duration) {
	var used unix.Rusage
	var lim unix.Rlimit
	if timeout <= 0 || unix.Getrusage(unix.RUSAGE_SELF, &used) != nil || unix.Getrlimit(unix.RLIMIT_CPU, &lim) != nil {
		return
	}
	lim.Cur = min(lim.Max, uint64(used.Utime.Sec+used.Stime.Sec)+uint64(2*timeout/time.Second)+5)
	if unix.Setrlimit(unix.RLIMIT_CPU, &lim) != nil {
		return // the daemon's clock still stands
	}
}

// String is one line for people.
func (r Report) String() string {
	s := fmt.Sprintf("no-new-privs %v, limits %v, landlock %v (ABI %d), network locked %v", r.NoNewPrivs, r.Limits, r.Landlock, r.LandlockABI, r.Network)
	if len(r.Missing) > 0 {
		s += "; missing: " + strings.Join(r.Missing, "; ")
	}
	return s
}
