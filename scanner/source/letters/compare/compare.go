package compare

import (
	"slices"
	"strings"

	"brevvagt/detectors/subject"
	"brevvagt/document"
)

// result is what the comparison of a letter with its recipient says.
type result byte

const (
	unknown      result = iota // nothing in the letter tells whose it is
	match                      // it is the recipient's
	wrongPerson                // made out for another
	wrongAddress               // the recipient's name at another address
	wrongInside                // number or salutation of another
)

func (r result) wrong() bool { return r >= wrongPerson }

// judge compares a letter with a recipient: the name of the address block first,
// then the address, numbers, and the salutation. A number of the recipient's
// settles what spelling leaves open.
func (r *run) judge(l *letter, p *recipient) result {
	own := p.number != "" && slices.Contains(l.numbers, p.number)
	to := l.info.Addressee
	if p.cvr != "" {
		return r.judgeCompany(l, p)
	}
	if p.company {
		if r.foreign(l, p) {
			return wrongInside
		}
		return match
	}
	named := !to.Empty() && !p.name.Empty()
	is := named && (p.is(to) || l.above(p) || p.coupled(l))
	switch {
	case named && !is && !(own && r.spelt(l, p)):
		if r.standsFor(l, p, own) {
			return match
		}
		return wrongPerson
	case p.strict && r.foreign(l, p):
		return wrongInside
	case is:
		return r.inside(l, p, own)
	case named:
		return match
	}
	return r.unnamed(l, p, own)
}

// above reports whether the recipient's name stands in the block right above that of the
// addressee: a firm above whoever the letter is for the attention of, a couple on two
// lines.
func (l *letter) above(p *recipient) bool {
	if p.written == "" || !p.lives(l.info.Address) {
		return false
	}
	name, found := subject.Fold(p.written), false
	block := l.beginning(aboveWithin)
	for line := range strings.SplitSeq(block[:min(len(block), aboveWithin)], "\n") {
		line = subject.LeftOfReference(strings.TrimSpace(line))
		if found && line != "" {
			return l.info.Addressee.Same(subject.NewName(withoutAttention(line)))
		}
		found = found || subject.Fold(line) == name
	}
	return false
}

// aboveWithin is how far into a letter its block is looked for, in bytes.
const aboveWithin = 1000

// withoutAttention is a line without the mark for whose attention a letter is.
func withoutAttention(line string) string {
	for _, mark := range []string{"att.:", "att.", "att:", "att "} {
		if len(line) > len(mark) && strings.EqualFold(line[:len(mark)], mark) {
			return strings.TrimSpace(line[len(mark):])
		}
	}
	return line
}

// spelt reports whether the block's name may be the recipient's written in another
// way: at the same address, with a word in common, and nobody else's on the list.
func (r *run) spelt(l *letter, p *recipient) bool {
	return p.lives(l.info.Address) && p.shares(l.info.Addressee) && len(r.byName[l.info.Addressee.Mask(r.key).Digest()]) == 0
}

// inside judges a letter whose block has the recipient's name.
func (r *run) inside(l *letter, p *recipient, own bool) result {
	switch {
	case len(p.places) > 0 && !l.info.Address.Empty() && !p.lives(l.info.Address) && p.name.Same(l.info.Addressee):
		return wrongAddress
	case own:
		return match
	case r.others(l, p):
		return wrongInside
	case r.greetsAnother(l, p):
		return wrongInside
	}
	return match
}

// greetsAnother reports whether the salutation is somebody else's on the list: by a
// full name, or by one that has no word of the recipient's.
func (r *run) greetsAnother(l *letter, p *recipient) bool {
	to := l.info.Salutation
	return !to.Empty() && !p.is(to) && !slices.ContainsFunc(to.Couple(), p.is) && (to.Full() || !p.shares(to)) && r.elsewhere(to, p)
}

// unnamed judges a letter without the name of an addressee, or a recipient
// without one.
func (r *run) unnamed(l *letter, p *recipient, own bool) result {
	greeting := l.info.Salutation
	switch {
	case own:
		return match
	case r.others(l, p):
		return wrongInside
	case p.number != "" && p.name.Empty() && len(l.sure) > 0:
		return wrongPerson
	case len(p.places) > 0 && !l.info.Address.Empty():
		if p.lives(l.info.Address) {
			return match
		}
		return wrongPerson
	case greeting.Full() && !p.name.Empty():
		if p.is(greeting) || slices.ContainsFunc(greeting.Couple(), p.is) {
			return match
		}
		return wrongPerson
	case !greeting.Empty() && p.is(greeting), l.mentions(p):
		return match
	case !greeting.Empty() && !p.name.Empty() && !p.shares(greeting) && r.elsewhere(greeting, p):
		return wrongPerson
	case greeting.Empty() && p.number != "" && r.foreign(l, p) && !strings.Contains(strings.ToLower(l.beginning(mentionWithin)), strings.ToLower(p.surname)):
		return wrongInside // a form with nothing but the number of somebody who is no relative
	}
	return unknown
}

// others reports whether the letter holds the number of another recipient who is
// not of the same household.
func (r *run) others(l *letter, p *recipient) bool {
	for _, n := range l.numbers {
		if i, ok := r.byNumber[n]; ok && n != p.number && !p.allowed[n] && !r.people[i].family(p) {
			return true
		}
	}
	return false
}

// foreign reports whether the letter holds a number that its message does not
// declare.
func (r *run) foreign(l *letter, p *recipient) bool {
	return slices.ContainsFunc(l.sure, func(n string) bool { return !p.allowed[n] })
}

// elsewhere reports whether a name is that of another recipient.
func (r *run) elsewhere(n subject.Name, not *recipient) bool {
	if rows := r.byName[n.Mask(r.key).Digest()]; len(rows) > 0 {
		return true
	}
	for _, p := range r.people {
		if r.budget--; r.budget < 0 {
			return false
		}
		if p != not && p.name.Same(n) {
			return true
		}
	}
	return false
}

// mentionWithin is how far into a letter without head its recipient is looked for, in bytes.
const mentionWithin = 2000

// mentions reports whether the recipient's name stands in the letter's beginning.
func (l *letter) mentions(p *recipient) bool {
	if len(strings.Fields(p.written)) < 2 {
		return false
	}
	return strings.Contains(strings.ToLower(l.beginning(mentionWithin)), p.written)
}

// beginning is the letter's text up to about n bytes.
func (l *letter) beginning(n int) string {
	var b strings.Builder
	for i := range l.parts {
		if l.parts[i].At.Layer == document.Metadata {
			continue
		}
		b.WriteString(l.parts[i].Text)
		b.WriteByte('\n')
		if b.Len() >= n {
			break
		}
	}
	return b.String()
}
