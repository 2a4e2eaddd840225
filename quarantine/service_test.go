package quarantine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"brevvagt/internal/store"
	"brevvagt/internal/storetest"
	"brevvagt/quarantine"
	"brevvagt/quarantine/vault"

	"filippo.io/age"
)

// bench is a whole quarantine in a directory: real database, real keys.
type bench struct {
	dir     string
	db      *store.DB
	vault   *vault.Vault
	opener  *vault.Opener
	service *quarantine.Service
	source  *fakeSource
	clock   *clock
	log     *bytes.Buffer
}

type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(time.Millisecond)
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// fakeSource is a releaser that keeps what it was given.
type fakeSource struct {
	mu        sync.Mutex
	needs     bool
	err       error
	delivered []delivery
	notices   []string
}

type delivery struct {
	c    *quarantine.Case
	body []byte
}

func (f *fakeSource) NeedsContent() bool { return f.needs }

func (f *fakeSource) Release(_ context.Context, c *quarantine.Case, content io.Reader) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return "", f.err
	}
	var body []byte
	if content != nil {
		var err error
		if body, err = io.ReadAll(content); err != nil {
			return "", err
		}
	}
	f.delivered = append(f.delivered, delivery{c, body})
	return "250 2.0.0 Ok: queued", nil
}

func (f *fakeSource) Reject(_ context.Context, _ *quarantine.Case, text string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return f.err
	}
	f.notices = append(f.notices, text)
	return nil
}

func newBench(t testing.TB, needsContent bool) *bench {
	t.Helper()
	id, err := vault.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{dir: t.TempDir(), opener: id.Opener(), source: &fakeSource{needs: needsContent}, log: &bytes.Buffer{},
		clock: &clock{t: time.Date(2026, 11, 24, 9, 15, 0, 0, time.UTC)}}
	b.open(t)
	return b
}

// open starts the quarantine in the directory, as a daemon does.
func (b *bench) open(t testing.TB) {
	t.Helper()
	db, err := storetest.Open(t.Context(), store.Options{Path: filepath.Join(b.dir, "state", "brevvagt.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	recipient, err := vault.ParseRecipient(b.opener.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	v, err := vault.New(filepath.Join(b.dir, "vault"), []age.Recipient{recipient})
	if err != nil {
		t.Fatal(err)
	}
	s, err := quarantine.New(quarantine.Config{Store: db, Vault: v, Releasers: map[string]quarantine.Releaser{"gateway": b.source},
		Outbox: filepath.Join(b.dir, "outbox"), Now: b.clock.now,
		Log: slog.New(slog.NewTextHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	b.db, b.vault, b.service = db, v, s
}

func deposit(item string) quarantine.Deposit {
	return quarantine.Deposit{Source: "gateway", ItemID: item, Kind: "mail", Name: "Til support", From: "a@kommune.example",
		To: []string{"support@leverandoer.example"}, Subject: "Fejl i lønkørsel", MessageID: "<" + strings.TrimPrefix(item, "item-") + "@kommune.example>",
		Received: time.Date(2026, 11, 24, 9, 14, 0, 0, time.UTC), Receipt: []byte("receipt of " + item),
		Rules:   []quarantine.Rule{{ID: "cpr-unprotected", Danish: "3 CPR-numre til en modtager uden sikker forbindelse", English: "3 CPR numbers"}},
		Numbers: 3, Persons: 3, DataTypes: []string{"CPR-nr.", "Økonomiske oplysninger"},
		Evidence: []quarantine.Evidence{{Detector: "cpr", Value: "070761-xxxx", Before: "nr. ", Match: "070761-xxxx", After: " i dag", OCR: true}},
		Pictures: []quarantine.Picture{{Path: "mail.eml/skærm.png", Page: 1, PNG: []byte("\x89PNG one")}, {Path: "b.png", Page: 2, PNG: []byte("\x89PNG two")}},
	}
}

var original = []byte("From: a@kommune.example\r\nMessage-ID: <1@kommune.example>\r\n\r\nNummeret er 070761-4285.\r\n")

func (b *bench) hold(t *testing.T, d quarantine.Deposit) *quarantine.Case {
	t.Helper()
	c, err := b.service.Hold(t.Context(), d, original)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (b *bench) verbs(t *testing.T, id string) string {
	t.Helper()
	lines, err := b.service.History(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var verbs []string
	for _, l := range lines {
		verbs = append(verbs, l.Actor+":"+l.Verb)
	}
	if _, err := b.service.Ledger().Verify(t.Context()); err != nil {
		t.Errorf("ledger: %v", err)
	}
	return strings.Join(verbs, " ")
}

func TestHoldKeepsEverythingOnce(t *testing.T) {
	b := newBench(t, true)
	first := b.hold(t, deposit("item-1"))
	again := b.hold(t, deposit("item-1"))
	if first.ID != again.ID {
		t.Fatalf("the same item became two cases: %s and %s", first.ID, again.ID)
	}
	c, err := b.service.Get(t.Context(), first.ID)
	if err != nil {
		t.Fatal(err)
	}
	if c.State != quarantine.Held || c.DraftNo != "2026-01" || c.PictureCount != 2 || c.Size != int64(len(original)) ||
		c.Subject != "Fejl i lønkørsel" || len(c.Evidence) != 1 || c.Numbers != 3 || !c.HeldAt.Equal(first.HeldAt) {
		t.Errorf("case came back changed: %+v", c)
	}
	if c.Receipt != nil {
		t.Error("a shown case holds its receipt")
	}
	r, err := b.service.Original(t.Context(), c.ID, "dpo", "gennemsyn", b.opener)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, original) {
		t.Errorf("original came back changed (%v)", err)
	}
	if png, err := b.service.Picture(t.Context(), c.ID, 1, "dpo", b.opener); err != nil || string(png) != "\x89PNG two" {
		t.Errorf("picture: %q, %v", png, err)
	}
	if got, want := b.verbs(t, c.ID), "brevvagt:held dpo:original-opened dpo:picture-shown"; got != want {
		t.Errorf("history %q, want %q", got, want)
	}
	d, err := b.service.Draft(t.Context(), c.ID)
	if err != nil || d.No != "2026-01" || d.Notify != "Nej [forslag]" {
		t.Errorf("draft %+v, %v", d, err)
	}
}

func TestHoldAtTheSameTimeIsOneCase(t *testing.T) {
	b := newBench(t, true)
	ids := make([]string, 8)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			if c, err := b.service.Hold(t.Context(), deposit("same"), original); err == nil {
				ids[i] = c.ID
			}
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id == "" || id != ids[0] {
			t.Fatalf("cases %v", ids)
		}
	}
	if objects, err := b.vault.Objects(); err != nil || len(objects) != 3 {
		t.Errorf("vault holds %v, %v", objects, err)
	}
}

// TestReleaseFromACopy: a copy opens a case without a key when it is what was held.
func TestReleaseFromACopy(t *testing.T) {
	b := newBench(t, true)
	c := b.hold(t, deposit("item-1"))
	from := func(copied []byte, err error) quarantine.Decision {
		return quarantine.Decision{By: quarantine.BySender, Reason: "aftalt", Copy: func() ([]byte, error) { return copied, err }}
	}
	for name, d := range map[string]quarantine.Decision{"another mail": from(append(bytes.Clone(original), '\n'), nil), "nothing": from(nil, nil), "no copy": from(nil, os.ErrNotExist)} {
		if _, err := b.service.Release(t.Context(), c.ID, d); !errors.Is(err, quarantine.ErrLocked) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(b.source.delivered) != 0 {
		t.Fatal("something else was delivered")
	}
	if got, err := b.service.Release(t.Context(), c.ID, from(bytes.Clone(original), nil)); err != nil || got.State != quarantine.Released {
		t.Fatalf("%+v %v", got, err)
	}
	if len(b.source.delivered) != 1 || !bytes.Equal(b.source.delivered[0].body, original) {
		t.Errorf("delivered %d times or changed", len(b.source.delivered))
	}
}

func TestReleaseDeliversByteForByte(t *testing.T) {
	b := newBench(t, true)
	c := b.hold(t, deposit("item-1"))
	if _, err := b.service.Release(t.Context(), c.ID, quarantine.Decision{By: "dpo"}); !errors.Is(err, quarantine.ErrReason) {
		t.Errorf("release without reason: %v", err)
	}
	if _, err := b.service.Release(t.Context(), c.ID, quarantine.Decision{By: "dpo", Reason: "falsk alarm"}); !errors.Is(err, quarantine.ErrLocked) {
		t.Errorf("release without key: %v", err)
	}
	if _, err := b.service.Release(t.Context(), c.ID, quarantine.Decision{By: "dpo", Reason: "borger 070761-4285 har bedt om det", Opener: b.opener}); err == nil {
		t.Error("a reason with a number was kept")
	}
	got, err := b.service.Release(t.Context(), c.ID, quarantine.Decision{By: "dpo", Reason: "modtager bekræftet", Opener: b.opener})
	if err != nil {
		t.Fatal(err)
	}
	if got.State != quarantine.Released || got.ReleaseRefs != "250 2.0.0 Ok: queued" || got.DecidedBy != "dpo" {
		t.Errorf("released case %+v", got)
	}
	if len(b.source.delivered) != 1 || !bytes.Equal(b.source.delivered[0].body, original) {
		t.Fatalf("delivered %d times or changed", len(b.source.delivered))
	}
	if full := b.source.delivered[0].c; full.ItemID != "item-1" || string(full.Receipt) != "receipt of item-1" || full.To[0] != "support@leverandoer.example" {
		t.Errorf("the releaser got %+v", full)
	}
	if left, _ := os.ReadDir(filepath.Join(b.dir, "outbox")); len(left) != 0 {
		t.Errorf("outbox still holds %v", left)
	}
	d, err := b.service.Draft(t.Context(), c.ID)
	if err != nil || d.Status != "muligt brud" || !strings.HasPrefix(d.Notify, "[DPO afgør], frist 27.11.2026 kl. 10.15") || d.NotifyReason != "" || !d.Confirmed.IsZero() {
		t.Errorf("draft after release %+v, %v", d, err)
	}
	if got, want := b.verbs(t, c.ID), "brevvagt:held dpo:release-requested brevvagt:released"; got != want {
		t.Errorf("history %q, want %q", got, want)
	}
	if _, err := b.service.Reject(t.Context(), c.ID, quarantine.Decision{By: "dpo", Reason: "fortrudt"}); !errors.Is(err, quarantine.ErrState) {
		t.Errorf("rejecting a released case: %v", err)
	}
}

func TestRejectTellsTheSenderKindAndCount(t *testing.T) {
	b := newBench(t, false)
	c := b.hold(t, deposit("item-1"))
	got, err := b.service.Reject(t.Context(), c.ID, quarantine.Decision{By: "dpo", Reason: "skal sendes sikkert"})
	if err != nil || got.State != quarantine.Rejected {
		t.Fatalf("%+v, %v", got, err)
	}
	if len(b.source.notices) != 1 || !strings.Contains(b.source.notices[0], "Vi fandt 3 CPR-numre") || strings.Contains(b.source.notices[0], "070761") {
		t.Errorf("notice %q", b.source.notices)
	}
	d, err := b.service.Draft(t.Context(), c.ID)
	if err != nil || !strings.Contains(d.Measures, "Afsenderen har fået mailen retur 24.11.2026 kl. 10.15") || d.Status != "afværget hændelse" {
		t.Errorf("draft %+v, %v", d, err)
	}
}

func TestListAndCounts(t *testing.T) {
	b := newBench(t, false)
	for i := range 5 {
		b.hold(t, deposit(fmt.Sprint("item-", i)))
	}
	all, total, err := b.service.List(t.Context(), quarantine.Filter{Limit: 2, Offset: 1})
	if err != nil || total != 5 || len(all) != 2 || all[0].DraftNo != "2026-04" {
		t.Fatalf("%d of %d, %v", len(all), total, err)
	}
	if _, err := b.service.Reject(t.Context(), all[0].ID, quarantine.Decision{By: "dpo", Reason: "nej"}); err != nil {
		t.Fatal(err)
	}
	counts, err := b.service.Counts(t.Context())
	if err != nil || counts[quarantine.Held] != 4 || counts[quarantine.Rejected] != 1 {
		t.Errorf("%v, %v", counts, err)
	}
	if _, total, err = b.service.List(t.Context(), quarantine.Filter{States: []quarantine.State{quarantine.Rejected, quarantine.Gone}}); err != nil || total != 1 {
		t.Errorf("%d, %v", total, err)
	}
	if _, err := b.service.Get(t.Context(), "nix"); !errors.Is(err, quarantine.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

// A mail of 200 KiB with two small pictures: three sealed files and a transaction,
// all synced to disk.
func BenchmarkHold200KiB(b *testing.B) {
	q := newBench(b, true)
	body := bytes.Repeat([]byte("x"), 200<<10)
	for n := 0; b.Loop(); n++ {
		if _, err := q.service.Hold(b.Context(), deposit(fmt.Sprint("item-", n)), body); err != nil {
			b.Fatal(err)
		}
	}
}
