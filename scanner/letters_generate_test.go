package scanner_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brevvagt/detectors/detectortest"
)

// somebody is a synthetic person.
type somebody struct{ first, last, street, post, number string }

func (p somebody) name() string { return p.first + " " + p.last }

var (
	lettersFirsts = strings.Fields("Testa Prøve Eksa Skrøbe Maja-Test Udkast Åseline Øjvind Ærlig Mønster Figur Dukke Attrap Model Kladde Skabe Brevina Postulla Arkiva Journa")
	lettersLasts  = strings.Fields("Eksempelsen Prøvegaard Testrup Opdigtsen Mønsterholm Papirborg Kladdeby Blanketsen Arkivdal Skuffe Kuvertsen Frimærkholt Stempelund Sidetal Marginsen Afsnitby")
	streets       = strings.Fields("Testvej Prøvegade Eksempelallé Mønsterstræde Papirvænget Kuvertparken Stempeltorvet Marginbakken")
)

// people makes n people from a seed; from is the first of their numbers, so that
// two rows need not overlap.
func people(seed uint64, n, from int) []somebody {
	r := rand.New(rand.NewPCG(seed, 1))
	seen := make(map[string]bool)
	var out []somebody
	for len(out) < n {
		p := somebody{lettersFirsts[r.IntN(len(lettersFirsts))] + " " + string(rune('A'+r.IntN(26))) + middles[r.IntN(len(middles))], lettersLasts[r.IntN(len(lettersLasts))],
			fmt.Sprintf("%s %d", streets[r.IntN(len(streets))], 1+r.IntN(400)), fmt.Sprintf("99%02d Prøveby", 10+r.IntN(80)), ""}
		switch r.IntN(4) {
		case 0:
			p.street += string(rune('A' + r.IntN(4)))
		case 1:
			p.street += fmt.Sprintf(", %d. tv", 1+r.IntN(4))
		}
		if seen[p.name()] {
			continue
		}
		seen[p.name()] = true
		p.number = detectortest.Dashed(detectortest.CPR(from + len(out)))
		out = append(out, p)
	}
	return out
}

var middles = strings.Fields("lberta olmer ndelle rvika stina vendo")

// today is the day the runs are judged by.
var today = time.Date(2058, 1, 1, 0, 0, 0, 0, time.UTC)

const date = "28. december 2057"

// letterTo is a letter as text; extra stands in its body.
func lettersLetterTo(p somebody, on, extra string) string {
	return fmt.Sprintf("Prøve Kommune\nRådhuspladsen 1\n9900 Prøveby\n\n%s\n%s\n%s\n\nDato: %s\nSagsnr. 27.00.00-G01-1-57\nCPR-nr.: %s\n\nKære %s\n\n"+
		"Vi har behandlet din ansøgning og skriver for at orientere om det videre forløb. %s\n\nMed venlig hilsen\n\nMedarbejder Prøvesen\nBorgerservice\n",
		p.name(), p.street, p.post, on, p.number, p.first, extra)
}

// member is one file of a run.
type member struct {
	name string
	data []byte
}

// listOf writes a recipient list with file names file(i); "" leaves them out.
func listOf(ps []somebody, file func(i int) string) []byte {
	var b strings.Builder
	b.WriteString("Navn;CPR-nr.;Adresse;Postnr. og by;Fil\n")
	for i, p := range ps {
		f := ""
		if file != nil {
			f = file(i)
		}
		fmt.Fprintf(&b, "%s;%s;\"%s\";%s;%s\n", p.name(), p.number, p.street, p.post, f)
	}
	return []byte(b.String())
}

func txt(i int) string { return fmt.Sprintf("brev-%03d.txt", i+1) }

// mergeRun is a list with one text file a row: written[i] is whose letter row i gets.
func mergeRun(list, written []somebody, on string) []member {
	out := []member{{"modtagere.csv", listOf(list, txt)}}
	for i, p := range written {
		out = append(out, member{txt(i), []byte(lettersLetterTo(p, on, ""))})
	}
	return out
}

func zipOf(t testing.TB, members []member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		f, err := w.Create(m.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(m.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func folderOf(t testing.TB, members []member) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "kørsel")
	for _, m := range members {
		path := filepath.Join(dir, filepath.FromSlash(m.name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, m.data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// memoTo is a MeMo message; content goes in as one text file.
func memoTo(p somebody, notification, contentData string, files ...member) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?>
<memo:Message xmlns:memo="https://DigitalPost.dk/MeMo-1" xmlns:gln="https://www.gs1.dk/gs1-standarder/identifikation/gln-global-location-number/" memoVersion="1.2">
<memo:MessageHeader><memo:messageType>DIGITALPOST</memo:messageType><memo:messageUUID>8C2EA15D-61FB-4BA9-9366-42F8B194C114</memo:messageUUID>
<memo:label>Brev om din sag</memo:label><memo:notification>%s</memo:notification>
<memo:Sender><memo:senderID>12345678</memo:senderID><memo:idType>CVR</memo:idType><memo:label>Prøve Kommune</memo:label></memo:Sender>
<memo:Recipient><memo:recipientID>%s</memo:recipientID><memo:idType>CPR</memo:idType><memo:label>%s</memo:label></memo:Recipient>
<memo:ContentData>%s</memo:ContentData></memo:MessageHeader>
<memo:MessageBody><memo:createdDateTime>2057-12-28T12:00:00Z</memo:createdDateTime><memo:MainDocument><memo:label>Brev</memo:label>`,
		notification, strings.ReplaceAll(p.number, "-", ""), p.name(), contentData)
	for _, f := range files {
		fmt.Fprintf(&b, "<memo:File><memo:encodingFormat>text/plain</memo:encodingFormat><memo:filename>%s</memo:filename><memo:language>da</memo:language><memo:content>%s</memo:content></memo:File>",
			f.name, base64.StdEncoding.EncodeToString(f.data))
	}
	b.WriteString("</memo:MainDocument></memo:MessageBody></memo:Message>")
	return []byte(b.String())
}

// memoRun is a MeMo message a recipient.
func memoRun(list, written []somebody) []member {
	var out []member
	for i, p := range list {
		out = append(out, member{fmt.Sprintf("besked-%03d.xml", i+1), memoTo(p, "Du har fået post", "", member{"brev.txt", []byte(lettersLetterTo(written[i], date, ""))})})
	}
	return out
}

// pdfOf writes a page a letter.
func pdfOf(letters []string) []byte {
	objects := []string{"<</Type/Catalog/Pages 2 0 R>>", "", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"}
	var kids []string
	for _, l := range letters {
		var c strings.Builder
		y := 800
		for line := range strings.SplitSeq(l, "\n") {
			if line != "" {
				fmt.Fprintf(&c, "BT /F1 11 Tf 60 %d Td (%s) Tj ET\n", y, latin1(line))
			}
			y -= 14
		}
		content := c.String()
		n := len(objects) + 1
		objects = append(objects, fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(content), content),
			fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>>>", n))
		kids = append(kids, fmt.Sprintf("%d 0 R", n+1))
	}
	objects[1] = fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d>>", strings.Join(kids, " "), len(kids))
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, a := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", a)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, xref)
	return b.Bytes()
}

func latin1(s string) string {
	var out []byte
	for _, r := range s {
		if r == '(' || r == ')' || r == '\\' {
			out = append(out, '\\')
		}
		out = append(out, byte(r))
	}
	return string(out)
}

// docxOf writes paragraphs.
func docxOf(t testing.TB, letters []string) []byte {
	var b strings.Builder
	for _, l := range letters {
		for line := range strings.SplitSeq(l, "\n") {
			fmt.Fprintf(&b, "<w:p><w:r><w:t>%s</w:t></w:r></w:p>", line)
		}
	}
	return docxBody(t, b.String())
}

// docxTable writes a table below a title.
func docxTable(t testing.TB, title string, rows [][]string) []byte {
	cell := func(s string) string { return "<w:p><w:r><w:t>" + s + "</w:t></w:r></w:p>" }
	b := cell(title) + "<w:tbl>"
	for _, row := range rows {
		b += "<w:tr>"
		for _, c := range row {
			b += "<w:tc>" + cell(c) + "</w:tc>"
		}
		b += "</w:tr>"
	}
	return docxBody(t, b+"</w:tbl>")
}

func docxBody(t testing.TB, body string) []byte {
	return zipOf(t, []member{
		{"[Content_Types].xml", []byte(`<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`)},
		{"_rels/.rels", []byte(`<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`)},
		{"word/document.xml", []byte(`<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + body + `</w:body></w:document>`)},
	})
}

func lettersTo(ps []somebody) []string {
	var out []string
	for _, p := range ps {
		out = append(out, lettersLetterTo(p, date, ""))
	}
	return out
}
