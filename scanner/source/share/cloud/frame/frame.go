// Package frame is what brevvagt and its helper for cloud storage say to each other
// over two pipes: short frames, each with a kind, the number of the question it
// belongs to, and a payload of bounded size.
package frame

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
)

// Kind says what a frame is.
type Kind byte

// What brevvagt asks. Cancel ends the question with its number.
const (
	Open   Kind = 'O' // Path → Facts with a handle
	Read   Kind = 'R' // Handle → Data, then Done
	Close  Kind = 'X' // Handle → Done
	List   Kind = 'L' // Path → some Listed, then Done
	Stat   Kind = 'S' // Path → Facts
	Create Kind = 'C' // Path, Size, MTime → Facts with a handle
	Write  Kind = 'W' // bytes for the handle in the first four → Done
	Commit Kind = 'F' // Handle → Facts of what was written
	Remove Kind = 'D' // Path, Tag → Done
	Cancel Kind = 'A'
	Hello  Kind = 'H' // Setup → Facts; the first frame, once
)

// What the helper answers.
const (
	Listed Kind = 'l' // Entries
	Data   Kind = 'd' // bytes; none at the end of the file
	Facts  Kind = 'f' // an Answer
	Done   Kind = 'k'
	Failed Kind = 'e' // a Problem
)

// MaxPayload bounds a frame in both directions, in bytes.
const MaxPayload = 1 << 20

// headBytes are the length of the payload, the kind and the number.
const headBytes = 9

// ErrFrame says that what came is no frame.
var ErrFrame = errors.New("not a frame of ours")

// Frame is one message.
type Frame struct {
	Kind    Kind
	Number  uint32
	Payload []byte
}

// ReadFrame reads one frame. io.EOF is an end between two frames.
func ReadFrame(r io.Reader) (Frame, error) {
	var head [headBytes]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return Frame{}, err
	}
	n := binary.BigEndian.Uint32(head[:4])
	if n > MaxPayload {
		return Frame{}, fmt.Errorf("%w: a payload of %d bytes", ErrFrame, n)
	}
	f := Frame{Kind: Kind(head[4]), Number: binary.BigEndian.Uint32(head[5:]), Payload: make([]byte, n)}
	if _, err := io.ReadFull(r, f.Payload); err != nil {
		return Frame{}, fmt.Errorf("cut off: %w", io.ErrUnexpectedEOF)
	}
	return f, nil
}

// Writer writes frames whole; it may be used from several goroutines.
type Writer struct {
	mu sync.Mutex
	w  io.Writer
}

// NewWriter makes a Writer.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Send writes one frame.
func (w *Writer) Send(kind Kind, number uint32, payload []byte) error {
	if len(payload) > MaxPayload {
		return fmt.Errorf("%w: a payload of %d bytes", ErrFrame, len(payload))
	}
	head := binary.BigEndian.AppendUint32(make([]byte, 0, headBytes+len(payload)), uint32(len(payload)))
	head = binary.BigEndian.AppendUint32(append(head, byte(kind)), number)
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err := w.w.Write(append(head, payload...))
	return err
}

// SendJSON writes a frame with a value.
func (w *Writer) SendJSON(kind Kind, number uint32, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("cannot write a frame: %w", err)
	}
	return w.Send(kind, number, data)
}

// Decode reads the value in a frame.
func (f Frame) Decode(v any) error {
	if err := json.Unmarshal(f.Payload, v); err != nil {
		return fmt.Errorf("%w: kind %q", ErrFrame, f.Kind) // the decoder's words may quote
	}
	return nil
}
