package internal_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"brevvagt/internal/metrics"
)

func scrape(m *metrics.Metrics) string {
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

func TestWhatIsCounted(t *testing.T) {
	m := metrics.New("test")
	m.Judged("milter", "hold", "", 300*time.Millisecond, 5000)
	m.Judged("milter", "pass", "hold", time.Millisecond, 5000)
	m.Failed("smtp", "space")
	m.Reloaded(false)
	m.Canary("held")
	m.Proven(time.Unix(1_800_000_000, 0))
	m.Gauge("free_bytes", "x", func() float64 { return 7 })
	got := scrape(m)
	for _, want := range []string{
		`brevvagt_mails_total{lane="milter",verdict="hold"} 1`,
		`brevvagt_dry_run_total{lane="milter",verdict="hold"} 1`,
		`brevvagt_mails_failed_total{lane="smtp",reason="space"} 1`,
		`brevvagt_config_reloads_total{result="refused"} 1`,
		`brevvagt_config_reloads_total{result="ok"} 0`,
		`brevvagt_canary_total{result="not-held"} 0`,
		`brevvagt_canary_last_proven_timestamp_seconds 1.8e+09`,
		`brevvagt_scan_seconds_count{lane="milter"} 2`,
		`brevvagt_free_bytes 7`,
		`brevvagt_build_info{version="test"} 1`,
		"go_goroutines",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("missing %q", want)
		}
	}
}

// TestNilCountsNothing: commands on the terminal have no metrics.
func TestNilCountsNothing(t *testing.T) {
	var m *metrics.Metrics
	m.Judged("a", "b", "c", 0, 0)
	m.Failed("a", "b")
	m.Gap("x")
	m.Reloaded(true)
	m.Started()
	m.Canary("held")
	m.Proven(time.Now())
	m.PolicyAnswer("x")
}
