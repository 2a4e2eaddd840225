package scanner_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"brevvagt/document"
	"brevvagt/scanner"
	"brevvagt/scanner/action/notify"
	"brevvagt/scanner/policy"
)

// TestWhoIsTold: one of our own who wrote a mail, and neither a program nor a list, whose
// envelope sender is an address for mails that come back.
func TestWhoIsTold(t *testing.T) {
	for name, tt := range map[string]struct {
		from   string
		header map[string][]string
		left   bool
		told   bool
	}{
		"a person":                         {from: "bo@kommune.example", told: true},
		"a person with a tag":              {from: "bo+skat@kommune.example", told: true},
		"says that it is no program":       {from: "bo@kommune.example", header: map[string][]string{"Auto-Submitted": {" No "}}, told: true},
		"from outside":                     {from: "bo@firma.example"},
		"null sender":                      {},
		"an autoreply":                     {from: "bo@kommune.example", header: map[string][]string{"Auto-Submitted": {"auto-replied"}}},
		"our own notice":                   {from: "bo@kommune.example", header: map[string][]string{"Auto-Submitted": {"auto-generated"}}},
		"a mailing list":                   {from: "liste@kommune.example", header: map[string][]string{"List-Id": {"<liste.kommune.example>"}}},
		"bulk":                             {from: "nyt@kommune.example", header: map[string][]string{"Precedence": {"Bulk"}}},
		"newsletter":                       {from: "nyt@kommune.example", header: map[string][]string{"List-Unsubscribe": {"<mailto:af@kommune.example>"}}},
		"VERP":                             {from: "liste-bounces+ida=firma.example@kommune.example"},
		"VERP of another kind":             {from: "bounces+17-ida=firma.example@kommune.example"},
		"owner of a list":                  {from: "owner-liste@kommune.example"},
		"a mail server":                    {from: "MAILER-DAEMON@kommune.example"},
		"had been sent before it was read": {from: "bo@kommune.example", left: true},
	} {
		t.Run(name, func(t *testing.T) {
			kept := 0
			n := notify.Notify{From: "brevvagt@kommune.example", Log: slog.New(slog.DiscardHandler),
				Internal: func(a string) bool { return strings.HasSuffix(strings.ToLower(a), "@kommune.example") },
				Keep:     func(context.Context, scanner.Item, *scanner.Outcome, []byte) error { kept++; return nil }}
			it := scanner.Item{ID: "1", From: tt.from, To: []string{"b@firma.example"}, Received: time.Now(), Left: tt.left}
			out := &scanner.Outcome{Kind: "mail", From: tt.from, Document: &document.Document{Mail: &document.Envelope{Header: tt.header}}}
			out.Verdict.Action = policy.Hold
			letter := n.Letter(it, out)
			if (letter != nil) != tt.told {
				t.Errorf("held: told %t, want %t", letter != nil, tt.told)
			}
			if letter != nil && !strings.Contains(string(letter("01SAG")), "01SAG") {
				t.Errorf("the letter does not name its case: %s", letter("01SAG"))
			}
			if err := n.Apply(t.Context(), it, out); err != nil || kept != 0 {
				t.Errorf("a held mail was told of without its case: %d, %v", kept, err)
			}
			out.Verdict.Action = policy.Warn
			if err := n.Apply(t.Context(), it, out); err != nil || (kept == 1) != (tt.told || tt.left) {
				t.Errorf("warned: kept %d, %v", kept, err)
			}
		})
	}
}
