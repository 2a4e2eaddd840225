package identity_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"brevvagt/detectors"
	"brevvagt/detectors/detectortest"
	"brevvagt/detectors/identity"
	"brevvagt/detectors/identity/number"
	"brevvagt/document"
	"brevvagt/internal/spent"
)

func TestSuite(t *testing.T) {
	detectortest.Suite{Detector: identity.CPR(identity.Config{}), Corpus: "testdata/cpr.txt"}.Run(t)
}

func find(text, asOf string, cfg identity.Config) []detectors.Span {
	day, _ := time.Parse("2006-01-02", asOf)
	return identity.CPR(cfg).Find(document.Segment{Text: text}, detectors.Env{AsOf: day})
}

func TestEverySpellingHasTheSameValue(t *testing.T) {
	for _, s := range []string{"220645-7026", "2206457026", "220645 – 7026", "22.06.45-7026", "22062045-7026", "CPR 220645\n7026", "２２0645-7026"} {
		spans := find(s, "2058-01-01", identity.Config{})
		if len(spans) != 1 || spans[0].Value != "2206457026" || spans[0].Display != "220645-xxxx" {
			t.Errorf("%q: %+v", s, spans)
		}
	}
}

func TestWhy(t *testing.T) {
	for _, c := range []struct{ text, asOf, why string }{
		{"CPR-nr. 220645-7026", "2058-01-01", "dato, modulus 11, label: CPR-nr., form 6-4"},
		{"0101629990", "2026-11-21", "dato, undtagelsesdato"},
		{"personnr. 1203363951", "2026-11-21", "dato, uden modulus 11, label: personnummer"},
		{"CPR 2206457026", "2026-11-21", "fødselsdato i fremtiden, label: CPR-nr."},
		// A name that is also a word for a number, in the cell beside.
		{"Navn;Personnr.\nIb Prøve;1203363951", "2026-11-21", "dato, uden modulus 11, label: personnummer"},
	} {
		spans := find(c.text, c.asOf, identity.Config{})
		if len(spans) != 1 || strings.Join(spans[0].Why, ", ") != c.why {
			t.Errorf("%q: %+v, want %s", c.text, spans, c.why)
		}
	}
}

// The day and time in the name of a log, whose check digit agrees by chance.
func TestStampOfALog(t *testing.T) {
	for text, want := range map[string]int{"sync_2411260901.log": 0, "sync_2411260901 er flyttet": 1} {
		if spans := find(text, "2026-12-01", identity.Config{}); len(spans) != want {
			t.Errorf("%q: %+v", text, spans)
		}
	}
}

func TestLabelledFutureIsWeak(t *testing.T) {
	if spans := find("CPR 2206457026", "2026-11-21", identity.Config{}); len(spans) != 1 || spans[0].Strength != detectors.Weak || spans[0].Detector != "cpr" {
		t.Errorf("%+v", spans)
	}
	if spans := find("220645-7026", "2026-11-21", identity.Config{}); len(spans) != 0 {
		t.Errorf("unlabelled: %+v", spans)
	}
}

func TestConfig(t *testing.T) {
	const unlisted = "1203363951" // fails modulus 11
	if spans := find(unlisted, "2026-11-21", identity.Config{}); len(spans) != 0 {
		t.Fatalf("%+v", spans)
	}
	cfg := identity.Config{ExceptionDates: []time.Time{time.Date(1936, 3, 12, 0, 0, 0, 0, time.UTC)}}
	if spans := find(unlisted, "2026-11-21", cfg); len(spans) != 1 || spans[0].Strength != detectors.Strong {
		t.Errorf("%+v", spans)
	}
	cfg = identity.Config{TestNumbers: []string{"2206457026"}}
	if spans := find("220645-7026", "2058-01-01", cfg); len(spans) != 1 || spans[0].Detector != "cpr-test" || spans[0].Category != "national-id-hint" {
		t.Errorf("%+v", spans)
	}
	cfg = identity.Config{TestIsReal: true}
	if spans := find("251248-9996", "2026-11-21", cfg); len(spans) != 1 || spans[0].Detector != "cpr" {
		t.Errorf("%+v", spans)
	}
}

func TestNewYearsDayOfAnUnlistedYearIsOnlyWeaker(t *testing.T) {
	// 1 January 1961 is not on the list; the list may be incomplete.
	spans := find("0101619994", "2026-11-21", identity.Config{})
	if len(spans) != 1 || spans[0].Strength != detectors.Weak {
		t.Errorf("%+v", spans)
	}
}

func TestBirthDateAndAge(t *testing.T) {
	asOf := time.Date(2058, 6, 21, 0, 0, 0, 0, time.UTC)
	born, ok := number.BirthDate("2206457026", asOf)
	if !ok || !born.Equal(time.Date(2045, 6, 22, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%v %v", born, ok)
	}
	if age, ok := number.Age("2206457026", asOf); !ok || age != 12 {
		t.Errorf("age %d the day before the birthday, %v", age, ok)
	}
	if age, _ := number.Age("2206457026", asOf.AddDate(0, 0, 1)); age != 13 {
		t.Errorf("age %d on the birthday", age)
	}
	for _, bad := range []string{"", "220645702", "220645702x", "3102451234"} {
		if _, ok := number.BirthDate(bad, asOf); ok {
			t.Errorf("%q has a birth date", bad)
		}
	}
	if _, ok := number.BirthDate("2206457026", asOf.AddDate(-30, 0, 0)); ok {
		t.Error("born in the future")
	}
	if born, ok := number.BirthDate("8206457026", asOf); !ok || born.Day() != 22 {
		t.Errorf("replacement number: %v %v", born, ok)
	}
}

func TestTimeStampInAFileName(t *testing.T) {
	// 1 November 2017 at 04.04 reads as somebody born 17 November 1901, whom nobody
	// can be, and passes modulus 11.
	const stamp = "1711010404"
	if spans := find("arkiv "+stamp, "2017-11-22", identity.Config{}); len(spans) != 1 {
		t.Fatalf("the number itself: %+v", spans)
	}
	if spans := find("scan_"+stamp+".pdf", "2017-11-22", identity.Config{}); len(spans) != 0 {
		t.Errorf("in the name of a scan: %+v", spans)
	}
	if spans := find("CPR scan_"+stamp, "2017-11-22", identity.Config{}); len(spans) != 1 {
		t.Errorf("with a label: %+v", spans)
	}
}

// TestHostileTextsTakeLinearTime reads much of what would make a careless
// scanner look back again and again.
func TestHostileTextsTakeLinearTime(t *testing.T) {
	size := 1 << 20
	if testing.Short() {
		size >>= 4
	}
	for _, unit := range []string{"0", "1 ", "12 34 ", "123456-", "123456-1234", "<", "1<b>", "&nbsp;1", "\u200b", "1\u200b", "æ1", "cpr ", "nr 1", "|1", "2207505318 ", "１", "] [1", "%201", "120361, ", "nul ", "en nul ", "120361 og så ", "|220645|7026\n", "1;2\n", "2207505318;\n", "|\n"} {
		text := "CPR " + strings.Repeat(unit, size/len(unit))
		start := spent.Processor()
		find(text, "2058-01-01", identity.Config{})
		t.Logf("%q %v", unit, spent.Processor()-start)
		if took := spent.Processor() - start; took > 5*time.Second {
			t.Errorf("%q repeated to %d bytes took %v", unit, size, took)
		}
	}
}

func TestWithoutADayNothingIsTooYoung(t *testing.T) {
	spans := identity.CPR(identity.Config{}).Find(document.Segment{Text: "220645-7026"}, detectors.Env{})
	if len(spans) != 1 || spans[0].Strength != detectors.Strong {
		t.Errorf("%+v", spans)
	}
}

// TestBaseRate reads random account numbers: without a label about 2 to 3 in a
// thousand have a date and a check digit (exactly: 0.285 %, and 0.222 % born 1906 or later).
func TestBaseRate(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	const n = 200_000
	var b strings.Builder
	for range n {
		fmt.Fprintf(&b, "nr %010d;\n", r.Int64N(1e10))
	}
	share := float64(len(find(b.String(), "2026-11-21", identity.Config{}))) / n
	if share < 0.0018 || share > 0.0030 {
		t.Errorf("%.4f of random numbers were taken for CPR numbers", share)
	}
}
