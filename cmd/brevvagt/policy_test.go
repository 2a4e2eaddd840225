package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPolicyOfTheGuide runs the settings and the table of docs/regler.md.
func TestPolicyOfTheGuide(t *testing.T) {
	text, err := os.ReadFile("../../docs/regler.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	if len(blocks) != 2 {
		t.Fatalf("%d blocks of YAML, want settings and a table", len(blocks))
	}
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	citizens := write("borgere.csv", "CPR;Mail\n120336-3951;b@post.example\n")
	settings := strings.Replace(blocks[0][1], "/etc/brevvagt/borgere.csv", citizens, 1)
	site := write("site.yaml", "internal_domains: [kommune.example]\n"+settings)
	table := write("sager.yaml", blocks[1][1])

	out, errOut, code := command(t, "", "policy", "test", "--site", site, table)
	if code != 0 || !strings.Contains(out, "2 af 2") {
		t.Errorf("exit %d: %s%s", code, out, errOut)
	}
	wrong := write("forkert.yaml", strings.Replace(blocks[1][1], "expect: pass", "expect: reject", 1))
	if out, _, code := command(t, "", "policy", "test", "--site", site, wrong); code != 1 || !strings.Contains(out, "ventet reject, blev pass") {
		t.Errorf("a case that fails: exit %d: %s", code, out)
	}
	out, _, code = command(t, "", "policy", "list", "--site", site)
	for _, want := range []string{"(2 godkender)", "(prøvekørsel)", "aktindsigt-ud", "Punkt fra lukket dagsorden"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("%q is not in the list of rules:\n%s", want, out)
		}
	}
}

// TestWrongSettingsStopTheProgram holds that a setting that cannot be meant is told
// before anything is scanned.
func TestWrongSettingsStopTheProgram(t *testing.T) {
	dir := t.TempDir()
	for content, want := range map[string]string{
		"known_citizens: [" + filepath.Join(dir, "nowhere.csv") + "]":         "nowhere.csv",
		"cpr: {exception_dates: [01-01-1965]}":                                "exception_dates",
		"rules: [{id: cpr-unprotected, action: stop}]":                        "cpr-unprotected",
		"custom: [{id: x, title: X, words: [x]}]":                             `"x"`,
		"rules: [{id: egen, text: x, action: hold, when: 'numbers > \"1\"'}]": "egen",
	} {
		path := filepath.Join(dir, "site.yaml")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, errOut, code := command(t, "", "scan", "--site", path, dir); code != 2 || !strings.Contains(errOut, want) {
			t.Errorf("%s: exit %d: %s", content, code, errOut)
		}
	}
}
