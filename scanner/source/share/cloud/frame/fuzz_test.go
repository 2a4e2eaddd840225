package frame

import (
	"bytes"
	"testing"
)

// FuzzReadFrame: whatever comes over the pipe is read, refused or cut off, and what
// was read is written the same way.
func FuzzReadFrame(f *testing.F) {
	var b bytes.Buffer
	w := NewWriter(&b)
	if err := w.SendJSON(Listed, 7, []Entry{{Name: "brev.txt", Size: 3, Tag: "x"}}); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 'd', 0, 0, 0, 1})
	f.Add([]byte{0, 0, 0, 2, 'f', 0, 0, 0, 1, '{'})
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bytes.NewReader(data)
		for {
			fr, err := ReadFrame(r)
			if err != nil {
				return
			}
			var list []Entry
			var a Answer
			var p Problem
			_, _, _ = fr.Decode(&list), fr.Decode(&a), fr.Decode(&p)
			var out bytes.Buffer
			if err := NewWriter(&out).Send(fr.Kind, fr.Number, fr.Payload); err != nil || !bytes.Contains(data, out.Bytes()) {
				t.Fatalf("written otherwise than read: %v", err)
			}
		}
	})
}

func TestTooLargeIsRefused(t *testing.T) {
	if err := NewWriter(&bytes.Buffer{}).Send(Data, 1, make([]byte, MaxPayload+1)); err == nil {
		t.Error("a frame over the bound was written")
	}
	if _, err := ReadFrame(bytes.NewReader([]byte{0, 0x10, 0, 1, 'd', 0, 0, 0, 1})); err == nil {
		t.Error("a frame over the bound was read")
	}
}
