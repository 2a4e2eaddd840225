package compare

import (
	"slices"
	"strings"

	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/internal/lower"
)

// behalves begin, in small letters, the name line of a block for those who stand for
// somebody: the letter is the child's, ward's or estate's whom the line names.
var behalves = []string{"til forældrene til ", "forældrene til ", "forældre til ", "til forældremyndighedsindehaveren til ", "til forældremyndighedsindehaver til ", "forældremyndighedsindehaveren til ", "forældremyndighedsindehaver til ", "forældremyndighedsindehaverne til ", "til forældre til ", "til forældremyndighedsindehaverne til ", "værge for ", "værgen for ", "til værge for ", "til værgen for "}

// behalfWithin is in how many lines of a letter such a block is looked for.
const behalfWithin = 25

// maxHidden is the longest line that stands for an address, in bytes.
const maxHidden = 40

// hidden tells the line that stands in a block for the address of somebody who is protected.
func hidden(line string) bool {
	if len(line) > maxHidden {
		return false
	}
	low := strings.ToLower(line)
	return strings.Contains(low, "beskyt") && (strings.Contains(low, "adresse") || strings.HasPrefix(strings.TrimLeft(low, "* ("), "beskyttet"))
}

// behalf reads a block that is made out for those who stand for somebody: it names
// that person, with the street and town of the lines below. It reads a block without
// an address, too, which says that this is protected.
func behalf(segments []document.Segment) (subject.LetterInfo, bool) {
	var info subject.LetterInfo
	left, below, next, before := behalfWithin, []string(nil), false, ""
	for i := range segments {
		s := &segments[i]
		if s.At.Layer != document.Visible && s.At.Layer != "" || s.At.Cell != "" {
			continue
		}
		for line := range strings.SplitSeq(s.Text, "\n") {
			line = subject.LeftOfReference(strings.TrimSpace(line))
			if line == "" {
				continue
			}
			if left--; left < 0 {
				return info, false
			}
			if !info.Addressee.Empty() {
				below = append(below, line)
				if at := subject.NewPlace(strings.Join(below, "\n")); len(below) > 1 && !at.Empty() && digits(line, 4) {
					info.Address = at
					return info, true
				}
				if len(below) == 4 {
					return info, false
				}
				continue
			}
			name, ok := represented(line)
			if next && nameLike(line) {
				name, ok = subject.NewName(line), true
			}
			if ok {
				info.Addressee, info.Page = name, s.At.Page
			}
			if hidden(line) && nameLike(before) {
				info.Addressee, info.Page = subject.NewName(before), s.At.Page
				return info, true
			}
			before = line
			next = slices.Contains(behalves, strings.ToLower(line)+" ")
		}
	}
	return info, false
}

// represented is whom a line names after a word of standing for.
func represented(line string) (subject.Name, bool) {
	low := lower.InPlace(line)
	for _, b := range behalves {
		if strings.HasPrefix(low, b) && nameLike(line[len(b):]) {
			return subject.NewName(line[len(b):]), true
		}
	}
	return subject.Name{}, false
}

// digits reports whether a text begins with n digits and a space.
func digits(s string, n int) bool {
	return len(s) > n && s[n] == ' ' && strings.Trim(s[:n], "0123456789") == ""
}

// acting are turns, in small letters, by which a letter says that its addressee stands for
// whom it is about.
var acting = []string{"deres klient", "din klient", "jeres klient", "på vegne af", "partsrepræsentant", "din fuldmagt", "værge for", "som værge", "din myndling", "forældrene til", "forældre til", "forældremyndighed", "kære forælder", "kære forældre", "dit barn", "jeres barn", "din søn", "din datter", "jeres søn", "jeres datter", "bobestyrer"}

// actingWithin is how far into a letter it says so, in bytes.
const actingWithin = 3000

// standsFor reports whether a letter to somebody who is not on the list is the recipient's
// all the same: it is about nobody else, and says that its addressee acts for the one whom
// it is about, as a parent or lawyer does. To an address of another row it is that row's.
func (r *run) standsFor(l *letter, p *recipient, own bool) bool {
	if p.strict || !own && !l.mentions(p) || r.foreignOnList(l, p) || r.elsewhere(l.info.Addressee, p) {
		return false
	}
	for _, o := range r.people {
		if r.budget--; r.budget < 0 || o != p && o.lives(l.info.Address) && !o.family(p) {
			return false
		}
	}
	low := strings.ToLower(l.beginning(actingWithin))
	return slices.ContainsFunc(acting, func(w string) bool { return strings.Contains(low, w) })
}

// foreignOnList reports whether a letter holds the number of somebody else who is not
// declared beside the recipient.
func (r *run) foreignOnList(l *letter, p *recipient) bool {
	return slices.ContainsFunc(l.sure, func(n string) bool {
		_, row := r.byNumber[n]
		_, beside := r.declared[n]
		return n != p.number && !p.allowed[n] && (row || beside)
	})
}
