package isolate

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"testing"
	"time"

	"brevvagt/document"
)

func FuzzFrame(f *testing.F) {
	var buf bytes.Buffer
	for _, e := range []document.Emitted{
		{Segment: &document.Segment{Text: "æ", Words: []document.Word{{Start: 0, End: 2}}}},
		{Gap: &document.Gap{Why: document.NoText}},
		{Child: &document.Input{Name: "a", Data: []byte("b")}},
	} {
		buf.Reset()
		if err := writeEmitted(&buf, e); err != nil {
			f.Fatal(err)
		}
		f.Add(bytes.Clone(buf.Bytes()))
	}
	f.Add([]byte{'S', 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0})
	f.Add([]byte("S\x00\x00\x00\x1b\x00\x00\x00\x01{\"Words\":[{\"Start\":-1}]}   x"))
	f.Fuzz(func(t *testing.T, data []byte) {
		kind, header, body, err := readFrame(bytes.NewReader(data), 1<<20)
		if err != nil {
			return
		}
		e, err := parseEmitted(kind, header, body)
		if err != nil || e.Segment == nil {
			return
		}
		for _, w := range e.Segment.Words {
			_ = e.Segment.Text[w.Start:w.End]
		}
	})
}

func TestFrameThatClaimsTooMuch(t *testing.T) {
	frame := []byte{'C', 0, 0, 0, 2, 0x7f, 0xff, 0xff, 0xff, '{', '}'}
	if _, _, _, err := readFrame(bytes.NewReader(frame), 1<<20); err != errOutput {
		t.Errorf("body over the limit: %v", err)
	}
	if _, _, _, err := readFrame(bytes.NewReader(frame), 1<<32); err != io.ErrUnexpectedEOF {
		t.Errorf("cut off body: %v", err)
	}
}

func TestWordsOutsideTheText(t *testing.T) {
	e, err := parseEmitted(frameSegment, []byte(`{"Words":[{"Start":0,"End":99}]}`), []byte("kort"))
	if err != nil || e.Segment.Words != nil {
		t.Errorf("got %+v, %v", e.Segment, err)
	}
}

func TestMemoryIsBoundedAndForgets(t *testing.T) {
	m, now := newMemory(2, time.Hour), time.Now()
	for _, s := range []string{"a", "b", "c"} {
		m.put(digest("x", []byte(s)), verdict{document.ErrCrashed, true, now})
	}
	knows := func(s string, when time.Time) bool {
		_, ok := m.get(digest("x", []byte(s)), when)
		return ok
	}
	if knows("a", now) || len(m.known) != 2 || len(m.order) != 2 {
		t.Error("the oldest was not forgotten")
	}
	if !knows("c", now) {
		t.Error("the newest is not known")
	}
	if knows("c", now.Add(2*time.Hour)) {
		t.Error("an old verdict still counts")
	}
}

// A frame's memory is a little more than what arrives, and never what it claims.
func TestReadGrowingIsFrugal(t *testing.T) {
	const size = 40 << 20
	body := bytes.Repeat([]byte("0123456789abcdef"), size/16)
	for name, c := range map[string]struct {
		sent, claimed int
		most          uint64
		err           error
	}{
		"all": {size, size, 2 * size, nil}, "cut": {1000, 1 << 30, 8 << 20, io.ErrUnexpectedEOF},
		"cut at a step": {1 << 20, size, size, io.ErrUnexpectedEOF}, "none": {0, 0, 8 << 20, nil}, "gone": {0, 5, 8 << 20, io.ErrUnexpectedEOF},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got, err := readGrowing(bytes.NewReader(body[:c.sent]), int64(c.claimed))
		runtime.ReadMemStats(&after)
		if !bytes.Equal(got, body[:c.sent]) || !errors.Is(err, c.err) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > c.most {
			t.Errorf("%s: %d bytes were taken", name, took)
		}
	}
}
