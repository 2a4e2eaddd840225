package plain

import "testing"

func TestBlackedOutStyle(t *testing.T) {
	for style, want := range map[string]bool{
		"background:#000;color:#000": true, "background-color: black": true, "background:black; color:windowtext": true,
		"background:#000;color:#fff": false, "color:#000": false, "background:#000080": false,
	} {
		if blackedOut(style) != want {
			t.Errorf("%q", style)
		}
	}
}
