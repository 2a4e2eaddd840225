package said

import (
	"regexp"
	"strings"

	"brevvagt/detectors"
	"brevvagt/detectors/identity/label"
	"brevvagt/detectors/identity/number"
	"brevvagt/detectors/identity/verdict"
	"brevvagt/document"
	"brevvagt/internal/columns"
)

// This file reads the numbers whose halves stand in two texts of one file: the date of
// birth in the subject and the last four digits in the body, or one in what is answered
// and the other in the answer.

const (
	maxCalls    = 20       // serials of a document that are looked at
	maxRead     = 16 << 10 // bytes of a document's texts, from its beginning, read for them
	acrossReach = 40       // segments looked at on either side of one for the other half
	maxAcross   = 400      // bytes of a text in which the date is looked for, from its beginning
	restBefore  = 24       // bytes from "resten" to the "cpr" of which it is
	callBefore  = 40       // bytes looked at before the words that call a serial what it is
	callBehind  = 120      // and behind them
)

// call is four digits that are called the end of a number, and where they stand.
type call struct {
	segment, start, end int
	four                [4]byte
	named               bool // by the label of its text alone: the check digit must agree
}

// Across puts each serial whose date no text of its own holds together with a date of
// another. Date and check digit must agree, or the date be called one of birth.
func Across(r *number.Rules, doc *document.Document, env detectors.Env) []detectors.Placed {
	var out []detectors.Placed
	for _, c := range calls(doc) {
		f := Reader{Judge: verdict.Judge{Text: doc.Segments[c.segment].Text, Rules: r, Today: number.DaysOf(env.AsOf)}, Spoken: true}
		f.ReadSpoken()
		if len(f.Spans) == 0 {
			elsewhere(r, doc, c, &f)
		}
		for _, sp := range f.Spans {
			out = append(out, detectors.Placed{Segment: c.segment, Span: sp})
		}
	}
	return out
}

// calls gives the serials of a document. Hardly any text has the words that lead to one.
func calls(doc *document.Document) []call {
	var out []call
	read := 0
	for i := range doc.Segments {
		s := doc.Segments[i].Text
		if read += len(s); read > maxRead || len(out) >= maxCalls {
			break
		}
		if four, width := toldSerial(s); width == len(s) && width == 4 && doc.Segments[i].At.Cell == "" && columns.Serial(doc.Segments[i].Label) {
			out = append(out, call{segment: i, end: width, four: four, named: true})
			continue
		}
		at := callIn(s)
		if at < 0 {
			continue
		}
		low := max(0, at-callBefore)
		near := s[low:min(len(s), at+callBehind)]
		m := detectors.SpokenSerial.FindStringSubmatchIndex(near)
		switch {
		case m == nil:
			out = append(out, answers(doc, i, near)...)
		case !cardWords.MatchString(near[:m[2]]):
			if four, width := toldSerial(s[low+m[2]:]); width > 0 {
				out = append(out, call{segment: i, start: low + m[2], end: low + m[2] + width, four: four})
			}
		}
	}
	return out
}

// callIn gives the place of the first word that may lead to a serial, or -1: the "fire" of
// "sidste fire" and "fire sidste", the "løbe" of "løbenr.". No search begins with a letter
// that is frequent, since that is slow.
func callIn(s string) int {
	for _, four := range [...]string{"fire", "4"} {
		for at := 0; ; {
			n := strings.Index(s[at:], four)
			if n < 0 {
				break
			}
			at += n + len(four)
			if strings.HasSuffix(s[:at-len(four)], "idste ") || strings.HasPrefix(s[at:], " sidste") {
				return at - len(four)
			}
		}
	}
	for at := 0; ; {
		n := strings.Index(s[at:], "øbe")
		if n < 0 {
			return callWithC(s)
		}
		at += n + len("øbe")
		if strings.HasPrefix(strings.TrimLeft(s[at:min(len(s), at+4)], " -"), "n") {
			return at - len("øbe")
		}
	}
}

// callWithC is callIn for "kontrolcifrene", "cpr-nummeret slutter på" and "resten af cpr".
func callWithC(s string) int {
	for _, c := range [...]byte{'c', 'C'} {
		for at := 0; ; at++ {
			n := strings.IndexByte(s[at:], c)
			if n < 0 {
				break
			}
			at += n
			rest := s[at:min(len(s), at+callBefore)]
			switch {
			case strings.HasPrefix(rest, "cifre"):
				if strings.HasSuffix(s[:at], "ontrol") {
					return at
				}
			case len(rest) > 3 && strings.EqualFold(rest[:3], "cpr"):
				if strings.Contains(rest, "slutter") || strings.Contains(rest, "ender") || strings.Contains(s[max(0, at-restBefore):at], "esten ") {
					return at
				}
			}
		}
	}
	return -1
}

// asks are the words that ask for the end of a number and give none.
var asks = regexp.MustCompile(`(?i)(?:sidste|de)\s+(?:4|fire)|(?:4|fire)\s+sidste|l(?:ø|oe)be\s?-?\s?n(?:umme)?r|l(?:ø|oe)benummeret`)

// lacks are the words of one who asks without a question mark.
var lacks = regexp.MustCompile(`(?i)(?:mangler|oplys|send|skal bruge)[^.?!\n]{0,40}(?:(?:4|fire)\s+sidste|sidste\s+(?:4|fire)|l(?:ø|oe)benummeret)(?:\s+(?:cifre|tal)(?:ne|lene)?)?(?:\s*[.!,:;\n]|\s+(?:i|af|for at|så)\s|\s*$)`)

// answers gives the texts near a question for the last four digits that begin with a line
// of four digits and nothing else.
func answers(doc *document.Document, question int, near string) []call {
	if !strings.Contains(near, "?") && !lacks.MatchString(near) || !asks.MatchString(near) || cardWords.MatchString(near) {
		return nil
	}
	var out []call
	for i := max(0, question-acrossReach/4); i < min(len(doc.Segments), question+acrossReach/4); i++ {
		s := doc.Segments[i].Text
		line, _, _ := strings.Cut(s, "\n")
		if i == question || len(line) > maxJoin || doc.Segments[i].At.Path != doc.Segments[question].At.Path {
			continue
		}
		if four, width := toldSerial(line); width > 0 && strings.Trim(line[width:], " .!:;-)\r") == "" {
			out = append(out, call{segment: i, end: width, four: four})
		}
	}
	return out
}

// elsewhere judges the serial with the dates of the texts around its own, and of the
// subject, until one makes a number.
func elsewhere(r *number.Rules, doc *document.Document, c call, f *Reader) {
	for i := range doc.Segments {
		seg := &doc.Segments[i]
		subject := seg.Label == "Subject"
		if i == c.segment || seg.At.Path != doc.Segments[c.segment].At.Path || !subject && (i < c.segment-acrossReach || i > c.segment+acrossReach) {
			continue
		}
		if c.named && (i < c.segment-nearLabel || i > c.segment+nearLabel) {
			continue
		}
		text := seg.Text[:min(len(seg.Text), maxAcross)]
		if !strings.ContainsAny(text, "0123456789") {
			continue
		}
		if n, ok := birthField(seg, c.four); ok && (!c.named || number.Modulus11(&n.Digits)) {
			n.Start, n.End = c.start, c.end
			f.Take(n)
			return
		}
		other := Reader{Judge: verdict.Judge{Text: text, Rules: r, Today: f.Today}}
		for _, m := range verdict.SpokenDate.FindAllStringSubmatchIndex(text, -1) {
			if n, ok := other.SpokenNumber(0, m, c.four); ok && other.persons(&n) && (!c.named || number.Modulus11(&n.Digits)) {
				n.Start, n.End, n.Apart = c.start, c.end, true
				f.Take(n)
				return
			}
		}
	}
}

// nearLabel is how many texts away the date of a serial may stand that only a label calls so.
const nearLabel = 6

// birthField is the number with the date of a field that is called a date of birth and
// holds nothing else: BDAY:19580208.
func birthField(seg *document.Segment, four [4]byte) (c verdict.Candidate, ok bool) {
	if seg.Label == "" || len(seg.Text) < 6 || len(seg.Text) > 25 || !columns.Birth(seg.Label) {
		return c, false
	}
	day, century := columns.Date(seg.Text)
	if len(day) != 6 {
		return c, false
	}
	c = verdict.Candidate{Form: verdict.FormParted, Spoken: true, Apart: true}
	for i := range day {
		c.Digits[i] = day[i] - '0'
	}
	copy(c.Digits[6:], four[:])
	born, raised, ok := number.BirthOf(&c.Digits)
	return c, ok && !raised && (century == "" || number.TwoDigits(born.Year/100) == century)
}

// persons reports whether a date and a serial from another text are somebody's: called a
// date of birth, or with the check digit, of no recent day, and no other number's part.
func (f *Reader) persons(c *verdict.Candidate) bool {
	before := f.Text[max(0, c.Start-birthLabel):c.Start]
	if birthWords.MatchString(before) {
		return true
	}
	born, _, _ := number.BirthOf(&c.Digits)
	lab := label.Before(f.Text, c.Start)
	return number.Modulus11(&c.Digits) && !f.Recent(born) && !f.recentDay(c) && lab.Kind != label.Other && !cardWords.MatchString(before)
}

// recentDay reports whether the date is one of the last three years: a day on which
// something was or is to be.
func (f *Reader) recentDay(c *verdict.Candidate) bool {
	pair := func(i int) int { return int(c.Digits[i])*10 + int(c.Digits[i+1]) }
	day := number.Birth{Year: 2000 + pair(4), Month: pair(2), Day: pair(0)}
	return day.Exists() && f.Today > 0 && day.Days() <= f.Today+10000 && day.Days() > f.Today-30000
}
