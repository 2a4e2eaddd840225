package review

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"brevvagt/quarantine"
)

func TestQueue(t *testing.T) {
	r := newRig(t)
	c := r.as(t, "dpo")
	_, body := c.get("/")
	contains(t, body, "Ingen forsendelser venter på dig.")

	young := r.hold(t, screenshot("a"), 2*time.Hour)
	old := r.hold(t, bundle("b"), 50*time.Hour)
	status, body := c.get("/")
	if status != 200 {
		t.Fatalf("status %d", status)
	}
	contains(t, body, "2 forsendelser venter på en afgørelse.", "Har ventet 2 timer", "Har ventet 2 dage", "3 personer", "3 CPR-numre",
		"3 CPR-numre til en modtager uden sikker forbindelse", "Kladde nr. 2026-01", "14 modtagere", "modtager01@domstol.example og 13 andre", "og 1 regel mere", "0 af 2 har godkendt")
	if strings.Index(body, old.ID) > strings.Index(body, young.ID) {
		t.Error("the longest waiting case does not come first")
	}
	_, body = c.get("/?vis=frigivet")
	contains(t, body, "Der er ingen sager med denne tilstand.")
}

func TestQueuePages(t *testing.T) {
	r := newRig(t)
	for i := range 45 {
		d := screenshot(fmt.Sprint("item", i))
		d.Pictures, d.Subject = nil, fmt.Sprintf("Emne nr %02d.", i)
		r.hold(t, d, time.Duration(100-i)*time.Hour) // 00 is the oldest
	}
	c := r.as(t, "dpo")
	seen := ""
	for page := 1; page <= 3; page++ {
		_, body := c.get(fmt.Sprintf("/?vis=venter&side=%d", page))
		contains(t, body, fmt.Sprintf("Side %d af 3", page))
		seen += body
	}
	last := -1
	for i := range 45 {
		at := strings.Index(seen, fmt.Sprintf("Emne nr %02d.", i))
		if at <= last {
			t.Fatalf("case %d is missing or out of order", i)
		}
		last = at
	}
	if n := strings.Count(seen, `class="bv-case"`); n != 45 {
		t.Errorf("%d cases on three pages, want 45", n)
	}
	for _, side := range []string{"0", "-3", "99999", "x"} {
		if status, body := c.get("/?side=" + side); status != 200 || !strings.Contains(body, `class="bv-case"`) {
			t.Errorf("side=%s: status %d", side, status)
		}
	}
}

func TestCase(t *testing.T) {
	r := newRig(t)
	held := r.hold(t, screenshot("a"), time.Hour)
	c := r.as(t, "dpo")
	status, body := c.get("/sag/" + held.ID)
	if status != 200 {
		t.Fatalf("status %d", status)
	}
	contains(t, body,
		"En mail fra anna.eksempel@kommune.example til support@leverandoer.example blev sat i karantæne den 24. november 2026 kl. 13.05.",
		"Den er ikke sendt.", "billede (OCR)", "skjult ark, række eller kolonne", "slettet tekst (sporet ændring)",
		"løn.xlsx i bilag.zip, celle Ark2!B7", "skærmbillede.png, side 1, linje 4", "<mark>070761-xxxx</mark>",
		"lønsedler.pdf: krypteret", "Nej [forslag]", "Forslag, DPO afgør", "13. Afgørelse fra Datatilsynet", "1. Nr.", "Sat i karantæne",
		"Din mail er ikke sendt. Vi fandt 3 CPR-numre (heraf mindst ét i et billede).", "sendes uændret til support@leverandoer.example")
	if strings.Contains(body, "/billede/1") {
		t.Error("pictures are shown before they are asked for")
	}
	_, body = c.get("/sag/" + held.ID + "?billeder=1")
	contains(t, body, `src="/sag/`+held.ID+`/billede/1"`)
	status, png := c.get("/sag/" + held.ID + "/billede/1")
	if status != 200 || !strings.HasPrefix(png, "\x89PNG") {
		t.Errorf("picture: status %d", status)
	}
	for _, n := range []string{"0", "2", "-1", "x", "99999999999999999999"} {
		if status, _ := c.get("/sag/" + held.ID + "/billede/" + n); status != 404 {
			t.Errorf("picture %s: status %d, want 404", n, status)
		}
	}
	_, body = c.get("/sag/" + held.ID)
	contains(t, body, "Så et billede", "Billede: 1")
	for _, id := range []string{"nej", "01ARZ3NDEKTSV4RRFFQ69G5FAV", strings.Repeat("Z", 26), "..%2f..%2fetc"} {
		if status, body := c.get("/sag/" + id); status != 404 || !strings.Contains(body, "Siden findes ikke") {
			t.Errorf("case %s: status %d, want 404", id, status)
		}
	}
}

func TestRelease(t *testing.T) {
	r := newRig(t)
	held := r.hold(t, screenshot("a"), time.Hour)
	c := r.as(t, "dpo")
	path := "/sag/" + held.ID + "/frigiv"
	for _, x := range []struct{ reason, says string }{
		{"", "Skriv en begrundelse."},
		{"   ", "Skriv en begrundelse."},
		{"borger 070761-4285 har bedt om det", "Begrundelsen ser ud til at indeholde et CPR-nummer"},
		{strings.Repeat("æ", 1001), "Skriv højst 1000 tegn"},
	} {
		status, body := c.post(path, "begrundelse", x.reason)
		if status != 422 || strings.Contains(body, "4285") {
			t.Errorf("reason %.20q: status %d", x.reason, status)
		}
		contains(t, body, x.says)
	}
	if len(r.source.delivered) != 0 {
		t.Fatal("delivered without a reason")
	}
	status, body := c.post(path, "begrundelse", "Modtageren har sikker post, aftalt på telefon")
	if status != 200 {
		t.Fatalf("status %d", status)
	}
	contains(t, body, "Forsendelsen er frigivet", "Frigivet af dpo den 24. november 2026 kl. 14.05", "Modtageren har sikker post", "[DPO afgør]", "250 2.0.0 Ok")
	if len(r.source.delivered) != 1 || !strings.Contains(r.source.delivered[0], "indhold") {
		t.Errorf("delivered %d items", len(r.source.delivered))
	}
	status, body = r.as(t, "reviewer").post(path, "begrundelse", "jeg var langsommere")
	if status != 409 {
		t.Errorf("second release: status %d, want 409", status)
	}
	contains(t, body, "allerede afgjort af en kollega")
}

func TestReject(t *testing.T) {
	r := newRig(t)
	held := r.hold(t, screenshot("a"), time.Hour)
	c := r.as(t, "reviewer")
	_, body := c.post("/sag/"+held.ID+"/afvis", "begrundelse", "Skal sendes sikkert")
	contains(t, body, "Forsendelsen er afvist", "Den er ikke sendt, og afsenderen har fået besked.", "Begrundelse: Skal sendes sikkert")
	if len(r.source.rejected) != 1 || strings.Contains(r.source.rejected[0], "Skal sendes sikkert") {
		t.Errorf("notices: %q", r.source.rejected)
	}
	_, body = c.get("/?vis=afvist")
	contains(t, body, held.ID)
}

func TestTwoApprovers(t *testing.T) {
	r := newRig(t)
	held := r.hold(t, bundle("a"), time.Hour)
	first, second := r.as(t, "dpo"), r.as(t, "reviewer")
	_, body := first.get("/sag/" + held.ID)
	contains(t, body, "Reglen kræver 2 godkendelser.", "Vis de 4 andre modtagere", "4 fund mere")
	_, body = first.post("/sag/"+held.ID+"/frigiv", "begrundelse", "Retten har bedt om akterne")
	contains(t, body, "Din godkendelse er noteret.", "Du har allerede godkendt.")
	if len(r.source.delivered) != 0 {
		t.Fatal("delivered after one approval")
	}
	status, body := first.post("/sag/"+held.ID+"/frigiv", "begrundelse", "igen")
	if status != 403 {
		t.Errorf("same person twice: status %d, want 403", status)
	}
	contains(t, body, "må det ikke være den samme to gange")
	_, body = second.get("/sag/" + held.ID)
	contains(t, body, "dpo skrev: Retten har bedt om akterne")
	_, body = second.post("/sag/"+held.ID+"/frigiv", "begrundelse", "Enig")
	contains(t, body, "Forsendelsen er frigivet")
}

func TestNextHopRefuses(t *testing.T) {
	r := newRig(t)
	held := r.hold(t, screenshot("a"), time.Hour)
	c := r.as(t, "dpo")
	r.source.refuse = errPermanent
	status, body := c.post("/sag/"+held.ID+"/frigiv", "begrundelse", "Aftalt med modtageren")
	if status != 502 {
		t.Errorf("status %d, want 502", status)
	}
	contains(t, body, "Næste mailserver tog ikke imod forsendelsen", "550 5.7.1 not accepted", "I karantæne", ">Aftalt med modtageren</textarea>")
	r.source.refuse = fmt.Errorf("connection reset: %w", quarantine.ErrTemporary)
	_, body = c.post("/sag/"+held.ID+"/frigiv", "begrundelse", "Aftalt med modtageren")
	contains(t, body, "Frigivelsen er i gang", "brevvagt prøver igen af sig selv")
	_, body = c.get("/?vis=paa-vej")
	contains(t, body, held.ID)
}

func TestRegisterPage(t *testing.T) {
	r := newRig(t)
	c := r.as(t, "auditor")
	_, body := c.get("/fortegnelse")
	contains(t, body, "Fortegnelsen er tom.")
	held := r.hold(t, screenshot("a"), time.Hour)
	_, body = c.get("/fortegnelse")
	contains(t, body, "Nr. 2026-01", "Afværget hændelse", "/sag/"+held.ID, "CPR-nr., Økonomiske oplysninger", "Alle 13 felter")
	r.as(t, "dpo").post("/sag/"+held.ID+"/frigiv", "begrundelse", "Aftalt med modtageren")
	_, body = c.get("/fortegnelse")
	contains(t, body, "Muligt brud", "Frist for anmeldelse 27.11.2026 kl. 14.05 (tid tilbage: 3 dage)")
	status, csv := c.get("/udtraek/csv")
	if lines := strings.Split(strings.TrimSpace(csv), "\r\n"); status != 200 || len(lines) != 2 || !strings.HasPrefix(csv, "\ufeffNr.;Hvad er der sket?;") {
		t.Errorf("csv: status %d, %.80q", status, csv)
	}
	if status, xlsx := c.get("/udtraek/xlsx"); status != 200 || !strings.HasPrefix(xlsx, "PK") {
		t.Errorf("xlsx: status %d", status)
	}
}

// TestStrangersDoNotKeepTheOwnerOut: five wrong tries from anywhere close a name, but not
// for the browser in which its owner signed in before.
func TestStrangersDoNotKeepTheOwnerOut(t *testing.T) {
	r := newRealRig(t)
	own := r.as(t, "anna")
	own.post("/log-ud")
	stranger := r.visitor(t)
	for range 5 {
		stranger.post("/log-ind", "navn", "anna", "kode", "forkert adgangssætning")
	}
	if status, _ := stranger.post("/log-ind", "navn", "anna", "kode", passphrase); status != http.StatusTooManyRequests {
		t.Errorf("a browser nobody knows: status %d", status)
	}
	if status, _ := own.post("/log-ind", "navn", "anna", "kode", passphrase); status != http.StatusOK {
		t.Errorf("the owner's browser: status %d", status)
	}
}
