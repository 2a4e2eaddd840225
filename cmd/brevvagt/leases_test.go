package main

import (
	"database/sql"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // the driver
)

// freeLeases lets the work of killed processes be taken at once.
func freeLeases(t *testing.T, config string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(filepath.Dir(config), "tilstand", "scan.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, q := range []string{`UPDATE scan_chunk SET lease_until = 0`, `UPDATE scan_run SET planner_until = 0`} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
}
