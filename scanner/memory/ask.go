package memory

import (
	"time"

	"brevvagt/scanner/memory/facts"
)

// Answer is what earlier mails say of one. Papers, people and readers are given by
// their place in the Mail.
type Answer struct {
	Run Run
	// Residue are people whom an earlier mail with the same letter or form was about,
	// to somebody else.
	Residue []Seen
	// Resent are attachments that went to another recipient outside before; Person is
	// somebody the attachment is about.
	Resent []Seen
	// Elsewhere are people whose papers have always gone to another address, while
	// this one has always got another's.
	Elsewhere []Seen
	// New are readers whose domain nobody here has written to.
	New []int
	// Alike are those of New whose domain can be taken for one that is written to.
	Alike []int
	// First counts readers to whose domain this sender has not written.
	First int
	// Bulk is about how many people this sender has sent papers to one reader outside
	// within a day, this mail's included.
	Bulk int
	// Mails is from how many mails with personal data was learned, and Days for how
	// long.
	Mails, Days int
}

// Seen is a person or paper that was met before.
type Seen struct {
	Paper, Person int
	Others        int  // recipients before, not among this mail's
	Owned         bool // one of them was the person
	NameOnly      bool
}

// usual is how many mails make a domain one that is written to.
const usual = 5

// BulkWindow is the time over which people are counted for Bulk.
const BulkWindow = 24 * time.Hour

// Ask tells what is remembered that concerns a mail. The mail itself, judged before
// and tried again, does not count as an earlier one.
func (m *Memory) Ask(mail *Mail) Answer {
	k := m.keysOf(mail)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tick(mail.At)
	var a Answer
	var since time.Time
	if a.Mails, since = m.learned(); !since.IsZero() {
		a.Days = int(m.facts.Now()-uint32(since.Unix())) / 86400
	}
	m.domains(k, &a, mail.Personal || len(k.papers) > 0)
	if len(k.papers) == 0 {
		return a
	}
	for i := range k.papers {
		if p := &k.papers[i]; p.about() {
			p.form = m.form(p.shape)
		}
	}
	a.Run = m.run(k)
	a.Residue = m.residue(k)
	a.Resent = m.resent(k)
	a.Elsewhere = m.elsewhere(k)
	a.Bulk = m.bulk(mail, k)
	return a
}

// form finds the shape by which a text is known already: the one with which it has
// most hashes in common, seven of ten at least.
func (m *Memory) form(shape []uint64) uint64 {
	if len(shape) < minShape {
		return 0
	}
	clear(m.votes)
	best := uint64(0)
	for _, h := range shape {
		m.shapes.Each(mix(kShingle, h), func(f *facts.Fact) bool {
			m.votes[f.B]++
			if m.votes[f.B] > m.votes[best] {
				best = f.B // of several alike, the one that was first: no key decides
			}
			return true
		})
	}
	if m.votes[best]*10 < len(shape)*7 {
		return 0
	}
	return best
}

// others counts the addresses that stand with a fact and are none of the readers';
// here says that one of the readers is among them, owned that one bears the mark.
func (m *Memory) addresses(a uint64, k *keys) (others int, here, owned bool) {
	m.facts.Each(a, func(f *facts.Fact) bool {
		if k.reads(f.B) {
			here = true
			return true
		}
		others++
		owned = owned || f.N&owner != 0
		return true
	})
	return others, here, owned
}

func (k *keys) reads(address uint64) bool {
	for i := range k.readers {
		if k.readers[i].address == address {
			return true
		}
	}
	return false
}

// linked reports whether a reader has had papers about a person before.
func (m *Memory) linked(person uint64, k *keys) bool {
	for i := range k.readers {
		if m.facts.Get(mix(kLink, person), k.readers[i].address) != nil {
			return true
		}
	}
	return false
}

func (m *Memory) residue(k *keys) []Seen {
	var out []Seen
	for i := range k.papers {
		p := &k.papers[i]
		if p.form == 0 {
			continue
		}
		for j := range p.people {
			x := &p.people[j]
			if x.own || !x.main && !x.numbered {
				continue
			}
			nameOnly := !x.numbered
			others, here, owned := m.addresses(mix(kSlot, p.form, x.id), k)
			if others == 0 && x.name != 0 && x.name != x.id {
				others, here, owned = m.addresses(mix(kSlot, p.form, x.name), k)
				nameOnly = true
			}
			if others == 0 || here || m.linked(x.id, k) || x.name != 0 && m.linked(x.name, k) || m.together(p, j, k) {
				continue
			}
			out = append(out, Seen{Paper: i, Person: j, Others: others, Owned: owned, NameOnly: nameOnly})
		}
	}
	return out
}

// together reports whether somebody else in the paper has stood in papers to the
// addresses where the person was met: then they belong together, as spouses do whose
// letters name each other.
func (m *Memory) together(p *paperKeys, person int, k *keys) bool {
	x := &p.people[person]
	found := false
	m.facts.Each(mix(kSlot, p.form, x.id), func(f *facts.Fact) bool {
		for j := range p.people {
			y := &p.people[j]
			found = found || j != person && !k.reads(f.B) && m.facts.Get(mix(kLink, y.id), f.B) != nil && y.own
		}
		return !found
	})
	return found
}

func (m *Memory) resent(k *keys) []Seen {
	var out []Seen
	for i := range k.papers {
		p := &k.papers[i]
		if p.file == 0 {
			continue
		}
		others, here, owned := m.addresses(mix(kFile, p.file), k)
		if others == 0 || here {
			continue
		}
		for j := range p.people {
			if x := &p.people[j]; !x.own && (x.main || x.numbered) {
				out = append(out, Seen{Paper: i, Person: j, Others: others, Owned: owned, NameOnly: !x.numbered})
				break
			}
		}
	}
	return out
}

// elsewhere looks for a pair of habits that the mail breaks: the person's papers go
// to one other address, and this address gets one other person's.
func (m *Memory) elsewhere(k *keys) []Seen {
	if len(k.readers) != 1 {
		return nil
	}
	people := 0
	m.facts.Each(mix(kBox, k.readers[0].address), func(*facts.Fact) bool { people++; return people < 3 })
	if people == 0 || people > 2 {
		return nil
	}
	var out []Seen
	for i := range k.papers {
		for j := range k.papers[i].people {
			x := &k.papers[i].people[j]
			if x.own {
				return nil // it is the reader's own letter, whoever else stands in it
			}
			if !x.main {
				continue
			}
			others, here, owned := m.addresses(mix(kLink, x.id), k)
			if here {
				return nil
			}
			if others == 1 {
				out = append(out, Seen{Paper: i, Person: j, Others: others, Owned: owned, NameOnly: !x.numbered})
			}
		}
	}
	return out
}

// domains looks the readers' domains up; alike ones are looked for where a mail says
// something of somebody.
func (m *Memory) domains(k *keys, a *Answer, personal bool) {
	for i := range k.readers {
		r := &k.readers[i]
		if m.facts.Get(mix(kDomain, r.domain), k.sender) == nil {
			a.First++
		}
		if m.facts.Has(mix(kDomain, r.domain)) {
			continue
		}
		if a.New = append(a.New, i); !personal {
			continue
		}
		for _, t := range m.keys.near(r.host) {
			alike := false
			m.facts.Each(mix(kNear, t), func(f *facts.Fact) bool {
				alike = m.facts.Count(mix(kDomain, f.B), 0) >= usual
				return !alike
			})
			if alike {
				a.Alike = append(a.Alike, i)
				break
			}
		}
	}
}

// adds reports whether a mail is about somebody who is not among the people.
func (k *keys) adds(people map[uint64]int) bool {
	for i := range k.papers {
		for _, x := range k.papers[i].people {
			if x.main && !x.own && people[x.id] == 0 {
				return true
			}
		}
	}
	return false
}

// bulk counts the people whose papers a sender has sent to one reader within a day.
// The readers themselves do not count, nor does anybody who gets them at work.
func (m *Memory) bulk(mail *Mail, k *keys) int {
	most := 0
	for i := range k.readers {
		if mail.Readers[i].Work {
			continue
		}
		clear(m.votes)
		m.facts.Each(mix(kBulk, k.sender, k.readers[i].address), func(f *facts.Fact) bool {
			if m.facts.Now()-f.At <= uint32(BulkWindow/time.Second) {
				m.votes[f.B]++
			}
			return true
		})
		// Many in one mail are another rule's matter: this one adds one at most.
		if n := len(m.votes); n > 0 && k.adds(m.votes) {
			most = max(most, n+1)
		}
	}
	return most
}
