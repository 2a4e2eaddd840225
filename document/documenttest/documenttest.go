// Package documenttest is the suite that every document format must pass: it
// finds planted canaries, survives cut and flipped copies without silence, keeps
// to the limits and reads the same twice.
package documenttest

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"brevvagt/document"
)

// Sample is one file of the format with what must be found in it.
type Sample struct {
	Name     string
	Data     []byte
	Canaries []string // each must be in one segment, runs of white space alike
	Sealed   bool     // the sample must give a seal
	Gap      document.Reason
}

// Suite is what a format's own test hands to Run.
type Suite struct {
	Format  document.Format
	Others  []document.Format // asked after Format, for what it contains
	Samples []Sample

	// OpenEnded is for formats without an end mark, such as plain text: a
	// copy that was cut off may lack its end without a gap.
	OpenEnded bool
	// Mutations is the number of cut and of flipped copies a sample; 0 means
	// 24. Slow formats ask for fewer; a short run makes a third.
	Mutations int
}

// Run holds the format against the contract.
func Run(t *testing.T, s Suite) {
	t.Helper()
	if len(s.Samples) == 0 {
		t.Fatalf("format %s brings no samples", s.Format.Name())
	}
	if s.Mutations == 0 {
		s.Mutations = 24
	}
	if testing.Short() {
		s.Mutations = (s.Mutations + 2) / 3
	}
	list := append([]document.Format{s.Format}, s.Others...)
	for _, sample := range s.Samples {
		t.Run(sample.Name, func(t *testing.T) {
			if !s.Format.Match(head(sample.Data), sample.Name) {
				t.Fatalf("%s does not recognise %s", s.Format.Name(), sample.Name)
			}
			t.Run("canaries", func(t *testing.T) { canaries(t, list, sample) })
			t.Run("same twice", func(t *testing.T) { sameTwice(t, list, sample) })
			t.Run("limits", func(t *testing.T) { limits(t, list, sample) })
			t.Run("cut", func(t *testing.T) { cut(t, s, list, sample) })
			t.Run("flipped", func(t *testing.T) { flipped(t, s, list, sample) })
		})
	}
}

func canaries(t *testing.T, list []document.Format, s Sample) {
	d := Read(t, list, s.Name, s.Data)
	for _, c := range s.Canaries {
		if !Has(d, c) {
			t.Errorf("canary %q not found; %s", c, Describe(d))
		}
	}
	if s.Sealed != (len(d.Seals) > 0) {
		t.Errorf("seals: got %v, want sealed=%v", d.Seals, s.Sealed)
	}
	if s.Gap != "" && !HasGap(d, s.Gap) {
		t.Errorf("gap %s missing; %s", s.Gap, Describe(d))
	}
	if s.Gap == "" && len(d.Gaps) > 0 {
		t.Errorf("gaps in a sound sample: %v", d.Gaps)
	}
	for _, seg := range d.Segments {
		if !strings.HasPrefix(seg.At.Path, s.Name) || seg.At.Layer == "" {
			t.Errorf("segment without place: %+v", seg.At)
		}
	}
}

func sameTwice(t *testing.T, list []document.Format, s Sample) {
	if a, b := Read(t, list, s.Name, s.Data), Read(t, list, s.Name, s.Data); !reflect.DeepEqual(a, b) {
		t.Errorf("two reads differ:\n%s\n%s", Describe(a), Describe(b))
	}
}

func limits(t *testing.T, list []document.Format, s Sample) {
	const most = 8
	full := Read(t, list, s.Name, s.Data)
	f := document.Formats{List: list, Limits: document.Limits{TextBytes: most}}
	d := f.Read(context.Background(), s.Name, s.Data)
	n := 0
	for _, seg := range d.Segments {
		n += len(seg.Text)
	}
	if n > most {
		t.Errorf("%d bytes of text under a limit of %d", n, most)
	}
	if textLen(full) > most && !HasGap(d, document.TooBig) {
		t.Errorf("text limit reached without a gap: %v", d.Gaps)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if d := f.Read(ctx, s.Name, s.Data); !HasGap(d, document.OutOfTime) {
		t.Errorf("an ended context left no gap: %v", d.Gaps)
	}
}

func cut(t *testing.T, s Suite, list []document.Format, sample Sample) {
	for i := range s.Mutations {
		n := len(sample.Data) * i / s.Mutations
		d := Read(t, list, sample.Name, sample.Data[:n])
		sound(t, fmt.Sprintf("cut to %d of %d bytes", n, len(sample.Data)), d)
		// A piece too short to be recognised is another file altogether.
		if s.OpenEnded || len(d.Gaps) > 0 || !s.Format.Match(head(sample.Data[:n]), sample.Name) {
			continue
		}
		for _, c := range sample.Canaries {
			if !Has(d, c) {
				t.Errorf("cut to %d of %d bytes: %q is lost and there is no gap", n, len(sample.Data), c)
				break
			}
		}
	}
}

func flipped(t *testing.T, s Suite, list []document.Format, sample Sample) {
	rng := rand.New(rand.NewPCG(1, uint64(len(sample.Data))))
	for i := range s.Mutations {
		data := bytes.Clone(sample.Data)
		for range 1 + len(data)/2000 {
			data[rng.IntN(len(data))] ^= 1 << rng.IntN(8)
		}
		d := Read(t, list, sample.Name, data)
		sound(t, fmt.Sprintf("flipped copy %d", i), d)
		if len(d.Gaps) == 0 && len(d.Segments) == 0 && len(d.Seals) == 0 {
			t.Errorf("flipped copy %d: neither text nor gap", i)
		}
	}
}

// sound fails when a format died: a panic is caught by the walker, but it is
// still a fault of the format.
func sound(t *testing.T, what string, d *document.Document) {
	t.Helper()
	for _, g := range d.Gaps {
		if g.Why == document.Crashed {
			t.Errorf("%s: %s at %s: %s", what, g.Why, g.At.Path, g.Detail)
		}
	}
}

func head(data []byte) []byte { return data[:min(len(data), document.HeadBytes)] }
