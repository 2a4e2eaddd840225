package paper

import (
	"fmt"
	"io"
	"strings"

	"brevvagt/quarantine"
	"brevvagt/quarantine/ledger"
	"brevvagt/quarantine/register"
	"brevvagt/quarantine/review/reasons"
	"brevvagt/quarantine/review/words"
)

// CasePapers is what a case is printed from; Draft may be nil.
type CasePapers struct {
	Case    *quarantine.Case
	Draft   *register.Draft
	History []ledger.Entry
}

// mostFinds bounds the findings on paper; the rest is counted.
const mostFinds = 300

// Case writes a case: what happened, findings masked, the register entry and the log.
func Case(w io.Writer, a About, reg *register.Register, p CasePapers) error {
	l, c := a.Lang, p.Case
	s, err := newSheet(a, words.Text(l, "case.title", c.ID), false)
	if err != nil {
		return err
	}
	s.heading(words.Heading(l, c))
	s.paragraph(words.Story(l, c))
	s.pair(words.Text(l, "status.state"), words.Status(l, c))
	s.pair(words.Text(l, "facts.from"), words.Clean(c.From, words.Long))
	to := make([]string, 0, len(c.To))
	for i, r := range c.To {
		if i == mostFinds {
			to = append(to, words.Text(l, "facts.to.cut", len(c.To)-i))
			break
		}
		to = append(to, words.Clean(r, words.Short))
	}
	s.pair(words.Text(l, "facts.to"), strings.Join(to, "\n"))
	s.pair(words.Text(l, "facts.subject"), words.Clean(c.Subject, words.Long))
	s.pair(words.Text(l, "facts.received"), words.LongTime(l, c.Received))
	s.pair(words.Text(l, "facts.held"), words.LongTime(l, c.HeldAt))
	s.pair(words.Text(l, "facts.found"), words.Plural(l, "persons", c.Persons)+", "+words.Plural(l, "numbers", c.Numbers))
	s.pair(words.Text(l, "facts.types"), words.Clean(strings.Join(c.DataTypes, ", "), words.Long))
	s.pair(words.Text(l, "tech.sha"), c.PlainSHA256)
	s.heading(words.Text(l, "rules.title"))
	for _, r := range c.Rules {
		s.paragraph("• " + words.Rule(l, r))
	}
	s.finds(l, c)
	if p.Draft != nil {
		s.heading(words.Text(l, "draft.title"))
		row := reg.Row(p.Draft)
		for i, title := range register.Columns() {
			s.pair(fmt.Sprintf("%d. %s", i+1, title), words.CleanLines(row[i], 20000))
		}
	}
	s.heading(words.Text(l, "log.title"))
	for _, e := range p.History {
		who := words.Clean(e.Actor, words.Short)
		if e.Erased {
			who = words.Text(l, "log.erased")
		}
		what := words.Known(l, "verb", e.Verb)
		if reason := e.Detail["reason"]; reason != "" {
			what += "\n" + words.Known(l, "detail", "reason") + ": " + words.Clean(reason, words.Long)
		}
		s.line(body, true, cell{words.ShortTime(l, e.At), 34, false}, cell{who, 36, false}, cell{what, int(s.width) - 70, false})
	}
	if a.Head != "" {
		s.heading(words.Text(l, "print.head"))
		s.paragraph(a.Head)
	}
	return s.write(w)
}

func (s *sheet) finds(l words.Lang, c *quarantine.Case) {
	s.heading(words.Text(l, "finds.title"))
	for i, e := range c.Evidence {
		if i == mostFinds {
			s.paragraph(words.Text(l, "finds.cut", i, len(c.Evidence)))
			break
		}
		place := words.Place(l, e)
		if layer := words.Layer(l, e); layer != "" {
			place += "\n" + layer
		}
		found := words.Clean(e.Before, words.Long) + " [" + words.Marked(e) + "] " + words.Clean(e.After, words.Long)
		if len(e.Why) > 0 {
			found += "\n" + words.Text(l, "finds.why", words.Clean(reasons.Say(l == words.English, e.Why), words.Long))
		}
		s.line(body, true, cell{words.Known(l, "detector", e.Detector) + "\n" + words.Clean(e.Value, words.Short), 45, false}, cell{place, 55, false}, cell{found, int(s.width) - 100, false})
	}
	if len(c.Gaps) == 0 {
		return
	}
	s.heading(words.Text(l, "gaps.title"))
	for i, g := range c.Gaps {
		if i == mostFinds {
			s.paragraph(words.Text(l, "facts.to.cut", len(c.Gaps)-i))
			break
		}
		s.paragraph("• " + words.Clean(g, words.Long))
	}
}
