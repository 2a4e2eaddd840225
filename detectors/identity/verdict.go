package identity

import (
	"strings"
	"time"

	"brevvagt/detectors"
	"brevvagt/detectors/identity/digits"
	"brevvagt/document"
	"brevvagt/internal/glance"
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

// finder reads one text. It lives on the stack of one call.
type finder struct {
	text    string
	heading label // of the segment's column or field
	rules   *rules
	today   int
	ocr     bool
	cell    bool // of a table
	hidden  bool // a property of the file, which nobody types a date and a time into
	explain bool // keep readings, refusals among them, in place of spans
	spoken  bool // four digits stand behind a word that may call them the end of a number
	signs   signs
	row     digits.Row
	table   table // of the text, read last
	list    list
	out     []Reading
	spans   []detectors.Span
}

// read judges every number in a segment, in order. The result is readings with
// explain and spans without.
func (r *rules) read(seg *document.Segment, asOf time.Time, explain bool) ([]Reading, []detectors.Span) {
	f := finder{text: seg.Text, rules: r, today: daysOf(asOf), ocr: seg.At.OCR, cell: seg.At.Cell != "", hidden: seg.At.Layer == document.Metadata, explain: explain}
	if seg.Label != "" {
		f.heading = headingLabel(seg.Label)
	}
	met := digits.Scan(f.text, &f.row, f.match, f.meetFour, f.meetSign)
	f.readSpoken()
	named := met&glance.CP != 0 && mentionsCPR(f.text)
	rare := met&glance.ONN != 0
	person := rare && len(f.text) > minLabelled && (strings.Contains(f.text, "personn") || strings.Contains(f.text, "Personn"))
	if named || person || rare && saysZero(f.text) {
		f.readSaid()
	}
	if named {
		f.readSaidBehind()
		f.readSpelled()
	}
	f.readFancy()
	if seg.At.OCR || named || person || f.heading.kind == labelCPR {
		f.readOCR()
	}
	f.readMistyped()
	return f.out, f.spans
}

// take judges a candidate and keeps the reading. It reports whether the digits
// are used up: a refused candidate may still be part of another.
func (f *finder) take(c candidate) bool {
	if c.broken && !f.explain && !f.mayStand(&c) {
		return false // most digits of a text that sum up to ten, before any label is looked for
	}
	lab := f.labelOf(c.start, c.end)
	labelled := lab.kind == labelCPR
	if !f.leftOpen(&c, labelled && lab.direct) || !f.rightOpen(&c, labelled) {
		return false
	}
	if c.broken && (!labelled || !lab.direct && !f.pairsAnnounced(&c, lab)) {
		return false
	}
	verdict, near := f.judge(&c, lab)
	doubtful := !labelled && verdict == Strong && c.form == formRun && lab.kind != labelPerson && inAddress(f.text, c.start) && !personPath(f.text, c.start)
	doubtful = doubtful || !labelled && verdict == Strong && c.form == formRun && lab.kind == labelNone && bareID(f.text, c.start)
	doubtful = doubtful || !labelled && verdict == Strong && c.dashed && (lab.kind == labelOther && lab.direct && (lab.name == thing || lab.name == foreign) && f.heading.kind != labelOther || lab.kind != labelPerson && f.moment(&c))
	if doubtful && f.machineStamp(&c) {
		verdict = Labelled
	}
	r := Reading{Doubtful: doubtful, Start: c.start, End: c.end, Value: ascii(c.d[:]), Verdict: verdict, Parted: c.form == formParted && !c.spoken, Zero: c.zero, Near: near, OCR: c.mistyped, Disguised: c.disguised}
	if labelled {
		r.Label = lab.name
	}
	r.Person = lab.kind == labelPerson || c.mistyped && f.nameBefore(c.start)
	if c.spoken {
		r.Label = spokenLabel
	}
	if verdict == NoMod11 && !labelled && !r.Person && !c.spoken {
		born, _, _ := birthOf(&c.d)
		r.Person = c.form == formParted && (f.bornBeside(&c, born) || f.nameBefore(c.start))
	}
	if c.broken && verdict == Typo {
		return false
	}
	switch verdict {
	case Labelled, WeakRun, Old, NotCPR, Placeholder:
		if f.explain {
			f.add(r)
		}
		return false
	case Future:
		if labelled || f.explain {
			f.add(r)
		}
		return labelled
	}
	f.add(r)
	return true
}

// pairsAnnounced reports whether five pairs of digits stand behind a colon at the end of
// the words that begin with their label: "Cpr skal I bruge til forsikringen: 22 06 45 70 26".
func (f *finder) pairsAnnounced(c *candidate, lab label) bool {
	before := strings.TrimRight(f.text[max(0, c.start-labelWindow):c.start], " ")
	line := before[strings.LastIndexByte(before, '\n')+1:]
	return strings.HasSuffix(before, ":") && len(line) > 0 && lab.name != bornLabel && mentionsCPR(line) &&
		modulus11(&c.d) && equalPairs(f.row.Runs[max(0, f.row.Count-5):f.row.Count])
}

// mayStand reports whether ten digits hold a date, or are a test number: nothing else is
// read over a gap, whatever stands before it.
func (f *finder) mayStand(c *candidate) bool {
	_, _, ok := birthOf(&c.d)
	return ok || f.rules.isTest(c)
}

// spanEvery is how many bytes of a text are thought to hold one number.
const spanEvery = 4 << 10

func (f *finder) add(r Reading) {
	if f.explain {
		f.out = append(f.out, r)
		return
	}
	if f.spans == nil { // a list of persons has one every few lines
		f.spans = make([]detectors.Span, 0, 1+len(f.text)/spanEvery)
	}
	f.spans = append(f.spans, r.span())
}

// judge climbs the ladder of verdicts.
func (f *finder) judge(c *candidate, lab label) (v Verdict, near bool) {
	if f.rules.isTest(c) {
		return Test, false
	}
	labelled := lab.kind == labelCPR
	born, raised, ok := birthOf(&c.d)
	serial := c.d[6] | c.d[7] | c.d[8] | c.d[9]
	switch {
	case c.d == [10]byte{}:
		return Placeholder, false
	case !ok || serial == 0 || raised && !labelled && c.form != formParted && !(f.hidden && modulus11(&c.d) && !swedish(ascii(c.d[:]))) && !f.known(c):
		if labelled && !lab.carried {
			return Typo, false
		}
		return NotCPR, false
	case f.known(c):
		return Known, false
	case c.form == formRun && !(labelled && lab.direct) && (lab.name == amount || f.amountAfter(c)):
		return NotCPR, false
	case f.calledOther(c, lab, born) || c.form == formRun && !labelled && f.branchBefore(c):
		return Labelled, false
	case f.today > 0 && born.days() > f.today:
		return Future, false
	case born.days() < f.today-oldestYears*10000 && !labelled: // never when today is 0
		return Old, false
	case raised:
		return Replacement, false
	case modulus11(&c.d):
		return f.confirmed(c, labelled), false
	case c.zero && !labelled:
		return WeakRun, false
	}
	listed, near := f.rules.exception(born)
	switch {
	case listed:
		return ExceptionDate, false
	case c.broken && equalPairs(f.row.Runs[max(0, f.row.Count-5):f.row.Count]):
		return Typo, false
	case labelled || c.form == formParted && (lab.kind == labelPerson || !f.moment(c)) || near:
		return NoMod11, near
	case c.form == formRun && lab.kind != labelOther && !f.clock(c) && (lab.kind == labelPerson && lab.direct || f.nameBefore(c.start)):
		return NoMod11, false // directly behind a word for a person or a name
	}
	return WeakRun, false
}

func (f *finder) known(c *candidate) bool {
	return f.rules.known != nil && f.rules.known(ascii(c.d[:]))
}

// calledOther reports whether the word before calls the number something else. The form
// 6-4 speaks for a CPR number all the same, since case numbers are built on them, but
// not where the check digit speaks against it and the word is a thing's, or the number
// a small child's.
func (f *finder) calledOther(c *candidate, lab label, born birth) bool {
	switch {
	case lab.kind != labelOther || !lab.direct || c.apart: // "løbenr." is a thing's elsewhere
		return false
	case c.form == formRun || lab.name == version:
		return true
	case lab.name == foreign:
		return !modulus11(&c.d)
	case lab.name == thing:
		return !c.dashed || !modulus11(&c.d)
	}
	return f.recent(born) && !modulus11(&c.d)
}

// recent reports whether the number would be that of a child of less than three years:
// case numbers begin with the day the case was made, and no such child lacks the check
// digit.
func (f *finder) recent(born birth) bool { return f.today > 0 && born.days() > f.today-30000 }

// moment reports whether date and serial read as a day of the last years with a time
// of that day, or with a second day: "120326-1405", "010126-3112". Read as a number,
// it would be that of somebody of more than ninety years without a check digit, and
// there are none.
func (f *finder) moment(c *candidate) bool {
	if f.clock(c) {
		return true
	}
	pair := func(i int) int { return int(c.d[i])*10 + int(c.d[i+1]) }
	from, until := birth{2000 + pair(4), pair(2), pair(0)}, birth{2000 + pair(4), pair(8), pair(6)}
	return from.exists() && until.exists() && from.days() <= until.days() && until.days() <= f.today+10000 && from.days() > f.today-100000
}

// clock reports whether the digits read as a time of the last ten years, the day
// first or the year.
func (f *finder) clock(c *candidate) bool {
	pair := func(i int) int { return int(c.d[i])*10 + int(c.d[i+1]) }
	if pair(6) > 23 || pair(8) > 59 {
		return false
	}
	for _, day := range [...]birth{{2000 + pair(0), pair(2), pair(4)}, {2000 + pair(4), pair(2), pair(0)}} {
		if day.exists() && day.days() <= f.today+10000 && day.days() > f.today-100000 {
			return true
		}
	}
	return false
}

// confirmed weighs a check digit that agrees. One time stamp in eleven has one
// too: in the name of a log or scan it counts as what it looks like.
func (f *finder) confirmed(c *candidate, labelled bool) Verdict {
	if c.form == formRun && !labelled && f.machineStamp(c) {
		return Labelled
	}
	return Strong
}

// fileName reports whether the number is a file's whole name: "031126-0200.zip".
func (f *finder) fileName(c *candidate) bool {
	rest := strings.ToLower(f.text[c.end:min(len(f.text), c.end+5)])
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
func (f *finder) machineStamp(c *candidate) bool {
	if c.dashed && f.moment(c) && (f.logged(c) || f.fileName(c)) {
		return true
	}
	if c.end-c.start != 10 {
		return false
	}
	pair := func(i int) int { return int(c.d[i])*10 + int(c.d[i+1]) }
	stamp := birth{2000 + pair(0), pair(2), pair(4)}
	return stamp.exists() && pair(6) < 24 && pair(8) < 60 &&
		stamp.days() <= f.today+10000 && stamp.days() > f.today-100000 && f.logged(c)
}

func (f *finder) logged(c *candidate) bool {
	if c.start > 0 && (f.text[c.start-1] == '_' || f.text[c.start-1] == '-') {
		word := strings.ToLower(f.text[max(0, c.start-8) : c.start-1])
		for _, w := range []string{"log", "scan", "img", "backup", "dump", "export", "fax"} {
			if strings.HasSuffix(word, w) {
				return true
			}
		}
	}
	behind := strings.TrimLeft(f.text[c.end:min(len(f.text), c.end+16)], " \t:;|[]")
	for _, level := range []string{"ERROR", "WARN", "INFO", "DEBUG", "FATAL", "TRACE"} {
		if strings.HasPrefix(behind, level) {
			return true
		}
	}
	near := f.text[max(0, c.start-200):min(len(f.text), c.end+200)]
	return strings.Count(near, f.text[c.start:c.start+4]) > 1
}
