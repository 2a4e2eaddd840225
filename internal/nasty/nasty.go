// Package nasty makes mails that break the rules of mail, each around one text that
// is handed in: what readers of mail are measured by, and what an adversary might
// send. Only tests import it.
package nasty

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
)

// Mail is a mail that breaks one rule and holds one text.
type Mail struct {
	Name string
	Data string
}

// Top is the beginning of a mail's header.
const Top = "From: Testperson <a@kommune.example>\r\nTo: b@firma.example\r\nSubject: prøve\r\nMIME-Version: 1.0\r\n"

// Base64 encodes without line ends.
func Base64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// CRLF gives every line the end it has on the wire.
func CRLF(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n")
}

// Multi is a multipart with the boundary b1.
func Multi(kind, body string) string {
	return Top + "Content-Type: multipart/" + kind + "; boundary=b1\r\n\r\n" + CRLF(body)
}

// Single is a mail with one more header field and a body.
func Single(header, body string) string { return Top + CRLF(header) + "\r\n" + CRLF(body) }

// Mails are the 52 mails on which other MIME readers were measured: each must give
// up c, which has 11 bytes like "010203-4567".
func Mails(c string) []Mail {
	enc := Base64("Hej, CPR " + c + " slut.")
	cut := len(enc) / 2 &^ 3
	html := "<p>CPR " + c[:4] + "<b>" + c[4:] + "</b></p>"
	inner := "From: x@y.example\r\nTo: z@y.example\r\nSubject: indre\r\n\r\nCPR " + c + "\r\n"
	var list []Mail
	list = append(list, structureMails(c, enc)...)
	list = append(list, encodingMails(c, enc, cut)...)
	list = append(list, charsetMails(c)...)
	return append(list, contentMails(c, html, inner)...)
}

func structureMails(c, enc string) []Mail {
	return []Mail{
		{"boundary that never occurs", Top + "Content-Type: multipart/mixed; boundary=aldrig\r\n\r\n" + CRLF("--anden\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"+enc+"\n--anden--\n")},
		{"duplicate Content-Type", Top + CRLF("Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=b1\n\n--b1\nContent-Transfer-Encoding: base64\n\n"+enc+"\n--b1--\n")},
		{"duplicate boundary parameter", Top + CRLF("Content-Type: multipart/mixed; boundary=b0; boundary=b1\n\n--b1\nContent-Transfer-Encoding: base64\n\n"+enc+"\n--b1--\n")},
		{"junk header line in part", Multi("mixed", "--b1\nContent-Type: text/plain\nher er noget sludder\nContent-Transfer-Encoding: base64\n\n"+enc+"\n--b1--\n")},
		{"no blank line after header", Multi("mixed", "--b1\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n"+enc+"\n--b1--\n")},
		{"text in the preamble", Multi("mixed", "CPR "+c+"\n--b1\n\nhej\n--b1--\n")},
		{"text in the epilogue", Multi("mixed", "--b1\n\nhej\n--b1--\nCPR "+c+"\n")},
		{"text between inner and outer", Multi("mixed", "--b1\nContent-Type: multipart/mixed; boundary=b2\n\n--b2\n\nx\n--b2--\nCPR "+c+"\n--b1--\n")},
		{"no closing boundary", Multi("mixed", "--b1\n\nhej\n--b1\nContent-Transfer-Encoding: base64\n\n"+enc+"\n")},
		{"junk line in top header", CRLF("From: a@b.example\ndette er ikke et felt\nTo: c@d.example\nSubject: x\n\nCPR " + c + "\n")},
		{"canary in junk header line", CRLF("From: a@b.example\nCPR er " + c + "\nTo: c@d.example\nSubject: x\n\nhej\n")},
		{"mbox From line", "From a@b.example Tue Nov 24 10:00:00 2026\r\n" + Top + "\r\nCPR " + c + "\r\n"},
		{"byte order mark", "\xef\xbb\xbf" + Top + "\r\nCPR " + c + "\r\n"},
		{"8-bit header name", CRLF("From: a@b.example\nTo: c@d.example\nBem\xe6rkning: CPR " + c + "\n\nhej\n")},
		{"header line of 3 MiB", Top + "X-Lang: " + strings.Repeat("x ", 3<<19) + "CPR " + c + "\r\n\r\nhej\r\n"},
		{"CR-only line ends", strings.ReplaceAll(Multi("mixed", "--b1\nContent-Transfer-Encoding: base64\n\n"+enc+"\n--b1--\n"), "\r\n", "\r")},
		{"LF-only line ends", strings.ReplaceAll(Multi("mixed", "--b1\nContent-Transfer-Encoding: base64\n\n"+enc+"\n--b1--\n"), "\r\n", "\n")},
		{"multipart without boundary", Top + CRLF("Content-Type: multipart/mixed\n\n--b1\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"+enc+"\n--b1--\n")},
		{"boundary with blanks behind", Multi("mixed", "--b1   \nContent-Transfer-Encoding: base64\n\n"+enc+"\n--b1--  \n")},
		{"boundary in RFC 2231 pieces", Top + CRLF("Content-Type: multipart/mixed; boundary*0=\"lang\"; boundary*1=\"1\"\n\n--lang1\nContent-Transfer-Encoding: base64\n\n"+enc+"\n--lang1--\n")},
		{"boundary without closing quote", Top + CRLF("Content-Type: multipart/mixed; boundary=\"b1\n\n--b1\nContent-Transfer-Encoding: base64\n\n"+enc+"\n--b1--\n")},
		{"inner boundary is a longer outer one", Multi("mixed", "--b1\nContent-Type: multipart/mixed; boundary=b1b1\n\n--b1b1\nContent-Transfer-Encoding: base64\n\n"+enc+"\n--b1b1--\n--b1--\n")},
		{"twenty unclosed multiparts", Unclosed(20, "Content-Transfer-Encoding: base64\r\n\r\n"+enc+"\r\n")},
		{"part without header", Multi("mixed", "--b1\nCPR "+c+"\n--b1--\n")},
		{"blank lines before the header", "\r\n\r\n" + Top + "\r\nCPR " + c + "\r\n"},
		{"zero bytes in header and text", CRLF("From: a@b.example\nTo: c@d.example\nSubject: x\x00y\n\nCPR " + c[:3] + "\x00" + c[3:] + "\n")},
	}
}

func encodingMails(c, enc string, cut int) []Mail {
	soft := "CPR " + c[:8] + "=\n" + c[8:]
	return []Mail{
		{"base64 with junk", Single("Content-Transfer-Encoding: base64\n", enc[:cut]+"\n!*§¤\n"+enc[cut:]+"\n")},
		{"base64 without padding", Single("Content-Transfer-Encoding: base64\n", strings.TrimRight(enc, "=")+"\n")},
		{"base64 with padding in the middle", Single("Content-Transfer-Encoding: base64\n", Base64("Hej.")+"\n"+Base64(" CPR "+c)+"\n")},
		{"base64 with a parameter", Single("Content-Transfer-Encoding: base64 ;x\n", enc+"\n")},
		{"base64 in odd line lengths", Single("Content-Transfer-Encoding: base64\n", enc[:5]+"\n"+enc[5:6]+"\n\n "+enc[6:]+"\n")},
		{"base64 with a clear footer", Single("Content-Transfer-Encoding: base64\n", Base64("hej")+"\n\n____\nListens bund: CPR "+c+"\n")},
		{"base64 declared, text sent", Single("Content-Transfer-Encoding: base64\n", "Hej, her er CPR "+c+" som aftalt.\n")},
		{"base64 sent, nothing declared", Single("", enc+"\n")},
		{"multipart encoded as a whole", Top + CRLF("Content-Type: multipart/mixed; boundary=b1\nContent-Transfer-Encoding: base64\n\n"+Base64("--b1\r\nContent-Type: text/plain\r\n\r\nCPR "+c+"\r\n--b1--\r\n")+"\n")},
		{"quoted-printable with a soft break", Single("Content-Transfer-Encoding: quoted-printable\n", soft+"\n")},
		{"quoted-printable with bad escapes", Single("Content-Transfer-Encoding: Quoted-Printable\n", "=ZZ =4 CPR "+c[:2]+"=3"+c[2:3]+c[3:]+"\n")},
		{"quoted-printable with blanks after the break", Single("Content-Transfer-Encoding: quoted-printable\n", "CPR "+c[:5]+"= \t\n"+c[5:]+"\n")},
		{"uuencode", Single("Content-Transfer-Encoding: x-uuencode\n", uuencode("a.txt", "CPR "+c+"\n"))},
		{"uuencode inside text", Single("", "Hej\n\n"+uuencode("a.txt", "CPR "+c+"\n")+"slut\n")},
		{"unknown transfer encoding", Single("Content-Transfer-Encoding: x-ukendt\n", "CPR "+c+"\n")},
		{"format=flowed", Single("Content-Type: text/plain; format=flowed; delsp=yes\n", "CPR "+c[:7]+" \n"+c[7:]+"\n")},
	}
}

func charsetMails(c string) []Mail {
	u16 := func(s string) string {
		var b strings.Builder
		for _, r := range s {
			b.WriteByte(byte(r))
			b.WriteByte(byte(r >> 8))
		}
		return b.String()
	}
	return []Mail{
		{"utf-7", Single("Content-Type: text/plain; charset=utf-7\n", "CPR "+c[:6]+"+AC0-"+c[7:]+"\n")},
		{"utf-16 without mark", Single("Content-Type: text/plain; charset=utf-16le\nContent-Transfer-Encoding: base64\n", Base64(u16("CPR "+c+"\n"))+"\n")},
		{"unknown charset", Single("Content-Type: text/plain; charset=x-findes-ikke\nContent-Transfer-Encoding: 8bit\n", "Bl\xe5b\xe6r CPR "+c+"\n")},
		{"split encoded word", CRLF("From: a@b.example\nTo: c@d.example\nSubject: =?utf-8?B?" + Base64("CPR "+c[:7]) + "?=\n =?utf-8?B?" + Base64(c[7:]) + "?=\n\nhej\n")},
	}
}

func contentMails(c, html, inner string) []Mail {
	return []Mail{
		{"message inside multipart", Multi("mixed", "--b1\n\nhej\n--b1\nContent-Type: message/rfc822\n\n"+inner+"\n--b1--\n")},
		{"message in base64", Multi("mixed", "--b1\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"+Base64(inner)+"\n--b1--\n")},
		{"digest", Multi("digest", "--b1\n\n"+inner+"\n--b1--\n")},
		{"hidden HTML of an alternative", Multi("alternative", "--b1\nContent-Type: text/plain\n\nhej\n--b1\nContent-Type: text/html\n\n"+html+"\n--b1--\n")},
		{"file name only", Multi("mixed", "--b1\nContent-Type: image/png\nContent-Disposition: attachment; filename*0*=utf-8''Sag%20"+c[:6]+"; filename*1=\""+c[6:]+".png\"\n\n\n--b1--\n")},
		{"text labelled as a picture", Multi("mixed", "--b1\nContent-Type: image/png; name=a.png\n\nCPR "+c+"\n--b1--\n")},
	}
}

// Unclosed is n multiparts within each other that never end, body in the innermost.
func Unclosed(n int, body string) string {
	var b strings.Builder
	b.WriteString(Top + "Content-Type: multipart/mixed; boundary=n0\r\n\r\n")
	for i := range n {
		fmt.Fprintf(&b, "--n%d\r\nContent-Type: multipart/mixed; boundary=n%d\r\n\r\n", i, i+1)
	}
	fmt.Fprintf(&b, "--n%d\r\n%s", n, body)
	return b.String()
}

func uuencode(name, s string) string {
	var b strings.Builder
	b.WriteString("begin 644 " + name + "\n")
	enc := func(c byte) byte {
		if c == 0 {
			return '`'
		}
		return c + ' '
	}
	for data := []byte(s); len(data) > 0; data = data[min(45, len(data)):] {
		line := data[:min(45, len(data))]
		b.WriteByte(enc(byte(len(line))))
		padded := append(bytes.Clone(line), 0, 0)
		for i := 0; i < len(line); i += 3 {
			x, y, z := padded[i], padded[i+1], padded[i+2]
			b.Write([]byte{enc(x >> 2), enc(x<<4&63 | y>>4), enc(y<<2&63 | z>>6), enc(z & 63)})
		}
		b.WriteByte('\n')
	}
	b.WriteString("`\nend\n")
	return b.String()
}
