package quarantine_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"brevvagt/quarantine/vault"

	"filippo.io/age"
)

func newVault(t testing.TB, ids ...*vault.Identity) (*vault.Vault, string) {
	t.Helper()
	var list []age.Recipient
	for _, id := range ids {
		r, err := vault.ParseRecipient(id.Recipient())
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	dir := filepath.Join(t.TempDir(), "vault")
	v, err := vault.New(dir, list)
	if err != nil {
		t.Fatal(err)
	}
	return v, dir
}

func identity(t testing.TB) *vault.Identity {
	t.Helper()
	id, err := vault.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func read(t *testing.T, v *vault.Vault, s vault.Sealed, o *vault.Opener) ([]byte, error) {
	t.Helper()
	r, err := v.Open(t.Context(), s, o)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func TestEveryRecipientOpensWhatWasSealed(t *testing.T) {
	dpo, recovery, stranger := identity(t), identity(t), identity(t)
	v, dir := newVault(t, dpo, recovery)
	for _, size := range []int{0, 1, 64 << 10, 64<<10 + 1, 300_000} { // around age's chunk of 64 KiB
		body := bytes.Repeat([]byte("070761-4285 "), size/12+1)[:size]
		s, err := v.Seal(t.Context(), fmt.Sprint("case-", size), bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(body)
		if s.Size != int64(size) || s.PlainSHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("size %d: recorded %+v", size, s)
		}
		raw, err := os.ReadFile(filepath.Join(dir, s.Object))
		if err != nil || bytes.Contains(raw, []byte("070761")) {
			t.Errorf("size %d: the sealed file shows its content (%v)", size, err)
		}
		if cipher := sha256.Sum256(raw); s.CipherSHA256 != hex.EncodeToString(cipher[:]) {
			t.Errorf("size %d: wrong hash of the sealed file", size)
		}
		for _, id := range []*vault.Identity{dpo, recovery} {
			if got, err := read(t, v, s, id.Opener()); err != nil || !bytes.Equal(got, body) {
				t.Errorf("size %d: came back changed (%v)", size, err)
			}
		}
		if _, err := read(t, v, s, stranger.Opener()); err == nil {
			t.Errorf("size %d: a stranger opened it", size)
		}
		if _, err := read(t, v, s, nil); err == nil {
			t.Errorf("size %d: opened without a key", size)
		}
		if err := v.Check(t.Context(), s); err != nil {
			t.Errorf("size %d: %v", size, err)
		}
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("vault mode %v, %v", info.Mode(), err)
	}
}

func TestTamperingShows(t *testing.T) {
	id := identity(t)
	v, dir := newVault(t, id)
	seal := func(name, body string) vault.Sealed {
		s, err := v.Seal(t.Context(), name, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	a, b := seal("a", strings.Repeat("a", 70_000)), seal("b", "the other case")
	raw, err := os.ReadFile(filepath.Join(dir, a.Object))
	if err != nil {
		t.Fatal(err)
	}
	for name, changed := range map[string][]byte{
		"one bit":  append(append([]byte{}, raw[:5000]...), append([]byte{raw[5000] ^ 1}, raw[5001:]...)...),
		"cut":      raw[:len(raw)-100],
		"longer":   append(append([]byte{}, raw...), 0),
		"emptied":  {},
		"replaced": mustRead(t, filepath.Join(dir, b.Object)), // a whole sealed file, validly encrypted to the same key
	} {
		if err := os.WriteFile(filepath.Join(dir, a.Object), changed, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := read(t, v, a, id.Opener()); !errors.Is(err, vault.ErrChanged) {
			t.Errorf("%s: %v", name, err)
		}
		if err := v.Check(t.Context(), a); !errors.Is(err, vault.ErrChanged) {
			t.Errorf("%s, check: %v", name, err)
		}
	}
	// The plain hash is checked as well: here the record, not the file, was changed.
	b.PlainSHA256 = a.PlainSHA256
	if _, err := read(t, v, b, id.Opener()); !errors.Is(err, vault.ErrChanged) {
		t.Errorf("plain hash: %v", err)
	}
	if err := v.Delete(a.Object); err != nil {
		t.Fatal(err)
	}
	if _, err := read(t, v, a, id.Opener()); !errors.Is(err, vault.ErrGone) {
		t.Errorf("deleted: %v", err)
	}
	if err := v.Delete(a.Object); err != nil {
		t.Errorf("deleting twice: %v", err)
	}
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestNamesCannotLeaveTheVault(t *testing.T) {
	v, dir := newVault(t, identity(t))
	for _, name := range []string{"", ".", "..", "../x", "a/b", "a.b", "-a", strings.Repeat("a", 81), "a\x00b"} {
		if _, err := v.Seal(t.Context(), name, strings.NewReader("x")); err == nil {
			t.Errorf("sealed as %q", name)
		}
		if err := v.Delete(name); err == nil {
			t.Errorf("deleted %q", name)
		}
		if _, err := v.Open(t.Context(), vault.Sealed{Object: name + ".age"}, identity(t).Opener()); err == nil {
			t.Errorf("opened %q", name)
		}
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 0 {
		t.Errorf("left behind: %v, %v", files, err)
	}
}

func TestAFailedSealLeavesNothing(t *testing.T) {
	v, dir := newVault(t, identity(t))
	broken := errors.New("broken")
	if _, err := v.Seal(t.Context(), "a", io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.Seal(ctx, "a", strings.NewReader("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 0 {
		t.Errorf("left behind: %v, %v", files, err)
	}
}

func TestOrphansAreSetAsideAndForgottenLater(t *testing.T) {
	v, dir := newVault(t, identity(t))
	for _, name := range []string{"a", "b"} {
		if _, err := v.Seal(t.Context(), name, strings.NewReader("x")); err != nil {
			t.Fatal(err)
		}
	}
	if err := v.SetAside([]string{"a.age"}, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	if list, err := v.Objects(); err != nil || fmt.Sprint(list) != "[b.age]" {
		t.Errorf("%v, %v", list, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "orphans", "a.age")); err != nil {
		t.Error(err)
	}
	if err := v.SetAside(nil, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "orphans", "a.age")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("still there: %v", err)
	}
}

func TestNoRecipientNoVault(t *testing.T) {
	if _, err := vault.New(t.TempDir(), nil); err == nil {
		t.Error("a vault that nobody can open was made")
	}
}

func BenchmarkSeal200KiB(b *testing.B) {
	v, _ := newVault(b, identity(b), identity(b), identity(b))
	body := bytes.Repeat([]byte("x"), 200<<10)
	for b.Loop() {
		if _, err := v.Seal(b.Context(), "a", bytes.NewReader(body)); err != nil {
			b.Fatal(err)
		}
	}
}

// Deleted is deleted: what a disk still holds of a removed file opens with no key, the
// DPO's and the recovery key among them. A second name of the file stands for the disk.
func TestDeletedContentOpensWithNoKey(t *testing.T) {
	dir := t.TempDir()
	var openers []*vault.Opener
	var recipients []age.Recipient
	for range 3 {
		id, err := vault.NewIdentity()
		if err != nil {
			t.Fatal(err)
		}
		r, err := vault.ParseRecipient(id.Recipient())
		if err != nil {
			t.Fatal(err)
		}
		openers, recipients = append(openers, id.Opener()), append(recipients, r)
	}
	v, err := vault.New(dir, recipients)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := v.Seal(t.Context(), "01SAG", strings.NewReader(strings.Repeat("CPR 070761-4285\n", 20000)))
	if err != nil {
		t.Fatal(err)
	}
	remains := filepath.Join(dir, "01REST.age")
	if err := os.Link(filepath.Join(dir, sealed.Object), remains); err != nil {
		t.Fatal(err)
	}
	open := func(o *vault.Opener) error {
		blob, err := os.ReadFile(remains)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(blob)
		r, err := v.Open(t.Context(), vault.Sealed{Object: "01REST.age", PlainSHA256: sealed.PlainSHA256, CipherSHA256: hex.EncodeToString(sum[:])}, o)
		if err != nil {
			return err
		}
		defer r.Close()
		_, err = io.Copy(io.Discard, r)
		return err
	}
	for _, o := range openers {
		if err := open(o); err != nil {
			t.Fatalf("before: %v", err)
		}
	}
	if err := v.Delete(sealed.Object); err != nil {
		t.Fatal(err)
	}
	for _, o := range openers {
		if open(o) == nil {
			t.Error("deleted content was opened")
		}
	}
}
