package scanner_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brevvagt/document"
	"brevvagt/internal/spent"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/letters"
)

func TestAarhus(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 350 letters for 274")
	}
	list, old := people(10, 274, 0), people(11, 350, 3000)
	var all []member
	for i, p := range old {
		all = append(all, member{fmt.Sprintf("gammelt-%03d.txt", i+1), []byte(lettersLetterTo(p, "14. marts 2054", ""))})
	}
	t.Run("one old letter of another to each", func(t *testing.T) {
		want{policy.Hold, map[string]string{"addressee-mismatch": "274 af 274 breve", "stale-letter": "274 breve"}}.check(t,
			scanFolder(t, folderOf(t, mergeRun(list, old[:274], "14. marts 2054"))))
	})
	t.Run("the same zip of 350 to each", func(t *testing.T) {
		members := []member{{"modtagere.csv", listOf(list, func(int) string { return "breve.zip" })}, {"breve.zip", zipOf(t, all)}}
		start := spent.Processor()
		want{policy.Hold, map[string]string{"addressee-mismatch": "95900 af 95900 breve", "bulk-persons": "274 modtagere får breve om flere andre", "stale-letter": "350 breve"}}.check(t,
			scanFolder(t, folderOf(t, members)))
		t.Logf("%v", (spent.Processor() - start).Round(time.Millisecond))
	})
	t.Run("a folder of letters for each", func(t *testing.T) {
		members := []member{{"modtagere.csv", listOf(list[:12], func(i int) string { return fmt.Sprintf("modtager-%02d", i+1) })}}
		for i := range 12 {
			for _, m := range all[:30] {
				members = append(members, member{fmt.Sprintf("modtager-%02d/%s", i+1, m.name), m.data})
			}
		}
		want{policy.Hold, map[string]string{"addressee-mismatch": "360 af 360 breve", "bulk-persons": "12 modtagere"}}.check(t, scanFolder(t, folderOf(t, members)))
	})
	t.Run("old letters beside the new list, no column of files", func(t *testing.T) {
		members := append([]member{{"modtagere.csv", listOf(list, nil)}}, all...)
		want{policy.Hold, map[string]string{"addressee-mismatch": "fremmed"}}.check(t, scanFolder(t, folderOf(t, members)))
	})
	t.Run("a list that is a text among letters that are texts", func(t *testing.T) {
		shifted := append([]member{{"udtraek.txt", listOf(list[:12], nil)}}, mergeRun(list[:12], append(list[1:12:12], list[0]), date)[1:]...)
		want{policy.Hold, map[string]string{"addressee-mismatch": "12 af 12 breve"}}.check(t, scanFolder(t, folderOf(t, shifted)))
	})
	t.Run("old letters beside a text without headings", func(t *testing.T) {
		var rows strings.Builder
		for i, p := range list[:8] {
			fmt.Fprintf(&rows, "gammelt-%03d.txt\t%s\t%s\n", i+1, p.name(), p.number)
		}
		members := append([]member{{"modtagere.txt", []byte(rows.String())}}, all[:8]...)
		want{policy.Hold, map[string]string{"addressee-mismatch": "8 af 8 breve"}}.check(t, scanFolder(t, folderOf(t, members)))
	})
	t.Run("one letter to everybody", func(t *testing.T) {
		members := []member{{"modtagere.csv", listOf(list[:20], func(int) string { return "brev.txt" })}, {"brev.txt", []byte(lettersLetterTo(list[0], date, ""))}}
		want{policy.Hold, map[string]string{"bulk-persons": "20 modtagere får et og samme brev"}}.check(t, scanFolder(t, folderOf(t, members)))
	})
}

func TestChildren(t *testing.T) {
	list := people(12, 50, 0)
	// The numbers are born 2037 to 2057, so that many are children on the day.
	young := func(p somebody) bool { return p.number[4:6] >= "43" }
	run := func(body func(i int) string) []member {
		out := []member{{"modtagere.csv", listOf(list, txt)}}
		for i, p := range list {
			out = append(out, member{txt(i), []byte(lettersLetterTo(p, date, body(i)))})
		}
		return out
	}
	payee := func(i int) string {
		if !young(list[i]) {
			return ""
		}
		return "Beløbet på 1.200 kr. udbetales til Modtagerine Testpersonsen den 1."
	}
	for _, c := range []struct {
		name    string
		members []member
		want    want
	}{
		{"payout letters to children, payee named", run(payee), want{policy.Hold, map[string]string{"child-recipient": "breve om udbetaling til andre går til modtagere under 15 år"}}},
		{"payout letters, a jump of children", run(func(int) string { return "Vi udbetaler 1.200 kr. den 1." }), want{policy.Hold, map[string]string{"child-recipient": "under 15 år"}}},
		{"dental letters to children", run(func(int) string { return "Du har tid hos tandplejen den 4. januar." }), pass},
	} {
		t.Run(c.name, func(t *testing.T) { c.want.check(t, scanFolder(t, folderOf(t, c.members))) })
	}
}

func TestPrefilledForm(t *testing.T) {
	list, others := people(13, 20, 0), people(14, 2, 3000)
	form := fmt.Sprintf("\nBlanket\nForælder 1: %s, CPR-nr. %s\nForælder 2: %s, CPR-nr. %s\n", others[0].name(), others[0].number, others[1].name(), others[1].number)
	out := []member{{"modtagere.csv", listOf(list, txt)}}
	for i, p := range list {
		out = append(out, member{txt(i), []byte(lettersLetterTo(p, date, form))})
	}
	want{policy.Hold, map[string]string{"template-residue": "2 personer"}}.check(t, scanFolder(t, folderOf(t, out)))
}

// A family's numbers in the right letters are right.
func TestFamilyIsNoMismatch(t *testing.T) {
	list := people(15, 20, 0)
	family := people(16, 20, 3000)
	list[7].last, list[7].street, list[7].post = list[6].last, list[6].street, list[6].post
	out := []member{{"modtagere.csv", listOf(list, txt)}}
	for i, p := range list {
		text := lettersLetterTo(p, date, "Vedrører også CPR-nr. "+family[i].number+".")
		if i < 5 || i == 6 {
			// The reference block names the child alone.
			child := family[i].number
			if i == 6 {
				child = list[7].number
			}
			text = strings.ReplaceAll(lettersLetterTo(p, date, ""), p.number, child)
		}
		out = append(out, member{txt(i), []byte(text)})
	}
	pass.check(t, scanFolder(t, folderOf(t, out)))
}

func TestSpellings(t *testing.T) {
	p := somebody{"Åse Marie", "Ørum-Prøvesen", "Testvej 12B, 2. tv", "9910 Prøveby", "120336-3951"}
	q := somebody{"Bo", "Eksempelsen", "Prøvegade 3", "9911 Prøveby", "070761-4285"}
	for _, c := range []struct{ name, head, row string }{
		{"columns in another order", "Filnavn;Personnummer;Efternavn;Fornavn;By;Postnr;Vejnavn;Husnr", "a.txt;1203363951;Ørum-Prøvesen;Åse Marie;Prøveby;9910;Testvej;12 B"},
		{"folded letters and initials", "Modtager;CPR-nr.;Fil", "Aase M. Oerum-Prøvesen;120336 3951;a.txt"},
		{"surname first", "Navn;Adresse;Brev", "\"Ørum-Prøvesen, Åse Marie\";\"Testvej 12 B, 2. tv, 9910 Prøveby\";a.txt"},
		{"address without comma", "Navn;Adresse;Dokument", "Åse Marie Ørum-Prøvesen;Testvej 12B 9910 Prøveby;mappe\\a.txt"},
		{"number only, the zero lost", "CPR;Fil", "120336-3951;a"},
		{"title above the headings", "Kørsel 7;;\nNavn;CPR;Fil", "Åse Marie Ørum-Prøvesen;120336-3951;a.txt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			csv := c.head + "\n" + c.row + "\n"
			pass.check(t, scanFolder(t, folderOf(t, []member{{"liste.csv", []byte(csv)}, {"a.txt", []byte(lettersLetterTo(p, date, ""))}})))
			mismatch("1 af 1 brev").check(t, scanFolder(t, folderOf(t, []member{{"liste.csv", []byte(csv)}, {"a.txt", []byte(lettersLetterTo(q, date, ""))}})))
		})
	}
}

// TestNoRun: what is no run stays as it is, file by file.
func TestNoRun(t *testing.T) {
	list, others := people(17, 30, 0), people(18, 4, 3000)
	names := member{"ansatte.csv", listOf(list, nil)}
	note := func(name, text string) member { return member{name, []byte(text)} }
	for name, members := range map[string][]member{
		"names beside notes":        {names, note("referat.txt", "Mødet blev holdt mandag."), note("plan.txt", "Planen er lagt.")},
		"as many notes as rows":     {{"a.csv", listOf(list[:2], nil)}, note("referat.txt", "Mødet blev holdt mandag."), note("plan.txt", "Planen er lagt.")},
		"other files in the column": {{"a.csv", listOf(list, txt)}, note("referat.txt", "Mødet blev holdt mandag.")},
		"letters to others":         {names, note("a.txt", lettersLetterTo(others[0], date, "")), note("b.txt", lettersLetterTo(others[1], date, ""))},
		"two lists":                 {{"a.csv", listOf(list[:1], txt)}, {"b.csv", listOf(list[:1], txt)}, note("brev-001.txt", lettersLetterTo(list[0], date, ""))},
		"mails":                     {{"a.csv", listOf(list[:1], nil)}, note("m.eml", "Subject: x\n\nhej")},
		"letters without a list":    {note("a.txt", lettersLetterTo(list[0], date, "")), note("b.txt", lettersLetterTo(list[1], date, ""))},
		"a list alone":              {names},
	} {
		t.Run(name, func(t *testing.T) {
			if out := scanFolder(t, folderOf(t, members)); out != nil {
				t.Errorf("a folder was taken for a run: %+v", out.Verdict.Rules)
			}
			if out := scanBytes(t, "arkiv.zip", zipOf(t, members)); out.Kind != "file" {
				t.Errorf("a zip was taken for a run: %+v", out.Verdict.Rules)
			}
		})
	}
}

func TestFoldersFindsRunsBelow(t *testing.T) {
	root := t.TempDir()
	list := people(19, 5, 0)
	var files []string
	put := func(name string, data []byte) {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, path)
	}
	put("a/mail.eml", []byte("Subject: x\n\nhej"))
	for _, m := range mergeRun(list, list, date) {
		put("b/"+m.name, m.data)
	}
	put("c.txt", []byte("intet"))
	for _, m := range memoRun(list, list) {
		put("d/"+m.name, m.data)
	}
	found := letters.Folders(t.Context(), pipeline(), []string{root}, files, 1)
	if len(found) != 2 || found[0].Path != filepath.Join(root, "b") || found[1].Path != filepath.Join(root, "d") {
		t.Errorf("found %+v", found)
	}
	if found := letters.Folders(t.Context(), pipeline(), files, files, 1); len(found) != 0 {
		t.Errorf("files named one by one are no folder: %+v", found)
	}
}

// TestUnreadable: a letter that cannot be read is never taken for right.
func TestUnreadable(t *testing.T) {
	list := people(20, 4, 0)
	members := mergeRun(list, list, date)
	members[2].data = []byte("PK\x03\x04ødelagt")
	members[2].name = "brev-002.docx"
	members[0].data = listOf(list, func(i int) string {
		if i == 1 {
			return "brev-002.docx"
		}
		return txt(i)
	})
	out := scanFolder(t, folderOf(t, members))
	want{policy.Warn, map[string]string{"addressee-unknown": "brev-002.docx", "uninspectable": "brev-002.docx"}}.check(t, out)
	folder := letters.Folder{Path: "/findes-ikke", Files: []string{"/findes-ikke/a.txt"}}
	doc := letters.Read(t.Context(), pipeline(), folder, 1)
	if len(doc.Gaps) != 1 || doc.Gaps[0].Why != document.Damaged || len(doc.Parts) != 1 {
		t.Errorf("a file that cannot be opened leaves %+v", doc)
	}
}

// TestNothingWhole: no text of a verdict holds a whole number or a name.
func TestNothingWhole(t *testing.T) {
	list, old := people(21, 30, 0), people(22, 30, 3000)
	for _, out := range []*scanner.Outcome{
		scanFolder(t, folderOf(t, mergeRun(list, old, date))),
		scanBytes(t, "b.zip", zipOf(t, memoRun(list, old))),
	} {
		for _, r := range out.Verdict.Rules {
			for _, p := range append(list, old...) {
				if strings.Contains(r.Text+r.English, p.number) || strings.Contains(r.Text+r.English, p.name()) || strings.Contains(r.Text+r.English, p.last) {
					t.Fatalf("rule %s tells too much: %s", r.ID, r.Text)
				}
			}
		}
	}
}

// TestLinearTime: a run of thousands takes seconds, right or all wrong.
func TestLinearTime(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of letters")
	}
	const n = 5000
	list := people(23, n, 0)
	for name, written := range map[string][]somebody{"right": list, "shifted": shift(list)} {
		data := zipOf(t, mergeRun(list, written, date))
		start := spent.Processor()
		out := scanBytes(t, "stor.zip", data)
		took := spent.Processor() - start
		t.Logf("%s: %d letters in %v", name, n, took.Round(time.Millisecond))
		if out.Kind != "letter" || (out.Verdict.Action == policy.Pass) != (name == "right") {
			t.Errorf("%s: %s %+v", name, out.Kind, out.Verdict)
		}
		if took > 30*time.Second {
			t.Errorf("%s: %v for %d letters", name, took, n)
		}
	}
}

// TestManyPairs: a list whose every row names one archive of many letters is cut
// off, says so, and is not taken for right.
func TestManyPairs(t *testing.T) {
	if testing.Short() {
		t.Skip("a run of the largest size")
	}
	list := people(24, 1001, 0)
	var inner []member
	for i, p := range list[:500] {
		inner = append(inner, member{txt(i), []byte(lettersLetterTo(p, date, ""))})
	}
	members := []member{{"liste.csv", listOf(list, func(int) string { return "alle.zip" })}, {"alle.zip", zipOf(t, inner)}}
	start := spent.Processor()
	want{policy.Hold, map[string]string{"addressee-unknown": "resten efter 500000"}}.check(t, scanBytes(t, "k.zip", zipOf(t, members)))
	t.Logf("%v", (spent.Processor() - start).Round(time.Millisecond))
}
