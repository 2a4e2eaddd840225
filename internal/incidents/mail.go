package incidents

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"mime"
	"mime/quotedprintable"
	netmail "net/mail"
	"slices"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

// file goes with a mail or into a bundle.
type file struct {
	name string
	data []byte
}

// address is one entry of a To field.
type address struct{ name, box string }

func (a address) String() string {
	if a.name == "" {
		return a.box
	}
	return (&netmail.Address{Name: a.name, Address: a.box}).String()
}

// mail is what is sent.
type mail struct {
	from    address
	to, cc  []address
	bcc     []address
	subject string
	text    string
	html    string // a body of its own; "" makes one of text where asked to
	files   []file
	extra   []string // header lines
}

func joinAddresses(list []address) string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = a.String()
	}
	return strings.Join(out, ",\r\n ")
}

// write composes the mail in one of the ways that mail programs do.
func (m *maker) write(x mail) []byte {
	var b bytes.Buffer
	header := func(k, v string) { fmt.Fprintf(&b, "%s: %s\r\n", k, v) }
	header("From", x.from.String())
	if len(x.to) > 0 {
		header("To", joinAddresses(x.to))
	}
	if len(x.cc) > 0 {
		header("Cc", joinAddresses(x.cc))
	}
	if len(x.bcc) > 0 {
		header("Bcc", joinAddresses(x.bcc))
	}
	encoded := mime.QEncoding
	if m.r.IntN(2) == 0 {
		encoded = mime.BEncoding
	}
	header("Subject", encoded.Encode("utf-8", x.subject))
	header("Date", "Tue, 24 Nov 2026 09:15:00 +0100")
	header("Message-ID", fmt.Sprintf("<%x@eksempelby.example>", m.r.Uint64()))
	for _, line := range x.extra {
		b.WriteString(line + "\r\n")
	}
	header("MIME-Version", "1.0")
	if len(x.files) == 0 {
		m.body(&b, x)
		return b.Bytes()
	}
	boundary := fmt.Sprintf("=_%x", m.r.Uint64())
	header("Content-Type", "multipart/mixed;\r\n boundary=\""+boundary+"\"")
	fmt.Fprintf(&b, "\r\n--%s\r\n", boundary)
	m.body(&b, x)
	for _, f := range x.files {
		fmt.Fprintf(&b, "\r\n--%s\r\nContent-Type: %s\r\nContent-Disposition: attachment;\r\n %s\r\nContent-Transfer-Encoding: base64\r\n\r\n%s",
			boundary, mediaType(f.name), m.fileName(f.name), lines76(f.data))
	}
	fmt.Fprintf(&b, "\r\n--%s--\r\n", boundary)
	return b.Bytes()
}

// fileName writes the name parameter as RFC 2231 or, as Outlook does, encoded.
func (m *maker) fileName(name string) string {
	if m.r.IntN(2) == 0 && !isASCII(name) {
		return `filename="` + mime.BEncoding.Encode("utf-8", name) + `"`
	}
	return strings.TrimPrefix(mime.FormatMediaType("x", map[string]string{"filename": name}), "x; ")
}

// body writes the text as plain text, HTML or both, in some charset and encoding.
func (m *maker) body(b *bytes.Buffer, x mail) {
	how := m.r.IntN(3)
	page := x.html
	if page == "" {
		page = m.page(x.text)
	} else if how == 0 {
		how = 1
	}
	switch how {
	case 0:
		m.part(b, "text/plain", x.text)
	case 1:
		m.part(b, "text/html", page)
	default:
		boundary := fmt.Sprintf("alt%x", m.r.Uint64())
		fmt.Fprintf(b, "Content-Type: multipart/alternative; boundary=%q\r\n\r\n--%s\r\n", boundary, boundary)
		m.part(b, "text/plain", x.text)
		fmt.Fprintf(b, "\r\n--%s\r\n", boundary)
		m.part(b, "text/html", page)
		fmt.Fprintf(b, "\r\n--%s--\r\n", boundary)
	}
}

func (m *maker) part(b *bytes.Buffer, kind, text string) {
	text = strings.ReplaceAll(text, "\n", "\r\n")
	data, charset := []byte(text), "utf-8"
	if m.r.IntN(3) == 0 {
		if old, err := charmap.Windows1252.NewEncoder().Bytes(data); err == nil {
			data, charset = old, m.one([]string{"windows-1252", "iso-8859-1"})
			if slices.ContainsFunc(data, func(c byte) bool { return c >= 0x80 && c < 0xa0 }) {
				charset = "windows-1252"
			}
		}
	}
	switch m.r.IntN(3) {
	case 0:
		fmt.Fprintf(b, "Content-Type: %s; charset=%s\r\nContent-Transfer-Encoding: 8bit\r\n\r\n", kind, charset)
		b.Write(data)
	case 1:
		fmt.Fprintf(b, "Content-Type: %s; charset=\"%s\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", kind, charset)
		w := quotedprintable.NewWriter(b)
		_, _ = w.Write(data) // a buffer takes everything
		_ = w.Close()
	default:
		fmt.Fprintf(b, "Content-Type: %s;\r\n\tcharset=%s\r\nContent-Transfer-Encoding: base64\r\n\r\n%s", kind, charset, lines76(data))
	}
	b.WriteString("\r\n")
}

// page writes text as the HTML of a mail program.
func (m *maker) page(text string) string {
	open, br, end := "<p class=\"MsoNormal\">", "<br>", "</p>"
	if m.r.IntN(2) == 0 {
		open, end = "<div>", "</div>"
	}
	var b strings.Builder
	b.WriteString("<html><head><style>p.MsoNormal {margin:0cm; font-size:11.0pt;}</style></head><body lang=DA>")
	for p := range strings.SplitSeq(text, "\n\n") {
		b.WriteString(open + strings.ReplaceAll(html.EscapeString(p), "\n", br+"\n") + end + "\n")
	}
	return b.String() + "</body></html>"
}

func isASCII(s string) bool {
	for _, r := range s {
		if r >= 0x80 {
			return false
		}
	}
	return true
}

func mediaType(name string) string {
	switch name[strings.LastIndexByte(name, '.')+1:] {
	case "pdf":
		return "application/pdf"
	case "docx":
		return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	case "xlsx":
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case "zip":
		return "application/zip"
	case "csv":
		return "text/csv"
	case "png":
		return "image/png"
	case "ics":
		return "text/calendar"
	}
	return "application/octet-stream"
}

func lines76(data []byte) string {
	s := base64.StdEncoding.EncodeToString(data)
	var b strings.Builder
	for len(s) > 76 {
		b.WriteString(s[:76] + "\r\n")
		s = s[76:]
	}
	b.WriteString(s + "\r\n")
	return b.String()
}
