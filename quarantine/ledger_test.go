package quarantine_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"brevvagt/internal/store"
	"brevvagt/internal/storetest"
	"brevvagt/quarantine/ledger"
)

var start = time.Date(2026, 11, 24, 9, 15, 0, 0, time.UTC)

func filled(t testing.TB, lines int) (*store.DB, *ledger.Ledger) {
	t.Helper()
	db, err := storetest.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "b.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	l := ledger.New(db)
	add(t, db, l, lines)
	return db, l
}

func add(t testing.TB, db *store.DB, l *ledger.Ledger, lines int) {
	t.Helper()
	err := db.Update(t.Context(), func(tx *sql.Tx) error {
		for i := range lines {
			_, err := l.Append(t.Context(), tx, ledger.Entry{At: start.Add(time.Duration(i) * time.Second), Actor: "dpo", Verb: "held",
				Case: fmt.Sprint("case-", i%3), Detail: map[string]string{"n": fmt.Sprint(i), "reason": "fordi"}})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestLinesComeBack(t *testing.T) {
	_, l := filled(t, 7)
	n, err := l.Verify(t.Context())
	if err != nil || n != 7 {
		t.Fatalf("%d, %v", n, err)
	}
	lines, err := l.List(t.Context(), "case-1")
	if err != nil || len(lines) != 2 {
		t.Fatalf("%v, %v", lines, err)
	}
	e := lines[1]
	if e.Seq != 4 || e.Actor != "dpo" || e.Verb != "held" || e.Detail["n"] != "4" || !e.At.Equal(start.Add(4*time.Second)) || e.Erased {
		t.Errorf("%+v", e)
	}
	page, err := l.Page(t.Context(), 5, 10)
	if err != nil || len(page) != 2 || page[0].Seq != 5 {
		t.Errorf("%v, %v", page, err)
	}
}

func TestEmptyLedgerVerifies(t *testing.T) {
	_, l := filled(t, 0)
	if n, err := l.Verify(t.Context()); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if h, err := l.Head(t.Context()); err != nil || h.Size != 0 || still(t, l, h) != nil {
		t.Errorf("%v, %v", h, err)
	}
}

// Somebody with the database in hand changes one thing; the first bad line is named.
func TestTamperingIsNamed(t *testing.T) {
	for _, c := range []struct {
		name, sql string
		seq       int64
	}{
		{"verb changed", `UPDATE ledger_lines SET leaf = REPLACE(leaf, 'held', 'hold') WHERE seq = 3`, 3},
		{"time changed", `UPDATE ledger_lines SET leaf = REPLACE(leaf, '"at":17', '"at":16') WHERE seq = 5`, 5},
		{"line removed", `DELETE FROM ledger_lines WHERE seq = 4`, 4},
		{"last line removed, hash left", `DELETE FROM ledger_lines WHERE seq = 9`, 9},
		{"actor changed", `UPDATE ledger_private SET actor = 'nobody' WHERE seq = 6`, 6},
		{"reason changed", `UPDATE ledger_private SET detail = REPLACE(detail, 'fordi', 'derfor') WHERE seq = 2`, 2},
		{"who did it removed", `DELETE FROM ledger_private WHERE seq = 6`, 6},
		{"moved to another case", `UPDATE ledger_lines SET case_id = 'case-9' WHERE seq = 7`, 7},
		{"two lines swapped", `UPDATE ledger_lines SET leaf = (SELECT leaf FROM ledger_lines WHERE seq = 1) WHERE seq = 0`, 0},
		{"hash changed", `UPDATE ledger_hashes SET hash = (SELECT hash FROM ledger_hashes WHERE idx = 0) WHERE idx = 1`, 1},
		{"hash cut", `UPDATE ledger_hashes SET hash = (SELECT salt FROM ledger_private WHERE seq = 1) WHERE idx = 0`, 0},
		{"hash removed", `DELETE FROM ledger_hashes WHERE idx = 7`, 4}, // index 7 is the first hash of line 4
		{"leaf is no JSON", `UPDATE ledger_lines SET leaf = 'x' WHERE seq = 8`, 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			db, l := filled(t, 10)
			err := db.Update(t.Context(), func(tx *sql.Tx) error {
				unguarded := `PRAGMA defer_foreign_keys = 1`
				if storetest.InPostgres() {
					unguarded = `SET LOCAL session_replication_role = replica`
				}
				if _, err := tx.Exec(unguarded); err != nil {
					return err
				}
				if strings.HasPrefix(c.sql, "DELETE FROM ledger_lines") {
					if _, err := tx.Exec(strings.Replace(c.sql, "ledger_lines", "ledger_private", 1)); err != nil {
						return err
					}
				}
				res, err := tx.Exec(c.sql)
				if err != nil {
					return err
				}
				if n, _ := res.RowsAffected(); n != 1 {
					t.Fatalf("changed %d rows", n)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			_, err = l.Verify(t.Context())
			var bad *ledger.BadLine
			if !errors.As(err, &bad) || bad.Seq != c.seq {
				t.Errorf("verify: %v, want line %d", err, c.seq)
			}
		})
	}
}

func still(t *testing.T, l *ledger.Ledger, heads ...ledger.Head) error {
	t.Helper()
	_, err := l.Verify(t.Context(), heads...)
	return err
}

func wipe(tx *sql.Tx) error {
	for _, table := range []string{"ledger_private", "ledger_lines", "ledger_hashes"} {
		if _, err := tx.Exec(`DELETE FROM ` + table); err != nil {
			return err
		}
	}
	return nil
}

// Who can rewrite the database can rewrite the hashes too; a head that left the
// machine shows it.
func TestHeadFromOutsideShowsACutAndARewrite(t *testing.T) {
	db, l := filled(t, 10)
	head, err := l.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	add(t, db, l, 5)
	if err := still(t, l, head); err != nil {
		t.Errorf("an honest longer log: %v", err)
	}
	if err := db.Update(t.Context(), wipe); err != nil {
		t.Fatal(err)
	}
	add(t, db, l, 12) // the same words, other salts
	if _, err := l.Verify(t.Context()); err != nil {
		t.Fatalf("a rewritten log should verify by itself: %v", err)
	}
	if err := still(t, l, head); err == nil {
		t.Error("a rewritten log passed against the old head")
	}
	if err := db.Update(t.Context(), wipe); err != nil {
		t.Fatal(err)
	}
	add(t, db, l, 4)
	if err := still(t, l, head); err == nil || !strings.Contains(err.Error(), "once had 10") {
		t.Errorf("a cut log: %v", err)
	}
}

// The file to which a head is added every day shows a ledger that was written anew after
// an early head and signed with the stolen key ever since.
func TestTheDailyFileShowsARewrite(t *testing.T) {
	db, l := filled(t, 3)
	s, err := ledger.OpenSigner(filepath.Join(t.TempDir(), "ledger.key"))
	if err != nil {
		t.Fatal(err)
	}
	file := "Dette er brevvagts revisionsspor.\r\n\r\n"
	day := func() {
		head, err := l.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		signed, err := s.Sign(head)
		if err != nil {
			t.Fatal(err)
		}
		file += "# 2026-11-24T09:00:00Z\n" + signed
		add(t, db, l, 4)
	}
	day()
	day()
	heads, err := ledger.ParseHeads(file, s.Public())
	if err != nil || len(heads) != 2 || heads[0].Size != 3 || heads[1].Size != 7 {
		t.Fatalf("%v, %v", heads, err)
	}
	if err := still(t, l, heads...); err != nil {
		t.Errorf("an honest ledger: %v", err)
	}
	if err := db.Update(t.Context(), wipe); err != nil {
		t.Fatal(err)
	}
	add(t, db, l, 11)
	day()
	if heads, err = ledger.ParseHeads(file, s.Public()); err != nil || len(heads) != 3 {
		t.Fatalf("%v, %v", heads, err)
	}
	if err := still(t, l, heads[2]); err != nil {
		t.Errorf("the forger's own head: %v", err)
	}
	if err := still(t, l, heads...); err == nil {
		t.Error("the earlier heads do not show the rewrite")
	}
	for name, text := range map[string]string{"none": "Dette er en mail.", "cut": file[:len(file)-60], "bent": strings.Replace(file, "\n7\n", "\n9\n", 1)} {
		if heads, err := ledger.ParseHeads(text, s.Public()); err == nil {
			t.Errorf("%s: %v", name, heads)
		}
	}
}

func TestAClockSetBackIsTold(t *testing.T) {
	db, l := filled(t, 0)
	at := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	for _, step := range []time.Duration{0, time.Hour, -time.Minute, -26 * time.Hour, time.Hour, 48 * time.Hour, -6 * time.Minute} {
		at = at.Add(step)
		if err := db.Update(t.Context(), func(tx *sql.Tx) error {
			_, err := l.Append(t.Context(), tx, ledger.Entry{At: at, Actor: "anna", Verb: "held"})
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	if back, err := l.TurnedBack(t.Context()); err != nil || !slices.Equal(back, []int64{3, 6}) {
		t.Errorf("%v, %v", back, err)
	}
}

func TestErasingKeepsTheChain(t *testing.T) {
	db, l := filled(t, 9)
	if err := db.Update(t.Context(), func(tx *sql.Tx) error { return l.Erase(t.Context(), tx, "case-1", "brevvagt", "", time.Unix(99, 0)) }); err != nil {
		t.Fatal(err)
	}
	if n, err := l.Verify(t.Context()); n != 10 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	lines, err := l.List(t.Context(), "case-1")
	if err != nil || len(lines) != 4 || !lines[0].Erased || lines[3].Erased || lines[3].Verb != ledger.ErasedVerb || lines[0].Actor != "" || lines[0].Verb != "held" || lines[0].Detail != nil {
		t.Errorf("%+v, %v", lines, err)
	}
}

// The leaf, which can never be erased, must say nothing about people.
func TestLeafHoldsNoPersonalData(t *testing.T) {
	db, l := filled(t, 0)
	err := db.Update(t.Context(), func(tx *sql.Tx) error {
		_, err := l.Append(t.Context(), tx, ledger.Entry{At: start, Actor: "testperson", Verb: "released", Case: "c", Detail: map[string]string{"reason": "begrundelsen"}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var leaf string
	if err := db.Read().QueryRow(`SELECT leaf FROM ledger_lines`).Scan(&leaf); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(leaf, "testperson") || strings.Contains(leaf, "begrundelsen") || !strings.Contains(leaf, "released") {
		t.Errorf("leaf %s", leaf)
	}
}

func TestARolledBackLineIsNotThere(t *testing.T) {
	db, l := filled(t, 3)
	stop := errors.New("stop")
	err := db.Update(t.Context(), func(tx *sql.Tx) error {
		if _, err := l.Append(t.Context(), tx, ledger.Entry{At: start, Actor: "a", Verb: "v"}); err != nil {
			return err
		}
		return stop
	})
	if !errors.Is(err, stop) {
		t.Fatal(err)
	}
	add(t, db, l, 2)
	if n, err := l.Verify(t.Context()); n != 5 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	var seqs []int64
	lines, err := l.Page(t.Context(), 0, 100)
	for _, e := range lines {
		seqs = append(seqs, e.Seq)
	}
	if err != nil || !slices.Equal(seqs, []int64{0, 1, 2, 3, 4}) {
		t.Errorf("%v, %v", seqs, err)
	}
}

func TestNamelessLinesAreRefused(t *testing.T) {
	db, l := filled(t, 0)
	for _, e := range []ledger.Entry{{Verb: "held"}, {Actor: "dpo"}} {
		if err := db.Update(t.Context(), func(tx *sql.Tx) error { _, err := l.Append(t.Context(), tx, e); return err }); err == nil {
			t.Errorf("%+v was kept", e)
		}
	}
}

func BenchmarkVerify1000(b *testing.B) {
	_, l := filled(b, 1000)
	for b.Loop() {
		if _, err := l.Verify(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
