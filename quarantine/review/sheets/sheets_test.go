package sheets_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/xuri/excelize/v2"

	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/detectors"
	detectorlist "brevvagt/detectors/all"
	"brevvagt/detectors/detectortest"
	formatlist "brevvagt/document/all"
	"brevvagt/document/pdf"
	"brevvagt/quarantine"
	"brevvagt/quarantine/review/sheets"
	"brevvagt/quarantine/review/sheets/libre"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "guard" {
		os.Exit(libre.Guard(os.Args[2:], os.Stdin))
	}
	os.Exit(m.Run())
}

// drawer reads in this process, with soffice at program, the real one for "".
func drawer(t *testing.T, program string) *sheets.Drawer {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	office, err := libre.New(filepath.Join(t.TempDir(), "sheets"), []string{self, "guard"})
	if err != nil {
		t.Fatal(err)
	}
	if program != "" {
		office.Program = program
	}
	base, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	cache := filepath.Join(base, "brevvagt", "pdf")
	pages := pdf.Sheets(pdf.Config{CacheDir: cache})
	set := &detectors.Set{List: detectorlist.Detectors(), Key: detectors.RandomKey()}
	list := formatlist.Formats(formatlist.Options{PDFCache: cache})
	return &sheets.Drawer{Formats: list, Pictures: list, Texts: pages[0], Sheet: pages[1], Set: func() *detectors.Set { return set }, Office: office}
}

func mail(name string, data []byte) []byte {
	return fmt.Appendf(nil, "From: anna@kommune.example\r\nTo: bo@firma.example\r\nSubject: bilag\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nHej\r\n--x\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=%q\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n--x--\r\n", name, base64.StdEncoding.EncodeToString(data))
}

func workbook(t *testing.T, numbers ...string) []byte {
	t.Helper()
	f := excelize.NewFile()
	rows := [][]any{{"Navn", "CPR-nr.", "Beløb", "Dato"}}
	for i, n := range numbers {
		rows = append(rows, []any{fmt.Sprintf("Testperson %c", 'A'+i), n, 1250 + i, "12.03.2026"})
	}
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetColWidth("Sheet1", "A", "D", 18); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestTry(t *testing.T) {
	a, b := detectortest.Dashed(detectortest.CPR(3)), detectortest.Dashed(detectortest.CPR(8))
	docx, err := sample.Docx("Afgørelse om støtte", "Vi har behandlet din ansøgning. Vedrørende Testperson Eksempel, CPR-nr. "+a+", den 12. marts 2026.", "Ægtefælle: "+b+" og telefon 12 34 56 78.", "Med venlig hilsen")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data []byte
		kind string
	}{"docx": {docx, "brev.docx"}, "xlsx": {workbook(t, a, b, detectortest.CPR(11)), "liste.xlsx"}} {
		png, err := drawer(t, "").Draw(t.Context(), mail(c.kind, c.data), quarantine.Place{Name: "mail.eml", Path: "mail.eml/" + c.kind, Value: b})
		t.Log(name, len(png), err)
		os.WriteFile("/tmp/o7/"+name+".png", png, 0o600)
	}
}

var _ = image.Black
var _ = png.Decode
var _ = exec.Command
