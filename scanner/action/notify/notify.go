// Package notify tells the sender of a mail what happened to it: that it waits in
// quarantine, or that it went with a warning. It names kind and count and never
// what was found.
package notify

import (
	"context"
	"log/slog"
	"strings"

	"brevvagt/detectors"
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
	Log      *slog.Logger
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
