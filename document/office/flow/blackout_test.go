package flow

import "testing"

// Text that cannot be told from what it lies on is hidden; white on black is a design.
func TestBlackedOut(t *testing.T) {
	for name, c := range map[string]struct {
		black bool
		color byte
		table bool
		want  bool
	}{
		"plain":            {false, 'b', false, false},
		"black on black":   {true, 'b', false, true},
		"white on black":   {true, 'w', false, false},
		"white on white":   {false, 'w', false, true},
		"white in a table": {false, 'w', true, false},
	} {
		p := Para{runBlack: c.black, runColor: c.color}
		if (p.crossedOut() || p.whitedOut(c.table)) != c.want {
			t.Error(name)
		}
	}
}
