package register

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Extra is what belongs to an entry beside the thirteen columns: what a notification
// to the authority asks for, and the DPO's own assessment. It is checked like the
// columns and holds no person.
type Extra struct {
	Persons    string    `json:"persons,omitempty"`     // about how many, in words or figures; drafted from what was counted
	Records    string    `json:"records,omitempty"`     // about how many records
	LateReason string    `json:"late_reason,omitempty"` // GDPR Art. 33(1): why later than 72 hours
	Notified   time.Time `json:"notified,omitzero"`     // when the DPO notified the authority
	Told       time.Time `json:"told,omitzero"`         // when the persons were told
	Severity   *Severity `json:"severity,omitempty"`
	// Withdrawn is the deadline of a breach that turned out to be none: calendars still
	// have it, and are to be told. The program sets it.
	Withdrawn time.Time `json:"withdrawn,omitzero"`
	Run       *Run      `json:"run,omitempty"`
}

// Errors of an entry that does not hang together.
var (
	ErrConflict = errors.New("somebody else has changed the entry meanwhile")
	ErrDates    = errors.New("the dates do not fit together")
	ErrAware    = errors.New("a breach needs the time when it became known")
	ErrLate     = errors.New("the notification is later than 72 hours and needs a reason")
	ErrDecided  = errors.New("a decision must be Ja or Nej")
	ErrEmpty    = errors.New("the entry must say what happened")
)

// Undecided is the beginning of column 8 or 11 while the DPO has not decided.
const Undecided = "[DPO afgør]"

// Decided reports whether column 8 or 11 holds a person's decision, not a proposal.
func Decided(column string) bool { return column == "Ja" || column == "Nej" }

// No is a person's decision against.
const No = "Nej"

// ProposesNo reports whether an averted incident still has the program's proposals in
// columns 8 and 11, not to notify and to tell nobody, so that one word decides both.
func (d *Draft) ProposesNo() bool {
	return d.Status == Averted && d.Notify == proposalNo && d.Informed == proposalNo
}

// Settled reports whether no deadline needs watching any more: the DPO decided not
// to notify, or decided to and has done it.
func (d *Draft) Settled() bool {
	return d.Notify == "Nej" || d.Notify == "Ja" && (!d.Extra.Notified.IsZero() || d.Deadline.IsZero())
}

// Late reports whether the authority was, or would now be, notified after the
// deadline.
func (d *Draft) Late(now time.Time) bool {
	if d.Deadline.IsZero() || d.Status != Breach || d.Notify == "Nej" {
		return false
	}
	if !d.Extra.Notified.IsZero() {
		now = d.Extra.Notified
	}
	return now.After(d.Deadline)
}

// Running reads the confirmed breaches whose clock runs, the nearest deadline first.
func (r *Register) Running(ctx context.Context) ([]*Draft, error) {
	return r.query(ctx, ` WHERE status = 'brud' AND settled = 0 AND deadline > 0 ORDER BY deadline, no LIMIT 100`)
}

// Years lists the years that have entries, the latest first.
func (r *Register) Years(ctx context.Context) ([]int, error) {
	var list []int
	for before := 1 << 20; ; {
		var y sql.NullInt64
		// One step of the index a year, however many entries it has.
		if err := r.db.Read().QueryRowContext(ctx, `SELECT MAX(year) FROM register_drafts WHERE year < $1`, before).Scan(&y); err != nil {
			return nil, fmt.Errorf("cannot read the register: %w", err)
		}
		if !y.Valid {
			return list, nil
		}
		before = int(y.Int64)
		list = append(list, before)
	}
}

// Page reads part of the entries of a year (0 is all), the newest first, and how
// many there are. status "" means all.
func (r *Register) Page(ctx context.Context, year int, status Status, limit, offset int) ([]*Draft, int, error) {
	var tests []string
	var args []any
	if status != "" {
		args = append(args, string(status))
		tests = append(tests, fmt.Sprintf("status = $%d", len(args)))
	}
	if year != 0 {
		args = append(args, year)
		tests = append(tests, fmt.Sprintf("year = $%d", len(args)))
	}
	where := ""
	if len(tests) > 0 {
		where = " WHERE " + strings.Join(tests, " AND ")
	}
	var total int
	if err := r.db.Read().QueryRowContext(ctx, `SELECT COUNT(*) FROM register_drafts`+where, args...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("cannot count the register: %w", err)
	}
	n := len(args)
	list, err := r.query(ctx, where+fmt.Sprintf(` ORDER BY year DESC, running DESC LIMIT $%d OFFSET $%d`, n+1, n+2), append(args, limit, offset)...)
	return list, total, err
}

func (r *Register) query(ctx context.Context, where string, args ...any) ([]*Draft, error) {
	rows, err := r.db.Read().QueryContext(ctx, selectDrafts+where, args...)
	if err != nil {
		return nil, fmt.Errorf("cannot read the register: %w", err)
	}
	defer rows.Close()
	var list []*Draft
	for rows.Next() {
		d, err := one(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, rows.Err()
}

// FieldError names the column whose text may not be kept.
type FieldError struct {
	Column int // 1 to 13, 0 for a field beside the columns
	Err    error
}

func (e *FieldError) Error() string {
	if e.Column == 0 {
		return "a field of the notification: " + e.Err.Error()
	}
	return fmt.Sprintf("column %q: %v", Columns()[e.Column-1], e.Err)
}

// Unwrap gives the reason.
func (e *FieldError) Unwrap() error { return e.Err }

// CheckAll refuses an entry that would keep personal data, naming the column.
func (r *Register) CheckAll(d *Draft) error {
	for _, c := range []struct {
		column int
		text   string
	}{
		{2, d.What}, {5, d.Type}, {6, strings.Join(d.DataTypes, ", ")}, {7, d.Consequences}, {8, d.Notify}, {9, d.NotifyReason},
		{10, d.Measures}, {11, d.Informed}, {12, d.InformedReason}, {13, d.Ruling},
		{0, d.Extra.Persons}, {0, d.Extra.Records}, {0, d.Extra.LateReason},
	} {
		if len(c.text) > maxText {
			return &FieldError{c.column, fmt.Errorf("longer than %d bytes", maxText)}
		}
		if err := r.check(c.text); err != nil {
			return &FieldError{c.column, err}
		}
	}
	return nil
}

// DataTypeValues are the values of column 6 seen in a published register and needed
// for the incidents beside it, in the order in which they are offered.
func DataTypeValues() []string {
	return []string{"Adresse", "Alder", "Boligforhold", "Bopælskommune", "CPR-nr.", "CVR-nummer (enkeltmandsvirksomhed)", "E-mail",
		"Familiemæssige forhold", "Helbredsoplysninger", "Initialer/loginnavn", "Navn", "Navne- og adressebeskyttelse",
		"Oplysning om at personen er afgået ved døden", "Oplysninger om børn", "Pårørende", "Religiøs overbevisning", "Sag i Socialforvaltningen",
		"Sociale forhold", "Strafbare forhold", "Støtteforanstaltninger", "Telefonnummer (privat)", "Tilsynsrapport", "Økonomiske forhold", "Økonomiske oplysninger"}
}

// Types are the values of column 5.
func Types() []string { return []string{HumanError, SystemError, SupplierError} }

// AwaitsDPO is the text of columns 8 and 11 while the DPO has not decided, with the
// deadline where one runs.
func (r *Register) AwaitsDPO(deadline time.Time) string {
	if deadline.IsZero() {
		return Undecided
	}
	return dpoDecides + r.at(deadline)
}

// Locked reads an entry within tx, so that a change of it can tell that nobody came
// between.
func (r *Register) Locked(ctx context.Context, tx *sql.Tx, no string) (*Draft, error) {
	d, err := one(tx.QueryRowContext(ctx, selectDrafts+` WHERE no = $1`, no))
	if err != nil {
		return nil, fmt.Errorf("register entry %.20q: %w", no, err)
	}
	return d, nil
}

// Zone is Danish time, in which the register writes its dates.
func (r *Register) Zone() *time.Location { return r.zone }
