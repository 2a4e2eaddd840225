package review

import (
	"strings"
	"testing"
)

func TestEnglish(t *testing.T) {
	r := newRig(t)
	held := r.hold(t, screenshot("a"), 0)
	c := r.as(t, "dpo")
	_, body := c.post("/sprog", "til", "en", "tilbage", "/sag/"+held.ID)
	contains(t, body, `<html lang="en"`, "A mail from anna.eksempel@kommune.example to support@leverandoer.example was put in quarantine on 24 November 2026 at 14:05.",
		"3 CPR numbers to a recipient without a secure connection", "hidden sheet, row or column", "Release the message")
	_, more := c.get("/sag/" + held.ID + "?billeder=1")
	for _, bad := range []string{"«", "%!", "<no value>"} {
		if strings.Contains(body+more, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	_, body = c.post("/sprog", "til", "xx", "tilbage", "/")
	contains(t, body, `<html lang="da"`)
}
