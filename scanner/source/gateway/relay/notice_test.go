package relay_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-message/mail"

	"brevvagt/scanner/source/gateway/relay"
)

func notice() relay.Notice {
	return relay.Notice{
		From: "brevvagt@kommune.example", To: "testperson@kommune.example",
		Subject: "Årsopgørelse 070761-4285\r\nBcc: x@y.example", MessageID: "<abc.1@kommune.example>",
		Reference: "2026-01", Sent: time.Date(2026, 11, 24, 9, 5, 0, 0, time.UTC),
		Reason: "Vi fandt 3 CPR-numre i et billede (070761 4285), og modtageren kan ikke modtage sikkert.",
		Help:   "https://hjaelp.kommune.example/mail",
	}
}

// read parses a notice with the library that mail programs' behaviour is closest to.
func read(t *testing.T, raw []byte) (mail.Header, string) {
	t.Helper()
	r, err := mail.CreateReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	p, err := r.NextPart()
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(p.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.Header, string(body)
}

func TestNotice(t *testing.T) {
	raw, err := notice().Compose()
	if err != nil {
		t.Fatal(err)
	}
	h, body := read(t, raw)
	subject, _ := h.Subject()
	if subject != "Din mail er ikke sendt: Årsopgørelse [nummer udeladt]  Bcc: x@y.example" {
		t.Errorf("subject %q", subject)
	}
	for k, want := range map[string]string{
		"Auto-Submitted": "auto-generated", "In-Reply-To": "<abc.1@kommune.example>", "References": "<abc.1@kommune.example>",
		"To": "<testperson@kommune.example>", "Mime-Version": "1.0",
	} {
		if h.Get(k) != want {
			t.Errorf("%s: %q", k, h.Get(k))
		}
	}
	if h.Has("Bcc") || h.Get("Message-Id") == "" || h.Get("Date") == "" {
		t.Errorf("header %+v", h)
	}
	for _, want := range []string{"3 CPR-numre i et billede", "modtageren har ikke fået den", "Send den sikkert, eller bed din DPO", "--- English ---", "was not sent", "24.11.2026 09:05", "Hjælp: https://"} {
		if !strings.Contains(body, want) {
			t.Errorf("body lacks %q:\n%s", want, body)
		}
	}
	for _, l := range bytes.Split(raw, []byte("\n")) {
		if len(l) > 998 || len(l) > 0 && l[len(l)-1] != '\r' {
			t.Errorf("line %q", l)
		}
		for _, c := range l {
			if c > 127 {
				t.Errorf("raw 8-bit in %q", l)
			}
		}
	}
}

func TestNoticeNeverNamesANumber(t *testing.T) {
	n := notice()
	for _, number := range []string{"070761-4285", "0707614285", "070761 4285", "070761–4285", "070761.4285", "070761 - 4285", "070761\u00a04285", "070761 / 4285", "070761\u200b-4285", "0707\u00ad61\u20604285"} {
		for _, f := range []*string{&n.Subject, &n.Reason, &n.English, &n.Help, &n.Reference} {
			*f = "x" + number + "y"
		}
		for _, n.Kind = range []relay.Kind{relay.Rejected, relay.Held, relay.Warned} {
			raw, err := n.Compose()
			if err != nil {
				t.Fatal(err)
			}
			h, body := read(t, raw)
			subject, _ := h.Subject()
			if strings.Contains(subject+body, "4285") {
				t.Errorf("%q survives in\n%s\n%s", number, subject, body)
			}
		}
	}
}

// TestNoticeKeepsItsLines: nothing from outside stands on a line of its own, or turned
// around, in what we write.
func TestNoticeKeepsItsLines(t *testing.T) {
	n := notice()
	for _, f := range []*string{&n.Subject, &n.Reason, &n.English, &n.Help, &n.Reference} {
		*f = "x\u2028y\u2029y\u0085y\u202egpj.exe\u2066z\v\f"
	}
	raw, err := n.Compose()
	if err != nil {
		t.Fatal(err)
	}
	h, body := read(t, raw)
	subject, _ := h.Subject()
	if i := strings.IndexAny(subject+body, "\u2028\u2029\u0085\u202e\u2066\v\f"); i >= 0 {
		t.Errorf("%q", subject+body)
	}
	if !strings.Contains(body, "x y y ygpj.exez") {
		t.Errorf("the text is gone: %q", body)
	}
}

func TestNoticeRefusals(t *testing.T) {
	n := notice()
	n.To = ""
	if _, err := n.Compose(); !errors.Is(err, relay.ErrNoSender) {
		t.Errorf("null sender: %v", err)
	}
	n = notice()
	n.From = ""
	if _, err := n.Compose(); err == nil {
		t.Error("notice from nobody")
	}
	n = notice()
	n.MessageID = "<a@b>\r\nX-Evil: 1"
	raw, err := n.Compose()
	if err != nil || bytes.Contains(raw, []byte("X-Evil")) {
		t.Errorf("%v\n%s", err, raw)
	}
}

func TestNoticeIsSentWithoutReturnPath(t *testing.T) {
	s := sink(t)
	if err := notice().Send(t.Context(), &relay.Hop{Addr: s.Addr()}); err != nil {
		t.Fatal(err)
	}
	got := s.Received()
	if len(got) != 1 || got[0].From != "" || got[0].To[0] != "testperson@kommune.example" {
		t.Errorf("received %+v", got)
	}
}

// TestGatheredNotice: notices that were kept and are about many mails become one, which
// says how many and gives each its link; what is not to be told of is left out.
func TestGatheredNotice(t *testing.T) {
	s := sink(t)
	h := &relay.Hop{Addr: s.Addr()}
	var letters [][]byte
	for i := range 25 {
		n := notice()
		n.Kind, n.To, n.Sent, n.Reference = relay.Held, "søren@kommune.example", n.Sent.Add(time.Duration(-i)*time.Minute), fmt.Sprintf("sag %d.", i)
		n.Link = fmt.Sprintf("https://brevvagt.kommune.example/afsender/%dx", i)
		letters = append(letters, n.Letter())
	}
	tell := func(n relay.Notice) bool { return n.Reference != "sag 24." && n.Reference != "sag 0." }
	if err := relay.SendLetters(t.Context(), h, letters, tell); err != nil {
		t.Fatal(err)
	}
	if err := relay.SendLetters(t.Context(), h, [][]byte{letters[0], letters[24]}, tell); err != nil {
		t.Fatal(err)
	}
	got := s.Received()
	if len(got) != 1 || got[0].From != "" || got[0].To[0] != "søren@kommune.example" {
		t.Fatalf("received %+v", got)
	}
	raw, err := got[0].Content()
	if err != nil {
		t.Fatal(err)
	}
	head, body := read(t, raw)
	if subject, _ := head.Subject(); subject != "23 af dine mails er ikke sendt endnu" || head.Has("In-Reply-To") {
		t.Errorf("subject %q", subject)
	}
	for _, want := range []string{"23 mails fra dig er ikke sendt endnu", "Emne: Årsopgørelse [nummer udeladt]", "Sagsnummer: sag 23.", "afsender/4x", "... og 3 til", "23 of your mails"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in\n%s", want, body)
		}
	}
	for _, never := range []string{"4285", "sag 24.", "sag 0.", "afsender/3x"} {
		if strings.Contains(body, never) {
			t.Errorf("%q in\n%s", never, body)
		}
	}
	if n := strings.Count(body, "Vi fandt 3 CPR-numre"); n != 1 {
		t.Errorf("the reason stands there %d times", n)
	}
}

func TestSinkTakesManyAtOnceAndOnlyLoopback(t *testing.T) {
	s := sink(t)
	h := &relay.Hop{Addr: s.Addr()}
	const n = 30
	errs := make(chan error)
	for range n {
		go func() {
			_, err := h.Send(t.Context(), env("b@firma.example"), strings.NewReader("Subject: x\r\n\r\n"+strings.Repeat("y", 1000)+"\r\n"))
			errs <- err
		}()
	}
	for range n {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if got, err := s.Wait(t.Context(), n); err != nil || len(got) != n {
		t.Errorf("%d mails, %v", len(got), err)
	}
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:25", "localhost"} {
		if _, err := relay.StartSink(t.TempDir(), addr); err == nil {
			t.Errorf("mailbox on %s", addr)
		}
	}
}

func TestNumberInMessageID(t *testing.T) {
	for id, kept := range map[string]bool{
		"<070761-4285@kommune.example>": false, "<0707614285@kommune.example>": false, "<x.0707614285.y@kommune.example>": false,
		"<20261124091500.4711@kommune.example>": true, "<1795524608.4711@kommune.example>": true, "<abc@kommune.example>": true,
	} {
		raw, err := relay.Notice{From: "brevvagt@kommune.example", To: "a@kommune.example", MessageID: id}.Compose()
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(string(raw), "References:"); got != kept {
			t.Errorf("%s: repeated %v, want %v", id, got, kept)
		}
	}
}
