package quarantine

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"
)

// TestLockHoldsBetweenProcesses: two services on one outbox, as a daemon and a
// command have, exclude each other on one case and leave other cases alone.
func TestLockHoldsBetweenProcesses(t *testing.T) {
	outbox := filepath.Join(t.TempDir(), "outbox")
	daemon := &Service{outbox: outbox, busy: caseLocks{held: map[string]chan struct{}{}}}
	command := &Service{outbox: outbox, busy: caseLocks{held: map[string]chan struct{}{}}}
	unlock, err := daemon.lockCase(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := command.lockCase(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("the case is locked and yet: %v", err)
	}
	other, err := command.lockCase(t.Context(), "b")
	if err != nil {
		t.Fatal(err)
	}
	other()
	unlock()
	again, err := command.lockCase(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	again()
}
