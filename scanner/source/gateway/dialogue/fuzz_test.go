package dialogue

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"brevvagt/internal/crowd"
)

// keeper takes every mail and keeps what came.
type keeper struct {
	mails  [][]byte
	rcpts  []string
	opened int // mails begun and not reset
}

func (k *keeper) Mail(m Mail) error {
	k.opened++
	return nil
}

func (k *keeper) Rcpt(r Recipient) error {
	k.rcpts = append(k.rcpts, r.Address)
	return nil
}

func (k *keeper) Data(r io.Reader) []error {
	all, err := io.ReadAll(r)
	if err == nil {
		k.mails = append(k.mails, all)
	}
	return []error{err}
}

func (k *keeper) Reset() { k.opened = 0 }
func (k *keeper) Close() {}

// scripted is a client that has said all it will say.
type scripted struct {
	net.Conn
	in    []byte
	piece int
	out   bytes.Buffer
	armed bool // the next write has a deadline
}

func (c *scripted) Read(p []byte) (int, error) {
	if len(c.in) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), c.piece)], c.in)
	c.in = c.in[n:]
	return n, nil
}

func (c *scripted) Write(p []byte) (int, error) {
	if !c.armed {
		return 0, errors.New("a write that may hang for ever")
	}
	c.armed = false
	return c.out.Write(p)
}

func (c *scripted) SetReadDeadline(time.Time) error    { return nil }
func (c *scripted) SetWriteDeadline(t time.Time) error { c.armed = time.Until(t) > 0; return nil }
func (c *scripted) Close() error                       { return nil }

// TestManyAnswers: answers that fill the buffer before the client is heard again.
func TestManyAnswers(t *testing.T) {
	_, answers := run([]byte("EHLO x\r\n"+strings.Repeat("NOOP\r\n", 4000)+"QUIT\r\n"), 32<<10, false)
	if n := strings.Count(answers, "250 2.0.0 OK\r\n"); n != 4000 || !strings.HasSuffix(answers, "221 2.0.0 Bye\r\n") {
		t.Errorf("%d answers", n)
	}
}

// run gives a server these bytes, in pieces of the given size, and returns its answers.
func run(in []byte, piece int, lmtp bool) (*keeper, string) {
	k := &keeper{}
	s := &Server{Domain: "mx.example", LMTP: lmtp, MaxBytes: 100_000, MaxRecipients: 10, MaxConns: 1, Idle: time.Minute, DataTime: time.Minute,
		Begin: func(*Client) (Session, error) { return k, nil }}
	s.Panicked = func(kind, stack string) { panic(kind + "\n" + stack) } // the test fails
	c := &scripted{in: in, piece: piece}
	at, _ := crowd.New(1, crowd.Network).Enter(nil, nil)
	newConn(s, c, at).serve()
	return k, c.out.String()
}

// FuzzDialogue: whatever comes, the server ends, answers in lines, and what it took
// for an address can be written in one.
func FuzzDialogue(f *testing.F) {
	mail := "MAIL FROM:<a@b.example>\r\nRCPT TO:<\"x y\"@c.example> NOTIFY=NEVER\r\n"
	for _, text := range []string{
		"EHLO x\r\n" + mail + "DATA\r\n..\r\nx\n.\r\n\r\n.\r\nQUIT\r\n",
		"EHLO x\r\n" + mail + "BDAT 3\r\nabcNOOP\r\nBDAT 2 LAST\r\nde" + mail + "BDAT 1\r\nxRSET\r\nBDAT 9",
		"LHLO x\r\n" + mail + mail + "DATA\r\n\r\r\n.\r\n",
		"helo x\nMAIL FROM:<@r.example:postmaster> SIZE=1 BODY=8bitmime\nSTARTTLS\nAUTH PLAIN =\n\x00\n",
	} {
		f.Add([]byte(text), 7, strings.HasPrefix(text, "LHLO"))
	}
	f.Fuzz(func(t *testing.T, in []byte, piece int, lmtp bool) {
		k, answers := run(in, max(piece, 1), lmtp)
		for _, line := range strings.Split(strings.TrimSuffix(answers, "\r\n"), "\r\n") {
			if len(line) < 4 || line[0] < '2' || line[0] > '5' || strings.ContainsAny(line, "\r\n\x00") {
				t.Fatalf("answer %q", line)
			}
		}
		for _, a := range k.rcpts {
			if again, rest, err := path("<"+a+">", false); again != a || rest != "" || err != nil {
				t.Errorf("address %q reads as %q, %q, %v", a, again, rest, err)
			}
		}
	})
}

// FuzzContent: content comes through DATA and BDAT as it was, wherever the network
// cuts it, and never a byte of what follows.
func FuzzContent(f *testing.F) {
	f.Add([]byte(".\r\n..\r\nx\r\r\n.\n.\r.\r\n"), 3)
	f.Add([]byte("\r\n.\r\n"), 1)
	f.Add(bytes.Repeat([]byte("x"), 33<<10), 4096)
	f.Add(append(bytes.Repeat([]byte("x"), 32<<10-1), "\r\n.\r\nQUIT\r\n"...), 5000)
	f.Fuzz(func(t *testing.T, content []byte, piece int) {
		if len(content) > 50_000 {
			return
		}
		content = append(content, "\r\n"...)
		begin := "MAIL FROM:<a@b.example>\r\nRCPT TO:<b@c.example>\r\n"
		var in bytes.Buffer
		in.WriteString("EHLO x\r\n" + begin + "DATA\r\n")
		in.Write(bytes.ReplaceAll(append([]byte("\r\n"), content...), []byte("\r\n."), []byte("\r\n.."))[2:])
		in.WriteString(".\r\n" + begin)
		half := len(content) / 2
		for i, part := range [][]byte{content[:half], content[half:]} {
			in.WriteString("BDAT " + []string{"", "0"}[i] + strconv.Itoa(len(part)) + []string{"", " LAST"}[i] + "\r\n")
			in.Write(part)
		}
		in.WriteString("MAIL FROM:<after@b.example>\r\nQUIT\r\n")
		k, answers := run(in.Bytes(), max(piece, 1), false)
		if len(k.mails) != 2 || !bytes.Equal(k.mails[0], content) || !bytes.Equal(k.mails[1], content) || !strings.HasSuffix(answers, "250 2.1.0 OK\r\n221 2.0.0 Bye\r\n") {
			t.Errorf("%d mails of %q, %s", len(k.mails), content, answers)
		}
	})
}
