package memory

import (
	"fmt"
	"slices"
	"time"

	"brevvagt/scanner/memory/facts"
)

// RunGap is how long a sender may pause before the same letter begins a new run.
const RunGap = 30 * time.Minute

// pace is the pause in seconds below which mails are made by a machine.
const pace = 20

// Run is what is known of the run that a mail belongs to, without that mail.
type Run struct {
	Sent, Held int // mails before this one
	Wrong      int // of the held, those that were for somebody else
	Own        int // of the sent, those whose letter was the reader's own
	Doubtful   int // of the sent, those that may have been for somebody else
	Fast       bool
	// Again says that this recipient has had a mail of the run, or was to get the wrong
	// one: then this one is a reminder or a correction and no part of it.
	Again bool
	// Shifted says that the letter names another recipient of the run, or that this
	// recipient's letter went to another.
	Shifted bool
	// Odd says that the letter names others and nobody by a name of this recipient, who
	// has one.
	Odd bool
	// IDs are the runs that the mail is part of, in hex: one for each letter and
	// attachment that may make one, the run that the mail begins included.
	IDs []string
}

// Mails is how many mails of the run came before.
func (r Run) Mails() int { return r.Sent + r.Held }

// The counters of a run.
const (
	cWrong = uint64(Wrong)
	cOwn   = 10
	cOdd   = 11
	cDoubt = 12
)

// maxRunReaders is the most recipients outside that a mail of a run has: with more
// it is one mail to many, which other rules look at.
const maxRunReaders = 2

// bases tell the letters and attachments of a mail that may make it part of a run.
func (k *keys) bases() []uint64 {
	var out []uint64
	if len(k.readers) > maxRunReaders {
		return nil
	}
	for i := range k.papers {
		p := &k.papers[i]
		if !p.about() {
			continue
		}
		if p.form != 0 {
			out = append(out, mix(kRun, k.sender, p.form))
		}
		if p.file != 0 {
			out = append(out, mix(kRun, k.sender, p.file))
		}
	}
	return out
}

// ids names the runs that a mail is part of, as join will count them.
func (m *Memory) ids(k *keys) []string {
	named := *k
	named.papers = slices.Clone(k.papers)
	for i := range named.papers {
		if p := &named.papers[i]; p.form == 0 && len(p.shape) > 0 {
			p.form = mix(kShingle, p.shape...) // as recognise will name it
		}
	}
	var out []string
	for _, b := range named.bases() {
		cur, _ := m.current(b)
		if cur == 0 {
			cur = mix(kCount, b, uint64(m.facts.Count(b, 0)+1))
		}
		if id := fmt.Sprintf("%016x", cur); !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// current is the run that goes on, and the seconds since its last mail; 0 for none.
func (m *Memory) current(b uint64) (run uint64, pause uint32) {
	f := m.facts.Get(b, 0)
	if f == nil || m.facts.Now()-f.At > uint32(RunGap/time.Second) {
		return 0, 0
	}
	return mix(kCount, b, uint64(f.N)), m.facts.Now() - f.At
}

// run tells of the run that a mail belongs to: the one with a wrong letter, else the
// longest.
func (m *Memory) run(k *keys) Run {
	var best Run
	for _, b := range k.bases() {
		cur, pause := m.current(b)
		if cur == 0 {
			continue
		}
		r := m.state(k, cur)
		r.Fast = pause > 0 && pause <= pace
		if better := r.Wrong > best.Wrong || r.Wrong == best.Wrong && r.Mails() > best.Mails(); better {
			r.Shifted = r.Shifted || best.Shifted
			best = r
		} else {
			best.Shifted = best.Shifted || r.Shifted
		}
	}
	best.IDs = m.ids(k)
	return best
}

func (m *Memory) state(k *keys, cur uint64) Run {
	r := Run{Sent: m.facts.Count(cur, uint64(Sent)), Held: m.facts.Count(cur, uint64(Held)),
		Wrong: m.facts.Count(cur, cWrong), Own: m.facts.Count(cur, cOwn), Doubtful: m.facts.Count(cur, cDoubt)}
	r.Held += r.Wrong
	// This mail was judged before: a retry is the same mail.
	switch Fate(m.facts.Count(mix(kItem, k.id), cur)) {
	case Sent:
		r.Sent = max(0, r.Sent-1)
	case Held:
		r.Held = max(0, r.Held-1)
	case Wrong:
		r.Held, r.Wrong = max(0, r.Held-1), max(0, r.Wrong-1)
	default:
		for i := range k.readers {
			before := Fate(m.facts.Count(mix(kMember, cur, k.readers[i].address), 0))
			r.Again = r.Again || before == Sent || before == Wrong
		}
	}
	r.Shifted = m.shifted(k, cur)
	_, _, r.Odd = m.displaced(k, cur)
	return r
}

// shifted compares the names in a mail's letter and address with those of the run's
// other mails. Two words of a name in common tell that a letter is another
// recipient's, where it has fewer in common with its own. One word does where an
// address has no more, the other mail is the one right before, and it happens twice.
func (m *Memory) shifted(k *keys, cur uint64) bool {
	sure, maybe, _ := m.displaced(k, cur)
	return sure || maybe && m.facts.Count(cur, cOdd) > 0
}

func (m *Memory) displaced(k *keys, cur uint64) (sure, maybe, odd bool) {
	if len(k.readers) != 1 || len(k.readers[0].words) == 0 {
		return false, false, false
	}
	r := &k.readers[0]
	own := 0
	var names [][]uint64
	for i := range k.papers {
		for j := range k.papers[i].people {
			p := &k.papers[i].people[j]
			if p.own || r.short != 0 && slices.Contains(p.shorts, r.short) {
				return false, false, false // there is a letter for this reader
			}
			if p.main && len(p.words) >= 2 {
				names = append(names, p.words)
				own = max(own, overlap(p.words, r.words))
			}
		}
	}
	if len(names) == 0 {
		return false, false, false
	}
	single := r.single
	for _, words := range names {
		most, before := m.others(kReader, cur, words, r.address)
		sure, maybe = sure || most >= 2 && most > own, maybe || before
	}
	sure = sure || m.shortened(k, cur, r)
	most, before := m.others(kLetter, cur, r.words, r.address)
	return sure || most >= 2 && most > own, own == 0 && (maybe || before && single), own == 0 && !single
}

// shortened reports whether an address that is a name cut short fits the letter of
// another mail of the run, or the letter's name the address of another.
func (m *Memory) shortened(k *keys, cur uint64, r *readerKeys) bool {
	if r.short == 0 {
		return false
	}
	if most, _ := m.others(kShortLetter, cur, []uint64{r.short}, r.address); most > 0 {
		return true
	}
	for i := range k.papers {
		for j := range k.papers[i].people {
			if p := &k.papers[i].people[j]; p.main {
				if most, _ := m.others(kShortReader, cur, p.shorts, r.address); most > 0 {
					return true
				}
			}
		}
	}
	return false
}

// others looks for another mail of the run that has the words: most is how many one
// has, before says that the mail right before has one that is its address's only word.
func (m *Memory) others(kind, cur uint64, words []uint64, except uint64) (most int, before bool) {
	clear(m.votes)
	last := uint32(m.length(cur))
	for _, w := range words {
		m.facts.Each(mix(kind, cur, w), func(f *facts.Fact) bool {
			if f.B == except {
				return true
			}
			m.votes[f.B]++
			most = max(most, m.votes[f.B])
			before = before || f.N == last<<1|1
			return true
		})
	}
	return most, before
}

// length is how many mails a run has.
func (m *Memory) length(cur uint64) int {
	return m.facts.Count(cur, uint64(Sent)) + m.facts.Count(cur, uint64(Held)) + m.facts.Count(cur, cWrong)
}

func overlap(a, b []uint64) int {
	n := 0
	for _, x := range a {
		for _, y := range b {
			if x == y {
				n++
			}
		}
	}
	return n
}

// join notes a mail as part of its runs, once each, with its fate.
func (m *Memory) join(k *keys, fate Fate, doubtful bool) {
	for _, b := range k.bases() {
		cur, _ := m.current(b)
		if cur == 0 {
			m.facts.Put(b, 0, fewFacts, add1)
			cur, _ = m.current(b)
		}
		m.facts.Touch(b, 0)
		if m.facts.Get(mix(kItem, k.id), cur) == nil {
			m.enter(k, cur, fate)
			if doubtful && fate == Sent {
				m.facts.Put(cur, cDoubt, someFacts, add1)
			}
		}
		m.fate(k.id, cur, fate)
		for i := range k.readers {
			m.facts.Put(mix(kMember, cur, k.readers[i].address), 0, fewFacts, set(uint32(fate)))
		}
	}
}

// enter notes who a mail of a run goes to and whom its letter names.
func (m *Memory) enter(k *keys, cur uint64, fate Fate) {
	if _, maybe, _ := m.displaced(k, cur); maybe {
		m.facts.Put(cur, cOdd, someFacts, add1)
	}
	own := false
	place := uint32(m.length(cur)+1) << 1 // of the mail in its run
	for i := range k.readers {
		r := &k.readers[i]
		mark := place
		if r.single {
			mark |= 1
		}
		for _, w := range r.words {
			m.facts.Put(mix(kReader, cur, w), r.address, someFacts, set(mark))
		}
		if r.short != 0 {
			m.facts.Put(mix(kShortReader, cur, r.short), r.address, someFacts, set(mark))
		}
		for j := range k.papers {
			for _, p := range k.papers[j].people {
				own = own || p.own && p.main
				if r.short != 0 && p.main {
					for _, w := range p.shorts {
						m.facts.Put(mix(kShortLetter, cur, w), r.address, someFacts, set(mark))
					}
				}
				for _, w := range p.words {
					if p.main {
						m.facts.Put(mix(kLetter, cur, w), r.address, someFacts, set(mark))
					}
				}
			}
		}
	}
	if own && fate == Sent {
		m.facts.Put(cur, cOwn, someFacts, add1)
	}
}

// fate sets what became of a mail within a run and keeps the run's counts in step.
// It reports whether the mail was not yet known there.
func (m *Memory) fate(id, cur uint64, fate Fate) (first bool) {
	item := mix(kItem, id)
	old := Fate(m.facts.Count(item, cur))
	if old == fate {
		return false
	}
	if old != Unknown {
		m.facts.Put(cur, uint64(old), someFacts, func(n uint32) uint32 { return max(n, 1) - 1 })
	}
	m.facts.Put(cur, uint64(fate), someFacts, add1)
	m.facts.Put(item, cur, someFacts, set(uint32(fate)))
	return old == Unknown
}
