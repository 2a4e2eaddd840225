package scanner_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"brevvagt/scanner/policy"
)

// TestOrdinaryMailPasses sends what offices send every day to many or again and again.
func TestOrdinaryMailPasses(t *testing.T) {
	agenda := map[string]string{"dagsorden.txt": "Dagsorden for bestyrelsesmødet den 2. december\n\nDeltagere: " + name(1) + ", " + name(2) + "\n\n1. Godkendelse af referat\n2. Budget\n3. Eventuelt\n\nKontakt: " + name(3) + "\n"}
	prices := map[string]string{"priser.txt": "Prisliste for leje af haller og lokaler\n\nHal A   250 kr. i timen\nHal B   180 kr. i timen\n\nKontaktperson: " + name(4) + ", tlf. 12 34 56 78\n"}
	menu := "Kære alle\n\nHermed ugens nyhedsbrev fra biblioteket. På torsdag fortæller forfatteren " + name(5) + " om sin nye bog, og om lørdagen er der højtlæsning for børn. Tilmelding sker ved skranken, og der er plads til fyrre. Vi holder lukket mandag den syvende på grund af flytning.\n\nMed venlig hilsen\n" + name(6) + "\n"
	hearing := "%s\nSkovvej %d\n9999 Eksempelby\n\nDen 20. november 2057\n\nVedr.: Naboorientering om byggeansøgning fra " + name(7) + "\n\nKære %[1]s\n\nVi har modtaget en ansøgning om at opføre en carport tættere på skel, end reglerne tillader. Du har som nabo ret til at komme med bemærkninger, før vi træffer afgørelse. Send dem til os inden fire uger, ellers går vi ud fra, at du ikke har indvendinger imod byggeriet. (%d)\n\nMed venlig hilsen\nByggesag\n"
	for title, mail := range map[string]func(n int) letterTo{
		"agenda": func(n int) letterTo {
			return letterTo{to: named(n), text: "Kære " + name(n) + "\n\nHer er dagsordenen.\n", files: agenda}
		},
		"price list": func(n int) letterTo {
			return letterTo{to: fmt.Sprintf("info@firma%d.example", n), text: "Hej\n\nSe vores priser.\n", files: prices}
		},
		"newsletter": func(n int) letterTo { return letterTo{to: named(n), text: menu} },
		"invitation": func(n int) letterTo {
			return letterTo{to: named(n), text: "Kære " + name(n) + "\n\nDu inviteres til informationsmøde på rådhuset den 3. december kl. 19. Tilmelding til " + name(8) + " senest fredag, så vi ved, hvor meget kaffe vi skal brygge. Vi glæder os til at se dig til en hyggelig aften.\n\nVenlig hilsen\n" + name(8) + "\n"}
		},
		"thread": func(n int) letterTo {
			return letterTo{to: "post@firma.example", subject: "SV: Tilbud", text: fmt.Sprintf("Hej %s\n\nTak for det. Vi vender tilbage om punkt %d.\n\nMvh\nLis\n\n-----Oprindelig meddelelse-----\nFra: %s\nTil: Lis\nEmne: Tilbud\n\nHermed vores tilbud på vinduespudsning.\n", name(9), n, name(9))}
		},
		"neighbours": func(n int) letterTo { return letterTo{to: named(n + 20), text: cover, files: attached(hearing, n+20)} },
		"one case, a partner": func(n int) letterTo {
			return letterTo{to: fmt.Sprintf("post%d@region.example", n%3), text: "Hermed akterne i sagen.\n", files: map[string]string{"akt.txt": "Journal for " + name(n) + "\nCPR-nr. " + number(n) + "\n\nBorgeren er henvist til genoptræning efter operation i knæet. Der er aftalt otte forløb med en fysioterapeut, og status følger efter de første fire. Transport er bevilget til og fra træningen i hele perioden, og hjemmeplejen er orienteret om tiderne.\n"}}
		},
		"both parents": func(n int) letterTo {
			child := number(n / 2) // born after 2037, under 18 for the half, a child of the reader's name for the rest
			parent := 25*(n%2) + n/2
			return letterTo{to: named(parent), text: "Kære " + name(parent) + "\n\nHer er svaret på din ansøgning for dit barn.\n", files: map[string]string{"svar.txt": name(parent) + "\nTestvej 1\n9999 Eksempelby\n\nVedr.: " + firsts[n/2%25] + " Barnlig, CPR-nr. " + child + "\n\nKære " + name(parent) + "\n\nDit barn er optaget i fritidsordningen fra januar. Institutionen ringer og aftaler et besøg, og betalingen begynder ved indmeldelsen. Du skal udfylde stamkortet på hjemmesiden inden den første dag, og du kan framelde pladsen med en måneds varsel.\n\nMed venlig hilsen\nPladsanvisningen\n"}}
		},
	} {
		t.Run(title, func(t *testing.T) {
			o := newOffice(t)
			for n := range 30 {
				if v := o.send(time.Duration(n%3)*20*time.Second+time.Second, mail(n)); v.Action != policy.Pass {
					t.Fatalf("mail %d: %+v", n, v)
				}
			}
		})
	}
}

func TestResidueOfAnEarlierSending(t *testing.T) {
	o := newOffice(t)
	filled := func(people ...int) map[string]string {
		text := form
		for _, p := range people {
			text += "\nAnsøger: " + name(p) + "\nCPR-nr. " + number(p) + "\n"
		}
		return map[string]string{"blanket.txt": fmt.Sprintf(text, "", 1, 2)}
	}
	// Two of a couple get the form with their data; the next citizen gets it with hers
	// and still theirs.
	if v := o.send(0, letterTo{to: named(1), text: "Kære " + name(1) + "\n\nHer er blanketten, du bad om.\n", files: filled(1, 2)}); v.Action != policy.Pass {
		t.Fatalf("the first sending: %+v", v)
	}
	v := o.send(9*24*time.Hour, letterTo{to: named(40), text: "Kære " + name(40) + "\n\nHer er blanketten, du bad om.\n", files: filled(40, 1, 2)})
	if r, ok := has(v, "template-residue"); !ok || r.Action != policy.Hold || !strings.Contains(r.Text, "blanket.txt") {
		t.Errorf("a form that still holds others: %+v", v)
	}
	if v := o.send(time.Hour, letterTo{to: named(41), text: "Kære " + name(41) + "\n\nHer er blanketten, du bad om.\n", files: filled(41)}); v.Action != policy.Pass {
		t.Errorf("a clean form: %+v", v)
	}
}

func TestResentAttachment(t *testing.T) {
	o := newOffice(t)
	decision := attached(grant, 1)
	o.send(0, letterTo{to: named(1), text: cover, files: decision})
	if v := o.send(time.Hour, letterTo{to: named(1), text: cover + "Igen.\n", files: decision}); v.Action != policy.Pass {
		t.Errorf("once more to the same: %+v", v)
	}
	v := o.send(time.Hour, letterTo{to: "sommerfugl42@mail.example", text: cover, files: decision})
	if r, ok := has(v, "resent-attachment"); !ok || r.Action != policy.Hold {
		t.Errorf("the citizen's own letter to somebody else: %+v", v)
	}
	if v := o.send(time.Hour, letterTo{to: "sagsakter@region.example", text: "Hermed akterne i sagen.\n", files: decision}); v.Action != policy.Pass {
		t.Errorf("to a partner who works with the case: %+v", v)
	}
}

func TestBulkOverTime(t *testing.T) {
	case_ := func(n int) map[string]string {
		return map[string]string{"akt.txt": "Journal for " + name(n*3) + "\nCPR-nr. " + number(n) + "\n\nBorgeren lider af skizofreni og er indlagt på psykiatrisk afdeling.\n"}
	}
	o := newOffice(t)
	first := 0
	for n := range 8 {
		v := o.send(40*time.Minute, letterTo{to: "xyz123@mail.example", text: "Se bilag.\n", files: case_(n)})
		if _, ok := has(v, "bulk-over-time"); ok && first == 0 {
			first = n + 1
		}
	}
	if first != 5 {
		t.Errorf("the rule spoke at mail %d, want 5", first)
	}
	o = newOffice(t)
	for n := range 20 {
		if v := o.send(40*time.Minute, letterTo{to: "visitation@region.example", text: "Se bilag.\n", files: case_(n)}); v.Action != policy.Pass {
			t.Fatalf("a mailbox of a partner: %+v", v)
		}
	}
	for n := range 8 {
		if _, ok := has(o.send(25*time.Hour, letterTo{to: "xyz123@mail.example", text: "Se bilag.\n", files: case_(n)}), "bulk-over-time"); ok {
			t.Fatal("one a day")
		}
	}
}

func TestDomainsOfTraffic(t *testing.T) {
	o := newOffice(t)
	personal := letterTo{text: "Vedr.: " + name(1) + "\n\nBorgeren lider af skizofreni.\n"}
	personal.to = "post@advokathanssen.example"
	if _, ok := has(o.send(0, personal), "unusual-recipient"); ok {
		t.Error("a fresh installation knows no traffic")
	}
	o = newOffice(t)
	for range 5 {
		o.send(time.Hour, letterTo{to: "post@advokathansen.example", text: "Hej\n\nVi ses på torsdag.\n"})
	}
	if v := o.send(time.Hour, letterTo{to: "post@advokathanssen.example", text: "Hej\n\nVi ses på torsdag.\n"}); v.Action != policy.Pass {
		t.Errorf("ordinary mail to a look-alike: %+v", v)
	}
	o = newOffice(t)
	for range 5 {
		o.send(time.Hour, letterTo{to: "post@advokathansen.example", text: "Hej\n\nVi ses på torsdag.\n"})
	}
	if r, ok := has(o.send(time.Hour, personal), "unusual-recipient"); !ok || r.Action != policy.Warn {
		t.Error("personal data to a look-alike of a known domain")
	}
	personal.to = "post@advokathansen.example"
	if _, ok := has(o.send(time.Hour, personal), "unusual-recipient"); ok {
		t.Error("the known domain itself")
	}
}
