package review

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"brevvagt/quarantine/handout"
)

// A case leaves the house as a package: closed, with a reason, told in the log.
func TestHandingOutACase(t *testing.T) {
	if testing.Short() {
		t.Skip("a passphrase costs what guessing must cost")
	}
	r := newRig(t)
	held := r.hold(t, openable("a"), time.Hour)
	path := "/sag/" + held.ID + "/udlever"
	dpo := r.as(t, "dpo")
	_, body := dpo.get("/sag/" + held.ID)
	contains(t, body, `id="udlever-form"`, "Udlever sagen")
	const phrase = "en ret lang adgangssætning"
	good := []string{"faar", "Datatilsynet", "kode", phrase, "noegle", "", "begrundelse", "Datatilsynet har bedt om sagen"}
	for i, c := range []struct{ name, value, want string }{
		{"faar", " ", "Skriv, hvem der får sagen"}, {"kode", "kort", "mindst 16 tegn"}, {"noegle", "age1forkert", "mindst 16 tegn"}, {"begrundelse", "", "højst 1.000 tegn"}, {"begrundelse", "om " + clearValue, "CPR-numre"},
	} {
		form := append([]string(nil), good...)
		for k := range form {
			if k%2 == 0 && form[k] == c.name {
				form[k+1] = c.value
			}
		}
		status, body := dpo.post(path, form...)
		if status != 422 || !strings.Contains(body, c.want) {
			t.Errorf("%d: status %d, no %q", i, status, c.want)
		}
	}
	status, sealed := dpo.post(path, good...)
	if status != 200 || !strings.HasPrefix(sealed, "age-encryption.org/v1") {
		t.Fatalf("status %d", status)
	}
	plain, err := handout.Open(strings.NewReader(sealed), phrase, nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := b.ReadFrom(plain); err != nil || !strings.Contains(b.String(), "indhold") {
		t.Fatal("the original is not in it", err)
	}
	_, body = dpo.get("/sag/" + held.ID)
	contains(t, body, "Udleverede sagen som krypteret pakke", "Modtager: Datatilsynet", "Krypteret til: adgangssætning", "Datatilsynet har bedt om sagen")
	if strings.Contains(body, phrase) || strings.Contains(r.log.String(), phrase) {
		t.Error("the passphrase was kept")
	}
	if _, body := r.as(t, "reviewer").get("/sag/" + held.ID); strings.Contains(body, "udlever-form") {
		t.Error("offered to a reviewer")
	}
}

// The pages give PDF, and a mail that was sent is not said to be in quarantine.
func TestPDFAndSentMails(t *testing.T) {
	r := newRig(t)
	d := screenshot("a")
	d.Left = true
	held := r.hold(t, d, time.Hour)
	c := r.as(t, "auditor")
	for _, p := range []string{"/sag/" + held.ID + "/pdf", "/udtraek/pdf", "/statistik?aar=2026&som=pdf"} {
		if status, body := c.get(p); status != 200 || !strings.HasPrefix(body, "%PDF-") || strings.Contains(body, "4285") {
			t.Errorf("%s: status %d", p, status)
		}
	}
	if status, _ := c.get("/sag/01AAAAAAAAAAAAAAAAAAAAAAAA/pdf"); status != 404 {
		t.Errorf("a case that is not there: %d", status)
	}
	dpo := r.as(t, "dpo")
	_, body := dpo.get("/sag/" + held.ID)
	contains(t, body, "var allerede sendt, da den blev læst", "Allerede sendt", "Sagen lukkes, og intet sendes")
	for _, no := range []string{"Den er ikke sendt", "I karantæne</span>", "Forsendelsen sendes uændret", "Din mail er ikke sendt"} {
		if strings.Contains(body, no) {
			t.Errorf("the page of a sent mail says %q", no)
		}
	}
	if _, body := dpo.get("/"); !strings.Contains(body, "Allerede sendt") {
		t.Error("the queue says that a sent mail is in quarantine")
	}
}
