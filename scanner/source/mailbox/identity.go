package mailbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/mail"
	"strings"

	"brevvagt/scanner/source/mailbox/book"
)

// header is what is needed of a mail's header before anybody reads the mail.
type header struct {
	fields map[string]string // lower-case name → unfolded values, joined
	body   []byte
}

// maxHeader bounds the header, in bytes; what follows counts as body.
const maxHeader = 1 << 20

// identifying are the fields that make a mail the same mail. Others, such as
// Received, may be added when a server copies it.
func identifying() []string {
	return []string{"message-id", "date", "from", "to", "cc", "bcc", "resent-to", "resent-cc", "resent-bcc", "subject"}
}

// parseHeader reads a header leniently: a line that is none is passed over.
func parseHeader(content []byte) header {
	h := header{fields: make(map[string]string), body: content}
	name := ""
	for rest := content; len(content)-len(rest) < maxHeader; {
		line, after, more := bytes.Cut(rest, []byte("\n"))
		text := strings.TrimRight(string(line), "\r")
		if text == "" {
			h.body = after
			break
		}
		if text[0] == ' ' || text[0] == '\t' {
			if name != "" {
				h.fields[name] += " " + strings.TrimSpace(text)
			}
		} else if key, value, ok := strings.Cut(text, ":"); ok && len(key) < 80 {
			if name = strings.ToLower(strings.TrimSpace(key)); h.fields[name] != "" {
				h.fields[name] += ", "
			}
			h.fields[name] += strings.TrimSpace(value)
		}
		if !more {
			break
		}
		rest = after
	}
	return h
}

// identity names the mail by a keyed digest.
func (h header) identity(b *book.Book) string {
	sum := sha256.Sum256(h.body)
	parts := []string{hex.EncodeToString(sum[:])}
	for _, name := range identifying() {
		parts = append(parts, h.fields[name])
	}
	return b.Digest(parts...)
}

// recipients reports whether the header names any.
func (h header) recipients() bool {
	for _, name := range []string{"to", "cc", "bcc", "resent-to", "resent-cc", "resent-bcc"} {
		if strings.Contains(h.fields[name], "@") {
			return true
		}
	}
	return false
}

// redirected are the recipients of a mail that was sent on as it was (RFC 5322
// 3.6.6); its own To still names the first recipients.
func (h header) redirected() []string {
	var list []string
	for _, name := range []string{"resent-to", "resent-cc", "resent-bcc", "to", "cc", "bcc"} {
		list = append(list, addresses(h.fields[name])...)
	}
	if h.fields["resent-to"]+h.fields["resent-cc"]+h.fields["resent-bcc"] == "" {
		return nil
	}
	return list
}

func (h header) from() string {
	if list := addresses(h.fields["from"]); len(list) > 0 {
		return list[0]
	}
	return ""
}

func addresses(value string) []string {
	list, err := mail.ParseAddressList(value)
	if err != nil {
		return nil
	}
	var out []string
	for _, a := range list {
		out = append(out, a.Address)
	}
	return out
}

// standIn reports whether this is what Exchange gives in place of a mail that it
// could not convert: the mail itself was not seen.
func standIn(content []byte) bool {
	return len(content) < 64<<10 && bytes.Contains(content, []byte("Retrieval using the IMAP4 protocol failed for the following message"))
}
