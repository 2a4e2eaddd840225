package smtpin_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// hop is a next hop that notes every line of the dialogue as it came, and answers
// as a test wants it.
type hop struct {
	addr string
	// lax takes a bare CR and a bare LF for line ends, as some servers do.
	lax bool
	// lmtp speaks LMTP: an answer for each recipient at the end of the content.
	lmtp bool
	ext  []string
	// rcpt and final answer a recipient and the end of a mail; "" is a 250.
	rcpt, final func(to string) string
	// fault, when set, may answer a stage in its own way: text that is sent as it is,
	// and whether the connection ends then. ok is false where it does not.
	fault func(stage string) (text string, end, ok bool)

	open atomic.Int32 // connections

	mu    sync.Mutex
	mails []hopMail
	auth  []string // lines of AUTH and its answers
}

type hopMail struct {
	from string   // "<a@b> BODY=8BITMIME"
	to   []string // likewise, those accepted
	data []byte
}

func startHop(t *testing.T, h *hop) *hop {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	h.addr = l.Addr().String()
	go func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			go h.serve(nc)
		}
	}()
	return h
}

func (h *hop) took() []hopMail {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]hopMail(nil), h.mails...)
}

func answerOr(f func(string) string, to string) string {
	if f != nil {
		if a := f(to); a != "" {
			return a
		}
	}
	return "250 2.0.0 taken"
}

func (h *hop) serve(nc net.Conn) {
	h.open.Add(1)
	defer h.open.Add(-1)
	defer nc.Close()
	in := bufio.NewReaderSize(nc, 4<<20)
	stage, over := "greeting", false
	say := func(s string) {
		if h.fault != nil {
			if text, end, ok := h.fault(stage); ok {
				s, over = strings.TrimSuffix(text, "\r\n"), end
			}
			if stage = "more"; s == "" {
				_ = nc.Close()
				return
			}
		}
		_, _ = io.WriteString(nc, s+"\r\n")
	}
	say("220 hop.example")
	var m hopMail
	for !over {
		line, err := h.line(in)
		if err != nil {
			return
		}
		text := strings.TrimRight(string(line), "\r\n")
		verb, rest, _ := strings.Cut(text, " ")
		stage = strings.ToUpper(verb)
		switch strings.ToUpper(verb) {
		case "EHLO", "LHLO":
			if h.lmtp != strings.EqualFold(verb, "LHLO") {
				say("500 5.5.1 other protocol")
				continue
			}
			say("250-hop.example")
			for _, e := range h.ext {
				say("250-" + e)
			}
			say("250 ENHANCEDSTATUSCODES")
		case "AUTH":
			h.login(text, in, say)
		case "MAIL":
			m = hopMail{from: strings.TrimPrefix(rest, "FROM:")}
			say("250 2.1.0 ok")
		case "RCPT":
			to := strings.TrimPrefix(rest, "TO:")
			a := answerOr(h.rcpt, to)
			if a[0] == '2' {
				m.to = append(m.to, to)
			}
			say(a)
		case "RSET":
			m = hopMail{}
			say("250 2.0.0 ok")
		case "DATA":
			say("354 go")
			if m.data, err = h.content(in); err != nil || over {
				return
			}
			stage = "end"
			h.end(m, say)
			m = hopMail{}
		case "QUIT":
			say("221 2.0.0 bye")
			return
		default:
			say("500 5.5.2 what")
		}
	}
}

func (h *hop) login(text string, in *bufio.Reader, say func(string)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.auth = append(h.auth, text)
	if strings.HasPrefix(text, "AUTH LOGIN") {
		for range 2 {
			say("334 VXNlcm5hbWU6")
			line, _ := h.line(in)
			h.auth = append(h.auth, strings.TrimSpace(string(line)))
		}
	}
	say(answerOr(h.rcpt, "AUTH"))
}

func (h *hop) end(m hopMail, say func(string)) {
	answers, taken := []string{}, []string{}
	for _, to := range m.to {
		a := answerOr(h.final, to)
		if answers = append(answers, a); a[0] == '2' {
			taken = append(taken, to)
		}
	}
	if !h.lmtp {
		answers = answers[:1]
	}
	if len(taken) > 0 {
		m.to = taken
		h.mu.Lock()
		h.mails = append(h.mails, m)
		h.mu.Unlock()
	}
	say(strings.Join(answers, "\r\n"))
}

// line reads one line with its end.
func (h *hop) line(in *bufio.Reader) ([]byte, error) {
	if !h.lax {
		return in.ReadBytes('\n')
	}
	var line []byte
	for {
		b, err := in.ReadByte()
		if err != nil {
			return nil, err
		}
		line = append(line, b)
		if b == '\r' {
			if next, _ := in.Peek(1); bytes.Equal(next, []byte("\n")) {
				continue
			}
			return line, nil
		}
		if b == '\n' {
			return line, nil
		}
	}
}

// content reads up to the lone dot.
func (h *hop) content(in *bufio.Reader) ([]byte, error) {
	var all []byte
	strict := true // the line before ended with CRLF
	for {
		line, err := h.line(in)
		if err != nil {
			return nil, err
		}
		whole := strict || h.lax
		strict = bytes.HasSuffix(line, []byte("\r\n"))
		if whole && (string(line) == ".\r\n" || h.lax && strings.Trim(string(line), "\r\n") == ".") {
			return all, nil
		}
		if whole && line[0] == '.' {
			line = line[1:]
		}
		all = append(all, line...)
	}
}

// talk is a client that sends bytes and reads answers, whatever the protocol says.
type talk struct {
	t  *testing.T
	nc net.Conn
	in *bufio.Reader
}

func (k *talk) send(s string) { _, _ = io.WriteString(k.nc, s) }

// answer reads one answer: its code and its whole text, "" when the connection ended.
func (k *talk) answer() string {
	var all []string
	for {
		line, err := k.in.ReadString('\n')
		if err != nil {
			return strings.Join(all, "\n")
		}
		line = strings.TrimRight(line, "\r\n")
		all = append(all, line)
		if len(line) < 4 || line[3] != '-' {
			return strings.Join(all, "\n")
		}
	}
}

// say sends a line and wants an answer that begins so.
func (k *talk) say(line, want string) string {
	k.t.Helper()
	if line != "" {
		k.send(line + "\r\n")
	}
	got := k.answer()
	if !strings.HasPrefix(got, want) || got == "" && want != "" {
		k.t.Errorf("%.80q: %q, want %s", line, got, want)
	}
	return got
}

// begin has a transaction ready for its content.
func (k *talk) begin() {
	k.t.Helper()
	k.say("MAIL FROM:<a@kommune.example>", "250")
	k.say("RCPT TO:<b@firma.example>", "250")
}

// rest is what comes until the connection ends.
func (k *talk) rest() string {
	b, _ := io.ReadAll(k.in)
	return string(b)
}

func (m hopMail) String() string { return fmt.Sprintf("%s -> %v %.300q", m.from, m.to, m.data) }
