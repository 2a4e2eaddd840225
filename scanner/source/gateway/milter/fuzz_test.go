package milter

import (
	"bytes"
	"context"
	"encoding/binary"
	"net"
	"testing"
	"time"

	"brevvagt/internal/crowd"
)

func packets(list ...string) []byte {
	var out []byte
	for _, p := range list {
		out = binary.BigEndian.AppendUint32(out, uint32(len(p)))
		out = append(out, p...)
	}
	return out
}

// FuzzServer feeds raw bytes to a connection: no panic, no hang, and no response
// letter beyond the ones we know.
func FuzzServer(f *testing.F) {
	neg := "O\x00\x00\x00\x06\x00\x00\x01\xff\x00\x1f\xff\xff"
	f.Add(packets(neg, "DCj\x00mx\x00", "Cpc\x004\x12\x67192.0.2.1\x00", "Hpc\x00", "M<a@b>\x00SIZE=9\x00", "R<c@d>\x00", "T", "LSubject\x00 x\ny\x00", "N", "Bbody", "E", "Q"))
	f.Add(packets("O\x00\x00\x00\x02\x00\x00\x00\x3f\x00\x00\x00\x7f", "CL\x00L\x00\x00/x\x00", "E", "A", "K"))
	f.Add(packets(neg, "M\x00", "R", "L", "C", "D", "H", "B", "E"))
	f.Add([]byte{0, 0, 0, 0, 'O'})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 'B', 1, 2})
	f.Add(packets(neg, "M<>\x00", "N", "N", "Bx\x00\r", "LA\x00\x00", "E", "E"))
	s := &Server{Limits: Limits{MaxBytes: 4096}, Handler: HandlerFunc(func(_ context.Context, m *Message) Reply {
		if !bytes.Equal(m.Content(), append(append(bytes.Clone(m.Header), "\r\n"...), m.Body...)) {
			panic("content is not header, empty line, body")
		}
		return Quarantine(m.From).WithHeader(m.Helo, m.From)
	})}
	s.prepare()
	f.Fuzz(func(t *testing.T, in []byte) {
		ours, theirs := net.Pipe()
		c := newConn(s, ours, alone())
		done := make(chan struct{})
		go func() { defer close(done); c.serve(); _ = ours.Close() }()
		go func() { _, _ = theirs.Write(in); time.Sleep(time.Millisecond); _ = theirs.Close() }()
		<-done
		if cap(c.buf) > 2*maxPacket {
			t.Errorf("buffer of %d bytes", cap(c.buf))
		}
	})
}

// alone is the only guest.
func alone() *crowd.Guest {
	g, _ := crowd.New(1, crowd.Local).Enter(nil, nil)
	return g
}

// TestRank: a mail server that is slow within a packet of a mail has more to lose than one
// that is between two mails.
func TestRank(t *testing.T) {
	c := newConn(&Server{}, nil, alone())
	if got := []crowd.Rank{c.rank(crowd.Idle), c.rank(crowd.Stranger)}; got[0] != crowd.Idle || got[1] != crowd.Stranger {
		t.Errorf("without a mail: %v", got)
	}
	c.msg.begun = true
	if got := []crowd.Rank{c.rank(crowd.Idle), c.rank(crowd.Stranger)}; got[0] != crowd.Within || got[1] != crowd.Within {
		t.Errorf("within a mail: %v", got)
	}
}

// TestPacketCap reaches the limits of one packet.
func TestPacketCap(t *testing.T) {
	for name, in := range map[string][]byte{
		"empty":      {0, 0, 0, 0, 'O'},
		"over 1 MiB": {0, 0x10, 0, 1, 'B'},
	} {
		ours, theirs := net.Pipe()
		s := &Server{}
		s.prepare()
		go func() { _, _ = theirs.Write(in) }()
		_, _, err := newConn(s, ours, alone()).read()
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
		_, _ = ours.Close(), theirs.Close()
	}
	if _, err := cstrings(make([]byte, maxWords+1)); err == nil {
		t.Error("too many strings accepted")
	}
}

// TestLettersThatLoseMail keeps SHUTDOWN and DISCARD out of every answer.
func TestLettersThatLoseMail(t *testing.T) {
	o := options{version: ourVersion, actions: 0xffffffff, protocol: 0xffffffff}
	for k := kind(-1); k <= reject+1; k++ {
		for _, text := range []string{"", "4", "d", "\x00\x00\x00\x01d"} {
			out := Reply{kind: k, text: text, code: 421, enhanced: "4.0.0"}.encode(o)
			for len(out) > 0 {
				if out[4] == '4' || out[4] == 'd' {
					t.Errorf("kind %d with %q sends %q", k, text, out[4])
				}
				if out[4] == respReplyCode && string(out[5:8]) == "421" {
					t.Error("421 makes Postfix close the connection")
				}
				out = out[4+binary.BigEndian.Uint32(out):]
			}
		}
	}
}

func TestManyRecipientsAndBytes(t *testing.T) {
	d := newDraft("")
	if err := d.mail([]byte("<a@b.example>\x00")); err != nil {
		t.Fatal(err)
	}
	for range maxRecipients + 1 {
		if err := d.rcpt([]byte("<c@d>\x00")); err != nil {
			t.Fatal(err)
		}
	}
	if !d.tooBig || d.to != nil {
		t.Error("recipients without end")
	}
	d = newDraft("")
	for range 5 {
		if err := d.rcpt(append(bytes.Repeat([]byte("x"), maxEnvelope/4), 0)); err != nil {
			t.Fatal(err)
		}
	}
	if !d.tooBig {
		t.Error("envelope without end")
	}
}
