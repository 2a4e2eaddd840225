package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"testing"

	"brevvagt/document/documenttest"
)

// TestWhatNoProgramShows plants a number where an archive keeps what is shown to
// nobody.
func TestWhatNoProgramShows(t *testing.T) {
	const number = "130151-5355"
	plain := zipOf(file{"a.txt", "hej"})
	for name, data := range map[string][]byte{
		"extra field":        zipWith(func(h *zip.FileHeader) { h.Extra = field(0x6375, "\x01\x00\x00\x00\x00CPR-nr. "+number) }),
		"private field":      zipWith(func(h *zip.FileHeader) { h.Extra = field(0xcafe, "CPR-nr. "+number) }),
		"wide comment":       zipWith(func(h *zip.FileHeader) { h.Comment = wide("CPR-nr. " + number) }),
		"before directory":   spliced(plain, []byte("Vedr. CPR-nr. "+number+" er oplyst.")),
		"outside directory":  hiding(zipOf(file{"skjult.txt", "CPR-nr. " + number}), plain),
		"attribute in a tar": taredWith(map[string]string{"SCHILY.xattr.user.note": "CPR-nr. " + number}),
		"second tar":         append(tarOf(file{"a.txt", "hej"}), tarOf(file{"b.txt", "CPR-nr. " + number})...),
		"gzip extra":         gzippedWith("ab\x10\x00CPR-nr. " + number),
	} {
		if d := documenttest.Read(t, formats(), "arkiv", data); !documenttest.Has(d, number) {
			t.Errorf("%s: not found in %s", name, documenttest.Describe(d))
		}
	}
	if d := documenttest.Read(t, formats(), "arkiv", plain); len(d.Segments) != 3 || len(d.Gaps) != 0 {
		t.Errorf("an ordinary zip: %s", documenttest.Describe(d)) // its own name, its member's, the text
	}
}

func field(kind uint16, body string) []byte {
	b := binary.LittleEndian.AppendUint16(nil, kind)
	return append(binary.LittleEndian.AppendUint16(b, uint16(len(body))), body...)
}

func wide(s string) string {
	var b []byte
	for i := range len(s) {
		b = append(b, s[i], 0)
	}
	return string(b)
}

func zipWith(change func(*zip.FileHeader)) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	h := &zip.FileHeader{Name: "a.txt", Method: zip.Store}
	change(h)
	must(io.WriteString(must(w.CreateHeader(h)), "hej"))
	must(0, w.Close())
	return b.Bytes()
}

// spliced puts bytes before the directory of a zip.
func spliced(data, more []byte) []byte {
	at := bytes.Index(data, []byte("PK\x01\x02"))
	out := append(append(bytes.Clone(data[:at]), more...), data[at:]...)
	end := bytes.LastIndex(out, []byte("PK\x05\x06"))
	binary.LittleEndian.PutUint32(out[end+16:], uint32(at+len(more)))
	return out
}

// hiding puts the members of one zip before those of another whose directory does not
// name them.
func hiding(hidden, shown []byte) []byte {
	hidden = hidden[:bytes.Index(hidden, []byte("PK\x01\x02"))]
	at := bytes.Index(shown, []byte("PK\x01\x02"))
	out := append(bytes.Clone(hidden), shown...)
	binary.LittleEndian.PutUint32(out[len(hidden)+at+42:], uint32(len(hidden)))
	end := bytes.LastIndex(out, []byte("PK\x05\x06"))
	binary.LittleEndian.PutUint32(out[end+16:], uint32(len(hidden)+at))
	return out
}

func taredWith(records map[string]string) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	must(0, w.WriteHeader(&tar.Header{Name: "a.txt", Typeflag: tar.TypeReg, PAXRecords: records, Format: tar.FormatPAX}))
	must(0, w.Close())
	return b.Bytes()
}

func gzippedWith(extra string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Extra = []byte(extra)
	return packed(w, &b, []byte("hej"))
}
