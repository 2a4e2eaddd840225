package office

import (
	"context"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf16"

	"brevvagt/document"
	"brevvagt/document/office/flow"
	"brevvagt/internal/sweep"
)

// owner is the file that Word, Excel and PowerPoint lay beside a document that somebody
// has open ("~$budget.xlsx"): the name of who has it open, once in the system's code page
// and once in UTF-16, each behind its length. It has no magic; its two sizes and the two
// lengths that agree tell it.
type owner struct{}

// Sizes of the file in bytes: Word's is the shorter, and the second length stands one byte
// earlier there.
const (
	ownerWord  = 162
	ownerExcel = 165
	ownerName  = 54 // bytes of the first length and the name behind it
)

func (owner) Name() string { return "owner" }

func (owner) Match(head []byte, _ string) bool {
	_, ok := ownerIn(head)
	return ok
}

// ownerIn is the name in the file of an open document.
func ownerIn(data []byte) (string, bool) {
	at := ownerName
	switch len(data) {
	case ownerExcel:
		at++
	case ownerWord:
	default:
		return "", false
	}
	n := int(data[0])
	if n == 0 || n > ownerName-1 || int(binary.LittleEndian.Uint16(data[at:])) != n {
		return "", false
	}
	var units [ownerName]uint16
	for i := range n {
		units[i] = binary.LittleEndian.Uint16(data[at+2+2*i:])
	}
	name := string(utf16.Decode(units[:n]))
	odd := strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
	return name, !odd && strings.TrimSpace(name) != ""
}

// Read gives the name, and what text there may be besides: the rest is blank.
func (owner) Read(_ context.Context, in document.Input, out *document.Builder) error {
	name, _ := ownerIn(in.Data)
	out.Segment(document.Segment{Text: name, Label: flow.LabelAuthor, At: document.Location{Layer: document.Metadata}})
	found, _ := sweep.Texts(in.Data)
	for _, t := range found {
		if strings.TrimSpace(t) != name {
			out.Segment(document.Segment{Text: t, At: document.Location{Layer: document.Hidden}})
		}
	}
	return nil
}
