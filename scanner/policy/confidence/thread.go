package confidence

import (
	"slices"
	"strings"

	"brevvagt/detectors/subject"
	"brevvagt/internal/needle"
)

// troubles are stems of what citizens write to a municipality of themselves.
var troubles = []string{"kræft", "kemo", "metasta", "svulst", "angst", "depress", "psyk", "selvmord", "gravid", "abort", "fyret", "opsagt", "afskediget", "sygemeld", "skilt", "skilsmisse", "utro", "gæld", "skylder", "misbrug", "drikker", "alkohol", "stoffer", "indlagt", "diagnose", "operation", "opereret", "behandling", "vold", " slår", " slog", "slået", "krisecent", "kontanthjælp", "førtidspension", "ydelse", "hjemløs", "sat ud", "udsat", "demens", "sklerose", "parkinson", "blodprop", "hjerneskade", "adhd", "autis", "hiv", "anbrag", "fjernet", "dømt", "afson", "fængsel", "arbejdsløs", "medicin", "smerter", "lægen", "lægerne", "min læge", "stress", "sygdom", "inkontinen", "ble ", "selvskade", "spiseforst", "bange for", "truet", "truer"}

// letter is one mail of a thread as it stands in another.
type letter struct {
	from, to string // the rest of the lines "Fra:" and "Til:"
	body     string
}

// thread takes what a mail holds below its own words apart, the newest first.
func thread(said string) []letter {
	var out []letter
	for line := range strings.Lines(said) {
		text := strings.TrimLeft(strings.TrimSpace(line), "> *|")
		text = strings.ReplaceAll(text, "*", "")
		low := strings.ToLower(text)
		if rest, ok := cut(text, "Fra:", "From:", "Afsender:"); ok {
			out = append(out, letter{from: rest})
			continue
		}
		if before, ok := strings.CutSuffix(low, ":"); ok && len(text) < 160 && strings.Contains(before, "skrev ") {
			out = append(out, letter{from: text[strings.Index(low, "skrev ")+6 : len(text)-1]})
			continue
		}
		if len(out) == 0 {
			continue
		}
		l := &out[len(out)-1]
		if rest, ok := cut(text, "Til:", "To:"); ok && l.to == "" && len(l.body) < 200 {
			l.to = rest
			continue
		}
		if len(l.body) < maxText/8 {
			l.body += text + "\n"
		}
	}
	return out
}

func cut(s string, marks ...string) (string, bool) {
	for _, m := range marks {
		if rest, ok := strings.CutPrefix(s, m); ok {
			return strings.TrimSpace(rest), true
		}
	}
	return "", false
}

// person reads the name in a mail's head: without the address, and without what an office adds.
func person(head string) (subject.Name, bool) {
	head, _, _ = strings.Cut(head, "<")
	head, _, _ = strings.Cut(head, "[")
	head, _, _ = strings.Cut(head, ";")
	head = strings.Trim(head, " \"'")
	if back, first, ok := strings.Cut(head, ","); ok && !strings.Contains(first, ",") {
		head = strings.TrimSpace(first) + " " + back
	}
	n, ok := subject.Named(head)
	return n, ok && n.Full()
}

// passedOn are words of a mail that says why its reader sees what another wrote.
var passedOn = []string{"klage", "høring", "indsigelse", "bemærkning", "aktindsigt", "på vegne", "fuldmagt", "værge", "bisidder", "partsrep", "din nabo", "dine nabo", "som aftalt med", "pårørende"}

// families are words by which a mail speaks of the reader's family.
var families = []string{"din mor", "din far", "din mand", "din kone", "din datter", "din søn", "dit barn", "dine børn", "jeres", "din bror", "din søster", "din samlever", "din kæreste"}

// heads stand where a mail below another begins.
var heads = needle.Folded([]string{"fra:", "from:", "skrev "})

// Thread finds another citizen's exchange with us, about an own trouble, below a mail to a
// reader who had no part in it.
func (m *Mail) Thread() (Told, bool) {
	for _, t := range m.texts(heads, func(low string) bool { return hasAny(low, troubles) }) {
		above := t.low
		if k := strings.Index(t.low, "fra:"); k >= 0 {
			above = t.low[:k]
		}
		if hasAny(above, passedOn) {
			continue
		}
		for _, l := range thread(t.said) {
			if m.takesPart(&l) {
				break // below it stands what the reader had already
			}
			if n, ok := m.ofAnother(&l); ok {
				return Told{Path: t.path, Who: n.String(), Weak: m.kin(n) || hasAny(above, families)}, true
			}
		}
	}
	return Told{}, false
}

// takesPart reports whether a reader wrote or got a mail.
func (m *Mail) takesPart(l *letter) bool {
	heads := strings.ToLower(l.from + " " + l.to)
	for _, a := range m.External {
		if strings.Contains(heads, a) {
			return true
		}
	}
	for _, h := range []string{l.from, l.to} {
		if n, ok := person(h); ok && m.reads(n) {
			return true
		}
	}
	return false
}

// ofAnother is the citizen who writes of an own trouble, or is written to about it.
func (m *Mail) ofAnother(l *letter) (subject.Name, bool) {
	if n, ok := person(l.from); ok && !m.known(n) && !within(l.from, m.Internal) && tells(l.body, firstPerson, 2) && !m.ofReader(l.body) {
		return n, true
	}
	n, ok := person(l.to)
	if !ok || within(l.to, m.Internal) {
		return subject.Name{}, false
	}
	greets := strings.Contains(l.body, "Kære "+l.to) || n.Full() && greeted(l.body, n)
	if !m.known(n) && greets && tells(l.body, toReader, 1) {
		return n, true
	}
	return subject.Name{}, false
}

// ofReader reports whether a mail names a reader: a colleague may have written it of the reader.
func (m *Mail) ofReader(body string) bool {
	return slices.ContainsFunc(subject.NamesIn(body, true), func(f subject.Found) bool { return m.reads(f.Name) })
}

// known reports whether somebody has a part in the mail by itself.
func (m *Mail) known(n subject.Name) bool {
	reads, _, _, spoken := m.Ties(n)
	return reads || spoken || m.sends(n)
}

// greeted reports whether a mail begins by greeting somebody.
func greeted(body string, n subject.Name) bool {
	for line := range strings.Lines(body) {
		if rest, ok := cut(strings.TrimSpace(line), "Kære ", "Hej ", "Goddag ", "Dear "); ok {
			g := subject.NewName(strings.Trim(rest, " ,.!"))
			return !g.Empty() && (g.SameFirst(n) || g.SameLoosely(n))
		}
	}
	return false
}

// within reports whether the address in a mail's head is one of our own.
func within(head string, internal func(string) bool) bool {
	for w := range strings.FieldsSeq(head) {
		if w = strings.ToLower(strings.Trim(w, "<>[](),;\"'")); strings.Contains(w, "@") && internal(strings.TrimPrefix(w, "mailto:")) {
			return true
		}
	}
	return false
}

// tells reports whether a sentence of a text that speaks with one of the words names a
// trouble, and the text has at least n of the words.
func tells(body string, by map[string]bool, n int) bool {
	t := text{said: body, low: strings.ToLower(body)}
	if len(t.said) != len(t.low) {
		return false
	}
	found := 0
	for w := range strings.FieldsSeq(t.low) {
		if by[strings.Trim(w, trimmed)] {
			found++
		}
	}
	if found < n {
		return false
	}
	for _, k := range t.all(troubles) {
		if low, high := t.sentence(k); has(t.low[low:high], by) {
			return true
		}
	}
	return false
}
