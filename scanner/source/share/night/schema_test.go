package night

import (
	"database/sql"
	"testing"
)

// schema makes a schema of its own in a PostgreSQL, as good as a new database.
func schema(t testing.TB, where, name string) {
	t.Helper()
	db, err := sql.Open("pgx", where)
	must(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), "CREATE SCHEMA "+name)
	must(t, err)
}
