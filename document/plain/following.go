package plain

import (
	"regexp"

	"brevvagt/document"
	"brevvagt/internal/columns"
)

// following remembers the latest short values with their labels: a number may be kept
// as a date and four digits, or as a day, a month, a year and four digits.
type following struct {
	labels, texts [6]string
	own           [6]string // the labels without what is around
	kinds         kinds
	said          []int  // depths of open elements whose attributes say that they hold a CPR number
	name          string // of the field whose value comes next
}

// valueKey is what a form calls the value of a field whose name stands beside it:
// <field name="dag"><value>15</value>, {"name": "dag", "value": "15"}.
var valueKey = regexp.MustCompile(`(?i)^(?:value|val|v|v(?:æ|ae)rdi|content|text|tekst|svar|answer)$`)

// call notes the name of a field.
func (f *following) call(key, name string) {
	if nameKey.MatchString(key) && name != "" && len(name) <= maxNameOfField {
		f.name = name
	}
}

// maxNameOfField bounds the name of a field, in bytes.
const maxNameOfField = 60

// add takes the next value and gives the number that it completes. What is around a part
// of a date says whose day it is: {"born": {"d": 12, "m": 10, "y": 1969}}.
func (f *following) add(around, label, text string) (found []document.Segment) {
	if f.name != "" && text == f.name && nameKey.MatchString(label) {
		return nil // its value comes next
	}
	copy(f.labels[:], f.labels[1:])
	copy(f.texts[:], f.texts[1:])
	copy(f.own[:], f.own[1:])
	last := len(f.labels) - 1
	if f.name != "" && valueKey.MatchString(label) {
		around, label, f.name = "", f.name, ""
	}
	f.labels[last], f.texts[last], f.own[last] = label, text, label
	if around != "" && (len(text) <= 2 || len(text) == 4) {
		f.labels[last] = around + " " + label
	}
	for _, j := range columns.Completed(f.labels[:], f.texts[:]) {
		found = append(found, document.Segment{Text: j.Text, Label: f.own[j.From]})
	}
	return found
}

// day reports whether a text is one with its time: longer than other parts of a number.
func day(text string) bool {
	return len(text) <= 25 && len(text) > 10 && text[4] == '-' && text[7] == '-' && text[10]|0x20 == 't'
}

// longestPart is the length of a date, in bytes.
const longestPart = 12
