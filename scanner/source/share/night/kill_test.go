package night

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"brevvagt/internal/peertest"
	"brevvagt/scanner"
	"brevvagt/scanner/source/share/seal"
	"brevvagt/scanner/source/share/state"
	"brevvagt/scanner/source/share/walk"
)

// TestMain lets the test binary be a worker that is killed, or a move.
func TestMain(m *testing.M) {
	beMove()
	if dir := os.Getenv("NIGHT_TEST_SHARE"); dir != "" {
		if err := worker(dir, os.Getenv("NIGHT_TEST_DB"), os.Getenv("NIGHT_TEST_TALLY")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// worker does the night's run of a share and notes each file that it judges.
func worker(dir, where, tally string) error {
	ctx := context.Background()
	keys, err := seal.NewKeys(testKey())
	if err != nil {
		return err
	}
	db, err := state.Open(ctx, where, keys)
	if err != nil {
		return err
	}
	defer db.Close()
	version, err := db.EnsureVersion(ctx, "læser 1", "regler 1")
	if err != nil {
		return err
	}
	f, err := os.OpenFile(tally, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	p := pipeline()
	// The lease is short, so that what a killed worker held is soon free; where nobody
	// is killed it is long, so that a worker that had to wait for the processor keeps it.
	lease, err := time.ParseDuration(os.Getenv("NIGHT_TEST_LEASE"))
	if err != nil {
		return err
	}
	s := (&Scanner{DB: db, Log: slog.New(slog.DiscardHandler), Version: version, Owner: strconv.Itoa(os.Getpid()), Lease: lease,
		Handle: func(ctx context.Context, it scanner.Item) (scanner.Outcome, error) {
			fmt.Fprintln(f, it.ID)
			return p.Handle(ctx, it)
		}}).Prepare()
	sh := &Share{Name: "prøve", Show: func(p string) string { return filepath.Join(dir, p) }, Connect: func(context.Context) (Connected, error) { return walk.OpenLocal(dir) }, Walkers: 2, Readers: 2, Limit: 1 << 20}
	_, err = s.Run(ctx, sh, night, ctx)
	return err
}

// night is when the run of the test was scheduled.
var night = time.Date(2026, 11, 24, 20, 0, 0, 0, time.UTC)

func (r *rig) child(tally string) *exec.Cmd { return r.childWith(tally, time.Second) }

func (r *rig) childWith(tally string, lease time.Duration) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "NIGHT_TEST_SHARE="+r.dir, "NIGHT_TEST_DB="+r.db, "NIGHT_TEST_TALLY="+tally, "NIGHT_TEST_LEASE="+lease.String())
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// fill makes n files, every seventh with a number, all with different content.
func (r *rig) fill(n int) {
	r.t.Helper()
	for i := range n {
		text := fmt.Sprintf("Brev nr. %d fra kommunen. %s", i, strings.Repeat("Vi har modtaget din ansøgning om hjælp. ", 20))
		if i%7 == 0 {
			text += "CPR-nr. " + number(i%50)
		}
		r.write(fmt.Sprintf("afd%02d/sag%d/brev%d.txt", i%13, i%101, i), text)
	}
}

func tallied(t testing.TB, path string) (all, distinct int) {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	seen := make(map[string]bool)
	lines := strings.Fields(string(data))
	for _, l := range lines {
		seen[l] = true
	}
	return len(lines), len(seen)
}

func size(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// TestManyKills: whatever the moment, a scan that is killed goes on where it was.
// BREVVAGT_LARGE=1 does it with 20,000 files and 30 kills.
func TestManyKills(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	files, kills := 800, 12
	if os.Getenv("BREVVAGT_LARGE") != "" {
		files, kills = 20_000, 30
	}
	r := newRig(t)
	r.fill(files)
	calm := &rig{t: t, dir: r.dir, db: filepath.Join(t.TempDir(), "rolig.db"), log: r.log}
	tally := filepath.Join(t.TempDir(), "rolig")
	start := time.Now()
	must(t, calm.child(tally).Run())
	whole := time.Since(start)
	want := hits(t, calm.open())
	if len(want) != (files+6)/7 {
		t.Fatalf("%d hits in an undisturbed run", len(want))
	}
	// A part of the work for each kill, in bytes of the tally.
	part := size(tally) / int64(kills)
	tally = filepath.Join(t.TempDir(), "dræbt")
	killed := 0
	for i := range kills {
		cmd := r.child(tally)
		must(t, cmd.Start())
		exited := make(chan error, 1)
		go func() { exited <- cmd.Wait() }()
		// Now while it starts or plans, now after some files more.
		until := time.Now().Add(time.Duration(rand.Int64N(int64(whole / 4))))
		more := size(tally) + rand.Int64N(part+part/2)
		for end := time.Now().Add(2 * time.Minute); size(tally) < more && len(exited) == 0 && (i%4 > 0 || time.Now().Before(until)); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("a worker does nothing for two minutes")
			}
		}
		_ = cmd.Process.Signal(syscall.SIGKILL)
		if err := <-exited; err != nil {
			killed++
		}
	}
	must(t, r.child(tally).Run())
	if list := unread(t, r.open()); len(list) > 0 {
		t.Errorf("files left out for the kills: %v", list)
	}
	sameLines(t, "findings after the kills", hits(t, r.open()), want)
	all, distinct := tallied(t, tally)
	// Each kill may cost what was under way and two lots that were not stored yet, for
	// each chunk at hand.
	if again := all - distinct; distinct != files || killed < kills/6 || again > killed*chunksAtOnce*2*lotFiles {
		t.Errorf("%d files judged, %d of them again", distinct, again)
	}
	t.Logf("%d files, %d kills, %d judged again; undisturbed %v", files, killed, all-distinct, whole)
}

// TestWorkersAndDatabaseFall: two workers on PostgreSQL, now one of them is killed, now
// the database falls. BREVVAGT_LARGE=1 does it 30 times with 20,000 files.
func TestWorkersAndDatabaseFall(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	files, falls := 300, 4
	if os.Getenv("BREVVAGT_LARGE") != "" {
		files, falls = 20_000, 30
	}
	r := newRig(t)
	r.fill(files)
	calm := &rig{t: t, dir: r.dir, db: filepath.Join(t.TempDir(), "rolig.db"), log: r.log}
	tally := filepath.Join(t.TempDir(), "rolig")
	must(t, calm.child(tally).Run())
	part := size(tally) / int64(falls)
	var fall func()
	r.db, fall = peertest.PostgresThatFalls(t)
	tally = filepath.Join(t.TempDir(), "faldet")
	workers := make([]*exec.Cmd, 2)
	ended := make([]chan error, 2)
	start := func(i int) {
		workers[i], ended[i] = r.child(tally), make(chan error, 1)
		workers[i].Stderr = nil // it says that the database is gone
		must(t, workers[i].Start())
		go func() { ended[i] <- workers[i].Wait() }()
	}
	start(0)
	start(1)
	fallen := 0
	for n := range falls {
		more := size(tally) + rand.Int64N(part)
		for end := time.Now().Add(2 * time.Minute); size(tally) < more && len(ended[0])+len(ended[1]) < 2; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("the workers do nothing for two minutes")
			}
		}
		if n%3 == 0 {
			fall()
			fallen++
		} else {
			_ = workers[n%2].Process.Signal(syscall.SIGKILL)
		}
		for i := range workers {
			select {
			case <-ended[i]:
				start(i)
			default:
			}
		}
	}
	for i := range workers {
		<-ended[i]
	}
	must(t, r.child(tally).Run())
	if list := unread(t, r.open()); len(list) > 0 {
		t.Errorf("files left out: %v", list)
	}
	sameLines(t, "findings", hits(t, r.open()), hits(t, calm.open()))
	all, distinct := tallied(t, tally)
	if distinct != files {
		t.Errorf("%d files judged", distinct)
	}
	t.Logf("%d files, the database fell %d times, workers %d times, %d judged again", files, fallen, falls-fallen, all-distinct)
}

// TestWorkersShareTheWork: 1, 2 and 4 processes find the same, and no file is done
// twice.
func TestWorkersShareTheWork(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	source := newRig(t)
	const files = 300
	source.fill(files)
	var want []string
	for name, where := range map[string]string{"sqlite": "", "postgres": peertest.Postgres(t)} {
		for _, workers := range []int{1, 2, 4} {
			r := &rig{t: t, dir: source.dir, db: where, log: source.log}
			if where == "" {
				r.db = filepath.Join(t.TempDir(), "scan.db")
			} else {
				r.db = where + "&options=-csearch_path%3Dw" + strconv.Itoa(workers)
				schema(t, where, "w"+strconv.Itoa(workers))
			}
			tally := filepath.Join(t.TempDir(), "fælles")
			start := time.Now()
			var cmds []*exec.Cmd
			for range workers {
				cmd := r.childWith(tally, 10*time.Minute)
				must(t, cmd.Start())
				cmds = append(cmds, cmd)
			}
			for _, cmd := range cmds {
				must(t, cmd.Wait())
			}
			took := time.Since(start)
			got := hits(t, r.open())
			if want == nil {
				want = got
			}
			sameLines(t, fmt.Sprintf("findings of %d workers on %s", workers, name), got, want)
			all, distinct := tallied(t, tally)
			if all != distinct || distinct != files {
				t.Errorf("%d workers on %s: %d files judged, %d times", workers, name, distinct, all)
			}
			t.Logf("%d workers on %s: %v", workers, name, took)
		}
	}
	if len(want) == 0 {
		t.Fatal("nothing was found")
	}
}
