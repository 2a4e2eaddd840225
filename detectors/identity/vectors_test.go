package identity_test

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"brevvagt/detectors/identity"
)

type vector struct {
	line                               int
	number, spelling, expected, reason string
	asOf                               time.Time
}

func vectors(t testing.TB) []vector {
	t.Helper()
	data, err := os.ReadFile("../../testdata/cpr/vectors.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var out []vector
	for n, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		if n == 0 {
			continue
		}
		col := strings.Split(line, "\t")
		asOf, err := time.Parse("2006-01-02", col[4])
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, vector{n + 1, col[0], unescape(t, col[1]), col[2], col[3], asOf})
	}
	return out
}

// unescape reads the JSON-style escapes of the spelling column.
func unescape(t testing.TB, s string) string {
	t.Helper()
	out, err := strconv.Unquote(`"` + strings.ReplaceAll(s, `"`, `\"`) + `"`)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return out
}

func TestVectors(t *testing.T) {
	all := vectors(t)
	if len(all) != 400 {
		t.Fatalf("%d vectors, want 400", len(all))
	}
	passed := 0
	for _, v := range all {
		verdict, value := identity.Classify(v.spelling, v.asOf)
		if string(verdict) != v.expected {
			t.Errorf("line %d: %q as of %s: %s, want %s (%s)", v.line, v.spelling, v.asOf.Format("2006-01-02"), verdict, v.expected, v.reason)
			continue
		}
		if !strings.HasPrefix(v.expected, "NOT_") && value != v.number {
			t.Errorf("line %d: %q: value %q, want %q", v.line, v.spelling, value, v.number)
			continue
		}
		passed++
	}
	t.Logf("%d of %d", passed, len(all))
}
