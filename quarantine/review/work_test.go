package review

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"brevvagt/quarantine"
	"brevvagt/quarantine/warned"
)

func TestReleaseToSome(t *testing.T) {
	r := newRig(t)
	r.source.some = true
	d := screenshot("a")
	d.To = []string{"support@leverandoer.example", "070761-4285@leverandoer.example", "chef@kommune.example"}
	held := r.hold(t, d, time.Hour)
	c := r.as(t, "dpo")
	_, body := c.get("/sag/" + held.ID)
	contains(t, body, `name="modtager" value="1" checked`, "070761-xxxx@leverandoer.example")
	post := func(chosen ...string) (int, string) {
		res, err := c.http.PostForm(r.url+"/sag/"+held.ID+"/frigiv", url.Values{"begrundelse": {"Aftalt"}, "modtagere": {"3"}, "modtager": chosen})
		if err != nil {
			t.Fatal(err)
		}
		return answer(t, res)
	}
	for name, chosen := range map[string][]string{"nobody": nil, "a stranger": {"7"}, "no number": {"x"}, "one three times": {"7", "7", "7"}} {
		if status, _ := post(chosen...); status != http.StatusForbidden || len(r.source.delivered) != 0 {
			t.Errorf("%s: status %d", name, status)
		}
	}
	if status, _ := post("1", "2"); status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	if got := strings.Join(r.source.to, " "); got != "070761-4285@leverandoer.example chef@kommune.example" {
		t.Errorf("released to %q", got)
	}
	_, body = c.get("/sag/" + held.ID)
	contains(t, body, "2 af 3")
	r.source.some = false
	if _, body = c.get("/sag/" + r.hold(t, bundle("b"), time.Hour).ID); strings.Contains(body, `name="modtager"`) {
		t.Error("offered where the source cannot")
	}
}

// Where two must agree, no more leaves than both agreed to, and by no other route.
func TestNoMoreLeavesThanBothAgreedTo(t *testing.T) {
	r := newRig(t)
	r.source.some = true
	held := r.hold(t, bundle("a"), time.Hour)
	first, second := r.as(t, "reviewer"), r.as(t, "dpo")
	release := func(c *client, chosen ...string) (int, string) {
		return c.postForm("/sag/"+held.ID+"/frigiv", url.Values{"begrundelse": {"Aftalt"}, "modtagere": {"14"}, "modtager": chosen})
	}
	if status, body := release(first, "3", "5"); status != http.StatusOK || !strings.Contains(body, "Godkendelsen gælder 2 af 14 modtagere") {
		t.Fatalf("status %d", status)
	}
	_, body := second.get("/sag/" + held.ID)
	if form := between(body, `id="frigiv"`, "</form>"); strings.Count(form, " checked>") != 2 || !strings.Contains(form, `value="5" checked>`) {
		t.Error("the second is offered what the first left out")
	}
	for name, chosen := range map[string][]string{"one more": {"3", "5", "6"}, "another": {"6"}, "all": {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13"}} {
		if status, body := release(second, chosen...); status != http.StatusConflict || !strings.Contains(body, "Den første godkendelse gælder færre") || len(r.source.delivered) != 0 {
			t.Errorf("%s: status %d", name, status)
		}
	}
	if status, _ := second.post("/sag/"+held.ID+"/frigiv", "begrundelse", "Aftalt"); status != http.StatusConflict { // a form without the list
		t.Errorf("status %d", status)
	}
	if status, _ := release(second, "5"); status != http.StatusOK || strings.Join(r.source.to, " ") != held.To[5] {
		t.Errorf("status %d, released to %q", status, r.source.to)
	}
	for asked, agreed := range map[routePair]bool{{"", ""}: true, {"sikker", ""}: true, {"sikker", "sikker"}: true, {"", "sikker"}: false, {"anden", "sikker"}: false} {
		if (quarantine.Wish{Route: asked.asked}).Within(quarantine.Wish{Route: asked.agreed}) != agreed {
			t.Errorf("%+v", asked)
		}
	}
}

// routePair is a route that is asked for and one that was agreed to.
type routePair struct{ asked, agreed string }

func TestNobodyReleasesHisOwnMail(t *testing.T) {
	r := newRig(t)
	d := screenshot("a")
	d.From = "DPO2@kommune.example"
	held := r.hold(t, d, time.Hour)
	if status, body := r.as(t, "dpo2").post("/sag/"+held.ID+"/frigiv", "begrundelse", "Min egen"); status != http.StatusForbidden || !strings.Contains(body, "Du kan ikke frigive din egen mail") {
		t.Errorf("status %d", status)
	}
	if status, _ := r.as(t, "dpo").post("/sag/"+held.ID+"/frigiv", "begrundelse", "Kollegas"); status != http.StatusOK || len(r.source.delivered) != 1 {
		t.Errorf("status %d", status)
	}
}

func TestWorkOnACase(t *testing.T) {
	r := newRig(t)
	held := r.hold(t, screenshot("a"), time.Hour)
	at := "/sag/" + held.ID
	c := r.as(t, "dpo")
	for path, form := range map[string][]string{
		"/note": {"note", "Ringet til Anna Testesen"}, "/spoerg": {"spoergsmaal", "Er 070761-4285 med?"}, "/falsk-alarm": {"begrundelse", ""}, "/overdrag": {"kollega", "fremmed"},
		"/original": {"begrundelse", " "},
	} {
		if status, _ := c.post(at+path, form...); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: status %d", path, status)
		}
	}
	if len(r.mail.sent) != 0 {
		t.Error("a refused question was sent")
	}
	_, body := c.post(at+"/note", "note", "Afventer svar fra leverandøren")
	contains(t, body, "Notatet er gemt.", "Afventer svar fra leverandøren")
	_, body = c.post(at+"/overdrag", "kollega", "reviewer")
	contains(t, body, "Sagen er overdraget til reviewer.")
	if _, body = r.as(t, "reviewer").get("/?mine=1"); !strings.Contains(body, "sag-"+held.ID) {
		t.Error("the colleague does not find it")
	}
	_, body = c.post(at+"/spoerg", "spoergsmaal", "Hvorfor skal leverandøren have numrene?")
	contains(t, body, "Spørgsmålet er sendt til afsenderen.", "Hvorfor skal leverandøren")
	if len(r.mail.sent) != 1 || !strings.HasPrefix(r.mail.sent[0], "anna.eksempel@kommune.example\n") || strings.Contains(r.mail.sent[0], "070761") {
		t.Errorf("sent %q", r.mail.sent)
	}
	_, body = c.post(at+"/falsk-alarm", "begrundelse", "Testnumre fra leverandøren", "undtag", "ja", "regel", "cpr-unprotected", "omfang", "domaene", "dage", "30")
	contains(t, body, "Den falske alarm er noteret.")
	_, body = c.get("/undtagelser")
	contains(t, body, "Fra anna.eksempel@kommune.example til leverandoer.example", "CPR-nummer uden sikker forbindelse", "Gælder")
	_, body = c.post("/undtagelser/slut", "undtagelse", between(body, `name="undtagelse" value="`, `"`))
	contains(t, body, "Undtagelsen gælder ikke længere.", "Udløbet")
	both := "/sag/" + r.hold(t, bundle("two"), time.Hour).ID
	if status, body := c.post(both+"/falsk-alarm", "begrundelse", "Aftalt", "undtag", "ja", "regel", "abroad", "omfang", "alle", "dage", "30"); status != http.StatusUnprocessableEntity || !strings.Contains(body, "Reglen kræver to personer") {
		t.Errorf("an exception from what takes two people: status %d", status)
	}
	if status, _ := c.post(at+"/falsk-alarm", "begrundelse", "x", "undtag", "ja", "regel", "en-anden-regel", "omfang", "alle", "dage", "30"); status != http.StatusUnprocessableEntity {
		t.Errorf("a rule that did not fire: %d", status)
	}
	res, err := c.http.PostForm(r.url+at+"/original", url.Values{"begrundelse": {"Skal ses af leder"}})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil || !strings.HasPrefix(string(raw), "Message-ID: <a@kommune.example>") || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("original %q, %v, %v", raw, res.Header, err)
	}
	_, body = c.get(at)
	contains(t, body, "Åbnede originalen", "Skal ses af leder", "Personer og dokumenter")
	if status, _ := r.as(t, "reviewer").post(at+"/original", "begrundelse", "nysgerrig"); status != http.StatusForbidden {
		t.Errorf("a case worker got the original: %d", status)
	}
	if status, _ := r.as(t, "dpo9").post(at+"/original", "begrundelse", "uden nøgle"); status != http.StatusConflict {
		t.Errorf("without a key: %d", status)
	}
	_, body = c.post(at+"/afvis", "begrundelse", "Skal sendes sikkert", "besked", "Brug knappen Send sikkert.")
	contains(t, body, "Forsendelsen er afvist")
	if len(r.source.rejected) != 1 || !strings.Contains(r.source.rejected[0], "Brug knappen Send sikkert.") {
		t.Errorf("told %q", r.source.rejected)
	}
}

func TestWarningsPage(t *testing.T) {
	r := newRig(t)
	c := r.as(t, "auditor")
	if _, body := c.get("/advarsler"); !strings.Contains(body, "Der er ingen advarsler.") {
		t.Error("empty page")
	}
	w := warned.Warning{Source: "smtp", From: "a@kommune.example", To: []string{"b@x.example"}, Subject: `<script>alert(1)</script> 070761-4285`, Rules: []warned.Rule{{ID: "placeholder", Danish: "Pladsholder", English: "Placeholder"}}, Gaps: []string{"a.zip: krypteret"}}
	if err := r.server.lists.Warned.Add(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	_, body := c.get("/advarsler")
	contains(t, body, "1 advarsel", "Pladsholder", "a.zip: krypteret", "SMTP-gateway")
	harmlessPage(t, "warnings", body)
	if strings.Contains(body, "4285") {
		t.Error("the page shows a number")
	}
	if status, _ := r.as(t, "operator").get("/advarsler"); status != http.StatusForbidden {
		t.Errorf("the operator: %d", status)
	}
}

// A closed case is deleted before its time by a DPO who can open it and is sure.
func TestForget(t *testing.T) {
	r := newRig(t)
	held := r.hold(t, openable("a"), time.Hour)
	at := "/sag/" + held.ID
	c := r.as(t, "dpo")
	sure := []string{"begrundelse", "En borger har bedt om det", "slet", "ja"}
	if status, body := c.post(at+"/glem", sure...); status != http.StatusConflict || strings.Contains(body, "glem-form") {
		t.Errorf("what still waits: %d", status)
	}
	c.post(at+"/afvis", "begrundelse", "Skal sendes sikkert")
	for name, x := range map[string]struct {
		who    string
		form   []string
		status int
	}{
		"not sure": {"dpo", sure[:2], 422}, "no reason": {"dpo", sure[2:], 422}, "a number": {"dpo", []string{"begrundelse", "070761-4285", "slet", "ja"}, 422},
		"no key": {"dpo9", sure, 403}, "a case worker": {"reviewer", sure, 403},
	} {
		if status, _ := r.as(t, x.who).post(at+"/glem", x.form...); status != x.status {
			t.Errorf("%s: status %d, want %d", name, status, x.status)
		}
	}
	if got, err := r.service.Get(t.Context(), held.ID); err != nil || got.From == "" {
		t.Fatalf("deleted by what was refused, %v", err)
	}
	_, body := c.post(at+"/glem", sure...)
	contains(t, body, "Sagens indhold og personoplysninger er slettet.", "En borger har bedt om det")
	if strings.Contains(body, "anna.eksempel") || strings.Contains(body, "glem-form") {
		t.Error("the page still shows who sent it, or offers it again")
	}
	if status, _ := c.post(at+"/glem", sure...); status != http.StatusConflict {
		t.Errorf("twice: %d", status)
	}
}
