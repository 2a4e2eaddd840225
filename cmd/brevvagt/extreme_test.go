package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/internal/postfixtest"
)

// extreme is a mail at one of the ends of what SMTP allows.
type extreme struct {
	name string
	mail string // "Subject: ..." and what follows; NUMMER is where a number may stand
	to   []string
	args string // of MAIL
	from string
}

func extremes() []extreme {
	text := "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
	crowd := make([]string, 200)
	for i := range crowd {
		crowd[i] = fmt.Sprintf("m%d@firma.example", i)
	}
	var headers, parts strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&headers, "X-Felt-%d: vaerdi\r\n", i)
		fmt.Fprintf(&parts, "--x\r\nContent-Type: text/plain\r\n\r\ndel %d\r\n", i)
	}
	return []extreme{
		{name: "many recipients", mail: text + "\r\nNr. NUMMER\r\n", to: crowd},
		{name: "many headers", mail: headers.String() + "X-Sidste: CPR-nr. NUMMER\r\n" + text + "\r\nhej\r\n"},
		{name: "long header", mail: "X-Lang: " + strings.Repeat("ord ", 1<<18) + "\r\n" + text + "\r\nCPR-nr. NUMMER\r\n"},
		{name: "long line", mail: text + "\r\n" + strings.Repeat("ord ", 1<<18) + "CPR-nr. NUMMER\r\n"},
		{name: "many parts", mail: "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" + parts.String() + "--x\r\nContent-Type: text/plain\r\n\r\nCPR-nr. NUMMER\r\n--x--\r\n"},
		{name: "NUL", mail: text + "\r\nfoer\x00efter CPR-nr. NUMMER\r\n"},
		{name: "bare line ends", mail: text + "\r\nen\nto\rtre\r\rCPR-nr. NUMMER\nslut\r\n"},
		{name: "eight bits", mail: "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\xe6\xf8\xe5 CPR-nr. NUMMER\r\n", args: " BODY=8BITMIME"},
		{name: "addresses beyond ASCII", mail: text + "\r\nCPR-nr. NUMMER\r\n", args: " SMTPUTF8", from: "sørenæ@kommune.example"},
		{name: "no body", mail: "X-Nr: CPR-nr. NUMMER\r\n\r\n"},
	}
}

// TestExtremeMails: what stands at the ends of what SMTP allows is held where a number
// is in it, and passes or is held where none is; what is held is released to all as one
// action, once. Nothing is lost.
func TestExtremeMails(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	t.Parallel()
	in, p := withPostfix(t, "")
	var list []extreme
	for i, content := range []string{sample.Number(11), "intet"} {
		for n, x := range extremes() {
			x.name = fmt.Sprintf("%s %d", x.name, i)
			x.mail = fmt.Sprintf("From: %s\r\nSubject: nr. %d.\r\nMessage-ID: <%d.%d@kommune.example>\r\n", from, i*100+n, i, n) + strings.ReplaceAll(x.mail, "NUMMER", content)
			list = append(list, x)
			x.send(t, p.Addr)
		}
	}
	half := len(list) / 2
	in.eventually("every mail with a number to have its case", func() bool { return len(in.allCases()) >= half })
	for _, s := range in.subjects(t) {
		if s < 100 {
			t.Errorf("%s: a mail with a number was delivered", list[s].name)
		}
	}
	in.must(testPassphrase+"\n", "case", "release", "--all", "--by", "dpo", "--reason", "Set og godkendt", "--config", in.config)
	var want []int
	for n, x := range list {
		for range max(1, len(x.to)) {
			want = append(want, n%half+n/half*100)
		}
	}
	in.eventually("all to arrive", func() bool {
		to := 0
		for _, r := range in.received(0) {
			to += len(r.To)
		}
		return to >= len(want)
	})
	got := in.subjects(t)
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("%d arrived: %v\n%d were to: %v\n%s", len(got), slices.Compact(got), len(want), slices.Compact(want), p.Log())
	}
	if held := strings.Count(p.Command(t, "postqueue", "-j"), `"queue_name": "hold"`); held > 0 {
		t.Errorf("%d mails are still held", held)
	}
}

func (x extreme) send(t *testing.T, addr string) {
	t.Helper()
	c, err := postfixtest.Dial(addr, "afsender.kommune.example")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if x.from == "" {
		x.from = from
	}
	if x.to == nil {
		x.to = []string{"b@firma.example"}
	}
	code, text, err := c.SendWith(x.from, x.args, x.to, []byte(x.mail))
	if err != nil || code != 250 {
		t.Fatalf("%s: %d %s %v", x.name, code, text, err)
	}
}

// subjects are the numbers in the subjects of what has arrived, one for each recipient.
func (in *installation) subjects(t *testing.T) (list []int) {
	t.Helper()
	for _, r := range in.received(0) {
		raw, err := r.Content()
		if err != nil {
			t.Fatal(err)
		}
		var n int
		_, rest, _ := strings.Cut(string(raw), "Subject: nr. ")
		if _, err := fmt.Sscanf(rest, "%d.", &n); err != nil {
			t.Fatalf("a mail without its number: %v", err)
		}
		for range r.To {
			list = append(list, n)
		}
	}
	return list
}
