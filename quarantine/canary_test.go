package quarantine_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"brevvagt/internal/store"
	"brevvagt/internal/storetest"
	"brevvagt/quarantine"
)

// canaries are synthetic numbers: born 2041 with modulus 11, and the number that
// the CPR office prints as its example; in several spellings.
var canaries = []string{"070761-4285", "0707614285", "070761 4285", "07 07 61 42 85", "070761−4285", "120336-3951"}

// careless is a deposit whose bridge forgot to mask anything.
func careless(item, number string) quarantine.Deposit {
	d := deposit(item)
	d.ItemID = "/deling/" + number + "/" + item
	d.Name, d.From, d.Subject = "sag "+number+".eml", number+"@kommune.example", "Vedr. "+number
	d.To = []string{"post+" + number + "@firma.example"}
	d.MessageID = "<" + number + "@kommune.example>"
	d.Receipt = []byte(`{"path":"/deling/` + number + `"}`)
	d.Gaps = []string{number + ".zip: krypteret"}
	d.DataTypes = []string{number}
	d.Rules[0].Danish, d.Rules[0].English = "fandt "+number, "found "+number
	// Cut in the middle of the number, as a hit may be.
	d.Evidence = []quarantine.Evidence{{Value: number, Path: number + ".pdf", Cell: number, Why: []string{number}, Before: "nr " + number[:4], Match: number[4:], After: " slut"}}
	d.Pictures[0].Path = number + ".png"
	return d
}

// No planted number may stand in any file after cases were held, looked at,
// released, refused, failed and exported.
func TestCanary(t *testing.T) {
	b := newBench(t, true)
	for i, number := range canaries {
		body := []byte("Message-ID: <1>\r\n\r\n" + number)
		c, err := b.service.Hold(t.Context(), careless(string(rune('a'+i)), number), body)
		if err != nil {
			t.Fatalf("%d: %v", i, err)
		}
		if again, err := b.service.Hold(t.Context(), careless(string(rune('a'+i)), number), body); err != nil || again.ID != c.ID {
			t.Errorf("%d: a second case, %v", i, err)
		}
		notice := quarantine.RejectNotice(c)
		for _, bad := range []string{number, strings.ReplaceAll(number, "-", "")} {
			if strings.Contains(notice, bad) {
				t.Errorf("the notice names %s", bad)
			}
		}
		// A number in a reason is refused, and the refusal does not repeat it.
		if _, err := b.service.Reject(t.Context(), c.ID, quarantine.Decision{By: "dpo", Reason: "borger " + number}); err == nil || strings.Contains(err.Error(), number) {
			t.Errorf("reason: %v", err)
		}
		b.source.err = &leaky{number}
		if _, err := b.service.Release(t.Context(), c.ID, b.decision()); err == nil {
			t.Error("a refused release succeeded")
		}
		b.source.err = nil
		if i%2 == 0 {
			_, err = b.service.Release(t.Context(), c.ID, b.decision())
		} else {
			_, err = b.service.Reject(t.Context(), c.ID, b.decision())
		}
		if err != nil {
			t.Fatalf("%d: %v", i, err)
		}
		if full := lastCase(b); full != nil && i%2 == 0 && (full.ItemID != "/deling/"+number+"/"+string(rune('a'+i)) || !strings.Contains(string(full.Receipt), number)) {
			t.Errorf("the releaser did not get back what it gave: %+v", full)
		}
	}
	export(t, b)
	if err := b.db.Close(); err != nil { // writes the log into the database
		t.Fatal(err)
	}
	search(t, b.dir)
	if text := b.log.String(); text == "" || found(text) != "" {
		t.Errorf("log names %q", found(text))
	}
}

// While the daemon runs the write-ahead log is a file of its own.
func TestCanaryInTheOpenDatabase(t *testing.T) {
	b := newBench(t, false)
	for i, number := range canaries {
		b.hold(t, careless(string(rune('a'+i)), number))
	}
	search(t, b.dir)
	list, _, err := b.service.List(t.Context(), quarantine.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		if !strings.Contains(c.Subject, "xx") || !strings.Contains(c.Evidence[0].Before+c.Evidence[0].Match, "xx") {
			t.Errorf("not masked: %q %q", c.Subject, c.Evidence[0].Match)
		}
	}
}

// A missing key must stop the start, not make a second one.
func TestTheReceiptKeyMustStay(t *testing.T) {
	b := newBench(t, false)
	b.hold(t, deposit("item-1"))
	if err := b.db.Close(); err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(b.dir, "state", "receipt.key")
	saved, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	start := func() error {
		db, err := storetest.Open(t.Context(), store.Options{Path: b.db.Path()})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		_, err = quarantine.New(quarantine.Config{Store: db, Vault: b.vault, Outbox: filepath.Join(b.dir, "outbox")})
		return err
	}
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	if err := start(); err == nil || !strings.Contains(err.Error(), "receipt.key is missing") {
		t.Errorf("without the key: %v", err)
	}
	if err := os.WriteFile(key, saved[:10], 0o600); err != nil {
		t.Fatal(err)
	}
	if err := start(); err == nil {
		t.Error("started with a short key")
	}
	if err := os.WriteFile(key, saved, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := start(); err != nil {
		t.Error(err)
	}
}

type leaky struct{ number string }

func (l *leaky) Error() string { return "550 refused mail about " + l.number }

func lastCase(b *bench) *quarantine.Case {
	if len(b.source.delivered) == 0 {
		return nil
	}
	return b.source.delivered[len(b.source.delivered)-1].c
}

func export(t *testing.T, b *bench) {
	t.Helper()
	drafts, err := b.service.Register().List(t.Context(), 0)
	if err != nil || len(drafts) != len(canaries) {
		t.Fatalf("%d drafts, %v", len(drafts), err)
	}
	out, err := os.Create(filepath.Join(b.dir, "register.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if err := b.service.Register().WriteCSV(out, drafts); err != nil {
		t.Fatal(err)
	}
}

func search(t *testing.T, dir string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		if c := found(string(text)); c != "" {
			t.Errorf("%s holds the planted %q", filepath.Base(path), c)
		}
		if c := found(path); c != "" {
			t.Errorf("a file name holds %q", c)
		}
		return nil
	})
	if err != nil || files < 4 {
		t.Fatalf("searched %d files, %v", files, err)
	}
}

func found(text string) string {
	for _, c := range canaries {
		if strings.Contains(text, c) {
			return c
		}
	}
	return ""
}
