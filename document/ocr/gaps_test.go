package ocr

import (
	"image"
	"strings"
	"testing"

	"brevvagt/document/ocr/engine"
)

// spoken makes a line at height y of words with one confidence.
func spoken(y, confidence int, text string) line {
	var l line
	x := 0
	for _, t := range strings.Fields(text) {
		box := image.Rect(x, y, x+10*len(t), y+20)
		l.add(word{Word: engine.Word{Text: t, Box: box, Confidence: confidence}, up: box})
		x = box.Max.X + 8
	}
	return l
}

func TestUnsure(t *testing.T) {
	for _, c := range []struct {
		why   string
		lines []line
		want  string
	}{
		{"a number of which two signs are letters", []line{spoken(0, 25, "WO8449 8534")}, unsureNumber},
		{"the same in one word", []line{spoken(0, 10, "I60454-50G7")}, unsureNumber},
		{"read surely it is something else", []line{spoken(0, 92, "AB0454-5067")}, ""},
		{"a number is a number at any confidence", []line{spoken(0, 20, "070761-4285")}, ""},
		{"a number whose last digits are signs", []line{spoken(0, 20, "060943-56%)")}, unsureNumber},
		{"an order's number behind the edge of its cell", []line{spoken(0, 30, "s45787329986")}, ""},
		{"an invoice's number", []line{spoken(0, 46, "79925483")}, ""},
		{"a number that lost two digits", []line{spoken(0, 46, "06094385")}, unsureNumber},
		{"a number behind an edge read as a digit", []line{spoken(0, 30, "t10609438534")}, unsureNumber},
		{"a number with one digit too many", []line{spoken(0, 30, "u06094318534")}, unsureNumber},
		{"a telephone number", []line{spoken(0, 40, "84 00 00 39")}, ""},
		{"scribble below the label", []line{spoken(0, 92, "CPR-nr."), spoken(30, 15, "KE SAG EEG SER")}, unsureLabel},
		{"boxes read as digits below the label", []line{spoken(0, 94, "CPR-nr."), spoken(30, 0, "015101 114111-15191319")}, unsureLabel},
		{"a number below the label", []line{spoken(0, 94, "CPR-nr."), spoken(30, 0, "070741-1519")}, ""},
		{"an empty field", []line{spoken(0, 92, "CPR-nr."), spoken(30, 92, "Adresse: Prøvevej 1")}, ""},
		{"scribble elsewhere", []line{spoken(0, 92, "Underskrift"), spoken(30, 15, "KE SAG EEG SER")}, ""},
		{"scribble far below", []line{spoken(0, 92, "CPR-nr."), spoken(300, 15, "KE SAG EEG SER")}, ""},
	} {
		if got := unsure(c.lines); got != c.want {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
}

// TestOneLess: an edge read as a digit goes; a number that merely holds a proven one stays.
func TestOneLess(t *testing.T) {
	for in, want := range map[string]string{
		"10707614285":  "0707614285",
		"07076114285":  "0707614285",
		"07076142851":  "0707614285",
		"07076194285":  "", // nine is no edge
		"04123871058":  "", // from the middle of a payment number
		"0707614285":   "",
		"0030556-7949": "0305567949", // a digit read twice before the hyphen
		"030556-79949": "0305567949",
		"0412387-1058": "",
	} {
		if got := oneLess(in); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

func TestJoin(t *testing.T) {
	l := spoken(0, 90, "01 0846-6464 Gyldigt")
	if l.join(0); len(l.words) != 2 || l.words[0].Text != "010846-6464" || l.words[0].Box.Dx() < 110 {
		t.Errorf("%+v", l.words)
	}
	l = spoken(0, 90, "99 0846-6464")
	if l.join(0); len(l.words) != 2 {
		t.Errorf("no date: %+v", l.words)
	}
}

func TestDoubtful(t *testing.T) {
	for text, want := range map[string]bool{
		"060943-56%)":      true, // its last digits are signs
		"O70761-4285":      true,
		"070761-4285":      false, // proven
		"660943-5690":      true,  // of a replacement number nothing can be proven
		"26/08259":         false,
		"991243-56%)":      false,
		"060943-afsnit-12": false,
	} {
		if got := doubtful(text); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	for d, want := range map[string]bool{"310100": true, "320100": false, "610100": true, "910100": true, "920100": false, "010000": false} {
		if got := dated(d); got != want {
			t.Errorf("%s: dated %v, want %v", d, got, want)
		}
	}
}

// TestNews: a second look adds what the first did not have, and no misreading of what it
// had for certain.
func TestNews(t *testing.T) {
	first := pass{lines: []line{spoken(0, 90, "CPR 070761-4285")}}
	for text, want := range map[string]int{"670761-4285": 0, "070761-4285": 0, "010203-4567": 1, "070761-4211": 1, "Adresse": 0} {
		if got := news([]line{spoken(0, 50, text)}, first); len(got) != want {
			t.Errorf("%s: %d lines, want %d", text, len(got), want)
		}
	}
	unproven := pass{lines: []line{spoken(0, 90, "010203-9991")}}
	if got := news([]line{spoken(0, 50, "010203-9992")}, unproven); len(got) != 1 {
		t.Error("the next number of a list was lost")
	}
}

// TestReadAt: large print is read with fewer dots, small print and little of it with all.
func TestReadAt(t *testing.T) {
	page := func(high, n int) *image.Gray {
		g := image.NewGray(image.Rect(0, 0, 2000, 2400))
		for i := range g.Pix {
			x, y := i%2000, i/2000
			g.Pix[i] = 255
			if y%(3*high) < high && x%high < high/2 && x/high < n && x > 0 {
				g.Pix[i] = 0
			}
		}
		return g
	}
	for _, c := range []struct {
		why     string
		high, n int
		dpi     float64
		want    func(float64) bool
	}{
		{"large print", 28, 60, 300, func(at float64) bool { return at == fewestLike }},
		{"print between", 17, 100, 300, func(at float64) bool { return at > fewestLike && at < pageLike }},
		{"small print", 14, 100, 300, func(at float64) bool { return at == pageLike }},
		{"few letters", 28, 3, 300, func(at float64) bool { return at == pageLike }},
		{"few dots", 28, 60, 150, func(at float64) bool { return at == pageLike }},
	} {
		if at := readAt(page(c.high, c.n), c.dpi); !c.want(at) {
			t.Errorf("%s: %v", c.why, at)
		}
	}
}
