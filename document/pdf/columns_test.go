package pdf

import (
	"fmt"
	"strings"
	"testing"
)

// labelOf is the label of the segment that is no more than a text, "" if there is none.
func labelOf(t *testing.T, data []byte, text string) string {
	t.Helper()
	for _, s := range read(t, data).Segments {
		if s.Text == text && s.Label != "" {
			return s.Label
		}
	}
	return ""
}

func TestNumbersUnderHeadings(t *testing.T) {
	const number = "6610721234"
	head := show("Navn", 60, 780) + show("CPR-nr.", 220, 780) + show("Kundenr.", 340, 780)
	page := func(more ...string) []byte { return onePage(strings.Join(more, ""), "", "").bytes() }
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"right below":     {page(head, show("Karla", 60, 760), show(number, 220, 760)), "CPR-nr."},
		"far below":       {page(head, show("Karla", 60, 100), show(number, 215, 100)), "CPR-nr."},
		"other column":    {page(head, show("Karla", 60, 760), show(number, 340, 760)), ""},
		"next table":      {page(head, show("Faktura", 60, 400), show("Ordrenr.", 225, 400), show(number, 220, 380)), ""},
		"above":           {page(show(number, 220, 800), head), ""},
		"prose":           {page(show("Vi bruger kun dit CPR-nr. til at finde sagen frem", 60, 780), show(number, 150, 760)), ""},
		"two words":       {page(show("Navn", 60, 780), show("Borgers CPR nummer", 200, 780), show("Beløb", 400, 780), show(number, 220, 700)), "Borgers CPR nummer"},
		"one digit a box": {page(show("Personnummer", 60, 780), formBoxes(number, 200)), "Personnummer"},
	} {
		if got := labelOf(t, c.data, number); got != c.want {
			t.Errorf("%s: label %q, want %q", name, got, c.want)
		}
	}
	// The table goes on without its heading.
	two := onePage(head, "", "", "null", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 8 0 R/Resources<</Font<</F1 5 0 R>>>>>>", stream("", show(number, 220, 700)))
	two.objects[1] = "<</Type/Pages/Kids[3 0 R 7 0 R]/Count 2>>"
	if got := labelOf(t, two.bytes(), number); got != "CPR-nr." {
		t.Errorf("next page: label %q", got)
	}
}

func TestNumberOverTwoLinesOfAColumn(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want bool
	}{
		"two columns":   {onePage(show("Borger, cpr-nr. 661072-", 72, 700)+show("Spalte to her", 330, 700)+show("1234 har ret til", 72, 686)+show("og mere tekst", 330, 686), "", "").bytes(), true},
		"right column":  {onePage(show("Spalte et her", 72, 700)+show("cpr-nr. 661072-", 330, 700)+show("og mere tekst", 72, 686)+show("1234", 330, 686), "", "").bytes(), true},
		"other column":  {onePage(show("Borger, cpr-nr. 661072-", 72, 700)+show("Spalte to her", 330, 700)+show("og mere tekst", 72, 686)+show("1234 har ret til", 330, 686), "", "").bytes(), false},
		"longer number": {onePage(show("Borger, cpr-nr. 661072-", 72, 700)+show("Spalte to her", 330, 700)+show("12345 har ret til", 72, 686)+show("og mere tekst", 330, 686), "", "").bytes(), false},
	} {
		found := false
		for _, s := range read(t, c.data).Segments {
			found = found || strings.HasSuffix(s.Text, "661072-1234")
		}
		if found != c.want {
			t.Errorf("%s: %v", name, found)
		}
	}
}

func formBoxes(digits string, x int) string {
	var b strings.Builder
	for i, c := range digits {
		fmt.Fprint(&b, show(string(c), x+22*i, 780))
	}
	return b.String()
}

func TestFieldsInPieces(t *testing.T) {
	field := func(n int, name, value string) string {
		return fmt.Sprintf("<</Type/Annot/Subtype/Widget/FT/Tx/T(%s)%s/Rect[72 %d 300 %d]/P 3 0 R>>", name, value, 100*n, 100*n+20)
	}
	form := func(fields ...string) []byte {
		return onePage(show("Skema", 72, 700), "/Annots[7 0 R 8 0 R]", "/AcroForm<</Fields[7 0 R 8 0 R]/DA(/Helv 12 Tf)>>", append([]string{"null"}, fields...)...).bytes()
	}
	if got := labelOf(t, form(field(1, "CPR_dato", "/V(661072)"), field(2, "CPR_lbnr", "/V(1234)")), "661072-1234"); got != "CPR_dato" {
		t.Errorf("two fields: label %q", got)
	}
	if got := labelOf(t, form(field(1, "cpr", "/DV(6610721234)"), field(2, "navn", "")), "6610721234"); got != "cpr" {
		t.Errorf("default value: label %q", got)
	}
	beside := func(second string) []byte {
		page := show("Foedt", 20, 105) + show(second, 20, 205)
		return onePage(page, "/Annots[7 0 R 8 0 R]", "/AcroForm<</Fields[7 0 R 8 0 R]/DA(/Helv 12 Tf)>>", "null", field(1, "Tekst1", "/V(12.03.1936)"), field(2, "Tekst2", "/V(3951)")).bytes()
	}
	if got := labelOf(t, beside("Sidste fire"), "120336-3951"); got != "Foedt" {
		t.Errorf("words printed beside the fields: label %q", got)
	}
	for value, want := range map[string]string{"6610721234": "CPR-nr.", "661072123": "CPR-nr.", "66107212345": "Tekst1"} {
		got := onePage(show("CPR-nr.", 10, 105)+show("Navn", 20, 205), "/Annots[7 0 R 8 0 R]", "/AcroForm<</Fields[7 0 R 8 0 R]/DA(/Helv 12 Tf)>>", "null", field(1, "Tekst1", "/V("+value+")"), field(2, "Tekst2", "/V(Testa)"))
		if got := labelOf(t, got.bytes(), value); got != want {
			t.Errorf("words printed beside %d digits: label %q, want %q", len(value), got, want)
		}
	}
	for name, want := range map[string]string{"f0": "Barnets navn", "felt_2": "Barnets navn", "Skema.undefined": "Barnets navn", "Kontakt": "Kontakt"} {
		got := onePage(show("Barnets navn", 0, 105), "/Annots[7 0 R 8 0 R]", "/AcroForm<</Fields[7 0 R 8 0 R]/DA(/Helv 12 Tf)>>", "null", field(1, name, "/V(Testa Viborg)"), field(2, "x", ""))
		if got := labelOf(t, got.bytes(), "Testa Viborg"); got != want {
			t.Errorf("words printed beside a field called %q: label %q, want %q", name, got, want)
		}
	}
	own := onePage(show("Skema", 72, 700), "/PieceInfo<</X<</Private<</BorgerCPR(6610721234)>>>>>>", "").bytes()
	if got := labelOf(t, own, "6610721234"); got != "BorgerCPR" {
		t.Errorf("a program's own entry: label %q", got)
	}
}
