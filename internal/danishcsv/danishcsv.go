// Package danishcsv writes tables for a Danish Excel: UTF-8 with byte order mark,
// semicolons, CRLF, no cell that a spreadsheet would run as a formula, and no number of a
// register that Excel would take for a month.
package danishcsv

import (
	"bufio"
	"io"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Writer writes one table.
type Writer struct{ out *bufio.Writer }

// New begins a table. Errors of w are what Flush returns.
func New(w io.Writer) Writer {
	c := Writer{bufio.NewWriter(w)}
	c.out.WriteString("\ufeff")
	return c
}

// Row writes a row. A text that could be a formula gets an apostrophe before it.
func (c Writer) Row(cells ...string) {
	for n, text := range cells {
		if n > 0 {
			c.out.WriteByte(';')
		}
		if entryNo.MatchString(text) {
			c.out.WriteString(quoted(`="` + text + `"`))
			continue
		}
		c.out.WriteString(quoted(harmless(text)))
	}
	c.out.WriteString("\r\n")
}

// entryNo is a number of a register, such as 2026-01. Excel makes January 2026 of it and
// shows "jan-26" unless the cell is the formula of that text: of digits and a dash only, so
// nothing is run.
var entryNo = regexp.MustCompile(`^[0-9]{4}-[0-9]{2,6}$`)

// Flush ends the table.
func (c Writer) Flush() error { return c.out.Flush() }

// quoted puts a cell in quotation marks when it holds what could end it: the comma and
// the tab too, at which LibreOffice parts a line unless told otherwise.
func quoted(cell string) string {
	if !strings.ContainsAny(cell, ";,\"\t\r\n") && strings.TrimSpace(cell) == cell {
		return cell
	}
	cell = strings.ReplaceAll(strings.ReplaceAll(cell, "\r\n", "\n"), "\n", "\r\n")
	return `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
}

// harmless keeps a spreadsheet from running a cell: OWASP's list of first characters, the
// wide ones of East Asian keyboards with them, behind anything that does not print and
// that a program may trim.
func harmless(cell string) string {
	if r, _ := utf8.DecodeRuneInString(cell); strings.ContainsRune("\t\r\n", r) {
		return "'" + cell
	}
	if r, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(cell, blank)); strings.ContainsRune("=+-@＝＋－＠", r) {
		return "'" + cell
	}
	return cell
}

// blank reports what leaves no mark: blanks, control characters, marks of direction and
// of no width.
func blank(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf)
}
