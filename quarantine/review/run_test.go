package review

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"brevvagt/quarantine/runs"
)

// TestRun is a run of which three mails went before a wrong letter stopped it: each
// case says so in one line, and the page behind it names who had a letter.
func TestRun(t *testing.T) {
	r := newRig(t)
	ids := []string{"00000000000000a1", "00000000000000b2"}
	sent := r.service.Runs()
	for n := range 3 {
		m := runs.Mail{From: "lis@kommune.example", To: []string{fmt.Sprintf("person%d@mail.example", n)}, Subject: "Brev om 070761-4285"}
		for range 2 { // a mail that is tried again is one mail
			if err := sent.Went(t.Context(), ids, "gateway", fmt.Sprint("sent", n), m); err != nil {
				t.Fatal(err)
			}
		}
	}
	alone := r.hold(t, screenshot("alone"), 0)
	held := make([]string, 4)
	for n := range held {
		d := screenshot(fmt.Sprint("held", n))
		d.To, d.Runs = []string{fmt.Sprintf("borger%d@mail.example", n)}, ids[n%2:n%2+1]
		if n == 3 {
			d.Runs = ids
		}
		held[n] = r.hold(t, d, time.Minute).ID
	}
	c := r.as(t, "dpo")
	_, body := c.get("/sag/" + held[3])
	contains(t, body, "Sagen er del af en kørsel: 3 sendt, 4 tilbageholdt.", `href="/sag/`+held[3]+`/koersel"`)
	_, body = c.get("/sag/" + held[3] + "/koersel")
	contains(t, body, "3 sendt, 4 tilbageholdt", "person0@mail.example", "person2@mail.example", "borger0@mail.example", "borger3@mail.example", `href="/sag/`+held[0]+`"`)
	if strings.Contains(body, "4285") {
		t.Error("the list shows a number")
	}
	c.post("/sag/"+held[0]+"/frigiv", "begrundelse", "Det var det rigtige brev")
	_, body = c.get("/sag/" + held[3])
	contains(t, body, "4 sendt, 3 tilbageholdt")
	c.post("/sprog", "til", "en")
	_, body = c.get("/sag/" + held[3] + "/koersel")
	contains(t, body, "4 sent, 3 held")

	// A mail server that parts a mail hands in the same content for each recipient.
	for n := range 3 {
		d := screenshot("parted")
		d.ItemID, d.To, d.Runs = fmt.Sprint("parted", n), []string{fmt.Sprintf("del%d@mail.example", n)}, []string{"00000000000000c3"}
		held[n] = r.hold(t, d, time.Minute).ID
	}
	entry, err := r.service.Draft(t.Context(), held[2])
	if err != nil {
		t.Fatal(err)
	}
	_, body = c.get("/fortegnelse/" + entry.No)
	contains(t, body, "See the 3 cases of the run", `href="/sag/`+held[0]+`/koersel"`)
	_, body = c.get("/sag/" + held[0] + "/koersel")
	contains(t, body, "0 sent, 3 held", "del0@mail.example", "del2@mail.example")
	lone := screenshot("lone")
	lone.Runs = []string{"00000000000000d4"}
	_, body = c.get("/sag/" + r.hold(t, lone, 0).ID + "/koersel")
	contains(t, body, "Of the run only this case is left.")

	if _, body = c.get("/sag/" + alone.ID); strings.Contains(body, "koersel") {
		t.Error("a mail of no run tells of one")
	}
	for _, id := range []string{alone.ID, "01ARZ3NDEKTSV4RRFFQ69G5FAV", "x"} {
		if status, _ := c.get("/sag/" + id + "/koersel"); status != http.StatusNotFound {
			t.Errorf("the run of case %s: status %d", id, status)
		}
	}
	// The stopped run is remembered longer than 72 hours, and not for good.
	for _, x := range []struct {
		days int
		want string
	}{{4, "4 sent, 3 held"}, {40, "1 sent, 3 held"}} {
		r.now = time.Date(2026, 11, 24, 13, 5, 0, 0, time.UTC).AddDate(0, 0, x.days)
		if err := sent.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		c = r.as(t, "dpo")
		c.post("/sprog", "til", "en")
		_, body = c.get("/sag/" + held[3])
		contains(t, body, x.want)
	}
}
