package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/cmd/brevvagt/shares"
	"brevvagt/cmd/brevvagt/shares/board"
	"brevvagt/detectors"
	detectorlist "brevvagt/detectors/all"
	"brevvagt/document"
	"brevvagt/document/plain"
	"brevvagt/internal/metrics"
	"brevvagt/internal/store"
	"brevvagt/internal/storetest"
	page "brevvagt/quarantine/review/shares"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/gateway/relay"
	"brevvagt/scanner/source/share/state"
	"brevvagt/scanner/source/share/walk"
)

// rig is two shares in folders, the second without a name.
type rig struct {
	t   *testing.T
	dir string
	cfg config.Config
	*shares.Shares
	db     *store.DB
	key    detectors.Key
	number int
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir(), cfg: config.Default()}
	key, err := detectors.NewKey([]byte("prøvens nøgle på mindst 32 bytes...."))
	boardMust(t, err)
	r.key = key
	p := &scanner.Pipeline{Formats: &document.Formats{List: plain.Formats()}, Detectors: &detectors.Set{List: detectorlist.Detectors(), Key: key},
		Site: policy.DefaultSite(), Rules: policy.Default(), Now: time.Now}
	r.cfg.State, r.cfg.Site = filepath.Join(r.dir, "state"), p.Site
	r.cfg.Shares = []config.Share{{Name: "fælles", Path: filepath.Join(r.dir, "faelles"), At: "20:00", Owners: []config.Owner{
		{Folder: "Jobcenter", Mail: []string{"Job@kommune.example"}}, {Folder: "Jobcenter/Ydelser", Mail: []string{"ydelser@kommune.example", "job@kommune.example"}}}},
		{Path: filepath.Join(r.dir, "hemmelig"), At: "20:00", Owners: []config.Owner{{Mail: []string{"job@kommune.example"}}}}}
	r.cfg.Summaries.When, r.cfg.Notify.From, r.cfg.DPO.Mail, r.cfg.DPO.Page = "new", "brevvagt@kommune.example", "dpo@kommune.example", "https://brevvagt.example/"
	boardMust(t, os.MkdirAll(filepath.Join(r.dir, "hemmelig"), 0o755))
	r.write("faelles/Jobcenter/a.txt", 2)
	r.write("faelles/Jobcenter/Ydelser/070761-4285/b.txt", 3)
	r.write("faelles/Jobcenteret/c.txt", 1)
	w := shares.Worker{Pipeline: p, Version: "prøve", Log: slog.New(slog.DiscardHandler)}
	r.Shares, err = w.Open(t.Context(), r.cfg)
	boardMust(t, err)
	t.Cleanup(func() { r.Close() })
	r.db, err = storetest.Open(t.Context(), store.Options{Path: filepath.Join(r.dir, "state", "brevvagt.db")})
	boardMust(t, err)
	t.Cleanup(func() { r.db.Close() })
	return r
}

func boardMust(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// write makes a file about some people whom no other file is about.
func (r *rig) write(path string, people int) {
	r.t.Helper()
	var b strings.Builder
	for range people {
		r.number++
		fmt.Fprintf(&b, "Sag %d\nCPR-nr. %s har søgt om hjælp.\n\n", r.number, sample.Number(r.number))
	}
	path = filepath.Join(r.dir, path)
	boardMust(r.t, os.MkdirAll(filepath.Dir(path), 0o755))
	boardMust(r.t, os.WriteFile(path, []byte(b.String()), 0o644))
}

func (r *rig) scan(names ...string) {
	r.t.Helper()
	boardMust(r.t, r.Run(r.t.Context(), names, io.Discard))
}

// outbox keeps mails by recipient, or refuses them.
type outbox struct {
	sent   map[string]string
	n      int
	refuse error
	before func()
}

func (o *outbox) Send(_ context.Context, to []string, subject, text string) error {
	if o.before != nil {
		o.before()
	}
	if o.refuse != nil {
		return o.refuse
	}
	if o.sent == nil {
		o.sent = make(map[string]string)
	}
	o.n++
	o.sent[strings.Join(to, ",")] = subject + "\n" + text
	return nil
}

// morning is seven o'clock in Denmark some days after a Tuesday.
func morning(days int) time.Time { return time.Date(2026, 11, 24+days, 6, 0, 0, 0, time.UTC) }

func (r *rig) summaries(mail board.Mailer) *board.Summaries {
	return &board.Summaries{Shares: r.Shares, Config: r.cfg, Store: r.db, Key: r.key, Mail: mail}
}

func TestSummariesAreSentOnceAndTellWhatIsNew(t *testing.T) {
	r := newRig(t)
	r.scan()
	box := &outbox{}
	s := r.summaries(box)
	run := func(now time.Time, want int) {
		t.Helper()
		box.sent, box.n = nil, 0
		for range 2 { // the second finds that all is done
			boardMust(t, s.Run(t.Context(), now))
		}
		if box.n != want {
			t.Fatalf("%s: %d mails, want %d: %q", now.Format("02.01. 15:04"), box.n, want, box.sent)
		}
	}
	run(morning(0).Add(-time.Minute), 0)
	run(morning(0), 3)
	for who, want := range map[string][]string{
		"dpo@kommune.example":     {"på de delte drev: 3 nye", "3 filer om 6 personer. Alle kan læse 3", "fælles: Jobcenteret\n", "https://brevvagt.example/drev"},
		"job@kommune.example":     {"i dine mapper: 2 nye", "2 filer om 5 personer", "fælles: Jobcenter\n  1 fil om 2 personer, 1 ny, alle kan læse 1"},
		"ydelser@kommune.example": {"1 fil om 3 personer", "Slet det, der ikke skal bruges"},
	} {
		for _, part := range want {
			if !strings.Contains(box.sent[who], part) {
				t.Errorf("%s is not told %q:\n%s", who, part, box.sent[who])
			}
		}
		for _, no := range []string{"4285", "a.txt", "b.txt", r.dir, sample.Number(1)} {
			if strings.Contains(box.sent[who], no) {
				t.Errorf("%s is told %q", who, no)
			}
		}
	}
	if strings.Contains(box.sent["job@kommune.example"], "Jobcenteret") {
		t.Error("the owner of Jobcenter answers for Jobcenteret")
	}

	// A day with nothing new.
	run(morning(1), 0)
	// Something new on one share, for the one who owns it and the DPO; a file of a scan
	// that is not over waits for the scan.
	r.write("hemmelig/d.txt", 4)
	r.scan()
	run(morning(2), 2)
	if mail := box.sent["job@kommune.example"]; !strings.Contains(mail, "dine mapper: 1 ny") || !strings.Contains(mail, "3 filer om 9 personer") {
		t.Errorf("the second mail: %s", mail)
	}

	// Refused mails are tried again; the program dies between the note and the mail, or
	// nobody knows whether it was taken: that day has no second one, the next tells all.
	r.write("hemmelig/e.txt", 1)
	r.scan()
	box.refuse = &relay.Error{Stage: "connect", Err: errors.New("refused")}
	for range 2 {
		if err := s.Run(t.Context(), morning(3)); err == nil {
			t.Error("a mail that was refused is no error")
		}
	}
	box.refuse = &relay.Error{Stage: "DATA", Err: errors.New("reset")}
	if err := s.Run(t.Context(), morning(3)); err == nil {
		t.Error("a mail that may have been lost is no error")
	}
	box.refuse = nil
	run(morning(3), 0)
	r.write("hemmelig/f.txt", 1)
	r.scan()
	func() {
		defer func() { _ = recover() }() // as a kill
		box.before = func() { panic("killed") }
		_ = s.Run(t.Context(), morning(4))
	}()
	box.before = nil
	boardMust(t, s.Run(t.Context(), morning(4)))
	if box.n != 1 {
		t.Errorf("after a kill in the first of two mails %d were sent, want 1", box.n)
	}
	run(morning(5), 1)
	if mail := box.sent["dpo@kommune.example"] + box.sent["job@kommune.example"]; !strings.Contains(mail, ": 2 nye") {
		t.Errorf("what was lost is not told: %s", mail)
	}
	var rows int
	boardMust(t, r.db.Read().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM share_summaries`).Scan(&rows))
	if rows > 2*3 {
		t.Errorf("%d rows are kept for three people", rows)
	}
}

func TestSummariesWeekly(t *testing.T) {
	r := newRig(t)
	r.cfg.Summaries.When = "weekly"
	r.scan()
	box := &outbox{}
	s := r.summaries(box)
	// Monday 23 November was slept through; it is made up on Tuesday, and then waits.
	for _, x := range []struct{ days, want int }{{0, 3}, {1, 3}, {5, 3}, {6, 6}, {7, 6}} {
		boardMust(t, s.Run(t.Context(), morning(x.days)))
		if box.n != x.want {
			t.Fatalf("after %d days %d mails, want %d", x.days, box.n, x.want)
		}
	}
}

// TestAScanUnderWayIsToldWhenItIsOver: what it finds after a mail must be news to the next.
func TestAScanUnderWayIsToldWhenItIsOver(t *testing.T) {
	r := newRig(t)
	r.scan()
	src, err := r.DB.Source(t.Context(), "fælles")
	boardMust(t, err)
	_, ok, err := r.DB.Begin(t.Context(), src.ID, time.Now(), time.Now(), 1)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	boardMust(t, r.summaries(&outbox{}).Run(t.Context(), morning(0)))
	r.write("faelles/Jobcenter/ny.txt", 1)
	r.scan("fælles") // goes on with the open one
	box := &outbox{}
	boardMust(t, r.summaries(box).Run(t.Context(), morning(1)))
	if mail := box.sent["job@kommune.example"]; !strings.Contains(mail, ": 1 ny") {
		t.Errorf("the new file is not told: %q", box.sent)
	}
}

// TestAListIsTurnedWithoutReadingItAnew, the worst files of it; another list, and the
// same a while later, are read.
func TestAListIsTurnedWithoutReadingItAnew(t *testing.T) {
	r := newRig(t)
	r.scan()
	b := &board.Board{Now: func() *shares.Shares { return r.Shares }}
	find := func(pick page.Pick, most int) *page.Findings {
		t.Helper()
		f, err := b.Findings(t.Context(), pick, most)
		boardMust(t, err)
		return f
	}
	first := find(page.Pick{Share: "fælles"}, 2)
	if len(first.Files) != 2 || first.Files[0].Persons != 3 || first.Files[1].Persons != 2 || first.Shares[0].Files != 3 {
		t.Errorf("the worst two of three: %+v of %+v", first.Files, first.Shares)
	}
	if find(page.Pick{Share: "fælles"}, 2) != first {
		t.Error("the same list was read anew")
	}
	if find(page.Pick{Share: "fælles", New: true}, 2) == first {
		t.Error("another list is the same")
	}
	find(page.Pick{Share: "fælles"}, 2)
	b.Clock = func() time.Time { return time.Now().Add(time.Minute) }
	if again := find(page.Pick{Share: "fælles"}, 2); again == first || len(again.Files) != 2 {
		t.Error("an old list was shown again")
	}
}

func TestMetricsNameNoPath(t *testing.T) {
	r := newRig(t)
	boardMust(t, os.Mkdir(filepath.Join(r.dir, "faelles", "lukket"), 0o755))
	r.scan()
	boardMust(t, r.Pause(t.Context(), []string{"fælles"}, true, io.Discard))
	m := metrics.New("prøve")
	b := &board.Board{Now: func() *shares.Shares { return r.Shares }}
	b.Watch(m)
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	got := w.Body.String()
	for _, want := range []string{`brevvagt_shares 2`, `brevvagt_share_files{share="fælles"} 3`, `brevvagt_share_findings{share="fælles"} 3`, `brevvagt_share_persons{share="fælles"} 6`,
		`brevvagt_share_gaps{share="fælles"} 0`, `brevvagt_share_run_files{share="fælles"} 3`, `brevvagt_share_run_files_left{share="fælles"} 0`,
		`brevvagt_share_state{share="fælles",state="paused"} 1`, `brevvagt_share_state{share="fælles",state="waiting"} 0`, `brevvagt_share_state{share="share-2",state="waiting"} 1`,
		`brevvagt_share_last_error_timestamp_seconds{share="fælles"} 0`, `brevvagt_share_run_bytes{share="share-2"} 0`} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("lacks %s", want)
		}
	}
	if strings.Contains(got, "hemmelig") || strings.Contains(got, r.dir) || strings.Contains(got, `completed_timestamp_seconds{share="fælles"} 0`) {
		t.Error("a path is among the metrics, or no time of a scan")
	}
}

func TestTimeLeftFollowsThePaceOfNow(t *testing.T) {
	var p board.Pace
	start := time.Date(2026, 11, 24, 20, 0, 0, 0, time.UTC)
	at := func(after time.Duration, done, bytes int64) time.Duration {
		return p.Left(&state.Run{ID: 7, Planned: 1000, Done: done, Bytes: 1000, DoneBytes: bytes}, start.Add(after)).Round(time.Second)
	}
	for _, x := range []struct {
		after       time.Duration
		done, bytes int64
		want        time.Duration
	}{
		{0, 100, 0, 0}, {time.Second, 110, 0, 0}, // nobody can tell yet
		{10 * time.Second, 200, 0, 80 * time.Second},
		{20 * time.Second, 300, 10, 33 * time.Minute},          // the large files are left
		{14 * time.Hour, 300, 10, 0},                           // the night ended, and another began
		{14*time.Hour + 10*time.Second, 400, 500, time.Minute}, // not by the hours between
	} {
		got := at(x.after, x.done, x.bytes)
		if got != x.want {
			t.Errorf("after %v: %v left, want %v", x.after, got, x.want)
		}
	}
}

func TestProblemsInTheWordsOfThePage(t *testing.T) {
	for text, want := range map[string]string{
		state.ErrEmpty.Error(): "empty", "cannot list the share: " + walk.ErrUnmounted.Error(): "empty", "open /srv/x: permission denied": "access", "smb: Logon failure": "access",
		"the share cannot be reached: dial tcp": "offline", "stat: no such file or directory": "offline", "database is locked": "other",
	} {
		if got := board.ProblemKind(text); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}
