package office_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf16"

	"brevvagt/document"
	"brevvagt/document/documenttest"
	"brevvagt/internal/spent"
)

const types = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`

func docxOf(t testing.TB, body string) []byte {
	return zipOf(t, entry{"[Content_Types].xml", types}, entry{"word/document.xml", `<w:document><w:body>` + body + `</w:body></w:document>`})
}

func para(s string) string { return "<w:p><w:r><w:t>" + s + "</w:t></w:r></w:p>" }

// TestZipBomb: an entry that unpacks beyond 200 to 1 is read up to there and told.
func TestZipBomb(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	data := docxOf(t, para("før 120336-3951")+strings.Repeat(" ", 80<<20)+para("efter"))
	start := spent.Processor()
	d := documenttest.Read(t, formats(), "bombe.docx", data)
	if !documenttest.Has(d, "120336-3951") || !documenttest.HasGap(d, document.TooBig) {
		t.Error(documenttest.Describe(d))
	}
	if took := spent.Processor() - start; took > 5*time.Second {
		t.Errorf("took %s", took)
	}
}

// TestPartLimit: one entry beyond the walk's limit for a part.
func TestPartLimit(t *testing.T) {
	f := document.Formats{List: formats(), Limits: document.Limits{PartBytes: 10_000}}
	var b strings.Builder
	for i := range 2000 {
		b.WriteString(para(documenttest.Canary(i)))
	}
	d := f.Read(context.Background(), "x.docx", docxOf(t, b.String())[:])
	if !documenttest.HasGap(d, document.TooBig) {
		t.Error(documenttest.Describe(d))
	}
}

// TestBillionLaughs: entities are not expanded, and a definition is a gap,
// because a program that expands them shows what was not read.
func TestBillionLaughs(t *testing.T) {
	laughs := `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">`
	for i := 'b'; i < 'l'; i++ {
		laughs += fmt.Sprintf(`<!ENTITY %c "%s">`, i, strings.Repeat(fmt.Sprintf("&%c;", i-1), 10))
	}
	body := laughs + `]><w:document><w:body>` + para("&k; 120336-3951") + `</w:body></w:document>`
	d := documenttest.Read(t, formats(), "x.docx", zipOf(t, entry{"[Content_Types].xml", types}, entry{"word/document.xml", body}))
	if !documenttest.Has(d, "120336-3951") || !documenttest.HasGap(d, document.Damaged) || len(documenttest.Text(d)) > 1000 {
		t.Error(documenttest.Describe(d))
	}
}

// TestDeepXML reaches the limit on open elements.
func TestDeepXML(t *testing.T) {
	d := documenttest.Read(t, formats(), "x.docx", docxOf(t, para("120336-3951")+strings.Repeat("<a>", 100_000)))
	if !documenttest.Has(d, "120336-3951") || !documenttest.HasGap(d, document.TooDeep) {
		t.Error(documenttest.Describe(d))
	}
}

// TestLongToken reaches the limit on one tag.
func TestLongToken(t *testing.T) {
	d := documenttest.Read(t, formats(), "x.docx", docxOf(t, para("120336-3951")+`<a b="`+strings.Repeat("x", 9<<20)+`"/>`))
	if !documenttest.Has(d, "120336-3951") || !documenttest.HasGap(d, document.TooBig) {
		t.Error(documenttest.Describe(d))
	}
}

// TestManyEntries reaches the limit on entries.
func TestManyEntries(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	e := []entry{{"[Content_Types].xml", types}, {"word/document.xml", "<w:document>" + para("120336-3951") + "</w:document>"}}
	for i := range 10_001 {
		e = append(e, entry{fmt.Sprintf("customXml/item%d.xml", i), "<a/>"})
	}
	d := documenttest.Read(t, formats(), "x.docx", zipOf(t, e...))
	if !documenttest.Has(d, "120336-3951") || !documenttest.HasGap(d, document.TooMany) {
		t.Error(documenttest.Describe(d))
	}
}

// TestDamagedZip: without its directory the members are found one by one.
func TestDamagedZip(t *testing.T) {
	data := sample(t, "brev.docx")
	cut := bytes.LastIndex(data, []byte("PK\x01\x02"))
	d := documenttest.Read(t, formats(), "x.docx", data[:cut])
	checkWants(t, d, letter)
	if !documenttest.HasGap(d, document.Damaged) {
		t.Error("no gap")
	}
}

// TestPlainZipNamedDocx: an ordinary zip under an office name loses nothing.
func TestPlainZipNamedDocx(t *testing.T) {
	d := documenttest.Read(t, append(formats(), raw{}), "x.docx", zipOf(t, entry{"a.txt", "120336-3951"}, entry{"mappe/b.txt", "130336-3951"}))
	if !documenttest.Has(d, "120336-3951") || !documenttest.Has(d, "130336-3951") || len(d.Gaps) > 0 {
		t.Error(documenttest.Describe(d))
	}
}

// TestEncryptedEntry: a member with a password is a gap.
func TestEncryptedEntry(t *testing.T) {
	data := docxOf(t, para("120336-3951"))
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte("PK\x01\x02"))
		if i < 0 {
			break
		}
		at += i
		if name := int(binary.LittleEndian.Uint16(data[at+28:])); string(data[at+46:at+46+name]) == "word/document.xml" {
			data[at+8] |= 1
		}
		at += 46
	}
	d := documenttest.Read(t, formats(), "x.docx", data)
	if !documenttest.HasGap(d, document.Encrypted) {
		t.Error(documenttest.Describe(d))
	}
}

// TestVariants: macro and template files, strict namespaces, other prefixes,
// UTF-16, parts under other names, Word's and Excel's XML of 2003.
func TestVariants(t *testing.T) {
	wide := []byte{0xff, 0xfe}
	for _, c := range utf16.Encode([]rune(`<?xml version="1.0" encoding="UTF-16"?><w:document><w:body>` + para("æ 120336-3951") + `</w:body></w:document>`)) {
		wide = binary.LittleEndian.AppendUint16(wide, c)
	}
	for name, data := range map[string][]byte{
		"skabelon.dotx": docxOf(t, para("æ 120336-3951")),
		"makro.docm":    docxOf(t, para("æ 120336-3951")),
		"strict.docx": zipOf(t, entry{"[Content_Types].xml", types}, entry{"word/document.xml",
			`<x:document xmlns:x="http://purl.oclc.org/ooxml/wordprocessingml/main"><x:p><x:r><x:t>æ 120336-3951</x:t></x:r></x:p></x:document>`}),
		"wide.docx":  zipOf(t, entry{"[Content_Types].xml", types}, entry{"word/document.xml", string(wide)}),
		"names.docx": zipOf(t, entry{"[Content_Types].xml", types}, entry{"word/document.xml", "<w:document/>"}, entry{"any/thing.bin", "<w:document>" + para("æ 120336-3951") + "</w:document>"}),
		"2003.doc":   []byte(`<?xml version="1.0"?><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:body>` + para("æ 120336-3951") + `</w:body></w:wordDocument>`),
		"2003.xls": []byte(`<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="A"><Table>` +
			`<Row><Cell><Data ss:Type="String">CPR</Data></Cell></Row><Row><Cell><Data ss:Type="String">æ 120336-3951</Data></Cell></Row></Table></Worksheet></Workbook>`),
		"flat.xml": []byte(`<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"><pkg:part><pkg:xmlData><w:document><w:body>` + para("æ 120336-3951") + `</w:body></w:document></pkg:xmlData></pkg:part></pkg:package>`),
	} {
		d := documenttest.Read(t, formats(), name, data)
		got := documenttest.Find(d, "æ 120336-3951")
		if len(got) != 1 || got[0].At.Layer != document.Visible || len(d.Gaps) > 0 {
			t.Errorf("%s: %+v %s", name, got, documenttest.Describe(d))
		}
		if name == "2003.xls" && len(got) == 1 && got[0].Label != "CPR" {
			t.Errorf("label %q", got[0].Label)
		}
	}
}

// TestEntityAcrossBuffers: text and entities at every offset of the read buffer.
func TestEntityAcrossBuffers(t *testing.T) {
	for pad := 32<<10 - 120; pad < 32<<10+20; pad++ {
		d := documenttest.Read(t, formats(), "x.docx", docxOf(t, "<!--"+strings.Repeat("x", pad)+"-->"+para("a &amp;&#230; 120336&#x2d;3951")))
		if !documenttest.Has(d, "a &æ 120336-3951") {
			t.Fatalf("lost with a pad of %d", pad)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, n := range []string{"brev.docx", "brev.odt", "brev.fodt", "brev.doc", "brev.rtf", "liste.xlsx", "liste.xls", "vis.pptx", "tegn.emf", "tegn.wmf", "billede.rtf"} {
		f.Add(sample(f, n))
	}
	f.Add(wordFile(f))
	f.Add(msgFile(f))
	f.Add(tnefFile())
	f.Add(workbook(f))
	f.Add(xlsbFile(f))
	f.Fuzz(func(t *testing.T, data []byte) {
		list := document.Formats{List: formats(), Limits: document.Limits{Bytes: 32 << 20, TextBytes: 1 << 20, Time: 20 * time.Second}}
		d := list.Read(context.Background(), "x.docx", data)
		for _, g := range d.Gaps {
			if g.Why == document.Crashed || g.Why == document.OutOfTime {
				t.Errorf("%s: %s", g, g.Detail)
			}
		}
	})
}

// BenchmarkXML reports the unpacked XML that is read per second.
func BenchmarkXML(b *testing.B) {
	var doc, sheet strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&doc, `<w:p w:rsidR="00A1" w14:paraId="1A2B3C4D"><w:pPr><w:pStyle w:val="Normal"/><w:rPr><w:lang w:val="da-DK"/></w:rPr></w:pPr><w:r w:rsidRPr="00A2"><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">Afsnit %d med noget </w:t></w:r><w:r><w:t>tekst om en sag, som ingen kender.</w:t></w:r></w:p>`, i)
		fmt.Fprintf(&sheet, `<row r="%d" spans="1:3"><c r="A%d" s="1"><v>%d</v></c><c r="B%d" t="inlineStr"><is><t>Testperson Eksempel</t></is></c><c r="C%d" t="str"><f>A%d</f><v>tekst</v></c></row>`, i+1, i+1, i, i+1, i+1, i+1)
	}
	for name, e := range map[string]entry{
		"docx": {"word/document.xml", "<w:document><w:body>" + doc.String() + "</w:body></w:document>"},
		"xlsx": {"xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + sheet.String() + "</sheetData></worksheet>"},
	} {
		data := zipOf(b, entry{"[Content_Types].xml", types}, e)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(e.body)))
			var before, after syscall.Rusage
			if err := syscall.Getrusage(syscall.RUSAGE_SELF, &before); err != nil {
				b.Fatal(err)
			}
			defer func() {
				if err := syscall.Getrusage(syscall.RUSAGE_SELF, &after); err != nil {
					b.Fatal(err)
				}
				spent := float64(after.Utime.Nano()+after.Stime.Nano()-before.Utime.Nano()-before.Stime.Nano()) / 1e9
				b.ReportMetric(float64(b.N)*float64(len(e.body))/1e6/spent, "MB/cpu-s")
			}()
			for b.Loop() {
				if d := documenttest.Read(b, formats(), "x."+name, data); len(d.Gaps) > 0 || len(d.Segments) < 20_000 {
					b.Fatal(documenttest.Describe(d))
				}
			}
		})
	}
}

// TestFlatBinary: a picture within a flat file is a child.
func TestFlatBinary(t *testing.T) {
	b64 := base64.StdEncoding.EncodeToString([]byte("billed 120336-3951"))
	for name, body := range map[string]string{
		"a.xml":  `<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:p><w:r><w:pict><w:binData w:name="x">` + b64[:8] + "\r\n" + b64[8:] + `</w:binData></w:pict></w:r></w:p></w:wordDocument>`,
		"b.fodt": `<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"><text:p><draw:image><office:binary-data>` + b64[:8] + "\n " + b64[8:] + `</office:binary-data></draw:image></text:p></office:document>`,
		"c.xml":  `<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"><pkg:part><pkg:binaryData>` + b64 + `</pkg:binaryData></pkg:part></pkg:package>`,
	} {
		d := documenttest.Read(t, append(formats(), raw{}), name, []byte(body))
		found := documenttest.Find(d, "billed 120336-3951")
		if len(found) != 1 || found[0].At.Path == name || len(d.Gaps) > 0 {
			t.Errorf("%s: %s", name, documenttest.Describe(d))
		}
	}
}

// TestSweptStrings: a binary block without a published layout is swept.
func TestSweptStrings(t *testing.T) {
	settings := "\x00\x01" + string(utf16le("Printer 120336-3951")) + "\x00\x00\x03rå 130336-3951\x00"
	d := documenttest.Read(t, formats(), "x.xlsx", zipOf(t, entry{"[Content_Types].xml", types}, entry{"xl/workbook.xml", "<workbook/>"},
		entry{"xl/printerSettings/printerSettings1.bin", settings}, entry{"xl/fonts/font1.odttf", "\x00\x01font"}))
	if !documenttest.Has(d, "Printer 120336-3951") || !documenttest.Has(d, "130336-3951") || len(d.Gaps) > 0 {
		t.Error(documenttest.Describe(d))
	}
}

// TestSheetLimits: behind the limits of a workbook's texts, of one text and of one row,
// numbers are still read or a gap tells what was not.
func TestSheetLimits(t *testing.T) {
	const ns = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	book := func(shared, rows string) []byte {
		return zipOf(t, entry{"[Content_Types].xml", types},
			entry{"xl/workbook.xml", `<workbook ` + ns + ` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Ark1" sheetId="1" r:id="r1"/></sheets></workbook>`},
			entry{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`},
			entry{"xl/sharedStrings.xml", `<sst ` + ns + `>` + shared + `</sst>`},
			entry{"xl/worksheets/sheet1.xml", `<worksheet ` + ns + `><sheetData>` + rows + `</sheetData></worksheet>`})
	}
	filler := strings.Repeat("lang tekst om ingenting ", 30_000)
	t.Run("long texts", func(t *testing.T) {
		for _, before := range []int{1<<20 - 30, 1<<20 - 15, 1<<20 - 7, 1 << 20, 1<<20 + 3} {
			long := strings.Repeat("ord ", before/4) + strings.Repeat("x", before%4) + " 120336-3951 slut"
			for what, data := range map[string][]byte{
				"shared": book("<si><t>"+long+"</t></si>", `<row><c t="s"><v>0</v></c></row>`),
				"inline": book("", `<row><c t="inlineStr"><is><t>`+long+`</t></is></c></row>`),
			} {
				if d := documenttest.Read(t, formats(), "x.xlsx", data); !documenttest.Has(d, "120336-3951") {
					t.Errorf("%s, %d bytes before the number: it is not found whole", what, before)
				}
			}
		}
	})
	t.Run("wide row", func(t *testing.T) {
		d := documenttest.Read(t, formats(), "x.xlsx", book("", "<row>"+strings.Repeat("<c><v>1</v></c>", 1<<16+1)+"</row>"))
		if !documenttest.HasGap(d, document.TooBig) {
			t.Error("no gap for a row that is not held")
		}
	})
	t.Run("more texts than are counted", func(t *testing.T) {
		if testing.Short() {
			t.Skip("reads four million texts")
		}
		var shared strings.Builder
		for i := range 4_000_001 {
			fmt.Fprintf(&shared, "<si><t>%x</t></si>", i) // alike they would be a bomb, which has a limit of its own
		}
		d := documenttest.Read(t, formats(), "x.xlsx", book(shared.String(), `<row><c t="s"><v>4000000</v></c><c t="inlineStr"><is><t>120336-3951</t></is></c></row>`))
		if !documenttest.Has(d, "120336-3951") || !documenttest.HasGap(d, document.TooBig) {
			t.Error("the cell behind or the gap is missing", d.Gaps)
		}
	})
	t.Run("many texts", func(t *testing.T) {
		if testing.Short() {
			t.Skip("reads 50 MB")
		}
		var shared strings.Builder
		for i := range 50<<20/len(filler) + 2 {
			fmt.Fprintf(&shared, "<si><t>%d %s</t></si>", i, filler)
		}
		shared.WriteString("<si><t>120336-3951 slut</t></si>")
		d := documenttest.Read(t, formats(), "x.xlsx", book(shared.String(), `<row><c t="s"><v>0</v></c></row>`))
		if !documenttest.Has(d, "120336-3951 slut") || !documenttest.HasGap(d, document.TooBig) {
			t.Error("the last shared string or the gap is missing", d.Gaps)
		}
	})
}
