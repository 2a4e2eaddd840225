package review

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the server may lack a zone database; the page shows Danish time

	"brevvagt/quarantine"
)

// copenhagen is the zone of every time on the page.
func copenhagen() *time.Location {
	loc, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil { // cannot happen with the embedded database
		return time.UTC
	}
	return loc
}

// longTime writes "24. november 2026 kl. 11.12", or "" for the zero time.
func longTime(l lang, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(copenhagen())
	if l == english {
		return t.Format("2 January 2006 at 15:04")
	}
	month := strings.Fields(text(danish, "months"))[t.Month()-1]
	return fmt.Sprintf("%d. %s %d kl. %s", t.Day(), month, t.Year(), t.Format("15.04"))
}

// shortTime writes "24.11.2026 kl. 11.12", or "" for the zero time.
func shortTime(l lang, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(copenhagen())
	if l == english {
		return t.Format("02/01/2006 15:04")
	}
	return t.Format("02.01.2006 kl. 15.04")
}

// waited says how long ago t was, in the largest fitting unit.
func waited(l lang, t, now time.Time) string {
	d := now.Sub(t)
	switch {
	case d < time.Minute:
		return text(l, "wait.now")
	case d < time.Hour:
		return plural(l, "wait.minutes", int(d/time.Minute))
	case d < 48*time.Hour:
		return plural(l, "wait.hours", int(d/time.Hour))
	}
	return plural(l, "wait.days", int(d/(24*time.Hour)))
}

// size writes bytes for people: "12 kB", with the decimal sign of the language.
func size(l lang, n int64) string {
	const kilo = 1000
	switch {
	case n < kilo:
		return fmt.Sprintf("%d byte", n)
	case n < kilo*kilo:
		return fmt.Sprintf("%d kB", n/kilo)
	}
	s := strconv.FormatFloat(float64(n)/(kilo*kilo), 'f', 1, 64)
	if l == danish {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s + " MB"
}

// place says in words where a finding stood: document, page, cell, line, layer.
func place(l lang, e quarantine.Evidence) string {
	parts := []string{document(l, e.Path)}
	if e.Page > 0 {
		parts = append(parts, text(l, "place.page", e.Page))
	}
	if e.Cell != "" {
		parts = append(parts, text(l, "place.cell", clean(e.Cell, shortRunes)))
	}
	if e.Line > 0 && e.Cell == "" {
		parts = append(parts, text(l, "place.line", e.Line))
	}
	return strings.Join(parts, ", ")
}

// document names the part a finding stood in. The path runs through containers,
// outermost first; people say it the other way: "løn.xlsx i pakken bilag.zip".
func document(l lang, path string) string {
	names := strings.Split(path, "/")
	last := clean(names[len(names)-1], shortRunes)
	if len(names) < 3 { // the mail or file itself, or a part directly in it
		return last
	}
	return text(l, "place.inside", last, clean(strings.Join(names[1:len(names)-1], " / "), shortRunes))
}

// layer says in words in which layer of a document a finding stood, "" for plain
// visible text.
func layer(l lang, e quarantine.Evidence) string {
	switch {
	case e.OCR:
		return text(l, "layer.ocr")
	case e.Layer == "hidden" && e.Cell != "":
		return text(l, "layer.hidden-cell")
	case e.Layer == "" || e.Layer == "visible":
		return ""
	}
	return known(l, "layer", e.Layer)
}

// recipients writes "a@x.example", "a@x.example og 2 andre" or, without any, a
// word for nobody.
func recipients(l lang, to []string) string {
	switch len(to) {
	case 0:
		return text(l, "to.nobody")
	case 1:
		return clean(to[0], shortRunes)
	case 2:
		return text(l, "to.two", clean(to[0], shortRunes), clean(to[1], shortRunes))
	}
	return text(l, "to.more", clean(to[0], shortRunes), len(to)-1)
}

// story tells in one sentence what happened.
func story(l lang, c *quarantine.Case) string {
	from := clean(c.From, shortRunes)
	kind := known(l, "kind.a", c.Kind)
	when := longTime(l, c.HeldAt)
	if c.Kind == "file" || from == "" {
		return text(l, "story.file", kind, clean(c.Name, shortRunes), when)
	}
	return text(l, "story.sent", kind, from, recipients(l, c.To), when)
}

// reason is the rule that fired first, in words, with how many more there are.
func ruleText(l lang, r quarantine.Rule) string {
	if l == english && r.English != "" {
		return clean(r.English, longRunes)
	}
	return clean(r.Danish, longRunes)
}
