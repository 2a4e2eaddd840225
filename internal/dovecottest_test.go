package internal_test

import (
	"testing"

	"github.com/emersion/go-imap/v2"

	"brevvagt/internal/dovecottest"
)

func TestTwoAtOnceAndAFilledFolder(t *testing.T) {
	a := dovecottest.Start(t, dovecottest.Config{Users: []string{"anna"}})
	b := dovecottest.Start(t, dovecottest.Config{Users: []string{"anna"}})
	a.Fill(t, "anna", "Sent", []string{"Subject: en\r\n\r\nx\r\n", "Subject: to\r\n\r\nx\r\n"})
	for d, want := range map[*dovecottest.Dovecot]uint32{a: 2, b: 0} {
		st, err := d.Client(t, "anna").Status("Sent", &imap.StatusOptions{NumMessages: true}).Wait()
		if err != nil || *st.NumMessages != want {
			t.Errorf("%+v %v, want %d mails\n%s", st, err, want, d.Log())
		}
	}
	a.Restart(t)
	a.Client(t, "anna")
}
