package milter

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"
)

// postfixMail is what Postfix sends for one mail: macros before each stage, a packet
// for each header field, the body in chunks.
func postfixMail(body int) []byte {
	list := []string{"DM{auth_type}\x00{mail_addr}\x00a@kommune.example\x00{mail_host}\x00[127.0.0.1]:25\x00{mail_mailer}\x00smtp\x00", "M<a@kommune.example>\x00SIZE=" + fmt.Sprint(body+500) + "\x00BODY=8BITMIME\x00",
		"DR{rcpt_addr}\x00b@firma.example\x00{rcpt_host}\x00firma.example\x00{rcpt_mailer}\x00smtp\x00", "R<b@firma.example>\x00", "DTi\x004jd3gV1VX0z1TCWT\x00", "T"}
	for _, h := range []string{"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "X-Mailer", "Reply-To"} {
		list = append(list, "DLi\x004jd3gV1VX0z1TCWT\x00", "L"+h+"\x00 en værdi af almindelig længde, som den er i de fleste mails\x00")
	}
	list = append(list, "DNi\x004jd3gV1VX0z1TCWT\x00", "N")
	text := strings.Repeat("en linje med tekst, som ikke siger noget om nogen\r\n", body/50+1)[:body]
	for len(text) > 65535 {
		list, text = append(list, "B"+text[:65535]), text[65535:]
	}
	list = append(list, "B"+text, "DEi\x004jd3gV1VX0z1TCWT\x00", "E")
	return packets(list...)
}

// BenchmarkMail is one mail over a Unix socket with a handler that does nothing: what
// the protocol itself costs, client included.
func BenchmarkMail(b *testing.B) {
	for _, size := range []int{5 << 10, 100 << 10, 5 << 20} {
		b.Run(fmt.Sprintf("%dKB", size>>10), func(b *testing.B) {
			s := &Server{LargeDir: b.TempDir(), Handler: HandlerFunc(func(context.Context, *Message) Reply { return Accept() })}
			sock := filepath.Join(b.TempDir(), "m.sock")
			l, err := Listen("unix:"+sock, 0o600, "")
			if err != nil {
				b.Fatal(err)
			}
			go func() { _ = s.Serve(l) }()
			defer s.Close()
			nc, err := net.Dial("unix", sock)
			if err != nil {
				b.Fatal(err)
			}
			defer nc.Close()
			in := bufio.NewReader(nc)
			_, _ = nc.Write(packets(offer))
			if _, _, _, err := readPacket(in, nil); err != nil {
				b.Fatal(err)
			}
			mail := postfixMail(size)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := nc.Write(mail); err != nil {
					b.Fatal(err)
				}
				if cmd, _, _, err := readPacket(in, nil); err != nil || cmd != respAccept {
					b.Fatal(cmd, err)
				}
			}
		})
	}
}
