package milter

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"net"
	"slices"
	"strconv"
	"strings"

	"brevvagt/internal/bigfile"
)

// Recipient is one accepted recipient.
type Recipient struct {
	Address string   // without angle brackets
	Args    []string // ESMTP arguments as sent, such as NOTIFY=NEVER
	NextHop string   // where the server means to send it: macro rcpt_host
}

// Message is one mail at the end of its transmission. It is the handler's to
// keep: nothing in it is reused.
type Message struct {
	ConnHost string // client name as the server resolved it
	ConnAddr string // client address without port, or socket path; "" when unknown
	ConnPort int
	Helo     string
	From     string   // without angle brackets; "" is the null sender
	FromArgs []string // ESMTP arguments of MAIL, such as SIZE=1234 or SMTPUTF8
	To       []Recipient
	QueueID  string // the server's queue id, macro i
	// Header is the header as it came, in order, each field ending in CRLF,
	// leading space and folding kept. Body is everything after the empty line, nil
	// for a large message.
	Header, Body []byte
	// File has the whole of a large message, nil for others. It is closed once the
	// handler has returned.
	File *bigfile.File

	content []byte // Header, CRLF, Body in one piece
	macros  map[string]string
}

// Content is the whole mail: header, empty line, body. It shares memory with
// Header and Body. It is nil for a large message, see File.
func (m *Message) Content() []byte { return m.content }

// Size is the length of the whole mail in bytes.
func (m *Message) Size() int64 {
	if m.File != nil {
		return m.File.Size()
	}
	return int64(len(m.content))
}

// Macro returns a macro of this message or its connection by its name without
// braces: "auth_authen", "tls_version", "daemon_name". "" when the server did not
// send it. A macro sent for several recipients has the last value.
func (m *Message) Macro(name string) string { return m.macros[name] }

// peer is what belongs to the SMTP connection. It outlives every message on it.
type peer struct {
	host, addr, helo string
	port             int
	macros           map[byte]map[string]string // stages C and H
}

// draft is a message while it comes in.
type draft struct {
	begun    bool // MAIL was seen
	from     string
	fromArgs []string
	to       []Recipient
	macros   map[byte]map[string]string
	content  []byte
	headerTo int // length of the header within content, -1 until it has ended
	envelope int // bytes of addresses and arguments
	tooBig   bool
	dir      string        // where a large message goes, "" keeps it in memory
	file     *bigfile.File // of a large message; content is then its head only
	fault    error         // why the message could not be kept
}

const (
	// maxEnvelope bounds addresses and arguments of one message in bytes.
	maxEnvelope = 4 << 20
	// maxRecipients bounds the recipients of one message.
	maxRecipients = 50_000
	// connStages and messageStages are the only stages macros are kept for, so
	// that a peer cannot fill memory with invented ones.
	connStages    = "CH"
	messageStages = "MRTLNE"
)

func newDraft(dir string) *draft {
	return &draft{macros: map[byte]map[string]string{}, headerTo: -1, dir: dir}
}

// close gives up what a message keeps on disk.
func (d *draft) close() {
	if d.file != nil {
		_ = d.file.Close() // it has no name, so nothing is left
		d.file = nil
	}
}

// connect reads the packet with the client's address. The format has a family
// letter between host and address.
func (p *peer) connect(data []byte) error {
	host, rest, err := cstring(data)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return fmt.Errorf("%w: connect without family", errPacket)
	}
	family, rest := rest[0], rest[1:]
	p.host, p.addr, p.port, p.helo = host, "", 0, ""
	delete(p.macros, cmdHelo)
	if family == 'U' {
		return nil
	}
	if len(rest) < 3 {
		return fmt.Errorf("%w: connect without address", errPacket)
	}
	addr, _, err := cstring(rest[2:])
	if err != nil {
		return err
	}
	p.addr = strings.TrimPrefix(addr, "IPv6:")
	if family == '4' || family == '6' {
		p.port = int(binary.BigEndian.Uint16(rest))
		if ip := net.ParseIP(p.addr); ip != nil {
			p.addr = ip.String()
		}
	}
	return nil
}

// macro keeps the macros of one stage; a stage's macros replace its earlier ones.
func (p *peer) macro(d *draft, data []byte) error {
	if len(data) == 0 {
		return fmt.Errorf("%w: macro without stage", errPacket)
	}
	stage := data[0]
	words, err := cstrings(data[1:])
	if err != nil {
		return err
	}
	set := make(map[string]string, len(words)/2)
	for i := 0; i+1 < len(words); i += 2 {
		set[strings.Trim(words[i], "{}")] = words[i+1]
	}
	switch {
	case strings.IndexByte(connStages, stage) >= 0:
		p.macros[stage] = set
	case strings.IndexByte(messageStages, stage) >= 0:
		d.macros[stage] = set
	}
	return nil
}

// mail begins a message. The macros of stage M came just before it and stay.
func (d *draft) mail(data []byte) error {
	args, err := cstrings(data)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		return fmt.Errorf("%w: mail without sender", errPacket)
	}
	kept := d.macros[cmdMail]
	d.close()
	*d = *newDraft(d.dir)
	if kept != nil {
		d.macros[cmdMail] = kept
	}
	d.begun = true
	d.from, d.fromArgs = unbracket(args[0]), args[1:]
	d.envelope = len(data)
	return nil
}

func (d *draft) rcpt(data []byte) error {
	args, err := cstrings(data)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		return fmt.Errorf("%w: recipient without address", errPacket)
	}
	d.envelope += len(data)
	if d.envelope > maxEnvelope || len(d.to) == maxRecipients {
		d.drop()
		return nil
	}
	d.to = append(d.to, Recipient{Address: unbracket(args[0]), Args: args[1:], NextHop: d.macros[cmdRcpt]["rcpt_host"]})
	return nil
}

// header adds one field. Folded lines arrive with a bare LF. After the header's end
// there is none: of a large message it would stand in no place that is read.
func (d *draft) header(data []byte, leadingSpace bool, limit int64) error {
	if d.headerTo >= 0 {
		return fmt.Errorf("%w: header field after the header", errPacket)
	}
	name, rest, err := cstring(data)
	if err != nil {
		return err
	}
	value, _, err := cstring(rest)
	if err != nil {
		return err
	}
	if !d.room(len(name)+len(value)+4, limit) {
		return nil
	}
	d.content = append(d.content, name...)
	d.content = append(d.content, ':')
	if !leadingSpace {
		d.content = append(d.content, ' ')
	}
	d.content = appendCRLF(d.content, value)
	d.content = append(d.content, "\r\n"...)
	return nil
}

func (d *draft) headerEnd() {
	if d.headerTo < 0 && !d.tooBig {
		d.headerTo = len(d.content)
		d.content = append(d.content, "\r\n"...)
	}
}

func (d *draft) body(data []byte, limit int64) {
	d.headerEnd()
	if d.room(len(data), limit) {
		if d.dir != "" && d.fault == nil && (d.file != nil || len(d.content)+len(data) > largeBytes) {
			d.fault = d.spool(data)
			return
		}
		if len(d.content) == d.headerTo+2 {
			d.content = slices.Grow(d.content, int(min(max(d.announced(), int64(len(data))), limit, d.inMemory())))
		}
		d.content = append(d.content, data...)
	}
}

// largeBytes is the size from which a message is kept on disk while it comes in.
const largeBytes = 1 << 20

// inMemory is the most that a message may take in memory.
func (d *draft) inMemory() int64 {
	if d.dir == "" {
		return math.MaxInt64
	}
	return largeBytes
}

// spool adds a piece to a large message.
func (d *draft) spool(data []byte) error {
	if d.file == nil {
		f, err := bigfile.Create(d.dir)
		if err != nil {
			return err
		}
		d.file = f
		if _, err := f.Write(d.content); err != nil {
			return err
		}
		d.content = slices.Clone(d.content[:d.headerTo+2])
	}
	_, err := d.file.Write(data)
	return err
}

// announced is the size the client gave with MAIL (RFC 1870), 0 if it gave none.
// Room for it at once saves copying a large mail as it grows.
func (d *draft) announced() int64 {
	for _, a := range d.fromArgs {
		if len(a) > 5 && strings.EqualFold(a[:5], "SIZE=") {
			n, err := strconv.ParseInt(a[5:], 10, 64)
			if err == nil && n > 0 {
				return n
			}
		}
	}
	return 0
}

// room reports whether n more bytes fit; if not, what came so far is let go.
func (d *draft) room(n int, limit int64) bool {
	if d.tooBig {
		return false
	}
	if d.size()+int64(n) > limit {
		d.drop()
		return false
	}
	return true
}

func (d *draft) size() int64 {
	if d.file != nil {
		return d.file.Size()
	}
	return int64(len(d.content))
}

func (d *draft) drop() {
	d.close()
	d.tooBig, d.content, d.to = true, nil, nil
}

// finish makes the message that a handler sees.
func (d *draft) finish(p *peer) *Message {
	d.headerEnd()
	m := &Message{
		ConnHost: p.host, ConnAddr: p.addr, ConnPort: p.port, Helo: p.helo,
		From: d.from, FromArgs: d.fromArgs, To: d.to,
		content: d.content, macros: map[string]string{},
	}
	if d.headerTo >= 0 {
		m.Header, m.Body = d.content[:d.headerTo:d.headerTo], d.content[d.headerTo+2:]
	}
	if d.file != nil {
		m.File, m.Body, m.content = d.file, nil, nil
	}
	for _, s := range []byte(connStages) {
		maps.Copy(m.macros, p.macros[s])
	}
	for _, s := range []byte(messageStages) {
		maps.Copy(m.macros, d.macros[s])
	}
	m.QueueID = m.macros["i"]
	return m
}

// appendCRLF adds s with every bare LF made a CRLF.
func appendCRLF(out []byte, s string) []byte {
	for {
		line, rest, more := strings.Cut(s, "\n")
		out = append(out, line...)
		if !more {
			return out
		}
		if !bytes.HasSuffix(out, []byte("\r")) {
			out = append(out, '\r')
		}
		out = append(out, '\n')
		s = rest
	}
}

func unbracket(s string) string {
	if len(s) >= 2 && s[0] == '<' && s[len(s)-1] == '>' {
		return s[1 : len(s)-1]
	}
	return s
}

// String names the message for logs: queue id and client, never content.
func (m *Message) String() string {
	return m.QueueID + " from " + m.ConnAddr + ":" + strconv.Itoa(m.ConnPort)
}
