package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"brevvagt/cmd/brevvagt/report"
	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/internal/incidents"
)

// The published incidents, each as `brevvagt scan --site` meets it: twelve of the
// register of Gladsaxe Kommune for 2025, Lolland, Aarhus and Tilbudsportalen. Six of
// them leave nothing that a scanner could see; those tests hold it to that.

const (
	tunnel  = "X-Sikker-Post: ja\r\n"
	inTown  = "visitation@region.example"
	handing = "Hermed sagens akter.\n\nMed venlig hilsen\nHanne Hjælpsom"
)

// scanned writes files into a folder, scans it as the program does and gives the
// record of each item by the end of its path.
func scanned(t *testing.T, files map[string][]byte, args ...string) map[string]report.Record {
	t.Helper()
	dir := t.TempDir()
	site := write(t, dir, "site.yaml", testSiteText)
	for name, data := range files {
		write(t, dir, filepath.Join("ud", name), string(data))
	}
	args = append([]string{"scan", "--format", "jsonl", "--site", site, "--no-ocr"}, args...)
	stdout, stderr, code := command(t, "", append(args, filepath.Join(dir, "ud"))...)
	if code > 1 {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	out := make(map[string]report.Record)
	for line := range strings.Lines(stdout) {
		var r report.Record
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		// The folder's own name may look like a number and be masked.
		out[r.Item[strings.LastIndex(r.Item, "/ud/")+len("/ud/"):]] = r
	}
	return out
}

// scanMail scans one mail.
func scanMail(t *testing.T, m outgoing, args ...string) report.Record {
	t.Helper()
	return scanned(t, map[string][]byte{"mail.eml": m.raw()}, args...)["mail.eml"]
}

// want checks the verdict and that one of the rules given fired, if any is given.
func want(t *testing.T, what string, r report.Record, verdict string, rules ...string) {
	t.Helper()
	if string(r.Verdict) != verdict {
		t.Errorf("%s: %s, want %s; %v", what, r.Verdict, verdict, r.Rules)
		return
	}
	for _, rule := range r.Rules {
		for _, id := range rules {
			if rule.ID == id {
				return
			}
		}
	}
	if len(rules) > 0 {
		t.Errorf("%s: rules %v, want one of %v", what, r.Rules, rules)
	}
}

// claimsNothing checks that a mail which tells of an incident is just a mail.
func claimsNothing(t *testing.T, subject, body string) {
	t.Helper()
	r := scanMail(t, outgoing{to: "dpo@kommune.example", subject: subject, body: body + regards})
	if string(r.Verdict) != "pass" || len(r.Rules) > 0 {
		t.Errorf("the scanner claims to see what it cannot: %s %v", r.Verdict, r.Rules)
	}
}

// A screenshot with numbers to a supplier's open support mailbox: read by OCR,
// stopped on the open line, sent over the tunnel, and named where unreadable.
func TestIncident2025_01(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a picture")
	}
	t.Parallel()
	mails, err := sample.Mails()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mails {
		if m.Model != "Gladsaxe 2025-01" {
			continue
		}
		open := m.Raw
		safe := bytes.Replace(open, []byte("\r\nTo: "), []byte("\r\n"+tunnel+"To: "), 1)
		cut := bytes.Replace(open, []byte("iVBORw0KGgo"), []byte("iVBORw0KAAA"), 1)
		got := scanned(t, map[string][]byte{"aaben.eml": open, "tunnel.eml": safe, "ulaeselig.eml": cut}, "--no-ocr=false")
		want(t, "open line", got["aaben.eml"], "hold", "cpr-unprotected")
		want(t, "tunnel", got["tunnel.eml"], "pass")
		want(t, "unreadable picture", got["ulaeselig.eml"], "warn", "uninspectable")
		return
	}
	t.Fatal("no sample of the incident")
}

// A system without log-on: nothing leaves.
func TestIncident2025_02(t *testing.T) {
	claimsNothing(t, "Skift af fagsystem", "AD-integrationen har ikke fungeret, så medarbejdere har kunnet slå op uden at logge på.")
}

// A supplier's certificate ran out: nothing leaves.
func TestIncident2025_03(t *testing.T) {
	claimsNothing(t, "GPS-system", "Leverandørens signeringscertifikat er udløbet, og brugerne kan ikke logge ind.")
}

// A citizen's mail is passed on to a whole department.
func TestIncident2025_04(t *testing.T) {
	m := outgoing{subject: "VS: Hjælp", body: "Hvem tager denne?\n\nDen fre. 21. feb. 2025 kl. 09.12 skrev Bente Prøvesen <bente@mail.example>:\n\n> Jeg kan ikke betale min husleje, og min kontanthjælp er stoppet.\n"}
	m.to = "alle@kommune.example"
	want(t, "to a list of 300", scanMail(t, m), "hold", "internal-spread")
	m.to = "kollega@kommune.example"
	want(t, "to one", scanMail(t, m), "pass")
}

// payouts is a run of letters on a payment; every n-th reader is a child.
func payouts(t *testing.T, n, every int, text string) []byte {
	t.Helper()
	list, files := "Navn;CPR-nr.;Adresse;Postnr;By;Fil\n", map[string][]byte{}
	for i := range n {
		p := testPerson{sample.Name(i), sample.Number(6000 + i)}
		if every > 0 && i%every == 0 {
			p.number = fmt.Sprintf("%02d0617-9990", 1+i%28)
		}
		name := fmt.Sprintf("brev-%03d.txt", i)
		files[name] = []byte(strings.Join(letterTo(p, "20. november 2026", text), "\n"))
		list += p.name + ";" + p.number + ";Prøvevej 12;9999;Prøveby;" + name + "\n"
	}
	files["modtagere.csv"] = []byte(list)
	return zipFile(t, files)
}

// Letters on payments go to the child in place of the payee.
func TestIncident2025_05(t *testing.T) {
	got := scanned(t, map[string][]byte{
		"udbetaling.zip": payouts(t, 50, 2, "Vi har udbetalt 4.210 kr. til den NemKonto, som tilhører din plejefamilie."),
		"tandpleje.zip":  payouts(t, 50, 2, "Tandplejen vil gerne se dig til undersøgelse i uge 50."),
	})
	want(t, "payments", got["udbetaling.zip"], "hold", "child-recipient")
	want(t, "the dentist's letters", got["tandpleje.zip"], "pass")
}

// A form on a colleague's absence inside one system: nothing leaves.
func TestIncident2025_06(t *testing.T) {
	claimsNothing(t, "Fejl i opsætning", "En forkert systemkonfiguration gav adgang til en blanket på en andens sag. Leverandøren har rettet koden.")
}

// One paper about another citizen among the papers for another municipality.
func TestIncident2025_07(t *testing.T) {
	m := outgoing{to: inTown, subject: "Overdragelse", body: handing, files: bundle(t, 12, 6, anders, bente, false, true)}
	r := scanMail(t, m)
	want(t, "one of twelve", r, "hold", "foreign-person")
	if len(r.Rules) > 0 && !strings.Contains(r.Rules[0].Text, "bilag-07.pdf") {
		t.Errorf("the paper is not named: %s", r.Rules[0].Text)
	}
	m.files = map[string][]byte{"a.docx": word(t, casePaper(anders, "Bor med sin ægtefælle "+bente.name+".")...), "b.docx": word(t, casePaper(anders, "Intet nyt.")...)}
	want(t, "the spouse is mentioned", scanMail(t, m), "pass")
}

// A log-in is lent out: nothing leaves.
func TestIncident2025_08(t *testing.T) {
	claimsNothing(t, "Lån af login", "En medarbejder har lånt sit login til en kollega. Adgangskoden er skiftet.")
}

// A PC is lent out: nothing leaves.
func TestIncident2025_09(t *testing.T) {
	claimsNothing(t, "Låne-pc", "En ekstern foredragsholder har brugt en låne-pc. Adgangen er lukket.")
}

// The right citizen gets a form that still holds two others.
func TestIncident2025_10(t *testing.T) {
	m := outgoing{to: private, subject: "Ansøgning om plejehjemsplads", body: "Kære Anders\n\nHer er blanketten, du bad om.", extra: tunnel}
	for name, c := range map[string]struct {
		data    []byte
		verdict string
	}{
		"two others, Word":       {word(t, form(bente, carl)...), "hold"},
		"another, fields of PDF": {acroForm([2]string{"Navn", bente.name}, [2]string{"CPR-nr.", bente.number}), "hold"},
		"blank":                  {word(t, form()...), "pass"},
		"the reader's own":       {word(t, form(anders)...), "pass"},
	} {
		ending := ".docx"
		if bytes.HasPrefix(c.data, []byte("%PDF")) {
			ending = ".pdf"
		}
		m.files = map[string][]byte{"blanket" + ending: c.data}
		rules := []string{"template-residue"}
		if c.verdict == "pass" {
			rules = nil
		}
		want(t, name, scanMail(t, m), c.verdict, rules...)
	}
}

// Misfiled papers, known by name alone, to a partner.
func TestIncident2025_11(t *testing.T) {
	m := outgoing{to: inTown, subject: "Akter", body: handing, files: bundle(t, 6, 2, anders, carl, true, false)}
	want(t, "one about another", scanMail(t, m), "hold", "foreign-person")
	m.files = bundle(t, 6, -1, anders, carl, true, false)
	want(t, "staff and doctors", scanMail(t, m), "pass")
}

// A form of consent with another's name and number. On paper nothing is seen; sent
// as a mail or as a letter with its recipient it is.
func TestIncident2025_12(t *testing.T) {
	consent := word(t, "Samtykkeerklæring", "Navn: "+anders.name, "CPR-nr.: "+anders.number, "Jeg giver samtykke til indhentning af oplysninger.")
	m := outgoing{to: "Bente Prøvesen <bente@mail.example>", subject: "Samtykke", body: "Kære Bente\n\nHer er samtykkeerklæringen.", extra: tunnel, files: map[string][]byte{"samtykke.docx": consent}}
	want(t, "by mail", scanMail(t, m), "hold", "addressee-mismatch", "template-residue")
	m.to, m.body = private, "Kære Anders\n\nHer er samtykkeerklæringen."
	want(t, "to the right one", scanMail(t, m), "pass")
	list := "Navn;CPR-nr.;Fil\n" + bente.name + ";" + bente.number + ";samtykke.docx\n"
	r := scanned(t, map[string][]byte{"print.zip": zipFile(t, map[string][]byte{"samtykke.docx": consent, "modtagere.csv": []byte(list)})})["print.zip"]
	want(t, "before print", r, "hold", "addressee-mismatch")
}

// Documents on ten people in children's cases to another country.
func TestIncidentLolland(t *testing.T) {
	files := make(map[string][]byte)
	for i := range 10 {
		files[fmt.Sprintf("akt-%d.docx", i)] = word(t, casePaper(testPerson{sample.Name(i), sample.Number(4000 + i)}, "Barnet er anbragt i plejefamilie.")...)
	}
	m := outgoing{to: "post@kommune.example.no", subject: "Aktindsigt", body: handing, files: files}
	want(t, "abroad, protected", scanMail(t, m), "hold", "foreign-recipient")
	eng := testEngine(t)
	for _, r := range judge(t, eng, m).Verdict.Rules {
		if r.ID == "foreign-recipient" && r.Approvers != 2 {
			t.Errorf("%d approvers, want 2", r.Approvers)
		}
	}
}

// 274 recipients get the old letters of 350 others: all in each, or one in each.
func TestIncidentAarhus(t *testing.T) {
	old := make(map[string][]byte)
	for i := range 350 {
		old[fmt.Sprintf("brev-%03d.txt", i)] = []byte(strings.Join(letterTo(testPerson{sample.Name(i), ""}, "14. marts 2022", "Du har en sag i Socialforvaltningen. CPR-nr. "+sample.Number(4100+i)), "\n"))
	}
	m := outgoing{to: "Bente Prøvesen <bente@mail.example>", subject: "Brev", body: "Se vedhæftet.", extra: tunnel, files: map[string][]byte{"breve.zip": zipFile(t, old)}}
	want(t, "all letters to each", scanMail(t, m), "hold", "addressee-mismatch", "bulk-persons")
	const n = 274
	shifted := incidents.Shifted(2025, n)
	got := scanned(t, map[string][]byte{"forskudt.zip": shifted, "rigtig.zip": incidents.Merge(2025, n)})
	want(t, "another's letter to each", got["forskudt.zip"], "hold", "addressee-mismatch")
	want(t, "274 right letters", got["rigtig.zip"], "pass")
}

// Access to a portal: nothing leaves. What can be seen beforehand is what stands in
// its free text.
func TestIncidentTilbudsportalen(t *testing.T) {
	claimsNothing(t, "Portalen", "Portalen var åben for uvedkommende fra kl. 21 til kl. 9.30 og er lukket nu.")
	rows := "Navn;Beskrivelse af familien\nTestperson A. Eksempel;\"Familien er troende katolikker og beder sammen.\"\nTestperson B. Eksempel;\"Børnene går på en katolsk skole i byen.\"\n"
	r := scanned(t, map[string][]byte{"plejefamilier.csv": []byte(rows)})["plejefamilier.csv"]
	seen := make(map[int]bool)
	for _, f := range r.Findings {
		if f.Category == "religion" && f.Strength != "info" && f.Strength != "weak" {
			seen[f.At.Line] = true
		}
	}
	if len(seen) != 1 {
		t.Errorf("rows with a religion: %v, want one; %+v", seen, r.Findings)
	}
}
