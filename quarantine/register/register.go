// Package register writes drafts for the municipality's register of personal data
// breaches (GDPR Art. 33(5); Danish: fortegnelse over brud), in the thirteen columns
// that a Danish municipality publishes, and exports them. It proposes and never
// decides: whether the authority or the persons are told is the DPO's to say. No
// name and no number of a citizen can be saved in it.
//
// Glossary: draft = kladde, averted incident = afværget hændelse, possible breach =
// muligt brud, breach = brud, deadline = frist.
package register

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
	_ "time/tzdata" // dates are Danish whatever the machine has installed

	"brevvagt/detectors"
	"brevvagt/internal/store"
	"brevvagt/quarantine/register/story"
)

// Columns are the register's column titles in order, spelled as Gladsaxe Kommune
// printed them in its register of 2025 ("Berundelse" included), so that the export
// can be pasted under the register a municipality already has.
func Columns() []string {
	return []string{
		"Nr.",
		"Hvad er der sket?",
		"Dato for registrering",
		"Hændelse start",
		"Type af hændelse",
		"Hvilke typer af personoplysninger er berørt?",
		"Hvilke konsekvenser kan bruddet få for de berørte personer?",
		"Skal hændelsen anmeldes til Datatilsynet?",
		"Berundelse for ikke at anmelde til Datatilsynet",
		"Foranstaltninger gennemført for at stoppe hændelsen",
		"Er de berørte personer blevet underrettet?",
		"Begrundelse for ikke at underrette de berørte personer",
		"Afgørelse fra Datatilsynet",
	}
}

// Status says what the entry is about. Only a person moves it to Breach.
type Status string

// The statuses, as the pages show them.
const (
	Averted  Status = "afværget hændelse" // stopped in time: no breach, no clock
	Possible Status = "muligt brud"       // left after all; the clock is not started
	Breach   Status = "brud"              // confirmed by the DPO; 72 hours run
)

// The types of event seen in the register.
const (
	HumanError    = story.HumanError
	SystemError   = story.SystemError
	SupplierError = "Leverandørfejl"
)

// Deadline is how long a controller has to notify after becoming aware (GDPR Art.
// 33(1)); plain clock hours, weekends included, as the safe reading.
const Deadline = 72 * time.Hour

// Errors that callers tell apart.
var (
	ErrNotFound     = errors.New("no such register entry")
	ErrPersonalData = errors.New("the text holds what looks like a CPR number")
	ErrExists       = errors.New("there is already an entry of that number")
)

// Draft is one entry. The fields from What to Ruling are columns 2 and 5 to 13.
type Draft struct {
	No     string // column 1, "2026-01"
	CaseID string // the first, where a run has several; "" for a manual entry
	Status Status

	Registered time.Time // column 3
	Start      time.Time // column 4
	Fields

	Discovered time.Time // opdaget: when it was known that the item left; zero for averted
	Confirmed  time.Time // bekræftet: when the DPO called it a breach, which starts the clock
	Deadline   time.Time // frist: shown from Discovered while possible, counted from Confirmed once confirmed
	Changed    time.Time
	Extra      Extra
}

// Fields are the columns that hold text.
type Fields struct {
	What           string   `json:"what"`            // 2
	Type           string   `json:"type"`            // 5
	DataTypes      []string `json:"data_types"`      // 6
	Consequences   string   `json:"consequences"`    // 7
	Notify         string   `json:"notify"`          // 8: a proposal ends in "[forslag]"
	NotifyReason   string   `json:"notify_reason"`   // 9
	Measures       string   `json:"measures"`        // 10
	Informed       string   `json:"informed"`        // 11
	InformedReason string   `json:"informed_reason"` // 12
	Ruling         string   `json:"ruling"`          // 13
}

// Register keeps the drafts in a store. It is safe for concurrent use.
type Register struct {
	db    *store.DB
	check func(string) error
	zone  *time.Location
}

// New gives the register in db. check refuses a text that may not be kept; nil
// means CheckNumbers.
func New(db *store.DB, check func(string) error) (*Register, error) {
	zone, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		return nil, fmt.Errorf("cannot load Danish time: %w", err)
	}
	if check == nil {
		check = CheckNumbers
	}
	return &Register{db: db, check: check, zone: zone}, nil
}

// CheckNumbers refuses a text in which something could be a CPR number. The error
// never quotes it.
func CheckNumbers(text string) error {
	if detectors.Redact(text) != text {
		return ErrPersonalData
	}
	return nil
}

// Get reads an entry by its number.
func (r *Register) Get(ctx context.Context, no string) (*Draft, error) {
	return one(r.db.Read().QueryRowContext(ctx, selectDrafts+` WHERE no = $1`, no))
}

// ofCase finds the entry of a case: a run's cases share one, which names the first.
const ofCase = ` WHERE no = COALESCE((SELECT draft_no FROM cases WHERE id = $1 AND draft_no <> ''), (SELECT no FROM register_drafts WHERE case_id = $1 AND case_id <> ''))`

// ByCase reads the entry of a case.
func (r *Register) ByCase(ctx context.Context, caseID string) (*Draft, error) {
	return one(r.db.Read().QueryRowContext(ctx, selectDrafts+ofCase, caseID))
}

// List reads the entries of a year in order; year 0 means all.
func (r *Register) List(ctx context.Context, year int) ([]*Draft, error) {
	return r.query(ctx, ` WHERE year = $1 OR $1 = 0 ORDER BY year, running`, year)
}

// Add makes an entry by hand, with the next number of the year of registration
// unless it brings one of its own, as an imported entry does. Case and change time
// are set here; a draft without a status is possible.
func (r *Register) Add(ctx context.Context, tx *sql.Tx, d Draft) (*Draft, error) {
	if d.Status == "" {
		d.Status = Possible
	}
	if d.Registered.IsZero() {
		return nil, errors.New("a register entry needs its date of registration")
	}
	if err := r.CheckAll(&d); err != nil {
		return nil, err
	}
	year, running, err := r.number(ctx, tx, &d)
	if err != nil {
		return nil, err
	}
	if d.Changed.IsZero() {
		d.Changed = d.Registered
	}
	columns, err := encode(&d)
	if err != nil {
		return nil, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO register_drafts (no, year, running, case_id, status, columns, started, discovered, confirmed, deadline, created, changed, settled)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		d.No, year, running, d.CaseID, string(d.Status), columns, store.Millis(d.Start), store.Millis(d.Discovered),
		store.Millis(d.Confirmed), store.Millis(d.Deadline), store.Millis(d.Registered), store.Millis(d.Changed), flag(d.Settled()))
	if err != nil {
		return nil, fmt.Errorf("cannot save register entry %s: %w", d.No, err)
	}
	return &d, nil
}

// maxRunning is the highest number of a year that an imported entry may bring: the next
// one goes on from it.
const maxRunning = 99_999

// ErrNumber is a number that is no register's; it is not quoted, since it could be
// anybody's.
var ErrNumber = errors.New("a register number is written 2026-01")

// ParseNo takes a number apart, or gives ErrNumber.
func ParseNo(no string) (year, running int, err error) {
	if n, err := fmt.Sscanf(no, "%4d-%d", &year, &running); err != nil || n != 2 || no != fmt.Sprintf("%04d-%02d", year, running) || year < 1 || running < 1 || running > maxRunning {
		return 0, 0, ErrNumber
	}
	return year, running, nil
}

// number gives the entry its place in its year.
func (r *Register) number(ctx context.Context, tx *sql.Tx, d *Draft) (year, running int, err error) {
	if d.No != "" {
		if year, running, err = ParseNo(d.No); err != nil {
			return 0, 0, err
		}
		var taken int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM register_drafts WHERE no = $1`, d.No).Scan(&taken); err != nil {
			return 0, 0, fmt.Errorf("cannot look for register entry %s: %w", d.No, err)
		}
		if taken > 0 {
			return 0, 0, fmt.Errorf("%s: %w", d.No, ErrExists)
		}
		return year, running, nil
	}
	year = d.Registered.In(r.zone).Year()
	if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(running), 0) + 1 FROM register_drafts WHERE year = $1`, year).Scan(&running); err != nil {
		return 0, 0, fmt.Errorf("cannot number the register entry: %w", err)
	}
	d.No = fmt.Sprintf("%04d-%02d", year, running)
	return year, running, nil
}

// Save stores what a person changed in an entry: text columns, start, status.
// Number, case and date of registration cannot change. Call Confirm to start the
// clock, not Save.
func (r *Register) Save(ctx context.Context, tx *sql.Tx, d *Draft, at time.Time) error {
	if err := r.CheckAll(d); err != nil {
		return err
	}
	columns, err := encode(d)
	if err != nil {
		return err
	}
	d.Changed = at
	res, err := tx.ExecContext(ctx, `UPDATE register_drafts SET status = $2, columns = $3, started = $4, discovered = $5, confirmed = $6, deadline = $7, changed = $8, settled = $9 WHERE no = $1`,
		d.No, string(d.Status), columns, store.Millis(d.Start), store.Millis(d.Discovered), store.Millis(d.Confirmed), store.Millis(d.Deadline), store.Millis(at), flag(d.Settled()))
	if err != nil {
		return fmt.Errorf("cannot save register entry %s: %w", d.No, err)
	}
	if n, err := res.RowsAffected(); err == nil && n == 0 {
		return fmt.Errorf("%s: %w", d.No, ErrNotFound)
	}
	return nil
}

// maxText bounds a column, in bytes; Excel takes 32,767 characters in a cell.
const maxText = 16 << 10

const selectDrafts = `SELECT no, case_id, status, columns, started, discovered, confirmed, deadline, created, changed FROM register_drafts`

func one(row interface{ Scan(...any) error }) (*Draft, error) {
	var d Draft
	var columns string
	var started, discovered, confirmed, deadline, created, changed int64
	err := row.Scan(&d.No, &d.CaseID, &d.Status, &columns, &started, &discovered, &confirmed, &deadline, &created, &changed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read a register entry: %w", err)
	}
	var kept stored
	if err := json.Unmarshal([]byte(columns), &kept); err != nil {
		return nil, fmt.Errorf("cannot read register entry %s: %w", d.No, err)
	}
	d.Fields, d.Extra = kept.Fields, kept.Extra
	d.Start, d.Discovered, d.Confirmed = store.Time(started), store.Time(discovered), store.Time(confirmed)
	d.Deadline, d.Registered, d.Changed = store.Time(deadline), store.Time(created), store.Time(changed)
	return &d, nil
}

func encode(d *Draft) (string, error) {
	d.DataTypes = slices.Compact(slices.Sorted(slices.Values(d.DataTypes)))
	b, err := json.Marshal(stored{d.Fields, d.Extra})
	if err != nil {
		return "", fmt.Errorf("cannot write register entry %s: %w", d.No, err)
	}
	return string(b), nil
}

// stored is the text of an entry as the database keeps it.
type stored struct {
	Fields
	Extra Extra `json:"extra"`
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
