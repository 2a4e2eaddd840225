package register

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"brevvagt/detectors"
	"brevvagt/quarantine/register/story"
)

// Draft texts A (stopped before it left) and the beginning of B (left).
const (
	proposalNo     = "Nej [forslag]"
	stoppedNotify  = "Forsendelsen blev standset, før den forlod kommunen. Ingen uvedkommende har haft adgang til oplysningerne."
	stoppedInform  = "Oplysningerne er ikke kommet uvedkommende i hænde."
	fileReason     = "Filen lå kun på et internt fællesdrev og er taget ud; intet er sendt."
	dpoDecides     = "[DPO afgør], frist "
	removed        = "(tekst udeladt, fordi den kunne indeholde personoplysninger)"
	dateLayout     = "02.01.2006"
	dateTimeLayout = "02.01.2006 kl. 15.04"
)

// Create drafts the entry of an item that was stopped (text A). A text that does
// not pass the check is left out rather than failing: a hold must not fail over a
// sentence about it.
func (r *Register) Create(ctx context.Context, tx *sql.Tx, in story.Incident) (*Draft, error) {
	d := Draft{CaseID: in.CaseID, Status: Averted, Registered: in.At, Start: in.Start}
	if d.Start.IsZero() {
		d.Start = in.At
	}
	t := story.Compose(in)
	d.Fields = Fields{
		What: t.What, Type: t.Kind, DataTypes: dataTypes(in), Consequences: t.Consequences,
		Notify: proposalNo, NotifyReason: add(stoppedNotify, t.Reason), Informed: proposalNo, InformedReason: stoppedInform,
		Measures: fmt.Sprintf("%s sat i karantæne %s.", story.Capital(story.TheItem(in.Kind)+" er"), r.at(in.At)) + " " + t.Measures,
	}
	d.Extra.Persons = people(affected(in), "")
	if in.Figures.InRun {
		d.Extra.Run = new(Run)
		d.Extra.Run.count(in)
		d.Extra.Persons = d.Extra.Run.people()
	}
	switch {
	case in.Left:
		r.possible(&d, in)
	case in.Figures.Sent > 0:
		r.partly(&d, in)
	case slices.Contains(in.Rules, "public-exposure"):
		r.exposed(&d, in)
	case slices.Contains(in.Rules, "file-findings"):
		d.NotifyReason, d.InformedReason = fileReason, fileReason
	}
	for _, f := range []*string{&d.What, &d.Consequences, &d.NotifyReason, &d.Measures} {
		*f = r.clean(strings.TrimSpace(*f))
	}
	for i := range d.DataTypes {
		d.DataTypes[i] = r.clean(d.DataTypes[i])
	}
	return r.Add(ctx, tx, d)
}

// affected is how many people's data got, or were about to get, where they do not belong, as
// column 2 tells it; 0 where it is not known. Where the rules know the strangers, those to
// whom the papers do belong are none of them, unless nothing was to go there or that way.
func affected(in story.Incident) int {
	n := max(in.Figures.Strangers, in.Figures.Letters, min(len(in.Figures.Marked), 1))
	if n == 0 || slices.Contains(in.Rules, "foreign-recipient") {
		return max(n, in.Persons)
	}
	if slices.Contains(in.Rules, "cpr-unprotected") {
		n = max(n, in.Numbers)
	}
	return n
}

// people is a number of persons for a notification, "" for none.
func people(n int, before string) string {
	if n == 0 {
		return ""
	}
	return before + strconv.Itoa(n)
}

// dataTypes are the values of column 6.
func dataTypes(in story.Incident) []string {
	list := slices.Clone(in.DataTypes)
	if in.Numbers > 0 && !in.Figures.OwnOnly() {
		list = append(list, "CPR-nr.")
	}
	return list
}

// clean is the redacted text, or a word in its place when even that is refused.
func (r *Register) clean(text string) string {
	text = detectors.Redact(text)
	if r.check(text) != nil {
		return removed
	}
	return text
}

// Released amends the entry of a case that was let go after all (text B): what was
// true of a stopped item no longer is, and the DPO must decide. The 72 hours are
// shown from now as the safe deadline; the clock itself starts with Confirm.
func (r *Register) Released(ctx context.Context, tx *sql.Tx, caseID string, at time.Time) error {
	return r.left(ctx, tx, caseID, at, fmt.Sprintf("Frigivet efter gennemgang %s.", r.at(at)), func(run *Run) *int { return &run.Released })
}

// Left amends the entry of a case whose item left outside our view (text B).
func (r *Register) Left(ctx context.Context, tx *sql.Tx, caseID string, at time.Time) error {
	return r.left(ctx, tx, caseID, at, fmt.Sprintf("Konstateret %s, at forsendelsen ikke længere ligger i karantænen hos afsendersystemet; den kan være afsendt.", r.at(at)),
		func(run *Run) *int { return &run.Gone })
}

func (r *Register) left(ctx context.Context, tx *sql.Tx, caseID string, at time.Time, measure string, which func(*Run) *int) error {
	d, err := one(tx.QueryRowContext(ctx, selectDrafts+ofCase, caseID))
	if err != nil {
		return fmt.Errorf("register entry of case %s: %w", caseID, err)
	}
	r.reopen(d, at)
	d.end(measure, which)
	return r.Save(ctx, tx, d, at)
}

// undecided puts text B into columns 8, 9, 11 and 12.
func (r *Register) undecided(d *Draft) {
	d.Notify = dpoDecides + r.at(d.Deadline)
	d.Informed = d.Notify
	d.NotifyReason, d.InformedReason = "", ""
}

// Rejected amends the entry of a case whose sender got the item back.
func (r *Register) Rejected(ctx context.Context, tx *sql.Tx, caseID, kind string, at time.Time) error {
	return r.note(ctx, tx, caseID, at, fmt.Sprintf("Afsenderen har fået %s retur %s og er henvist til sikker post.", story.TheItem(kind), r.at(at)),
		func(run *Run) *int { return &run.Rejected })
}

// Expired amends the entry of a case whose content was deleted undelivered.
func (r *Register) Expired(ctx context.Context, tx *sql.Tx, caseID string, at time.Time) error {
	return r.note(ctx, tx, caseID, at, fmt.Sprintf("Forsendelsen blev ikke frigivet; indholdet er slettet %s.", r.at(at)), func(run *Run) *int { return &run.Expired })
}

func (r *Register) note(ctx context.Context, tx *sql.Tx, caseID string, at time.Time, measure string, which func(*Run) *int) error {
	d, err := one(tx.QueryRowContext(ctx, selectDrafts+ofCase, caseID))
	if err != nil {
		return fmt.Errorf("register entry of case %s: %w", caseID, err)
	}
	d.end(measure, which)
	return r.Save(ctx, tx, d, at)
}

// Confirm is the DPO's word that it is a breach, known since the given time: the
// clock of 72 hours runs from there.
func (r *Register) Confirm(ctx context.Context, tx *sql.Tx, no string, aware, at time.Time) (*Draft, error) {
	d, err := one(tx.QueryRowContext(ctx, selectDrafts+` WHERE no = $1`, no))
	if err != nil {
		return nil, fmt.Errorf("register entry %s: %w", no, err)
	}
	undecided := strings.HasPrefix(d.Notify, dpoDecides) || d.Status == Averted
	d.Status, d.Confirmed, d.Deadline, d.Extra.Withdrawn = Breach, aware, aware.Add(Deadline), time.Time{}
	if d.Discovered.IsZero() {
		d.Discovered = aware
	}
	if undecided {
		r.undecided(d)
	}
	return d, r.Save(ctx, tx, d, at)
}

// Remaining is the time left to notify; negative when the deadline has passed, and
// ok is false for an entry without one.
func (d *Draft) Remaining(now time.Time) (left time.Duration, ok bool) {
	if d.Deadline.IsZero() {
		return 0, false
	}
	return d.Deadline.Sub(now), true
}

// at writes a time as the register does, in Danish time.
func (r *Register) at(t time.Time) string { return t.In(r.zone).Format(dateTimeLayout) }

func (r *Register) date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(r.zone).Format(dateLayout)
}

func add(text, sentence string) string { return strings.TrimSpace(text + " " + sentence) }
