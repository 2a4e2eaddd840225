// Package facts is a bounded table of pairs that were met together: what was not met
// again for longest goes first, what is old counts no more.
package facts

// Fact is one thing remembered: that b was met with a. Both are keyed digests.
type Fact struct {
	A, B  uint64
	At    uint32 // seconds since 1970 when it was last met
	N     uint32 // a count, or a mark
	next  int32  // the next fact of the same a, -1 at the end
	dirty bool   // not yet on disk as it is
	used  bool   // met again since it was last passed over
	gone  bool   // the place is free
}

// Table holds at most max facts in one array without pointers, so that a million
// cost the garbage collector nothing. When it is full the fact goes that was not met
// again for longest (the clock algorithm). It is for one goroutine.
type Table struct {
	max   int
	keep  uint32 // seconds after which a fact counts no more
	now   uint32
	heads map[uint64]int32
	slabs [][]Fact // of slab facts each, so that growing copies nothing
	used  int      // places that were ever taken
	free  []int32
	hand  int
	broom int
	live  int

	// Durable says that Changes is asked for what is new.
	Durable bool
	dirty   []int32
	dropped []Pair
}

// Pair is a fact that was forgotten.
type Pair struct{ A, B uint64 }

// New makes a table for at most limit facts that count for keep seconds.
func New(limit int, keep uint32) *Table {
	return &Table{max: limit, keep: keep, heads: make(map[uint64]int32)}
}

// Len is how many facts are held.
func (t *Table) Len() int { return t.live }

// Max is how many facts are held at most.
func (t *Table) Max() int { return t.max }

// Now is the time in seconds since 1970 that facts are judged by.
func (t *Table) Now() uint32 { return t.now }

// Set moves the time on; it never goes back.
func (t *Table) Set(now uint32) { t.now = max(t.now, now) }

// slab is how many facts are made at a time.
const slab = 1 << 12

func (t *Table) at(i int32) *Fact { return &t.slabs[i/slab][i%slab] }

// Old reports whether something met at a time counts no more.
func (t *Table) Old(at uint32) bool { return at+t.keep < t.now }

func (t *Table) expired(f *Fact) bool { return t.Old(f.At) }

// Each calls yield with the facts of a that still count, newest first, until it
// returns false.
func (t *Table) Each(a uint64, yield func(f *Fact) bool) {
	i, ok := t.heads[a]
	for ok && i >= 0 {
		f := t.at(i)
		if !t.expired(f) && !yield(f) {
			return
		}
		i = f.next
	}
}

// Get finds a fact that still counts; nil when there is none.
func (t *Table) Get(a, b uint64) *Fact {
	i, ok := t.heads[a]
	for ok && i >= 0 {
		f := t.at(i)
		if f.B == b {
			if t.expired(f) {
				return nil
			}
			return f
		}
		i = f.next
	}
	return nil
}

// Count is n of a fact, 0 when there is none.
func (t *Table) Count(a, b uint64) int {
	if f := t.Get(a, b); f != nil {
		return int(f.N)
	}
	return 0
}

// Has reports whether anything is known of a.
func (t *Table) Has(a uint64) bool {
	found := false
	t.Each(a, func(*Fact) bool { found = true; return false })
	return found
}

// stale is how much older a time on disk may be than the true one, in seconds:
// what is met every minute need not be written every minute.
const stale = 3600

// Put notes a fact; change sets its count. No more than chain facts
// are kept of one a: the longest known goes first.
func (t *Table) Put(a, b uint64, chain int, change func(n uint32) uint32) {
	length, last, before := 0, int32(-1), int32(-1)
	i, ok := t.heads[a]
	if !ok {
		i = -1
	}
	for i >= 0 {
		f := t.at(i)
		if f.B == b {
			n := f.N
			if t.expired(f) {
				n = 0
			}
			if n = change(n); n != f.N || f.At+stale < t.now {
				f.N, f.At = n, t.now
				t.mark(i)
			}
			f.used = true
			return
		}
		length++
		before, last, i = last, i, f.next
	}
	if length >= chain {
		t.cut(a, before, last)
	}
	t.Add(Fact{A: a, B: b, At: t.now, N: change(0)})
}

// Touch sets the time of a fact to now, where the second counts.
func (t *Table) Touch(a, b uint64) {
	if f := t.Get(a, b); f != nil && f.At != t.now {
		f.At = t.now
		t.mark(t.index(a, b))
	}
}

func (t *Table) index(a, b uint64) int32 {
	i := t.heads[a]
	for t.at(i).B != b {
		i = t.at(i).next
	}
	return i
}

// Add takes a place for a new fact.
func (t *Table) Add(f Fact) {
	i := t.place()
	f.next = -1
	if head, ok := t.heads[f.A]; ok {
		f.next = head
	}
	*t.at(i) = f
	t.heads[f.A] = i
	t.live++
	t.mark(i)
}

func (t *Table) place() int32 {
	if n := len(t.free); n > 0 {
		i := t.free[n-1]
		t.free = t.free[:n-1]
		return i
	}
	if t.used < t.max {
		if t.used == len(t.slabs)*slab {
			t.slabs = append(t.slabs, make([]Fact, slab))
		}
		t.used++
		return int32(t.used - 1)
	}
	for {
		t.hand = (t.hand + 1) % t.used
		f := t.at(int32(t.hand))
		switch {
		case f.gone:
			continue
		case f.used && !t.expired(f):
			f.used = false
			continue
		}
		t.drop(int32(t.hand))
		t.free = t.free[:len(t.free)-1]
		return int32(t.hand)
	}
}

// drop forgets the fact at place i.
func (t *Table) drop(i int32) {
	a := t.at(i).A
	before := int32(-1)
	for k := t.heads[a]; k != i; k = t.at(k).next {
		before = k
	}
	t.cut(a, before, i)
}

// cut takes fact i out of its chain; before is the one before it, -1 for none.
func (t *Table) cut(a uint64, before, i int32) {
	f := t.at(i)
	switch {
	case before >= 0:
		t.at(before).next = f.next
	case f.next >= 0:
		t.heads[a] = f.next
	default:
		delete(t.heads, a)
	}
	if t.Durable {
		t.dropped = append(t.dropped, Pair{a, f.B})
	}
	*f = Fact{gone: true}
	t.free = append(t.free, i)
	t.live--
}

// Sweep passes over some facts and drops what has expired.
func (t *Table) Sweep(some int) {
	for range min(some, t.used) {
		t.broom = (t.broom + 1) % t.used
		if f := t.at(int32(t.broom)); !f.gone && t.expired(f) {
			t.drop(int32(t.broom))
		}
	}
}

func (t *Table) mark(i int32) {
	if f := t.at(i); t.Durable && !f.dirty {
		f.dirty = true
		t.dirty = append(t.dirty, i)
	}
}

// Changes gives what is not yet on disk and takes it for written.
func (t *Table) Changes() (set []Fact, dropped []Pair) {
	for _, i := range t.dirty {
		if f := t.at(i); f.dirty && !f.gone {
			f.dirty = false
			set = append(set, *f)
		}
	}
	dropped = t.dropped
	t.dirty, t.dropped = nil, nil
	return set, dropped
}
