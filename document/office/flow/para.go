package flow

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"brevvagt/document"
)

// span is a stretch of a paragraph within one layer.
type span struct {
	layer document.Layer
	text  []byte
}

// Para is a paragraph being read.
type Para struct {
	spans     []span
	runHidden bool // the run is w:vanish
	runBlack  bool // the run lies on black
	runColor  byte // of its text: 'w' white, 'b' black or as the program chooses, 0 another
	allHidden bool // the paragraph's style is
	label     string
	numbered  numbered
	size      int // bytes
}

// maxPara is how many bytes of a paragraph are held before they are passed on.
const maxPara = 1 << 20

// Cut takes what can be passed on of a paragraph that has become too long to be held: all
// up to a blank that parts no number. It returns nil of others.
func (p *Para) Cut() *Para {
	if p.size < maxPara {
		return nil
	}
	last := &p.spans[len(p.spans)-1]
	at := lastBlank(last.text)
	if at == 0 && len(last.text) > maxPara/2 {
		at = len(last.text)
	}
	rest := append([]byte(nil), last.text[at:]...)
	whole := *p
	whole.spans[len(whole.spans)-1].text = last.text[:at]
	p.spans, p.size = []span{{last.layer, rest}}, len(rest)
	return &whole
}

// lastBlank is the place behind the last blank that has no digit behind it, or, where
// none has, before it, or any; 0 for none.
func lastBlank(text []byte) int {
	second := 0
	for i := len(text); i > 1 && i > len(text)-maxPara/2; i-- {
		switch {
		case text[i-1] != ' ':
		case i < len(text) && (text[i] < '0' || text[i] > '9'):
			return i
		case second == 0 && (text[i-2] < '0' || text[i-2] > '9'):
			second = i
		}
	}
	if second > 0 {
		return second
	}
	return bytes.LastIndexByte(text, ' ') + 1
}

func (p *Para) beginRun() { p.runHidden, p.runBlack, p.runColor = false, false, 'b' }

// crossedOut reports whether the run's text is black on black, as people cross names out
// who think that this takes them away.
func (p *Para) crossedOut() bool {
	return p.runBlack && p.runColor == 'b' && !p.runHidden && !p.allHidden
}

// whitedOut reports whether the run's text is white on white. In a table white letters
// stand on a coloured cell.
func (p *Para) whitedOut(inTable bool) bool { return !p.runBlack && p.runColor == 'w' && !inTable }

// Add appends text of one layer.
func (p *Para) Add(layer document.Layer, text []byte) {
	p.size += len(text)
	if n := len(p.spans); n > 0 && p.spans[n-1].layer == layer {
		p.spans[n-1].text = append(p.spans[n-1].text, text...)
		return
	}
	p.spans = append(p.spans, span{layer, append([]byte(nil), text...)})
}

// maxAsked is how much of a paragraph's text labels the field behind it, in bytes.
const maxAsked = 60

// Asks is the end of what the paragraph says so far: the label of a form's field that
// follows. A nil paragraph says nothing.
func (p *Para) Asks() string {
	if p == nil || len(p.spans) == 0 {
		return ""
	}
	text := p.spans[len(p.spans)-1].text
	text = text[max(0, len(text)-maxAsked):]
	return strings.TrimSpace(strings.ToValidUTF8(string(text), ""))
}

// Piece is a text with its layer, ready for a segment.
type Piece struct {
	Layer document.Layer
	Text  string
}

// Pieces splits the paragraph by layer. base is the layer of plain text. A
// stretch in another layer takes the words around it along, because a tracked
// change often holds a part of a number or has its name in front; words with
// digits that are not next to it stay out, so that no number is found twice.
func (p *Para) Pieces(base document.Layer) []Piece {
	if len(p.spans) == 0 {
		return nil
	}
	if len(p.spans) == 1 {
		return []Piece{{p.spans[0].layer, string(p.spans[0].text)}}
	}
	var out []Piece
	var plain []byte
	for _, s := range p.spans {
		if s.layer == base {
			plain = append(plain, s.text...)
		}
	}
	if len(bytes.TrimSpace(plain)) > 0 {
		out = append(out, Piece{base, string(plain)})
	}
	for i, s := range p.spans {
		if s.layer == base || len(bytes.TrimSpace(s.text)) == 0 {
			continue
		}
		before, after := "", ""
		for j := i - 1; j >= max(0, i-8); j-- {
			if p.spans[j].layer == base {
				before = lastWords(p.spans[j].text)
				break
			}
		}
		for j := i + 1; j < min(len(p.spans), i+8); j++ {
			if p.spans[j].layer == base {
				after = firstWord(p.spans[j].text)
				break
			}
		}
		out = append(out, Piece{s.layer, glue(glue(before, string(s.text)), after)})
	}
	return out
}

// glue joins two stretches. A change often takes the blank along that parted a
// number from the word beside it: it is put back.
func glue(a, b string) string {
	last, _ := utf8.DecodeLastRuneInString(a)
	first, _ := utf8.DecodeRuneInString(b)
	if unicode.IsLetter(last) && unicode.IsDigit(first) || unicode.IsDigit(last) && unicode.IsLetter(first) {
		return a + " " + b
	}
	return a + b
}

const contextBytes = 80

func lastWords(b []byte) string {
	if len(b) > contextBytes {
		b = b[len(b)-contextBytes:]
		for len(b) > 0 && !utf8.RuneStart(b[0]) {
			b = b[1:]
		}
	}
	trimmed := bytes.TrimRightFunc(b, unicode.IsSpace)
	cut := bytes.LastIndexFunc(trimmed, unicode.IsSpace) + 1
	var kept []string
	for _, w := range strings.Fields(string(b[:cut])) {
		if !strings.ContainsAny(w, "0123456789") {
			kept = append(kept, w)
		}
	}
	return strings.Join(append(kept, string(b[cut:])), " ")
}

func firstWord(b []byte) string {
	b = b[:min(len(b), contextBytes)]
	for len(b) > 0 && !utf8.Valid(b) {
		b = b[:len(b)-1]
	}
	lead := len(b) - len(bytes.TrimLeftFunc(b, unicode.IsSpace))
	end := bytes.IndexFunc(b[lead:], unicode.IsSpace)
	if end < 0 {
		return string(b)
	}
	return string(b[:lead+end])
}

func blackOrAuto(color string) bool { return color == "" || color == "auto" || color == "000000" }

func colorOf(val string) byte {
	switch {
	case strings.EqualFold(val, "FFFFFF"):
		return 'w'
	case blackOrAuto(val):
		return 'b'
	}
	return 0
}

// symbol gives the sign that stands in a font of symbols where ASCII has it (17.3.3.30).
// Fonts of pictures have no letters there.
func symbol(font, char string) []byte {
	n, err := strconv.ParseUint(char, 16, 16)
	if err != nil || n < 0xf020 || n > 0xf07e || strings.Contains(font, "ings") {
		return nil
	}
	return []byte{byte(n - 0xf000)}
}
