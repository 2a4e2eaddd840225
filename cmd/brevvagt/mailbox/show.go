package mailbox

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"brevvagt/cmd/brevvagt/console"
	"brevvagt/detectors"
	"brevvagt/scanner/source/mailbox"
	"brevvagt/scanner/source/mailbox/book"
	"brevvagt/scanner/source/mailbox/folders"
)

// Line is what is told of one account.
type Line struct {
	Account, Text string
	Bad           bool
}

// Print writes lines and returns how many are bad.
func Print(w io.Writer, lines []Line) (bad int) {
	for _, l := range lines {
		word := "ok   "
		if l.Bad {
			word, bad = "FEJL ", bad+1
		}
		_, _ = fmt.Fprintf(w, "%s %-28s %s\n", word, l.Account, console.Clean(l.Text))
	}
	return bad
}

// Check logs in to every account and tells which folders are watched, how quickly, and
// whether mails were left unread.
func Check(ctx context.Context, w *mailbox.Watch) ([]Line, error) {
	words := map[folders.Role]string{folders.Sent: "sendt", folders.Drafts: "kladder", folders.Outbox: "udbakke"}
	var lines []Line
	for _, c := range w.Check(ctx) {
		if c.Err != nil {
			lines = append(lines, Line{c.Account, detectors.RedactNumbers(strings.ReplaceAll(c.Err.Error(), "\n", "; ")), true})
			continue
		}
		var parts []string
		for _, f := range c.Folders {
			parts = append(parts, words[f.Role]+": "+detectors.RedactNumbers(f.Name))
		}
		if c.Idle {
			parts = append(parts, "besked fra serveren (IDLE)")
		}
		st, err := w.Book.Status(ctx, w.Book.Digest(c.Account))
		if err != nil {
			return nil, err
		}
		unread := st != nil && st.Counts[book.Unread] > 0
		if unread {
			parts = append(parts, fmt.Sprintf("%d mails kunne ikke læses og er ikke kontrolleret (se loggen)", st.Counts[book.Unread]))
		}
		lines = append(lines, Line{c.Account, strings.Join(parts, ", "), unread})
	}
	return lines, nil
}

// Status tells how it last went with every account.
func Status(ctx context.Context, w *mailbox.Watch) ([]Line, error) {
	var lines []Line
	for _, name := range w.Names() {
		st, err := w.Book.Status(ctx, w.Book.Digest(name))
		if err != nil {
			return nil, err
		}
		if st == nil {
			lines = append(lines, Line{name, "har aldrig været åbnet", true})
			continue
		}
		text := fmt.Sprintf("%s, sidst i orden %s; %d mapper, %d læst, %d venter, %d kunne ikke læses, %d sager", st.State,
			moment(st.OKAt), st.Folders, st.Counts[book.Done], st.Counts[book.Waiting], st.Counts[book.Unread], st.Cases)
		lines = append(lines, Line{name, text, st.State != "ok" || st.Counts[book.Unread] > 0})
	}
	return lines, nil
}

func moment(t time.Time) string {
	if t.IsZero() {
		return "aldrig"
	}
	return t.Local().Format("02.01.2006 15:04:05")
}
