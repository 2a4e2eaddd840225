package mail

import (
	"testing"

	"brevvagt/document"
	"brevvagt/document/documenttest"
	"brevvagt/document/plain"
	"brevvagt/internal/nasty"
)

const top = nasty.Top

func b64(s string) string                { return nasty.Base64(s) }
func crlf(s string) string               { return nasty.CRLF(s) }
func multi(kind, body string) string     { return nasty.Multi(kind, body) }
func single(header, body string) string  { return nasty.Single(header, body) }
func unclosed(n int, body string) string { return nasty.Unclosed(n, body) }

func formats() []document.Format { return append(Formats(), plain.Formats()...) }

func TestNastyMails(t *testing.T) {
	list := nasty.Mails(documenttest.Canary(0))
	if len(list) != 52 {
		t.Errorf("%d nasty mails, want 52", len(list))
	}
	for i, n := range list {
		t.Run(n.Name, func(t *testing.T) {
			c := documenttest.Canary(i)
			data := []byte(nasty.Mails(c)[i].Data)
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
