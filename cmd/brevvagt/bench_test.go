package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/internal/incidents"
	"brevvagt/internal/postfixtest"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
)

// benchText is everyday Danish without anybody's data, about size bytes.
func benchText(size int) string {
	lines := []string{
		"Kære kollega. Her er referatet fra mødet i byudviklingsudvalget den 24. november 2026.",
		"Punkt 3: Budgettet for cykelstier er 1.250.000 kr., og sagsnr. er 2026-004711.",
		"Ring på telefon 12 34 56 78, hvis der er spørgsmål til tidsplanen for uge 48-52.",
		"Faktura 100200300 fra leverandøren er betalt; CVR-nr. 12345678, EAN 5790000000001.",
		"Vi vender tilbage, når forvaltningen har set på høringssvarene fra grundejerforeningen.",
	}
	var b strings.Builder
	for n := 0; b.Len() < size; n++ {
		fmt.Fprintf(&b, "%s Nr. %d.\r\n", lines[n%len(lines)], n)
		if n%7 == 6 {
			b.WriteString("\r\n")
		}
	}
	return b.String()
}

func benchMail(size int) []byte {
	return []byte("From: " + from + "\r\nTo: b@firma.example\r\nSubject: Referat\r\nDate: Tue, 24 Nov 2026 09:00:00 +0100\r\nMessage-ID: <bench@kommune.example>\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + benchText(size))
}

// benchAttachment has a text file of about size bytes, encoded.
func benchAttachment(size int) []byte {
	return withAttachment("text/plain; charset=utf-8; name=bilag.txt", []byte(benchText(size)))
}

// withAttachment is a mail with a file of a type.
func withAttachment(kind string, file []byte) []byte {
	var b strings.Builder
	b.WriteString("From: " + from + "\r\nTo: b@firma.example\r\nSubject: Bilag\r\nDate: Tue, 24 Nov 2026 09:00:00 +0100\r\nMessage-ID: <bench@kommune.example>\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSe bilaget.\r\n" +
		"--x\r\nContent-Type: " + kind + "\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	for line := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(file)), 76) {
		b.Write(line)
		b.WriteString("\r\n")
	}
	b.WriteString("--x--\r\n")
	return []byte(b.String())
}

// emptied waits until nothing lies in a Postfix' queue any more.
func emptied(b *testing.B, p *postfixtest.Postfix) {
	b.Helper()
	for range 60_000 {
		left := 0
		for _, queue := range []string{"incoming", "active", "deferred"} {
			files, err := os.ReadDir(filepath.Join(p.Dir, "spool", queue))
			if err != nil {
				b.Fatal(err)
			}
			for _, f := range files {
				if len(f.Name()) > 1 || queue != "deferred" { // deferred has folders of one letter
					left++
				}
			}
		}
		if left == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
	b.Fatal("the queue does not empty")
}

// quiet sets the log to what a site has, and adds lines to the configuration.
func (in *installation) quiet(lines string) {
	in.t.Helper()
	c, err := os.ReadFile(in.config)
	if err != nil {
		in.t.Fatal(err)
	}
	c = []byte(strings.Replace(string(c), "level: debug", "level: info", 1) + lines)
	if err := os.WriteFile(in.config, c, 0o600); err != nil {
		in.t.Fatal(err)
	}
}

// load sends mails from some clients at once and returns the milliseconds of each.
func load(b *testing.B, addr string, raw []byte, clients, mails int) []float64 {
	b.Helper()
	var next atomic.Int64
	var mu sync.Mutex
	var all []float64
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for next.Load() < int64(mails) {
				c, err := postfixtest.Dial(addr, "bench.example")
				if err != nil {
					b.Error(err)
					return
				}
				for range 10 {
					if next.Add(1) > int64(mails) {
						break
					}
					begun := time.Now()
					code, text, err := c.Send(from, []string{"b@firma.example"}, raw)
					if err != nil || code != 250 {
						b.Errorf("%d %s %v", code, text, err)
						return
					}
					mu.Lock()
					all = append(all, float64(time.Since(begun).Microseconds())/1000)
					mu.Unlock()
				}
				_ = c.Close()
			}
		})
	}
	wg.Wait()
	return all
}

func quantile(list []float64, percent int) float64 {
	if len(list) == 0 {
		return 0
	}
	list = slices.Sorted(slices.Values(list))
	return list[(len(list)-1)*percent/100]
}

// BenchmarkHold measures how many mails a second are held: sealed, recorded and
// put in Postfix's hold queue, four clients at once.
func BenchmarkHold(b *testing.B) {
	in := install(b, "")
	p := postfixtest.Start(b, postfixtest.Config{Milter: "unix:" + in.socket})
	in.quiet(fmt.Sprintf("gateway:\n  milter: {listen: %q, group: postfix}\n  postfix: {config_directory: %q}\n", "unix:"+in.socket, p.ConfigDir))
	in.start()
	raw := append(benchMail(5<<10), "CPR-nr. "+sample.Number(1)+"\r\n"...)
	for b.Loop() {
		const mails = 200
		begun := time.Now()
		took := load(b, p.Addr, raw, 4, mails)
		b.ReportMetric(mails/time.Since(begun).Seconds(), "mails/s")
		b.ReportMetric(quantile(took, 50), "ms-p50")
		b.ReportMetric(quantile(took, 99), "ms-p99")
	}
	b.ReportMetric(0, "ns/op")
	if held := strings.Count(p.Command(b, "postqueue", "-j"), `"queue_name": "hold"`); held < 200 {
		b.Errorf("%d mails held", held)
	}
}

// BenchmarkMemory reports the daemon's resident memory, at its highest, with four
// mails of 50 MB in flight, and at rest before.
func BenchmarkMemory(b *testing.B) {
	in := install(b, "")
	p := postfixtest.Start(b, postfixtest.Config{Milter: "unix:" + in.socket, ContentTimeout: "60s"})
	in.quiet(fmt.Sprintf("gateway:\n  milter: {listen: %q, group: postfix}\n  postfix: {config_directory: %q}\n", "unix:"+in.socket, p.ConfigDir))
	in.start()
	small := benchMail(5 << 10)
	load(b, p.Addr, small, 4, 20)
	rest := in.memory("VmRSS")
	binary := append([]byte("From: "+from+"\r\nTo: b@firma.example\r\nSubject: Film\r\nMIME-Version: 1.0\r\nContent-Type: video/mp4; name=film.mp4\r\nContent-Transfer-Encoding: base64\r\n\r\n"),
		bytes.Repeat([]byte(strings.Repeat("QUFB", 19)+"\r\n"), 50<<20/78)...)
	for b.Loop() {
		for _, x := range []struct {
			name string
			raw  []byte
		}{{"MB-peak-video", binary}, {"MB-peak-text", benchAttachment(50 << 20 * 3 / 4)}} {
			if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", in.daemon.Process.Pid), []byte("5"), 0); err != nil {
				b.Logf("the mark of the mail before stays: %v", err)
			}
			took := load(b, p.Addr, x.raw, 4, 4)
			b.ReportMetric(in.memory("VmHWM"), x.name)
			b.ReportMetric(quantile(took, 50), strings.Replace(x.name, "MB-peak", "ms-p50", 1))
		}
	}
	b.ReportMetric(rest, "MB-at-rest")
	b.ReportMetric(0, "ns/op")
}

// memory reads a line of the daemon's /proc status, in MB.
func (in *installation) memory(field string) float64 {
	in.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", in.daemon.Process.Pid))
	if err != nil {
		in.t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), field+":")
	var kb float64
	if _, err := fmt.Sscan(rest, &kb); err != nil {
		in.t.Fatalf("%s: %v", field, err)
	}
	return kb / 1024
}

// cpu is the processor time that the daemon has used, in milliseconds.
func (in *installation) cpu() float64 {
	in.t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", in.daemon.Process.Pid))
	if err != nil {
		in.t.Fatal(err)
	}
	f := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')'):]))
	var user, system float64
	if _, err := fmt.Sscan(f[12]+" "+f[13], &user, &system); err != nil {
		in.t.Fatal(err)
	}
	return (user + system) * 10
}

// BenchmarkAnalysis is the full analysis of one plain text mail, all detectors,
// people and rules, on one core, without any lane around it.
func BenchmarkAnalysis(b *testing.B) {
	eng := testEngine(b)
	for _, m := range []struct {
		name string
		raw  []byte
	}{{"5KB", benchMail(5 << 10)}, {"100KB", benchMail(100 << 10)}, {"letters5KB", benchLetters(b, 5<<10)}, {"letters30KB", benchLetters(b, 30<<10)}} {
		b.Run(m.name, func(b *testing.B) {
			b.SetBytes(int64(len(m.raw)))
			b.ReportAllocs()
			for b.Loop() {
				out, err := eng.pipeline.Handle(b.Context(), scanner.Item{Source: "gateway", From: from, To: []string{"b@firma.example"}, Content: m.raw})
				if err != nil || out.Verdict.Action != policy.Pass && !strings.HasPrefix(m.name, "letters") {
					b.Fatal(out.Verdict, err)
				}
			}
		})
	}
}

// benchLetters is a mail of about size bytes made of what caseworkers write: the texts of
// the corpus, one below the other, people and their matters included.
func benchLetters(b *testing.B, size int) []byte {
	var text strings.Builder
	for _, it := range incidents.Generate(5, 400) {
		raw := string(it.Data)
		if _, body, ok := strings.Cut(raw, "8bit\r\n\r\n"); ok && !strings.Contains(raw, "multipart/") && !strings.Contains(raw, "<html") && text.Len()+len(body) < size {
			text.WriteString(body)
		}
	}
	head, _, _ := strings.Cut(string(benchMail(1)), "\r\n\r\n")
	return []byte(head + "\r\n\r\n" + text.String())
}
