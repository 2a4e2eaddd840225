package main

import (
	"bytes"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"brevvagt/internal/porttest"
)

// linkIn is the link of the n-th notice that came to the sender.
func (in *installation) linkIn(n int) string {
	in.t.Helper()
	var links []string
	in.eventually("the notice", func() bool {
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
	res, err := browser(nil).PostForm(link, url.Values{"handling": {what}, "begrundelse": {reason}})
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
	t.Parallel()
	listen := porttest.Free(t)
	in, p := withPostfix(t, fmt.Sprintf("sender: {page: \"http://%s\", listen: %q}\n", listen, listen))
	shot := sampleMail(t, "Supportmail").Raw
	if code, text := send(t, p.Addr, from, []string{"support@firma.example"}, shot); code != 250 {
		t.Fatalf("%d %s", code, text)
	}
	link := in.linkIn(1)
	res, err := browser(nil).Get(link)
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
	in.eventually("the queue to be empty", func() bool { return strings.TrimSpace(p.Command(t, "postqueue", "-j")) == "" })
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
	in.ask(ids[0], "Har leverandøren en databehandleraftale?")
	question := in.question()
	if page := act(t, question, "begrund", "Ja, den ligger på sagen"); !strings.Contains(page, "Begrundelsen er modtaget") {
		t.Error(page)
	}
	res, err = browser(nil).Get(question)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := io.ReadAll(res.Body)
	res.Body.Close()
	if strings.Contains(string(again), `id="begrund"`) {
		t.Errorf("the link in the question works twice:\n%s", again)
	}
	if log := in.log.String(); strings.Contains(log, link[strings.LastIndexByte(link, '/')+1:]) {
		t.Error("the link stands in the log")
	}
}

// ask lets the DPO sign in on the page and ask the sender of a case.
func (in *installation) ask(id, text string) {
	in.t.Helper()
	config, err := os.ReadFile(in.config)
	if err != nil {
		in.t.Fatal(err)
	}
	page := "http://" + regexp.MustCompile(`review: {listen: "([^"]+)"}`).FindStringSubmatch(string(config))[1]
	jar, _ := cookiejar.New(nil)
	c := browser(jar)
	for _, step := range []struct {
		path string
		form url.Values
		want string
	}{
		{"/log-ind", url.Values{"navn": {"dpo"}, "kode": {testPassphrase}}, "Log ud"},
		{"/sag/" + id + "/spoerg", url.Values{"spoergsmaal": {text}}, "Spørgsmålet er sendt"},
	} {
		res, err := c.PostForm(page+step.path, step.form)
		if err != nil {
			in.t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if !strings.Contains(string(body), step.want) {
			in.t.Fatalf("%s: %s", step.path, res.Status)
		}
	}
}

// question is the link in the question that came to the sender.
func (in *installation) question() (link string) {
	in.t.Helper()
	in.eventually("the question", func() bool {
		for _, r := range in.sink.Received() {
			raw, err := os.ReadFile(r.File)
			if r.From == "" || err != nil {
				continue
			}
			_, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
			text, _ := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(body)))
			link = regexp.MustCompile(`https?://\S+/afsender/[a-z]+`).FindString(string(text))
		}
		return link != ""
	})
	return link
}
