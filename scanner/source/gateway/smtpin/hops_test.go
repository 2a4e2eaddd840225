package smtpin

import (
	"bytes"
	"strings"
	"testing"
)

func TestHops(t *testing.T) {
	for content, want := range map[string]int{
		"": 0, "Received": 0, "received: x": 1,
		"RECEIVED: a\r\n\tby b\r\nX: Received: no\nReceived:c\r\n\r\nReceived: body": 2,
		strings.Repeat("Received: x\n", 60):                                          60,
	} {
		if got := hops([]byte(content)); got != want {
			t.Errorf("%.40q: %d, want %d", content, got, want)
		}
	}
}

// FuzzHops: the count never exceeds the lines.
func FuzzHops(f *testing.F) {
	f.Add([]byte("Received: a\r\n b\r\n\r\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		if n := hops(in); n < 0 || n > bytes.Count(in, []byte("\n"))+1 {
			t.Errorf("%d hops in %q", n, in)
		}
	})
}
