package mailbox

import (
	"strings"
	"testing"

	"brevvagt/detectors"
	"brevvagt/scanner/source/mailbox/book"
)

// FuzzHeader must neither panic nor take a mail for another one with other
// recipients.
func FuzzHeader(f *testing.F) {
	for _, s := range []string{"", "\r\n", "To: a@b.example\r\n\r\nhej", "To: a@b.example,\r\n c@d.example\r\nTO: e@f.example\r\n\r\n", ":\n : \n\n", "Subject", "\x00\xff: \xfe\n\n",
		"Resent-To: =?utf-8?q?=C3=A6?= <a@b.example>\n\n", strings.Repeat("x: y\n", 1000)} {
		f.Add(s)
	}
	b := book.New(nil, detectors.RandomKey(), nil)
	f.Fuzz(func(t *testing.T, mail string) {
		h := parseHeader([]byte(mail))
		h.recipients()
		h.redirected()
		h.from()
		other := parseHeader([]byte("Bcc: x@anden.example\r\n" + mail))
		if h.identity(b) == other.identity(b) {
			t.Errorf("%q is the same with another recipient", mail)
		}
	})
}

func TestIdentity(t *testing.T) {
	b := book.New(nil, detectors.RandomKey(), nil)
	mail := "Received: from x\r\nMessage-ID: <1@x.example>\r\nTo: a@b.example,\r\n\tc@d.example\r\nSubject: hej\r\n\r\nkrop\r\n"
	base := parseHeader([]byte(mail)).identity(b)
	for name, same := range map[string]bool{
		strings.Replace(mail, "Received: from x\r\n", "", 1):                         true,
		strings.Replace(mail, "To: a@b.example,\r\n\t", "To: a@b.example, ", 1):      true,
		strings.Replace(mail, "Subject: hej", "X-Spor: 1\r\nsubject: hej", 1):        true,
		strings.Replace(mail, "krop", "Krop", 1):                                     false,
		strings.Replace(mail, "c@d.example", "e@d.example", 1):                       false,
		strings.Replace(mail, "<1@x.example>", "<2@x.example>", 1):                   false,
		strings.Replace(mail, "Subject: hej", "Bcc: x@y.example\r\nSubject: hej", 1): false,
	} {
		if got := parseHeader([]byte(name)).identity(b) == base; got != same {
			t.Errorf("%q: same %v, want %v", name, got, same)
		}
	}
}
