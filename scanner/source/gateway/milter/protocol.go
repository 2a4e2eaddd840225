package milter

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Commands of the mail server. The letters are those of the milter protocol as
// Sendmail and Postfix speak it.
const (
	cmdAbort     = 'A'
	cmdBody      = 'B'
	cmdConnect   = 'C'
	cmdMacro     = 'D'
	cmdBodyEnd   = 'E'
	cmdHelo      = 'H'
	cmdQuitNew   = 'K' // the SMTP connection ended, another follows on this socket
	cmdHeader    = 'L'
	cmdMail      = 'M'
	cmdHeaderEnd = 'N'
	cmdNegotiate = 'O'
	cmdQuit      = 'Q'
	cmdRcpt      = 'R'
	cmdData      = 'T'
	cmdUnknown   = 'U'
)

// Responses. SHUTDOWN ('4') and DISCARD ('d') are missing on purpose: at end of
// message Postfix 3.7 tells the client 250 and throws the mail away. No code of
// this package can send a letter that is not listed here.
const (
	respAccept     = 'a'
	respContinue   = 'c'
	respAddHeader  = 'h'
	respInsHeader  = 'i'
	respChgHeader  = 'm'
	respProgress   = 'p'
	respQuarantine = 'q'
	respTempFail   = 't'
	respReplyCode  = 'y'
)

// Actions we may ask for.
const (
	actAddHeaders    uint32 = 0x01
	actChangeHeaders uint32 = 0x10
	actQuarantine    uint32 = 0x20
)

// Protocol steps we may ask for.
const (
	protoNoReplyHeader uint32 = 0x80
	protoNoUnknown     uint32 = 0x100
	protoNoReplies     uint32 = 0x1000 | 0x2000 | 0x4000 | 0x8000 | 0x10000 | 0x20000 | 0x40000 | 0x80000
	protoLeadingSpace  uint32 = 0x100000
)

const (
	ourVersion = 6
	// maxPacket bounds one packet. Body chunks are 64 KiB; a header may be larger.
	maxPacket = 1 << 20
	// packetLength is the bytes of a packet's length, packetHead those with its command.
	packetLength, packetHead = 4, 5
	// maxWords bounds the strings of one packet; each costs more than its bytes.
	maxWords = 1000
)

var errPacket = errors.New("malformed milter packet")

// readPacket reads one packet into buf, which grows only as bytes arrive, so
// that a length alone allocates nothing. It returns the command letter, the
// payload (valid until the next call) and the grown buffer.
func readPacket(r *bufio.Reader, buf []byte) (cmd byte, data, grown []byte, err error) {
	var head [packetHead]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, buf, err
	}
	n := binary.BigEndian.Uint32(head[:packetLength])
	if n < 1 || n > maxPacket {
		return 0, nil, buf, fmt.Errorf("%w: length %d", errPacket, n)
	}
	want := int(n) - 1
	buf = buf[:0]
	for len(buf) < want {
		step := min(want-len(buf), 64<<10)
		have := len(buf)
		buf = slices.Grow(buf, step)[:have+step] // not cleared: it is read full or not used
		if _, err := io.ReadFull(r, buf[have:]); err != nil {
			return 0, nil, buf, fmt.Errorf("packet cut short: %w", err)
		}
	}
	return head[packetLength], buf, buf, nil
}

// wholePacket reports whether the next packet, with a length that may be, can be read
// without waiting.
func wholePacket(r *bufio.Reader) bool {
	if r.Buffered() < packetHead {
		return false
	}
	head, err := r.Peek(packetHead)
	return err == nil && int64(binary.BigEndian.Uint32(head)) <= int64(r.Buffered()-packetLength)
}

// appendPacket adds a packet to out.
func appendPacket(out []byte, code byte, parts ...[]byte) []byte {
	n := 1
	for _, p := range parts {
		n += len(p)
	}
	out = binary.BigEndian.AppendUint32(out, uint32(n))
	out = append(out, code)
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// cstring takes one NUL-terminated string off data.
func cstring(data []byte) (s string, rest []byte, err error) {
	i := bytes.IndexByte(data, 0)
	if i < 0 {
		return "", nil, fmt.Errorf("%w: string without end", errPacket)
	}
	return string(data[:i]), data[i+1:], nil
}

// cstrings splits a packet of NUL-terminated strings.
func cstrings(data []byte) ([]string, error) {
	var all []string
	for len(data) > 0 {
		if len(all) == maxWords {
			return nil, fmt.Errorf("%w: more than %d strings", errPacket, maxWords)
		}
		s, rest, err := cstring(data)
		if err != nil {
			return nil, err
		}
		all, data = append(all, s), rest
	}
	return all, nil
}
