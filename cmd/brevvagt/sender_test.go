package main

import (
	"bytes"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// linkIn is the link of the n-th notice that came to the sender.
func (in *installation) linkIn(n int) string {
	in.t.Helper()
	var links []string
	in.eventually("the notice", 15*time.Second, func() bool {
		links = links[:0]
		for _, r := range in.sink.Received() {
			raw, err := os.ReadFile(r.File)
			if r.From != "" || err != nil {
				continue
			}
			_, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
			text, _ := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(body)))
			links = append(links, regexp.MustCompile(`https?://\S+/afsender/[a-z]+`).FindString(string(text)))
		}
		return len(links) >= n
	})
	return links[n-1]
}

func act(t *testing.T, link, what, reason string) string {
	t.Helper()
	res, err := http.PostForm(link, url.Values{"handling": {what}, "begrundelse": {reason}})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	page, _ := io.ReadAll(res.Body)
	if res.StatusCode != 200 {
		t.Fatalf("%s: %s\n%s", what, res.Status, page)
	}
	return string(page)
}

// TestSendersLink: a real Postfix holds a mail, its sender gets one notice, and the
// link in it cancels the mail in Postfix.
func TestSendersLink(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	listen := freePort(t)
	in, p := withPostfix(t, fmt.Sprintf("sender: {page: \"http://%s\", listen: %q}\n", listen, listen))
	shot := sampleMail(t, "Supportmail").Raw
	if code, text := send(t, p.Addr, from, []string{"support@firma.example"}, shot); code != 250 {
		t.Fatalf("%d %s", code, text)
	}
	link := in.linkIn(1)
	res, err := http.Get(link)
	if err != nil || res.StatusCode != 200 {
		t.Fatalf("%v %v", res, err)
	}
	res.Body.Close()
	if n := len(in.cases()); n != 1 {
		t.Fatalf("%d cases wait after the page was looked at", n)
	}
	if page := act(t, link, "annuller", ""); !strings.Contains(page, "Mailen er annulleret") {
		t.Error(page)
	}
	if n := len(in.cases()); n != 0 {
		t.Errorf("%d cases wait", n)
	}
	if queue := p.Command(t, "postqueue", "-j"); strings.TrimSpace(queue) != "" {
		t.Errorf("still in the queue: %s", queue)
	}
	// A reason and a question leave the mail where it is.
	send(t, p.Addr, from, []string{"support@firma.example"}, bytes.Replace(shot, []byte("Message-ID: <"), []byte("Message-ID: <2"), 1))
	if page := act(t, in.linkIn(2), "begrund", "Aftalt med leverandøren på telefon"); !strings.Contains(page, "Begrundelsen er modtaget") {
		t.Error(page)
	}
	ids := in.cases()
	if len(ids) != 1 {
		t.Fatalf("%d cases wait", len(ids))
	}
	if n := len(in.sink.Received()); n != 2 {
		t.Errorf("%d mails came to the sender's mailbox, want the two notices", n)
	}
	if log := in.log.String(); strings.Contains(log, link[strings.LastIndexByte(link, '/')+1:]) {
		t.Error("the link stands in the log")
	}
}
