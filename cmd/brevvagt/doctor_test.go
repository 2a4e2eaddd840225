package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/lanes"
	"brevvagt/internal/porttest"
	"brevvagt/scanner/source/gateway/relay"
)

// TestDoctor looks at a good installation and at one with faults.
func TestDoctor(t *testing.T) {
	if testing.Short() {
		t.Skip("starts workers and an installation")
	}
	t.Parallel()
	in := install(t, "gateway: {smtp: {listen: \"127.0.0.1:0\", next_hop: \""+porttest.Free(t)+"\"}}\nshares: [{path: /findes/ikke}]\n")
	stdout, stderr, code := command(t, "", "doctor", "--config", in.config)
	if code != 2 || !strings.Contains(stderr, "2 ting skal rettes") {
		t.Errorf("exit %d, %s\n%s", code, stderr, stdout)
	}
	for _, want := range []string{"ok    tekstgenkendelse", "ok    læseprocesser", "ok    konfiguration", "ok    nøgler til karantænen        3",
		"FEJL  næste led (SMTP)", "FEJL  fællesdrev"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
}

// TestDoctorPostfix has the real postconf look at good settings and at bad ones.
func TestDoctorPostfix(t *testing.T) {
	if testing.Short() {
		t.Skip("asks Postfix again and again")
	}
	t.Parallel()
	if _, err := exec.LookPath(lanes.Sbin("postconf")); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("Postfix is not installed")
		}
		t.Skip("Postfix is not installed")
	}
	const fine = "smtpd_milters = { unix:brevvagt/milter.sock, default_action=quarantine }\nnon_smtpd_milters = $smtpd_milters\nenable_long_queue_ids = yes\n" +
		"smtp_tls_mandatory_protocols = >=TLSv1.2\nsmtpd_forbid_bare_newline = normalize\n"
	for name, tt := range map[string]struct {
		main    string
		master  string
		want    []string
		without []string
	}{
		"good": {main: fine, want: []string{"ok    Postfix                      default_action=quarantine"}, without: []string{"FEJL  Postfix", "obs   Postfix"}},
		"bare": {main: "smtpd_milters = unix:brevvagt/milter.sock\n", want: []string{"ok    Postfix                      default_action=tempfail", "smtpd_forbid_bare_newline", "non_smtpd_milters", "enable_long_queue_ids", "TLS under 1.2"}},
		"bad": {main: "smtpd_milters = unix:brevvagt/milter.sock\nmilter_default_action = accept\nmilter_protocol = 2\nmessage_size_limit = 0\nreceive_override_options = no_milters\n",
			want: []string{"FEJL  Postfix                      med default_action=accept", "FEJL  Postfix                      milter_protocol", "message_size_limit", "receive_override_options: no_milters"}},
		"elsewhere": {main: "smtpd_milters = { inet:127.0.0.1:8891, default_action=tempfail }\n", want: []string{"FEJL  Postfix                      smtpd_milters peger ikke"}},
		"reject":    {main: "smtpd_milters = { unix:brevvagt/milter.sock, default_action=reject }\n", want: []string{"FEJL  Postfix                      med default_action=reject"}},
		"not first": {main: fine + "smtpd_milters = inet:127.0.0.1:8891, { unix:brevvagt/milter.sock, default_action=quarantine }\nnon_smtpd_milters = inet:127.0.0.1:8891\n",
			want: []string{"ok    Postfix                      default_action=quarantine", "ikke det første milter", "FEJL  Postfix                      non_smtpd_milters peger ikke"}},
		"ways past us": {main: fine + "mua = inet:127.0.0.1:8891\nalways_bcc = arkiv@andet.example\ncontent_filter = scan:[127.0.0.1]:10024\n" +
			"virtual_alias_maps = inline:{a@kommune.example=b@kommune.example}, inline:{chef@kommune.example=chef@privat.example}, regexp:/findes/ikke\n",
			master: "smtp inet n - y - - smtpd\nsubmission inet n - y - - smtpd\n  -o smtpd_milters=\n465 inet n - y - - smtpd\n  -o smtpd_milters=$mua\n" +
				"2525 inet n - y - - smtpd\n  -o receive_override_options=no_milters\n2526 inet n - y - - smtpd\n  -o smtpd_proxy_filter=127.0.0.1:10024\n" +
				"2527 inet n - y - - smtpd\n  -o smtpd_milter_maps=cidr:/etc/postfix/intern\n2528 inet n - y - - smtpd\n  -o { smtpd_milters = { unix:brevvagt/milter.sock, default_action=accept } }\n" +
				"pickup unix n - y 60 1 pickup\n  -o receive_override_options=no_milters\n127.0.0.1:10026 inet n - n - - smtpd\n  -o receive_override_options=no_milters\n",
			want: []string{"master.cf, submission: smtpd_milters uden brevvagt", "master.cf, 465: smtpd_milters uden brevvagt", "master.cf, 2525: no_milters", "master.cf, 2526: smtpd_proxy_filter",
				"master.cf, 2527: smtpd_milter_maps cidr:/etc/postfix/intern", "master.cf, 2528: default_action=accept", "master.cf, pickup: no_milters", "always_bcc sender en kopi af al mail til andet.example",
				"virtual_alias_maps fører ud af huset (1 adresser, fx til privat.example)", "virtual_alias_maps har 1 tabeller", "content_filter scan:[127.0.0.1]:10024 kommer efter brevvagt"},
			without: []string{"master.cf, smtp:", "master.cf, 127.0.0.1"}},
		"behind a proxy": {main: fine, master: "smtp inet n - y - - smtpd\n  -o smtpd_proxy_filter=127.0.0.1:10025\n  -o smtpd_milters=\n127.0.0.1:10026 inet n - n - - smtpd\n",
			want: []string{"ok    Postfix                      default_action=quarantine"}, without: []string{"FEJL  Postfix"}},
	} {
		dir := t.TempDir()
		for file, text := range map[string]string{"main.cf": "compatibility_level = 3.6\n" + tt.main, "master.cf": tt.master} {
			path, past := filepath.Join(dir, file), time.Now().Add(-time.Minute) // Postfix sleeps over a file of the last seconds
			if err := errors.Join(os.WriteFile(path, []byte(text), 0o644), os.Chtimes(path, past, past)); err != nil {
				t.Fatal(err)
			}
		}
		cfg := config.Default()
		cfg.Site.InternalDomains = []string{"kommune.example"}
		cfg.Gateway.Milter.Listen, cfg.Gateway.Postfix.ConfigDirectory = "unix:/var/spool/postfix/brevvagt/milter.sock", dir
		var out strings.Builder
		d := &doctor{w: &out}
		d.lanes(t.Context(), cfg, lanes.AskPostfix(t.Context(), cfg))
		for _, want := range tt.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: no %q in\n%s", name, want, &out)
			}
		}
		for _, not := range tt.without {
			if strings.Contains(out.String(), not) {
				t.Errorf("%s: %q in\n%s", name, not, &out)
			}
		}
	}
}

// TestDoctorNextHop: what a mail meets on its way on.
func TestDoctorNextHop(t *testing.T) {
	sink, err := relay.StartSink(t.TempDir()+"/m", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	cfg := config.Default()
	cfg.Gateway.SMTP.Listen, cfg.Gateway.SMTP.NextHop, cfg.Notify.From = porttest.Free(t), sink.Addr(), "brevvagt@kommune.example"
	cfg.Gateway.MaxBytes = 100 << 20
	for tls, want := range map[string]string{"": "ok    næste led (SMTP)             " + sink.Addr(), "require": "encryption is required but was not offered"} {
		cfg.Gateway.SMTP.NextHopTLS = tls
		var out strings.Builder
		(&doctor{w: &out}).lanes(t.Context(), cfg, lanes.Postfix{})
		for _, want := range []string{want, "der lyttes ikke på " + cfg.Gateway.SMTP.Listen, "beskeder (notify)"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%q: no %q in\n%s", tls, want, &out)
			}
		}
		if tls == "" && !strings.Contains(out.String(), "tager højst 64 MB; gateway.max_bytes er 100 MB") {
			t.Errorf("nothing of the size in\n%s", &out)
		}
	}
}

func TestDoctorWithoutConfiguration(t *testing.T) {
	stdout, stderr, code := command(t, "", "doctor", "--config", "/findes/ikke.yaml")
	if code != 2 || !strings.Contains(stdout, "/findes/ikke.yaml") {
		t.Errorf("exit %d, %s\n%s", code, stderr, stdout)
	}
}
