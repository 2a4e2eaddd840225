package scanner_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"brevvagt/detectors"
	detectorlist "brevvagt/detectors/all"
	"brevvagt/document"
	formatlist "brevvagt/document/all"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/letters"
)

var pipeline = sync.OnceValue(func() *scanner.Pipeline {
	key, _ := detectors.NewKey(bytes.Repeat([]byte("b"), 32))
	p := &scanner.Pipeline{
		Formats:   &document.Formats{List: letters.Formats(formatlist.Formats(formatlist.Options{NoOCR: true}))},
		Detectors: &detectors.Set{List: detectorlist.Detectors(), Key: key},
		Site:      policy.DefaultSite(), Rules: policy.Default(), Now: time.Now, AsOf: today,
	}
	letters.Install(p)
	return p
})

// scanFolder scans a folder as `brevvagt scan` does; the outcome is nil when it is
// no run.
func scanFolder(t testing.TB, dir string) *scanner.Outcome {
	t.Helper()
	var files []string
	if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			files = append(files, path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	found := letters.Folders(t.Context(), pipeline(), []string{dir}, files, 2)
	if len(found) == 0 {
		return nil
	}
	if len(found) != 1 || found[0].Path != dir {
		t.Fatalf("runs %v", found)
	}
	out, err := pipeline().HandleRead(t.Context(), found[0].Item(), func() *document.Document {
		return letters.Read(t.Context(), pipeline(), found[0], 2)
	})
	if err != nil {
		t.Fatal(err)
	}
	return &out
}

func scanBytes(t testing.TB, name string, data []byte) *scanner.Outcome {
	t.Helper()
	out, err := pipeline().Handle(context.Background(), scanner.Item{Source: "scan", ID: name, Name: name, Content: data})
	if err != nil {
		t.Fatal(err)
	}
	return &out
}

func rule(out *scanner.Outcome, id string) string {
	for _, r := range out.Verdict.Rules {
		if r.ID == id {
			return r.Text
		}
	}
	return ""
}

// want is what a case expects: the verdict, and rules with a part of their text.
type want struct {
	action policy.Action
	rules  map[string]string
}

func (w want) check(t *testing.T, out *scanner.Outcome) {
	t.Helper()
	if out == nil || out.Kind != "letter" {
		t.Fatalf("not taken for a run of letters: %+v", out)
	}
	if out.Verdict.Action != w.action {
		t.Errorf("verdict %s, want %s: %+v", out.Verdict.Action, w.action, out.Verdict.Rules)
	}
	for id, part := range w.rules {
		if text := rule(out, id); text == "" || !strings.Contains(text, part) {
			t.Errorf("rule %s says %q, want %q in it; all: %+v", id, text, part, out.Verdict.Rules)
		}
	}
	if w.action == policy.Pass && len(out.Verdict.Rules) > 0 {
		t.Errorf("a right run has rules: %+v", out.Verdict.Rules)
	}
}

func swap(ps []somebody, i, j int) []somebody {
	out := slices.Clone(ps)
	out[i], out[j] = out[j], out[i]
	return out
}

func shift(ps []somebody) []somebody {
	return append([]somebody{ps[len(ps)-1]}, ps[:len(ps)-1]...)
}

func with(ps []somebody, i int, p somebody) []somebody {
	out := slices.Clone(ps)
	out[i] = p
	return out
}

// heads puts other names over the letters: block and salutation of one, number
// of another.
func heads(ps, names []somebody) []somebody {
	out := slices.Clone(ps)
	for i := range out {
		out[i].first, out[i].last = names[i].first, names[i].last
	}
	return out
}

var pass = want{policy.Pass, nil}

func mismatch(kind string) want {
	return want{policy.Hold, map[string]string{"addressee-mismatch": kind}}
}

func TestMergeRuns(t *testing.T) {
	list, old := people(1, 60, 0), people(2, 80, 3000)
	cases := []struct {
		name    string
		members []member
		want    want
	}{
		{"right", mergeRun(list, list, date), pass},
		{"one foreign", mergeRun(list, with(list, 6, old[0]), date), want{policy.Hold, map[string]string{"addressee-mismatch": "1 af 60 breve"}}},
		{"one foreign is named", mergeRun(list, with(list, 6, old[0]), date), mismatch("brev-007.txt: stilet til ")},
		{"swapped pair", mergeRun(list, swap(list, 3, 40), date), mismatch("2 ombyttet")},
		{"swapped neighbours", mergeRun(list, swap(list, 3, 4), date), mismatch("2 ombyttet")},
		{"shifted by one", mergeRun(list, shift(list), date), mismatch("60 forskudt 1 række")},
		{"tail shifted", mergeRun(list, append(slices.Clone(list[:30]), shift(list[30:])...), date), mismatch("forskudt 1 række")},
		{"old letters of others", mergeRun(list, old[:60], "3. marts 2052"), want{policy.Hold, map[string]string{"addressee-mismatch": "60 fremmed", "stale-letter": "60 breve"}}},
		{"right but old", mergeRun(list, list, "3. marts 2052"), want{policy.Warn, map[string]string{"stale-letter": "60 breve"}}},
		{"names shifted over right numbers", mergeRun(list, heads(list, shift(list)), date), mismatch("60 af 60")},
		{"one with the address of another", mergeRun(list, with(list, 5, moved(list[5], list[9])), date), mismatch("med en anden adresse")},
		{"one unreadable", with2(mergeRun(list, list, date), 4, []byte("(tomt ark)")), want{policy.Warn, map[string]string{"addressee-unknown": "brev-004.txt"}}},
		{"one missing", slices.Delete(mergeRun(list, list, date), 5, 6), want{policy.Warn, map[string]string{"addressee-unknown": "brev-005.txt"}}},
		{"merge mark left", with2(mergeRun(list, list, date), 4, []byte(lettersLetterTo(list[3], date, "Beløbet er «Beløb» kr."))), want{policy.Hold, map[string]string{"placeholder": "1 pladsholder"}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if !testing.Short() || c.name == "right" || c.name == "swapped pair" { // else only how the letters come differs
				t.Run("folder", func(t *testing.T) { c.want.check(t, scanFolder(t, folderOf(t, c.members))) })
			}
			t.Run("zip", func(t *testing.T) { c.want.check(t, scanBytes(t, "kørsel.zip", zipOf(t, c.members))) })
		})
	}
}

func moved(p, to somebody) somebody {
	p.street, p.post = to.street, to.post
	return p
}

func with2(m []member, i int, data []byte) []member {
	m[i].data = data
	return m
}

func TestRightRunsInEveryForm(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 274 letters in every form")
	}
	const n = 274
	list := people(3, n, 0)
	files := func(ext string) func(i int) string {
		return func(i int) string { return fmt.Sprintf("brev-%d.%s", i+1, ext) }
	}
	each := func(ext string, write func(i int) []byte) []member {
		out := []member{{"modtagere.csv", listOf(list, files(ext))}}
		for i := range list {
			out = append(out, member{files(ext)(i), write(i)})
		}
		return out
	}
	all := lettersTo(list)
	forms := map[string][]member{
		"txt": mergeRun(list, list, date),
		"html": each("html", func(i int) []byte {
			return []byte("<html><body><p>" + strings.ReplaceAll(all[i], "\n", "<br>") + "</p></body></html>")
		}),
		"docx":           each("docx", func(i int) []byte { return docxOf(t, all[i:i+1]) }),
		"pdf":            each("pdf", func(i int) []byte { return pdfOf(all[i : i+1]) }),
		"memo":           memoRun(list, list),
		"merged pdf":     {{"liste.csv", listOf(list, nil)}, {"samlet.pdf", pdfOf(all)}},
		"merged docx":    {{"liste.csv", listOf(list, nil)}, {"samlet.docx", docxOf(t, all)}},
		"merged, named":  {{"liste.csv", listOf(list, func(int) string { return "samlet.pdf" })}, {"samlet.pdf", pdfOf(all)}},
		"no file column": append([]member{{"liste.csv", listOf(list, nil)}}, mergeRun(list, list, date)[1:]...),
	}
	for name, members := range forms {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			pass.check(t, scanFolder(t, folderOf(t, members)))
			pass.check(t, scanBytes(t, "kørsel.zip", zipOf(t, members)))
			t.Logf("%v for two scans of %d letters", time.Since(start).Round(time.Millisecond), n)
		})
	}
}

func TestMergedFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("makes large files")
	}
	list, old := people(4, 40, 0), people(5, 50, 3000)
	run := func(written []somebody, file func(int) string) []member {
		return []member{{"liste.csv", listOf(list, file)}, {"samlet.pdf", pdfOf(lettersTo(written))}}
	}
	all := func(int) string { return "samlet.pdf" }
	for _, c := range []struct {
		name    string
		members []member
		want    want
	}{
		{"one foreign", run(with(list, 6, old[0]), nil), mismatch("samlet.pdf side 7: stilet til ")},
		{"shifted", run(shift(list), nil), mismatch("40 forskudt 1 række")},
		{"swapped", run(swap(list, 2, 20), nil), mismatch("2 ombyttet")},
		{"one too few", run(list[:39], nil), want{policy.Warn, map[string]string{"addressee-unknown": "1 modtager har intet brev"}}},
		{"one too few in the middle", run(slices.Concat(list[:10], list[11:]), nil), want{policy.Warn, map[string]string{"addressee-unknown": "1 modtager har intet brev"}}},
		{"old letters of others, one more than recipients", run(old[:41], nil), mismatch("fremmed")},
		{"the same letters to each", run(old, all), want{policy.Hold, map[string]string{"addressee-mismatch": "2000 af 2000", "bulk-persons": "40 modtagere"}}},
		{"docx shifted", []member{{"liste.csv", listOf(list, nil)}, {"samlet.docx", docxOf(t, lettersTo(shift(list)))}}, mismatch("40 forskudt 1 række")},
	} {
		t.Run(c.name, func(t *testing.T) { c.want.check(t, scanFolder(t, folderOf(t, c.members))) })
	}
}

func TestMeMo(t *testing.T) {
	list, old := people(6, 12, 0), people(7, 5, 3000)
	child := old[0]
	declared := "<memo:CPRdata><memo:cprNumber>" + strings.ReplaceAll(child.number, "-", "") + "</memo:cprNumber><memo:name>" + child.name() + "</memo:name></memo:CPRdata>"
	about := lettersLetterTo(list[0], date, "Dit barn "+child.name()+", CPR-nr. "+child.number+", er optaget.")
	var oldFiles []member
	for i, p := range old {
		oldFiles = append(oldFiles, member{fmt.Sprintf("gammel-%d.txt", i), []byte(lettersLetterTo(p, "3. marts 2052", ""))})
	}
	var same []member
	for i, p := range list {
		same = append(same, member{fmt.Sprintf("besked-%d.xml", i), memoTo(p, "Ny post", "", oldFiles...)})
	}
	for _, c := range []struct {
		name string
		out  *scanner.Outcome
		want want
	}{
		{"right, single", scanBytes(t, "b.xml", memoTo(list[0], "Ny post", "", member{"brev.txt", []byte(lettersLetterTo(list[0], date, ""))})), pass},
		{"wrong, single", scanBytes(t, "b.xml", memoTo(list[0], "Ny post", "", member{"brev.txt", []byte(lettersLetterTo(old[0], date, ""))})), mismatch("1 af 1 brev")},
		{"declared child", scanBytes(t, "b.xml", memoTo(list[0], "Ny post", declared, member{"brev.txt", []byte(about)})), pass},
		{"undeclared person", scanBytes(t, "b.xml", memoTo(list[0], "Ny post", "", member{"brev.txt", []byte(about)})), mismatch("med en andens CPR-nummer")},
		{"number in the notification", scanBytes(t, "b.xml", memoTo(list[0], "Post om CPR-nr. "+child.number, declared, member{"brev.txt", []byte(lettersLetterTo(list[0], date, ""))})), want{policy.Hold, map[string]string{"cpr-unprotected": "advisering"}}},
		{"many right", scanBytes(t, "b.zip", zipOf(t, memoRun(list, list))), pass},
		{"shifted", scanBytes(t, "b.zip", zipOf(t, memoRun(list, shift(list)))), mismatch("12 forskudt 1 række")},
		{"same letters to all", scanBytes(t, "b.zip", zipOf(t, same)), want{policy.Hold, map[string]string{"bulk-persons": "12 modtagere", "stale-letter": "60 breve"}}},
		{"folder, one wrong", scanFolder(t, folderOf(t, memoRun(list, with(list, 3, old[1])))), mismatch("1 af 12 breve")},
	} {
		t.Run(c.name, func(t *testing.T) { c.want.check(t, c.out) })
	}
}
