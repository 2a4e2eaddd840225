package milter

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const offer = "O\x00\x00\x00\x06\x00\x00\x01\xff\x00\x1f\xff\xff"

// wire is a mail server that sends packets as it likes.
type wire struct {
	t  *testing.T
	nc net.Conn
	in *bufio.Reader
}

// served is a server on a Unix socket that keeps what its handler saw.
func served(t *testing.T, l Limits) (dial func() *wire, seen *[]*Message) {
	t.Helper()
	seen = &[]*Message{}
	s := &Server{Limits: l, LargeDir: t.TempDir(), Handler: HandlerFunc(func(_ context.Context, m *Message) Reply {
		if m.File != nil { // it is closed once the handler has returned
			r, err := m.File.Reader()
			if err != nil {
				t.Error(err)
			}
			m.content, _ = io.ReadAll(r)
		}
		*seen = append(*seen, m)
		return Accept()
	})}
	sock := filepath.Join(t.TempDir(), "m.sock")
	ln, err := Listen("unix:"+sock, 0o600, "")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.Serve(ln) }()
	t.Cleanup(func() { _ = s.Close() })
	return func() *wire {
		nc, err := net.Dial("unix", sock)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = nc.Close() })
		_ = nc.SetDeadline(time.Now().Add(time.Minute))
		return &wire{t: t, nc: nc, in: bufio.NewReader(nc)}
	}, seen
}

func (w *wire) send(list ...string) { _, _ = w.nc.Write(packets(list...)) }

// answer is the letter of the next packet, 0 when the connection ended.
func (w *wire) answer() byte {
	cmd, _, _, err := readPacket(w.in, nil)
	if err != nil {
		return 0
	}
	return cmd
}

func (w *wire) want(letter byte) {
	w.t.Helper()
	if got := w.answer(); got != letter {
		w.t.Errorf("answer %q, want %q", got, letter)
	}
}

// mail is one message without any macro.
func (w *wire) mail(body ...string) {
	list := []string{"M<a@kommune.example>\x00", "R<b@firma.example>\x00", "LSubject\x00 x\x00", "N"}
	for _, b := range body {
		list = append(list, "B"+b)
	}
	w.send(append(list, "E")...)
}

// TestWithoutMacros: a server that sends no macro at all, not even the queue id.
func TestWithoutMacros(t *testing.T) {
	dial, seen := served(t, Limits{})
	w := dial()
	w.send(offer)
	w.want('O')
	w.mail("x")
	w.want('a')
	if m := (*seen)[0]; m.QueueID != "" || m.Macro("j") != "" || m.From != "a@kommune.example" || len(m.To) != 1 {
		t.Errorf("%+v", m)
	}
}

// TestManyMessages: a thousand mails on one connection, none with anything of another.
func TestManyMessages(t *testing.T) {
	dial, seen := served(t, Limits{})
	w := dial()
	w.send(offer)
	w.want('O')
	for i := range 1000 {
		n := fmt.Sprint(i)
		if i%3 == 0 { // begun and given up, with a body
			w.send("DMi\x00GIVEN"+n+"\x00", "M<given-up@kommune.example>\x00", "R<given-up@firma.example>\x00", "LX-Given\x00up\x00", "N", "Bgiven up", "A", "A")
		}
		w.send("DMi\x00ID"+n+"\x00", "M<a"+n+"@kommune.example>\x00", "R<b"+n+"@firma.example>\x00", "LX-N\x00"+n+"\x00", "N", "Bbody "+n, "E")
		w.want('a')
		m := (*seen)[i]
		if m.QueueID != "ID"+n || m.From != "a"+n+"@kommune.example" || len(m.To) != 1 || m.To[0].Address != "b"+n+"@firma.example" ||
			string(m.Content()) != "X-N:"+n+"\r\n\r\nbody "+n {
			t.Fatalf("mail %d: %+v %q", i, m, m.Content())
		}
	}
}

// TestHostileLengths: the connection ends, the server goes on, and no mail is judged.
func TestHostileLengths(t *testing.T) {
	dial, seen := served(t, Limits{ReadTimeout: 200 * time.Millisecond})
	for name, raw := range map[string][]byte{
		"zero":            {0, 0, 0, 0},
		"all ones":        {0xff, 0xff, 0xff, 0xff, 'B'},
		"over the cap":    {0, 0x10, 0, 1, 'B'},
		"more than comes": append(binary.BigEndian.AppendUint32(nil, 1000), "Bshort"...),
		"a header":        packets("LSubject"),
		"a sender":        packets("M<a@b.example>"),
		"no sender":       packets("M"),
		"a connection":    packets("Cx\x00"),
		"a port":          packets("Cx\x004\x00"),
		"macros":          packets("DMi"),
		"no stage":        packets("D"),
		"too many words":  packets("M" + strings.Repeat("x\x00", 2000)),
		"unheard of":      packets("Z"),
		"an old offer":    packets("O\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00"),
		"half an offer":   packets("O\x00\x00"),
		"a late header":   packets("M<a@b.example>\x00", "R<c@d.example>\x00", "N", "Bx", "LSubject\x00late\x00", "E"),
	} {
		w := dial()
		if name != "an old offer" && name != "half an offer" {
			w.send(offer)
			w.want('O')
		}
		_, _ = w.nc.Write(raw)
		if got := w.answer(); got != 0 {
			t.Errorf("%s: answer %q", name, got)
		}
	}
	if len(*seen) != 0 {
		t.Errorf("%d mails were judged", len(*seen))
	}
	w := dial()
	w.send(offer)
	w.want('O')
	w.mail("x")
	w.want('a')
}

// TestBodyOverLimits: more than may be is answered as too big however it is cut, what
// comes after is judged, and large mails arrive whole.
func TestBodyOverLimits(t *testing.T) {
	const limit = 3 << 20
	dial, seen := served(t, Limits{MaxBytes: limit})
	w := dial()
	w.send(offer)
	w.want('O')
	chunk := strings.Repeat("x", 65535)
	for range 2 {
		w.mail(func() []string {
			var all []string
			for range limit/len(chunk) + 2 {
				all = append(all, chunk)
			}
			return all
		}()...)
		if got := w.answer(); got == 'a' || got == 0 {
			t.Errorf("answer %q to a mail that is too big", got)
		}
		for w.in.Buffered() > 0 { // a reply and a reason are two packets
			w.answer()
		}
		if len(*seen) > 0 {
			t.Fatal("half a mail was judged")
		}
	}
	big := strings.Repeat("y", 1<<20-1)
	w.mail(big, big, "z")
	w.want('a')
	if want := "Subject: x\r\n\r\n" + big + big + "z"; len(*seen) != 1 || !bytes.Equal((*seen)[0].Content(), []byte(want)) {
		t.Errorf("%d mails", len(*seen))
	}
}

// TestCutWithinAMail: a mail server that goes away in the middle has handed in nothing.
func TestCutWithinAMail(t *testing.T) {
	dial, seen := served(t, Limits{})
	for _, list := range [][]string{
		{"M<a@b.example>\x00"}, {"M<a@b.example>\x00", "R<c@d.example>\x00", "N", "Bx"},
		{"M<a@b.example>\x00", "R<c@d.example>\x00", "N", "Bx", "Q"}, {"M<a@b.example>\x00", "N", "Bx", "K"},
	} {
		w := dial()
		w.send(offer)
		w.want('O')
		w.send(list...)
		_ = w.nc.(*net.UnixConn).CloseWrite()
		if got := w.answer(); got != 0 {
			t.Errorf("%q: answer %q", list, got)
		}
	}
	w := dial()
	w.send(offer)
	w.want('O')
	w.send("E") // the end of no mail
	if got := w.answer(); got != 't' && got != 'y' {
		t.Errorf("answer %q to the end of no mail", got)
	}
	if len(*seen) != 0 {
		t.Errorf("%d mails were judged", len(*seen))
	}
}
