// Package confidence finds in a mail what somebody asked to be kept from its reader, however
// safely the mail travels: where a person with a protected address lives, who told of a
// family and wants to stay unnamed, what another citizen wrote of an own trouble.
//
// It reads text only. Whoever asks says who the readers are.
package confidence

import (
	"slices"
	"strings"

	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/internal/lower"
	"brevvagt/internal/needle"
)

// Mail is a mail to citizens, with what is known of them.
type Mail struct {
	Doc *document.Document
	// Ties tells how somebody stands to the mail: one of the readers outside, of a reader's
	// family by name, one who sends or signs it, one whom its own words name in full.
	Ties     func(n subject.Name) (reads, kin, signs, spoken bool)
	External []string                  // the readers' addresses, in small letters
	Internal func(address string) bool // one of our own
	// AtWork reports whether the readers alone work with the case: nothing is kept from
	// them. It is asked only where the mail's words give a reason to, since who reads a mail
	// takes longer to find out than whether it has such words.
	AtWork func() bool

	said []text // see joined
}

func (m *Mail) reads(n subject.Name) bool {
	reads, _, _, _ := m.Ties(n)
	return reads
}

func (m *Mail) kin(n subject.Name) bool {
	_, kin, _, _ := m.Ties(n)
	return kin
}

func (m *Mail) signs(n subject.Name) bool {
	_, _, signs, _ := m.Ties(n)
	return signs
}

// Told is what a reader is not to know, and where it stands.
type Told struct {
	Path string
	Who  string // masked; empty where no name stands there
	Weak bool   // worth a warning only
}

// maxText is how much of one path is read, and maxTexts of all, in bytes.
const (
	maxText  = 1 << 16
	maxTexts = 1 << 19
)

// text is what one path of the mail says.
type text struct {
	path string
	said string
	low  string // the same in small letters, each line's end a blank; empty until it is asked for
}

// texts are the mail's texts in which one of the turns stands and which are wanted; none
// where the readers work with the case.
func (m *Mail) texts(turns *needle.Needles, wanted func(low string) bool) []text {
	var out []text
	said := m.joined()
	for i := range said {
		t := &said[i]
		if !turns.In(t.said) {
			continue
		}
		if m.AtWork() {
			return nil
		}
		if t.low == "" {
			t.said = strings.ToValidUTF8(t.said, "?")
			t.low = strings.ReplaceAll(lower.InPlace(t.said), "\n", " ")
		}
		if wanted(t.low) {
			out = append(out, *t)
		}
	}
	return out
}

// joined gives the mail's texts by path, what it quotes among them. What only the properties
// of a file say is left out. They are put together once.
func (m *Mail) joined() []text {
	if m.said != nil {
		return m.said
	}
	paths, order := subject.ByPath(m.Doc)
	m.said = make([]text, 0, len(order))
	left := maxTexts
	for _, path := range order {
		var b strings.Builder
		b.Grow(max(0, min(m.size(paths[path]), left, maxText)))
		for _, i := range paths[path] {
			s := &m.Doc.Segments[i]
			if s.At.Layer == document.Metadata || s.At.Layer == document.Header && s.Label != "Subject" && !strings.Contains(path, "/") || b.Len()+len(s.Text) > min(left, maxText) {
				continue
			}
			if s.Label != "" && s.Label != "Subject" && len(s.Label) < 80 {
				b.WriteString(s.Label + ": ")
			}
			b.WriteString(s.Text)
			b.WriteByte('\n')
		}
		left -= b.Len()
		m.said = append(m.said, text{path: path, said: b.String()})
	}
	return m.said
}

// size is about how long the texts of some segments are together.
func (m *Mail) size(segments []int) (n int) {
	for _, i := range segments {
		n += len(m.Doc.Segments[i].Text) + 1
	}
	return n
}

// sentence gives the bounds of the sentence around a place. A line end within it is one that
// a page has; a full stop ends it before a capital only, for floors have full stops too.
func (t *text) sentence(at int) (low, high int) {
	low, high = max(0, at-maxSentence), min(len(t.said), at+maxSentence)
	for k := at; k > low; k-- {
		if t.ends(k) {
			low = k
			break
		}
	}
	for k := at + 1; k < high; k++ {
		if t.ends(k) {
			high = k
			break
		}
	}
	return low, high
}

// maxSentence bounds how far a sentence is followed to either side, in bytes.
const maxSentence = 300

// ends reports whether a sentence ends before the byte at k.
func (t *text) ends(k int) bool {
	switch {
	case k < 2 || k >= len(t.said):
		return false
	case t.said[k-1] == '\n' && t.said[k-2] == '\n':
		return true
	}
	return strings.IndexByte(".!?", t.said[k-2]) >= 0 && strings.IndexByte(" \n", t.said[k-1]) >= 0 && capital(t.said[k:])
}

func capital(s string) bool {
	return s != "" && (s[0] >= 'A' && s[0] <= 'Z' || len(s) > 1 && s[0] == 0xC3 && s[1] >= 0x80 && s[1] <= 0x9E)
}

// window is a part of the text, without half letters at its ends.
func (t *text) window(low, high int) string {
	return strings.ToValidUTF8(t.said[max(0, low):min(len(t.said), high)], "")
}

// all gives the places at which one of the turns stands, ascending, at most maxPlaces.
func (t *text) all(turns []string) []int {
	var out []int
	for _, turn := range turns {
		for from := 0; len(out) < maxPlaces; {
			k := strings.Index(t.low[from:], turn)
			if k < 0 {
				break
			}
			out = append(out, from+k)
			from += k + len(turn)
		}
	}
	slices.Sort(out)
	return out
}

// maxPlaces bounds the places that are looked at in one text.
const maxPlaces = 50

func hasAny(low string, turns []string) bool {
	return slices.ContainsFunc(turns, func(w string) bool { return strings.Contains(low, w) })
}

// last is where the last of some turns begins in a text, -1 for nowhere.
func last(low string, turns []string) int {
	at := -1
	for _, w := range turns {
		at = max(at, strings.LastIndex(low, w))
	}
	return at
}

func words(list string) map[string]bool {
	m := make(map[string]bool)
	for w := range strings.FieldsSeq(list) {
		m[w] = true
	}
	return m
}

// has reports whether a text in small letters holds one of the words.
func has(low string, list map[string]bool) bool {
	return slices.ContainsFunc(strings.Fields(low), func(w string) bool { return list[strings.Trim(w, trimmed)] })
}

const trimmed = ".,;:!?()[]\"'<>*"
