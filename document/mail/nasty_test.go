package mail

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"brevvagt/document"
	"brevvagt/document/documenttest"
	"brevvagt/document/plain"
)

// nasty is a mail that breaks one rule and holds one canary.
type nasty struct {
	name string
	data string // %s-free; CANARY stands where the canary goes
}

const top = "From: Testperson <a@kommune.example>\r\nTo: b@firma.example\r\nSubject: prøve\r\nMIME-Version: 1.0\r\n"

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func crlf(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n")
}

func multi(kind, body string) string {
	return top + "Content-Type: multipart/" + kind + "; boundary=b1\r\n\r\n" + crlf(body)
}

func single(header, body string) string { return top + crlf(header) + "\r\n" + crlf(body) }

// nastyMails are the 52 mails on which other MIME readers were measured: each
// must give up its canary c.
func nastyMails(c string) []nasty {
	enc := b64("Hej, CPR " + c + " slut.")
	cut := len(enc) / 2 &^ 3
	html := "<p>CPR " + c[:4] + "<b>" + c[4:] + "</b></p>"
	inner := "From: x@y.example\r\nTo: z@y.example\r\nSubject: indre\r\n\r\nCPR " + c + "\r\n"
	var list []nasty
	list = append(list, structureMails(c, enc)...)
	list = append(list, encodingMails(c, enc, cut)...)
	list = append(list, charsetMails(c)...)
	return append(list, contentMails(c, html, inner)...)
}

func structureMails(c, enc string) []nasty {
	return []nasty{
		{"boundary that never occurs", top + "Content-Type: multipart/mixed; boundary=aldrig\r\n\r\n" + crlf("--anden\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"+enc+"\n--anden--\n")},
		{"duplicate Content-Type", top + crlf("Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=b1\n\n--b1\nContent-Transfer-Encoding: base64\n\n"+enc+"\n--b1--\n")},
		{"duplicate boundary parameter", top + crlf("Content-Type: multipart/mixed; boundary=b0; boundary=b1\n\n--b1\nContent-Transfer-Encoding: base64\n\n"+enc+"\n--b1--\n")},
		{"junk header line in part", multi("mixed", "--b1\nContent-Type: text/plain\nher er noget sludder\nContent-Transfer-Encoding: base64\n\n"+enc+"\n--b1--\n")},
		{"no blank line after header", multi("mixed", "--b1\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n"+enc+"\n--b1--\n")},
		{"text in the preamble", multi("mixed", "CPR "+c+"\n--b1\n\nhej\n--b1--\n")},
		{"text in the epilogue", multi("mixed", "--b1\n\nhej\n--b1--\nCPR "+c+"\n")},
		{"text between inner and outer", multi("mixed", "--b1\nContent-Type: multipart/mixed; boundary=b2\n\n--b2\n\nx\n--b2--\nCPR "+c+"\n--b1--\n")},
		{"no closing boundary", multi("mixed", "--b1\n\nhej\n--b1\nContent-Transfer-Encoding: base64\n\n"+enc+"\n")},
		{"junk line in top header", crlf("From: a@b.example\ndette er ikke et felt\nTo: c@d.example\nSubject: x\n\nCPR " + c + "\n")},
		{"canary in junk header line", crlf("From: a@b.example\nCPR er " + c + "\nTo: c@d.example\nSubject: x\n\nhej\n")},
		{"mbox From line", "From a@b.example Tue Nov 24 10:00:00 2026\r\n" + top + "\r\nCPR " + c + "\r\n"},
		{"byte order mark", "\xef\xbb\xbf" + top + "\r\nCPR " + c + "\r\n"},
		{"8-bit header name", crlf("From: a@b.example\nTo: c@d.example\nBem\xe6rkning: CPR " + c + "\n\nhej\n")},
		{"header line of 3 MiB", top + "X-Lang: " + strings.Repeat("x ", 3<<19) + c + "\r\n\r\nhej\r\n"},
		{"CR-only line ends", strings.ReplaceAll(multi("mixed", "--b1\nContent-Transfer-Encoding: base64\n\n"+enc+"\n--b1--\n"), "\r\n", "\r")},
		{"LF-only line ends", strings.ReplaceAll(multi("mixed", "--b1\nContent-Transfer-Encoding: base64\n\n"+enc+"\n--b1--\n"), "\r\n", "\n")},
		{"multipart without boundary", top + crlf("Content-Type: multipart/mixed\n\n--b1\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"+enc+"\n--b1--\n")},
		{"boundary with blanks behind", multi("mixed", "--b1   \nContent-Transfer-Encoding: base64\n\n"+enc+"\n--b1--  \n")},
		{"boundary in RFC 2231 pieces", top + crlf("Content-Type: multipart/mixed; boundary*0=\"lang\"; boundary*1=\"1\"\n\n--lang1\nContent-Transfer-Encoding: base64\n\n"+enc+"\n--lang1--\n")},
		{"boundary without closing quote", top + crlf("Content-Type: multipart/mixed; boundary=\"b1\n\n--b1\nContent-Transfer-Encoding: base64\n\n"+enc+"\n--b1--\n")},
		{"inner boundary is a longer outer one", multi("mixed", "--b1\nContent-Type: multipart/mixed; boundary=b1b1\n\n--b1b1\nContent-Transfer-Encoding: base64\n\n"+enc+"\n--b1b1--\n--b1--\n")},
		{"twenty unclosed multiparts", unclosed(20, "Content-Transfer-Encoding: base64\r\n\r\n"+enc+"\r\n")},
		{"part without header", multi("mixed", "--b1\nCPR "+c+"\n--b1--\n")},
		{"blank lines before the header", "\r\n\r\n" + top + "\r\nCPR " + c + "\r\n"},
		{"zero bytes in header and text", crlf("From: a@b.example\nTo: c@d.example\nSubject: x\x00y\n\nCPR " + c[:3] + "\x00" + c[3:] + "\n")},
	}
}

func encodingMails(c, enc string, cut int) []nasty {
	soft := "CPR " + c[:8] + "=\n" + c[8:]
	return []nasty{
		{"base64 with junk", single("Content-Transfer-Encoding: base64\n", enc[:cut]+"\n!*§¤\n"+enc[cut:]+"\n")},
		{"base64 without padding", single("Content-Transfer-Encoding: base64\n", strings.TrimRight(enc, "=")+"\n")},
		{"base64 with padding in the middle", single("Content-Transfer-Encoding: base64\n", b64("Hej.")+"\n"+b64(" CPR "+c)+"\n")},
		{"base64 with a parameter", single("Content-Transfer-Encoding: base64 ;x\n", enc+"\n")},
		{"base64 in odd line lengths", single("Content-Transfer-Encoding: base64\n", enc[:5]+"\n"+enc[5:6]+"\n\n "+enc[6:]+"\n")},
		{"base64 with a clear footer", single("Content-Transfer-Encoding: base64\n", b64("hej")+"\n\n____\nListens bund: CPR "+c+"\n")},
		{"base64 declared, text sent", single("Content-Transfer-Encoding: base64\n", "Hej, her er CPR "+c+" som aftalt.\n")},
		{"base64 sent, nothing declared", single("", enc+"\n")},
		{"multipart encoded as a whole", top + crlf("Content-Type: multipart/mixed; boundary=b1\nContent-Transfer-Encoding: base64\n\n"+b64("--b1\r\nContent-Type: text/plain\r\n\r\nCPR "+c+"\r\n--b1--\r\n")+"\n")},
		{"quoted-printable with a soft break", single("Content-Transfer-Encoding: quoted-printable\n", soft+"\n")},
		{"quoted-printable with bad escapes", single("Content-Transfer-Encoding: Quoted-Printable\n", "=ZZ =4 CPR "+c[:2]+"=3"+c[2:3]+c[3:]+"\n")},
		{"quoted-printable with blanks after the break", single("Content-Transfer-Encoding: quoted-printable\n", "CPR "+c[:5]+"= \t\n"+c[5:]+"\n")},
		{"uuencode", single("Content-Transfer-Encoding: x-uuencode\n", uuencode("a.txt", "CPR "+c+"\n"))},
		{"uuencode inside text", single("", "Hej\n\n"+uuencode("a.txt", "CPR "+c+"\n")+"slut\n")},
		{"unknown transfer encoding", single("Content-Transfer-Encoding: x-ukendt\n", "CPR "+c+"\n")},
		{"format=flowed", single("Content-Type: text/plain; format=flowed; delsp=yes\n", "CPR "+c[:7]+" \n"+c[7:]+"\n")},
	}
}

func charsetMails(c string) []nasty {
	u16 := func(s string) string {
		var b strings.Builder
		for _, r := range s {
			b.WriteByte(byte(r))
			b.WriteByte(byte(r >> 8))
		}
		return b.String()
	}
	return []nasty{
		{"utf-7", single("Content-Type: text/plain; charset=utf-7\n", "CPR "+c[:6]+"+AC0-"+c[7:]+"\n")},
		{"utf-16 without mark", single("Content-Type: text/plain; charset=utf-16le\nContent-Transfer-Encoding: base64\n", b64(u16("CPR "+c+"\n"))+"\n")},
		{"unknown charset", single("Content-Type: text/plain; charset=x-findes-ikke\nContent-Transfer-Encoding: 8bit\n", "Bl\xe5b\xe6r CPR "+c+"\n")},
		{"split encoded word", crlf("From: a@b.example\nTo: c@d.example\nSubject: =?utf-8?B?" + b64("CPR "+c[:7]) + "?=\n =?utf-8?B?" + b64(c[7:]) + "?=\n\nhej\n")},
	}
}

func contentMails(c, html, inner string) []nasty {
	return []nasty{
		{"message inside multipart", multi("mixed", "--b1\n\nhej\n--b1\nContent-Type: message/rfc822\n\n"+inner+"\n--b1--\n")},
		{"message in base64", multi("mixed", "--b1\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"+b64(inner)+"\n--b1--\n")},
		{"digest", multi("digest", "--b1\n\n"+inner+"\n--b1--\n")},
		{"hidden HTML of an alternative", multi("alternative", "--b1\nContent-Type: text/plain\n\nhej\n--b1\nContent-Type: text/html\n\n"+html+"\n--b1--\n")},
		{"file name only", multi("mixed", "--b1\nContent-Type: image/png\nContent-Disposition: attachment; filename*0*=utf-8''Sag%20"+c[:6]+"; filename*1=\""+c[6:]+".png\"\n\n\n--b1--\n")},
		{"text labelled as a picture", multi("mixed", "--b1\nContent-Type: image/png; name=a.png\n\nCPR "+c+"\n--b1--\n")},
	}
}

func unclosed(n int, body string) string {
	var b strings.Builder
	b.WriteString(top + "Content-Type: multipart/mixed; boundary=n0\r\n\r\n")
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

func formats() []document.Format { return append(Formats(), plain.Formats()...) }

func TestNastyMails(t *testing.T) {
	list := nastyMails(documenttest.Canary(0))
	if len(list) != 52 {
		t.Errorf("%d nasty mails, want 52", len(list))
	}
	for i, n := range list {
		t.Run(n.name, func(t *testing.T) {
			c := documenttest.Canary(i)
			data := []byte(nastyMails(c)[i].data)
			d := documenttest.Read(t, formats(), "mail.eml", data)
			if !documenttest.Has(d, c) {
				t.Errorf("canary %s missed\n%s", c, documenttest.Describe(d))
			}
			if d.Mail == nil || len(d.Mail.To) != 1 {
				t.Errorf("envelope: %+v", d.Mail)
			}
			if documenttest.HasGap(d, document.Crashed) {
				t.Error(d.Gaps)
			}
		})
	}
}
