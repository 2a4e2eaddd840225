package scanner

import (
	"cmp"
	"context"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/scanner/memory"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/policy/parties"
)

// Pipeline takes an item through its five steps: read, scan, group, decide, act.
// It is safe for concurrent use once built.
type Pipeline struct {
	Formats   *document.Formats
	Detectors *detectors.Set
	Site      policy.Site
	Rules     []policy.Definition
	Actions   []Action
	Now       func() time.Time
	// AsOf judges birth dates; the zero time means Now.
	AsOf time.Time
	// HoldUnfinished holds an outgoing item whose scan ran out of time: a source
	// whose sender waits for an answer sets it, a nightly scan does not.
	HoldUnfinished bool
	// Owners tells whose mailbox an address is; nil where the site knows nobody's.
	Owners parties.Owners
	// Relate tells a run of letters from a file and compares its letters with
	// their recipients; nil for anything else. It may be nil.
	Relate func(key detectors.Key, asOf time.Time, out *Outcome) *policy.Run
	// Relax may set a verdict aside before anything is done about it, as dry run
	// does; it is nil where every verdict counts.
	Relax func(it Item, out *Outcome)
	// Proven reports whether the way to a recipient is encrypted by something that
	// is enforced; asked only about mails with findings. It may be nil.
	Proven func(address string) bool
	// Deep reads items with Deep set, with more time; nil reads them like others.
	Deep *document.Formats
	// Memory is asked about earlier outgoing mails and told what became of each; nil
	// judges every mail by itself.
	Memory *memory.Memory
	// Turn is called when an item has been read and waits until it may be judged, so
	// that what is read at the same time is judged in order; nil does not wait.
	Turn func(it Item)
}

// Handle is the pipeline's Handler. An error means that no verdict was reached or
// that an action failed; nothing may then be acknowledged or passed on. The error
// is ErrLater for a deferrable item whose reading ran out of time.
func (p *Pipeline) Handle(ctx context.Context, it Item) (out Outcome, err error) {
	formats := p.Formats
	if it.Deep && p.Deep != nil {
		formats = p.Deep
	}
	return p.HandleRead(ctx, it, func() *document.Document { return formats.Read(ctx, it.Name, it.Content) })
}

// HandleRead is Handle for an item that its source reads by itself, such as a
// folder of letters.
func (p *Pipeline) HandleRead(ctx context.Context, it Item, read func() *document.Document) (out Outcome, err error) {
	// One hostile item must never take the daemon down with it.
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("cannot scan item %s: panic (%T)", detectors.Redact(it.ID), r)
		}
	}()
	start := p.Now()
	out.Document = read()
	findings, gaps := p.Detectors.Scan(ctx, out.Document, detectors.Env{AsOf: p.asOf()})
	out.Findings, out.Gaps = findings, append(slices.Clone(out.Document.Gaps), gaps...)
	if it.Cut > 0 {
		out.Gaps = append(out.Gaps, document.Gap{At: document.Location{Path: it.Name}, Why: document.TooBig,
			Detail: cmp.Or(it.CutWhy, fmt.Sprintf("the last %d bytes were not read", it.Cut))})
	}
	out.Subjects = subject.GroupWith(p.Detectors.Key, out.Document, out.Findings)
	if p.Turn != nil {
		p.Turn(it)
	}
	facts := p.facts(it, &out)
	mail := p.recall(it, facts, &out)
	out.Verdict, out.Facts = p.decide(facts), facts
	out.Findings = append(out.Findings, policy.Located(p.Site, facts, out.Verdict)...)
	out.Took = p.Now().Sub(start)
	if it.Deferrable && !it.Deep && slices.ContainsFunc(out.Gaps, func(g document.Gap) bool { return g.Why == document.OutOfTime }) {
		return out, ErrLater
	}
	if p.Relax != nil {
		p.Relax(it, &out)
	}
	p.remember(mail, out.Verdict, true)
	for _, a := range p.Actions {
		if err := a.Apply(ctx, it, &out); err != nil {
			return out, err
		}
	}
	p.remember(mail, out.Verdict, false)
	return out, nil
}

func (p *Pipeline) asOf() time.Time {
	if p.AsOf.IsZero() {
		return p.Now()
	}
	return p.AsOf
}

// facts gathers what the rules may look at.
func (p *Pipeline) facts(it Item, out *Outcome) *policy.Facts {
	out.From, out.To = Correspondents(it, out.Document)
	f := &policy.Facts{
		Doc: out.Document, Findings: out.Findings, Subjects: out.Subjects, Gaps: out.Gaps,
		From: out.From, To: out.To, Kind: out.Document.Kind(), Owners: owners{p.Owners, p.Detectors.Key},
	}
	if len(it.To) > 0 || it.Left {
		// What has recipients is on its way out, whatever it looks like: a mail
		// that hides its header is still a mail.
		f.Kind = "mail"
	}
	p.relate(f, out)
	out.Kind = f.Kind
	f.Channel = policy.NewChannel(p.Site, f.To, out.Document)
	f.Channel.Left = it.Left
	if p.Proven != nil && f.Kind == "mail" && len(out.Findings) > 0 {
		f.Channel.Unprotected = slices.DeleteFunc(f.Channel.Unprotected, p.Proven)
	}
	// A mail whose sender is outside is incoming. Without a list of our own
	// domains, or without a sender (a bounce), it counts as ours; so does one that
	// was handed in with a login, and one that goes to nobody of ours: whatever
	// its sender says, it is on its way out.
	f.Incoming = f.Kind == "mail" && f.From != "" && !it.Authenticated && (len(f.Channel.Internal) > 0 || len(f.To) == 0) &&
		len(p.Site.InternalDomains) > 0 && !p.Site.Internal(f.From)
	f.Public = p.Site.Public(it.ID)
	f.Sent = p.sent(out.Document)
	return f
}

// relate compares the letters of an item with the list of those who are to get them: a run
// by itself, or one that a mail takes along.
func (p *Pipeline) relate(f *policy.Facts, out *Outcome) {
	if p.Relate == nil {
		return
	}
	switch f.Kind {
	case "file":
		if f.Run = p.Relate(p.Detectors.Key, p.asOf(), out); f.Run != nil {
			f.Kind = "letter"
		}
	case "mail":
		found := out.Findings
		if f.Run = p.Relate(p.Detectors.Key, p.asOf(), out); f.Run != nil && !f.Run.Enclosable() {
			f.Run, out.Findings = nil, found
		}
	}
}

// sent is a mail's own date, or today where it has none that can be read.
func (p *Pipeline) sent(doc *document.Document) time.Time {
	if doc.Mail != nil {
		if at, err := time.Parse("Mon, 2 Jan 2006 15:04:05 -0700", doc.Mail.Date); err == nil {
			return at // as most: mail.ParseDate tries two dozen ways before this one
		}
		if at, err := mail.ParseDate(doc.Mail.Date); err == nil {
			return at
		}
	}
	return p.asOf()
}

// Correspondents are the sender and the distinct recipients, in lower case: of
// the envelope where the source has one, else of the mail's header.
func Correspondents(it Item, doc *document.Document) (from string, to []string) {
	from, list := it.From, it.To
	if len(list) == 0 && doc.Mail != nil {
		if len(doc.Mail.From) > 0 {
			from = doc.Mail.From[0].Mail
		}
		for _, a := range doc.Mail.To {
			list = append(list, a.Mail)
		}
	}
	for _, a := range list {
		if a = strings.ToLower(strings.TrimSpace(a)); a != "" && !slices.Contains(to, a) {
			to = append(to, a)
		}
	}
	return strings.ToLower(from), to
}

func (p *Pipeline) decide(f *policy.Facts) policy.Verdict {
	v := policy.Decide(p.Site, p.Rules, f)
	if p.HoldUnfinished && f.Kind != "file" && !f.Incoming && v.Action.Rank() < policy.Hold.Rank() && unfinished(f.Gaps) {
		v.Action, v.Route, v.RouteTo, v.Offer = policy.Hold, "", nil, ""
		v.Rules = append([]policy.Rule{{ID: "uninspectable", Action: policy.Hold,
			Text:    "Mailen kunne ikke læses færdig og skal ses af en person",
			English: "The mail could not be read to its end and must be seen by a person"}}, v.Rules...)
	}
	return v
}

// unfinished reports whether reading was cut off or a reader died: unlike an
// encrypted or unknown part, that says nothing about the item and everything
// about us, so it is no ground to let it pass. Nor is depth: nobody sends a dozen
// containers within each other, 42 MB of text or ten thousand parts but to hide what is
// in the last.
func unfinished(gaps []document.Gap) bool {
	return slices.ContainsFunc(gaps, func(g document.Gap) bool {
		return g.Rest || g.Why == document.OutOfTime || g.Why == document.Crashed || g.Why == document.NoEngine || g.Why == document.TooDeep
	})
}
