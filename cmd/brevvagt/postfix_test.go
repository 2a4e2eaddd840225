package main

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"brevvagt/cmd/brevvagt/sample"
)

const from = "sagsbehandler@kommune.example"

func sampleMail(t testing.TB, title string) sample.Mail {
	t.Helper()
	mails, err := sample.Mails()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mails {
		if strings.HasPrefix(m.Title, title) {
			return m
		}
	}
	t.Fatalf("no sample %q", title)
	return sample.Mail{}
}

// TestPostfix sends real mails through a real Postfix and a real daemon.
func TestPostfix(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	t.Parallel()
	in, p := withPostfix(t, "")
	shot := sampleMail(t, "Supportmail").Raw
	clean := sampleMail(t, "Almindeligt brev").Raw

	in.sub(t, "clean mail passes byte for byte", func(t *testing.T) {
		if code, text := send(t, p.Addr, from, []string{"borger@mail.example"}, clean); code != 250 {
			t.Fatalf("%d %s", code, text)
		}
		in.same(t, in.received(1)[0].File, clean)
	})
	in.sub(t, "secure recipient gets the picture", func(t *testing.T) {
		send(t, p.Addr, from, []string{"visitation@region.example"}, shot)
		in.same(t, in.received(2)[1].File, shot)
	})
	in.sub(t, "encrypted mails pass", func(t *testing.T) {
		for i, raw := range [][]byte{smime(t), pgp(t)} {
			send(t, p.Addr, from, []string{"b@firma.example"}, raw)
			in.same(t, in.received(3 + i)[2+i].File, raw)
		}
	})
	in.sub(t, "a label alone does not pass", func(t *testing.T) {
		raw := []byte("From: " + from + "\r\nTo: b@firma.example\r\nSubject: [sikker]\r\nMIME-Version: 1.0\r\n" +
			"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
			base64.StdEncoding.EncodeToString([]byte("CPR-nr. "+sample.Number(7))) + "\r\n")
		send(t, p.Addr, from, []string{"b@firma.example"}, raw)
		if n := len(in.cases()); n != 1 {
			t.Fatalf("%d cases, want 1", n)
		}
	})
	in.sub(t, "the picture to a stranger is held and released once", func(t *testing.T) {
		before := in.cases()
		send(t, p.Addr, from, []string{"support@leverandoer.example"}, shot)
		id := added(t, before, in.cases())
		shown := in.must("", "case", "show", id, "--config", in.config)
		for _, want := range []string{"3 CPR-numre i et billede", "Menneskelige fejl", "CPR-nr.", "[forslag]", "support@leverandoer.example"} {
			if !strings.Contains(shown, want) {
				t.Errorf("case show lacks %q:\n%s", want, shown)
			}
		}
		n := len(in.received(4))
		in.must(testPassphrase+"\n", "case", "release", id, "--by", "dpo", "--reason", "Leverandøren har databehandleraftale", "--config", in.config)
		in.same(t, in.received(n + 1)[n].File, shot)
		in.eventually("it to leave Postfix's queue", func() bool { return !strings.Contains(p.Command(t, "postqueue", "-j"), "support@leverandoer") })
	})
	in.sub(t, "rejected: the sender is told, nothing arrives", func(t *testing.T) {
		before := in.cases()
		send(t, p.Addr, from, []string{"support@leverandoer.example"}, shot)
		id := added(t, before, in.cases())
		n := len(in.received(5))
		in.must(testPassphrase+"\n", "case", "reject", id, "--by", "dpo", "--reason", "Skal sendes sikkert", "--config", in.config)
		in.eventually("the notice", func() bool {
			for _, r := range in.sink.Received() {
				raw, _ := r.Content()
				if r.From == "" && bytes.Contains(raw, []byte(id)) && strings.Contains(strings.Join(r.To, " "), from) {
					return true
				}
			}
			return false
		})
		if got := len(in.received(n)); got != n {
			t.Errorf("%d mails, want %d", got, n)
		}
	})
	in.canary(t)
}

// same compares what arrived with what was sent.
func (in *installation) same(t *testing.T, file string, want []byte) {
	t.Helper()
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got = withoutTrace(got); !bytes.Equal(got, want) {
		t.Errorf("arrived %d bytes, sent %d, not the same; got:\n%.600s", len(got), len(want), got)
	}
}

// canary looks for full numbers in everything that the daemon wrote.
func (in *installation) canary(t *testing.T) {
	t.Helper()
	in.stop()
	plant().expect(t, in.written(t))
}

// added is the one id that is in after and not in before.
func added(t *testing.T, before, after []string) string {
	t.Helper()
	var fresh []string
	for _, id := range after {
		if !strings.Contains(strings.Join(before, " "), id) {
			fresh = append(fresh, id)
		}
	}
	if len(fresh) != 1 {
		t.Fatalf("%d new cases, want 1", len(fresh))
	}
	return fresh[0]
}

// smime makes a really encrypted S/MIME mail with openssl.
func smime(t *testing.T) []byte {
	t.Helper()
	dir := t.TempDir()
	text := write(t, dir, "text", "Content-Type: text/plain; charset=utf-8\n\nCPR-nr. "+sample.Number(8)+"\n")
	key, cert := filepath.Join(dir, "key"), filepath.Join(dir, "cert")
	tool(t, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=b@firma.example", "-keyout", key, "-out", cert)
	body := tool(t, "openssl", "cms", "-encrypt", "-aes256", "-in", text, "-outform", "SMIME", "-from", from, "-to", "b@firma.example", "-subject", "Sikker post", cert)
	return crlf(body)
}

// pgp makes a really encrypted PGP/MIME mail with gpg.
func pgp(t *testing.T) []byte {
	t.Helper()
	home := t.TempDir()
	t.Cleanup(func() { _ = exec.Command("gpgconf", "--homedir", home, "--kill", "all").Run() })
	text := write(t, t.TempDir(), "text", "CPR-nr. "+sample.Number(9)+"\n")
	tool(t, "gpg", "--homedir", home, "--batch", "--passphrase", "", "--quick-gen-key", "b@firma.example", "default", "default", "never")
	armor := tool(t, "gpg", "--homedir", home, "--batch", "--armor", "--trust-model", "always", "-r", "b@firma.example", "-o", "-", "-e", text)
	boundary := "b" + rand.Text()
	return crlf([]byte("From: " + from + "\nTo: b@firma.example\nSubject: Sikker post\nDate: Tue, 24 Nov 2026 09:00:00 +0100\nMessage-ID: <pgp@kommune.example>\nMIME-Version: 1.0\n" +
		"Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=\"" + boundary + "\"\n\n" +
		"--" + boundary + "\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n--" + boundary + "\nContent-Type: application/octet-stream\n\n" + string(armor) + "\n--" + boundary + "--\n"))
}

func tool(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, errs.Bytes())
	}
	return out
}

// crlf gives a mail the line ends it has on the wire, and the headers that a
// gateway would otherwise add.
func crlf(raw []byte) []byte {
	raw = bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
	if !bytes.Contains(raw, []byte("Message-ID:")) {
		raw = append([]byte("Date: Tue, 24 Nov 2026 09:00:00 +0100\r\nMessage-ID: <smime@kommune.example>\r\n"), raw...)
	}
	return raw
}

// sub runs a subtest with the installation's failures on its account.
func (in *installation) sub(t *testing.T, name string, f func(*testing.T)) {
	t.Run(name, func(t *testing.T) {
		parent := in.t
		in.t = t
		defer func() { in.t = parent }()
		f(t)
	})
}
