package policy

import (
	"fmt"
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/scanner/policy/handover"
)

// Definition is a rule as data: when it fires, what then happens, and how it says
// so. Fires returns the Danish and English sentence; ok is false when the rule
// has nothing to say. No sentence holds a found value, an address or a name: a
// person is shown by initials or by a number without its end.
type Definition struct {
	ID        string
	Title     string // Danish, for lists of rules
	Action    Action
	Approvers int
	Fires     func(site Site, f *Facts) (danish, english string, ok bool)
	// DryRun counts and shows the rule without acting on it.
	DryRun bool
	// Route and SenderMayRelease: see Rule.
	Route            string
	SenderMayRelease bool
	// Softer, where there is one, lowers a rule that fired to a warning when what
	// it saw is weak.
	Softer func(site Site, f *Facts) bool
}

// judge asks every rule and takes the strongest action of those that fire.
func judge(site Site, rules []Definition, f *Facts) Verdict {
	v := Verdict{Action: Pass, Protected: f.Channel.Sealed || len(f.Channel.External) > 0 && len(f.Channel.Unprotected) == 0}
	if f.Incoming {
		return v
	}
	for _, r := range rules {
		da, en, ok := r.Fires(site, f)
		if !ok {
			continue
		}
		action := r.Action
		approvers := r.Approvers
		if r.Softer != nil && action.Rank() > Warn.Rank() && r.Softer(site, f) {
			action, approvers = Warn, 0
		}
		if r.ID == "uninspectable" && site.Uninspectable != "" && r.Action == Warn {
			action = site.Uninspectable
		}
		rule := Rule{ID: r.ID, Text: da, English: en, Action: action, Approvers: approvers, Route: r.Route, SenderMayRelease: r.SenderMayRelease}
		if r.DryRun {
			v.Trial = append(v.Trial, rule)
			continue
		}
		v.Rules = append(v.Rules, rule)
		if action.Rank() > v.Action.Rank() {
			v.Action = action
		}
	}
	slices.SortStableFunc(v.Rules, func(a, b Rule) int { return b.Action.Rank() - a.Action.Rank() })
	return v
}

// Default is the shipped policy, in the order in which rules are shown when they
// are equally strong.
func Default() []Definition {
	return withLetters([]Definition{
		foreignRecipient(), runStopped(), addresseeMismatch(), templateResidue(), foreignPerson(), resentAttachment(), bulkPersons(), bulkOverTime(), visibleRecipients(), forwardedCitizens(), cprUnprotected(), internalSpread(), placeholders(),
		protectedAddress(), unusualRecipient(), specialCategory(), cprDoubtful(), staleLetter(), childRecipient(), weakPlaceholders(), uninspectable(), publicExposure(), fileFindings(),
	})
}

// Numbers is how many distinct CPR numbers are sure enough to stop a mail.
func (f *Facts) Numbers() int { return f.certain() }

// numbers counts distinct national ids of at least the given strength.
func (f *Facts) numbers(atLeast detectors.Strength) int {
	seen := make(map[string]bool)
	for i := range f.Findings {
		x := &f.Findings[i]
		if x.Category == "national-id" && x.Strength.Rank() >= atLeast.Rank() && !f.printedExample(x) {
			seen[x.Value.Digest()] = true
		}
	}
	return len(seen)
}

// printedExamples are numbers that the CPR office prints in its own guidance, or that
// forms have as a filler, and that are nobody's.
var printedExamples = map[string]bool{"0707614285": true, "1111111118": true}

// exampleReach is how far before a number a text says that it is an example, in bytes.
const exampleReach = 24

// printedExample reports whether a number is such a one and the text says that it stands
// as an example.
func (f *Facts) printedExample(x *detectors.Finding) bool {
	if f.Doc == nil || x.Segment < 0 || x.Segment >= len(f.Doc.Segments) || x.Start > x.End || x.End > len(f.Doc.Segments[x.Segment].Text) {
		return false
	}
	text := f.Doc.Segments[x.Segment].Text
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text[x.Start:x.End])
	if !printedExamples[digits] {
		return false
	}
	before := strings.ToLower(text[max(0, x.Start-exampleReach):x.Start])
	return slices.ContainsFunc([]string{"fx ", "f.eks", "eksemp", "e.g."}, func(w string) bool { return strings.Contains(before, w) })
}

// certain is the number of national ids that are sure enough to stop a mail:
// strong ones, and doubtful ones where they come in company, since two numbers of
// the right form with real dates are hardly chance, or with the name of a person.
func (f *Facts) certain() int {
	strong, medium := f.numbers(detectors.Strong), f.numbers(detectors.Medium)
	if medium >= 2 || medium == 1 && f.named() {
		return medium
	}
	return strong
}

// named reports whether a full name stands with a number of the right form.
func (f *Facts) named() bool {
	return slices.ContainsFunc(f.Subjects, func(s subject.Subject) bool {
		return s.Name.Full() && slices.ContainsFunc(s.Findings, func(k int) bool {
			return f.Findings[k].Category == "national-id" && f.Findings[k].Strength.Rank() >= detectors.Medium.Rank()
		})
	})
}

func (f *Facts) outgoing() bool { return f.Kind == "mail" || f.Kind == "letter" }

// cprUnprotected: a readable CPR number to anyone outside, unless the mail is
// sealed or every such recipient is reached over proven encryption (Datatilsynet:
// CPR numbers are confidential and must be encrypted on the internet).
func cprUnprotected() Definition {
	return Definition{ID: "cpr-unprotected", Title: "CPR-nummer uden sikker forbindelse", Action: Hold,
		Fires: func(_ Site, f *Facts) (string, string, bool) {
			n, to := f.certain(), len(f.Channel.Unprotected)
			if !f.outgoing() || n == 0 || to == 0 {
				return "", "", false
			}
			where := pictureWords(f)
			return fmt.Sprintf("%s%s til %s uden sikker forbindelse", countDa(n, "CPR-nummer", "CPR-numre"), where, countDa(to, "modtager", "modtagere")),
				fmt.Sprintf("%s to %s without a secure connection", countEn(n, "CPR number", "CPR numbers"), countEn(to, "recipient", "recipients")), true
		}}
}

// pictureWords says that the numbers stand in a picture when all of them do.
func pictureWords(f *Facts) string {
	for i := range f.Findings {
		if f.Findings[i].Category == "national-id" && !f.Findings[i].At.OCR {
			return ""
		}
	}
	return " i et billede"
}

// cprDoubtful: one number of the right form that neither modulus 11 nor a label
// confirms is no reason to stop a mail, but the sender is told; and so is whoever
// labels a number that cannot be one: it may be mistyped and still tell who is meant.
func cprDoubtful() Definition {
	return Definition{ID: "cpr-doubtful", Title: "Muligt CPR-nummer uden sikker forbindelse", Action: Warn,
		Fires: func(_ Site, f *Facts) (string, string, bool) {
			if !f.outgoing() || f.certain() > 0 || len(f.Channel.Unprotected) == 0 {
				return "", "", false
			}
			if f.numbers(detectors.Weak) == 0 {
				return "Et tal, der kaldes et CPR-nummer, men har en umulig dato, til en modtager uden sikker forbindelse. Er det tastet forkert?",
					"A number called a CPR number, but with an impossible date, to a recipient without a secure connection. Is it mistyped?", f.mistyped()
			}
			return "Et tal, der kan være et CPR-nummer, til en modtager uden sikker forbindelse",
				"A number that may be a CPR number to a recipient without a secure connection", true
		}}
}

// fillers are the first six digits of numbers that stand in forms and guides for any.
var fillers = []string{"123456", "000000", "111111", "222222", "333333", "444444", "555555", "666666", "777777", "888888", "999999"}

// mistyped reports whether a labelled number with an impossible date was found that is
// no filler.
func (f *Facts) mistyped() bool {
	return slices.ContainsFunc(f.Findings, func(x detectors.Finding) bool {
		shown := x.Value.String()
		return x.Detector == "cpr-typo" && !slices.ContainsFunc(fillers, func(s string) bool { return strings.HasPrefix(shown, s) })
	})
}

// foreignRecipient: CPR numbers to another country, protected or not (Lolland);
// two people must agree before it goes.
func foreignRecipient() Definition {
	return Definition{ID: "foreign-recipient", Title: "Personoplysninger til udlandet", Action: Hold, Approvers: 2,
		Fires: func(_ Site, f *Facts) (string, string, bool) {
			n := f.certain()
			if !f.outgoing() || len(f.Channel.Foreign) == 0 || n == 0 && f.sensitiveSure() == 0 && !f.handsOver() {
				return "", "", false
			}
			n = max(1, n)
			return fmt.Sprintf("Oplysninger om %s til en modtager i udlandet; kræver godkendelse af to personer", countDa(n, "borger", "borgere")),
				fmt.Sprintf("Data on %s to a recipient abroad; two people must approve", countEn(n, "citizen", "citizens")), true
		},
		Softer: func(site Site, f *Facts) bool {
			return f.certain() == 0 && !f.handsOver() && !f.casePaper(site, abroadGroups, 1) && allWeak(f.parties(site).Told(abroadGroups))
		}}
}

// handsOver reports whether a mail hands over the case of somebody who is none of those it
// goes to or comes from.
func (f *Facts) handsOver() bool {
	if f.Doc.Mail == nil {
		return false
	}
	_, ok := handover.Of(f.Doc, func(n subject.Name) bool {
		return slices.ContainsFunc(slices.Concat(f.Doc.Mail.From, f.Doc.Mail.To), func(a document.Address) bool {
			local, _, _ := strings.Cut(a.Mail, "@")
			return n.In(local) || subject.NewName(a.Name).SameLoosely(n)
		})
	})
	return ok
}

// uninspectable: what could not be read is named, never taken for clean.
func uninspectable() Definition {
	return Definition{ID: "uninspectable", Title: "Indhold, der ikke kunne læses", Action: Warn,
		Fires: func(_ Site, f *Facts) (string, string, bool) {
			if len(f.Gaps) == 0 || f.outgoing() && len(f.Channel.External) == 0 {
				return "", "", false
			}
			return fmt.Sprintf("%s kunne ikke læses: %s", countDa(len(f.Gaps), "del", "dele"), reasonsDa(f.Gaps)),
				fmt.Sprintf("%s could not be read", countEn(len(f.Gaps), "part", "parts")), true
		}}
}

// fileFindings: a file at rest with findings is reported: numbers, or else the case of
// somebody by name.
func fileFindings() Definition {
	return Definition{ID: "file-findings", Title: "Fil med personoplysninger", Action: Warn,
		Fires: func(site Site, f *Facts) (string, string, bool) {
			n := f.numbers(detectors.Medium)
			if f.Kind != "file" || f.Public {
				return "", "", false
			}
			if n == 0 {
				who, ok := f.parties(site).Case(caseGroups, clearStems)
				return "Følsomme oplysninger om " + who + " i en fil", "Sensitive data on " + who + " in a file", ok
			}
			return countDa(n, "CPR-nummer", "CPR-numre") + " i en fil", countEn(n, "CPR number", "CPR numbers") + " in a file", true
		}}
}

// publicExposure: CPR numbers in a folder that is published are always reported.
func publicExposure() Definition {
	return Definition{ID: "public-exposure", Title: "Personoplysninger i en offentlig mappe", Action: Warn,
		Fires: func(_ Site, f *Facts) (string, string, bool) {
			n := f.numbers(detectors.Medium)
			if f.Kind != "file" || !f.Public || n == 0 && f.sensitiveSure() == 0 {
				return "", "", false
			}
			if n == 0 {
				return "Følsomme oplysninger om en person i en mappe, der er offentligt tilgængelig",
					"Sensitive data on a person in a published folder", true
			}
			return countDa(n, "CPR-nummer", "CPR-numre") + " i en mappe, der er offentligt tilgængelig",
				countEn(n, "CPR number", "CPR numbers") + " in a published folder", true
		}}
}

func countDa(n int, one, many string) string { return countEn(n, one, many) }

func countEn(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// ReasonDa is a gap's reason in Danish.
func ReasonDa(r document.Reason) string {
	words := map[document.Reason]string{
		document.Encrypted: "krypteret", document.Damaged: "beskadiget", document.TooBig: "for stor",
		document.TooDeep: "for mange lag", document.TooMany: "for mange dele", document.UnknownType: "ukendt filtype",
		document.OutOfTime: "tiden slap op", document.NoEngine: "tekstgenkendelse mangler", document.Crashed: "læseren gik ned",
		document.NoText: "ingen læsbar tekst",
	}
	if w, ok := words[r]; ok {
		return w
	}
	return string(r)
}

func reasonsDa(gaps []document.Gap) string {
	var out []string
	for _, g := range gaps {
		if w := ReasonDa(g.Why); !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}
