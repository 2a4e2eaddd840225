// Package carry copies tables from an SQLite file into the same tables of a
// PostgreSQL: all of them in one transaction or nothing, and every table counted on
// both sides.
package carry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// ErrFull says that the tables to fill are not empty.
var ErrFull = errors.New("the PostgreSQL database is already in use: give an empty one")

// Count is how many rows a table has.
type Count struct {
	Table string
	Rows  int64
}

// Fill copies tables, in their order, from one transaction into another, and gives
// the counts, which are the same on both sides when there is no error. Tables that
// hold as many rows already were filled by a run that was cut off after its last step
// and are left as they are. done is called after each table; it may be nil.
func Fill(ctx context.Context, from *sql.Tx, to pgx.Tx, tables []string, done func(c Count, last bool)) ([]Count, error) {
	have, err := Here(ctx, from, tables)
	if err != nil {
		return nil, err
	}
	// Nobody else writes until we are done; whoever reads sees nothing yet.
	if _, err := to.Exec(ctx, `LOCK TABLE `+strings.Join(tables, ", ")+` IN EXCLUSIVE MODE`); err != nil {
		return nil, fmt.Errorf("cannot lock the tables in PostgreSQL: %w", err)
	}
	before, err := there(ctx, to, tables)
	if err != nil {
		return nil, err
	}
	if slices.Equal(before, have) && total(have) > 0 {
		return have, nil
	}
	if total(before) > 0 {
		return nil, ErrFull
	}
	for i, c := range have {
		if err := table(ctx, from, to, c.Table); err != nil {
			return nil, fmt.Errorf("cannot move table %s: %w", c.Table, err)
		}
		if done != nil {
			done(c, i == len(have)-1)
		}
	}
	after, err := there(ctx, to, tables)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(after, have) {
		return nil, fmt.Errorf("the counts differ, nothing was moved: %v here, %v in PostgreSQL", have, after)
	}
	return have, nil
}

// Here counts the tables of the SQLite file.
func Here(ctx context.Context, from *sql.Tx, tables []string) ([]Count, error) {
	list, err := counted(tables, func(query string) row { return from.QueryRowContext(ctx, query) })
	if err != nil {
		return nil, fmt.Errorf("cannot count the SQLite database: %w", err)
	}
	return list, nil
}

func there(ctx context.Context, to pgx.Tx, tables []string) ([]Count, error) {
	list, err := counted(tables, func(query string) row { return to.QueryRow(ctx, query) })
	if err != nil {
		return nil, fmt.Errorf("cannot count in PostgreSQL: %w", err)
	}
	return list, nil
}

type row interface{ Scan(dest ...any) error }

func counted(tables []string, ask func(query string) row) ([]Count, error) {
	var list []Count
	for _, t := range tables {
		c := Count{Table: t}
		if err := ask(`SELECT COUNT(*) FROM ` + t).Scan(&c.Rows); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

func total(list []Count) (n int64) {
	for _, c := range list {
		n += c.Rows
	}
	return n
}

// table copies one table row by row; nothing of it is held in memory.
func table(ctx context.Context, from *sql.Tx, to pgx.Tx, name string) error {
	rows, err := from.QueryContext(ctx, `SELECT * FROM `+name)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	bytes, err := byteColumns(ctx, to, name, columns)
	if err != nil {
		return err
	}
	values := make([]any, len(columns))
	at := make([]any, len(columns))
	for i := range values {
		at[i] = &values[i]
	}
	_, err = to.CopyFrom(ctx, pgx.Identifier{name}, columns, pgx.CopyFromFunc(func() ([]any, error) {
		if !rows.Next() {
			return nil, rows.Err()
		}
		if err := rows.Scan(at...); err != nil {
			return nil, err
		}
		for i, v := range values {
			if s, ok := v.(string); ok {
				values[i] = Text(s)
				if bytes[i] { // SQLite keeps what it was given, also a text in a column of bytes
					values[i] = []byte(s)
				}
			}
		}
		return values, nil
	}))
	return err
}

// byteColumns tells which columns hold bytes.
func byteColumns(ctx context.Context, to pgx.Tx, name string, columns []string) ([]bool, error) {
	quoted := make([]string, len(columns))
	for i, c := range columns {
		quoted[i] = pgx.Identifier{c}.Sanitize()
	}
	rows, err := to.Query(ctx, `SELECT `+strings.Join(quoted, ", ")+` FROM `+name+` LIMIT 0`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := make([]bool, len(columns))
	for i, f := range rows.FieldDescriptions() {
		list[i] = f.DataTypeOID == pgtype.ByteaOID
	}
	return list, rows.Err()
}

// Text is a text as PostgreSQL takes it, which knows neither NUL nor broken UTF-8.
func Text(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
