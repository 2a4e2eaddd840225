// Package detectortest holds the suite that every detector must pass, the
// corpus files it reads, and synthetic numbers that belong to nobody.
package detectortest

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"brevvagt/detectors"
	"brevvagt/document"
)

// filler is ordinary Danish prose that tells nothing about anybody.
const filler = "Mødet blev holdt i det store lokale, og kaffen stod klar på bordet. " +
	"Derefter gik deltagerne hver til sit, mens regnen faldt over byen.\n"

// padding is how much text the suite hides a case in, on either side together: 256
// KB, and a short run an eighth of it.
func padding() int {
	if testing.Short() {
		return 32 << 10
	}
	return 256 << 10
}

// Suite is one detector with its corpus file.
type Suite struct {
	Detector detectors.Detector
	Corpus   string        // path of the corpus file, see ReadCorpus
	Env      detectors.Env // the zero value means AsOf of this package
	// Settled counts a span only when the detector's Settle keeps it in a document that
	// holds the line alone.
	Settled bool
}

func (s Suite) env() detectors.Env {
	if s.Env.AsOf.IsZero() {
		return detectors.Env{AsOf: AsOf}
	}
	return s.Env
}

// Run holds the detector against every line of its corpus: alone, at the start,
// in the middle and at the end of a text, twice, and inside much prose.
// Lines with a label or read by OCR stand alone, as cells do.
func (s Suite) Run(t *testing.T) {
	t.Helper()
	s.checkNames(t)
	lines, err := ReadCorpus(s.Corpus)
	if err != nil {
		t.Fatal(err)
	}
	plus, minus := 0, 0
	for _, l := range lines {
		if l.Want {
			plus++
		} else {
			minus++
		}
		s.line(t, l)
		s.cuts(t, l)
	}
	if plus < 3 || minus < 3 {
		t.Errorf("%s: a corpus needs at least 3 lines with '+' and 3 with '-', has %d and %d", s.Corpus, plus, minus)
	}
	for _, hostile := range []string{"", "\xff", "\x00\x00", "\xe2\x80", strings.Repeat("0", 5000), strings.Repeat("1 ", 5000), strings.Repeat("«[{<(", 2000)} {
		s.find(t, Line{Number: 0, Segment: document.Segment{Text: hostile}})
	}
	if spans := s.find(t, Line{Segment: document.Segment{Text: strings.Repeat(filler, 20)}}); len(spans) > 0 {
		t.Errorf("%s: found %d things in prose about nobody", s.Detector.ID, len(spans))
	}
}

func (s Suite) checkNames(t *testing.T) {
	t.Helper()
	d := s.Detector
	if d.ID == "" || d.Title == "" || d.Category == "" || d.Find == nil {
		t.Errorf("detector %q lacks an ID, title, category or Find", d.ID)
	}
	if d.ID != strings.ToLower(d.ID) || strings.ContainsAny(d.ID, " _") {
		t.Errorf("detector ID %q: lower case with hyphens", d.ID)
	}
}

// line holds the detector against one line at every place it may stand.
func (s Suite) line(t *testing.T, l Line) {
	t.Helper()
	text := l.Segment.Text
	s.expect(t, l, "alone", text, 1)
	if l.Segment.Label != "" || l.Segment.At.OCR {
		return
	}
	half := strings.Repeat(filler, padding()/2/len(filler))
	s.expect(t, l, "at the start", text+"\n"+filler, 1)
	s.expect(t, l, "in the middle", filler+text+"\n"+filler, 1)
	s.expect(t, l, "at the end", filler+text, 1)
	s.expect(t, l, "repeated", text+"\n"+filler+text, 2)
	s.expect(t, l, "in much prose", half+text+"\n"+half, 1)
}

// expect counts the places where the wanted thing was found.
func (s Suite) expect(t *testing.T, l Line, where, text string, times int) {
	t.Helper()
	seg := l.Segment
	seg.Text = text
	places := make(map[int]bool)
	spans := s.find(t, Line{Number: l.Number, Segment: seg})
	for _, sp := range spans {
		if l.counts(sp, s.Detector.ID) {
			places[sp.Start] = true
		}
	}
	if l.Want && len(places) < times {
		t.Errorf("%s:%d %s: found %d times, want %d: %q (spans %s)", s.Corpus, l.Number, where, len(places), times, cut(l.Segment.Text), describe(spans))
	}
	if !l.Want && len(places) > 0 {
		t.Errorf("%s:%d %s: found, but must not be: %q (spans %s)", s.Corpus, l.Number, where, cut(l.Segment.Text), describe(spans))
	}
}

func (l Line) counts(sp detectors.Span, own string) bool {
	id := sp.Detector
	if id == "" {
		id = own
	}
	if l.Detector != "" && id != l.Detector {
		return false
	}
	switch {
	case l.Strength == "":
		return sp.Strength.Rank() >= detectors.Weak.Rank()
	case l.Want:
		return sp.Strength == l.Strength
	default:
		return sp.Strength.Rank() >= l.Strength.Rank()
	}
}

// cuts gives the detector every beginning of a line, so that a number or
// character cut off by a limit never crashes it.
func (s Suite) cuts(t *testing.T, l Line) {
	t.Helper()
	text := l.Segment.Text
	for i := range min(len(text), 400) {
		seg := l.Segment
		seg.Text = text[:i]
		s.find(t, Line{Number: l.Number, Segment: seg})
	}
}

// find runs the detector and checks what must hold for every span.
func (s Suite) find(t *testing.T, l Line) []detectors.Span {
	t.Helper()
	spans := s.Detector.Find(l.Segment, s.env())
	for _, sp := range spans {
		text := l.Segment.Text
		if sp.Start < 0 || sp.End > len(text) || sp.Start >= sp.End {
			t.Fatalf("%s:%d: span %d-%d outside of a text of %d bytes", s.Corpus, l.Number, sp.Start, sp.End, len(text))
		}
		if !utf8.RuneStart(text[sp.Start]) || (sp.End < len(text) && !utf8.RuneStart(text[sp.End])) {
			t.Errorf("%s:%d: span %d-%d cuts a character", s.Corpus, l.Number, sp.Start, sp.End)
		}
		if sp.Strength.Rank() < 0 {
			t.Errorf("%s:%d: strength %q", s.Corpus, l.Number, sp.Strength)
		}
		if len(sp.Why) == 0 {
			t.Errorf("%s:%d: a span must say why", s.Corpus, l.Number)
		}
		shown := sp.Display + "\n" + strings.Join(sp.Why, "\n")
		if full := strings.TrimSpace(text[sp.Start:sp.End]); digits(sp.Value) >= 8 && (strings.Contains(shown, sp.Value) || strings.Contains(shown, full)) {
			t.Errorf("%s:%d: what is shown holds the whole value", s.Corpus, l.Number)
		}
		if detectors.Redact(shown) != shown {
			t.Errorf("%s:%d: what is shown holds ten digits", s.Corpus, l.Number)
		}
	}
	if s.Settled {
		return s.settled(t, l, spans)
	}
	return spans
}

// settled leaves out what Settle does.
func (s Suite) settled(t *testing.T, l Line, spans []detectors.Span) []detectors.Span {
	t.Helper()
	set := detectors.Set{List: []detectors.Detector{s.Detector}, Key: detectors.RandomKey()}
	found, _ := set.Scan(t.Context(), &document.Document{Segments: []document.Segment{l.Segment}}, s.env())
	return slices.DeleteFunc(spans, func(sp detectors.Span) bool {
		return !slices.ContainsFunc(found, func(f detectors.Finding) bool { return f.Start == sp.Start && f.End == sp.End })
	})
}

// Bench measures the detector over 1 MB of prose with the '+' lines of the
// corpus strewn in, one every 4 KB, cut into segments of 4 KB.
func (s Suite) Bench(b *testing.B) {
	lines, err := ReadCorpus(s.Corpus)
	if err != nil {
		b.Fatal(err)
	}
	var segments []document.Segment
	var bytes int64
	for i := 0; bytes < 1<<20; i++ {
		l := lines[i%len(lines)]
		seg := document.Segment{Text: strings.Repeat(filler, 4096/len(filler)) + l.Segment.Text}
		segments = append(segments, seg)
		bytes += int64(len(seg.Text))
	}
	b.SetBytes(bytes)
	b.ReportAllocs()
	for b.Loop() {
		for _, seg := range segments {
			s.Detector.Find(seg, s.env())
		}
	}
}

func digits(s string) (n int) {
	for _, c := range []byte(s) {
		if c >= '0' && c <= '9' {
			n++
		}
	}
	return n
}

func describe(spans []detectors.Span) string {
	var parts []string
	for _, sp := range spans[:min(len(spans), 5)] {
		parts = append(parts, sp.Detector+"/"+string(sp.Strength)+" "+sp.Display)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func cut(s string) string { return s[:min(len(s), 120)] }
