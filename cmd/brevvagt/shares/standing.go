package shares

import (
	"context"
	"fmt"
	"time"

	"brevvagt/scanner/source/share/found"
	"brevvagt/scanner/source/share/night"
	"brevvagt/scanner/source/share/report"
	"brevvagt/scanner/source/share/state"
)

// Stage says what a share does now.
type Stage string

// The stages of a share. Due is for a scan that nobody is at yet; Outside for one that
// goes on when the window opens again.
const (
	Running Stage = "running"
	Due     Stage = "due"
	Waiting Stage = "waiting"
	Paused  Stage = "paused"
	Outside Stage = "outside"
	Failed  Stage = "failed"
)

// Stages are all of them.
func Stages() []Stage { return []Stage{Running, Due, Waiting, Paused, Outside, Failed} }

// Standing is where one share is.
type Standing struct {
	Name string
	// Label names the share where no path may stand: the configured name, else its place
	// in the configuration.
	Label string
	Stage Stage
	Live  bool // watched between the nights
	state.Source
	Last      *state.Run // the newest of the nights, nil when there was none
	Workers   int        // processes that are at it, on all machines
	Totals    found.Totals
	Nights    []report.Night // that ended well, newest first
	Completed time.Time      // when a scan last came to its end, zero for never
	Broke     time.Time      // when one last failed
	Next      time.Time      // when the next begins or goes on
}

// standings looks back over so many runs for the last that ended well.
const standings = 30

// Standings tells where every share is.
func (s *Shares) Standings(ctx context.Context, now time.Time) ([]Standing, error) {
	var list []Standing
	for i, o := range s.list {
		st := Standing{Name: o.share.Name, Label: o.cfg.Name, Live: o.cfg.Live}
		if st.Label == "" {
			st.Label = fmt.Sprintf("share-%d", i+1)
		}
		var err error
		if st.Source, err = s.DB.EnsureSource(ctx, st.Name); err != nil {
			return nil, err
		}
		runs, err := s.DB.Runs(ctx, st.ID, standings)
		if err != nil {
			return nil, err
		}
		for _, r := range runs {
			switch {
			case r.Stage == state.Finished:
				st.Nights = append(st.Nights, report.Night{Share: st.Name, At: r.Finished, Totals: found.DecodeTotals(r.Summary)})
			case r.Stage == state.Failed && st.Broke.IsZero():
				st.Broke = r.Finished
			}
		}
		if len(st.Nights) > 0 {
			st.Completed, st.Totals = st.Nights[0].At, st.Nights[0].Totals
		}
		if len(runs) > 0 {
			st.Last = &runs[0]
		}
		if _, st.Workers, err = s.DB.OpenRun(ctx, st.ID, now); err != nil {
			return nil, err
		}
		st.judge(o.clock, now)
		list = append(list, st)
	}
	return list, nil
}

// judge fills in what the share does, and when it does something next.
func (st *Standing) judge(clock night.Clock, now time.Time) {
	_, due := clock.Due(now, st.Last, st.Dirty)
	window, _ := clock.Window(now)
	began := st.Last != nil && st.Last.Open()
	st.Next = clock.Next(now, st.Last)
	if st.Last != nil && st.Last.Stage == state.Failed {
		if retry := st.Last.Finished.Add(night.Retry); window && retry.Before(st.Next) {
			st.Next = retry
		}
	}
	switch {
	case st.Paused:
		st.Stage = Paused
	case began && st.Workers > 0:
		st.Stage = Running
	case began && !window:
		st.Stage = Outside
	case st.Last != nil && st.Last.Stage == state.Failed:
		st.Stage = Failed
	case due && window:
		st.Stage, st.Next = Due, now
	default:
		st.Stage = Waiting
	}
}
