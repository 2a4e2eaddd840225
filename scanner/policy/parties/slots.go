package parties

import (
	"slices"
	"strings"

	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/internal/lower"
)

// This file looks at the slots of a letter that is the reader's own: lines that say by a
// label whom it is about, in its text, boxes, headers and footers. A slot that an earlier
// letter filled tells another citizen by name alone.

// slotLabels are what stands before the colon, or on the line above, where a letter says
// whom it is about; slotTurns begin a line that does so without one.
var (
	slotLabels = labelSet("navn", "fulde navn", "navn og adresse", "borger", "borgerens navn", "borgers navn", "navn på borger", "ansøger", "ansøgers navn", "ansøgerens navn", "navn på ansøger", "modtager", "modtagers navn", "modtagerens navn", "patient", "patientens navn", "klient", "vedr", "vedrørende", "ang", "angående",
		"sagen vedrører", "sagen gælder", "skemaet gælder", "skemaet gælder for", "skemaet vedrører", "gælder for", "gælder", "afgørelse til", "afgørelse vedr", "afgørelse vedrørende", "afgørelse for", "bevilling til", "brev til", "sendt til", "adressat", "sagens part", "skyldner", "debitor", "til")
	slotTurns = []string{"vedr. ", "vedrørende ", "afgørelse vedr. ", "afgørelse vedrørende ", "afgørelse til ", "afgørelse for ", "bevilling til ", "sagen vedrører ", "brev til ", "kære "}
)

func labelSet(labels ...string) map[string]bool {
	m := make(map[string]bool, len(labels))
	for _, l := range labels {
		m[l] = true
	}
	return m
}

// slotOthers are stems that say beside a slot, or in the lines above it, that it is not
// for whom the letter is about: a relative, somebody at work, the other side.
var slotOthers = []string{"ægtefælle", "samlever", "partner", " mor", "mor:", " far", "far:", "søn", "datter", "barn", "børn", "elev", "værge", "forælder", "forældre", "pårørende", "medansøger", "udlejer", "lejer", "ejer", "ejendom", "matr", "fuldm", "arving", "afdød", "dødsbo", "husstand", "nabo", "høring", "modpart", "klager", "læge", "sagsbehandler", "rådgiver", "behandler", "leverandør", "repræsentant", "bisidder", "udarbejdet", "underskr", "kontakt", "terapeut", "stilling", "titel", "bostøtte", "hjælper", "medarbejder", "konsulent", "koordinator", "leder", "sygeplej", "lærer", "pædagog", "mentor", "assistent", "afdeling", "borgerservice", "træffes", "på vegne", "kopi til", "tolk", "vidne", "fond", "legat", "firma", "ref."}

// maxSlot is the longest line that is read as a slot, in bytes.
const maxSlot = 120

// slotAnother finds somebody else in a slot of a letter that is a reader's own by its
// address block.
func (it *Item) slotAnother(p *paper, r *readers) (Odd, bool) {
	l := p.letter
	if l == nil || p.page != 0 || !l.Addressee.Full() || !r.is(l.Addressee) {
		return Odd{}, false
	}
	label, above := "", [2]string{}
	for _, i := range it.bundle().paths[p.path] {
		s := &it.Doc.Segments[i]
		switch s.At.Layer {
		case document.Visible, document.Inserted, document.Header, "":
		default:
			continue
		}
		for line := range strings.SplitSeq(s.Text, "\n") {
			line = strings.TrimSpace(line)
			if line == "" {
				continue
			}
			low := ""
			if len(line) <= maxSlot {
				low = lower.InPlace(line)
			}
			if value, ok := slotValue(line, low, label); ok && !hasAny(above[0]+"\n"+above[1]+"\n"+low, slotOthers) {
				if n, ok := nameAtHead(value); ok && !r.is(n) && !r.akin(n) && !it.staff(n) && !n.Shares(l.Addressee) {
					return it.somebody(p.name(), n, r.family || !r.sure || it.speaksOfName(n)), true
				}
			}
			label = strings.TrimRight(low, ":")
			above[0], above[1] = above[1], low
		}
	}
	return Odd{}, false
}

// slotValue is what stands in a line's slot: behind its label and colon, behind a turn, or
// the line itself below a label.
func slotValue(line, low, above string) (string, bool) {
	if low == "" {
		return "", false
	}
	if head, value, ok := strings.Cut(low, ":"); ok && slotLabels[strings.TrimRight(strings.TrimSpace(head), ".")] {
		return strings.TrimSpace(line[len(line)-len(value):]), true
	}
	for _, turn := range slotTurns {
		if strings.HasPrefix(low, turn) {
			return line[len(turn):], true
		}
	}
	return line, slotLabels[above]
}

// nameAtHead reads the full name with which a slot's value begins: all of it, up to a comma
// or a wider gap.
func nameAtHead(value string) (subject.Name, bool) {
	for _, end := range []string{",", "  ", "\t", " (", " |"} {
		value, _, _ = strings.Cut(value, end)
	}
	n, ok := subject.Named(strings.TrimRight(value, " .:"))
	return n, ok && n.Full() && (n.Common() || slices.ContainsFunc(subject.PeopleIn("om "+value), func(f subject.Found) bool { return f.Name.Same(n) }))
}
