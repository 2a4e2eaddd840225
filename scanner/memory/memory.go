// Package memory remembers what earlier outgoing mails looked like: letter
// skeletons, who got papers about whom, attachments, receiving domains. It tells
// what that says of the next mail and decides nothing.
//
// Everything is kept as keyed digests, times and counts; no name, number, address
// or subject can be read from it. It is bounded in size, forgets what is old, and
// survives the process. Losing it costs what was learned and nothing else: mail is
// judged without it.
//
// Glossary: a fact is a pair of digests that were met together; a run is mails of
// one sender with the same letter (or attachment) to one recipient each, close in
// time; a shape is a keyed letter skeleton.
package memory

import (
	"sync"
	"time"

	"brevvagt/detectors"
	"brevvagt/scanner/memory/facts"
)

// Options say how much is remembered and for how long.
type Options struct {
	Key detectors.Key
	// Facts bounds what is remembered; default 1,000,000, about 70 MB when full.
	Facts int
	// Keep is how long a fact counts after it was last met; default 90 days.
	Keep time.Duration
}

const (
	defaultFacts = 1_000_000
	defaultKeep  = 90 * 24 * time.Hour
	// minFacts keeps one mail's facts from pushing each other out.
	minFacts = 4096
)

// Memory is safe for concurrent use.
type Memory struct {
	keys keyer

	mu     sync.Mutex
	facts  *facts.Table
	shapes *facts.Table // shapes in a table of their own: letters written once must not push out the rest
	held   map[uint64]pending
	order  []uint64 // of held, oldest first
	votes  map[uint64]int
	disk   *disk // nil for a memory that ends with the process
}

// New makes a memory that ends with the process.
func New(o Options) (*Memory, error) {
	keys, err := newKeyer(o.Key)
	if err != nil {
		return nil, err
	}
	if o.Facts == 0 {
		o.Facts = defaultFacts
	}
	if o.Keep == 0 {
		o.Keep = defaultKeep
	}
	total, keep := max(o.Facts, minFacts), uint32(o.Keep/time.Second)
	return &Memory{keys: keys, facts: facts.New(total*3/4, keep), shapes: facts.New(total/4, keep),
		held: make(map[uint64]pending), votes: make(map[uint64]int)}, nil
}

// Fate is what became of a mail.
type Fate uint32

// The fates. Only what was sent has gone.
const (
	Unknown Fate = iota
	Sent
	Held
	Wrong // held because a paper in it was for somebody else: it stops its run
)

// The kinds of facts.
const (
	kItem        = iota + 1 // mail → run: fate
	kRun                    // sender, letter: at = last mail, n = number of the run
	kCount                  // run: sent, held, wrong, own, odd
	kMember                 // run, recipient: has a mail of it
	kReader                 // run, word → recipient that has it in name or address
	kLetter                 // run, word → recipient whose letter names it
	kLink                   // person → address that got papers about them
	kBox                    // address → person whose papers it got
	kFile                   // attachment → address
	kSlot                   // shape, person → address
	kDomain                 // domain → sender, 0 for all
	kNear                   // look of a domain → domain
	kBulk                   // sender, address → person
	kLearned                // 0: mails with personal data learned from; 1: since when
	kShingle                // hash of a shape → shape
	kShortReader            // run, address that may be a name cut short → recipient
	kShortLetter            // run, address that a letter's name may be cut down to → recipient of the letter
)

// How many facts are kept of one thing.
const (
	fewFacts  = 16
	someFacts = 64
)

func (m *Memory) tick(at time.Time) {
	if s := at.Unix(); s > 0 && s < 1<<32 {
		m.facts.Set(uint32(s))
		m.shapes.Set(uint32(s))
	}
}

// Stats is what a memory holds.
type Stats struct {
	Facts, Limit int
	Mails        int       // with personal data, learned from
	Since        time.Time // the first of them; zero if there is none
	Damage       string    // why an earlier memory was set aside or writing fails, "" if neither
}

// Stats tells what is remembered.
func (m *Memory) Stats() Stats {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := Stats{Facts: m.facts.Len() + m.shapes.Len(), Limit: m.facts.Max() + m.shapes.Max()}
	s.Mails, s.Since = m.learned()
	if m.disk != nil {
		s.Damage = m.disk.damage
	}
	return s
}

func (m *Memory) learned() (mails int, since time.Time) {
	base := mix(kLearned)
	if first := m.facts.Count(base, 1); first > 0 {
		since = time.Unix(int64(first), 0).UTC()
	}
	return m.facts.Count(base, 0), since
}

func add1(n uint32) uint32              { return n + 1 }
func same(n uint32) uint32              { return n }
func set(v uint32) func(uint32) uint32  { return func(uint32) uint32 { return v } }
func mark(v uint32) func(uint32) uint32 { return func(n uint32) uint32 { return n | v } }
