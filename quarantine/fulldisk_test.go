package quarantine_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"brevvagt/quarantine"
)

// smallDisk is a disk of its own of the given size, gone with the test. It needs
// root; as somebody else the test is skipped, and fails under CI=true.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("a small disk: %v", err)
		}
		t.Skipf("a small disk needs root: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// TestFullDisk holds mails until a real disk is full: the one that does not fit is
// refused, what was acknowledged is there and sound, and with room again holding
// goes on.
func TestFullDisk(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	id, blob := testKey(t)
	dir := smallDisk(t, "6m")
	keep(t, dir, id, blob)
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "QUARANTINE_TEST_DIR="+dir, "QUARANTINE_TEST_DO=flood fuld")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || !strings.Contains(errs.String(), "no space") && !strings.Contains(errs.String(), "full") {
		t.Fatalf("the disk was never full: %v %s", err, errs.String())
	}
	acknowledged := strings.Fields(out.String())
	if len(acknowledged) < 10 {
		t.Fatalf("only %d mails before the disk was full: %s", len(acknowledged), errs.String())
	}
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT, "size=32m"); err != nil {
		t.Fatal(err)
	}
	s, stop := restart(t, dir)
	defer stop()
	total := len(acknowledged)
	sound(t, s, dir, total)
	for _, item := range acknowledged[max(0, total-20):] { // each is known: offered again, no new case comes of it
		if _, err := s.Hold(t.Context(), deposit(item), original); err != nil {
			t.Fatal(err)
		}
	}
	sound(t, s, dir, total)
	if _, err := s.Hold(t.Context(), deposit("igen"), original); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if _, n, err := s.List(t.Context(), quarantine.Filter{}); err != nil || n != total+1 {
		t.Errorf("%d cases, want %d (%v)", n, total+1, err)
	}
	t.Logf("%d mails were held before the disk was full: %s", total, strings.TrimSpace(errs.String()))
}
