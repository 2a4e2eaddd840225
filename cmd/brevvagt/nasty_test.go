package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"brevvagt/cmd/brevvagt/sample"
)

// nastyMails break one rule each and hide the text of one number; c is where it
// goes, "" leaves the mail clean.
func nastyMails(c string) map[string]string {
	enc := base64.StdEncoding.EncodeToString([]byte("Sagen: CPR-nr. " + c + " slut."))
	head := "From: " + from + "\r\nTo: b@firma.example\r\nSubject: x\r\nDate: Tue, 24 Nov 2026 09:00:00 +0100\r\nMessage-ID: <n@kommune.example>\r\nMIME-Version: 1.0\r\n"
	multi := head + "Content-Type: multipart/mixed; boundary=b1\r\n\r\n"
	part := "Content-Transfer-Encoding: base64\r\n\r\n" + enc + "\r\n"
	deep := strings.Builder{}
	deep.WriteString(head + "Content-Type: multipart/mixed; boundary=n0\r\n\r\n")
	for i := range 60 {
		fmt.Fprintf(&deep, "--n%d\r\nContent-Type: multipart/mixed; boundary=n%d\r\n\r\n", i, i+1)
	}
	return map[string]string{
		"boundary that never occurs":    head + "Content-Type: multipart/mixed; boundary=aldrig\r\n\r\n--anden\r\n" + part + "--anden--\r\n",
		"two content types":             head + "Content-Type: text/plain\r\nContent-Type: multipart/mixed; boundary=b1\r\n\r\n--b1\r\n" + part + "--b1--\r\n",
		"text in the preamble":          multi + "CPR-nr. " + c + "\r\n--b1\r\n\r\nhej\r\n--b1--\r\n",
		"text in the epilogue":          multi + "--b1\r\n\r\nhej\r\n--b1--\r\nCPR-nr. " + c + "\r\n",
		"no closing boundary":           multi + "--b1\r\n" + part,
		"junk line in a part's header":  multi + "--b1\r\nsludder\r\n" + part + "--b1--\r\n",
		"sixty unclosed multiparts":     deep.String() + "--n60\r\n" + part,
		"base64 with junk":              head + "Content-Transfer-Encoding: base64\r\n\r\n" + enc[:8] + "\r\n!*\r\n" + enc[8:] + "\r\n",
		"base64 declared, text sent":    head + "Content-Transfer-Encoding: base64\r\n\r\nHer er CPR-nr. " + c + " som aftalt.\r\n",
		"quoted-printable, soft break":  head + "Content-Transfer-Encoding: quoted-printable\r\n\r\nCPR-nr. " + c[:min(len(c), 4)] + "=\r\n" + c[min(len(c), 4):] + "\r\n",
		"header line of 300 KiB":        head + "X-Lang: " + strings.Repeat("x ", 150<<10) + "\r\n\r\nCPR-nr. " + c + "\r\n",
		"unknown charset":               head + "Content-Type: text/plain; charset=x-findes-ikke\r\nContent-Transfer-Encoding: 8bit\r\n\r\nBl\xe5b\xe6r CPR-nr. " + c + "\r\n",
		"20,000 empty parts":            multi + strings.Repeat("--b1\r\n\r\n\r\n", 20000) + "--b1\r\n" + part + "--b1--\r\n",
		"message within base64 message": multi + "--b1\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte(head+"\r\nCPR-nr. "+c+"\r\n")) + "\r\n--b1--\r\n",
	}
}

// TestNastyMails sends mails that break the rules through the whole gateway: each
// is held when it hides a number, delivered byte for byte or held when it does
// not, and none takes a second of the scan.
func TestNastyMails(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a daemon")
	}
	in := install(t, "")
	addr := freePort(t)
	in.configure(fmt.Sprintf("gateway:\n  smtp: {listen: %q, next_hop: %q, hostname: gw.kommune.example}\n", addr, in.sink.Addr()))
	in.start()
	slow := time.Second * time.Duration(1+loadFactor())
	for n, c := range []string{"", sample.Number(3)} {
		for name, raw := range nastyMails(c) {
			arrived, cases := len(in.received(0)), strings.Count(in.log.String(), "case held")
			begun := time.Now()
			code, answer := send(t, addr, from, []string{"b@firma.example"}, []byte(raw))
			if took := time.Since(begun); took > slow {
				t.Errorf("%s: took %s", name, took)
			}
			if code != 250 {
				t.Errorf("%s: %d %s", name, code, answer)
				continue
			}
			held := strings.Count(in.log.String(), "case held") > cases
			if n == 1 && !held {
				t.Errorf("%s: the number got out", name)
			}
			if !held {
				in.same(t, in.received(arrived + 1)[arrived].File, []byte(raw))
			}
		}
	}
}

// loadFactor is how many times more work waits than the machine has cores: a test
// of speed says nothing on a machine that does other things.
func loadFactor() int {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	var load float64
	if _, err := fmt.Sscan(string(raw), &load); err != nil {
		return 0
	}
	return int(load) / runtime.NumCPU()
}
