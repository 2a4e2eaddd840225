package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"brevvagt/detectors"
)

// Run is what is known of a run of letters: an item that holds letters to many
// people and the list of those they go to. Texts within name files and initials
// only.
type Run struct {
	Recipients int
	Read       int // letters read
	Matched    int
	Wrong      Mismatches
	Unknown    []string // letters whose addressee cannot be read, in order
	Missing    []string // letters that the list names and that are not there
	Without    int      // recipients for whom there is no letter
	Extra      []string // letters to recipients in files that the list does not name
	Old
	// Children are letters to recipients under ChildAge that speak of a payment to
	// somebody else; PaidChildren counts all to such recipients that speak of one.
	Children     []string
	PaidChildren int
	Shared       int // recipients who get one and the same letter of somebody
	Laden        int // recipients who get letters of several others
	Residue      int // people who stand in letters to several recipients
	Alerts       int // CPR numbers in texts that go out as SMS or e-mail
}

// ChildAge is the age from which a young person gets Digital Post and is paid by
// herself; below it a letter about money belongs to a parent.
const ChildAge = 15

// StaleDays is the age in days from which a letter is old: what is sent in a run was
// written for that run.
const StaleDays = 60

// Old are the letters of a run whose date is older than StaleDays.
type Old struct {
	Stale []string     // by file
	Dated [2]time.Time // the oldest and the newest
}

// Mismatches are letters made out for another than they go to, told apart.
type Mismatches struct {
	Total    int
	Swapped  int // two recipients have each other's letter
	Shifted  int // the letters stand Offset rows too far down
	Offset   int
	Listed   int // belongs to another recipient of the run
	Stranger int // belongs to nobody on the list
	Address  int // the name is right, the address is not
	Inside   int // the block is right, number or salutation are another's
	First    []string
	Unlisted []string // letters that no row gets, to people who are not on the list; not in Total
}

// withLetters adds the rules for runs of letters. One that has the id of a rule for
// mails becomes a second voice of that rule: no id stands for two rules.
func withLetters(mail []Definition) []Definition {
	var own []Definition
	for _, d := range letterRules() {
		i := slices.IndexFunc(mail, func(m Definition) bool { return m.ID == d.ID })
		if i < 0 {
			own = append(own, d)
			continue
		}
		mail[i] = bothVoices(mail[i], d)
	}
	return append(own, mail...)
}

// bothVoices makes one rule of a rule for mails and one for runs of letters, each
// with its own action.
func bothVoices(mail, run Definition) Definition {
	both := mail
	if run.Action.Rank() > mail.Action.Rank() {
		both.Action = run.Action
	}
	both.Fires = func(site Site, f *Facts) (string, string, bool) {
		if da, en, ok := run.Fires(site, f); ok || f.Kind == "letter" {
			return da, en, ok
		}
		return mail.Fires(site, f)
	}
	if run.Action == mail.Action && mail.Softer == nil {
		return both
	}
	both.Softer = func(site Site, f *Facts) bool {
		if _, _, ok := run.Fires(site, f); ok || f.Kind == "letter" {
			return run.Action == Warn
		}
		return mail.Action == Warn || mail.Softer != nil && mail.Softer(site, f)
	}
	return both
}

// leastEnclosed is from how many letters on a mail's enclosures are a run of them.
const leastEnclosed = 3

// Enclosable reports whether letters in a mail are those of a list beside them: half of
// them at least are made out for people on it. Papers of a case with a list of its people
// are no run.
func (r *Run) Enclosable() bool {
	w := &r.Wrong
	listed := r.Matched + w.Swapped + w.Shifted + w.Listed + w.Address + w.Inside
	return r.Recipients >= leastEnclosed && r.Read >= leastEnclosed && listed*2 >= r.Read
}

// delivers reports whether a mail takes a run of letters to those alone who print or send
// them, by a proven way: that many people's data are in it is what it is for.
func (f *Facts) delivers(site Site) bool {
	return f.Kind == "mail" && f.Run != nil && len(f.Channel.Unprotected) == 0 && f.parties(site).AtWork()
}

// letterRules are the rules for runs of letters.
func letterRules() []Definition {
	return []Definition{
		forRuns("addressee-mismatch", "Brev til en anden end modtageren", Hold, mismatchWords),
		forRuns("child-recipient", "Brev om udbetaling til et barn", Hold, childWords),
		forRuns("template-residue", "Samme fremmede personer i flere breve", Hold, residueWords),
		forRuns("stale-letter", "Gammelt brev", Warn, staleWords),
		forRuns("addressee-unknown", "Brev uden læsbar modtager", Warn, unknownWords),
		forRuns("bulk-persons", "Mange personer til mange modtagere", Hold, bulkWords),
		forRuns("cpr-unprotected", "CPR-nummer i en advisering", Hold, alertWords),
		forLetters("placeholder", "Pladsholder fra en skabelon", Hold, runPlaceholders),
		forLetters("placeholder-weak", "Mulig pladsholder fra en skabelon", Warn, runWeakPlaceholders),
		forLetters("uninspectable", "Indhold, der ikke kunne læses", Warn, runUninspectable),
	}
}

// forLetters makes a rule that speaks of runs of letters only.
func forLetters(id, title string, action Action, fires func(f *Facts) (danish, english string, ok bool)) Definition {
	return Definition{ID: id, Title: title, Action: action, Fires: func(_ Site, f *Facts) (string, string, bool) {
		if f.Run == nil {
			return "", "", false
		}
		return fires(f)
	}}
}

func forRuns(id, title string, action Action, fires func(r *Run) (danish, english string, ok bool)) Definition {
	return forLetters(id, title, action, func(f *Facts) (string, string, bool) { return fires(f.Run) })
}

// mismatchWords: one letter to the wrong person stops the run (Aarhus: 274 people
// got letters to 350 others; Fredensborg: 1,628 letters with names and addresses
// of different rows).
func mismatchWords(r *Run) (string, string, bool) {
	da, en := wrongWords(r)
	if n := len(r.Wrong.Unlisted); n > 0 {
		da = strings.TrimPrefix(fmt.Sprintf("%s. %s er til nogen, der ikke er på listen over modtagere%s", da, countDa(n, "brev", "breve"), named(r.Wrong.Unlisted)), ". ")
		en = strings.TrimPrefix(fmt.Sprintf("%s; %s for people who are not on the list of recipients", en, countEn(n, "letter is", "letters are")), "; ")
	}
	return da, en, da != ""
}

func wrongWords(r *Run) (danish, english string) {
	w := &r.Wrong
	if w.Total == 0 {
		return "", ""
	}
	var kinds, kindsEn []string
	add := func(n int, da, en string) {
		if n > 0 {
			kinds = append(kinds, fmt.Sprintf("%d %s", n, da))
			kindsEn = append(kindsEn, fmt.Sprintf("%d %s", n, en))
		}
	}
	add(w.Shifted, fmt.Sprintf("forskudt %s i listen", countDa(max(w.Offset, -w.Offset), "række", "rækker")), "shifted in the list")
	add(w.Swapped, "ombyttet parvis", "swapped in pairs")
	add(w.Listed, "til en anden på listen", "for another on the list")
	add(w.Stranger, "fremmed: til en, der ikke er på listen", "foreign: for somebody not on the list")
	add(w.Address, "med en anden adresse", "with another address")
	add(w.Inside, "med en andens CPR-nummer eller navn i brevet", "with somebody else's number or name inside")
	da := fmt.Sprintf("%d af %s er ikke til den, der skal have det: %s (passer: %d, ukendt: %d)",
		w.Total, countDa(r.Read, "brev", "breve"), strings.Join(kinds, ", "), r.Matched, len(r.Unknown))
	if len(w.First) > 0 {
		da += ". Først: " + firstOf(w.First, w.Total)
	}
	return da, fmt.Sprintf("%d of %s are not for the one who would get them: %s", w.Total, countEn(r.Read, "letter", "letters"), strings.Join(kindsEn, ", "))
}

// childWords: payout letters to the child instead of the payee (Gladsaxe 2025-05).
// A fifth of the run to children who are told of payments is a jump no real run
// of payout letters has.
func childWords(r *Run) (string, string, bool) {
	switch {
	case len(r.Children) > 0:
		return fmt.Sprintf("%s om udbetaling til andre går til modtagere under 15 år: %s", countDa(len(r.Children), "brev", "breve"), firstOf(r.Children, len(r.Children))),
			fmt.Sprintf("%s about payments to others go to recipients under 15", countEn(len(r.Children), "letter", "letters")), true
	case r.PaidChildren >= 3 && r.PaidChildren*5 >= r.Recipients:
		return fmt.Sprintf("%d af %d breve handler om udbetaling og går til modtagere under 15 år", r.PaidChildren, r.Recipients),
			fmt.Sprintf("%d of %d letters are about payments and go to recipients under 15", r.PaidChildren, r.Recipients), true
	}
	return "", "", false
}

// residueWords: a form filled in with others goes to everybody (Gladsaxe 2025-10).
func residueWords(r *Run) (string, string, bool) {
	if r.Residue == 0 {
		return "", "", false
	}
	return fmt.Sprintf("Oplysninger om %s står i breve til flere forskellige modtagere; skabelonen er ikke renset", countDa(r.Residue, "person", "personer")),
		fmt.Sprintf("Data on %s stand in letters to several recipients; the template was not cleaned", countEn(r.Residue, "person", "people")), true
}

func staleWords(r *Run) (string, string, bool) {
	n := len(r.Stale)
	if n == 0 {
		return "", "", false
	}
	return fmt.Sprintf("%s er dateret for mere end %d dage siden: %s", countDa(n, "brev", "breve"), StaleDays, firstOf(r.Stale, n)),
		fmt.Sprintf("%s dated more than %d days ago", countEn(n, "letter is", "letters are"), StaleDays), true
}

func unknownWords(r *Run) (string, string, bool) {
	var da, en []string
	add := func(n int, danish, english string, names []string) {
		if n == 0 {
			return
		}
		da = append(da, danish+named(names))
		en = append(en, english)
	}
	add(len(r.Unknown), fmt.Sprintf("modtageren kan ikke læses i %s", countDa(len(r.Unknown), "brev", "breve")),
		fmt.Sprintf("the addressee of %s cannot be read", countEn(len(r.Unknown), "letter", "letters")), r.Unknown)
	add(len(r.Missing), fmt.Sprintf("%s på listen findes ikke", countDa(len(r.Missing), "brev", "breve")),
		fmt.Sprintf("%s of the list not found", countEn(len(r.Missing), "letter", "letters")), r.Missing)
	add(r.Without, fmt.Sprintf("%s har intet brev", countDa(r.Without, "modtager", "modtagere")),
		fmt.Sprintf("%s without a letter", countEn(r.Without, "recipient", "recipients")), nil)
	add(len(r.Extra), fmt.Sprintf("%s nævnes ikke på listen", countDa(len(r.Extra), "brev", "breve")),
		fmt.Sprintf("%s not on the list", countEn(len(r.Extra), "letter", "letters")), r.Extra)
	if len(da) == 0 {
		return "", "", false
	}
	s := strings.Join(da, "; ")
	return strings.ToUpper(s[:1]) + s[1:], strings.Join(en, "; "), true
}

// bulkWords: letters of many people to many (Aarhus).
func bulkWords(r *Run) (string, string, bool) {
	switch {
	case r.Laden > 0:
		return fmt.Sprintf("%s får breve om flere andre personer", countDa(r.Laden, "modtager", "modtagere")),
			fmt.Sprintf("%s would get letters of several other people", countEn(r.Laden, "recipient", "recipients")), true
	case r.Shared > 1:
		return fmt.Sprintf("%d modtagere får et og samme brev om en person", r.Shared),
			fmt.Sprintf("%d recipients would get one and the same letter about a person", r.Shared), true
	}
	return "", "", false
}

// alertWords: a notification goes out as SMS or plain e-mail, so a CPR number in it
// is unprotected (digst.dk: no sensitive data in notifications).
func alertWords(r *Run) (string, string, bool) {
	n := r.Alerts
	if n == 0 {
		return "", "", false
	}
	return fmt.Sprintf("%s i en advisering, der sendes som SMS eller e-mail", countDa(n, "CPR-nummer", "CPR-numre")),
		fmt.Sprintf("%s in a notification that is sent as SMS or e-mail", countEn(n, "CPR number", "CPR numbers")), true
}

func runPlaceholders(f *Facts) (string, string, bool) {
	n := f.placeholders(Site{}, detectors.Strong)
	if n == 0 {
		return "", "", false
	}
	return countDa(n, "pladsholder", "pladsholdere") + " fra en skabelon står stadig i brevene",
		countEn(n, "placeholder", "placeholders") + " of a template still in the letters", true
}

func runWeakPlaceholders(f *Facts) (string, string, bool) {
	if f.placeholders(Site{}, detectors.Strong) > 0 || f.placeholders(Site{}, detectors.Medium) == 0 {
		return "", "", false
	}
	return "Der står måske en pladsholder fra en skabelon i brevene", "There may be a template's placeholder in the letters", true
}

func runUninspectable(f *Facts) (string, string, bool) {
	if len(f.Gaps) == 0 {
		return "", "", false
	}
	var paths []string
	for _, g := range f.Gaps {
		if p := detectors.RedactNumbers(lastName(g.At.Path)); !slices.Contains(paths, p) {
			paths = append(paths, p)
		}
	}
	return fmt.Sprintf("%s kunne ikke læses (%s): %s", countDa(len(f.Gaps), "del", "dele"), reasonsDa(f.Gaps), firstOf(paths, len(paths))),
		fmt.Sprintf("%s could not be read", countEn(len(f.Gaps), "part", "parts")), true
}

// maxNamed is how many letters a sentence names; the record's findings and gaps
// have them all.
const maxNamed = 5

func named(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return ": " + firstOf(names, len(names))
}

func firstOf(names []string, total int) string {
	shown := names[:min(len(names), maxNamed)]
	s := strings.Join(shown, "; ")
	if total > len(shown) {
		s += fmt.Sprintf(" og %d til", total-len(shown))
	}
	return s
}
