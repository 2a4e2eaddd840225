package smtpin

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"brevvagt/internal/bigfile"
	"brevvagt/scanner/source/gateway/dialogue"
)

// content is a mail as it came: in memory, or in a file when it is large.
type content struct {
	bytes []byte // the beginning of a large one
	file  *bigfile.File
}

// largeBytes is the size from which a mail is kept on disk while it is here.
const largeBytes = 1 << 20

// read takes in the whole content.
func (s *session) read(r io.Reader) (content, error) {
	c, err := s.take(r)
	if err == nil {
		return c, nil
	}
	c.close()
	switch {
	case errors.Is(err, dialogue.ErrTooBig):
		return content{}, dialogue.ErrTooBig
	case errors.Is(err, errKeep):
		s.srv.Log.Error("smtp lane: a large mail cannot be kept", "error", err)
		return content{}, refuse(452, "4.3.1", "Der er ikke plads til mailen lige nu.")
	}
	return content{}, refuse(451, "4.4.2", "Overfoerslen blev afbrudt.")
}

// errKeep is about our disk, not about the client.
var errKeep = errors.New("cannot keep a large mail")

func (s *session) take(r io.Reader) (content, error) {
	dir := s.srv.Config.LargeDir
	if dir == "" {
		var b bytes.Buffer
		_, err := b.ReadFrom(r)
		return content{bytes: b.Bytes()}, err
	}
	var b bytes.Buffer
	_, err := io.CopyN(&b, r, largeBytes)
	c := content{bytes: b.Bytes()}
	if errors.Is(err, io.EOF) {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	if c.file, err = bigfile.Create(dir); err != nil {
		return c, errors.Join(errKeep, err)
	}
	if _, err := c.file.Write(c.bytes); err != nil {
		return c, errors.Join(errKeep, err)
	}
	w := &keeping{to: c.file}
	if _, err := io.Copy(w, r); err != nil {
		if w.failed {
			err = errors.Join(errKeep, err)
		}
		return c, err
	}
	return c, nil
}

// keeping tells a failure to write from one to read.
type keeping struct {
	to     io.Writer
	failed bool
}

func (k *keeping) Write(p []byte) (int, error) {
	n, err := k.to.Write(p)
	k.failed = k.failed || err != nil
	return n, err
}

func (c content) size() int64 {
	if c.file != nil {
		return c.file.Size()
	}
	return int64(len(c.bytes))
}

// reader reads it from the beginning.
func (c content) reader() (io.Reader, error) {
	if c.file != nil {
		return c.file.Reader()
	}
	return bytes.NewReader(c.bytes), nil
}

// kept can be read until done, also after close.
func (c content) kept() (open opener, done func(), err error) {
	if c.file == nil {
		return c.reader, func() {}, nil
	}
	raw, done, err := c.file.Map()
	return func() (io.Reader, error) { return bytes.NewReader(raw), nil }, done, err
}

func (c content) close() {
	if c.file != nil {
		_ = c.file.Close() // it has no name, so nothing is left
	}
}

// hasMessageID looks at the header.
func hasMessageID(content []byte) bool {
	head := bytes.ToLower(content[:headEnd(content)])
	return bytes.HasPrefix(head, []byte("message-id:")) || bytes.Contains(head, []byte("\nmessage-id:"))
}

// hops counts the Received headers.
func hops(content []byte) int {
	n := 0
	for len(content) > 0 {
		line, rest, _ := bytes.Cut(content, []byte("\n"))
		if len(bytes.TrimRight(line, "\r")) == 0 {
			break
		}
		if len(line) >= 9 && strings.EqualFold(string(line[:9]), "received:") {
			n++
		}
		content = rest
	}
	return n
}
