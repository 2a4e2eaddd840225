package facts

import (
	"math/rand/v2"
	"testing"
)

func one(n uint32) uint32 { return n + 1 }

func TestBoundReached(t *testing.T) {
	x := New(1000, 1<<30)
	x.Set(100)
	for i := range uint64(50) {
		x.Put(7, i, 100, one) // met again and again below
	}
	for i := range uint64(20_000) {
		x.Put(1000+i, i, 16, one)
		x.Put(7, i%50, 100, one)
	}
	if x.Len() != 1000 || x.used != 1000 {
		t.Fatalf("%d facts held in %d places, limit 1000", x.Len(), x.used)
	}
	for i := range uint64(50) {
		if x.Get(7, i) == nil {
			t.Errorf("fact %d, met all the time, was pushed out", i)
		}
	}
	if x.Get(1000, 0) != nil || x.Get(20_999, 19_999) == nil {
		t.Error("the oldest was kept or the newest was not")
	}
	check(t, x)
}

func TestExpiry(t *testing.T) {
	x := New(100, 90)
	x.Set(1000)
	x.Put(1, 1, 4, one)
	x.Put(1, 1, 4, one)
	x.Set(1090)
	if x.Count(1, 1) != 2 {
		t.Error("forgotten too early")
	}
	x.Set(1091)
	if x.Get(1, 1) != nil || x.Has(1) || x.Count(1, 1) != 0 {
		t.Error("an old fact still counts")
	}
	x.Put(1, 1, 4, one)
	if x.Count(1, 1) != 1 {
		t.Errorf("an old count went on: %d", x.Count(1, 1))
	}
	x.Put(2, 2, 4, one)
	x.Set(2000)
	if x.Sweep(1000); x.Len() != 0 {
		t.Errorf("%d old facts were not swept", x.Len())
	}
	x.Set(5)
	if x.Now() != 2000 {
		t.Error("the time went back")
	}
}

func TestChainBound(t *testing.T) {
	x := New(100, 1000)
	for i := range uint64(10) {
		x.Put(1, i, 4, one)
	}
	n := 0
	x.Each(1, func(f *Fact) bool { n++; return true })
	if n != 4 || x.Get(1, 9) == nil || x.Get(1, 5) != nil {
		t.Errorf("%d facts of one thing, bound 4", n)
	}
}

// TestAgainstMap compares a long random life with a plain map while nothing is
// pushed out, and looks at the inner order when much is.
func TestAgainstMap(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	x, plain := New(100_000, 1<<30), make(map[Pair]uint32)
	x.Durable = true
	disk := make(map[Pair]uint32)
	for i := range 30_000 {
		p := Pair{r.Uint64N(200), r.Uint64N(100)}
		x.Put(p.A, p.B, 1000, one)
		plain[p]++
		if i%1000 == 0 {
			write(x, disk)
		}
	}
	write(x, disk)
	for p, n := range plain {
		if x.Count(p.A, p.B) != int(n) || disk[p] != n {
			t.Fatalf("%v: %d, on disk %d, want %d", p, x.Count(p.A, p.B), disk[p], n)
		}
	}
	small := New(500, 50)
	small.Durable = true
	clear(disk)
	for i := range 50_000 {
		small.Set(uint32(i / 10))
		small.Put(r.Uint64N(300), r.Uint64N(50), 1+r.IntN(10), one)
		if i%100 == 0 {
			small.Sweep(20)
			write(small, disk)
			check(t, small)
		}
	}
	write(small, disk)
	if len(disk) != small.Len() {
		t.Errorf("%d facts on disk, %d in memory", len(disk), small.Len())
	}
}

func write(x *Table, disk map[Pair]uint32) {
	set, dropped := x.Changes()
	for _, p := range dropped {
		delete(disk, p)
	}
	for _, f := range set {
		disk[Pair{f.A, f.B}] = f.N
	}
}

// check walks all chains: every live fact is in exactly one.
func check(t *testing.T, x *Table) {
	t.Helper()
	n := 0
	for a, i := range x.heads {
		for ; i >= 0; i = x.at(i).next {
			if n++; x.at(i).A != a || x.at(i).gone || n > x.used {
				t.Fatalf("broken chain of %d", a)
			}
		}
	}
	if n != x.Len() {
		t.Fatalf("%d facts in chains, %d live", n, x.Len())
	}
}
