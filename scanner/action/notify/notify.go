// Package notify tells the sender of a mail what happened to it: that it waits in
// quarantine, or that it went with a warning. It names kind and count and never
// what was found.
package notify

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/detectors/special"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/gateway/relay"
)

// Notify is the action that writes to senders. It stands after the holding one in
// the list of actions, so that nobody is told of a hold that failed.
type Notify struct {
	Hop *relay.Hop
	// From is our address; Contact is whom a sender may turn to.
	From, Contact string
	// Internal reports whether an address is one of our own: nobody else is told.
	Internal func(address string) bool
	// Link gives the sender's own page of a case; nil gives none.
	Link func(caseID, sender string) string
	Log  *slog.Logger
}

// Apply sends at most one notice. A notice that cannot be sent is logged and no
// more: the mail itself is safe, and holding it must not fail over a notice.
func (n Notify) Apply(ctx context.Context, it scanner.Item, out *scanner.Outcome) error {
	kind, ok := kindOf(out)
	if !ok || !n.Internal(out.From) || automatic(out) {
		return nil
	}
	notice := relay.Notice{
		From: n.From, To: out.From, Kind: kind, Sent: it.Received, Help: n.Contact, Reference: out.CaseID,
	}
	if m := out.Document.Mail; m != nil {
		notice.Subject, notice.MessageID = detectors.Redact(m.Subject), m.MessageID
	}
	notice.Reason, notice.English = reasons(out.Verdict.Rules)
	notice.Found, notice.FoundEnglish = found(out)
	if n.Link != nil && kind == relay.Held && out.CaseID != "" {
		notice.Link = n.Link(out.CaseID, out.From)
	}
	if err := notice.Send(ctx, n.Hop); err != nil {
		n.Log.Warn("notice", "item", detectors.RedactNumbers(it.ID), "error", err)
	}
	return nil
}

func kindOf(out *scanner.Outcome) (relay.Kind, bool) {
	switch out.Verdict.Action {
	case policy.Hold:
		return relay.Held, true
	case policy.Warn:
		return relay.Warned, out.Kind != "file"
	}
	return 0, false
}

// automatic reports whether the mail was sent by a program (RFC 3834): answering
// it would start a loop.
func automatic(out *scanner.Outcome) bool {
	if out.Document.Mail == nil {
		return false
	}
	for _, v := range out.Document.Mail.Header["Auto-Submitted"] {
		if !strings.EqualFold(strings.TrimSpace(v), "no") {
			return true
		}
	}
	return false
}

func reasons(rules []policy.Rule) (danish, english string) {
	var da, en []string
	for _, r := range rules {
		da, en = append(da, r.Text+"."), append(en, r.English+".")
	}
	return strings.Join(da, " "), strings.Join(en, " ")
}

// found says what kind and how many were found, and nothing of what.
func found(out *scanner.Outcome) (danish, english string) {
	numbers := make(map[string]bool)
	var kinds []string
	for i := range out.Findings {
		f := &out.Findings[i]
		if f.Category == "national-id" {
			numbers[f.Value.Digest()] = true
		} else if f.Strength.Rank() >= detectors.Medium.Rank() {
			kinds = append(kinds, special.DataTypes(f.Category)...)
		}
	}
	slices.Sort(kinds)
	var da, en []string
	if n := len(numbers); n > 0 {
		da, en = append(da, count(n, "CPR-nummer", "CPR-numre")), append(en, count(n, "CPR number", "CPR numbers"))
	}
	if n := len(out.Subjects); n > 0 {
		da, en = append(da, "oplysninger om "+count(n, "person", "personer")), append(en, "data on "+count(n, "person", "people"))
	}
	if len(kinds) > 0 {
		da, en = append(da, slices.Compact(kinds)...), append(en, "special category data")
	}
	return strings.Join(da, ", "), strings.Join(en, ", ")
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
