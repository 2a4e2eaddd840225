package lanes

import (
	"bytes"
	"context"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"

	"brevvagt/scanner/source/gateway/relay"
)

// Mailer sends plain mails of ours to our own people.
type Mailer struct {
	Hop  *relay.Hop
	From string
	Null bool // sent with the null sender, so that no machine answers
}

// Send implements clock.Mailer.
func (m Mailer) Send(ctx context.Context, to []string, subject, text string) error {
	if m.From == "" {
		return fmt.Errorf("notify.from is not set: a mail needs a sender")
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: Brevvagt <%s>\r\nTo: %s\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%d.frist@%s>\r\n", m.From, strings.Join(to, ", "),
		mime.QEncoding.Encode("utf-8", subject), time.Now().Format(time.RFC1123Z), time.Now().UnixNano(), m.From[strings.LastIndexByte(m.From, '@')+1:])
	b.WriteString("Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	w := quotedprintable.NewWriter(&b)
	if _, err := w.Write([]byte(strings.ReplaceAll(text, "\n", "\r\n"))); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	env := relay.Envelope{From: m.From}
	if m.Null {
		env.From = ""
	}
	for _, a := range to {
		env.To = append(env.To, relay.Recipient{Address: a})
	}
	_, err := m.Hop.Send(ctx, env, &b)
	return err
}
