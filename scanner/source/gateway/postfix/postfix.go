// Package postfix drives the hold queue of a Postfix through its own commands:
// list, read, release and delete held mail.
//
// Glossary: held mail is accepted and waits in Postfix's hold queue until
// somebody releases or deletes it; it never expires there.
package postfix

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Control runs Postfix's commands. Release and Delete need root or a rule that
// lets Prefix run postsuper.
type Control struct {
	// Prefix is put before postsuper and postcat, such as ["sudo", "-n"].
	Prefix []string
	// ConfigDir is given as -c; "" means the default instance.
	ConfigDir string
	// BinDir is where the commands are; "" means PATH.
	BinDir string
	// Timeout is for one command, default 30 s.
	Timeout time.Duration
}

// Mail is one message in a queue of Postfix.
type Mail struct {
	ID      string
	Queue   string // hold, active, deferred, incoming, maildrop
	From    string // "" is the null sender
	To      []string
	Arrived time.Time
	Size    int64
}

// Errors that callers tell apart.
var (
	ErrID      = errors.New("not a Postfix queue id")
	ErrGone    = errors.New("no longer in the queue")
	ErrTooBig  = errors.New("larger than the limit")
	ErrNotHeld = errors.New("no longer held")
)

var queueID = regexp.MustCompile(`^[0-9A-Za-z]{6,20}$`)

// CheckID returns ErrID unless id can be a queue id. Nothing else is ever handed
// to a command.
func CheckID(id string) error {
	if !queueID.MatchString(id) {
		return ErrID
	}
	return nil
}

// maxListing bounds what postqueue may print: about 100,000 mails.
const maxListing = 64 << 20

// List returns what is in the queues, in the order Postfix gives.
func (c *Control) List(ctx context.Context) ([]Mail, error) {
	out, _, err := c.run(ctx, maxListing, "", nil, "postqueue", "-j")
	if err != nil {
		return nil, err
	}
	return parseListing(out)
}

// Held returns what waits in the hold queue.
func (c *Control) Held(ctx context.Context) ([]Mail, error) {
	all, err := c.List(ctx)
	if err != nil {
		return nil, err
	}
	held := all[:0]
	for _, m := range all {
		if m.Queue == "hold" {
			held = append(held, m)
		}
	}
	return held, nil
}

// Find returns one mail, or ErrGone.
func (c *Control) Find(ctx context.Context, id string) (Mail, error) {
	if err := CheckID(id); err != nil {
		return Mail{}, err
	}
	all, err := c.List(ctx)
	if err != nil {
		return Mail{}, err
	}
	for _, m := range all {
		if m.ID == id {
			return m, nil
		}
	}
	return Mail{}, fmt.Errorf("mail %s: %w", id, ErrGone)
}

// parseListing reads postqueue -j: one JSON object a line.
func parseListing(out []byte) ([]Mail, error) {
	var all []Mail
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, maxListing)
	for lines.Scan() {
		var e struct {
			QueueName   string `json:"queue_name"`
			QueueID     string `json:"queue_id"`
			ArrivalTime int64  `json:"arrival_time"`
			MessageSize int64  `json:"message_size"`
			Sender      string `json:"sender"`
			Recipients  []struct {
				Address string `json:"address"`
			} `json:"recipients"`
		}
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return nil, fmt.Errorf("postqueue listing: %w", err)
		}
		m := Mail{ID: e.QueueID, Queue: e.QueueName, From: e.Sender, Arrived: time.Unix(e.ArrivalTime, 0), Size: e.MessageSize}
		if m.From == "MAILER-DAEMON" {
			m.From = "" // how Postfix shows the null sender
		}
		for _, r := range e.Recipients {
			m.To = append(m.To, r.Address)
		}
		all = append(all, m)
	}
	return all, lines.Err()
}

// Release takes one mail from the hold queue and has it delivered at once: without
// the second command it would wait for the next queue run. ErrNotHeld means that
// it was not in the hold queue.
func (c *Control) Release(ctx context.Context, id string) error {
	if err := CheckID(id); err != nil {
		return err
	}
	n, err := c.super(ctx, releasedLine, "", "-H", id)
	if err != nil {
		return fmt.Errorf("release mail %s: %w", id, err)
	}
	if n == 0 {
		return fmt.Errorf("release mail %s: %w", id, ErrNotHeld)
	}
	return c.Deliver(ctx, id)
}

// Deliver asks for an immediate try to deliver a mail that is queued.
func (c *Control) Deliver(ctx context.Context, id string) error {
	if err := CheckID(id); err != nil {
		return err
	}
	if _, _, err := c.run(ctx, 1<<16, "", nil, "postqueue", "-i", id); err != nil {
		return fmt.Errorf("deliver mail %s: %w", id, err)
	}
	return nil
}

// Delete removes one mail from the hold queue, and from no other. ErrNotHeld
// means that it was not there.
func (c *Control) Delete(ctx context.Context, id string) error {
	if err := CheckID(id); err != nil {
		return err
	}
	n, err := c.super(ctx, deletedLine, "", "-d", id, "hold")
	if err != nil {
		return fmt.Errorf("delete mail %s: %w", id, err)
	}
	if n == 0 {
		return fmt.Errorf("delete mail %s: %w", id, ErrNotHeld)
	}
	return nil
}

var (
	releasedLine = regexp.MustCompile(`Released from hold: (\d+) message`)
	namedLine    = regexp.MustCompile(`(?m)^postsuper: ([0-9A-Za-z]+): released from hold$`)
	deletedLine  = regexp.MustCompile(`Deleted: (\d+) message`)
)

// super runs postsuper and reads how many mails it touched: it ends with 0 even
// when it found none.
func (c *Control) super(ctx context.Context, line *regexp.Regexp, stdin string, args ...string) (int, error) {
	n, _, err := c.superNamed(ctx, line, stdin, args...)
	return n, err
}

// superNamed is super with the ids of the mails that were released.
func (c *Control) superNamed(ctx context.Context, line *regexp.Regexp, stdin string, args ...string) (n int, named []string, err error) {
	_, stderr, err := c.run(ctx, 1<<16, stdin, c.Prefix, "postsuper", args...)
	if err != nil {
		return 0, nil, err
	}
	for _, m := range namedLine.FindAllSubmatch(stderr, -1) {
		named = append(named, string(m[1]))
	}
	m := line.FindSubmatch(stderr)
	if m == nil {
		return 0, named, nil
	}
	n, err = strconv.Atoi(string(m[1]))
	return n, named, err
}

// run runs one command within the time limit and bounds what it may print.
func (c *Control) run(ctx context.Context, limit int64, stdin string, prefix []string, name string, args ...string) (stdout, stderr []byte, err error) {
	out := &capped{limit: limit}
	stderr, err = c.runTo(ctx, out, stdin, prefix, name, args...)
	switch {
	case out.over:
		return nil, nil, fmt.Errorf("%s: %w", name, ErrTooBig)
	case err != nil:
		return nil, nil, err
	}
	return out.b, stderr, nil
}

// runTo runs one command within the time limit; what it prints goes to out.
func (c *Control) runTo(ctx context.Context, out io.Writer, stdin string, prefix []string, name string, args ...string) (stderr []byte, err error) {
	timeout := c.Timeout
	if timeout <= 0 {
		timeout = 30 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if c.BinDir != "" {
		name = strings.TrimSuffix(c.BinDir, "/") + "/" + name
	}
	argv := append([]string{}, prefix...)
	argv = append(argv, name)
	if c.ConfigDir != "" {
		argv = append(argv, "-c", c.ConfigDir)
	}
	argv = append(argv, args...)
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.WaitDelay = time.Second
	errs := &capped{limit: 1 << 16}
	cmd.Stdout, cmd.Stderr = out, errs
	if stdin != "" {
		cmd.Stdin = strings.NewReader(stdin)
	}
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%s: %w", name, ctx.Err())
	case err != nil:
		return nil, fmt.Errorf("%s: %w: %s", name, err, firstLine(errs.b))
	}
	return errs.b, nil
}

// capped keeps what fits and ends the command with the first byte too many.
type capped struct {
	b     []byte
	limit int64
	over  bool
}

func (c *capped) Write(p []byte) (int, error) {
	if int64(len(c.b)+len(p)) > c.limit {
		c.over = true
		return 0, io.ErrShortBuffer
	}
	c.b = append(c.b, p...)
	return len(p), nil
}

func firstLine(b []byte) string {
	line, _, _ := bytes.Cut(bytes.TrimSpace(b), []byte("\n"))
	return string(line[:min(len(line), 200)])
}
