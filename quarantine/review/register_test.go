package review

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/xuri/excelize/v2"
)

// keeping is the DPO's work on the register in a real browser: a manual entry that
// is refused for a name, saved, confirmed as a breach, prepared for a notification.
func keeping(t *testing.T, browser context.Context) {
	r := newRig(t)
	r.hold(t, screenshot("a"), 2*time.Hour)
	b := newTab(t, browser, r.url)
	b.open("/log-ind")
	b.do(chromedp.SendKeys(css("#navn"), "dpo"), chromedp.SendKeys(css("#kode"), passphrase))
	b.submit(chromedp.Click(css("#log-ind")))
	b.open("/fortegnelse")
	b.submit(chromedp.Click(css("#ny")))
	b.says("Hvilke typer af personoplysninger er berørt?", "Berundelse for ikke at anmelde til Datatilsynet", "Afgørelse fra Datatilsynet")
	b.shot("ny-kladde", 900)
	b.shot("ny-kladde-hel", 0)
	b.do(chromedp.SendKeys(css("#hvad"), "Et brev til Anna Testesen blev sendt til en anden borger."))
	b.do(chromedp.Click(css("label[for=oplysning-4]")))
	b.submit(chromedp.Click(css("#gem")))
	b.says("Kladden er ikke gemt", "ser ud til at indeholde et navn på en person")
	if got := run(b, chromedp.Evaluate[bool](`document.querySelector("#oplysning-4").checked && document.querySelector("#hvad").getAttribute("aria-invalid") === "true"`)); !got {
		t.Error("the refused form does not come back as it was, with the field marked")
	}
	b.shot("afvist-felt", 760)
	run(b, chromedp.Evaluate[string](`document.querySelector("#hvad").value = "Et brev til en borger blev sendt til en anden borger."`))
	b.submit(chromedp.Click(css("#gem")))
	b.says("Kladden er gemt.", "Nr. 2026-02", "Muligt brud", "Uret er ikke startet")
	b.submit(chromedp.Click(css("#bekraeft button")))
	b.says("Bruddet er bekræftet", "Tid tilbage", "3 dage")
	if got := run(b, chromedp.Text(css("#frist"))); !strings.Contains(got, "Tid tilbage til anmeldelse: 3 dage") {
		t.Errorf("the strip says %q", got)
	}
	b.shot("brud", 820)
	b.submit(chromedp.Click(css("#til-anmeldelse")))
	b.says("Feltnavnene er ikke Virks")
	b.shot("anmeldelse", 900)
	b.open("/fortegnelse/2026-02/underretning")
	b.do(chromedp.Click(css("label[for=risiko-nej]")))
	b.submit(chromedp.Click(css("#vis-svar")))
	b.says("Underretning kræves ikke")
	b.shot("underretning", 900)
	b.open("/fortegnelse/2026-02/alvor")
	for _, id := range []string{"dpc-4", "ei-1", "fortrolighed-025", "integritet-0", "tilgaengelighed-0"} {
		b.do(chromedp.Click(css("label[for=" + id + "]")))
	}
	b.submit(chromedp.Click(css("#gem")))
	b.says("4 × 1 + 0,25 = 4,25", "Meget høj")
	b.shot("alvor", 900)
	b.open("/fortegnelse/udskriv")
	b.says("2026-01", "2026-02")
	b.shot("udskrift", 640)
	b.quiet("status of 422")
}

// A clock that is started counts 72 hours, shows on every page, and stops with the
// decision; only the DPO has the forms.
func TestRegisterByHand(t *testing.T) {
	r := newRig(t)
	c := r.as(t, "dpo")
	status, body := c.post("/fortegnelse/ny", "tilstand", "brud", "hvad", "En mail gik til en forkert modtager.", "start", "2026-11-23", "registreret", "24.11.2026",
		"bekendt", "2026-11-24T10:00", "type", "Menneskelige fejl", "oplysninger", "CPR-nr.", "andre", "Tilsynsnotat,  Kørselsbog", "anmeldes", "", "underrettet", "Nej")
	if status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	contains(t, body, "Nr. 2026-01", "CPR-nr., Kørselsbog, Tilsynsnotat", "[DPO afgør], frist 27.11.2026 kl. 10.00", "2 dage og 19 timer", "23.11.2026")
	for _, path := range []string{"/", "/drift", "/fortegnelse/ny"} {
		if _, body := c.get(path); !strings.Contains(body, "frist 27.11.2026 kl. 10.00") {
			t.Errorf("%s does not show the clock", path)
		}
	}
	if _, body := r.as(t, "operator").get("/drift"); strings.Contains(body, "27.11.2026") {
		t.Error("the operator sees the register's clock")
	}
	status, ics := c.get("/fortegnelse/2026-01/frist.ics")
	if status != 200 || !strings.Contains(ics, "DTEND:20261127T090000Z") {
		t.Errorf("calendar file: %d", status)
	}
	if _, body := r.as(t, "auditor").get("/fortegnelse/2026-01"); strings.Contains(body, "/ret\"") || strings.Contains(body, "bekraeft") {
		t.Error("the auditor is offered forms")
	}
	_, body = c.get("/fortegnelse/2026-01/ret")
	seen := between(body, `name="set" value="`, `"`)
	if status, body = c.post("/fortegnelse/2026-01/ret", "set", "1", "tilstand", "brud", "hvad", "Min udgave", "anmeldes", "Nej"); status != http.StatusConflict || !strings.Contains(body, "Min udgave") {
		t.Errorf("an old version was saved or lost: %d", status)
	}
	if status, _ = c.post("/fortegnelse/2026-01/ret", "set", seen, "tilstand", "brud", "hvad", "En mail gik til en forkert modtager.", "bekendt", "2026-11-24T10:00", "anmeldes", "Nej", "anmeldes-hvorfor", "Modtageren har slettet mailen ulæst.", "underrettet", "Nej"); status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	if _, body := c.get("/"); strings.Contains(body, `id="frist"`) {
		t.Error("the clock still runs after the decision")
	}
	for _, no := range []string{"2026-99", "x", "2026-01%00", "..%2f..%2fetc"} {
		if status, _ := c.get("/fortegnelse/" + no); status != http.StatusNotFound && status != http.StatusMovedPermanently && status != http.StatusBadRequest {
			t.Errorf("%s: status %d", no, status)
		}
	}
	if status, _ = c.post("/fortegnelse/ny", "hvad", "Cpr 070761-4285", "start", "i går"); status != http.StatusUnprocessableEntity {
		t.Errorf("status %d", status)
	}
	if strings.Contains(r.log.String(), "4285") {
		t.Error("the log holds a number")
	}
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

func TestRegisterImportOnThePage(t *testing.T) {
	r := newRig(t)
	c := r.as(t, "dpo")
	f := excelize.NewFile()
	defer f.Close()
	rows := [][]any{{"Nr.", "Hvad er der sket?", "Dato for registrering", "Hændelse start", "Type af hændelse", "Hvilke typer af personoplysninger er berørt?", "Skal hændelsen anmeldes til Datatilsynet?", "Er de berørte personer blevet underrettet?"},
		{"2025-01", "Mail til forkert modtager", "16.01.2025", "16.01.2025", "Menneskelige fejl", "Navn", "Nej", "Nej"}, {"2025-02", "Brev til Anna Testesen", "17.01.2025"}}
	for i, row := range rows {
		at, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow("Sheet1", at, &row); err != nil {
			t.Fatal(err)
		}
	}
	var book bytes.Buffer
	if err := f.Write(&book); err != nil {
		t.Fatal(err)
	}
	status, body := c.upload("/fortegnelse/importer", "fil", book.Bytes())
	if status != 200 {
		t.Fatalf("status %d", status)
	}
	contains(t, body, "1 række er indlæst.", "Række 3:", "et navn på en person")
	for i, title := range []string{"ID", "Beskrivelse", "Registreret", "Hændelsesdato", "Kategori", "Personoplysninger", "Anmeldt", "Sagsnr."} {
		at, _ := excelize.CoordinatesToCellName(i+1, 1)
		if err := f.SetCellValue("Sheet1", at, title); err != nil {
			t.Fatal(err)
		}
	}
	book.Reset()
	if err := errors.Join(f.SetCellValue("Sheet1", "A2", "2025-07"), f.Write(&book)); err != nil {
		t.Fatal(err)
	}
	status, body = c.upload("/fortegnelse/importer", "fil", book.Bytes())
	if contains(t, body, "Intet er indlæst endnu", "<bdi>Hændelsesdato</bdi></th><td>Hændelse start</td>", "<bdi>Sagsnr.</bdi></th><td>Sprunget over</td>"); status != 422 {
		t.Errorf("titles in other words: status %d", status)
	}
	if _, body = c.upload("/fortegnelse/importer?passer=ja", "fil", book.Bytes()); strings.Contains(body, "er indlæst.") {
		t.Error("a link says that the titles are right")
	}
	if _, body = c.upload("/fortegnelse/importer", "fil", book.Bytes(), "passer", "ja"); !strings.Contains(body, "1 række er indlæst.") {
		t.Error("titles that were looked at are not taken")
	}
	if status, body = c.upload("/fortegnelse/importer", "fil", []byte("no workbook")); status != 422 || !strings.Contains(body, "kan ikke læses som en Excel-fil") {
		t.Errorf("status %d", status)
	}
	if status, _ = c.upload("/fortegnelse/importer", "fil", make([]byte, 9<<20)); status == 200 {
		t.Error("a file of 9 MB was taken")
	}
	_, body = c.get("/fortegnelse?aar=2025&tilstand=brud")
	contains(t, body, "2 indførsler", "Mail til forkert modtager", "/udtraek/xlsx?aar=2025")
	if _, body = c.get("/fortegnelse?aar=2024"); !strings.Contains(body, "Ingen indførsler passer til dit valg.") {
		t.Error("an empty year is not told")
	}
	if status, body = c.get("/udtraek/json?aar=2025"); status != 200 || !strings.Contains(body, `"no": "2025-01"`) {
		t.Errorf("JSON: %d %s", status, body)
	}
}

func (c *client) upload(path, field string, content []byte, fields ...string) (int, string) {
	c.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile(field, "fortegnelse.xlsx")
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := io.Copy(part, bytes.NewReader(content)); err != nil {
		c.t.Fatal(err)
	}
	for i := 0; i+1 < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			c.t.Fatal(err)
		}
	}
	w.Close()
	res, err := c.http.Post(c.rig.url+path, w.FormDataContentType(), &b)
	if err != nil {
		return 0, "" // the server may close before all of a large file was sent
	}
	return answer(c.t, res)
}
