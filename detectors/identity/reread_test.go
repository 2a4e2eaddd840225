package identity

import (
	"testing"

	"brevvagt/detectors"
	"brevvagt/detectors/identity/verdict"
	"brevvagt/document"
)

// TestReadTwice: a place of a picture that was read twice is one person's; two numbers of
// one line, or of two places, are two.
func TestReadTwice(t *testing.T) {
	at := func(line int, box document.Box) document.Location {
		return document.Location{Path: "a.png", Page: 1, Line: line, OCR: true, Box: &box}
	}
	key := detectors.Key{}
	found := func(value string, strength detectors.Strength, at document.Location, why ...string) detectors.Finding {
		return detectors.Finding{Category: verdict.Category, Value: key.Mask(value, value[:6]+"-xxxx"), Strength: strength, At: at, Why: why, Segment: at.Line}
	}
	here, there := document.Box{300, 700, 750, 50}, document.Box{300, 900, 750, 50}
	for name, tt := range map[string]struct {
		second detectors.Finding
		want   int
	}{
		"a second look":          {found("0611122206", detectors.Strong, at(5, here), verdict.ZeroRestored), 1},
		"a weaker second look":   {found("2206458026", detectors.Medium, at(5, document.Box{310, 702, 700, 45})), 1},
		"the same number again":  {found("2206457026", detectors.Strong, at(5, here)), 2},
		"another in the line":    {found("0611122206", detectors.Strong, at(1, here)), 2},
		"another at its place":   {found("0611122206", detectors.Strong, at(5, there)), 2},
		"one around two lines":   {found("0611122206", detectors.Strong, at(5, document.Box{300, 690, 750, 120})), 2},
		"one that stands beside": {found("0611122206", detectors.Strong, at(5, document.Box{1040, 700, 700, 50})), 2},
	} {
		got := reread(&document.Document{Parts: []document.Part{{Path: "a.png"}}}, []detectors.Finding{found("2206457026", detectors.Strong, at(1, here)), tt.second})
		if len(got) != tt.want || got[0].Value.Digest() != key.Mask("2206457026", "").Digest() {
			t.Errorf("%s: %d left", name, len(got))
		}
	}
	twins := &document.Document{Parts: []document.Part{{Path: "a.png"}, {Path: "a.png"}}}
	if got := reread(twins, []detectors.Finding{found("2206457026", detectors.Strong, at(1, here)), found("0611122206", detectors.Strong, at(5, here))}); len(got) != 2 {
		t.Errorf("two pictures of one name: %d left", len(got))
	}
}
