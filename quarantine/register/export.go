package register

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"brevvagt/internal/danishcsv"
)

// Row is the entry as the thirteen cells of Columns.
func (r *Register) Row(d *Draft) []string {
	return []string{
		d.No, d.What, r.date(d.Registered), r.date(d.Start), d.Type, strings.Join(d.DataTypes, ", "), d.Consequences,
		d.Notify, d.NotifyReason, d.Measures, d.Informed, d.InformedReason, d.Ruling,
	}
}

// WriteCSV writes the register for a Danish Excel.
func (r *Register) WriteCSV(w io.Writer, drafts []*Draft) error {
	out := danishcsv.New(w)
	out.Row(Columns()...)
	for _, d := range drafts {
		out.Row(r.Row(d)...)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("cannot write the register: %w", err)
	}
	return nil
}

const sheetName = "Fortegnelse"

// WriteXLSX writes the register as a workbook in the shape that is published:
// landscape, one row of titles that stays in view, wrapped text. Every cell is
// text, so nothing is run as a formula and no number loses a zero.
func (r *Register) WriteXLSX(w io.Writer, drafts []*Draft) (err error) {
	f := excelize.NewFile()
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}()
	if err := f.SetSheetName("Sheet1", sheetName); err != nil {
		return fmt.Errorf("cannot name the sheet: %w", err)
	}
	if err := r.fill(f, drafts); err != nil {
		return fmt.Errorf("cannot fill the sheet: %w", err)
	}
	if err := f.Write(w); err != nil {
		return fmt.Errorf("cannot write the register: %w", err)
	}
	return nil
}

func (r *Register) fill(f *excelize.File, drafts []*Draft) error {
	if err := printed(f); err != nil {
		return err
	}
	var lines []excelize.Border
	for _, side := range []string{"left", "top", "right", "bottom"} {
		lines = append(lines, excelize.Border{Type: side, Color: "BFBFBF", Style: 1})
	}
	title, err := f.NewStyle(&excelize.Style{Border: lines, Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return err
	}
	text, err := f.NewStyle(&excelize.Style{Border: lines, NumFmt: 49, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}) // 49 is "@", text
	if err != nil {
		return err
	}
	sheet, err := f.NewStreamWriter(sheetName)
	if err != nil {
		return err
	}
	for i, width := range widths() {
		if err := sheet.SetColWidth(i+1, i+1, float64(width)); err != nil {
			return err
		}
	}
	if err := sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := sheet.SetRow("A1", cells(Columns(), title), tall(Columns())); err != nil {
		return err
	}
	for i, d := range drafts {
		row := r.Row(d)
		if err := sheet.SetRow(fmt.Sprintf("A%d", i+2), cells(row, text), tall(row)); err != nil {
			return err
		}
	}
	return sheet.Flush()
}

// printed sets up the page: landscape, as wide as the paper, the titles on every page.
func printed(f *excelize.File) error {
	landscape, a4, yes, wide, tall, margin := "landscape", 9, true, 1, 0, 0.3
	if err := f.SetPageLayout(sheetName, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &a4, FitToWidth: &wide, FitToHeight: &tall}); err != nil {
		return err
	}
	if err := f.SetPageMargins(sheetName, &excelize.PageLayoutMarginsOptions{Left: &margin, Right: &margin}); err != nil {
		return err
	}
	if err := f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: sheetName + "!$1:$1", Scope: sheetName}); err != nil {
		return err
	}
	return f.SetSheetProps(sheetName, &excelize.SheetPropsOptions{FitToPage: &yes})
}

// widths are those of the thirteen columns, in characters.
func widths() []int { return []int{9, 34, 14, 12, 17, 22, 34, 14, 30, 34, 14, 30, 22} }

// A line of a sheet's standard letters, and Excel's own limit on a row, in points.
const (
	lineHeight = 15
	maxHeight  = 409
)

// tall is the height of a row in which every text can be read: LibreOffice gives a row
// without a height one line, and lets texts run over each other. Letters are narrower than
// the digits by which a width is counted.
func tall(row []string) excelize.RowOpts {
	most := 1
	for i, width := range widths() {
		most = max(most, lines(row[i], width*115/100))
	}
	return excelize.RowOpts{Height: float64(min(most*lineHeight, maxHeight))}
}

// lines is how many a text takes when it is broken between words, and in long ones.
func lines(text string, width int) int {
	n := 0
	for line := range strings.Lines(text) {
		n++
		at := 0
		for _, word := range strings.Fields(line) {
			size := utf8.RuneCountInString(word)
			if at > 0 && at+1+size > width {
				n, at = n+1, 0
			}
			if at > 0 {
				at++
			}
			at += size
			n, at = n+(at-1)/width, (at-1)%width+1
		}
	}
	return n
}

func cells(row []string, style int) []any {
	out := make([]any, len(row))
	for i, v := range row {
		out[i] = excelize.Cell{StyleID: style, Value: v}
	}
	return out
}
