package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
)

const planted = "120336-3951"

// lines repeats a line until size bytes were read, with some lines planted.
type lines struct {
	left  int64
	n     int
	at    map[int]string
	ready []byte
}

func (l *lines) Read(p []byte) (int, error) {
	for len(l.ready) < len(p) && l.left > 0 {
		line, ok := l.at[l.n]
		if !ok {
			line = fmt.Sprintf("2026-11-24 15:%02d:07 host proces[%d]: forespørgsel 17324%05d besvaret på 12 ms\n", l.n%60, l.n%9000, l.n%99999)
		}
		l.n++
		l.left -= int64(len(line))
		l.ready = append(l.ready, line...)
	}
	n := copy(p, l.ready)
	l.ready = l.ready[n:]
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func TestCondense(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const where = 300_000 // far behind the first 4 MB
	src := &lines{left: 40 << 20, at: map[int]string{where: "borger " + planted + " ringede\n", where - 1: "før\n", where + 2: "efter\n", where + 5: "langt efter\n"}}
	got, err := Condense(src)
	if err != nil {
		t.Fatal(err)
	}
	all := bytes.Split(got, []byte("\n"))
	for at, want := range map[int]string{where: planted, where - 1: "før", where + 2: "efter"} {
		if !bytes.Contains(all[at], []byte(want)) {
			t.Errorf("line %d is %q, want %q", at, all[at], want)
		}
	}
	if len(all[where+5]) != 0 || len(got) > 8<<20 {
		t.Errorf("%d bytes were kept, line %q", len(got), all[where+5])
	}
	whole := "kort\nCPR " + planted + "\n"
	if got, err := Condense(strings.NewReader(whole)); err != nil || string(got) != whole {
		t.Errorf("a small text became %q, %v", got, err)
	}
	head := strings.Repeat("tekst\n", condenseWhole/6+1)
	for name, rest := range map[string]string{"zero": "a\x00b\n", "base64": strings.Repeat(strings.Repeat("QUJD", 19)+"\n", 20)} {
		if _, err := Condense(strings.NewReader(head + rest)); !errors.Is(err, ErrNotPlain) {
			t.Errorf("%s: %v", name, err)
		}
	}
	row := "borger med nummer " + planted + " bor på adressen Prøvevej 1, 9999 Eksempelby\n"
	many := strings.NewReader(head + strings.Repeat(row, (60<<20)/len(row)))
	rows := (60 << 20) / len(row)
	var left LeftOut
	got, err = Condense(many)
	if !errors.As(err, &left) || bytes.Count(got, []byte(planted)) != numberLines || left.Lines != rows-numberLines {
		t.Errorf("numbers in each of %d lines: %d lines, %v", rows, bytes.Count(got, []byte(planted)), err)
	}
}

func TestMayHoldNumber(t *testing.T) {
	for line, want := range map[string]bool{
		"CPR 120336-3951": true, "1203363951": true, "120336 3951.": true, "12.03.36-3951": true, "12 03 36 3951": true, "120336–3951": true,
		"720336-3951": true, "102030004": true, "a;120336-3951;b": true, "120336 - 3951": true,
		"2026-11-24 15:04:05.000123": false, "1732460000": false, "24-11-2026 15:04": false, "tlf. 12 34 56 78": false, "450336-3951": false, "": false, "12": false,
	} {
		if got := MayHoldNumber([]byte(line)); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}

func TestCondenseSparing(t *testing.T) {
	head := strings.Repeat("tekst\n", condenseWhole/6+1)
	row := "forespørgsel 1203363950 besvaret\n" // fails the check digit
	var in strings.Builder
	in.WriteString(head)
	for in.Len() < 40<<20 {
		in.WriteString(row)
	}
	in.WriteString("borger " + planted + "\nborger 2710556418\n")
	got, err := Condense(strings.NewReader(in.String()))
	if !errors.As(err, new(LeftOut)) || len(got) > 40<<20 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	for _, want := range []string{planted, "2710556418"} {
		if !bytes.Contains(got, []byte(want)) {
			t.Errorf("%s was left out", want)
		}
	}
	if a, b := strings.Count(in.String(), "\n"), bytes.Count(got, []byte("\n")); a != b {
		t.Errorf("%d lines of %d", b, a)
	}
}

// TestGigabyteOfText measures what a gigabyte costs.
func TestGigabyteOfText(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a gigabyte")
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	got, err := Condense(&lines{left: 1 << 30, at: map[int]string{11_000_000: "borger " + planted + "\n"}})
	if err != nil || !bytes.Contains(got, []byte(planted)) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	runtime.ReadMemStats(&after)
	t.Logf("%d bytes kept, %d MB from the system more, %v", len(got), (after.Sys-before.Sys)>>20, time.Since(start))
	if more := (after.Sys - before.Sys) >> 20; more > 250 {
		t.Errorf("%d MB more", more)
	}
}
