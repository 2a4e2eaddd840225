package main

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/textproto"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/internal/porttest"
)

// planted are full numbers, as ten digits, that may stand nowhere but in the mails.
type planted map[string]bool

// plant is all numbers of the sample traffic and the given ones.
func plant(more ...string) planted {
	p := planted{}
	for n := range 1000 {
		p[digitsOf(sample.Number(n))] = true
	}
	for _, n := range more {
		p[digitsOf(n)] = true
	}
	return p
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// in returns the offset of the first planted number, in one of the spellings
// 0102034567, 010203-4567, 010203 4567 and 01 02 03 4567, or -1.
func (p planted) in(data []byte) int {
	for _, separators := range []int{0, 1, 3} {
		width := 10 + separators
		for i := 0; i+width <= len(data); i++ {
			var number [10]byte
			n, gaps := 0, 0
			for _, c := range data[i : i+width] {
				switch {
				case c >= '0' && c <= '9' && n < 10:
					number[n] = c
					n++
				case (c == '-' || c == ' ' || c == '.') && n > 0 && n < 10:
					gaps++
				default:
					n = 99
				}
				if n == 99 {
					break
				}
			}
			if n == 10 && gaps == separators && p[string(number[:])] {
				return i
			}
		}
	}
	return -1
}

// expect fails the test when a planted number stands in one of the texts; zip files
// (XLSX) are opened.
func (p planted) expect(t *testing.T, texts map[string][]byte) {
	t.Helper()
	for name, data := range texts {
		if i := p.in(data); i >= 0 {
			t.Errorf("a full number stands in %s, after %q", name, data[max(0, i-80):i])
		}
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			continue
		}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			inner, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			if p.in(inner) >= 0 {
				t.Errorf("a full number stands in %s, %s", name, f.Name)
			}
		}
	}
}

// written is everything that the installation wrote: state folder, log, notices.
func (in *installation) written(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{"log": []byte(in.log.String())}
	err := filepath.WalkDir(in.state, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			files[path], err = os.ReadFile(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range in.sink.Received() {
		if r.From == "" {
			files["notice "+r.File], _ = r.Content()
		}
	}
	return files
}

// strong are the numbers of the shared vectors that count as CPR numbers, with
// their spellings.
func strong(t *testing.T) (numbers, spellings []string) {
	t.Helper()
	f, err := os.Open("../../testdata/cpr/vectors.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if len(row) > 2 && row[2] == "CPR_STRONG" && len(digitsOf(row[0])) == 10 {
			numbers, spellings = append(numbers, row[0]), append(spellings, row[1])
		}
	}
	if len(numbers) < 50 {
		t.Fatalf("only %d strong vectors", len(numbers))
	}
	return numbers, spellings
}

func TestPlantedIsFound(t *testing.T) {
	p := plant()
	n := sample.Number(7)
	for _, s := range []string{n, digitsOf(n), strings.Replace(n, "-", " ", 1), "x1" + digitsOf(n) + "2", n[:2] + " " + n[2:4] + " " + n[4:6] + " " + n[7:]} {
		if p.in([]byte("før "+s+" efter")) < 0 {
			t.Errorf("%q is not found", s)
		}
	}
	if p.in([]byte("010240-xxxx 0102 2026-11-24T10:11:12")) >= 0 {
		t.Error("found where none is")
	}
}

// TestCanary runs the sample traffic and every strong vector through the SMTP lane
// with the log at its most talkative, then looks at whatever a person, a disk or a
// mail program gets to see: no number stands there in full.
func TestCanary(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the whole sample traffic")
	}
	t.Parallel()
	numbers, spellings := strong(t)
	p := plant(numbers...)
	in := install(t, "")
	addr := porttest.Free(t)
	in.configure(fmt.Sprintf("gateway: {smtp: {listen: %q, next_hop: %q, hostname: gw.kommune.example}}\n", addr, in.sink.Addr()))
	// The strong vectors are people who are not born yet, so the day is set.
	stop := in.inProcess(t, func(d *daemon) { d.engine.pipeline.AsOf = time.Date(2058, 1, 1, 0, 0, 0, 0, time.UTC) })

	answers := map[string][]byte{}
	mails, err := sample.Mails()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mails {
		code, text := send(t, addr, m.From, m.To, m.Raw)
		answers["answer to "+m.Title] = fmt.Appendf(nil, "%d %s", code, text)
	}
	for i := 0; i < len(spellings); i += 10 {
		to := min(i+10, len(spellings))
		code, text := send(t, addr, from, []string{digitsOf(numbers[i]) + "@sikkerpost.example"}, vectorMail(numbers[i], spellings[i:to]))
		answers[fmt.Sprint("answer to vectors ", i)] = fmt.Appendf(nil, "%d %s", code, text)
	}
	p.expect(t, answers)
	p.expect(t, malformed(t, addr, sample.Number(40)))

	ids := in.cases()
	if len(ids) < 10 {
		t.Fatalf("only %d cases", len(ids))
	}
	in.must(testPassphrase+"\n", "case", "release", ids[0], "--by", "dpo", "--reason", "Set og godkendt", "--config", in.config)
	in.must(testPassphrase+"\n", "case", "reject", ids[1], "--by", "dpo", "--reason", "Skal sendes sikkert", "--config", in.config)
	p.expect(t, in.commands(t, ids))
	p.expect(t, in.pages(t, ids))
	left, err := os.ReadDir(filepath.Join(in.state, "outbox"))
	if err != nil || len(left) > 0 {
		t.Errorf("%d files stay in the outbox, %v", len(left), err)
	}
	p.expect(t, in.written(t))
	stop()
	p.expect(t, in.written(t))
}

// vectorMail has a number in every place where one can stand.
func vectorMail(number string, spellings []string) []byte {
	return []byte(fmt.Sprintf("From: \"%[1]s\" <%[2]s>\r\nTo: \"CPR %[1]s\" <b@firma.example>\r\nSubject: Vedr. %[1]s\r\nDate: Tue, 24 Nov 2026 09:00:00 +0100\r\n"+
		"Message-ID: <%[1]s@kommune.example>\r\nReply-To: %[1]s@kommune.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"x%[1]s\"\r\n\r\n"+
		"--x%[1]s\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nCPR-nr. %[3]s\r\n"+
		"--x%[1]s\r\nContent-Type: application/x-%[1]s; name=\"%[1]s.bin\"\r\nContent-Disposition: attachment; filename=\"%[1]s.zip\"\r\nContent-Transfer-Encoding: base64\r\n\r\nUEsDBAoAAQ==\r\n--x%[1]s--\r\n",
		number, from, strings.Join(spellings, "\r\nCPR-nr. ")))
}

// malformed says wrong things in SMTP, each with a number in it, and returns the
// answers.
func malformed(t *testing.T, addr, number string) map[string][]byte {
	t.Helper()
	answers := map[string][]byte{}
	for name, lines := range map[string][]string{
		"a bad sender":           {"MAIL FROM:<" + number + "@@kommune.example>"},
		"a bad parameter":        {"MAIL FROM:<a@kommune.example> CPR=" + number},
		"a bad recipient":        {"MAIL FROM:<a@kommune.example>", "RCPT TO:<" + number + ">"},
		"an unknown command":     {"CPR " + number},
		"a question":             {"VRFY " + number},
		"a wrong greeting":       {"EHLO " + number + " " + number},
		"content out of order":   {"DATA", number},
		"a long command":         {strings.Repeat(number+" ", 5000)},
		"a broken mail":          {"MAIL FROM:<a@kommune.example>", "RCPT TO:<b@firma.example>", "DATA", number + "\r\nSubject " + number + "\r\n\x00\r\n."},
		"a mail that stops":      {"MAIL FROM:<a@kommune.example>", "RCPT TO:<b@firma.example>", "DATA", "Subject: x\r\n\r\nCPR-nr. " + number},
		"a mail that goes round": {"MAIL FROM:<a@kommune.example>", "RCPT TO:<b@firma.example>", "DATA", strings.Repeat("Received: "+number+"\r\n", 60) + "\r\nCPR-nr. " + number + "\r\n."},
	} {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(patience))
		c := textproto.NewConn(conn)
		var got strings.Builder
		_, text, _ := c.ReadResponse(0)
		got.WriteString(text)
		for _, line := range append([]string{"EHLO pc7"}, lines...) {
			if err := c.PrintfLine("%s", line); err != nil {
				break
			}
			if strings.HasSuffix(line, number) && name == "a mail that stops" {
				break
			}
			_, text, err := c.ReadResponse(0)
			got.WriteString(text + fmt.Sprint(err))
		}
		c.Close()
		answers["answer to "+name] = []byte(got.String())
	}
	return answers
}

// commands is what the terminal shows.
func (in *installation) commands(t *testing.T, ids []string) map[string][]byte {
	t.Helper()
	shown := map[string][]byte{}
	run := func(args ...string) {
		shown["brevvagt "+strings.Join(args, " ")] = []byte(in.must("", append(args, "--config", in.config)...))
	}
	for _, id := range ids {
		run("case", "show", id)
	}
	run("case", "list", "--all")
	run("case", "list", "--all", "--format", "jsonl")
	run("register", "list")
	run("register", "export", "--format", "csv")
	file := filepath.Join(t.TempDir(), "fortegnelse.xlsx")
	run("register", "export", "--format", "xlsx", "--output", file)
	var err error
	if shown["register as xlsx"], err = os.ReadFile(file); err != nil {
		t.Fatal(err)
	}
	return shown
}

// pages is what the DPO's browser gets.
func (in *installation) pages(t *testing.T, ids []string) map[string][]byte {
	t.Helper()
	cfg, err := config.Load(in.config)
	if err != nil {
		t.Fatal(err)
	}
	jar, _ := cookiejar.New(nil)
	client := browser(jar)
	base := "http://" + cfg.Review.Listen
	shown := map[string][]byte{}
	keep := func(name string, r *http.Response, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		if shown[name], err = io.ReadAll(r.Body); err != nil {
			t.Fatal(err)
		}
	}
	r, err := client.PostForm(base+"/log-ind", url.Values{"navn": {"dpo"}, "kode": {testPassphrase}})
	keep("the front page", r, err)
	paths := []string{"/", "/?vis=frigivet", "/?vis=afvist", "/drift", "/fortegnelse", "/fortegnelse.csv", "/fortegnelse.xlsx", "/sag/" + sample.Number(41)}
	for _, id := range ids {
		paths = append(paths, "/sag/"+id, "/sag/"+id+"?billeder=1", "/sag/"+id+"/billede/1")
	}
	for _, path := range paths {
		r, err := client.Get(base + path)
		keep("page "+strings.Replace(path, sample.Number(41), "NUMMER", 1), r, err)
	}
	if !regexp.MustCompile(`\d{6}-xxxx`).Match(shown["page /sag/"+ids[0]]) {
		t.Errorf("the page of a case shows no masked number; is it the login page?\n%.300s", shown["page /sag/"+ids[0]])
	}
	return shown
}
