package review

import (
	"slices"
	"strings"
	"time"

	"github.com/chromedp/chromedp"

	"brevvagt/quarantine"
	"brevvagt/quarantine/rekey"
	"brevvagt/quarantine/vault"
)

// decision is one that is taken with the mouse, by everybody whom the access table lets.
type decision struct {
	route string // of the access table
	take  func(*seat)
}

// decisions are all of them, in an order in which a person could take them. The table
// test fails for a route to write that none of them sends.
var decisions = []decision{
	{"POST /sag/{id}/frigiv", func(s *seat) { // the first of two approves
		s.opens("to")
		s.fill("#frigiv-begrundelse", "Retten har bedt om akterne")
		s.click("#frigiv button")
		s.told("flash.approved")
		s.became("to", quarantine.Held)
		if n := run(s.browserTab, chromedp.Evaluate[int](`document.querySelectorAll("#frigiv button").length`)); n != 0 {
			s.t.Error("the first is asked again")
		}
	}},
	{"POST /sag/{id}/note", func(s *seat) {
		s.opens("arbejde")
		s.fill("#note", "Afventer svar")
		s.click("#note-form button")
		s.told("flash.note")
		s.says("Afventer svar")
	}},
	{"POST /sag/{id}/overdrag", func(s *seat) {
		s.do(chromedp.SendKeys(css("#kollega"), s.other()))
		s.click("#overdrag-form button")
		s.told("flash.handed")
		s.told("work.assigned", s.other())
	}},
	{"POST /sag/{id}/spoerg", func(s *seat) {
		s.fill("#spoergsmaal", "Hvorfor skal de have numrene?")
		s.click("#spoerg-form button")
		s.told("flash.asked")
	}},
	{"POST /sag/{id}/vis", func(s *seat) {
		s.do(chromedp.Click(css("#fund-0 summary")))
		s.fill("#vis-0", "Skal sammenholdes med fagsystemet")
		s.click("#fund-0 button")
		s.says(clearValue)
	}},
	{"POST /sag/{id}/original", func(s *seat) {
		s.opens("arbejde")
		s.fill("#original-begrundelse", "Skal ses af leder")
		s.fetched("#original-form button", "POST /sag/{id}/original", "original-opened")
	}},
	{"POST /sag/{id}/udlever", func(s *seat) {
		s.fill("#udlever-modtager", "Datatilsynet")
		s.fill("#udlever-kode", "en lang sætning til pakken")
		s.fill("#udlever-begrundelse", "Anmodning om sagen")
		s.fetched("#udlever-form button", "POST /sag/{id}/udlever", "case-exported")
	}},
	{"POST /sag/{id}/falsk-alarm", func(s *seat) { // with scope and expiry
		s.opens("arbejde")
		s.fill("#falsk-begrundelse", "Testnumre i "+s.lang)
		s.do(chromedp.Click(css("label[for=undtag]")), chromedp.SendKeys(css("#omfang"), "A"), chromedp.SendKeys(css("#dage"), "90"))
		s.click("#falsk-form button")
		s.told("flash.exception")
		s.open("/undtagelser")
		s.says("Testnumre i " + s.lang)
	}},
	{"POST /undtagelser/slut", func(s *seat) {
		s.click(`form[action="/undtagelser/slut"] button`)
		s.told("flash.ended")
	}},
	{"POST /sag/{id}/frigiv", func(s *seat) { // all
		s.opens("alle")
		s.fill("#frigiv-begrundelse", "Modtageren har sikker post")
		s.click("#frigiv button")
		s.told("done.released")
		s.became("alle", quarantine.Released)
	}},
	{"POST /sag/{id}/frigiv", func(s *seat) { // some
		s.opens("nogle")
		s.do(chromedp.Click(css("label[for=modtager-1]")))
		s.fill("#frigiv-begrundelse", "De to er enige")
		s.click("#frigiv button")
		s.told("done.released")
		s.became("nogle", quarantine.Released)
		if got := s.now("nogle").Wish.To; !slices.Equal(got, []int{0, 2}) {
			s.t.Errorf("released to %v", got)
		}
	}},
	{"POST /sag/{id}/frigiv", func(s *seat) { // by the secure route
		s.opens("vej")
		s.do(chromedp.Click(css("label[for=vej]")))
		s.fill("#frigiv-begrundelse", "Ad den sikre vej")
		s.click("#frigiv button")
		s.told("done.released")
		s.became("vej", quarantine.Released)
		if got := s.now("vej").Wish.Route; got != "gateway" {
			s.t.Errorf("released by %q", got)
		}
	}},
	{"POST /sag/{id}/frigiv", func(s *seat) { // his own mail
		s.opens("egen")
		s.fill("#frigiv-begrundelse", "Min egen")
		s.click("#frigiv button")
		s.told("problem.own")
		s.became("egen", quarantine.Held)
	}},
	{"POST /sag/{id}/afvis", func(s *seat) { // with a text of his own
		s.opens("afvis")
		s.fill("#besked-tekst", "Brug Send sikkert "+s.who+s.lang)
		s.fill("#afvis-begrundelse", "Skal sendes sikkert")
		s.click("#afvis button")
		s.told("done.rejected")
		s.became("afvis", quarantine.Rejected)
		s.w.source.mu.Lock()
		defer s.w.source.mu.Unlock()
		if !slices.ContainsFunc(s.w.source.rejected, func(text string) bool { return strings.Contains(text, "Brug Send sikkert "+s.who+s.lang) }) {
			s.t.Error("the sender is not told it")
		}
	}},
	{"POST /sag/{id}/glem", func(s *seat) { // what was rejected, as its citizen asks
		s.opens("afvis")
		s.fill("#glem-begrundelse", "En borger har bedt om det")
		s.do(chromedp.Click(css("label[for=slet]")))
		s.click("#glem-form button")
		s.told("flash.forgotten")
		if c := s.now("afvis"); c.From != "" || len(c.To) != 0 || c.VaultObject != "" || len(c.Evidence) != 0 {
			s.t.Errorf("what is left in %s: %+v", s.lang, c)
		}
		if n := run(s.browserTab, chromedp.Evaluate[int](`document.querySelectorAll("#glem-form").length`)); n != 0 {
			s.t.Error("offered again")
		}
	}},
	{"POST /flere", func(s *seat) { s.w.bulk.Lock(); s.several("fortryd", "#flere-afvis") }},
	{"POST /flere/fortryd", func(s *seat) {
		defer s.w.bulk.Unlock()
		s.click(".bv-batch button")
		s.told("flash.undone")
		s.became("fortryd", quarantine.Held)
	}},
	{"POST /fortegnelse/{nr}/forslag", func(s *seat) {
		s.open("/fortegnelse/" + s.now("egen").DraftNo) // of a case that nobody releases
		s.click("#forslag button")
		s.told("flash.agreed")
		if n := run(s.browserTab, chromedp.Evaluate[int](`document.querySelectorAll("#forslag, .bv-columns .badge").length`)); n != 0 {
			s.t.Error("what is decided is still proposed")
		}
	}},
	{"POST /fortegnelse/ny", func(s *seat) {
		s.open("/fortegnelse/ny")
		s.fill("#hvad", "En låst dør stod åben")
		s.do(chromedp.Click(css("label[for=oplysning-4]")))
		s.click("#gem")
		s.told("flash.saved")
	}},
	{"POST /fortegnelse/{nr}/ret", func(s *seat) {
		s.click("#ret")
		s.fill("#andre", "Kørselsbog")
		s.click("#gem")
		s.told("flash.saved")
		s.says("Kørselsbog")
	}},
	{"POST /fortegnelse/{nr}/bekraeft", func(s *seat) {
		s.click("#bekraeft button")
		s.told("flash.confirmed")
	}},
	{"POST /fortegnelse/{nr}/alvor", func(s *seat) {
		s.click("#til-alvor")
		for _, id := range []string{"dpc-4", "ei-1", "fortrolighed-025", "integritet-0", "tilgaengelighed-0"} {
			s.do(chromedp.Click(css("label[for=" + id + "]")))
		}
		s.click("#gem")
		s.told("flash.severity")
		s.says("4 × 1 + 0")
	}},
	{"POST /fortegnelse/importer", func(s *seat) {
		s.open("/fortegnelse/importer")
		s.do(chromedp.SetUploadFiles(css("#fil"), []string{s.w.book}))
		s.click("#indlaes")
		if n := run(s.browserTab, chromedp.Evaluate[int](`document.querySelectorAll("#resultat").length`)); n != 1 {
			s.t.Errorf("nothing was imported in %s", s.lang)
		}
	}},
	{"POST /noegler/gendannelse", func(s *seat) {
		for range 2 {
			id, err := vault.NewIdentity()
			if err != nil {
				s.t.Fatal(err)
			}
			s.open("/noegler")
			s.fill("#navn", "Pengeskab")
			s.fill("#noegle", id.Recipient())
			s.click("#gendannelse button")
			s.told("flash.keys")
		}
	}},
	{"POST /noegler/fjern", func(s *seat) {
		s.click(`form[action="/noegler/fjern"] button`)
		s.told("flash.keys")
		if list, err := rekey.Recoveries(s.t.Context(), s.w.db); err != nil || len(list) == 0 {
			s.t.Errorf("%d recovery keys, %v", len(list), err)
		}
	}},
	{"POST /drev/pause", func(s *seat) {
		s.w.drive.Lock()
		s.open("/drev")
		s.click(`form[action="/drev/pause"] button`)
		s.told("flash.drive.paused")
	}},
	{"POST /drev/fortsaet", func(s *seat) {
		defer s.w.drive.Unlock()
		s.click(`form[action="/drev/fortsaet"] button`)
		s.told("flash.drive.resumed")
	}},
	{"POST /konto/adgangssaetning", func(s *seat) {
		s.open("/konto")
		s.fill("#nu", passphrase)
		s.fill("#ny", "en helt ny lang sætning")
		s.fill("#igen", "en helt ny lang sætning")
		s.click("#skift button")
		s.told("flash.passphrase")
	}},
	{"POST /konto/andre", func(s *seat) {
		s.w.cookie(s.t, s.who) // signed in on a second machine
		s.open("/konto")
		s.click("#andre button")
		s.told("flash.others")
	}},
}

// other is the colleague who may decide too.
func (s *seat) other() string {
	if s.who == "dpo" {
		return "reviewer"
	}
	return "dpo"
}

// seal seals everything anew, to one recovery key more, and waits until it is done: what
// is opened at the same moment may be gone for a moment.
func (s *seat) seal() {
	s.t.Helper()
	id, err := vault.NewIdentity()
	if err != nil {
		s.t.Fatal(err)
	}
	s.open("/noegler")
	s.fill("#navn", "Bankboks")
	s.fill("#noegle", id.Recipient())
	s.click("#gendannelse button")
	s.click("#forsegl")
	for end := time.Now().Add(3 * time.Minute); run(s.browserTab, chromedp.Evaluate[int](`document.querySelectorAll("#mangler").length`)) == 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatal("never sealed")
		}
		s.open("/noegler")
	}
	if n := run(s.browserTab, chromedp.Evaluate[int](`document.querySelectorAll("#forsegl").length`)); n != 0 {
		s.t.Errorf("something is left to seal in %s", s.lang)
	}
}

// second sees what the first of two wrote, and lets it go.
func (s *seat) second() {
	s.t.Helper()
	c := s.w.work[s.other()+s.lang+"to"]
	s.open("/sag/" + c.ID)
	s.told("release.wrote", s.other(), "Retten har bedt om akterne")
	s.fill("#frigiv-begrundelse", "Enig")
	s.click("#frigiv button")
	s.told("done.released")
	if got, err := s.w.service.Get(s.t.Context(), c.ID); err != nil || got.State != quarantine.Released || got.DecidedBy != s.who {
		s.t.Errorf("after both: %v, %v", got.State, err)
	}
}

// several chooses one of his cases on the list and decides it with those chosen.
func (s *seat) several(name, button string) {
	s.t.Helper()
	s.open("/?vis=venter&q=" + s.w.work[s.who+s.lang+name].DraftNo)
	s.do(chromedp.Click(css("label[for=vaelg-" + s.w.work[s.who+s.lang+name].ID + "]")))
	s.fill("#flere-begrundelse", "Samme fejl i alle mails")
	s.click(button)
}

// fetched presses what leads to a file, and waits until it was given out and the ledger
// says so.
func (s *seat) fetched(button, route, verb string) {
	s.t.Helper()
	s.do(chromedp.Click(css(button)))
	id := s.now("arbejde").ID
	for end := time.Now().Add(3 * time.Minute); s.w.asked.answer(s.who, s.lang, route) != 200; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("%s in %s: no file", route, s.lang)
		}
	}
	lines, err := s.w.service.History(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range lines {
		if e.Verb == verb && e.Actor == s.who {
			return
		}
	}
	s.t.Errorf("%s: the ledger has no line %s", route, verb)
}
