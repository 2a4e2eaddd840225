package review

import (
	"database/sql"
	"html"
	"net/http"
	"regexp"
	"slices"
	"testing"
	"time"

	"brevvagt/internal/store"
	"brevvagt/quarantine/finder"
)

// copies makes so many cases like one, in rows alone: two were always stopped at the same
// time, of three risks, and a few have a deadline.
func (r *rig) copies(t *testing.T, like string, n int) {
	t.Helper()
	const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) `
	at := store.Millis(r.now) - 1_000_000_000
	if err := r.db.Update(t.Context(), func(tx *sql.Tx) error {
		for _, do := range []struct {
			text string
			args []any
		}{
			{numbers + `INSERT INTO cases (id, item_key, source, receipt, facts, brief, held_at, state, plain_sha256, cipher_sha256, vault_object, draft_no, risk)
				SELECT '01C' || (100000 + i), '01C' || (100000 + i), source, receipt, facts, brief, CAST($2 AS BIGINT) + i / 2 * 1000, state, plain_sha256, cipher_sha256, '', '', 10 * (i % 3) FROM cases, n WHERE id = $3`, []any{n, at, like}},
			{numbers + `INSERT INTO case_words (word, case_id) SELECT 'enhed:Park', '01C' || (100000 + i) FROM n`, []any{n}},
			{numbers + `INSERT INTO register_drafts (no, year, running, case_id, status, columns, started, created, changed, deadline)
				SELECT '2019-' || i, 2019, i, '01C' || (100000 + i), 'brud', '{}', 0, 0, 0, 5000 - i / 200 FROM n WHERE i % 100 = 0`, []any{n}},
		} {
			if _, err := tx.Exec(do.text, do.args...); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// A list with a filter goes on past the thousand matches that are counted, forward and
// back, in every order, whatever becomes of the case that a page begins behind.
func TestListsGoOn(t *testing.T) {
	r := newRig(t)
	const n, limit = 1230, 410
	r.copies(t, r.hold(t, screenshot("first"), time.Hour).ID, n)
	ids := func(q finder.Query) (list []string) {
		t.Helper()
		q.Unit = "Park"
		if err := r.db.View(t.Context(), func(tx *sql.Tx) (err error) {
			list, _, err = finder.Find(t.Context(), tx, q)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return list
	}
	for _, order := range []finder.Order{finder.Newest, finder.Oldest, finder.ByRisk, finder.ByClock} {
		all := slices.Concat(ids(finder.Query{Order: order, Limit: 1000}), ids(finder.Query{Order: order, Limit: 1000, Offset: 1000}))
		if len(slices.Compact(slices.Sorted(slices.Values(all)))) != n {
			t.Fatalf("order %s: %d cases", order, len(all))
		}
		for at := -1; at < n; at += limit { // each page begins behind the last of the one before, and ends before the first of the next
			if at >= 0 {
				if got, want := ids(finder.Query{Order: order, Limit: limit, After: all[at]}), all[at+1:min(at+1+limit, n)]; !slices.Equal(got, want) {
					t.Errorf("order %s behind place %d: %d cases, want %d", order, at, len(got), len(want))
				}
			}
			if next := at + 1; next < n {
				if got, want := ids(finder.Query{Order: order, Limit: limit, Before: all[next]}), all[max(0, next-limit):next]; !slices.Equal(got, want) {
					t.Errorf("order %s before place %d: %d cases, want %d", order, next, len(got), len(want))
				}
			}
		}
	}
	r.turnPages(t, n)
}

// turnPages follows the links of the pages, from the fiftieth to the last and back.
func (r *rig) turnPages(t *testing.T, n int) {
	t.Helper()
	next, previous := regexp.MustCompile(`rel="next" href="([^"]+)"`), regexp.MustCompile(`rel="prev" href="([^"]+)"`)
	shown := regexp.MustCompile(`id="sag-(01C[0-9]+)"`)
	c := r.as(t, "dpo")
	walk := func(path string, link *regexp.Regexp, most int) (pages [][]string) {
		for path != "" && len(pages) < most {
			_, body := c.get(path)
			page := []string{}
			for _, m := range shown.FindAllStringSubmatch(body, -1) {
				page = append(page, m[1])
			}
			pages = append(pages, page)
			path = ""
			if m := link.FindStringSubmatch(body); m != nil {
				path = html.UnescapeString(m[1])
			}
		}
		return pages
	}
	forward := walk("/?enhed=Park&side=50", next, 20)
	if len(forward) != 13 { // 50 to 62, of 1,230 cases
		t.Fatalf("%d pages from the fiftieth on", len(forward))
	}
	all := slices.Concat(forward...)
	if u := slices.Compact(slices.Sorted(slices.Values(all))); len(u) != n-49*20 || len(all) != len(u) {
		t.Errorf("%d cases on them, %d of them different, want %d", len(all), len(u), n-49*20)
	}
	last := forward[len(forward)-2]
	back := walk("/?enhed=Park&side=62&efter="+last[len(last)-1], previous, 13)
	slices.Reverse(back)
	if !slices.EqualFunc(back, forward, slices.Equal) {
		t.Errorf("back they hold %v, forward %v", back, forward)
	}
	_, body := c.get("/?enhed=Park&side=62&efter=" + last[len(last)-1])
	contains(t, body, "Side 62<", "Mere end 1000 sager passer. De kan alle vises")
	_, body = c.get("/?enhed=Park&efter=01FINDESIKKE&side=70") // as one typed by hand: a page all the same
	contains(t, body, "rel=\"prev\"")
	// An id with ten digits like a CPR number is no number; what only looks like an id is.
	for at, want := range map[string]int{"efter=01C00000000000707614285A0A": http.StatusOK, "foer=01C00000000000707614285A0A": http.StatusOK, "efter=0707614285": http.StatusSeeOther, "q=0707614285": http.StatusSeeOther} {
		req, _ := http.NewRequest("GET", r.url+"/?enhed=Park&side=62&"+at, nil)
		res := c.first(req)
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s: status %d, want %d", at, res.StatusCode, want)
		}
	}
}
