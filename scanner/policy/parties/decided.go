package parties

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/scanner/policy/wording"
)

// This file finds a citizen who was left in the sentences of a letter to another: the
// decision is told of somebody in the third person.

// toldThere is a person of whom a letter speaks.
type toldThere struct {
	name             subject.Name
	count            int
	decided, weighed bool // of whom a decision is told, or what one is made from
	known            bool // by work, by kin or by what the reader has to do with them
}

// decidedOfAnother finds somebody, neither a reader nor tied to one, of whom the mail's own
// text tells a decision.
func (it *Item) decidedOfAnother() (Odd, bool) {
	if it.Doc.Mail == nil || len(it.External) != 1 {
		return Odd{}, false
	}
	// The address is looked at first: it costs less than the text, and mostly tells nobody.
	if _, _, ok := it.boxName(it.External[0]); !ok && it.ownerIs(it.External[0], subject.Name{}) == unknown {
		return Odd{}, false
	}
	text := it.bodyText()
	if !wording.Decides(text) {
		return Odd{}, false
	}
	r := it.readers()
	if !r.citizen() || !it.speaksTo() && !strings.Contains(text, "i har ") && !strings.Contains(text, "jeres ") {
		return Odd{}, false
	}
	var people []toldThere
	var toReader subject.Text // the sentences that speak to the reader
	own := it.bundle()
	for i := range it.Doc.Segments {
		s := &it.Doc.Segments[i]
		if !own.said(s) || s.At.Layer == document.Header {
			continue
		}
		text := s.Text[:min(len(s.Text), maxSaid)]
		if k := closing(text); k >= 0 {
			text = text[:k]
		}
		text = strings.ToValidUTF8(text, "?")
		for _, f := range subject.PeopleIn(text) {
			if greeting(text, f) || len(people) == maxTold || r.is(f.Name) || r.akin(f.Name) || it.staff(f.Name) {
				continue
			}
			people = tellOf(people, text, f)
		}
		for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '.' }) {
			if speaksToReader(line) {
				toReader.Add(line)
			}
		}
	}
	for _, p := range people {
		if p.known || !p.decided || !p.weighed && p.count < 2 || !p.name.Common() && p.count < 2 || p.name.FirstIn(&toReader) {
			continue
		}
		family := hasAny(text[:guidance(text)], relations)
		return it.somebody("", p.name, family || !r.sure), true
	}
	return Odd{}, false
}

// tellOf adds what the sentence around a name says of its bearer.
func tellOf(people []toldThere, text string, f subject.Found) []toldThere {
	i := slices.IndexFunc(people, func(p toldThere) bool { return p.name.SameLoosely(f.Name) })
	if i < 0 {
		i, people = len(people), append(people, toldThere{name: f.Name})
	}
	low, high := saidOf(text, f)
	said := strings.ToLower(text[low:high])
	p := &people[i]
	p.count++
	p.decided = p.decided || wording.Decides(said)
	p.weighed = p.weighed || hasAny(said, wording.Weighed)
	p.known = p.known || wording.ByPost(text[low:f.Start], text[f.End:]) || speaksToReader(said)
	return people
}

// saidOf gives the bounds of the sentence around a name, past the full stops of abbreviations
// ("12.000 kr. om året"), and of the next where it goes on with "hun" or "han".
func saidOf(text string, f subject.Found) (low, high int) {
	low, high = sentence(text, f.Start, f.End)
	for high+2 < len(text) && text[high] == '.' && text[high+1] == ' ' && high-low < 2*maxSentence {
		word, _, _ := strings.Cut(text[high+2:], " ")
		if first, _ := utf8.DecodeRuneInString(word); !unicode.IsLower(first) && word != "Hun" && word != "Han" {
			break
		}
		_, high = sentence(text, high+1, high+2)
	}
	return low, high
}

// speaksToReader reports whether a sentence speaks to the reader, one or several.
func speaksToReader(said string) bool {
	return slices.ContainsFunc(strings.Fields(strings.ToLower(said)), func(w string) bool {
		w = strings.Trim(w, ".,;:!?()")
		return you[w] || w == "jeres" || w == "jer"
	})
}

// guidance is where a letter's general guidance begins: what it says of relatives and of
// powers of attorney is said to everybody.
func guidance(text string) int {
	at := len(text)
	for _, mark := range []string{"klagevejledning", "sådan klager", "du kan klage", "sådan behandler vi", "hvis du er uenig"} {
		if k := strings.Index(text, mark); k >= 0 && k < at {
			at = k
		}
	}
	return at
}

// introduced reports whether the mail's own text says of somebody that the municipality
// employs them for the reader.
func (it *Item) introduced(n subject.Name) bool {
	if it.byWork == nil {
		list := it.findIntroduced()
		it.byWork = &list
	}
	return slices.ContainsFunc(*it.byWork, func(w subject.Name) bool { return w.SameLoosely(n) })
}

func (it *Item) findIntroduced() (list []subject.Name) {
	own := it.bundle()
	room := maxSaid
	for i := range it.Doc.Segments {
		s := &it.Doc.Segments[i]
		if !own.said(s) || s.At.Layer == document.Header || room <= 0 {
			continue
		}
		text := strings.ToValidUTF8(s.Text[:min(len(s.Text), room)], "?")
		room -= len(text)
		low := inPlace(text)
		if !wording.MayIntroduce(low) {
			continue
		}
		for _, f := range subject.PeopleIn(text) {
			if len(list) < maxTold && wording.ByWork(low, f.Start, f.End) {
				list = append(list, f.Name)
			}
		}
	}
	return list
}

// inPlace is a valid text in small letters, each in as many bytes as before, so that places
// in one are places in the other: the few whose small letter is shorter or longer, such as
// "İ", stay.
func inPlace(text string) string {
	if low := strings.ToLower(text); len(low) == len(text) {
		return low
	}
	return strings.Map(func(r rune) rune {
		if low := unicode.ToLower(r); utf8.RuneLen(low) == utf8.RuneLen(r) {
			return low
		}
		return r
	}, text)
}
