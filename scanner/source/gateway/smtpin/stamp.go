package smtpin

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/textproto"
	"strconv"
	"strings"
	"time"
)

// Stamp marks mail that we sent on, for a mail system that hands mail out to us
// and gets it back (Exchange, Microsoft 365): it tells what has been here already,
// so that no mail goes in a ring.
//
// A stamp never spares a mail its scan: whoever received one could put it on
// another mail.
type Stamp struct {
	// Digest is a keyed digest that only this installation can make.
	Digest func(value string) string
	Now    func() time.Time // default time.Now
}

// StampHeader carries the stamp: a word that stays the same, so that a transport
// rule can look for it, then time, hops and their keyed digest.
const StampHeader = "X-Brevvagt-Rute"

const (
	// ours begins the names of headers that only we may write.
	ours = "X-Brevvagt-"
	// maxPasses is how often one mail may come through here.
	maxPasses = 3
	// stampAge is how long a stamp counts.
	stampAge = 7 * 24 * time.Hour
	// maxHead is how much of a mail is looked at for headers.
	maxHead = 1 << 20
)

// Word is the part of the stamp that stays the same.
func (s *Stamp) Word() string { return s.Digest("smtp route") }

func (s *Stamp) value(at time.Time, hops int, id string) string {
	fields := strconv.FormatInt(at.Unix(), 10) + " " + strconv.Itoa(hops)
	return s.Word() + " " + fields + " " + s.Digest("smtp stamp\x00"+fields+"\x00"+id)
}

func (s *Stamp) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

// passes is how often a mail with this head has come through here, by the best of
// its genuine stamps. Forged ones count for nothing.
func (s *Stamp) passes(head []byte) int {
	h, _ := textproto.NewReader(bufio.NewReader(bytes.NewReader(append(head, "\r\n\r\n"...)))).ReadMIMEHeader()
	id := h.Get("Message-Id")
	most := 0
	for _, v := range h.Values(StampHeader) {
		words := strings.Fields(v)
		if len(words) != 4 {
			continue
		}
		sec, errTime := strconv.ParseInt(words[1], 10, 64)
		hops, errHops := strconv.Atoi(words[2])
		at := time.Unix(sec, 0)
		if errors.Join(errTime, errHops) == nil && s.now().Sub(at).Abs() < stampAge && s.value(at, hops, id) == strings.Join(words, " ") {
			most = max(most, hops)
		}
	}
	return most
}

// on puts our stamp on top and takes every other header of ours away. The rest
// stays byte for byte as it is, so that signatures stay valid.
func (s *Stamp) on(r io.Reader) (io.Reader, error) {
	head := make([]byte, maxHead)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	head = head[:n]
	end := headEnd(head)
	passes := s.passes(head[:end:end])
	id := ""
	if h, _ := textproto.NewReader(bufio.NewReader(bytes.NewReader(append(head[:end:end], "\r\n\r\n"...)))).ReadMIMEHeader(); h != nil {
		id = h.Get("Message-Id")
	}
	stamp := StampHeader + ": " + s.value(s.now(), passes+1, id) + "\r\n"
	return io.MultiReader(strings.NewReader(stamp), bytes.NewReader(withoutOurs(head[:end])), bytes.NewReader(head[end:]), r), nil
}

// headEnd is where the header ends, the empty line not included.
func headEnd(content []byte) int {
	pos := 0
	for pos < len(content) {
		line, _, found := bytes.Cut(content[pos:], []byte("\n"))
		if len(bytes.TrimRight(line, "\r")) == 0 || !found {
			return pos
		}
		pos += len(line) + 1
	}
	return pos
}

// withoutOurs leaves out the fields whose names only we may write.
func withoutOurs(head []byte) []byte {
	out := make([]byte, 0, len(head))
	skip := false
	for len(head) > 0 {
		line, rest, found := bytes.Cut(head, []byte("\n"))
		whole := head[:len(line)]
		if found {
			whole = head[:len(line)+1]
		}
		if folded := len(line) > 0 && (line[0] == ' ' || line[0] == '\t'); !folded {
			skip = len(line) >= len(ours) && strings.EqualFold(string(line[:len(ours)]), ours)
		}
		if !skip {
			out = append(out, whole...)
		}
		head = rest
	}
	return out
}
