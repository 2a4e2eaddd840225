package queue

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"brevvagt/detectors"
	"brevvagt/quarantine/finder"
	"brevvagt/quarantine/review/frame"
	"brevvagt/quarantine/review/words"
)

// ages are how old a case must be to be shown.
func ages() map[string]time.Duration {
	const day = 24 * time.Hour
	return map[string]time.Duration{"1d": day, "3d": 3 * day, "7d": 7 * day, "30d": 30 * day}
}

// withoutNumbers takes out of an address what holds something like a CPR number: no case is
// found by one, and it must stay neither on the page nor in the browser's history.
func withoutNumbers(q url.Values) (rest url.Values, secret bool) {
	for name, values := range q {
		for _, v := range values {
			if (name == "efter" || name == "foer") && len(v) == ulid.EncodedSize && caseID(v) == v {
				continue // the id of a case may hold ten digits by chance
			}
			if detectors.Redact(v) != v {
				q.Del(name)
				secret = true
			}
		}
	}
	return q, secret
}

// queryOf reads what is looked for from the address, and gives back the parameters
// that mean something, so that links carry them on.
func queryOf(r *http.Request, u *frame.User, t *tab, now time.Time) (finder.Query, url.Values) {
	get := func(name string) string {
		v := strings.TrimSpace(r.URL.Query().Get(name))
		if len(v) > 200 {
			v = ""
		}
		return strings.ToValidUTF8(v, "")
	}
	params := url.Values{"vis": {t.ID}}
	keep := func(name, value string) string {
		if value != "" {
			params.Set(name, value)
		}
		return value
	}
	q := finder.Query{Text: keep("q", get("q")), Rule: keep("regel", get("regel")), Source: keep("kilde", get("kilde")), From: keep("afsender", get("afsender")), Unit: keep("enhed", get("enhed"))}
	for _, state := range t.States {
		q.States = append(q.States, string(state))
	}
	if age, ok := ages()[get("alder")]; ok {
		q.Until = now.Add(-age)
		params.Set("alder", get("alder"))
	}
	if get("mine") == "1" {
		q.Assigned = u.Name
		params.Set("mine", "1")
	}
	q.Order = finder.Newest
	if t.Oldest {
		q.Order = finder.Oldest
	}
	for _, o := range []finder.Order{finder.Newest, finder.Oldest, finder.ByRisk, finder.ByClock} {
		if get("orden") == string(o) && o != q.Order {
			q.Order = o
			params.Set("orden", string(o))
			break
		}
	}
	return q, params
}

func (s *Pages) filter(r *http.Request, l words.Lang, u *frame.User, params url.Values, t tab) (filterView, error) {
	f := filterView{Text: words.Clean(params.Get("q"), words.Short), From: words.Clean(params.Get("afsender"), words.Short), Tab: t.ID, Mine: params.Get("mine") == "1"}
	f.Open = len(params) > 1
	rules, err := s.Finder.Values(r.Context(), finder.RuleTag)
	if err != nil {
		return f, err
	}
	for _, id := range rules {
		f.Rules = append(f.Rules, option{id, words.Known(l, "rule", id), id == params.Get("regel")})
	}
	sources, err := s.Finder.Values(r.Context(), finder.SourceTag)
	if err != nil {
		return f, err
	}
	for _, id := range sources {
		f.Sources = append(f.Sources, option{id, words.Known(l, "source", id), id == params.Get("kilde")})
	}
	units, err := s.Finder.Values(r.Context(), finder.UnitTag)
	if err != nil {
		return f, err
	}
	for _, id := range units {
		if len(units) > 1 || params.Get("enhed") != "" {
			f.Units = append(f.Units, option{id, words.Clean(id, words.Short), id == params.Get("enhed")})
		}
	}
	for _, id := range []string{"1d", "3d", "7d", "30d"} {
		f.Ages = append(f.Ages, option{id, words.Known(l, "age", id), id == params.Get("alder")})
	}
	standard := finder.Newest
	if t.Oldest {
		standard = finder.Oldest
	}
	for _, o := range []finder.Order{finder.Oldest, finder.Newest, finder.ByRisk, finder.ByClock} {
		chosen := params.Get("orden") == string(o) || params.Get("orden") == "" && o == standard
		f.Orders = append(f.Orders, option{string(o), words.Known(l, "order", string(o)), chosen})
	}
	return f, nil
}
