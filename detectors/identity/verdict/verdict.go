// Package verdict judges a candidate for a CPR number: by its digits, how it is written,
// what touches it, and what the words, the column and the list it stands in call it.
package verdict

import (
	"strings"

	"brevvagt/detectors"
	"brevvagt/detectors/identity/digits"
	"brevvagt/detectors/identity/label"
	"brevvagt/detectors/identity/number"
)

// Verdict is what was made of a candidate. The names are those of the vectors in
// testdata/cpr.
type Verdict string

// The verdicts. The ones that begin with NOT_ are refusals, named for explanation.
const (
	Strong        Verdict = "CPR_STRONG"         // date and modulus 11
	ExceptionDate Verdict = "CPR_EXCEPTION_DATE" // fails modulus 11 on a listed date
	NoMod11       Verdict = "CPR_NO_MOD11"       // fails modulus 11, but a label or the form 6-4
	Known         Verdict = "CPR_KNOWN"          // a citizen whom the site knows
	Replacement   Verdict = "CPR_REPLACEMENT"    // the day raised by 60
	ECPRX         Verdict = "ECPR_X"             // national replacement number of the health service
	ECPRD         Verdict = "ECPR_D"             // decentral one
	Test          Verdict = "CPR_TEST"           // a published test number
	Masked        Verdict = "CPR_MASKED"         // date of birth kept, serial masked
	Typo          Verdict = "NOT_CPR_TYPO"       // labelled, but no such date
	Future        Verdict = "NOT_CPR_FUTURE"     // born after the day of judgement
	Old           Verdict = "NOT_CPR_OLD"        // born more than 120 years before, unlabelled
	Labelled      Verdict = "NOT_CPR_LABEL"      // another kind of number by its label
	WeakRun       Verdict = "NOT_CPR_WEAK"       // ten digits with a date and nothing else
	Placeholder   Verdict = "PLACEHOLDER"        // template residue
	NotCPR        Verdict = "NOT_CPR"
)

// Reading is one candidate and what was made of it. Its value is in clear: it
// must not leave the detector but as a Span.
type Reading struct {
	Start, End int
	Value      string // ten digits, or "010203xxxx", or "0102031AB4"
	Verdict    Verdict
	Label      string // canonical name of the label that counted, "" if none
	Parted     bool   // written 6-4
	OCR        bool   // letters were read as digits
	Disguised  bool   // letters stand for digits that nobody types so by mistake
	Zero       bool   // a leading zero was restored
	Near       bool   // 1 January of a year of which no such number is known yet
	Person     bool   // a word for a person stands before it
	Doubtful   bool   // its digits agree, but what stands around speaks for another kind
}

// spokenLabel is the label of a number whose parts are each called what they are.
const spokenLabel = "fødselsdato og sidste fire"

// Judge judges the candidates of one text. It lives on the stack of one call.
type Judge struct {
	Text    string
	Heading label.Label // of the segment's column or field
	Rules   *number.Rules
	Today   int
	OCR     bool
	Cell    bool // of a table
	Hidden  bool // a property of the file, which nobody types a date and a time into
	Explain bool // keep readings, refusals among them, in place of spans
	Row     digits.Row
	Table   Table // of the text, read last
	list    list
	Out     []Reading
	Spans   []detectors.Span
}

// Take judges a candidate and keeps the reading. It reports whether the digits
// are used up: a refused candidate may still be part of another.
func (f *Judge) Take(c Candidate) bool {
	if c.Broken && !f.Explain && !f.mayStand(&c) {
		return false // most digits of a text that sum up to ten, before any label is looked for
	}
	lab := f.LabelOf(c.Start, c.End)
	labelled := lab.Kind == label.CPR
	if !f.LeftOpen(&c, labelled && lab.Direct) || !f.rightOpen(&c, labelled) {
		return false
	}
	if c.Broken && (!labelled || !lab.Direct && !f.pairsAnnounced(&c, lab)) {
		return false
	}
	verdict, near := f.climb(&c, lab)
	doubtful := !labelled && verdict == Strong && c.Form == FormRun && lab.Kind != label.Person && label.InAddress(f.Text, c.Start) && !label.PersonPath(f.Text, c.Start)
	doubtful = doubtful || !labelled && verdict == Strong && c.Form == FormRun && lab.Kind == label.None && label.BareID(f.Text, c.Start)
	doubtful = doubtful || !labelled && verdict == Strong && c.Dashed && (lab.Kind == label.Other && lab.Direct && (lab.Name == label.Thing || lab.Name == label.Foreign) && f.Heading.Kind != label.Other || lab.Kind != label.Person && f.Moment(&c))
	if doubtful && f.machineStamp(&c) {
		verdict = Labelled
	}
	r := Reading{Doubtful: doubtful, Start: c.Start, End: c.End, Value: number.ASCII(c.Digits[:]), Verdict: verdict, Parted: c.Form == FormParted && !c.Spoken, Zero: c.Zero, Near: near, OCR: c.Mistyped, Disguised: c.Disguised}
	if labelled {
		r.Label = lab.Name
	}
	r.Person = lab.Kind == label.Person || c.Mistyped && f.NameBefore(c.Start)
	if c.Spoken {
		r.Label = spokenLabel
	}
	if verdict == NoMod11 && !labelled && !r.Person && !c.Spoken {
		born, _, _ := number.BirthOf(&c.Digits)
		r.Person = c.Form == FormParted && (f.bornBeside(&c, born) || f.NameBefore(c.Start))
	}
	if c.Broken && verdict == Typo {
		return false
	}
	switch verdict {
	case Labelled, WeakRun, Old, NotCPR, Placeholder:
		if f.Explain {
			f.Add(r)
		}
		return false
	case Future:
		if labelled || f.Explain {
			f.Add(r)
		}
		return labelled
	}
	f.Add(r)
	return true
}

// pairsAnnounced reports whether five pairs of digits stand behind a colon at the end of
// the words that begin with their label: "Cpr skal I bruge til forsikringen: 22 06 45 70 26".
func (f *Judge) pairsAnnounced(c *Candidate, lab label.Label) bool {
	before := strings.TrimRight(f.Text[max(0, c.Start-label.Window):c.Start], " ")
	line := before[strings.LastIndexByte(before, '\n')+1:]
	return strings.HasSuffix(before, ":") && len(line) > 0 && lab.Name != label.Born && label.MentionsCPR(line) &&
		number.Modulus11(&c.Digits) && EqualPairs(f.Row.Runs[max(0, f.Row.Count-5):f.Row.Count])
}

// mayStand reports whether ten digits hold a date, or are a test number: nothing else is
// read over a gap, whatever stands before it.
func (f *Judge) mayStand(c *Candidate) bool {
	_, _, ok := number.BirthOf(&c.Digits)
	return ok || f.Rules.IsTest(&c.Digits)
}

// spanEvery is how many bytes of a text are thought to hold one number.
const spanEvery = 4 << 10

// Add keeps a reading as what was asked for, a reading or a span.
func (f *Judge) Add(r Reading) {
	if f.Explain {
		f.Out = append(f.Out, r)
		return
	}
	if f.Spans == nil { // a list of persons has one every few lines
		f.Spans = make([]detectors.Span, 0, 1+len(f.Text)/spanEvery)
	}
	f.Spans = append(f.Spans, r.span())
}

// climb climbs the ladder of verdicts.
func (f *Judge) climb(c *Candidate, lab label.Label) (v Verdict, near bool) {
	if f.Rules.IsTest(&c.Digits) {
		return Test, false
	}
	labelled := lab.Kind == label.CPR
	born, raised, ok := number.BirthOf(&c.Digits)
	serial := c.Digits[6] | c.Digits[7] | c.Digits[8] | c.Digits[9]
	switch {
	case c.Digits == [10]byte{}:
		return Placeholder, false
	case !ok || serial == 0 || raised && !labelled && c.Form != FormParted && !(f.Hidden && number.Modulus11(&c.Digits) && !number.Swedish(number.ASCII(c.Digits[:]))) && !f.known(c):
		if labelled && !lab.Carried {
			return Typo, false
		}
		return NotCPR, false
	case f.known(c):
		return Known, false
	case c.Form == FormRun && !(labelled && lab.Direct) && (lab.Name == label.Amount || f.amountAfter(c)):
		return NotCPR, false
	case f.calledOther(c, lab, born) || c.Form == FormRun && !labelled && f.branchBefore(c):
		return Labelled, false
	case lab.Name == label.Clock && c.Form == FormParted && f.clock(c), raised && !labelled && lab.Kind == label.Other && lab.Name == label.Thing:
		return Labelled, false // a day with its time in such a column, the number of a part
	case f.Today > 0 && born.Days() > f.Today:
		return Future, false
	case born.Days() < f.Today-number.OldestYears*10000 && !labelled: // never when today is 0
		return Old, false
	case raised:
		return Replacement, false
	case number.Modulus11(&c.Digits):
		return f.confirmed(c, labelled), false
	case c.Zero && !labelled:
		return WeakRun, false
	}
	listed, near := f.Rules.Exception(born)
	switch {
	case listed:
		return ExceptionDate, false
	case c.Broken && EqualPairs(f.Row.Runs[max(0, f.Row.Count-5):f.Row.Count]):
		return Typo, false
	case labelled || c.Form == FormParted && (lab.Kind == label.Person || !f.Moment(c)) || near:
		return NoMod11, near
	case c.Form == FormRun && lab.Kind != label.Other && !f.clock(c) && (lab.Kind == label.Person && lab.Direct || f.NameBefore(c.Start)):
		return NoMod11, false // directly behind a word for a person or a name
	}
	return WeakRun, false
}

func (f *Judge) known(c *Candidate) bool {
	return f.Rules.Known != nil && f.Rules.Known(number.ASCII(c.Digits[:]))
}

// calledOther reports whether the word before calls the number something else. The form
// 6-4 speaks for a CPR number all the same, since case numbers are built on them, but
// not where the check digit speaks against it and the word is a thing's, or the number
// a small child's.
func (f *Judge) calledOther(c *Candidate, lab label.Label, born number.Birth) bool {
	switch {
	case lab.Kind != label.Other || !lab.Direct || c.Apart: // "løbenr." is a thing's elsewhere
		return false
	case c.Form == FormRun || lab.Name == label.Version:
		return true
	case lab.Name == label.Foreign:
		return !number.Modulus11(&c.Digits)
	case lab.Name == label.Thing:
		return !c.Dashed || !number.Modulus11(&c.Digits)
	}
	return f.Recent(born) && !number.Modulus11(&c.Digits)
}

// Recent reports whether the number would be that of a child of less than three years:
// case numbers begin with the day the case was made, and no such child lacks the check
// digit.
func (f *Judge) Recent(born number.Birth) bool { return f.Today > 0 && born.Days() > f.Today-30000 }

// Moment reports whether date and serial read as a day of the last years with a time
// of that day, or with a second day: "120326-1405", "010126-3112". Read as a number,
// it would be that of somebody of more than ninety years without a check digit, and
// there are none.
func (f *Judge) Moment(c *Candidate) bool {
	if f.clock(c) {
		return true
	}
	pair := func(i int) int { return int(c.Digits[i])*10 + int(c.Digits[i+1]) }
	from, until := number.Birth{Year: 2000 + pair(4), Month: pair(2), Day: pair(0)}, number.Birth{Year: 2000 + pair(4), Month: pair(8), Day: pair(6)}
	return from.Exists() && until.Exists() && from.Days() <= until.Days() && until.Days() <= f.Today+10000 && from.Days() > f.Today-100000
}

// clock reports whether the digits read as a time of the last ten years, the day
// first or the year.
func (f *Judge) clock(c *Candidate) bool {
	pair := func(i int) int { return int(c.Digits[i])*10 + int(c.Digits[i+1]) }
	if pair(6) > 23 || pair(8) > 59 {
		return false
	}
	for _, day := range [...]number.Birth{{Year: 2000 + pair(0), Month: pair(2), Day: pair(4)}, {Year: 2000 + pair(4), Month: pair(2), Day: pair(0)}} {
		if day.Exists() && day.Days() <= f.Today+10000 && day.Days() > f.Today-100000 {
			return true
		}
	}
	return false
}

// confirmed weighs a check digit that agrees. One time stamp in eleven has one
// too: in the name of a log or scan it counts as what it looks like.
func (f *Judge) confirmed(c *Candidate, labelled bool) Verdict {
	if c.Form == FormRun && !labelled && f.machineStamp(c) {
		return Labelled
	}
	return Strong
}

// fileName reports whether the number is a file's whole name: "031126-0200.zip".
func (f *Judge) fileName(c *Candidate) bool {
	rest := strings.ToLower(f.Text[c.End:min(len(f.Text), c.End+5)])
	for _, ext := range [...]string{".zip", ".log", ".jpg", ".jpe", ".png", ".wav", ".mp4", ".mp3", ".csv", ".bak", ".mov", ".heic"} {
		if strings.HasPrefix(rest, ext) {
			return true
		}
	}
	return false
}

// machineStamp reports whether the digits read as yyMMddHHmm of the last ten years
// behind a word like "log" or "scan" in a file name, before the level of a log
// line, or with another time of the same month in the text.
func (f *Judge) machineStamp(c *Candidate) bool {
	if c.Dashed && f.Moment(c) && (f.logged(c) || f.fileName(c)) || f.clock(c) && f.fileName(c) {
		return true
	}
	if c.End-c.Start != 10 {
		return false
	}
	pair := func(i int) int { return int(c.Digits[i])*10 + int(c.Digits[i+1]) }
	stamp := number.Birth{Year: 2000 + pair(0), Month: pair(2), Day: pair(4)}
	return stamp.Exists() && pair(6) < 24 && pair(8) < 60 &&
		stamp.Days() <= f.Today+10000 && stamp.Days() > f.Today-100000 && f.logged(c)
}

func (f *Judge) logged(c *Candidate) bool {
	if c.Start > 0 && (f.Text[c.Start-1] == '_' || f.Text[c.Start-1] == '-') {
		word := strings.ToLower(f.Text[max(0, c.Start-8) : c.Start-1])
		for _, w := range []string{"log", "scan", "img", "backup", "dump", "export", "fax"} {
			if strings.HasSuffix(word, w) {
				return true
			}
		}
	}
	behind := strings.TrimLeft(f.Text[c.End:min(len(f.Text), c.End+16)], " \t:;|[]")
	for _, level := range []string{"ERROR", "WARN", "INFO", "DEBUG", "FATAL", "TRACE"} {
		if strings.HasPrefix(behind, level) {
			return true
		}
	}
	near := f.Text[max(0, c.Start-200):min(len(f.Text), c.End+200)]
	return strings.Count(near, f.Text[c.Start:c.Start+4]) > 1
}
