package board

import (
	"context"
	"time"

	"brevvagt/cmd/brevvagt/shares"
	"brevvagt/internal/metrics"
	"brevvagt/scanner/source/share/state"
)

// scrape is how long a monitoring system is kept waiting for the database of the scans.
const scrape = 3 * time.Second

// Watch has a monitoring system told of every share at each scrape. A share is named as
// in the configuration; one without a name by its place there, since a path is none of
// the monitoring's business.
func (b *Board) Watch(m *metrics.Metrics) {
	m.Samples(func(add metrics.Add) {
		s := b.Now()
		if !s.Any() {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), scrape)
		defer cancel()
		list, err := s.Standings(ctx, time.Now())
		if err != nil {
			add("shares", "Shares in the configuration; -1 when the database of the scans cannot be read.", -1)
			return
		}
		add("shares", "Shares in the configuration; -1 when the database of the scans cannot be read.", float64(len(list)))
		for i := range list {
			tell(add, &list[i])
		}
	})
}

func tell(add metrics.Add, st *shares.Standing) {
	gauge := func(name, help string, v float64) { add("share_"+name, help, v, "share", st.Label) }
	gauge("files", "Files on the share after the last scan that ended.", float64(st.Totals.Files))
	gauge("findings", "Files with findings after the last scan that ended.", float64(st.Totals.Hits))
	gauge("findings_new", "Files whose findings were new in the last scan that ended.", float64(st.Totals.New))
	gauge("persons", "Distinct persons in those files.", float64(st.Totals.Persons))
	gauge("gaps", "Files and folders that could not be read in the last scan that ended.", float64(st.Totals.Unread))
	run := state.Run{}
	if st.Last != nil {
		run = *st.Last
	}
	gauge("run_files", "Files read by the newest scan so far.", float64(run.Done))
	gauge("run_bytes", "Bytes read by the newest scan so far.", float64(run.DoneBytes))
	gauge("run_findings", "Files with findings among those read by the newest scan so far.", float64(run.Hits))
	left := int64(0)
	if run.Open() {
		left = max(0, run.Planned-run.Done)
	}
	gauge("run_files_left", "Files that the scan under way has still to read; 0 when none is.", float64(left))
	gauge("workers", "Processes that are scanning the share, on all machines.", float64(st.Workers))
	gauge("dirty", "1 when changes were missed and the whole share is to be walked again.", flag(st.Dirty))
	for _, stage := range shares.Stages() {
		add("share_state", "1 for what the share does: running, due, waiting, paused, outside (its hours) or failed.", flag(st.Stage == stage), "share", st.Label, "state", string(stage))
	}
	gauge("last_completed_timestamp_seconds", "When a scan of the share last came to its end; 0 is never.", unix(st.Completed))
	gauge("last_error_timestamp_seconds", "When a scan of the share last failed, of the last 30; 0 is none.", unix(st.Broke))
}

func flag(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func unix(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.Unix())
}
