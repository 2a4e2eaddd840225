package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/internal/porttest"
	"brevvagt/internal/postfixtest"
)

// get asks the daemon's listener for monitoring.
func get(t *testing.T, addr, path string) (int, string) {
	t.Helper()
	r, err := browser(nil).Get("http://" + addr + path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(b)
}

// edit changes the configuration file and lets the daemon read it anew.
func (in *installation) edit(change func(string) string) {
	in.t.Helper()
	in.change(change)
	said := func() int {
		log := in.log.String()
		return strings.Count(log, "configuration reloaded") + strings.Count(log, "configuration not reloaded")
	}
	before := said()
	if err := in.daemon.Process.Signal(syscall.SIGHUP); err != nil {
		in.t.Fatal(err)
	}
	in.eventually("the configuration to be read", func() bool { return said() > before })
}

// TestOperations is a site's day: proof by canary, numbers for the monitoring
// system, dry run and back by reload, and a full disk.
func TestOperations(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	t.Parallel()
	ops := porttest.Free(t)
	in, p := withPostfix(t, fmt.Sprintf("operations: {listen: %q}\n", ops))
	with := "canary: {from: kanarie@kommune.example, smtp: \"" + p.Addr + "\", within: 3m}\n"
	in.edit(func(c string) string { return c + with })
	bad := crashMail(5)

	in.sub(t, "a canary is held, closed and drafts nothing", func(t *testing.T) {
		out := in.must("", "canary", "--config", in.config)
		if !strings.HasPrefix(out, "standset på ") || len(in.cases()) != 0 {
			t.Errorf("%s, open cases %v", out, in.cases())
		}
		if out := in.must("", "register", "list", "--config", in.config); strings.Contains(out, "2026-01") {
			t.Errorf("the canary is in the register: %s", out)
		}
		id := out[strings.Index(out, "sag ")+4:][:26]
		if show := in.must("", "case", "show", id, "--config", in.config); !strings.Contains(show, "kanarie") {
			t.Errorf("the case does not say what it is: %s", show)
		}
		if n := len(in.sink.Received()); n != 0 {
			t.Errorf("%d mails came out of it", n)
		}
	})
	in.sub(t, "what monitoring sees", func(t *testing.T) {
		if code, body := get(t, ops, "/readyz"); code != 200 {
			t.Errorf("ready: %d %s", code, body)
		}
		_, m := get(t, ops, "/metrics")
		for _, want := range []string{`brevvagt_mails_total{lane="milter",verdict="hold"} 1`, "brevvagt_cases_open 0", "brevvagt_dry_run 0", "brevvagt_free_bytes "} {
			if !strings.Contains(m, want) {
				t.Errorf("no %s in\n%s", want, m)
			}
		}
		for _, never := range []string{"@", "kommune.example", "firma"} {
			if strings.Contains(m, never) {
				t.Errorf("%q among the metrics", never)
			}
		}
	})
	in.sub(t, "a bad file changes nothing", func(t *testing.T) {
		in.edit(func(c string) string { return c + "gatewayy: 1\n" })
		if _, m := get(t, ops, "/metrics"); !strings.Contains(m, `brevvagt_config_reloads_total{result="refused"} 1`) {
			t.Error("not counted")
		}
		send(t, p.Addr, from, []string{"b@firma.example"}, bad)
		if _, m := get(t, ops, "/metrics"); !strings.Contains(m, "brevvagt_cases_open 1") {
			t.Error("the mail was not held")
		}
	})
	in.sub(t, "dry run is a reload away, on a connection that stays open", func(t *testing.T) {
		c, err := postfixtest.Dial(p.Addr, "afsender.kommune.example")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		in.edit(func(c string) string {
			return strings.Replace(strings.Replace(c, "gatewayy: 1\n", "", 1), "gateway:\n", "gateway:\n  dry_run: true\n", 1)
		})
		if code, text, err := c.Send(from, []string{"b@firma.example"}, bad); err != nil || code != 250 {
			t.Fatalf("%d %s %v", code, text, err)
		}
		in.same(t, in.received(1)[0].File, bad)
		if _, m := get(t, ops, "/metrics"); !strings.Contains(m, `brevvagt_dry_run_total{lane="milter",verdict="hold"} 1`) {
			t.Error("not counted")
		}
		if !strings.Contains(in.log.String(), "would=hold") {
			t.Error("not shown")
		}
		if out := in.must("", "canary", "--config", in.config); !strings.HasPrefix(out, "standset") {
			t.Errorf("canary in dry run: %s", out)
		}
	})
	in.sub(t, "a full disk keeps mail with its sender", func(t *testing.T) {
		in.edit(func(c string) string {
			return strings.Replace(c, "operations: {", "operations: {min_free_disk: 1152921504606846976, ", 1)
		})
		if !strings.Contains(in.log.String(), "some changes need a restart\" sections=operations") {
			t.Error("nothing said about the restart")
		}
		in.stop()
		in.edit2(func(c string) string { return strings.Replace(c, "  dry_run: true\n", "", 1) })
		in.start()
		if code, _ := send(t, p.Addr, from, []string{"b@firma.example"}, bad); code != 451 {
			t.Errorf("answered %d", code)
		}
		if code, body := get(t, ops, "/readyz"); code != 503 || !strings.Contains(body, "disk") {
			t.Errorf("ready: %d %s", code, body)
		}
		if code, _ := get(t, ops, "/livez"); code != 200 {
			t.Errorf("alive: %d", code)
		}
		if _, m := get(t, ops, "/metrics"); !strings.Contains(m, `brevvagt_mails_failed_total{lane="milter",reason="space"} 1`) {
			t.Error("not counted")
		}
	})
}

// edit2 changes the configuration file of a daemon that does not run.
func (in *installation) edit2(change func(string) string) {
	in.t.Helper()
	raw, err := os.ReadFile(in.config)
	if err != nil {
		in.t.Fatal(err)
	}
	if err := os.WriteFile(in.config, []byte(change(string(raw))), 0o600); err != nil {
		in.t.Fatal(err)
	}
}

// TestCanaryAlarm: a mail server that passes brevvagt by is found out.
func TestCanaryAlarm(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	t.Parallel()
	in := install(t, "")
	p := postfixtest.Start(t, postfixtest.Config{NextHop: in.sink.Addr()})
	in.edit2(func(c string) string {
		return c + fmt.Sprintf("canary: {from: kanarie@kommune.example, smtp: %q, within: 1s, every: 1m, alarm_to: drift@kommune.example}\noperations: {listen: %q}\n", p.Addr, porttest.Free(t))
	})
	out, err := exec.Command(os.Args[0], "canary", "--config", in.config).CombinedOutput()
	if code := exitStatus(err); code != 1 || !strings.Contains(string(out), "ALARM") {
		t.Errorf("exit %d: %s", code, out)
	}
	in.start()
	in.eventually("the alarm mail", func() bool {
		for _, r := range in.sink.Received() {
			if raw, err := r.Content(); err == nil && len(r.To) == 1 && r.To[0] == "drift@kommune.example" && strings.Contains(string(raw), "ALARM") {
				return true
			}
		}
		return false
	})
	cfg, err := config.Load(in.config)
	if err != nil {
		t.Fatal(err)
	}
	if _, m := get(t, cfg.Operations.Listen, "/metrics"); !strings.Contains(m, `brevvagt_canary_total{result="not-held"} 1`) {
		t.Error("not counted")
	}
}

func exitStatus(err error) int {
	if exit, ok := err.(*exec.ExitError); ok {
		return exit.ExitCode()
	}
	return 0
}

// TestLostKeyIsNotRemade: a new key would quietly part old digests from new ones.
func TestLostKeyIsNotRemade(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	in := install(t, "")
	if err := os.Remove(filepath.Join(in.state, "digest.key")); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(os.Args[0], "case", "list", "--config", in.config).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "digest key") || !strings.Contains(string(out), "backup") {
		t.Errorf("%v: %s", err, out)
	}
}
