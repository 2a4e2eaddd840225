package mailbox

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"brevvagt/scanner/source/mailbox/wire"
)

// replay is a connection on which the server has said everything already.
type replay struct {
	net.Conn
	r io.Reader
}

func (c replay) Read(p []byte) (int, error) { return c.r.Read(p) }

func filtered(server string, first string) (string, int64, error) {
	c := wire.New(replay{r: strings.NewReader(server)}, first)
	out, err := io.ReadAll(c)
	return string(out), c.Dropped(), err
}

func TestWhatIsLeftOut(t *testing.T) {
	for _, c := range []struct {
		name, in, want string
		dropped        int64
	}{
		{"plain", "* OK hej\r\nT1 OK færdig\r\n", "* OK hej\r\nT1 OK færdig\r\n", 0},
		{"unknown untagged", "* VANISHED 1:5\r\n* XYZZY (a b)\r\n* 3 EXISTS\r\n", "* 3 EXISTS\r\n", 2},
		{"unknown with literal", "* XFOO {5}\r\n* 1 E (b)\r\n* 3 EXISTS\r\n", "* 3 EXISTS\r\n", 1},
		{"rubbish", "\r\nhej\r\n* \r\n*\r\nX1 OK\r\nT1 OK\r\n", "T1 OK\r\n", 5},
		{"mail text stays", "* 1 FETCH (UID 1 BODY[] {40}\r\n* XYZZY\r\n* CAPABILITY IMAP4rev1 IMAP4rev2)\r\n* VANISHED 1\r\n",
			"* 1 FETCH (UID 1 BODY[] {40}\r\n* XYZZY\r\n* CAPABILITY IMAP4rev1 IMAP4rev2)\r\n", 1},
		{"second literal", "* 1 FETCH (A {2}\r\nhi B {3}\r\n* X)\r\n* NOPE\r\n", "* 1 FETCH (A {2}\r\nhi B {3}\r\n* X)\r\n", 1},
		{"braces in a text are text", "* OK [X] done {500}\r\nT1 NO no {9}\r\n* 1 EXISTS\r\n", "* OK [X] done {500}\r\nT1 NO no {9}\r\n* 1 EXISTS\r\n", 0},
		{"older revision", "* CAPABILITY IMAP4rev1 IMAP4rev2 IDLE\r\n", "* CAPABILITY IMAP4rev1 XMAP4rev2 IDLE\r\n", 0},
		{"in the greeting", "* OK [CAPABILITY IMAP4rev2 IMAP4rev1] x\r\n", "* OK [CAPABILITY XMAP4rev2 IMAP4rev1] x\r\n", 0},
		{"only the newer", "* CAPABILITY IMAP4rev2 IDLE\r\n", "* CAPABILITY IMAP4rev2 IDLE\r\n", 0},
		{"number too large", "* 99999999999 EXISTS\r\n* 1 EXISTS\r\n", "* 1 EXISTS\r\n", 1},
	} {
		got, dropped, err := filtered(c.in, "")
		if got != c.want || dropped != c.dropped || err != nil {
			t.Errorf("%s: %q (%d left out, %v), want %q (%d)", c.name, got, dropped, err, c.want, c.dropped)
		}
	}
}

func TestGreetingOfOurOwn(t *testing.T) {
	got, _, err := filtered("T1 OK\r\n", "* OK klar\r\n")
	if got != "* OK klar\r\nT1 OK\r\n" || err != nil {
		t.Errorf("%q %v", got, err)
	}
}

func TestLimits(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     error
	}{
		{"long line", "* OK " + strings.Repeat("x", 300<<10) + "\r\n", wire.ErrLine},
		{"large string in a list", "* LIST () \"/\" {100000}\r\n", wire.ErrLiteral},
		{"absurd literal", "* 1 FETCH (BODY[] {99999999999999999999}\r\n", wire.ErrLiteral},
		{"more than asked for", "* 1 FETCH (BODY[] {2000000}\r\n", wire.ErrLiteral},
		{"endless lines", strings.Repeat("* OK still here, still here, still here\r\n", 30000), wire.ErrBudget},
		{"endless rubbish", strings.Repeat("* XYZZY still here, still here, still here\r\n", 30000), wire.ErrBudget},
		{"endless literals", strings.Repeat("* 1 FETCH (BODY[] {1000}\r\n"+strings.Repeat("x", 1000)+")\r\n", 1100), wire.ErrBudget},
	} {
		if _, _, err := filtered(c.in, ""); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// FuzzConn must neither panic nor hand on more than came in.
func FuzzConn(f *testing.F) {
	for _, s := range []string{"* OK hej\r\n", "* 1 FETCH (UID 1 BODY[] {3}\r\nabc)\r\n", "* X {4}\r\n", "T1 OK [CAPABILITY IMAP4rev1 IMAP4rev2]\r\n", "+ {1}\r\n", "* LIST () \"/\" {3}\r\nab"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		if out, _, _ := filtered(in, ""); len(out) > len(in) {
			t.Errorf("%d bytes came of %d", len(out), len(in))
		}
	})
}
