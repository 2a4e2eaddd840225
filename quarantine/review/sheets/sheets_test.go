package sheets_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/detectors"
	detectorlist "brevvagt/detectors/all"
	"brevvagt/detectors/detectortest"
	"brevvagt/document"
	formatlist "brevvagt/document/all"
	"brevvagt/document/isolate"
	"brevvagt/document/pdf"
	"brevvagt/quarantine"
	"brevvagt/quarantine/review/sheets"
	"brevvagt/quarantine/review/sheets/libre"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "guard" {
		os.Exit(libre.Guard(os.Args[2:], os.Stdin))
	}
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		hostile := append(formatlist.Hostile(formatlist.Options{PDFCache: os.Args[2]}), pdf.Sheets(pdf.Config{CacheDir: os.Args[2]})...)
		if isolate.Serve(os.Stdin, os.Stdout, hostile) != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// drawer reads in this process, with the LibreOffice that is installed.
func drawer(t *testing.T) *sheets.Drawer {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	office, err := libre.New(filepath.Join(t.TempDir(), "sheets"), []string{self, "guard"})
	if err != nil {
		t.Fatal(err)
	}
	office.Time = 5 * time.Minute // no test is about how fast a machine starts LibreOffice
	set := &detectors.Set{List: detectorlist.Detectors(), Key: detectors.RandomKey()}
	list := formatlist.Formats(formatlist.Options{})
	return &sheets.Drawer{Formats: list, Set: func() *detectors.Set { return set }, Office: office}
}

// mail has one file attached.
func mail(name string, data []byte) []byte {
	return fmt.Appendf(nil, "From: anna@kommune.example\r\nTo: bo@firma.example\r\nSubject: bilag\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nHej\r\n--x\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=%q\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n--x--\r\n", name, base64.StdEncoding.EncodeToString(data))
}

func workbook(t *testing.T, numbers ...string) []byte {
	t.Helper()
	f := excelize.NewFile()
	rows := [][]any{{"Navn", "CPR-nr.", "Dato"}}
	for i, n := range numbers {
		rows = append(rows, []any{fmt.Sprintf("Testperson %c", 'A'+i), n, "12.03.2026"})
	}
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetColWidth("Sheet1", "A", "C", 18); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestLibreOffice draws pages with the LibreOffice of this machine.
func TestLibreOffice(t *testing.T) {
	if libre.Find() == "" && os.Getenv("CI") == "true" {
		t.Fatal("LibreOffice is not installed")
	}
	if libre.Find() == "" {
		t.Skip("LibreOffice is not installed: apt-get install " + libre.Packages)
	}
	if testing.Short() {
		t.Skip("starts LibreOffice, pdfium and OCR")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cache := filepath.Join(t.TempDir(), "pdf")
	if err := pdf.Warm(cache); err != nil {
		t.Fatal(err)
	}
	pool, err := isolate.New(isolate.Config{Command: []string{self, "worker", cache}, ReadOnly: []string{cache}, Workers: 1, Timeout: 5 * time.Minute, StartTimeout: 5 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	d := drawer(t)
	list := pdf.Sheets(pdf.Config{})
	d.Formats = formatlist.Formats(formatlist.Options{Isolate: pool.Format})
	d.Texts, d.Sheet, d.Pictures = pool.Format(list[0]), pool.Format(list[1]), d.Formats
	a, b := detectortest.Dashed(detectortest.CPR(3)), detectortest.Dashed(detectortest.CPR(8))
	letter, err := sample.Docx("Afgørelse", "Vedrørende Testperson Eksempel, CPR-nr. "+a+", den 12. marts 2026.", "Ægtefælle: "+b+".")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data    []byte
		numbers []string // the last is the one that was found
	}{
		"brev.docx": {letter, []string{a, b}}, "liste.xlsx": {workbook(t, a, b), []string{a, b}},
		"vis.ppt": {unzipped(t, "../../../testdata/formats/ppt/slide-text.ppt.gz"), []string{"050637-5053"}},
	} {
		at := quarantine.Place{Name: "mail.eml", Path: "mail.eml/" + name, Value: c.numbers[len(c.numbers)-1]}
		got, err := d.Draw(t.Context(), mail(name, c.data), at)
		if errors.Is(err, libre.ErrOpen) {
			// A kernel without Landlock: there is no page, and the DPO is told why.
			if len(got) > 0 || sheets.Why(err) != "open" {
				t.Errorf("%s: %d bytes, %v", name, len(got), err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		// Words have soft edges, which nothing else on these pages has.
		if red, black, soft := colours(t, got); red < 300 || black < len(c.numbers)*2000 || soft < 500 {
			t.Errorf("%s: %d red and %d black pixels, %d of words", name, red, black, soft)
		}
		// What a person could read on it is read here.
		seen := (&document.Formats{List: d.Formats}).Read(t.Context(), "side.png", got)
		text := ""
		for _, s := range seen.Segments {
			text += s.Text + "\n"
		}
		for _, number := range c.numbers {
			if strings.Contains(text, number[:6]) || strings.Contains(text, number[7:]) {
				t.Errorf("%s: a number can be read: %q", name, text)
			}
		}
	}
}

func unzipped(t *testing.T, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func colours(t *testing.T, data []byte) (red, black, soft int) {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			switch color.RGBAModel.Convert(img.At(x, y)) {
			case color.RGBA{R: 0xcc, A: 0xff}:
				red++
			case color.RGBA{A: 0xff}:
				black++
			case color.RGBA{R: 0xff, G: 0xff, B: 0xff, A: 0xff}:
			default:
				soft++
			}
		}
	}
	return red, black, soft
}

// stub is a format of which a test says what it gives.
type stub struct {
	name string
	read func(document.Input, *document.Builder) error
}

func (s stub) Name() string            { return s.name }
func (stub) Match([]byte, string) bool { return true }
func (s stub) Read(_ context.Context, in document.Input, out *document.Builder) error {
	return s.read(in, out)
}

// page is a page of 100 by 20 pixels a line, whose words stand below each other.
func page(text string) func(document.Input, *document.Builder) error {
	return func(in document.Input, out *document.Builder) error {
		out.Segment(onPage(text))
		var b bytes.Buffer
		if err := png.Encode(&b, white(100, 400)); err != nil {
			return err
		}
		out.ChildBytes("side.png", b.Bytes(), document.Input{})
		return nil
	}
}

// TestDraw has pages told by stubs: what is covered, and what is not shown at all.
func TestDraw(t *testing.T) {
	number := detectortest.Dashed(detectortest.CPR(3))
	original := mail("a.pdf", []byte("%PDF-1.4"))
	quiet := stub{"ocr", func(document.Input, *document.Builder) error { return nil }}
	fails := stub{"fails", func(document.Input, *document.Builder) error { return errors.New("no") }}
	texts := stub{"texts", func(_ document.Input, out *document.Builder) error {
		out.Segment(onPage("Side " + number))
		return nil
	}}
	sheet := stub{"sheet", page("Side " + number)}
	for name, c := range map[string]struct {
		texts, sheet document.Format
		ocr          []document.Format
		path         string
		want         error
	}{
		"drawn":             {texts, sheet, []document.Format{quiet}, "mail.eml/a.pdf", nil},
		"no such file":      {texts, sheet, []document.Format{quiet}, "mail.eml/b.pdf", sheets.ErrGone},
		"unreadable texts":  {fails, sheet, []document.Format{quiet}, "mail.eml/a.pdf", sheets.ErrUnsure},
		"unreadable page":   {texts, fails, []document.Format{quiet}, "mail.eml/a.pdf", sheets.ErrUnsure},
		"OCR fails":         {texts, sheet, []document.Format{fails}, "mail.eml/a.pdf", sheets.ErrUnsure},
		"no OCR":            {texts, sheet, nil, "mail.eml/a.pdf", sheets.ErrUnsure},
		"another page":      {texts, stub{"sheet", page("Side")}, []document.Format{quiet}, "mail.eml/a.pdf", sheets.ErrAbsent},
		"nothing drawn":     {texts, texts, []document.Format{quiet}, "mail.eml/a.pdf", sheets.ErrUnsure},
		"no text on a page": {quiet, sheet, []document.Format{quiet}, "mail.eml/a.pdf", sheets.ErrAbsent},
	} {
		d := drawer(t)
		d.Texts, d.Sheet, d.Pictures = c.texts, c.sheet, c.ocr
		got, err := d.Draw(t.Context(), original, quarantine.Place{Name: "mail.eml", Path: c.path, Value: number})
		if !errors.Is(err, c.want) || (err == nil) != (len(got) > 0) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
		if c.want != nil && sheets.Why(err) == "broken" {
			t.Errorf("%s: no word for %v", name, err)
		}
	}
	// A number that only OCR sees, drawn as shapes, is covered as well.
	d := drawer(t)
	d.Texts, d.Sheet = texts, sheet
	d.Pictures = []document.Format{stub{"ocr", func(_ document.Input, out *document.Builder) error {
		s := onPage("\n\n\n\n\n" + number)
		s.Words[0].Box = document.Box{10, 300, 50, 10}
		out.Segment(s)
		return nil
	}}}
	got, err := d.Draw(t.Context(), original, quarantine.Place{Name: "mail.eml", Path: "mail.eml/a.pdf", Value: number})
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(got))
	if err != nil {
		t.Fatal(err)
	}
	if c := color.GrayModel.Convert(img.At(30, 305)).(color.Gray); c.Y != 0 {
		t.Errorf("what OCR found is %d", c.Y)
	}
	// Without LibreOffice an office file has no page.
	d.Office.Program = ""
	if _, err := d.Draw(t.Context(), mail("a.docx", []byte("x")), quarantine.Place{Name: "mail.eml", Path: "mail.eml/a.docx", Value: number}); sheets.Why(err) != "missing" {
		t.Errorf("without LibreOffice: %v", err)
	}
}

func TestOffers(t *testing.T) {
	for _, path := range []string{"a.pdf", "a/b.DOCX", "x.xls", "x.odp", "x.rtf"} {
		if !sheets.Offers(path) {
			t.Errorf("%s has no page", path)
		}
	}
	if sheets.Offers("mail.eml") || sheets.Offers("docx") {
		t.Error("a mail has a page")
	}
}

// TestWordsCovered asks which words of a page are covered.
func TestWordsCovered(t *testing.T) {
	n := detectortest.Dashed(detectortest.CPR(3))
	for text, want := range map[string][]string{
		"CPR " + n + " og mere":                  {n},
		"CPR " + n[:6] + " " + n[7:] + " slut":   {n[:6], n[7:]},
		"konto 1234 0001234567 i alt":            {"1234", "0001234567"},
		"telefon 12 34 56 78 i dag":              {"12", "34", "56", "78"},
		"den 12. marts 2026 klokken 10":          nil,
		"12.03.2026 og side 4 af 12":             nil,
		"Født 12.03.1963 løbenr. 4321 hos os":    {"12.03.1963", "løbenr.", "4321"},
		"§ 28 stk. 1 nr. 3, lov nr. 502 af 2018": nil,
	} {
		d := drawer(t)
		s := onPage(text)
		for i := range s.Words {
			s.Words[i].Box = document.Box{20 * i, 10, 18, 10} // one row
		}
		boxes := sheets.Numbers(d, t.Context(), s)
		var got []string
		for _, w := range s.Words {
			if slices.Contains(boxes, w.Box) {
				got = append(got, text[w.Start:w.End])
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: covered %q, not %q", text, got, want)
		}
	}
}

func TestPlaces(t *testing.T) {
	for _, c := range []struct {
		text, value string
		want        []string
	}{
		{"a 010263-1234 b 0102631234 c 010263\r\n1234", "010263-1234", []string{"010263-1234", "0102631234", "010263\r\n1234"}},
		{"10102631234 01026312345", "0102631234", nil},
		{"Han har Diabetes, diabetesdiæt", "diabetes", []string{"Diabetes"}},
		{"intet", "--", nil},
	} {
		var got []string
		for _, p := range sheets.Places(c.text, c.value) {
			got = append(got, c.text[p[0]:p[1]])
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q in %q: %q", c.value, c.text, got)
		}
	}
}

// onPage is a text of a page, each word on a row of its own.
func onPage(text string) document.Segment {
	s := document.Segment{Text: text, At: document.Location{Page: 1, OCR: true}}
	at := 0
	for i, word := range strings.Fields(text) {
		at += strings.Index(text[at:], word)
		s.Words = append(s.Words, document.Word{Start: at, End: at + len(word), Box: document.Box{5, 5 + 20*i, 60, 10}})
		at += len(word)
	}
	return s
}

func white(w, h int) image.Image {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	return img
}
