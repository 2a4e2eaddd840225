package legacy

import (
	"context"
	"encoding/binary"
	"testing"

	"brevvagt/document"
	"brevvagt/document/documenttest"
	"brevvagt/document/office/flow"
)

func record(version, kind int, body ...[]byte) []byte {
	var all []byte
	for _, b := range body {
		all = append(all, b...)
	}
	head := binary.LittleEndian.AppendUint16(nil, uint16(version))
	head = binary.LittleEndian.AppendUint16(head, uint16(kind))
	return append(binary.LittleEndian.AppendUint32(head, uint32(len(all))), all...)
}

func cellShape(left, top int, text string) []byte {
	var place []byte
	for _, v := range []int{left, top, left + 100, top + 50} {
		place = binary.LittleEndian.AppendUint32(place, uint32(v))
	}
	return record(0x0f, recShape, record(0, recAnchor, place), record(0x0f, recTextbox, record(0, recBytes, []byte(text))))
}

// grouped reads presentations that are one group of shapes.
type grouped struct{}

func (grouped) Name() string              { return "group" }
func (grouped) Match([]byte, string) bool { return true }
func (grouped) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	w := &pptWalk{r: &reader{ctx: ctx, out: out, sink: &flow.Sink{Out: out}}}
	w.walk(in.Data, document.Location{}, 0, "")
	return nil
}

func TestTableOfAPresentation(t *testing.T) {
	table := func(cells ...string) []byte {
		var shapes []byte
		for i := len(cells) - 1; i >= 0; i-- {
			shapes = append(shapes, cellShape(i%3*100, i/3*50, cells[i])...)
		}
		return record(0x0f, recGroup, shapes)
	}
	for name, c := range map[string]struct {
		data        []byte
		text, label string
	}{
		"whole":         {table("Navn", "CPR", "By", "Bo", "6610721234", "Aars"), "6610721234", "CPR"},
		"empty cell":    {table("Navn", "CPR", "By", " ", "6610721234", "Aars"), "6610721234", "CPR"},
		"two columns":   {table("Navn", "Foedt", "Sidste fire", "Bo", "661072", "1234"), "661072-1234", "Foedt"},
		"other heading": {table("Navn", "Ordre", "By", "Bo", "6610721234", "Aars"), "6610721234", "Ordre"},
		"cut":           {table("Navn", "CPR", "By", "Bo", "6610721234", "Aars")[:60], "", ""},
	} {
		found := c.text == ""
		for _, s := range documenttest.Read(t, []document.Format{grouped{}}, "a.ppt", c.data).Segments {
			found = found || s.Text == c.text && s.Label == c.label
		}
		if !found {
			t.Errorf("%s: no %q under %q", name, c.text, c.label)
		}
	}
}
