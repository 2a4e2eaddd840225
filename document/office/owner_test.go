package office_test

import (
	"bytes"
	"testing"
	"unicode/utf16"

	"brevvagt/document"
	"brevvagt/document/documenttest"
	"brevvagt/document/office"
)

// ownerFile is what Excel (size 165) or Word (162) lays beside an open document.
func ownerFile(size int, name string) []byte {
	second := map[int]int{165: 55, 162: 54}[size]
	b := append([]byte{byte(len(name))}, name...)
	b = append(b, bytes.Repeat([]byte{' '}, second-len(b))...)
	b = append(b, byte(len(name)), 0)
	for _, u := range utf16.Encode([]rune(name)) {
		b = append(b, byte(u), byte(u>>8))
	}
	for len(b) < size-1 {
		b = append(b, ' ', 0)
	}
	return append(b, make([]byte, size-len(b))...)
}

func TestOwnerFiles(t *testing.T) {
	const size = 165
	for name, c := range map[string]struct {
		data []byte
		gap  bool
		text string
	}{
		"excel":           {ownerFile(size, "Testperson Eksempel"), false, "Testperson Eksempel"},
		"word":            {ownerFile(162, "TEST"), false, "TEST"},
		"a number within": {append(ownerFile(size, "TEST")[:120], []byte("x 120336-3951 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")[:45]...), false, "120336-3951"},
		"lengths differ":  {append([]byte{9}, ownerFile(size, "TEST")[1:]...), true, ""},
		"another size":    {append(ownerFile(size, "TEST"), 1), true, ""},
		"not printable":   {ownerFile(size, "T\x01\x02\x03T"), true, ""},
	} {
		d := documenttest.Read(t, office.Formats(), "~$budget.xlsx", c.data)
		if documenttest.HasGap(d, document.UnknownType) != c.gap || !documenttest.Has(d, c.text) {
			t.Errorf("%s: %s", name, documenttest.Describe(d))
		}
	}
}
