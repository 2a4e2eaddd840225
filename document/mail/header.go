package mail

import (
	"bytes"
	"net/textproto"
	"strings"

	"brevvagt/internal/prose"
)

// Limits of one walk over one mail. Each one reached is a gap; what lies beyond
// it is read as plain text as far as the walk gets.
const (
	maxHeaderBytes = 16 << 20 // over all headers
	maxFields      = 100_000  // header lines over all headers
	maxParts       = 50_000   // parts, empty ones included
	maxBoundary    = 1000     // bytes of one boundary line
)

// field is one header line, unfolded but not decoded. A junk line, which is no
// header at all, has no name: it is kept as text.
type field struct {
	name  string // as written
	value []byte
}

type header []field

// get returns the first value of a field, undecoded.
func (h header) get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.name, name) {
			return string(f.value)
		}
	}
	return ""
}

// all returns every value of a field: a mail may say twice what it is.
func (h header) all(name string) []string {
	var values []string
	for _, f := range h {
		if strings.EqualFold(f.name, name) {
			values = append(values, string(f.value))
		}
	}
	return values
}

// nextLine gives the end of the line at pos without its line end, and where the
// next one begins. CRLF, LF and a bare CR all end a line.
func nextLine(data []byte, pos int) (end, next int) {
	for i := pos; i < len(data); i++ {
		switch data[i] {
		case '\n':
			return i, i + 1
		case '\r':
			if i+1 < len(data) && data[i+1] == '\n' {
				return i, i + 2
			}
			return i, i + 1
		}
	}
	return len(data), len(data)
}

// fieldName is the length of the header name at the beginning of line, or 0.
// Names with 8-bit letters and blanks before the colon occur and are taken.
func fieldName(line []byte) int {
	n := 0
	for n < len(line) && n < 200 && line[n] > ' ' && line[n] != ':' && line[n] != 0x7f {
		n++
	}
	if n == 0 || n == len(line) {
		return 0
	}
	for i := n; i < len(line) && i < n+8; i++ {
		switch line[i] {
		case ':':
			return n
		case ' ', '\t':
		default:
			return 0
		}
	}
	return 0
}

func blank(line []byte) bool { return len(bytes.TrimSpace(line)) == 0 }

func continues(line []byte) bool {
	return len(line) > 0 && (line[0] == ' ' || line[0] == '\t') && !blank(line)
}

// header reads the header that begins at pos and returns where the body does. A
// line that is no header is junk if more header follows, else the body's first.
func (w *walker) header(pos int) (header, int) {
	var h header
	start := pos
	for pos < len(w.data) {
		if pos-start > maxHeaderBytes-w.headerBytes || w.fields >= maxFields {
			w.headerCut = true
			break
		}
		end, next := nextLine(w.data, pos)
		line := w.data[pos:end]
		if _, _, ok := w.delimiter(pos); ok {
			break
		}
		if blank(line) {
			if len(line) > 0 && w.moreHeader(next, 1) {
				pos = next // a line of blanks inside the header
				continue
			}
			pos = next
			break
		}
		n := fieldName(line)
		switch {
		case continues(line) && len(h) > 0:
			last := &h[len(h)-1]
			last.value = append(last.value, line...)
		case n > 0:
			value := bytes.TrimLeft(line[n:], " \t")
			h = append(h, field{string(line[:n]), bytes.Clone(bytes.TrimSpace(value[1:]))})
			w.fields++
		case pos == 0 && bytes.HasPrefix(line, []byte("From ")):
			h = append(h, field{"", bytes.Clone(line)}) // mbox
		case w.moreHeader(next, 3):
			h = append(h, field{"", bytes.Clone(line)})
			w.fields++
			w.anomalies++
		default:
			if len(h) > 0 {
				w.anomalies++ // no blank line between header and body
			}
			w.headerBytes += pos - start
			return h, pos
		}
		pos = next
	}
	w.headerBytes += pos - start
	return h, pos
}

// moreHeader reports whether a header line stands within the next few lines,
// before a blank one.
func (w *walker) moreHeader(pos, lines int) bool {
	for ; lines > 0 && pos < len(w.data); lines-- {
		window := w.data[pos:min(len(w.data), pos+maxBoundary)]
		end, next := nextLine(window, 0)
		line := window[:end]
		if blank(line) || bytes.HasPrefix(line, []byte("--")) {
			return false
		}
		if fieldName(line) > 0 {
			return true
		}
		pos += next
	}
	return false
}

// decoded gives a header value as a person reads it.
func decoded(value string) string {
	value = strings.ReplaceAll(value, "\x00", "")
	if strings.Contains(value, "=?") {
		value = decodeWords(value)
	}
	return strings.TrimSpace(prose.Decode([]byte(value), ""))
}

// canonical is the key of Envelope.Header.
func canonical(name string) string {
	return textproto.CanonicalMIMEHeaderKey(prose.Decode([]byte(name), ""))
}

// machineHeaders are written by programs for programs: routes, signatures,
// tokens. They hold digits without end and nothing that a person wrote.
func machineHeader(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "received", "return-path", "message-id", "in-reply-to", "references", "date",
		"mime-version", "content-type", "content-transfer-encoding", "content-id",
		"content-length", "content-language", "content-disposition", "content-description",
		"authentication-results", "received-spf", "domainkey-signature", "thread-index",
		"delivered-to", "autocrypt", "openpgp", "content-md5", "lines", "x-mailer", "user-agent":
		return true
	}
	for _, prefix := range []string{"dkim-", "arc-", "x-ms-", "x-microsoft-", "x-google-", "x-gm-",
		"x-forefront-", "x-spam-", "x-received", "x-originating", "list-", "x-dkim-", "x-eopattributed", "x-exchange-"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// mentionsCPR reports whether a machine's header speaks of a CPR number: then a
// person has filled it.
func mentionsCPR(value []byte) bool {
	for i := 0; i+3 <= len(value); i++ {
		if value[i]|0x20 == 'c' && value[i+1]|0x20 == 'p' && value[i+2]|0x20 == 'r' {
			return true
		}
	}
	return false
}

func digitCount(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}
