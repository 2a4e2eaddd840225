package mail

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"brevvagt/document"
	"brevvagt/document/documenttest"
	"brevvagt/document/plain"
	"brevvagt/internal/nasty"
	"brevvagt/internal/spent"
)

func TestSuite(t *testing.T) {
	c := make([]string, 8)
	for i := range c {
		c[i] = documenttest.Canary(100 + i)
	}
	documenttest.Run(t, documenttest.Suite{
		Format:    message{},
		Others:    plain.Formats(),
		OpenEnded: true, // a mail need not close its last part
		Samples: []documenttest.Sample{
			{Name: "plain.eml", Data: []byte(single("Content-Type: text/plain; charset=utf-8\n", "Hej\n\nCPR "+c[0]+"\n")), Canaries: c[:1]},
			{Name: "dele.eml", Data: []byte(multi("mixed", "--b1\nContent-Type: text/plain\n\n"+c[1]+"\n--b1\nContent-Type: text/csv; name=\""+c[2]+".csv\"\nContent-Transfer-Encoding: base64\n\n"+b64("Navn;CPR\nA;"+c[3]+"\n")+"\n--b1--\n")), Canaries: []string{c[1], c[2] + ".csv", c[3]}},
			{Name: "html.eml", Data: []byte(single("Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n", "<p>CPR=20"+c[4][:6]+"=\n"+c[4][6:]+"</p>\n")), Canaries: c[4:5]},
			{Name: "arkiv.mbox", Data: []byte("From a Tue Nov 24\n" + single("", c[5]+"\n") + "\nFrom b Tue Nov 24\n" + single("", c[6]+"\n")), Canaries: c[5:7]},
			{Name: "emne.eml", Data: []byte("From: a@b.example\r\nSubject: Vedr. " + c[7] + "\r\n\r\nhej\r\n"), Canaries: c[7:]},
		},
	})
}

func read(t *testing.T, data string) *document.Document {
	t.Helper()
	return documenttest.Read(t, formats(), "mail.eml", []byte(data))
}

func TestEnvelope(t *testing.T) {
	d := read(t, crlf(`Received: from x by y; 1 Jan
From: "Eksempel, Testperson" <afsender@kommune.example>
To: =?iso-8859-1?Q?S=F8ren_Eksempel?= <b@firma.example>,
 c@firma.example (Navn), gruppe: d@e.example;
Cc: "ej lukket <f@g.example>, h@i.example
Bcc: skjult@j.example
Subject: =?utf-8?Q?Pr=C3=B8ve_?= =?utf-8?B?w6Y=?=
Message-ID: <1@x.example>
Date: Tue, 24 Nov 2026 10:00:00 +0100
X-Marker: sikker

hej
`))
	m := d.Mail
	if m == nil {
		t.Fatal("no envelope")
	}
	want := []document.Address{
		{Name: "Søren Eksempel", Mail: "b@firma.example"}, {Name: "Navn", Mail: "c@firma.example"}, {Mail: "d@e.example"},
		{Name: "ej lukket", Mail: "f@g.example"}, {Mail: "h@i.example"}, {Mail: "skjult@j.example"},
	}
	if !reflect.DeepEqual(m.To, want) {
		t.Errorf("to: %+v", m.To)
	}
	if !reflect.DeepEqual(m.From, []document.Address{{Name: "Eksempel, Testperson", Mail: "afsender@kommune.example"}}) {
		t.Errorf("from: %+v", m.From)
	}
	if m.Subject != "Prøve æ" || m.MessageID != "<1@x.example>" || m.Date != "Tue, 24 Nov 2026 10:00:00 +0100" {
		t.Errorf("%+v", m)
	}
	if !reflect.DeepEqual(m.Header["X-Marker"], []string{"sikker"}) || len(m.Header["Received"]) != 1 {
		t.Errorf("header: %v", m.Header)
	}
	for _, s := range d.Segments {
		if s.At.Layer == document.Header && (s.Label == "Received" || s.Label == "Message-Id") {
			t.Errorf("machine header read as text: %+v", s)
		}
	}
	if s := documenttest.Find(d, "Prøve æ"); len(s) != 1 || s[0].Label != "Subject" || s[0].At.Layer != document.Header {
		t.Errorf("subject: %+v", s)
	}
	if len(documenttest.Find(d, "sikker")) != 1 {
		t.Error("text of an X- header is lost")
	}
}

func TestLayersAndLines(t *testing.T) {
	d := read(t, single("", `Hej

nyt svar
linje to

> citat et
> citat to
efter citat

Den 3. november 2026 kl. 10.00 skrev Testperson <a@b.example>:
gammelt
`))
	want := map[string]string{
		"nyt svar\nlinje to": "3 visible", "citat et\ncitat to": "6 quoted", "efter citat": "8 visible",
	}
	for _, s := range d.Segments {
		if w, ok := want[s.Text]; ok {
			if got := fmt.Sprintf("%d %s", s.At.Line, s.At.Layer); got != w {
				t.Errorf("%q: %s, want %s", s.Text, got, w)
			}
			delete(want, s.Text)
		}
	}
	if len(want) > 0 {
		t.Errorf("missing %v\n%s", want, documenttest.Describe(d))
	}
	if s := documenttest.Find(d, "gammelt"); len(s) != 1 || s[0].At.Layer != document.Quoted || s[0].At.Path != "mail.eml" {
		t.Errorf("%+v", s)
	}
}

func TestHistoryMarks(t *testing.T) {
	for _, mark := range []string{
		"-----Oprindelig meddelelse-----", "-----Original Message-----", "---------- Forwarded message ---------",
		"Fra: A\nSendt: i dag\nTil: B\nEmne: x", "From: A\nDate: x\nTo: B", "Den 3. nov. 2026 kl. 10 skrev A\n<a@b.example>:",
		"On Tue, 3 Nov 2026, A wrote:",
	} {
		d := read(t, single("", "nyt\n\n"+mark+"\n\ngammelt\n"))
		s := documenttest.Find(d, "gammelt")
		n := documenttest.Find(d, "nyt")
		if len(s) != 1 || s[0].At.Layer != document.Quoted || len(n) != 1 || n[0].At.Layer != document.Visible {
			t.Errorf("%q: %+v %+v", mark, s, n)
		}
	}
	d := read(t, single("", "Fra: mandag er der lukket.\n\nDen nye sag: se her\n\nslut\n"))
	if s := documenttest.Find(d, "slut"); len(s) != 1 || s[0].At.Layer != document.Visible {
		t.Errorf("prose was taken for history: %+v", s)
	}
}

func TestMatch(t *testing.T) {
	tests := []struct {
		name, head string
		want       bool
	}{
		{"besked", top, true},
		{"brev.txt", "Fra: Testperson\nTil: B\n\nhej", false},
		{"note.txt", "Emne: x\nhej", false},
		{"a.eml", "hej", true},
		{"a.eml", "PK\x03\x04", false},
		{"a.eml", "%PDF-1.7", false},
		{"a.eml", "", false},
		{"a.mbox", "From a\nSubject: x\n\n", true},
		{"smime.p7m.eml", "Content-Type: text/plain\r\n\r\nx", true},
		{"a.pdf", top, true},
		{"a.go", "package mail\n", false},
		{"da.mo", "\xde\x12\x04\x95\x00\n\x01x\n\x02y\n\x03z\nMIME-Version: 1.0\nContent-Type: text/plain\n", false},
	}
	for _, tt := range tests {
		if got := (message{}).Match([]byte(tt.head), tt.name); got != tt.want {
			t.Errorf("%s %q: %v", tt.name, tt.head, got)
		}
	}
}

func TestPartsGetSensibleNames(t *testing.T) {
	d := read(t, multi("mixed", "--b1\n\nhej\n--b1\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\n"+b64("\x89PNG\r\n\x1a\n1234")+"\n--b1\nContent-Type: text/html\n\n<p>x</p>\n--b1--\n"))
	var paths []string
	for _, p := range d.Parts {
		paths = append(paths, p.Path)
	}
	if want := []string{"mail.eml", "mail.eml/del-3.png", "mail.eml/del-4.html"}; !reflect.DeepEqual(paths, want) {
		t.Errorf("paths %v, want %v", paths, want)
	}
	if documenttest.Has(d, "del-3.png") {
		t.Error("a made-up name was read as text")
	}
}

func TestCapsLeaveGaps(t *testing.T) {
	tests := []struct {
		name, data string
		want       document.Reason
	}{
		{"parts", multi("mixed", strings.Repeat("--b1\n\n", maxParts+10)) + "--b1\r\n\r\n", document.TooMany},
		{"header lines", top + strings.Repeat("a:\r\n", maxFields+10) + "\r\nhej\r\n", document.TooBig},
		{"header bytes", top + "X: " + strings.Repeat("x", maxHeaderBytes+100) + "\r\nY: 1\r\n\r\nhej\r\n", document.TooBig},
		{"messages within each other", strings.Repeat("Content-Type: message/rfc822\r\n\r\n", 40) + "x", document.TooDeep},
		{"a part of a mail in several", top + "Content-Type: message/partial; id=\"a@b\"; number=1; total=2\r\n\r\nSubject: x\r\n\r\nhej\r\n", document.Damaged},
		{"junk in header", "From: a@b.example\r\nsludder uden kolon\r\nTo: c@d.example\r\n\r\nx", document.Damaged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := read(t, tt.data); !documenttest.HasGap(d, tt.want) {
				t.Errorf("gaps %v, want %s", d.Gaps, tt.want)
			}
		})
	}
	if d := read(t, multi("mixed", "--b1\n\nhej\n--b1--\n")); len(d.Gaps) != 0 {
		t.Errorf("an ordinary mail has gaps: %v", d.Gaps)
	}
}

// hostileMails would cost time or memory out of proportion with a naive reader.
func hostileMails() map[string]string {
	return map[string]string{
		"5,000 levels":      unclosed(5000, "\r\n070761-4285\r\n"),
		"20,000 empty":      multi("mixed", strings.Repeat("--b1\n", 20_000)+"--b1\n\n070761-4285\n"),
		"boundary prefixes": multi("mixed", strings.Repeat("--b\n", 400_000)+"--b1\n\n070761-4285\n"),
		"dashes":            multi("mixed", strings.Repeat("-", 2_000_000)+"\n--b1\n\n070761-4285\n"),
		"open words":        crlf("From: a@b.example\nSubject: " + strings.Repeat("=?a?B?", 200_000) + "\n\n070761-4285\n"),
		"parameters":        crlf("From: a@b.example\nContent-Type: text/plain" + strings.Repeat("; a*1=b", 100_000) + "\n\n070761-4285\n"),
		"quotes":            single("", strings.Repeat(">", 1_000_000)+"\n\n070761-4285\n"),
		"armor":             single("", strings.Repeat("-----BEGIN PGP MESSAGE-----\n", 50_000)+"\n\n070761-4285\n"),
		"uu":                single("", strings.Repeat("begin 644 a\n", 100_000)+"\n070761-4285\n"),
		"blank lines":       single("", strings.Repeat("\n", 4_000_000)+"070761-4285\n"),
		"mbox":              "From a\n" + top + strings.Repeat("\n\nFrom a b c\nA:", 300_000) + "070761-4285\n",
	}
}

func TestHostileMailsAreReadInLinearTime(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for name, data := range hostileMails() {
		t.Run(name, func(t *testing.T) {
			start := spent.Processor()
			d := read(t, data)
			if took := spent.Processor() - start; took > 20*time.Second {
				t.Errorf("%d bytes took %s", len(data), took)
			}
			if !documenttest.Has(d, "070761-4285") && len(d.Gaps) == 0 {
				t.Errorf("neither number nor gap: %.2000s", documenttest.Describe(d))
			}
		})
	}
}

func FuzzMail(f *testing.F) {
	for _, n := range nasty.Mails("070761-4285") {
		if len(n.Data) < 5000 {
			f.Add([]byte(n.Data))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d := documenttest.Read(t, formats(), "mail.eml", data)
		if documenttest.HasGap(d, document.Crashed) {
			t.Fatal(d.Gaps)
		}
	})
}

// FuzzBodyLosesNoText counts the digits of a text body before and after.
func FuzzBodyLosesNoText(f *testing.F) {
	f.Add("1 \n2\n\n> 3 \n>> 4\n\nDen 5. skrev a:\n6", true)
	f.Add("1\r2\r\n-- \n3", false)
	f.Fuzz(func(t *testing.T, text string, flowed bool) {
		if strings.Contains(text, "begin") || strings.Contains(text, "--") || strings.Contains(text, "\x00") || !utf8.ValidString(text) {
			return // uuencode, boundaries, zero bytes and marks have their own tests
		}
		header := "Content-Type: text/plain\r\n"
		if flowed {
			header = "Content-Type: text/plain; format=flowed\r\n"
		}
		d := documenttest.Read(t, formats(), "mail.eml", []byte(top+header+"\r\n"+text))
		got := 0
		for _, s := range d.Segments {
			got += digits(s.Text)
		}
		if want := digits(text); got < want {
			t.Errorf("%d of %d digits read; %s", got, want, documenttest.Describe(d))
		}
	})
}

func digits(s string) int {
	n := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}

func BenchmarkWalk5MBBase64(b *testing.B) {
	var body strings.Builder
	raw := b64(strings.Repeat("Rapport om intet særligt. ", 5<<20/34))
	for len(raw) > 0 {
		n := min(76, len(raw))
		body.WriteString(raw[:n] + "\n")
		raw = raw[n:]
	}
	data := []byte(multi("mixed", "--b1\n\nhej\n--b1\nContent-Type: application/octet-stream; name=a.bin\nContent-Transfer-Encoding: base64\n\n"+body.String()+"--b1--\n"))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		w := newWalker(data, nil)
		n := 0
		w.yield = func(p part) bool {
			if strings.Contains(p.header.get("Content-Transfer-Encoding"), "base64") {
				out, _ := decodeBase64(p.body)
				n += len(out)
			}
			return true
		}
		if err := w.walk(context.Background()); err != nil || n < 3<<20 {
			b.Fatal(n, err)
		}
	}
}

func BenchmarkRead5KBText(b *testing.B) {
	data := []byte(single("Content-Type: text/plain; charset=utf-8\n", strings.Repeat("En helt almindelig linje om en sag.\n\n", 140)))
	f := document.Formats{List: formats()}
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		f.Read(context.Background(), "mail.eml", data)
	}
}
