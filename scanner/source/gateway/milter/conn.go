package milter

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"brevvagt/internal/crowd"
)

// options is what both sides agreed on.
type options struct {
	version, actions, protocol uint32
}

// conn is one connection of the mail server. All but the mutex's fields belong to
// its own goroutine.
type conn struct {
	srv  *Server
	net  net.Conn
	at   *crowd.Guest
	in   *bufio.Reader
	buf  []byte
	opts options
	peer peer
	msg  *draft

	mu     sync.Mutex
	busy   bool // a message has begun and is not answered
	ending bool // close as soon as it is not busy
}

func newConn(s *Server, nc net.Conn, at *crowd.Guest) *conn {
	return &conn{
		srv: s, net: nc, at: at, in: bufio.NewReaderSize(nc, 64<<10),
		peer: peer{macros: map[byte]map[string]string{}}, msg: newDraft(s.LargeDir),
	}
}

// endWhenIdle closes the connection now or after the running message.
func (c *conn) endWhenIdle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ending = true
	if !c.busy {
		_ = c.net.Close()
	}
}

// setBusy reports whether the connection may go on.
func (c *conn) setBusy(busy bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ending && (busy && !c.busy || !busy) {
		return false
	}
	c.busy = busy
	return true
}

var errEnd = errors.New("end of connection")

func (c *conn) serve() {
	defer func() { c.msg.close() }()
	for {
		err := c.step()
		switch {
		case err == nil:
			continue
		case errors.Is(err, errEnd), errors.Is(err, io.EOF), errors.Is(err, net.ErrClosed):
		default:
			c.srv.Log.Warn("milter connection", "client", c.peer.addr, "error", err)
		}
		return
	}
}

// step reads one packet and answers it.
func (c *conn) step() error {
	cmd, data, err := c.read()
	if err != nil {
		return err
	}
	answer, err := c.dispatch(cmd, data)
	if err != nil || answer == nil {
		return err
	}
	return c.write(answer)
}

func (c *conn) read() (cmd byte, data []byte, err error) {
	defer func() {
		if !c.at.Busy() && err == nil {
			err = net.ErrClosed
		}
	}()
	if c.opts.version != 0 && wholePacket(c.in) {
		cmd, data, c.buf, err = readPacket(c.in, c.buf) // as most: a mail comes in few pieces
		return cmd, data, err
	}
	rest := c.srv.ReadTimeout
	if c.opts.version == 0 {
		rest = min(rest, greeting)
	} else {
		if c.in.Buffered() == 0 {
			c.at.Silent(c.rank(crowd.Idle))
		}
		if err := c.net.SetReadDeadline(time.Now().Add(c.srv.IdleTimeout)); err != nil {
			return 0, nil, err
		}
		if _, err := c.in.Peek(1); err != nil {
			return 0, nil, err
		}
		c.at.Silent(c.rank(crowd.Stranger)) // no mail server pauses within a packet
	}
	if err := c.net.SetReadDeadline(time.Now().Add(rest)); err != nil {
		return 0, nil, err
	}
	cmd, data, grown, err := readPacket(c.in, c.buf)
	c.buf = grown
	return cmd, data, err
}

// rank says what is lost with a silent connection, within a mail or without one.
func (c *conn) rank(without crowd.Rank) crowd.Rank {
	if c.msg.begun {
		return crowd.Within
	}
	return without
}

// greeting is for the first packet: a mail server sends it as soon as it has connected,
// and whoever does not keeps a place from one that does.
const greeting = 5 * time.Second

// write sends all packets of an answer in one piece: small writes over TCP would
// meet the peer's delayed acknowledgement.
func (c *conn) write(packets []byte) error {
	if err := c.net.SetWriteDeadline(time.Now().Add(c.srv.WriteTimeout)); err != nil {
		return err
	}
	_, err := c.net.Write(packets)
	return err
}

// dispatch handles one packet and returns the answer, nil when none is due.
func (c *conn) dispatch(cmd byte, data []byte) ([]byte, error) {
	switch cmd {
	case cmdNegotiate:
		return c.negotiate(data)
	case cmdMacro:
		return nil, c.peer.macro(c.msg, data)
	case cmdQuit:
		return nil, errEnd
	case cmdQuitNew:
		c.peer = peer{macros: map[byte]map[string]string{}}
		return nil, c.abort()
	case cmdAbort:
		return nil, c.abort()
	case cmdBodyEnd:
		return nil, c.end(data)
	}
	if err := c.collect(cmd, data); err != nil {
		return nil, err
	}
	if c.silent(cmd) {
		return nil, nil
	}
	return appendPacket(nil, respContinue), nil
}

// collect takes in a command that is always answered with "go on".
func (c *conn) collect(cmd byte, data []byte) (err error) {
	switch cmd {
	case cmdConnect:
		return c.peer.connect(data)
	case cmdHelo:
		c.peer.helo, _, err = cstring(data)
	case cmdMail:
		if !c.setBusy(true) {
			return errEnd
		}
		return c.msg.mail(data)
	case cmdRcpt:
		return c.msg.rcpt(data)
	case cmdHeader:
		return c.msg.header(data, c.opts.protocol&protoLeadingSpace != 0, c.srv.MaxBytes)
	case cmdHeaderEnd:
		c.msg.headerEnd()
	case cmdBody:
		c.msg.body(data, c.srv.MaxBytes)
	case cmdData, cmdUnknown:
	default:
		return fmt.Errorf("%w: command %q", errPacket, cmd)
	}
	return err
}

// silent reports whether both sides agreed on no answer for cmd.
func (c *conn) silent(cmd byte) bool {
	var bit uint32
	switch cmd {
	case cmdConnect:
		bit = 0x1000
	case cmdHelo:
		bit = 0x2000
	case cmdMail:
		bit = 0x4000
	case cmdRcpt:
		bit = 0x8000
	case cmdData:
		bit = 0x10000
	case cmdUnknown:
		bit = 0x20000
	case cmdHeader:
		bit = protoNoReplyHeader
	case cmdHeaderEnd:
		bit = 0x40000
	case cmdBody:
		bit = 0x80000
	}
	return c.opts.protocol&bit != 0
}

// negotiate answers the intersection of what is offered and what we want.
func (c *conn) negotiate(data []byte) ([]byte, error) {
	if len(data) < 12 {
		return nil, fmt.Errorf("%w: negotiation of %d bytes", errPacket, len(data))
	}
	version := binary.BigEndian.Uint32(data)
	if version < 2 {
		return nil, fmt.Errorf("milter version %d is not supported", version)
	}
	want := protoNoUnknown | protoLeadingSpace
	// Over TCP a run of unanswered small packets meets delayed acknowledgement
	// and costs 44 ms per message, so there every packet is answered.
	if _, unix := c.net.(*net.UnixConn); unix {
		want |= protoNoReplyHeader | protoNoReplies
	}
	c.opts = options{
		version:  min(version, ourVersion),
		actions:  binary.BigEndian.Uint32(data[4:]) & (actAddHeaders | actChangeHeaders | actQuarantine),
		protocol: binary.BigEndian.Uint32(data[8:]) & want,
	}
	out := binary.BigEndian.AppendUint32(nil, c.opts.version)
	out = binary.BigEndian.AppendUint32(out, c.opts.actions)
	out = binary.BigEndian.AppendUint32(out, c.opts.protocol)
	return appendPacket(nil, cmdNegotiate, out), nil
}

// abort forgets the message, not the connection.
func (c *conn) abort() error {
	c.msg.close()
	c.msg = newDraft(c.srv.LargeDir)
	if !c.setBusy(false) {
		return errEnd
	}
	return nil
}

// end asks the handler and answers. A last piece of the body may come along.
func (c *conn) end(data []byte) error {
	d := c.msg
	if len(data) > 0 {
		d.body(data, c.srv.MaxBytes)
	}
	reply := TempFail("")
	switch {
	case !d.begun:
		c.srv.Log.Warn("milter: end of message without a sender", "client", c.peer.addr)
	case d.fault != nil:
		c.srv.Log.Error("milter: a large message cannot be kept", "error", d.fault)
	case d.tooBig:
		reply = *c.srv.TooBig
		c.srv.Log.Warn("milter: message over the size limit", "limit", c.srv.MaxBytes, "answer", reply.String())
	default:
		var err error
		if reply, err = c.ask(d.finish(&c.peer)); err != nil {
			return err
		}
	}
	if err := c.write(reply.encode(c.opts)); err != nil {
		return fmt.Errorf("answer %s: %w", reply, err)
	}
	return c.abort()
}

// ask runs the handler and tells the mail server every now and then that it is
// still at work. An error means that the mail server has gone.
func (c *conn) ask(m *Message) (Reply, error) {
	ctx, cancel := context.WithCancel(c.srv.ctx)
	defer cancel()
	done := make(chan Reply, 1)
	go func() { done <- c.call(ctx, m) }()
	progress := time.NewTimer(c.srv.ProgressAfter)
	defer progress.Stop()
	for {
		select {
		case r := <-done:
			return r, nil
		case <-c.srv.ctx.Done():
			return Reply{}, errEnd
		case <-progress.C:
			if err := c.write(appendPacket(nil, respProgress)); err != nil {
				return Reply{}, fmt.Errorf("progress for %s: %w", m, err)
			}
			progress.Reset(c.srv.ProgressEvery)
		}
	}
}

// call runs the handler; a panic becomes a temporary failure. The panic's value
// may quote the mail, so only its type is logged, and its text when the runtime
// made it.
func (c *conn) call(ctx context.Context, m *Message) (r Reply) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		what := fmt.Sprintf("%T", v)
		if re, ok := v.(runtime.Error); ok {
			what = re.Error()
		}
		c.srv.Log.Error("milter handler panicked", "queue_id", m.QueueID, "panic", what, "stack", string(debug.Stack()))
		r = TempFail("")
	}()
	return c.srv.Handler.Message(ctx, m)
}

// retriable reports whether accepting may succeed later.
func retriable(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) ||
		errors.Is(err, syscall.ECONNABORTED) || errors.Is(err, syscall.EINTR)
}
