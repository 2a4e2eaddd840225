package judge_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/gateway/judge"
)

func TestPanicTellsNothingOfTheMail(t *testing.T) {
	var log bytes.Buffer
	j := judge.New(1, time.Second, slog.New(slog.NewTextHandler(&log, nil)))
	_, err := j.Scan(t.Context(), scanner.Item{ID: "a"}, func(context.Context, scanner.Item) (scanner.Outcome, error) {
		panic("CPR 070761-4285")
	})
	if !errors.Is(err, judge.ErrPanic) || strings.Contains(log.String()+err.Error(), "4285") || !strings.Contains(log.String(), "judge_test") {
		t.Errorf("%v, log %s", err, &log)
	}
}

func TestStuckHandlersDoNotPileUp(t *testing.T) {
	j := judge.New(1, 30*time.Millisecond, slog.New(slog.DiscardHandler))
	leave := make(chan struct{})
	var started atomic.Int32
	stuck := func(context.Context, scanner.Item) (scanner.Outcome, error) {
		started.Add(1)
		<-leave
		return scanner.Outcome{}, nil
	}
	if _, err := j.Scan(t.Context(), scanner.Item{ID: "a"}, stuck); !errors.Is(err, judge.ErrLate) || !j.Busy("a") {
		t.Errorf("first: %v, busy %v", err, j.Busy("a"))
	}
	if _, err := j.Scan(t.Context(), scanner.Item{ID: "b"}, stuck); !errors.Is(err, judge.ErrBusy) || started.Load() != 1 {
		t.Errorf("second: %v, %d started", err, started.Load())
	}
	close(leave)
	for j.Busy("a") {
		time.Sleep(time.Millisecond)
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
	if got := judge.Refusal(v, "LINK"); got != want {
		t.Errorf("got %q", got)
	}
	if got := judge.Refusal(policy.Verdict{}, ""); !strings.Contains(got, "personoplysninger") {
		t.Errorf("got %q", got)
	}
}
