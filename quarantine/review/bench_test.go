package review

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"brevvagt/internal/store"
	"brevvagt/internal/storetest"
	"brevvagt/quarantine/finder"
)

// hundredThousand fills the rig with cases that are like one another but for who,
// what and when, as a year of a large municipality leaves them: 2,000 wait, the
// rest are decided. It writes the rows itself, because sealing so many takes long.
func (r *rig) hundredThousand(t testing.TB, db *store.DB, like string, n int) {
	t.Helper()
	const copyCase = `INSERT INTO cases (id, item_key, source, receipt, facts, brief, held_at, state, plain_sha256, cipher_sha256, vault_object, draft_no, decided_at)
		SELECT $1, $1, source, receipt, facts, brief, $2, $3, plain_sha256, cipher_sha256, '', $4, $2 FROM cases WHERE id = $5`
	const draft = `INSERT INTO register_drafts (no, year, running, case_id, status, columns, started, created, changed, deadline) VALUES ($1, $2, $3, $4, 'afværget hændelse', '{}', $5, $5, $5, $6)`
	states := []string{"released", "rejected", "rejected", "expired"}
	topics := []string{"Lønkørsel", "Aktindsigt", "Udbetaling", "Handleplan", "Ansøgning", "Opsigelse"}
	err := db.Update(t.Context(), func(tx *sql.Tx) error {
		for i := range n {
			id := benchCase(i)
			at := store.Millis(r.now) - int64(n-i)*300_000
			state := states[i%len(states)]
			if i%50 == 0 {
				state = "held"
			}
			deadline := int64(0)
			if i%500 == 0 { // few became a breach
				deadline = at + (72 * time.Hour).Milliseconds()
			}
			no := fmt.Sprintf("%d-%d", 2020+i/20_000, i+2)
			if _, err := tx.ExecContext(t.Context(), copyCase, id, at, state, no, like); err != nil {
				return err
			}
			if _, err := tx.ExecContext(t.Context(), draft, no, 2020+i/20_000, i+2, id, at, deadline); err != nil {
				return err
			}
			f := finder.Facts{Source: "gateway", From: fmt.Sprintf("medarbejder%d@kommune.example", i%3000), Subject: fmt.Sprintf("%s, sag nr. %d", topics[i%len(topics)], i),
				Draft: no, Unit: fmt.Sprintf("Enhed %02d", i%31), To: []string{fmt.Sprintf("post%d@firma%d.example", i%40, i%700)}, Rules: []string{"cpr-unprotected"}, Persons: i % 40, Numbers: i % 20}
			if i%2 == 0 { // one unit sends half of all
				f.Unit = "Den store"
			}
			if i%7 == 0 {
				f.Rules = append(f.Rules, "foreign-person")
			}
			if err := finder.Add(t.Context(), tx, id, &f); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(t.Context(), `DELETE FROM case_counts`)
		if err == nil {
			_, err = tx.ExecContext(t.Context(), `INSERT INTO case_counts (state, n) SELECT state, COUNT(*) FROM cases GROUP BY state`)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func benchCase(i int) string { return fmt.Sprintf("01%024d", i) }

// BenchmarkQueue measures whole pages at 100,000 cases and fails over the bounds:
// 100 ms for the queue, 300 ms for a search, as medians on the server, with the cases in
// SQLite and in PostgreSQL.
//
//	go test -run - -bench Queue -benchtime 1x ./quarantine/review
func BenchmarkQueue(b *testing.B) {
	b.Run("sqlite", queuePages)
	b.Run("postgres", func(b *testing.B) {
		storetest.Use(b)
		queuePages(b)
	})
}

func queuePages(b *testing.B) {
	r := newRig(b)
	r.hundredThousand(b, r.db, r.hold(b, screenshot("first"), 400*24*time.Hour).ID, 100_000)
	if storetest.InPostgres() { // as autovacuum does within a minute; before it no index alone answers
		if _, err := r.db.Read().ExecContext(b.Context(), `VACUUM ANALYZE`); err != nil {
			b.Fatal(err)
		}
	}
	h := r.server.handler()
	cookie := r.cookie(b, "dpo")
	for _, page := range []struct {
		name, path string
		bound      time.Duration
	}{
		{"front", "/", 100 * time.Millisecond}, {"risk", "/?orden=risiko", 100 * time.Millisecond}, {"last page", "/?side=9999", 100 * time.Millisecond},
		{"released", "/?vis=frigivet", 100 * time.Millisecond}, {"all", "/?vis=alle&side=4000", 100 * time.Millisecond},
		{"common word", "/?vis=alle&q=aktindsigt", 300 * time.Millisecond}, {"two words", "/?vis=alle&q=udbetaling+medarbejder77", 300 * time.Millisecond},
		{"rare word", "/?vis=alle&q=99731", 300 * time.Millisecond}, {"nothing", "/?vis=alle&q=findesikke", 300 * time.Millisecond},
		{"rule", "/?vis=afvist&regel=foreign-person", 300 * time.Millisecond}, {"sender", "/?vis=alle&afsender=medarbejder12@kommune.example", 300 * time.Millisecond},
		{"common words that never meet", "/?vis=alle&q=aktindsigt+udbetaling", 300 * time.Millisecond}, {"unit", "/?vis=alle&enhed=Enhed+07", 300 * time.Millisecond},
		{"last page of a unit", "/?vis=alle&enhed=Enhed+07&side=50", 300 * time.Millisecond}, {"large unit", "/?vis=alle&enhed=Den+store", 300 * time.Millisecond},
		{"last page of a large unit", "/?vis=alle&enhed=Den+store&side=50", 300 * time.Millisecond}, {"large unit by risk", "/?vis=alle&enhed=Den+store&orden=risiko", 300 * time.Millisecond},
		{"large unit by clock", "/?enhed=Den+store&orden=frist", 300 * time.Millisecond}, {"released of a large unit", "/?vis=frigivet&enhed=Den+store", 300 * time.Millisecond},
		{"unit and rule", "/?vis=afvist&enhed=Enhed+07&regel=foreign-person", 300 * time.Millisecond}, {"last page of a word", "/?vis=alle&q=aktindsigt&side=50", 300 * time.Millisecond},
		// Far beyond the pages that are counted, where one begins behind the last case of another.
		{"far down a word", "/?vis=alle&q=aktindsigt&side=420&efter=" + benchCase(49_999), 300 * time.Millisecond}, {"back up a word", "/?vis=alle&q=aktindsigt&side=420&foer=" + benchCase(49_999), 300 * time.Millisecond},
		{"far down a large unit", "/?vis=alle&enhed=Den+store&side=1300&efter=" + benchCase(50_000), 300 * time.Millisecond}, {"far down a large unit by risk", "/?vis=alle&enhed=Den+store&orden=risiko&side=1300&efter=" + benchCase(50_000), 300 * time.Millisecond},
		{"far down a large unit by clock", "/?vis=alle&enhed=Den+store&orden=frist&side=1300&efter=" + benchCase(50_000), 300 * time.Millisecond},
		{"page 51", "/?vis=afvist&side=51", 100 * time.Millisecond}, {"deep in all by risk", "/?vis=alle&orden=risiko&side=2500", 100 * time.Millisecond}, {"deep in the register", "/fortegnelse?side=100", 300 * time.Millisecond},
		{"deadline", "/?orden=frist", 300 * time.Millisecond}, {"all by clock", "/?vis=alle&orden=frist", 300 * time.Millisecond}, {"all of a large unit by clock", "/?vis=alle&enhed=Den+store&orden=frist", 300 * time.Millisecond}, {"age", "/?alder=30d", 300 * time.Millisecond}, {"register", "/fortegnelse", 300 * time.Millisecond},
	} {
		b.Run(page.name, func(b *testing.B) {
			var took []time.Duration
			for range 9 {
				req := httptest.NewRequest("GET", page.path, nil)
				req.AddCookie(cookie)
				w := httptest.NewRecorder()
				begun := time.Now()
				h.ServeHTTP(w, req)
				took = append(took, time.Since(begun))
				if w.Code != http.StatusOK {
					b.Fatalf("status %d", w.Code)
				}
				if n := strings.Count(w.Body.String(), `<li class="bv-case"`); n == 0 && page.name != "nothing" && page.name != "common words that never meet" {
					b.Fatal("the page is empty: nothing was measured")
				}
			}
			slices.Sort(took)
			median := took[len(took)/2]
			b.ReportMetric(float64(median.Microseconds())/1000, "ms/median")
			b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "ms/worst")
			if median > page.bound {
				b.Errorf("%s: median %s, bound %s", page.name, median, page.bound)
			}
		})
	}
}
