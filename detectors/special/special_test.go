package special_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"brevvagt/detectors"
	"brevvagt/detectors/detectortest"
	"brevvagt/detectors/special"
	"brevvagt/document"
	"brevvagt/internal/spent"
)

var detector = special.Detectors()[0]

func suite() detectortest.Suite {
	return detectortest.Suite{Detector: detector, Corpus: "testdata/special.txt", Settled: true}
}

func TestSpecial(t *testing.T) { suite().Run(t) }

func BenchmarkSpecial(b *testing.B) { suite().Bench(b) }

// BenchmarkLongText measures ordinary prose in one long segment.
func BenchmarkLongText(b *testing.B) {
	text := strings.Repeat("Kommunalbestyrelsen har besluttet, at vejarbejdet på Prøvevej udsættes til foråret, fordi materialerne mangler.\n", 10000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		find(text)
	}
}

func find(text string) []detectors.Span {
	return detector.Find(document.Segment{Text: text}, detectors.Env{})
}

func TestCorpusIsLargeEnough(t *testing.T) {
	lines, err := detectortest.ReadCorpus("testdata/special.txt")
	if err != nil {
		t.Fatal(err)
	}
	count := map[bool]int{}
	for _, l := range lines {
		count[l.Want]++
	}
	if count[true] < 150 || count[false] < 150 {
		t.Errorf("%d lines with '+' and %d with '-', want 150 of each", count[true], count[false])
	}
}

func TestCategoryAndDataTypes(t *testing.T) {
	for text, want := range map[string][2]string{
		"Borgeren har diabetes.":                 {"helbred", "Helbredsoplysninger"},
		"Borgeren er skizofren.":                 {"psykiatri", "Helbredsoplysninger"},
		"Barnet er anbragt.":                     {"boern", "Familiemæssige forhold, Støtteforanstaltninger"},
		"Hun får kontanthjælp.":                  {"social_oekonomi", "Sociale forhold, Økonomiske forhold"},
		"Borgeren har adressebeskyttelse.":       {"protected-address", "Navne- og adressebeskyttelse"},
		"Han er muslim.":                         {"religion", "Religiøs overbevisning"},
		"Han er tidligere straffet.":             {"straf_art10", "Strafbare forhold"},
		"Hun er lesbisk.":                        {"seksualitet", "Seksuelle forhold"},
		"Hun er fagligt organiseret i en klub.":  {"fagforening", "Fagforeningsmæssigt tilhørsforhold"},
		"Hans politiske overbevisning er kendt.": {"politik", "Politisk overbevisning"},
		"Pigen er somalier.":                     {"etnicitet", "Race eller etnisk oprindelse"},
		"Barnet har en genfejl.":                 {"genetik_biometri", "Genetiske eller biometriske data"},
	} {
		spans := find(text)
		if len(spans) != 1 || spans[0].Category != want[0] || strings.Join(special.DataTypes(spans[0].Category), ", ") != want[1] {
			t.Errorf("%q: %+v, want %v", text, spans, want)
		}
	}
	if special.DataTypes("placeholder") != nil {
		t.Error("an unknown category has no data types")
	}
}

// The whole word is marked, and what is shown is only its beginning.
func TestSpan(t *testing.T) {
	text := "Vi ved, at hun har psoriasisgigt og bor alene."
	spans := find(text)
	if len(spans) != 1 || text[spans[0].Start:spans[0].End] != "psoriasisgigt" || spans[0].Display != "pso…" || !slices.Contains(spans[0].Why, "ord om helbred") {
		t.Errorf("%+v", spans)
	}
}

// An anchor reaches to the end of its sentence, not beyond; a broken line is no end.
func TestAnchorReach(t *testing.T) {
	for text, want := range map[string]int{
		"Borgeren har ringet. Kontoret har fået en pjece om diabetes.":                                          0,
		"Borgeren har, efter hvad vi har fået oplyst af den læge, der ringede\ntil os i går, nu fået diabetes.": 1,
		"Borger\tDiagnose\nHun\tdiabetes\nKontoret\tepilepsi":                                                   1,
		"Hun har fået det dårligt, jf. brev fra kl. 10. Diabetes er nævnt.":                                     0,
	} {
		if got := len(find(text)); got != want {
			t.Errorf("%q: %d findings, want %d", text, got, want)
		}
	}
}

// Danish letters are found in all their spellings.
func TestSpellings(t *testing.T) {
	for _, text := range []string{"Hun er sygemeldt fra arbejdet.", "HUN HAR KRÆFT", "Hun har kraeft.", "Hun har f\u0061\u030aet kræft.", "hun lider af spiseforstyrrelser", "Hun har brystkræft.", "Han har epi\u00adlepsi.", "Hendes kræftbehandlinger"} {
		if len(find(text)) == 0 {
			t.Errorf("%q: nothing found", text)
		}
	}
}

// Every stem of the lexicon is found in a sentence about a person: no rule for
// false friends shuts one out, and none is shadowed by another group's.
func TestEveryStem(t *testing.T) {
	data, err := os.ReadFile("lexicon.tsv")
	if err != nil {
		t.Fatal(err)
	}
	company := map[string][]string{}
	var rows [][]string
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n")[1:] {
		cols := strings.Split(line, "\t")
		rows = append(rows, cols)
		company[cols[0]] = append(company[cols[0]], cols[1])
	}
	if len(rows) != 1551 || len(company) != 14 {
		t.Errorf("%d stems in %d groups, want 1551 in 14", len(rows), len(company))
	}
	for _, cols := range rows {
		text := "Hun har " + cols[1]
		for _, other := range company[cols[0]][:min(3, len(company[cols[0]]))] {
			if cols[3] == "W" && other != cols[1] {
				text += " med " + other
			}
		}
		found := slices.ContainsFunc(find(text+", og det ved vi."), func(sp detectors.Span) bool {
			return sp.Start == len("Hun har ") && (strings.HasPrefix(sp.Value, cols[0]+":") || sp.Category == "protected-address")
		})
		if !found {
			t.Errorf("%s %q (%s): not found in %q", cols[0], cols[1], cols[2], text)
		}
	}
}

// Hostile texts end in time, with a bounded number of findings.
func TestLimits(t *testing.T) {
	if n := len(find(strings.Repeat("Hun har diabetes.\n", 5000))); n != 500 {
		t.Errorf("%d spans, want the limit of 500", n)
	}
	size := 1 << 20
	if testing.Short() {
		size >>= 4
	}
	for _, s := range []string{"diabetes ", "hun diabetes ", "syg ", "medicin syg ", "tidligere ", "psykisk ", "a-", "å", "000000", "A.B. 7 år ", "Anna ", "\n", ". ", "§ ", "medlem af "} {
		start := spent.Processor()
		find(strings.Repeat(s, size/len(s)))
		if d := spent.Processor() - start; d > 5*time.Second {
			t.Errorf("%d bytes of %q took %v", size, s, d)
		}
	}
}

func FuzzFind(f *testing.F) {
	lines, err := detectortest.ReadCorpus("testdata/special.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, l := range lines {
		f.Add(l.Segment.Text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, sp := range find(text) {
			if sp.Start < 0 || sp.Start >= sp.End || sp.End > len(text) || strings.Contains(sp.Display, text[sp.Start:sp.End]) {
				t.Fatalf("span %d-%d of %d bytes, shown as %q", sp.Start, sp.End, len(text), sp.Display)
			}
		}
	})
}
