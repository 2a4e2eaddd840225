package internal_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"brevvagt/internal/keylock"
)

// TestLockHoldsBetweenProcesses: two users of one folder, as a daemon and a
// command have, exclude each other on one key and leave other keys alone.
func TestLockHoldsBetweenProcesses(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "locks")
	daemon, command := keylock.New(dir), keylock.New(dir)
	unlock, err := daemon.LockShared(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := command.LockShared(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("the key is locked and yet: %v", err)
	}
	other, err := command.LockShared(t.Context(), "b")
	if err != nil {
		t.Fatal(err)
	}
	other()
	unlock()
	again, err := command.LockShared(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	again()
}
