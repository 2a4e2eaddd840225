package memory

import (
	"encoding/binary"
	"slices"

	"brevvagt/scanner/memory/facts"
)

// owner marks an address as the person's own.
const owner = 1

// step is one thing to be noted when a mail has gone.
type step struct {
	a, b  uint64
	chain uint16
	count bool   // add one, else set the mark
	mark  uint32 // set when count is false
}

// pending is what a held mail would teach if it went.
type pending struct {
	at    uint32
	steps []step
}

// maxHeld bounds the held mails that are kept in mind.
const maxHeld = 20_000

// Note tells what became of a mail. Only what was sent teaches anything; what is
// held counts as held in its runs, and teaches when Released says that it went.
// Noting a mail twice is the same as once.
func (m *Memory) Note(mail *Mail, fate Fate) {
	k := m.keysOf(mail)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tick(mail.At)
	if len(k.papers) == 0 {
		if fate == Sent {
			m.met(k)
		}
		return
	}
	for i := range k.papers {
		if p := &k.papers[i]; p.about() && len(p.shape) > 0 {
			m.recognise(p)
		}
	}
	m.join(k, fate, mail.Doubtful)
	// The mail itself, in no run: a retry must not teach twice.
	if !m.fate(k.id, 0, fate) && fate == Sent && m.held[k.id].steps == nil {
		return
	}
	steps := learn(mail, k)
	if fate != Sent {
		m.keep(k.id, m.facts.Now(), steps)
		return
	}
	m.met(k)
	m.apply(steps)
	m.release(k.id)
}

// Released tells that a held mail has gone after all. The mail is known by its
// Message-ID and the SHA-256 of its content, in hex.
func (m *Memory) Released(messageID, sha256 string) {
	id := m.id(messageID, sha256)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wentOut(id)
}

func (m *Memory) wentOut(id uint64) {
	var runs []uint64
	m.facts.Each(mix(kItem, id), func(f *facts.Fact) bool { runs = append(runs, f.B); return true })
	for _, cur := range runs {
		m.fate(id, cur, Sent)
	}
	m.apply(m.held[id].steps)
	m.release(id)
}

// recognise finds the shape by which a paper is known, or makes it one.
func (m *Memory) recognise(p *paperKeys) {
	if p.form = m.form(p.shape); p.form == 0 {
		p.form = mix(kShingle, p.shape...)
	}
	for _, h := range p.shape {
		if p.form == mix(kShingle, p.shape...) || m.shapes.Get(mix(kShingle, h), p.form) != nil {
			m.shapes.Put(mix(kShingle, h), p.form, fewFacts*2, same)
		}
	}
}

// met notes the domains that a mail went to.
func (m *Memory) met(k *keys) {
	for i := range k.readers {
		r := &k.readers[i]
		domain := mix(kDomain, r.domain)
		if !m.facts.Has(domain) {
			for _, t := range m.keys.near(r.host) {
				m.facts.Put(mix(kNear, t), r.domain, fewFacts, same)
			}
		}
		m.facts.Put(domain, 0, someFacts, upTo100)
		m.facts.Put(domain, k.sender, someFacts, upTo100)
	}
}

// upTo100 counts as far as it matters, so that a busy domain need not be written to
// disk with each mail.
func upTo100(n uint32) uint32 { return min(n+1, 100) }

// learn lists what a mail teaches about people and papers.
func learn(mail *Mail, k *keys) []step {
	var out []step
	out = append(out, step{a: mix(kLearned), b: 0, chain: fewFacts, count: true})
	for i := range k.papers {
		p := &k.papers[i]
		if !p.about() {
			continue
		}
		for j := range k.readers {
			out = append(out, p.teach(k, j)...)
		}
	}
	return out
}

func (p *paperKeys) teach(k *keys, reader int) []step {
	r := &k.readers[reader]
	var out []step
	fileOwner := uint32(0)
	for i := range p.people {
		x := &p.people[i]
		if !x.main && !x.numbered {
			continue
		}
		own := uint32(0)
		if x.own {
			own, fileOwner = owner, owner
		}
		if x.main {
			out = append(out, step{a: mix(kBox, r.address), b: x.id, chain: fewFacts},
				step{a: mix(kBulk, k.sender, r.address), b: x.id, chain: someFacts})
		}
		ids := []uint64{x.id}
		if x.name != 0 && x.name != x.id {
			ids = append(ids, x.name)
		}
		for _, id := range ids {
			out = append(out, step{a: mix(kLink, id), b: r.address, chain: fewFacts, mark: own})
			if p.form != 0 {
				out = append(out, step{a: mix(kSlot, p.form, id), b: r.address, chain: fewFacts, mark: own})
			}
		}
	}
	if p.file != 0 {
		out = append(out, step{a: mix(kFile, p.file), b: r.address, chain: someFacts, mark: fileOwner})
	}
	return out
}

func (m *Memory) apply(steps []step) {
	if len(steps) == 0 {
		return
	}
	m.facts.Put(mix(kLearned), 1, fewFacts, func(since uint32) uint32 {
		if since == 0 {
			return m.facts.Now()
		}
		return since
	})
	for _, s := range steps {
		change := mark(s.mark)
		if s.count {
			change = add1
		}
		m.facts.Put(s.a, s.b, int(s.chain), change)
	}
}

// keep remembers what a held mail would teach; the oldest goes when there are too
// many.
func (m *Memory) keep(id uint64, at uint32, steps []step) {
	if _, known := m.held[id]; !known {
		m.order = append(m.order, id)
	}
	p := pending{at: at, steps: steps}
	m.held[id] = p
	if m.disk != nil {
		m.disk.held = append(m.disk.held, heldRow{id, p})
	}
	for len(m.held) > maxHeld {
		m.release(m.order[0])
	}
}

// release forgets what a held mail would have taught.
func (m *Memory) release(id uint64) {
	if _, known := m.held[id]; !known {
		return
	}
	delete(m.held, id)
	if i := slices.Index(m.order, id); i >= 0 {
		m.order = slices.Delete(m.order, i, i+1)
	}
	if m.disk != nil {
		m.disk.held = append(m.disk.held, heldRow{item: id})
	}
}

const stepBytes = 23

// encode writes steps for the database.
func encode(steps []step) []byte {
	out := make([]byte, 0, len(steps)*stepBytes)
	for _, s := range steps {
		out = binary.LittleEndian.AppendUint64(out, s.a)
		out = binary.LittleEndian.AppendUint64(out, s.b)
		out = binary.LittleEndian.AppendUint16(out, s.chain)
		out = binary.LittleEndian.AppendUint32(out, s.mark)
		count := byte(0)
		if s.count {
			count = 1
		}
		out = append(out, count)
	}
	return out
}

// decode reads them back; what is cut short is left out.
func decode(b []byte) []step {
	var out []step
	for ; len(b) >= stepBytes; b = b[stepBytes:] {
		out = append(out, step{a: binary.LittleEndian.Uint64(b), b: binary.LittleEndian.Uint64(b[8:]),
			chain: min(binary.LittleEndian.Uint16(b[16:]), someFacts), mark: binary.LittleEndian.Uint32(b[18:]), count: b[22] == 1})
	}
	return out
}
