package words

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the server may lack a zone database; the page shows Danish time

	"brevvagt/quarantine"
)

// Zone is the zone of every time on the page.
func Zone() *time.Location {
	loc, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil { // cannot happen with the embedded database
		return time.UTC
	}
	return loc
}

// LongTime writes "24. november 2026 kl. 11.12", or "" for the zero time.
func LongTime(l Lang, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(Zone())
	if l == English {
		return t.Format("2 January 2006 at 15:04")
	}
	month := strings.Fields(Text(Danish, "months"))[t.Month()-1]
	return fmt.Sprintf("%d. %s %d kl. %s", t.Day(), month, t.Year(), t.Format("15.04"))
}

// ShortTime writes "24.11.2026 kl. 11.12", in English "24 Nov 2026 11:12", which nobody can
// read as another month; "" for the zero time.
func ShortTime(l Lang, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(Zone())
	if l == English {
		return t.Format("2 Jan 2006 15:04")
	}
	return t.Format("02.01.2006 kl. 15.04")
}

// Month is a month's name.
func Month(l Lang, m time.Month) string { return strings.Fields(Text(l, "months"))[m-1] }

// Waited says how long ago t was, in the largest fitting unit.
func Waited(l Lang, t, now time.Time) string {
	d := now.Sub(t)
	switch {
	case d < time.Minute:
		return Text(l, "wait.now")
	case d < time.Hour:
		return Plural(l, "wait.minutes", int(d/time.Minute))
	case d < 48*time.Hour:
		return Plural(l, "wait.hours", int(d/time.Hour))
	}
	return Plural(l, "wait.days", int(d/(24*time.Hour)))
}

// TimeLeft says how long there is until a deadline: "2 dage og 4 timer", "3 timer og
// 10 minutter", or how long it has passed.
func TimeLeft(l Lang, d time.Duration) string {
	if d <= 0 {
		return Text(l, "clock.over")
	}
	large, small, unit, part := "wait.days", "wait.hours", 24*time.Hour, time.Hour
	if d < 24*time.Hour {
		large, small, unit, part = "wait.hours", "wait.minutes", time.Hour, time.Minute
	}
	most, rest := int(d/unit), int(d%unit/part)
	switch {
	case most == 0:
		return Plural(l, small, rest)
	case rest == 0:
		return Plural(l, large, most)
	}
	return Text(l, "clock.and", Plural(l, large, most), Plural(l, small, rest))
}

// Decimal writes hundredths with the decimal sign of the language: 425 is "4,25" in Danish,
// 100 is "1".
func Decimal(l Lang, hundredths int) string {
	mark := ","
	if l == English {
		mark = "."
	}
	s := fmt.Sprintf("%d%s%02d", hundredths/100, mark, hundredths%100)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), mark)
}

// Size writes bytes for people: "12 kB", with the decimal sign of the language.
func Size(l Lang, n int64) string {
	const kilo = 1000
	switch {
	case n < kilo:
		return fmt.Sprintf("%d byte", n)
	case n < kilo*kilo:
		return fmt.Sprintf("%d kB", n/kilo)
	}
	unit, in := " MB", float64(n)/(kilo*kilo)
	if in >= kilo {
		unit, in = " GB", in/kilo
	}
	s := strconv.FormatFloat(in, 'f', 1, 64)
	if l == Danish {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s + unit
}

// Count writes a number with its thousands apart: 12.345 in Danish, 12,345 in English.
func Count(l Lang, n int64) string {
	s, mark := strconv.FormatInt(n, 10), "."
	if l == English {
		mark = ","
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + mark + s[i:]
	}
	return s
}

// Place says in words where a finding stood: document, page, cell, line, layer.
func Place(l Lang, e quarantine.Evidence) string {
	parts := []string{document(l, e.Path)}
	if e.Page > 0 {
		parts = append(parts, Text(l, "place.page", e.Page))
	}
	if e.Cell != "" {
		parts = append(parts, Text(l, "place.cell", Clean(e.Cell, Short)))
	}
	if e.Line > 0 && e.Cell == "" {
		parts = append(parts, Text(l, "place.line", e.Line))
	}
	return strings.Join(parts, ", ")
}

// document names the part a finding stood in. The path runs through containers,
// outermost first; people say it the other way: "løn.xlsx i pakken bilag.zip".
func document(l Lang, path string) string {
	names := strings.Split(path, "/")
	last := Clean(names[len(names)-1], Short)
	if len(names) < 3 { // the mail or file itself, or a part directly in it
		return last
	}
	return Text(l, "place.inside", last, Clean(strings.Join(names[1:len(names)-1], " / "), Short))
}

// Marked is what is marked in a finding's context. A context that hides a number wholly has
// the finding's own masked value in its place, so that one can tell which number is meant.
func Marked(e quarantine.Evidence) string {
	if e.Match != "" && strings.Trim(e.Match, "x-") == "" {
		return Clean(e.Value, Short)
	}
	return Clean(e.Match, Short)
}

// Layer says in words in which layer of a document a finding stood, "" for plain
// visible text.
func Layer(l Lang, e quarantine.Evidence) string {
	switch {
	case e.OCR:
		return Text(l, "layer.ocr")
	case e.Layer == "hidden" && e.Cell != "":
		return Text(l, "layer.hidden-cell")
	case e.Layer == "" || e.Layer == "visible":
		return ""
	}
	return Known(l, "layer", e.Layer)
}

// Recipients writes "a@x.example", "a@x.example og 2 andre" or, without any, a
// word for nobody.
func Recipients(l Lang, to []string) string {
	switch len(to) {
	case 0:
		return Text(l, "to.nobody")
	case 1:
		return Clean(to[0], Short)
	case 2:
		return Text(l, "to.two", Clean(to[0], Short), Clean(to[1], Short))
	}
	return Text(l, "to.more", Clean(to[0], Short), len(to)-1)
}

// Status is the state of a case in words. A mail that had left before it was seen is in
// no quarantine while it waits for a decision.
func Status(l Lang, c *quarantine.Case) string {
	if c.Left && c.State == quarantine.Held {
		return Text(l, "state.left")
	}
	return Known(l, "state", string(c.State))
}

// Minutes says how long something took, "–" for less than none.
func Minutes(l Lang, n int) string {
	if n < 0 {
		return "–"
	}
	now := time.Unix(0, 0)
	return Waited(l, now.Add(-time.Duration(n)*time.Minute), now)
}

// Story tells in one sentence what happened.
func Story(l Lang, c *quarantine.Case) string {
	from := Clean(c.From, Short)
	kind := Known(l, "kind.a", c.Kind)
	when := LongTime(l, c.HeldAt)
	if c.Kind == "file" || from == "" {
		return Text(l, "story.file", kind, Clean(c.Name, Short), when)
	}
	if c.Left {
		return Text(l, "story.left", kind, from, Recipients(l, c.To), when)
	}
	return Text(l, "story.sent", kind, from, Recipients(l, c.To), when)
}

// Rule is a rule in words; one without an English text is shown in Danish.
func Rule(l Lang, r quarantine.Rule) string {
	if l == English && r.English != "" {
		return Clean(r.English, Long)
	}
	return Clean(r.Danish, Long)
}

// Heading is what a case is called: its subject or the name of the file.
func Heading(l Lang, c *quarantine.Case) string {
	for _, s := range []string{c.Subject, c.Name} {
		if h := Clean(s, Short); h != "" {
			return h
		}
	}
	return Text(l, "case.title", c.DraftNo)
}

// Colour is the badge of a state.
func Colour(s quarantine.State) string {
	switch s {
	case quarantine.Held, quarantine.Releasing, quarantine.Rejecting:
		return "warning"
	case quarantine.Released:
		return "info"
	case quarantine.Rejected:
		return "success"
	}
	return "error"
}
