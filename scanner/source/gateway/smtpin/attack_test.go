package smtpin_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"brevvagt/internal/postfixtest"
	"brevvagt/scanner/source/gateway/smtpin"
)

// against is a lane in front of a hop of the test's own.
func against(t *testing.T, c smtpin.Config, h *hop, change ...func(*smtpin.Server)) (*lab, *hop) {
	t.Helper()
	startHop(t, h)
	return newLab(t, c, append(change, func(s *smtpin.Server) {
		next := *s.Next // notices go to the sink
		next.Addr, next.LMTP = h.addr, h.lmtp
		s.Next = &next
	})...), h
}

// raw connects without a greeting.
func (b *lab) raw(t *testing.T) *talk {
	t.Helper()
	nc, err := net.Dial("tcp", b.lane.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = nc.Close() })
	_ = nc.SetDeadline(time.Now().Add(5 * time.Minute))
	return &talk{t: t, nc: nc, in: bufio.NewReader(nc)}
}

func (b *lab) greeted(t *testing.T) *talk {
	t.Helper()
	k := b.raw(t)
	k.say("", "220")
	k.say("EHLO pc.example", "250")
	return k
}

// ends are what some server somewhere takes for the end of a mail.
var ends = []string{"\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r.\r\n", "\r\n.\r", "\n.\r", "\r.\n", "\r\n\x00.\r\n", "\r\n.\x00\r\n", "\r\n. \r\n", "\r\n.\r\r\n", "\r\n\v.\r\n"}

const forged = "MAIL FROM:<evil@kommune.example>\r\nRCPT TO:<victim@firma.example>\r\nDATA\r\nSubject: forged\r\n\r\nx"

// dotted is content as it goes on: a dot more where somebody may see the end.
func dotted(s string) string { return dotAfterBare.ReplaceAllString(s, "${1}..") }

var dotAfterBare = regexp.MustCompile(`(\r|[^\r]\n)\.`)

// TestSmuggling: content that looks like the end of the mail to somebody, followed
// by another mail, arrives as one mail, whatever the next hop takes for a line end.
func TestSmuggling(t *testing.T) {
	for _, lax := range []bool{false, true} {
		b, h := against(t, smtpin.Config{}, &hop{lax: lax})
		for i, end := range ends {
			text := "Subject: x\r\n\r\nbefore" + end + forged
			k := b.greeted(t)
			k.begin()
			k.say("DATA", "354")
			k.send(text + "\r\n.\r\n")
			k.say("", "250")
			k.say("QUIT", "221")
			if got := h.took(); len(got) != i+1 || got[i].from != "<a@kommune.example>" || !lax && string(got[i].data) != dotted(strings.ReplaceAll(text, "\r\n.", "\r\n"))+"\r\n" {
				t.Fatalf("lax %v, %q: %v", lax, end, got)
			}
		}
	}
}

// TestSmugglingPostfix is the same with a real Postfix behind, which takes a bare LF
// for a line end as Debian 12 ships it.
func TestSmugglingPostfix(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	b := newLab(t, smtpin.Config{})
	out := b.sink
	p := postfixtest.Start(t, postfixtest.Config{NextHop: out.Addr()})
	b.lane.Next.Addr = p.Addr
	for _, end := range ends {
		k := b.greeted(t)
		k.begin()
		k.say("DATA", "354")
		k.send("Subject: x\r\n\r\nbefore" + end + forged + "\r\n.\r\n")
		k.say("", "250")
	}
	for deadline := time.Now().Add(3 * time.Minute); len(out.Received()) < len(ends) && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	b.arrived(t, len(ends))
	for _, r := range out.Received() {
		if r.From != "a@kommune.example" {
			t.Errorf("a forged mail from %s arrived", r.From)
		}
	}
}

// TestBareEndings: what ends with CR CR LF, or without an end, ends all the same.
func TestBareEndings(t *testing.T) {
	b, h := against(t, smtpin.Config{}, &hop{})
	for i, text := range []string{"x\r\r\n", "\r\n", "", "x\r\n\r\r\n", ".\r\n", "..\r\n", ".x\r\n.y\r\n"} {
		k := b.greeted(t)
		k.begin()
		k.say("DATA", "354")
		stuffed := strings.ReplaceAll("\r\n"+text, "\r\n.", "\r\n..")[2:]
		k.send(stuffed + ".\r\n")
		_ = k.nc.SetReadDeadline(time.Now().Add(time.Minute))
		k.say("", "250")
		if got := h.took(); len(got) != i+1 || string(got[i].data) != text {
			t.Fatalf("%q: %v", text, got)
		}
	}
}

// TestChunks: BDAT as RFC 3030 has it.
func TestChunks(t *testing.T) {
	b, h := against(t, smtpin.Config{MaxBytes: 100_000}, &hop{})
	k := b.greeted(t)
	first, second := "Subject: x\r\n\r\nA\r\n.\r\nMAIL FROM:<evil@kommune.example>\r\n", "\n.\nB\r\n"
	k.begin()
	k.say(fmt.Sprintf("BDAT %d\r\n%s", len(first), first[:len(first)-2]), "250")
	k.say("NOOP", "250")
	k.say("MAIL FROM:<c@kommune.example>", "50")
	k.say("RCPT TO:<c@firma.example>", "50")
	k.say("DATA", "50")
	k.say(fmt.Sprintf("BDAT %d\r\n%s", len(second), second[:len(second)-2]), "250")
	k.say("BDAT 0 LAST", "250")
	if got := h.took(); len(got) != 1 || string(got[0].data) != dotted(first+second) || len(got[0].to) != 1 {
		t.Fatalf("%v", got)
	}
	k.begin()
	k.say("BDAT 5\r\nabc", "250")
	k.say("RSET", "250")
	k.say("BDAT 5 LAST\r\nabc", "50") // no mail, and its content is no command
	k.begin()
	k.say("BDAT 70000\r\n"+strings.Repeat("x", 69_998), "250")
	k.say("BDAT 70000 LAST\r\n"+strings.Repeat("x", 69_998), "552")
	k.begin()
	k.say("BDAT 12 LAST\r\nX: y\r\n\r\nok", "250")
	if got := h.took(); len(got) != 2 || string(got[1].data) != "X: y\r\n\r\nok\r\n" {
		t.Fatalf("%v", got)
	}
	// All in one write, two mails and the end.
	k = b.greeted(t)
	one := "MAIL FROM:<a@kommune.example>\r\nRCPT TO:<b@firma.example>\r\nBDAT 3\r\nA: BDAT 7 LAST\r\nb\r\n\r\nc\n"
	k.send(one + one + "QUIT\r\n")
	var codes []string
	for a := k.answer(); a != ""; a = k.answer() {
		codes = append(codes, a[:3])
	}
	if strings.Join(codes, " ") != "250 250 250 250 250 250 250 250 221" {
		t.Errorf("answers %v", codes)
	}
	if got := h.took(); len(got) != 4 || string(got[3].data) != "A: b\r\n\r\nc\n\r\n" {
		t.Errorf("%v", got)
	}
}

// TestMangledChunks: where the length of a chunk is unknown nothing after it can be
// told from a command, so the connection ends.
func TestMangledChunks(t *testing.T) {
	b, h := against(t, smtpin.Config{}, &hop{})
	for _, size := range []string{"x", "-1", "+5", "5 LAST x", "", "99999999999999999999999", "5000000000", "0x10", "5 FIRST", "5LAST"} {
		k := b.greeted(t)
		k.begin()
		k.send("BDAT " + size + "\r\n" + forged + "\r\n.\r\n" + "RSET\r\n" + forged + "\r\n.\r\nQUIT\r\n")
		if all := k.rest(); strings.Contains(all, "354") {
			t.Errorf("BDAT %s: what follows was taken for commands: %q", size, all)
		}
	}
	if got := h.took(); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

// TestCutChunk: a last chunk that is cut short is no mail, in clear and within TLS,
// where the client can say goodbye without closing.
func TestCutChunk(t *testing.T) {
	_, cert := authority(t, "brevvagt.example")
	b, h := against(t, smtpin.Config{TLS: &tls.Config{Certificates: []tls.Certificate{cert}}}, &hop{})
	for _, command := range []string{"BDAT 5000 LAST\r\n", "DATA\r\n"} {
		k := b.greeted(t)
		k.say("STARTTLS", "220")
		c := tls.Client(k.nc, &tls.Config{InsecureSkipVerify: true})
		s := &talk{t: t, nc: c, in: bufio.NewReader(c)}
		s.say("EHLO pc.example", "250")
		s.begin()
		s.send(command + string(mailWith("ren")))
		_ = c.CloseWrite()
		if all := s.rest(); strings.Contains(all, "250 ") {
			t.Errorf("%q: half a mail was taken: %q", command, all)
		}
	}
	if got := h.took(); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

// TestPipelined: whole transactions in one write, the answers in their order.
func TestPipelined(t *testing.T) {
	b, h := against(t, smtpin.Config{}, &hop{rcpt: func(to string) string {
		if strings.HasPrefix(to, "<unknown") {
			return "550 5.1.1 no"
		}
		return ""
	}})
	k := b.greeted(t)
	one := "MAIL FROM:<a@kommune.example>\r\nRCPT TO:<unknown@firma.example>\r\nRCPT TO:<b@firma.example>\r\nDATA\r\nX: 1\r\n\r\nx\r\n.\r\n"
	k.send(one + "RSET\r\nNOOP\r\n" + one + "QUIT\r\nMAIL FROM:<after@kommune.example>\r\n")
	var codes []string
	for a := k.answer(); a != ""; a = k.answer() {
		codes = append(codes, a[:3])
	}
	if strings.Join(codes, " ") != "250 550 250 354 250 250 250 250 550 250 354 250 221" {
		t.Errorf("answers %v", codes)
	}
	if got := h.took(); len(got) != 2 || len(got[0].to) != 1 || string(got[1].data) != "X: 1\r\n\r\nx\r\n" {
		t.Errorf("%v", got)
	}
}

func TestThousandRecipients(t *testing.T) {
	b, h := against(t, smtpin.Config{}, &hop{})
	k := b.greeted(t)
	var all strings.Builder
	all.WriteString("MAIL FROM:<a@kommune.example>\r\n")
	for i := range 1001 {
		fmt.Fprintf(&all, "RCPT TO:<b%d@firma.example>\r\n", i)
	}
	k.send(all.String())
	for i := range 1002 {
		want := "250"
		if i == 1001 {
			want = "452"
		}
		k.say("", want)
	}
	k.say("DATA", "354")
	k.say("X: 1\r\n\r\nx\r\n.", "250")
	if got := h.took(); len(got) != 1 || len(got[0].to) != 1000 || got[0].to[999] != "<b999@firma.example>" {
		t.Errorf("%d mails", len(got))
	}
}

// TestAddresses: what a client may call somebody, and what the next hop hears.
func TestAddresses(t *testing.T) {
	b, h := against(t, smtpin.Config{}, &hop{ext: []string{"SMTPUTF8", "8BITMIME"}})
	for _, tt := range []struct{ given, want, code string }{
		{"<postmaster>", "<postmaster>", "250"},
		{"<Postmaster>", "<Postmaster>", "250"},
		{"<hans>", "", "5"},
		{"<>", "", "5"},
		{"<@firma.example>", "", "5"},
		{"<b@>", "", "5"},
		{`<""@firma.example>`, `<""@firma.example>`, "250"},
		{`<"b"@firma.example>`, `<b@firma.example>`, "250"},
		{`<"b c"@firma.example>`, `<"b c"@firma.example>`, "250"},
		{`<"b@c"@firma.example>`, `<"b@c"@firma.example>`, "250"},
		{`<"b>c"@firma.example>`, `<"b>c"@firma.example>`, "250"},
		{`<"\"b\""@firma.example>`, `<"\"b\""@firma.example>`, "250"},
		{`<"b\\"@firma.example>`, `<"b\\"@firma.example>`, "250"},
		{`<"b..c"@firma.example>`, `<"b..c"@firma.example>`, "250"},
		{`<"b@firma.example>`, "", "5"},
		{"<b..c@firma.example>", "", "5"},
		{"<@gw.example,@gw2.example:b@firma.example>", "<b@firma.example>", "250"},
		{"<@gw.example:>", "", "5"},
		{"<b%c@firma.example>", "<b%c@firma.example>", "250"},
		{"<b!c+d=e/f@firma.example>", "<b!c+d=e/f@firma.example>", "250"},
		{"<b@[192.0.2.7]>", "<b@[192.0.2.7]>", "250"},
		{"<b@[IPv6:2001:db8::1]>", "<b@[IPv6:2001:db8::1]>", "250"},
		{"<b@[192.0.2.7>", "", "5"},
		{"<b@xn--blbrgrd-vxak6p.example>", "<b@xn--blbrgrd-vxak6p.example>", "250"},
		{"<b@fir ma.example>", "", "5"},
		{"<b@firma.example> X", "", "5"},
		{"<b@firma.example>X", "", "5"},
		{"<b@firma.example\x00>", "", "5"},
		{"<b\x01@firma.example>", "", "5"},
		{"<b\x00@firma.example>", "", "5"},
		{"<b@firma.example><c@firma.example>", "", "5"},
		{"<b@firma.example,c@firma.example>", "", "5"},
		{"<b@c@firma.example>", "", "5"},
		{"<b@firma.example\rRCPT TO:<c@firma.example>>", "", "5"},
		{"<" + strings.Repeat("b", 400) + "@firma.example>", "", "5"},
		{"<" + strings.Repeat("b", 64) + "@firma.example>", "<" + strings.Repeat("b", 64) + "@firma.example>", "250"},
		{"<bø@firma.example>", "", "5"}, // not asked for
		{"<b@blåbær.example>", "", "5"},
	} {
		k := b.greeted(t)
		k.say("MAIL FROM:<a@kommune.example>", "250")
		k.say("RCPT TO:"+tt.given, tt.code)
		if tt.want == "" {
			k.say("QUIT", "221")
			continue
		}
		k.say("DATA", "354")
		k.say("X: 1\r\n\r\nx\r\n.", "250")
		k.say("QUIT", "221")
		got := h.took()
		if len(got) == 0 || len(got[len(got)-1].to) != 1 || got[len(got)-1].to[0] != tt.want {
			t.Errorf("%s: %v", tt.given, got)
		}
	}
}

// TestUTF8: addresses beyond ASCII go on only when the client asked for it and the
// next hop can.
func TestUTF8(t *testing.T) {
	for _, can := range []bool{true, false} {
		h := &hop{}
		if can {
			h.ext = []string{"SMTPUTF8", "8BITMIME"}
		}
		b, h := against(t, smtpin.Config{}, h)
		k := b.greeted(t)
		k.say("MAIL FROM:<søren@blåbær.example> SMTPUTF8 BODY=8BITMIME", "250")
		if !can {
			k.say("RCPT TO:<bø@firma.example>", "5")
			continue
		}
		k.say("RCPT TO:<bø@firma.example>", "250")
		k.say("RCPT TO:<b\xff@firma.example>", "5")
		k.say("DATA", "354")
		k.say("Subject: æøå\r\n\r\nx\r\n.", "250")
		got := h.took()
		if len(got) != 1 || !strings.HasPrefix(got[0].from, "<søren@blåbær.example>") || !strings.Contains(got[0].from, "SMTPUTF8") || got[0].to[0] != "<bø@firma.example>" {
			t.Errorf("%v", got)
		}
	}
}

// TestDeclaredSize: SIZE is a promise that nobody has to keep.
func TestDeclaredSize(t *testing.T) {
	b, h := against(t, smtpin.Config{MaxBytes: 100_000}, &hop{})
	k := b.greeted(t)
	for size, want := range map[string]string{"100001": "552", "99999999999999999999": "552", "5000000000": "552", "x": "501", "-1": "501", "": "501"} {
		k.say("MAIL FROM:<a@kommune.example> SIZE="+size, want)
	}
	for i, content := range []string{strings.Repeat("x", 90_000), strings.Repeat("x", 200_000), "x"} {
		k.say("MAIL FROM:<a@kommune.example> SIZE=10", "250")
		k.say("RCPT TO:<b@firma.example>", "250")
		k.say("DATA", "354")
		k.say(content+"\r\n.", []string{"250", "552", "250"}[i])
	}
	if got := h.took(); len(got) != 2 || len(got[0].data) != 90_002 {
		t.Errorf("%d mails", len(got))
	}
}

// TestLinesAndZeros: NUL bytes and lines without end, in content and as commands.
func TestLinesAndZeros(t *testing.T) {
	b, h := against(t, smtpin.Config{}, &hop{})
	k := b.greeted(t)
	content := "X: \x00\r\n\r\n\x00" + strings.Repeat("y", 1<<20) + "\x00\r\n"
	k.begin()
	k.say("DATA", "354")
	k.say(content+".", "250")
	if got := h.took(); len(got) != 1 || string(got[0].data) != content {
		t.Errorf("%d mails", len(got))
	}
	for _, line := range []string{"MAIL FROM:<a\x00@kommune.example>", "\x00MAIL FROM:<a@kommune.example>", "NOOP \x00", "MA\rIL FROM:<a@kommune.example>"} {
		k := b.greeted(t)
		k.say(line, "5")
		k.say("RCPT TO:<b@firma.example>", "50")
	}
	k = b.greeted(t)
	k.send("NOOP " + strings.Repeat("z", 1<<20) + "\r\nMAIL FROM:<a@kommune.example>\r\n")
	if all := k.rest(); strings.Contains(all, "250") {
		t.Errorf("after an endless command: %q", all)
	}
}

// TestInjectedBeforeTLS: what comes in clear after STARTTLS is dropped, and so is
// everything said before.
func TestInjectedBeforeTLS(t *testing.T) {
	_, cert := authority(t, "brevvagt.example")
	b, h := against(t, smtpin.Config{TLS: &tls.Config{Certificates: []tls.Certificate{cert}}}, &hop{})
	for _, injected := range []string{"", "MAIL FROM:<evil@kommune.example>\r\nRCPT TO:<victim@firma.example>\r\nDATA\r\nSubject: x\r\n", "EHLO x\r\n" + forged} {
		k := b.greeted(t)
		k.begin() // of no use after STARTTLS
		k.send("STARTTLS\r\n" + injected)
		if a := k.answer(); !strings.HasPrefix(a, "220") {
			if injected == "" {
				t.Errorf("STARTTLS: %q", a)
			}
			continue // refused altogether is as good
		}
		c := tls.Client(k.nc, &tls.Config{InsecureSkipVerify: true})
		if err := c.Handshake(); err != nil {
			if injected == "" {
				t.Errorf("handshake: %v", err)
			}
			continue
		}
		s := &talk{t: t, nc: c, in: bufio.NewReader(c)}
		s.say("RCPT TO:<b@firma.example>", "50")
		s.say("DATA", "50")
		s.say("MAIL FROM:<a@kommune.example>", "50") // EHLO comes first
		if a := s.say("EHLO pc.example", "250"); strings.Contains(a, "STARTTLS") {
			t.Errorf("STARTTLS is offered within TLS: %q", a)
		}
		s.say("RCPT TO:<b@firma.example>", "50")
		s.begin()
		s.say("DATA", "354")
		s.say("X: 1\r\n\r\nx\r\n.", "250")
	}
	for _, m := range h.took() {
		if m.from != "<a@kommune.example>" || string(m.data) != "X: 1\r\n\r\nx\r\n" {
			t.Errorf("%v", m)
		}
	}
	k := b.greeted(t)
	k.say("STARTTLSX", "50")
	k.say("STARTTLS now", "50")
}

// TestOrder: commands in the wrong place, and far too many of them.
func TestOrder(t *testing.T) {
	b, h := against(t, smtpin.Config{}, &hop{})
	k := b.raw(t)
	k.say("", "220")
	for _, line := range []string{"MAIL FROM:<a@kommune.example>", "RCPT TO:<b@firma.example>", "DATA"} {
		k.say(line, "50")
	}
	k.say("EHLO pc.example", "250")
	k.say("AUTH PLAIN AGEAYg==", "5")
	k.begin()
	k.say("MAIL FROM:<c@kommune.example>", "50") // nested
	k.say("DATA x", "50")
	k.say("EHLO pc.example", "250") // begins anew
	k.say("RCPT TO:<b@firma.example>", "50")
	k.begin()
	k.say("RSET", "250")
	k.say("DATA", "50")
	k.say("BOGUS", "50")
	k.say("VRFY a", "2")
	k.begin()
	k.say("DATA", "354")
	k.say("X: 1\r\n\r\nx\r\n.", "250")
	if got := h.took(); len(got) != 1 || len(got[0].to) != 1 {
		t.Errorf("%v", got)
	}
	// A storm ends the connection or is answered to its end; the lane serves on.
	storm := b.greeted(t)
	go storm.send(strings.Repeat("MAIL FROM:<a@kommune.example>\r\nRCPT TO:<b@firma.example>\r\nRSET\r\n", 5000) + "QUIT\r\n")
	storm.rest()
	bogus := b.greeted(t)
	bogus.send(strings.Repeat("BOGUS\r\n", 1000))
	if n := strings.Count(bogus.rest(), "\r\n"); n > 100 {
		t.Errorf("%d wrong commands were answered", n)
	}
	k = b.greeted(t)
	k.begin()
	k.say("DATA", "354")
	k.say("X: 2\r\n\r\nx\r\n.", "250")
}

// TestDrip: a client that sends a byte now and then holds its place for as long as a
// mail may take, no longer, and half its mail goes nowhere.
func TestDrip(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for seconds")
	}
	t.Parallel()
	b, h := against(t, smtpin.Config{Idle: 2 * time.Second, DataTime: 2500 * time.Millisecond}, &hop{})
	t.Run("both at once", func(t *testing.T) {
		for _, begin := range []bool{true, false} {
			t.Run(fmt.Sprint("begun ", begin), func(t *testing.T) {
				t.Parallel()
				k := b.greeted(t)
				if begin {
					k.begin()
					k.say("DATA", "354")
				}
				ended := make(chan struct{})
				go func() { defer close(ended); k.rest() }()
				for open := true; open; {
					select {
					case <-ended:
						open = false
					case <-time.After(20 * time.Millisecond):
						if _, err := k.nc.Write([]byte("N")); err != nil {
							open = false
						}
					}
				}
				<-ended
			})
		}
	})
	if got := h.took(); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

// TestReleasedOnce: what is held and let go later is byte for byte what came, with
// every odd byte in it.
func TestReleasedOnce(t *testing.T) {
	b, h := against(t, smtpin.Config{}, &hop{})
	k := b.greeted(t)
	content := "X: 1\r\n\r\nMARKER-HOLD \x00\n.\n\r.\r æ\xff\r\n..\r\n"
	k.say(`MAIL FROM:<"a b"@kommune.example>`, "250")
	k.say(`RCPT TO:<"\"b\""@firma.example>`, "250")
	k.say("RCPT TO:<postmaster>", "250")
	k.say(fmt.Sprintf("BDAT %d LAST\r\n%s", len(content), content[:len(content)-2]), "250")
	it := b.judge.last(t)
	if _, err := b.lane.Release(t.Context(), it.Receipt, "", nil, bytes.NewReader(it.Content)); err != nil {
		t.Fatal(err)
	}
	got := h.took()
	if len(got) != 1 || got[0].from != `<"a b"@kommune.example>` || fmt.Sprint(got[0].to) != `[<"\"b\""@firma.example> <postmaster>]` || string(got[0].data) != dotted(content) {
		t.Errorf("%v", got)
	}
}
