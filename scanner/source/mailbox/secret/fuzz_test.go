package secret

import (
	"strings"
	"testing"
	"time"
)

// FuzzParse: an answer gives a token that can be sent and a time that makes sense, or
// an error that does not repeat it.
func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"access_token":"abc","expires_in":3600}`, `{"access_token":"abc","expires_in":"-1"}`, `{"error":"invalid_client"}`, `[]`, ``, `{"access_token":"a b"}`, `{"expires_in":1e300,"access_token":"x"}`} {
		f.Add(200, []byte(s))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		token, lasts, err := parse(status, body)
		if err != nil {
			if len(err.Error()) > 150 {
				t.Errorf("a long error: %v", err)
			}
			return
		}
		if token == "" || strings.ContainsAny(token, "\r\n\x01 ") || lasts <= 0 || lasts > 24*time.Hour {
			t.Errorf("%q for %s", token, lasts)
		}
	})
}
