package board

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"brevvagt/cmd/brevvagt/config"
	"brevvagt/cmd/brevvagt/shares"
	"brevvagt/detectors"
	"brevvagt/internal/store"
	"brevvagt/scanner/source/gateway/relay"
	"brevvagt/scanner/source/share/night"
	"brevvagt/scanner/source/share/report"
)

// Mailer sends a mail of plain text.
type Mailer interface {
	Send(ctx context.Context, to []string, subject, text string) error
}

// Summaries tells owners of folders and the DPO what lies on the shares: counts by
// folder, never a name of a file or what was found. Each is sent one mail a day at the
// most, whatever restarts between: the row stands before the mail goes. What a mail that
// was lost with its program was to tell is told by the next.
type Summaries struct {
	Shares *shares.Shares
	Config config.Config
	Store  *store.DB
	Key    detectors.Key // names recipients in the database
	Mail   Mailer
}

// Letter is one mail.
type Letter struct {
	To, Subject, Text string
	told              *report.Told
}

// lookEvery is how often mails that are due are looked for, and tryAgain how long after
// one that was not taken.
const (
	lookEvery = time.Minute
	tryAgain  = 15 * time.Minute
)

// Send sends the mails of a daemon until ctx ends; cfg is the configuration in force.
func (b *Board) Send(ctx context.Context, cfg func() config.Config, mail func(config.Config) Mailer) error {
	for {
		wait, now := lookEvery, cfg()
		s := &Summaries{Shares: b.Now(), Config: now, Store: b.Store, Key: b.Key, Mail: mail(now)}
		if err := s.Run(ctx, time.Now()); err != nil && ctx.Err() == nil {
			b.Log.Error("summaries of the shares", "error", detectors.RedactNumbers(err.Error()))
			wait = tryAgain
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// Run looks once for mails that are due; one that was not taken is tried the next time.
func (s *Summaries) Run(ctx context.Context, now time.Time) error {
	if s.Config.Summaries.When == "" || !s.Shares.Any() {
		return nil
	}
	day, due, err := s.day(now)
	if err != nil || !due {
		return err
	}
	waiting, err := s.waiting(ctx, day)
	if err != nil || len(waiting) == 0 {
		return err
	}
	letters, err := s.Letters(ctx, now, waiting)
	if err != nil {
		return err
	}
	var errs []error
	for _, who := range waiting {
		i := slices.IndexFunc(letters, func(l Letter) bool { return l.To == who })
		if i < 0 {
			errs = append(errs, s.nothing(ctx, who, day, now))
			continue
		}
		errs = append(errs, s.send(ctx, &letters[i], day, now))
	}
	return errors.Join(errs...)
}

// day is the day whose mails are due now; a moment that was slept through is made up
// until the next one comes.
func (s *Summaries) day(now time.Time) (string, bool, error) {
	place, err := night.Copenhagen()
	if err != nil {
		return "", false, err
	}
	at, err := night.ParseMinutes(s.Config.Summaries.At)
	if err != nil {
		return "", false, err
	}
	local := now.In(place)
	day := local
	if s.Config.Summaries.When == "weekly" {
		day = local.AddDate(0, 0, -(int(local.Weekday())+6)%7) // Monday
	}
	started := day.Day() != local.Day() || local.Hour()*60+local.Minute() >= at
	return day.Format(time.DateOnly), started, nil
}

// people are all who may be told something.
func (s *Summaries) people() []string {
	list := slices.Clone(s.Config.SummaryTo())
	for _, sh := range s.Config.Shares {
		for _, o := range sh.Owners {
			list = append(list, o.Mail...)
		}
	}
	for i := range list {
		list[i] = strings.ToLower(list[i])
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// waiting are those who were not looked at for a day.
func (s *Summaries) waiting(ctx context.Context, day string) ([]string, error) {
	rows, err := s.Store.Read().QueryContext(ctx, `SELECT recipient FROM share_summaries WHERE day = $1`, day)
	if err != nil {
		return nil, fmt.Errorf("cannot look for summaries: %w", err)
	}
	defer rows.Close()
	done := make(map[string]bool)
	for rows.Next() {
		var who string
		if err := rows.Scan(&who); err != nil {
			return nil, fmt.Errorf("cannot look for summaries: %w", err)
		}
		done[who] = true
	}
	return slices.DeleteFunc(s.people(), func(who string) bool { return done[s.Key.Digest(who)] }), rows.Err()
}

// since is up to which scan of each share somebody was told.
func (s *Summaries) since(ctx context.Context, who string) (map[string]int64, error) {
	var text string
	err := s.Store.Read().QueryRowContext(ctx, `SELECT upto FROM share_summaries WHERE recipient = $1 AND sent > 0 ORDER BY day DESC LIMIT 1`, s.Key.Digest(who)).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot look for the last summary: %w", err)
	}
	upto := make(map[string]int64)
	if err := json.Unmarshal([]byte(text), &upto); err != nil {
		return nil, fmt.Errorf("the last summary is damaged: %w", err)
	}
	return upto, nil
}

// Letters are the mails to those of the people for whom there is something to tell;
// nothing is sent or noted.
func (s *Summaries) Letters(ctx context.Context, now time.Time, people []string) ([]Letter, error) {
	since := make(map[string]map[string]int64)
	for _, who := range people {
		upto, err := s.since(ctx, who)
		if err != nil {
			return nil, err
		}
		since[who] = upto
	}
	told, err := s.Shares.Tell(ctx, now, report.To{Whose: s.whose(people), Since: func(who, share string) int64 { return since[who][share] }})
	if err != nil {
		return nil, err
	}
	var list []Letter
	for _, who := range people {
		if t := told[who]; t != nil && (t.New > 0 || s.Config.Summaries.When == "weekly") {
			for share, n := range since[who] { // never back: files may be gone
				t.Upto[share] = max(t.Upto[share], n)
			}
			list = append(list, s.letter(who, t))
		}
	}
	return list, nil
}

// whose tells who answers for a folder: the DPO for all, and the owner with the longest
// folder above it.
func (s *Summaries) whose(people []string) func(share, dir string) []string {
	owners := make(map[string][]config.Owner)
	for _, sh := range s.Config.Shares {
		owners[sh.Title()] = sh.Owners
	}
	wanted := func(list []string) (out []string) {
		for _, who := range list {
			if who = strings.ToLower(who); slices.Contains(people, who) && !slices.Contains(out, who) {
				out = append(out, who)
			}
		}
		return out
	}
	dpo := s.Config.SummaryTo()
	return func(share, dir string) []string {
		best, length := []string(nil), -1
		for _, o := range owners[share] {
			below := o.Folder == "" || dir == o.Folder || strings.HasPrefix(dir, o.Folder+"/")
			if below && len(o.Folder) > length {
				best, length = o.Mail, len(o.Folder)
			}
		}
		return wanted(slices.Concat(dpo, best))
	}
}

// send notes a mail and sends it. A refusal takes the note back, so that it is tried
// again; where nobody can know whether it was taken it counts as sent.
func (s *Summaries) send(ctx context.Context, l *Letter, day string, now time.Time) error {
	who := s.Key.Digest(l.To)
	upto, err := json.Marshal(l.told.Upto)
	if err != nil {
		return fmt.Errorf("cannot note a summary: %w", err)
	}
	ok, err := s.claim(ctx, who, day, string(upto), now)
	if err != nil || !ok {
		return err
	}
	if err := s.Mail.Send(ctx, []string{l.To}, l.Subject, l.Text); err != nil {
		// Also when we are asked to stop: what was not taken must not count as told.
		ctx = context.WithoutCancel(ctx)
		var of *relay.Error
		if errors.As(err, &of) && of.Code == 0 && of.Stage == "DATA" {
			return fmt.Errorf("nobody knows whether a summary was taken: %w", err)
		}
		return errors.Join(fmt.Errorf("summary not sent: %w", err), s.exec(ctx, `DELETE FROM share_summaries WHERE recipient = $1 AND day = $2 AND sent = 0`, who, day))
	}
	return s.exec(context.WithoutCancel(ctx), `UPDATE share_summaries SET sent = $3 WHERE recipient = $1 AND day = $2`, who, day, store.Millis(now))
}

// claim makes the row of a mail, once, and lets go of rows that it makes useless.
func (s *Summaries) claim(ctx context.Context, who, day, upto string, now time.Time) (ok bool, err error) {
	err = s.Store.Update(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM share_summaries WHERE recipient = $1 AND day < $2 AND (sent = 0 OR day <
			(SELECT MAX(day) FROM share_summaries WHERE recipient = $1 AND sent > 0))`, who, day); err != nil {
			return err
		}
		res, err := tx.ExecContext(ctx, `INSERT INTO share_summaries (recipient, day, upto, claimed) VALUES ($1, $2, $3, $4) ON CONFLICT (recipient, day) DO NOTHING`, who, day, upto, store.Millis(now))
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		ok = n > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("cannot note a summary: %w", err)
	}
	return ok, nil
}

// nothing notes that there was nothing to tell.
func (s *Summaries) nothing(ctx context.Context, who, day string, now time.Time) error {
	_, err := s.claim(ctx, s.Key.Digest(who), day, "{}", now)
	return err
}

func (s *Summaries) exec(ctx context.Context, query string, args ...any) error {
	err := s.Store.Update(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot note a summary: %w", err)
	}
	return nil
}

// foldersShown is how many folders a mail names.
const foldersShown = 20

// letter writes the mail.
func (s *Summaries) letter(who string, t *report.Told) Letter {
	dpo := slices.ContainsFunc(s.Config.SummaryTo(), func(a string) bool { return strings.EqualFold(a, who) })
	l := Letter{To: who, Subject: "Filer med personoplysninger i dine mapper", told: t}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	if dpo {
		l.Subject = "Filer med personoplysninger på de delte drev"
		line("Brevvagt har fundet personoplysninger i filer på de delte drev.")
	} else {
		line("Brevvagt har fundet personoplysninger i filer i mapper, du står for.")
	}
	if t.New > 0 {
		l.Subject += ": " + many(t.New, "ny", "nye")
	}
	line("\nNye siden sidste mail: %d", t.New)
	line("I alt: %s om %s. Alle kan læse %d af filerne.\n", many(t.Files, "fil", "filer"), many(t.Persons, "person", "personer"), t.Everyone)
	for _, f := range t.Folders[:min(len(t.Folders), foldersShown)] {
		place := f.Share
		if f.Path != "" {
			place += ": " + f.Path
		}
		line("%s", place)
		text := fmt.Sprintf("  %s om %s", many(f.Files, "fil", "filer"), many(f.Persons, "person", "personer"))
		if f.New > 0 {
			text += ", " + many(f.New, "ny", "nye")
		}
		if f.Everyone > 0 {
			text += fmt.Sprintf(", alle kan læse %d", f.Everyone)
		}
		line("%s, den ældste er fra %s", text, f.Oldest.Local().Format("02.01.2006"))
	}
	if more := len(t.Folders) - foldersShown; more > 0 {
		line("og %s mere", many(more, "mappe", "mapper"))
	}
	if !dpo {
		line("\nSlet det, der ikke skal bruges, flyt resten til fagsystemet, og begræns, hvem der kan læse mappen.")
		line("Spørg %s, hvis du vil vide, hvilke filer det er.", s.Config.Notify.Contact)
	}
	// Those who answer for a folder have no account, and a link to a login tells them nothing.
	if page := s.Config.DPO.Page; page != "" && dpo {
		line("\n%s/drev", strings.TrimSuffix(page, "/"))
	}
	l.Text = b.String()
	return l
}

func many(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}
