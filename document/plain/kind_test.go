package plain_test

import (
	"context"
	"testing"

	"brevvagt/document"
	"brevvagt/document/plain"
)

// TestNumbersToldFromBeside wants the label that stands in another field or attribute.
func TestNumbersToldFromBeside(t *testing.T) {
	const id = "6610721234"
	for name, c := range map[string]struct {
		text string
		want bool
	}{
		"fhir.json":     {`{"identifier":[{"system":"urn:oid:1.2.208.176.1.2","value":"` + id + `"}]}`, true},
		"type.json":     {`{"value":"` + id + `","type":"CPR"}`, true},
		"other.json":    {`[{"value":"` + id + `"},{"type":"CPR"}]`, false},
		"set.json":      {`{"columns":[{"name":"id"},{"name":"cpr_nr"}],"rows":[[1,"` + id + `"]]}`, true},
		"setother.json": {`{"columns":["id","cpr_nr"],"rows":[["` + id + `",""]]}`, false},
		"book.ipynb":    {`{"outputs":[{"data":{"text/plain":["          cpr   navn\n","0  ` + id + `  Karla"]}}]}`, true},
		"cda.xml":       {`<?xml version="1.0"?><a><id root="1.2.208.176.1.2" extension="` + id + `"/></a>`, true},
		"scheme.xml":    {`<?xml version="1.0"?><a><ID schemeID="DK:CPR">` + id + `</ID></a>`, true},
		"sepa.xml":      {`<?xml version="1.0"?><a><Othr><Id>` + id + `</Id><SchmeNm><Prtry>CPR</Prtry></SchmeNm></Othr></a>`, true},
		"place.kml":     {`<?xml version="1.0"?><kml><Data name="CPR"><value>` + id + `</value></Data></kml>`, true},
		"far.xml":       {`<?xml version="1.0"?><a k="CPR"><bb><c>` + id + `</c></bb></a>`, false},
		"order.xml":     {`<?xml version="1.0"?><a k="CPR"><ordre>` + id + `</ordre></a>`, false},
		"round.html":    {`<table><tr><td>Navn<td>CPR<tr><td>Karla<td x:num="` + id + `">6,61E+09</table>`, true},
		"phone.html":    {`<table><tr><th>Navn<th>Id<tr><td>Karla<td data-label="CPR">` + id + `</table>`, true},
		"dump.sql":      {"INSERT INTO t (navn, cpr) VALUES ('Karla', '" + id + "');", true},
	} {
		d := (&document.Formats{List: plain.Formats()}).Read(context.Background(), name, []byte(c.text))
		found := false
		for _, s := range d.Segments {
			found = found || s.Text == id && cprSays.MatchString(s.Label)
		}
		if found != c.want {
			t.Errorf("%s: labelled %v, want %v: %+v", name, found, c.want, d.Segments)
		}
	}
}

// TestDecoysOfAStyleSheet wants the number without the digits that the page hides.
func TestDecoysOfAStyleSheet(t *testing.T) {
	for _, css := range []string{".x{display:none}", ":root{--d:none}.x{display:var(--d)}", ".y,.x { visibility: var(--v, hidden) }"} {
		page := "<style>" + css + "</style><p>CPR <span>661072</span><span class=x>99</span><span>-1234</span> <b class=x>Ord</b></p>"
		d := (&document.Formats{List: plain.Formats()}).Read(context.Background(), "x.html", []byte(page))
		found := false
		for _, s := range d.Segments {
			found = found || s.Text == "CPR 661072-1234"
		}
		if !found {
			t.Errorf("%s: %+v", css, d.Segments)
		}
	}
}
