package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestDemo runs the demonstration and reads its table as a person would.
func TestDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the whole system")
	}
	t.Parallel()
	var out bytes.Buffer
	if err := runDemo(t.Context(), &out, "localhost:0", false); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, want := range []struct{ title, result string }{
		{"Almindeligt brev", "sendes"}, {"Nyhedsbrev", "sendes"}, {"CPR-nummer til regionen", "sendes"},
		{"Supportmail med skærmbillede", "karantæne"}, {"Blanket til rette borger", "karantæne"},
		{"350 andres breve", "karantæne"}, {"Sagsbundt til en norsk", "karantæne"}, {"Akter til regionen", "karantæne"},
		{"Mødereferat", "intet fund"}, {"Medlemsliste", "rapporteret"},
	} {
		line := lineWith(out.String(), want.title)
		if !strings.Contains(line, want.result) {
			t.Errorf("%s: want %s in %q", want.title, want.result, line)
		}
	}
	if !strings.Contains(out.String(), "http://localhost:") {
		t.Errorf("no address of the page in\n%s", out.String())
	}
}

func lineWith(text, start string) string {
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, start) {
			return line
		}
	}
	return ""
}
