package queue

import (
	"net/http"
	"strconv"
	"strings"

	"brevvagt/quarantine"
	"brevvagt/quarantine/finder"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/words"
)

// behind reads which case the page begins behind, or ends before, from the address.
func behind(r *http.Request) (after, before string) {
	q := r.URL.Query()
	if after = caseID(q.Get("efter")); after == "" {
		before = caseID(q.Get("foer"))
	}
	return after, before
}

// caseID is v where it may be the id of a case, else "".
func caseID(v string) string {
	if len(v) > 64 || strings.Trim(v, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return ""
	}
	return v
}

// filtered reads a page of what is looked for. The first finder.MaxTotal matches are
// counted and their pages have numbers to turn to; from there on each page begins behind
// the last case of the one before, to the end of the list.
func (s *Pages) filtered(r *http.Request, l words.Lang, q finder.Query, base string, v *view) ([]*quarantine.Case, int, error) {
	const counted = finder.MaxTotal / frame.PageSize // pages
	// How many there are is known only afterwards, so the page is read as asked.
	v.Pages = frame.NewPager(r, finder.MaxTotal, base)
	q.After, q.Before = behind(r)
	q.Limit, q.Offset = frame.PageSize+1, (v.Pages.Page-1)*frame.PageSize // one more tells whether the list goes on
	beyond := q.After+q.Before != ""
	if q.Before != "" {
		q.Limit = frame.PageSize
	}
	cases, found, err := s.Finder.Find(r.Context(), q)
	if err != nil {
		return nil, 0, err
	}
	more := q.Before != "" || len(cases) > frame.PageSize
	cases = cases[:min(len(cases), frame.PageSize)]
	v.Total = words.Plural(l, "queue.found", found)
	if found > finder.MaxTotal {
		v.Total = words.Text(l, "queue.found.more", finder.MaxTotal)
	}
	if !beyond && found <= finder.MaxTotal {
		v.Pages = frame.NewPager(r, found, base)
		return cases, found, nil
	}
	p := frame.Pager{Page: v.Pages.Page, Base: base, Endless: true}
	if beyond {
		n, _ := strconv.Atoi(r.URL.Query().Get("side")) // what is no number is the first of them
		p.Page = min(max(n, counted+1), 1<<20)
	}
	p.Previous = p.Page - 1
	if more {
		p.Next = p.Page + 1
	}
	if len(cases) > 0 {
		if p.Next > counted {
			p.After = cases[len(cases)-1].ID
		}
		if p.Previous > counted {
			p.Before = cases[0].ID
		}
	}
	v.Pages = p
	return cases, found, nil
}
