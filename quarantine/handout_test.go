package quarantine_test

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brevvagt/quarantine"
	"brevvagt/quarantine/handout"
	"brevvagt/quarantine/ledger"
	"brevvagt/quarantine/quarantinetest"
)

const (
	handoutNumber = "070761-4285"
	handoutMail   = "Subject: sag\r\n\r\nCPR " + handoutNumber + "\r\n"
)

type handoutHouse struct {
	service *quarantine.Service
	order   handout.Order
}

func newHandoutHouse(t *testing.T) *handoutHouse {
	t.Helper()
	house := quarantinetest.Open(t, nil)
	s := house.Service
	c, err := s.Hold(t.Context(), quarantine.Deposit{Source: "gateway", ItemID: "1", Kind: "mail", From: "a@kommune.example", To: []string{"b@firma.example"}, Subject: "Sag", Numbers: 1,
		Rules:    []quarantine.Rule{{ID: "cpr-unprotected", Danish: "1 CPR-nummer"}},
		Evidence: []quarantine.Evidence{{Detector: "cpr", Category: "national-id", Value: "070761-xxxx", Path: "mail.eml", Match: "070761-xxxx"}}}, []byte(handoutMail))
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ledger.OpenSigner(filepath.Join(house.Dir, "ledger.key"))
	if err != nil {
		t.Fatal(err)
	}
	return &handoutHouse{s, handout.Order{Case: c.ID, By: "dpo", Reason: "Politiet har bedt om sagen", Receiver: "Nordsjællands Politi", Opener: house.Opener, Sign: signer, Now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}}
}

func (h *handoutHouse) write(t *testing.T, key, passphrase string) []byte {
	t.Helper()
	var err error
	if h.order.Lock, err = handout.NewLock(key, passphrase); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := handout.Write(t.Context(), h.service, h.order, &b); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b.Bytes(), []byte(handoutNumber)) {
		t.Error("the package is not encrypted")
	}
	return b.Bytes()
}

// The one who gets it has age, tar and sha256sum as Debian ships them.
func TestWithPlainTools(t *testing.T) {
	for _, tool := range []string{"age", "age-keygen", "tar", "sha256sum"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
	h, dir := newHandoutHouse(t), t.TempDir()
	shell := func(script string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "sh", "-ec", script)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", script, err, out)
		}
		return string(out)
	}
	public := shell("age-keygen -o noegle.txt 2>/dev/null && age-keygen -y noegle.txt")
	if err := os.WriteFile(filepath.Join(dir, "pakke.tar.age"), h.write(t, public, ""), 0o600); err != nil {
		t.Fatal(err)
	}
	out := shell("age -d -i noegle.txt pakke.tar.age | tar xf - && cd sag-" + h.order.Case + " && sha256sum -c MANIFEST.sha256 && ls")
	for _, want := range []string{"original.eml: OK", "fund.json: OK", "fortegnelse.csv: OK", "log.json: OK", "LAES-MIG.txt: OK"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	folder := filepath.Join(dir, "sag-"+h.order.Case)
	if got, err := os.ReadFile(filepath.Join(folder, "original.eml")); err != nil || string(got) != handoutMail {
		t.Errorf("%q %v", got, err)
	}
	for _, name := range []string{"fund.json", "fortegnelse.csv", "fortegnelse.json", "log.json", "LAES-MIG.txt"} {
		if b, err := os.ReadFile(filepath.Join(folder, name)); err != nil || len(b) == 0 || bytes.Contains(b, []byte(handoutNumber)) {
			t.Errorf("%s: %d bytes, a full number in it or %v", name, len(b), err)
		}
	}
	rep, err := handout.VerifyFolder(os.DirFS(folder), h.order.Sign.Public())
	if err != nil || rep.Files != 8 || rep.Lines != 2 {
		t.Fatal(rep, err)
	}
	// Any change shows.
	for name, change := range map[string]func([]byte) []byte{
		"original.eml": func(b []byte) []byte { return append(b, ' ') },
		"log.json":     func(b []byte) []byte { return bytes.Replace(b, []byte("Politiet"), []byte("Pressens"), 1) },
		"mere.txt":     func([]byte) []byte { return []byte("mere") },
	} {
		at := filepath.Join(folder, name)
		before, readErr := os.ReadFile(at)
		if err := os.WriteFile(at, change(bytes.Clone(before)), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := handout.VerifyFolder(os.DirFS(folder), ""); err == nil || strings.Contains(err.Error(), "Pressens") {
			t.Errorf("%s changed: %v", name, err)
		}
		if err := os.WriteFile(at, before, 0o600); readErr != nil || err != nil {
			if err := os.Remove(at); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestWithAPassphrase(t *testing.T) {
	if testing.Short() {
		t.Skip("a passphrase costs what guessing must cost")
	}
	h := newHandoutHouse(t)
	const phrase = "en ret lang adgangssætning"
	sealed := h.write(t, "", phrase)
	plain, err := handout.Open(bytes.NewReader(sealed), phrase, nil)
	if err != nil {
		t.Fatal(err)
	}
	tarred, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	if rep, err := handout.Verify(bytes.NewReader(tarred), ""); err != nil || rep.Lines != 2 || rep.Key != h.order.Sign.Public() {
		t.Error(rep, err)
	}
	// Somebody who made everything anew cannot have signed it with our key.
	other, err := ledger.OpenSigner(filepath.Join(t.TempDir(), "ledger.key"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := handout.Verify(bytes.NewReader(tarred), other.Public()); err == nil {
		t.Error("signed with any key")
	}
	for cut := 0; cut < len(tarred)-1536; cut += 1 + len(tarred)/20 {
		if _, err := handout.Verify(bytes.NewReader(tarred[:cut]), ""); err == nil {
			t.Errorf("whole with %d of %d bytes", cut, len(tarred))
		}
	}
	if _, err := handout.Open(bytes.NewReader(sealed), "en anden lang sætning", nil); err == nil {
		t.Error("opened with another passphrase")
	}
	lines, err := h.service.History(t.Context(), h.order.Case)
	if err != nil || len(lines) != 2 || lines[1].Verb != "case-exported" || lines[1].Detail["reason"] != h.order.Reason || lines[1].Detail["receiver"] != h.order.Receiver || lines[1].Detail["sealed-to"] != "adgangssætning" {
		t.Error(lines, err)
	}
}

func TestWhatIsRefused(t *testing.T) {
	h := newHandoutHouse(t)
	for _, c := range [][2]string{{"", ""}, {"age1abc", ""}, {"", "kort"}, {"AGE-SECRET-KEY-1QQ", ""}, {"age1abc", "en ret lang adgangssætning"}} {
		if _, err := handout.NewLock(c[0], c[1]); err == nil || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%q: %v", c, err)
		}
	}
	lock, err := handout.NewLock("", "en ret lang adgangssætning")
	if err != nil {
		t.Fatal(err)
	}
	good := h.order
	for name, change := range map[string]func(*handout.Order){
		"no lock": func(o *handout.Order) { o.Lock = handout.Lock{} }, "no reason": func(o *handout.Order) { o.Reason = " " }, "no receiver": func(o *handout.Order) { o.Receiver = "" },
		"a number in the reason": func(o *handout.Order) { o.Reason = "om " + handoutNumber }, "no key": func(o *handout.Order) { o.Opener = nil }, "no case": func(o *handout.Order) { o.Case = "01ABC" },
	} {
		o := good
		o.Lock = lock
		change(&o)
		var b bytes.Buffer
		if err := handout.Write(t.Context(), h.service, o, &b); err == nil || b.Len() > 0 {
			t.Errorf("%s: %d bytes, %v", name, b.Len(), err)
		}
	}
	if lines, err := h.service.History(t.Context(), h.order.Case); err != nil || len(lines) != 1 {
		t.Errorf("a refused one stands in the ledger: %v %v", lines, err)
	}
}

func FuzzVerify(f *testing.F) {
	f.Add([]byte("no tar"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := handout.Verify(bytes.NewReader(b), ""); err == nil {
			t.Error("anything verifies")
		}
	})
}
