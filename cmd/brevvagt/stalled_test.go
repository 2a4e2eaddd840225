package main

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"

	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/internal/porttest"
)

// stalledHop is a mail server that takes mails and never says that it has them; it tells
// of each.
func stalledHop(t *testing.T) (addr string, had chan struct{}) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	had = make(chan struct{}, 100)
	go func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer nc.Close()
				fmt.Fprint(nc, "220 hop\r\n")
				data := false
				for in := bufio.NewScanner(nc); in.Scan(); {
					switch line := in.Text(); {
					case data && line == ".":
						had <- struct{}{}
					case data:
					case strings.EqualFold(line, "DATA"):
						data = true
						fmt.Fprint(nc, "354 go on\r\n")
					default:
						fmt.Fprint(nc, "250 ok\r\n")
					}
				}
			}()
		}
	}()
	return l.Addr().String(), had
}

// TestStartBesideAStalledHop: a release that a crash left unfinished, to a next hop that
// does not answer, keeps no mail waiting at the start.
func TestStartBesideAStalledHop(t *testing.T) {
	t.Parallel()
	hop, had := stalledHop(t)
	addr := porttest.Free(t)
	in := install(t, "")
	in.quiet(fmt.Sprintf("gateway:\n  smtp: {listen: %q, next_hop: %q}\n", addr, hop))
	in.start()
	mail := "From: a@kommune.example\r\nTo: b@firma.example\r\nSubject: Sag\r\nMessage-ID: <1@kommune.example>\r\n\r\nCPR-nr. " + sample.Number(1) + "\r\n"
	if code, text := send(t, addr, from, []string{"b@firma.example"}, []byte(mail)); code != 250 {
		t.Fatal(code, text)
	}
	ids := in.cases()
	if len(ids) != 1 {
		t.Fatalf("%d cases", len(ids))
	}
	in.stop()
	release := program(&in.log, "case", "release", ids[0], "--by", "dpo", "--reason", "Set og godkendt", "--config", in.config)
	release.Stdin = strings.NewReader(testPassphrase + "\n")
	if err := release.Start(); err != nil {
		t.Fatal(err)
	}
	<-had
	_ = release.Process.Signal(syscall.SIGKILL)
	_ = release.Wait()
	in.start()
	<-had
}
