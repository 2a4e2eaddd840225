package subject

import (
	"runtime"
	"strings"
	"testing"
)

// What stands before a word is looked at as far as a word goes, in a text without blanks
// too: a file of bytes that was read as text has none.
func TestNamesWithoutBlanks(t *testing.T) {
	text := strings.Repeat("Ab\x14", 20_000)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	NamesIn(text, true)
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 100<<20 {
		t.Errorf("%d MB for a text of %d kB", used>>20, len(text)>>10)
	}
	for text, want := range map[string]bool{"Her er drengen ": true, "drengen": true, "Pigen   ": true, strings.Repeat("x", 40) + "drengen ": false, "": false} {
		if called(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}
