package flow

import (
	"strings"

	"brevvagt/document/office/grid"
)

// copied is the copy that a workbook keeps of another one's cells. The texts of the
// first row label what stands below.
type copied struct {
	at   string // of the current cell, "B2"; "" outside of such a copy
	head map[string]string
}

func (c *copied) label(text string) string {
	column := strings.TrimRight(c.at, "0123456789")
	if c.head == nil {
		c.head = map[string]string{}
	}
	if c.at == column+"1" {
		if len(c.head) < grid.MaxColumns {
			c.head[column] = text
		}
		return ""
	}
	return c.head[column]
}
