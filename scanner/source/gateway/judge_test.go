package gateway_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	judging "brevvagt/scanner/source/gateway/judge"
)

func TestPanicTellsNothingOfTheMail(t *testing.T) {
	var log bytes.Buffer
	j := judging.New(judging.Options{Scans: 1, Deadline: time.Minute, Log: slog.New(slog.NewTextHandler(&log, nil))})
	_, err := j.Scan(t.Context(), scanner.Item{ID: "a"}, func(context.Context, scanner.Item) (scanner.Outcome, error) {
		panic("CPR 070761-4285")
	})
	if !errors.Is(err, judging.ErrPanic) || strings.Contains(log.String()+err.Error(), "4285") || !strings.Contains(log.String(), "judge_test") {
		t.Errorf("%v, log %s", err, &log)
	}
}

func TestStuckHandlersDoNotPileUp(t *testing.T) {
	j := judging.New(judging.Options{Scans: 1, Deadline: 30 * time.Millisecond})
	leave := make(chan struct{})
	var started atomic.Int32
	stuck := func(context.Context, scanner.Item) (scanner.Outcome, error) {
		started.Add(1)
		<-leave
		return scanner.Outcome{}, nil
	}
	if _, err := j.Scan(t.Context(), scanner.Item{ID: "a"}, stuck); !errors.Is(err, judging.ErrLate) || !j.Busy("a") {
		t.Errorf("first: %v, busy %v", err, j.Busy("a"))
	}
	for end := time.Now().Add(time.Minute); started.Load() == 0 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	if _, err := j.Scan(t.Context(), scanner.Item{ID: "b", Client: "other"}, stuck); !errors.Is(err, judging.ErrBusy) || started.Load() != 1 {
		t.Errorf("second: %v, %d started", err, started.Load())
	}
	close(leave)
	for end := time.Now().Add(time.Minute); j.Busy("a"); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it is busy for ever")
		}
	}
	ok := func(context.Context, scanner.Item) (scanner.Outcome, error) { return scanner.Outcome{CaseID: "x"}, nil }
	for range 50 {
		if out, err := j.Scan(t.Context(), scanner.Item{ID: "c"}, ok); err == nil && out.CaseID == "x" {
			return
		}
	}
	t.Error("the place was not given back")
}

func TestRefusal(t *testing.T) {
	v := policy.Verdict{Rules: []policy.Rule{{Text: "3 CPR-numre (070761-4285) til en modtager uden sikker forbindelse."}}}
	want := "Mailen er ikke sendt: 3 CPR-numre ([nummer udeladt]) til en modtager uden sikker forbindelse. Send den sikkert, eller bed din DPO om hjælp. Hjælp: LINK"
	if got := judging.Refusal(v, "LINK"); got != want {
		t.Errorf("got %q", got)
	}
	if got := judging.Refusal(policy.Verdict{}, ""); !strings.Contains(got, "personoplysninger") {
		t.Errorf("got %q", got)
	}
}

// TestOneClientCannotTakeAllPlaces: the mails of a second client are scanned while
// the first has more waiting than there are places.
func TestOneClientCannotTakeAllPlaces(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for seconds")
	}
	t.Parallel()
	j := judging.New(judging.Options{Scans: 4, Deadline: 3 * time.Second})
	leave := make(chan struct{})
	var running atomic.Int32
	busy := func(context.Context, scanner.Item) (scanner.Outcome, error) {
		running.Add(1)
		<-leave
		return scanner.Outcome{}, nil
	}
	var wg sync.WaitGroup
	var limited atomic.Int32
	for range 10 {
		wg.Go(func() {
			if _, err := j.Scan(t.Context(), scanner.Item{Client: "masseudsender"}, busy); errors.Is(err, judging.ErrClient) {
				limited.Add(1)
			}
		})
	}
	for end := time.Now().Add(time.Minute); running.Load() < 3; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d of the first client run", running.Load())
		}
	}
	ok := func(context.Context, scanner.Item) (scanner.Outcome, error) { return scanner.Outcome{CaseID: "x"}, nil }
	if out, err := j.Scan(t.Context(), scanner.Item{Client: "anden"}, ok); err != nil || out.CaseID != "x" {
		t.Errorf("the other client waits: %v", err)
	}
	for end := time.Now().Add(time.Minute); limited.Load() < 7 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	if n := running.Load(); n != 3 {
		t.Errorf("%d of the first client run, want 3", n)
	}
	close(leave)
	wg.Wait()
	for end := time.Now().Add(time.Minute); j.Waiting() > 0 && time.Now().Before(end); {
		time.Sleep(time.Millisecond) // those that came too late end by themselves
	}
	if limited.Load() != 7 || j.Waiting() != 0 {
		t.Errorf("%d were limited, %d are left", limited.Load(), j.Waiting())
	}
}

func TestNoSpaceRefusesBeforeScanning(t *testing.T) {
	var reason string
	j := judging.New(judging.Options{Space: func() error { return errors.New("disk") }, Failed: func(r string) { reason = r }})
	_, err := j.Scan(t.Context(), scanner.Item{}, func(context.Context, scanner.Item) (scanner.Outcome, error) {
		t.Error("scanned")
		return scanner.Outcome{}, nil
	})
	if !errors.Is(err, judging.ErrSpace) || reason != "space" {
		t.Errorf("%v, counted as %q", err, reason)
	}
}
