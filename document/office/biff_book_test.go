package office_test

import (
	"context"
	"os"
	"testing"

	"brevvagt/document"
	"brevvagt/document/office/biff"
	"brevvagt/document/office/flow"
)

// records is the format alone, for the walker.
type biffRecords struct{}

func (biffRecords) Name() string                     { return "biff" }
func (biffRecords) Match(head []byte, _ string) bool { return true }
func (biffRecords) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	return biff.Read(ctx, in.Data, &flow.Sink{Out: out})
}

func biffSample(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("../../testdata/formats/sheetjs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestIs(t *testing.T) {
	for _, name := range []string{"biff2-cell.xls", "biff4-cell.xls", "biff4-number-cell.xls"} {
		if !biff.Is(biffSample(t, name)) {
			t.Errorf("%s is not known", name)
		}
	}
	for _, other := range []string{"", "\x09", "\x09\x00\x04\x00plain", "\t\t\t\tindrykket tekst"} {
		if biff.Is([]byte(other)) {
			t.Errorf("%q is no workbook", other)
		}
	}
}

// FuzzRead looks for panics; Read bounds itself by the sink's limits.
func FuzzBiffRead(f *testing.F) {
	f.Add(biffSample(f, "biff2-cell.xls"))
	f.Add(biffSample(f, "biff4-number-cell.xls"))
	f.Add([]byte("\x09\x08\x10\x00\x00\x06\x05\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xfc\x00\x08\x00\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		list := document.Formats{List: []document.Format{biffRecords{}}}
		list.Read(context.Background(), "a.xls", data)
	})
}
