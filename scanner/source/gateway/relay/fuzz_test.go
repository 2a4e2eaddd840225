package relay

import (
	"bufio"
	"bytes"
	"net"
	"strings"
	"testing"
	"time"
)

// fixed is a connection that says what it was given and then ends.
type fixed struct {
	net.Conn
	in *bytes.Reader
}

func (f fixed) Read(p []byte) (int, error) { return f.in.Read(p) }
func (fixed) Write(p []byte) (int, error)  { return len(p), nil }
func (fixed) SetDeadline(time.Time) error  { return nil }
func (fixed) Close() error                 { return nil }

// FuzzAnswer feeds a whole conversation of a next hop: no panic, and no answer
// that holds a line end.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte("220 hej\r\n250-hej\r\n250 DSN\r\n250 ok\r\n550-5.1.1 no\r\n550 5.1.1 no\r\n"))
	f.Add([]byte("220 hej\r\n500 what\r\n250 ok\r\n250\r\n354 go\r\n250 2.0.0 queued\r\n"))
	f.Add([]byte("220-\n220-\r\n"))
	f.Add([]byte("421 4.3.2 down\r\n"))
	f.Add([]byte(strings.Repeat("250-x\r\n", 200)))
	f.Fuzz(func(t *testing.T, in []byte) {
		c := newConn(fixed{in: bytes.NewReader(in)}, time.Second, time.Second)
		h := &Hop{Addr: "x:25", TLS: None}
		if c.hello(h) != nil || c.Mail(Envelope{From: "a@b.example"}) != nil || c.Rcpt(Recipient{Address: "c@d.example"}) != nil {
			return
		}
		results, err := c.Data(strings.NewReader("x"))
		for _, r := range results {
			if strings.ContainsAny(r.Answer, "\r\n") {
				t.Errorf("answer %q", r.Answer)
			}
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("error %q", err)
		}
	})
}

// FuzzDots splits content at any place: what a receiver takes off is what was sent,
// and no line is a lone dot.
func FuzzDots(f *testing.F) {
	f.Add([]byte(".\r\n..\r\na\n.\nb\r.\r\n"), 3)
	f.Add([]byte("\r\n.\r\n"), 2)
	f.Add([]byte("x\r"), 1)
	f.Fuzz(func(t *testing.T, in []byte, at int) {
		var out bytes.Buffer
		w := bufio.NewWriter(&out)
		d := dotWriter{out: w, atStart: true, ended: true}
		if at < 0 || at > len(in) {
			at = len(in) / 2
		}
		for _, part := range [][]byte{in[:at], in[at:]} {
			if err := d.write(part); err != nil {
				t.Fatal(err)
			}
		}
		_ = w.Flush()
		for _, line := range bytes.FieldsFunc(out.Bytes(), func(r rune) bool { return r == '\r' || r == '\n' }) {
			if string(line) == "." {
				t.Fatalf("%q gives a lone dot in %q", in, out.Bytes())
			}
		}
		back := make([]byte, 0, len(in))
		start := true
		for _, b := range out.Bytes() {
			if b == '.' && start {
				start = false
				continue
			}
			back = append(back, b)
			start = b == '\r' || b == '\n'
		}
		if !bytes.Equal(back, in) {
			t.Fatalf("%q came back as %q", in, back)
		}
	})
}
