package document

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestManyTextsAreKeptSparingly reads many times more texts than are kept: numbers are
// found to the end, with those around them, and that others were left out is told.
func TestManyTextsAreKeptSparingly(t *testing.T) {
	const limit, all = 3000, 60_000
	d := read(Limits{Segments: limit}, "a.bin", "x", atTop(func(out *Builder) {
		for i := range all {
			if i%20_000 == 19_990 {
				out.Text(fmt.Sprintf("CPR-nr. 610172-%04d", i/20_000))
			}
			out.Text(fmt.Sprintf("celle %d", i))
		}
	}))
	var texts []string
	for _, s := range d.Segments {
		texts = append(texts, s.Text)
	}
	if len(texts) > limit {
		t.Errorf("%d texts were kept", len(texts))
	}
	for i := range 3 {
		at := slices.Index(texts, fmt.Sprintf("CPR-nr. 610172-%04d", i))
		if at < 0 || texts[at-1] != fmt.Sprintf("celle %d", i*20_000+19_989) || texts[at+1] != fmt.Sprintf("celle %d", i*20_000+19_990) {
			t.Errorf("number %d is at %d of %d", i, at, len(texts))
		}
	}
	if len(d.Gaps) != 1 || d.Gaps[0].Why != TooMany || d.Gaps[0].Rest {
		t.Errorf("gaps %+v", d.Gaps)
	}
}

// TestLongTextIsCut keeps a text of megabytes in pieces that hold no more than
// themselves, and cuts no number.
func TestLongTextIsCut(t *testing.T) {
	for _, part := range []string{"ord 610172 1234 ", "6101721234;ja;", "610172-1234\n", "ø"} {
		text := strings.Repeat(part, 2*pieceBytes/len(part))
		list := cutLong(text)
		if len(list) < 2 || strings.Join(list, "") != text {
			t.Fatalf("%d pieces", len(list))
		}
		for _, p := range list {
			if !strings.HasPrefix(part, p[:2]) || len(p) > pieceBytes {
				t.Errorf("a piece of %d bytes begins with %q", len(p), p[:4])
			}
		}
	}
}
