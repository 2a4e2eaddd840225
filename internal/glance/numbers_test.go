package glance

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// byEye is Numbers as its description has it.
func byEye(text string, at, most int) (marks []Marks, met Words) {
	for ; at < len(text) && len(marks) < most; at += Block {
		m := Marks{}
		for i := at; i < min(len(text), at+Block); i++ {
			switch c := text[i]; {
			case c >= '0' && c <= '9':
				m.Digits |= 1 << (i - at)
			case c == '-' || c >= 0xd9:
				m.Signs |= 1 << (i - at)
			}
			if strings.HasPrefix(strings.ToLower(text[i:min(len(text), i+2)]), "cp") {
				met |= CP
			}
			if strings.HasPrefix(text[i:], "onn") || strings.HasPrefix(text[i:], "nul") || strings.HasPrefix(text[i:], "Nul") {
				met |= ONN
			}
		}
		marks = append(marks, m)
	}
	return marks, met
}

func checkNumbers(t *testing.T, text string, at, most int) {
	t.Helper()
	want, words := byEye(text, at, most)
	marks := make([]Marks, most)
	n, some, met := Numbers(text, at, marks)
	if !slices.Equal(marks[:n], want) || met != words || some != anyOf(want) {
		t.Fatalf("%q at %d: %x, words %b, want %x, words %b", text, at, marks[:n], met, want, words)
	}
	rest := text[min(len(text), at):] + strings.Repeat("\x00", Block+beyond)
	blocks := min(most, len(rest)/Block)
	text = rest[:blocks*Block+min(beyond, len(rest)-blocks*Block)] + "\x00\x00"
	one, other := make([]Marks, blocks), make([]Marks, blocks)
	here, a := look(&[]byte(text)[0], one)
	each, b := lookAtEach(&[]byte(text)[0], other)
	if a != b || here != each || !slices.Equal(one, other) {
		t.Fatalf("%q: %x %b by this machine, %x %b by any", text, one, a, other, b)
	}
	plain, leads := letters(&[]byte(text)[0])
	if a, b := lettersAtEach(&[]byte(text)[0]); a != plain || b != leads {
		t.Fatalf("%q: letters %x %x by this machine, %x %x by any", text, plain, leads, a, b)
	}
	for _, pair := range []string{"cp", "nn", "\x00\x00", text[:2]} {
		if a, b := pairs(&[]byte(text)[0], pair[0], pair[1]), pairsAtEach(&[]byte(text)[0], pair[0], pair[1]); a != b {
			t.Fatalf("%q: %q at %x by this machine, %x by any", text, pair, a, b)
		}
	}
}

func anyOf(marks []Marks) (some uint64) {
	for i, m := range marks {
		if m.Digits|m.Signs != 0 {
			some |= 1 << i
		}
	}
	return some
}

// TestEveryByteHasItsClasses holds the two ways of a table against each other, for tables
// of bytes drawn at random.
func TestEveryByteHasItsClasses(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 50 {
		var table Table
		for c := range 256 {
			for _, class := range []Class{A, B, C, A | C} {
				if r.IntN(3) == 0 {
					table.Add(class, string([]byte{byte(c)}))
				}
			}
		}
		text := make([]byte, Block)
		for first := 0; first < 256; first += Block {
			for i := range text {
				text[i] = byte(first + i)
			}
			r.Shuffle(Block, func(i, k int) { text[i], text[k] = text[k], text[i] })
			a, b, c := table.classes(&text[0])
			if x, y, z := table.eachClass(&text[0]); x != a || y != b || z != c {
				t.Fatalf("%x: %x %x %x by this machine, %x %x %x by any", text, a, b, c, x, y, z)
			}
		}
	}
}

func TestLetters(t *testing.T) {
	all := "@AZ[`az{\x7f\x80\xc3\xe6\xff 09zZ" + strings.Repeat("aB. ", 30)
	for at := range all {
		plain, leads := Letters(all, at)
		pairs := Pairs(all, at, 'a', 'B')
		zeros := Pairs(all, at, 0, 0)
		for i := range Block {
			want := at+i < len(all) && (all[at+i] >= 'A' && all[at+i] <= 'Z' || all[at+i] >= 'a' && all[at+i] <= 'z')
			lead := at+i < len(all) && all[at+i] == 0xc3
			pair := at+i < len(all) && strings.HasPrefix(all[at+i:], "aB")
			if plain>>i&1 == 1 != want || leads>>i&1 == 1 != lead || pairs>>i&1 == 1 != pair || zeros != 0 {
				t.Fatalf("%q at %d, byte %d: %x %x %x %x", all, at, i, plain, leads, pairs, zeros)
			}
		}
	}
}

func TestNumbers(t *testing.T) {
	for c := range 256 {
		checkNumbers(t, strings.Repeat("x", c)+string([]byte{byte(c)})+"PpCcnoonN", 0, 9)
	}
	r := rand.New(rand.NewPCG(3, 4))
	const some = "0123456789-cCpPonN \n\xe2\x80\x93\xc3\xa6\xd8\xd9\xff/:"
	for size := range 300 {
		text := make([]byte, size)
		for i := range text {
			text[i] = some[r.IntN(len(some))]
		}
		checkNumbers(t, string(text), r.IntN(size+1), 1+r.IntN(6))
	}
	for _, word := range []string{"cp", "CP", "onn", "nul", "Nul"} {
		for shift := range 140 {
			checkNumbers(t, strings.Repeat(" ", shift)+word, 0, 9)
			checkNumbers(t, strings.Repeat(" ", shift)+word+strings.Repeat("a", 80), shift/2, 1)
		}
	}
}

func FuzzNumbers(f *testing.F) {
	f.Add("CPR 220645-7026, personnummer", uint8(0), uint8(3))
	f.Fuzz(func(t *testing.T, text string, at, most uint8) {
		checkNumbers(t, text, min(int(at), len(text)), int(most%5)+1)
	})
}

func BenchmarkNumbers(b *testing.B) {
	text := strings.Repeat("Kommunalbestyrelsen har besluttet det.\n", 1600)
	b.SetBytes(int64(len(text)))
	var marks [32]Marks
	for b.Loop() {
		for at := 0; at < len(text); {
			n, _, _ := Numbers(text, at, marks[:])
			at += n * Block
		}
	}
}
