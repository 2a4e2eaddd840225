package review

import (
	"encoding/csv"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// postForm posts a form as a browser does, with line breaks of the web.
func (c *client) postForm(path string, form url.Values) (int, string) {
	c.t.Helper()
	sent := url.Values{}
	for k, list := range form {
		for _, v := range list {
			sent.Add(k, strings.ReplaceAll(v, "\n", "\r\n"))
		}
	}
	res, err := c.http.PostForm(c.rig.url+path, sent)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer(c.t, res)
}

var offered = regexp.MustCompile(`name="oplysninger" value="([^"]*)"`)

// TestThePublishedRegisterIsTyped types the published register into the page's form, row
// by row as a person would, and compares what comes out of each export with it.
func TestThePublishedRegisterIsTyped(t *testing.T) {
	b, err := os.ReadFile("../testdata/gladsaxe-2025.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	if err := json.Unmarshal(b, &rows); err != nil {
		t.Fatal(err)
	}
	r := newRig(t)
	c := r.as(t, "dpo")
	_, page := c.get("/fortegnelse/ny")
	var boxes []string
	for _, m := range offered.FindAllStringSubmatch(page, -1) {
		boxes = append(boxes, html.UnescapeString(m[1]))
	}
	browserDay := func(s string) string {
		at, err := time.Parse("02.01.2006", s)
		if err != nil {
			t.Fatal(err)
		}
		return at.Format("2006-01-02")
	}
	for _, row := range rows {
		form := url.Values{"set": {""}, "tilstand": {"brud"}, "bekendt": {""}, "hvad": {row[1]}, "registreret": {browserDay(row[2])}, "start": {browserDay(row[3])}, "type": {row[4]},
			"konsekvenser": {row[6]}, "anmeldes": {row[7]}, "anmeldes-hvorfor": {row[8]}, "foranstaltninger": {row[9]}, "underrettet": {row[10]}, "underrettet-hvorfor": {row[11]}, "afgoerelse": {row[12]}}
		left := row[5]
		for _, box := range boxes {
			if rest := strings.ReplaceAll(", "+left+",", ", "+box+",", ","); rest != ", "+left+"," {
				form.Add("oplysninger", box)
				left = strings.Trim(rest, ", ")
			}
		}
		form.Set("andre", left)
		if status, body := c.postForm("/fortegnelse/ny", form); status != http.StatusOK || !strings.Contains(body, "Kladden er gemt") {
			t.Errorf("%s: status %d %s", row[0], status, between(body, `id="besked"`, "</div>"))
		}
		if left != "" {
			t.Errorf("%s: no box for %q", row[0], left)
		}
	}
	_, text := c.get("/udtraek/csv?aar=2025")
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	in.Comma = ';'
	got, err := in.ReadAll()
	if err != nil || len(got) != len(rows)+1 {
		t.Fatal(len(got), err)
	}
	_, text = c.get("/udtraek/xlsx?aar=2025")
	f, err := excelize.OpenReader(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	book, err := f.GetRows("Fortegnelse")
	if err != nil || len(book) != len(rows)+1 {
		t.Fatal(len(book), err)
	}
	for i, row := range rows {
		got[i+1][0] = strings.Trim(got[i+1][0], `="`) // so Excel shows no month
		if !slices.Equal(got[i+1], row) {
			t.Errorf("CSV\n%q\n%q", got[i+1], row)
		}
		cells := append(book[i+1], make([]string, 13-len(book[i+1]))...)
		if !slices.Equal(cells, row) {
			t.Errorf("XLSX\n%q\n%q", cells, row)
		}
	}
	_, text = c.get("/udtraek/json?aar=2025")
	var doc struct {
		Entries []struct {
			No           string `json:"no"`
			What         string `json:"what"`
			Consequences string `json:"consequences"`
			Ruling       string
		} `json:"entries"`
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil || len(doc.Entries) != 15 {
		t.Fatal(err, len(doc.Entries))
	}
	for i, e := range doc.Entries {
		if e.No != rows[i][0] || e.What != rows[i][1] || e.Consequences != rows[i][6] || e.Ruling != rows[i][12] {
			t.Errorf("JSON %q", e)
		}
	}
	// the form of each entry holds it whole
	for _, row := range rows {
		_, body := c.get("/fortegnelse/" + row[0] + "/ret")
		for _, v := range []string{row[1], row[6], row[8], row[9], row[11]} {
			if v != "" && !strings.Contains(strings.ReplaceAll(html.UnescapeString(body), "\r\n", "\n"), v) {
				t.Errorf("%s: form lacks %q", row[0], v)
			}
		}
		_, body = c.get("/fortegnelse/" + row[0])
		for _, v := range []string{row[1], row[6], row[8], row[9], row[11]} {
			if v != "" && !strings.Contains(html.UnescapeString(body), v) {
				t.Errorf("%s: page lacks %q", row[0], v)
			}
		}
	}
}

// What somebody wrote or chose comes back with every refusal, and when the session has
// ended: nobody writes it twice, and no choice is lost that would let more out.
func TestNothingTypedIsLost(t *testing.T) {
	r := newRig(t)
	r.source.some = true
	c := r.as(t, "dpo")
	long := strings.Repeat("Et langt afsnit uden linjeskift om hændelsen. ", 85) + "til sidst"
	if _, body := c.post("/fortegnelse/ny", "tilstand", "muligt", "hvad", "Brev til Anna Testesen", "konsekvenser", long); !strings.Contains(body, long+"</textarea>") {
		t.Error("a long column is cut when another is refused")
	}
	d := screenshot("a")
	d.To, d.Route = []string{"a@x.example", "b@y.example", "c@z.example"}, "sikkermail.example"
	held := r.hold(t, d, time.Hour)
	_, body := c.postForm("/sag/"+held.ID+"/frigiv", url.Values{"begrundelse": {"Aftalt om\n070761-4285"}, "modtagere": {"3"}, "modtager": {"1"}, "vej": {"sikkermail.example"}})
	form := between(body, `id="frigiv"`, "</form>")
	contains(t, form, `name="modtager" value="0">`, `name="modtager" value="1" checked>`, `name="modtager" value="2">`, `value="sikkermail.example" checked>`, "Aftalt om\n070761-xxxx</textarea>")
	contains(t, between(body, `id="afvis"`, "</form>"), `name="begrundelse"`)
	if strings.Contains(between(body, `id="afvis"`, "</form>"), "Aftalt") {
		t.Error("the text stands in another form too")
	}
	for path, f := range map[string][]string{"note": {"note"}, "spoerg": {"spoergsmaal"}, "falsk-alarm": {"begrundelse", "", "undtag", "ja", "dage", "90", "omfang", "alle"}, "original": {"begrundelse"},
		"udlever": {"begrundelse", "", "faar", "Politiet i Prøvekøbing", "kode", "en hemmelig sætning"}} {
		f = append([]string{f[0], "Om 070761-4285, min tekst"}, f[min(2, len(f)):]...)
		status, body := c.post("/sag/"+held.ID+"/"+path, f...)
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, "Om 070761-xxxx, min tekst</textarea>") || strings.Contains(body, "hemmelig") {
			t.Errorf("%s: status %d, or the text is gone, or a secret came back", path, status)
		}
		if path == "falsk-alarm" {
			contains(t, body, `name="undtag" value="ja" checked`, `<option value="90" selected>`, `<option value="alle" selected>`, `<option value="30">`)
		}
	}
	// Another tab was faster.
	if status, _ := r.as(t, "reviewer").post("/sag/"+held.ID+"/afvis", "begrundelse", "Nej"); status != http.StatusOK {
		t.Fatal(status)
	}
	status, body := c.post("/sag/"+held.ID+"/frigiv", "begrundelse", "Jeg har talt med afsenderen")
	if status != http.StatusConflict {
		t.Errorf("status %d", status)
	}
	contains(t, body, "Det, du skrev", "Jeg har talt med afsenderen")
	// The session has ended: sign in elsewhere in the same browser, and send again.
	gone := r.visitor(t)
	const text = "<b>Et brev</b> gik til\nen forkert modtager."
	status, body = gone.postForm("/fortegnelse/ny", url.Values{"tilstand": {"muligt"}, "hvad": {text}, "oplysninger": {"Navn", "Adresse"}, "start": {"2026-11-20"}})
	if status != http.StatusUnauthorized {
		t.Fatalf("status %d", status)
	}
	contains(t, body, "din tekst er her", `action="/fortegnelse/ny"`, "&lt;b&gt;Et brev&lt;/b&gt; gik til\nen forkert modtager.")
	again := url.Values{}
	for _, m := range regexp.MustCompile(`(?s)<input type="hidden" name="([a-z-]+)" value="([^"]*)">`).FindAllStringSubmatch(between(body, `id="igen"`, "</form>"), -1) {
		again.Add(m[1], html.UnescapeString(m[2]))
	}
	gone.http.Jar = r.as(t, "dpo").http.Jar
	if status, body = gone.postForm("/fortegnelse/ny", again); status != http.StatusOK {
		t.Fatalf("sent again: status %d", status)
	}
	contains(t, body, "Kladden er gemt", "Adresse, Navn", "20.11.2026", "&lt;b&gt;Et brev&lt;/b&gt; gik til\nen forkert modtager.")
	// What holds secrets only, or nothing, asks for a sign-in as before.
	for _, path := range []string{"/konto/adgangssaetning", "/log-ud", "/sag/" + held.ID + "/frigiv"} {
		if status, body := r.visitor(t).post(path, "nu", "en hemmelig sætning", "kode", "en hemmelig sætning"); status != http.StatusOK || strings.Contains(body, "hemmelig") || !strings.Contains(body, `id="log-ind"`) {
			t.Errorf("%s: status %d", path, status)
		}
	}
}
