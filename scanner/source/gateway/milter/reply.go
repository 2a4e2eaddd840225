package milter

import (
	"encoding/binary"
	"regexp"
	"strconv"
	"strings"
)

type kind int

const (
	tempFail kind = iota // the zero Reply: nothing is known to be safe
	accept
	quarantine
	reject
)

// Reply is what becomes of a message. Its zero value is a temporary failure.
type Reply struct {
	kind     kind
	code     int
	enhanced string
	text     string
	headers  []field
	without  []string
}

type field struct{ name, value string }

// Accept lets the message go.
func Accept() Reply { return Reply{kind: accept} }

// Quarantine accepts the message and puts it in the server's own hold queue. A
// server that does not offer that gets a temporary failure instead.
func Quarantine(reason string) Reply { return Reply{kind: quarantine, text: reason} }

// TempFail answers 451 4.7.1 with text, or with the server's own text for "".
func TempFail(text string) Reply { return Reply{kind: tempFail, text: text} }

// Reject refuses the message. A code outside 500-599 becomes 550 and a malformed
// enhanced code 5.7.1.
func Reject(code int, enhanced, text string) Reply {
	return Reply{kind: reject, code: code, enhanced: enhanced, text: text}
}

// WithHeader adds a header on top of an accepted or quarantined message. A name
// that is not a legal header name is left out.
func (r Reply) WithHeader(name, value string) Reply {
	r.headers = append(r.headers[:len(r.headers):len(r.headers)], field{name, value})
	return r
}

// WithoutHeader takes the first header of that name out of an accepted or quarantined
// message, where the server offers that.
func (r Reply) WithoutHeader(name string) Reply {
	r.without = append(r.without[:len(r.without):len(r.without)], name)
	return r
}

// String names the reply for logs.
func (r Reply) String() string {
	switch r.kind {
	case accept:
		return "accept"
	case quarantine:
		return "quarantine"
	case reject:
		return "reject"
	default:
		return "tempfail"
	}
}

// maxText bounds a reply text on the wire: an SMTP reply line has 512 octets
// with code and line end (RFC 5321 4.5.3.1.5).
const maxText = 400

var (
	enhancedCode = regexp.MustCompile(`^5\.\d{1,3}\.\d{1,3}$`)
	headerName   = regexp.MustCompile(`^[!-9;-~]{1,200}$`)
)

// encode renders the reply for a peer that offered the given actions.
func (r Reply) encode(o options) []byte {
	if r.kind == quarantine && o.actions&actQuarantine == 0 {
		r = TempFail(r.text)
	}
	var out []byte
	if r.kind == accept || r.kind == quarantine {
		out = r.appendHeaders(out, o)
	}
	switch r.kind {
	case accept:
		return appendPacket(out, respAccept)
	case quarantine:
		out = appendPacket(out, respQuarantine, []byte(oneLine(r.text, "held")), []byte{0})
		return appendPacket(out, respAccept)
	case reject:
		code, enhanced := r.code, r.enhanced
		if code < 500 || code > 599 {
			code = 550
		}
		if !enhancedCode.MatchString(enhanced) {
			enhanced = "5.7.1"
		}
		return appendReply(out, code, enhanced, oneLine(r.text, "Command rejected"))
	}
	if r.text == "" {
		return appendPacket(out, respTempFail)
	}
	return appendReply(out, 451, "4.7.1", oneLine(r.text, "Try again later"))
}

func (r Reply) appendHeaders(out []byte, o options) []byte {
	for _, name := range r.without {
		if headerName.MatchString(name) && o.actions&actChangeHeaders != 0 {
			out = appendPacket(out, respChgHeader, binary.BigEndian.AppendUint32(nil, 1), []byte(name+"\x00\x00"))
		}
	}
	if o.actions&actAddHeaders == 0 {
		return out
	}
	for _, h := range r.headers {
		if !headerName.MatchString(h.name) {
			continue
		}
		value := printable(h.value)
		if o.protocol&protoLeadingSpace != 0 {
			value = " " + value
		}
		body := append([]byte(h.name+"\x00"+value), 0)
		if o.version < ourVersion {
			out = appendPacket(out, respAddHeader, body)
			continue
		}
		// On top, so that a signature below it stays valid.
		out = appendPacket(out, respInsHeader, binary.BigEndian.AppendUint32(nil, 0), body)
	}
	return out
}

// appendReply writes a numbered reply. The text's percent signs are doubled
// because the server hands it to a printf-like function.
func appendReply(out []byte, code int, enhanced, text string) []byte {
	text = strings.ReplaceAll(text, "%", "%%")
	for len(text) > maxText {
		cut := maxText
		for cut > 0 && text[cut-1] == '%' {
			cut-- // never half of a doubled sign
		}
		text = text[:cut]
	}
	return appendPacket(out, respReplyCode, []byte(strconv.Itoa(code)+" "+enhanced+" "+text), []byte{0})
}

// oneLine makes a text safe for a reply; an empty one becomes fallback.
func oneLine(s, fallback string) string {
	s = strings.TrimSpace(printable(s))
	if s == "" {
		s = fallback
	}
	if len(s) > maxText {
		s = s[:maxText]
	}
	return s
}

// danish is the customary spelling of Danish letters in ASCII.
func danish(r rune) string {
	switch r {
	case 'æ', 'ä':
		return "ae"
	case 'ø', 'ö':
		return "oe"
	case 'å':
		return "aa"
	case 'Æ', 'Ä':
		return "Ae"
	case 'Ø', 'Ö':
		return "Oe"
	case 'Å':
		return "Aa"
	case 'é', 'è', 'ê':
		return "e"
	case 'ü':
		return "u"
	case '–', '—', '−':
		return "-"
	case '«', '»', '“', '”', '„':
		return `"`
	case '‘', '’':
		return "'"
	case '…':
		return "..."
	}
	return "?"
}

// printable turns s into printable ASCII on one line: SMTP replies without
// SMTPUTF8 must be ASCII (RFC 6531 3.5), and a line end would forge a reply.
func printable(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < ' ' || r == 0x7f:
			b.WriteByte(' ')
		case r < 0x7f:
			b.WriteRune(r)
		default:
			b.WriteString(danish(r))
		}
	}
	return b.String()
}

// ASCII turns Danish text into the one-line ASCII form used in SMTP replies:
// æ, ø, å become ae, oe, aa; line ends become spaces; other letters "?".
func ASCII(s string) string { return printable(s) }
