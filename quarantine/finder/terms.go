package finder

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// term is a word that a case must have, or the beginning of one.
type term struct {
	word  string
	whole bool
	n     int // how often it is there, to one more than it was counted to
}

// test asks for the term in a row of case_words.
func (t *term) test(s *statement) string {
	if t.whole {
		return `word = ` + s.arg(t.word)
	}
	return `word >= ` + s.arg(t.word) + ` AND word < ` + s.arg(t.word+"\U0010ffff")
}

// words asks for cases that have all terms. The cases of a rare term are looked up and
// those of a common one checked while the cases are walked in order, which ends soon
// where many match. Common terms that hardly ever meet would be walked for to the end,
// and of a rare term beside others most cases would be read in vain: where terms are
// looked up together first, the index of words alone tells which cases there can be.
func (s *statement) words(ctx context.Context, tx *sql.Tx, terms []term) error {
	if err := rarestFirst(ctx, tx, terms, rare); err != nil {
		return err
	}
	if len(terms) > 1 && terms[0].n > rare { // counted on only where it matters: that reads much
		if err := rarestFirst(ctx, tx, terms, common); err != nil {
			return err
		}
	}
	if len(terms) > 1 && terms[0].n <= common {
		ids, some, err := meeting(ctx, tx, terms)
		if err != nil {
			return err
		}
		if some {
			s.among(ids)
			return nil
		}
	}
	for i := range terms {
		if t := &terms[i]; t.n <= rare {
			s.few = true
			s.where = append(s.where, `cases.id IN (SELECT case_id FROM case_words WHERE `+t.test(s)+`)`)
		} else {
			s.where = append(s.where, `EXISTS (SELECT 1 FROM case_words w WHERE w.case_id = cases.id AND `+t.test(s)+`)`)
		}
	}
	return nil
}

// rarestFirst counts how often terms are there, to one more than most, and sorts them by it.
func rarestFirst(ctx context.Context, tx *sql.Tx, terms []term, most int) error {
	for i := range terms {
		t := &terms[i]
		count := &statement{}
		text := fmt.Sprintf(`SELECT COUNT(*) FROM (SELECT 1 FROM case_words WHERE %s LIMIT %d) x`, t.test(count), most+1)
		if err := tx.QueryRowContext(ctx, text, count.args...).Scan(&t.n); err != nil {
			return fmt.Errorf("cannot look up a word: %w", err)
		}
	}
	slices.SortStableFunc(terms, func(a, b term) int { return a.n - b.n })
	return nil
}

// among asks for one of the cases.
func (s *statement) among(ids []string) {
	marks := make([]string, len(ids))
	for i, id := range ids {
		marks[i] = s.arg(id)
	}
	s.few = true
	s.where = append(s.where, `cases.id IN (`+strings.Join(marks, ", ")+`)`)
}

// meeting lists the cases that have all terms, when they are few. Those of a rare term
// are tried one by one, which costs nothing for how common the others are.
func meeting(ctx context.Context, tx *sql.Tx, terms []term) (ids []string, some bool, err error) {
	s, parts := &statement{}, []string{}
	for i := range terms {
		test := terms[i].test(s)
		switch {
		case terms[0].n > rare: // INTERSECT gives each once
			parts = append(parts, `SELECT case_id FROM case_words a WHERE `+test)
		case i == 0:
			parts = append(parts, `SELECT DISTINCT case_id FROM case_words a WHERE `+test)
		default:
			parts = append(parts, `EXISTS (SELECT 1 FROM case_words w WHERE w.case_id = a.case_id AND w.`+strings.ReplaceAll(test, ` AND word`, ` AND w.word`)+`)`)
		}
	}
	between := ` INTERSECT `
	if terms[0].n <= rare {
		between = ` AND `
	}
	rows, err := tx.QueryContext(ctx, strings.Join(parts, between)+fmt.Sprintf(` LIMIT %d`, few+1), s.args...)
	if err != nil {
		return nil, false, fmt.Errorf("cannot look up words: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, false, fmt.Errorf("cannot look up words: %w", err)
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		ids = []string{""} // no case is called so
	}
	return ids, len(ids) <= few, rows.Err()
}
