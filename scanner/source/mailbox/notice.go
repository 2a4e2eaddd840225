package mailbox

import (
	"bytes"
	"context"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"
	_ "time/tzdata" // Danish time whatever the machine has installed

	"brevvagt/detectors"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/mailbox/book"
	"brevvagt/scanner/source/mailbox/folders"
)

// reasons are why a mail that is not sent yet should not be sent as it is, none where
// there is nothing to say. They tell kind and count, never what was found.
func reasons(out *scanner.Outcome) (list []string) {
	numbers := nationalIDs(out)
	switch {
	case out.Verdict.Action.Rank() >= policy.Hold.Rank(), out.Verdict.Action == policy.Warn && numbers > 0:
		for _, r := range out.Verdict.Rules {
			if r.Action.Rank() >= out.Verdict.Action.Rank() {
				list = append(list, detectors.Redact(r.Text))
			}
		}
	case len(out.To) == 0 && numbers > 0:
		list = []string{fmt.Sprintf("%s, og der er endnu ingen modtager", count(numbers))}
	}
	return list
}

// warning is the text about a mail that is not sent yet.
func warning(reasons []string, c folders.Choice, saved time.Time) string {
	where := "Kladden"
	if c.Role == folders.Outbox {
		where = "Mailen i udbakken"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s kan ikke sendes, som den er:\n\n", where, at(saved))
	for _, r := range reasons {
		fmt.Fprintf(&b, "- %s\n", r)
	}
	return b.String()
}

// about names a notice: mail programs save a draft again and again, each time as another
// mail of the same Message-ID, and whoever was told this morning why it cannot be sent
// need not be told at every saving. "" where a draft has no Message-ID: then each counts.
func about(b *book.Book, messageID, role string, saved time.Time, reasons []string) string {
	if messageID == "" {
		return ""
	}
	return b.Digest(append([]string{"notice", messageID, role, danish(saved).Format(time.DateOnly)}, reasons...)...)
}

// nationalIDs counts the different CPR numbers that are not doubtful.
func nationalIDs(out *scanner.Outcome) int {
	seen := make(map[string]bool)
	for i := range out.Findings {
		f := &out.Findings[i]
		if f.Category == "national-id" && f.Strength.Rank() >= detectors.Medium.Rank() {
			seen[f.Value.Digest()] = true
		}
	}
	return len(seen)
}

func count(n int) string {
	if n == 1 {
		return "1 CPR-nummer"
	}
	return fmt.Sprintf("%d CPR-numre", n)
}

func at(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return danish(t).Format(", gemt 02.01.2006 kl. 15.04,")
}

func danish(t time.Time) time.Time {
	if zone, err := time.LoadLocation("Europe/Copenhagen"); err == nil {
		t = t.In(zone)
	}
	return t
}

// notices puts the outstanding notices into the mailbox, each once: one that an
// earlier run may have written already is looked for first.
func (v *visit) notices(ctx context.Context) error {
	list, err := v.w.Book.Notices(ctx, v.account())
	if err != nil || len(list) == 0 {
		return err
	}
	if _, err := v.s.Open(ctx, v.a.Notices, true); err != nil {
		return err
	}
	for _, h := range list {
		id := "<kladde-" + h.Identity + "@brevvagt.invalid>"
		there, err := v.s.WithMessageID(ctx, id, 1)
		if err != nil {
			return err
		}
		if len(there) == 0 {
			if err := v.s.Append(ctx, v.a.Notices, v.compose(h, id)); err != nil {
				return err
			}
			v.w.Crash("notice:written")
			v.w.Log.InfoContext(ctx, "notice about a draft", "account", v.a.Name)
		}
		if err := v.w.Book.Noticed(ctx, h); err != nil {
			return err
		}
	}
	return nil
}

// compose renders a notice as a mail.
func (v *visit) compose(h *book.Handled, id string) []byte {
	from := v.a.From
	if from == "" {
		from = "brevvagt@brevvagt.invalid"
	}
	to := v.a.Server.User
	if !strings.Contains(to, "@") {
		to = "postkasse@brevvagt.invalid"
	}
	var b bytes.Buffer
	line := func(name, value string) {
		// A configured value with a line break would end the header.
		fmt.Fprintf(&b, "%s: %s\r\n", name, strings.NewReplacer("\r", " ", "\n", " ").Replace(value))
	}
	line("From", "Brevvagt <"+from+">")
	line("To", "<"+to+">")
	line("Subject", mime.QEncoding.Encode("utf-8", "Send ikke kladden endnu: den indeholder personoplysninger"))
	line("Date", v.w.Now().Format(time.RFC1123Z))
	line("Message-ID", id)
	line("Auto-Submitted", "auto-generated")
	line("MIME-Version", "1.0")
	line("Content-Type", "text/plain; charset=utf-8")
	line("Content-Transfer-Encoding", "quoted-printable")
	b.WriteString("\r\n")
	help := ""
	if v.a.Contact != "" {
		help = "Hjælp: " + v.a.Contact + "\n"
	}
	text := h.Notice + "\nKladden er hverken ændret eller flyttet. Fjern oplysningerne, eller send den med sikker post.\n" + help +
		"\n--- English ---\n\nA draft in your mailbox holds personal data that may not be sent as it is. Remove it, or use a secure route.\n"
	w := quotedprintable.NewWriter(&b)
	_, _ = w.Write([]byte(strings.ReplaceAll(text, "\n", "\r\n"))) // a buffer takes everything
	_ = w.Close()
	return b.Bytes()
}
