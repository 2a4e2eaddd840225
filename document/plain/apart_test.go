package plain_test

import (
	"strings"
	"testing"

	"brevvagt/document"
)

// TestDigitsInElementsOfTheirOwn: a form has a box for every digit.
func TestDigitsInElementsOfTheirOwn(t *testing.T) {
	spread := func(before, after string) string {
		var b strings.Builder
		for _, c := range "1203363951" {
			b.WriteString(before + string(c) + after)
		}
		return b.String()
	}
	for name, data := range map[string]string{
		"cifre.xml":   `<?xml version="1.0"?><a><cpr>` + spread("<c>", "</c>\n") + "</cpr></a>",
		"pos.xml":     `<?xml version="1.0"?><a><cprnummer>` + spread(`<c pos="1">`, "</c>") + "</cprnummer></a>",
		"attr.xml":    `<?xml version="1.0"?><a><cpr>` + spread(`<c v="`, `"/>`) + "</cpr></a>",
		"entitet.xml": `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY d "120336"><!ENTITY l '3951'>]><a><cpr>&d;-&l;</cpr></a>`,
		"to.xml":      `<?xml version="1.0"?><a><Foedselsdato>120336</Foedselsdato><Loebenr>3951</Loebenr></a>`,
		"pi.xml":      `<?xml version="1.0"?><?fag cpr="120336-3951"?><a/>`,
		"div.html":    "<p>CPR-nr.</p>" + spread("<div>", "</div>\n"),
		"li.html":     "<p>CPR-nr.:</p><ol>" + spread("<li>", "") + "</ol>",
		"ol.html":     "<p>CPR</p><ol start=1203363951><li>Bo</ol>",
		"value.html":  "<p>CPR</p><ol><li>Liste<li value=1203363951>Bo</ol>",
		"felt.html":   "<form>CPR-nr. " + spread(`<input maxlength=1 value="`, `">`) + "</form>",
		"script.html": "<script>document.write(String.fromCharCode(67,80,82,32,49,50,48,51,51,54,45,51,57,53,49))</script>",
		"ruby.html":   "<p>CPR <ruby>120336-3951<rt>nr</rt></ruby></p>",
		"liste.json":  `{"cpr":["` + strings.Join(strings.Split("1203363951", ""), `","`) + `"]}`,
		"bytes.json":  `{"data":[67,80,82,32,49,50,48,51,51,54,45,51,57,53,49]}`,
		"kort.vcf":    "BEGIN:VCARD\r\nVERSION:4.0\r\nTEL;LABEL=\"CPR 120336-3951\":+4570101010\r\nEND:VCARD\r\n",
		"vendt.txt":   "CPR-nr. \u202e1593-633021\u202c\n",
		"fil.txt":     "-----BEGIN CERTIFICATE-----\nAAATQ1BSLW5yLiAxMjAzMzYtMzk1MQAA\n-----END CERTIFICATE-----\n",
	} {
		found := false
		for _, s := range readNamed(name, data).Segments {
			found = found || strings.Contains(strings.ReplaceAll(s.Text, "-", ""), "1203363951")
		}
		if !found {
			t.Errorf("%s: not found in %v", name, readNamed(name, data).Segments)
		}
	}
}

func TestAnswersAreNoNumber(t *testing.T) {
	d := readNamed("svar.json", `{"svar":[1,2,0,3,3,6,3,9,5,1]}`)
	for _, s := range d.Segments {
		if len(s.Text) > 1 && s.At.Layer != document.Metadata {
			t.Errorf("%q", s.Text)
		}
	}
}
