package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/scanner/policy"
)

// zipFile packs files in the order of their names.
func zipFile(t *testing.T, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range sortedKeys(files) {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write(files[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// wordWith is a Word file whose body is given as XML, with further parts.
func wordWith(t *testing.T, body string, parts map[string]string) []byte {
	files := map[string][]byte{
		"[Content_Types].xml": []byte(`<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`),
		"_rels/.rels":         []byte(`<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`),
		"word/document.xml":   []byte(`<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + body + `</w:body></w:document>`),
	}
	for name, text := range parts {
		files[name] = []byte(text)
	}
	return zipFile(t, files)
}

func para(text string) string { return "<w:p><w:r><w:t>" + text + "</w:t></w:r></w:p>" }

// acroForm is a PDF form with the given fields, the values only in the fields.
func acroForm(fields ...[2]string) []byte {
	var b bytes.Buffer
	var at []int
	object := func(text string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), text)
	}
	b.WriteString("%PDF-1.4\n")
	var refs []string
	for i := range fields {
		refs = append(refs, fmt.Sprintf("%d 0 R", 6+i))
	}
	object("<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [" + strings.Join(refs, " ") + "] /DA (/F1 11 Tf 0 g) /DR << /Font << /F1 4 0 R >> >> >> >>")
	object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
	object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R /Annots [" + strings.Join(refs, " ") + "] >>")
	object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
	text := "BT /F1 12 Tf 60 780 Td (" + latin1("Ansøgning om plejehjemsplads") + ") Tj ET"
	object(fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(text), text))
	for i, f := range fields {
		y := 700 - 30*i
		object(fmt.Sprintf("<< /Type /Annot /Subtype /Widget /FT /Tx /T (%s) /V (%s) /Rect [60 %d 400 %d] /P 3 0 R >>", latin1(f[0]), latin1(f[1]), y, y+20))
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}

// TestBelongs: the rest of the policy for one mail, beyond the published incidents.
func TestBelongs(t *testing.T) {
	eng := testEngine(t)
	secure := "X-Sikker-Post: ja\r\n"
	see := "Se vedhæftet."
	one := func(name string, data []byte) map[string][]byte { return map[string][]byte{name: data} }
	fields := func(p testPerson) []byte {
		return acroForm([2]string{"Navn", p.name}, [2]string{"CPR-nr.", p.number}, [2]string{"Adresse", ""})
	}
	abroad := make(map[string][]byte)
	for i := range 10 {
		abroad[fmt.Sprintf("akt-%d.docx", i)] = word(t, casePaper(testPerson{sample.Name(i), sample.Number(4000 + i)}, "Barnet er anbragt i plejefamilie.")...)
	}
	old := make(map[string][]byte)
	for i := range 350 {
		old[fmt.Sprintf("brev-%03d.txt", i)] = []byte(strings.Join(letterTo(testPerson{sample.Name(i), ""}, "14. marts 2022", "Du har en sag. CPR-nr. "+sample.Number(4100+i)), "\n"))
	}
	child := "010118-9990"
	ill := "Borgeren har skizofreni og stofmisbrug og er indlagt på hospital."
	address := "bor på beskyttet adresse Prøvevej 12, 9999 Prøveby"
	for _, c := range []struct {
		name   string
		mail   outgoing
		action policy.Action
		rule   string
	}{
		{"Lolland: ten in children's cases abroad", outgoing{to: "post@kommune.example.no", subject: "Akter", body: see, files: abroad}, policy.Hold, "foreign-recipient"},
		{"one case paper abroad by name", outgoing{to: "post@kommune.example.no", subject: "Akter", body: see, files: one("a.docx", word(t, paperByName(anders, "Barnet er anbragt i plejefamilie.")...))}, policy.Hold, "foreign-recipient"},
		{"an ordinary mail abroad", outgoing{to: "post@kommune.example.no", subject: "Venskabsby", body: "Vi kommer den 3. december."}, policy.Pass, ""},
		{"Aarhus: 350 old letters to one", outgoing{to: "Bente Prøvesen <bente@mail.example>", subject: "Brev", body: see, extra: secure, files: one("breve.zip", zipFile(t, old))}, policy.Hold, "addressee-mismatch"},
		{"Aarhus: bulk", outgoing{to: "post@region.example", subject: "Brev", body: see, files: one("breve.zip", zipFile(t, old))}, policy.Hold, "bulk-persons"},
		{"old letter to the right one", outgoing{to: private, subject: "Brev", body: see, files: one("b.docx", word(t, letterTo(anders, "14. marts 2022", "Du får et pas.")...))}, policy.Warn, "stale-letter"},
		{"2025-04: forwarded to a list", outgoing{to: "alle@kommune.example", subject: "VS: Min økonomi", body: "Se nedenfor.\n\nFra: Borger <borger3@mail.example>\nSendt: 20. november 2026\nTil: post@kommune.example\n\nJeg kan ikke betale min husleje, og min kontanthjælp er stoppet."}, policy.Hold, "internal-spread"},
		{"2025-04: forwarded to one", outgoing{to: "kollega@kommune.example", subject: "VS: Min økonomi", body: "Se nedenfor.\n\nFra: Borger <borger3@mail.example>\nSendt: 20. november 2026\nTil: post@kommune.example\n\nJeg kan ikke betale min husleje, og min kontanthjælp er stoppet."}, policy.Pass, ""},
		{"2025-05: payment to a child by its number", outgoing{to: child + "@region.example", subject: "Udbetaling", body: "Beløbet udbetales til din NemKonto."}, policy.Warn, "child-recipient"},
		{"2025-10: PDF form with another", outgoing{to: private, subject: "Blanket", body: "Kære Anders\n\n" + see, extra: secure, files: one("s.pdf", fields(bente))}, policy.Hold, "template-residue"},
		{"2025-10: PDF form with the right one", outgoing{to: private, subject: "Blanket", body: "Kære Anders\n\n" + see, extra: secure, files: one("s.pdf", fields(anders))}, policy.Pass, ""},
		{"2025-10: blank PDF form", outgoing{to: private, subject: "Blanket", body: "Kære Anders\n\n" + see, files: one("s.pdf", fields(testPerson{}))}, policy.Pass, ""},
		{"2025-11: in a zip", outgoing{to: "post@region.example", subject: "Akter", body: see, files: one("akter.zip", zipFile(t, bundle(t, 5, 3, anders, carl, true, true)))}, policy.Hold, "foreign-person"},
		{"of one family by name", outgoing{to: "post@region.example", subject: "Akter", body: see, files: bundle(t, 5, 3, anders, anna, true, false)}, policy.Warn, "foreign-person"},
		{"two letters in one PDF, one to another", outgoing{to: private, subject: "Breve", body: see, extra: secure,
			files: one("breve.pdf", pdfFile(letterTo(anders, "20. november 2026", "CPR-nr. "+anders.number), letterTo(bente, "20. november 2026", "CPR-nr. "+bente.number)))}, policy.Hold, "addressee-mismatch"},
		{"case paper about A to B", outgoing{to: "Bente Prøvesen <bente@mail.example>", subject: "Notat", body: see, extra: secure, files: one("n.docx", word(t, casePaper(carl, "Notat.")...))}, policy.Hold, "addressee-mismatch"},
		{"case paper about B's mother", outgoing{to: "Bente Prøvesen <bente@mail.example>", subject: "Notat", body: "Kære Bente\n\nHer er notatet om din mor.", extra: secure, files: one("n.docx", word(t, casePaper(carl, "Notat.")...))}, policy.Pass, ""},
		{"greeting and mailbox disagree", outgoing{to: private, subject: "Din sag", body: "Kære Bente Prøvesen\n\nCPR-nr. " + bente.number, extra: secure}, policy.Hold, "addressee-mismatch"},
		{"a deletion still holds another", outgoing{to: private, subject: "Brev", body: see, extra: secure, files: one("b.docx", wordWith(t,
			para("Kære Anders Testesen")+`<w:p><w:del w:id="1" w:author="x"><w:r><w:delText>CPR-nr. `+bente.number+`</w:delText></w:r></w:del></w:p>`, nil))}, policy.Hold, "template-residue"},
		{"the properties still hold another", outgoing{to: "post@region.example", subject: "Brev", body: see, files: one("b.docx", wordWith(t, para("Vejledning"), map[string]string{
			"docProps/core.xml": `<?xml version="1.0"?><cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Brev til CPR ` + bente.number + `</dc:title></cp:coreProperties>`}))}, policy.Hold, "template-residue"},
		{"number in the file's name is no residue", outgoing{to: "post@region.example", subject: "Notat", body: see, files: one("Notat "+anders.number+".docx", word(t, casePaper(anders, "Notat.")...))}, policy.Pass, ""},
		{"sensitive case paper, unprotected", outgoing{to: "a@firma.example", subject: "Notat", body: see, files: one("n.docx", word(t, paperByName(anders, ill)...))}, policy.Hold, "special-category"},
		{"sensitive case paper, partner", outgoing{to: "post@region.example", subject: "Notat", body: see, files: one("n.docx", word(t, paperByName(anders, ill)...))}, policy.Pass, ""},
		{"sensitive words about nobody known", outgoing{to: "a@firma.example", subject: "Spørgsmål", body: "Borgeren har fået konstateret diabetes. Hvad gør vi?"}, policy.Warn, "special-category"},
		{"protected address, unprotected", outgoing{to: "a@firma.example", subject: "Levering", body: anders.name + " " + address + "."}, policy.Hold, "protected-address"},
		{"look-alike of a partner", outgoing{to: "visitation@regoin.example", subject: "Henvisning", body: "CPR-nr. " + anders.number}, policy.Hold, "unusual-recipient"},
		{"a spouse's pay slip in the case", outgoing{to: "post@region.example", subject: "Akter", body: see, files: map[string][]byte{
			"a.docx": word(t, casePaper(anders, "Ægtefælle: "+bente.name+".")...), "b.docx": word(t, casePaper(anders, "Intet nyt.")...), "c.docx": word(t, "Lønseddel", "Navn: "+bente.name, "CPR-nr.: "+bente.number)}}, policy.Pass, ""},
		{"form with another the secure way to a citizen", outgoing{to: "Anders Testesen <at@region.example>", subject: "Blanket", body: "Kære Anders Testesen\n\nUdfyld den vedhæftede blanket.", files: one("s.docx", word(t, form(bente)...))}, policy.Hold, "template-residue"},
		{"form about a citizen to a colleague elsewhere", outgoing{to: "Lise Lægesen <ll@region.example>", subject: "Ansøgning", body: "Kære Lise\n\nHer er blanketten fra borgeren.", files: one("s.docx", word(t, form(bente)...))}, policy.Pass, ""},
		{"two letters in one Word file, one to another", outgoing{to: private, subject: "Breve", body: "Kære Anders", extra: secure,
			files: one("b.docx", word(t, append(letterTo(anders, "20. november 2026", "Hjælp."), letterTo(bente, "20. november 2026", "Hjælp.")...)...))}, policy.Hold, "addressee-mismatch"},
		{"form as web page", outgoing{to: private, subject: "Blanket", body: "Kære Anders", extra: secure,
			files: one("s.html", []byte("<h1>Skema</h1><table><tr><td>Navn</td><td>"+bente.name+"</td></tr><tr><td>CPR-nr.</td><td>"+bente.number+"</td></tr></table>"))}, policy.Hold, "template-residue"},
		{"form with labels above the values", outgoing{to: private, subject: "Blanket", body: "Kære Anders", extra: secure,
			files: one("s.pdf", pdfFile([]string{"Ansøgning", "Navn", bente.name, "CPR-nr.", bente.number}))}, policy.Hold, "template-residue"},
		{"the mail is a letter to another", outgoing{to: private, subject: "Afgørelse", body: bente.name + "\nPrøvevej 12\n9999 Prøveby\n\nKære Bente\n\nDu får hjælp. CPR-nr. " + bente.number, extra: secure}, policy.Hold, "addressee-mismatch"},
		{"a claim to an insurer's named clerk", outgoing{to: "Lise Holm <lh@tryghed.example>", subject: "Skade", body: "Kære Lise Holm\n\nHermed skadesanmeldelse.", extra: secure, files: one("x.docx", word(t, form(anders)...))}, policy.Warn, "template-residue"},
		{"akter to a lawyer", outgoing{to: "Bo Holm <bo@holmlaw.example>", subject: "Aktindsigt", body: "Kære Bo Holm\n\nHermed akterne.", extra: secure, files: bundle(t, 3, -1, anders, bente, false, false)}, policy.Pass, ""},
		{"a doctor's answer among the papers", outgoing{to: "post@region.example", subject: "Akter", body: see, files: map[string][]byte{"a.docx": word(t, casePaper(anders, "x")...), "b.docx": word(t, casePaper(anders, "y")...),
			"c.docx": word(t, "Lise Lægesen", "Prøvevej 3", "9999 Prøveby", "", "Vedr.: "+anders.name, "Kære Lise", "Tak.")}}, policy.Pass, ""},
		{"look-alike without data", outgoing{to: "visitation@regoin.example", subject: "Møde", body: "Kl. 10."}, policy.Pass, ""},
	} {
		t.Run(c.name, func(t *testing.T) { expect(t, judge(t, eng, c.mail), c.action, c.rule) })
	}
}

// TestTwoPeopleReleaseAbroad: what goes abroad needs two releases.
func TestTwoPeopleReleaseAbroad(t *testing.T) {
	out := judge(t, testEngine(t), outgoing{to: "post@kommune.example.no", subject: "Akter", body: "CPR-nr. " + anders.number})
	for _, r := range out.Verdict.Rules {
		if r.ID == "foreign-recipient" && r.Approvers == 2 {
			return
		}
	}
	t.Fatalf("got %v", out.Verdict.Rules)
}

// TestStrangerIsNamed: file and masked identities of both sides.
func TestStrangerIsNamed(t *testing.T) {
	out := judge(t, testEngine(t), outgoing{to: "visitation@region.example", subject: "Akter", body: "Hermed akterne.", files: bundle(t, 12, 6, anders, bente, false, true)})
	want := "1 af 12 dokumenter ser ud til at vedrøre en anden person end de øvrige: bilag-07.pdf: om B. P., de øvrige om A. T."
	if len(out.Verdict.Rules) == 0 || !strings.HasPrefix(out.Verdict.Rules[0].Text, want[:len(want)-1]) {
		t.Fatalf("got %v", out.Verdict.Rules)
	}
	for _, f := range out.Findings {
		if f.Detector == "foreign-person" && f.At.Path == "mail.eml/bilag-07.pdf" && f.At.Page == 1 && f.Value.String() == bente.number[:6]+"-xxxx" {
			return
		}
	}
	t.Errorf("no located finding in %+v", out.Findings)
}
