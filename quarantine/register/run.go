package register

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"brevvagt/quarantine/register/story"
)

// Run is what an entry counts of a run of mails, which is one incident however many cases
// it makes: the same letter by the same sender, a mail to each of many. The program sets
// it; nil is an entry of something else.
type Run struct {
	Mails      int      `json:"mails"`              // that were stopped, or found to have left
	Recipients int      `json:"recipients"`         // of all of them
	Persons    int      `json:"persons"`            // at most so many: one may stand in several mails
	Numbers    int      `json:"numbers"`            // at most so many CPR numbers
	Affected   int      `json:"affected,omitempty"` // at most so many of the persons are where they do not belong
	Rules      []string `json:"rules"`              // whose sentences are told
	Released   int      `json:"released,omitempty"`
	Gone       int      `json:"gone,omitempty"` // from their source's queue, outside our view
	Rejected   int      `json:"rejected,omitempty"`
	Expired    int      `json:"expired,omitempty"`
	Closed     int      `json:"closed,omitempty"` // that had left before they were seen
}

// Open gives a stopped item its entry: a draft of its own, or, of a mail of a run, the
// run's entry, whose number no is; "" is none. An entry whose notification a person has
// decided is not touched any more, and one that was deleted cannot be: the run then goes
// on in a new one.
func (r *Register) Open(ctx context.Context, tx *sql.Tx, no string, in story.Incident) (*Draft, error) {
	if no == "" {
		return r.Create(ctx, tx, in)
	}
	d, err := r.Locked(ctx, tx, no)
	if errors.Is(err, ErrNotFound) || err == nil && (d.Extra.Run == nil || Decided(d.Notify)) {
		return r.Create(ctx, tx, in)
	}
	if err != nil {
		return nil, err
	}
	next := r.joined(d, in)
	if r.CheckAll(next) != nil { // too long perhaps: a hold must not fail over a sentence about it
		next.Fields = d.Fields
	}
	if r.CheckAll(next) != nil { // a text that was let pass under another check
		return r.Create(ctx, tx, in)
	}
	return next, r.Save(ctx, tx, next, in.At)
}

// joined is the entry of a run with one mail more.
func (r *Register) joined(d *Draft, in story.Incident) *Draft {
	next, run := *d, *d.Extra.Run
	next.Extra.Run = &run
	t := story.Further(in, run.Rules)
	run.count(in)
	next.What = replaced(next.What, d.Extra.Run.size(), run.size())
	if next.Extra.Persons == d.Extra.Run.people() { // as the program counted, not as a person wrote
		next.Extra.Persons = run.people()
	}
	for _, f := range []struct {
		column *string
		more   string
	}{{&next.What, t.What}, {&next.Consequences, t.Consequences}, {&next.Measures, t.Measures}} {
		if more := strings.TrimSpace(r.clean(f.more)); more != "" && !strings.Contains(*f.column, more) {
			*f.column = add(*f.column, more)
		}
	}
	next.DataTypes = slices.Clone(d.DataTypes)
	for _, v := range dataTypes(in) {
		next.DataTypes = append(next.DataTypes, r.clean(v))
	}
	if !in.Start.IsZero() && in.Start.Before(next.Start) {
		next.Start = in.Start
	}
	if next.Status == Averted && (in.Left || in.Figures.Sent > 0) {
		r.partLeft(&next, in)
	}
	return &next
}

// partLeft is what a run's entry becomes when some of it is found to have left.
func (r *Register) partLeft(d *Draft, in story.Incident) {
	if in.Figures.Sent > 0 {
		r.partly(d, in)
		return
	}
	d.Status, d.Discovered, d.Deadline = Possible, in.At, in.At.Add(Deadline)
	r.undecided(d)
	d.Measures = add(d.Measures, r.wasSent(in))
}

// count adds a mail.
func (run *Run) count(in story.Incident) {
	run.Mails, run.Recipients = run.Mails+1, run.Recipients+in.Recipients
	run.Persons, run.Numbers, run.Affected = run.Persons+in.Persons, run.Numbers+in.Numbers, run.Affected+affected(in)
	for _, rule := range in.Rules {
		if !slices.Contains(run.Rules, rule) {
			run.Rules = append(slices.Clone(run.Rules), rule)
		}
	}
}

// people is how many are affected, for a notification.
func (run *Run) people() string {
	if run.Mails < 2 {
		return people(run.Affected, "")
	}
	return people(run.Affected, "op til ")
}

// size is the sentence that says how large the run is; "" while it is one mail.
func (run *Run) size() string {
	if run.Mails < 2 {
		return ""
	}
	text := fmt.Sprintf("Hændelsen omfatter i alt %d mails i samme kørsel til %s", run.Mails, story.Count(run.Recipients, "modtager", "modtagere"))
	var holds []string
	if run.Persons > 0 {
		holds = append(holds, "oplysninger om op til "+story.Count(run.Persons, "person", "personer"))
	}
	if run.Numbers > 0 {
		holds = append(holds, "op til "+story.Count(run.Numbers, "CPR-nummer", "CPR-numre"))
	}
	if len(holds) > 0 {
		text += " med " + strings.Join(holds, " og ")
	}
	return text + "."
}

// ends is the sentence that says what became of the run's mails; "" before anything did.
func (run *Run) ends() string {
	var parts []string
	for _, e := range []struct {
		n    int
		text string
	}{
		{run.Released, "frigivet efter gennemgang"}, {run.Gone, "ikke længere i karantænen hos afsendersystemet og kan være afsendt"},
		{run.Rejected, "sendt retur til afsenderen, som er henvist til sikker post"}, {run.Expired, "slettet uden at være frigivet"},
		{run.Closed, "lukket efter gennemgang uden at noget er sendt igen"},
	} {
		if e.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", e.n, e.text))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "Af kørslens standsede mails er " + strings.Join(parts, "; ") + "."
}

// end notes in column 10 what became of a mail: in words with its time, and of a run in
// figures, since a sentence for each of its mails would fill the column. which names the
// figure.
func (d *Draft) end(words string, which func(*Run) *int) {
	if d.Extra.Run == nil {
		d.Measures = add(d.Measures, words)
		return
	}
	run := *d.Extra.Run
	before := run.ends()
	*which(&run)++
	d.Extra.Run = &run
	if run.Mails < 2 {
		d.Measures = add(d.Measures, words)
		return
	}
	d.Measures = replaced(d.Measures, before, run.ends())
}

// reopen makes the entry of what has left after all undecided (text B). Of a run, whose
// next mail may leave when the DPO has long decided, what was decided for telling stays,
// and a clock that runs is not set back.
func (r *Register) reopen(d *Draft, at time.Time) {
	switch {
	case d.Extra.Run == nil, d.Status == Averted, d.Status == Possible && d.Notify == "Nej":
		d.Status, d.Discovered, d.Deadline = Possible, at, at.Add(Deadline)
		r.undecided(d)
	case d.Notify != "Ja":
		r.undecided(d)
	}
}

// replaced puts a sentence in the place of an earlier one; a person may have taken that
// out, and then it stands at the end.
func replaced(text, before, now string) string {
	if before != "" && strings.Contains(text, before) {
		return strings.Replace(text, before, now, 1)
	}
	return add(text, now)
}
