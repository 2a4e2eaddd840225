package written

import (
	"os"
	"strings"
	"testing"
	"time"

	"brevvagt/detectors/identity/digits"
	"brevvagt/detectors/identity/label"
	"brevvagt/detectors/identity/number"
	"brevvagt/detectors/identity/said"
	"brevvagt/detectors/identity/verdict"
	"brevvagt/document"
)

var asOf = time.Date(2058, 1, 1, 0, 0, 0, 0, time.UTC)

// readBoth reads a text 64 bytes at once and byte by byte.
func readBoth(s string, heading string) (blocks, every []verdict.Reading) {
	r := number.NewRules(number.Config{})
	for _, out := range []*[]verdict.Reading{&blocks, &every} {
		f := finder{Reader: said.Reader{Judge: verdict.Judge{Text: s, Rules: r, Today: number.DaysOf(asOf), Explain: true}}}
		if heading != "" {
			f.Heading = label.Heading(heading)
		}
		if out == &blocks {
			digits.Scan(s, &f.Row, f.match, f.meetFour, nil)
		} else {
			digits.ScanEvery(s, &f.Row, f.match)
		}
		*out = f.Out
	}
	return blocks, every
}

func checkBoth(t *testing.T, s, heading string) {
	t.Helper()
	blocks, every := readBoth(s, heading)
	if len(blocks) != len(every) {
		t.Fatalf("%q: %d readings by blocks, %d byte by byte", s, len(blocks), len(every))
	}
	for i := range blocks {
		if blocks[i] != every[i] {
			t.Fatalf("%q: %+v by blocks, %+v byte by byte", s, blocks[i], every[i])
		}
	}
}

func spellings(t testing.TB) []string {
	t.Helper()
	data, err := os.ReadFile("../../../testdata/cpr/vectors.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	replace := strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\u2013`, "–", `\u2014`, "—", `\u2011`, "‑", `\u2212`, "−", `\u2010`, "‐",
		`\u00AD`, "\u00ad", `\u00A0`, "\u00a0", `\u2009`, "\u2009", `\u200B`, "\u200b", `\uFF1`, "１")
	for line := range strings.Lines(string(data)) {
		out = append(out, replace.Replace(strings.Split(line, "\t")[1]))
	}
	return out
}

// TestBlocksMeetEveryPlace shifts each spelling over the end of the first block.
func TestBlocksMeetEveryPlace(t *testing.T) {
	for _, s := range spellings(t) {
		for shift := 39; shift < 68; shift++ {
			checkBoth(t, strings.Repeat("a", shift)+" "+s+" og så videre", "")
		}
	}
}

func FuzzBlocksAgainstEveryByte(f *testing.F) {
	for _, s := range spellings(f) {
		f.Add("ja "+s+" og", "")
	}
	f.Add("CPR 0   4   1   1   5   3 - 7 1 3 7", "")
	f.Add("CPR 0|4|1|1|5|3|-|7|1|3|7", "")
	f.Add("101609991", "CPR-nr.")
	f.Add("1\u200b6\u00ad0\u200b346-7\u200b0\u200b3\u200b1", "")
	f.Fuzz(func(t *testing.T, s, heading string) { checkBoth(t, s, heading) })
}

func FuzzRead(f *testing.F) {
	for _, s := range spellings(f) {
		f.Add(s, "CPR", true)
		f.Add(s, "", false)
	}
	r := number.NewRules(number.Config{})
	f.Fuzz(func(t *testing.T, s, heading string, ocr bool) {
		seg := document.Segment{Text: s, Label: heading, At: document.Location{OCR: ocr}}
		_, spans := Read(r, &seg, asOf, false)
		for _, sp := range spans {
			if sp.Start < 0 || sp.End > len(s) || sp.Start >= sp.End {
				t.Fatalf("%d-%d of %d bytes", sp.Start, sp.End, len(s))
			}
			if len(sp.Why) == 0 || strings.Contains(sp.Display, sp.Value) {
				t.Fatalf("span %+v", sp)
			}
		}
	})
}

func TestNothingIsAllocatedWithoutNumbers(t *testing.T) {
	r := number.NewRules(number.Config{})
	seg := document.Segment{Text: strings.Repeat("Mødet den 3. marts 2026 kl. 10.30 – tlf. 72 14 50 66, se § 8 i loven.\n", 2000)}
	if n := testing.AllocsPerRun(5, func() { Read(r, &seg, asOf, false) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestKnownCitizen holds that a number on the site's list needs no other evidence.
func TestKnownCitizen(t *testing.T) {
	const text = "Se 1203363951, 7203363951 og 1203363952."
	for _, name := range []string{"", "1203363951", "7203363951"} {
		rules := number.NewRules(number.Config{})
		if name != "" {
			rules = number.NewRules(number.Config{Known: func(v string) bool { return v == name }})
		}
		_, spans := Read(rules, &document.Segment{Text: text}, asOf, false)
		if name == "" && len(spans) != 0 || name != "" && (len(spans) != 1 || spans[0].Value != name || spans[0].Why[0] != "kendt borger") {
			t.Errorf("known %q: %+v", name, spans)
		}
	}
}
