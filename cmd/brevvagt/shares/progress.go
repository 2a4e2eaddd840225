package shares

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"brevvagt/scanner/source/share/found"
	"brevvagt/scanner/source/share/night"
	"brevvagt/scanner/source/share/report"
	"brevvagt/scanner/source/share/state"
)

// The intervals at which progress is shown: on a terminal, and as lines.
const (
	barEvery  = 200 * time.Millisecond
	lineEvery = 10 * time.Second
)

// watched does one run and shows how far it is.
func (s *Shares) watched(ctx context.Context, o one, w io.Writer) error {
	src, err := s.DB.EnsureSource(ctx, o.share.Name)
	if err != nil {
		return err
	}
	show, cancel := context.WithCancel(ctx)
	shown := make(chan struct{})
	go func() {
		defer close(shown)
		s.progress(show, src.ID, o.share.Name, w)
	}()
	stop, end := s.scan.Heed(ctx, o.share.Name)
	defer end()
	run, err := s.scan.Run(ctx, o.share, time.Now(), stop)
	cancel()
	<-shown
	if err := errors.Join(err, night.WhyStopped(stop)); err != nil {
		return err
	}
	if run.Open() {
		_, err = fmt.Fprintf(w, "%s: sat på pause, %d af %d filer læst; det går videre med brevvagt shares resume\n", o.share.Name, run.Done, run.Planned)
		return err
	}
	t := found.DecodeTotals(run.Summary)
	_, err = fmt.Fprintf(w, "%s: %d filer, %d læst i nat, %d med fund (%d nye) om %d personer, %d kunne ikke læses\n",
		o.share.Name, t.Files, run.Done, t.Hits, t.New, t.Persons, t.Unread)
	return err
}

func (s *Shares) progress(ctx context.Context, source int64, name string, w io.Writer) {
	f, ok := w.(*os.File)
	terminal := ok && term.IsTerminal(int(f.Fd()))
	every := lineEvery
	var bar *progressbar.ProgressBar
	if terminal {
		every = barEvery
		bar = progressbar.NewOptions64(-1, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(name),
			progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish())
		defer func() { _ = bar.Finish() }()
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	began := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		runs, err := s.DB.Runs(ctx, source, 1)
		if err != nil || len(runs) == 0 {
			continue
		}
		r := runs[0]
		if bar != nil {
			bar.ChangeMax64(max(r.Planned, 1))
			_ = bar.Set64(min(r.Done, max(r.Planned, 1)))
			continue
		}
		s.log.Info("share", "share", name, "stage", r.Stage, "files", r.Done, "of", r.Planned, "bytes", r.DoneBytes,
			"with_findings", r.Hits, "left", Left(r, time.Since(began)))
	}
}

// Left is how long a run will still take at the pace it had for so long; 0 when
// that cannot be said yet.
func Left(r state.Run, took time.Duration) time.Duration {
	if r.Done == 0 || r.Planned <= r.Done {
		return 0
	}
	return (time.Duration(float64(took) / float64(r.Done) * float64(r.Planned-r.Done))).Round(time.Second)
}

// stageDa is a share's stage in Danish.
func stageDa(st *Standing) string {
	switch r := st.Last; {
	case st.Stage == Paused:
		return "på pause"
	case st.Stage == Failed:
		first, _, _ := strings.Cut(r.Problem, "\n") // what eight readers met is in the log
		return "FEJL: " + report.Clean(first)       // a server's own words may be in it
	case st.Stage == Outside:
		return "uden for tiden"
	case r == nil:
		return "aldrig scannet"
	case st.Stage == Due:
		return "skal i gang"
	case r.Open():
		return "i gang"
	}
	return "færdig " + st.Last.Finished.Local().Format("2006-01-02 15:04")
}

// Status writes where every share is.
func (s *Shares) Status(ctx context.Context, w io.Writer) error {
	list, err := s.Standings(ctx, time.Now())
	if err != nil {
		return err
	}
	tw := tabwriter.NewWriter(w, 2, 4, 2, ' ', 0)
	fmt.Fprintln(tw, "FÆLLESDREV\tTILSTAND\tFILER\tLÆST\tMB\tMED FUND\tPERSONER\tULÆSTE\tNÆSTE")
	for i := range list {
		st := &list[i]
		next := st.Next.In(s.list[i].clock.Place).Format("2006-01-02 15:04")
		if st.Stage == Running || st.Stage == Due {
			next = "nu"
		}
		r, hits := st.Last, st.Totals.Hits
		if r == nil {
			fmt.Fprintf(tw, "%s\t%s\t\t\t\t\t\t\t%s\n", st.Name, stageDa(st), next)
			continue
		}
		read := fmt.Sprint(r.Done)
		if r.Open() {
			hits = max(hits, r.Hits)
			read = fmt.Sprintf("%d af %d", r.Done, r.Planned)
		}
		fmt.Fprintf(tw, "%s\t%s\t%d\t%s\t%d\t%d\t%d\t%d\t%s\n", st.Name, stageDa(st), r.Seen, read, r.DoneBytes>>20,
			hits, st.Totals.Persons, st.Totals.Unread, next)
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	if err := s.room(ctx); err != nil {
		fmt.Fprintf(w, "Scanningerne venter, til der er plads i %s: %v\n", s.cfg.State, err)
	}
	return nil
}
