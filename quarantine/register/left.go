package register

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"brevvagt/quarantine/register/story"
)

// possible turns the entry of a stopped item into that of one that had left before
// anybody looked at it, such as a mail found in a sent folder (text B): nothing was
// stopped, the DPO must decide, and 72 hours from now are the safe deadline.
func (r *Register) possible(d *Draft, in story.Incident) {
	d.Status, d.Discovered, d.Deadline = Possible, in.At, in.At.Add(Deadline)
	r.undecided(d)
	d.What = strings.NewReplacer("forsøgte at sende", "har sendt", "blev forsøgt sendt", "blev sendt", "blev forsøgt videresendt", "blev videresendt",
		"blev standset af kommunens kontrol", "blev fundet ved kommunens kontrol").Replace(d.What)
	d.Consequences = strings.NewReplacer("kunne give", "kan have givet", "kunne få", "kan have fået", "kunne komme", "kan være kommet",
		"kunne omfatte", "kan omfatte").Replace(d.Consequences)
	d.Measures = r.wasSent(in)
}

func (r *Register) wasSent(in story.Incident) string {
	return fmt.Sprintf("%s var allerede sendt, da den blev læst %s; den kunne ikke standses.", story.Capital(story.TheItem(in.Kind)), r.at(in.At))
}

// partly turns the entry of a run of mails of which some went before it was stopped
// into a possible breach: text B for those that went, text A for what was stopped.
func (r *Register) partly(d *Draft, in story.Incident) {
	d.Status, d.Discovered, d.Deadline = Possible, in.At, in.At.Add(Deadline)
	r.undecided(d)
	went := fmt.Sprintf(" for %s, der var sendt; ", story.Count(in.Figures.Sent, "mail", "mails"))
	d.Notify += went + proposalNo + " for de standsede"
	d.Informed += went + proposalNo + " for de standsede"
	d.NotifyReason, d.InformedReason = "For de standsede: "+stoppedNotify, "For de standsede: "+stoppedInform
}

// exposed turns the entry of a file that lay where outsiders could read it into a
// possible breach (text B): nothing was sent, and nobody knows yet who has read it.
func (r *Register) exposed(d *Draft, in story.Incident) {
	d.Status, d.Discovered, d.Deadline = Possible, in.At, in.At.Add(Deadline)
	r.undecided(d)
}

// Closed amends the entry of a case whose item had left before it was seen: a person
// has closed the case, or its content was deleted first (expired). Neither was
// anything sent nor called back.
func (r *Register) Closed(ctx context.Context, tx *sql.Tx, caseID string, at time.Time, expired bool) error {
	if expired {
		return r.note(ctx, tx, caseID, at, fmt.Sprintf("Den gemte kopi er slettet %s, før nogen har lukket sagen.", r.at(at)), func(run *Run) *int { return &run.Expired })
	}
	return r.note(ctx, tx, caseID, at, fmt.Sprintf("Sagen er lukket efter gennemgang %s; intet er sendt igen.", r.at(at)), func(run *Run) *int { return &run.Closed })
}
