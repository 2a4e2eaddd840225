package scanner_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"brevvagt/detectors"
	detectorlist "brevvagt/detectors/all"
	"brevvagt/document"
	formatlist "brevvagt/document/all"
	"brevvagt/scanner"
	"brevvagt/scanner/memory"
	"brevvagt/scanner/policy"
)

// office is a municipality that sends mails one after the other.
type office struct {
	t    testing.TB
	p    *scanner.Pipeline
	at   time.Time
	sent int
}

func newOffice(t testing.TB) *office {
	t.Helper()
	key := detectors.RandomKey()
	m, err := memory.New(memory.Options{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	site := policy.DefaultSite()
	site.InternalDomains = []string{"kommune.example"}
	site.PartnerDomains = []string{"mail.example", "region.example", "post.example"}
	formats := formatlist.Formats(formatlist.Options{NoOCR: true, Isolate: func(f document.Format) document.Format { return f }})
	return &office{t: t, at: time.Date(2057, 11, 24, 9, 0, 0, 0, time.UTC), p: &scanner.Pipeline{
		Formats: &document.Formats{List: formats}, Detectors: &detectors.Set{List: detectorlist.Detectors(), Key: key},
		Site: site, Rules: policy.Default(), Now: time.Now, AsOf: time.Date(2058, 1, 1, 0, 0, 0, 0, time.UTC), Memory: m,
	}}
}

// letterTo is a mail on its way; what is empty has a default.
type letterTo struct {
	id, from, to, subject, text string
	files                       map[string]string
}

func (o *office) raw(m letterTo) []byte {
	var b strings.Builder
	if m.id == "" {
		m.id = fmt.Sprint("m", o.sent)
	}
	fmt.Fprintf(&b, "From: Lis <%s>\r\nTo: %s\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%s@kommune.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n",
		m.from, m.to, m.subject, o.at.Format(time.RFC1123Z), m.id, m.text)
	for name, text := range m.files {
		fmt.Fprintf(&b, "--q\r\nContent-Type: text/plain; charset=utf-8; name=%q\r\nContent-Disposition: attachment; filename=%q\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n", name, name, base64.StdEncoding.EncodeToString([]byte(text)))
	}
	return []byte(b.String() + "--q--\r\n")
}

// send lets a mail go after a pause and gives the verdict.
func (o *office) send(pause time.Duration, m letterTo) policy.Verdict {
	o.t.Helper()
	o.at = o.at.Add(pause)
	o.sent++
	if m.from == "" {
		m.from = "lis@kommune.example"
	}
	if m.subject == "" {
		m.subject = "Brev fra kommunen"
	}
	out, err := o.p.Handle(context.Background(), scanner.Item{Source: "test", ID: m.id, Name: "mail.eml", From: m.from, To: []string{address(m.to)}, Received: o.at, Content: o.raw(m)})
	if err != nil {
		o.t.Fatal(err)
	}
	return out.Verdict
}

func address(to string) string {
	_, a, ok := strings.Cut(to, "<")
	if !ok {
		return to
	}
	return strings.TrimSuffix(a, ">")
}

func has(v policy.Verdict, id string) (policy.Rule, bool) {
	for _, r := range v.Rules {
		if r.ID == id {
			return r, true
		}
	}
	return policy.Rule{}, false
}

var (
	firsts = strings.Fields("Anders Bodil Carsten Dorte Erik Frida Georg Hanne Ivan Jytte Karsten Lone Mogens Nina Ole Pia Rasmus Signe Torben Ulla Viggo Winnie Yrsa Zenia Aase")
	lasts  = strings.Fields("Abrahamsen Bistrup Clemmensen Dalgaard Eskildsen Frandsen Gammelgaard Hvidberg Iversholt Jagtlund Kildegaard Lykkeberg")
)

func name(i int) string { return firsts[i%25] + " " + lasts[i/25%12] }

func named(i int) string {
	return fmt.Sprintf("%q <%s@mail.example>", name(i), strings.ReplaceAll(strings.ToLower(name(i)), " ", "."))
}

// number is a synthetic CPR number: born 2037 to 2057, modulus 11.
func number(i int) string {
	base := fmt.Sprintf("%02d%02d%02d", 1+i%28, 1+i/28%12, 37+i%21)
	weights := []int{4, 3, 2, 7, 6, 5, 4, 3, 2, 1}
	for n := 4000 + i%7*100; ; n++ {
		s, sum := base+fmt.Sprintf("%04d", n), 0
		for k, w := range weights {
			sum += int(s[k]-'0') * w
		}
		if sum%11 == 0 {
			return s[:6] + "-" + s[6:]
		}
	}
}

// The letters, of different wording.
const (
	grant = "%s\nTestvej %d\n9999 Eksempelby\n\nDen 20. november 2057\nSagsnr. 2057-%d\n\nKære %[1]s\n\nDu har fået bevilget et tilskud til fritidsaktiviteter i det kommende år. Tilskuddet dækker udgifter til kontingent og udstyr, og du behøver ikke at gøre mere nu. " +
		"Vi udbetaler beløbet til din konto i begyndelsen af næste måned, når den aftale, du har indgået med foreningen, er registreret hos os. Hvis dine forhold ændrer sig, skal du give os besked hurtigst muligt.\n\nMed venlig hilsen\nLis Sagsbehandlersen\nEksempel Kommune\n"
	summons = "Eksempel Kommune\nBorgerservice\n\n%s\nEksempelgade %d, 2. tv.\n9999 Eksempelby\n\nDato: 20-11-2057   J.nr. %d\n\nVedr.: Fornyelse af parkeringskort\n\nDit parkeringskort udløber ved udgangen af januar. Vil du forny det, skal du møde i borgerservice med gyldig legitimation og et nyt billede. " +
		"Du kan bestille tid på vores hjemmeside eller ringe til os på hverdage mellem ti og fjorten. Møder du ikke op inden fristen, bortfalder kortet, og du skal søge igen fra begyndelsen med en ny lægeerklæring.\n\nVenlig hilsen\nBorgerservice\n"
	form = "Ansøgning om plejehjemsplads\n\nNavn: %s\nAdresse: Testvej %d, 9999 Eksempelby\nJournalnr.: %d\n\nUdfyld skemaet med oplysninger om den, der søger om plads, og om eventuelle pårørende, der skal kontaktes. Angiv hvilke plejehjem der ønskes i prioriteret rækkefølge, og om der er behov for en plads til et ægtepar. " +
		"Skemaet underskrives og afleveres til visitationen, som behandler ansøgningen og giver besked om ventetiden inden fire uger fra modtagelsen.\n"
)

func fill(letter string, person int) string {
	return fmt.Sprintf(letter, name(person), person+1, person+10000)
}

func attached(letter string, person int) map[string]string {
	return map[string]string{"brev.txt": fill(letter, person)}
}

const cover = "Hej\n\nVedhæftet er dit brev.\n\nMed venlig hilsen\nLis\n"

func TestRightRunPasses(t *testing.T) {
	mails := []int{274, 60, 60}
	if testing.Short() {
		mails[0] = 60
	}
	for i, letter := range []string{grant, summons, form} {
		o := newOffice(t)
		for n := range mails[i] {
			m := letterTo{to: named(n), text: cover, files: attached(letter, n)}
			if n%2 == 1 && i == 1 {
				m = letterTo{to: named(n), text: fill(letter, n)}
			}
			if v := o.send(time.Second, m); v.Action != policy.Pass {
				t.Fatalf("letter %d of a right run: %+v", n, v)
			}
		}
	}
}

func TestWrongLetterStopsTheRest(t *testing.T) {
	for i, letter := range []string{grant, summons} {
		o := newOffice(t)
		passed, last := 0, policy.Rule{}
		mails := []int{274, 40}[i]
		for n := range mails {
			person := n
			if n >= 3 {
				person = n + 1 // the list slips a row
			}
			if n > 10 {
				person = n // one that is right by itself is stopped, too
			}
			v := o.send(2*time.Second, letterTo{to: named(n), text: cover, files: attached(letter, person)})
			if v.Action == policy.Pass {
				passed++
			}
			last, _ = has(v, "run-stopped")
			if _, wrong := has(v, "addressee-mismatch"); wrong != (n >= 3 && n <= 10) {
				t.Errorf("letter %d: %+v", n, v.Rules)
			}
		}
		if passed != 3 || !strings.Contains(last.Text, fmt.Sprintf("3 sendt, %d tilbageholdt", mails-3)) || !strings.Contains(last.English, fmt.Sprintf("3 sent, %d held", mails-3)) {
			t.Errorf("%d passed, the last case says %q", passed, last.Text)
		}
		// Another sender, and the same one an hour later, are other runs.
		if v := o.send(time.Second, letterTo{from: "bo@kommune.example", to: named(280), text: cover, files: attached(letter, 280)}); v.Action != policy.Pass {
			t.Errorf("another sender: %+v", v.Rules)
		}
		if v := o.send(time.Hour, letterTo{to: named(281), text: cover, files: attached(letter, 281)}); v.Action != policy.Pass {
			t.Errorf("an hour later: %+v", v.Rules)
		}
	}
}

func TestCorrectionAndReminderPass(t *testing.T) {
	o := newOffice(t)
	o.send(0, letterTo{to: named(1), text: cover, files: attached(grant, 2)}) // wrong, held
	if v := o.send(5*time.Minute, letterTo{to: named(1), text: cover, files: attached(grant, 1)}); v.Action != policy.Pass {
		t.Errorf("the corrected letter: %+v", v.Rules)
	}
	if v := o.send(5*time.Minute, letterTo{to: named(2), text: cover, files: attached(grant, 2)}); v.Action != policy.Pass {
		t.Errorf("the other's own letter: %+v", v.Rules)
	}
	for n := range 30 {
		o.send(time.Second, letterTo{to: named(n + 50), text: fill(summons, n+50)})
	}
	for n := range 30 { // a reminder to each, two weeks later
		pause := time.Second
		if n == 0 {
			pause = 14 * 24 * time.Hour
		}
		if v := o.send(pause, letterTo{to: named(n + 50), subject: "Påmindelse", text: fill(summons, n+50)}); v.Action != policy.Pass {
			t.Errorf("reminder %d: %+v", n, v.Rules)
		}
	}
}

func TestAFailedMailHasNotGone(t *testing.T) {
	o := newOffice(t)
	failing := true
	o.p.Actions = []scanner.Action{actionFunc(func() error {
		if failing {
			return errors.New("451")
		}
		return nil
	})}
	m := letterTo{id: "same", to: named(1), text: cover, files: attached(grant, 1)}
	for range 3 {
		it := scanner.Item{Source: "test", Name: "mail.eml", From: "lis@kommune.example", To: []string{address(m.to)}, Received: o.at, Content: o.raw(m)}
		if _, err := o.p.Handle(t.Context(), it); err == nil {
			t.Fatal("the action did not fail")
		}
	}
	if s := o.p.Memory.Stats(); s.Mails != 0 {
		t.Errorf("a mail that never went taught %d times", s.Mails)
	}
	failing = false
	for range 3 {
		o.send(0, m)
	}
	if s := o.p.Memory.Stats(); s.Mails != 1 {
		t.Errorf("one mail, tried three times, counts %d times", s.Mails)
	}
}

type actionFunc func() error

func (f actionFunc) Apply(context.Context, scanner.Item, *scanner.Outcome) error { return f() }

func TestConcurrentRun(t *testing.T) {
	o := newOffice(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	held := 0
	for s := range 4 {
		wg.Go(func() {
			for n := s; n < 100; n += 4 {
				m := letterTo{from: "lis@kommune.example", to: named(n), text: cover, files: attached(grant, n)}
				mu.Lock()
				m.id = fmt.Sprint("c", n)
				raw := o.raw(m)
				mu.Unlock()
				out, err := o.p.Handle(context.Background(), scanner.Item{Source: "test", Name: "mail.eml", From: m.from, To: []string{address(m.to)}, Received: o.at, Content: raw})
				mu.Lock()
				if err != nil || out.Verdict.Action != policy.Pass {
					held++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if s := o.p.Memory.Stats(); held != 0 || s.Mails != 100 {
		t.Errorf("%d held, learned from %d mails", held, s.Mails)
	}
}

// TestDisplacedRun sends letters that are one row off, to people of whom only the
// address tells a name, and letters that are the mail itself. No list is known.
func TestDisplacedRun(t *testing.T) {
	first := func(i int) string { return strings.ToLower(firsts[i%25]) + fmt.Sprint(i) + "@mail.example" }
	short := func(i int) string {
		return strings.ToLower(firsts[i%25][:3]+lasts[i/25%12][:3]) + fmt.Sprint(40+i) + "@mail.example"
	}
	for title, x := range map[string]struct {
		to     func(int) string
		mail   func(int) letterTo
		passed int
	}{
		"mailboxes cut short":                 {short, func(p int) letterTo { return letterTo{text: cover, files: attached(grant, p)} }, 2},
		"full names, the letter is the mail":  {named, func(p int) letterTo { return letterTo{text: fill(summons, p)} }, 1},
		"first names, the letter is attached": {first, func(p int) letterTo { return letterTo{text: cover, files: attached(grant, p)} }, 2},
		"the greeting slips with the letter": {named, func(p int) letterTo {
			return letterTo{text: "Kære " + name(p) + "\n\nHer er dit brev.\n", files: attached(grant, p)}
		}, 1},
	} {
		t.Run(title, func(t *testing.T) {
			for _, slip := range []int{0, 1, -1} {
				o := newOffice(t)
				passed := 0
				for n := 1; n <= 24; n++ {
					m := x.mail(n + slip)
					m.to = x.to(n)
					if o.send(3*time.Second, m).Action != policy.Hold {
						passed++
					}
				}
				if slip == 0 && passed != 24 || slip != 0 && passed > x.passed {
					t.Errorf("off by %d: %d of 24 passed", slip, passed)
				}
			}
		})
	}
}

// TestOneLetterThatDoesNotFit: the mail alone would pass, being a letter by name to a
// mailbox of another name; the run shows what it is.
func TestOneLetterThatDoesNotFit(t *testing.T) {
	o := newOffice(t)
	for n := range 20 {
		person := n
		if n == 7 {
			person = 200
		}
		v := o.send(time.Minute, letterTo{to: named(n), text: fill(summons, person)})
		if held := v.Action == policy.Hold; held != (n >= 7) {
			t.Errorf("letter %d: %+v", n, v)
		}
	}
	o = newOffice(t)
	for n := range 20 {
		m := letterTo{to: named(n), text: fill(summons, n)}
		if n == 7 {
			m.text = "Her er brevet til din mor.\n\n" + fill(summons, 200)
		}
		if v := o.send(time.Minute, m); v.Action == policy.Hold {
			t.Errorf("letter %d: %+v", n, v)
		}
	}
}
