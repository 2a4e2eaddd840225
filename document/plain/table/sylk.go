package table

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"brevvagt/document"
	"brevvagt/document/plain/looks"
	"brevvagt/internal/prose"
)

// Sylk reads Microsoft's symbolic link files (.slk), a table as lines of text.
type Sylk struct{}

// Name is the format's name.
func (Sylk) Name() string { return "slk" }

// Match knows it by its first line.
func (Sylk) Match(head []byte, _ string) bool {
	return document.HasPrefixFold(head, "ID;P") && looks.Text(head)
}

// maxTableColumns bounds a row: a column number is no promise of that many cells.
const maxTableColumns = 16_384

// Read gathers the cells of each row. Other lines are read as they are: they hold
// names, formats and comments.
func (Sylk) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	text := prose.Lines(prose.Decode(in.Data, looks.Charset(in.Type)))
	w := rows{out: out}
	var cells []string
	x, y, n, first := 1, 1, 0, 1
	flush := func() {
		if len(cells) > 0 {
			w.row = y - 1
			w.add(cells, func(int) int { return first }, "")
			cells = nil
		}
	}
	for line := range strings.SplitSeq(text, "\n") {
		if n++; n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		fields := strings.Split(strings.ReplaceAll(line, ";;", "\x00"), ";")
		if fields[0] != "C" {
			if fields[0] != "F" && fields[0] != "B" && fields[0] != "P" {
				out.Segment(document.Segment{Text: line, At: document.Location{Line: n, Layer: document.Hidden}})
			}
			continue
		}
		for _, f := range fields[1:] {
			if f == "" {
				continue
			}
			value := strings.ReplaceAll(f[1:], "\x00", ";")
			switch f[0] {
			case 'X':
				x = place(value, x)
			case 'Y':
				if to := place(value, y); to != y {
					flush()
					y, first = to, n
				}
			case 'K':
				if x > maxTableColumns {
					out.Gap(document.Gap{Why: document.TooBig, Detail: fmt.Sprintf("only the first %d columns were read", maxTableColumns)})
					return nil
				}
				for len(cells) < x {
					cells = append(cells, "")
				}
				cells[x-1] = strings.Trim(value, `"`)
			case 'E', 'A': // a formula, a note
				out.Segment(document.Segment{Text: value, At: document.Location{Line: n, Layer: document.Hidden}})
			}
		}
	}
	flush()
	return ctx.Err()
}

func place(s string, before int) int {
	if n, err := strconv.Atoi(strings.TrimSpace(s)); err == nil && n > 0 {
		return n
	}
	return before
}

// Dif reads data interchange files (.dif), a table with a value every two lines.
type Dif struct{}

// Name is the format's name.
func (Dif) Name() string { return "dif" }

// Match knows it by its first two lines.
func (Dif) Match(head []byte, _ string) bool {
	if !looks.MayStart(head, "T\f\v") {
		return false
	}
	lines := strings.SplitN(looks.Start(head), "\n", 3)
	return len(lines) == 3 && strings.TrimSpace(lines[0]) == "TABLE" && strings.HasPrefix(lines[1], "0,")
}

// Read reads the values behind the line DATA. A text too many is better than one
// too few: what stands before is read as it is.
func (Dif) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	lines := strings.Split(prose.Lines(prose.Decode(in.Data, looks.Charset(in.Type))), "\n")
	w := rows{out: out}
	var cells []string
	data := false
	for i := 0; i < len(lines); i++ {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		line := strings.TrimSpace(lines[i])
		if !data {
			out.Segment(document.Segment{Text: line, At: document.Location{Line: i + 1, Layer: document.Hidden}})
			if data = line == "DATA"; data {
				i += 2 // 0,0 and an empty text
			}
			continue
		}
		kind, value, _ := strings.Cut(line, ",")
		next := ""
		if i++; i < len(lines) {
			next = strings.TrimSpace(lines[i])
		}
		switch {
		case kind == "-1":
			if len(cells) > 0 {
				w.add(cells, func(int) int { return i }, "")
			}
			cells = nil
		case kind == "0":
			cells = append(cells, strings.TrimSpace(value))
		default:
			cells = append(cells, strings.ReplaceAll(strings.Trim(next, `"`), `""`, `"`))
		}
	}
	if len(cells) > 0 {
		w.add(cells, func(int) int { return len(lines) }, "")
	}
	return ctx.Err()
}
