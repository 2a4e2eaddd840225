package subject

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// citizenStems begin words of a label for somebody whom a paper is about: "Borgerens
// navn:", "Navn på ansøger:", "Den undersøgte:", "Låntager:".
var citizenStems = []string{"borger", "patient", "elev", "barn", "ansoeger", "klient", "beboer", "passager", "laantager", "skyldner", "undersoegt", "kontohaver", "kontoindehaver", "debitor", "forsikrede", "modtager", "ydelsesmodtager", "umyndig", "afdoed", "sygemeldt", "tilskadekomn", "kursist", "unge", "lejer", "ejer", "laaner", "vaelger", "studerende", "pensionist", "indsatte", "child", "pupil", "applicant", "citizen", "resident", "elevens", "brukar", "sokande"}

// citizenStarts are the first three letters of these stems and of "deltager": most
// labels are told by them before anything is folded.
var citizenStarts = starts(append([]string{"deltager"}, citizenStems...))

func starts(stems []string) map[[3]byte]bool {
	out := make(map[[3]byte]bool)
	for _, s := range stems {
		out[[3]byte([]byte(s))] = true
	}
	return out
}

// mayBeCitizen reports whether a word's first letters are those of a label for a citizen,
// or may fold to them.
func mayBeCitizen(w string) bool {
	if len(w) < 3 {
		return false
	}
	var key [3]byte
	for i := range key {
		if w[i] >= utf8.RuneSelf || w[i] < 'A' {
			return true // folding may change or drop it
		}
		key[i] = w[i] | 0x20
	}
	return citizenStarts[key]
}

// officeStems begin words of a label for somebody who is there by office, or only
// belongs to whom the paper is about.
var officeStems = []string{"sagsbehandl", "kontakt", "laeg", "leder", "laerer", "terapeut", "raadgiv", "konsulent", "koordinat", "mor", "far", "foraeld", "vaerge", "aegtef", "samlever", "paaroer", "henvist", "behandl", "paedagog", "vejled", "psykolog", "arbejdsgiv", "adress", "afsend", "ombud", "repraesent", "ansvarlig", "medarbejder", "parent", "teacher"}

// roleReach is how far before a colon its label may begin, and labelsOfLine how many
// colons of a line are asked, in bytes and at most.
const (
	roleReach    = 40
	labelsOfLine = 4
)

// declares reads the name of whoever declares something: "Jeg, Testperson Eksempel, giver
// samtykke".
func declares(text string) (Name, bool) {
	if k := strings.IndexByte(text, ','); k >= 3 && text[k-1]|0x20 == 'g' && strings.EqualFold(text[k-3:k], "jeg") && (k == 3 || text[k-4] == ' ') {
		return nameAt(afterBlanks(text[k+1:]), false)
	}
	return Name{}, false
}

// roleName reads a name behind a label for a citizen, wherever in its line it stands:
// "Matr. 4b. Påbud til ejer: Testperson Eksempel, Testvej 1".
func roleName(text string) (Name, bool) {
	for from, n := 0, 0; n < labelsOfLine; n++ {
		k := strings.IndexByte(text[from:], ':')
		if k < 0 {
			break
		}
		k += from
		from = k + 1
		value := afterBlanks(text[from:])
		if !capital(value) || !citizenLabel(text[max(0, k-roleReach):k]) {
			continue
		}
		if name, ok := nameAt(value, false); ok {
			return name, true
		}
	}
	return Name{}, false
}

// afterBlanks leaves out blanks, also unbreakable ones, with which a text begins.
func afterBlanks(s string) string {
	for {
		switch {
		case s != "" && (s[0] == ' ' || s[0] == '\t'):
			s = s[1:]
		case strings.HasPrefix(s, "\u00a0"):
			s = s[len("\u00a0"):]
		default:
			return s
		}
	}
}

// partsLabel tells what stands between the words of a label.
func partsLabel(r rune) bool { return r == ' ' || r == '/' || r == '(' || r == ')' || r == '-' }

// mayNameCitizen reports whether a word of a label may be one for a citizen.
func mayNameCitizen(label string) bool {
	begin := 0
	for i := range len(label) + 1 {
		if i < len(label) && !partsLabel(rune(label[i])) {
			continue
		}
		if mayBeCitizen(label[begin:i]) {
			return true
		}
		begin = i + 1
	}
	return false
}

// endsLabel tells what stands between a label and whatever is before it.
func endsLabel(c byte) bool { return c == '.' || c == ';' || c == ',' || c == '|' || c == '\t' }

// citizenLabel reports whether the last words of what stands before a colon are a label
// for a citizen and for nobody in office.
func citizenLabel(label string) bool {
	begin := len(label)
	for begin > 0 && !endsLabel(label[begin-1]) {
		begin--
	}
	label = label[begin:]
	if !mayNameCitizen(label) {
		return false
	}
	fields := strings.FieldsFunc(label, partsLabel)
	citizen := false
	fields = fields[max(0, len(fields)-4):]
	for _, w := range fields {
		f := Fold(w)
		if officeStem(f) {
			return false
		}
		citizen = citizen || slices.ContainsFunc(citizenStems, func(stem string) bool { return strings.HasPrefix(f, stem) }) || f == "deltager"
	}
	return citizen
}

// officeStem reports whether a word of a label, folded, is one for somebody in office.
func officeStem(f string) bool {
	return slices.ContainsFunc(officeStems, func(stem string) bool {
		return strings.HasPrefix(f, stem) || len(stem) > 3 && strings.Contains(f, stem)
	})
}

// officeLabel reports whether a label is for somebody in office.
func officeLabel(label string) bool {
	return slices.ContainsFunc(strings.Fields(label), func(w string) bool { return officeStem(Fold(w)) })
}
