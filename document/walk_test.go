package document

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// script is a format for tests: it reads what its function says.
type script func(ctx context.Context, in Input, out *Builder) error

func (script) Name() string              { return "script" }
func (script) Match([]byte, string) bool { return true }
func (s script) Read(ctx context.Context, in Input, out *Builder) error {
	return s(ctx, in, out)
}

func read(l Limits, name, data string, s script) *Document {
	f := Formats{List: []Format{s}, Limits: l}
	return f.Read(context.Background(), name, []byte(data))
}

func gaps(d *Document) []Reason {
	var all []Reason
	for _, g := range d.Gaps {
		all = append(all, g.Why)
	}
	return all
}

// atTop is a format that does something for the item and nothing for its children.
func atTop(do func(out *Builder)) script {
	return func(_ context.Context, _ Input, out *Builder) error {
		if out.Depth() == 0 {
			do(out)
		}
		return nil
	}
}

// nest makes every part contain one more of the same.
func nest(_ context.Context, in Input, out *Builder) error {
	out.ChildBytes("i.bin", in.Data, Input{})
	return nil
}

func TestLimits(t *testing.T) {
	tests := []struct {
		name   string
		limits Limits
		read   script
		want   Reason
	}{
		{"bytes", Limits{Bytes: 25, PartBytes: 1 << 20}, nest, TooBig},
		{"part", Limits{PartBytes: 5}, nest, TooBig},
		{"depth", Limits{Depth: 3}, nest, TooDeep},
		{"parts", Limits{Parts: 4}, atTop(func(out *Builder) {
			for range 10 {
				out.ChildBytes("a", []byte("x"), Input{})
			}
		}), TooMany},
		{"text", Limits{TextBytes: 3}, atTop(func(out *Builder) { out.Text("æøå"); out.Text("more") }), TooBig},
		{"segments", Limits{Segments: 2}, atTop(func(out *Builder) {
			for range 4 {
				out.Text("x")
			}
		}), TooMany},
		{"time", Limits{Time: time.Millisecond}, func(ctx context.Context, _ Input, _ *Builder) error {
			<-ctx.Done()
			return ctx.Err()
		}, OutOfTime},
		{"reader over the part limit", Limits{PartBytes: 10}, atTop(func(out *Builder) {
			out.Child("big", strings.NewReader(strings.Repeat("x", 100)), Input{})
		}), TooBig},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := read(tt.limits, "a.bin", "0123456789", tt.read)
			if !slices.Contains(gaps(d), tt.want) {
				t.Errorf("gaps %v, want %s", gaps(d), tt.want)
			}
			// A limit on the whole item leaves the rest of it unread, and says so.
			whole := tt.limits.Bytes > 0 || tt.limits.Parts > 0 || tt.limits.TextBytes > 0 || tt.limits.Segments > 0
			if rest := slices.ContainsFunc(d.Gaps, func(g Gap) bool { return g.Rest }); rest != whole {
				t.Errorf("gaps %+v: rest unread is %t, want %t", d.Gaps, rest, whole)
			}
			n := 0
			for _, s := range d.Segments {
				n += len(s.Text)
			}
			if l := tt.limits.TextBytes; l > 0 && int64(n) > l {
				t.Errorf("%d bytes of text over the limit", n)
			}
		})
	}
}

func TestDepthIsReachedNotPassed(t *testing.T) {
	d := read(Limits{Depth: 3}, "a", "x", nest)
	if n := strings.Count(d.Parts[len(d.Parts)-1].Path, "/"); n != 4 || len(d.Gaps) != 1 {
		t.Errorf("deepest part %v, gaps %v", d.Parts, d.Gaps)
	}
}

func TestErrorsBecomeGaps(t *testing.T) {
	tests := []struct {
		err  error
		want Reason
	}{
		{fmt.Errorf("member: %w", ErrEncrypted), Encrypted},
		{ErrNoEngine, NoEngine},
		{ErrCrashed, Crashed},
		{context.DeadlineExceeded, OutOfTime},
		{errors.New("bad magic near 0102030304"), Damaged},
	}
	for _, tt := range tests {
		d := read(Limits{}, "a", "x", func(_ context.Context, _ Input, out *Builder) error {
			out.Text("kept")
			return tt.err
		})
		if len(d.Gaps) != 1 || d.Gaps[0].Why != tt.want {
			t.Fatalf("%v: gaps %v, want %s", tt.err, d.Gaps, tt.want)
		}
		if strings.Contains(d.Gaps[0].Detail, "0102030304") {
			t.Error("the gap quotes content")
		}
		if d.Segments[0].Text != "kept" {
			t.Errorf("%v: what was read before the error is lost", tt.err)
		}
	}
}

func TestPanicBecomesGap(t *testing.T) {
	d := read(Limits{}, "a", "x", func(context.Context, Input, *Builder) error { panic("0102030304") })
	if len(d.Gaps) != 1 || d.Gaps[0].Why != Crashed || strings.Contains(fmt.Sprint(d.Gaps[0].Detail), "0102030304") {
		t.Errorf("gaps %v", d.Gaps)
	}
}

func TestUnknownTypeIsAGapUnlessEmpty(t *testing.T) {
	f := Formats{}
	if d := f.Read(context.Background(), "a.bin", []byte{1}); !slices.Equal(gaps(d), []Reason{UnknownType}) {
		t.Errorf("gaps %v", d.Gaps)
	}
	if d := f.Read(context.Background(), "a.bin", nil); len(d.Gaps) != 0 {
		t.Errorf("an empty file has gaps %v", d.Gaps)
	}
}

func TestWrittenPicturesAreNoSilence(t *testing.T) {
	for text, want := range map[string][]Reason{"": {NoText}, "læst": nil} {
		d := read(Limits{}, "a.pdf", "x", func(_ context.Context, _ Input, out *Builder) error {
			if out.Depth() == 0 {
				out.ChildBytes("side-1.png", []byte("x"), Input{Page: 1, Written: true})
				out.ChildBytes("side-2.png", []byte("x"), Input{Page: 2})
			} else if text != "" {
				out.Segment(Segment{Text: text})
			}
			return nil
		})
		if !slices.Equal(gaps(d), want) || want != nil && d.Gaps[0].At.Page != 1 {
			t.Errorf("%q read: gaps %v", text, d.Gaps)
		}
	}
}

func TestManyGapsAreBounded(t *testing.T) {
	d := read(Limits{}, "a", "x", atTop(func(out *Builder) {
		for range 5000 {
			out.Gap(Gap{Why: Damaged})
		}
	}))
	if len(d.Gaps) != 1000 {
		t.Errorf("%d gaps", len(d.Gaps))
	}
}

func TestPathsAreLabelsOnly(t *testing.T) {
	tests := []struct{ name, want string }{
		{"../../etc/passwd", "m/etc/passwd"},
		{`..\..\mappe\brev.doc`, "m/mappe/brev.doc"},
		{"/abs/a.txt", "m/abs/a.txt"},
		{"fdp.\u202eexe\x00", "m/fdp.exe"},
		{"", "m/unavngivet"},
		{"..", "m/unavngivet"},
		{"sk\xe6rm.png", "m/sk?rm.png"},
	}
	for _, tt := range tests {
		d := read(Limits{}, "m", "x", atTop(func(out *Builder) { out.ChildBytes(tt.name, []byte("x"), Input{}) }))
		if got := d.Parts[1].Path; got != tt.want {
			t.Errorf("%q: path %q, want %q", tt.name, got, tt.want)
		}
	}
	long := cleanName(strings.Repeat("å", 4000) + ".pdf")
	if len(long) > 255 || !strings.HasSuffix(long, ".pdf") {
		t.Errorf("long name became %d bytes, %q", len(long), long)
	}
}

func TestFileNamesAreRead(t *testing.T) {
	child := func(hint Input) script {
		return atTop(func(out *Builder) {
			out.ChildBytes("sager/Afgoerelse_1609575820.pdf", []byte("x"), hint)
		})
	}
	d := read(Limits{}, "pakke.zip", "x", child(Input{}))
	want := []Segment{
		{Text: "sager/Afgoerelse_1609575820.pdf", At: Location{Path: "pakke.zip/sager/Afgoerelse_1609575820.pdf", Layer: Metadata}},
		{Text: "pakke.zip", At: Location{Path: "pakke.zip", Layer: Metadata}},
	}
	if fmt.Sprint(d.Segments) != fmt.Sprint(want) {
		t.Errorf("segments %+v", d.Segments)
	}
	if d := read(Limits{}, "", "x", child(Input{MadeUp: true})); len(d.Segments) != 0 {
		t.Errorf("a made-up name was read: %+v", d.Segments)
	}
	mail := atTop(func(out *Builder) { out.Mail(Envelope{Subject: "s"}) })
	if d := read(Limits{}, "1609575820.eml", "x", mail); len(d.Segments) != 0 || d.Kind() != "mail" {
		t.Errorf("the mail's own name was read: %+v", d.Segments)
	}
}

func TestOnlyTheOutermostMailSpeaks(t *testing.T) {
	d := read(Limits{}, "a.zip", "x", func(_ context.Context, _ Input, out *Builder) error {
		if out.Depth() == 1 {
			out.Mail(Envelope{Subject: "inner"})
			return nil
		}
		out.ChildBytes("m.eml", []byte("x"), Input{})
		return nil
	})
	if d.Mail != nil || d.Kind() != "file" {
		t.Errorf("mail %+v", d.Mail)
	}
}

func TestBuilderFillsInThePlace(t *testing.T) {
	d := read(Limits{}, "a", "x", func(_ context.Context, _ Input, out *Builder) error {
		if out.Depth() == 0 {
			out.ChildBytes("b", []byte("x"), Input{Layer: Hidden, Page: 3, Label: "CPR", MadeUp: true})
			return nil
		}
		out.Text("t")
		out.Seal(Seal{Kind: "pgp"})
		return nil
	})
	s := d.Segments[0]
	if s.Label != "CPR" || s.At != (Location{Path: "a/b", Page: 3, Layer: Hidden}) || d.Seals[0].At != s.At {
		t.Errorf("segment %+v seal %+v", s, d.Seals)
	}
}

func TestCutRunesKeepsRunesWhole(t *testing.T) {
	for n := range 7 {
		if s := cutRunes("æøå", n); !strings.HasPrefix("æøå", s) || len(s) > n || len(s)%2 != 0 {
			t.Errorf("cutRunes at %d gave %q", n, s)
		}
	}
}
