package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime"
	"os"
	"strings"
	"testing"
	"time"

	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
)

// The people of these tests. They do not exist: a name that says so and a number
// that belongs to nobody.
type testPerson struct{ name, number string }

var (
	anders  = testPerson{"Anders Testesen", sample.Number(3000)}
	bente   = testPerson{"Bente Prøvesen", sample.Number(3001)}
	carl    = testPerson{"Carl Eksempelgaard", sample.Number(3002)}
	anna    = testPerson{"Anna Testesen", sample.Number(3004)} // of Anders's family
	private = "Anders Testesen <anders.testesen@mail.example>"
)

// outgoing is a mail under test.
type outgoing struct {
	to      string // the To header; the envelope follows it
	subject string
	body    string
	files   map[string][]byte // name → content; "brev.docx" and the like
	extra   string            // further header lines
}

const testSiteText = sample.Site + "placeholder_names: [Navn Navnesen]\n"

// testEngine is the whole pipeline as the daemon has it, on the day of the tests.
func testEngine(t testing.TB) *engine {
	t.Helper()
	site, err := policy.ParseSite([]byte(testSiteText))
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC) }
	eng, err := newEngine(engineOptions{Site: site, NoOCR: true, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(eng.Close)
	return eng
}

func (m *outgoing) raw() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: Sagsbehandler <sagsbehandler@kommune.example>\r\nTo: %s\r\nSubject: %s\r\nDate: Tue, 24 Nov 2026 09:15:00 +0100\r\n%sMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=grænse\r\n\r\n",
		encodeNames(m.to), mime.QEncoding.Encode("utf-8", m.subject), m.extra)
	text := strings.ReplaceAll(b.String(), "grænse", "g1")
	b.Reset()
	b.WriteString(text)
	fmt.Fprintf(&b, "--g1\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n%s\r\n", strings.ReplaceAll(m.body, "\n", "\r\n"))
	for _, name := range sortedKeys(m.files) {
		fmt.Fprintf(&b, "--g1\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=%q\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n",
			name, base64.StdEncoding.EncodeToString(m.files[name]))
	}
	b.WriteString("--g1--\r\n")
	return b.Bytes()
}

func encodeNames(to string) string {
	var out []string
	for a := range strings.SplitSeq(to, ";") {
		name, address, ok := strings.Cut(strings.TrimSpace(a), " <")
		if !ok {
			out = append(out, strings.TrimSpace(a))
			continue
		}
		out = append(out, mime.QEncoding.Encode("utf-8", name)+" <"+address)
	}
	return strings.Join(out, ", ")
}

func sortedKeys(m map[string][]byte) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	for i := range keys {
		for j := i + 1; j < len(keys); j++ {
			if keys[j] < keys[i] {
				keys[i], keys[j] = keys[j], keys[i]
			}
		}
	}
	return keys
}

// judge sends a mail through the pipeline.
func judge(t *testing.T, eng *engine, m outgoing) scanner.Outcome {
	t.Helper()
	out, err := eng.pipeline.Handle(t.Context(), scanner.Item{Name: "mail.eml", ID: t.Name(), Content: m.raw()})
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("BREVVAGT_TEST_DUMP") != "" {
		for _, s := range out.Document.Segments {
			t.Logf("%q %q %s s.%d %s %s", s.Label, s.Text, s.At.Path, s.At.Page, s.At.Cell, s.At.Layer)
		}
		for _, s := range out.Subjects {
			t.Logf("  %s %v %v %s %+v", s.Display, s.Name, s.NameOnly, s.Role, s.Where)
		}
	}
	return out
}

// expect checks verdict and, unless "", that the rule fired with that action.
func expect(t *testing.T, out scanner.Outcome, action policy.Action, rule string) {
	t.Helper()
	if out.Verdict.Action != action {
		t.Fatalf("got %s %v, want %s %s", out.Verdict.Action, out.Verdict.Rules, action, rule)
	}
	for _, r := range out.Verdict.Rules {
		if strings.Contains(r.Text+r.English, "Testesen") || strings.Contains(r.Text+r.English, "Prøvesen") {
			t.Errorf("a name in the sentence %q", r.Text)
		}
		if r.ID == rule && r.Action == action {
			return
		}
	}
	if rule != "" {
		t.Fatalf("got rules %v, want %s", out.Verdict.Rules, rule)
	}
}

func word(t testing.TB, lines ...string) []byte {
	t.Helper()
	data, err := sample.Docx(lines...)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// letterTo is a municipal letter with an address block.
func letterTo(p testPerson, date, text string) []string {
	first, _, _ := strings.Cut(p.name, " ")
	return []string{"Eksempel Kommune", "Socialforvaltningen", "", p.name, "Prøvevej 12", "9999 Prøveby", "", date, "Sagsnr. 2026-004711", "",
		"Kære " + first, "", text, "", "Med venlig hilsen", "Sagsbehandler Hanne Hjælpsom"}
}

// note is a case paper about somebody.
func casePaper(p testPerson, text string) []string {
	return []string{"Journalnotat", "Vedr.: " + p.name, "CPR-nr.: " + p.number, "Sagsbehandler: Hanne Hjælpsom", text}
}

// noteByName is one that names the person only.
func paperByName(p testPerson, text string) []string {
	return []string{"Journalnotat", "Vedr.: " + p.name, "Sagsbehandler: Hanne Hjælpsom", "Læge: Lise Lægesen", text}
}

func form(people ...testPerson) []string {
	lines := []string{"Ansøgning om plejehjemsplads", "Udfyldes af ansøgeren."}
	labels := []string{"", "Ægtefælle, "}
	for i, label := range labels {
		p := testPerson{}
		if i < len(people) {
			p = people[i]
		}
		lines = append(lines, label+"Navn | "+p.name, label+"CPR-nr. | "+p.number, label+"Adresse | ")
	}
	return append(lines, "Underskrift | ")
}

// pdf is a PDF with the given pages, one line of text a line.
func pdfFile(pages ...[]string) []byte {
	var b bytes.Buffer
	var at []int
	object := func(format string, args ...any) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n"+format+"\nendobj\n", append([]any{len(at)}, args...)...)
	}
	b.WriteString("%PDF-1.4\n")
	var kids []string
	for i := range pages {
		kids = append(kids, fmt.Sprintf("%d 0 R", 4+2*i))
	}
	object("<< /Type /Catalog /Pages 2 0 R >>")
	object("<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(kids, " "), len(pages))
	object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
	for i, lines := range pages {
		var text strings.Builder
		text.WriteString("BT /F1 11 Tf 60 780 Td 15 TL\n")
		for _, line := range lines {
			text.WriteString("(" + latin1(line) + ") Tj T*\n")
		}
		text.WriteString("ET")
		object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>", 5+2*i)
		object("<< /Length %d >>\nstream\n%s\nendstream", text.Len(), text.String())
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}

// latin1 writes a line as a PDF string in WinAnsi.
func latin1(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("()\\", r) {
			b.WriteByte('\\')
		}
		b.WriteByte(byte(r))
	}
	return b.String()
}

func bundle(t *testing.T, n, other int, about, stranger testPerson, byName bool, asPDF bool) map[string][]byte {
	files := make(map[string][]byte)
	for i := range n {
		p := about
		if i == other {
			p = stranger
		}
		lines := casePaper(p, "Borgeren er henvist til genoptræning efter indlæggelse.")
		if byName {
			lines = paperByName(p, "Borgeren er henvist til genoptræning efter indlæggelse.")
		}
		if asPDF {
			files[fmt.Sprintf("bilag-%02d.pdf", i+1)] = pdfFile(lines)
		} else {
			files[fmt.Sprintf("bilag-%02d.docx", i+1)] = word(t, lines...)
		}
	}
	return files
}

// TestIncidents: every acceptance test of the published incidents that one item
// alone can show.
func TestIncidents(t *testing.T) {
	eng := testEngine(t)
	secure := "X-Sikker-Post: ja\r\n"
	region := "visitation@region.example"
	ask := "Kære Anders Testesen\n\nHer er blanketten, du bad om.\n\nMed venlig hilsen\nHanne Hjælpsom"
	merged := [][]string{casePaper(anders, "Side 1."), casePaper(anders, "Side 2."), casePaper(bente, "Side 3."), casePaper(anders, "Side 4.")}
	for _, c := range []struct {
		name   string
		mail   outgoing
		action policy.Action
		rule   string
	}{
		{"2025-07: twelve PDFs, one about another", outgoing{to: region, subject: "Overdragelse", body: "Hermed akterne.", files: bundle(t, 12, 6, anders, bente, false, true)}, policy.Hold, "foreign-person"},
		{"2025-07: spouse mentioned once", outgoing{to: region, subject: "Overdragelse", body: "Hermed akterne.",
			files: map[string][]byte{"a.docx": word(t, casePaper(anders, "Bor med sin ægtefælle "+bente.name+".")...), "b.docx": word(t, casePaper(anders, "Ægtefælle, CPR-nr. "+bente.number+".")...)}}, policy.Pass, ""},
		{"2025-07: all about one", outgoing{to: region, subject: "Overdragelse", body: "Hermed akterne.", files: bundle(t, 5, -1, anders, bente, false, false)}, policy.Pass, ""},
		{"2025-07: in one merged PDF", outgoing{to: region, subject: "Overdragelse", body: "Hermed akterne.", files: map[string][]byte{"akter.pdf": pdfFile(merged...)}}, policy.Hold, "foreign-person"},
		{"2025-07: in one merged PDF, titled", outgoing{to: region, subject: "Akter", body: "Hermed akterne vedr. " + anders.name + ", " + anders.number + ".", files: map[string][]byte{"akter.pdf": pdfFile(
			[]string{"Funktionsbeskrivelse", anders.name + " cpr " + anders.number, "", "Går med rollator."}, []string{"Medicinliste", anders.name + " " + anders.number, "", "Panodil."},
			[]string{"Træningsnotat 11.11.2026", "Navn: " + bente.name + " cpr " + bente.number, "", "Træner efter en blodprop."})}}, policy.Hold, "foreign-person"},
		{"2025-07: a form whose second page is the spouse's", outgoing{to: region, subject: "Ansøgning", body: "Hermed ansøgningen vedr. " + anders.name + ", " + anders.number + ".", files: map[string][]byte{"a.pdf": pdfFile(
			[]string{"Ansøgning om boligstøtte", "Navn: " + anders.name + " cpr " + anders.number, "", "Husleje 6.000 kr."},
			[]string{"Ansøgning, side 2", "Ægtefælles navn: " + bente.name + " cpr " + bente.number, "", "Indtægt 12.000 kr."})}}, policy.Pass, ""},
		{"2025-07: mail says A, paper says B", outgoing{to: region, subject: "Sag", body: "Hermed notat vedrørende\nCPR-nr. " + anders.number + ".", files: map[string][]byte{"n.docx": word(t, casePaper(bente, "Notat.")...)}}, policy.Hold, "foreign-person"},
		{"2025-10: form with two others", outgoing{to: "borger2@mail.example", subject: "Blanket", body: ask, files: map[string][]byte{"s.docx": word(t, form(bente, carl)...)}}, policy.Hold, "template-residue"},
		{"2025-10: the same the secure way", outgoing{to: "borger2@mail.example", subject: "Blanket", body: ask, extra: secure, files: map[string][]byte{"s.docx": word(t, form(bente, carl)...)}}, policy.Hold, "template-residue"},
		{"2025-10: known by display name", outgoing{to: private, subject: "Blanket", body: "Hej\n\nSe vedhæftet.", extra: secure, files: map[string][]byte{"s.docx": word(t, form(bente)...)}}, policy.Hold, "template-residue"},
		{"2025-10: blank form", outgoing{to: private, subject: "Blanket", body: ask, files: map[string][]byte{"s.docx": word(t, form()...)}}, policy.Pass, ""},
		{"2025-10: form filled with the right one", outgoing{to: private, subject: "Blanket", body: ask, extra: secure, files: map[string][]byte{"s.docx": word(t, form(anders)...)}}, policy.Pass, ""},
		{"2025-10: with the spouse beside", outgoing{to: private, subject: "Blanket", body: ask, extra: secure, files: map[string][]byte{"s.docx": word(t, form(anders, bente)...)}}, policy.Pass, ""},
		{"2025-11: name alone", outgoing{to: region, subject: "Akter", body: "Hermed akterne.", files: bundle(t, 6, 2, anders, carl, true, false)}, policy.Hold, "foreign-person"},
		{"2025-11: staff and doctors", outgoing{to: region, subject: "Akter", body: "Hermed akterne.", files: bundle(t, 6, -1, anders, carl, true, false)}, policy.Pass, ""},
		{"2025-12: form for A to B", outgoing{to: "Bente Prøvesen <bente@mail.example>", subject: "Samtykke", body: "Kære Bente\n\nHer er samtykkeerklæringen.", extra: secure,
			files: map[string][]byte{"samtykke.docx": word(t, "Samtykkeerklæring", "Navn: "+anders.name, "CPR-nr.: "+anders.number, "Jeg giver samtykke til indhentning af oplysninger.")}}, policy.Hold, "addressee-mismatch"},
		{"letter to A goes to B", outgoing{to: "Bente Prøvesen <bente@mail.example>", subject: "Afgørelse", body: "Kære Bente\n\nSe brevet.", extra: secure,
			files: map[string][]byte{"brev.docx": word(t, letterTo(anders, "20. november 2026", "Du får bevilget hjælp.")...)}}, policy.Hold, "addressee-mismatch"},
		{"letter to A as PDF goes to B, known by address", outgoing{to: "bente.proevesen@mail.example", subject: "Afgørelse", body: "Se brevet.", extra: secure,
			files: map[string][]byte{"brev.pdf": pdfFile(letterTo(anders, "20. november 2026", "CPR-nr. "+anders.number))}}, policy.Hold, "addressee-mismatch"},
		{"letter to A goes to A", outgoing{to: private, subject: "Afgørelse", body: "Kære Anders\n\nSe brevet.", files: map[string][]byte{"brev.docx": word(t, letterTo(anders, "20. november 2026", "Du får bevilget hjælp.")...)}}, policy.Pass, ""},
		{"letter about A to a partner's case worker", outgoing{to: "Bente Prøvesen <bente.proevesen@region.example>", subject: "Kopi", body: "Kære Bente\n\nKopi af brevet.", files: map[string][]byte{"brev.docx": word(t, letterTo(anders, "20. november 2026", "CPR-nr. "+anders.number)...)}}, policy.Pass, ""},
		{"letter about A to a role mailbox", outgoing{to: "Sikker Post <sikkerpost@region.example>", subject: "Kopi", body: "Se brevet.", files: map[string][]byte{"brev.docx": word(t, letterTo(anders, "20. november 2026", "CPR-nr. "+anders.number)...)}}, policy.Pass, ""},
		{"child's letter to its parent", outgoing{to: private, subject: "Tandpleje", body: "Kære Anders\n\nSe brevet om dit barn.", extra: secure, files: map[string][]byte{"brev.docx": word(t, letterTo(anna, "20. november 2026", "Du er indkaldt.")...)}}, policy.Warn, ""},
	} {
		t.Run(c.name, func(t *testing.T) { expect(t, judge(t, eng, c.mail), c.action, c.rule) })
	}
}
