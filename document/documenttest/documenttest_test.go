package documenttest

import (
	"context"
	"testing"

	"brevvagt/document"
)

type echo struct{}

func (echo) Name() string                  { return "echo" }
func (echo) Match(h []byte, _ string) bool { return len(h) > 0 }
func (echo) Read(_ context.Context, in document.Input, out *document.Builder) error {
	out.Text(string(in.Data))
	return nil
}

func TestSuiteAcceptsASimpleFormat(t *testing.T) {
	c := Canary(1)
	Run(t, Suite{
		Format:    echo{},
		OpenEnded: true,
		Samples:   []Sample{{Name: "a.txt", Data: []byte("Nummer  " + c + " slut"), Canaries: []string{"Nummer " + c}}},
	})
}

func TestCanariesDiffer(t *testing.T) {
	seen := map[string]bool{}
	for n := range 5000 {
		c := Canary(n)
		if len(c) != 11 || seen[c] {
			t.Fatalf("canary %d: %q seen before or malformed", n, c)
		}
		seen[c] = true
	}
}
