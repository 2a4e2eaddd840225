package isolate

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"brevvagt/document"
)

// The two sides speak frames: one byte kind, four bytes header length, four bytes
// body length (big endian), a JSON header and a raw body. Texts and files travel
// as bodies, so neither is escaped and offsets into a text stay true.
const (
	frameHello   = 'H' // daemon → worker, once: hello
	frameReport  = 'R' // worker → daemon, once: Report
	frameItem    = 'I' // daemon → worker: job, body is the file
	frameSegment = 'S' // worker → daemon: segment without its text, body is the text
	frameGap     = 'G'
	frameSeal    = 'E'
	frameMail    = 'M'
	frameChild   = 'C' // worker → daemon: input without its data, body is the file
	frameDone    = 'D' // worker → daemon: the item is finished: done
)

// maxHeader bounds a frame's header; the word boxes of a large page are the
// longest real ones (about 100 bytes a word).
const maxHeader = 16 << 20

// errOutput is what a worker that writes more than it may is stopped with.
var errOutput = errors.New("the reader's output is over its limit")

type hello struct {
	Harden      bool
	MemoryBytes int64
	ReadOnly    []string
}

type job struct {
	Format  string
	Input   document.Input // without Data
	Depth   int
	Limits  document.Limits
	Timeout time.Duration
}

type done struct {
	Error string // one of the err… words, "" when all went well
}

// The words for what went wrong. The error's own text stays in the worker: it may
// quote content.
const (
	errEncrypted = "encrypted"
	errNoEngine  = "no-engine"
	errPanic     = "panic"
	errTime      = "time"
	errDamaged   = "damaged"
	errUnknown   = "unknown-format"
)

func writeFrame(w io.Writer, kind byte, header any, body []byte) error {
	h, err := json.Marshal(header)
	if err != nil {
		return fmt.Errorf("cannot encode frame %c: %w", kind, err)
	}
	var head [9]byte
	head[0] = kind
	binary.BigEndian.PutUint32(head[1:], uint32(len(h)))
	binary.BigEndian.PutUint32(head[5:], uint32(len(body)))
	if _, err := w.Write(append(head[:], h...)); err != nil {
		return err
	}
	_, err = w.Write(body)
	return err
}

// readFrame reads one frame whose body has at most maxBody bytes. Memory grows
// with what really arrives, not with what the frame claims.
func readFrame(r io.Reader, maxBody int64) (kind byte, header, body []byte, err error) {
	var head [9]byte
	if _, err = io.ReadFull(r, head[:]); err != nil {
		return 0, nil, nil, err
	}
	hlen, blen := int64(binary.BigEndian.Uint32(head[1:])), int64(binary.BigEndian.Uint32(head[5:]))
	if hlen > maxHeader || blen > maxBody {
		return 0, nil, nil, errOutput
	}
	if header, err = readGrowing(r, hlen); err != nil {
		return 0, nil, nil, err
	}
	body, err = readGrowing(r, blen)
	return head[0], header, body, err
}

// readGrowing makes room in steps, the last one of the size that is due: memory that is
// never written to costs nothing, and doubling would leave as much behind on the way.
func readGrowing(r io.Reader, n int64) ([]byte, error) {
	var data []byte
	for step := int64(1 << 20); ; step *= 16 {
		room := make([]byte, min(step, n))
		got, err := io.ReadFull(r, room[copy(room, data):])
		data = room[:len(data)+got]
		if err == io.EOF && n > 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil || int64(len(data)) == n {
			return data, err
		}
	}
}

// writeEmitted sends one thing that a format emitted.
func writeEmitted(w io.Writer, e document.Emitted) error {
	switch {
	case e.Segment != nil:
		s := *e.Segment
		text := strings.ToValidUTF8(s.Text, "?")
		if len(text) != len(s.Text) {
			s.Words = nil // offsets into another text would lie
		}
		s.Text = ""
		return writeFrame(w, frameSegment, s, []byte(text))
	case e.Gap != nil:
		return writeFrame(w, frameGap, e.Gap, nil)
	case e.Seal != nil:
		return writeFrame(w, frameSeal, e.Seal, nil)
	case e.Mail != nil:
		return writeFrame(w, frameMail, e.Mail, nil)
	case e.Child != nil:
		c := *e.Child
		data := c.Data
		c.Data = nil
		return writeFrame(w, frameChild, c, data)
	}
	return nil
}

// parseEmitted is the other end of writeEmitted.
func parseEmitted(kind byte, header, body []byte) (document.Emitted, error) {
	var e document.Emitted
	var into any
	switch kind {
	case frameSegment:
		e.Segment = &document.Segment{}
		into = e.Segment
	case frameGap:
		e.Gap = &document.Gap{}
		into = e.Gap
	case frameSeal:
		e.Seal = &document.Seal{}
		into = e.Seal
	case frameMail:
		e.Mail = &document.Envelope{}
		into = e.Mail
	case frameChild:
		e.Child = &document.Input{}
		into = e.Child
	default:
		return e, fmt.Errorf("unexpected frame %q from worker", kind)
	}
	if err := json.Unmarshal(header, into); err != nil {
		return document.Emitted{}, fmt.Errorf("cannot parse frame %q from worker: %w", kind, err)
	}
	if e.Segment != nil {
		e.Segment.Text = strings.ToValidUTF8(string(body), "?")
		e.Segment.Words = soundWords(e.Segment.Words, len(e.Segment.Text))
	}
	if e.Child != nil {
		e.Child.Data = body
	}
	return e, nil
}

// soundWords drops words whose range is not inside the text: a worker that was
// taken over must not make the daemon slice out of bounds.
func soundWords(words []document.Word, n int) []document.Word {
	for _, w := range words {
		if w.Start < 0 || w.End < w.Start || w.End > n {
			return nil
		}
	}
	return words
}
