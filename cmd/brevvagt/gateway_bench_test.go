package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"brevvagt/internal/porttest"
	"brevvagt/internal/postfixtest"
	"brevvagt/scanner/source/gateway/milter"
)

// rival is a Postfix with something in front of it, or with nothing.
type rival struct {
	name string // as it stands behind the metrics' names
	*postfixtest.Postfix
}

// rivals are what a mail passes through, each in front of a Postfix of its own:
// brevvagt as shipped (real daemon, full pipeline); an empty milter, which is brevvagt's
// own with a handler that accepts every mail unread, and so the least that any filter
// costs this Postfix; rspamd with one regular expression for CPR numbers where it is at
// hand; and nothing at all, the last.
func rivals(b *testing.B, hop string) (*installation, []rival) {
	b.Helper()
	in := install(b, "")
	list := []rival{{"", postfixtest.Start(b, postfixtest.Config{Milter: "unix:" + in.socket, NextHop: hop})}}
	in.quiet(fmt.Sprintf("gateway:\n  milter: {listen: %q, group: postfix}\n  postfix: {config_directory: %q}\n", "unix:"+in.socket, list[0].ConfigDir))
	in.start()
	empty := emptyMilter(b)
	list = append(list, rival{"-empty", postfixtest.Start(b, postfixtest.Config{Milter: empty, NextHop: hop, DefaultAction: "tempfail"})})
	if socket := startRspamd(b); socket != "" {
		p := postfixtest.Start(b, postfixtest.Config{Milter: "unix:" + socket, NextHop: hop, DefaultAction: "tempfail"})
		awaitRspamd(b, p.Addr)
		list = append(list, rival{"-rspamd", p})
	}
	return in, append(list, rival{"-without", postfixtest.Start(b, postfixtest.Config{NextHop: hop})})
}

// emptyMilter starts a milter that accepts every mail unread, and gives where it listens.
func emptyMilter(b *testing.B) string {
	b.Helper()
	listen := "unix:" + filepath.Join(postfixtest.Dir(b), "m.sock")
	l, err := milter.Listen(listen, 0o666, "")
	if err != nil {
		b.Fatal(err)
	}
	s := &milter.Server{Handler: milter.HandlerFunc(func(context.Context, *milter.Message) milter.Reply { return milter.Accept() })}
	go func() { _ = s.Serve(l) }()
	b.Cleanup(func() { _ = s.Close() })
	return listen
}

// benchPDF is a mail with a PDF of about size bytes: a hundred pages of text, and a stream
// that cannot be packed, as fonts and pictures are, added at its end the way PDFs are
// changed (ISO 32000-1, 7.5.6).
func benchPDF(size int) []byte {
	var pages [][]string
	for page := range slices.Chunk(strings.Split(benchText(300<<10), "\r\n"), 36) {
		pages = append(pages, page)
	}
	pdf := pdfFile(pages...)
	_, at, _ := bytes.Cut(pdf, []byte("startxref\n"))
	before, _, _ := bytes.Cut(at, []byte("\n"))
	fill := make([]byte, max(0, size-len(pdf)))
	_, _ = rand.NewChaCha8([32]byte{}).Read(fill) // never fails
	n, begun := 4+2*len(pages), len(pdf)
	pdf = fmt.Appendf(pdf, "%d 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n", n, len(fill), fill)
	pdf = fmt.Appendf(pdf, "xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root 1 0 R /Prev %s >>\nstartxref\n%d\n%%%%EOF\n", n, begun, n+1, before, len(pdf))
	return withAttachment("application/pdf; name=bilag.pdf", pdf)
}

// measures are what was taken of one rival.
type measures struct{ rate, took, alone []float64 }

// BenchmarkGateway compares the rivals in turns, four clients with ten mails a
// connection, then one client alone. It reports mails per second and the times per mail
// in milliseconds of each, and the ratios of throughput to that without a filter: ratio
// is ours, ratio-empty what is within reach of any filter at all. Mail is thrown away
// once it is accepted, which makes a filter's share as large as it can be; how a gateway
// works that passes its mail on is BenchmarkThroughGateway.
func BenchmarkGateway(b *testing.B) {
	in, all := rivals(b, "")
	for _, x := range []struct {
		name   string
		raw    []byte
		mails  int
		rounds int
	}{
		{"5KB", benchMail(5 << 10), 200, 5}, {"100KB", benchMail(100 << 10), 100, 5}, {"5MB", benchAttachment(5 << 20 * 3 / 4), 8, 3},
		{"5MBpdf", benchPDF(5 << 20 * 3 / 4), 8, 3},
	} {
		b.Run(x.name, func(b *testing.B) {
			for b.Loop() {
				before := in.cpu()
				compare(b, all, x.raw, x.mails, x.rounds)
				sent := x.mails/4 + x.rounds*(x.mails+x.mails/4)
				b.ReportMetric((in.cpu()-before)/float64(sent), "daemon-cpu-ms")
			}
		})
	}
}

func compare(b *testing.B, all []rival, raw []byte, mails, rounds int) {
	b.Helper()
	for _, r := range all {
		load(b, r.Addr, raw, 4, mails/4) // all warm
	}
	measured := make([]measures, len(all))
	for range rounds {
		for i, r := range all {
			f := &measured[i]
			begun := time.Now()
			f.took = append(f.took, load(b, r.Addr, raw, 4, mails)...)
			f.rate = append(f.rate, float64(mails)/time.Since(begun).Seconds())
			f.alone = append(f.alone, load(b, r.Addr, raw, 1, mails/4)...)
		}
	}
	for i, r := range all {
		f := &measured[i]
		b.ReportMetric(quantile(f.rate, 50), "mails/s"+r.name)
		b.ReportMetric(quantile(f.took, 50), "ms-p50"+r.name)
		b.ReportMetric(quantile(f.took, 99), "ms-p99"+r.name)
		b.ReportMetric(quantile(f.alone, 50), "ms-p50-alone"+r.name)
	}
	none := measured[len(all)-1]
	for i, r := range all[:len(all)-1] {
		b.ReportMetric(quantile(measured[i].rate, 50)/quantile(none.rate, 50), "ratio"+r.name)
		b.ReportMetric(quantile(measured[i].alone, 50)/quantile(none.alone, 50), "ratio-alone"+r.name)
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkThroughGateway is the throughput of a whole gateway with each rival: mails per
// second from the first client's connection until the next hop, Postfix' own smtp-sink,
// has all of them. The ratios are to the one without a filter.
func BenchmarkThroughGateway(b *testing.B) {
	sink := porttest.Free(b)
	hop := exec.Command("smtp-sink", "-u", "nobody", sink, "100")
	if err := hop.Start(); err != nil {
		b.Skip(err)
	}
	b.Cleanup(func() { _ = hop.Process.Kill(); _ = hop.Wait() })
	_, all := rivals(b, sink)
	for _, x := range []struct {
		name  string
		raw   []byte
		mails int
	}{
		{"5KB", benchMail(5 << 10), 100}, {"100KB", benchMail(100 << 10), 100}, {"5MBpdf", benchPDF(5 << 20 * 3 / 4), 8},
	} {
		b.Run(x.name, func(b *testing.B) {
			rate := make([][]float64, len(all))
			for b.Loop() {
				for range 6 { // the first warms all
					for i, r := range all {
						begun := time.Now()
						load(b, r.Addr, x.raw, 4, x.mails)
						emptied(b, r.Postfix)
						rate[i] = append(rate[i], float64(x.mails)/time.Since(begun).Seconds())
					}
				}
			}
			last := len(all) - 1
			for i, r := range all {
				b.ReportMetric(quantile(rate[i][1:], 50), "mails/s"+r.name)
				if i < last {
					b.ReportMetric(quantile(rate[i][1:], 50)/quantile(rate[last][1:], 50), "ratio"+r.name)
				}
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}
