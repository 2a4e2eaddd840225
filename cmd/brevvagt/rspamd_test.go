package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/internal/postfixtest"
)

// rspamdConf is rspamd with one rule and nothing else: no DNS, no Redis, no learning,
// no other module. DIR is its own folder.
const rspamdConf = `options {
  filters = "regexp";
  explicit_modules = ["regexp"];
  url_tld = "DIR/tld.dat";
  pidfile = "DIR/rspamd.pid";
  tempdir = "DIR";
  hs_cache_dir = "DIR";
  control_socket = "DIR/control.sock mode=0600";
  dns { nameserver = ["127.0.0.1:1"]; }
}
logging { type = "file"; filename = "DIR/rspamd.log"; level = "warning"; }
worker "normal" { enabled = false; bind_socket = "DIR/normal.sock"; count = 1; }
worker "controller" { enabled = false; bind_socket = "DIR/controller.sock"; count = 1; }
worker "rspamd_proxy" {
  bind_socket = "DIR/milter.sock mode=0666";
  milter = yes;
  timeout = 120s;
  count = 2;
  upstream "local" { default = yes; self_scan = yes; }
}
actions { reject = 10; }
lua = "DIR/rule.lua";
`

const rspamdRule = `config['regexp'] = { CPR = { re = '/\\b[0-3]\\d[01]\\d\\d\\d[- ]?\\d{4}\\b/{mime}', score = 20.0, group = 'brevvagt', description = 'CPR' } }
`

// startRspamd runs a private rspamd and returns its milter socket. It is taken from
// PATH, or from the folder in BREVVAGT_RSPAMD into which Debian's packages rspamd,
// libhyperscan5 and libluajit2-5.1-2 were unpacked (apt-get download, dpkg -x), for
// installing them starts services.
func startRspamd(b *testing.B) string {
	b.Helper()
	root := os.Getenv("BREVVAGT_RSPAMD")
	program, err := exec.LookPath(filepath.Join(root, map[bool]string{true: "rspamd", false: "usr/bin/rspamd"}[root == ""]))
	if err != nil {
		b.Skipf("rspamd is not here, so there is nothing to compare with; set BREVVAGT_RSPAMD, see startRspamd: %v", err)
	}
	dir := postfixtest.Dir(b)
	for name, text := range map[string]string{"rspamd.conf": rspamdConf, "rule.lua": rspamdRule, "tld.dat": "com\ndk\nexample\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.ReplaceAll(text, "DIR", dir)), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	cmd := exec.Command(program, "-f", "-i", "-c", filepath.Join(dir, "rspamd.conf"))
	share := filepath.Join("/", root, "usr/share/rspamd")
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+root+"/usr/lib/x86_64-linux-gnu:"+root+"/usr/lib/rspamd", "SHAREDIR="+share, "LUALIBDIR="+share+"/lualib",
		"RULESDIR="+share+"/rules", "PLUGINSDIR="+share+"/plugins", "LIBDIR="+root+"/usr/lib/rspamd", "DBDIR="+dir, "RUNDIR="+dir, "LOGDIR="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // its workers with it
		_ = cmd.Wait()
	})
	socket := filepath.Join(dir, "milter.sock")
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if _, err := os.Stat(socket); err == nil {
			return socket
		}
	}
	log, _ := os.ReadFile(filepath.Join(dir, "rspamd.log"))
	b.Fatalf("rspamd does not listen: %s", log)
	return ""
}

// BenchmarkRspamd has brevvagt as shipped, rspamd with one regular expression for CPR
// numbers, and nothing at all in front of three Postfix, in turns. The bar is a
// ratio-to-rspamd of 1 at every size.
func BenchmarkRspamd(b *testing.B) {
	socket := startRspamd(b)
	in := install(b, "")
	ours := postfixtest.Start(b, postfixtest.Config{Milter: "unix:" + in.socket})
	theirs := postfixtest.Start(b, postfixtest.Config{Milter: "unix:" + socket, DefaultAction: "tempfail"})
	none := postfixtest.Start(b, postfixtest.Config{})
	in.quiet(fmt.Sprintf("gateway:\n  milter: {listen: %q, group: postfix}\n  postfix: {config_directory: %q}\n", "unix:"+in.socket, ours.ConfigDir))
	in.start()
	leak := append(benchMail(5<<10), "CPR-nr. "+sample.Number(1)+"\r\n"...)
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		c, err := postfixtest.Dial(theirs.Addr, "bench.example")
		if err != nil {
			b.Fatal(err)
		}
		code, text, err := c.Send(from, []string{"b@firma.example"}, leak)
		_ = c.Close()
		if err == nil && code == 554 {
			break // it reads mails
		}
		if time.Now().After(end) {
			b.Fatalf("rspamd lets a CPR number pass: %d %s %v", code, text, err)
		}
	}
	names, addrs := []string{"", "-rspamd", "-without"}, []string{ours.Addr, theirs.Addr, none.Addr}
	for _, x := range []struct {
		name          string
		raw           []byte
		mails, rounds int
	}{{"5KB", benchMail(5 << 10), 200, 5}, {"100KB", benchMail(100 << 10), 100, 5}, {"5MB", benchAttachment(5 << 20 * 3 / 4), 8, 3}} {
		b.Run(x.name, func(b *testing.B) {
			rate, took := map[string][]float64{}, map[string][]float64{}
			for _, addr := range addrs { // all warm
				load(b, addr, x.raw, 4, x.mails/4)
			}
			for b.Loop() {
				for range x.rounds {
					for i, addr := range addrs {
						begun := time.Now()
						took[names[i]] = append(took[names[i]], load(b, addr, x.raw, 4, x.mails)...)
						rate[names[i]] = append(rate[names[i]], float64(x.mails)/time.Since(begun).Seconds())
					}
				}
			}
			for _, n := range names {
				b.ReportMetric(quantile(rate[n], 50), "mails/s"+n)
				b.ReportMetric(quantile(took[n], 50), "ms-p50"+n)
				b.ReportMetric(quantile(took[n], 99), "ms-p99"+n)
			}
			b.ReportMetric(quantile(rate[""], 50)/quantile(rate["-rspamd"], 50), "ratio-to-rspamd")
			b.ReportMetric(0, "ns/op")
		})
	}
}
