package lean

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"testing"

	"brevvagt/document"
)

// script hands its input to a reader of small bounds.
type script struct {
	l    reader
	text []byte
}

func (*script) Name() string              { return "script" }
func (*script) Match([]byte, string) bool { return true }
func (s *script) Read(_ context.Context, in document.Input, out *document.Builder) error {
	if in.Name != "a.xml" {
		out.Text(string(in.Data))
		return nil
	}
	s.l.out = out
	s.text, _ = s.l.read(in.Data)
	return nil
}

func TestLargeTextBecomesSmall(t *testing.T) {
	var b bytes.Buffer
	for i := range 20_000 {
		fmt.Fprintf(&b, "<b>post %d</b>\n", i)
		if i == 15_000 {
			b.WriteString("<cpr>610172-1234</cpr>")
		}
	}
	file := strings.Repeat("et notat om ingenting ", 1000)
	b.WriteString("<f>" + base64.StdEncoding.EncodeToString([]byte(file)) + "</f>")
	b.WriteString("<pre>")
	for i := range 3000 {
		fmt.Fprintf(&b, "%010d\n", i)
	}
	b.WriteString("6101721234\n</pre>")
	small := b.String()
	for name, c := range map[string]struct {
		l    reader
		gaps int
		rest bool
	}{
		"places": {reader{whole: 16 << 10, kept: 64 << 10, encoded: 8 << 10}, 1, false},
		"all":    {reader{whole: 1 << 20, kept: 1 << 20, encoded: 8 << 10}, 0, false},
		"full":   {reader{whole: 16 << 10, kept: -1, encoded: 8 << 10}, 1, true},
	} {
		s := &script{l: c.l}
		d := (&document.Formats{List: []document.Format{s}}).Read(context.Background(), "a.xml", []byte(small))
		if found := bytes.Contains(s.text, []byte("<cpr>610172-1234</cpr>")); found == c.rest {
			t.Errorf("%s: the number is there: %t", name, found)
		}
		if found := bytes.Contains(s.text, []byte("6101721234")); found == c.rest {
			t.Errorf("%s: the number of the list is there: %t", name, found)
		}
		if len(d.Gaps) != c.gaps || c.gaps > 0 && d.Gaps[0].Rest != c.rest {
			t.Errorf("%s: gaps %+v", name, d.Gaps)
		}
		if got := len(s.text); c.gaps > 0 && got > 40<<10 {
			t.Errorf("%s: %d bytes of %d were kept", name, got, len(small))
		}
		child := false
		for _, x := range d.Segments {
			child = child || x.Text == file
		}
		if !child {
			t.Errorf("%s: the file in base64 was not handed on", name)
		}
	}
}

func TestFilesAreTakenOut(t *testing.T) {
	file := bytes.Repeat([]byte("notat "), encoded/4)
	packed := base64.StdEncoding.EncodeToString(file)
	text, files := TakeOut([]byte("<m><c>" + packed[:encoded] + "\r\n" + packed[encoded:] + "</c><c>aGVq</c></m>"))
	if want := "<m><c>" + Mark(0) + "</c><c>aGVq</c></m>"; string(text) != want || len(files) != 1 {
		t.Fatalf("%d files in %q", len(files), text[:min(len(text), 100)])
	}
	if got, err := io.ReadAll(Decode(files[0])); err != nil || !bytes.Equal(got, file) {
		t.Errorf("%d of %d bytes: %v", len(got), len(file), err)
	}
}
