package quality_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"brevvagt/detectors"
	detectorsall "brevvagt/detectors/all"
	"brevvagt/detectors/detectortest"
	"brevvagt/document"
	"brevvagt/document/all"
)

const (
	formatsFolder = "../../testdata/formats"
	formatsRecord = "../../testdata/quality/formats.txt"
)

// planted is a file of the corpus and what is in it: one number, or none ("-"), and
// the reason for a gap that belongs there ("gap:encrypted").
type planted struct{ file, place, number string }

// TestFormats reads files that real programs have made, one number in one place
// each, and wants every number and nothing else.
func TestFormats(t *testing.T) {
	if testing.Short() {
		t.Skip("reads the whole corpus")
	}
	reader := document.Formats{List: all.Formats(all.Options{PDFCache: t.TempDir()})}
	set := detectors.Set{List: detectorsall.Detectors(), Key: detectors.RandomKey()}
	formats, places := map[string]score{}, map[string]score{}
	total := score{}
	for _, p := range manifest(t) {
		doc := reader.Read(context.Background(), path.Base(p.file), corpusFile(t, p.file))
		found, gaps := set.Scan(context.Background(), doc, detectors.Env{AsOf: detectortest.AsOf})
		sc := p.judge(t, &set, found, append(gaps, doc.Gaps...))
		folder, _, _ := strings.Cut(p.file, "/")
		add(formats, folder, sc)
		add(places, p.place, sc)
		total = score{total.planted + sc.planted, total.found + sc.found, total.wrong + sc.wrong}
	}
	if total.found < total.planted || total.wrong > 0 {
		t.Errorf("%d of %d numbers found, %d others", total.found, total.planted, total.wrong)
	}
	var b strings.Builder
	b.WriteString("# CPR numbers in files made by real programs, one in one place each.\n# Written by internal/quality with " + updateVar + "=1; testdata/formats/README.md says what they are.\n\n")
	b.WriteString(total.line("all"))
	for _, part := range []struct {
		title  string
		scores map[string]score
	}{{"by folder", formats}, {"by place", places}} {
		b.WriteString("\n[" + part.title + "]\n")
		for _, k := range slices.Sorted(maps.Keys(part.scores)) {
			b.WriteString(part.scores[k].line(k))
		}
	}
	onRecord(t, formatsRecord, b.String())
}

// judge counts what was found in one file and says what was missed.
func (p planted) judge(t *testing.T, set *detectors.Set, found []detectors.Finding, gaps []document.Gap) score {
	number, reason, isGap := strings.Cut(p.number, "gap:")
	sc, want := score{}, ""
	if number = strings.ReplaceAll(strings.TrimSpace(number), "-", ""); number != "" {
		sc.planted, want = 1, set.Key.Digest(number)
	}
	for _, f := range found {
		switch {
		case f.Detector != "cpr" || f.Strength.Rank() < detectors.Medium.Rank():
		case f.Value.Digest() == want:
			sc.found = 1
		default:
			sc.wrong++
			t.Errorf("%s: found %s that was not planted, at %+v %v", p.file, f.Value, f.At, f.Why)
		}
	}
	told := slices.ContainsFunc(gaps, func(g document.Gap) bool { return string(g.Why) == reason })
	switch {
	case isGap && !told:
		t.Errorf("%s: no gap %s: %v", p.file, reason, gaps)
	case !isGap && len(gaps) > 0:
		t.Errorf("%s: gaps in a sound file: %+v", p.file, gaps)
	}
	if sc.found < sc.planted {
		t.Errorf("%s: the number in the %s was not found (gaps %v)", p.file, p.place, gaps)
	}
	return sc
}

// manifest lists the corpus.
func manifest(t *testing.T) []planted {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(formatsFolder, "manifest.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var list []planted
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		c := strings.Split(line, "\t")
		if len(c) != 3 {
			t.Fatalf("manifest line %q", line)
		}
		list = append(list, planted{c[0], c[1], c[2]})
	}
	return list
}

// corpusFile reads a file of the corpus. Those that are mostly zeros are packed.
func corpusFile(t *testing.T, name string) []byte {
	t.Helper()
	file := filepath.Join(formatsFolder, filepath.FromSlash(name))
	data, err := os.ReadFile(file)
	if err == nil {
		return data
	}
	packed, err := os.ReadFile(file + ".gz")
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", name, err))
	}
	if data, err = io.ReadAll(z); err != nil {
		t.Fatal(fmt.Errorf("%s: %w", name, err))
	}
	return data
}
