package register

import (
	"fmt"
	"io"
	"strings"

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
	landscape, a4 := "landscape", 9
	if err := f.SetPageLayout(sheetName, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &a4}); err != nil {
		return err
	}
	title, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return err
	}
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}) // 49 is "@", text
	if err != nil {
		return err
	}
	sheet, err := f.NewStreamWriter(sheetName)
	if err != nil {
		return err
	}
	for i, width := range []float64{9, 40, 13, 13, 20, 26, 40, 16, 36, 40, 16, 36, 24} {
		if err := sheet.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := sheet.SetRow("A1", cells(Columns(), title)); err != nil {
		return err
	}
	for i, d := range drafts {
		if err := sheet.SetRow(fmt.Sprintf("A%d", i+2), cells(r.Row(d), text)); err != nil {
			return err
		}
	}
	return sheet.Flush()
}

func cells(row []string, style int) []any {
	out := make([]any, len(row))
	for i, v := range row {
		out[i] = excelize.Cell{StyleID: style, Value: v}
	}
	return out
}
