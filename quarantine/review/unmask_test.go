package review

import (
	"brevvagt/quarantine"
	"strings"
	"testing"
	"time"
)

// clear is the true value behind the first finding of a screenshot.
const clearValue = "070761-4285"

func openable(item string) (d quarantine.Deposit) {
	d = screenshot(item)
	d.Clear = []string{clearValue, "120336-3951", ""}
	return d
}

// One value is shown to the DPO alone, for a reason, for a minute, and the log of the
// case tells it; it stands in no log of the program and no cache.
func TestOneValueForAMinute(t *testing.T) {
	r := newRig(t)
	held := r.hold(t, openable("a"), time.Hour)
	path := "/sag/" + held.ID
	dpo := r.as(t, "dpo")
	_, body := dpo.get(path)
	contains(t, body, "Vis værdien i ét minut", `id="fund-0"`)
	if strings.Contains(body, clearValue) {
		t.Fatal("the value stands on the page unasked")
	}
	if status, body := dpo.post(path+"/vis", "fund", "0", "begrundelse", ""); status != 422 || strings.Contains(body, clearValue) {
		t.Errorf("without a reason: %d", status)
	}
	if status, body := dpo.post(path+"/vis", "fund", "0", "begrundelse", "borger "+clearValue); status != 422 || strings.Contains(body, clearValue) {
		t.Errorf("a number in the reason: %d", status)
	}
	for _, n := range []string{"", "-1", "7", "x"} {
		if status, body := dpo.post(path+"/vis", "fund", n, "begrundelse", "prøve"); status != 404 || strings.Contains(body, clearValue) {
			t.Errorf("finding %q: %d", n, status)
		}
	}
	_, body = dpo.post(path+"/vis", "fund", "0", "begrundelse", "Skal sammenholdes med sagen i fagsystemet")
	contains(t, body, clearValue, "lukker af sig selv om 60 sekunder", "Så én værdi uden sløring", "Skal sammenholdes med sagen", "070761-xxxx")
	if strings.Contains(body, "120336-3951") {
		t.Error("another value is open as well")
	}
	for _, who := range []string{"dpo2", "reviewer", "auditor"} {
		if _, body := r.as(t, who).get(path); strings.Contains(body, clearValue) || who != "dpo2" && strings.Contains(body, "/vis\"") {
			t.Errorf("%s sees it or is offered it", who)
		}
	}
	r.now = r.now.Add(59 * time.Second)
	if _, body := dpo.get(path); !strings.Contains(body, clearValue) || !strings.Contains(body, "om 1 sekunder") {
		t.Error("closed before its time")
	}
	r.now = r.now.Add(time.Second)
	if _, body := dpo.get(path); strings.Contains(body, clearValue) {
		t.Error("still open after a minute")
	}
	if strings.Contains(r.log.String(), clearValue) || !strings.Contains(r.log.String(), "finding opened") {
		t.Errorf("the program's log: %s", r.log)
	}
	lines, err := r.service.History(t.Context(), held.ID)
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for _, e := range lines {
		if e.Verb == "field-shown" {
			shown++
			if e.Actor != "dpo" || e.Detail["field"] != "070761-xxxx" || e.Detail["document"] == "" {
				t.Errorf("%+v", e)
			}
		}
	}
	if shown != 1 {
		t.Errorf("%d ledger lines", shown)
	}
}

// A DPO whose key is not unlocked, and a case without values, offer nothing.
func TestNothingToOpen(t *testing.T) {
	r := newRig(t)
	held, bare := r.hold(t, openable("a"), time.Hour), r.hold(t, screenshot("b"), time.Hour)
	if _, body := r.as(t, "dpo9").get("/sag/" + held.ID); strings.Contains(body, "/vis\"") {
		t.Error("offered without a key")
	}
	if status, body := r.as(t, "dpo9").post("/sag/"+held.ID+"/vis", "fund", "0", "begrundelse", "prøve"); status != 409 || strings.Contains(body, clearValue) {
		t.Errorf("without a key: %d", status)
	}
	if _, body := r.as(t, "dpo").get("/sag/" + bare.ID); strings.Contains(body, "/vis\"") {
		t.Error("offered where nothing was sealed")
	}
}
