package relay

import (
	"io"
	"net"
	"testing"
	"time"
)

// TestHalfAnAnswerInTime: an answer of which only a part came in time is understood, or
// its mail would be sent again.
func TestHalfAnAnswerInTime(t *testing.T) {
	ours, theirs := net.Pipe()
	defer theirs.Close()
	c := newConn(ours, time.Minute, 20*time.Millisecond)
	defer ours.Close()
	c.accepted = []Recipient{{Address: "b@firma.example"}}
	late := make(chan struct{})
	go func() {
		_, _ = io.WriteString(theirs, "250-2.0.0 tak\r\n250 2.0.")
		<-late
		_, _ = io.WriteString(theirs, "0 taken\r\n")
	}()
	if _, err := c.answers(c.final); !IsLate(err) {
		t.Fatal(err)
	}
	close(late)
	results, err := c.Late(time.Minute)
	if err != nil || len(results) != 1 || results[0].Err != nil || results[0].Answer != "2.0.0 taken" || c.Lost() {
		t.Errorf("%+v, %v", results, err)
	}
}
