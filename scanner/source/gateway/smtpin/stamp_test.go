package smtpin

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"strings"
	"testing"
	"time"

	"brevvagt/detectors"
)

func stampOn(t *testing.T, s *Stamp, mail string) string {
	t.Helper()
	r, err := s.on(strings.NewReader(mail))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestStamp(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	s := &Stamp{Digest: detectors.RandomKey().Digest, Now: func() time.Time { return now }}
	const rest = "Received: x\r\n\ty\r\nMessage-ID: <1@kommune.example>\r\nDKIM-Signature: v=1;\r\n b=x\r\n\r\nX-Brevvagt-Rute: text in the body\r\n\r\n.\r\n"
	first := stampOn(t, s, "X-Brevvagt-Rute: forged\r\n\tfolded\r\nx-brevvagt-other: 1\r\n"+rest)
	line, after, _ := strings.Cut(first, "\r\n")
	if !strings.HasPrefix(line, "X-Brevvagt-Rute: "+s.Word()+" ") || after != rest {
		t.Fatalf("got %q", first)
	}
	mail := first
	for pass := 1; pass <= maxPasses; pass++ {
		if got := s.passes([]byte(mail[:headEnd([]byte(mail))])); got != pass {
			t.Errorf("pass %d is counted as %d", pass, got)
		}
		mail = stampOn(t, s, mail)
	}
	if strings.Count(mail, s.Word()) != 1 || !strings.HasSuffix(mail, rest) {
		t.Errorf("after some passes: %q", mail)
	}
	for name, m := range map[string]string{
		"on another mail": strings.Replace(first, "<1@", "<2@", 1), "with other hops": strings.Replace(first, " 1 ", " 0 ", 1),
		"of another installation": stampOn(t, &Stamp{Digest: detectors.RandomKey().Digest, Now: s.Now}, rest), "none": rest,
	} {
		if got := s.passes([]byte(m[:headEnd([]byte(m))])); got != 0 {
			t.Errorf("a stamp %s counts %d", name, got)
		}
	}
	now = now.Add(8 * 24 * time.Hour)
	if s.passes([]byte(first)) != 0 {
		t.Error("a stamp counts for ever")
	}
}

func FuzzStamp(f *testing.F) {
	f.Add([]byte("X-Brevvagt-Rute: a 1 2 b\r\n\r\nx"))
	f.Add([]byte("\n\n"))
	f.Add([]byte("X-Brevvagt-\x00: x\n y"))
	s := &Stamp{Digest: detectors.RandomKey().Digest}
	f.Fuzz(func(t *testing.T, b []byte) {
		end := headEnd(b)
		_ = s.passes(b[:end:end])
		r, err := s.on(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		out, err := io.ReadAll(r)
		if err != nil || !bytes.HasSuffix(out, b[end:]) {
			t.Errorf("body changed, %v", err)
		}
	})
}

func TestCertified(t *testing.T) {
	state := func(names ...string) tls.ConnectionState {
		c := &x509.Certificate{DNSNames: names}
		return tls.ConnectionState{PeerCertificates: []*x509.Certificate{c}, VerifiedChains: [][]*x509.Certificate{{c}}}
	}
	c := Config{ClientNames: []string{"mail.kommune.example", ".outlook.example"}}
	for _, tt := range []struct {
		state     tls.ConnectionState
		encrypted bool
		want      bool
	}{
		{state("mail.kommune.example"), true, true}, {state("MAIL.Kommune.example"), true, true}, {state("x.outlook.example"), true, true},
		{state("mail.kommune.example"), false, false}, {state("outlook.example.evil.example"), true, false}, {state(), true, false},
		{tls.ConnectionState{PeerCertificates: state("mail.kommune.example").PeerCertificates}, true, false}, {tls.ConnectionState{}, true, false},
	} {
		if got := c.certified(tt.state, tt.encrypted); got != tt.want {
			t.Errorf("%v encrypted %v: %v", tt.state.PeerCertificates, tt.encrypted, got)
		}
	}
	if !(&Config{}).certified(tls.ConnectionState{}, false) {
		t.Error("a certificate is asked for although none was agreed on")
	}
}
