package plain_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"brevvagt/document"
	"brevvagt/document/documenttest"
	"brevvagt/document/plain"
)

var cprSays = regexp.MustCompile(`(?i)cpr`)

// TestWhatBelongsTogether plants a number whose pieces, or whose label, a file keeps
// apart.
func TestWhatBelongsTogether(t *testing.T) {
	const digits = "1203363951"
	svg := func(s string) string { return `<svg xmlns="http://www.w3.org/2000/svg">` + s + `</svg>` }
	letters := ""
	for i, c := range "120336-3951" {
		letters = fmt.Sprintf(`<g transform="translate(%d,50)"><g transform="matrix(1 0 0 1 7,3)"><text>%c</text></g></g>`, 8*i, c) + letters
	}
	for name, c := range map[string]struct{ data, text, label string }{
		"tal.svg":       {svg(`<text x="80" y="20">-3951</text><text x="9" y="90">Kort</text><text x="10" y="20">120336</text>`), "120336 -3951", ""},
		"felt.svg":      {svg(`<text x="80" y="20">` + digits + `</text><text x="9" y="90">Kort</text><text x="10" y="20">CPR-nr.</text>`), "CPR-nr. " + digits, ""},
		"bogstaver.svg": {svg(letters), "120336-3951", ""},
		"dmy.xml":       {`<?xml version="1.0"?><person><dag>12</dag><maaned>3</maaned><aar>36</aar><loebenr>3951</loebenr></person>`, "120336-3951", "dag"},
		"dmy.json":      {`{"foedselsdato":{"dag":12,"maaned":3,"aar":1936},"loebenummer":"3951"}`, "120336-3951", "dag"},
		"dele.json":     {`{"fdag":{"d":12,"m":3,"aar":1936},"kontrol":3951}`, "120336-3951", "d"},
		"foran.json":    {`{"sidste4":3951,"foedt":"1936-03-12T00:00:00Z"}`, "120336-3951", "foedt"},
		"felter.xml":    {`<?xml version="1.0"?><r><p foedt="1936-03-12" lbnr="3951"/></r>`, "120336-3951", "foedt"},
		"type.xml":      {`<?xml version="1.0"?><r><id type="CPR" value="` + digits + `"/></r>`, digits, "CPR"},
		"tabel.html":    {`<table><tr><td>Navn</td><td>CPR</td></tr><tr><td>Test</td><td>` + digits + `</td></tr></table>`, digits, "CPR"},
		"liste.html":    {`<dl><dt>CPR-nr.</dt><dd>` + digits + `</dd></dl>`, digits, "CPR-nr."},
		"kode.html":     {`<script>var d={"cprNr":"` + digits + `"}</script>`, "cprNr: " + digits, ""},
		"bog.ipynb":     {`{"outputs":[{"data":{"text/html":["<table><tr><th>cpr</th></tr>\n","<tr><td>` + digits + `</td></tr></table>"]}}]}`, digits, "cpr"},
		"svar.json":     {`[{"felt":"Hvad er dit CPR-nummer?","svar":"` + digits + `"}]`, digits, "Hvad er dit CPR-nummer?"},
		"felt.xml":      {`<?xml version="1.0"?><felt><navn>CPR-nr.:</navn><vaerdi>` + digits + `</vaerdi></felt>`, digits, "CPR-nr.:"},
		"besked.json":   {`{"content":"<div>cpr <b>120336</b>-3951</div>"}`, "cpr 120336-3951", ""},
	} {
		d := (&document.Formats{List: plain.Formats()}).Read(context.Background(), name, []byte(c.data))
		found := false
		for _, s := range d.Segments {
			found = found || strings.Contains(s.Text, c.text) && (c.label == "" || s.Label == c.label)
		}
		if !found {
			t.Errorf("%s: no %q with label %q in %s", name, c.text, c.label, documenttest.Describe(d))
		}
	}
	// An order's number under another heading, and measures of a plan, are none.
	for name, data := range map[string]string{
		"ordre.html":  `<table><tr><td>Navn</td><td>Ordre</td></tr><tr><td>Test</td><td>` + digits + `</td></tr></table>`,
		"kontor.json": `[{"felt":"CPR-kontoret","svar":"` + digits + `"},{"felt":"CPR","ordre":"` + digits + `"}]`,
		"plan.svg":    svg(`<text x="10" y="20">120</text><text x="40" y="20">336</text><text x="80" y="20">3951</text>`),
		"dato.json":   `{"dag":12,"maaned":3,"aar":1936,"beloeb":"3951"}`,
	} {
		d := (&document.Formats{List: plain.Formats()}).Read(context.Background(), name, []byte(data))
		for _, s := range d.Segments {
			if cprSays.MatchString(s.Label) && strings.Contains(s.Text, digits) || strings.Contains(s.Text, "120336") && !strings.Contains(s.Text, digits) {
				t.Errorf("%s: %q labelled %q", name, s.Text, s.Label)
			}
		}
	}
}
