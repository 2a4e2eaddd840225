package detectortest

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"

	"brevvagt/detectors"
	"brevvagt/document"
)

// Line is one line of a corpus file.
type Line struct {
	Number   int
	Want     bool               // '+' or '-'
	Detector string             // only findings of this detector count; "" means any
	Strength detectors.Strength // "" means: Weak and stronger
	Segment  document.Segment
}

// ReadCorpus reads a corpus file: UTF-8, one case a line. Empty lines and lines
// that begin with '#' are left out. The rest is
//
//   - text                               something of at least Weak is found
//   - text                               nothing of at least Weak is found
//     +(cpr; strong) text                  a finding of this detector with exactly this strength
//     -(cpr; medium) text                  none of this detector with this strength or more
//     +(cpr; strong; label=CPR-nr.; ocr) text
//
// The options are, separated by ';' in any order: a detector's ID, a strength,
// label=..., ocr, layer=.... In the text \n, \t, \\ and \uXXXX stand for the
// character.
func ReadCorpus(path string) ([]Line, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read corpus: %w", err)
	}
	defer f.Close()
	var lines []Line
	scan := bufio.NewScanner(f)
	scan.Buffer(nil, 1<<20)
	for n := 1; scan.Scan(); n++ {
		raw := scan.Text()
		if strings.TrimSpace(raw) == "" || raw[0] == '#' {
			continue
		}
		line, err := parseLine(raw)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, n, err)
		}
		line.Number = n
		lines = append(lines, line)
	}
	return lines, scan.Err()
}

func parseLine(raw string) (Line, error) {
	l := Line{Want: raw[0] == '+', Segment: document.Segment{At: document.Location{Path: "prøve.txt", Line: 1, Layer: document.Visible}}}
	if raw[0] != '+' && raw[0] != '-' {
		return l, fmt.Errorf("a line begins with '+', '-' or '#'")
	}
	rest := raw[1:]
	if strings.HasPrefix(rest, "(") {
		options, text, ok := strings.Cut(rest[1:], ")")
		if !ok {
			return l, fmt.Errorf("options have no ')'")
		}
		l.option(options)
		rest = text
	}
	text, err := Unescape(strings.TrimPrefix(rest, " "))
	if err != nil {
		return l, err
	}
	l.Segment.Text = text
	return l, nil
}

func (l *Line) option(options string) {
	for o := range strings.SplitSeq(options, ";") {
		o = strings.TrimSpace(o)
		key, value, _ := strings.Cut(o, "=")
		switch {
		case key == "label":
			l.Segment.Label = value
		case key == "layer":
			l.Segment.At.Layer = document.Layer(value)
		case o == "ocr":
			l.Segment.At.OCR = true
		case detectors.Strength(o).Rank() >= 0:
			l.Strength = detectors.Strength(o)
		default:
			l.Detector = o
		}
	}
}

// Unescape reads \n, \t, \\ and \uXXXX.
func Unescape(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case '\\':
			b.WriteByte('\\')
		case 'u':
			if i+5 > len(s) {
				return "", fmt.Errorf("\\u needs four hex digits")
			}
			r, err := strconv.ParseUint(s[i+1:i+5], 16, 32)
			if err != nil {
				return "", fmt.Errorf("\\u needs four hex digits")
			}
			b.WriteRune(rune(r))
			i += 4
		default:
			b.WriteByte('\\')
			b.WriteByte(s[i])
		}
	}
	return b.String(), nil
}
