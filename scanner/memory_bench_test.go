package scanner_test

import (
	"slices"
	"testing"
	"time"

	"brevvagt/detectors/residue"
	"brevvagt/scanner/memory"
)

// BenchmarkMillion asks about mails and notes them with a million mails remembered: a
// letter with a person and an attachment, as costs most, and ordinary mail. It reports
// the 99th of a hundred, too.
func BenchmarkMillion(b *testing.B) {
	m, err := memory.New(memory.Options{Key: key(b), Facts: 14_000_000})
	if err != nil {
		b.Fatal(err)
	}
	for i := range 1_000_000 {
		x := letter(b, i, i, box(i), start.Add(time.Duration(i)*time.Second))
		x.From = box(i % 5000)
		if i%4 != 0 {
			x.Papers[0].Skeleton = nil // three of four are attachments without a letter's text
		}
		m.Note(x, memory.Sent)
	}
	s := m.Stats()
	b.Logf("%d facts of %d mails", s.Facts, s.Mails)
	now := start.Add(2_000_000 * time.Second)
	for _, x := range []struct {
		name string
		mail func(n int) *memory.Mail
	}{
		{"letter", func(n int) *memory.Mail {
			return letter(b, 2_000_000+n, n*31%1_000_000, box(n*17%1_000_000), now)
		}},
		{"letter-seen-before", func(n int) *memory.Mail { return letter(b, n*31, n*31, box(n*31), now) }},
		{"ordinary", func(n int) *memory.Mail {
			return &memory.Mail{MessageID: "<a@kommune.example>", At: now, From: "lis@kommune.example", Readers: []memory.Reader{{Address: "b@firma.example"}}}
		}},
	} {
		b.Run(x.name, func(b *testing.B) {
			mails := make([]*memory.Mail, 20_000)
			for i := range mails {
				mails[i] = x.mail(i)
			}
			took := make([]time.Duration, 0, len(mails))
			n := 0
			b.ResetTimer()
			for b.Loop() {
				begun := time.Now()
				m.Ask(mails[n%len(mails)])
				m.Note(mails[n%len(mails)], memory.Sent)
				if n++; n <= len(mails) {
					took = append(took, time.Since(begun))
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "ns-p50")
			b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "ns-p99")
		})
	}
}

// BenchmarkSkeleton is what a letter's skeleton costs beside the memory.
func BenchmarkSkeleton(b *testing.B) {
	text := string(slices.Repeat([]byte("Hvis dine forhold ændrer sig, skal du give os besked hurtigst muligt, så vi kan tage stilling til sagen. "), 40))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		residue.Skeleton(text)
	}
}
