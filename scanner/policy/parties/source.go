package parties

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/internal/lower"
	"brevvagt/scanner/policy/wording"
)

// This file looks at names for what they are in the text around them: those of
// politicians, of whom minutes tell, and of those who spoke in confidence.

// citizensIn are the people named in a text, but for members of a council, behind whose
// names their party stands: "Testperson Eksempel (A)".
func citizensIn(text string) []subject.Found {
	return slices.DeleteFunc(subject.NamesIn(text, false), func(f subject.Found) bool { return wording.PartyBehind(text[f.End:]) })
}

// surnameEnds end most last names in Denmark.
var surnameEnds = []string{"sen", "gaard", "gård", "lund", "berg", "bjerg", "holm", "dahl", "strup", "rup", "toft", "krog", "bæk", "mann", "skov", "borg", "feldt", "kjær", "mark"}

// withoutCapitals are the people in a text whose writer uses no capitals: a first name and
// a word that ends as last names do, "testperson eksempelsen er syg igen".
func withoutCapitals(text string) []subject.Found {
	if strings.IndexFunc(text, unicode.IsUpper) >= 0 {
		return nil
	}
	b := []byte(text)
	words := strings.Fields(text)
	at := 0
	for i, w := range words {
		at += strings.Index(text[at:], w)
		bare := strings.Trim(w, ".,;:!?()")
		if i > 0 && slices.ContainsFunc(surnameEnds, func(e string) bool { return strings.HasSuffix(bare, e) }) && len(w) > 4 && len(words[i-1]) > 3 && subject.Forename(words[i-1]) {
			before := strings.LastIndex(text[:at], words[i-1])
			capitalize(b[before:])
			capitalize(b[at:])
		}
		at += len(w)
	}
	return subject.NamesIn(string(b), false)
}

// capitalize writes the first letter of a word large, where that takes no other room.
func capitalize(word []byte) {
	r, size := utf8.DecodeRune(word)
	if up := unicode.ToUpper(r); r != utf8.RuneError && utf8.RuneLen(up) == size {
		utf8.EncodeRune(word, up)
	}
}

// confided are turns of a paper that tells what somebody said in confidence.
var confided = []string{"i fortrolighed", "i al fortrolighed", "ønsker at være anonym", "vil være anonym", "ønsker anonymitet", "bedt om at være anonym", "må ikke få at vide, at det", "får at vide, at det kommer fra", "ikke ønsker, at det kommer frem", "må ikke fortælle, hvem"}

// confidedReach is how far from such a turn the name may stand, in bytes.
const confidedReach = 200

// Confided is somebody who spoke in confidence, and whom a mail to a citizen's own mailbox
// names: the reader may be the one who must not know.
func (it *Item) Confided() (Odd, bool) {
	r := it.readers()
	if it.Doc.Mail == nil || !r.private || r.work {
		return Odd{}, false
	}
	for i := range it.Doc.Segments {
		s := &it.Doc.Segments[i]
		if s.At.Layer == document.Header || s.At.Layer == document.Metadata || !strings.Contains(s.Text, "anonym") && !strings.Contains(s.Text, "fortrolig") && !strings.Contains(s.Text, "kommer fr") && !strings.Contains(s.Text, "hvem") {
			continue
		}
		low := lower.InPlace(s.Text)
		for _, turn := range confided {
			k := strings.Index(low, turn)
			if k < 0 {
				continue
			}
			near := strings.ToValidUTF8(s.Text[max(0, k-confidedReach):min(len(s.Text), k+confidedReach)], "")
			for _, f := range citizensIn(near) {
				if f.Name.Full() && !r.is(f.Name) && !it.staff(f.Name) {
					p := paper{path: s.At.Path, body: it.bundle().own(s.At.Path)}
					return it.somebody(p.name(), f.Name, false), true
				}
			}
		}
	}
	return Odd{}, false
}

// toColleague reports whether a mail begins with the first name of a colleague it goes to,
// and no citizen's: what it says of relatives is said of others' then.
func (it *Item) toColleague() bool {
	first, _, ok := strings.Cut(strings.TrimSpace(it.bodyWithoutSubject()), ",")
	if !ok || first == "" || len(first) > 40 || it.Doc.Mail == nil {
		return false
	}
	first = first[strings.LastIndexByte(first, ' ')+1:]
	colleague := false
	for _, a := range it.Doc.Mail.To {
		if called, _, _ := strings.Cut(strings.ToLower(a.Name), " "); called == first {
			if slices.Contains(it.External, strings.ToLower(a.Mail)) {
				return false
			}
			colleague = true
		}
	}
	return colleague
}
