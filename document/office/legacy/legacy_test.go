package legacy

import (
	"testing"

	"brevvagt/document/office/ole"
)

func TestUnreadPrograms(t *testing.T) {
	for _, tt := range []struct {
		stream ole.Stream
		want   bool
	}{
		{ole.Stream{Name: "VisioDocument", Data: []byte("x")}, true},
		{ole.Stream{Name: "\x01CompObj", Data: []byte("\x01\x00MSProject.MPP14\x00")}, true},
		{ole.Stream{Storage: "Quill/QuillSub", Name: "CONTENTS", Data: []byte("x")}, true},
		{ole.Stream{Name: "\x01CompObj", Data: []byte("OLE Package\x00Package")}, false},
		{ole.Stream{Name: "\x01Ole10Native", Data: []byte("x")}, false},
	} {
		if got := unread(&ole.File{Streams: []ole.Stream{tt.stream}}); (got != "") != tt.want {
			t.Errorf("%q: %q", tt.stream.Name, got)
		}
	}
}
