// Package handover finds by their words the mails that hand over a citizen's case: "akten
// om Testperson Eksempel", "the file on", "die Akte von". In the languages of those to whom
// a Danish municipality hands one over no single word needs to be sensitive.
package handover

import (
	"strings"

	"brevvagt/detectors/subject"
	"brevvagt/document"
)

// maxText is how much of each text of a mail is read, in bytes, and reach how far before
// a name the word for the case may begin.
const (
	maxText = 32 << 10
	reach   = 48
)

// files are words for a case and its papers; links stand between them and whose they are.
var (
	files = words(`sag sagen sager sagerne sagsakter sagsakterne akt akten akter akterne journal journalen journaler underretning underretningen underretninger handleplan børnesag børnesagen papirerne
		sak saken saker sakene barnevernssak barnevernssaken mappe mappen papirene bekymringsmelding bekymringsmeldingen undersøkelsen
		ärende ärendet ärenden akterna orosanmälan utredningen journalen
		akte akten fallakte fall unterlagen gefährdungsmeldung jugendhilfeakte
		file files record records case cases referral`)
	links = words("om på til for vedr vedrørende av ang angående gällande rörande avseende mellom von über zu betreffend on of concerning regarding about")
)

func words(list string) map[string]bool {
	out := make(map[string]bool)
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}

// Of is whose case a mail hands over in its own text or subject, or in the name of a file,
// of whom skip does not say that it is a reader or who works with it.
func Of(doc *document.Document, skip func(subject.Name) bool) (subject.Name, bool) {
	for i := range doc.Segments {
		s := &doc.Segments[i]
		switch s.At.Layer {
		case document.Visible, document.Metadata:
		case document.Header:
			if s.Label != "Subject" {
				continue
			}
		default:
			continue
		}
		text := strings.ToValidUTF8(s.Text[:min(len(s.Text), maxText)], "?")
		for _, f := range append(subject.PeopleIn(text), subject.HoldersIn(text)...) {
			if f.Name.Full() && handed(text[max(0, f.Start-reach):f.Start]) && !skip(f.Name) {
				return f.Name, true
			}
		}
	}
	return subject.Name{}, false
}

// handed reports whether a text ends with the word for a case and one that ties it to the
// name behind.
func handed(before string) bool {
	fields := strings.FieldsFunc(strings.ToLower(before), func(r rune) bool { return strings.ContainsRune(" \t\n.,:;()\"", r) })
	n := len(fields)
	return n > 1 && links[fields[n-1]] && (files[fields[n-2]] || n > 2 && links[fields[n-2]] && files[fields[n-3]])
}
