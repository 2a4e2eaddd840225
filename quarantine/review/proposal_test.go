package review

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"brevvagt/quarantine/register"
	"brevvagt/quarantine/review/breach"
)

// The daily paperwork of an averted incident is one click: what is proposed is decided as
// the DPO saw it, once, and nobody else may.
func TestAgreeingWithTheProposals(t *testing.T) {
	r := newRig(t)
	held := r.hold(t, screenshot("a"), time.Hour)
	path := "/fortegnelse/" + held.DraftNo
	c := r.as(t, "dpo")
	_, body := c.get(path)
	contains(t, body, `id="forslag"`, "Afgør begge med Nej", "Er det alligevel et brud?")
	seen := between(body, `name="set" value="`, `"`)
	if _, form := c.get(path + "/ret"); !strings.Contains(form, "3. Dato for registrering:</strong> 24.11.2026") || strings.Count(form, "Står som: Nej [forslag].") != 2 {
		t.Error("the form shows neither the day as it is read nor what is proposed")
	}
	for who, want := range map[string]int{"reviewer": 403, "auditor": 403, "operator": 403} {
		u := r.as(t, who)
		if status, _ := u.post(path+"/forslag", "set", seen); status != want {
			t.Errorf("%s: status %d", who, status)
		}
		if _, body := u.get(path); strings.Contains(body, `id="forslag"`) {
			t.Errorf("%s is offered it", who)
		}
	}
	for _, old := range []string{"", "1", "x"} {
		if status, body := c.post(path+"/forslag", "set", old); status != http.StatusConflict || !strings.Contains(body, "Intet er afgjort") {
			t.Errorf("a version %q that is not the last: %d", old, status)
		}
	}
	if status, body := c.post(path+"/forslag", "set", seen); status != 200 || !strings.Contains(body, "Felt 8 og 11 er afgjort med Nej.") || strings.Contains(body, "[forslag]") || strings.Contains(body, `id="forslag"`) {
		t.Errorf("status %d", status)
	}
	d, err := r.service.Draft(t.Context(), held.ID)
	if err != nil || d.Notify != register.No || d.Informed != register.No || d.NotifyReason == "" || d.InformedReason == "" {
		t.Errorf("%+v, %v", d, err)
	}
	if status, _ := c.post(path+"/forslag", "set", seen); status != http.StatusConflict {
		t.Errorf("decided twice: %d", status)
	}
	// One that went after all is the DPO's to look into: nothing is proposed any more.
	other := r.hold(t, screenshot("b"), time.Hour)
	c.post("/sag/"+other.ID+"/frigiv", "begrundelse", "Aftalt på telefon")
	if _, body = c.get("/fortegnelse/" + other.DraftNo); strings.Contains(body, `id="forslag"`) || strings.Contains(body, "Er det alligevel et brud?") {
		t.Error("proposals for what was sent")
	}
}

// Of an averted incident nobody needs to be told and nothing notified: the pages say so
// before they draft anything.
func TestAvertedIncidentsAreToldAsSuch(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Contact = breach.Contact{} })
	held := r.hold(t, screenshot("a"), time.Hour)
	path := "/fortegnelse/" + held.DraftNo
	c := r.as(t, "dpo")
	_, body := c.get(path + "/underretning")
	contains(t, body, "normalt skal ingen underrettes", `<details class="details" id="alligevel">`, "Kære [navn]")
	_, body = c.get(path + "/underretning?risiko=ja")
	contains(t, body, `<details class="details" id="alligevel" open>`)
	_, body = c.get(path + "/anmeldelse")
	contains(t, body, "En afværget hændelse anmeldes normalt ikke", "Artikel 33, stk. 3, litra a", `aria-describedby="felt-personer-hint" lang="da">3</textarea>`, "Driften kan sætte DPO", "Kategorier af registrerede", "Er de registrerede underrettet?")
	if strings.Contains(body, "Bruddet er ikke bekræftet") || strings.Contains(body, "33(3)") {
		t.Error("a breach is spoken of, or an article is cited as in English")
	}
	c.post(path+"/bekraeft", "bekendt", "2026-11-24T10:00")
	for _, page := range []string{"/underretning", "/anmeldelse"} {
		if _, body = c.get(path + page); strings.Contains(body, `id="afvaerget"`) || strings.Contains(body, `id="alligevel"`) {
			t.Errorf("%s of a breach calls it averted", page)
		}
	}
	c.post("/sprog", "til", "en")
	_, body = c.get(path + "/anmeldelse")
	contains(t, body, "Article 33(3)(a)")
}
