package isolate

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"

	"brevvagt/document"
)

// maxInput bounds one file handed to a worker; it is above the walker's own limit
// of one part.
const maxInput = 1 << 30

// Serve is the worker's main loop: it locks itself in as the daemon asks, then
// reads items from r with the named format and writes what it finds to w, until r
// ends. Nothing but Serve may use r and w. It returns nil when the daemon closed
// the pipe. When w is os.Stdout, file descriptor 1 is given to /dev/null first, so
// that no library can write between the frames.
func Serve(r io.Reader, w io.Writer, formats []document.Format) error {
	if f, ok := w.(*os.File); ok && f == os.Stdout {
		own, err := takeStdout()
		if err != nil {
			return fmt.Errorf("cannot keep stdout for frames: %w", err)
		}
		defer own.Close()
		w = own
	}
	in := bufio.NewReaderSize(r, 64<<10)
	out := bufio.NewWriterSize(w, 64<<10)
	kind, header, _, err := readFrame(in, 0)
	if err != nil {
		return fmt.Errorf("no greeting from the daemon: %w", err)
	}
	var h hello
	if kind != frameHello || json.Unmarshal(header, &h) != nil {
		return errors.New("not a greeting: the worker is started by the daemon, not by hand")
	}
	report := Report{PID: os.Getpid()}
	if h.Harden {
		report = harden(h)
	}
	if err := send(out, frameReport, report); err != nil {
		return err
	}
	for {
		kind, header, body, err := readFrame(in, maxInput)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("cannot read item: %w", err)
		}
		var j job
		if kind != frameItem || json.Unmarshal(header, &j) != nil {
			return errors.New("not an item")
		}
		j.Input.Data = body
		if h.Harden {
			allowCPU(j.Timeout)
		}
		if err := send(out, frameDone, done{Error: run(j, formats, out)}); err != nil {
			return err
		}
	}
}

func send(out *bufio.Writer, kind byte, header any) error {
	if err := writeFrame(out, kind, header, nil); err != nil {
		return err
	}
	return out.Flush()
}

// run reads one item and returns the word for what went wrong.
func run(j job, formats []document.Format, out *bufio.Writer) string {
	var format document.Format
	for _, f := range formats {
		if f.Name() == j.Format {
			format = f
			break
		}
	}
	if format == nil {
		return errUnknown
	}
	ctx, cancel := context.WithCancel(context.Background())
	if j.Timeout > 0 {
		ctx, cancel = context.WithTimeout(ctx, j.Timeout)
	}
	defer cancel()
	err := document.Stream(ctx, format, j.Input, j.Depth, j.Limits, func(e document.Emitted) {
		// What was found goes out at once: the next page may be the one that hangs.
		if writeEmitted(out, e) != nil || out.Flush() != nil {
			cancel() // the daemon is gone or has had enough
		}
	})
	return wordOf(err)
}

func wordOf(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, document.ErrEncrypted):
		return errEncrypted
	case errors.Is(err, document.ErrNoEngine):
		return errNoEngine
	case errors.Is(err, document.ErrCrashed):
		return errPanic
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return errTime
	}
	return errDamaged
}

func takeStdout() (*os.File, error) {
	fd, err := unix.FcntlInt(1, unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, err
	}
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	if err := unix.Dup3(int(null.Fd()), 1, 0); err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), "frames"), nil
}
