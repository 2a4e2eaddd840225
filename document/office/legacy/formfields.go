package legacy

import (
	"bytes"

	"brevvagt/document"
	"brevvagt/document/office/fields"
	"brevvagt/document/office/ole"
)

// maxFormFields bounds the fields of one form.
const maxFormFields = 5000

// formFields reads what a form's fields say that is shown nowhere: the text that they
// begin with, their help ([MS-DOC] 2.9.78, FFData). The fields stand in the order in
// which the text has them, so that what stands before each labels it.
func (d *docFile) formFields(data []byte) {
	var found [][]string
	for at := 0; len(found) <= maxFormFields; {
		i := bytes.Index(data[at:], []byte("\xff\xff\xff\xff"))
		if i < 0 {
			break
		}
		at += i + 4
		if texts, n := formTexts(fields.Sub(data, at+6, len(data)-at-6), fields.U16(data, at)&3 == 0); n > 0 {
			found, at = append(found, texts), at+6+n
		}
	}
	for i, texts := range found {
		for k, t := range texts {
			label := ""
			if k == 1 && len(found) == len(d.asked) {
				label = d.asked[i]
			}
			d.r.add(t, label, document.Location{Layer: document.Hidden})
		}
	}
}

// formTexts reads the strings of a field behind its head: its name, the text it begins
// with, the form of that, its help. It tells how long they are, 0 where there are none.
func formTexts(b []byte, text bool) (texts []string, size int) {
	for k := range 5 {
		if k == 1 && !text { // of a box or a list: which one is chosen
			texts, size = append(texts, ""), size+2
			continue
		}
		n := fields.U16(b, size)
		if size+4+2*n > len(b) || n > 255 || fields.U16(b, size+2+2*n) != 0 {
			return nil, 0
		}
		texts = append(texts, ole.UTF16(b[size+2:size+2+2*n]))
		size += 4 + 2*n
	}
	return texts, size
}
