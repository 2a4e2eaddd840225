package house

import (
	"slices"
	"testing"
)

func TestOf(t *testing.T) {
	for text, own := range map[string]string{
		"Engvangskolen\nAtt. skoleleder Prøve Prøvesen\nEngvej 2\n9999 Prøveby": "engvang",
		"PPR\n\nTil Bakkely Friskole\n\nVedr. en elev":                          "bakkely",
		"Til Ådalens Børnehave, att. Testa Testesen":                            "aadalen",
		"Lægehuset Åkanden\nAtt: Prøve Prøvesen":                                "aakanden",
		"Plejehjemmet\nAtt. lederen":                                            "",
		"Engvangskolen\nEngvej 2\n9999 Prøveby\n\nKære forældre":                "", // a letterhead
		"Til forældrene på Engvangskolen i 3.b: husk madpakke":                  "",
		"Til skoleåret":                      "",
		"Prøve Prøvesen\nAtt. Engvangskolen": "",
	} {
		h, ok := Of(text)
		if ok != (own != "") || h.own != own {
			t.Errorf("%q: %q %v, want %q", text, h.own, ok, own)
		}
	}
}

func TestRecipients(t *testing.T) {
	h, ok := Of("Til Sorø Engvangskole, att. Testa Prøvesen")
	if !ok {
		t.Fatal("no house")
	}
	for _, c := range []struct {
		display, address string
		is, like         bool
	}{
		{"", "post@soroe-engvangskole.example", true, true},
		{"", "post@soro-engvang-skole.example", true, true},
		{"Testa Prøvesen", "tp@skolerne.example", true, false},
		{"Sorø Engvangskole", "post@kommunen.example", true, true},
		{"", "leder@bakkelyfriskole.example", false, true},
		{"Leder Bakkely Friskole", "leder@bf.example", false, true},
		{"Skoleleder", "leder@bf.example", false, false},
		{"Børnelægerne", "post@klinik.example", false, false},
	} {
		if got := h.Is(c.display, c.address); got != c.is {
			t.Errorf("%v is it: %v", c, got)
		}
		if got := h.Like(c.display, c.address); got != c.like {
			t.Errorf("%v is like it: %v", c, got)
		}
	}
	if d := h.Domains("bf.example"); !slices.Contains(d, "soroe-engvangskole.example") || !slices.Contains(d, "soroengvangskole.dk") {
		t.Errorf("domains %v", d)
	}
}
