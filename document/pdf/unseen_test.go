package pdf

import (
	"context"
	"strings"
	"testing"

	"brevvagt/document"
)

const hiddenNumber = "120336-3951"

func texts(t *testing.T, data []byte) (string, []document.Gap) {
	t.Helper()
	f := document.Formats{List: append(shared[:1:1], anyText{})}
	d := f.Read(context.Background(), "x.pdf", data)
	var b strings.Builder
	for _, s := range d.Segments {
		b.WriteString(s.Text + "\n")
	}
	return b.String(), d.Gaps
}

func TestUnspaced(t *testing.T) {
	for in, want := range map[string]string{
		"C P R 1 2 0 3 3 6 - 3 9 5 1": "CPR 120336-3951",
		"a b c":                       "a b c",
		"1 2 0 3 3 6 og 3 9 5 1":      "1 2 0 3 3 6 og 3 9 5 1",
	} {
		if got := unspaced(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func TestScattered(t *testing.T) {
	for in, want := range map[string]string{
		"C P R 1 20 3 3 6 -3951":            "CPR 120336-3951",
		"C P R 1 2 0 3 3 6 - 3 9 5 1":       "", // closed up as it is
		"Uge 1 2 3 4 5 6 7 8 9 10 11 12":    "",
		"Han fik 1 20 3 3 6 og 3 951 i alt": "",
	} {
		if got := scattered(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func TestWhatTheEngineDoesNotGive(t *testing.T) {
	script := onePage(show("hej", 50, 700), "", `/OpenAction<</S/JavaScript/JS(app.alert\("CPR `+hiddenNumber+`"\))>>`).bytes()
	if text, _ := texts(t, script); strings.Count(text, hiddenNumber) != 1 {
		t.Errorf("a script's number: %q", text)
	}
	plain := onePage(show("CPR "+hiddenNumber, 50, 700), "", "").bytes()
	if text, _ := texts(t, plain); strings.Count(text, hiddenNumber) != 1 {
		t.Errorf("a number on the page is told twice: %q", text)
	}
	attached := func(filter string) []byte {
		return onePage(show("hej", 50, 700), "", "/AF[7 0 R]", "null", "<</Type/Filespec/F(a.txt)/EF<</F 8 0 R>>>>", stream("/Type/EmbeddedFile"+filter, "CPR "+hiddenNumber)).bytes()
	}
	if text, gaps := texts(t, attached("")); strings.Count(text, hiddenNumber) != 1 || len(gaps) > 0 {
		t.Errorf("an attached file that is listed nowhere: %q, gaps %v", text, gaps)
	}
	if _, gaps := texts(t, attached("/Filter/LZWDecode")); len(gaps) != 1 || gaps[0].Why != document.Damaged {
		t.Errorf("an attached file out of reach: gaps %v", gaps)
	}
}
