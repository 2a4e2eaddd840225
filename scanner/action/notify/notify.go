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

// Notify is the action that writes to senders. It writes letters; others keep and send
// them, so that no mail waits for a notice.
type Notify struct {
	// Keep writes a letter down, to be sent soon and once.
	Keep func(ctx context.Context, it scanner.Item, out *scanner.Outcome, letter []byte) error
	// From is our address; Contact is whom a sender may turn to.
	From, Contact string
	// Internal reports whether an address is one of our own: nobody else is told.
	Internal func(address string) bool
	// Link gives the sender's own page of a case; nil gives none.
	Link func(caseID, sender string) string
	Log  *slog.Logger
}

// Letter makes the letter about a case of an item, once the case has its name; nil when
// nobody is told.
func (n Notify) Letter(it scanner.Item, out *scanner.Outcome) func(caseID string) []byte {
	if out.Verdict.Action != policy.Hold || it.Left || !n.tells(out) {
		return nil
	}
	notice := n.about(it, out)
	notice.Kind = relay.Held
	return func(caseID string) []byte {
		notice.Reference = caseID
		if n.Link != nil && caseID != "" {
			notice.Link = n.Link(caseID, out.From)
		}
		return notice.Letter()
	}
}

// Apply tells of a warning; of a case its Letter tells. A notice that cannot be kept is
// logged and no more: the mail itself must not wait for it.
func (n Notify) Apply(ctx context.Context, it scanner.Item, out *scanner.Outcome) error {
	if out.Verdict.Action != policy.Warn || out.Kind == "file" || !n.tells(out) {
		return nil
	}
	notice := n.about(it, out)
	notice.Kind = relay.Warned
	if err := n.Keep(ctx, it, out, notice.Letter()); err != nil {
		n.Log.Warn("notice", "item", detectors.RedactNumbers(it.ID), "error", err)
	}
	return nil
}

// tells reports whether the sender is somebody to be told: one of our own, and a person.
func (n Notify) tells(out *scanner.Outcome) bool {
	return n.Internal(out.From) && !automatic(out) && !list(out)
}

func (n Notify) about(it scanner.Item, out *scanner.Outcome) relay.Notice {
	notice := relay.Notice{From: n.From, To: out.From, Sent: it.Received, Help: n.Contact, Reference: out.CaseID}
	if m := out.Document.Mail; m != nil {
		notice.Subject, notice.MessageID = detectors.Redact(m.Subject), m.MessageID
	}
	notice.Reason, notice.English = reasons(out.Verdict.Rules)
	notice.Found, notice.FoundEnglish = found(out)
	return notice
}

// automatic reports whether the mail was sent by a program (RFC 3834): answering it
// would start a loop.
func automatic(out *scanner.Outcome) bool {
	for _, v := range header(out, "Auto-Submitted") {
		if !strings.EqualFold(strings.TrimSpace(v), "no") {
			return true
		}
	}
	return false
}

// list reports whether the mail comes from a mailing list or is bulk: what is sent to
// its envelope sender is taken for a mail that came back, and strikes a subscriber off.
func list(out *scanner.Outcome) bool {
	if len(header(out, "List-Id"))+len(header(out, "List-Post"))+len(header(out, "List-Unsubscribe")) > 0 {
		return true
	}
	for _, v := range header(out, "Precedence") {
		switch strings.ToLower(strings.TrimSpace(v)) {
		case "bulk", "list", "junk":
			return true
		}
	}
	local, _, _ := strings.Cut(strings.ToLower(out.From), "@")
	local, _, tagged := strings.Cut(local, "+")
	return strings.HasSuffix(local, "-bounces") || strings.HasSuffix(local, "-bounce") || strings.HasPrefix(local, "owner-") ||
		strings.HasSuffix(local, "-owner") || strings.HasSuffix(local, "-request") || local == "mailer-daemon" ||
		tagged && (local == "bounces" || local == "bounce")
}

// header gives the lines of one name of a mail.
func header(out *scanner.Outcome, name string) []string {
	if out.Document == nil || out.Document.Mail == nil {
		return nil
	}
	return out.Document.Mail.Header[name]
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
