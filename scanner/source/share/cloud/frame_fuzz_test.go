package cloud

import (
	"bytes"
	"testing"

	"brevvagt/scanner/source/share/cloud/frame"
)

// FuzzReadFrame: whatever comes over the pipe is read, refused or cut off, and what
// was read is written the same way.
func FuzzReadFrame(f *testing.F) {
	var b bytes.Buffer
	w := frame.NewWriter(&b)
	if err := w.SendJSON(frame.Listed, 7, []frame.Entry{{Name: "brev.txt", Size: 3, Tag: "x"}}); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 'd', 0, 0, 0, 1})
	f.Add([]byte{0, 0, 0, 2, 'f', 0, 0, 0, 1, '{'})
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bytes.NewReader(data)
		for {
			fr, err := frame.ReadFrame(r)
			if err != nil {
				return
			}
			var list []frame.Entry
			var a frame.Answer
			var p frame.Problem
			_, _, _ = fr.Decode(&list), fr.Decode(&a), fr.Decode(&p)
			var out bytes.Buffer
			if err := frame.NewWriter(&out).Send(fr.Kind, fr.Number, fr.Payload); err != nil || !bytes.Contains(data, out.Bytes()) {
				t.Fatalf("written otherwise than read: %v", err)
			}
		}
	})
}

func TestTooLargeIsRefused(t *testing.T) {
	if err := frame.NewWriter(&bytes.Buffer{}).Send(frame.Data, 1, make([]byte, frame.MaxPayload+1)); err == nil {
		t.Error("a frame over the bound was written")
	}
	if _, err := frame.ReadFrame(bytes.NewReader([]byte{0, 0x10, 0, 1, 'd', 0, 0, 0, 1})); err == nil {
		t.Error("a frame over the bound was read")
	}
}
