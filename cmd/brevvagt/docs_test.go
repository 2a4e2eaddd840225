package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocumentedConfiguration reads the configurations that the guides show.
func TestDocumentedConfiguration(t *testing.T) {
	for _, guide := range []string{"drift.md", "postfix.md", "exchange.md", "delte-drev.md", "postkasser.md", "dpo.md", "adgang.md"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", guide))
		if err != nil {
			t.Fatal(err)
		}
		blocks := strings.Split(string(text), "```yaml\n")
		if len(blocks) < 2 {
			t.Errorf("%s shows no configuration", guide)
		}
		for i, block := range blocks[1:] {
			block, _, _ = strings.Cut(block, "```")
			path := write(t, t.TempDir(), guide+".yaml", block)
			if _, stderr, code := command(t, "", "config", "check", path); code != 0 {
				t.Errorf("%s, configuration %d: %s", guide, i+1, stderr)
			}
		}
	}
}

// TestHelpIsDanish looks at what a person sees first.
func TestHelpIsDanish(t *testing.T) {
	for _, args := range [][]string{{}, {"scan", "--help"}, {"case", "--help"}, {"register", "export", "--help"}} {
		stdout, _, code := command(t, "", args...)
		if code != 0 || strings.Contains(stdout, "Usage") || strings.Contains(stdout, "Flags:") || !strings.Contains(stdout, "Brug:") {
			t.Errorf("brevvagt %v: exit %d\n%s", args, code, stdout)
		}
	}
}
