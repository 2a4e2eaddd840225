package main

import (
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

// startRspamd runs a private rspamd and returns its milter socket, "" where there is
// none, and so nothing to compare with. It is taken from
// PATH, or from the folder in BREVVAGT_RSPAMD into which Debian's packages rspamd,
// libhyperscan5 and libluajit2-5.1-2 were unpacked (apt-get download, dpkg -x), for
// installing them starts services.
func startRspamd(b *testing.B) string {
	b.Helper()
	root := os.Getenv("BREVVAGT_RSPAMD")
	program, err := exec.LookPath(filepath.Join(root, map[bool]string{true: "rspamd", false: "usr/bin/rspamd"}[root == ""]))
	if err != nil {
		return ""
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

// awaitRspamd waits until a Postfix with rspamd refuses a mail with a CPR number.
func awaitRspamd(b *testing.B, addr string) {
	b.Helper()
	leak := append(benchMail(5<<10), "CPR-nr. "+sample.Number(1)+"\r\n"...)
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		c, err := postfixtest.Dial(addr, "bench.example")
		if err != nil {
			b.Fatal(err)
		}
		code, text, err := c.Send(from, []string{"b@firma.example"}, leak)
		_ = c.Close()
		if err == nil && code == 554 {
			return // it reads mails
		}
		if time.Now().After(end) {
			b.Fatalf("rspamd lets a CPR number pass: %d %s %v", code, text, err)
		}
	}
}
