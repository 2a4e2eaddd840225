// Package paper writes what the DPO prints or hands on as PDF: the breach register in its
// thirteen columns, a case, and the yearly report. Pages are A4, numbered, with an
// embedded font that has the Danish letters.
//
// Lines are broken here and not by the PDF library: a word longer than its column is cut
// rather than printed over its neighbour, and a row longer than a page goes on on the next.
package paper

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/johnfercher/maroto/v2"
	"github.com/johnfercher/maroto/v2/pkg/components/col"
	"github.com/johnfercher/maroto/v2/pkg/components/row"
	"github.com/johnfercher/maroto/v2/pkg/components/text"
	"github.com/johnfercher/maroto/v2/pkg/config"
	"github.com/johnfercher/maroto/v2/pkg/consts/border"
	"github.com/johnfercher/maroto/v2/pkg/consts/fontstyle"
	"github.com/johnfercher/maroto/v2/pkg/consts/orientation"
	"github.com/johnfercher/maroto/v2/pkg/consts/pagesize"
	"github.com/johnfercher/maroto/v2/pkg/core"
	"github.com/johnfercher/maroto/v2/pkg/props"
	"github.com/johnfercher/maroto/v2/pkg/repository"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"

	"brevvagt/quarantine/review/words"
)

// About is what stands on every paper.
type About struct {
	Lang         words.Lang
	Organisation string
	Head         string // the ledger's signed head, "" for none
	Now          time.Time
}

// Sizes of the page and the text, in millimetres and points.
const (
	family    = "go"
	margin    = 8.0
	longSide  = 297.0
	shortSide = 210.0
	pad       = 0.8
	body      = 9.0
	pointMM   = 0.3528
	leading   = 1.25 // line height by font size
)

// sheet collects the rows of a document.
type sheet struct {
	m             core.Maroto
	regular, bold *opentype.Font
	width, height float64 // of the text, mm
}

// newSheet begins a document whose every page has the title at its head, and the titles of
// a table's columns where it is one.
func newSheet(a About, title string, landscape bool, columns ...cell) (*sheet, error) {
	regular, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return nil, fmt.Errorf("cannot read the font: %w", err)
	}
	bold, err := opentype.Parse(gobold.TTF)
	if err != nil {
		return nil, fmt.Errorf("cannot read the font: %w", err)
	}
	fonts, err := repository.New().AddUTF8FontFromBytes(family, fontstyle.Normal, goregular.TTF).AddUTF8FontFromBytes(family, fontstyle.Bold, gobold.TTF).Load()
	if err != nil {
		return nil, fmt.Errorf("cannot load the font: %w", err)
	}
	s := &sheet{regular: regular, bold: bold, width: shortSide - 2*margin, height: longSide - 2*margin}
	turn := orientation.Vertical
	if landscape {
		s.width, s.height, turn = longSide-2*margin, shortSide-2*margin, orientation.Horizontal
	}
	cfg := config.NewBuilder().WithPageSize(pagesize.A4).WithOrientation(turn).WithLeftMargin(margin).WithRightMargin(margin).WithTopMargin(margin).WithBottomMargin(margin).
		WithMaxGridSize(int(s.width)).WithCustomFonts(fonts).WithDefaultFont(&props.Font{Family: family, Size: body}).WithCreationDate(a.Now.UTC()).
		WithTitle(title, true).WithAuthor(a.Organisation, true).WithCreator("brevvagt", true).
		WithPageNumber(props.PageNumber{Pattern: words.Text(a.Lang, "paper.page"), Place: props.RightBottom, Family: family, Size: 8}).Build()
	s.m = maroto.New(cfg)
	head := strings.TrimSpace(a.Organisation + "   " + title + "   " + words.Text(a.Lang, "print.made", words.ShortTime(a.Lang, a.Now)))
	line := row.New(6).Add(col.New(int(s.width)).Add(text.New(s.printable(head), props.Text{Family: family, Size: 8})))
	titles := []core.Row{line}
	if len(columns) > 0 {
		titles = append(titles, s.rows(tableSize, true, columns...)...)
	}
	if err := s.m.RegisterHeader(titles...); err != nil {
		return nil, fmt.Errorf("cannot make the head of the pages: %w", err)
	}
	return s, nil
}

// write ends the document.
func (s *sheet) write(w io.Writer) error {
	doc, err := s.m.Generate()
	if err != nil {
		return fmt.Errorf("cannot make the PDF: %w", err)
	}
	if _, err := w.Write(doc.GetBytes()); err != nil {
		return fmt.Errorf("cannot write the PDF: %w", err)
	}
	return nil
}

// cell is a piece of a row.
type cell struct {
	text  string
	width int // mm
	bold  bool
}

// line adds a row of cells, with a frame around each or without; a row that is longer
// than a page goes on on the next.
func (s *sheet) line(size float64, framed bool, cells ...cell) {
	s.m.AddRows(s.rows(size, framed, cells...)...)
}

func (s *sheet) rows(size float64, framed bool, cells ...cell) (list []core.Row) {
	step := size * pointMM * leading
	wrapped, most := make([][]string, len(cells)), 1
	for i, c := range cells {
		wrapped[i] = s.wrap(c.text, float64(c.width)-2*pad, size, c.bold)
		most = max(most, len(wrapped[i]))
	}
	perRow := max(1, min(30, int((s.height-30)/step))) // no more than leaves a page well filled
	for from := 0; from < most; from += perRow {
		to := min(most, from+perRow)
		cols := make([]core.Col, len(cells))
		for i, c := range cells {
			cols[i] = s.col(c, wrapped[i], from, to, size, framed)
		}
		list = append(list, row.New(float64(to-from)*step+2*pad).Add(cols...))
	}
	return list
}

func (s *sheet) col(c cell, lines []string, from, to int, size float64, framed bool) core.Col {
	style := fontstyle.Normal
	if c.bold {
		style = fontstyle.Bold
	}
	column := col.New(c.width)
	for n := from; n < min(to, len(lines)); n++ {
		if lines[n] != "" {
			column.Add(text.New(lines[n], props.Text{Family: family, Style: style, Size: size, Left: pad, Top: pad + float64(n-from)*size*pointMM*leading}))
		}
	}
	if framed {
		box := &props.Cell{BorderType: border.Full, BorderThickness: 0.1, BorderColor: &props.Color{Red: 140, Green: 140, Blue: 140}}
		if c.bold {
			box.BackgroundColor = &props.Color{Red: 235, Green: 235, Blue: 235}
		}
		column.WithStyle(box)
	}
	return column
}

// heading, paragraph and pair are the usual rows.
func (s *sheet) heading(t string) {
	s.m.AddRow(3)
	s.line(12, false, cell{t, int(s.width), true})
}

func (s *sheet) paragraph(t string) { s.line(body, false, cell{t, int(s.width), false}) }

func (s *sheet) pair(label, value string) {
	if value != "" {
		s.line(body, true, cell{label, 55, true}, cell{value, int(s.width) - 55, false})
	}
}

// wrap breaks a text into lines that fit, at spaces where there are any.
func (s *sheet) wrap(t string, width, size float64, bold bool) []string {
	f := s.regular
	if bold {
		f = s.bold
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil { // cannot happen with these sizes
		return []string{s.printable(t)}
	}
	defer face.Close()
	room := width * 0.98 / pointMM // points, with a little left for rounding
	measure := func(t string) float64 { return float64(font.MeasureString(face, t)) / 64 }
	var lines []string
	for part := range strings.SplitSeq(strings.TrimSpace(t), "\n") {
		current := ""
		for _, word := range strings.Fields(s.printable(part)) {
			for word != "" {
				joined := strings.TrimSpace(current + " " + word)
				if measure(joined) <= room {
					current = joined
					break
				}
				if current != "" {
					lines, current = append(lines, current), ""
					continue
				}
				n := fitting(word, // at least one letter, so this ends
					func(t string) bool { return measure(t) <= room })
				lines, word = append(lines, word[:n]), word[n:]
			}
		}
		lines = append(lines, current)
	}
	return lines
}

// fitting is how many bytes of a word fit, at least one letter.
func fitting(word string, fits func(string) bool) int {
	last := 0
	for i := range word {
		if i > 0 && !fits(word[:i]) {
			break
		}
		if i > 0 {
			last = i
		}
	}
	if last == 0 {
		return len(word) // one letter wider than the column
	}
	return last
}

// printable replaces what the font does not have; it has the European letters.
func (s *sheet) printable(t string) string {
	var b sfnt.Buffer
	return strings.Map(func(r rune) rune {
		if r == '\t' || r == '\u00a0' {
			return ' '
		}
		if r > 0xffff {
			return '?'
		}
		if n, err := s.regular.GlyphIndex(&b, r); err != nil || n == 0 {
			return '?'
		}
		return r
	}, t)
}
