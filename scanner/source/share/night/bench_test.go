package night

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"

	"brevvagt/internal/peertest"
	"brevvagt/scanner/source/share/smb"
	"brevvagt/scanner/source/share/state"
	"brevvagt/scanner/source/share/walk"
)

// patient is for figures that take minutes; it is set by BREVVAGT_LARGE=1.
func patient() bool { return os.Getenv("BREVVAGT_LARGE") != "" }

// many makes n small text files, a hundred in a folder, as case folders hold.
func (r *rig) many(n int) {
	r.t.Helper()
	line := "Vi har modtaget din ansøgning om hjælp til bolig og behandler sagen inden for fire uger. "
	for i := range n {
		r.write(fmt.Sprintf("%03d/%03d.txt", i/100, i%100), fmt.Sprintf("Sag %d\n", i)+strings.Repeat(line, 5+i*7%60))
	}
}

// timed is the best of three, since the machine is not ours alone.
func timed(b *testing.B, times int, do func()) time.Duration {
	b.Helper()
	best := time.Duration(0)
	for range times {
		start := time.Now()
		do()
		if took := time.Since(start); best == 0 || took < best {
			best = took
		}
	}
	return best
}

func shell(b *testing.B, dir, line string) {
	b.Helper()
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%s: %v\n%s", line, err, out)
	}
}

// cpu is the processor time that this process has used: what a figure is worth on a
// machine that is shared.
func cpu() time.Duration { return cpuOf(syscall.RUSAGE_SELF) }

func cpuOf(who int) time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(who, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// resident is the process's memory now, in MB.
func resident() float64 {
	data, _ := os.ReadFile("/proc/self/statm")
	var size, pages float64
	_, _ = fmt.Sscan(string(data), &size, &pages)
	return pages * float64(os.Getpagesize()) / (1 << 20)
}

// daemonGC is the GOGC with which brevvagt serve runs.
const daemonGC = 800

// BenchmarkFirstScan compares a first scan of small text files with reading them
// only: reading/scanning, at least 0.5 is wanted, in under 300 MB. BREVVAGT_LARGE=1
// does it with 100,000 files.
func BenchmarkFirstScan(b *testing.B) {
	files, times := 10_000, 3
	if patient() {
		files, times = 100_000, 1
	}
	r := newRig(b)
	r.many(files)
	r.now = later(time.Minute)
	defer debug.SetGCPercent(debug.SetGCPercent(daemonGC))
	for b.Loop() {
		used, children := cpu(), cpuOf(syscall.RUSAGE_CHILDREN)
		cat := timed(b, times, func() { shell(b, r.dir, "find . -type f -print0 | xargs -0 cat >/dev/null") })
		children = cpuOf(syscall.RUSAGE_CHILDREN) - children
		ours := timed(b, times, func() {
			r.db = filepath.Join(b.TempDir(), "scan.db")
			r.scan(r.open())
		})
		used = cpu() - used
		n := float64(files)
		b.ReportMetric(resident(), "MB")
		b.ReportMetric(float64(cat)/float64(ours), "cat/scan")
		b.ReportMetric(float64(children)/float64(used), "cat-cpu/scan-cpu")
		b.ReportMetric(float64(used.Microseconds())/n/float64(times), "cpu-µs/file")
		b.ReportMetric(float64(ours.Microseconds())/n, "µs/file")
		b.ReportMetric(float64(cat.Microseconds())/n, "cat-µs/file")
	}
}

// BenchmarkUnchangedScan compares a night on which nothing changed with a find that
// asks for the same facts: scan/find, at most 2 is wanted.
func BenchmarkUnchangedScan(b *testing.B) {
	files := 30_000
	if patient() {
		files = 300_000
	}
	r := newRig(b)
	for i := range files {
		r.write(fmt.Sprintf("%d/%04d/%03d.txt", i/10_000, i/100, i%100), fmt.Sprint(i))
	}
	r.now = later(time.Minute)
	db := r.open()
	r.scan(db)
	for b.Loop() {
		find := timed(b, 3, func() { shell(b, r.dir, `find . -printf '%s %T@\n' >/dev/null`) })
		ours := timed(b, 3, func() {
			if run, _ := r.scan(db); run.Planned > 0 || run.Seen != int64(files) {
				b.Fatalf("not unchanged: %+v", run)
			}
		})
		b.ReportMetric(float64(ours)/float64(find), "scan/find")
		b.ReportMetric(float64(ours.Microseconds())/float64(files), "µs/file")
	}
}

// synthetic is a tree of many files that are nowhere.
type synthetic struct{ folders, files int }

func (s synthetic) List(_ context.Context, dir string) (walk.Listing, error) {
	list := walk.Listing{Owner: "uid 1000", Reach: walk.Everyone}
	switch {
	case dir == "":
		for i := range s.folders {
			list.Entries = append(list.Entries, walk.Entry{Name: fmt.Sprintf("Sag 2024-%06d Borgerservice", i), Kind: walk.Folder})
		}
	default:
		for i := range s.files {
			list.Entries = append(list.Entries, walk.Entry{Name: fmt.Sprintf("Afgørelse om boligstøtte %04d.docx", i), Size: 20_000, MTime: 1e18 + int64(i), CTime: 1e18, Inode: int64(i), Breadth: walk.Group})
		}
	}
	return list, nil
}

func (synthetic) Open(context.Context, string) (walk.File, error) { return nil, walk.ErrGone }

// BenchmarkPlan plans a first night of many files: 1,000,000 with BREVVAGT_LARGE,
// for which 30 s and 500 MB are wanted.
func BenchmarkPlan(b *testing.B) {
	tree := synthetic{500, 100}
	if patient() {
		tree.folders = 10_000
	}
	n := float64(tree.folders * tree.files)
	for b.Loop() {
		r := newRig(b)
		r.tree = tree
		db := r.open()
		s, sh := r.scanner(db, "en")
		sh.tree = tree
		src, err := db.EnsureSource(b.Context(), sh.Name)
		must(b, err)
		run, _, err := db.Begin(b.Context(), src.ID, night, time.Now(), s.Version)
		must(b, err)
		start, used := time.Now(), cpu()
		plan, ok, err := db.Plan(b.Context(), run, src, "en", time.Minute, time.Now)
		if err != nil || !ok {
			b.Fatal(err, ok)
		}
		must(b, s.plan(b.Context(), b.Context(), sh, plan))
		took, spent := time.Since(start), cpu()-used
		b.ReportMetric(resident(), "MB")
		if run, err = db.Run(b.Context(), run.ID); err != nil || run.Stage != state.Working || run.Planned != int64(n) {
			b.Fatalf("%+v, %v", run, err)
		}
		must(b, db.Close())
		size := int64(0)
		for _, end := range []string{"", "-wal"} {
			if info, err := os.Stat(r.db + end); err == nil {
				size += info.Size()
			}
		}
		b.ReportMetric(took.Seconds(), "s")
		b.ReportMetric(spent.Seconds(), "cpu-s")
		b.ReportMetric(float64(took.Microseconds())/n, "µs/file")
		b.ReportMetric(float64(size)/n, "B/file")
	}
}

// BenchmarkSMB compares a first scan over SMB, encrypted, with one of the same files
// on the disk: small ones, where each costs its questions to the server, and large
// ones, where reading dominates and at least 0.8 of the local rate is wanted.
func BenchmarkSMB(b *testing.B) {
	for _, c := range []struct {
		name         string
		files, bytes int
	}{{"10KB", 1500, 10 << 10}, {"1MB", 60, 1 << 20}} {
		b.Run(c.name, func(b *testing.B) { benchmarkSMB(b, c.files, c.bytes) })
	}
}

func benchmarkSMB(b *testing.B, files, bytes int) {
	s := peertest.StartSamba(b, "server smb encrypt = required")
	r := newRig(b)
	r.dir = s.Dir
	line := "Vi har modtaget din ansøgning om hjælp til bolig og behandler sagen inden for fire uger. "
	for i := range files {
		r.write(fmt.Sprintf("%03d/%03d.txt", i/100, i%100), fmt.Sprintf("Sag %d\n", i)+strings.Repeat(line, bytes/len(line)))
	}
	r.now = later(time.Minute)
	scan := func() {
		r.db = filepath.Join(b.TempDir(), "scan.db")
		r.scan(r.open())
	}
	for b.Loop() {
		r.tree = nil
		used := cpu()
		local := timed(b, 2, scan)
		localCPU := cpu() - used
		tree, err := smb.Open(b.Context(), smb.Config{Server: s.Addr, Share: "deling", User: s.User, Password: s.Password})
		must(b, err)
		r.tree = tree
		used = cpu()
		remote := timed(b, 2, scan)
		remoteCPU := cpu() - used
		must(b, tree.Close())
		b.ReportMetric(float64(local)/float64(remote), "local/smb")
		// Without the server, which on a site is another machine.
		b.ReportMetric(float64(remoteCPU)/float64(localCPU), "smb-cpu/local-cpu")
		b.ReportMetric(float64(remote.Microseconds())/float64(files), "µs/file")
	}
}
