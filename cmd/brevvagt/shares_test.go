package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/internal/peertest"
)

// sharesConfig is a configuration with only shares, and an account to open cases.
func sharesConfig(t *testing.T, shares string) string {
	t.Helper()
	dir := t.TempDir()
	file := write(t, dir, "brevvagt.yaml", fmt.Sprintf("state: %s/tilstand\nreview: {listen: \"\"}\nocr: {off: true}\nnotify: {contact: dpo@kommune.example}\nshares:\n%s", dir, shares))
	warmed(t, filepath.Join(dir, "tilstand"))
	must(t, testPassphrase+"\n", "account", "add", "dpo", "--config", file)
	return file
}

func must(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	out, errs, code := command(t, stdin, args...)
	if code != 0 {
		t.Fatalf("brevvagt %s: exit %d\n%s%s", strings.Join(args, " "), code, out, errs)
	}
	return out
}

// TestSeizedFilesSurviveKills: files are taken into quarantine by a process that is
// killed again and again; each ends as one case and one note, and comes back whole.
func TestSeizedFilesSurviveKills(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	t.Parallel()
	const files = 24
	dir := t.TempDir()
	content := func(n int) string { return fmt.Sprintf("Sag %d\nCPR-nr. %s\n", n, sample.Number(n)) }
	name := func(n int) string { return filepath.Join(dir, fmt.Sprintf("sag%d.txt", n)) }
	for n := range files {
		write(t, dir, filepath.Base(name(n)), content(n))
		stamp := time.Unix(1_700_000_000+int64(n), 123_456_789)
		if err := os.Chtimes(name(n), stamp, stamp); err != nil {
			t.Fatal(err)
		}
	}
	write(t, dir, "ren.txt", "Mødet er flyttet.")
	slow := sharesConfig(t, fmt.Sprintf("  - {name: sager, path: %s, findings: quarantine, files_per_second: 10}\n", dir))
	text, err := os.ReadFile(slow)
	if err != nil {
		t.Fatal(err)
	}
	config := write(t, filepath.Dir(slow), "hurtig.yaml", strings.Replace(string(text), ", files_per_second: 10", "", 1))
	notes := func() int {
		found, _ := filepath.Glob(filepath.Join(dir, "*.brevvagt.txt"))
		return len(found)
	}
	kills := 0
	for range 6 {
		// Slow enough that nobody is ready before the signal comes.
		cmd := program(io.Discard, "shares", "run", "--config", slow)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		until := notes() + 1 + rand.IntN(4)
		for end := time.Now().Add(patience); notes() < until && len(ended) == 0; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%d notes after %s, want %d", notes(), patience, until)
			}
		}
		_ = cmd.Process.Kill()
		if err := <-ended; err != nil {
			kills++
		}
		// What a killed process held is free after two minutes; a test does not wait.
		freeLeases(t, config)
	}
	must(t, "", "shares", "run", "--config", config)
	if n := notes(); n != files || kills == 0 {
		t.Errorf("%d notes for %d files after %d kills", n, files, kills)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "sag*.txt")); len(left) != files {
		t.Errorf("beside the notes there lie %d", len(left)-files)
	}
	list := must(t, "", "case", "list", "--config", config)
	if n := strings.Count(list, "karantæne "); n != files {
		t.Errorf("%d cases for %d files:\n%s", n, files, list)
	}
	if strings.Contains(list, sample.Number(0)) {
		t.Error("the list of cases shows a number")
	}
	for _, line := range strings.Split(list, "\n")[:3] {
		id, _, _ := strings.Cut(line, " ")
		must(t, testPassphrase+"\n", "case", "release", id, "--by", "dpo", "--reason", "skal bruges i sagen", "--config", config)
	}
	back := 0
	for n := range files {
		data, err := os.ReadFile(name(n))
		if err != nil {
			continue
		}
		back++
		info, err := os.Stat(name(n))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(data, []byte(content(n))) || info.Mode().Perm() != 0o600 || !info.ModTime().Equal(time.Unix(1_700_000_000+int64(n), 123_456_789)) {
			t.Errorf("file %d came back as %q %v %v", n, data, info.Mode(), info.ModTime())
		}
	}
	if back != 3 || notes() != files-3 {
		t.Errorf("%d files came back, %d notes are left", back, notes())
	}
	// What was released stays.
	must(t, "", "shares", "run", "--config", config)
	if n := notes(); n != files-3 {
		t.Errorf("a released file was taken again: %d notes", n)
	}
}

// TestHardLinksAreBothTaken: taking one name of a file changes the other, which is
// taken another night all the same.
func TestHardLinksAreBothTaken(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	t.Parallel()
	dir := t.TempDir()
	first := write(t, dir, "en.txt", "CPR-nr. "+sample.Number(1))
	for _, name := range []string{"to.txt", "tre.txt"} {
		if err := os.Link(first, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	config := sharesConfig(t, fmt.Sprintf("  - {name: sager, path: %s, findings: quarantine}\n", dir))
	for range 3 {
		must(t, "", "shares", "run", "--config", config)
	}
	notes, _ := filepath.Glob(filepath.Join(dir, "*.brevvagt.txt"))
	if left, _ := filepath.Glob(filepath.Join(dir, "*.txt")); len(notes) != 3 || len(left) != 3 {
		t.Errorf("notes %v among %v", notes, left)
	}
	if list := must(t, "", "case", "list", "--config", config); strings.Count(list, "karantæne ") != 3 {
		t.Errorf("cases:\n%s", list)
	}
}

// TestSharesOverSMB: from the configuration to the report, with the password in a
// file.
func TestSharesOverSMB(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a file server")
	}
	t.Parallel()
	s := peertest.StartSamba(t, "server smb encrypt = required")
	write(t, s.Dir, "Borgerservice/sag.txt", "CPR-nr. "+sample.Number(1))
	if err := os.Chmod(filepath.Join(s.Dir, "Borgerservice"), 0o755); err != nil {
		t.Fatal(err)
	}
	secret := write(t, t.TempDir(), "password", s.Password+"\n")
	config := sharesConfig(t, fmt.Sprintf("  - {name: fil, smb: {server: %q, share: deling, folder: Borgerservice, user: %s, password_file: %s}}\n", s.Addr, s.User, secret))
	if out := must(t, "", "shares", "run", "--config", config); !strings.Contains(out, "1 med fund") {
		t.Errorf("run: %s", out)
	}
	if out := must(t, "", "report", "--config", config); !strings.Contains(out, `\deling\Borgerservice\sag.txt`) || strings.Contains(out, sample.Number(1)) {
		t.Errorf("report: %s", out)
	}
	if out := must(t, "", "shares", "status", "--config", config); !strings.Contains(out, "færdig") {
		t.Errorf("status: %s", out)
	}
	if err := os.Chmod(secret, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, errs, code := command(t, "", "shares", "run", "--config", config); code == 0 || !strings.Contains(errs, "chmod 600") {
		t.Errorf("a password that everybody may read: exit %d, %s", code, errs)
	}
}

// TestSharesOverSMBAreSeized: a file on a server goes into quarantine and comes back, by
// the commands that people use; what was released stays.
func TestSharesOverSMBAreSeized(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a file server")
	}
	t.Parallel()
	s := peertest.StartSamba(t, "server smb encrypt = required")
	text := "Sag 7\nCPR-nr. " + sample.Number(7) + "\n"
	file := write(t, s.Dir, "Borgerservice/sager/liste.txt", text)
	write(t, s.Dir, "Borgerservice/ren.txt", "Mødet er flyttet.")
	stamp := time.Unix(1_700_000_000, 123_456_700)
	if err := errors.Join(os.Chown(file, 1234, 4321), os.Chtimes(file, stamp, stamp)); err != nil {
		t.Fatal(err)
	}
	secret := write(t, t.TempDir(), "password", s.Password+"\n")
	config := sharesConfig(t, fmt.Sprintf("  - {findings: quarantine, smb: {server: %q, share: deling, folder: Borgerservice, user: %s, password_file: %s}}\n", s.Addr, s.User, secret))
	must(t, "", "shares", "run", "--config", config)
	note, err := os.ReadFile(file + ".brevvagt.txt")
	if err != nil || !bytes.Contains(note, []byte("dpo@kommune.example")) || bytes.Contains(note, []byte(sample.Number(7))) {
		t.Fatalf("note %q, %v", note, err)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("the file is still there")
	}
	id, _, _ := strings.Cut(must(t, "", "case", "list", "--config", config), " ")
	release := func() (errs string, code int) {
		_, errs, code = command(t, testPassphrase+"\n", "case", "release", id, "--by", "dpo", "--reason", "skal bruges i sagen", "--config", config)
		return errs, code
	}
	write(t, filepath.Dir(file), "liste.txt", "en andens")
	if errs, code := release(); code == 0 || !strings.Contains(errs, "another file") {
		t.Errorf("over another file: exit %d, %s", code, errs)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if errs, code := release(); code != 0 {
		t.Fatalf("exit %d, %s", code, errs)
	}
	for range 2 {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(file)
		if st := info.Sys().(*syscall.Stat_t); err != nil || string(data) != text || st.Uid != 1234 || st.Gid != 4321 || !info.ModTime().Equal(stamp) {
			t.Errorf("came back as %q of %d:%d at %s, %v", data, st.Uid, st.Gid, info.ModTime(), err)
		}
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), "*")); len(left) != 1 {
			t.Errorf("beside it: %v", left)
		}
		must(t, "", "shares", "run", "--config", config)
	}
}

// TestSharesConfigurationIsChecked: every mistake is named.
func TestSharesConfigurationIsChecked(t *testing.T) {
	for lines, want := range map[string]string{
		"shares: [{name: a}]":                                                                                "one of path, smb",
		"shares: [{path: /a, at: '25:00'}]":                                                                  "25:00",
		"shares: [{path: /a, until: '06:00'}]":                                                               "until needs at",
		"shares: [{path: /a, findings: slet}]":                                                               "report or quarantine",
		"shares: [{path: /a}, {path: /a}]":                                                                   "two shares",
		"shares: [{smb: {server: a, share: b}}]":                                                             "password_file",
		"shares: [{path: /a, owners: [{folder: x, mail: [a@k.example]}]}]":                                   "summaries.when",
		"shares: [{path: /a, owners: [{folder: ../x, mail: [a@k.example]}]}]":                                "within the share",
		"shares: [{path: /a, owners: [{folder: x, mail: ['A <a@k.example>']}]}]":                             "no mail address",
		"shares: [{path: /a, owners: [{folder: x}]}]":                                                        "mail is missing",
		"shares: [{path: /a, owners: [{folder: x, mail: [a@k.example]}, {folder: x, mail: [a@k.example]}]}]": "there twice",
		"summaries: {when: monthly}":                                                                         "new or weekly",
		"summaries: {when: new, at: 7}":                                                                      "no time such as",
		"summaries: {when: new}\ndpo: {mail: d@k.example}":                                                   "notify.from",
		"summaries: {when: new}\nnotify: {from: b@k.example}":                                                "nobody to go to",
		"summaries: {hver: nat}":                                                                             "hver",
		"database: mysql://x":                                                                                "postgres",
		"database: postgres://u:hemmelig@h/db":                                                               "no password",
		"shares: [{path: /a, password: hemmelig}]":                                                           "password",
		"shares: [{smb: {server: a, share: b, user: c, password_file: /d}, live: true}]":                     "not for smb",
	} {
		path := write(t, t.TempDir(), "c.yaml", lines+"\n")
		if _, errs, code := command(t, "", "config", "check", path); code == 0 || !strings.Contains(errs, want) || strings.Contains(errs, "hemmelig") {
			t.Errorf("%s: exit %d, %q lacks %q", lines, code, errs, want)
		}
	}
}

// TestSharesStatusOnATerminal: an error may quote anything, which a terminal must not
// obey; times are Danish whatever the server's clock shows, and a pause stops the scan
// of another process.
func TestSharesStatusOnATerminal(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.txt", "intet")
	config := sharesConfig(t, fmt.Sprintf("  - {name: her, path: %s, every: 24h}\n  - {name: vaek, path: \"/findes/\\e[31m/ikke\", every: 24h}\n", dir))
	if _, errs, code := command(t, "", "shares", "run", "her", "--config", config); code != 0 {
		t.Fatalf("exit %d, %s", code, errs)
	}
	if _, _, code := command(t, "", "shares", "run", "vaek", "--config", config); code == 0 {
		t.Fatal("a missing share is scanned")
	}
	status := exec.Command(os.Args[0], "shares", "status", "--config", config)
	status.Env = append(os.Environ(), "TZ=UTC")
	out, err := status.CombinedOutput()
	if err != nil || strings.ContainsRune(string(out), 0x1b) || !strings.Contains(string(out), "FEJL: ") {
		t.Fatalf("%v, %q", err, out)
	}
	_, after, _ := strings.Cut(string(out), "færdig ")
	place, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil || len(after) < 16 {
		t.Fatalf("%v, %q", err, out)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", after[:16], place)
	if ago := time.Since(at); err != nil || ago < -30*time.Minute || ago > 30*time.Minute {
		t.Errorf("%v, %v: %q", at, err, out)
	}
	missing := exec.Command(os.Args[0], "shares", "run", "vaek", "--config", config)
	if out, err := missing.CombinedOutput(); err == nil || strings.ContainsRune(string(out), 0x1b) {
		t.Errorf("%v, %q", err, out)
	}
}
