package quarantine_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"brevvagt/internal/store"
	"brevvagt/internal/storetest"
	"brevvagt/quarantine"
	"brevvagt/quarantine/vault"
)

const crashPass = "nøgle til nedbrudsprøven"

// TestMain lets the test binary be the daemon, or the command that seals anew, that is
// killed.
func TestMain(m *testing.M) {
	dir, do, point := os.Getenv("QUARANTINE_TEST_DIR"), os.Getenv("QUARANTINE_TEST_DO"), os.Getenv("QUARANTINE_TEST_CRASH")
	if dir == "" {
		os.Exit(m.Run())
	}
	run := victim
	if do == rekeyDo {
		run = rekeyVictim
	}
	if err := run(dir, do, point); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// victim does one thing and kills itself, as kill -9 would, at the named point.
func victim(dir, do, point string) error {
	ctx := context.Background()
	s, db, err := daemon(ctx, dir, func(at string) {
		if at == point {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	})
	if err != nil {
		return err
	}
	defer db.Close()
	verb, arg, _ := strings.Cut(do, " ")
	switch verb {
	case "hold":
		_, err = s.Hold(ctx, deposit(arg), original)
	case "release":
		blob, readErr := os.ReadFile(filepath.Join(dir, "identity"))
		if readErr != nil {
			return readErr
		}
		opener, unlockErr := vault.Unlock(blob, crashPass)
		if unlockErr != nil {
			return unlockErr
		}
		_, err = s.Release(ctx, arg, quarantine.Decision{By: "dpo", Reason: "modtager bekræftet", Opener: opener})
	case "reject":
		_, err = s.Reject(ctx, arg, quarantine.Decision{By: "dpo", Reason: "skal sendes sikkert"})
	case "flood": // hold until killed, saying which are acknowledged
		for n := 0; err == nil; n++ {
			if _, err = s.Hold(ctx, deposit(fmt.Sprint(arg, "-", n)), original); err == nil {
				fmt.Println(fmt.Sprint(arg, "-", n))
			}
		}
	}
	return err
}

func daemon(ctx context.Context, dir string, crash func(string)) (*quarantine.Service, *store.DB, error) {
	db, err := storetest.Open(ctx, store.Options{Path: filepath.Join(dir, "state", "brevvagt.db")})
	if err != nil {
		return nil, nil, err
	}
	recipients, err := vault.Recipients(filepath.Join(dir, "recipients.txt"))
	if err != nil {
		return nil, nil, err
	}
	v, err := vault.New(filepath.Join(dir, "vault"), recipients)
	if err != nil {
		return nil, nil, err
	}
	s, err := quarantine.New(quarantine.Config{Store: db, Vault: v, Outbox: filepath.Join(dir, "outbox"), Crash: crash,
		Releasers: map[string]quarantine.Releaser{"gateway": fileSource{filepath.Join(dir, "delivered.txt")}}})
	return s, db, err
}

// fileSource delivers by appending a durable line to a file, so that deliveries
// are seen across processes.
type fileSource struct{ path string }

func (fileSource) NeedsContent() bool { return true }

func (f fileSource) Release(_ context.Context, c *quarantine.Case, content io.Reader) (string, error) {
	body, err := io.ReadAll(content)
	if err != nil {
		return "", err
	}
	return "250 Ok", f.line("released", c, sha256.Sum256(body))
}

func (f fileSource) Reject(_ context.Context, c *quarantine.Case, text string) error {
	return f.line("rejected", c, sha256.Sum256([]byte(text)))
}

func (f fileSource) line(verb string, c *quarantine.Case, sum [32]byte) error {
	out, err := os.OpenFile(f.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	if _, err := fmt.Fprintf(out, "%s %s %s %s %x\n", verb, c.ID, c.ItemID, c.MessageID, sum); err != nil {
		return err
	}
	return out.Sync()
}

func crashDir(t *testing.T, id *vault.Identity, blob []byte) string {
	t.Helper()
	dir := t.TempDir()
	keep(t, dir, id, blob)
	return dir
}

// keep puts the key's files into dir.
func keep(t *testing.T, dir string, id *vault.Identity, blob []byte) {
	t.Helper()
	for name, text := range map[string][]byte{"recipients.txt": []byte(id.Recipient() + "\n"), "identity": blob} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// kill runs the victim and fails unless it died of SIGKILL at the point.
func kill(t *testing.T, dir, do, point string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "QUARANTINE_TEST_DIR="+dir, "QUARANTINE_TEST_DO="+do, "QUARANTINE_TEST_CRASH="+point)
	out, err := cmd.CombinedOutput()
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() || status.Signal() != syscall.SIGKILL {
		t.Fatalf("%s was not reached by %q: %v %s", point, do, err, out)
	}
}

// restart is the next start of the daemon.
func restart(t *testing.T, dir string) (*quarantine.Service, func()) {
	t.Helper()
	s, db, err := daemon(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s, func() { db.Close() }
}

func sound(t *testing.T, s *quarantine.Service, dir string, cases int) []*quarantine.Case {
	t.Helper()
	if _, err := s.Ledger().Verify(t.Context()); err != nil {
		t.Errorf("ledger: %v", err)
	}
	list, total, err := s.List(t.Context(), quarantine.Filter{Limit: 1000})
	if err != nil || total != cases {
		t.Fatalf("%d cases, want %d (%v)", total, cases, err)
	}
	drafts, err := s.Register().List(t.Context(), 0)
	if err != nil || len(drafts) != cases {
		t.Errorf("%d drafts for %d cases (%v)", len(drafts), cases, err)
	}
	for _, c := range list {
		if history, err := s.History(t.Context(), c.ID); err != nil || len(history) == 0 || history[0].Verb != "held" {
			t.Errorf("case %s has history %v, %v", c.ID, history, err)
		}
	}
	if sealed, _ := filepath.Glob(filepath.Join(dir, "vault", "*.age")); len(sealed) != 3*cases {
		t.Errorf("%d sealed files for %d cases of three", len(sealed), cases)
	}
	if left, _ := os.ReadDir(filepath.Join(dir, "outbox")); len(left) != 0 {
		t.Errorf("outbox still holds %v", left)
	}
	return list
}

func testKey(t *testing.T) (*vault.Identity, []byte) {
	t.Helper()
	id, err := vault.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	blob, err := id.Protect(crashPass)
	if err != nil {
		t.Fatal(err)
	}
	return id, blob
}

func TestKilledWhileHolding(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	id, blob := testKey(t)
	for _, point := range []string{"hold:original-sealed", "hold:pictures-sealed", "hold:before-commit", "hold:committed"} {
		t.Run(point, func(t *testing.T) {
			dir := crashDir(t, id, blob)
			kill(t, dir, "hold item-1", point)
			s, stop := restart(t, dir)
			defer stop()
			before := 0
			if point == "hold:committed" {
				before = 1
			}
			sound(t, s, dir, before)
			// The source had no answer, so it offers the item again.
			c, err := s.Hold(t.Context(), deposit("item-1"), original)
			if err != nil {
				t.Fatal(err)
			}
			sound(t, s, dir, 1)
			r, err := s.Original(t.Context(), c.ID, "dpo", "gennemsyn", id.Opener())
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, original) {
				t.Errorf("original came back changed (%v)", err)
			}
		})
	}
}

func TestKilledWhileDeciding(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes")
	}
	id, blob := testKey(t)
	for _, c := range []struct {
		point string
		end   quarantine.State
	}{
		{"release:outbox-written", quarantine.Held}, // the wish was not stored: the person sees the case still held
		{"release:stored", quarantine.Released},
		{"release:delivered", quarantine.Released},
		{"release:before-commit", quarantine.Released},
		{"release:committed", quarantine.Released},
		{"reject:stored", quarantine.Rejected},
		{"reject:delivered", quarantine.Rejected},
		{"reject:before-commit", quarantine.Rejected},
		{"reject:committed", quarantine.Rejected},
	} {
		t.Run(c.point, func(t *testing.T) {
			dir := crashDir(t, id, blob)
			s, stop := restart(t, dir)
			held, err := s.Hold(t.Context(), deposit("item-1"), original)
			if err != nil {
				t.Fatal(err)
			}
			stop()
			verb, _, _ := strings.Cut(c.point, ":")
			kill(t, dir, verb+" "+held.ID, c.point)
			s, stop = restart(t, dir)
			defer stop()
			got := sound(t, s, dir, 1)[0]
			if got.ID != held.ID || got.State != c.end {
				t.Fatalf("case is %s, want %s", got.State, c.end)
			}
			checkDeliveries(t, dir, held, c.end)
			if err := s.Resume(t.Context()); err != nil { // once finished, nothing is repeated
				t.Fatal(err)
			}
			checkDeliveries(t, dir, held, c.end)
		})
	}
}

// checkDeliveries wants at least one delivery, each of the same item with the same
// Message-ID and bytes, and none for a case still held.
func checkDeliveries(t *testing.T, dir string, c *quarantine.Case, end quarantine.State) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "delivered.txt"))
	if end == quarantine.Held {
		if !os.IsNotExist(err) {
			t.Errorf("delivered although held: %s", text)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(original)
	if end == quarantine.Rejected {
		sum = sha256.Sum256([]byte(quarantine.RejectNotice(c)))
	}
	want := fmt.Sprintf("%s %s item-1 <1@kommune.example> %x", end, c.ID, sum)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) > 2 {
		t.Errorf("%d deliveries", len(lines))
	}
	for _, line := range lines {
		if line != want {
			t.Errorf("delivered %q, want %q", line, want)
		}
	}
}

// Killed at no particular point: whatever was acknowledged is there.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	id, blob := testKey(t)
	dir := crashDir(t, id, blob)
	acknowledged := map[string]bool{}
	for round := range 3 {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), "QUARANTINE_TEST_DIR="+dir, "QUARANTINE_TEST_DO=flood "+fmt.Sprint("r", round))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			acknowledged[lines.Text()] = true
			if n == 10+7*round {
				time.AfterFunc(time.Duration(3*round)*time.Millisecond, func() { cmd.Process.Kill() })
			}
		}
		cmd.Wait()
	}
	s, stop := restart(t, dir)
	defer stop()
	_, total, err := s.List(t.Context(), quarantine.Filter{})
	if err != nil || len(acknowledged) < 30 || total < len(acknowledged) || total > len(acknowledged)+3 {
		t.Fatalf("%d cases for %d acknowledged items (%v)", total, len(acknowledged), err)
	}
	sound(t, s, dir, total)
	for item := range acknowledged { // each is known: offered again, no new case comes of it
		if _, err := s.Hold(t.Context(), deposit(item), original); err != nil {
			t.Fatal(err)
		}
	}
	sound(t, s, dir, total)
}
