// Package hold is the one bridge between the wing that watches and the wing that
// keeps: it turns an item with the verdict hold into a deposit in quarantine.
package hold

import (
	"context"
	"fmt"

	"brevvagt/detectors"
	"brevvagt/document"
	"brevvagt/quarantine"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
)

// Depositor takes a deposit and answers only when it is safe on disk. It is
// quarantine's Service.
type Depositor interface {
	Hold(ctx context.Context, d quarantine.Deposit, original []byte) (*quarantine.Case, error)
}

// Hold is the action that holds. An error of the quarantine is the handler's
// error: the source then keeps the item.
type Hold struct {
	Quarantine Depositor
	// Canary tells a canary mail of our own; nil knows none.
	Canary func(it scanner.Item, out *scanner.Outcome) bool
	// Letter makes what tells the sender of the case; nil tells nobody.
	Letter func(it scanner.Item, out *scanner.Outcome) func(caseID string) []byte
}

// Apply holds an item whose verdict says so and leaves others alone.
func (h Hold) Apply(ctx context.Context, it scanner.Item, out *scanner.Outcome) error {
	if it.Left && out.Verdict.Action == policy.Reject {
		// What has left cannot be refused any more; it becomes a case as well.
		out.Verdict.Action = policy.Hold
	}
	if out.Verdict.Action != policy.Hold {
		return nil
	}
	d := deposit(it, out)
	d.Canary = h.Canary != nil && h.Canary(it, out)
	if h.Letter != nil {
		d.Notice = h.Letter(it, out)
	}
	c, err := h.Quarantine.Hold(ctx, d, it.Content)
	if err != nil {
		return fmt.Errorf("cannot hold item %s: %w", detectors.RedactNumbers(it.ID), err)
	}
	out.CaseID, out.DraftNo = c.ID, c.DraftNo
	return nil
}

// deposit masks what came out of the content. Addresses, message id and item id
// stay true, since a release needs them: quarantine seals them and masks what it
// shows.
func deposit(it scanner.Item, out *scanner.Outcome) quarantine.Deposit {
	d := quarantine.Deposit{
		Source: it.Source, ItemID: it.ID, Kind: out.Kind, Name: detectors.RedactNumbers(it.Name),
		From: out.From, To: out.To, Received: it.Received, Receipt: it.Receipt,
		Size: int64(len(it.Content)), Persons: len(out.Subjects), Numbers: numbers(out.Findings),
		Pictures: pictures(out), Left: it.Left, Runs: out.Runs, Figures: figures(out),
	}
	d.DataTypes = dataTypes(out, d.Figures)
	d.Route = out.Verdict.Offer
	if it.Left {
		d.Rules = []quarantine.Rule{{ID: "already-sent", Danish: "Mailen var allerede sendt, da den blev læst: muligt brud. Sagen lukkes med frigiv eller afvis; intet sendes",
			English: "The mail had been sent before it was read: a possible breach. Release or reject closes the case; nothing is sent"}}
	}
	if m := out.Document.Mail; m != nil {
		d.Subject = detectors.Redact(m.Subject)
		d.MessageID = m.MessageID
		d.Authors = authors(m)
	}
	for _, r := range out.Verdict.Rules {
		d.Rules = append(d.Rules, quarantine.Rule{ID: r.ID, Danish: r.Text, English: r.English, Approvers: r.Approvers, SenderMayRelease: r.SenderMayRelease})
	}
	for _, g := range out.Gaps {
		d.Gaps = append(d.Gaps, fmt.Sprintf("%s: %s", detectors.RedactNumbers(g.At.Path), policy.ReasonDa(g.Why)))
	}
	d.Evidence, d.Clear = evidence(out)
	return d
}

// maxAuthors bounds what is kept of who a mail says it is from.
const maxAuthors = 8

// authors are the addresses that a mail says it is from. The envelope names another
// where a mail goes from a shared mailbox or a program.
func authors(m *document.Envelope) []string {
	var out []string
	for _, a := range m.From {
		if a.Mail != "" && len(out) < maxAuthors {
			out = append(out, a.Mail)
		}
	}
	return out
}

// Numbers counts the different CPR numbers of an outcome, as its case does.
func Numbers(out *scanner.Outcome) int { return numbers(out.Findings) }

// numbers counts distinct national ids.
func numbers(findings []detectors.Finding) int {
	seen := make(map[string]bool)
	for i := range findings {
		if findings[i].Category == "national-id" {
			seen[findings[i].Value.Digest()] = true
		}
	}
	return len(seen)
}

const (
	maxEvidence = 500
	around      = 70 // bytes of context on either side of a finding
)

// evidence is the findings in their masked surroundings. What stands around a
// finding is redacted broadly, since another number may stand there. The values as they
// stood go beside it, to be sealed and opened one by one.
func evidence(out *scanner.Outcome) (list []quarantine.Evidence, clear quarantine.Values) {
	for i := range out.Findings {
		if i == maxEvidence {
			break
		}
		f := &out.Findings[i]
		text := out.Document.Segments[f.Segment].Text
		before, after := surroundings(text, f.Start, f.End)
		clear = append(clear, text[f.Start:f.End])
		e := quarantine.Evidence{
			Detector: f.Detector, Category: f.Category, Strength: string(f.Strength), Value: f.Value.String(),
			Path: detectors.RedactNumbers(f.At.Path), Page: f.At.Page, Line: f.At.Line, Cell: f.At.Cell,
			Layer: string(f.At.Layer), OCR: f.At.OCR, Why: f.Why,
			Before: before, Match: f.Value.String(), After: after,
		}
		if f.At.Box != nil {
			e.Box = (*[4]int)(f.At.Box)
		}
		list = append(list, e)
	}
	return list, clear
}

// surroundings cuts and redacts the text on both sides of a span. The whole
// segment is not redacted, only what is shown, so a page of numbers stays cheap;
// the digits of the found value itself are dropped first so that a number which
// runs on over the border of the span is seen whole.
func surroundings(text string, start, end int) (before, after string) {
	from, to := runeStart(text, max(0, start-around)), runeStart(text, min(len(text), end+around))
	return detectors.Redact(text[from:start]), detectors.Redact(text[end:to])
}

func runeStart(s string, i int) int {
	for i > 0 && i < len(s) && s[i]&0xc0 == 0x80 {
		i--
	}
	return i
}
