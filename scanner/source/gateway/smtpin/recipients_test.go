package smtpin_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"

	"brevvagt/scanner/source/gateway/smtpin"
)

// sometimes refuses for good whom it does not know, and for now those who are full,
// the given number of times.
func sometimes(full int) func(string) string {
	var mu sync.Mutex
	return func(to string) string {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case strings.HasPrefix(to, "<unknown"):
			return "550 5.1.1 nobody"
		case strings.HasPrefix(to, "<full") && full > 0:
			full--
			return "452 4.2.2 full"
		}
		return ""
	}
}

func lmtpTalk(t *testing.T, b *lab) *talk {
	t.Helper()
	k := b.raw(t)
	k.say("", "220")
	k.say("EHLO pc.example", "500")
	k.say("LHLO pc.example", "250")
	return k
}

// TestEachRecipient: LMTP on both sides. Each recipient has its own answer, by RCPT and
// at the end; those who were refused for now are the client's to try again.
func TestEachRecipient(t *testing.T) {
	b, h := against(t, smtpin.Config{LMTP: true}, &hop{lmtp: true, final: sometimes(1)}, spooled(t))
	k := lmtpTalk(t, b)
	for _, lines := range []bool{false, true} { // DATA, then BDAT
		k.say("MAIL FROM:<a@kommune.example>", "250")
		for _, to := range []string{"b", "unknown", "full", "c"} {
			k.say("RCPT TO:<"+to+"@firma.example>", "250")
		}
		if lines {
			k.send("BDAT 12 LAST\r\nX: y\r\n\r\nok\r\n")
		} else {
			k.say("DATA", "354")
			k.send("X: y\r\n\r\nok\r\n.\r\n")
		}
		for _, want := range []string{"250", "550 5.1.1", map[bool]string{false: "452 4.2.2", true: "250"}[lines], "250"} {
			k.say("", want)
		}
	}
	if got := fmt.Sprint(h.took()[0].to, h.took()[1].to); got != "[<b@firma.example> <c@firma.example>] [<b@firma.example> <full@firma.example> <c@firma.example>]" {
		t.Errorf("%s", got)
	}
	if n := b.lane.Later.Len(); n != 0 {
		t.Errorf("%d mails wait here", n)
	}
}

// TestEachRecipientHeld: what is held or refused is so for all of them.
func TestEachRecipientHeld(t *testing.T) {
	b, h := against(t, smtpin.Config{LMTP: true}, &hop{lmtp: true})
	k := lmtpTalk(t, b)
	for marker, want := range map[string]string{"MARKER-HOLD": "250", "MARKER-REJECT": "550", "MARKER-ERROR": "451"} {
		k.say("MAIL FROM:<a@kommune.example>", "250")
		k.say("RCPT TO:<b@firma.example>", "250")
		k.say("RCPT TO:<b@firma.example>", "250") // the same twice has two answers
		k.say("DATA", "354")
		k.send("X: y\r\n\r\n" + marker + "\r\n.\r\n")
		k.say("", want)
		k.say("", want)
	}
	if got := h.took(); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

// TestOneAnswerForMany: the client speaks SMTP, the next hop LMTP. Who has the mail has
// it once, who could not get it now gets it later, and the sender hears of the rest.
func TestOneAnswerForMany(t *testing.T) {
	b, h := against(t, smtpin.Config{}, &hop{lmtp: true, final: sometimes(1)}, spooled(t))
	k := b.greeted(t)
	k.say("MAIL FROM:<a@kommune.example>", "250")
	for _, to := range []string{"b", "unknown", "full", "c"} {
		k.say("RCPT TO:<"+to+"@firma.example>", "250")
	}
	k.say("DATA", "354")
	k.say("X: y\r\n\r\nok\r\n.", "250")
	until(t, "everybody's mail", func() bool { return len(h.took()) == 2 && b.lane.Later.Len() == 0 && len(b.sink.Received()) == 1 })
	if got := fmt.Sprint(h.took()[0].to, h.took()[1].to); got != "[<b@firma.example> <c@firma.example>] [<full@firma.example>]" {
		t.Errorf("%s", got)
	}
	if first, then := h.took()[0].data, h.took()[1].data; !bytes.Equal(first, then) || string(then) != "X: y\r\n\r\nok\r\n" {
		t.Errorf("%q, then %q", first, then)
	}
	notice := b.arrived(t, 1)[0]
	if !bytes.Contains(notice, []byte("unknown@firma.example")) || bytes.Contains(notice, []byte("full@")) {
		t.Errorf("notice %s", notice)
	}
}

// TestReleaseToEach: a mail that was held goes to those who can get it; one full
// mailbox does not keep it from the others, and gets it once.
func TestReleaseToEach(t *testing.T) {
	for _, lmtp := range []bool{false, true} {
		h := &hop{lmtp: lmtp}
		answer := sometimes(1)
		b, h := against(t, smtpin.Config{}, h, spooled(t))
		k := b.greeted(t)
		k.say("MAIL FROM:<a@kommune.example>", "250")
		for _, to := range []string{"b", "full", "c"} {
			k.say("RCPT TO:<"+to+"@firma.example>", "250")
		}
		content := "X: y\r\n\r\nMARKER-HOLD\r\n"
		k.say("DATA", "354")
		k.say(content+".", "250")
		it := b.judge.last(t)
		if h.final = answer; !lmtp {
			h.final, h.rcpt = nil, answer
		}
		said, err := b.lane.Release(t.Context(), it.Receipt, "", nil, bytes.NewReader(it.Content))
		if err != nil || !strings.Contains(said, "1 recipients are tried again") {
			t.Fatalf("%q, %v", said, err)
		}
		until(t, "the full mailbox's mail", func() bool { return len(h.took()) == 2 && b.lane.Later.Len() == 0 })
		for i, want := range []string{"[<b@firma.example> <c@firma.example>]", "[<full@firma.example>]"} {
			if m := h.took()[i]; fmt.Sprint(m.to) != want || string(m.data) != content {
				t.Errorf("%v", m)
			}
		}
		if n := len(b.judge.items); n != 1 {
			t.Errorf("judged %d times", n)
		}
	}
}

// TestReleaseToSome: those who get a held mail get it with all that its sender asked for.
func TestReleaseToSome(t *testing.T) {
	b, h := against(t, smtpin.Config{}, &hop{ext: []string{"DSN", "8BITMIME", "SMTPUTF8"}})
	k := b.greeted(t)
	k.say("MAIL FROM:<a@kommune.example> BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=brev+2B7", "250")
	for _, to := range []string{"b@firma.example> NOTIFY=FAILURE", "søren@firma.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;s+2Bx@firma.example", "c@firma.example>"} {
		k.say("RCPT TO:<"+to, "250")
	}
	k.say("DATA", "354")
	k.say("X: y\r\n\r\nMARKER-HOLD\r\n.", "250")
	it := b.judge.last(t)
	if _, err := b.lane.ReleaseTo(t.Context(), it.Receipt, it.To[1:], bytes.NewReader(it.Content)); err != nil {
		t.Fatal(err)
	}
	m := h.took()
	if len(m) != 1 || m[0].from != "<a@kommune.example> BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=brev+2B7" ||
		fmt.Sprint(m[0].to) != "[<søren@firma.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;s+2Bx@firma.example <c@firma.example>]" {
		t.Errorf("%+v", m)
	}
}
