// Package group finds people of whom nothing is said but that they stand on a list, and
// the list is one of citizens with a matter: "Borgere i alkoholbehandling:" above names,
// or a column "Beboer" in the sheet "Krisecenter". That they are on it is what it tells.
//
// A list of those who work with such matters, teach them or have signed up for a talk
// tells nothing of the kind.
package group

import (
	"strings"

	"brevvagt/document"
	"brevvagt/internal/needle"
)

// Limits of one document.
const (
	maxNamed   = 50  // people found
	maxHeading = 200 // bytes of a heading
	linesAbove = 3   // lines above a list that may be its heading
	leastNamed = 2   // names that make a list
)

// Words is what of the lexicon a list is asked for.
type Words struct {
	// Matter gives the group and stem of a matter that a heading names, weak ones too
	// where the column says that its people are citizens; group is "" for none.
	Matter func(heading string, weak bool) (group, stem string)
	// Name reports whether a text is a person's name and nothing else.
	Name func(text string) bool
}

// Named is somebody on such a list.
type Named struct {
	Segment, Start, End int
	Group, Stem         string
}

// citizens are words for those a municipality has a case about, in the plural or in what
// a column is called.
var citizens = needle.New([]string{"borgere", "borgerne", "beboere", "beboerne", "patienter", "patienterne", "klienter", "klienterne", "brugere", "brugerne", "elever", "eleverne", "børn", "børnene", "unge", "familier", "familierne",
	"kvinder", "kvinderne", "mænd", "mændene", "personer", "personerne", "modtagere", "modtagerne", "anbragte", "indsatte", "flygtninge", "ledige", "sygemeldte", "ansøgere", "ansøgerne"})

// columns are what a column of such people is called, one by one.
var columns = []string{"borger", "beboer", "patient", "klient", "elev", "barn", "ansøger", "bruger"}

// staffed are words of a heading whose list is of those who work there, speak or meet.
var staffed = needle.New([]string{"medarbejder", "ansat", "frivillig", "kontaktperson", "oplægsholder", "underviser", "medlem", "kursus", "kurser", "foredrag", "konsulent", "udvalg", "rådet", "temadag", "bestyrelse", "vagtplan", "personale",
	"arbejdsgruppe", "styregruppe", "projektgruppe", "kolleg", "leder", "tilmeldt", "deltagerliste", "sagsbehandler", "rådgiver", "praktik", "workshop", "netværk", "instruktør", "konference", "seminar", "redaktion", "kunstner", "koncert", "forening", "mentor", "tolk", "underskrift"})

// list is a run of names under one heading.
type list struct {
	heading string
	citizen bool // by what the column is called
	names   []Named
}

// Listed finds the people on lists of citizens with a matter.
func Listed(doc *document.Document, w Words) []Named {
	var out []Named
	subject := ""
	for i := range doc.Segments {
		if s := &doc.Segments[i]; s.At.Layer == document.Header && s.Label == "Subject" {
			subject = s.Text
			break
		}
	}
	for _, l := range append(lines(doc, w), tables(doc, w)...) {
		group, stem := l.matter(doc, subject, w)
		if group == "" {
			continue
		}
		for _, n := range l.names {
			if n.Group, n.Stem = group, stem; len(out) < maxNamed {
				out = append(out, n)
			}
		}
	}
	return out
}

// matter is what the list's heading names; where the heading has the citizens alone, what
// the file, the sheet or the mail is called.
func (l *list) matter(doc *document.Document, subject string, w Words) (group, stem string) {
	heading := strings.ToLower(l.heading)
	if staffed.In(heading) || !l.citizen && !citizens.In(heading) {
		return "", ""
	}
	at := &doc.Segments[l.names[0].Segment].At
	sheet, _, _ := strings.Cut(at.Cell, "!")
	for _, said := range []string{l.heading, sheet, at.Path[strings.LastIndexByte(at.Path, '/')+1:], subject} {
		if staffed.In(strings.ToLower(said)) {
			return "", ""
		}
		if group, stem = w.Matter(said, l.citizen); group != "" {
			return group, stem
		}
	}
	return "", ""
}
