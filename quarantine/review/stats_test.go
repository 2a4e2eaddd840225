package review

import (
	"testing"
	"time"
)

func TestStatistics(t *testing.T) {
	r := newRig(t)
	c := r.as(t, "dpo")
	a, b, third := r.hold(t, screenshot("a"), 3*time.Hour), r.hold(t, screenshot("b"), 2*time.Hour), r.hold(t, screenshot("c"), time.Hour)
	r.hold(t, bundle("d"), 24*time.Hour)
	c.post("/sag/"+a.ID+"/afvis", "begrundelse", "Skal sendes sikkert")
	c.post("/sag/"+b.ID+"/afvis", "begrundelse", "Skal sendes sikkert")
	c.post("/sag/"+third.ID+"/frigiv", "begrundelse", "Modtageren har sikker post")
	_, body := c.get("/statistik")
	contains(t, body, "Statistik 2026", "<dt>Standset</dt><dd>4</dd>", "<dt>Afvist</dt><dd>2</dd>", "67 %", "kommune.example", "november", "2 timer", "3 afværgede hændelser, 1 mulige brud, 0 brud; 0 anmeldt")
	if _, body = c.get("/statistik?aar=2025"); body == "" {
		t.Error("no page for a year without cases")
	}
	contains(t, body, "Statistik 2025", "<dt>Standset</dt><dd>0</dd>")
}
