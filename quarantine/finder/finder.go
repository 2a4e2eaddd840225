// Package finder finds cases fast among a hundred thousand: it keeps the masked
// words of a case in an index that is written in the same transaction as the case,
// and turns what a person looks for into a query.
//
// Glossary: a word is a piece of a subject, name or address, in lower case; a tag is
// a word with its kind before it ("regel:cpr-unprotected", "fra:a@kommune.example").
package finder

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"brevvagt/internal/store"
)

// Facts are what a case is found by. All texts are redacted already.
type Facts struct {
	Source, From, Unit, Subject, Name, Draft string
	To, Rules, Detectors, Runs               []string
	Persons, Numbers, Approvers              int
}

// The kinds of tags.
const (
	RuleTag   = "regel:"
	SourceTag = "kilde:"
	FromTag   = "fra:"
	UnitTag   = "enhed:"
	RunTag    = "koersel:"
)

// Limits of what is indexed of one case.
const (
	maxWords     = 200
	maxWordBytes = 80
	maxAddresses = 50
)

// Words lists the words and tags of a case, sorted and each once.
func (f *Facts) Words() []string {
	var list []string
	add := func(w string) {
		if n := len(w); n >= 2 && n <= maxWordBytes && len(list) < maxWords {
			list = append(list, w)
		}
	}
	for _, r := range f.Rules {
		add(RuleTag + r)
	}
	for _, r := range f.Runs {
		add(RunTag + r)
	}
	add(SourceTag + f.Source)
	if f.Unit != "" {
		add(UnitTag + f.Unit)
	}
	from := strings.ToLower(f.From)
	add(FromTag + from)
	add(strings.ToLower(f.Draft))
	for _, a := range append([]string{from}, f.To[:min(len(f.To), maxAddresses)]...) {
		a = strings.ToLower(a)
		add(a)
		for _, w := range split(a) {
			add(w)
		}
		if _, domain, ok := strings.Cut(a, "@"); ok {
			add(domain)
		}
	}
	for _, text := range []string{f.Subject, f.Name, f.Unit} {
		for _, w := range split(text) {
			add(w)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// split takes a text apart into lower-case words of letters and digits.
func split(text string) []string {
	if len(text) > 4<<10 {
		text = text[:4<<10]
	}
	return strings.FieldsFunc(strings.ToLower(strings.ToValidUTF8(text, " ")), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// weighty detectors raise the risk of a case.
var weighty = []string{"special-category", "protected-address", "child-recipient", "foreign-recipient"}

// Risk weighs a case from 0 to about 300, for sorting only: people, numbers, what
// they tell, how many would get it, and whether a rule asks for two approvals.
func (f *Facts) Risk() int {
	risk := 2*min(f.Persons, 50) + min(f.Numbers, 50)
	if f.Approvers > 1 {
		risk += 60
	}
	if len(f.To) > 5 {
		risk += 20
	}
	for _, d := range weighty {
		if slices.Contains(f.Detectors, d) || slices.Contains(f.Rules, d) {
			risk += 20
		}
	}
	return risk
}

// The bands in which a risk is shown.
const (
	HighRisk   = 80
	MediumRisk = 20
)

// Add indexes a case within the transaction that makes it.
func Add(ctx context.Context, tx *sql.Tx, caseID string, f *Facts) error {
	rows, args := []string{}, []any{caseID}
	for _, w := range f.Words() {
		args = append(args, w)
		rows = append(rows, fmt.Sprintf("($%d, $1)", len(args)))
	}
	if len(rows) > 0 {
		if _, err := tx.ExecContext(ctx, `INSERT INTO case_words (word, case_id) VALUES `+strings.Join(rows, ", ")+` ON CONFLICT (word, case_id) DO NOTHING`, args...); err != nil {
			return fmt.Errorf("cannot index case %s: %w", caseID, err)
		}
	}
	if _, err := tx.ExecContext(ctx, `UPDATE cases SET risk = $2 WHERE id = $1`, caseID, f.Risk()); err != nil {
		return fmt.Errorf("cannot index case %s: %w", caseID, err)
	}
	return nil
}

// Forget takes a case out of the index but for its tags, when its texts are deleted.
func Forget(ctx context.Context, tx *sql.Tx, caseID string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM case_words WHERE case_id = $1 AND NOT (word LIKE 'regel:%' OR word LIKE 'kilde:%' OR word LIKE 'koersel:%' OR word LIKE 'enhed:%')`, caseID); err != nil {
		return fmt.Errorf("cannot forget the words of case %s: %w", caseID, err)
	}
	return nil
}

// Order is how found cases are sorted.
type Order string

// The orders.
const (
	Newest  Order = "nyeste"
	Oldest  Order = "aeldste"
	ByRisk  Order = "risiko"
	ByClock Order = "frist"
)

// Query is what somebody looks for; the zero Query is all cases, the newest first.
type Query struct {
	States       []string
	Text         string // words that must all be there, each the beginning of one
	Rule, Source string
	From, Unit   string
	Since, Until time.Time // when it was stopped
	Assigned     string
	Order        Order
	Limit        int // 0 means 20; at most 1000
	Offset       int
	// After and Before are the id of a case that the page begins behind or ends before,
	// whatever became of it; then Offset does not count. Far down a list that costs no
	// more than its beginning.
	After, Before string
}

// MaxTotal is how far matches are counted; more are "more than MaxTotal".
const MaxTotal = 1000

// draftNo is the number of a register entry, or its beginning.
var draftNo = regexp.MustCompile(`^[0-9]{4}-[0-9]*$`)

// maxTerms bounds the words of a search.
const maxTerms = 6

// rare is up to how many cases a word is looked up from the word's side, common up to
// how many it is worth looking up beside another, and few how many may come of that.
const (
	rare   = 5000
	common = 60_000
	few    = 2000
)

// statement collects a condition and its values.
type statement struct {
	where []string
	args  []any
	few   bool // a condition names the few cases there can be
}

func (s *statement) arg(v any) string {
	s.args = append(s.args, v)
	return fmt.Sprintf("$%d", len(s.args))
}

// Find gives the ids of a page of matches in order, and how many match, counted to
// MaxTotal+1 unless the query asks for states alone.
func Find(ctx context.Context, tx *sql.Tx, q Query) (ids []string, total int, err error) {
	s, err := q.conditions(ctx, tx)
	if err != nil {
		return nil, 0, err
	}
	where := ""
	if len(s.where) > 0 {
		where = " WHERE " + strings.Join(s.where, " AND ")
	}
	count := `SELECT COUNT(*) FROM (SELECT 1 FROM cases` + where + fmt.Sprintf(` LIMIT %d) x`, MaxTotal+1)
	if !q.narrow() {
		count = `SELECT COUNT(*) FROM cases` + where
	}
	if err := tx.QueryRowContext(ctx, count, s.args...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("cannot count cases: %w", err)
	}
	if q.Limit <= 0 {
		q.Limit = 20
	}
	q.Limit, q.Offset = min(q.Limit, 1000), max(q.Offset, 0)
	text, back, err := q.from(ctx, tx, s, where)
	if err != nil {
		return nil, 0, err
	}
	if text == "" {
		text, back = q.counted(s, where, total)
	}
	rows, err := tx.QueryContext(ctx, text, s.args...)
	if err != nil {
		return nil, 0, fmt.Errorf("cannot find cases: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, 0, fmt.Errorf("cannot find cases: %w", err)
		}
		ids = append(ids, id)
	}
	if back {
		slices.Reverse(ids)
	}
	return ids, total, rows.Err()
}

// counted gives the statement for the page that so many cases stand before, and whether
// its rows come in the turned order.
func (q *Query) counted(s *statement, where string, total int) (text string, back bool) {
	back = !q.narrow() && q.Offset > total/2 && q.turn()
	if back { // far down the list: counted from its end, half the way at most
		q.Limit = max(0, min(q.Limit, total-q.Offset))
		q.Offset = max(0, total-q.Offset-q.Limit)
	}
	text = `SELECT cases.id FROM cases` + where + q.order()
	if q.Order == ByClock {
		text = byClock(s, where, q.Limit+q.Offset)
	}
	return text + " LIMIT " + s.arg(q.Limit) + " OFFSET " + s.arg(q.Offset), back
}

// turn turns an order by time about; it reports whether it did.
func (q *Query) turn() bool {
	switch q.Order {
	case Oldest:
		q.Order = Newest
	case Newest, "":
		q.Order = Oldest
	default:
		return false
	}
	return true
}

// narrow reports whether more than states is asked for.
func (q *Query) narrow() bool {
	return q.Text != "" || q.Rule != "" || q.Source != "" || q.From != "" || q.Unit != "" || !q.Since.IsZero() || !q.Until.IsZero() || q.Assigned != ""
}

// byClock lists cases by their deadlines and behind them those without one, the longest
// waiting first. Few have a deadline; the others are walked in the order of time and only
// as far as is asked for, so that none are sorted.
func byClock(s *statement, where string, most int) string {
	and := " WHERE "
	if where != "" {
		and = where + " AND "
	}
	n := s.arg(most)
	return `SELECT id FROM (SELECT cases.id, 0 AS later, d.deadline, cases.held_at FROM register_drafts d JOIN cases ON cases.draft_no = d.no` + and + `d.deadline <> 0
		UNION ALL SELECT * FROM (SELECT cases.id, 1, 0, cases.held_at FROM cases` + and + `NOT EXISTS (SELECT 1 FROM register_drafts d WHERE d.no = cases.draft_no AND d.deadline <> 0)
			ORDER BY cases.held_at, cases.id LIMIT ` + n + `) rest) x ORDER BY later, deadline, held_at, id`
}

func (q *Query) order() string {
	switch q.Order {
	case Oldest:
		return ` ORDER BY cases.held_at, cases.id`
	case ByRisk:
		return ` ORDER BY cases.risk DESC, cases.held_at, cases.id`
	}
	return ` ORDER BY cases.held_at DESC, cases.id DESC`
}

func (q *Query) conditions(ctx context.Context, tx *sql.Tx) (*statement, error) {
	s := &statement{}
	if err := s.words(ctx, tx, q.terms()); err != nil {
		return nil, err
	}
	state, held := `cases.state`, `cases.held_at`
	if s.few { // SQLite would rather walk a state's cases than look these few up
		state, held = `(cases.state || '')`, `(cases.held_at + 0)`
	}
	if len(q.States) > 0 {
		marks := make([]string, len(q.States))
		for i, state := range q.States {
			marks[i] = s.arg(state)
		}
		s.where = append(s.where, state+` IN (`+strings.Join(marks, ", ")+`)`)
	}
	if !q.Since.IsZero() {
		s.where = append(s.where, held+` >= `+s.arg(store.Millis(q.Since)))
	}
	if !q.Until.IsZero() {
		s.where = append(s.where, held+` < `+s.arg(store.Millis(q.Until)))
	}
	if q.Assigned != "" {
		s.where = append(s.where, `cases.assigned = `+s.arg(q.Assigned))
	}
	return s, nil
}

// terms are the words that a case must have.
func (q *Query) terms() []term {
	var terms []term
	for _, t := range []string{tag(RuleTag, q.Rule), tag(SourceTag, q.Source), tag(FromTag, strings.ToLower(q.From)), tag(UnitTag, q.Unit)} {
		if t != "" {
			terms = append(terms, term{word: t, whole: true})
		}
	}
	asked := strings.Fields(strings.ToLower(q.Text))
	for _, t := range asked[:min(len(asked), maxTerms)] {
		pieces := []string{t}
		if !strings.Contains(t, "@") && !draftNo.MatchString(t) {
			pieces = split(t)
		}
		for _, p := range pieces {
			terms = append(terms, term{word: p})
		}
	}
	return terms
}

func tag(kind, value string) string {
	if value == "" {
		return ""
	}
	return kind + value
}

// Values lists the values that a kind of tag has, sorted, at most limit.
func Values(ctx context.Context, tx *sql.Tx, kind string, limit int) ([]string, error) {
	var list []string
	end := kind[:len(kind)-1] + string(kind[len(kind)-1]+1)
	for at := kind; len(list) < limit; {
		var next sql.NullString
		// One step of the index each, however many cases have the value.
		if err := tx.QueryRowContext(ctx, `SELECT MIN(word) FROM case_words WHERE word > $1 AND word < $2`, at, end).Scan(&next); err != nil {
			return nil, fmt.Errorf("cannot list values: %w", err)
		}
		if !next.Valid {
			break
		}
		at = next.String
		list = append(list, strings.TrimPrefix(at, kind))
	}
	return list, nil
}
