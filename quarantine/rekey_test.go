package quarantine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"filippo.io/age"

	"brevvagt/internal/store"
	"brevvagt/internal/storetest"
	"brevvagt/quarantine"
	"brevvagt/quarantine/ledger"
	"brevvagt/quarantine/rekey"
	"brevvagt/quarantine/vault"
)

const (
	rekeyDo   = "seal anew" // what TestMain is told
	rekeyPass = "en nøgle til prøven"
)

// rekeyHouse is a quarantine in a folder, with the keys of three people.
type rekeyHouse struct {
	dir     string
	db      *store.DB
	service *quarantine.Service
	keys    map[string]*vault.Opener
}

func openRekey(ctx context.Context, dir string, crash func(string), recipients ...string) (*quarantine.Service, *store.DB, error) {
	db, err := storetest.Open(ctx, store.Options{Path: filepath.Join(dir, "state", "brevvagt.db")})
	if err != nil {
		return nil, nil, err
	}
	var list []age.Recipient
	for _, text := range recipients {
		r, err := vault.ParseRecipient(text)
		if err != nil {
			return nil, nil, err
		}
		list = append(list, r)
	}
	v, err := vault.New(filepath.Join(dir, "vault"), list)
	if err != nil {
		return nil, nil, err
	}
	s, err := quarantine.New(quarantine.Config{Store: db, Vault: v, Outbox: filepath.Join(dir, "outbox"), Crash: crash})
	return s, db, err
}

func newRekeyHouse(t *testing.T, cases int) *rekeyHouse {
	t.Helper()
	h := &rekeyHouse{dir: t.TempDir(), keys: map[string]*vault.Opener{}}
	for _, name := range []string{"gammel", "ny", "bankboks"} {
		id, err := vault.NewIdentity()
		if err != nil {
			t.Fatal(err)
		}
		h.keys[name] = id.Opener()
	}
	h.reopen(t, "gammel")
	for i := range cases {
		d := quarantine.Deposit{Source: "gateway", ItemID: fmt.Sprint("item-", i), Kind: "mail", From: "a@kommune.example", To: []string{"b@firma.example"},
			Evidence: []quarantine.Evidence{{Detector: "cpr", Category: "national-id", Value: "070761-xxxx", Path: "mail.eml"}}, Clear: quarantine.Values{"070761-4285"},
			Pictures: []quarantine.Picture{{Path: "mail.eml/a.png", Page: 1, PNG: []byte("\x89PNG\r\n\x1a\nbillede")}}}
		if _, err := h.service.Hold(t.Context(), d, []byte(fmt.Sprint("original nummer ", i))); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func (h *rekeyHouse) reopen(t *testing.T, names ...string) {
	t.Helper()
	if h.db != nil {
		if err := h.db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	var recipients []string
	for _, n := range names {
		recipients = append(recipients, h.keys[n].Recipient())
	}
	s, db, err := openRekey(t.Context(), h.dir, nil, recipients...)
	if err != nil {
		t.Fatal(err)
	}
	h.service, h.db = s, db
	t.Cleanup(func() { db.Close() })
}

// opens reports whether a key opens all files of all cases, or none of them.
func (h *rekeyHouse) opens(t *testing.T, name string) bool {
	t.Helper()
	cases, _, err := h.service.List(t.Context(), quarantine.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	good, all := 0, 0
	for _, c := range cases {
		r, err := h.service.Original(t.Context(), c.ID, "dpo", "prøve", h.keys[name])
		all++
		if err == nil {
			b, err := io.ReadAll(r)
			r.Close()
			if err == nil && bytes.HasPrefix(b, []byte("original nummer ")) {
				good++
			}
		}
		all += 2
		if png, err := h.service.Picture(t.Context(), c.ID, 0, "dpo", h.keys[name]); err == nil && bytes.HasSuffix(png, []byte("billede")) {
			good++
		}
		if v, err := h.service.Value(t.Context(), c.ID, 0, h.keys[name]); err == nil && v == "070761-4285" {
			good++
		}
	}
	if all == 0 || good != 0 && good != all {
		t.Errorf("%s opens %d of %d files", name, good, all)
	}
	return good == all
}

// files counts the sealed files.
func (h *rekeyHouse) files(t *testing.T) int {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(h.dir, "vault", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return len(slices.DeleteFunc(list, func(s string) bool { return strings.HasSuffix(s, "orphans") }))
}

func TestANewKeyOpensWhatIsOlderAndAWithdrawnOneNothing(t *testing.T) {
	h := newRekeyHouse(t, 3)
	h.reopen(t, "ny", "bankboks")
	if h.opens(t, "ny") || !h.opens(t, "gammel") {
		t.Fatal("before: the wrong key opens")
	}
	k := h.service.Rekey()
	if left, kept, err := k.Left(t.Context()); err != nil || left != 3 || kept != 3 {
		t.Fatal(left, kept, err)
	}
	var seen []rekey.Progress
	p, err := k.Run(t.Context(), "dpo", h.keys["gammel"], func(p rekey.Progress) { seen = append(seen, p) })
	if err != nil || p != (rekey.Progress{Done: 3, Total: 3}) || len(seen) != 3 || seen[0].Done != 1 {
		t.Fatal(p, seen, err)
	}
	if h.opens(t, "gammel") || !h.opens(t, "ny") || !h.opens(t, "bankboks") {
		t.Error("after: the wrong key opens")
	}
	if left, _, err := k.Left(t.Context()); err != nil || left != 0 || h.files(t) != 9 {
		t.Error(left, h.files(t), err)
	}
	if _, err := h.service.Ledger().Verify(t.Context()); err != nil {
		t.Error(err)
	}
	cases, _, err := h.service.List(t.Context(), quarantine.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	lines, err := h.service.History(t.Context(), cases[0].ID)
	if err != nil || !slices.ContainsFunc(lines, func(e ledger.Entry) bool {
		return e.Verb == "resealed" && e.Actor == "dpo" && e.Detail["cipher-sha256"] == cases[0].CipherSHA256
	}) {
		t.Errorf("the ledger does not know the new file: %v, %v", lines, err)
	}
	// Again: nothing to do, and nothing is written.
	before, err := h.service.Ledger().Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if p, err := k.Run(t.Context(), "dpo", h.keys["ny"], nil); err != nil || p.Total != 0 {
		t.Error(p, err)
	}
	if after, err := h.service.Ledger().Head(t.Context()); err != nil || after != before {
		t.Error(before, after, err)
	}
}

// TestSealedAnewWhileItIsRead: whoever opens a picture, a value or an original while its
// case gets other files always sees it.
func TestSealedAnewWhileItIsRead(t *testing.T) {
	h := newRekeyHouse(t, 0)
	own, original := h.keys["gammel"], bytes.Repeat([]byte("original"), 1<<18) // long to read
	d := quarantine.Deposit{Source: "gateway", ItemID: "item", Kind: "mail", From: "a@kommune.example", To: []string{"b@firma.example"},
		Evidence: []quarantine.Evidence{{Detector: "cpr", Category: "national-id", Value: "070761-xxxx", Path: "mail.eml"}}, Clear: quarantine.Values{"070761-4285"},
		Pictures: []quarantine.Picture{{Path: "mail.eml/a.png", Page: 1, PNG: []byte("\x89PNG\r\n\x1a\nbillede")}}}
	held, err := h.service.Hold(t.Context(), d, original)
	if err != nil {
		t.Fatal(err)
	}
	id := held.ID
	old, err := vault.ParseRecipient(own.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	more, err := vault.ParseRecipient(h.keys["ny"].Recipient())
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		keys := h.service.Rekey()
		var errs []error
		for i := range 12 {
			list := []age.Recipient{old}
			if i%2 == 0 {
				list = append(list, more)
			}
			_, err := keys.Run(t.Context(), "dpo", own, nil)
			errs = append(errs, keys.Vault.Use(list), err)
		}
		done <- errors.Join(errs...)
	}()
	for len(done) == 0 {
		_, err := h.service.Picture(t.Context(), id, 0, "dpo", own)
		value, wrong := h.service.Value(t.Context(), id, 0, own)
		if err = errors.Join(err, wrong); err != nil || value != "070761-4285" {
			t.Fatalf("%q, %v", value, err)
		}
		r, err := h.service.Original(t.Context(), id, "dpo", "prøve", own)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err = errors.Join(err, r.Close()); err != nil || !bytes.Equal(text, original) {
			t.Fatalf("%d bytes, %v", len(text), err)
		}
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestAKeyThatOpensNothingLeavesAllAsItWas(t *testing.T) {
	h := newRekeyHouse(t, 2)
	h.reopen(t, "ny")
	p, err := h.service.Rekey().Run(t.Context(), "dpo", h.keys["bankboks"], nil)
	if !errors.Is(err, rekey.ErrClosed) || p.Failed != 2 || p.Done != 0 {
		t.Fatal(p, err)
	}
	if !h.opens(t, "gammel") || h.files(t) != 6 {
		t.Errorf("%d files", h.files(t))
	}
}

// rekeyVictim seals anew and kills itself, as kill -9 would, at the named point.
func rekeyVictim(dir, _, point string) error {
	ctx := context.Background()
	blob, err := os.ReadFile(filepath.Join(dir, "identity"))
	if err != nil {
		return err
	}
	opener, err := vault.Unlock(blob, rekeyPass)
	if err != nil {
		return err
	}
	recipient, err := os.ReadFile(filepath.Join(dir, "recipient"))
	if err != nil {
		return err
	}
	name, nth, _ := strings.Cut(point, "#")
	count := 0
	s, db, err := openRekey(ctx, dir, func(at string) {
		if at != name {
			return
		}
		if count++; fmt.Sprint(count) == nth {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}, string(recipient))
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = s.Rekey().Run(ctx, "dpo", opener, nil)
	return err
}

func TestKilledWhileSealingAnew(t *testing.T) {
	points := []string{"rekey:committed#1", "rekey:sealed#1", "rekey:one-sealed#1", "rekey:one-sealed#2", "rekey:before-commit#1", "rekey:sealed#2", "rekey:committed#2"}
	if testing.Short() {
		points = points[:2] // before and after the transaction
	}
	for _, point := range points {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			h := newRekeyHouse(t, 2)
			blob, err := h.keys["gammel"].ProtectAt(rekeyPass, 4) // guessing is not what this is about
			if err != nil {
				t.Fatal(err)
			}
			for name, text := range map[string][]byte{"identity": blob, "recipient": []byte(h.keys["ny"].Recipient())} {
				if err := os.WriteFile(filepath.Join(h.dir, name), text, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := h.db.Close(); err != nil {
				t.Fatal(err)
			}
			h.db = nil
			kill(t, h.dir, rekeyDo, point)
			h.reopen(t, "ny")
			if _, err := h.service.Rekey().Run(t.Context(), "dpo", h.keys["gammel"], nil); err != nil {
				t.Fatal(err)
			}
			if !h.opens(t, "ny") || h.opens(t, "gammel") || h.files(t) != 6 {
				t.Errorf("%d files", h.files(t))
			}
			if _, err := h.service.Ledger().Verify(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestRecoveryKeys(t *testing.T) {
	h := newRekeyHouse(t, 0)
	k := h.service.Rekey()
	key := h.keys["bankboks"].Recipient()
	if err := k.Add(t.Context(), "dpo", "Bankboks", key); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "age1abc", "AGE-SECRET-KEY-PQ-1ABC"} {
		if err := k.Add(t.Context(), "dpo", "Bankboks", bad); err == nil || strings.Contains(err.Error(), "1ABC") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if err := k.Add(t.Context(), "dpo", " ", key); !errors.Is(err, rekey.ErrName) {
		t.Error(err)
	}
	if list, err := rekey.Recoveries(t.Context(), h.db); err != nil || len(list) != 1 || list[0].Name != "Bankboks" {
		t.Error(list, err)
	}
	if err := k.Remove(t.Context(), "dpo", "0123456789abcdef"); !errors.Is(err, rekey.ErrUnknown) {
		t.Error(err)
	}
	if err := k.Remove(t.Context(), "dpo", vault.Fingerprint(key)); err != nil {
		t.Error(err)
	}
	if list, err := rekey.Recipients(t.Context(), h.db); err != nil || len(list) != 0 {
		t.Error(list, err)
	}
	lines, err := h.service.Ledger().Page(t.Context(), 0, 10)
	if err != nil || len(lines) != 2 || lines[1].Verb != "recovery-key-removed" {
		t.Error(lines, err)
	}
}
