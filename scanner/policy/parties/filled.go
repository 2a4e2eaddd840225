package parties

import (
	"strings"

	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/scanner/policy/wording"
)

// This file looks at the master data that a mail's own text holds, "Navn: ..." with a
// date of birth or an address below: a receipt or answer filled in with another's.

// filledReach is how far behind a name its master data may stand, in bytes.
const filledReach = 160

// filledIn are the people of whom the mail's own text holds master data, as a form does,
// and who are neither a reader nor known to a reader.
func (it *Item) filledIn() []Odd {
	if it.Doc.Mail == nil || len(it.External) != 1 {
		return nil
	}
	var out []Odd
	for i := range it.Subjects {
		s := &it.Subjects[i]
		if s.Role != subject.About || !s.Name.Full() || len(out) == maxTold {
			continue
		}
		for _, at := range s.Where {
			born, home, year := it.masterData(at)
			if at.Role != subject.About || !born && !home {
				continue
			}
			r := it.readers()
			if !r.citizen() || it.knows(s.Name, r) || it.couple() || it.spokenBefore(at, s.Name) {
				break
			}
			child := it.ofChild(at) || it.Sent.Year()-year < 18 && year > 0
			if child && r.family || !born && it.introducesStaff(at) {
				break // the reader's own, by another name, or who is to help
			}
			out = append(out, Odd{Who: s.Name.String(), Person: i, At: at, Form: true,
				Weak: !born || child || r.family || !r.sure || !r.private && !r.spokenTo})
			break
		}
	}
	return out
}

// masterData tells whether the lines below a name in the mail's own text hold a date of
// birth or an address, and the year of birth, 0 if unknown.
func (it *Item) masterData(at subject.Occurrence) (born, home bool, year int) {
	if at.Segment < 0 || at.Segment >= len(it.Doc.Segments) || !it.bundle().own(at.Path) {
		return false, false, 0
	}
	s := &it.Doc.Segments[at.Segment]
	if s.At.Layer != document.Visible && s.At.Layer != "" || at.Start > at.End || at.End > len(s.Text) {
		return false, false, 0
	}
	below := strings.ToLower(s.Text[at.End:min(len(s.Text), at.End+filledReach)])
	for line := range strings.Lines(strings.TrimLeft(below, "\r\n")) {
		label, value, ok := strings.Cut(line, ":")
		if !ok {
			break // the block ends
		}
		if !strings.ContainsAny(value, "0123456789") {
			continue
		}
		switch label = strings.TrimSpace(label); {
		case strings.HasPrefix(label, "født"), strings.HasPrefix(label, "fødselsda"), strings.HasPrefix(label, "cpr"), strings.HasPrefix(label, "personn"):
			born, year = true, birthYear(value)
		case strings.HasPrefix(label, "adresse"), strings.HasPrefix(label, "bopæl"):
			home = true
		}
	}
	return born, home, year
}

// introducing are words of a mail that tells its reader who will help.
var introducing = []string{"din nye", "dit nye", "kontakt", "vejleder", "behandler", "konsulent", "rådgiver", "hjælper", "udlejer", "sælger", "håndværker", "leverandør", "læge"}

// introducesStaff reports whether the mail says before some master data that it is that
// of somebody who works for the reader.
func (it *Item) introducesStaff(at subject.Occurrence) bool {
	return hasAny(strings.ToLower(it.textBefore(at)), introducing)
}

// birthYear is the year with which a date ends, written with four figures; 0 for none.
func birthYear(date string) int {
	for i := 0; i+4 <= len(date); i++ {
		if c := date[i : i+2]; (c == "19" || c == "20") && strings.Trim(date[i:i+4], "0123456789") == "" && (i+4 == len(date) || date[i+4] < '0' || date[i+4] > '9') {
			return int(date[i]-'0')*1000 + int(date[i+1]-'0')*100 + int(date[i+2]-'0')*10 + int(date[i+3]-'0')
		}
	}
	return 0
}

// textBefore is what the mail's own text says before a place.
func (it *Item) textBefore(at subject.Occurrence) string {
	var b strings.Builder
	own := it.bundle()
	for i := range it.Doc.Segments[:at.Segment] {
		if s := &it.Doc.Segments[i]; b.Len() < maxSaid && s.At.Path == at.Path && s.At.Layer != document.Header && own.said(s) {
			b.WriteString(s.Text)
			b.WriteByte('\n')
		}
	}
	b.WriteString(it.Doc.Segments[at.Segment].Text[:at.Start])
	return b.String()
}

// spokenBefore reports whether the mail names somebody before the lines that hold the
// master data: then it says of whom they are.
func (it *Item) spokenBefore(at subject.Occurrence, n subject.Name) bool {
	text := it.textBefore(at)
	var t subject.Text
	t.Add(text)
	return n.FirstIn(&t) || wording.Ties(strings.ToLower(text), relations)
}
