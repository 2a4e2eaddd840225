package main

import (
	"brevvagt/cmd/brevvagt/config"
	"strings"
	"testing"
	"time"
)

func TestConfigNamesWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct{ text, want string }{
		"unknown key":        {"state: /x\ngatewy: {}\n", "line 2"},
		"unknown inner key":  {"site:\n  organisation: x\n  internaldomains: []\n", "line 3"},
		"wrong type":         {"state: /x\nocr: {workers: mange}\n", "line 2"},
		"no duration":        {"state: /x\ngateway: {scan_deadline: 25}\n", "line 2"},
		"relative state":     {"state: x\n", "absolute"},
		"fail open":          {"gateway: {milter: {listen: 'unix:/x', on_error: accept}}\n", "not offered"},
		"no next hop":        {"gateway: {smtp: {listen: '127.0.0.1:25'}}\n", "next_hop"},
		"no port":            {"review: {listen: localhost}\n", "host:port"},
		"half a certificate": {"review: {tls_key: /x}\n", "belong together"},
		"client":             {"gateway: {smtp: {listen: '127.0.0.1:25', next_hop: '127.0.0.1:26', clients: [mx]}}\n", "mx"},
		"login in clear":     {"gateway: {smtp: {listen: '127.0.0.1:25', next_hop: 'mx.example:25', next_hop_login: /x}}\n", "next_hop_login"},
		"logins in clear":    {"gateway: {smtp: {listen: '127.0.0.1:25', next_hop: '127.0.0.1:26', logins: /x}}\n", "logins"},
		"alerts":             {"dpo: {alerts_per_day: 10001}\n", "0 to 10000"},
		"fewer than none":    {"dpo: {alerts_per_day: -1}\n", "alerts_per_day"},
		"alerts a week":      {"dpo: {alert_budget: 50001}\n", "alert_budget"},
		"two ceilings":       {"dpo: {alert_budget: 50, alerts_per_day: 10}\n", "leave it out"},
		"site value":         {"site: {bulk_limit_internal: 0}\n", "bulk_limit_internal"},
	} {
		path := write(t, dir, strings.ReplaceAll(name, " ", "-")+".yaml", c.text)
		_, stderr, code := command(t, "", "config", "check", path)
		if code != 2 || !strings.Contains(stderr, c.want) || !strings.Contains(stderr, path) {
			t.Errorf("%s: exit %d, %q does not name %q and the file", name, code, stderr, c.want)
		}
	}
}

func TestConfigDefaults(t *testing.T) {
	cfg, err := config.Load(write(t, t.TempDir(), "c.yaml", "site: {internal_domains: [kommune.example]}\ngateway: {scan_deadline: 5s}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Site.BulkLimitInternal != 20 || time.Duration(cfg.Gateway.ScanDeadline) != 5*time.Second || cfg.State != "/var/lib/brevvagt" {
		t.Errorf("got %+v", cfg)
	}
}

// The ceiling of a day; a site that still has the week's keeps a fifth of it a day.
func TestConfigAlertsPerDay(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]int{"": 10, "dpo: {alerts_per_day: 20}": 20, "dpo: {alerts_per_day: 0}": 0, "dpo: {alert_budget: 50}": 10, "dpo: {alert_budget: 51}": 11, "dpo: {alert_budget: 0}": 0} {
		cfg, err := config.Load(write(t, dir, "c.yaml", "site: {internal_domains: [kommune.example]}\n"+text+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		if got := cfg.DPO.Ceiling(); got != want {
			t.Errorf("%q: %d a day, want %d", text, got, want)
		}
		said := ""
		for _, r := range cfg.DPORemarks() {
			said += r.Text
		}
		if told := strings.Contains(said, "om ugen læses som"); told != strings.Contains(text, "alert_budget") {
			t.Errorf("%q: doctor says %q", text, said)
		}
	}
}
