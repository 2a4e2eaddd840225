package quarantine_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brevvagt/quarantine/witness"
)

type post struct {
	sent []string
	fail error
}

func (p *post) Send(_ context.Context, to []string, subject, text string) error {
	if p.fail == nil {
		p.sent = append(p.sent, strings.Join(to, ",")+"\n"+subject+"\n"+text)
	}
	return p.fail
}

func TestOnceADay(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	mail, heads := &post{fail: errors.New("451")}, 0
	var compared []string
	var changed string
	w := &witness.Witness{Mail: mail, To: []string{"dpo@kommune.example", "revision@kommune.example"}, File: filepath.Join(dir, "hoveder.txt"), Marker: filepath.Join(dir, "ledger.sent"),
		Now: func() time.Time { return now }, Head: func(context.Context) (string, error) { heads++; return "brevvagt ledger\n17\nabc\n", nil },
		Still: func(_ context.Context, earlier string) (string, error) {
			compared = append(compared, earlier)
			return changed, nil
		}}
	if err := w.Run(t.Context()); err == nil {
		t.Fatal("a mail that could not be sent is no error")
	}
	mail.fail = nil
	for range 3 { // a minute later, and after a restart
		now = now.Add(time.Minute)
		if err := w.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(mail.sent) != 1 || !strings.Contains(mail.sent[0], "dpo@kommune.example,revision@kommune.example\n") || !strings.Contains(mail.sent[0], "brevvagt ledger\n17\nabc\n") {
		t.Errorf("sent %q", mail.sent)
	}
	now = now.Add(24 * time.Hour)
	if err := w.Run(t.Context()); err != nil || len(mail.sent) != 2 {
		t.Errorf("the next day: %d mails, %v", len(mail.sent), err)
	}
	now = now.AddDate(-1, 0, 0) // a clock that was set back keeps nothing from going out
	if err := w.Run(t.Context()); err != nil || len(mail.sent) != 3 {
		t.Errorf("after the clock was set back: %d mails, %v", len(mail.sent), err)
	}
	if len(compared) != 2 || compared[0] != "brevvagt ledger\n17\nabc\n" || strings.Contains(strings.Join(mail.sent, ""), "ADVARSEL") {
		t.Errorf("compared with %q, sent %q", compared, mail.sent)
	}
	now, changed = now.Add(24*time.Hour), "the ledger has 3 lines, it once had 17"
	if err := w.Run(t.Context()); err != nil || len(mail.sent) != 4 || !strings.Contains(mail.sent[3], "\nADVARSEL: Brevvagt") || !strings.Contains(mail.sent[3], "it once had 17") {
		t.Errorf("a ledger that was cut: %q, %v", mail.sent, err)
	}
	file, err := os.ReadFile(w.File)
	if err != nil || strings.Count(string(file), "brevvagt ledger\n17\nabc\n") != heads || strings.Count(string(file), "# ADVARSEL: the ledger has 3 lines") != 1 {
		t.Errorf("%d heads were made, the file holds %q, %v", heads, file, err)
	}
}

func TestNowhereToSend(t *testing.T) {
	w := &witness.Witness{Now: time.Now}
	if err := w.Run(t.Context()); err != nil {
		t.Error(err)
	}
	w.To = []string{"dpo@kommune.example"}
	w.Marker, w.Head = filepath.Join(t.TempDir(), "m"), func(context.Context) (string, error) { return "h", nil }
	if err := w.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "notify.from") {
		t.Errorf("without a sender: %v", err)
	}
}
