package paint

import "testing"

func TestColours(t *testing.T) {
	for s, want := range map[string]Colour{
		"000000": 0, "FF000000": 0, "#1a1A1a": 0x1a1a1a, "#000": 0, "#fff": 0xffffff, "auto": Unsaid, "": Unsaid, "zzz": Other, "12345": Other,
	} {
		if got := Hex(s); got != want {
			t.Errorf("Hex(%q) = %x, not %x", s, got, want)
		}
	}
	for s, want := range map[string]Colour{
		"black": 0, "windowtext": 0, "Black !important": 0, "rgb(0, 0, 0)": 0, "rgb(0 0 0)": 0, "rgba(0,0,0,.4)": Other, "rgba(0,0,0,1)": 0, "#000 none repeat scroll 0 0": 0,
		"no-repeat #000": 0, "transparent": Unsaid, "inherit": Unsaid, "white": Other, "url(x.png)": Other, "linear-gradient(#000,#000)": Other, "var(--x)": Other, "#222": 0x222222,
	} {
		if got := CSS(s); got != want {
			t.Errorf("CSS(%q) = %x, not %x", s, got, want)
		}
	}
	for _, c := range []struct {
		ground, ink, auto Colour
		hides             bool
	}{
		{0, 0, Black, true}, {0x222222, 0x333333, Black, true}, {0, Unsaid, Black, true}, {0, Unsaid, Other, false}, {0, 0xffffff, Black, false}, {0, Other, Black, false},
		{Unsaid, 0, Black, false}, {0x000080, 0, Black, false}, {0xffffff, 0, Black, false},
	} {
		if got := Hides(c.ground, c.ink, c.auto); got != c.hides {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
