package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/internal/peertest"
)

// TestSharesInACloud: from the configuration to the quarantine and back, over WebDAV
// and SFTP, with the helper that a site has.
func TestSharesInACloud(t *testing.T) {
	if testing.Short() {
		t.Skip("starts servers and builds the helper")
	}
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	helper := filepath.Join(filepath.Dir(self), "brevvagt-cloud")
	_ = os.Remove(helper) // of a run that was cut off
	dav, sftp := peertest.StartRclone(t, "webdav"), peertest.StartRclone(t, "sftp")
	secret := write(t, t.TempDir(), "adgang", dav.Password+"\n")
	config := sharesConfig(t, fmt.Sprintf("  - {name: sky, findings: quarantine, webdav: {url: 'http://%s', user: %s, password_file: %s}}\n", dav.Addr, dav.User, secret)+
		fmt.Sprintf("  - {name: ssh, sftp: {server: '%s', folder: Borger service, user: %s, password_file: %s, known_hosts_file: %s}}\n", sftp.Addr, sftp.User, secret, sftp.KnownHosts))
	if _, errs, code := command(t, "", "shares", "run", "--config", config); code == 0 || !strings.Contains(errs, "brevvagt-cloud") {
		t.Errorf("without a helper: exit %d, %s", code, errs)
	}
	t.Cleanup(func() { _ = os.Remove(helper) })
	if out, err := exec.Command("go", "build", "-o", helper, "../brevvagt-cloud").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text := "Sag 7\nCPR-nr. " + sample.Number(7) + "\n"
	dav.Fill("sager/liste.txt", text)
	dav.Fill("ren.txt", "Mødet er flyttet.")
	sftp.Fill("Borger service/sag.txt", "CPR-nr. "+sample.Number(1))
	sftp.Fill("udenfor.txt", "CPR-nr. "+sample.Number(2))
	if out := must(t, "", "shares", "run", "--config", config); strings.Count(out, "1 med fund") != 1 || !strings.Contains(out, "kunne ikke læses") {
		t.Errorf("first night:\n%s", out)
	}
	note, err := os.ReadFile(filepath.Join(dav.Dir, "sager/liste.txt.brevvagt.txt"))
	if err != nil || !bytes.Contains(note, []byte("dpo@kommune.example")) {
		t.Fatalf("note %q, %v", note, err)
	}
	if _, err := os.Stat(filepath.Join(dav.Dir, "sager/liste.txt")); err == nil {
		t.Error("the file is still there")
	}
	report := must(t, "", "report", "--format", "csv", "--config", config)
	if !strings.Contains(report, "ssh:sag.txt") || strings.Contains(report, "udenfor") || !strings.Contains(report, "ukendt") {
		t.Errorf("report:\n%s", report)
	}
	id, _, _ := strings.Cut(must(t, "", "case", "list", "--config", config), " ")
	must(t, testPassphrase+"\n", "case", "release", id, "--by", "dpo", "--reason", "skal bruges i sagen", "--config", config)
	if back, err := os.ReadFile(filepath.Join(dav.Dir, "sager/liste.txt")); string(back) != text {
		t.Errorf("came back as %q, %v", back, err)
	}
	must(t, "", "shares", "run", "sky", "--config", config)
	if _, err := os.Stat(filepath.Join(dav.Dir, "sager/liste.txt")); err != nil {
		t.Error("a released file was taken again")
	}
}

func TestCloudConfigurationIsChecked(t *testing.T) {
	for lines, want := range map[string]string{
		"{name: a, webdav: {url: 'http://sky.example/', user: a, password_file: /b}}":     "https",
		"{name: a, webdav: {url: 'https://a:hemmelig@sky.example/', token_file: /b}}":     "no user or password",
		"{name: a, webdav: {url: 'https://sky.example/'}}":                                "token_file",
		"{name: a, sftp: {server: s, user: u, password_file: /p}}":                        "known_hosts_file",
		"{name: a, sftp: {server: s, user: u, known_hosts_file: /k, password: hemmelig}}": "password",
		"{name: a, s3: {bucket: b, endpoint: 'http://s3.example'}}":                       "https",
		"{name: a, sharepoint: {tenant: t}}":                                              "drive_id",
		"{name: a, drive: {service_account_file: /f}}":                                    "shared_drive",
		"{webdav: {url: 'https://sky.example/', token_file: /b}}":                         "needs a name",
		"{name: a, path: /a, s3: {bucket: b, access_key: k, secret_key_file: /s}}":        "exactly one",
		"{name: a, live: true, s3: {bucket: b, access_key: k, secret_key_file: /s}}":      "live",
	} {
		path := write(t, t.TempDir(), "c.yaml", "shares:\n  - "+lines+"\n")
		if _, errs, code := command(t, "", "config", "check", path); code == 0 || !strings.Contains(errs, want) || strings.Contains(errs, "hemmelig") {
			t.Errorf("%s: exit %d, %q lacks %q", lines, code, errs, want)
		}
	}
}
