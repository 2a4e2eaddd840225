package verdict

import "brevvagt/detectors/identity/label"

// LabelOf gives the label that counts for the number s[start:end]: the nearest one
// before it, the one in parentheses behind it, or the segment's heading.
func (f *Judge) LabelOf(start, end int) label.Label {
	lab := label.Settle(label.Before(f.Text, start), f.Text, start)
	if lab.Kind == label.Other && lab.Direct && f.AloneInColumn(start, end) {
		// The word stands in another cell: the name of this one's column counts for more.
		if column := label.Settle(f.ColumnLabel(start), f.Text, start); column.Kind == label.CPR && column.Name != label.Born {
			return column
		}
	}
	if lab.Kind == label.CPR || lab.Kind == label.Other && lab.Direct {
		return lab
	}
	if behind := label.Behind(f.Text, end); behind.Kind == label.CPR {
		return behind
	}
	heading := label.Settle(f.Heading, f.Text, start)
	if heading.Kind == label.CPR || heading.Kind == label.Other && f.Alone(start, end) {
		return heading
	}
	if f.AloneInColumn(start, end) {
		if column := label.Settle(f.ColumnLabel(start), f.Text, start); column.Kind == label.CPR && column.Name != label.Born || column.Kind == label.Other {
			return column
		}
	}
	clock := heading.Name == label.Clock && f.Alone(start, end) || f.AloneInColumn(start, end) && f.ColumnLabel(start).Name == label.Clock
	after := label.SaidBehind(f.Text, end)
	list := label.Label{}
	if end-start == 10 {
		list = f.listLabel(start)
	}
	switch {
	case after.Kind == label.CPR:
		return after
	case list.Kind != label.None:
		return list
	case lab.Kind == label.Person || heading.Kind == label.Person || after.Kind == label.Person:
		return label.Label{Kind: label.Person, Direct: lab.Kind == label.Person && lab.Direct || heading.Kind == label.Person && f.Alone(start, end)}
	case clock:
		return label.Label{Name: label.Clock}
	}
	return label.Label{}
}
