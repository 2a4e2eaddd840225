package detectors_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"brevvagt/detectors"
	"brevvagt/detectors/detectortest"
	"brevvagt/detectors/identity"
	"brevvagt/document"
)

func set(list ...detectors.Detector) *detectors.Set {
	key, _ := detectors.NewKey(bytes.Repeat([]byte("k"), 32))
	return &detectors.Set{List: list, Key: key}
}

var env = detectors.Env{AsOf: detectortest.AsOf}

// TestMaskedNeverShowsItsValue prints a finding in every way a program may.
func TestMaskedNeverShowsItsValue(t *testing.T) {
	value := detectortest.CPR(1)
	doc := &document.Document{Segments: []document.Segment{{Text: "CPR-nr. " + detectortest.Dashed(value)}}}
	found, gaps := set(identity.CPR(identity.Config{})).Scan(context.Background(), doc, env)
	if len(found) != 1 || len(gaps) != 0 {
		t.Fatalf("%d findings, %d gaps", len(found), len(gaps))
	}
	f := found[0]
	asJSON, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	untimed := &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && a.Key == slog.TimeKey {
			return slog.Attr{} // its fractions may be any four digits
		}
		return a
	}}
	for _, h := range []slog.Handler{slog.NewTextHandler(&logged, untimed), slog.NewJSONHandler(&logged, untimed)} {
		slog.New(h).Info("fund", "finding", f, "value", f.Value, "pointer", &f)
	}
	shown := []string{string(asJSON), logged.String(), f.Value.String()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		shown = append(shown, fmt.Sprintf(verb, f), fmt.Sprintf(verb, f.Value), fmt.Sprintf(verb, &f))
	}
	for _, s := range shown {
		if strings.Contains(s, value) || strings.Contains(s, value[6:]) && !strings.Contains(f.Value.Digest(), value[6:]) {
			t.Errorf("the value is shown: %s", s)
		}
	}
	if want := value[:6] + "-xxxx"; f.Value.String() != want {
		t.Errorf("masked form %q, want %q", f.Value, want)
	}
}

func TestDigestTellsEqualValuesUnderOneKeyOnly(t *testing.T) {
	a, b := detectors.RandomKey(), detectors.RandomKey()
	again, err := detectors.NewKey(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	same, _ := detectors.NewKey(make([]byte, 32))
	if again.Digest("1") != same.Digest("1") || a.Digest("1") == a.Digest("2") || a.Digest("1") == b.Digest("1") {
		t.Error("digest is not a keyed function of the value")
	}
	if _, err := detectors.NewKey(make([]byte, 31)); err == nil {
		t.Error("a short key was accepted")
	}
}

// many makes a document of shuffled segments with the same content for any seed.
func many(seed uint64) *document.Document {
	doc := &document.Document{}
	for n := range 60 {
		doc.Segments = append(doc.Segments, document.Segment{
			Text: fmt.Sprintf("Borger %s og\n%s", detectortest.CPR(n), detectortest.Dashed(detectortest.CPR(n/2))),
			At:   document.Location{Path: fmt.Sprintf("a/%d.txt", n%7), Line: 1 + 3*(n/7), Layer: document.Visible},
		})
	}
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(doc.Segments), func(i, j int) {
		doc.Segments[i], doc.Segments[j] = doc.Segments[j], doc.Segments[i]
	})
	return doc
}

func TestSameFindingsForAnyOrderOfSegments(t *testing.T) {
	s := set(identity.CPR(identity.Config{}))
	plain := func(seed uint64) []detectors.Finding {
		found, _ := s.Scan(context.Background(), many(seed), env)
		for i := range found {
			found[i].Segment = 0 // an index into the shuffled list
		}
		return found
	}
	want := plain(0)
	if len(want) != 120 {
		t.Fatalf("%d findings, want 120", len(want))
	}
	for seed := range uint64(10) {
		if got := plain(seed + 1); !reflect.DeepEqual(got, want) {
			t.Fatalf("another order of segments gave other findings (seed %d)", seed)
		}
	}
}

func TestScanDropsWhatIsSaidTwice(t *testing.T) {
	d := identity.CPR(identity.Config{})
	doc := &document.Document{Segments: []document.Segment{{Text: detectortest.Dashed(detectortest.CPR(3))}}}
	if found, _ := set(d, d).Scan(context.Background(), doc, env); len(found) != 1 {
		t.Errorf("%d findings, want 1", len(found))
	}
}

// TestMillionsAlike keeps a bounded number of findings of one kind, says so, and keeps the
// one of another strength behind them.
func TestMillionsAlike(t *testing.T) {
	const many = 50_010
	text := strings.Repeat("x", many+1)
	d := detectors.Detector{ID: "each", Category: "x", Find: func(seg document.Segment, _ detectors.Env) (spans []detectors.Span) {
		for i := range seg.Text {
			spans = append(spans, detectors.Span{Start: i, End: i + 1, Strength: detectors.Weak})
		}
		spans[many].Strength = detectors.Strong
		return spans
	}}
	found, gaps := set(d).Scan(context.Background(), &document.Document{Segments: []document.Segment{{Text: text}}}, env)
	if len(found) != 50_001 || found[50_000].Strength != detectors.Strong || len(gaps) != 1 || gaps[0].Why != document.TooMany || !strings.HasPrefix(gaps[0].Detail, "10 more") {
		t.Errorf("%d findings, gaps %v", len(found), gaps)
	}
}

func TestLineAndBoxOfAFinding(t *testing.T) {
	text := "Navn: Testperson Eksempel\nCPR: " + detectortest.Dashed(detectortest.CPR(4))
	start := strings.Index(text, "CPR: ") + 5
	seg := document.Segment{Text: text, At: document.Location{Path: "side.png", Line: 7, OCR: true}, Words: []document.Word{
		{Start: 0, End: 5, Box: document.Box{0, 0, 50, 10}},
		{Start: start, End: start + 6, Box: document.Box{60, 20, 60, 10}},
		{Start: start + 6, End: start + 11, Box: document.Box{120, 21, 50, 10}},
	}}
	found, _ := set(identity.CPR(identity.Config{})).Scan(context.Background(), &document.Document{Segments: []document.Segment{seg}}, env)
	if len(found) != 1 || found[0].At.Line != 8 || found[0].At.Box == nil || *found[0].At.Box != (document.Box{60, 20, 110, 11}) {
		t.Fatalf("%+v", found)
	}
}

func TestAPanicIsAGapAndNotSilence(t *testing.T) {
	bad := detectors.Detector{ID: "bad", Category: "x", Find: func(seg document.Segment, _ detectors.Env) []detectors.Span {
		panic("choked on " + seg.Text)
	}}
	value := detectortest.CPR(5)
	doc := &document.Document{Segments: []document.Segment{{Text: value, At: document.Location{Path: "brev.txt"}}}}
	found, gaps := set(bad, identity.CPR(identity.Config{})).Scan(context.Background(), doc, env)
	if len(found) != 1 {
		t.Errorf("the other detector found %d things, want 1", len(found))
	}
	if len(gaps) != 1 || gaps[0].Why != document.Crashed || gaps[0].At.Path != "brev.txt" || strings.Contains(gaps[0].Detail, value) {
		t.Errorf("gaps %+v", gaps)
	}
}

func TestSpanOutsideTheTextIsAGapToo(t *testing.T) {
	wild := detectors.Detector{ID: "wild", Category: "x", Find: func(document.Segment, detectors.Env) []detectors.Span {
		return []detectors.Span{{Start: 3, End: 99, Strength: detectors.Weak}}
	}}
	doc := &document.Document{Segments: []document.Segment{{Text: "kort"}}}
	if found, gaps := set(wild).Scan(context.Background(), doc, env); len(found) != 0 || len(gaps) != 1 {
		t.Errorf("%d findings, gaps %v", len(found), gaps)
	}
}

func TestOutOfTimeIsAGap(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	found, gaps := set(identity.CPR(identity.Config{})).Scan(ctx, many(1), env)
	if len(found) != 0 || len(gaps) != 1 || gaps[0].Why != document.OutOfTime {
		t.Errorf("%d findings, gaps %v", len(found), gaps)
	}
}

func TestStrengthsAreOrdered(t *testing.T) {
	if !(detectors.Info.Rank() < detectors.Weak.Rank() && detectors.Weak.Rank() < detectors.Medium.Rank() && detectors.Medium.Rank() < detectors.Strong.Rank()) {
		t.Error("strengths out of order")
	}
}
