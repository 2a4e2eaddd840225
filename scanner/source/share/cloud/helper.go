package cloud

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"brevvagt/detectors"
	"brevvagt/scanner/source/share/cloud/frame"
	"brevvagt/scanner/source/share/swap"
	"brevvagt/scanner/source/share/walk"
)

// helper is one running helper program.
type helper struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *frame.Writer
	dead chan struct{} // closed when nothing more will be answered

	mu      sync.Mutex
	last    uint32
	waiting map[uint32]chan frame.Frame
	words   tail
}

// The times that a helper has: to connect, and to end when it is told to.
const (
	startTime = 45 * time.Second
	endTime   = 2 * time.Second
)

// start runs a helper and lets it connect. What it needs to know goes over the pipe:
// arguments and environment can be read by others on the machine.
func start(ctx context.Context, cfg Config) (*helper, error) {
	if len(cfg.Command) == 0 {
		return nil, ErrHelper
	}
	h := &helper{cmd: exec.Command(cfg.Command[0], cfg.Command[1:]...), dead: make(chan struct{}), waiting: make(map[uint32]chan frame.Frame)}
	h.cmd.Env = environment()
	h.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	h.cmd.Stderr = &h.words
	h.cmd.WaitDelay = endTime
	var err error
	if h.in, err = h.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrHelper, err)
	}
	out, err := h.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrHelper, err)
	}
	if err := h.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrHelper, err)
	}
	h.out = frame.NewWriter(h.in)
	go h.listen(bufio.NewReaderSize(out, 64<<10))
	if err := h.ask(ctx, startTime, frame.Hello, cfg.Setup, func(frame.Frame) error { return nil }); err != nil {
		h.end()
		var p *problem
		switch {
		case errors.As(err, &p) && p.Code == frame.Denied:
			return nil, fmt.Errorf("%w: %w", ErrLogin, err)
		case errors.Is(err, ErrCrashed), errors.Is(err, ErrTimeout), errors.As(err, &p) && p.Code == frame.Throttled:
			return nil, fmt.Errorf("%w: %w", walk.ErrOffline, err)
		}
		return nil, explain(err)
	}
	return h, nil
}

// environment is what the helper may know of ours: where programs, certificates and
// the proxy are. Its memory is bounded, softly.
func environment() []string {
	env := []string{"GOMEMLIMIT=300MiB", "GOGC=50", "LANG=C.UTF-8", "HOME=/nonexistent"}
	for _, key := range []string{"PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy", "TZ"} {
		if v := os.Getenv(key); v != "" {
			env = append(env, key+"="+v)
		}
	}
	return env
}

func (h *helper) alive() bool {
	select {
	case <-h.dead:
		return false
	default:
		return true
	}
}

// listen hands out answers until the helper ends.
func (h *helper) listen(r io.Reader) {
	for {
		f, err := frame.ReadFrame(r)
		if err != nil {
			break // the end, or rubbish: no word of it can be trusted any more
		}
		h.mu.Lock()
		to := h.waiting[f.Number]
		h.mu.Unlock()
		if to != nil {
			to <- f // whoever asked reads until it takes its name off the list
		}
	}
	h.kill()
	_ = h.cmd.Wait()
	close(h.dead)
}

// end lets the helper go, and kills it when it does not.
func (h *helper) end() {
	_ = h.in.Close()
	go func() {
		select {
		case <-h.dead:
		case <-time.After(endTime):
			h.kill()
		}
	}()
}

func (h *helper) kill() {
	if err := syscall.Kill(-h.cmd.Process.Pid, syscall.SIGKILL); err != nil {
		_ = h.cmd.Process.Kill()
	}
}

// problem is a Problem as an error.
type problem struct{ frame.Problem }

func (p *problem) Error() string { return detectors.RedactNumbers(p.Text) }

// ask puts one question and gives every answer to each, until one says that it is
// the last. It fails with ErrCrashed, ErrTimeout, a *problem, or what each says.
func (h *helper) ask(ctx context.Context, timeout time.Duration, kind frame.Kind, q any, each func(frame.Frame) error) error {
	answers := make(chan frame.Frame, 4)
	h.mu.Lock()
	h.last++
	n := h.last
	h.waiting[n] = answers
	h.mu.Unlock()
	over := false
	defer func() { h.forget(n, answers, over) }()
	var err error
	if raw, ok := q.([]byte); ok {
		err = h.out.Send(kind, n, raw)
	} else {
		err = h.out.SendJSON(kind, n, q)
	}
	if err != nil {
		return h.died()
	}
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
			return ErrTimeout
		case <-h.dead:
			over = true
			return h.died()
		case f := <-answers:
			timer.Reset(timeout)
			switch f.Kind {
			case frame.Failed:
				over = true
				p := &problem{}
				if err := f.Decode(&p.Problem); err != nil {
					return err
				}
				return p
			case frame.Listed:
				if err := each(f); err != nil {
					return err
				}
			default:
				over = true
				return each(f)
			}
		}
	}
}

// forget takes a question off the list. One that is not over yet is cancelled.
func (h *helper) forget(n uint32, answers chan frame.Frame, over bool) {
	if !over {
		go func() { _ = h.out.Send(frame.Cancel, n, nil) }() // the pipe may be full
	}
	h.mu.Lock()
	delete(h.waiting, n)
	h.mu.Unlock()
	for { // listen may be handing one over
		select {
		case <-answers:
		default:
			return
		}
	}
}

// died says how the helper ended.
func (h *helper) died() error {
	select {
	case <-h.dead:
	case <-time.After(endTime):
		h.kill()
		<-h.dead
	}
	why := "for no reason that we know"
	if h.cmd.ProcessState != nil {
		why = h.cmd.ProcessState.String()
	}
	if line := h.words.first(); line != "" {
		why += ": " + detectors.RedactNumbers(line)
	}
	return fmt.Errorf("%w (%s)", ErrCrashed, why)
}

// tail keeps the beginning of what a helper says before it dies.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailBytes = 4 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p[:min(len(p), tailBytes-len(t.text))]...)
	return len(p), nil
}

// first is the first line, which says why a Go program died. The words of a panic
// of some library may quote what it was reading.
func (t *tail) first() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	line, _, _ := strings.Cut(strings.TrimSpace(string(t.text)), "\n")
	for _, begin := range []string{"fatal error:", "panic: runtime error:", "brevvagt-cloud:", "signal:"} {
		if strings.HasPrefix(line, begin) {
			return line[:min(len(line), 200)]
		}
	}
	line, _, _ = strings.Cut(line, ":")
	return line[:min(len(line), 20)]
}

// explain turns the helper's codes into the errors that a scan knows.
func explain(err error) error {
	var p *problem
	if !errors.As(err, &p) {
		return err
	}
	switch p.Code {
	case frame.Gone:
		return fmt.Errorf("%w: %w", walk.ErrGone, err)
	case frame.Denied:
		return fmt.Errorf("%w: %w", fs.ErrPermission, err)
	case frame.Offline:
		return fmt.Errorf("%w: %w", walk.ErrOffline, err)
	case frame.Taken:
		return fmt.Errorf("%w: %w", swap.ErrTaken, err)
	}
	return err
}
