package postfix

import (
	"bytes"
	"testing"
)

// FuzzListing: whatever postqueue prints, there is a list or an error.
func FuzzListing(f *testing.F) {
	f.Add([]byte(`{"queue_name": "hold", "queue_id": "4fHk2T0Xz9zABC", "arrival_time": 1790000000, "message_size": 523, "forced_expire": false, "sender": "a@b.example", "recipients": [{"address": "c@d.example", "delay_reason": "x"}]}` + "\n"))
	f.Add([]byte("\n{}\n{\"sender\":\"MAILER-DAEMON\"}\n"))
	f.Add([]byte("postqueue: warning: Mail system is down\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		all, err := parseListing(in)
		if err == nil && len(all) > bytes.Count(in, []byte("\n"))+1 {
			t.Errorf("%d mails from %q", len(all), in)
		}
	})
}

// FuzzLineEnds: every LF has its CR, and nothing else changes.
func FuzzLineEnds(f *testing.F) {
	f.Add([]byte("a\nb\r\n\n\r"))
	f.Fuzz(func(t *testing.T, in []byte) {
		out := crlf(in, 0)
		if bytes.Count(out, []byte("\r\n")) != bytes.Count(in, []byte("\n")) {
			t.Errorf("%q gives %q", in, out)
		}
		if !bytes.Equal(bytes.ReplaceAll(out, []byte("\r\n"), []byte("\n")), bytes.ReplaceAll(in, []byte("\r\n"), []byte("\n"))) {
			t.Errorf("%q changed to %q", in, out)
		}
	})
}
