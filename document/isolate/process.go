package isolate

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// process is one running worker. It is used by one goroutine at a time; only kill
// may be called from another.
type process struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	items  int
	report Report
}

// starter starts all workers of a pool from one thread that lives as long as the
// pool: the kernel's parent-death signal is bound to the thread that forked, and
// the runtime may end any other thread.
type starter struct {
	ask  chan *exec.Cmd
	told chan error
}

func newStarter() *starter {
	s := &starter{ask: make(chan *exec.Cmd), told: make(chan error)}
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread() // else the thread ends, and with it what others started from it before
		for cmd := range s.ask {
			s.told <- cmd.Start()
		}
	}()
	return s
}

// start is called under the pool's lock.
func (s *starter) start(cmd *exec.Cmd) error {
	s.ask <- cmd
	return <-s.told
}

func (s *starter) stop() { close(s.ask) }

// launch starts a worker and waits for its report.
func (p *Pool) launch() (*process, error) {
	cmd := exec.Command(p.cfg.Command[0], p.cfg.Command[1:]...)
	cmd.Env = p.environment()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("cannot start worker: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("cannot start worker: %w", err)
	}
	if err := p.startNow(cmd); err != nil {
		return nil, fmt.Errorf("cannot start worker: %w", err)
	}
	w := &process{cmd: cmd, in: in, out: bufio.NewReaderSize(out, 64<<10)}
	// A program that is no worker would let us wait for ever.
	watch := time.AfterFunc(p.cfg.StartTimeout, w.kill)
	defer watch.Stop()
	err = writeFrame(in, frameHello, hello{Harden: true, MemoryBytes: p.cfg.MemoryBytes, ReadOnly: p.cfg.ReadOnly}, nil)
	if err == nil {
		var kind byte
		var header []byte
		kind, header, _, err = readFrame(w.out, 0)
		if err == nil && (kind != frameReport || json.Unmarshal(header, &w.report) != nil) {
			err = fmt.Errorf("unexpected frame %q", kind)
		}
	}
	if err != nil {
		w.end()
		return nil, fmt.Errorf("worker did not report: %w", err)
	}
	return w, nil
}

func (p *Pool) startNow(cmd *exec.Cmd) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return errClosed
	}
	return p.starter.start(cmd)
}

// environment is all that a worker gets to know: no secret of the daemon's is in
// it. Tesseract's threads spin; one is three times cheaper (measured). The C
// library would reserve 64 MB of address space for every thread and run into the
// limit on memory; two such arenas are plenty.
func (p *Pool) environment() []string {
	env := []string{"OMP_THREAD_LIMIT=1", "MALLOC_ARENA_MAX=2", "LANG=C.UTF-8", "LC_ALL=C.UTF-8"}
	for _, key := range []string{"TESSDATA_PREFIX", "LD_LIBRARY_PATH"} {
		if v := os.Getenv(key); v != "" {
			env = append(env, key+"="+v)
		}
	}
	return append(env, p.cfg.Env...)
}

// kill ends the worker and whatever it may have started.
func (w *process) kill() {
	if err := syscall.Kill(-w.cmd.Process.Pid, syscall.SIGKILL); err != nil {
		_ = w.cmd.Process.Kill() // gone already, or its group is
	}
}

// end kills the worker and takes its remains away.
func (w *process) end() {
	w.kill()
	_ = w.in.Close()
	_ = w.cmd.Wait() // it was killed: its status says nothing new
}

// peakEvery is how often a reading worker's memory is looked at. The limit on address space
// alone is too far above: libraries and the Go runtime reserve much that they never use.
const peakEvery = 50 * time.Millisecond

// watch ends the worker when it holds more than limit bytes in memory, until the function
// that it gives is called, which tells whether it did.
func (w *process) watch(limit int64) (stop func() (ended bool)) {
	done, over := make(chan struct{}), make(chan bool, 1)
	go func() {
		tick := time.NewTicker(peakEvery)
		defer tick.Stop()
		for {
			select {
			case <-done:
				over <- false
				return
			case <-tick.C:
				if w.rss() > limit {
					w.kill()
					over <- true
					return
				}
			}
		}
	}()
	return func() bool { close(done); return <-over }
}

// peak says why a worker was ended by watch. What earlier documents left behind counts
// too, so that only a fresh worker's end is the document's own and no reason to try again.
func (w *process) peak() error {
	if w.items > 0 {
		return fmt.Errorf("%w: %w", errDied, errPeak)
	}
	return errPeak
}

// rss is the worker's resident memory in bytes, 0 when it cannot be told.
func (w *process) rss() int64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", w.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	var size, resident int64
	if _, err := fmt.Fscan(strings.NewReader(string(data)), &size, &resident); err != nil {
		return 0
	}
	return resident * int64(unix.Getpagesize())
}
