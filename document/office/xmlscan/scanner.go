// Package xmlscan reads XML as a stream of starts, ends and texts, forgiving
// where office programs are, fast enough to read every part of a document, and
// bounded against hostile input.
//
// Names come without their prefix: transitional and strict OOXML differ only in
// the namespace, and a writer may choose any prefix. Entities that a document
// type definition declares are never expanded, so "billion laughs" stays small;
// that there is a definition at all is reported by HasDTD.
package xmlscan

import (
	"bytes"
	"errors"
	"io"
)

// Kind says what Next has found.
type Kind uint8

// The kinds. Note is a comment or processing instruction: invisible, but text.
const (
	EOF Kind = iota
	Start
	End
	Text
	Note
)

const (
	chunk    = 32 << 10
	maxToken = 8 << 20 // one tag, comment or CDATA section, in bytes
	maxDepth = 4096    // open elements
	maxNames = 4096    // distinct names kept
)

// Errors of a scan. What was read before stays valid.
var (
	ErrToken = errors.New("markup longer than 8 MB")
	ErrDepth = errors.New("more than 4096 open elements")
)

// Scanner is a pull reader over one XML text. Not safe for several goroutines.
type Scanner struct {
	r        io.Reader
	buf      []byte
	pos, end int
	eof      bool
	err      error

	name    string
	attrs   []byte // raw attribute text of the latest start
	text    []byte
	scratch []byte
	stack   []string
	closing bool // the latest start was an empty element: its end is due
	names   map[string]string
	recent  [256]string
	damaged bool
	dtd     bool
}

// New reads XML from r in the encoding that its mark or declaration tells;
// UTF-8 without either.
func New(r io.Reader) *Scanner {
	return &Scanner{r: decoded(r), buf: make([]byte, chunk), names: map[string]string{}}
}

// Name is the local name of the latest start or end.
func (s *Scanner) Name() string { return s.name }

// Text is the decoded content of the latest text or note, valid until Next.
func (s *Scanner) Text() []byte { return s.text }

// Depth is the number of open elements.
func (s *Scanner) Depth() int { return len(s.stack) }

// HasDTD tells that the text declares a document type.
func (s *Scanner) HasDTD() bool { return s.dtd }

// Damaged tells that tags did not match or the text ended early.
func (s *Scanner) Damaged() bool { return s.damaged }

// Err is the error that ended the scan, nil at a plain end.
func (s *Scanner) Err() error {
	if s.err == io.EOF {
		return nil
	}
	return s.err
}

// Next moves to the next event; EOF means the end or an error, see Err.
func (s *Scanner) Next() Kind {
	if s.closing {
		s.closing = false
		s.stack = s.stack[:len(s.stack)-1]
		return End
	}
	for s.err == nil {
		if s.pos == s.end && !s.fill() {
			break
		}
		if s.buf[s.pos] != '<' {
			s.characters()
			if len(s.text) > 0 {
				return Text
			}
			continue
		}
		if k := s.markup(); k != EOF {
			return k
		}
	}
	if len(s.stack) > 0 {
		s.damaged = true
	}
	return EOF
}

// fill reads more, moving what is left to the front and growing the buffer when
// one token fills it. It reports whether there are bytes it did not have.
func (s *Scanner) fill() bool {
	if s.eof || s.err != nil {
		return false
	}
	if s.pos > 0 {
		copy(s.buf, s.buf[s.pos:s.end])
		s.end -= s.pos
		s.pos = 0
	}
	if s.end == len(s.buf) {
		if len(s.buf) >= maxToken {
			s.err = ErrToken
			return false
		}
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	for range 100 {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		if err == io.EOF {
			s.eof = true
		} else if err != nil {
			s.err = err
		}
		if n > 0 {
			return true
		}
		if err != nil {
			return false
		}
	}
	s.err = io.ErrNoProgress
	return false
}

// characters takes text up to the next tag or the end of the buffer.
func (s *Scanner) characters() {
	b := s.buf[s.pos:s.end]
	n := bytes.IndexByte(b, '<')
	if n < 0 {
		n = len(b)
		// An entity cut by the buffer's end waits for the rest.
		if i := bytes.LastIndexByte(b, '&'); i >= 0 && n-i < 16 && bytes.IndexByte(b[i:], ';') < 0 && !s.eof {
			if i > 0 {
				n = i
			} else if s.fill() {
				s.text = nil
				return
			}
		}
	}
	b = s.buf[s.pos : s.pos+n]
	s.pos += n
	s.text = s.unescape(b)
}

// find returns the offset of mark at or after from, counted from pos.
func (s *Scanner) find(from int, mark string) int {
	for {
		b := s.buf[s.pos:s.end]
		if from <= len(b) {
			if i := bytes.Index(b[from:], []byte(mark)); i >= 0 {
				return from + i
			}
		}
		from = max(from, len(b)-len(mark)+1)
		if !s.fill() {
			return -1
		}
	}
}

func (s *Scanner) has(prefix string) bool {
	for s.end-s.pos < len(prefix) {
		if !s.fill() {
			return false
		}
	}
	return string(s.buf[s.pos:s.pos+len(prefix)]) == prefix
}

func (s *Scanner) markup() Kind {
	for s.end-s.pos < 2 {
		if !s.fill() {
			s.damaged = true
			s.pos = s.end
			return EOF
		}
	}
	switch s.buf[s.pos+1] {
	case '/':
		return s.endTag()
	case '?':
		return s.section("<?", "?>", Note)
	case '!':
		switch {
		case s.has("<!--"):
			return s.section("<!--", "-->", Note)
		case s.has("<![CDATA["):
			return s.section("<![CDATA[", "]]>", Text)
		}
		return s.doctype()
	}
	return s.startTag()
}

func (s *Scanner) section(open, shut string, k Kind) Kind {
	end := s.find(len(open), shut)
	if end < 0 {
		s.damaged = true
		s.text = s.buf[min(s.pos+len(open), s.end):s.end]
		s.pos = s.end
		return k
	}
	s.text = s.buf[s.pos+len(open) : s.pos+end]
	s.pos += end + len(shut)
	if len(s.text) == 0 || open == "<?" && bytes.HasPrefix(s.text, []byte("xml")) {
		return EOF
	}
	return k
}

// doctype skips a document type definition, its internal subset included.
func (s *Scanner) doctype() Kind {
	s.dtd = true
	depth, quote := 0, byte(0)
	for i := 1; ; i++ {
		for s.pos+i >= s.end {
			if !s.fill() {
				s.damaged = true
				s.pos = s.end
				return EOF
			}
		}
		c := s.buf[s.pos+i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '[' || c == '<':
			depth++
		case c == ']':
			depth--
		case c == '>':
			if depth <= 0 {
				s.pos += i + 1
				return EOF
			}
			depth--
		}
	}
}

func (s *Scanner) endTag() Kind {
	end := s.find(2, ">")
	if end < 0 {
		s.damaged = true
		s.pos = s.end
		return EOF
	}
	s.name = s.intern(bytes.TrimSpace(s.buf[s.pos+2 : s.pos+end]))
	s.pos += end + 1
	if n := len(s.stack); n == 0 || s.stack[n-1] != s.name {
		s.damaged = true
		// A stray end is dropped; one that closes an outer element closes it now.
		for i := n - 1; i >= max(0, n-16); i-- {
			if s.stack[i] == s.name {
				s.stack = s.stack[:i]
				return End
			}
		}
		return EOF
	}
	s.stack = s.stack[:len(s.stack)-1]
	return End
}

func (s *Scanner) startTag() Kind {
	i, quote := 1, byte(0)
	for {
		for s.pos+i >= s.end {
			if !s.fill() {
				s.damaged = true
				s.pos = s.end
				return EOF
			}
		}
		c := s.buf[s.pos+i]
		if quote != 0 {
			if c == quote {
				quote = 0
			}
		} else if c == '>' {
			break
		} else if c == '"' || c == '\'' {
			quote = c
		}
		i++
	}
	tag := s.buf[s.pos+1 : s.pos+i]
	s.pos += i + 1
	if n := len(tag); n > 0 && tag[n-1] == '/' {
		tag = tag[:n-1]
		s.closing = true
	}
	cut := 0
	for cut < len(tag) && !space(tag[cut]) {
		cut++
	}
	s.name, s.attrs = s.intern(tag[:cut]), tag[cut:]
	if len(s.stack) >= maxDepth {
		s.closing, s.err = false, ErrDepth
		return EOF
	}
	s.stack = append(s.stack, s.name)
	return Start
}

// intern cuts the prefix off a name and returns the one copy of the rest.
func (s *Scanner) intern(b []byte) string {
	if i := bytes.IndexByte(b, ':'); i >= 0 {
		b = b[i+1:]
	}
	slot := &s.recent[0]
	if n := len(b); n > 0 {
		// Few names make up nearly all of a document: looking them up by length
		// and edges is cheaper than by a hash over the whole name.
		slot = &s.recent[(uint(b[0])*7+uint(b[n/2])*3+uint(b[n-1])+uint(n)*31)%uint(len(s.recent))]
		if *slot == string(b) {
			return *slot
		}
	}
	if n, ok := s.names[string(b)]; ok {
		*slot = n
		return n
	}
	n := string(b[:min(len(b), 256)])
	if len(s.names) < maxNames {
		s.names[n] = n
	}
	return n
}

func space(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
