package quarantine_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brevvagt/internal/spent"
	"brevvagt/quarantine/vault"

	"filippo.io/age"
)

func TestPassphraseUnlocksTheKey(t *testing.T) {
	id := identity(t)
	blob, err := id.Protect("korrekt hest batteri hæfteklamme")
	if err != nil {
		t.Fatal(err)
	}
	began := spent.Processor()
	o, err := vault.Unlock(blob, "korrekt hest batteri hæfteklamme")
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("unlocking took %v", (spent.Processor() - began).Round(time.Millisecond))
	if o.Recipient() != id.Recipient() {
		t.Error("another key came out")
	}
	if blob, err = id.ProtectAt("korrekt hest batteri hæfteklamme", 4); err != nil { // guessing is not what the rest is about
		t.Fatal(err)
	}
	for _, wrong := range []string{"korrekt hest", ""} {
		if _, err := vault.Unlock(blob, wrong); !errors.Is(err, vault.ErrPassphrase) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	for _, garbage := range [][]byte{nil, []byte("x"), blob[:len(blob)/2]} {
		if _, err := vault.Unlock(garbage, "x"); err == nil {
			t.Error("unlocked garbage")
		}
	}
}

// A blob from elsewhere must not make the daemon work for minutes.
func TestTooDearAnIdentityIsRefused(t *testing.T) {
	blob := []byte("age-encryption.org/v1\n-> scrypt bBjlhJVYZeE4aqUdmtRHfw 30\nZV/AhotwSGqaPCU43cepl4WYUouAa17a3xpu4G2yi5k\n--- " + strings.Repeat("A", 43) + "\n")
	began := spent.Processor()
	if _, err := vault.Unlock(blob, "x"); err == nil || spent.Processor()-began > time.Second {
		t.Errorf("%v after %v", err, spent.Processor()-began)
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	id := identity(t)
	for _, text := range []string{fmt.Sprint(id), fmt.Sprintf("%v %+v %#v %s", id, id, id, id), fmt.Sprintf("%v %+v %#v", id.Opener(), id.Opener(), id.Opener())} {
		if strings.Contains(text, "SECRET") || strings.Contains(text, "0x") {
			t.Errorf("printed %q", text)
		}
	}
}

func TestRecipientsFile(t *testing.T) {
	a, b := identity(t).Recipient(), identity(t).Recipient()
	classic, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	hybrid, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text string
		keys int
		err  string
	}{
		"two with comments":  {"# DPO\n" + a + "\n\n  " + b + "\r\n# end", 2, ""},
		"named twice":        {a + "\n" + a + "\n", 1, ""},
		"garbage on line 3":  {a + "\n\nage1nonsense\n", 0, "recipients.txt:3: not a public key"},
		"classic key":        {a + "\n" + classic.Recipient().String() + "\n", 0, "recipients.txt:2: not a public key"},
		"secret key":         {"\n" + hybrid.String() + "\n", 0, "recipients.txt:2: this is a secret key"},
		"classic secret key": {classic.String(), 0, "recipients.txt:1: "},
		"nothing":            {"# none\n", 0, "recipients.txt: no public key"},
		"endless line":       {a + "\n" + strings.Repeat("a", 10_000), 0, "recipients.txt:2: "},
	} {
		path := filepath.Join(t.TempDir(), "recipients.txt")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		list, err := vault.Recipients(path)
		if len(list) != c.keys || (err == nil) != (c.err == "") || (err != nil && !strings.Contains(err.Error(), c.err)) {
			t.Errorf("%s: %d keys, %v", name, len(list), err)
		}
		if err != nil && strings.Contains(err.Error(), "AGE-SECRET-KEY-PQ-1") {
			t.Errorf("%s: the error quotes a secret", name)
		}
	}
	if _, err := vault.Recipients(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

func FuzzParseRecipients(f *testing.F) {
	f.Add("# comment\n")
	f.Add("age1pq1qqqq\nAGE-SECRET-KEY-1\n")
	id, err := vault.NewIdentity()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(id.Recipient() + "\n" + id.Recipient()[:100])
	f.Fuzz(func(t *testing.T, text string) {
		list, err := vault.ParseRecipients("f", strings.NewReader(text))
		if (err == nil) != (len(list) > 0) {
			t.Errorf("%d keys with error %v", len(list), err)
		}
	})
}

func BenchmarkUnlock(b *testing.B) {
	blob, err := identity(b).Protect("korrekt hest batteri")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := vault.Unlock(blob, "korrekt hest batteri"); err != nil {
			b.Fatal(err)
		}
	}
}
